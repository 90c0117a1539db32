#include "metrics/statistics/hypergeometric.h"

#include <algorithm>

namespace assay::metrics {

Hypergeometric::Hypergeometric(int n1, int n2, int successes) : first_(std::max(0, successes - n2)) {
  const int end = std::min(n1, successes);
  const double a = n1, b = n2, s = successes;
  const double mode_at = (s + 1) * (a + 1) / (a + b + 2);
  const int mode = std::clamp(static_cast<int>(mode_at), first_, end);
  pmf_.assign(static_cast<std::size_t>(end - first_ + 1), 0.0);
  const auto at = [&](int x) -> double& { return pmf_[static_cast<std::size_t>(x - first_)]; };
  at(mode) = 1;
  for (int x = mode + 1; x <= end; ++x) at(x) = at(x - 1) * ((a - x + 1) * (s - x + 1)) / (x * (b - s + x));
  for (int x = mode - 1; x >= first_; --x) at(x) = at(x + 1) * ((x + 1) * (b - s + x + 1)) / ((a - x) * (s - x));
  // Small terms first on both sides, so that the sum keeps its digits.
  double low = 0, high = 0;
  for (int x = first_; x < mode; ++x) low += at(x);
  for (int x = end; x > mode; --x) high += at(x);
  const double sum = low + high + 1;
  for (double& p : pmf_) p /= sum;
}

double Hypergeometric::at_most(int x) const {
  double sum = 0;
  for (int i = first(); i <= std::min(x, last()); ++i) sum += pmf(i);
  return std::min(1.0, sum);
}

double Hypergeometric::at_least(int x) const {
  double sum = 0;
  for (int i = last(); i >= std::max(x, first()); --i) sum += pmf(i);
  return std::min(1.0, sum);
}

}  // namespace assay::metrics
