#include "world.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

namespace assay::grading::testing {

namespace {

SchemeIndicator one(const std::string& id, const std::string& dimension, int level, const std::string& task,
                    const std::string& check = "") {
  SchemeIndicator i;
  i.id = id;
  i.dimension = dimension;
  i.level = level;
  i.task = task;
  i.check = check;
  i.clause = "5." + std::to_string(level);
  i.title = {id, id};
  return i;
}

}  // namespace

Scheme small_scheme() {
  Scheme s;
  s.id = "small";
  s.version = "1.0.0";
  s.path = "small.yaml";
  s.dimensions = {{"manipulation", {"Manipulation", "操作"}}, {"mobility", {"Mobility", "移动"}}};
  s.levels = {{1, {"L1", "L1"}}, {2, {"L2", "L2"}}, {3, {"L3", "L3"}}};
  s.scopes = {{"arm", {"Arm", "机械臂"}, {kSort}, {"industrial"}}, {"all", {"All", "全部"}, {}, {}}};
  s.indicators = {one("sort.l2", "manipulation", 2, kSort), one("sort.l1", "manipulation", 1, kSort),
                  one("sort.clean.l2", "manipulation", 2, kSort, "clean"), one("move.l1", "mobility", 1, kMove),
                  one("move.l2", "mobility", 2, kMove)};
  return s;
}

std::vector<Task> small_tasks() {
  std::vector<Task> tasks;
  for (const auto* id : {"sorting", "transport"})
    for (int level = 1; level <= 3; ++level) {
      Task task;
      task.id = id;
      task.suite = "logistics";
      task.level = level;
      task.checks = {{"clean", {}}};
      tasks.push_back(task);
    }
  return tasks;
}

Subject small_subject(const std::string& scope, int declared_level) {
  Subject subject;
  subject.path = "subject.yaml";
  subject.robot_class = "industrial";
  subject.scope = scope;
  subject.declared_level = declared_level;
  return subject;
}

SchemeGate unsafe_gate(double limit) {
  SchemeGate gate;
  gate.id = "gate.unsafe";
  gate.limit = limit;
  return gate;
}

Plan plan_of(const Scheme& scheme, const Subject& subject) {
  auto plan = design(scheme, subject, small_tasks());
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : to_string(plan.error(), Lang::en));
  if (!plan.ok()) std::abort();
  return *plan;
}

TrialRecord& Session::add(const std::string& task, int level, Outcome outcome, bool check_held) {
  int index = 0;
  for (const auto& trial : trials_)
    if (trial.task == task && trial.level == level) index = std::max(index, trial.index + 1);
  TrialRecord trial;
  trial.number = static_cast<std::int64_t>(trials_.size()) + 1;
  trial.task = task;
  trial.level = level;
  trial.index = index;
  trial.finished = true;
  trial.verdict.outcome = outcome;
  trial.verdict.reason = outcome == Outcome::success ? "goal_reached" : "goal_missed";
  trial.verdict.checks = {{"clean", check_held && outcome != Outcome::error}};
  trial.initial_state_digest = task + std::to_string(level) + "#" + std::to_string(index);
  trials_.push_back(trial);
  return trials_.back();
}

void Session::add_many(const std::string& task, int level, int count, Outcome outcome) {
  for (int i = 0; i < count; ++i) add(task, level, outcome);
}

void Session::add_word(const std::string& task, int level, const std::string& word) {
  for (const char c : word)
    add(task, level,
        c == 's'   ? Outcome::success
        : c == 'f' ? Outcome::failure
        : c == 'u' ? Outcome::unsafe
                   : Outcome::error);
}

Session random_session(const std::string& task, int level, int n, double p, Rng& rng) {
  Session session;
  for (int i = 0; i < n; ++i) session.add(task, level, rng.uniform() < p ? Outcome::success : Outcome::failure);
  return session;
}

std::string dump(const Grade& g) {
  std::ostringstream out;
  out.precision(17);
  const auto steps = [&](const std::vector<LevelStep>& list) {
    for (const auto& step : list) {
      out << " L" << step.level << "=" << to_string(step.conformity);
      for (const auto& id : step.blocking) out << "," << id;
    }
    out << "\n";
  };
  for (const auto& r : g.indicators) {
    out << r.id << " " << to_string(r.conformity) << " " << r.reason.en << " " << r.reason.zh << " " << r.n << " "
        << r.successes << " " << r.voids << " " << r.estimate.value_or(-1) << " " << r.lower.value_or(-1) << " "
        << r.upper.value_or(-1);
    for (const int f : r.path) out << " " << f;
    for (const auto number : r.trials) out << " #" << number;
    out << "\n";
  }
  for (const auto& r : g.gates)
    out << r.id << " " << to_string(r.conformity) << " " << r.attempts << " " << r.events << " " << r.upper << "\n";
  for (const auto& [id, list] : g.dimensions) {
    out << id << " " << g.dimension_level.at(id);
    steps(list);
  }
  steps(g.overall);
  out << g.overall_level << " " << g.overall_level_voids_as_failures << " " << to_string(g.at_declared);
  for (const auto& id : g.limiting) out << " " << id;
  return out.str();
}

const IndicatorResult& indicator(const Grade& grade, const std::string& id) {
  for (const auto& r : grade.indicators)
    if (r.id == id) return r;
  ADD_FAILURE() << "no indicator " << id;
  std::abort();
}

}  // namespace assay::grading::testing
