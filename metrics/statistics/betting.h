// Betting for graded scores in [0, 1] (partial credit, share of the path, time as a share of its limit): evidence and
// limits for a mean that may be looked at after every trial and need no distribution (Waudby-Smith and Ramdas,
// "Estimating means of bounded random variables by betting", JRSS B 2024). Pure, stepping; each is a value that can be
// copied.
#pragma once

#include <optional>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// (1 + b − a)/2: a paired difference of scores in [0, 1] as a score; no difference is 1/2. A limit x of its mean is
/// the limit 2x − 1 of the mean difference. ASSAY-1036 for scores outside [0, 1], 1030 for NaN.
Result<double> paired_score(double a, double b);

/// The bet that would have grown fastest on the scores so far, with an optimistic start: (μ̂ − m)/(σ̂² + (μ̂ − m)²),
/// from 0 to the largest that cannot ruin (Waudby-Smith and Ramdas 2024, B.3, approximate GRAPA).
class GrowthBet {
 public:
  explicit GrowthBet(double mean0) : mean0_(mean0) {}
  [[nodiscard]] double next(double most) const;
  void add(double score);

 private:
  double mean0_, n_ = 0, sum_ = 0, square_ = 0;
};

/// E-process against "mean ≤ mean0": E_t = Π (1 + λ_t·(X_t − mean0)), λ_t fixed before X_t.
class BoundedMeanTest {
 public:
  /// mean0 and alpha in (0, 1): ASSAY-1031.
  static Result<BoundedMeanTest> start(double mean0, double alpha);
  /// ASSAY-1030 (NaN) and 1036 (outside [0, 1]): the score is not counted.
  Result<void> add(double score);
  [[nodiscard]] int n() const { return n_; }
  [[nodiscard]] double log_e() const { return log_e_; }
  [[nodiscard]] double log_e_max() const { return log_e_max_; }
  [[nodiscard]] bool shown() const;  ///< log_e_max ≥ ln(1/α): the mean is above mean0, with error ≤ α

 private:
  BoundedMeanTest(double mean0, double alpha) : mean0_(mean0), alpha_(alpha), bet_(mean0) {}
  double mean0_, alpha_;
  GrowthBet bet_;
  int n_ = 0;
  double log_e_ = 0, log_e_max_ = 0;
};

/// The same with simulation as control variate: real outcome Y and simulated outcome f of the same scenario,
/// X = Y − λ·(f − g) has the mean of Y whatever λ, when g is the exact expectation of f, or the mean outcome of fresh
/// simulated scenarios that were drawn for this trial independently of it. λ is the regression of Y on f − g over the
/// trials before, so it is fixed before the trial: valid for every n, also when the simulator is wrong.
class SimAssistedTest {
 public:
  /// mean0, alpha in (0, 1), exact expectation in [0, 1]: ASSAY-1031. nullopt: add() gets a fresh mean.
  static Result<SimAssistedTest> start(double mean0, double alpha, std::optional<double> sim_expectation = {});
  /// All in [0, 1] (ASSAY-1030, 1036); `fresh_mean` exactly where no expectation was given (ASSAY-1036).
  Result<void> add(double real, double sim, std::optional<double> fresh_mean = {});
  [[nodiscard]] int n() const { return n_; }
  [[nodiscard]] double log_e() const { return log_e_; }
  [[nodiscard]] double log_e_max() const { return log_e_max_; }
  [[nodiscard]] bool shown() const;
  [[nodiscard]] double control() const;  ///< λ of the next trial, in [0, 1]

 private:
  SimAssistedTest(double mean0, double alpha, std::optional<double> expectation)
      : mean0_(mean0), alpha_(alpha), expectation_(expectation), bet_(mean0) {}
  double mean0_, alpha_;
  std::optional<double> expectation_;
  GrowthBet bet_;
  int n_ = 0;
  double real_sum_ = 0, sim_sum_ = 0, product_ = 0, sim_square_ = 0;
  double log_e_ = 0, log_e_max_ = 0;
};

/// Confidence sequence for a mean: all m that neither of two capital processes (against "mean ≤ m" and "mean ≥ m", each
/// at (1 − confidence)/2, predictable plug-in bets, capped at ¾ of ruin) has refuted so far. Limits lie on a grid of
/// 1/4096, rounded outwards, and never cross (one cell is left where all are refuted). Valid at every n at once.
class MeanSequence {
 public:
  /// confidence in (0, 1): ASSAY-1031.
  static Result<MeanSequence> start(double confidence);
  /// ASSAY-1030 (NaN), 1036 (outside [0, 1]), 1039 (more than 1e6 scores): the score is not counted.
  Result<void> add(double score);
  [[nodiscard]] int n() const { return static_cast<int>(score_.size()); }
  [[nodiscard]] double lower() const;
  [[nodiscard]] double upper() const;

 private:
  /// Against small means; the other side sees 1 − X.
  struct Side {
    int refuted = 0;         ///< grid cells from below
    double log_capital = 0;  ///< against the next grid point
  };
  explicit MeanSequence(double confidence) : alpha_((1 - confidence) / 2) {}
  void advance(Side& side, int most, bool mirrored);
  [[nodiscard]] double log_capital(int cell, bool mirrored) const;

  double alpha_;
  Side low_, high_;
  std::vector<double> score_, bet_;
  double sum_ = 0, square_ = 0;
};

}  // namespace assay::metrics
