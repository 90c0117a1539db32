#include "metrics/statistics/operating.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>
#include <string>

#include "metrics/input.h"
#include "metrics/sequential.h"

namespace assay::metrics {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

OperatingPoint point(const SequentialDesign& design, double p) {
  const auto c = characteristics(design.table, p);
  const double share = design.fixed_n > 0 ? c.expected_n / design.fixed_n : 0;
  return {p, c.accept, c.refuse, c.expected_n, share};
}

/// A stretch of θ with asin √P at both ends; no P inside exceeds sin² top.
struct Stretch {
  double low, high, angle_low, angle_high, top;
  friend bool operator<(const Stretch& a, const Stretch& b) { return a.top < b.top; }
};

class Bounding {
 public:
  Bounding(const StopTable& table, double p0) : table_(table), p0_(p0), slope_(std::sqrt(table.n_max)) {}

  SizeBound run(double slack, int most_points) {
    const double end = std::asin(std::sqrt(p0_));
    result_.at_limit = chance(p0_);
    const double first = angle(0);
    add(0, end, first, arc(result_.at_limit));
    while (result_.grid_points < most_points && open_.top().top > arc(result_.largest + slack)) {
      const auto worst = open_.top();
      open_.pop();
      const double middle = (worst.low + worst.high) / 2;
      const double here = angle(middle);
      add(worst.low, middle, worst.angle_low, here);
      add(middle, worst.high, here, worst.angle_high);
    }
    const double s = std::sin(open_.top().top);
    result_.bound = std::max(result_.largest, s * s);
    return result_;
  }

 private:
  static double arc(double chance) { return std::asin(std::sqrt(std::clamp(chance, 0.0, 1.0))); }

  double chance(double p) {
    ++result_.grid_points;
    const double accept = characteristics(table_, p).accept;
    result_.largest = std::max(result_.largest, accept);
    return accept;
  }

  double angle(double theta) {
    const double s = std::sin(theta);
    return arc(chance(std::min(s * s, p0_)));
  }

  void add(double low, double high, double angle_low, double angle_high) {
    const double top = (angle_low + angle_high + slope_ * (high - low)) / 2;
    open_.push({low, high, angle_low, angle_high, std::min(top, std::numbers::pi / 2)});
  }

  const StopTable& table_;
  double p0_, slope_;
  SizeBound result_;
  std::priority_queue<Stretch> open_;
};

}  // namespace

Result<void> check_table(const StopTable& table) {
  const auto bad = [](std::string found) {
    return bad_input(1036, {"this is not a stop table that ends every walk", "停止表无效：未能使每次试验序列终止"},
                     std::move(found));
  };
  const auto size = at(table.n_max + 1);
  if (table.n_max < 1 || table.accept.size() != size || table.refuse.size() != size)
    return bad("n_max " + std::to_string(table.n_max) + ", " + std::to_string(table.accept.size()) + " and " +
               std::to_string(table.refuse.size()) + " entries");
  for (int n = 1; n <= table.n_max; ++n)
    if (table.accept[at(n)] >= table.refuse[at(n)] || table.accept[at(n)] < -1)
      return bad("accept " + std::to_string(table.accept[at(n)]) + ", refuse " + std::to_string(table.refuse[at(n)]) +
                 " at n = " + std::to_string(n));
  if (table.accept.back() + 1 != table.refuse.back()) return bad("walks go on at n_max");
  return {};
}

Result<SizeBound> size_bound(const StopTable& table, double p0, double slack, int most_points) {
  ASSAY_RETURN_IF_ERROR(check_table(table));
  ASSAY_RETURN_IF_ERROR(check_probability("p0", p0));
  ASSAY_RETURN_IF_ERROR(check_positive("slack", slack));
  return Bounding(table, p0).run(slack, most_points);
}

Result<OperatingCharacteristics> operating_characteristics(const SequentialDesign& design, std::span<const double> p) {
  ASSAY_RETURN_IF_ERROR(check_probability("p0", design.p0));
  ASSAY_RETURN_IF_ERROR(check_probability("p1", design.p1));
  for (const double value : p) ASSAY_RETURN_IF_ERROR(check_probability("p", value));
  // Half of what α leaves free, so that the bound itself stays below α where it can.
  const double free = design.alpha > 0 ? (design.alpha - design.exact_alpha) / 2 : 0;
  ASSAY_TRY(const auto size, size_bound(design.table, design.p0, std::clamp(free, 1e-7, 1e-5)));
  OperatingCharacteristics oc;
  oc.p0 = design.p0;
  oc.p1 = design.p1;
  oc.alpha = design.alpha;
  oc.beta = design.beta;
  oc.fixed_n = design.fixed_n;
  oc.n_max = design.table.n_max;
  oc.least_n = design.least_n;
  oc.size = size;
  oc.at_p0 = point(design, design.p0);
  oc.midway = point(design, (design.p0 + design.p1) / 2);
  oc.at_p1 = point(design, design.p1);
  oc.at_one = point(design, 1);
  oc.exact_alpha = oc.at_p0.accept;
  oc.exact_beta = oc.at_p1.refuse;
  constexpr int kGrid = 100;
  if (p.empty())
    for (int i = 0; i <= kGrid; ++i) oc.points.push_back(point(design, static_cast<double>(i) / kGrid));
  for (const double value : p) oc.points.push_back(point(design, value));
  return oc;
}

}  // namespace assay::metrics
