// "DP wide": the plan that minimises the expected trials over five weighted success probabilities, among plans
// with exact α and β and a hard cap, by backward induction on (n, failures) with Lagrange weights.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "metrics/plan_input.h"
#include "metrics/sequential.h"

namespace assay::metrics {

namespace {

// 64 bits of mantissa and 15 of exponent: the likelihood ratios of the largest plans stay in range.
using Real = long double;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// L(p) / L(reference) at (n, f) = success^(n−f) · failure^f.
class Ratio {
 public:
  Ratio(double p, double reference, int n_max) : success_(at(n_max + 1)), failure_(at(n_max + 1)) {
    const Real s = Real(p) / Real(reference), f = (1 - Real(p)) / (1 - Real(reference));
    success_[0] = failure_[0] = 1;
    for (std::size_t i = 1; i < success_.size(); ++i) {
      success_[i] = success_[i - 1] * s;
      failure_[i] = failure_[i - 1] * f;
    }
  }
  [[nodiscard]] Real operator()(int n, int f) const { return success_[at(n - f)] * failure_[at(f)]; }

 private:
  std::vector<Real> success_, failure_;
};

struct Weighted {
  double p, weight;
};

/// A quarter of the weight on bad and on perfect robots, so that both are told early.
std::array<Weighted, 5> wide_prior(double p0, double p1) {
  const double bad = std::max(p0 - (p1 - p0), p0 / 10);
  return {{{bad, 0.25}, {p0, 0.125}, {(p0 + p1) / 2, 0.125}, {p1, 0.25}, {1.0, 0.25}}};
}

/// Backward induction for given Lagrange weights.
class Induction {
 public:
  Induction(double p0, double p1, int n_max)
      : n_max_(n_max), reference_((p0 + p1) / 2), at_p0_(p0, reference_, n_max), at_p1_(p1, reference_, n_max) {
    const auto prior = wide_prior(p0, p1);
    for (std::size_t k = 0; k < prior.size(); ++k) {
      weight_[k] = prior[k].weight;
      ratio_.emplace_back(prior[k].p, reference_, n_max);
    }
    value_.assign(at(n_max + 2), 0);
  }

  StopTable table(double weight0, double weight1) {
    weight0_ = weight0;
    weight1_ = weight1;
    StopTable table;
    table.n_max = n_max_;
    table.accept.assign(at(n_max_ + 1), -1);
    table.refuse.assign(at(n_max_ + 1), 1);
    int accept = last_accept();
    table.accept[at(n_max_)] = accept;
    table.refuse[at(n_max_)] = accept + 1;
    int refuse = accept + 1;
    for (int n = n_max_ - 1; n >= 1; --n) {
      row(n, accept, refuse);
      table.accept[at(n)] = accept;
      table.refuse[at(n)] = refuse;
    }
    return table;
  }

 private:
  [[nodiscard]] Real accept_cost(int n, int f) const { return weight0_ * at_p0_(n, f); }
  [[nodiscard]] Real refuse_cost(int n, int f) const { return weight1_ * at_p1_(n, f); }
  [[nodiscard]] Real trial_cost(int n, int f) const {
    Real sum = 0;
    for (std::size_t k = 0; k < ratio_.size(); ++k) sum += weight_[k] * ratio_[k](n, f);
    return sum;
  }

  /// At the cap one must stop: the likelihood ratio decides, a tie refuses.
  [[nodiscard]] int last_accept() const {
    int low = -1, high = n_max_;  // accept at low, refuse at high (or nothing known)
    while (low < high) {
      const int f = low + (high - low + 1) / 2;
      if (accept_cost(n_max_, f) < refuse_cost(n_max_, f))
        low = f;
      else
        high = f - 1;
    }
    return low;
  }

  /// From the boundaries at n + 1 to those at n. Only accept[n+1] … refuse[n+1]−1 can go on at n: where both
  /// children accept (or both refuse), a further trial costs and cannot change the decision.
  void row(int n, int& accept, int& refuse) {
    const int low = std::max(0, accept), high = std::min(refuse - 1, n);
    const int next_accept = accept, next_refuse = refuse;
    const auto next = [&](int f) {
      if (f <= next_accept) return accept_cost(n + 1, f);
      if (f >= next_refuse) return refuse_cost(n + 1, f);
      return value_[at(f)];
    };
    const Real p = reference_, q = 1 - Real(reference_);
    accept = low - 1;
    refuse = high + 1;
    for (int f = low; f <= high; ++f) {
      const Real go_on = trial_cost(n, f) + p * next(f) + q * next(f + 1);
      const Real a = accept_cost(n, f), r = refuse_cost(n, f);
      const bool refuses = r <= a && r <= go_on, accepts = !refuses && a <= go_on;
      value_[at(f)] = refuses ? r : accepts ? a : go_on;
      if (accepts && accept == f - 1) accept = f;
      refuse = refuses ? std::min(refuse, f) : high + 1;  // everything from here up must refuse
    }
  }

  int n_max_;
  double reference_;
  Ratio at_p0_, at_p1_;
  std::vector<Ratio> ratio_;
  std::array<double, 5> weight_{};
  double weight0_ = 0, weight1_ = 0;
  std::vector<Real> value_;
};

/// Makes both boundaries monotone, and ends the table where nothing goes on. Moving a boundary down takes
/// acceptances away only, so α stays; β is enumerated afterwards.
void tidy(StopTable& table) {
  for (int n = table.n_max - 1; n >= 1; --n) {
    table.accept[at(n)] = std::min(table.accept[at(n)], table.accept[at(n + 1)]);
    table.refuse[at(n)] = std::min(table.refuse[at(n)], table.refuse[at(n + 1)]);
  }
  table.refuse[0] = 1;
  int end = 1;
  while (end < table.n_max && table.accept[at(end)] + 1 < table.refuse[at(end)]) ++end;
  table.n_max = end;
  table.accept.resize(at(end + 1));
  table.refuse.resize(at(end + 1));
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

/// The search for Lagrange weights.
class Search {
 public:
  Search(const PlanInput& input, const FixedPlan& fixed)
      : input_(input), induction_(input.p0, input.p1, static_cast<int>(std::floor(input.cap_ratio * fixed.n))) {
    consider(curtailed(fixed));
  }

  StopTable run() {
    double low = std::log(1.0), high = std::log(1e12);
    while (high - low > kTolerance) {
      const double middle = (low + high) / 2;
      (beta_for(middle) <= input_.beta ? high : low) = middle;
    }
    refine(high);
    return best_;
  }

 private:
  static constexpr double kTolerance = 1e-3;

  struct Risks {
    double alpha, beta;
  };

  Risks consider(StopTable table) {
    const double alpha = characteristics(table, input_.p0).accept;
    const double beta = characteristics(table, input_.p1).refuse;
    if (alpha <= input_.alpha && beta <= input_.beta) {
      double cost = 0;
      for (const auto& [p, weight] : wide_prior(input_.p0, input_.p1))
        cost += weight * characteristics(table, p).expected_n;
      if (best_.n_max == 0 || cost < best_cost_) {
        best_cost_ = cost;
        best_ = std::move(table);
      }
    }
    return {alpha, beta};
  }

  Risks try_weights(double log0, double log1) {
    auto table = induction_.table(std::exp(log0), std::exp(log1));
    tidy(table);
    return consider(std::move(table));
  }

  /// The β that comes with the smallest λ0 whose α is small enough. Starts from the last λ0: it moves little.
  double beta_for(double log1) {
    double low = log0_, high = log0_, beta = 1;
    const auto feasible = [&](double log0) {
      const auto risks = try_weights(log0, log1);
      if (risks.alpha > input_.alpha) return false;
      beta = risks.beta;
      return true;
    };
    const bool down = feasible(log0_);
    double& moving = down ? low : high;
    for (double step = kFirstStep; step < kLastStep; step *= 2) {
      (down ? high : low) = moving;
      moving += down ? -step : step;
      if (feasible(moving) != down) break;
    }
    while (high - low > kTolerance) {
      const double middle = (low + high) / 2;
      (feasible(middle) ? high : low) = middle;
    }
    log0_ = high;
    return beta;
  }
  static constexpr double kFirstStep = 0.1, kLastStep = 64;

  /// α and β are steps in the weights; the neighbours of the solution may hold a cheaper feasible plan.
  void refine(double log1) {
    for (int i = -kNeighbours; i <= kNeighbours; ++i) beta_for(log1 + i * kNeighbourStep);
  }
  static constexpr int kNeighbours = 6;
  static constexpr double kNeighbourStep = 0.01;

  PlanInput input_;
  Induction induction_;
  StopTable best_;
  double best_cost_ = 0;
  double log0_ = std::log(1e3);
};

int least_to_accept(const StopTable& table) {
  int n = 1;
  while (table.accept[at(n)] < 0 && n < table.n_max) ++n;
  return n;
}

}  // namespace

Result<SequentialDesign> design_sequential(double p0, double p1, double alpha, double beta, double cap_ratio) {
  const PlanInput input{p0, p1, alpha, beta, cap_ratio};
  ASSAY_RETURN_IF_ERROR(check_plan_input(input));
  ASSAY_TRY(const FixedPlan fixed, fixed_plan(p0, p1, alpha, beta));
  SequentialDesign design;
  design.p0 = p0;
  design.p1 = p1;
  design.alpha = alpha;
  design.beta = beta;
  design.fixed_n = fixed.n;
  design.table = Search(input, fixed).run();
  const auto at_p0 = characteristics(design.table, p0);
  const auto at_p1 = characteristics(design.table, p1);
  design.exact_alpha = at_p0.accept;
  design.exact_beta = at_p1.refuse;
  design.expected_at_p0 = at_p0.expected_n;
  design.expected_at_p1 = at_p1.expected_n;
  design.expected_at_one = characteristics(design.table, 1).expected_n;
  design.least_n = least_to_accept(design.table);
  return design;
}

}  // namespace assay::metrics
