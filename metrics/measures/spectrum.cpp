#include "metrics/measures/spectrum.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <bit>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <unsupported/Eigen/FFT>

namespace assay::metrics::series {

namespace {

using Complex = std::complex<double>;

constexpr int kTaps = 16;
/// A coarse grid at least this many times as long as the record keeps the interpolation's error below 1e-12.
constexpr double kOversampling = 1.6;

std::vector<Complex> half_spectrum(const std::vector<double>& padded) {
  // It keeps its tables of sines, which take longer than the transform: those of common sizes stay, a megabyte in all.
  constexpr std::size_t kKept = std::size_t{1} << 15;
  thread_local Eigen::FFT<double> kept;
  Eigen::FFT<double> passing;
  auto& fft = padded.size() <= kKept ? kept : passing;
  fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  std::vector<Complex> out;
  fft.fwd(out, padded);
  return out;
}

/// Kaiser–Bessel window of kTaps grid steps and its Fourier transform, each up to a constant factor.
struct Kernel {
  double beta = 0;
  [[nodiscard]] double window(double u) const {
    using Double = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
    const double r = 2 * u / kTaps;
    return r * r < 1 ? boost::math::cyl_bessel_i(0, beta * std::sqrt(1 - r * r), Double()) : 0;
  }
  /// 1/transform at 0, 1/size, … (count) cycles per grid step; β² > (π·kTaps·f)² there, and exp(−2z) is below rounding.
  [[nodiscard]] Eigen::ArrayXd weights(std::size_t count, std::size_t size) const {
    const auto n = static_cast<Eigen::Index>(count);
    const double step = std::numbers::pi * kTaps / static_cast<double>(size);
    const Eigen::ArrayXd w = Eigen::ArrayXd::LinSpaced(n, 0, static_cast<double>(count - 1)) * step;
    const Eigen::ArrayXd z = (beta * beta - w.square()).sqrt();
    return z * (beta - z).exp() / beta;
  }
};

/// The record, centred on index 0 of a ring of `coarse` places and divided by the kernel's transform: then its spectrum
/// on the coarse grid, convolved with the kernel, is the record's own spectrum between the grid's points.
std::vector<double> weighted_ring(std::span<const double> x, std::size_t coarse, const Kernel& kernel) {
  std::vector<double> ring(coarse, 0.0);
  const std::size_t n = x.size(), centre = n / 2;
  const auto weight = kernel.weights(centre + 1, coarse);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t away = i < centre ? centre - i : i - centre;
    ring[i < centre ? coarse - away : away] = x[i] * weight[static_cast<Eigen::Index>(away)];
  }
  return ring;
}

/// The coarse grid's points from −kTaps on, and the interpolation's weights for every place between two of them.
struct Grid {
  Eigen::ArrayXd re, im;
  std::vector<std::array<double, kTaps>> weight;  ///< [place][tap], of the points from kTaps/2 − 1 before the place on

  /// Points that can reach: of none from the answer on, nor of their neighbourhoods, is a bin as large as `least`.
  [[nodiscard]] std::size_t reach(std::size_t points, double least) const {
    double most = 0;
    for (const auto& row : weight) most = std::max(most, std::accumulate(row.begin(), row.end(), 0.0));
    const Eigen::ArrayXd square = re.square() + im.square();
    for (std::size_t p = static_cast<std::size_t>(square.size()); p-- > kTaps;)
      if (most * most * square[static_cast<Eigen::Index>(p)] >= least * least)
        return std::min(points, p - kTaps + kTaps / 2 + 1);
    return std::min<std::size_t>(points, kTaps);
  }
  [[nodiscard]] double magnitude(std::size_t point, std::size_t place) const {
    const auto first = static_cast<Eigen::Index>(kTaps + point + 1 - kTaps / 2);
    double a = 0, b = 0;
    for (Eigen::Index k = 0; k < kTaps; ++k) {
      const double w = weight[place][static_cast<std::size_t>(k)];
      a += w * re[first + k];
      b += w * im[first + k];
    }
    return std::sqrt(a * a + b * b);
  }
};

Grid grid_of(const std::vector<Complex>& spectrum, std::size_t coarse, std::size_t step, std::size_t points,
             const Kernel& kernel) {
  Grid grid;
  grid.re.resize(static_cast<Eigen::Index>(points + 2 * kTaps));
  grid.im.resize(grid.re.size());
  for (Eigen::Index p = 0; p < grid.re.size(); ++p) {
    const bool below = p < kTaps;  // a real record's spectrum at −k is the conjugate of that at k
    const auto k = static_cast<std::size_t>(below ? kTaps - p : p - kTaps);
    const Complex value = k <= coarse / 2 ? spectrum[k] : std::conj(spectrum[coarse - k]);
    grid.re[p] = value.real();
    grid.im[p] = below ? -value.imag() : value.imag();
  }
  grid.weight.resize(step);
  for (std::size_t r = 0; r < step; ++r)
    for (int k = 0; k < kTaps; ++k)
      grid.weight[r][static_cast<std::size_t>(k)] =
          kernel.window(static_cast<double>(r) / static_cast<double>(step) - (k + 1 - kTaps / 2));
  return grid;
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

Magnitudes magnitudes_by_interpolation(std::span<const double> x, std::size_t size, std::size_t last, double least) {
  std::size_t coarse = std::bit_ceil(x.size());
  if (kOversampling * static_cast<double>(x.size()) > static_cast<double>(coarse)) coarse *= 2;
  const double room = 1 - 0.5 * static_cast<double>(x.size()) / static_cast<double>(coarse);
  const Kernel kernel{std::numbers::pi * kTaps * room};
  const std::size_t step = size / coarse;
  const auto grid = grid_of(half_spectrum(weighted_ring(x, coarse, kernel)), coarse, step, last / step + 1, kernel);
  // The kernel's constant factors fall out at bin 0, where the magnitude is known.
  double total = 0;
  for (const double value : x) total += value;
  const double unit = grid.magnitude(0, 0), factor = total / unit;
  const std::size_t points = grid.reach(last / step + 1, least * unit);
  Magnitudes out;
  out.bin.resize(points * step);
  const auto length = static_cast<Eigen::Index>(points);
  Eigen::ArrayXd sum_re(length), sum_im(length);
  for (std::size_t r = 0; r < step; ++r) {
    sum_re.setZero();
    sum_im.setZero();
    for (Eigen::Index k = 0; k < kTaps; ++k) {
      const double weight = factor * grid.weight[r][static_cast<std::size_t>(k)];
      sum_re += weight * grid.re.segment(kTaps + 1 - kTaps / 2 + k, length);
      sum_im += weight * grid.im.segment(kTaps + 1 - kTaps / 2 + k, length);
    }
    Eigen::Map<Eigen::ArrayXd, 0, Eigen::InnerStride<>> bins(out.bin.data() + r, length,
                                                             Eigen::InnerStride<>(static_cast<Eigen::Index>(step)));
    bins = (sum_re.square() + sum_im.square()).sqrt();
  }
  out.bin.resize(std::min(out.bin.size(), last + 1));
  out.bin[0] = out.peak = total;
  return out;
}

Magnitudes magnitudes(std::span<const double> x, std::size_t size, std::size_t last, double least) {
  constexpr std::size_t kLong = 2048;  // shorter records gain nothing
  const bool narrow = x.size() >= kLong && size / 4 >= x.size() && last < size / 4;
  const bool positive = std::all_of(x.begin(), x.end(), [](double value) { return value >= 0; });
  return narrow && positive ? magnitudes_by_interpolation(x, size, last, least) : magnitudes_by_fft(x, size, last);
}

}  // namespace assay::metrics::series
