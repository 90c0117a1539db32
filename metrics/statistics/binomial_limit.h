// The inner loop of Clopper–Pearson limits: four limits at a time. Not for other rooms.
#pragma once

#include <array>
#include <cstddef>

namespace assay::metrics {

constexpr std::size_t kLimitLanes = 4;

/// Solves I_p(a, b) = tail, the regularised incomplete beta function, in every lane.
class BinomialLimit {
 public:
  /// What one call takes; beyond it the caller asks Boost.Math. a and b are whole numbers.
  static constexpr double kMostTrials = 30'000;
  static constexpr std::size_t kMostTerms = 80;
  static constexpr double kLeastTail = 1e-6, kMostTail = 0.2;

  struct Lanes {
    std::array<double, kLimitLanes> a{}, b{};  ///< in: ≥ 1, a + b ≤ kMostTrials + 1
    std::array<double, kLimitLanes> p{}, q{};  ///< out: p and 1 − p, each to a few units of its last place
  };

  /// kLeastTail ≤ tail ≤ kMostTail.
  explicit BinomialLimit(double tail);
  /// Terms of the continued fraction that a problem needs, 3 … kMostTerms.
  [[nodiscard]] int terms(double a, double b) const;
  /// With the same number of terms for all: what comes out of a lane depends on its own a, b and on `terms` alone.
  /// false if a lane did not settle (then ask Boost.Math).
  [[nodiscard]] bool solve(Lanes& lanes, int terms) const { return solve(lanes, terms, has_wide_registers()); }
  /// With registers of four numbers (AVX2), where the processor has them, or of two: the same bits.
  [[nodiscard]] bool solve(Lanes& lanes, int terms, bool wide) const;
  [[nodiscard]] static bool has_wide_registers();

 private:
  double tail_, z_, lambda_;
  std::array<int, 8 * 16> terms_{};  ///< by octave and eighth of ab/(a + b)
};

}  // namespace assay::metrics
