// Cover, notices, conclusion, item, basis, equipment.
#include <fmt/format.h>

#include "reports/checklist.h"
#include "reports/html_page.h"
#include "reports/pdf_parts.h"
#include "reports/qr.h"

namespace assay::reports {
namespace {

using Facts = std::vector<std::pair<Text, Cell>>;

bool said(const Text& text) { return !text.en.empty() || !text.zh.empty(); }
Text or_dash(const std::string& text) { return filled({}, text.empty() ? "–" : text); }
Text or_dash(const Text& text) { return filled(text, "–"); }

Cell party(const Party& party, bool missing_matters) {
  if (!said(party.name)) return missing_matters ? or_dash("") : Text{"not applicable", "不适用"};
  std::vector<Piece> out{{party.name, 9.5, true}};
  if (said(party.address)) out.push_back({party.address, 8.5});
  if (!party.contact.empty()) out.push_back({or_dash(party.contact), 8.5, false, ink::kMuted});
  return out;
}

/// Who said it: the laboratory checked it, or it is the customer's word.
Cell stated(const ReportModel& model, const char* field, const std::string& value) {
  std::vector<Piece> out{{or_dash(value), 9}};
  if (value.empty()) return out;
  bool verified = false;
  if (model.particulars)
    for (const auto& name : model.particulars->verified) verified = verified || name == field;
  out.push_back(verified ? Piece{{"checked by the laboratory", "实验室已核实"}, 7, false, ink::kPass}
                : model.division == "lab"
                    ? Piece{{"‡ as stated by the customer", "‡ 由委托方提供"}, 7, false, ink::kMuted}
                    : Piece{{"‡ as declared", "‡ 自行申报"}, 7, false, ink::kMuted});
  return out;
}

Cell hash(const std::string& value) { return std::vector<Piece>{{or_dash(value), 7.5}}; }

void signatures(Sheet& sheet, const Particulars& p) {
  const auto box = [](const Text& title, const Text& name) {
    return Cell(std::vector<Piece>{{title, 8, false, ink::kMuted}, {or_dash(name), 9.5, true}});
  };
  sheet.rows({1, 1, 1}, {{box({"Tested by", "主检"}, p.tested_by), box({"Reviewed by", "审核"}, p.reviewed_by),
                          box({"Approved by", "批准"}, p.approved_by)}});
}

}  // namespace

void cover(Sheet& sheet, const ReportModel& model) {
  const Document document = document_of(model);
  const Particulars p = model.particulars.value_or(Particulars{});
  const auto code = qr_modules("ASSAY/1 NO=" + number_of(model) + " SHA256=" + digest_of(model));
  sheet.draw([code](QPainter& painter) {
    paint_qr(painter, QRectF(Sheet::kRight - 1150, Sheet::kTop - 60, 1150, 1150), code);
  });
  sheet.gap(1180);
  sheet.centred(document.title, 30, true, ink::kText);
  sheet.gap(120);
  sheet.centred(filled(model.subject.title, model.subject.id), 14, true, ink::kAccent);
  sheet.gap(250);
  Facts facts{
      {{"Report number", "报告编号"}, Cell(std::vector<Piece>{{or_dash(number_of(model)), 10, true}})},
      {{"Item", "样品"}, filled(model.subject.title, model.subject.id)},
      {{"Model, serial number", "型号、编号"},
       or_dash(model.subject.model + (model.subject.serial.empty() ? "" : " · " + model.subject.serial))},
      {{"Customer", "委托方"}, party(p.customer, model.division == "lab")},
      {{"Laboratory", "检测机构"}, party(p.laboratory, true)},
      {{"Place of performance", "检测地点"}, or_dash(p.place)},
      {{"Kind of examination", "检验类别"},
       Text{document.badge.en + " · " + filled(model.scheme.title, model.scheme.id).en + " " + model.scheme.version,
            document.badge.zh + " · " + filled(model.scheme.title, model.scheme.id).zh + " " + model.scheme.version}}};
  if (said(p.accreditation)) facts.push_back({{"Accreditation", "资质"}, p.accreditation});
  facts.push_back({{"Item received", "收样日期"}, p.received.empty() ? or_dash(p.not_received) : or_dash(p.received)});
  facts.push_back({{"Tests performed (UTC)", "检测日期（UTC）"}, or_dash(days_of_trials(model))});
  facts.push_back({{"Issued", "签发日期"}, or_dash(p.issued)});
  sheet.facts(facts);
  sheet.gap(120);
  signatures(sheet, p);
  sheet.page_break();
}

void notices(Sheet& sheet, const ReportModel& model) {
  const Document document = document_of(model);
  sheet.heading({"Notices", "注意事项"});
  sheet.note(document.notice);
  if (said(model.scheme.notice)) sheet.note(model.scheme.notice);
  std::vector<Text> lines{
      {"The report holds as a whole; parts of it may be copied only with the written consent of who issued it.",
       "本报告须整体使用；未经出具方书面同意，不得部分复制。"},
      {"A report with alterations, or whose digest does not fit its data, is void.",
       "报告经涂改，或其摘要与数据不符，即告无效。"},
      {"Data marked ‡ were stated by whoever presented the item; they were not checked.",
       "标有 ‡ 的信息由送检方提供，未予核实。"}};
  if (model.division == "lab") {
    lines.push_back(
        {"Valid only with the signatures of who tested, reviewed and approved.", "无主检、审核、批准人员签字无效。"});
    lines.push_back({"Objections are to be raised with the laboratory within 15 days of receipt.",
                     "对报告有异议者，应于收到之日起十五日内向检测机构提出。"});
  }
  lines.push_back(prevailing_text(model, sheet.first()));
  sheet.items(lines);
}

void conclusion(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Conclusion", "结论"});
  sheet.paragraph(conclusion_of(model), 12, true);
  const Text declared = level_text(model.scheme, model.grade.declared_level);
  const Text voids = level_text(model.scheme, model.grade.overall_level_voids_as_failures);
  sheet.facts({{{"Level examined for", "受检等级"}, declared},
               {{"At that level", "受检等级的结论"}, Cell::verdict(model.grade.at_declared)},
               {{"With every void trial as a failure", "全部无效试验计为失败时"}, voids},
               {{"Scope", "范围"}, title_of_scope(model)}});
  sheet.chart([&](Lang lang) { return ladder_chart(model.grade, model.scheme, lang); });
  sheet.subheading({"Confidence and decision rule", "置信度与判定规则"});
  for (const auto& text : decision_rule_of(model)) sheet.paragraph(text);
}

void item(Sheet& sheet, const ReportModel& model) {
  const Subject& subject = model.subject;
  const Particulars p = model.particulars.value_or(Particulars{});
  sheet.heading({"Item under test", "样品"});
  Facts facts{{{"Name", "名称"}, filled(subject.title, subject.id)},
              {{"Vendor", "制造商"}, stated(model, "vendor", subject.vendor)},
              {{"Model", "型号"}, stated(model, "model", subject.model)},
              {{"Serial number", "编号"}, stated(model, "serial", subject.serial)},
              {{"Software", "软件"}, stated(model, "software", subject.software)},
              {{"Class", "类别"}, title_of_class(model)},
              {{"Kind", "检测类型"},
               subject.kind == "policy" ? Text{"policy alone, on a reference embodiment", "仅策略（在参考本体上）"}
                                        : Text{"robot", "机器人"}},
              {{"Adapter, policy", "适配器与策略"},
               or_dash(subject.policy.empty() ? subject.adapter : subject.adapter + ", " + subject.policy)},
              {{"Condition as received", "收样状态"}, or_dash(p.condition)}};
  std::string errors;
  for (const auto& [name, value] : subject.defects)
    errors += fmt::format("{}{} = {:.6g}", errors.empty() ? "" : ", ", name, value);
  if (!errors.empty()) facts.push_back({{"Known errors put in", "加入的已知误差"}, or_dash(errors)});
  facts.push_back({{"Subject file, SHA-256", "样品文件 SHA-256"}, hash(model.plan.subject_sha256)});
  facts.push_back({{"Embodiment, SHA-256", "本体 SHA-256"}, hash(model.plan.embodiment_sha256)});
  facts.push_back({{"Model, SHA-256", "模型 SHA-256"}, hash(model.plan.model_sha256)});
  sheet.facts(facts);
}

void basis(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Basis and method", "依据与方法"});
  const Text scheme = filled(model.scheme.title, model.scheme.id);
  const std::string version = fmt::format(" ({} {})", model.scheme.id, model.scheme.version);
  const Text order = model.plan.order.empty() ? Text{"series after series", "逐序列进行"}
                                              : Text{"all series interleaved, drawn from the seed, locked in the plan",
                                                     "各序列交错进行，由种子抽定并锁定于计划"};
  const Text seed = model.revealed_seed.empty()
                        ? Text{"not revealed yet", "尚未公开"}
                        : Text{model.revealed_seed + " (fits the commitment)", model.revealed_seed + "（与承诺一致）"};
  sheet.facts({{{"Scheme", "认证方案"}, Text{scheme.en + version, scheme.zh + version}},
               {{"Scheme, SHA-256", "方案 SHA-256"}, hash(model.plan.scheme_sha256)},
               {{"Suites, SHA-256", "试验集 SHA-256"}, hash(model.plan.suite_sha256)},
               {{"Plan, SHA-256", "计划 SHA-256"}, hash(model.plan_sha256)},
               {{"Plan locked", "计划锁定"}, or_dash(time_text(model.locked))},
               {{"Session closed", "检测结束"},
                model.closed.ns == 0 ? Text{"not yet", "尚未结束"} : or_dash(time_text(model.closed))},
               {{"Examination of this subject under this scheme", "该对象依本方案的检测次数"}, examination_text(model)},
               {{"Sampling of starts: seed committed at lock", "初始条件抽样：锁定时的种子承诺"},
                hash(model.plan.session_seed)},
               {{"Seed, revealed", "种子（已公开）"}, seed},
               {{"Order of trials", "试验顺序"}, order}});
  if (model.particulars && said(model.particulars->sampling))
    sheet.facts({{{"Sampling of the item", "样品的抽取"}, model.particulars->sampling}});
  std::vector<std::vector<Cell>> series;
  for (const auto& x : model.plan.series)
    series.push_back({x.task, fmt::format("L{}", x.level), std::to_string(x.cap), std::to_string(x.reserved)});
  if (!series.empty())
    sheet.table({{{"Task", "任务"}, 5},
                 {{"Level", "等级"}, 1},
                 {{"Trials at most", "试验次数上限"}, 2, true},
                 {{"Reserve for voids", "作废备用"}, 2, true}},
                series, {"Series of trials, as locked.", "锁定的试验序列。"});
  std::vector<std::vector<Cell>> outside;
  for (const auto& x : model.plan.evidence)
    outside.push_back({x.indicator, x.document, x.issuer, x.date,
                       Cell::verdict(x.conforms ? Conformity::conform : Conformity::not_conform)});
  if (!outside.empty())
    sheet.table({{{"Indicator", "指标"}, 2},
                 {{"Document", "文件"}, 3},
                 {{"Issuer (external provider)", "出具方（外部供应者）"}, 3},
                 {{"Date", "日期"}, 1.6},
                 {{"Result", "结论"}, 2}},
                outside, {"Results from external providers.", "来自外部供应者的结果。"});
  if (model.particulars)
    for (const auto& text : model.particulars->external) sheet.paragraph(text);
}

void equipment(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Equipment and environment", "设备与环境"});
  sheet.facts({{{"Simulator or robot link", "仿真器或机器人接口"}, or_dash(model.plan.engine)},
               {{"Program", "程序"}, or_dash(model.tool_version)},
               {{"Build", "构建"}, or_dash(model.plan.build)}});
  if (!model.particulars || (model.particulars->equipment.empty() && model.particulars->environment.empty())) {
    sheet.paragraph({"No further equipment or ambient conditions are stated.", "未另行说明设备与环境条件。"}, 9, false,
                    ink::kMuted);
    return;
  }
  const auto days = days_of_trials(model);
  const std::string last = days.size() < 10 ? "" : days.substr(days.size() - 10);
  std::vector<std::vector<Cell>> rows;
  for (const auto& x : model.particulars->equipment) {
    Cell due(or_dash(x.due));
    if (!x.due.empty() && x.due < last)
      due.pieces.push_back({{"expired before the tests ended", "检测结束前已到期"}, 7, true, ink::kFail});
    rows.push_back({x.name, x.id, or_dash(x.calibration), due});
  }
  if (!rows.empty())
    sheet.table({{{"Equipment", "设备"}, 4},
                 {{"Number", "编号"}, 2},
                 {{"Calibration certificate", "校准证书"}, 3},
                 {{"Valid until", "有效期至"}, 2}},
                rows);
  std::vector<std::pair<Text, Cell>> ambient;
  for (const auto& [name, value] : model.particulars->environment) ambient.emplace_back(name, value);
  if (!ambient.empty()) sheet.facts(ambient);
}

}  // namespace assay::reports
