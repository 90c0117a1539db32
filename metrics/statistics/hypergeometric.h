// The law of successes in arm 1 given the number of successes in both (Fisher's test). Not for other rooms.
#pragma once

#include <vector>

namespace assay::metrics {

/// P(X1 = x), x successes among n1 of `successes` in n1 + n2 trials, for every x at once: ratios of neighbours from the
/// mode outwards, normalised by their sum, so no factorial is ever rounded. Needs 0 ≤ successes ≤ n1 + n2.
class Hypergeometric {
 public:
  Hypergeometric(int n1, int n2, int successes);
  [[nodiscard]] int first() const { return first_; }
  [[nodiscard]] int last() const { return first_ + static_cast<int>(pmf_.size()) - 1; }
  /// first() ≤ x ≤ last().
  [[nodiscard]] double pmf(int x) const { return pmf_[static_cast<std::size_t>(x - first_)]; }
  [[nodiscard]] double at_most(int x) const;
  [[nodiscard]] double at_least(int x) const;

 private:
  int first_ = 0;
  std::vector<double> pmf_;
};

}  // namespace assay::metrics
