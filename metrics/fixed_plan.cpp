// Plans for a fixed number of trials, by Boost.Math.
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <exception>
#include <optional>

#include "metrics/plan_input.h"
#include "metrics/sequential.h"

namespace assay::metrics {

namespace {

using Binomial = boost::math::binomial_distribution<double>;

/// P(at most c failures in n trials) at success probability p.
double at_most(int c, int n, double p) {
  if (p >= 1) return 1;
  return c >= n ? 1.0 : boost::math::cdf(Binomial(n, 1 - p), c);
}

std::optional<FixedPlan> smallest_plan(const PlanInput& input) {
  FixedPlan plan{0, -1};
  while (plan.n < kMaxFixedTrials) {
    ++plan.n;
    // The largest passing count never falls as n grows, so one scan is enough.
    while (plan.c + 1 < plan.n && at_most(plan.c + 1, plan.n, input.p0) <= input.alpha) ++plan.c;
    if (plan.c >= 0 && at_most(plan.c, plan.n, input.p1) >= 1 - input.beta) return plan;
  }
  return std::nullopt;
}

Error bad_input(std::string expected, std::string found) {
  return {1010,
          {"a plan cannot be designed from these limits", "无法按这些限值设计试验方案"},
          {},
          {expected, expected},
          std::move(found),
          {"correct the limit, the design value or the risks in the scheme", "请修正认证方案中的限值、设计值或风险"}};
}

}  // namespace

Result<void> check_plan_input(const PlanInput& input) {
  const auto number = [](double x) { return std::to_string(x); };
  // Written so that a value that is not a number fails.
  if (!(input.p0 > 0 && input.p0 < input.p1 && input.p1 <= 1))
    return bad_input("0 < p0 < p1 <= 1", "p0 = " + number(input.p0) + ", p1 = " + number(input.p1));
  if (!(input.alpha > 0 && input.alpha < 0.5 && input.beta > 0 && input.beta < 0.5))
    return bad_input("0 < alpha, beta < 0.5", "alpha = " + number(input.alpha) + ", beta = " + number(input.beta));
  if (!(input.cap_ratio >= 1 && input.cap_ratio <= 10))
    return bad_input("1 <= cap ratio <= 10", "cap ratio = " + number(input.cap_ratio));
  return {};
}

Result<FixedPlan> fixed_plan(double p0, double p1, double alpha, double beta) {
  const PlanInput input{p0, p1, alpha, beta, 1};
  ASSAY_RETURN_IF_ERROR(check_plan_input(input));
  try {
    if (const auto plan = smallest_plan(input)) return *plan;
  } catch (const std::exception& exception) {
    return bad_input("a binomial distribution", exception.what());
  }
  const auto most = std::to_string(kMaxFixedTrials);
  return Error{1011,
               {"the plan needs too many trials", "所需试验次数过多"},
               {},
               {"at most " + most + " trials for the fixed plan", "固定样本方案不超过 " + most + " 次试验"},
               "p0 = " + std::to_string(p0) + ", p1 = " + std::to_string(p1),
               {"move the design value further away from the limit", "请拉大设计值与限值之间的差距"}};
}

}  // namespace assay::metrics
