#include "metrics/measures/smoothness.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <bit>
#include <cmath>

#include "core/random.h"
#include "metrics/input.h"
#include "metrics/measures/series.h"
#include "metrics/measures/spectrum.h"

namespace assay::metrics {

namespace {

constexpr int kMaxLog2 = 26;

/// Last k < size with k·rate/size ≤ cutoff.
std::size_t last_kept(std::size_t size, double rate_hz, double cutoff_hz) {
  const double n = static_cast<double>(size);
  const auto frequency = [&](std::size_t k) { return static_cast<double>(k) * rate_hz / n; };
  const double guess = cutoff_hz * n / rate_hz;
  auto k = guess < n ? static_cast<std::size_t>(guess) : size - 1;
  while (k > 0 && frequency(k) > cutoff_hz) --k;
  while (k + 1 < size && frequency(k + 1) <= cutoff_hz) ++k;
  return k;
}

std::optional<double> spectral_arc_length(std::span<const double> speed, double rate_hz,
                                          const SmoothnessOptions& options) {
  const std::size_t size = std::bit_ceil(speed.size()) << options.pad_level;
  auto spectrum =
      series::magnitudes(speed, size, last_kept(size, rate_hz, options.cutoff_hz), options.amplitude_threshold);
  if (!(spectrum.peak > 0)) return std::nullopt;
  auto& bins = spectrum.bin;
  for (auto& magnitude : bins) magnitude /= spectrum.peak;
  const auto strong = [&](double magnitude) { return magnitude >= options.amplitude_threshold; };
  const auto first = std::find_if(bins.begin(), bins.end(), strong);
  const auto last = std::find_if(bins.rbegin(), bins.rend(), strong);
  if (first == bins.end()) return std::nullopt;
  const auto a = static_cast<Eigen::Index>(first - bins.begin());
  const auto b = static_cast<Eigen::Index>(bins.rend() - last) - 1;
  if (a == b) return std::nullopt;
  const double width = 1 / static_cast<double>(b - a);
  const Eigen::Map<const Eigen::ArrayXd> m(bins.data(), static_cast<Eigen::Index>(bins.size()));
  return -((m.segment(a + 1, b - a) - m.segment(a, b - a)).square() + width * width).sqrt().sum();
}

double dimensionless_jerk(std::span<const double> speed, double rate_hz) {
  const double dt = 1 / rate_hz, duration = static_cast<double>(speed.size()) * dt;
  double peak = 0, sum = 0;
  for (const double v : speed) peak = std::max(peak, std::abs(v));
  for (std::size_t i = 0; i + 2 < speed.size(); ++i) {
    const double j = (speed[i + 2] - 2 * speed[i + 1] + speed[i]) / (dt * dt);
    sum += j * j;
  }
  return -(duration * duration * duration / (peak * peak)) * sum * dt;
}

Result<void> check_options(std::size_t samples, double rate_hz, const SmoothnessOptions& options) {
  ASSAY_RETURN_IF_ERROR(check_finite("sample rate", rate_hz));
  ASSAY_RETURN_IF_ERROR(check_positive("sample rate", rate_hz));
  ASSAY_RETURN_IF_ERROR(check_finite("cut-off", options.cutoff_hz));
  ASSAY_RETURN_IF_ERROR(check_at_least("cut-off", options.cutoff_hz, 0));
  ASSAY_RETURN_IF_ERROR(check_finite("amplitude threshold", options.amplitude_threshold));
  ASSAY_RETURN_IF_ERROR(check_at_least("amplitude threshold", options.amplitude_threshold, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("pad level", options.pad_level, 0));
  if (options.pad_level > 16)
    return bad_input(1032, {"pad level must be at most 16", "补零级数不得大于 16"},
                     fmt::format("{}", options.pad_level));
  if (samples > (std::size_t{1} << kMaxLog2) >> options.pad_level)
    return bad_input(1039, {"the padded record is longer than 2^26 samples", "补零后的记录超过 2^26 个样本"},
                     fmt::format("{} samples, pad level {}", samples, options.pad_level));
  return {};
}

}  // namespace

Result<Smoothness> smoothness(std::span<const double> speed_m_s, double sample_rate_hz,
                              const SmoothnessOptions& options) {
  ASSAY_RETURN_IF_ERROR(check_options(speed_m_s.size(), sample_rate_hz, options));
  ASSAY_RETURN_IF_ERROR(check_finite("speed", speed_m_s));
  Smoothness out;
  if (speed_m_s.size() < 3) return out;
  if (std::all_of(speed_m_s.begin(), speed_m_s.end(), [](double v) { return v == 0; })) return out;
  out.sparc = spectral_arc_length(speed_m_s, sample_rate_hz, options);
  out.dimensionless_jerk = dimensionless_jerk(speed_m_s, sample_rate_hz);
  ASSAY_RETURN_IF_ERROR(series::check_result("smoothness", {out.sparc.value_or(0), *out.dimensionless_jerk}));
  if (*out.dimensionless_jerk != 0) out.log_dimensionless_jerk = -portable_log(std::abs(*out.dimensionless_jerk));
  return out;
}

}  // namespace assay::metrics
