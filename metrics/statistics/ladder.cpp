#include "metrics/statistics/ladder.h"

#include <cmath>
#include <string>

#include "metrics/input.h"
#include "metrics/statistics/proportion.h"

namespace assay::metrics {
namespace {

Result<void> check_rungs(std::span<const Rung> rungs) {
  if (rungs.empty()) return bad_input(1033, {"a ladder needs a rung", "阶梯至少需要一级"}, "0 rungs");
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    if (!std::isfinite(rungs[i].demand))
      return bad_input(1030, {"a demand is not a finite number", "要求值不是有限数"}, "rung " + std::to_string(i));
    ASSAY_RETURN_IF_ERROR(check_counts(rungs[i].successes, rungs[i].trials));
    if (i > 0 && !(rungs[i].demand > rungs[i - 1].demand))
      return bad_input(1036, {"demands must rise from rung to rung", "各级的要求值必须逐级递增"},
                       "rung " + std::to_string(i) + ": " + std::to_string(rungs[i].demand));
  }
  return {};
}

/// Pool adjacent violators: blocks of rungs whose pooled shares fall.
void fit(std::vector<RungLimits>& rungs) {
  struct Block {
    double successes = 0, trials = 0;
    std::size_t size = 0;
    [[nodiscard]] double share() const { return successes / trials; }
  };
  std::vector<Block> blocks;
  for (const auto& rung : rungs) {
    blocks.push_back({static_cast<double>(rung.successes), static_cast<double>(rung.trials), 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].share() <= blocks.back().share()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().successes += last.successes;
      blocks.back().trials += last.trials;
      blocks.back().size += last.size;
    }
  }
  std::size_t next = 0;
  for (const auto& block : blocks)
    for (std::size_t i = 0; i < block.size; ++i) rungs[next++].fitted = block.share();
}

std::optional<double> crossing(const std::vector<RungLimits>& rungs, double p0) {
  for (std::size_t i = 1; i < rungs.size(); ++i) {
    const auto &below = rungs[i - 1], &above = rungs[i];
    if (below.fitted >= p0 && above.fitted < p0)
      return below.demand + (above.demand - below.demand) * (below.fitted - p0) / (below.fitted - above.fitted);
  }
  return std::nullopt;
}

}  // namespace

Result<Ladder> ladder(std::span<const Rung> rungs, double p0, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("p0", p0));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  ASSAY_RETURN_IF_ERROR(check_rungs(rungs));
  Ladder out;
  for (const auto& rung : rungs) {
    RungLimits limits{rung.demand, rung.trials, rung.successes};
    ASSAY_TRY(limits.lower, clopper_pearson_lower(rung.successes, rung.trials, confidence));
    ASSAY_TRY(limits.upper, clopper_pearson_upper(rung.successes, rung.trials, confidence));
    out.rungs.push_back(limits);
  }
  fit(out.rungs);
  for (const auto& rung : out.rungs) {
    if (rung.lower < p0) break;
    out.survived = rung.demand;
  }
  for (auto rung = out.rungs.rbegin(); rung != out.rungs.rend(); ++rung) {
    if (rung->upper >= p0) break;
    out.not_survived = rung->demand;
  }
  out.estimate = crossing(out.rungs, p0);
  return out;
}

}  // namespace assay::metrics
