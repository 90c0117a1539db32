// Repeatability and reproducibility of a measurement over several laboratories (ISO 5725-2:2019, 7.4 and 7.5). Pure.
#pragma once

#include <vector>

#include "core/result.h"

namespace assay::metrics {

struct Interlaboratory {
  int laboratories = 0, values = 0;
  double mean = 0;                        ///< of all values
  double s_r = 0, s_l = 0, s_R = 0;       ///< within a laboratory, between laboratories, both: standard deviations
  double r = 0, R = 0;                    ///< 2.8 s_r and 2.8 s_R: limits of the difference of two single values, 95 %
  std::vector<double> cell_mean, cell_s;  ///< of each laboratory
  std::vector<double> h, k;               ///< Mandel's statistics of each laboratory: of its mean, of its spread
  double cochran = 0;                     ///< largest variance over the sum of variances
};

/// One list of values per laboratory. Fails with 1033 (fewer than two laboratories, or one with fewer than two values),
/// 1030 (not finite).
Result<Interlaboratory> interlaboratory(const std::vector<std::vector<double>>& laboratories);

}  // namespace assay::metrics
