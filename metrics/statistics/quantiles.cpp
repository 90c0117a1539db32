#include "metrics/statistics/quantiles.h"

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/proportion.h"
#include "metrics/statistics/quadrature.h"

namespace assay::metrics {

namespace {

/// Whole part and rest of a place among the order statistics; a rest of rounding is none.
struct Spot {
  double whole = 0, rest = 0;

  explicit Spot(double place) : whole(std::floor(place)) {
    const double nearest = std::round(place);
    if (std::abs(place - nearest) <= 1e-9)
      whole = nearest;
    else
      rest = place - whole;
  }
};

double quantile_of_sorted(const std::vector<double>& sorted, double q, QuantileType type) {
  const auto n = static_cast<double>(sorted.size());
  const auto ranked = [&](double rank) {  // 1-based, held inside the data
    return sorted[static_cast<std::size_t>(std::clamp(rank, 1.0, n)) - 1];
  };
  if (type == QuantileType::nearest_rank) {
    const Spot spot(n * q);
    return ranked(spot.whole + (spot.rest > 0 ? 1 : 0));
  }
  const Spot spot(type == QuantileType::linear ? 1 + (n - 1) * q : 1.0 / 3 + (n + 1.0 / 3) * q);
  const double low = ranked(spot.whole);
  return spot.rest > 0 ? low + spot.rest * (ranked(spot.whole + 1) - low) : low;
}

/// Smallest u in [1, n] with P(Bin(n, q) ≥ u) ≤ tail.
std::optional<int> upper_rank(int n, double q, double tail) {
  const auto enough = [&](int u) { return laws::at_most(laws::binomial_at_least(u, n, q), tail); };
  if (!enough(n)) return std::nullopt;
  int low = 0, high = n;  // P(Bin ≥ 0) = 1 is never enough
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

/// F(k√n) of the noncentral t law with n − 1 degrees of freedom and δ = z√n, as ∫ Φ(√n (k s − z)) dP(s) over the law of
/// s = √(χ²/ν).
class ToleranceLaw {
 public:
  ToleranceLaw(int n, double z)
      : nu_(n - 1.0),
        root_n_(std::sqrt(n)),
        z_(z),
        scale_(1 / std::sqrt(2 * nu_)),
        from_(std::max(0.0, 1 - 14 * scale_)) {
    total_ = integral([](double) { return 1.0; }, {});
  }

  [[nodiscard]] double cdf(double k) const {
    std::vector<double> cuts;  // where Φ rises
    if (k > 0) add_normal_cuts(cuts, z_ / k, 1 / (root_n_ * k));
    return integral([&](double s) { return laws::normal_cdf(root_n_ * (k * s - z_)); }, std::move(cuts)) / total_;
  }

 private:
  template <class Function>
  [[nodiscard]] double integral(const Function& f, std::vector<double> cuts) const {
    add_normal_cuts(cuts, 1, scale_);
    // The density up to its factor, in log form against its value at 1.
    const auto density = [&](double s) { return std::exp((nu_ - 1) * std::log(s) - nu_ * (s * s - 1) / 2); };
    return integrate_panels(std::move(cuts), from_, 1 + 20 * scale_, [&](double s) { return density(s) * f(s); });
  }

  double nu_, root_n_, z_, scale_, from_, total_ = 1;
};

}  // namespace

Result<std::vector<double>> sample_quantiles(std::span<const double> data, std::span<const double> q,
                                             QuantileType type) {
  ASSAY_RETURN_IF_ERROR(check_size("data", data.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_finite("data", data));
  for (const double one : q) ASSAY_RETURN_IF_ERROR(check_probability("q", one));
  std::vector<double> sorted(data.begin(), data.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> out;
  out.reserve(q.size());
  for (const double one : q) out.push_back(quantile_of_sorted(sorted, one, type));
  return out;
}

Result<double> sample_quantile(std::span<const double> data, double q, QuantileType type) {
  ASSAY_TRY(const auto all, sample_quantiles(data, std::span(&q, 1), type));
  return all.front();
}

Result<QuantileRanks> quantile_ranks(int n, double q, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_at_least("n", n, 1));
  ASSAY_RETURN_IF_ERROR(check_open_probability("q", q));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  const double alpha = 1 - confidence;
  QuantileRanks out;
  out.upper = upper_rank(n, q, alpha / 2);
  out.one_sided_upper = upper_rank(n, q, alpha);
  // P(Bin(n, q) ≤ l − 1) = P(Bin(n, 1 − q) ≥ n − l + 1): the mirror image.
  if (const auto mirrored = upper_rank(n, 1 - q, alpha / 2)) out.lower = n + 1 - *mirrored;
  const double below = out.lower ? laws::binomial_at_most(*out.lower - 1, n, q) : 0;
  const double above = out.upper ? laws::binomial_at_least(*out.upper, n, q) : 0;
  out.coverage = 1 - below - above;
  return out;
}

Result<QuantileLimits> quantile_limits(std::span<const double> data, double q, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_size("data", data.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_finite("data", data));
  ASSAY_TRY(const auto ranks, quantile_ranks(static_cast<int>(data.size()), q, confidence));
  std::vector<double> sorted(data.begin(), data.end());
  std::sort(sorted.begin(), sorted.end());
  const auto value = [&](const std::optional<int>& rank) {
    return rank ? std::optional(sorted[static_cast<std::size_t>(*rank - 1)]) : std::nullopt;
  };
  return QuantileLimits{quantile_of_sorted(sorted, q, QuantileType::nearest_rank), value(ranks.lower),
                        value(ranks.upper), value(ranks.one_sided_upper), ranks.coverage};
}

Result<int> wilks_n(int order, double coverage, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_at_least("order", order, 1));
  ASSAY_RETURN_IF_ERROR(check_open_probability("coverage", coverage));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  return demonstration_n(order - 1, coverage, 1 - confidence);
}

Result<double> normal_tolerance_k(int n, double coverage, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_at_least("n", n, 2));
  if (n > 1'000'000) return bad_input(1032, {"n must be at most a million", "n 不得超过一百万"}, std::to_string(n));
  ASSAY_RETURN_IF_ERROR(check_open_probability("coverage", coverage));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  const ToleranceLaw law(n, laws::normal_quantile(coverage));
  double low = -1, high = 1;
  const auto wide = [&] { return law.cdf(low) < confidence && law.cdf(high) >= confidence; };
  for (int i = 0; i < 60 && !wide(); ++i) low *= 2, high *= 2;
  if (!wide())
    return bad_input(1037, {"no tolerance factor found", "未找到容许系数"}, "confidence " + std::to_string(confidence));
  while (high - low > 1e-14 * std::max(1.0, std::abs(high))) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (law.cdf(middle) < confidence ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace assay::metrics
