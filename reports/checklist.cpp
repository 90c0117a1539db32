#include "reports/checklist.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/palette.h"

namespace assay::reports {
namespace {

using State = ChecklistItem::State;

bool said(const Text& text) { return !text.en.empty() || !text.zh.empty(); }

struct Answer {
  State state;
  Text reason;
};

Answer met(Text reason) { return {State::met, std::move(reason)}; }
Answer missing(Text reason) { return {State::not_met, std::move(reason)}; }
Answer none(Text reason) { return {State::not_applicable, std::move(reason)}; }

Answer laboratory(const Particulars& p) {
  if (!said(p.laboratory.name)) return missing({"particulars: laboratory.name", "补充信息：laboratory.name"});
  if (!said(p.laboratory.address)) return missing({"particulars: laboratory.address", "补充信息：laboratory.address"});
  return met({"cover", "封面"});
}

Answer place(const Particulars& p) {
  return said(p.place) ? met({"cover", "封面"}) : missing({"particulars: place", "补充信息：place"});
}

Answer customer(const ReportModel& model, const Particulars& p) {
  if (model.division == "self") return none({"self-assessment: there is no customer", "自评：没有委托方"});
  if (!said(p.customer.name)) return missing({"particulars: customer.name", "补充信息：customer.name"});
  if (p.customer.contact.empty() && !said(p.customer.address))
    return missing(
        {"particulars: customer.contact or customer.address", "补充信息：customer.contact 或 customer.address"});
  return met({"cover", "封面"});
}

Answer method(const ReportModel& model) {
  if (model.scheme.sha256.empty() && model.plan.scheme_sha256.empty())
    return missing({"the scheme has no hash on record", "方案没有哈希记录"});
  return met({"basis and method: scheme, suites and plan with their hashes", "依据与方法：方案、试验集与计划及其哈希"});
}

Answer item(const ReportModel& model, const Particulars& p) {
  if (model.subject.model.empty() && model.subject.id.empty())
    return missing({"the subject has no name", "样品没有名称"});
  if (!said(p.condition)) return missing({"particulars: item.condition", "补充信息：item.condition"});
  return met({"item under test", "样品"});
}

Answer receipt(const Particulars& p) {
  if (!p.received.empty()) return met({"received " + p.received, "收样日期 " + p.received});
  if (said(p.not_received)) return none(filled(p.not_received, "–"));
  return missing({"particulars: item.received, or item.not_received with the reason",
                  "补充信息：item.received，或 item.not_received 说明原因"});
}

Answer performed(const ReportModel& model) {
  const auto days = days_of_trials(model);
  if (days.empty()) return missing({"no trial has run", "尚无试验"});
  if (model.closed.ns == 0) return missing({"the session is not closed", "检测尚未结束"});
  return met({days + " (UTC)", days + "（UTC）"});
}

Answer issue(const Particulars& p) {
  if (p.issued.empty()) return missing({"particulars: report.issued", "补充信息：report.issued"});
  return met({p.issued, p.issued});
}

Answer sampling(const ReportModel& model, const Particulars& p) {
  // Of the item by the laboratory; of the starts by the plan, which is always on record.
  const Text starts{"starts drawn from the committed seed", "初始条件由承诺的种子抽取"};
  if (said(p.sampling)) {
    const Text text = filled(p.sampling, "–");
    return met({text.en + "; " + starts.en, text.zh + "；" + starts.zh});
  }
  if (model.division == "self")
    return none({"self-assessment: the item was not sampled; " + starts.en, "自评：未抽样；" + starts.zh});
  return missing({"particulars: sampling (who chose the item, or that it was submitted)",
                  "补充信息：sampling（样品由谁抽取，或说明为送样）"});
}

Answer results(const ReportModel& model) {
  if (model.grade.indicators.empty()) return missing({"no indicator", "没有指标"});
  for (const auto& x : model.grade.indicators)
    if (!x.metric.empty() && x.unit.empty()) return missing({x.id + " has no unit", x.id + " 没有单位"});
  return met({"results; probabilities have unit 1", "结果；概率的单位为 1"});
}

Answer deviations(const Particulars& p) {
  if (!p.deviations.empty()) return met({"amendments and deviations", "修订与偏离"});
  if (p.no_deviations) return met({"none, as stated", "声明无偏离"});
  return missing(
      {"particulars: deviations (an empty list says that there are none)", "补充信息：deviations（空列表表示没有）"});
}

Answer people(const Particulars& p) {
  if (!said(p.approved_by)) return missing({"particulars: people.approved", "补充信息：people.approved"});
  return met({"cover", "封面"});
}

Answer external(const ReportModel& model, const Particulars& p) {
  if (!p.external.empty() || !model.plan.evidence.empty())
    return met({"basis and method: documents from outside", "依据与方法：外部文件"});
  if (p.no_external) return none({"none, as stated", "声明没有"});
  const bool attached = std::any_of(model.grade.indicators.begin(), model.grade.indicators.end(),
                                    [](const IndicatorResult& x) { return x.attached; });
  if (!attached) return none({"every result was obtained here", "全部结果均由本方取得"});
  return missing({"particulars: external", "补充信息：external"});
}

}  // namespace

const Text& word_of(State state) {
  static const Text kMet{"met", "满足"}, kNot{"not met", "未满足"}, kNone{"not applicable", "不适用"};
  return state == State::met ? kMet : state == State::not_met ? kNot : kNone;
}

std::vector<ChecklistItem> checklist(const ReportModel& model) {
  const Particulars p = model.particulars.value_or(Particulars{});
  const Text title = document_of(model).title;
  std::vector<ChecklistItem> out;
  const auto add = [&](const Text& words, Answer answer) {
    out.push_back({static_cast<char>('a' + out.size()), words, answer.state, std::move(answer.reason)});
  };
  add({"title", "标题"}, met(title));
  add({"name and address of the laboratory", "实验室名称与地址"}, laboratory(p));
  add({"place of performance", "检测地点"}, place(p));
  add({"unique number on every page, and a clear end", "每页的唯一编号与明确的结束标志"},
      met({number_of(model), number_of(model)}));
  add({"name and contact of the customer", "客户名称与联络信息"}, customer(model, p));
  add({"method", "所用方法"}, method(model));
  add({"item: description, identification, condition", "样品的描述、标识与状态"}, item(model, p));
  add({"day of receipt of the item", "样品接收日期"}, receipt(p));
  add({"days of performance", "检测日期"}, performed(model));
  add({"day of issue", "报告签发日期"}, issue(p));
  add({"sampling plan and method", "抽样计划与方法"}, sampling(model, p));
  add({"results relate only to the item tested", "结果仅与被检样品有关的声明"}, met({"notices", "注意事项"}));
  add({"results with units", "结果及其单位"}, results(model));
  add({"additions, deviations, exclusions", "对方法的补充、偏离或删减"}, deviations(p));
  add({"person who authorises the report", "报告批准人"}, people(p));
  add({"results from external providers", "来自外部供应者的结果"}, external(model, p));
  return out;
}

Result<void> may_issue(const ReportModel& model) {
  if (model.division == "dev" || (model.division != "lab" && model.division != "self"))
    return Error{.id = 718,
                 .what = {"a development run is not issued", "开发试验不能签发报告"},
                 .expected = {"a session of division lab or self", "lab 或 self 类别的检测"},
                 .found = model.division,
                 .help = {"run again without --seed", "请不带 --seed 重新检测"}};
  Text open;
  std::string letters;
  for (const auto& item : checklist(model)) {
    if (item.state != State::not_met) continue;
    letters += fmt::format("{}{})", letters.empty() ? "" : " ", item.letter);
    open.en += fmt::format("{}{}) {}: {}", open.en.empty() ? "" : "; ", item.letter, item.title.en, item.reason.en);
    open.zh += fmt::format("{}{}) {}：{}", open.zh.empty() ? "" : "；", item.letter, item.title.zh, item.reason.zh);
  }
  if (letters.empty()) return {};
  return Error{.id = 717,
               .what = {"the report is not complete", "报告不完整"},
               .expected = {"every item of ISO/IEC 17025:2017, 7.8.2.1 met or not applicable",
                            "ISO/IEC 17025:2017 7.8.2.1 各项均满足或不适用"},
               .found = letters,
               .help = open};
}

}  // namespace assay::reports
