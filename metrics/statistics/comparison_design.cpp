#include "metrics/statistics/comparison_design.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "metrics/input.h"
#include "metrics/statistics/comparison_induction.h"

namespace assay::metrics {
namespace {

int coins_of(const ComparisonDesignInput& input) {
  return input.pairing == Pairing::paired ? input.n_max : 2 * input.n_max;
}

/// Points of the null at which size is priced, denser towards both ends; half a standard deviation of asin √(heads /
/// coins) apart, so that little rises between them. Only + − × ÷, unlike an even grid in asin √u.
std::vector<double> price_nodes(int coins) {
  const int count = 5 * static_cast<int>(std::sqrt(coins)) + 5;
  std::vector<double> nodes;
  for (int k = 1; k <= count; ++k) {
    const double up = k, down = count + 1 - k;
    nodes.push_back(up * up / (up * up + down * down));
  }
  return nodes;
}

/// What the proof of size adds to the largest value on its grid (comparison_size.h), to first order.
double proof_gap(double alpha) { return std::sqrt(alpha * (1 - alpha)) * std::numbers::pi / 12000; }

constexpr int kFillPairsMax = 60;

class Search {
 public:
  Search(const ComparisonDesignInput& input, const DesignProgress& progress)
      : input_(input),
        progress_(progress),
        nodes_(price_nodes(coins_of(input))),
        induction_(input, nodes_),
        target_(input.alpha - 2 * proof_gap(input.alpha)),
        prices_(nodes_.size(), kFirstPrice * input.kappa / static_cast<double>(nodes_.size())),
        sizes_(nodes_.size()),
        rounds_(std::clamp(8000 / input.n_max, 40, 400)) {}

  Result<ComparisonDesign> run() {
    for (int i = 0; i < kApproach && !cancelled_; ++i) {
      (void)feasible();
      adjust(i < kApproach / 2 ? 0 : 1);
      report(0.2 * i / kApproach);
    }
    for (int round = 0; round < rounds_ && !cancelled_; ++round) {
      if (round % (rounds_ / 4) == rounds_ / 4 - 1) raise_ *= 0.5;
      repair();
      // Let go again, gently: what was raised too far comes down, and the next repair meets another table.
      for (int i = 0; i < kRelax; ++i) {
        adjust(3);
        if (i + 1 < kRelax) (void)feasible();
      }
      report(0.2 + 0.8 * (round + 1) / rounds_);
    }
    if (cancelled_)
      return bad_input(1050, {"the design of a comparison was cancelled", "比较试验的设计已取消"}, "cancelled");
    if (input_.n_max <= kFillPairsMax) fill();
    if (best_.proof.intervals_n == 0 || best_.proof.largest == 0)
      return bad_input(1037, {"no comparison table was found whose size is proved", "未找到检验水平得到证明的判定表"},
                       fmt_input());
    best_.input = input_;
    return best_;
  }

 private:
  static constexpr double kFirstPrice = 20;
  static constexpr int kApproach = 40, kRepairs = 200, kRelax = 3, kCoarse = 1000;

  [[nodiscard]] std::string fmt_input() const {
    return "n_max " + std::to_string(input_.n_max) + ", alpha " + std::to_string(input_.alpha);
  }

  void report(double done) { cancelled_ = cancelled_ || (progress_ && !progress_(done)); }

  /// The table at these prices: sizes at the nodes, and whether none is above the target. Such a table is a candidate.
  bool feasible() {
    auto table = induction_.table(prices_);
    const auto curve = NullCurve::make(table);
    ASSAY_CHECK(curve.ok());
    for (std::size_t k = 0; k < nodes_.size(); ++k) sizes_[k] = (*curve)(nodes_[k]);
    if (*std::max_element(sizes_.begin(), sizes_.end()) > target_) return false;
    if (within(*curve)) consider(std::move(table));
    return true;
  }

  /// Whether nothing at the nodes or between them is above what the proof can carry.
  [[nodiscard]] bool within(const NullCurve& curve) const {
    const double most = input_.alpha - 1.2 * proof_gap(input_.alpha);
    for (int i = 1; i < kCoarse; ++i) {
      const double up = i, down = kCoarse - i;
      if (curve(up * up / (up * up + down * down)) > most) return false;
    }
    return true;
  }

  void consider(ComparisonTable table) {
    const double risk = induction_.risk(table);
    if (best_.proof.intervals_n > 0 && risk >= best_.risk_n) return;
    const auto proof = prove_size(table, proof_intervals_n(table));
    if (!proof || proof->bound > input_.alpha) return;
    best_.table = std::move(table);
    best_.proof = *proof;
    best_.risk_n = risk;
  }

  /// Each price times (size / target)^(1 / 2^halvings), within reason.
  void adjust(int halvings) {
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      double factor = std::clamp(sizes_[k] / target_, 1.0 / 64, 64.0);
      for (int i = 0; i < halvings; ++i) factor = std::sqrt(factor);
      prices_[k] = std::max(prices_[k] * factor, 1e-30);
    }
  }

  /// Size is a step function of the prices: raise only those that are too low until all are enough.
  void repair() {
    for (int i = 0; i < kRepairs && !feasible(); ++i)
      for (std::size_t k = 0; k < nodes_.size(); ++k)
        if (sizes_[k] > target_) prices_[k] *= 1 + raise_;
  }

  /// In short comparisons no price spends all of α: declare in one further state at a time, the one that lowers the
  /// risk most, while the size allows it.
  void fill() {
    for (bool better = true; better && best_.proof.intervals_n > 0 && !cancelled_;) {
      const auto start = best_.table;
      const double risk = best_.risk_n;
      for (int t = 1; t <= input_.n_max && !cancelled_; ++t, report(1))
        for (int a = 0; a < t; ++a) {
          auto table = start;
          if (!declare_more(table, t, a)) continue;
          if (induction_.risk(table) >= best_.risk_n) continue;
          const auto curve = NullCurve::make(table);
          if (curve && within(*curve)) consider(std::move(table));
        }
      better = best_.risk_n < risk;
    }
  }

  /// Lowers b_min by one if the table stays monotone (and no tie takes a verdict away) and the state exists.
  [[nodiscard]] bool declare_more(ComparisonTable& table, int t, int a) const {
    const bool paired = table.pairing == Pairing::paired;
    const auto row = static_cast<std::size_t>(t - 1), column = static_cast<std::size_t>(a);
    int& least = table.b_min[row][column];
    const int next = std::min(least - 1, paired ? t - a : t);
    if (next <= a || (a > 0 && next < table.b_min[row][column - 1])) return false;
    if (paired && t < table.n_max && next < table.b_min[row + 1][column]) return false;
    least = next;
    return true;
  }

  ComparisonDesignInput input_;
  const DesignProgress& progress_;
  std::vector<double> nodes_;
  ComparisonInduction induction_;
  double target_;
  std::vector<double> prices_, sizes_;
  int rounds_;
  double raise_ = 0.02;
  bool cancelled_ = false;
  ComparisonDesign best_;
};

}  // namespace

Result<void> check_design_input(const ComparisonDesignInput& input) {
  if (input.n_max < 4 || input.n_max > kComparisonPairsMax)
    return bad_input(1036,
                     {"n_max of a comparison must lie between 4 and 500", "比较试验的 n_max 必须在 4 与 500 之间"},
                     std::to_string(input.n_max));
  ASSAY_RETURN_IF_ERROR(check_open_probability("alpha", input.alpha));
  if (input.alpha < 0.001 || input.alpha > 0.25)
    return bad_input(1031, {"alpha must lie between 0.001 and 0.25", "alpha 必须在 0.001 与 0.25 之间"},
                     std::to_string(input.alpha));
  ASSAY_RETURN_IF_ERROR(check_at_least("kappa", input.kappa, 1));
  return check_at_least("1e6 - kappa", 1e6 - input.kappa, 0);
}

Result<ComparisonDesign> design_comparison(const ComparisonDesignInput& input, const DesignProgress& progress) {
  ASSAY_RETURN_IF_ERROR(check_design_input(input));
  return Search(input, progress).run();
}

double design_time_s(const ComparisonDesignInput& input) {
  const double size = input.n_max / 200.0;
  const bool paired = input.pairing == Pairing::paired;
  const double fill = input.n_max <= kFillPairsMax ? (paired ? 0.5 : 1.2) * std::pow(input.n_max / 30.0, 3.5) : 0;
  return 0.4 + fill + (paired ? 1.5 : 4) * size * size * size;
}

}  // namespace assay::metrics
