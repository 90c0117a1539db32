// What the laboratory adds to the results, whether the report is complete, and why trials did not succeed.
#include <fmt/format.h>

#include <algorithm>

#include "reports/chart.h"
#include "reports/checklist.h"
#include "reports/html_page.h"

namespace assay::reports {
namespace {

bool said(const Text& text) { return !text.en.empty() || !text.zh.empty(); }

void fact(Page& page, const Text& name, const Text& value) {
  if (said(value)) page.raw("<dt>").both(name).raw("</dt><dd>").both(value).raw("</dd>\n");
}

void fact(Page& page, const Text& name, const std::string& value) { fact(page, name, Text{value, value}); }

void party(Page& page, const Text& name, const Party& party) {
  if (!said(party.name)) return;
  page.raw("<dt>").both(name).raw("</dt><dd>").both(party.name);
  if (said(party.address)) page.raw("<br>").both(party.address);
  if (!party.contact.empty()) page.raw("<br>").text(party.contact);
  page.raw("</dd>\n");
}

void equipment(Page& page, const Particulars& p) {
  if (p.equipment.empty()) return;
  page.head({{{"Equipment", "设备"}},
             {{"Number", "编号"}},
             {{"Calibration certificate", "校准证书"}},
             {{"Valid until", "有效期至"}}},
            {"As stated by the laboratory.", "由实验室说明。"});
  for (const auto& x : p.equipment) {
    page.raw("<tr><td>").both(x.name).raw("</td>").cell(x.id).cell(x.calibration.empty() ? "–" : x.calibration);
    page.cell(x.due.empty() ? "–" : x.due).raw("</tr>\n");
  }
  page.end_table();
}

/// Fields of the item whose truth rests on the customer's word.
Text stated_by_customer(const ReportModel& model, const Particulars& p) {
  Text out;
  const auto add = [&](const char* field, const std::string& value, const Text& name) {
    if (value.empty() || std::find(p.verified.begin(), p.verified.end(), field) != p.verified.end()) return;
    out.en += (out.en.empty() ? "" : ", ") + name.en;
    out.zh += (out.zh.empty() ? "" : "、") + name.zh;
  };
  add("vendor", model.subject.vendor, {"vendor", "制造商"});
  add("model", model.subject.model, {"model", "型号"});
  add("serial", model.subject.serial, {"serial number", "编号"});
  add("software", model.subject.software, {"software", "软件"});
  return out;
}

}  // namespace

void write_particulars(Page& page, const ReportModel& model) {
  if (!model.particulars) return;
  const Particulars& p = *model.particulars;
  page.section("particulars", {"Particulars", "报告信息"});
  page.raw("<dl>\n");
  fact(page, {"Report number", "报告编号"}, number_of(model));
  fact(page, {"Issued", "签发日期"}, p.issued);
  if (!p.replaces.empty()) {
    const Text why = filled(p.reason, "–");
    fact(page, {"Replaces", "代替"}, {p.replaces + ": " + why.en, p.replaces + "：" + why.zh});
  }
  party(page, {"Laboratory", "检测机构"}, p.laboratory);
  fact(page, {"Accreditation", "资质"}, p.accreditation);
  party(page, {"Customer", "委托方"}, p.customer);
  fact(page, {"Place of performance", "检测地点"}, p.place);
  fact(page, {"Item received", "收样日期"}, p.received);
  fact(page, {"Item not received", "未收样"}, p.not_received);
  fact(page, {"Condition as received", "收样状态"}, p.condition);
  fact(page, {"Stated by the customer, not checked", "由委托方提供、未经核实"}, stated_by_customer(model, p));
  fact(page, {"Tests performed (UTC)", "检测日期（UTC）"}, days_of_trials(model));
  fact(page, {"Sampling of the item", "样品的抽取"}, p.sampling);
  for (const auto& text : p.deviations) fact(page, {"Deviation", "偏离"}, text);
  if (p.no_deviations) fact(page, {"Deviations", "偏离"}, Text{"none", "无"});
  for (const auto& text : p.external) fact(page, {"From an external provider", "来自外部供应者"}, text);
  for (const auto& [name, value] : p.environment) fact(page, name, value);
  fact(page, {"Tested by", "主检"}, p.tested_by);
  fact(page, {"Reviewed by", "审核"}, p.reviewed_by);
  fact(page, {"Approved by", "批准"}, p.approved_by);
  page.raw("</dl>\n");
  equipment(page, p);
  page.end_section();
}

void write_checklist(Page& page, const ReportModel& model) {
  page.section("checklist", {"Completeness: ISO/IEC 17025:2017, 7.8.2.1", "完整性：ISO/IEC 17025:2017 7.8.2.1"});
  page.head({{{"Item", "条目"}}, {{"What", "内容"}}, {{"State", "状态"}}, {{"Where, or why not", "位置或原因"}}},
            {"A report is issued only when no item is open.", "各项均无缺漏，方可签发报告。"});
  for (const auto& item : checklist(model)) {
    const bool open = item.state == ChecklistItem::State::not_met;
    page.raw("<tr>").cell(std::string(1, item.letter) + ")").raw("<td>").both(item.title).raw("</td><td>");
    page.raw(open ? "<b>" : "").both(word_of(item.state)).raw(open ? "</b>" : "").raw("</td><td>").both(item.reason);
    page.raw("</td></tr>\n");
  }
  page.end_table();
  page.end_section();
}

void write_failures(Page& page, const ReportModel& model) {
  const std::string pareto = svg_of(pareto_chart(model.trials, Lang::en));
  if (pareto.empty() && model.timelines.empty()) return;
  page.section("failures", {"Why trials did not succeed", "未成功试验的原因"});
  if (!pareto.empty())
    page.raw("<figure>").chart(pareto, svg_of(pareto_chart(model.trials, Lang::zh))).raw("</figure>\n");
  for (const auto& timeline : model.timelines) {
    page.raw(fmt::format("<figure><figcaption><a href=\"#trial-{0}\">", timeline.trial));
    const std::string number = std::to_string(timeline.trial);
    page.both({"Trial " + number, "试验 " + number}).raw("</a> <span class=\"small\">").both(timeline.what);
    page.raw("</span></figcaption>");
    page.chart(svg_of(timeline_chart(timeline, Lang::en)), svg_of(timeline_chart(timeline, Lang::zh)));
    page.raw("</figure>\n");
  }
  page.end_section();
}

}  // namespace assay::reports
