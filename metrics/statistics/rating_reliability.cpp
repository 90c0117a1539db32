#include "metrics/statistics/rating_reliability.h"

#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

namespace {

Result<RatingReliability> mean_squares(std::span<const std::vector<double>> ratings) {
  const auto n = ratings.size(), k = ratings[0].size();
  std::vector<double> all, subject, rater;
  for (const auto& row : ratings) {
    all.insert(all.end(), row.begin(), row.end());
    subject.push_back(samples::mean(row));
  }
  for (std::size_t j = 0; j < k; ++j) {
    std::vector<double> column;
    for (const auto& row : ratings) column.push_back(row[j]);
    rater.push_back(samples::mean(column));
  }
  const double grand = samples::mean(all);
  double within = 0, residual = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      const double own = ratings[i][j] - subject[i], rest = own - (rater[j] - grand);
      within += own * own;
      residual += rest * rest;
    }
  }
  const double dn = static_cast<double>(n), dk = static_cast<double>(k);
  RatingReliability out;
  out.ms_subjects = dk * samples::variance(subject);
  out.ms_raters = dn * samples::variance(rater);
  out.ms_within = within / (dn * (dk - 1));
  out.ms_residual = residual / ((dn - 1) * (dk - 1));
  if (std::isfinite(out.ms_subjects + out.ms_raters + out.ms_within + out.ms_residual)) return out;
  return bad_input(1036, {"values too large: their squares overflow", "数值过大，其平方溢出"}, "");
}

std::optional<double> ratio(double numerator, double denominator, double scale) {
  if (!(std::abs(denominator) > 1e-14 * scale)) return std::nullopt;
  return numerator / denominator;
}

/// Limits of an ICC whose F = MSB/MSx has df1, df2 degrees of freedom.
std::array<double, 2> f_limits(double f, double df1, double df2, double k, double confidence) {
  const double tail = (1 - confidence) / 2;
  const double low = f / laws::fisher_quantile(1 - tail, df1, df2),
               high = f * laws::fisher_quantile(1 - tail, df2, df1);
  return {(low - 1) / (low + k - 1), (high - 1) / (high + k - 1)};
}

std::array<double, 2> agreement_limits(const RatingReliability& r, double n, double k, double confidence) {
  const double a = k * *r.icc2 / (n * (1 - *r.icc2)), b = 1 + k * *r.icc2 * (n - 1) / (n * (1 - *r.icc2));
  const double sum = a * r.ms_raters + b * r.ms_residual;
  const double df =
      sum * sum /
      (a * a * r.ms_raters * r.ms_raters / (k - 1) + b * b * r.ms_residual * r.ms_residual / ((n - 1) * (k - 1)));
  const double tail = (1 - confidence) / 2;
  const double lower_f = laws::fisher_quantile(1 - tail, n - 1, df),
               upper_f = laws::fisher_quantile(1 - tail, df, n - 1);
  const double noise = k * r.ms_raters + (k * n - k - n) * r.ms_residual;
  return {n * (r.ms_subjects - lower_f * r.ms_residual) / (lower_f * noise + n * r.ms_subjects),
          n * (upper_f * r.ms_subjects - r.ms_residual) / (noise + n * upper_f * r.ms_subjects)};
}

}  // namespace

Result<RatingReliability> rating_reliability(std::span<const std::vector<double>> ratings, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_size("subjects", ratings.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_size("raters", ratings[0].size(), 2));
  for (const auto& row : ratings) {
    ASSAY_RETURN_IF_ERROR(check_same_length("a row of ratings", row.size(), "the first row", ratings[0].size()));
    ASSAY_RETURN_IF_ERROR(check_finite("rating", row));
  }
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  ASSAY_TRY(auto r, mean_squares(ratings));
  const double n = static_cast<double>(ratings.size()), k = static_cast<double>(ratings[0].size());
  const double subjects = r.ms_subjects, residual = r.ms_residual, within = r.ms_within;
  const double raters = (r.ms_raters - residual) / n, scale = subjects + r.ms_raters + residual + within;
  r.icc1 = ratio(subjects - within, subjects + (k - 1) * within, scale);
  r.icc2 = ratio(subjects - residual, subjects + (k - 1) * residual + k * raters, scale);
  r.icc3 = ratio(subjects - residual, subjects + (k - 1) * residual, scale);
  r.icc1k = ratio(subjects - within, subjects, scale);
  r.icc2k = ratio(subjects - residual, subjects + raters, scale);
  r.icc3k = ratio(subjects - residual, subjects, scale);
  const double least = 1e-14 * scale;
  if (within > least) r.icc1_limits = f_limits(subjects / within, n - 1, n * (k - 1), k, confidence);
  if (residual > least) {
    r.icc3_limits = f_limits(subjects / residual, n - 1, (n - 1) * (k - 1), k, confidence);
    if (r.icc2 && *r.icc2 < 1) r.icc2_limits = agreement_limits(r, n, k, confidence);
  }
  return r;
}

}  // namespace assay::metrics
