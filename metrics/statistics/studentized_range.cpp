#include "metrics/statistics/studentized_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <numbers>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

namespace {

constexpr int kMostGroups = 1000, kMostCompared = 50;
using Gauss = boost::math::quadrature::gauss<double, 10>;

/// aᵏ⁻¹ − bᵏ⁻¹ for 0 ≤ b ≤ a ≤ 1 with a − b given, without cancellation.
double power_gap(double a, double b, double gap, int k) {
  if (a <= 0) return 0;
  if (b <= 0) return std::pow(a, k - 1);
  if (gap < 0.5 * a) return -std::pow(a, k - 1) * std::expm1((k - 1) * std::log1p(-gap / a));
  return std::pow(a, k - 1) - std::pow(b, k - 1);
}

/// P(range of k standard normal values > w).
double range_upper(double w, int k) {
  if (w <= 0) return 1;
  const auto integrand = [&](double z) {
    const double below = laws::normal_cdf(z), gap = laws::normal_cdf(z - w);
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
    return k * density * power_gap(below, below - gap, gap, k);
  };
  if (w > 55) return 0;  // below exp(−w²/4), less than any double
  // φ(z) Φ(z − w) is greatest at w/2, with the spread of a normal density below it.
  const double low = std::max(-9.0, w / 2 - 9), high = w / 2 + 9;
  const int panels = 12;
  const double width = (high - low) / panels;
  double sum = 0;
  for (int i = 0; i < panels; ++i) sum += Gauss::integrate(integrand, low + i * width, low + (i + 1) * width);
  return std::min(1.0, sum);
}

/// δ(a) = ln Γ(a) − (a − ½) ln a + a − ½ ln 2π, what Stirling's formula leaves out.
double stirling_remainder(double a) {
  if (a < 15) return boost::math::lgamma(a) - (a - 0.5) * std::log(a) + a - 0.5 * std::log(2 * std::numbers::pi);
  const double r = 1 / (a * a);
  return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / a;
}

/// Density of s = √(χ²_df/df), in a form that stays exact for large df.
double scale_density(double s, double df) {
  const double a = 0.5 * df, t = (s - 1) * (s + 1);
  const double bulk = std::abs(t) < 0.5 ? boost::math::log1pmx(t) : 2 * std::log(s) - t;
  return 2 / s * std::sqrt(a / (2 * std::numbers::pi)) * std::exp(a * bulk - stirling_remainder(a));
}

/// Edges that resolve the bulk of s around 1, the place below it where density and tail balance (s² = df/(df + q²/2)),
/// and the foot at 0 down to where q·s is small.
std::vector<double> scale_edges(double q, double df) {
  const double spread = 1 / std::sqrt(2 * df), balance = std::sqrt(1 / (1 + q * q / (2 * df)));
  const double top = 1 + 12 * spread;
  std::vector<double> edges{0};
  for (double edge = top; edge > std::min(0.5 / q, 0.5); edge /= 2) edges.push_back(edge);
  for (const double centre : {1.0, balance})
    for (int i = -11; i <= 11; i += 2)
      if (1 + i * spread > 0) edges.push_back(centre * (1 + i * spread));
  std::sort(edges.begin(), edges.end());
  return edges;
}

double upper_tail(double q, int k, double df) {
  if (q <= 0) return 1;
  const auto integrand = [&](double s) {
    const double density = scale_density(s, df);
    return density < 1e-300 ? 0.0 : density * range_upper(q * s, k);
  };
  const auto edges = scale_edges(q, df);
  double sum = 0;
  for (std::size_t i = 1; i < edges.size(); ++i)
    if (edges[i] > edges[i - 1]) sum += Gauss::integrate(integrand, edges[i - 1], edges[i]);
  return std::min(1.0, sum);
}

Result<void> check_shape(int k, double df) {
  ASSAY_RETURN_IF_ERROR(check_at_least("k", k, 2));
  ASSAY_RETURN_IF_ERROR(check_at_least("df", df, 1));
  if (k <= kMostGroups) return {};
  return bad_input(1039, {"too many groups", "组数过多"}, fmt::format("k = {}, at most {}", k, kMostGroups));
}

}  // namespace

Result<double> studentized_range_upper(double q, int k, double df) {
  ASSAY_RETURN_IF_ERROR(check_finite("q", q));
  ASSAY_RETURN_IF_ERROR(check_at_least("q", q, 0));
  ASSAY_RETURN_IF_ERROR(check_shape(k, df));
  return upper_tail(std::min(q, 1e12), k, df);
}

Result<double> studentized_range_quantile(double upper, int k, double df) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("upper", upper));
  ASSAY_RETURN_IF_ERROR(check_shape(k, df));
  double high = 2;
  while (high < 1e12 && upper_tail(high, k, df) > upper) high *= 2;
  const double low = high > 2 ? high / 2 : 0;
  if (high >= 1e12)
    return bad_input(1037, {"the quantile lies beyond 1e12", "分位数超过 1e12"}, fmt::format("upper {}", upper));
  const auto miss = [&](double q) { return std::log(std::max(upper_tail(q, k, df), 1e-300)) - std::log(upper); };
  const double at_low = miss(low), at_high = miss(high);
  if (at_high == 0) return high;
  std::uintmax_t steps = 200;
  const auto bracket = boost::math::tools::toms748_solve(miss, low, high, at_low, at_high,
                                                         boost::math::tools::eps_tolerance<double>(46), steps);
  return 0.5 * (bracket.first + bracket.second);
}

namespace {

struct OneWay {
  double between = 0, within = 0, df_between = 0, df_within = 0;  ///< mean squares
  bool constant = false;
};

Result<OneWay> one_way(std::span<const std::vector<double>> groups) {
  OneWay out;
  std::vector<double> all;
  double within = 0, between = 0, scale = 0;
  for (const auto& group : groups) {
    ASSAY_RETURN_IF_ERROR(check_size("group", group.size(), 1));
    ASSAY_RETURN_IF_ERROR(check_finite("group", group));
    all.insert(all.end(), group.begin(), group.end());
    within += samples::sum_of_squares(group);
  }
  ASSAY_RETURN_IF_ERROR(check_size("values of all groups", all.size(), groups.size() + 1));
  const double grand = samples::mean(all);
  for (const auto& group : groups) {
    const double gap = samples::mean(group) - grand;
    between += static_cast<double>(group.size()) * gap * gap;
  }
  for (const double y : all) scale = std::max(scale, std::abs(y));
  if (!std::isfinite(within) || !std::isfinite(between))
    return bad_input(1036, {"values too large: their squares overflow", "数值过大，其平方溢出"}, "");
  out.df_between = static_cast<double>(groups.size() - 1);
  out.df_within = static_cast<double>(all.size() - groups.size());
  out.between = between / out.df_between;
  out.within = within / out.df_within;
  out.constant = !(std::sqrt(out.within) > 1e-15 * scale);
  return out;
}

}  // namespace

Result<TukeyHsd> tukey_hsd(std::span<const std::vector<double>> groups, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_size("groups", groups.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  if (groups.size() > kMostCompared)
    return bad_input(1039, {"too many groups to compare in pairs", "两两比较的组数过多"},
                     fmt::format("{}, at most {}", groups.size(), kMostCompared));
  const int k = static_cast<int>(groups.size());
  ASSAY_TRY(const auto anova, one_way(groups));
  TukeyHsd out;
  out.df_between = anova.df_between;
  out.df_within = anova.df_within;
  out.mean_square_within = anova.within;
  double quantile = 0;
  if (!anova.constant) {
    out.anova_f = anova.between / anova.within;
    out.anova_p = laws::fisher_upper(*out.anova_f, anova.df_between, anova.df_within);
    ASSAY_TRY(quantile, studentized_range_quantile(1 - confidence, k, anova.df_within));
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (std::size_t j = i + 1; j < groups.size(); ++j) {
      TukeyPair pair{i, j, samples::mean(groups[j]) - samples::mean(groups[i]), {}, {}, {}};
      if (!anova.constant) {
        const double sizes = 1 / static_cast<double>(groups[i].size()) + 1 / static_cast<double>(groups[j].size());
        const double error = std::sqrt(anova.within / 2 * sizes);
        pair.lower = pair.difference - quantile * error;
        pair.upper = pair.difference + quantile * error;
        pair.p_adjusted = upper_tail(std::min(std::abs(pair.difference) / error, 1e12), k, anova.df_within);
      }
      out.pairs.push_back(pair);
    }
  }
  return out;
}

}  // namespace assay::metrics
