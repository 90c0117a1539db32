#include "reports/palette.h"

#include <array>

#include "core/result.h"

namespace assay::reports {

const Look& look_of(Conformity conformity) {
  static const std::array<Look, 4> kLooks{{
      {{"conforms", "符合"}, "check", "pass", ink::kPass, ink::kPassTint},
      {{"inconclusive", "未能判定"}, "half", "unsure", ink::kUnsure, ink::kUnsureTint},
      {{"does not conform", "不符合"}, "cross", "fail", ink::kFail, ink::kFailTint},
      {{"not tested", "未检测"}, "bar", "none", ink::kMuted, ink::kFaint},
  }};
  const auto at = static_cast<std::size_t>(conformity);
  ASSAY_CHECK(at < kLooks.size());
  return kLooks[at];
}

const Look& look_of(Outcome outcome) {
  static const std::array<Look, 6> kLooks{{
      {{"success", "成功"}, "check", "pass", ink::kPass, ink::kPassTint},
      {{"failure", "失败"}, "cross", "fail", ink::kFail, ink::kFailTint},
      {{"unsafe", "不安全"}, "warn", "fail", ink::kFail, ink::kFailTint},
      {{"error (of the test system)", "检测系统错误"}, "bang", "none", ink::kMuted, ink::kFaint},
      {{"undetermined", "未定"}, "half", "unsure", ink::kUnsure, ink::kUnsureTint},
      {{"aborted", "中止"}, "stop", "none", ink::kMuted, ink::kFaint},
  }};
  const auto at = static_cast<std::size_t>(outcome);
  ASSAY_CHECK(at < kLooks.size());
  return kLooks[at];
}

std::string_view icon_symbols() {
  return R"svg(<svg width="0" height="0" class="symbols" aria-hidden="true">
<symbol id="check" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="currentColor"/>
<path d="M4.2 8.4 7 11.3 12 5.1" class="glyph"/></symbol>
<symbol id="half" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="2"/>
<path d="M8 1a7 7 0 0 0 0 14z" fill="currentColor"/></symbol>
<symbol id="cross" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="currentColor"/>
<path d="M4.8 4.8 11.2 11.2M4.8 11.2 11.2 4.8" class="glyph"/></symbol>
<symbol id="bar" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="currentColor"/>
<path d="M4.4 8H11.6" class="glyph"/></symbol>
<symbol id="warn" viewBox="0 0 16 16"><path d="M8 .6 16 15.4H0z" fill="currentColor"/>
<path d="M8 5.6V10.4M8 11.8V13.6" class="glyph"/></symbol>
<symbol id="bang" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="currentColor"/>
<path d="M8 3.2V9.2M8 10.8V12.8" class="glyph"/></symbol>
<symbol id="stop" viewBox="0 0 16 16"><rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="currentColor"/></symbol>
<symbol id="open" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="2"
stroke-dasharray="3 2.5"/></symbol>
</svg>
)svg";
}

Text word_of(Vantage vantage) {
  switch (vantage) {
    case Vantage::simulator:
      return {"simulator", "仿真器"};
    case Vantage::instrument:
      return {"instrument", "仪器"};
    case Vantage::self_report:
      return {"self-report", "被测方自报"};
    case Vantage::operator_:
      return {"operator", "操作员"};
  }
  ASSAY_CHECK(!"unknown vantage");
}

Text words_of_reason(const std::string& code) {
  struct Entry {
    std::string_view code;
    Text words;
  };
  static const std::array<Entry, 10> kEntries{{
      {"goal_reached", {"goal reached", "达成目标"}},
      {"goal_missed", {"goal missed", "未达成目标"}},
      {"time_limit", {"time limit reached", "超过时限"}},
      {"limit_broken", {"hard limit broken", "突破硬限值"}},
      {"refused", {"refused by the subject", "被测对象拒绝执行"}},
      {"subject_fault", {"fault of the subject", "被测对象故障"}},
      {"sim_capacity", {"simulator out of capacity", "仿真器容量不足"}},
      {"interrupted", {"interrupted", "试验中断"}},
      {"not_run", {"could not be run", "未能进行"}},
      {"invalid", {"called invalid by the operator", "操作员判为作废"}},
  }};
  const std::size_t colon = code.find(':');
  const std::string head = code.substr(0, colon);
  const std::string detail = colon == std::string::npos ? "" : code.substr(colon + 1);
  Text words{code, code};
  for (const auto& entry : kEntries) {
    if (entry.code == head) words = entry.words;
  }
  if (head == "harness_fault") words = {"fault of the test system", "检测系统故障"};
  const bool known = words.en != code || words.zh != code;
  if (known && !detail.empty()) return {words.en + ": " + detail, words.zh + "：" + detail};
  return words;
}

Text filled(const Text& text, std::string_view otherwise) {
  const std::string fallback(!text.en.empty()   ? std::string_view(text.en)
                             : !text.zh.empty() ? std::string_view(text.zh)
                                                : otherwise);
  return {text.en.empty() ? fallback : text.en, text.zh.empty() ? fallback : text.zh};
}

}  // namespace assay::reports
