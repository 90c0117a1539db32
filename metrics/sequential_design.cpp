// "DP wide": the plan that minimises the expected trials over weighted success probabilities, among plans with exact
// α and β and a hard cap: the search for the two Lagrange weights of the backward induction.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "metrics/input.h"
#include "metrics/plan_input.h"
#include "metrics/sequential.h"
#include "metrics/statistics/induction.h"
#include "metrics/statistics/step_search.h"

namespace assay::metrics {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

PriorWeights weights(PlanPrior prior) {
  if (prior == PlanPrior::between) return {0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0};
  // A quarter of the weight on bad and on perfect robots, so that both are told early.
  return {0.25, 0.125, 0.125, 0.25, 0.25};
}

/// The fixed plan, stopped as soon as its end is certain: always feasible, the best there is until a better one.
StopTable curtailed(const FixedPlan& plan) {
  StopTable table;
  table.n_max = plan.n;
  for (int n = 0; n <= plan.n; ++n) {
    table.accept.push_back(std::max(-1, plan.c - (plan.n - n)));
    table.refuse.push_back(n == 0 ? 1 : plan.c + 1);
  }
  return table;
}

class Search {
 public:
  Search(const PlanInput& input, std::vector<int> looks, const PriorWeights& prior)
      : input_(input), induction_(input.p0, input.p1, std::move(looks), prior) {}

  void consider(const StopTable& table) {
    const auto risks = induction_.risks(table);
    keep(table, risks);
  }

  StopTable run() {
    const auto beta = [&](double log1) { return log_ratio(beta_for(log1), input_.beta); };
    const double log1 = first_at_most_zero(beta, kStart, kFirstStep, kTolerance);
    // α and β are steps in the weights: the neighbours of the solution may hold a cheaper feasible plan.
    for (int i = -kNeighbours; i <= kNeighbours; ++i) beta_for(log1 + i * kNeighbourStep);
    return best_;
  }

 private:
  static constexpr double kTolerance = 1e-3, kStart = 7, kFirstStep = 0.5, kNearStep = 0.05, kNeighbourStep = 0.01;
  static constexpr int kNeighbours = 6;
  /// α and β of a plan are enumerated once more by another recursion; this keeps both on the same side of the limit.
  static constexpr double kMargin = 1e-12;

  static double log_ratio(double risk, double limit) {
    return std::log(std::max(risk, 1e-300)) - std::log(limit * (1 - kMargin));
  }

  void keep(const StopTable& table, const Induction::Risks& risks) {
    if (risks.alpha > input_.alpha * (1 - kMargin) || risks.beta > input_.beta * (1 - kMargin)) return;
    if (best_.n_max != 0 && risks.cost >= best_cost_) return;
    best_cost_ = risks.cost;
    best_ = table;
  }

  /// The β that comes with the smallest λ0 whose α is small enough. Starts from the last λ0: it moves little.
  double beta_for(double log1) {
    double beta = 1;
    const auto alpha = [&](double log0) {
      const auto table = induction_.table(std::exp(log0), std::exp(log1));
      const auto risks = induction_.risks(table);
      keep(table, risks);
      const double over = log_ratio(risks.alpha, input_.alpha);
      if (over <= 0) beta = risks.beta;
      return over;
    };
    log0_ = first_at_most_zero(alpha, log0_, kNearStep, kTolerance);
    return beta;
  }

  PlanInput input_;
  Induction induction_;
  StopTable best_;
  double best_cost_ = 0;
  double log0_ = kStart;
};

int least_to_accept(const StopTable& table) {
  int n = 1;
  // Between looks the boundary of the look before stays, and no walk meets it: the first n ≥ 0 is a look.
  while (table.accept[at(n)] < 0 && n < table.n_max) ++n;
  return n;
}

Result<std::vector<int>> looks_of(const DesignOptions& options, const FixedPlan& fixed) {
  if (options.looks.empty()) {
    std::vector<int> every(at(static_cast<int>(std::floor(options.cap_ratio * fixed.n))));
    std::iota(every.begin(), every.end(), 1);
    return every;
  }
  const int most = 10 * kMaxFixedTrials;
  int before = 0;
  for (const int n : options.looks) {
    if (n <= before || n > most)
      return bad_input(1036,
                       {"looks must be strictly ascending trial counts of at least 1",
                        "中间检查点须为严格递增且不小于 1 的试验次数"},
                       std::to_string(n) + " after " + std::to_string(before));
    before = n;
  }
  return options.looks;
}

SequentialDesign describe(StopTable table, const PlanInput& asked, const FixedPlan& fixed) {
  SequentialDesign design;
  design.p0 = asked.p0;
  design.p1 = asked.p1;
  design.alpha = asked.alpha;
  design.beta = asked.beta;
  design.fixed_n = fixed.n;
  design.table = std::move(table);
  const auto at_p0 = characteristics(design.table, asked.p0);
  const auto at_p1 = characteristics(design.table, asked.p1);
  design.exact_alpha = at_p0.accept;
  design.exact_beta = at_p1.refuse;
  design.expected_at_p0 = at_p0.expected_n;
  design.expected_at_p1 = at_p1.expected_n;
  design.expected_at_one = characteristics(design.table, 1).expected_n;
  design.least_n = least_to_accept(design.table);
  return design;
}

}  // namespace

std::vector<int> equal_looks(int n_max, int count) {
  std::vector<int> looks;
  for (int i = 1; i <= count; ++i) {
    const auto n = static_cast<int>((2LL * n_max * i + count) / (2LL * count));
    if (n > (looks.empty() ? 0 : looks.back())) looks.push_back(n);
  }
  return looks;
}

Result<SequentialDesign> describe_plan(StopTable table, double p0, double p1, double alpha, double beta) {
  ASSAY_TRY(const FixedPlan fixed, fixed_plan(p0, p1, alpha, beta));
  return describe(std::move(table), {p0, p1, alpha, beta, 1}, fixed);
}

Result<SequentialDesign> design_sequential(double p0, double p1, double alpha, double beta,
                                           const DesignOptions& options) {
  const PlanInput input{p0, p1, alpha, beta, options.cap_ratio};
  ASSAY_RETURN_IF_ERROR(check_plan_input(input));
  ASSAY_TRY(const FixedPlan fixed, fixed_plan(p0, p1, alpha, beta));
  ASSAY_TRY(auto looks, looks_of(options, fixed));
  const bool every_trial = options.looks.empty();
  Search search(input, std::move(looks), weights(options.prior));
  if (every_trial) search.consider(curtailed(fixed));
  auto table = search.run();
  if (table.n_max == 0)
    return bad_input(1037,
                     {"no plan with these looks reaches the risks asked; allow more trials",
                      "按这些中间检查点无法达到所要求的风险，请允许更多试验"},
                     std::to_string(options.looks.back()) + " trials at the last look, the fixed plan needs " +
                         std::to_string(fixed.n));
  return describe(std::move(table), input, fixed);
}

Result<SequentialDesign> design_sequential(double p0, double p1, double alpha, double beta, double cap_ratio) {
  DesignOptions options;
  options.cap_ratio = cap_ratio;
  return design_sequential(p0, p1, alpha, beta, options);
}

}  // namespace assay::metrics
