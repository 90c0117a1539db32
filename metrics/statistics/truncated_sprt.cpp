#include "metrics/statistics/truncated_sprt.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "metrics/input.h"
#include "metrics/plan_input.h"
#include "metrics/sequential.h"
#include "metrics/statistics/induction.h"
#include "metrics/statistics/step_search.h"

namespace assay::metrics {

namespace {

constexpr int kMostTrials = 60'000;

Result<void> check_rule(const TruncatedSprt& rule) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("p0", rule.p0));
  ASSAY_RETURN_IF_ERROR(check_open_probability("p1", rule.p1));
  ASSAY_RETURN_IF_ERROR(check_positive("log_A", rule.log_a));
  ASSAY_RETURN_IF_ERROR(check_positive("log_B", rule.log_b));
  ASSAY_RETURN_IF_ERROR(check_at_least("n_max", rule.n_max, 1));
  if (rule.n_max > kMostTrials)
    return bad_input(1039, {"the plan has too many trials to enumerate", "试验次数过多，无法逐一枚举"},
                     "n_max " + std::to_string(rule.n_max));
  if (!(rule.p0 < rule.p1))
    return bad_input(1036, {"p0 must be smaller than p1", "p0 必须小于 p1"},
                     "p0 " + std::to_string(rule.p0) + ", p1 " + std::to_string(rule.p1));
  if (rule.accept_at_n_max < -1 || rule.accept_at_n_max >= rule.n_max)
    return bad_input(1036,
                     {"the acceptance number must lie between -1 and n_max - 1", "合格判定数须在 −1 与 n_max−1 之间"},
                     std::to_string(rule.accept_at_n_max));
  return {};
}

/// Expects a checked rule.
StopTable table_of(const TruncatedSprt& rule) {
  const double gain = std::log(rule.p1 / rule.p0), loss = std::log((1 - rule.p1) / (1 - rule.p0));
  const auto llr = [&](int n, int f) { return (n - f) * gain + f * loss; };
  StopTable table;
  table.n_max = rule.n_max;
  table.accept.push_back(-1);
  table.refuse.push_back(1);
  int accept = -1, refuse = 0;
  for (int n = 1; n < rule.n_max; ++n) {
    while (llr(n, accept + 1) >= rule.log_a) ++accept;
    while (llr(n, refuse) > -rule.log_b) ++refuse;
    const int certain = std::max(accept, rule.accept_at_n_max - (rule.n_max - n));
    table.accept.push_back(certain);
    table.refuse.push_back(std::max(certain + 1, std::min(refuse, rule.accept_at_n_max + 1)));
  }
  table.accept.push_back(rule.accept_at_n_max);
  table.refuse.push_back(rule.accept_at_n_max + 1);
  return table;
}

/// Intercepts and last acceptance number for one n_max.
class Tuning {
 public:
  Tuning(const PlanInput& input, int n_max)
      : input_(input), evaluation_(input.p0, input.p1, {n_max}, {0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0}) {
    rule_ = {input.p0, input.p1, kFar, kFar, n_max, 0};
  }

  std::optional<TruncatedSprt> run() {
    const double gain = std::log(input_.p1 / input_.p0), loss = std::log((1 - input_.p0) / (1 - input_.p1));
    const int middle = static_cast<int>(std::floor(gain / (gain + loss) * rule_.n_max));
    // With the lines far away the plan is the fixed test of n_max: α grows with the acceptance number, β falls.
    const int high = last_where([&](int c) { return far(c).alpha <= input_.alpha; });
    const int low = 1 + last_where([&](int c) { return far(c).beta > input_.beta; });
    if (low > high) return std::nullopt;
    const int start = std::clamp(middle, low, high);
    search(start, high, 1);
    if (start > low) search(start - 1, low, -1);
    return best_;
  }

 private:
  static constexpr double kFar = 30, kStart = 3, kStep = 0.1, kTolerance = 1e-3, kMargin = 1e-12;
  static constexpr int kRounds = 6, kPatience = 3;

  /// The largest c in −1 … n_max − 1 at which a property that holds first, and then no more, holds.
  template <class Property>
  [[nodiscard]] int last_where(Property&& property) const {
    int low = -1, high = rule_.n_max;
    while (high - low > 1) {
      const int c = low + (high - low) / 2;
      (property(c) ? low : high) = c;
    }
    return low;
  }

  Induction::Risks far(int accept_at_n_max) {
    auto rule = rule_;
    rule.accept_at_n_max = accept_at_n_max;
    return risks(rule);
  }

  /// Costs have one valley over the acceptance number, up to the steps of exact risks.
  void search(int from, int to, int step) {
    int patience = kPatience;
    for (int c = from; c != to + step && patience > 0; c += step) {
      const double before = best_cost_;
      tune(c);
      patience = best_cost_ < before ? kPatience : patience - 1;
    }
  }

  Induction::Risks risks(const TruncatedSprt& rule) {
    const auto risks = evaluation_.risks(table_of(rule));
    if (risks.alpha <= input_.alpha * (1 - kMargin) && risks.beta <= input_.beta * (1 - kMargin) &&
        (!best_ || risks.cost < best_cost_)) {
      best_ = rule;
      best_cost_ = risks.cost;
    }
    return risks;
  }

  static double over(double risk, double limit) {
    return std::log(std::max(risk, 1e-300)) - std::log(limit * (1 - kMargin));
  }

  /// From lines far away the intercepts come in turns: a nearer refuse line lowers α, which lets the accept line come
  /// nearer, which lowers β. Every step stays feasible.
  void tune(int accept_at_n_max) {
    auto rule = rule_;
    rule.accept_at_n_max = accept_at_n_max;
    for (int round = 0; round < kRounds; ++round) {
      const double before = rule.log_a + rule.log_b;
      rule.log_a = start_a_ = nearest(rule, &TruncatedSprt::log_a, start_a_);
      rule.log_b = start_b_ = nearest(rule, &TruncatedSprt::log_b, start_b_);
      if (before - rule.log_a - rule.log_b < kTolerance) break;
    }
  }

  double nearest(TruncatedSprt rule, double TruncatedSprt::*line, double start) {
    const bool accept = line == &TruncatedSprt::log_a;
    const auto function = [&](double value) {
      rule.*line = std::max(value, 1e-3);
      const auto r = risks(rule);
      return accept ? over(r.alpha, input_.alpha) : over(r.beta, input_.beta);
    };
    return std::max(1e-3, first_at_most_zero(function, start, kStep, kTolerance));
  }

  PlanInput input_;
  Induction evaluation_;
  TruncatedSprt rule_;
  std::optional<TruncatedSprt> best_;
  double best_cost_ = 0, start_a_ = kStart, start_b_ = kStart;
};

}  // namespace

Result<StopTable> truncated_sprt_table(const TruncatedSprt& rule) {
  ASSAY_RETURN_IF_ERROR(check_rule(rule));
  return table_of(rule);
}

Result<SprtLines> truncated_sprt_lines(const TruncatedSprt& rule) {
  ASSAY_RETURN_IF_ERROR(check_rule(rule));
  const double gain = std::log(rule.p1 / rule.p0), loss = std::log((1 - rule.p0) / (1 - rule.p1));
  return SprtLines{gain / (gain + loss), rule.log_a / (gain + loss), rule.log_b / (gain + loss)};
}

Result<TunedSprt> design_truncated_sprt(double p0, double p1, double alpha, double beta, double cap_ratio) {
  const PlanInput input{p0, p1, alpha, beta, cap_ratio};
  ASSAY_RETURN_IF_ERROR(check_plan_input(input));
  if (p1 >= 1) return bad_input(1036, {"straight lines need p1 < 1", "直线边界要求 p1 < 1"}, std::to_string(p1));
  ASSAY_TRY(const FixedPlan fixed, fixed_plan(p0, p1, alpha, beta));
  // The exact risks of small samples jump: a cap that no lines fit gives way to the next smaller one; the fixed n fits.
  int n_max = static_cast<int>(std::floor(cap_ratio * fixed.n));
  auto rule = Tuning(input, n_max).run();
  while (!rule && n_max > fixed.n) rule = Tuning(input, --n_max).run();
  if (!rule)
    return bad_input(1037, {"no straight lines reach the risks asked", "没有直线边界能达到所要求的风险"},
                     "n_max " + std::to_string(n_max));
  ASSAY_TRY(const auto lines, truncated_sprt_lines(*rule));
  ASSAY_TRY(auto design, describe_plan(table_of(*rule), p0, p1, alpha, beta));
  return TunedSprt{*rule, lines, std::move(design)};
}

}  // namespace assay::metrics
