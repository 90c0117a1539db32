#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/agreement.h"
#include "metrics/statistics/resampling.h"

namespace assay::metrics {

namespace {

constexpr std::size_t kMostValues = 2000;

/// Units with at least two ratings, each rating as index into the ascending distinct values.
struct Pairable {
  std::vector<double> values;
  std::vector<std::vector<std::size_t>> units;
};

Result<Pairable> pairable(std::span<const Unit> units) {
  ASSAY_RETURN_IF_ERROR(check_size("units", units.size(), 1));
  Pairable out;
  std::vector<std::vector<double>> given;
  for (const auto& unit : units) {
    std::vector<double> ratings;
    for (const auto& rating : unit)
      if (rating) ratings.push_back(*rating);
    ASSAY_RETURN_IF_ERROR(check_finite("rating", ratings));
    if (ratings.size() < 2) ratings.clear();
    out.values.insert(out.values.end(), ratings.begin(), ratings.end());
    given.push_back(std::move(ratings));
  }
  std::sort(out.values.begin(), out.values.end());
  out.values.erase(std::unique(out.values.begin(), out.values.end()), out.values.end());
  if (out.values.size() > kMostValues)
    return bad_input(1039, {"too many distinct ratings", "不同的评分值过多"}, fmt::format("{}", out.values.size()));
  for (const auto& ratings : given) {
    std::vector<std::size_t> places;
    for (const double rating : ratings)
      places.push_back(static_cast<std::size_t>(std::lower_bound(out.values.begin(), out.values.end(), rating) -
                                                out.values.begin()));
    out.units.push_back(std::move(places));
  }
  return out;
}

/// Squared difference δ² of two values of a scale; count[v] = pairable ratings of value v.
class Difference {
 public:
  Difference(Scale scale, const std::vector<double>& values, const std::vector<double>& count)
      : scale_(scale), values_(values) {
    double below = 0;
    for (const double c : count) {
      middle_.push_back(below + c / 2);  // ordinal: ratings up to the middle of this value's
      below += c;
    }
  }
  double operator()(std::size_t a, std::size_t b) const {
    if (a == b) return 0;
    double d = 1;
    if (scale_ == Scale::ordinal) d = middle_[a] - middle_[b];
    if (scale_ == Scale::interval) d = values_[a] - values_[b];
    if (scale_ == Scale::ratio) d = (values_[a] - values_[b]) / (values_[a] + values_[b]);
    return d * d;
  }

 private:
  Scale scale_;
  const std::vector<double>& values_;
  std::vector<double> middle_;
};

/// α over units[rows…].
std::optional<double> alpha(const Pairable& data, std::span<const std::size_t> rows, Scale scale) {
  if (scale == Scale::ratio && !data.values.empty() && data.values.front() < 0) return std::nullopt;
  std::vector<double> count(data.values.size(), 0.0);
  double ratings = 0;
  for (const auto row : rows) {
    for (const auto value : data.units[row]) count[value] += 1;
    ratings += static_cast<double>(data.units[row].size());
  }
  const Difference difference(scale, data.values, count);
  double observed = 0, expected = 0;
  for (const auto row : rows) {
    const auto& unit = data.units[row];
    double sum = 0;
    for (std::size_t i = 0; i < unit.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) sum += difference(unit[i], unit[j]);
    if (!unit.empty()) observed += 2 * sum / static_cast<double>(unit.size() - 1);
  }
  for (std::size_t a = 0; a < count.size(); ++a)
    for (std::size_t b = 0; b < a && count[a] > 0; ++b) expected += 2 * count[a] * count[b] * difference(a, b);
  if (!(expected > 0) || !std::isfinite(expected)) return std::nullopt;
  return 1 - (ratings - 1) * observed / expected;
}

std::vector<std::size_t> all_rows(const Pairable& data) {
  std::vector<std::size_t> rows(data.units.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  return rows;
}

}  // namespace

Result<KrippendorffAlpha> krippendorff_alpha(std::span<const Unit> units) {
  ASSAY_TRY(const auto data, pairable(units));
  const auto rows = all_rows(data);
  KrippendorffAlpha out;
  for (const auto& unit : data.units) {
    out.units += unit.empty() ? 0 : 1;
    out.ratings += static_cast<int>(unit.size());
  }
  out.nominal = alpha(data, rows, Scale::nominal);
  out.ordinal = alpha(data, rows, Scale::ordinal);
  out.interval = alpha(data, rows, Scale::interval);
  out.ratio = alpha(data, rows, Scale::ratio);
  return out;
}

Result<AlphaInterval> krippendorff_interval(std::span<const Unit> units, Scale scale, double confidence, int resamples,
                                            const StreamKey& stream) {
  ASSAY_TRY(auto data, pairable(units));
  AlphaInterval out;
  out.alpha = alpha(data, all_rows(data), scale);
  std::erase_if(data.units, [](const auto& unit) { return unit.empty(); });  // never counted, so never drawn
  const double values = static_cast<double>(data.values.size());
  if (values * values * resamples > 2e10)
    return bad_input(1039, {"too many distinct ratings for this many resamples", "评分值与重抽样次数过多"},
                     fmt::format("{} values, {} resamples", data.values.size(), resamples));
  const auto statistic = [&](std::span<const std::size_t> rows) { return alpha(data, rows, scale); };
  ASSAY_TRY(const auto drawn, bootstrap_rows(data.units.size(), statistic, confidence, resamples, stream));
  out.interval = drawn.interval;
  out.resamples = drawn.resamples;
  out.undefined = drawn.undefined;
  return out;
}

}  // namespace assay::metrics
