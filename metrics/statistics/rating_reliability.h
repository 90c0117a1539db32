// Intraclass correlation of graded ratings: which part of a score's variance is the subject's own. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// The six forms of Shrout & Fleiss (1979, Psychological Bulletin 86:420) from the two-way mean squares: subjects MSB,
/// raters MSJ, residual MSE, within subjects MSW. Each is undefined where its denominator is 0.
struct RatingReliability {
  std::optional<double> icc1;   ///< each subject by other raters: (MSB − MSW)/(MSB + (k − 1) MSW)
  std::optional<double> icc2;   ///< random raters, agreement: (MSB − MSE)/(MSB + (k − 1) MSE + k (MSJ − MSE)/n)
  std::optional<double> icc3;   ///< these raters, consistency: (MSB − MSE)/(MSB + (k − 1) MSE)
  std::optional<double> icc1k;  ///< of the mean of k ratings: (MSB − MSW)/MSB
  std::optional<double> icc2k;  ///< (MSB − MSE)/(MSB + (MSJ − MSE)/n)
  std::optional<double> icc3k;  ///< (MSB − MSE)/MSB
  /// Two-sided limits by F (McGraw & Wong 1996, table 7; icc2 with Satterthwaite's degrees of freedom); undefined if
  /// the residual mean square is 0.
  std::optional<std::array<double, 2>> icc1_limits, icc2_limits, icc3_limits;
  double ms_subjects = 0, ms_raters = 0, ms_residual = 0, ms_within = 0;  ///< [score²]
};
/// ratings[n][k] by subject, complete, n ≥ 2 subjects, k ≥ 2 raters.
/// Errors: 1033, 1034 (rows differ in length), 1030, 1031 (confidence), 1036 (squares overflow).
Result<RatingReliability> rating_reliability(std::span<const std::vector<double>> ratings, double confidence);

}  // namespace assay::metrics
