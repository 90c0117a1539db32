#include "metrics/decision.h"

#include <algorithm>
#include <array>

#include "metrics/condition.h"
#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

Result<double> value(const Condition& condition, const Stream& record) {
  if (condition.op == Op::all || condition.op == Op::any || condition.op == Op::not_) {
    std::optional<double> out;
    for (const auto& child : condition.children) {
      ASSAY_TRY(const double part, value(child, record));
      if (!out)
        out = part;
      else
        out = condition.op == Op::any ? std::max(*out, part) : std::min(*out, part);
    }
    return condition.op == Op::not_ ? -*out : *out;
  }
  ASSAY_TRY(const auto values, robustness(condition, record));
  return is_predicate(condition.op) ? values.back() : values.front();
}

}  // namespace

std::int64_t start_ns(const Trace& trace) {
  const auto* begin = trace.event("begin");
  return begin ? begin->t_ns : 0;
}

std::optional<Decision> find_decision(const Trace& trace, std::int64_t time_limit_ns) {
  std::optional<Decision> first;
  const auto consider = [&](Decision::Kind kind, std::int64_t t_ns) {
    if (!first || t_ns < first->t_ns || (t_ns == first->t_ns && kind < first->kind)) first = Decision{kind, t_ns};
  };
  for (const auto& event : trace.events) {
    if (event.code == "done") consider(Decision::Kind::done, event.t_ns);
    if (event.code == "refuse") consider(Decision::Kind::refuse, event.t_ns);
    if (event.code == "time_limit") consider(Decision::Kind::time_limit, event.t_ns);
  }
  const auto* truth = trace.stream("/truth");
  std::int64_t limit = 0;
  if (time_limit_ns > 0 && truth && truth->rows() > 0 &&
      !__builtin_add_overflow(start_ns(trace), time_limit_ns, &limit) && truth->t_ns.back() >= limit)
    consider(Decision::Kind::time_limit, limit);
  return first;
}

std::optional<std::int64_t> end_ns(const Trace& trace) {
  static constexpr std::array<std::string_view, 5> kEnding{"done", "refuse", "time_limit", "limit", "fault"};
  std::optional<std::int64_t> end;
  for (const auto& event : trace.events)
    if (std::find(kEnding.begin(), kEnding.end(), event.code) != kEnding.end())
      end = end ? std::min(*end, event.t_ns) : event.t_ns;
  const auto* truth = trace.stream("/truth");
  if (!end && truth && truth->rows() > 0) end = truth->t_ns.back();
  return end;
}

std::size_t rows_until(const Stream& stream, std::int64_t t_ns) {
  return static_cast<std::size_t>(std::upper_bound(stream.t_ns.begin(), stream.t_ns.end(), t_ns) - stream.t_ns.begin());
}

Stream prefix(const Stream& stream, std::size_t rows) {
  Stream out;
  out.topic = stream.topic;
  out.deterministic = stream.deterministic;
  out.channels = stream.channels;
  out.t_ns.assign(stream.t_ns.begin(), stream.t_ns.begin() + static_cast<std::ptrdiff_t>(rows));
  out.values.assign(stream.values.begin(),
                    stream.values.begin() + static_cast<std::ptrdiff_t>(rows * stream.channels.size()));
  return out;
}

Result<double> value_at_end(const Condition& condition, const Stream& record) {
  ASSAY_CHECK(record.rows() > 0);
  ASSAY_RETURN_IF_ERROR(check_condition(condition));
  return value(condition, record);
}

}  // namespace assay::metrics
