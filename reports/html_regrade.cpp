// The session's own result beside what the same trials give under a redrafted scheme.
#include <fmt/format.h>

#include <algorithm>

#include "reports/html_page.h"

namespace assay::reports {
namespace {

const IndicatorResult* find(const Grade& grade, const std::string& id) {
  const auto at = std::find_if(grade.indicators.begin(), grade.indicators.end(),
                               [&](const IndicatorResult& r) { return r.id == id; });
  return at == grade.indicators.end() ? nullptr : &*at;
}

std::string limit_of(const IndicatorResult* r) {
  return r == nullptr || r->attached ? "–" : fmt::format("{} {:.4g}", r->bound == "at_most" ? "≤" : "≥", r->limit);
}

/// One cell: the verdict with its counts, or that the scheme does not ask it.
void verdict(Page& page, const IndicatorResult* r) {
  page.raw("<td>");
  if (r == nullptr) {
    page.both({"not asked", "不要求"}).raw("</td>");
    return;
  }
  page.chip(look_of(r->conformity));
  if (r->n > 0) page.raw(fmt::format("<br><span class=\"small\">{} / {}</span>", r->successes, r->n));
  page.raw("</td>");
}

Text change(const IndicatorResult* before, const IndicatorResult* after) {
  if (before == nullptr) return {"added", "新增"};
  if (after == nullptr) return {"removed", "删除"};
  Text text;
  const auto add = [&](const char* en, const char* zh) {
    text.en += (text.en.empty() ? "" : ", ") + std::string(en);
    text.zh += (text.zh.empty() ? "" : "、") + std::string(zh);
  };
  if (before->limit != after->limit) add("limit", "限值");
  if (before->confidence != after->confidence) add("confidence", "置信度");
  if (before->level != after->level) add("level", "等级");
  if (before->conformity != after->conformity) add("conformity", "符合性");
  return text.en.empty() ? Text{"unchanged", "未变"} : text;
}

void row(Page& page, const IndicatorResult* before, const IndicatorResult* after) {
  const IndicatorResult& named = before != nullptr ? *before : *after;
  page.raw("<tr><td><b>").both(filled(named.title, named.id)).raw("</b><br><span class=\"small\">");
  page.raw(fmt::format("L{} · ", named.level)).code(named.id).raw("</span></td>");
  page.number(limit_of(before)).number(limit_of(after));
  verdict(page, before);
  verdict(page, after);
  page.raw("<td>").both(change(before, after)).raw("</td></tr>\n");
}

std::string level_word(int level) { return level > 0 ? fmt::format("L{}", level) : "–"; }

void levels(Page& page, const ReportModel& model, const Regrade& other) {
  page.head({{{"Level", "等级"}}, {{"As examined", "原方案"}}, {{"As redrafted", "修订方案"}}},
            {"The highest level shown; – where none is.", "已证明的最高等级；未证明任何等级记为 –。"});
  const auto line = [&](const Text& name, int before, int after) {
    page.raw("<tr><td>").both(name).raw("</td>").cell(level_word(before)).cell(level_word(after)).raw("</tr>\n");
  };
  line({"Overall", "综合"}, model.grade.overall_level, other.grade.overall_level);
  auto dimensions = model.grade.dimension_level;
  for (const auto& [id, level] : other.grade.dimension_level) dimensions.try_emplace(id, 0);
  for (const auto& [id, level] : dimensions) {
    const auto after = other.grade.dimension_level.find(id);
    line({id, id}, level, after == other.grade.dimension_level.end() ? 0 : after->second);
  }
  page.end_table();
}

}  // namespace

void write_regrades(Page& page, const ReportModel& model) {
  if (model.regrades.empty()) return;
  page.section("redrafted", {"The same trials under redrafted rules", "同一批试验在修订方案下的结果"});
  page.paragraph(
      {"No trial was run again. The plan was designed for the scheme of this session: where a redrafted "
       "limit or risk differs, its indicator is decided by the confidence limits of the trials on record, "
       "and what was not tested blocks. Both results are kept; the conclusion above is the session's own.",
       "未重新进行任何试验。试验方案按本次检测的认证方案设计：修订后的限值或风险不同者，"
       "按已有试验的置信限判定；未检测的项目阻止定级。两个结果均存档，上文结论以本次检测所依方案为准。"});
  for (const auto& other : model.regrades) {
    page.raw("<h3>").both(filled(other.title, other.scheme)).raw(" <span class=\"small\">").text(other.scheme);
    page.raw(" · SHA-256 ").code(other.sha256.substr(0, 16)).raw("</span></h3>\n");
    levels(page, model, other);
    page.head({{{"Indicator", "指标"}},
               {{"Limit, as examined", "原限值"}, true},
               {{"Limit, as redrafted", "修订限值"}, true},
               {{"As examined", "原方案结论"}},
               {{"As redrafted", "修订方案结论"}},
               {{"What changed", "变化"}}},
              {"Successes / counted trials under each verdict.", "结论下方为成功数 / 计入试验数。"});
    for (const auto& before : model.grade.indicators) row(page, &before, find(other.grade, before.id));
    for (const auto& after : other.grade.indicators)
      if (find(model.grade, after.id) == nullptr) row(page, nullptr, &after);
    page.end_table();
  }
  page.end_section();
}

}  // namespace assay::reports
