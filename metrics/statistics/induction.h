// Backward induction on (n, failures) behind design_sequential: the cheapest stop table for given Lagrange weights,
// and its exact risks. Internal to metrics.
#pragma once

#include <vector>

#include "core/model/plan.h"

namespace assay::metrics {

/// Weights (sum 1) of the success probabilities over which the expected trials are minimised: p0 − (p1 − p0) (at least
/// p0/10), p0, (p0 + p1)/2, p1 and 1.
struct PriorWeights {
  double bad = 0, at_p0 = 0, middle = 0, at_p1 = 0, one = 0;
};

/// V(n, f) = min{λ0·L(p0), λ1·L(p1), Σ_w w·L(p_w) + V(n+1, f) + V(n+1, f+1)}, L(p) = p^(n−f)·(1−p)^f (Wald and
/// Wolfowitz 1948, Kiefer and Weiss 1957), all divided by L((p0+p1)/2) so that plain doubles hold it. Between looks
/// V goes over the binomial of the trials in between.
class Induction {
 public:
  /// 0 < p0 < p1 ≤ 1; `looks` strictly ascending trial counts ≥ 1, the last of them the cap.
  Induction(double p0, double p1, std::vector<int> looks, const PriorWeights& prior);

  /// The optimal table for λ0, λ1 > 0, both boundaries made monotone over the looks (which can only lower α), ended
  /// where no walk goes on. Between looks no walk that is still going on meets a boundary.
  StopTable table(double lambda0, double lambda1);

  struct Risks {
    double alpha = 0, beta = 0;  ///< P(accept | p0), P(refuse | p1)
    double cost = 0;             ///< expected trials under the prior
  };
  /// One forward pass under the middle, weighted with the likelihood ratio where walks end.
  Risks risks(const StopTable& table);

 private:
  /// L(p) / L(middle) at (n, f).
  struct Ratio {
    Ratio(double p, double middle, int n_max);
    double operator()(int n, int f) const {
      return success[static_cast<std::size_t>(n - f)] * failure[static_cast<std::size_t>(f)];
    }
    std::vector<double> success, failure;
    double odds = 1;  ///< from f to f + 1 at the same n
  };

  [[nodiscard]] int last_accept() const;
  void row(int n, int next_n, int& accept, int& refuse);
  void fill_next(int low, int high, int next_n, int accept, int refuse);
  void go_on_values(int step);
  [[nodiscard]] StopTable expand(std::vector<int> accept, std::vector<int> refuse) const;

  std::vector<int> looks_;
  PriorWeights prior_;
  double p0_, p1_, middle_;
  Ratio bad_, at_p0_, at_p1_, one_;
  double lambda0_ = 0, lambda1_ = 0;
  int first_ = 0;                                             ///< failures of the first entry of the three below
  std::vector<double> value_, next_, go_on_, mass_, kernel_;  ///< value_ starts at value_first_
  int value_first_ = 0;
};

}  // namespace assay::metrics
