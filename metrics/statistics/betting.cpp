#include "metrics/statistics/betting.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

Result<void> check_score(std::string_view name, double score) {
  ASSAY_RETURN_IF_ERROR(check_finite(name, score));
  if (score >= 0 && score <= 1) return {};
  const std::string text(name);
  return bad_input(1036, {text + " must be a score in [0, 1]", text + " 须为 [0, 1] 内的得分"}, std::to_string(score));
}

/// Of the largest bet that cannot ruin.
constexpr double kBoldest = 0.75;

}  // namespace

Result<double> paired_score(double a, double b) {
  ASSAY_RETURN_IF_ERROR(check_score("a", a));
  ASSAY_RETURN_IF_ERROR(check_score("b", b));
  return (1 + b - a) / 2;
}

double GrowthBet::next(double most) const {
  // Two scores half-way between mean0 and 1, with the spread of a fair coin there, until the data speak.
  constexpr double kStart = 2;
  const double hope = (1 + mean0_) / 2;
  const double mean = (kStart * hope + sum_) / (kStart + n_);
  const double second = (kStart * (hope * hope + hope * (1 - hope)) + square_) / (kStart + n_);
  const double gain = mean - mean0_;
  if (gain <= 0) return 0;
  return std::min(gain / (std::max(0.0, second - mean * mean) + gain * gain), most);
}

void GrowthBet::add(double score) {
  n_ += 1;
  sum_ += score;
  square_ += score * score;
}

Result<BoundedMeanTest> BoundedMeanTest::start(double mean0, double alpha) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("mean0", mean0));
  ASSAY_RETURN_IF_ERROR(check_open_probability("alpha", alpha));
  return BoundedMeanTest(mean0, alpha);
}

Result<void> BoundedMeanTest::add(double score) {
  ASSAY_RETURN_IF_ERROR(check_score("score", score));
  log_e_ += std::log1p(bet_.next(kBoldest / mean0_) * (score - mean0_));
  log_e_max_ = std::max(log_e_max_, log_e_);
  bet_.add(score);
  ++n_;
  return {};
}

bool BoundedMeanTest::shown() const { return log_e_max_ >= -std::log(alpha_); }

Result<SimAssistedTest> SimAssistedTest::start(double mean0, double alpha, std::optional<double> sim_expectation) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("mean0", mean0));
  ASSAY_RETURN_IF_ERROR(check_open_probability("alpha", alpha));
  if (sim_expectation) ASSAY_RETURN_IF_ERROR(check_probability("expectation of the simulation", *sim_expectation));
  return SimAssistedTest(mean0, alpha, sim_expectation);
}

double SimAssistedTest::control() const {
  // The spread of one yes/no outcome at a slope of one half comes first, so that few trials set no wild slope.
  constexpr double kPrior = 0.25, kSlope = 0.5;
  const double covariance = n_ == 0 ? 0 : product_ - real_sum_ * sim_sum_ / n_;
  return std::clamp((covariance + kSlope * kPrior) / (sim_square_ + kPrior), 0.0, 1.0);
}

Result<void> SimAssistedTest::add(double real, double sim, std::optional<double> fresh_mean) {
  ASSAY_RETURN_IF_ERROR(check_score("real", real));
  ASSAY_RETURN_IF_ERROR(check_score("sim", sim));
  if (fresh_mean.has_value() == expectation_.has_value())
    return bad_input(1036,
                     {"give either the exact expectation of the simulation or a fresh mean per trial",
                      "须给出仿真的精确期望，或逐次给出新抽样的均值，二者取一"},
                     fresh_mean ? "both" : "neither");
  if (fresh_mean) ASSAY_RETURN_IF_ERROR(check_score("fresh mean", *fresh_mean));
  const double slope = control(), centred = sim - (fresh_mean ? *fresh_mean : *expectation_);
  const double adjusted = real - slope * centred;
  // The smallest that `adjusted` can become, by what is known before the trial.
  const double least = -slope * (1 - expectation_.value_or(0));
  log_e_ += std::log1p(bet_.next(kBoldest / (mean0_ - least)) * (adjusted - mean0_));
  log_e_max_ = std::max(log_e_max_, log_e_);
  bet_.add(adjusted);
  ++n_;
  real_sum_ += real;
  sim_sum_ += centred;
  product_ += real * centred;
  sim_square_ += centred * centred;
  return {};
}

bool SimAssistedTest::shown() const { return log_e_max_ >= -std::log(alpha_); }

namespace {

constexpr int kCells = 4096;
constexpr std::size_t kMostScores = 1'000'000;

}  // namespace

Result<MeanSequence> MeanSequence::start(double confidence) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  return MeanSequence(confidence);
}

double MeanSequence::lower() const { return static_cast<double>(low_.refuted) / kCells; }
double MeanSequence::upper() const { return 1 - static_cast<double>(high_.refuted) / kCells; }

/// Against the mean at `cell` after all scores.
double MeanSequence::log_capital(int cell, bool mirrored) const {
  const double mean = static_cast<double>(cell) / kCells, most = kBoldest / mean;
  double sum = 0;
  for (std::size_t i = 0; i < score_.size(); ++i) {
    const double x = mirrored ? 1 - score_[i] : score_[i];
    sum += std::log1p(std::min(bet_[i], most) * (x - mean));
  }
  return sum;
}

/// Capital falls as the mean it bets against grows, so refuted cells are a run from below, and a cell that is not
/// refuted yet had no larger capital before than the cell below it.
void MeanSequence::advance(Side& side, int most, bool mirrored) {
  const double threshold = -std::log(alpha_);
  const double mean = static_cast<double>(side.refuted + 1) / kCells;
  const double x = mirrored ? 1 - score_.back() : score_.back();
  side.log_capital += std::log1p(std::min(bet_.back(), kBoldest / mean) * (x - mean));
  if (side.log_capital < threshold || side.refuted >= most) return;
  int refuted = side.refuted + 1, open = refuted + 1, stride = 1;
  while (open <= most && log_capital(open, mirrored) >= threshold) {
    refuted = open;
    stride *= 2;
    open = std::min(refuted + stride, most + 1);
  }
  while (open - refuted > 1) {
    const int middle = (refuted + open) / 2;
    (log_capital(middle, mirrored) >= threshold ? refuted : open) = middle;
  }
  side.refuted = refuted;
  side.log_capital = log_capital(refuted + 1, mirrored);
}

Result<void> MeanSequence::add(double score) {
  ASSAY_RETURN_IF_ERROR(check_score("score", score));
  if (score_.size() >= kMostScores)
    return bad_input(1039, {"too many scores for one confidence sequence", "得分个数超过置信序列上限"},
                     std::to_string(score_.size()));
  const auto t = static_cast<double>(score_.size() + 1);
  // Predictable plug-in: √(2 ln(1/α) / (σ̂²_{t−1}·t·ln(1 + t))), σ̂² with one pseudo-score ½ ± ½.
  const double variance = (0.25 + square_) / t;
  const double bet = std::sqrt(-2 * std::log(alpha_) / (variance * t * std::log1p(t)));
  score_.push_back(score);
  bet_.push_back(bet);
  sum_ += score;
  const double mean = (0.5 + sum_) / (t + 1);
  square_ += (score - mean) * (score - mean);
  // With chance below α a sequence refutes every mean: there the limits meet and stay.
  advance(low_, kCells - 1 - high_.refuted, false);
  advance(high_, kCells - 1 - low_.refuted, true);
  return {};
}

}  // namespace assay::metrics
