#include "grading/what_if.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "grading/decide.h"
#include "grading/grading.h"
#include "grading/measured.h"
#include "grading/rules.h"

namespace assay::grading {

namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

bool read_counts(std::string_view text, Supposition& out) {
  if (text.starts_with('+')) {
    out.kind = Supposition::Kind::further;
    text.remove_prefix(1);
  }
  const auto bar = text.find('/');
  if (bar == std::string_view::npos) return false;
  const auto successes = number<int>(text.substr(0, bar)), n = number<int>(text.substr(bar + 1));
  if (!successes || !n || *successes < 0 || *n < 1 || *successes > *n || *n > 1'000'000) return false;
  out.successes = *successes;
  out.n = *n;
  return true;
}

bool read(std::string_view text, Supposition& out) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  const auto name = text.substr(0, equals), value = text.substr(equals + 1);
  if (name == "more") {
    const auto n = number<int>(value);
    out.kind = Supposition::Kind::more;
    out.n = n.value_or(0);
    return n && *n >= 1 && *n <= 1'000'000;
  }
  if (constexpr std::string_view kLimit = "limit:"; name.starts_with(kLimit)) {
    const auto limit = number<double>(value);
    out.kind = Supposition::Kind::limit;
    out.id = name.substr(kLimit.size());
    out.limit = limit.value_or(0);
    return limit && std::isfinite(*limit);
  }
  out.id = name;
  return read_counts(value, out);
}

/// Neither counts nor a limit that the indicator could have.
Error not_understood(const std::string& found) {
  return Error{612,
               {"a supposition cannot be understood", "无法理解该假设"},
               {},
               {"ID=successes/n, ID=+successes/n, limit:ID=0.85 or more=N",
                "ID=成功数/n、ID=+成功数/n、limit:ID=0.85 或 more=N"},
               found,
               {"for example: --what-if E-sort-2=18/20", "例如：--what-if E-sort-2=18/20"}};
}

Error no_such_indicator(const std::string& id, const Plan& plan) {
  std::string known;
  for (const auto& planned : plan.indicators) known += (known.empty() ? "" : ", ") + planned.id;
  return {613, {"the session has no such indicator", "本次检测没有该指标"},
          {},  {"one of " + known, "以下之一：" + known},
          id,  {"take an id from `assay grade`", "请从 `assay grade` 的输出中选取 id"}};
}

/// Further planned trials of every series that is still open, all successes.
void add_successes(const Plan& plan, const Grade& now, int count, std::vector<TrialRecord>& trials) {
  for (const auto& series : plan.series) {
    const bool open = std::any_of(now.indicators.begin(), now.indicators.end(), [&](const IndicatorResult& r) {
      return r.task == series.task && r.level == series.level && !r.attached && r.stop == StopState::running;
    });
    if (!open) continue;
    const auto decided = metrics::deciding_trials(trials, series.task, series.level);
    int index = 0;
    while (decided.count(index) > 0) ++index;
    TrialRecord trial;
    trial.task = series.task;
    trial.level = series.level;
    trial.finished = true;
    trial.verdict.outcome = Outcome::success;
    for (const auto& planned : plan.indicators)
      if (planned.task == series.task && planned.level == series.level && !planned.check.empty())
        trial.verdict.checks.emplace_back(planned.check, true);
    for (int i = 0; i < count && index + i < series.cap; ++i) {
      trial.index = index + i;
      trials.push_back(trial);
    }
  }
}

Result<void> suppose(const Supposition& supposition, const Plan& plan, const Grade& before, Grade& after) {
  const auto planned = std::find_if(plan.indicators.begin(), plan.indicators.end(),
                                    [&](const PlannedIndicator& p) { return p.id == supposition.id; });
  if (planned == plan.indicators.end()) return no_such_indicator(supposition.id, plan);
  if (is_measured(*planned)) return not_understood(supposition.id);  // counts say nothing of a measured value
  const auto same = [&](const IndicatorResult& r) { return r.id == supposition.id; };
  const auto now = std::find_if(before.indicators.begin(), before.indicators.end(), same);
  const auto result = std::find_if(after.indicators.begin(), after.indicators.end(), same);
  const bool further = supposition.kind == Supposition::Kind::further;
  suppose_counts(*result, *planned, supposition.n + (further ? now->n : 0),
                 supposition.successes + (further ? now->successes : 0));
  return {};
}

}  // namespace

Result<Supposition> read_supposition(const std::string& text) {
  Supposition out;
  if (read(text, out)) return out;
  return not_understood(text);
}

Result<WhatIf> what_if(const Scheme& all_classes, const Plan& plan, const std::vector<TrialRecord>& trials,
                       const std::vector<Supposition>& suppositions) {
  WhatIf out;
  Scheme scheme = for_class(all_classes, plan.robot_class);
  out.before = grade(scheme, plan, trials);
  auto supposed = trials;
  for (const auto& s : suppositions) {
    if (s.kind == Supposition::Kind::more) add_successes(plan, out.before, s.n, supposed);
    if (s.kind != Supposition::Kind::limit) continue;
    const auto place = std::find_if(scheme.indicators.begin(), scheme.indicators.end(),
                                    [&](const SchemeIndicator& i) { return i.id == s.id && !is_attached(i); });
    if (place == scheme.indicators.end()) return no_such_indicator(s.id, plan);
    if (!is_measured(*place) && !(s.limit > 0 && s.limit < 1)) return not_understood("limit:" + s.id);
    place->limit = s.limit;
    place->for_class.clear();
  }
  out.after = grade(scheme, plan, supposed);
  for (const auto& s : suppositions)
    if (s.kind == Supposition::Kind::counts || s.kind == Supposition::Kind::further)
      ASSAY_RETURN_IF_ERROR(suppose(s, plan, out.before, out.after));
  regrade_levels(scheme, plan, out.after);
  return out;
}

}  // namespace assay::grading
