#include "metrics/statistics/uncertainty.h"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <utility>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"

namespace assay::metrics {

namespace {

Result<void> check(std::span<const double> u, std::span<const double> sensitivity, std::span<const double> dof,
                   double confidence) {
  ASSAY_RETURN_IF_ERROR(check_size("u", u.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_same_length("u", u.size(), "sensitivity", sensitivity.size()));
  ASSAY_RETURN_IF_ERROR(check_same_length("u", u.size(), "dof", dof.size()));
  ASSAY_RETURN_IF_ERROR(check_finite("sensitivity", sensitivity));
  for (const double one : u) ASSAY_RETURN_IF_ERROR(check_at_least("u", one, 0));
  for (const double one : dof)
    if (!(one == kInfiniteDof)) ASSAY_RETURN_IF_ERROR(check_positive("dof", one));
  return check_open_probability("confidence", confidence);
}

/// k and U from variance and effective degrees of freedom.
Expanded expand(double variance, std::optional<double> nu_eff, double confidence) {
  Expanded out{std::sqrt(variance), nu_eff, std::nullopt, std::nullopt};
  if (!nu_eff) return out;
  const double whole = std::floor(*nu_eff * (1 + 1e-12));
  if (whole < 1) return out;
  out.k = -laws::student_quantile((1 - confidence) / 2, whole);
  out.U = *out.k * out.u_c;
  return out;
}

Result<void> check_correlation(std::span<const double> r, Eigen::Index n) {
  ASSAY_RETURN_IF_ERROR(check_same_length("correlation", r.size(), "n²", static_cast<std::size_t>(n * n)));
  ASSAY_RETURN_IF_ERROR(check_finite("correlation", r));
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Matrix> matrix(r.data(), n, n);
  const bool unit = ((matrix.diagonal().array() - 1).abs() <= 1e-12).all();
  const bool symmetric = ((matrix - matrix.transpose()).array().abs() <= 1e-12).all();
  if (!unit || !symmetric || !(matrix.array().abs() <= 1 + 1e-12).all())
    return bad_input(1036,
                     {"correlations must be symmetric, within ±1, and 1 on the diagonal",
                      "相关系数矩阵必须对称、元素在 ±1 之内且对角线为 1"},
                     "a matrix that is not");
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix, Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success || solver.eigenvalues().minCoeff() < -1e-10 * static_cast<double>(n))
    return bad_input(1036, {"these correlations cannot hold together", "这些相关系数不能同时成立"},
                     "a matrix that is not positive semidefinite");
  return {};
}

}  // namespace

Result<Expanded> expanded_uncertainty(std::span<const double> u, std::span<const double> sensitivity,
                                      std::span<const double> dof, double confidence) {
  ASSAY_RETURN_IF_ERROR(check(u, sensitivity, dof, confidence));
  double variance = 0;
  for (std::size_t i = 0; i < u.size(); ++i) variance += (sensitivity[i] * u[i]) * (sensitivity[i] * u[i]);
  if (variance == 0) return expand(0, std::nullopt, confidence);
  double loss = 0;  // in shares of the variance, so that no fourth power over- or underflows
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double share = (sensitivity[i] * u[i]) * (sensitivity[i] * u[i]) / variance;
    if (dof[i] != kInfiniteDof) loss += share * share / dof[i];
  }
  ASSAY_RETURN_IF_ERROR(check_finite("the combined variance", variance));
  return expand(variance, loss > 0 ? 1 / loss : kInfiniteDof, confidence);
}

Result<Expanded> correlated_uncertainty(std::span<const double> u, std::span<const double> sensitivity,
                                        std::span<const double> correlation, std::span<const double> dof,
                                        double confidence) {
  ASSAY_RETURN_IF_ERROR(check(u, sensitivity, dof, confidence));
  if (u.size() > 1'000)
    return bad_input(1039, {"too many correlated inputs", "相关输入量过多"}, std::to_string(u.size()));
  ASSAY_RETURN_IF_ERROR(check_correlation(correlation, static_cast<Eigen::Index>(u.size())));
  const std::size_t n = u.size();
  double variance = 0;
  bool independent = true, certain = true;
  for (std::size_t i = 0; i < n; ++i) {
    certain = certain && dof[i] == kInfiniteDof;
    for (std::size_t j = 0; j < n; ++j) {
      variance += sensitivity[i] * u[i] * sensitivity[j] * u[j] * correlation[i * n + j];
      independent = independent && (i == j || correlation[i * n + j] == 0);
    }
  }
  if (independent) return expanded_uncertainty(u, sensitivity, dof, confidence);
  // Full correlation can cancel to a rounding error below 0.
  variance = std::max(0.0, variance);
  const bool defined = certain && variance > 0;
  return expand(variance, defined ? std::optional(kInfiniteDof) : std::nullopt, confidence);
}

Result<double> standard_uncertainty(Spread spread, double half_width) {
  ASSAY_RETURN_IF_ERROR(check_positive("half_width", half_width));
  if (spread == Spread::rectangular) return half_width / std::sqrt(3.0);
  if (spread == Spread::triangular) return half_width / std::sqrt(6.0);
  if (spread == Spread::u_shaped) return half_width / std::sqrt(2.0);
  return bad_input(1038, {"a normal law has no bounds", "正态分布没有界限"}, "normal");
}

Result<UncertaintyBudget> make_budget(std::string result, std::string unit, double value, std::vector<BudgetRow> rows,
                                      double confidence) {
  ASSAY_RETURN_IF_ERROR(check_finite("value", value));
  std::vector<double> u, sensitivity, dof;
  for (const auto& row : rows) {
    ASSAY_RETURN_IF_ERROR(check_finite(row.quantity, row.value));
    u.push_back(row.u);
    sensitivity.push_back(row.sensitivity);
    dof.push_back(row.dof);
  }
  ASSAY_TRY(const auto expanded, expanded_uncertainty(u, sensitivity, dof, confidence));
  for (auto& row : rows) {
    row.contribution = std::abs(row.sensitivity) * row.u;
    const double part = expanded.u_c > 0 ? row.contribution / expanded.u_c : 0;
    row.share = part * part;
  }
  return UncertaintyBudget{std::move(result), std::move(unit), value, confidence, std::move(rows), expanded};
}

}  // namespace assay::metrics
