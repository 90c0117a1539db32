// Operators of the temporal logic, each in time linear in the rows.
#include <algorithm>
#include <deque>
#include <limits>

#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

using Values = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? INT64_MAX : INT64_MIN;
  return sum;
}

/// max over j ≥ i.
void suffix_max(Values& values) {
  for (std::size_t i = values.size(); i-- > 1;) values[i - 1] = std::max(values[i - 1], values[i]);
}

void negate(Values& values) {
  for (auto& value : values) value = -value;
}

/// Window [t_i + from, t_i + to], closed; −∞ where no row lies in it. The window only moves forward, so each
/// row enters and leaves the deque once.
Values window_max(const Values& values, const std::vector<std::int64_t>& t_ns, std::int64_t from, std::int64_t to) {
  Values out(values.size(), -kInfinity);
  std::deque<std::size_t> candidates;  // values decreasing from front to back
  std::size_t next = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto low = saturating_add(t_ns[i], from), high = saturating_add(t_ns[i], to);
    for (; next < values.size() && t_ns[next] <= high; ++next) {
      while (!candidates.empty() && values[candidates.back()] <= values[next]) candidates.pop_back();
      candidates.push_back(next);
    }
    while (!candidates.empty() && t_ns[candidates.front()] < low) candidates.pop_front();
    if (!candidates.empty()) out[i] = values[candidates.front()];
  }
  return out;
}

Values holds_for(Values values, const std::vector<std::int64_t>& t_ns, std::int64_t duration) {
  negate(values);
  Values out = window_max(values, t_ns, 0, duration);
  negate(out);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (saturating_add(t_ns[i], duration) > t_ns.back()) out[i] = -kInfinity;
  return out;
}

/// s_k(i) = max over j ≥ i of min(ρ_k(j), s_{k+1}(j)).
Values sequence(std::vector<Values> children) {
  Values out = std::move(children.back());
  suffix_max(out);
  for (std::size_t k = children.size() - 1; k-- > 0;) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::min(out[i], children[k][i]);
    suffix_max(out);
  }
  return out;
}

}  // namespace

std::vector<double> operator_robustness(const Condition& condition, const std::vector<std::int64_t>& t_ns,
                                        std::vector<std::vector<double>> children) {
  Values out = children.front();
  switch (condition.op) {
    case Op::all:
      for (const auto& child : children)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::min(out[i], child[i]);
      return out;
    case Op::any:
      for (const auto& child : children)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], child[i]);
      return out;
    case Op::not_:
      negate(out);
      return out;
    case Op::always:
      negate(out);
      suffix_max(out);
      negate(out);
      return out;
    case Op::eventually:
    case Op::visited:
      suffix_max(out);
      return out;
    case Op::within:
      return window_max(out, t_ns, condition.from_ns, condition.to_ns);
    case Op::holds_for:
      return holds_for(std::move(out), t_ns, condition.duration_ns);
    case Op::sequence:
      return sequence(std::move(children));
    default:
      break;
  }
  ASSAY_CHECK(!"operator");
  return out;
}

}  // namespace assay::metrics
