// The report as one JSON object for programs: keys sorted, numbers in their shortest exact form.
#include <nlohmann/json.hpp>

#include "reports/checklist.h"
#include "reports/report.h"

namespace assay::reports {
namespace {

using nlohmann::json;

json of(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }

json of(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json of_time(UtcTime time) { return time.ns == 0 ? json(nullptr) : json(to_rfc3339(time)); }

const char* name_of(StopState state) {
  switch (state) {
    case StopState::running:
      return "running";
    case StopState::accepted:
      return "accepted";
    case StopState::refused:
      return "refused";
  }
  ASSAY_CHECK(!"unknown stop state");
}

json of(const IndicatorResult& x) {
  return {{"id", x.id},
          {"dimension", x.dimension},
          {"task", x.task},
          {"check", x.check},
          {"clause", x.clause},
          {"level", x.level},
          {"title", of(x.title)},
          {"conformity", to_string(x.conformity)},
          {"reason", of(x.reason)},
          {"statistic", x.statistic},
          {"metric", x.metric},
          {"unit", x.unit},
          {"vantage", x.vantage},
          {"bound", x.bound},
          {"quantile", x.quantile},
          {"limit", x.limit},
          {"confidence", x.confidence},
          {"n", x.n},
          {"successes", x.successes},
          {"voids", x.voids},
          {"estimate", of(x.estimate)},
          {"lower", of(x.lower)},
          {"upper", of(x.upper)},
          {"stop", name_of(x.stop)},
          {"n_max", x.n_max},
          {"path", x.path},
          {"trials", x.trials},
          {"attached", x.attached}};
}

json of(const GateResult& x) {
  return {{"id", x.id},
          {"clause", x.clause},
          {"title", of(x.title)},
          {"reason", of(x.reason)},
          {"conformity", to_string(x.conformity)},
          {"unit", "1"},
          {"attempts", x.attempts},
          {"events", x.events},
          {"upper", x.upper},
          {"limit", x.limit},
          {"confidence", x.confidence}};
}

json of(const std::vector<LevelStep>& steps) {
  json out = json::array();
  for (const auto& step : steps) {
    out.push_back({{"level", step.level}, {"conformity", to_string(step.conformity)}, {"blocking", step.blocking}});
    if (step.score) out.back().update({{"score", *step.score}, {"pass_score", of(step.pass)}});
  }
  return out;
}

json of(const std::optional<AuditResult>& x) {
  if (!x) return nullptr;
  return {{"planned", x->planned},       {"pairs", x->pairs},   {"only_original", x->only_original},
          {"only_audit", x->only_audit}, {"p", x->p},           {"alpha", x->alpha},
          {"flagged", x->flagged},       {"trials", x->trials}, {"text", of(x->text)}};
}

json of(const Grade& grade) {
  json indicators = json::array(), gates = json::array(), dimensions = json::object();
  for (const auto& x : grade.indicators) indicators.push_back(of(x));
  for (const auto& x : grade.gates) gates.push_back(of(x));
  for (const auto& [id, steps] : grade.dimensions) dimensions[id] = of(steps);
  return {{"schema", grade.schema},
          {"scheme", grade.scheme},
          {"scope", grade.scope},
          {"division", grade.division},
          {"indicators", indicators},
          {"gates", gates},
          {"dimensions", dimensions},
          {"dimension_level", grade.dimension_level},
          {"overall", of(grade.overall)},
          {"overall_level", grade.overall_level},
          {"overall_level_voids_as_failures", grade.overall_level_voids_as_failures},
          {"limiting", grade.limiting},
          {"at_declared", to_string(grade.at_declared)},
          {"declared_level", grade.declared_level},
          {"class", grade.robot_class},
          {"examination", grade.examination},
          {"claim", of(grade.claim)},
          {"audit", of(grade.audit)},
          {"alpha", grade.alpha}};
}

json of(const SequentialDesign& x) {
  return {{"p0", x.p0},
          {"p1", x.p1},
          {"alpha", x.alpha},
          {"beta", x.beta},
          {"fixed_n", x.fixed_n},
          {"exact_alpha", x.exact_alpha},
          {"exact_beta", x.exact_beta},
          {"expected_at_p0", x.expected_at_p0},
          {"expected_at_p1", x.expected_at_p1},
          {"expected_at_one", x.expected_at_one},
          {"least_n", x.least_n},
          {"table", {{"n_max", x.table.n_max}, {"accept", x.table.accept}, {"refuse", x.table.refuse}}}};
}

json of(const Plan& plan) {
  json indicators = json::array(), series = json::array(), evidence = json::array();
  for (const auto& x : plan.evidence)
    evidence.push_back({{"indicator", x.indicator},
                        {"document", x.document},
                        {"issuer", x.issuer},
                        {"date", x.date},
                        {"file", x.file},
                        {"sha256", x.sha256},
                        {"result", x.conforms ? "conform" : "not_conform"}});
  for (const auto& x : plan.indicators) {
    indicators.push_back({{"id", x.id},
                          {"dimension", x.dimension},
                          {"level", x.level},
                          {"task", x.task},
                          {"check", x.check},
                          {"statistic", x.statistic},
                          {"metric", x.metric},
                          {"bound", x.bound},
                          {"limit", x.limit},
                          {"quantile", x.quantile},
                          {"design", of(x.design)}});
  }
  for (const auto& x : plan.series) {
    series.push_back(
        {{"task", x.task}, {"level", x.level}, {"cap", x.cap}, {"reserved", x.reserved}, {"audit", x.audit}});
  }
  return {{"schema", plan.schema},
          {"scheme", plan.scheme},
          {"scheme_sha256", plan.scheme_sha256},
          {"suite_sha256", plan.suite_sha256},
          {"subject_sha256", plan.subject_sha256},
          {"embodiment_sha256", plan.embodiment_sha256},
          {"model_sha256", plan.model_sha256},
          {"build", plan.build},
          {"engine", plan.engine},
          {"division", plan.division},
          {"scope", plan.scope},
          {"declared_level", plan.declared_level},
          {"session_seed", plan.session_seed},
          {"earlier_sessions", plan.earlier_sessions},
          {"evidence", evidence},
          {"order", plan.order},
          {"alpha", plan.alpha},
          {"beta", plan.beta},
          {"void_cap", plan.void_cap},
          {"indicators", indicators},
          {"series", series}};
}

json of(const MetricValue& x) {
  return {{"id", x.id},
          {"version", x.version},
          {"value", of(x.value)},
          {"why_undefined", x.why_undefined},
          {"unit", x.unit},
          {"vantage", to_string(x.vantage)},
          {"lower", of(x.lower)},
          {"upper", of(x.upper)},
          {"n", x.n}};
}

json of(const TrialRecord& x) {
  json checks = json::object(), metrics = json::array();
  for (const auto& [name, held] : x.verdict.checks) checks[name] = held;
  for (const auto& metric : x.metrics) metrics.push_back(of(metric));
  return {{"number", x.number},
          {"task", x.task},
          {"level", x.level},
          {"index", x.index},
          {"attempt", x.attempt},
          {"finished", x.finished},
          {"outcome", x.finished ? json(to_string(x.verdict.outcome)) : json(nullptr)},
          {"reason", x.verdict.reason},
          {"checks", checks},
          {"robustness", x.finished ? json(x.verdict.robustness) : json(nullptr)},
          {"validity", x.validity == Validity::valid ? "valid" : "invalid"},
          {"invalid_reason", x.invalid_reason},
          {"invalid_by", x.invalid_by},
          {"invalid_before_reveal", x.invalid_before_reveal},
          {"metrics", metrics},
          {"content_digest", x.content_digest},
          {"trace_sha256", x.trace_sha256},
          {"trace_path", x.trace_path},
          {"initial_state_digest", x.initial_state_digest},
          {"started", of_time(x.started)},
          {"ended", of_time(x.ended)}};
}

json of(const grading::Explanation& why_not) {
  json items = json::array();
  for (const auto& x : why_not.items) {
    items.push_back({{"id", x.id}, {"why", of(x.why)}, {"could", of(x.could)}, {"failed_trials", x.failed_trials}});
  }
  return {{"next_level", why_not.next_level}, {"items", items}};
}

json of(const Subject& x) {
  return {{"id", x.id},
          {"sha256", x.sha256},
          {"title", of(x.title)},
          {"vendor", x.vendor},
          {"model", x.model},
          {"serial", x.serial},
          {"software", x.software},
          {"class", x.robot_class},
          {"kind", x.kind},
          {"scope", x.scope},
          {"declared_level", x.declared_level},
          {"adapter", x.adapter},
          {"policy", x.policy}};
}

json of(const std::optional<SoftwareValidation>& x) {
  if (!x) return nullptr;
  json files = json::array();
  for (const auto& file : x->files) {
    files.push_back({{"name", file.name},
                     {"sha256", file.sha256},
                     {"title", file.title},
                     {"cases", file.cases},
                     {"passed", file.passed}});
  }
  return {{"time", of_time(x->time)},    {"by", x->by}, {"build", x->build},
          {"same_build", x->same_build}, {"ok", x->ok}, {"files", files}};
}

json of(const Party& x) { return {{"name", of(x.name)}, {"address", of(x.address)}, {"contact", x.contact}}; }

json of(const std::optional<Particulars>& p) {
  if (!p) return nullptr;
  json deviations = json::array(), external = json::array(), equipment = json::array(), environment = json::array();
  for (const auto& text : p->deviations) deviations.push_back(of(text));
  for (const auto& text : p->external) external.push_back(of(text));
  for (const auto& x : p->equipment)
    equipment.push_back({{"name", of(x.name)}, {"id", x.id}, {"calibration", x.calibration}, {"due", x.due}});
  for (const auto& [name, value] : p->environment) environment.push_back({{"name", of(name)}, {"value", of(value)}});
  return {{"sha256", p->sha256},
          {"number", p->number},
          {"issued", p->issued},
          {"prevailing", p->prevailing},
          {"replaces", p->replaces},
          {"reason", of(p->reason)},
          {"laboratory", of(p->laboratory)},
          {"accreditation", of(p->accreditation)},
          {"customer", of(p->customer)},
          {"place", of(p->place)},
          {"received", p->received},
          {"not_received", of(p->not_received)},
          {"condition", of(p->condition)},
          {"verified", p->verified},
          {"sampling", of(p->sampling)},
          {"deviations", deviations},
          {"external", external},
          {"equipment", equipment},
          {"environment", environment},
          {"tested_by", of(p->tested_by)},
          {"reviewed_by", of(p->reviewed_by)},
          {"approved_by", of(p->approved_by)}};
}

json checklist_of(const ReportModel& model) {
  json out = json::array();
  for (const auto& item : checklist(model)) {
    const char* state = item.state == ChecklistItem::State::met       ? "met"
                        : item.state == ChecklistItem::State::not_met ? "not_met"
                                                                      : "not_applicable";
    out.push_back({{"item", std::string(1, item.letter)},
                   {"title", of(item.title)},
                   {"state", state},
                   {"reason", of(item.reason)}});
  }
  return out;
}

}  // namespace

std::string to_json(const ReportModel& model) {
  json trials = json::array(), files = json::array();
  for (const auto& trial : model.trials) trials.push_back(of(trial));
  for (const auto& [path, sha256] : model.files) files.push_back({{"path", path}, {"sha256", sha256}});
  json regrades = json::array();
  for (const auto& x : model.regrades)
    regrades.push_back({{"scheme", x.scheme}, {"sha256", x.sha256}, {"overall_level", x.grade.overall_level}});
  const Scheme& scheme = model.scheme;
  const json out{{"schema", model.schema},
                 {"session", model.session},
                 {"division", model.division},
                 {"plan_sha256", model.plan_sha256},
                 {"chain_head", model.chain_head},
                 {"tool_version", model.tool_version},
                 {"locked", of_time(model.locked)},
                 {"closed", of_time(model.closed)},
                 {"scheme",
                  {{"id", scheme.id},
                   {"version", scheme.version},
                   {"sha256", scheme.sha256},
                   {"title", of(scheme.title)},
                   {"notice", of(scheme.notice)},
                   {"aggregation", scheme.aggregation}}},
                 {"subject", of(model.subject)},
                 {"plan", of(model.plan)},
                 {"grade", of(model.grade)},
                 {"why_not", of(model.why_not)},
                 {"trials", trials},
                 {"remarks", model.remarks},
                 {"files", files},
                 {"revealed_seed", model.revealed_seed},
                 {"regrades", regrades},
                 {"validation", of(model.validation)},
                 {"number", number_of(model)},
                 {"document", of(document_of(model).title)},
                 {"issued", model.issued},
                 {"particulars", of(model.particulars)},
                 {"checklist", checklist_of(model)},
                 {"control_period_s", model.control_period_s}};
  // Bytes of a robot's own words that are not UTF-8 become U+FFFD instead of an exception.
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace assay::reports
