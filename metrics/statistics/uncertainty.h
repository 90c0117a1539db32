// Measurement uncertainty by the law of propagation (GUM, JCGM 100:2008), and the budget that a report prints. Where
// the model is not near linear see monte_carlo.h. Pure.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

constexpr double kInfiniteDof = std::numeric_limits<double>::infinity();

/// Combined and expanded uncertainty, in the unit of the result.
struct Expanded {
  double u_c = 0;                ///< √Σ(c_i u_i)²
  std::optional<double> nu_eff;  ///< effective degrees of freedom, infinite where all are; undefined for u_c = 0
  std::optional<double> k;       ///< t quantile at ⌊nu_eff⌋; undefined below one degree of freedom
  std::optional<double> U;       ///< k·u_c
};

/// Inputs that do not depend on each other: nu_eff = u_c⁴ / Σ (c_i u_i)⁴/ν_i (Welch–Satterthwaite), k two-sided at
/// `confidence`. u [unit of each input], sensitivity c [unit of the result per unit of the input], dof > 0, may be
/// infinite. nu_eff within 1e-12 of a whole number counts as that number.
/// Errors: ASSAY-1033 no input, ASSAY-1034 lengths, ASSAY-1030, ASSAY-1032 u < 0 or dof ≤ 0, ASSAY-1031 confidence.
/// Source: JCGM 100:2008, 5.1.2, G.4.
Result<Expanded> expanded_uncertainty(std::span<const double> u, std::span<const double> sensitivity,
                                      std::span<const double> dof, double confidence);

/// Correlated inputs: u_c² = Σ_i Σ_j c_i c_j u_i u_j r_ij, r row by row (n², symmetric, 1 on the diagonal). nu_eff is
/// infinite if every dof is, or if no correlation differs from 0 as above; else undefined (Welch–Satterthwaite does not
/// hold), and with it k and U.
/// Errors: as above; ASSAY-1036 r not symmetric, |r_ij| > 1, diagonal not 1, or not positive semidefinite.
/// Source: JCGM 100:2008, 5.2.2.
Result<Expanded> correlated_uncertainty(std::span<const double> u, std::span<const double> sensitivity,
                                        std::span<const double> correlation, std::span<const double> dof,
                                        double confidence);

/// Standard uncertainty of what is known only by its bounds ± half_width (JCGM 100:2008, 4.3.7–4.3.9): rectangular
/// a/√3, triangular a/√6, u_shaped (arcsine) a/√2. Error: ASSAY-1032 half_width ≤ 0; `normal` is ASSAY-1038.
enum class Spread { normal, rectangular, triangular, u_shaped };
Result<double> standard_uncertainty(Spread spread, double half_width);

/// One line of a budget.
struct BudgetRow {
  std::string quantity;
  std::string unit;
  double value = 0;
  double u = 0;              ///< standard uncertainty [unit]
  std::string distribution;  ///< in words, for print: "normal", "rectangular"
  double sensitivity = 1;    ///< [unit of the result per unit]
  double dof = kInfiniteDof;
  double contribution = 0;  ///< |sensitivity|·u, filled in by make_budget
  double share = 0;         ///< contribution²/u_c², filled in; 0 for u_c = 0
};

struct UncertaintyBudget {
  std::string result;
  std::string unit;
  double value = 0;
  double confidence = 0;
  std::vector<BudgetRow> rows;
  Expanded expanded;
};
/// A budget of independent rows; `value` is the result's own estimate. Errors: those of expanded_uncertainty.
Result<UncertaintyBudget> make_budget(std::string result, std::string unit, double value, std::vector<BudgetRow> rows,
                                      double confidence);

}  // namespace assay::metrics
