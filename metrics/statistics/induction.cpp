#include "metrics/statistics/induction.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace assay::metrics {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// P(k failures in `step` trials) for k = 0 … step.
std::vector<double> binomial(int step, double p) {
  std::vector<double> mass{1};
  for (int i = 0; i < step; ++i) {
    mass.push_back(0);
    for (std::size_t k = mass.size() - 1; k > 0; --k) mass[k] = mass[k] * p + mass[k - 1] * (1 - p);
    mass[0] *= p;
  }
  return mass;
}

}  // namespace

Induction::Ratio::Ratio(double p, double middle, int n_max) : success(at(n_max + 1)), failure(at(n_max + 1)) {
  const double s = p / middle, f = (1 - p) / (1 - middle);
  odds = f / s;
  success[0] = failure[0] = 1;
  for (std::size_t i = 1; i < success.size(); ++i) {
    success[i] = success[i - 1] * s;
    failure[i] = failure[i - 1] * f;
  }
}

Induction::Induction(double p0, double p1, std::vector<int> looks, const PriorWeights& prior)
    : looks_(std::move(looks)),
      prior_(prior),
      p0_(p0),
      p1_(p1),
      middle_((p0 + p1) / 2),
      bad_(std::max(p0 - (p1 - p0), p0 / 10), middle_, looks_.back()),
      at_p0_(p0, middle_, looks_.back()),
      at_p1_(p1, middle_, looks_.back()),
      one_(1, middle_, looks_.back()),
      mass_(at(looks_.back() + 2), 0.0) {}

/// At the cap one must stop: λ0·L(p0) < λ1·L(p1) accepts, a tie refuses. The log-likelihood ratio is linear in f.
int Induction::last_accept() const {
  const int n = looks_.back();
  const double weight = std::log(lambda1_ / lambda0_);
  if (n * std::log(p1_ / p0_) + weight <= 0) return -1;
  if (p1_ >= 1) return 0;
  const double slope = std::log(p1_ / p0_) - std::log((1 - p1_) / (1 - p0_));
  return std::min(n - 1, static_cast<int>(std::ceil((n * std::log(p1_ / p0_) + weight) / slope)) - 1);
}

/// Values after the next look for failures low … high, seen from before it.
void Induction::fill_next(int low, int high, int next_n, int accept, int refuse) {
  next_.resize(at(high - low + 1));
  double ratio = low <= accept ? lambda0_ * at_p0_(next_n, low) : 0;
  int f = low;
  for (; f <= std::min(accept, high); ++f, ratio *= at_p0_.odds) next_[at(f - low)] = ratio;
  for (; f < std::min(refuse, high + 1); ++f) next_[at(f - low)] = value_[at(f - value_first_)];
  ratio = f <= high ? lambda1_ * at_p1_(next_n, f) : 0;
  for (; f <= high; ++f, ratio *= at_p1_.odds) next_[at(f - low)] = ratio;
}

/// go_on_[i] = Σ_k P(k failures in `step` trials)·next_[i + k].
void Induction::go_on_values(int step) {
  const double p = middle_, q = 1 - middle_;
  go_on_.resize(next_.size() - at(step));
  if (step == 1) {
    for (std::size_t i = 0; i < go_on_.size(); ++i) go_on_[i] = p * next_[i] + q * next_[i + 1];
    return;
  }
  if (kernel_.size() != at(step + 1)) kernel_ = binomial(step, p);
  for (std::size_t i = 0; i < go_on_.size(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < kernel_.size(); ++k) sum += kernel_[k] * next_[i + k];
    go_on_[i] = sum;
  }
}

/// From the boundaries at next_n to those at n. Only where not all children accept, and not all refuse, can one go
/// on: elsewhere further trials cost and cannot change the decision.
void Induction::row(int n, int next_n, int& accept, int& refuse) {
  const int step = next_n - n;
  const int low = std::max(0, accept - (step - 1)), high = std::min(refuse - 1, n);
  fill_next(low, high + step, next_n, accept, refuse);
  go_on_values(step);
  accept = low - 1;
  refuse = high + 1;
  double a = lambda0_ * at_p0_(n, low), r = lambda1_ * at_p1_(n, low), b = prior_.bad * bad_(n, low);
  const double share0 = prior_.at_p0 / lambda0_, share1 = prior_.at_p1 / lambda1_;
  for (int f = low; f <= high; ++f, a *= at_p0_.odds, r *= at_p1_.odds, b *= bad_.odds) {
    double cost = b + share0 * a + prior_.middle + share1 * r;
    if (f == 0) cost += prior_.one * one_.success[at(n)];
    double& value = go_on_[at(f - low)];
    value += step * cost;
    const bool refuses = r <= a && r <= value, accepts = !refuses && a <= value;
    if (refuses) {
      value = r;
      refuse = std::min(refuse, f);
      continue;
    }
    if (accepts) value = a;
    if (accepts && accept == f - 1) accept = f;
    refuse = high + 1;  // everything from the boundary up must refuse
  }
  std::swap(value_, go_on_);
  value_first_ = low;
}

StopTable Induction::table(double lambda0, double lambda1) {
  lambda0_ = lambda0;
  lambda1_ = lambda1;
  std::vector<int> accepts(looks_.size()), refuses(looks_.size());
  int accept = last_accept(), refuse = accept + 1;
  accepts.back() = accept;
  refuses.back() = refuse;
  for (std::size_t j = looks_.size() - 1; j-- > 0;) {
    row(looks_[j], looks_[j + 1], accept, refuse);
    // Moving a boundary down takes acceptances away only, so α stays; β is enumerated afterwards.
    accepts[j] = std::min(accept, accepts[j + 1]);
    refuses[j] = std::min(refuse, refuses[j + 1]);
  }
  return expand(std::move(accepts), std::move(refuses));
}

StopTable Induction::expand(std::vector<int> accept, std::vector<int> refuse) const {
  std::size_t end = 0;
  while (end + 1 < looks_.size() && accept[end] + 1 < refuse[end]) ++end;
  StopTable table;
  table.n_max = looks_[end];
  table.accept.assign(at(table.n_max + 1), -1);
  table.refuse.assign(at(table.n_max + 1), 1);
  std::size_t next = 0;
  int look = 0, look_accept = -1, look_refuse = 1;
  for (int n = 1; n <= table.n_max; ++n) {
    if (n == looks_[next]) {
      look = n;
      look_accept = accept[next];
      look_refuse = refuse[next];
      ++next;
    }
    table.accept[at(n)] = look_accept;
    table.refuse[at(n)] = look_refuse + (n - look);
  }
  return table;
}

Induction::Risks Induction::risks(const StopTable& table) {
  Risks risks;
  const double p = middle_, q = 1 - middle_;
  int first = 0, last = 0;
  mass_[0] = 1;
  const auto stop = [&](int n, int f, bool accepted) {
    const double mass = mass_[at(f)], at_p0 = at_p0_(n, f), at_p1 = at_p1_(n, f);
    (accepted ? risks.alpha : risks.beta) += mass * (accepted ? at_p0 : at_p1);
    double weight = prior_.bad * bad_(n, f) + prior_.at_p0 * at_p0 + prior_.middle + prior_.at_p1 * at_p1;
    if (f == 0) weight += prior_.one * one_.success[at(n)];
    risks.cost += n * mass * weight;
  };
  for (int n = 1; n <= table.n_max && first <= last; ++n) {
    double* mass = mass_.data();
    mass[last + 1] = mass[last] * q;
    for (int f = last; f > first; --f) mass[f] = mass[f] * p + mass[f - 1] * q;
    mass[first] *= p;
    ++last;
    for (const int accept = table.accept[at(n)]; first <= last && first <= accept; ++first) stop(n, first, true);
    for (const int refuse = table.refuse[at(n)]; last >= first && last >= refuse; --last) stop(n, last, false);
  }
  return risks;
}

}  // namespace assay::metrics
