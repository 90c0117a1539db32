// Integrals of smooth functions whose scales are known: panels between cuts, ten Gauss–Legendre points each. Not for
// other rooms.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

namespace assay::metrics {

/// ∫ f over [from, to], panels ending at the `cuts` that lie between (any order). Exact to rounding where each panel is
/// about as wide as f's own scale there.
template <class Function>
double integrate_panels(std::vector<double> cuts, double from, double to, const Function& f) {
  constexpr std::array<double, 5> nodes{0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845,
                                        0.9739065285171717};
  constexpr std::array<double, 5> weights{0.2955242247147529, 0.2692667193099963, 0.2190863625159820,
                                          0.1494513491505806, 0.0666713443086881};
  std::sort(cuts.begin(), cuts.end());
  cuts.push_back(to);
  double sum = 0, left = from;
  for (const double cut : cuts) {
    if (!(cut > left)) continue;
    if (!(left < to)) break;
    const double half = (std::min(cut, to) - left) / 2, centre = left + half;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      sum += half * weights[i] * (f(centre - half * nodes[i]) + f(centre + half * nodes[i]));
    left = cut;
  }
  return sum;
}

/// `at` ± scale × {0, ½, …, 4, 5, …, 10, 14, 20, 39}: cuts for a normal law's density or distribution function.
inline void add_normal_cuts(std::vector<double>& cuts, double at, double scale) {
  for (const double step : {0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.5, 10.0, 14.0, 20.0, 39.0}) {
    cuts.push_back(at - step * scale);
    cuts.push_back(at + step * scale);
  }
}

}  // namespace assay::metrics
