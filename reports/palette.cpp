#include "reports/palette.h"

#include <array>

#include "core/result.h"

namespace assay::reports {

const Look& look_of(Conformity conformity) {
  static const std::array<Look, 4> kLooks{{
      {{"conforms", "符合"}, "✓", "pass", ink::kPass, ink::kPassTint},
      {{"inconclusive", "未能判定"}, "◐", "unsure", ink::kUnsure, ink::kUnsureTint},
      {{"does not conform", "不符合"}, "✕", "fail", ink::kFail, ink::kFailTint},
      {{"not tested", "未检测"}, "–", "none", ink::kMuted, ink::kFaint},
  }};
  const auto at = static_cast<std::size_t>(conformity);
  ASSAY_CHECK(at < kLooks.size());
  return kLooks[at];
}

const Look& look_of(Outcome outcome) {
  static const std::array<Look, 6> kLooks{{
      {{"success", "成功"}, "✓", "pass", ink::kPass, ink::kPassTint},
      {{"failure", "失败"}, "✕", "fail", ink::kFail, ink::kFailTint},
      {{"unsafe", "不安全"}, "⚠", "fail", ink::kFail, ink::kFailTint},
      {{"error (of the test system)", "检测系统错误"}, "!", "none", ink::kMuted, ink::kFaint},
      {{"undetermined", "未定"}, "◐", "unsure", ink::kUnsure, ink::kUnsureTint},
      {{"aborted", "中止"}, "■", "none", ink::kMuted, ink::kFaint},
  }};
  const auto at = static_cast<std::size_t>(outcome);
  ASSAY_CHECK(at < kLooks.size());
  return kLooks[at];
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
  static const std::array<Entry, 8> kEntries{{
      {"goal_reached", {"goal reached", "达成目标"}},
      {"goal_missed", {"goal missed", "未达成目标"}},
      {"time_limit", {"time limit reached", "超过时限"}},
      {"limit_broken", {"hard limit broken", "突破硬限值"}},
      {"refused", {"refused by the subject", "被测对象拒绝执行"}},
      {"subject_fault", {"fault of the subject", "被测对象故障"}},
      {"sim_capacity", {"simulator out of capacity", "仿真器容量不足"}},
      {"interrupted", {"interrupted", "试验中断"}},
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
