// t tests for means of graded scores at fixed n. For near-normal scores; ranks.h and resampling.h for others. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "core/result.h"

namespace assay::metrics {

/// One t test. All members share the data's unit squared out, except `difference` and `interval` [data's unit].
/// t, p and interval are undefined (nullopt) where the data are essentially constant: standard error of the
/// difference < 10 ε · max(|x̄|, |ȳ|), or 0.
struct TTest {
  double difference = 0;  ///< mean(a) − mean(b)
  std::optional<double> t, df;
  std::optional<double> p_two_sided;
  std::optional<double> p_less;                   ///< alternative: mean(a) < mean(b)
  std::optional<double> p_greater;                ///< alternative: mean(a) > mean(b)
  std::optional<std::array<double, 2>> interval;  ///< two-sided, for mean(a) − mean(b)
};

/// Welch's test for two independent samples of unequal variance (Welch 1947, Biometrika 34:28).
/// a[n], b[m], n, m ≥ 2; t = (ā − b̄)/√(s²a/n + s²b/m), df by Welch–Satterthwaite.
/// Errors: 1033 (fewer than 2 values), 1030 (not finite), 1031 (confidence outside (0, 1)), 1036 (squares overflow).
Result<TTest> welch_t_test(std::span<const double> a, std::span<const double> b, double confidence);

/// Student's test with pooled variance, df = n + m − 2. Shapes and errors as above.
Result<TTest> student_t_test(std::span<const double> a, std::span<const double> b, double confidence);

/// Paired test: one-sample t of d = a − b, df = n − 1. Errors: as above, and 1034 (lengths differ).
Result<TTest> paired_t_test(std::span<const double> a, std::span<const double> b, double confidence);

}  // namespace assay::metrics
