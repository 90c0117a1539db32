// Checks that every statistic and measure makes of its input before it computes: bad input is a typed error, never a
// silent number. A quantity that does not exist for *good* input (a standard deviation of one value) is std::nullopt.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// ASSAY-1030: `name` is not a number (NaN or infinite). The whole span is looked at; `found` names index and value.
Result<void> check_finite(std::string_view name, double value);
Result<void> check_finite(std::string_view name, std::span<const double> values);

/// ASSAY-1031: a probability, confidence or risk outside the open interval (0, 1).
Result<void> check_open_probability(std::string_view name, double value);
/// ASSAY-1031: a probability outside the closed interval [0, 1].
Result<void> check_probability(std::string_view name, double value);

/// ASSAY-1032: counts that cannot be: n < 1, successes < 0 or > n.
Result<void> check_counts(int successes, int n);
/// ASSAY-1032: `value` < least.
Result<void> check_at_least(std::string_view name, double value, double least);
/// ASSAY-1032: `value` ≤ 0 or not finite.
Result<void> check_positive(std::string_view name, double value);

/// ASSAY-1033: fewer than `least` values.
Result<void> check_size(std::string_view name, std::size_t size, std::size_t least);
/// ASSAY-1034: two lists that belong together differ in length.
Result<void> check_same_length(std::string_view a, std::size_t size_a, std::string_view b, std::size_t size_b);
/// ASSAY-1035: time stamps [s] not strictly ascending in integer nanoseconds, or not finite (ASSAY-1030).
Result<void> check_ascending(std::string_view name, std::span<const double> time_s);

/// Bad input of another kind, in the same shape. Ids 1036–1039: 1036 value outside what the method covers,
/// 1037 no convergence, 1038 unknown name (method, statistic, alternative), 1039 too large to compute exactly.
Error bad_input(int id, Text what, std::string found);

}  // namespace assay::metrics
