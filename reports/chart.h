// Every chart of the house: one description that paints itself, for a page on paper, for a widget and as SVG.
#pragma once

#include <QRectF>
#include <functional>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"
#include "reports/canvas.h"
#include "reports/drawn.h"

namespace assay::reports {

/// Nothing to paint where `paint` is empty.
struct Chart {
  int width = 0, height = 0;  ///< in its own units, as pixels of a screen
  std::string title;          ///< what a screen reader says
  std::function<void(Canvas&)> paint;
};

std::string svg_of(const Chart& chart);
/// How high the chart stands when it is `width` wide.
double height_at(const Chart& chart, double width);
/// Fitted into `box` from its upper left corner, not distorted: screen and paper. Needs a QGuiApplication.
void paint(const Chart& chart, QPainter& painter, const QRectF& box);

Chart ladder_chart(const Grade& grade, const Scheme& scheme, Lang lang);
/// A success probability with its limits, against the requirement.
Chart interval_chart(const IndicatorResult& indicator, Lang lang);
/// The same for a measured indicator, in its own unit; the axis holds value, interval and limit.
Chart measured_chart(const IndicatorResult& indicator, Lang lang);
/// The sequential walk between the boundaries of the locked plan.
Chart walk_chart(const IndicatorResult& indicator, const SequentialDesign& design, Lang lang);
/// Empirical distribution of one time per trial [s], with p50, p95, p99 and their 95 % limits. Empty where there is
/// nothing that can be drawn: no value, or one that is neither 0 nor within 1e-12 … 1e9 s.
Chart latency_chart(const std::vector<double>& times_s, Lang lang);
/// Why trials did not succeed, the most frequent reason first, with the cumulative share. Empty where all did.
Chart pareto_chart(const std::vector<TrialRecord>& trials, Lang lang);

/// When each condition of one trial held, and what happened.
Chart timeline_chart(const Timeline& timeline, Lang lang);

/// Differences of two sessions, task by task, around zero.
Chart forest_chart(const std::vector<Contrast>& rows, const std::string& first, const std::string& second, Lang lang);

}  // namespace assay::reports
