// Sentences that every form of the report shares.
#include <fmt/format.h>

#include <algorithm>

#include "core/sha256.h"
#include "reports/checklist.h"
#include "reports/html_page.h"

namespace assay::reports {
namespace {

Text aggregation_rule(const std::string& rule) {
  if (rule == "min_over_dimensions") {
    return {"The overall level is the lowest of the dimensions' levels.", "总体等级取各维度等级的最低值。"};
  }
  if (rule == "weighted_score") {
    return {
        "At each level the indicators that conform are weighed against all that are asked there. The level is shown "
        "if their share reaches the scheme's pass score overall and the floor in each dimension, at this and every "
        "lower level, and all safety gates conform. An indicator counts whole or not at all.",
        "每一级将符合的指标按权重与该级全部指标相比。若本级及以下各级的得分占比均达到方案的合格线与各维度下限，"
        "且全部安全门槛符合，则判为达到该级。指标只按整项计分。"};
  }
  return {
      "The overall level is the highest level at which all indicators of it and of all lower levels, and all safety "
      "gates, conform. It is never interpolated.",
      "总体等级为本级及以下各级全部指标与全部安全门槛均符合的最高等级，不作插值。"};
}

}  // namespace

Document document_of(const ReportModel& model) {
  if (model.division == "lab") {
    Document out{{"Test report", "检测报告"},
                 {"lab", "实验室"},
                 {"The results relate only to the item tested, in the state in which it was tested.",
                  "本报告结果仅对所检样品及其检测时的状态负责。"},
                 {}};
    if (!model.issued) out.watermark = {"DRAFT", "草稿"};
    return out;
  }
  if (model.division == "self") {
    return {{"Self-assessment report", "自评报告"},
            {"self", "自评"},
            {"A self-assessment by whoever ran it. It certifies nothing.",
             "本报告由试验实施方自行评定得出，不构成任何认证。"},
            {"SELF-ASSESSMENT", "自评"}};
  }
  return {{"Development report", "开发试验报告"},
          {"dev", "开发"},
          {"A development run on seeds of its own choice. It certifies nothing and cannot be compared with other "
           "subjects' results.",
           "本次为开发试验，随机种子由使用者自选，不构成任何认证，也不得与其他被测对象的结果比较。"},
          {"DEVELOPMENT", "开发试验"}};
}

std::string number_of(const ReportModel& model) {
  return model.particulars && !model.particulars->number.empty() ? model.particulars->number : "R-" + model.session;
}

std::string digest_of(const ReportModel& model) { return sha256_hex(to_json(model)); }

std::string days_of_trials(const ReportModel& model) {
  UtcTime first, last;
  for (const auto& trial : model.trials) {
    if (trial.started.ns != 0 && (first.ns == 0 || trial.started.ns < first.ns)) first = trial.started;
    for (const auto time : {trial.started, trial.ended})
      if (time.ns > last.ns) last = time;
  }
  if (first.ns == 0) return "";
  const std::string from = to_rfc3339(first).substr(0, 10), to = to_rfc3339(last).substr(0, 10);
  return from == to ? from : from + " – " + to;
}

Text title_of_scope(const ReportModel& model) {
  for (const auto& scope : model.scheme.scopes) {
    if (scope.id == model.grade.scope) return filled(scope.title, scope.id);
  }
  return filled({}, model.grade.scope.empty() ? "–" : model.grade.scope);
}

Text title_of_class(const ReportModel& model) {
  for (const auto& [id, title] : model.scheme.classes) {
    if (id == model.subject.robot_class) return filled(title, id);
  }
  return filled({}, model.subject.robot_class.empty() ? "–" : model.subject.robot_class);
}

Text title_of_dimension(const Scheme& scheme, const std::string& id) {
  for (const auto& [known, title] : scheme.dimensions) {
    if (known == id) return filled(title, id);
  }
  return filled({}, id);
}

Text examination_text(const ReportModel& model) {
  const int n = model.grade.examination;
  if (n < 2) return {"the first in this workspace", "本工作区内首次"};
  std::string earlier;
  for (const auto& id : model.plan.earlier_sessions) earlier += (earlier.empty() ? "" : ", ") + id;
  return {fmt::format("number {} in this workspace, after {}", n, earlier),
          fmt::format("本工作区内第 {} 次，此前为 {}", n, earlier)};
}

Text prevailing_text(const ReportModel& model, Lang first) {
  const bool stated = model.particulars && !model.particulars->prevailing.empty();
  const bool zh = stated ? model.particulars->prevailing == "zh" : first == Lang::zh;
  return zh ? Text{"Where the two languages differ, the Chinese text prevails.", "中英文不一致时，以中文为准。"}
            : Text{"Where the two languages differ, the English text prevails.", "中英文不一致时，以英文为准。"};
}

Text conclusion_of(const ReportModel& model) {
  const Grade& grade = model.grade;
  const Text subject = filled(model.subject.title, model.subject.id);
  const Text scheme = filled(model.scheme.title, model.scheme.id),
             level = level_text(model.scheme, grade.overall_level);
  Text scope = filled({}, grade.scope);
  for (const auto& known : model.scheme.scopes) {
    if (known.id == grade.scope) scope = filled(known.title, known.id);
  }
  const std::string& version = model.scheme.version;
  if (grade.overall_level > 0) {
    return {fmt::format("{} has shown level {} in the scope “{}” of {} {}.", subject.en, level.en, scope.en, scheme.en,
                        version),
            fmt::format("依据《{}》{}，在“{}”范围内，{}已证明达到的等级为：{}。", scheme.zh, version, scope.zh,
                        subject.zh, level.zh)};
  }
  return {
      fmt::format("{} has shown no level in the scope “{}” of {} {}.", subject.en, scope.en, scheme.en, version),
      fmt::format("依据《{}》{}，在“{}”范围内，{}未能证明达到任何等级。", scheme.zh, version, scope.zh, subject.zh)};
}

std::vector<Text> decision_rule_of(const ReportModel& model) {
  const double alpha = model.grade.alpha;
  std::vector<Text> out = {
      {fmt::format("Confidence {}: a subject that misses a requirement of a level is given that level with a "
                   "probability of at most {:.3g}, for each level claim.",
                   percent(1 - alpha), alpha),
       fmt::format(
           "置信度 {}：对每一项等级结论，若被测对象未满足该等级的某项要求，其被判为达到该等级的概率不超过 {:.3g}。",
           percent(1 - alpha), alpha)},
      {"Trials are counted in index order against stop boundaries that were locked before the first trial. Reaching "
       "the accept boundary: the indicator conforms. Reaching the refuse boundary: it has not been shown "
       "(inconclusive); it does not conform only if its upper limit lies below the requirement.",
       "试验按序号计数，并与首次试验前已锁定的停止边界比较。到达接受边界，判为符合；到达拒绝边界，判为未能判定"
       "（未证明）；仅当置信上限低于要求值时，才判为不符合。"},
      aggregation_rule(model.scheme.aggregation)};
  for (const auto& step : model.grade.overall)
    if (step.score)
      out.push_back({fmt::format("L{}: {} of the weight conforms, {} asked.", step.level, percent(*step.score),
                                 percent(step.pass.value_or(1))),
                     fmt::format("L{}：符合项占权重 {}，要求 {}。", step.level, percent(*step.score),
                                 percent(step.pass.value_or(1)))});
  if (!model.grade.claim.en.empty()) out.push_back(model.grade.claim);
  return out;
}

}  // namespace assay::reports
