// Operators of the temporal logic, each in time linear in the rows.
#include <limits>

#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

using Values = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Larger {
  static constexpr double kNone = -kInfinity;
  static double of(double a, double b) { return a < b ? b : a; }
};
struct Smaller {
  static constexpr double kNone = kInfinity;
  static double of(double a, double b) { return b < a ? b : a; }
};

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? INT64_MAX : INT64_MIN;
  return sum;
}

/// The pick over j ≥ i.
template <class Pick>
void suffix(Values& values) {
  for (std::size_t i = values.size(); i-- > 1;) values[i - 1] = Pick::of(values[i - 1], values[i]);
}

template <class Pick>
void pick(Values& out, const Values& other) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = Pick::of(out[i], other[i]);
}

/// The pick over the window [t_i + from, t_i + to], closed; Pick::kNone where no row lies in it. The window [low, next)
/// only moves forward and is kept in two parts: [low, middle), whose suffix picks stand in `values` (the rows
/// themselves are not needed again), and [middle, next), of which one running pick is enough. Each row enters and
/// moves over once, without a branch that depends on its value.
template <class Pick>
Values window(Values values, const std::vector<std::int64_t>& t_ns, std::int64_t from, std::int64_t to) {
  const std::size_t n = values.size();
  Values out(n);
  std::size_t low = 0, middle = 0, next = 0;
  double running = Pick::kNone;
  for (std::size_t i = 0; i < n; ++i) {
    const auto earliest = saturating_add(t_ns[i], from), latest = saturating_add(t_ns[i], to);
    for (; next < n && t_ns[next] <= latest; ++next) running = Pick::of(running, values[next]);
    while (low < next && t_ns[low] < earliest) ++low;
    if (low >= middle) {
      double back = Pick::kNone;
      for (std::size_t j = next; j-- > low;) values[j] = back = Pick::of(values[j], back);
      middle = next;
      running = Pick::kNone;
    }
    out[i] = low < middle ? Pick::of(values[low], running) : running;
  }
  return out;
}

Values holds_for(Values values, const std::vector<std::int64_t>& t_ns, std::int64_t duration) {
  auto out = window<Smaller>(std::move(values), t_ns, 0, duration);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (saturating_add(t_ns[i], duration) > t_ns.back()) out[i] = -kInfinity;
  return out;
}

/// s_k(i) = max over j ≥ i of min(ρ_k(j), s_{k+1}(j)).
Values sequence(std::vector<Values> children) {
  Values out = std::move(children.back());
  suffix<Larger>(out);
  for (std::size_t k = children.size() - 1; k-- > 0;) {
    pick<Smaller>(out, children[k]);
    suffix<Larger>(out);
  }
  return out;
}

}  // namespace

void fold(Op op, std::vector<double>& out, const std::vector<double>& child) {
  if (op == Op::all)
    pick<Smaller>(out, child);
  else
    pick<Larger>(out, child);
}

std::vector<double> operator_robustness(const Condition& condition, const std::vector<std::int64_t>& t_ns,
                                        std::vector<std::vector<double>> children) {
  if (condition.op == Op::sequence) return sequence(std::move(children));
  Values out = std::move(children.front());
  switch (condition.op) {
    case Op::all:
    case Op::any:
      for (std::size_t k = 1; k < children.size(); ++k) fold(condition.op, out, children[k]);
      return out;
    case Op::not_:
      for (auto& value : out) value = -value;
      return out;
    case Op::always:
      suffix<Smaller>(out);
      return out;
    case Op::eventually:
    case Op::visited:
      suffix<Larger>(out);
      return out;
    case Op::within:
      return window<Larger>(std::move(out), t_ns, condition.from_ns, condition.to_ns);
    case Op::holds_for:
      return holds_for(std::move(out), t_ns, condition.duration_ns);
    default:
      break;
  }
  ASSAY_CHECK(!"operator");
  return out;
}

}  // namespace assay::metrics
