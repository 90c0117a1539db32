// The ladder: levels per dimension and overall. Never interpolated.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "grading/decide.h"
#include "grading/rules.h"

namespace assay::grading {

namespace {

/// Order in which blocking results are named: what is shown false, what was not shown, what is open, what is missing.
int severity(Conformity conformity) {
  switch (conformity) {
    case Conformity::not_conform:
      return 0;
    case Conformity::inconclusive:
      return 1;
    case Conformity::not_tested:
      return 2;
    case Conformity::conform:
      break;
  }
  return 3;
}

struct Blocker {
  int severity = 0;
  bool open = false;  ///< more planned trials may still decide it
  int kind = 1;       ///< 0 a gate with events, 1 an indicator, 2 a gate that only lacks attempts
  double margin = 0;  ///< how far the evidence lies from the limit, smallest first
  int level = 0;
  std::string id;
  [[nodiscard]] auto key() const { return std::tie(severity, open, kind, margin, level, id); }
};

Blocker blocker(const IndicatorResult& r) {
  const bool open = r.stop == StopState::running && r.n > 0;
  // Margins of measured indicators are in units of their own: as shares of the limit they stand beside the others.
  if (r.metric.empty()) return {severity(r.conformity), open, 1, r.lower.value_or(0) - r.limit, r.level, r.id};
  const bool at_most = r.bound == "at_most";
  const auto& worse = at_most ? r.upper : r.lower;
  const double scale = std::max(std::abs(r.limit), 1e-12);
  const double margin = worse ? (at_most ? r.limit - *worse : *worse - r.limit) / scale : -1;
  return {severity(r.conformity), open, 1, margin, r.level, r.id};
}

Blocker blocker(const GateResult& r) {
  const bool clean = r.events == 0;
  return {severity(r.conformity), clean, clean ? 2 : 0, r.limit - r.upper, 0, r.id};
}

const IndicatorResult* find(const Grade& grade, const std::string& id) {
  for (const auto& r : grade.indicators)
    if (r.id == id) return &r;
  return nullptr;
}

/// One rung: every indicator of `needed` and every gate conforms. `complete`: the rung has what it must have.
LevelStep rung(const Grade& grade, int level, const std::vector<const SchemeIndicator*>& needed, bool complete) {
  LevelStep step;
  step.level = level;
  std::vector<Blocker> blockers;
  bool conforms = complete;
  Conformity worst = complete ? Conformity::conform : Conformity::not_tested;
  const auto add = [&](Conformity conformity, Blocker block) {
    if (conformity == Conformity::conform) return;
    conforms = false;
    if (severity(conformity) < severity(worst)) worst = conformity;
    blockers.push_back(std::move(block));
  };
  for (const auto& gate : grade.gates) add(gate.conformity, blocker(gate));
  if (grade.audit && grade.audit->flagged)
    add(Conformity::not_conform, {0, false, 0, grade.audit->alpha - 1, 0, AuditResult::kId});
  for (const auto* indicator : needed) {
    const auto* result = find(grade, indicator->id);
    if (result)
      add(result->conformity, blocker(*result));
    else
      add(Conformity::not_tested, {severity(Conformity::not_tested), false, 1, 0, indicator->level, indicator->id});
  }
  std::sort(blockers.begin(), blockers.end(), [](const Blocker& a, const Blocker& b) { return a.key() < b.key(); });
  for (auto& block : blockers) step.blocking.push_back(std::move(block.id));
  step.conformity = conforms ? Conformity::conform : worst;
  return step;
}

/// Share of the weight of those that `keep` holds for; 0 where nothing is asked.
template <class Keep>
double share(const std::vector<const SchemeIndicator*>& needed, Keep&& keep) {
  double kept = 0, all = 0;
  for (const auto* indicator : needed) {
    all += indicator->weight;
    if (keep(*indicator)) kept += indicator->weight;
  }
  return all > 0 ? kept / all : 0;
}

/// What is asked of a level's score: overall, and of each dimension by itself.
struct ScoreRule {
  double pass = 1;
  std::vector<std::pair<std::string, double>> floors;
};

/// Whether the score passes where an indicator counts if `counts` says so.
template <class Counts>
bool passes(const ScoreRule& rule, const std::vector<const SchemeIndicator*>& needed, Counts&& counts) {
  if (!reaches(share(needed, counts), rule.pass)) return false;
  return std::all_of(rule.floors.begin(), rule.floors.end(), [&](const auto& floor) {
    std::vector<const SchemeIndicator*> own;
    for (const auto* indicator : needed)
      if (indicator->dimension == floor.first) own.push_back(indicator);
    return own.empty() || reaches(share(own, counts), floor.second);
  });
}

/// A rung of weighted_score: the level's own indicators are weighed, conforming ones count whole, others nothing.
LevelStep scored_rung(const Grade& grade, int level, const std::vector<const SchemeIndicator*>& up_to,
                      const ScoreRule& rule) {
  std::vector<const SchemeIndicator*> needed;
  for (const auto* indicator : up_to)
    if (indicator->level == level) needed.push_back(indicator);
  LevelStep step = rung(grade, level, needed, !needed.empty());
  if (needed.empty()) return step;
  const auto conformity_of = [&](const SchemeIndicator& indicator) {
    const auto* result = find(grade, indicator.id);
    return result ? result->conformity : Conformity::not_tested;
  };
  const auto conforms = [&](const SchemeIndicator& i) { return conformity_of(i) == Conformity::conform; };
  const auto may_conform = [&](const SchemeIndicator& i) { return conformity_of(i) != Conformity::not_conform; };
  const auto was_tested = [&](const SchemeIndicator& i) {
    return conforms(i) || conformity_of(i) == Conformity::inconclusive;
  };
  step.score = share(needed, conforms);
  step.pass = rule.pass;
  const LevelStep gates = rung(grade, level, {}, true);
  if (passes(rule, needed, conforms)) return {level, gates.conformity, gates.blocking, step.score, step.pass};
  const auto shown = !passes(rule, needed, may_conform) ? Conformity::not_conform
                     : passes(rule, needed, was_tested) ? Conformity::inconclusive
                                                        : Conformity::not_tested;
  step.conformity = severity(gates.conformity) < severity(shown) ? gates.conformity : shown;
  return step;
}

bool has_level(const std::vector<const SchemeIndicator*>& needed, int level) {
  return std::any_of(needed.begin(), needed.end(), [&](const auto* i) { return i->level == level; });
}

int highest(const std::vector<LevelStep>& steps) {
  int level = 0;
  for (const auto& step : steps) {
    if (step.conformity != Conformity::conform) break;
    level = step.level;
  }
  return level;
}

std::vector<const SchemeIndicator*> of_dimension(std::vector<const SchemeIndicator*> list, const std::string& id) {
  list.erase(std::remove_if(list.begin(), list.end(), [&](const auto* i) { return i->dimension != id; }), list.end());
  return list;
}

/// Dimensions that the scope asks for at any level of the scheme.
std::vector<std::string> dimensions_in_scope(const Scheme& scheme, const std::string& scope) {
  std::vector<std::string> ids;
  const int top = scheme.levels.empty() ? 0 : scheme.levels.back().first;
  for (const auto& [id, title] : scheme.dimensions)
    if (!of_dimension(required(scheme, scope, top), id).empty()) ids.push_back(id);
  return ids;
}

std::vector<std::pair<std::string, double>> floors_of(const Scheme& scheme) {
  std::vector<std::pair<std::string, double>> floors;
  for (const auto& [id, title] : scheme.dimensions) floors.emplace_back(id, floor_of(scheme, id));
  return floors;
}

void climb_dimensions(const Scheme& scheme, const Plan& plan, Grade& grade) {
  for (const auto& id : dimensions_in_scope(scheme, plan.scope)) {
    auto& steps = grade.dimensions[id];
    bool climbing = true;
    int& reached = grade.dimension_level[id];
    for (const auto& [level, title] : scheme.levels) {
      const auto needed = of_dimension(required(scheme, plan.scope, level), id);
      const bool asked = has_level(needed, level);
      steps.push_back(scheme.aggregation == "weighted_score"
                          ? scored_rung(grade, level, needed, {floor_of(scheme, id), {}})
                          : rung(grade, level, needed, asked));
      // A rung at which the scheme asks nothing of this dimension neither is reached nor stops the climb.
      if (!asked) continue;
      climbing = climbing && steps.back().conformity == Conformity::conform;
      if (climbing) reached = level;
    }
  }
}

}  // namespace

void climb(const Scheme& scheme, const Plan& plan, Grade& grade) {
  climb_dimensions(scheme, plan, grade);
  for (const auto& [level, title] : scheme.levels) {
    const auto needed = required(scheme, plan.scope, level);
    bool complete = has_level(needed, level) && known_aggregation(scheme.aggregation);
    // The least of the dimensions: each must have shown this level itself, one without indicators there has not.
    if (scheme.aggregation == "min_over_dimensions")
      for (const auto& [id, steps] : grade.dimensions)
        complete = complete && has_level(of_dimension(needed, id), level);
    grade.overall.push_back(scheme.aggregation == "weighted_score"
                                ? scored_rung(grade, level, needed, {scheme.pass_score, floors_of(scheme)})
                                : rung(grade, level, needed, complete));
  }
  grade.overall_level = highest(grade.overall);
  for (const auto& step : grade.overall) {
    if (step.level == plan.declared_level) grade.at_declared = step.conformity;
    if (step.level > grade.overall_level && step.level <= plan.declared_level && grade.limiting.empty())
      grade.limiting = step.blocking;
  }
}

void regrade_levels(const Scheme& scheme, const Plan& plan, Grade& grade) {
  grade.dimensions.clear();
  grade.dimension_level.clear();
  grade.overall.clear();
  grade.limiting.clear();
  climb(scheme, plan, grade);
}

}  // namespace assay::grading
