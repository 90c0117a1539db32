// The lattice walk behind every exact property of a comparison table. Not for other rooms.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "metrics/statistics/comparison.h"

namespace assay::metrics {

/// Chances of one step of (a, b): (0,0), (+1,0), (0,+1), (+1,+1).
struct StepKernel {
  double none = 0, a = 0, b = 0, both = 0;
};
StepKernel step_kernel(Pairing pairing, const PairProbabilities& pair);

/// Probability mass of the walks that have not stopped, one pair of trials after the other. The table has passed
/// check_table and outlives the walk.
class ComparisonWalk {
 public:
  ComparisonWalk(const ComparisonTable& table, const StepKernel& kernel)
      : table_(table),
        kernel_(kernel),
        width_(static_cast<std::size_t>(table.n_max) + 2),
        mass_(width_ * width_, 0.0),
        low_(width_, 0),
        high_(width_, 0) {
    at(0, 0) = 1;
    high_[1] = 1;
  }

  [[nodiscard]] int t() const { return t_; }
  [[nodiscard]] bool running() const { return t_ < table_.n_max && going_on_ > 0; }
  [[nodiscard]] double going_on() const { return going_on_; }  ///< mass that has not stopped

  /// One more pair; stop(a, b, mass, verdict) for each state that stops with some mass.
  template <class Stop>
  void advance(Stop&& stop) {
    ++t_;
    going_on_ = 0;
    for (int a = t_; a >= 0; --a) {
      move(a);
      stop_row(a, stop);
    }
  }

  /// visit(a, b, mass) for each state that goes on.
  template <class Visit>
  void each(Visit&& visit) const {
    for (int a = 0; a <= t_; ++a)
      for (int b = low_[index(a)]; b < high_[index(a)]; ++b)
        if (const double mass = mass_[index(a) * width_ + index(b)]; mass > 0) visit(a, b, mass);
  }

 private:
  // Row and column 0 of the array stay empty, so that (a−1, b−1) can always be read.
  [[nodiscard]] static std::size_t index(int i) { return static_cast<std::size_t>(i + 1); }
  double& at(int a, int b) { return mass_[index(a) * width_ + index(b)]; }

  /// Row a from its own old cells and those of row a − 1, in place: callers go from the last row to the first.
  void move(int a) {
    int& low = low_[index(a)];
    int& high = high_[index(a)];
    const int low_below = low_[index(a) - 1], high_below = high_[index(a) - 1];
    if (low == high && low_below == high_below) return;
    if (low == high) {
      low = low_below;
      high = high_below;
    } else if (low_below < high_below) {
      low = std::min(low, low_below);
      high = std::max(high, high_below);
    }
    high = std::min(high + 1, table_.n_max + 1);
    double* row = &at(a, -1);
    const double* below = row - width_;
    for (int b = high - 1; b >= low; --b) {
      const auto i = index(b);
      row[i] = kernel_.none * row[i] + kernel_.b * row[i - 1] + kernel_.a * below[i] + kernel_.both * below[i - 1];
    }
  }

  template <class Stop>
  void stop_row(int a, Stop&& stop) {
    int& low = low_[index(a)];
    int& high = high_[index(a)];
    const int* b_min = table_.b_min[static_cast<std::size_t>(t_ - 1)].data();
    const int b_enough = b_min[a];
    for (int b = low; b < high; ++b) {
      double& cell = at(a, b);
      if (b >= b_enough) {
        if (cell > 0) stop(a, b, cell, ComparisonVerdict::b_better);
        cell = 0;
      } else if (table_.mirrored && a >= b_min[b]) {
        if (cell > 0) stop(a, b, cell, ComparisonVerdict::a_better);
        cell = 0;
      } else {
        going_on_ += cell;
      }
    }
    while (low < high && at(a, low) == 0) ++low;
    while (low < high && at(a, high - 1) == 0) --high;
  }

  const ComparisonTable& table_;
  StepKernel kernel_;
  std::size_t width_;
  std::vector<double> mass_;
  std::vector<int> low_, high_;  ///< per row: cells that may hold mass, [low, high)
  int t_ = 0;
  double going_on_ = 1;
};

}  // namespace assay::metrics
