// The moment at which a trial is decided, and conditions seen from it. Shared by the judge and the metrics.
#pragma once

#include <cstdint>
#include <optional>

#include "core/model/condition.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay::metrics {

/// Time of the event "begin", else 0: completion time and the time limit count from here.
std::int64_t start_ns(const Trace& trace);

/// What ended the attempt by its own rules: `done`, `refuse`, or the time limit (its event, or the record
/// reaching start + time_limit_ns where that is > 0), whichever is first; at the same time in this order.
struct Decision {
  enum class Kind { done, refuse, time_limit } kind = Kind::done;
  std::int64_t t_ns = 0;
  friend bool operator==(const Decision&, const Decision&) = default;
};
std::optional<Decision> find_decision(const Trace& trace, std::int64_t time_limit_ns);

/// End of the attempt for the metrics: the earliest of done, refuse, time_limit, limit and fault events, else
/// the last stamp of /truth. Empty if there is neither.
std::optional<std::int64_t> end_ns(const Trace& trace);

/// Number of rows with t ≤ t_ns.
std::size_t rows_until(const Stream& stream, std::int64_t t_ns);
/// The first `rows` rows.
Stream prefix(const Stream& stream, std::size_t rows);

/// Robustness at the end of `record` (at least one row): predicates at the last row, temporal operators over
/// the record from row 0, all/any/not of these. Fails as robustness() does.
Result<double> value_at_end(const Condition& condition, const Stream& record);

}  // namespace assay::metrics
