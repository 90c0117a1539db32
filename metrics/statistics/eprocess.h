// E-processes for yes/no outcomes: evidence that may be looked at after every trial. ln E ≥ ln(1/α) at any time, once,
// refutes the null with error at most α (Ville's inequality). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

struct BetaPrior {
  double a = 1, b = 1;  ///< > 0
};

/// ln E against p ≤ p0 after `successes` and `failures`: the likelihood ratio to p0, mixed over Beta(a, b) truncated to
/// (p0, 1): E = ∫_{p0}^1 (p/p0)^s ((1−p)/(1−p0))^f dBeta(p) / P(Beta(a, b) > p0) (Robbins 1970). The same at every
/// order of the outcomes. Errors: p0 outside (0, 1) 1031; counts < 0, a or b ≤ 0 1032; no convergence 1037 (counts
/// beyond 1e9).
Result<double> log_e_beta_mixture(std::int64_t successes, std::int64_t failures, double p0,
                                  const BetaPrior& prior = {});

/// ln E against p_b ≤ p_a after each pair (a_t, b_t) of one trial of A and one of B (Turner and Grünwald 2023): with
/// the posterior means p̂_a, p̂_b of the pairs before and p̂ = (p̂_a + p̂_b)/2,
/// E_t = Π p̂_a(a) p̂_b(b) / (p̂(a) p̂(b)), p(1) = p, p(0) = 1 − p. No bet (factor 1) while p̂_b ≤ p̂_a. Needs A and B
/// independent within a pair. The other direction: swap the arguments and the priors.
/// Errors: lengths differ 1034, no pair 1033, an outcome that is neither 0 nor 1 1036, a or b ≤ 0 1032.
Result<std::vector<double>> log_e_two_streams(std::span<const int> a, std::span<const int> b,
                                              const BetaPrior& prior_a = {1, 2}, const BetaPrior& prior_b = {2, 1});

/// Anytime limits of a success probability: all p that neither side's mixture e-process (uniform prior truncated to the
/// side of better, or worse, robots) has refuted at α = (1 − confidence)/2. E falls with p0, so each side is one root.
/// Valid at any stopping time; intersect over time with ProportionSequence. n = 0: [0, 1].
/// Errors: counts < 0 1032, confidence outside (0, 1) 1031.
struct AnytimeLimits {
  double lower = 0, upper = 1;
};
Result<AnytimeLimits> beta_mixture_limits(std::int64_t successes, std::int64_t failures, double confidence);

/// The running intersection of these limits, trial by trial; they never cross.
class ProportionSequence {
 public:
  /// ASSAY-1031 for a confidence outside (0, 1).
  static Result<ProportionSequence> start(double confidence);
  void add(bool success);
  [[nodiscard]] const AnytimeLimits& limits() const { return limits_; }
  [[nodiscard]] std::int64_t n() const { return successes_ + failures_; }

 private:
  explicit ProportionSequence(double confidence) : confidence_(confidence) {}
  double confidence_;
  std::int64_t successes_ = 0, failures_ = 0;
  AnytimeLimits limits_;
};

}  // namespace assay::metrics
