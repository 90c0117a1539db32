#include "metrics/statistics/comparison_size.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "metrics/input.h"
#include "metrics/statistics/comparison_walk.h"

namespace assay::metrics {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

double power(double base, int exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 != 0) result *= base;
    base *= base;
  }
  return result;
}

/// Sums of positive terms over at most 1000 coins stay well within this.
constexpr double kRounding = 1e-11;

}  // namespace

Result<NullCurve> NullCurve::make(const ComparisonTable& table) {
  ASSAY_RETURN_IF_ERROR(check_table(table));
  const bool paired = table.pairing == Pairing::paired;
  NullCurve curve;
  curve.coins_ = paired ? table.n_max : 2 * table.n_max;
  // Run at u = ½. What has been declared goes on collecting heads, so that all ends have the same number of coins.
  const StepKernel fair = paired ? StepKernel{.5, .25, .25, 0} : StepKernel{.25, .25, .25, .25};
  const double one = fair.a + fair.b;
  auto& heads = curve.weight_;
  heads.assign(at(curve.coins_ + 1), 0.0);
  ComparisonWalk walk(table, fair);
  for (int t = 1; t <= table.n_max; ++t) {
    for (int s = std::min(paired ? t : 2 * t, curve.coins_); s >= 0; --s)
      heads[at(s)] =
          fair.none * heads[at(s)] + (s > 0 ? one * heads[at(s - 1)] : 0) + (s > 1 ? fair.both * heads[at(s - 2)] : 0);
    if (!walk.running()) continue;
    walk.advance([&](int a, int b, double mass, ComparisonVerdict verdict) {
      if (verdict == ComparisonVerdict::b_better) heads[at(a + b)] += mass;
    });
  }
  for (auto& mass : heads) mass = std::ldexp(mass, curve.coins_);
  return curve;
}

double NullCurve::operator()(double u) const {
  const bool swapped = u > 0.5;  // keep the ratio at most 1
  const double q = swapped ? u : 1 - u, ratio = (1 - q) / q;
  double sum = 0;
  if (swapped)
    for (const double weight : weight_) sum = sum * ratio + weight;
  else
    for (std::size_t s = weight_.size(); s-- > 0;) sum = sum * ratio + weight_[s];
  return sum * power(q, coins_);
}

int proof_intervals_n(const ComparisonTable& table) {
  const int coins = table.pairing == Pairing::paired ? table.n_max : 2 * table.n_max;
  return 6000 * static_cast<int>(std::ceil(std::sqrt(coins)));
}

Result<SizeProof> prove_size(const ComparisonTable& table, int intervals_n) {
  ASSAY_RETURN_IF_ERROR(check_monotone(table));
  ASSAY_RETURN_IF_ERROR(check_at_least("intervals_n", intervals_n, 1));
  ASSAY_TRY(const auto curve, NullCurve::make(table));
  SizeProof proof;
  proof.intervals_n = intervals_n;
  const double step = std::numbers::pi / 2 / intervals_n, climb = std::sqrt(curve.coins()) * step;
  double before = 0, angle_bound = 0;
  for (int i = 0; i <= intervals_n; ++i) {
    const double root = std::sin(i * step), u = root * root;
    const double size = std::min(curve(u), 1.0), angle = std::asin(std::sqrt(size));
    if (i > 0) angle_bound = std::max(angle_bound, (before + angle + climb) / 2);
    before = angle;
    if (size <= proof.largest) continue;
    proof.largest = size;
    proof.largest_at_u = u;
  }
  const double sine = std::sin(std::min(angle_bound, std::numbers::pi / 2));
  proof.bound = std::min(sine * sine + kRounding, 1.0);
  return proof;
}

}  // namespace assay::metrics
