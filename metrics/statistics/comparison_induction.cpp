#include "metrics/statistics/comparison_induction.h"

#include <algorithm>

namespace assay::metrics {
namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

std::vector<double> powers(double base, int last) {
  std::vector<double> out(index(last + 1), 1.0);
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * base;
  return out;
}

}  // namespace

ComparisonInduction::ComparisonInduction(const ComparisonDesignInput& input, std::vector<double> nodes)
    : paired_(input.pairing == Pairing::paired),
      n_max_(input.n_max),
      kappa_(input.kappa),
      width_(index(input.n_max + 2)),
      nodes_(std::move(nodes)),
      choose_(width_ * width_, 0.0),
      price_(index(2 * n_max_ + 1)),
      value_(width_ * width_, 0.0) {
  for (const double u : nodes_) {
    heads_.push_back(powers(u, coins(n_max_)));
    tails_.push_back(powers(1 - u, coins(n_max_)));
  }
  for (std::size_t n = 0; n < width_; ++n) {
    choose_[n * width_] = 1;
    for (std::size_t k = 1; k <= n; ++k)
      choose_[n * width_ + k] = choose_[(n - 1) * width_ + k - 1] + choose_[(n - 1) * width_ + k];
  }
}

/// Σ ν_k L_null(u_k) depends on (a, b) through s = a + b alone. 1 / L_prior is (t+1)² C(t, a) C(t, b), or, of pairs,
/// (t+1)(t+2)/2 · C(t, s) C(s, a); each outcome that speaks is A's or B's with chance ½.
void ComparisonInduction::price_level(int t, const std::vector<double>& prices) {
  const int m = coins(t);
  std::fill(price_.begin(), price_.begin() + m + 1, 0.0);
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    if (prices[k] <= 0) continue;
    const double* up = heads_[k].data();
    const double* down = tails_[k].data() + m;
    for (int s = 0; s <= m; ++s) price_[index(s)] += prices[k] * (up[s] * down[-s]);
  }
  double factor = paired_ ? (t + 1.0) * (t + 2.0) / 2 : (t + 1.0) * (t + 1.0);
  for (int s = 0; s <= m; ++s) {
    price_[index(s)] *= paired_ ? factor * choose(t, s) : factor;
    if (paired_) factor /= 2;
  }
}

double ComparisonInduction::stop_cost(int t, int a, int b) const {
  if (paired_) return price_[index(a + b)] * choose(a + b, a);
  return price_[index(a + b)] * (choose(t, a) * choose(t, b));
}

void ComparisonInduction::last_level(std::vector<int>& b_min) {
  for (int a = 0; a <= n_max_; ++a) {
    int first = a + 1;
    for (int b = a; b <= b_last(n_max_, a); ++b) {
      const double cost = b > a ? stop_cost(n_max_, a, b) : kappa_;
      if (cost >= kappa_) first = b + 1;
      value_[at(a, b)] = std::min(cost, kappa_);
    }
    b_min[index(a)] = first;
  }
}

double ComparisonInduction::going_on(int t, int a, int b) const {
  // V is symmetric: the state below the diagonal is the mirror image.
  const double value_a = b == a ? value_[at(a, a + 1)] : value_[at(a + 1, b)];
  if (paired_) {
    const double share_a = a + 1.0, share_b = b + 1.0, share_none = t - a - b + 1.0;
    return 1 + (share_none * value_[at(a, b)] + share_a * value_a + share_b * value_[at(a, b + 1)]) / (t + 3.0);
  }
  const double a_passes = (a + 1.0) / (t + 2.0), b_passes = (b + 1.0) / (t + 2.0);
  return 1 + (1 - a_passes) * ((1 - b_passes) * value_[at(a, b)] + b_passes * value_[at(a, b + 1)]) +
         a_passes * ((1 - b_passes) * value_a + b_passes * value_[at(a + 1, b + 1)]);
}

/// In place: (a, b) needs (a, b), (a+1, b), (a, b+1), (a+1, b+1) of the level above. Where all of these stop, stopping
/// now is cheaper by the pair that is saved, because the price of stopping is a martingale under the predictive
/// distribution; so a row is looked at up to there, and one further for the rows of the level below.
void ComparisonInduction::level(int t, const std::vector<int>& next, std::vector<int>& b_min) {
  for (int a = 0; 2 * a <= (paired_ ? t : 2 * t); ++a) {
    const int last = b_last(t, a);
    const int all_stop = next[index(std::min(a + 1, t + 1))];
    const int stored = std::min(last, next[index(std::min(a + 2, t + 1))] + 1);
    int first = a + 1;
    for (int b = a; b <= stored; ++b) {
      double cost = b > a ? stop_cost(t, a, b) : 0;
      if (b == a || b < all_stop) {
        const double further = going_on(t, a, b);
        if (b == a || further < cost) {
          first = b + 1;
          cost = further;
        }
      }
      value_[at(a, b)] = cost;
    }
    b_min[index(a)] = first;
  }
  for (int a = (paired_ ? t / 2 : t) + 1; a <= t; ++a) b_min[index(a)] = t + 1;
}

/// A verdict that further ties would have lost is not given in the first place: easier to explain, and hardly dearer.
void ComparisonInduction::ties_take_nothing_away(ComparisonTable& table) {
  for (int t = table.n_max - 1; t >= 1; --t)
    for (int a = 0; a <= t; ++a) {
      auto& b = table.b_min[index(t - 1)][index(a)];
      b = std::max(b, table.b_min[index(t)][index(a)]);
      if (b > t - a) b = t + 1;
    }
}

ComparisonTable ComparisonInduction::table(const std::vector<double>& prices) {
  ComparisonTable table{paired_ ? Pairing::paired : Pairing::unpaired, n_max_, {}};
  table.b_min.resize(index(n_max_));
  std::vector<int> next;
  for (int t = n_max_; t >= 1; --t) {
    auto& b_min = table.b_min[index(t - 1)];
    b_min.assign(index(t + 1), t + 1);
    price_level(t, prices);
    if (t == n_max_)
      last_level(b_min);
    else
      level(t, next, b_min);
    for (int a = 0; a <= t; ++a) {
      auto& b = b_min[index(a)];
      if (a > 0) b = std::max(b, b_min[index(a - 1)]);
      if (b > b_last(t, a)) b = t + 1;
    }
    next = b_min;
  }
  if (paired_) ties_take_nothing_away(table);
  return table;
}

double ComparisonInduction::risk(const ComparisonTable& table) const {
  // Under the prior the walk is an urn: the chance of the next outcome depends on those so far.
  std::vector<double> mass(width_ * width_, 0.0), after(width_ * width_);
  mass[0] = 1;
  double pairs_n = 0, undecided = 1;
  for (int t = 0; t < n_max_; ++t) {
    pairs_n += undecided;
    std::fill(after.begin(), after.end(), 0.0);
    for (int a = 0; a <= t; ++a)
      for (int b = 0; b <= b_last(t, a); ++b) {
        const double m = mass[at(a, b)];
        if (m == 0) continue;
        if (paired_) {
          after[at(a, b)] += m * (t - a - b + 1.0) / (t + 3.0);
          after[at(a + 1, b)] += m * (a + 1.0) / (t + 3.0);
          after[at(a, b + 1)] += m * (b + 1.0) / (t + 3.0);
        } else {
          const double pa = (a + 1.0) / (t + 2.0), pb = (b + 1.0) / (t + 2.0);
          after[at(a, b)] += m * (1 - pa) * (1 - pb);
          after[at(a + 1, b)] += m * pa * (1 - pb);
          after[at(a, b + 1)] += m * (1 - pa) * pb;
          after[at(a + 1, b + 1)] += m * pa * pb;
        }
      }
    undecided = 0;
    const auto& row = table.b_min[index(t)];
    for (int a = 0; a <= t + 1; ++a)
      for (int b = 0; b <= b_last(t + 1, a); ++b) {
        double& m = after[at(a, b)];
        if (b >= row[index(a)] || a >= row[index(b)]) m = 0;
        undecided += m;
      }
    mass.swap(after);
  }
  return pairs_n + kappa_ * undecided;
}

}  // namespace assay::metrics
