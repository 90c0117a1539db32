// Backward induction over the states of a comparison. Not for other rooms.
#pragma once

#include <vector>

#include "metrics/statistics/comparison_design.h"

namespace assay::metrics {

class ComparisonInduction {
 public:
  ComparisonInduction(const ComparisonDesignInput& input, std::vector<double> nodes);

  /// The table that is best at these prices, made monotone by declaring less.
  ComparisonTable table(const std::vector<double>& prices);
  /// Expected pairs + κ P(undecided) under the prior.
  [[nodiscard]] double risk(const ComparisonTable& table) const;

 private:
  [[nodiscard]] int coins(int t) const { return paired_ ? t : 2 * t; }
  [[nodiscard]] int b_last(int t, int a) const { return paired_ ? t - a : t; }
  [[nodiscard]] std::size_t at(int a, int b) const {
    return static_cast<std::size_t>(a) * width_ + static_cast<std::size_t>(b);
  }
  [[nodiscard]] double choose(int n, int k) const {
    return choose_[static_cast<std::size_t>(n) * width_ + static_cast<std::size_t>(k)];
  }
  static void ties_take_nothing_away(ComparisonTable& table);
  void price_level(int t, const std::vector<double>& prices);
  [[nodiscard]] double stop_cost(int t, int a, int b) const;
  void last_level(std::vector<int>& b_min);
  void level(int t, const std::vector<int>& next, std::vector<int>& b_min);
  [[nodiscard]] double going_on(int t, int a, int b) const;

  bool paired_;
  int n_max_;
  double kappa_;
  std::size_t width_;
  std::vector<double> nodes_;
  std::vector<std::vector<double>> heads_, tails_;  ///< powers of u_k and 1 − u_k
  std::vector<double> choose_;                      ///< Pascal's triangle
  std::vector<double> price_;                       ///< Σ ν_k L_null(s) · (constant of the prior), at the current t
  std::vector<double> value_;                       ///< V(t, a, b), b ≥ a
};

}  // namespace assay::metrics
