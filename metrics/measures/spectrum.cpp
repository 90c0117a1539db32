#include "metrics/measures/spectrum.h"

#include <Eigen/Core>
#include <algorithm>
#include <bit>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <unsupported/Eigen/FFT>

namespace assay::metrics::series {

namespace {

using Complex = std::complex<double>;

constexpr int kTaps = 16;
/// A coarse grid at least this many times as long as the record keeps the interpolation's error below 1e-12.
constexpr double kOversampling = 1.6;

std::vector<Complex> half_spectrum(const std::vector<double>& padded) {
  Eigen::FFT<double> fft;
  fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  std::vector<Complex> out;
  fft.fwd(out, padded);
  return out;
}

/// Kaiser–Bessel window of kTaps grid steps and its Fourier transform, each up to a constant factor.
struct Kernel {
  double beta = 0;
  double window(double u) const {
    const double r = 2 * u / kTaps;
    return r * r < 1 ? boost::math::cyl_bessel_i(0, beta * std::sqrt(1 - r * r)) : 0;
  }
  /// At f cycles per grid step; β² > (π·kTaps·f)² there, and exp(−2z) is below rounding.
  double transform(double f) const {
    const double w = std::numbers::pi * kTaps * f;
    const double z = std::sqrt(beta * beta - w * w);
    return std::exp(z - beta) / z * beta;
  }
};

/// The record, centred on index 0 of a ring of `coarse` places and divided by the kernel's transform: then its spectrum
/// on the coarse grid, convolved with the kernel, is the record's own spectrum between the grid's points.
std::vector<double> weighted_ring(std::span<const double> x, std::size_t coarse, const Kernel& kernel) {
  std::vector<double> ring(coarse, 0.0);
  const std::size_t n = x.size(), centre = n / 2;
  std::vector<double> weight(centre + 1);
  for (std::size_t d = 0; d <= centre; ++d)
    weight[d] = 1 / kernel.transform(static_cast<double>(d) / static_cast<double>(coarse));
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t away = i < centre ? centre - i : i - centre;
    ring[i < centre ? coarse - away : away] = x[i] * weight[away];
  }
  return ring;
}

}  // namespace

Magnitudes magnitudes_by_fft(std::span<const double> x, std::size_t size, std::size_t last) {
  Magnitudes out;
  out.bin.resize(last + 1);
  if (size < 4) {  // kissfft's real transform starts at 4
    for (std::size_t k = 0; k < size; ++k) {
      Complex sum = 0;
      for (std::size_t n = 0; n < x.size(); ++n)
        sum += std::polar(x[n], -2 * std::numbers::pi * static_cast<double>(k * n) / static_cast<double>(size));
      out.peak = std::max(out.peak, std::abs(sum));
      if (k <= last) out.bin[k] = std::abs(sum);
    }
    return out;
  }
  std::vector<double> padded(size, 0.0);
  std::copy(x.begin(), x.end(), padded.begin());
  const auto half = half_spectrum(padded);
  for (std::size_t k = 0; k <= size / 2; ++k) {
    const double magnitude = std::sqrt(std::norm(half[k]));
    out.peak = std::max(out.peak, magnitude);
    if (k <= last) out.bin[k] = magnitude;
    if (k > 0 && size - k <= last) out.bin[size - k] = magnitude;  // the mirror of a real record
  }
  return out;
}

Magnitudes magnitudes_by_interpolation(std::span<const double> x, std::size_t size, std::size_t last) {
  std::size_t coarse = std::bit_ceil(x.size());
  if (kOversampling * static_cast<double>(x.size()) > static_cast<double>(coarse)) coarse *= 2;
  const double room = 1 - 0.5 * static_cast<double>(x.size()) / static_cast<double>(coarse);
  const Kernel kernel{std::numbers::pi * kTaps * room};
  const auto spectrum = half_spectrum(weighted_ring(x, coarse, kernel));

  // The grid's points from −kTaps on: a real record's spectrum at −k is the conjugate of that at k.
  const std::size_t step = size / coarse, points = last / step + 1, reach = points + 2 * kTaps;
  Eigen::ArrayXd re(reach), im(reach);
  for (std::size_t p = 0; p < reach; ++p) {
    const bool below = p < kTaps;
    const std::size_t k = below ? kTaps - p : p - kTaps;
    const Complex value = k <= coarse / 2 ? spectrum[k] : std::conj(spectrum[coarse - k]);
    re[static_cast<Eigen::Index>(p)] = value.real();
    im[static_cast<Eigen::Index>(p)] = below ? -value.imag() : value.imag();
  }
  Magnitudes out;
  out.bin.resize(points * step);
  const auto length = static_cast<Eigen::Index>(points);
  Eigen::ArrayXd sum_re(length), sum_im(length);
  for (std::size_t r = 0; r < step; ++r) {
    const double fraction = static_cast<double>(r) / static_cast<double>(step);
    sum_re.setZero();
    sum_im.setZero();
    for (int tap = 1 - kTaps / 2; tap <= kTaps / 2; ++tap) {
      const double weight = kernel.window(fraction - tap);
      sum_re += weight * re.segment(kTaps + tap, length);
      sum_im += weight * im.segment(kTaps + tap, length);
    }
    Eigen::Map<Eigen::ArrayXd, 0, Eigen::InnerStride<>> bins(out.bin.data() + r, length,
                                                             Eigen::InnerStride<>(static_cast<Eigen::Index>(step)));
    bins = (sum_re.square() + sum_im.square()).sqrt();
  }
  // The kernel's constant factors fall out at bin 0, where the magnitude is known.
  double total = 0;
  for (const double value : x) total += value;
  const double factor = total / out.bin[0];
  out.bin.resize(last + 1);
  for (auto& value : out.bin) value *= factor;
  out.bin[0] = out.peak = total;
  return out;
}

Magnitudes magnitudes(std::span<const double> x, std::size_t size, std::size_t last) {
  constexpr std::size_t kLong = 2048;  // shorter records gain nothing
  const bool narrow = x.size() >= kLong && size / 4 >= x.size() && last < size / 4;
  const bool positive = std::all_of(x.begin(), x.end(), [](double value) { return value >= 0; });
  return narrow && positive ? magnitudes_by_interpolation(x, size, last) : magnitudes_by_fft(x, size, last);
}

}  // namespace assay::metrics::series
