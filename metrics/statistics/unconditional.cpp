// Unconditional exact tests of two proportions: which tables count, and the largest probability of these over the
// common success probability.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "metrics/input.h"
#include "metrics/statistics/hypergeometric.h"
#include "metrics/statistics/two_proportions.h"

namespace assay::metrics {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Binomial masses of one arm and their sums from both ends, at one probability.
class Arm {
 public:
  explicit Arm(int n) : n_(n), pmf_(at(n + 1)), up_to_(at(n + 2)), from_(at(n + 2)) {}

  void set(double p) {
    std::fill(pmf_.begin(), pmf_.end(), 0.0);
    if (p <= 0 || p >= 1) {
      pmf_[at(p <= 0 ? 0 : n_)] = 1;
    } else {
      const int mode = std::clamp(static_cast<int>((n_ + 1) * p), 0, n_);
      const double odds = p / (1 - p);
      pmf_[at(mode)] = 1;
      for (int x = mode + 1; x <= n_; ++x) pmf_[at(x)] = pmf_[at(x - 1)] * (n_ - x + 1) * odds / x;
      for (int x = mode - 1; x >= 0; --x) pmf_[at(x)] = pmf_[at(x + 1)] * (x + 1) / ((n_ - x) * odds);
    }
    for (int x = 0; x <= n_; ++x) up_to_[at(x + 1)] = up_to_[at(x)] + pmf_[at(x)];
    for (int x = n_; x >= 0; --x) from_[at(x)] = from_[at(x + 1)] + pmf_[at(x)];
    total_ = up_to_[at(n_ + 1)];
  }

  [[nodiscard]] double pmf(int x) const { return pmf_[at(x)] / total_; }
  /// P(first ≤ X ≤ last); tails are sums of their own, so a tiny one keeps its digits.
  [[nodiscard]] double between(int first, int last) const {
    if (first <= 0) return up_to_[at(last + 1)] / total_;
    if (last >= n_) return from_[at(first)] / total_;
    return (up_to_[at(last + 1)] - up_to_[at(first)]) / total_;
  }

 private:
  int n_;
  std::vector<double> pmf_, up_to_, from_;
  double total_ = 1;
};

/// The tables that count as at least as extreme: for each x1 the runs of x2.
class Region {
 public:
  template <class Counts>
  Region(int n1, int n2, const Counts& counts) : n1_(n1), n2_(n2), first_(n1), second_(n2) {
    for (int x1 = 0; x1 <= n1; ++x1) {
      for (int x2 = 0; x2 <= n2; ++x2) {
        if (!counts(x1, x2)) continue;
        if (!runs_.empty() && runs_.back().x1 == x1 && runs_.back().last == x2 - 1)
          runs_.back().last = x2;
        else
          runs_.push_back({x1, x2, x2});
      }
    }
  }

  double probability(double p) {
    first_.set(p);
    second_.set(p);
    double sum = 0;
    for (const auto& run : runs_) sum += first_.pmf(run.x1) * second_.between(run.first, run.last);
    return std::min(1.0, sum);
  }

  [[nodiscard]] int trials() const { return n1_ + n2_; }

 private:
  struct Run {
    int x1, first, last;
  };
  int n1_, n2_;
  Arm first_, second_;
  std::vector<Run> runs_;
};

struct Peak {
  double p = 0, nuisance = 0;
};

/// Golden-section search for the maximum of `value` between two grid points around theta (asin √π).
template <class Value>
Peak refine(const Value& value, double left, double right) {
  constexpr double kGolden = 0.6180339887498949;
  double a = right - kGolden * (right - left), b = left + kGolden * (right - left);
  double at_a = value(a), at_b = value(b);
  while (right - left > 1e-9) {
    if (at_a >= at_b) {
      right = b, b = a, at_b = at_a;
      a = right - kGolden * (right - left), at_a = value(a);
    } else {
      left = a, a = b, at_a = at_b;
      b = left + kGolden * (right - left), at_b = value(b);
    }
  }
  const double theta = at_a >= at_b ? a : b, root = std::sin(theta);
  return {std::max(at_a, at_b), root * root};
}

Peak largest(Region& region) {
  const auto value = [&](double theta) {
    const double root = std::sin(theta);
    return region.probability(root * root);
  };
  // √π has standard deviation 1/(2√n) in the angle, whatever π: no feature of the sum is narrower.
  const int steps = std::max(200, static_cast<int>(std::ceil(10 * std::numbers::pi * std::sqrt(region.trials()))));
  const double width = std::numbers::pi / 2 / steps;
  std::vector<double> grid(at(steps + 1));
  for (int i = 0; i <= steps; ++i) grid[at(i)] = value(i * width);
  // The ends exactly: sin(π/2) need not be 1.
  grid.front() = region.probability(0);
  grid.back() = region.probability(1);
  Peak best;
  for (int i = 0; i <= steps; ++i)
    if (grid[at(i)] > best.p) {
      const double root = std::sin(i * width);
      best = {grid[at(i)], i == steps ? 1 : root * root};
    }
  const double worth = 0.99 * best.p;
  for (int i = 1; i < steps; ++i) {
    if (grid[at(i)] < worth || grid[at(i)] < grid[at(i - 1)] || grid[at(i)] < grid[at(i + 1)]) continue;
    const Peak peak = refine(value, (i - 1) * width, (i + 1) * width);
    // A later peak must be higher by more than rounding, so that of two equal ones the first is named.
    if (peak.p > best.p * (1 + 1e-13)) best = peak;
  }
  return best;
}

Result<void> check(const TwoCounts& c) {
  ASSAY_RETURN_IF_ERROR(check_counts(c.x1, c.n1));
  ASSAY_RETURN_IF_ERROR(check_counts(c.x2, c.n2));
  if (c.n1 > kMaxExactArm || c.n2 > kMaxExactArm)
    return bad_input(
        1039,
        {"the unconditional exact test takes at most 1000 trials in an arm", "无条件精确检验每组最多 1000 次试验"},
        std::to_string(c.n1) + " and " + std::to_string(c.n2));
  return {};
}

/// z² of a table is d²·N/(n1·n2·v) with d = x1·n2 − x2·n1 and v = s·(N − s), s = x1 + x2.
struct SquaredZ {
  std::int64_t d = 0, v = 0;

  SquaredZ(const TwoCounts& c, int x1, int x2)
      : d(static_cast<std::int64_t>(x1) * c.n2 - static_cast<std::int64_t>(x2) * c.n1),
        v(static_cast<std::int64_t>(x1 + x2) * (c.n1 + c.n2 - x1 - x2)) {}
};

Region barnard_region(const TwoCounts& c, Alternative alternative) {
  const SquaredZ observed(c, c.x1, c.x2);
  // Up to 1000 trials per arm d² ≤ 10¹² and v ≤ 10⁶: the products stay below 2⁶³.
  const auto at_least_squared = [](const SquaredZ& a, const SquaredZ& b) { return a.d * a.d * b.v >= b.d * b.d * a.v; };
  // z(a) ≥ z(b); a table without variance has z = 0, and then d = 0 too.
  const auto at_least = [&](const SquaredZ& a, const SquaredZ& b) {
    if (b.d <= 0 && a.d >= 0) return true;
    if (a.d >= 0) return b.d > 0 && a.d > 0 && at_least_squared(a, b);
    return b.d < 0 && at_least_squared(b, a);
  };
  return Region(c.n1, c.n2, [&](int x1, int x2) {
    const SquaredZ table(c, x1, x2);
    if (alternative == Alternative::greater) return at_least(table, observed);
    if (alternative == Alternative::less) return at_least(observed, table);
    return observed.d == 0 || (table.d != 0 && at_least_squared(table, observed));
  });
}

}  // namespace

Result<UnconditionalP> barnard_exact(const TwoCounts& c, Alternative alternative) {
  ASSAY_RETURN_IF_ERROR(check(c));
  auto region = barnard_region(c, alternative);
  const auto peak = largest(region);
  UnconditionalP out{peak.p, peak.nuisance, std::nullopt};
  const double n1 = c.n1, n2 = c.n2, pooled = (c.x1 + c.x2) / (n1 + n2);
  if (pooled > 0 && pooled < 1)
    out.statistic = (c.x1 / n1 - c.x2 / n2) / std::sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  return out;
}

Result<double> barnard_p_at(const TwoCounts& c, Alternative alternative, double nuisance) {
  ASSAY_RETURN_IF_ERROR(check(c));
  ASSAY_RETURN_IF_ERROR(check_probability("nuisance", nuisance));
  return barnard_region(c, alternative).probability(nuisance);
}

Result<BoschlooP> boschloo_exact(const TwoCounts& c) {
  ASSAY_RETURN_IF_ERROR(check(c));
  // Fisher's one-sided p of every table, one law per number of successes.
  const auto index = [&](int x1, int x2) { return at(x1) * at(c.n2 + 1) + at(x2); };
  std::vector<double> less(at(c.n1 + 1) * at(c.n2 + 1)), greater(less.size());
  for (int s = 0; s <= c.n1 + c.n2; ++s) {
    const Hypergeometric law(c.n1, c.n2, s);
    double sum = 0;
    for (int x = law.first(); x <= law.last(); ++x) less[index(x, s - x)] = sum += law.pmf(x);
    sum = 0;
    for (int x = law.last(); x >= law.first(); --x) greater[index(x, s - x)] = sum += law.pmf(x);
  }
  const auto p_of = [&](const std::vector<double>& fisher) {
    const double most = fisher[index(c.x1, c.x2)] * (1 + 1e-12);
    Region region(c.n1, c.n2, [&](int x1, int x2) { return fisher[index(x1, x2)] <= most; });
    return largest(region).p;
  };
  BoschlooP out;
  out.less = p_of(less);
  out.greater = p_of(greater);
  out.two_sided = std::min(1.0, 2 * std::min(out.less, out.greater));
  const bool a_ahead = static_cast<std::int64_t>(c.x1) * c.n2 > static_cast<std::int64_t>(c.x2) * c.n1;
  out.observed = a_ahead ? out.greater : out.less;
  return out;
}

}  // namespace assay::metrics
