#include "metrics/statistics/interlaboratory.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "metrics/input.h"

namespace assay::metrics {
namespace {

constexpr double kFactor = 2.8;  // 1.96 √2, as ISO 5725 rounds it

struct Cell {
  double n = 0, mean = 0, variance = 0;
};

Cell cell_of(const std::vector<double>& values) {
  Cell cell;
  cell.n = static_cast<double>(values.size());
  for (const double x : values) cell.mean += x / cell.n;
  for (const double x : values) cell.variance += (x - cell.mean) * (x - cell.mean) / (cell.n - 1);
  return cell;
}

}  // namespace

Result<Interlaboratory> interlaboratory(const std::vector<std::vector<double>>& laboratories) {
  if (laboratories.size() < 2)
    return bad_input(1033, {"a study needs two laboratories or more", "实验室间研究至少需要两个实验室"},
                     std::to_string(laboratories.size()));
  std::vector<Cell> cells;
  for (const auto& values : laboratories) {
    if (values.size() < 2)
      return bad_input(1033, {"a laboratory needs two values or more", "每个实验室至少需要两个值"},
                       std::to_string(values.size()));
    for (const double x : values)
      if (!std::isfinite(x))
        return bad_input(1030, {"a value is not a finite number", "存在非有限数值"}, std::to_string(x));
    cells.push_back(cell_of(values));
  }
  const double p = static_cast<double>(cells.size());
  double n = 0, squares = 0, sum = 0, within = 0, variances = 0, largest = 0, means = 0;
  for (const Cell& c : cells) {
    n += c.n;
    squares += c.n * c.n;
    sum += c.n * c.mean;
    within += (c.n - 1) * c.variance;
    variances += c.variance;
    largest = std::max(largest, c.variance);
    means += c.mean / p;
  }
  Interlaboratory out;
  out.laboratories = static_cast<int>(cells.size());
  out.values = static_cast<int>(n);
  out.mean = sum / n;
  const double s_r2 = within / (n - p), size = (n - squares / n) / (p - 1);
  double between = 0, spread = 0;
  for (const Cell& c : cells) {
    between += c.n * (c.mean - out.mean) * (c.mean - out.mean) / (p - 1);
    spread += (c.mean - means) * (c.mean - means) / (p - 1);
  }
  const double s_l2 = std::max(0.0, (between - s_r2) / size);
  out.s_r = std::sqrt(s_r2);
  out.s_l = std::sqrt(s_l2);
  out.s_R = std::sqrt(s_r2 + s_l2);
  out.r = kFactor * out.s_r;
  out.R = kFactor * out.s_R;
  out.cochran = variances > 0 ? largest / variances : 0;
  for (const Cell& c : cells) {
    out.cell_mean.push_back(c.mean);
    out.cell_s.push_back(std::sqrt(c.variance));
    out.h.push_back(spread > 0 ? (c.mean - means) / std::sqrt(spread) : 0);
    out.k.push_back(variances > 0 ? std::sqrt(c.variance * p / variances) : 0);
  }
  return out;
}

}  // namespace assay::metrics
