#include "harness/sanity_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "metrics/statistics/multiplicity.h"
#include "metrics/statistics/proportion.h"
#include "metrics/statistics/two_proportions.h"

namespace assay::harness {
namespace {

SanityCount& count_of(SanityRow& row, Arm arm) {
  return arm == Arm::null_ ? row.null_ : arm == Arm::random ? row.random : row.oracle;
}

std::string words_of(const SanityResult& result) {
  return result.cause.empty() ? result.reason : fmt::format("{}: {}", result.reason, result.cause);
}

class CaseJudge {
 public:
  CaseJudge(const SanityCase& one, SanityVerdict& verdict) : case_(one), verdict_(verdict) {
    row_.task = one.task->key();
    row_.level = one.task->level;
  }

  Result<SanityRow> judge() {
    count();
    if (not_run_) {
      find("not_run", not_run_->en, not_run_->zh);
      return std::move(row_);
    }
    arms();
    starts();
    slots();
    for (const std::size_t i : case_.idle_variation) {
      const std::string name = name_of(case_.task->variation[i]);
      find("idle_variation", fmt::format("variation entry {} ({}) draws the same in every trial", i + 1, name),
           fmt::format("variation 第 {} 项（{}）在每次试验中取值都相同", i + 1, name));
    }
    if (row_.oracle.n > 0) {
      ASSAY_TRY(row_.oracle_lower, metrics::clopper_pearson_lower(row_.oracle.successes, row_.oracle.n, 0.95));
    }
    return std::move(row_);
  }

 private:
  void find(const char* rule, std::string en, std::string zh) {
    row_.ok = false;
    verdict_.findings.push_back({rule, row_.task, row_.level, {std::move(en), std::move(zh)}});
  }

  void count() {
    std::map<std::string, SlotEffect> slots;
    std::map<int, std::string> starts;
    for (const auto& [request, result] : case_.trials) {
      if (result.outcome == Outcome::error || result.outcome == Outcome::undetermined ||
          result.outcome == Outcome::aborted) {
        const std::string where = fmt::format("{} #{}", to_string(request.arm), request.index);
        not_run_ = result.error ? Text{where + ": " + to_string(*result.error, Lang::en),
                                       where + "：" + to_string(*result.error, Lang::zh)}
                                : Text{where + " could not be judged: " + words_of(result),
                                       where + " 无法判定：" + words_of(result)};
        continue;
      }
      auto& arm = count_of(row_, request.arm);
      ++arm.n;
      if (result.outcome == Outcome::success) ++arm.successes;
      starts[request.index] = result.initial_state_digest;
      if (result.goal_at_start.value_or(false)) ++row_.goals_at_start;
      if (request.arm == Arm::oracle && result.outcome != Outcome::success)
        misses_ += fmt::format("{}#{} {}", misses_.empty() ? "" : "; ", request.index, words_of(result));
      if (request.arm == Arm::oracle && result.reason == "refused") ++refusals_;
      // One other value may leave the goal as it is ("the red and the blue one": exchanged, the same is asked for).
      std::map<std::string, bool> matters;
      for (const auto& goal : result.other_goals) matters[goal.slot] = matters[goal.slot] || !goal.still_met;
      for (const auto& [slot, changed] : matters) {
        auto& effect = slots[slot];
        effect.slot = slot;
        ++effect.trials;
        effect.idle += changed ? 0 : 1;
      }
    }
    for (auto& [slot, effect] : slots) row_.slots.push_back(effect);
    std::set<std::string> distinct;
    for (const auto& [index, digest] : starts) distinct.insert(digest);
    row_.starts = static_cast<int>(starts.size());
    row_.distinct_starts = static_cast<int>(distinct.size());
  }

  void arms() {
    const auto idle_succeeds = [&](const SanityCount& arm, const char* rule, const char* en, const char* zh) {
      if (arm.successes == 0) return;
      find(rule, fmt::format("{} succeeds in {} of {} trials", en, arm.successes, arm.n),
           fmt::format("{}在 {} 次试验中成功 {} 次", zh, arm.n, arm.successes));
    };
    idle_succeeds(row_.null_, "null_succeeds", "a robot that holds still", "静止不动的机器人");
    idle_succeeds(row_.random, "random_succeeds", "a robot that moves at random", "随机运动的机器人");
    const int least = static_cast<int>(std::ceil(kOracleShare * row_.oracle.n - 1e-9));
    if (row_.level <= kOracleLevels && row_.oracle.successes < least)
      find("oracle_fails",
           fmt::format("the reference succeeds in {} of {} trials, at least {} wanted ({})", row_.oracle.successes,
                       row_.oracle.n, least, misses_),
           fmt::format("参考策略 {} 次试验中成功 {} 次，至少应为 {} 次（{}）", row_.oracle.n, row_.oracle.successes,
                       least, misses_));
    else if (row_.oracle.n > 0 && refusals_ == row_.oracle.n)
      find("reference_refuses", fmt::format("the reference refuses every time ({})", misses_),
           fmt::format("参考策略每次都拒绝执行（{}）", misses_));
    else if (row_.oracle.n >= kUnsolved && row_.oracle.successes == 0)
      find("unsolved",
           fmt::format("nobody is known to solve it: the reference succeeds in none of {} trials ({})", row_.oracle.n,
                       misses_),
           fmt::format("不知道谁能完成它：参考策略 {} 次试验均未成功（{}）", row_.oracle.n, misses_));
  }

  void starts() {
    if (row_.distinct_starts < row_.starts)
      find("starts_alike",
           fmt::format("{} trials start from {} different states only", row_.starts, row_.distinct_starts),
           fmt::format("{} 次试验只有 {} 种不同的初始状态", row_.starts, row_.distinct_starts));
    if (row_.goals_at_start > 0)
      find("goal_at_start", fmt::format("the goal holds before anything is done, in {} trials", row_.goals_at_start),
           fmt::format("有 {} 次试验在开始前目标即已成立", row_.goals_at_start));
  }

  void slots() {
    for (const auto& effect : row_.slots)
      if (effect.idle > kIdleShare * effect.trials)
        find("idle_slot",
             fmt::format("slot {}: in {} of {} trials the goal is met whatever its value", effect.slot, effect.idle,
                         effect.trials),
             fmt::format("槽位 {}：{} 次试验中有 {} 次无论取何值目标都成立", effect.slot, effect.trials, effect.idle));
  }

  const SanityCase& case_;
  SanityVerdict& verdict_;
  SanityRow row_;
  std::optional<Text> not_run_;
  std::string misses_;
  int refusals_ = 0;
};

struct Rise {
  std::size_t low, high;  ///< rows
  double p = 1;
};

/// Pairs of levels of one task, the higher one more successful than chance allows.
Result<void> judge_rises(SanityVerdict& verdict) {
  std::map<std::string, std::vector<std::size_t>> tasks;
  for (std::size_t i = 0; i < verdict.rows.size(); ++i)
    if (verdict.rows[i].oracle.n > 0) tasks[verdict.rows[i].task].push_back(i);
  for (auto& [task, rows] : tasks) {
    std::sort(rows.begin(), rows.end(),
              [&](std::size_t a, std::size_t b) { return verdict.rows[a].level < verdict.rows[b].level; });
    std::vector<Rise> pairs;
    std::vector<double> p;
    for (std::size_t a = 0; a < rows.size(); ++a)
      for (std::size_t b = a + 1; b < rows.size(); ++b) {
        const auto& low = verdict.rows[rows[a]].oracle;
        const auto& high = verdict.rows[rows[b]].oracle;
        ASSAY_TRY(const auto test, metrics::fisher_exact({high.successes, high.n, low.successes, low.n}));
        pairs.push_back({rows[a], rows[b], test.greater});
        p.push_back(test.greater);
      }
    if (pairs.empty()) continue;
    ASSAY_TRY(const auto adjusted, metrics::adjust_p(p));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (adjusted.holm[i] >= kRiseAlpha) continue;
      const auto& low = verdict.rows[pairs[i].low];
      auto& high = verdict.rows[pairs[i].high];
      high.ok = false;
      verdict.findings.push_back(
          {"rises_with_level",
           task,
           high.level,
           {fmt::format("the reference succeeds more often than at L{}: {}/{} against {}/{}, p = {:.2g}", low.level,
                        high.oracle.successes, high.oracle.n, low.oracle.successes, low.oracle.n, adjusted.holm[i]),
            fmt::format("参考策略的成功率高于 L{}：{}/{} 对 {}/{}，p = {:.2g}", low.level, high.oracle.successes,
                        high.oracle.n, low.oracle.successes, low.oracle.n, adjusted.holm[i])}});
    }
  }
  return {};
}

const char* word_of(Variation::Kind kind) {
  using Kind = Variation::Kind;
  switch (kind) {
    case Kind::choice:
      return "choice";
    case Kind::place:
      return "place";
    case Kind::shuffle:
      return "shuffle";
    case Kind::pose_jitter:
      return "pose_jitter";
    case Kind::mass_factor:
      return "mass_factor";
    case Kind::friction_factor:
      return "friction_factor";
    case Kind::noise:
      return "noise";
    case Kind::push:
      return "push";
    case Kind::latency:
      return "latency";
    case Kind::bias:
      return "bias";
    case Kind::dropout:
      return "dropout";
    case Kind::blackout:
      return "blackout";
    case Kind::weaken:
      return "weaken";
    case Kind::one_of:
      return "one_of";
  }
  return "?";
}

}  // namespace

std::string name_of(const Variation& variation) {
  std::string out = word_of(variation.kind);
  if (!variation.name.empty()) out += " " + variation.name;
  if (!variation.target.empty()) out += " " + variation.target;
  if (variation.kind == Variation::Kind::shuffle)
    for (std::size_t i = 0; i < variation.of.size(); ++i) out += (i == 0 ? " " : ", ") + variation.of[i];
  return out;
}

Result<SanityVerdict> judge_sanity(const std::vector<SanityCase>& cases) {
  SanityVerdict verdict;
  for (const auto& one : cases) {
    if (!one.task->reference) {
      SanityRow row;
      row.task = one.task->key();
      row.level = one.task->level;
      row.ok = false;
      verdict.rows.push_back(row);
      verdict.findings.push_back(
          {"no_reference",
           row.task,
           row.level,
           {"the task names no `reference`: nobody is known to solve it", "任务没有 `reference`：不知道谁能完成它"}});
      continue;
    }
    ASSAY_TRY(auto row, CaseJudge(one, verdict).judge());
    verdict.rows.push_back(std::move(row));
  }
  ASSAY_RETURN_IF_ERROR(judge_rises(verdict));
  return verdict;
}

}  // namespace assay::harness
