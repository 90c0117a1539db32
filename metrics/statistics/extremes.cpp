#include "metrics/statistics/extremes.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

constexpr std::size_t kLeast = 10;

Result<void> check(const ExtremeLaw& law, double p) {
  ASSAY_RETURN_IF_ERROR(check_finite("location", law.location));
  ASSAY_RETURN_IF_ERROR(check_positive("scale", law.scale));
  ASSAY_RETURN_IF_ERROR(check_finite("shape", law.shape));
  return check_open_probability("p", p);
}

/// (e^(−shape·log_y) − 1)/shape, −log_y for shape 0.
double box_cox(double log_y, double shape) { return shape == 0 ? -log_y : std::expm1(-shape * log_y) / shape; }

double gev_cdf(const ExtremeLaw& law, double x) {
  const double z = (x - law.location) / law.scale;
  if (law.shape == 0) return std::exp(-std::exp(-z));
  const double t = 1 + law.shape * z;
  if (t <= 0) return law.shape > 0 ? 0 : 1;
  return std::exp(-std::exp(-std::log(t) / law.shape));
}

double gpd_cdf(const ExtremeLaw& law, double x) {
  const double z = (x - law.location) / law.scale;
  if (law.shape == 0) return -std::expm1(-z);
  const double t = 1 + law.shape * z;
  return t <= 0 ? 1 : -std::expm1(-std::log(t) / law.shape);
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

/// Ranks 1…n, ties sharing their mean.
std::vector<double> mid_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j) ranks[order[j]] = static_cast<double>(i + 1 + end) / 2;
    i = end;
  }
  return ranks;
}

/// `values` in order of time.
template <class Cdf, class Quantile>
FitDiagnostics diagnose(const ExtremeLaw& law, const std::vector<double>& values, const Cdf& cdf,
                        const Quantile& quantile) {
  const auto n = static_cast<double>(values.size());
  std::vector<double> sorted = values, fitted, index(values.size());
  std::sort(sorted.begin(), sorted.end());
  FitDiagnostics out;
  out.n = static_cast<int>(values.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double at = cdf(sorted[i]), before = static_cast<double>(i) / n, after = static_cast<double>(i + 1) / n;
    out.kolmogorov = std::max({out.kolmogorov, at - before, after - at});
    fitted.push_back(quantile((static_cast<double>(i) + 0.5) / n));
  }
  out.quantile_correlation = correlation(sorted, fitted);
  out.lag1_correlation = correlation({values.begin(), values.end() - 1}, {values.begin() + 1, values.end()});
  std::iota(index.begin(), index.end(), 0.0);
  out.trend = correlation(mid_ranks(values), index);
  const double bound = 2 / std::sqrt(n);
  out.few = values.size() < 30;
  out.dependent = std::abs(out.lag1_correlation) > bound;
  out.drifting = std::abs(out.trend) > bound;
  out.poor_fit = out.kolmogorov > 1.36 / std::sqrt(n);
  out.no_finite_mean = law.shape >= 1;
  return out;
}

/// First three sample L-moments, by unbiased probability-weighted moments.
struct LMoments {
  double l1 = 0, l2 = 0, l3 = 0;
};
LMoments l_moments(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double b0 = 0, b1 = 0, b2 = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto j = static_cast<double>(i);
    b0 += x[i];
    b1 += x[i] * j / (n - 1);
    b2 += x[i] * j * (j - 1) / ((n - 1) * (n - 2));
  }
  b0 /= n, b1 /= n, b2 /= n;
  return {b0, 2 * b1 - b0, 6 * b2 - 6 * b1 + b0};
}

Error no_fit(const char* what) {
  return bad_input(1037, {"no extreme-value law fits these values", "没有极值分布可拟合这些数值"}, what);
}

/// L-skewness of a GEV of this shape: 2(1 − 3^shape)/(1 − 2^shape) − 3, rising in the shape.
double gev_skewness(double shape) {
  if (std::abs(shape) < 1e-9) return 2 * std::log(3.0) / std::numbers::ln2 - 3;
  return 2 * std::expm1(shape * std::log(3.0)) / std::expm1(shape * std::numbers::ln2) - 3;
}

}  // namespace

Result<double> gev_quantile(const ExtremeLaw& law, double p) {
  ASSAY_RETURN_IF_ERROR(check(law, p));
  return law.location + law.scale * box_cox(std::log(-std::log(p)), law.shape);
}

Result<double> gpd_quantile(const ExtremeLaw& law, double p) {
  ASSAY_RETURN_IF_ERROR(check(law, p));
  return law.location + law.scale * box_cox(std::log1p(-p), law.shape);
}

Result<ExtremeFit> fit_gev(std::span<const double> data, int block) {
  ASSAY_RETURN_IF_ERROR(check_at_least("block", block, 1));
  ASSAY_RETURN_IF_ERROR(check_finite("data", data));
  const auto size = static_cast<std::size_t>(block);
  ASSAY_RETURN_IF_ERROR(check_size("blocks", data.size() / size, kLeast));
  std::vector<double> maxima;
  for (std::size_t i = 0; i + size <= data.size(); i += size)
    maxima.push_back(*std::max_element(data.begin() + static_cast<std::ptrdiff_t>(i),
                                       data.begin() + static_cast<std::ptrdiff_t>(i + size)));
  const auto l = l_moments(maxima);
  if (!(l.l2 > 0)) return no_fit("all maxima are equal");
  const double skewness = l.l3 / l.l2;
  double low = -10, high = 0.999;  // L-moments exist for shape < 1
  if (!(gev_skewness(low) < skewness && skewness < gev_skewness(high))) return no_fit("skewness out of reach");
  while (high - low > 1e-13) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (gev_skewness(middle) < skewness ? low : high) = middle;
  }
  ExtremeFit fit;
  double shape = low + (high - low) / 2;
  if (std::abs(shape) < 1e-7) shape = 0;
  fit.law.shape = shape;
  if (shape == 0) {
    fit.law.scale = l.l2 / std::numbers::ln2;
    fit.law.location = l.l1 - fit.law.scale * std::numbers::egamma;
  } else {
    const double gamma = boost::math::tgamma(1 - shape);
    fit.law.scale = l.l2 * shape / (gamma * std::expm1(shape * std::numbers::ln2));
    fit.law.location = l.l1 - fit.law.scale * (gamma - 1) / shape;
  }
  fit.diagnostics = diagnose(
      fit.law, maxima, [&](double x) { return gev_cdf(fit.law, x); },
      [&](double p) { return fit.law.location + fit.law.scale * box_cox(std::log(-std::log(p)), shape); });
  return fit;
}

Result<ExtremeFit> fit_gpd(std::span<const double> data, double threshold) {
  ASSAY_RETURN_IF_ERROR(check_finite("data", data));
  ASSAY_RETURN_IF_ERROR(check_finite("threshold", threshold));
  std::vector<double> above, excess;
  for (const double x : data)
    if (x > threshold) above.push_back(x), excess.push_back(x - threshold);
  ASSAY_RETURN_IF_ERROR(check_size("values above the threshold", above.size(), kLeast));
  const auto l = l_moments(excess);
  if (!(l.l2 > 0)) return no_fit("all excesses are equal");
  ExtremeFit fit;
  fit.law = {threshold, 0, 2 - l.l1 / l.l2};
  fit.law.scale = l.l1 * (1 - fit.law.shape);
  fit.exceed_rate = static_cast<double>(above.size()) / static_cast<double>(data.size());
  if (!(fit.law.scale > 0)) return no_fit("no positive scale");
  fit.diagnostics = diagnose(
      fit.law, above, [&](double x) { return gpd_cdf(fit.law, x); },
      [&](double p) { return threshold + fit.law.scale * box_cox(std::log1p(-p), fit.law.shape); });
  return fit;
}

Result<double> quantile_from_excesses(const ExtremeFit& fit, double p) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("p", p));
  if (!(1 - p < fit.exceed_rate))
    return bad_input(1036, {"the quantile does not lie beyond the threshold", "该分位数不在阈值之外"},
                     "p = " + std::to_string(p));
  return gpd_quantile(fit.law, 1 - (1 - p) / fit.exceed_rate);
}

}  // namespace assay::metrics
