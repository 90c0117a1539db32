#include "metrics/statistics/resampling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/series.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

namespace {

constexpr std::size_t kExhaustive = 10, kExhaustiveByDefault = 8;
constexpr int kLeastResamples = 200, kMostResamples = 1'000'000;

/// A value of the statistic and how many of the B resamples give it.
struct Weighted {
  double value, weight;
};

Error not_finite() {
  return bad_input(
      1036, {"the statistic is not finite for a resample of these data", "该统计量在重抽样样本上不是有限数"}, "");
}

Result<void> check_data(std::span<const double> data, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_size("data", data.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_finite("data", data));
  return check_open_probability("confidence", confidence);
}

Result<void> check_resamples(std::size_t n, int resamples) {
  ASSAY_RETURN_IF_ERROR(check_at_least("resamples", resamples, kLeastResamples));
  if (resamples <= kMostResamples && static_cast<double>(n) * resamples <= 1e9) return {};
  return bad_input(1039, {"too many resamples", "重抽样次数过多"}, fmt::format("n {}, resamples {}", n, resamples));
}

/// The value at place `at` (0-based) among the B values in ascending order.
double order_statistic(const std::vector<Weighted>& sorted, const std::vector<double>& cumulated, double at) {
  const auto found = std::upper_bound(cumulated.begin(), cumulated.end(), at);
  const auto index = std::min<std::size_t>(static_cast<std::size_t>(found - cumulated.begin()), sorted.size() - 1);
  return sorted[index].value;
}

std::optional<double> jackknife_acceleration(std::span<const double> data, const SampleStatistic& statistic,
                                             bool& finite) {
  std::vector<double> left_out, values;
  for (std::size_t skip = 0; skip < data.size(); ++skip) {
    left_out.clear();
    for (std::size_t i = 0; i < data.size(); ++i)
      if (i != skip) left_out.push_back(data[i]);
    values.push_back(statistic(left_out));
    finite = finite && std::isfinite(values.back());
  }
  if (!finite) return std::nullopt;
  const double centre = samples::mean(values);
  double largest = 0, squares = 0, cubes = 0;
  for (const double value : values) largest = std::max(largest, std::abs(centre - value));
  double scale = 0;
  for (const double value : values) scale = std::max(scale, std::abs(value));
  if (!(largest > 1e-14 * scale)) return std::nullopt;  // equal but for rounding
  for (const double value : values) {
    const double d = (centre - value) / largest;  // scaled: cubes of small values would underflow
    squares += d * d;
    cubes += d * d * d;
  }
  return cubes / (6 * squares * std::sqrt(squares));
}

void adjust(BcaInterval& out, double confidence) {
  if (!out.z0 || !out.acceleration) return;
  std::array<double, 2> adjusted{};
  for (const int side : {0, 1}) {
    const double z = laws::normal_quantile(side == 0 ? (1 - confidence) / 2 : (1 + confidence) / 2);
    const double shifted = *out.z0 + z, divisor = 1 - *out.acceleration * shifted;
    if (!(divisor > 0)) return;
    adjusted[static_cast<std::size_t>(side)] = laws::normal_cdf(*out.z0 + shifted / divisor);
  }
  out.adjusted = adjusted;
}

Result<BcaInterval> finish(std::span<const double> data, const SampleStatistic& statistic, double confidence,
                           std::vector<Weighted>&& values) {
  BcaInterval out;
  out.estimate = statistic(data);
  bool finite = std::isfinite(out.estimate);
  for (const auto& v : values) finite = finite && std::isfinite(v.value);
  if (!finite) return not_finite();
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  const double tolerance = 1e-10 * (values.back().value - values.front().value);
  std::vector<double> cumulated;
  double total = 0, sum = 0, below = 0;
  for (const auto& v : values) {
    cumulated.push_back(total += v.weight);
    sum += v.weight * (v.value - out.estimate);
    if (std::abs(v.value - out.estimate) <= tolerance)
      below += 0.5 * v.weight;
    else if (v.value < out.estimate)
      below += v.weight;
  }
  out.resamples = total;
  const double centre = out.estimate + sum / total;
  double squares = 0;
  for (const auto& v : values) squares += v.weight * (v.value - centre) * (v.value - centre);
  out.se = std::sqrt(squares / total);
  if (!std::isfinite(out.se)) return not_finite();
  if (below > 0 && below < total) out.z0 = laws::normal_quantile(below / total);
  out.acceleration = jackknife_acceleration(data, statistic, finite);
  if (!finite) return not_finite();
  adjust(out, confidence);
  const auto quantile = [&](double p) {  // type 7
    const double h = (total - 1) * p, floor = std::floor(h);
    const double low = order_statistic(values, cumulated, floor);
    const double high = order_statistic(values, cumulated, std::min(floor + 1, total - 1));
    return low + (h - floor) * (high - low);
  };
  if (out.adjusted) out.interval = std::array<double, 2>{quantile((*out.adjusted)[0]), quantile((*out.adjusted)[1])};
  out.percentile = {quantile((1 - confidence) / 2), quantile((1 + confidence) / 2)};
  return out;
}

/// Every multiset of `left` further values from data[from…], each with n!/Π cᵢ!.
void multisets(std::span<const double> data, std::size_t from, std::size_t left, double weight,
               std::vector<double>& chosen, const SampleStatistic& statistic, std::vector<Weighted>& out) {
  if (left == 0) {
    out.push_back({statistic(chosen), weight});
    return;
  }
  if (from + 1 == data.size()) {
    chosen.insert(chosen.end(), left, data[from]);
    out.push_back({statistic(chosen), weight});
    chosen.resize(chosen.size() - left);
    return;
  }
  double ways = 1;  // C(left, count): which of the open places this value takes
  for (std::size_t count = 0;; ++count) {
    multisets(data, from + 1, left - count, weight * ways, chosen, statistic, out);
    if (count == left) break;
    chosen.push_back(data[from]);
    ways = ways * static_cast<double>(left - count) / static_cast<double>(count + 1);
  }
  chosen.resize(chosen.size() - left);
}

}  // namespace

Result<SampleStatistic> sample_statistic(std::string_view name) {
  if (name == "mean") return SampleStatistic(samples::mean);
  if (name == "median")
    return SampleStatistic([](std::span<const double> x) { return series::median(x).value_or(std::nan("")); });
  const auto variance = [](std::span<const double> x) { return x.size() < 2 ? std::nan("") : samples::variance(x); };
  if (name == "variance") return SampleStatistic(variance);
  if (name == "sd") return SampleStatistic([variance](std::span<const double> x) { return std::sqrt(variance(x)); });
  auto error = bad_input(1038, {"unknown statistic", "未知的统计量"}, std::string(name));
  error.expected = {"mean, median, variance, sd", "mean, median, variance, sd"};
  return error;
}

Result<BcaInterval> bca_exhaustive(std::span<const double> data, const SampleStatistic& statistic, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_data(data, confidence));
  if (data.size() > kExhaustive)
    return bad_input(1039, {"too many values for all resamples", "数据过多，无法穷举全部重抽样"},
                     fmt::format("n = {}, at most {}", data.size(), kExhaustive));
  std::vector<Weighted> values;
  std::vector<double> chosen;
  multisets(data, 0, data.size(), 1.0, chosen, statistic, values);
  auto out = finish(data, statistic, confidence, std::move(values));
  if (out) out.value().exhaustive = true;
  return out;
}

Result<BcaInterval> bca_sampled(std::span<const double> data, const SampleStatistic& statistic, double confidence,
                                int resamples, const StreamKey& stream) {
  ASSAY_RETURN_IF_ERROR(check_data(data, confidence));
  ASSAY_RETURN_IF_ERROR(check_resamples(data.size(), resamples));
  Rng rng(stream);
  std::vector<Weighted> values;
  values.reserve(static_cast<std::size_t>(resamples));
  std::vector<double> draw(data.size());
  for (int b = 0; b < resamples; ++b) {
    for (auto& x : draw) x = data[rng.below(data.size())];
    values.push_back({statistic(draw), 1.0});
  }
  return finish(data, statistic, confidence, std::move(values));
}

Result<BcaInterval> bca_interval(std::span<const double> data, const SampleStatistic& statistic, double confidence,
                                 int resamples, const StreamKey& stream) {
  return data.size() <= kExhaustiveByDefault ? bca_exhaustive(data, statistic, confidence)
                                             : bca_sampled(data, statistic, confidence, resamples, stream);
}

Result<RowBootstrap> bootstrap_rows(std::size_t n, const RowStatistic& statistic, double confidence, int resamples,
                                    const StreamKey& stream) {
  ASSAY_RETURN_IF_ERROR(check_size("rows", n, 2));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  ASSAY_RETURN_IF_ERROR(check_resamples(n, resamples));
  Rng rng(stream);
  RowBootstrap out;
  out.resamples = resamples;
  std::vector<std::size_t> rows(n);
  std::vector<double> values;
  for (int b = 0; b < resamples; ++b) {
    for (auto& row : rows) row = static_cast<std::size_t>(rng.below(n));
    const auto value = statistic(rows);
    if (value && std::isfinite(*value))
      values.push_back(*value);
    else
      ++out.undefined;
  }
  if (2 * out.undefined > resamples) return out;
  std::sort(values.begin(), values.end());
  out.interval = std::array<double, 2>{samples::quantile_type7(values, (1 - confidence) / 2),
                                       samples::quantile_type7(values, (1 + confidence) / 2)};
  return out;
}

}  // namespace assay::metrics
