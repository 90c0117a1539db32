#include "metrics/statistics/comparison_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "metrics/input.h"
#include "metrics/statistics/comparison_walk.h"

namespace assay::metrics {
namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// What p_B − p_A = difference leaves open: the share of pairs that speak, or the mean of p_A and p_B.
struct Slice {
  double difference = 0, least = 0, most = 1;
};

Slice whole_slice(bool paired, double difference) {
  const double gap = std::abs(difference);
  return paired ? Slice{difference, gap, 1} : Slice{difference, gap / 2, 1 - gap / 2};
}

/// P(A alone), P(B alone), or p_A, p_B.
std::array<double, 2> robots(bool paired, double difference, double other) {
  const double middle = paired ? other / 2 : other;
  return {std::clamp(middle - difference / 2, 0.0, 1.0), std::clamp(middle + difference / 2, 0.0, 1.0)};
}

double log_power(double base, int exponent) { return exponent == 0 ? 0 : exponent * std::log(base); }

/// Where the other dimension can be, by a confidence sequence: all points whose likelihood is more than γ times that of
/// the prior mixture. The ratio of the two is a martingale, so the truth stays in with chance 1 − γ whatever the stop.
class Plausible {
 public:
  Plausible(bool paired, int t, int a, int b, double gamma) : paired_(paired), t_(t), a_(a), b_(b) {
    // ln (n! m! / (n + m + 1)!) and ln (2 a! b! c! / (t + 2)!).
    const auto log_beta = [](int n, int m) { return log_factorial(n) + log_factorial(m) - log_factorial(n + m + 1); };
    least_log_ = std::log(gamma) + (paired ? std::log(2.0) + log_factorial(a) + log_factorial(b) +
                                                 log_factorial(t - a - b) - log_factorial(t + 2)
                                           : log_beta(a, t - a) + log_beta(b, t - b));
  }

  /// The part of the slice that is plausible: an interval, because the logarithm of the likelihood is concave along it.
  [[nodiscard]] std::optional<Slice> cut(Slice slice) const {
    double low = slice.least, high = slice.most;
    for (int i = 0; i < 100; ++i) {
      const double golden = (high - low) * (std::numbers::phi - 1);
      const bool rises = log_likelihood(slice, high - golden) < log_likelihood(slice, low + golden);
      (rises ? low : high) = rises ? high - golden : low + golden;
    }
    const double top = (low + high) / 2;
    if (!(log_likelihood(slice, top) > least_log_)) return std::nullopt;
    return Slice{slice.difference, end(slice, top, slice.least), end(slice, top, slice.most)};
  }

 private:
  static double log_factorial(int n) {
    double sum = 0;
    for (int i = 2; i <= n; ++i) sum += std::log(i);
    return sum;
  }
  [[nodiscard]] double log_likelihood(const Slice& slice, double other) const {
    const auto [p_a, p_b] = robots(paired_, slice.difference, other);
    const double sum = log_power(p_a, a_) + log_power(p_b, b_);
    if (paired_) return sum + log_power(std::max(1 - other, 0.0), t_ - a_ - b_);
    return sum + log_power(1 - p_a, t_ - a_) + log_power(1 - p_b, t_ - b_);
  }
  /// The outer side of the edge between `inside` and `outside`.
  [[nodiscard]] double end(const Slice& slice, double inside, double outside) const {
    for (int i = 0; i < 40; ++i) {
      const double middle = (inside + outside) / 2;
      (log_likelihood(slice, middle) > least_log_ ? inside : outside) = middle;
    }
    return outside;
  }

  bool paired_;
  int t_, a_, b_;
  double least_log_;
};

/// All walks that end at least as well for B as one observed end. Between the two robots more for B keeps a walk in it,
/// so its chance rises in p_B and falls in p_A.
class AtLeastAsGood {
 public:
  AtLeastAsGood(const ComparisonTable& table, int t, int a, int b) : paired_(table.pairing == Pairing::paired), t_(t) {
    const auto seen = verdict_at(table, t, a, b);
    const int lead = b - a;
    ComparisonWalk walk(table, paired_ ? StepKernel{.5, .25, .25, 0} : StepKernel{.25, .25, .25, .25});
    while (walk.running() && walk.t() < t)
      walk.advance([&](int a_end, int b_end, double mass, ComparisonVerdict verdict) {
        bool in = verdict == ComparisonVerdict::b_better;
        if (walk.t() == t && verdict == seen) in = b_end - a_end >= lead;
        if (in) ends_.push_back({walk.t(), a_end, b_end, mass});
      });
    if (seen == ComparisonVerdict::b_better || walk.t() < t) return;
    walk.each([&](int a_end, int b_end, double mass) {
      if (seen == ComparisonVerdict::a_better || b_end - a_end >= lead) ends_.push_back({t, a_end, b_end, mass});
    });
  }

  /// Largest chance over `slice`; gives up as soon as `enough` is passed.
  [[nodiscard]] double largest(const Slice& slice, double enough) const {
    constexpr int kPoints = 64;
    double best = -1;
    int best_at = 0;
    for (int i = 0; i <= kPoints; ++i) {
      const double p = chance(slice, double(i) / kPoints);
      if (p > enough) return p;
      if (p <= best) continue;
      best = p;
      best_at = i;
    }
    double low = std::max(best_at - 1, 0) / double(kPoints), high = std::min(best_at + 1, kPoints) / double(kPoints);
    for (int i = 0; i < 24 && best <= enough; ++i) {
      const double golden = (high - low) * (std::numbers::phi - 1);
      const double left = chance(slice, high - golden), right = chance(slice, low + golden);
      best = std::max({best, left, right});
      (left < right ? low : high) = left < right ? high - golden : low + golden;
    }
    return best;
  }

 private:
  struct End {
    int t, a, b;
    double mass;  ///< of its walks where every step is as likely as any
  };
  using Powers = std::vector<double>;

  [[nodiscard]] Powers powers(double base) const {
    Powers out(index(t_ + 1), 1.0);
    for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * base;
    return out;
  }

  /// `where`, 0 … 1, runs through the slice, evenly in asin √.
  [[nodiscard]] double chance(const Slice& slice, double where) const {
    const double sine = std::sin(where * std::numbers::pi / 2);
    const double other = slice.least + (slice.most - slice.least) * sine * sine;
    const auto [p_a, p_b] = robots(paired_, slice.difference, other);
    double sum = 0;
    if (paired_) {
      const auto a = powers(4 * p_a), b = powers(4 * p_b), tie = powers(2 * std::max(1 - other, 0.0));
      for (const auto& end : ends_)
        sum += end.mass * a[index(end.a)] * b[index(end.b)] * tie[index(end.t - end.a - end.b)];
      return sum;
    }
    const auto a = powers(2 * p_a), a_not = powers(2 * (1 - p_a)), b = powers(2 * p_b), b_not = powers(2 * (1 - p_b));
    for (const auto& end : ends_)
      sum +=
          end.mass * (a[index(end.a)] * a_not[index(end.t - end.a)]) * (b[index(end.b)] * b_not[index(end.t - end.b)]);
    return sum;
  }

  bool paired_;
  int t_;
  std::vector<End> ends_;
};

/// Lower limit for p_B − p_A: the least difference that is not rejected.
double lower_limit(const AtLeastAsGood& ends, const Plausible& plausible, bool paired, double risk) {
  const auto holds = [&](double difference) {
    const auto slice = plausible.cut(whole_slice(paired, difference));
    return slice && ends.largest(*slice, risk) > risk;
  };
  double low = -1, high = 1;
  const auto narrow = [&] {
    for (int i = 0; i < 30; ++i) {
      const double middle = (low + high) / 2;
      (holds(middle) ? high : low) = middle;
    }
  };
  if (holds(low)) return low;
  narrow();
  // Cutting the slices may in principle have left a hole: no smaller difference may hold.
  constexpr int kChecks = 40;
  const double found = low;
  for (int i = 1; i < kChecks; ++i) {
    const double below = -1 + (found + 1) * i / kChecks;
    if (!holds(below)) continue;
    high = below;
    low = -1 + (found + 1) * (i - 1) / kChecks;
    narrow();
    break;
  }
  return low;
}

Result<void> check_state(const ComparisonTable& table, const ComparisonState& state) {
  ASSAY_RETURN_IF_ERROR(check_monotone(table));
  if (!table.mirrored)
    return bad_input(1036, {"limits need a table that decides both ways", "限值要求判定表可双向判定"},
                     "mirrored: false");
  const int all = table.pairing == Pairing::paired ? state.a + state.b : std::max(state.a, state.b);
  if (state.pairs_n >= 0 && state.pairs_n <= table.n_max && state.a >= 0 && state.b >= 0 && all <= state.pairs_n)
    return {};
  return bad_input(1032, {"the table has no such state", "判定表中不存在该状态"},
                   fmt::format("pairs {}, a {}, b {}", state.pairs_n, state.a, state.b));
}

}  // namespace

Result<ComparisonLimits> comparison_limits(const ComparisonTable& table, const ComparisonState& state,
                                           double confidence) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  ASSAY_RETURN_IF_ERROR(check_state(table, state));
  ComparisonLimits limits;
  if (state.pairs_n == 0) return limits;
  const int t = state.pairs_n, a = state.a, b = state.b;
  const bool paired = table.pairing == Pairing::paired;
  const double risk = 1 - confidence, gamma = risk / 2000;
  // The mirror image of the table is the table: limits towards A are those towards B with the roles exchanged.
  const AtLeastAsGood for_b(table, t, a, b), for_a(table, t, b, a);
  limits.estimate = double(a - b) / t;
  limits.lower = lower_limit(for_a, Plausible(paired, t, b, a, gamma), paired, risk - gamma);
  limits.upper = -lower_limit(for_b, Plausible(paired, t, a, b, gamma), paired, risk - gamma);
  limits.p_a_better = std::min(for_a.largest(whole_slice(paired, 0), 2), 1.0);
  limits.p_b_better = std::min(for_b.largest(whole_slice(paired, 0), 2), 1.0);
  return limits;
}

}  // namespace assay::metrics
