// How success falls as declared inference latency grows, from the trials of one session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/trial.h"
#include "reports/chart.h"

namespace assay::reports {

/// Trials whose declared latency lies within [from_s, to_s]; two-sided 95 % Clopper–Pearson limits of the probability
/// of success (unit 1).
struct CurvePoint {
  double from_s = 0, to_s = 0, mean_s = 0;
  int successes = 0, n = 0;
  double lower = 0, upper = 1;
};

struct LatencyCurve {
  std::string task;  ///< Task::key()
  int level = 1;
  std::vector<CurvePoint> points;  ///< two at least, latency rising
  double p_fall = 1;  ///< one-sided p of Fisher's exact test: the last point's probability is below the first's
};

/// One for each task and level whose trials carry more than one value of `declared_latency`; audit trials and trials
/// that say nothing of the robot (void, error, undetermined, aborted) are left out. Up to six values are points of
/// their own; more are put into two to six classes of about as many trials each, five where there are enough.
std::vector<LatencyCurve> latency_curves(const std::vector<TrialRecord>& trials);

Chart latency_curve_chart(const LatencyCurve& curve, Lang lang);

/// "0.100", or "0.100 … 0.190" for a class; in s
std::string latency_text(const CurvePoint& point);
/// The curve in words: what falls, from what to what, with p.
Text words_of(const LatencyCurve& curve);

}  // namespace assay::reports
