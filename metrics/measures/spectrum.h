// Magnitude spectrum of a real, zero-padded record. Not for other rooms.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::metrics::series {

/// |Σ_n x[n]·exp(−2πi·k·n/size)| for k = 0 … last, and the largest of these over every k < size. The list may end
/// earlier, where every bin after it is below the share `least` of the peak.
struct Magnitudes {
  std::vector<double> bin;
  double peak = 0;
};

/// `size` a power of two ≥ x.size() ≥ 1, last < size. Real FFT (Eigen's kissfft) of the padded record; all bins.
Magnitudes magnitudes_by_fft(std::span<const double> x, std::size_t size, std::size_t last);

/// The same for x ≥ 0, whose peak is bin 0, where few bins of a long padded record are asked for: a record of N samples
/// is band-limited in frequency, so its spectrum on a grid of about 2N points, weighted, gives every point between by
/// Kaiser–Bessel interpolation over 16 neighbours (Fessler and Sutton, IEEE Trans. Signal Process. 51(2), 2003). Error
/// below 1e-12 of the peak. Requires size ≥ 4·x.size() and last < size/2.
Magnitudes magnitudes_by_interpolation(std::span<const double> x, std::size_t size, std::size_t last, double least = 0);

/// The quicker of the two that applies.
Magnitudes magnitudes(std::span<const double> x, std::size_t size, std::size_t last, double least = 0);

}  // namespace assay::metrics::series
