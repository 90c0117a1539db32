#include "evidence/recompute.h"

#include <bit>
#include <map>

#include "core/sha256.h"
#include "evidence/errors.h"
#include "evidence/records.h"
#include "harness/trial.h"
#include "metrics/programme.h"

namespace assay::evidence {
namespace {

std::string shown(const std::optional<double>& value) { return value ? Json(*value).dump() : "undefined"; }

bool same(const std::optional<double>& a, const std::optional<double>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || std::bit_cast<std::uint64_t>(*a) == std::bit_cast<std::uint64_t>(*b);
}

std::string shown(const std::vector<std::pair<std::string, bool>>& checks) { return Json(checks).dump(); }

class Recomputing {
 public:
  explicit Recomputing(const RecomputeInput& input) : input_(input) {}

  Result<Recomputed> run() {
    int done = 0;
    for (const auto& stored : input_.trials) {
      TrialRecord again = stored;
      if (stored.trace_sha256.empty())
        without_trace(stored);
      else
        ASSAY_RETURN_IF_ERROR(from_trace(stored, again));
      out_.records.push_back(std::move(again));
      if (input_.progress) input_.progress(++done, static_cast<int>(input_.trials.size()));
    }
    out_.grade = grading::grade(input_.scheme, input_.plan, out_.records);
    if (!input_.results.is_null()) {
      auto differences = compare_grade(out_.grade, input_.results);
      out_.differences.insert(out_.differences.end(), differences.begin(), differences.end());
    }
    return std::move(out_);
  }

 private:
  void differ(const TrialRecord& trial, std::string what, std::string stored, std::string recomputed) {
    if (stored != recomputed)
      out_.differences.push_back({trial.number, std::move(what), std::move(stored), std::move(recomputed)});
  }

  /// What nobody can see again may not count for the robot.
  void without_trace(const TrialRecord& stored) {
    ++out_.without_trace;
    if (stored.finished && stored.verdict.outcome == Outcome::success)
      differ(stored, "outcome", "success", "no trace that shows it");
  }

  Result<void> from_trace(const TrialRecord& stored, TrialRecord& again) {
    ASSAY_TRY(const auto trace, input_.trace(stored));
    ++out_.trials;
    differ(stored, "content_digest", stored.content_digest, content_digest(trace));
    const auto member = [&](const char* key) {
      const auto found = trace.metadata.find(key);
      return found == trace.metadata.end() ? std::string{} : found->second;
    };
    // A trace of another trial would judge itself just as well.
    differ(stored, "task of the trace", stored.task, member("task"));
    differ(stored, "level of the trace", std::to_string(stored.level), member("level"));
    differ(stored, "index of the trace", std::to_string(stored.index), member("index"));
    differ(stored, "initial state", stored.initial_state_digest, member("initial_state_digest"));
    differ(stored, "session seed of the trace", seed_sha256(), member("session_seed_sha256"));
    ASSAY_RETURN_IF_ERROR(check_rules(stored, member("judge"), member("programme")));
    const auto judge = metrics::judge_input_from_json(member("judge"));
    if (!judge) {
      differ(stored, "rules in the trace", "assay judge input", judge.error().found);
      return {};
    }
    again.verdict = harness::verdict_of(*judge, trace);
    // A trial that cannot be repeated is not left aborted by the coordinator (harness/campaign.cpp).
    if (again.verdict.outcome == Outcome::aborted && stored.verdict.outcome == Outcome::undetermined)
      again.verdict.outcome = Outcome::undetermined;
    differ(stored, "outcome", std::string(to_string(stored.verdict.outcome)),
           std::string(to_string(again.verdict.outcome)));
    differ(stored, "reason", stored.verdict.reason, again.verdict.reason);
    differ(stored, "checks", shown(stored.verdict.checks), shown(again.verdict.checks));
    if (!same(stored.verdict.robustness, again.verdict.robustness))
      differ(stored, "robustness", shown(stored.verdict.robustness), shown(again.verdict.robustness));
    compare_metrics(stored, trace, again);
    return {};
  }

  [[nodiscard]] std::string seed_sha256() const {
    const std::string& committed = input_.plan.session_seed;  // "sha256:…"
    return committed.substr(committed.find(':') + 1);
  }

  void compare_metrics(const TrialRecord& stored, const Trace& trace, TrialRecord& again) {
    for (std::size_t i = 0; i < stored.metrics.size(); ++i) {
      const MetricValue& value = stored.metrics[i];
      const std::string name = "metric " + value.id + " v" + std::to_string(value.version);
      const auto* metric = input_.metrics->find(value.id, value.version);
      if (metric == nullptr) {
        if (value.value) differ(stored, name, shown(value.value), "this program does not know it");
        continue;
      }
      again.metrics[i] = metric->compute(trace, again.verdict);
      const MetricValue& now = again.metrics[i];
      if (!same(value.value, now.value)) differ(stored, name, shown(value.value), shown(now.value));
      if (!same(value.lower, now.lower)) differ(stored, name + " lower limit", shown(value.lower), shown(now.lower));
      if (!same(value.upper, now.upper)) differ(stored, name + " upper limit", shown(value.upper), shown(now.upper));
      differ(stored, name + " n", std::to_string(value.n), std::to_string(now.n));
      differ(stored, name + " undefined because", value.why_undefined, now.why_undefined);
      differ(stored, name + " unit", value.unit, now.unit);
      differ(stored, name + " vantage", std::string(to_string(value.vantage)), std::string(to_string(now.vantage)));
      const auto* newest = input_.metrics->find(value.id);
      if (newest != nullptr && newest->spec.version > value.version)
        out_.newer.push_back({stored.number, value, newest->compute(trace, again.verdict)});
    }
  }

  /// The rules in the trace are those that suite, seed and index give; not some that its writer chose.
  Result<void> check_rules(const TrialRecord& stored, const std::string& judge, const std::string& programme) {
    if (input_.inputs == nullptr || input_.seed.empty()) {
      if (out_.why_no_rules.empty())
        out_.why_no_rules =
            input_.inputs == nullptr ? "the deciding files are not at hand" : "the seed is not revealed";
      return {};
    }
    const Task* task = nullptr;
    for (const auto& suite : input_.inputs->suites)
      if (const Task* found = suite.find(stored.task, stored.level); found != nullptr) task = found;
    if (task == nullptr) {
      differ(stored, "task", stored.task, "not in the locked suites");
      return {};
    }
    const auto key = std::pair{stored.task, stored.level};
    if (!worlds_.contains(key)) {
      ASSAY_TRY(worlds_[key], compose(*task, input_.inputs->embodiment));
    }
    ASSAY_TRY(const auto setup,
              harness::realise(*task, input_.inputs->embodiment, worlds_[key], input_.seed, stored.index));
    ++out_.rules_checked;
    differ(stored, "initial state by suite and seed", stored.initial_state_digest, setup.initial_state_digest);
    const std::string derived = metrics::to_json(harness::judge_input(setup));
    const auto& commanded = setup.instruction.programme;
    differ(stored, "commanded programme", commanded ? metrics::to_json(*commanded) : "", programme);
    if (derived != judge) differ(stored, "rules", "sha256 " + sha256_hex(judge), "sha256 " + sha256_hex(derived));
    return {};
  }

  const RecomputeInput& input_;
  Recomputed out_;
  std::map<std::pair<std::string, int>, World> worlds_;
};

void compare(const std::string& where, const Json& stored, const Json& again, std::vector<Difference>& out) {
  if (stored != again) out.push_back({0, "grade " + where, stored.dump(), again.dump()});
}

Json steps_json(const std::vector<LevelStep>& steps) {
  Json out = Json::array();
  for (const auto& step : steps)
    out.push_back({{"level", step.level}, {"conformity", to_string(step.conformity)}, {"blocking", step.blocking}});
  return out;
}

/// The same members of what is stored.
Json steps_of(const Json& stored) {
  Json out = Json::array();
  for (const auto& step : stored)
    out.push_back(
        {{"level", step.at("level")}, {"conformity", step.at("conformity")}, {"blocking", step.at("blocking")}});
  return out;
}

Json of(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json deciding(const IndicatorResult& x) {
  constexpr const char* kStops[] = {"running", "accepted", "refused"};
  return {{"id", x.id},
          {"conformity", to_string(x.conformity)},
          {"n", x.n},
          {"successes", x.successes},
          {"voids", x.voids},
          {"statistic", x.statistic},
          {"metric", x.metric},
          {"unit", x.unit},
          {"bound", x.bound},
          {"quantile", x.quantile},
          {"limit", x.limit},
          {"confidence", x.confidence},
          {"estimate", of(x.estimate)},
          {"lower", of(x.lower)},
          {"upper", of(x.upper)},
          {"stop", kStops[static_cast<int>(x.stop)]},
          {"n_max", x.n_max},
          {"path", x.path},
          {"trials", x.trials},
          {"attached", x.attached},
          {"level", x.level},
          {"dimension", x.dimension},
          {"task", x.task}};
}

Json deciding(const GateResult& x) {
  return {{"id", x.id},
          {"conformity", to_string(x.conformity)},
          {"attempts", x.attempts},
          {"events", x.events},
          {"upper", x.upper},
          {"limit", x.limit},
          {"confidence", x.confidence}};
}

/// Each of `again` against the entry of the same place, in the members that `again` has.
void compare_lists(const std::string& where, const Json& stored, const std::vector<Json>& again,
                   std::vector<Difference>& out) {
  compare(where + " count", stored.size(), again.size(), out);
  for (std::size_t i = 0; i < again.size() && i < stored.size(); ++i)
    for (const auto& [key, value] : again[i].items())
      compare(where + "/" + again[i].at("id").get<std::string>() + "/" + key, stored.at(i).value(key, Json()), value,
              out);
}

}  // namespace

Result<Recomputed> recompute(const RecomputeInput& input) { return Recomputing(input).run(); }

std::vector<Difference> compare_grade(const Grade& grade, const Json& results) {
  std::vector<Difference> out;
  try {
    const Json& stored = results.at("grade");
    std::vector<Json> indicators, gates;
    for (const auto& x : grade.indicators) indicators.push_back(deciding(x));
    for (const auto& x : grade.gates) gates.push_back(deciding(x));
    compare_lists("/indicators", stored.at("indicators"), indicators, out);
    compare_lists("/gates", stored.at("gates"), gates, out);
    compare("/overall", steps_of(stored.at("overall")), steps_json(grade.overall), out);
    compare("/dimensions count", stored.at("dimensions").size(), grade.dimensions.size(), out);
    for (const auto& [id, steps] : grade.dimensions)
      compare("/dimensions/" + id, steps_of(stored.at("dimensions").value(id, Json::array())), steps_json(steps), out);
    compare("/dimension_level", stored.at("dimension_level"), grade.dimension_level, out);
    compare("/overall_level", stored.at("overall_level"), grade.overall_level, out);
    compare("/overall_level_voids_as_failures", stored.at("overall_level_voids_as_failures"),
            grade.overall_level_voids_as_failures, out);
    compare("/limiting", stored.at("limiting"), grade.limiting, out);
    compare("/at_declared", stored.at("at_declared"), to_string(grade.at_declared), out);
    compare("/declared_level", stored.at("declared_level"), grade.declared_level, out);
    compare("/alpha", stored.at("alpha"), grade.alpha, out);
    compare("/scheme", stored.at("scheme"), grade.scheme, out);
    compare("/scope", stored.at("scope"), grade.scope, out);
    compare("/division", stored.at("division"), grade.division, out);
    compare("/examination", stored.at("examination"), grade.examination, out);
    compare("/memory audit flagged", stored.at("audit").is_null() ? Json(nullptr) : stored.at("audit").at("flagged"),
            grade.audit ? Json(grade.audit->flagged) : Json(nullptr), out);
  } catch (const Json::exception& exception) {
    out.push_back({0, "grade", exception.what(), "a grade with every member"});
  }
  return out;
}

}  // namespace assay::evidence
