// Parts of the condition evaluator that its files share. Not for other rooms.
#pragma once

#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay::metrics {

/// Deepest tree that is evaluated or read; suites allow far less.
inline constexpr int kMaxConditionDepth = 64;

bool is_predicate(Op op);
/// Stable lower-case name as suites write it: "near", "holds_for", "not" …
const char* op_name(Op op);

/// Number of children, finite parameters, tolerance > 0, windows in order, entities named. ASSAY-1003.
Result<void> check_condition(const Condition& condition, int depth = 0);
/// Stamps ascending, values complete. ASSAY-1004.
Result<void> check_stream(const Stream& stream);

/// One channel at every row. ASSAY-1001 if missing, 1002 if a value is not finite.
Result<std::vector<double>> column(const Stream& truth, const std::string& name);

/// Robustness at every row of a checked predicate.
Result<std::vector<double>> predicate_robustness(const Condition& condition, const Stream& truth);
/// Robustness of an operator from that of its children.
std::vector<double> operator_robustness(const Condition& condition, const std::vector<std::int64_t>& t_ns,
                                        std::vector<std::vector<double>> children);

Error metrics_error(int id, Text what, Text expected, std::string found, Text help);

}  // namespace assay::metrics
