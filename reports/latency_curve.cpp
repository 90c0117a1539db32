#include "reports/latency_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "metrics/statistics/proportion.h"
#include "metrics/statistics/two_proportions.h"
#include "reports/palette.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

constexpr int kWidth = 460, kHeight = 300;
constexpr double kLeft = 40, kRight = 440, kTop = 30, kBottom = 246;
constexpr std::size_t kOwnPoints = 6;  ///< as many different values stand for themselves
constexpr std::size_t kPerClass = 5;   ///< trials that a class should have

struct Seen {
  double latency_s = 0;
  bool success = false;
};

std::optional<Seen> seen(const TrialRecord& trial) {
  const bool tells = trial.verdict.outcome == Outcome::success || trial.verdict.outcome == Outcome::failure ||
                     trial.verdict.outcome == Outcome::unsafe;
  if (!trial.finished || trial.validity != Validity::valid || is_audit_index(trial.index) || !tells) return {};
  for (const auto& metric : trial.metrics)
    if (metric.id == "declared_latency" && metric.value)
      return Seen{*metric.value, trial.verdict.outcome == Outcome::success};
  return {};
}

CurvePoint point_of(const std::vector<Seen>& trials) {
  CurvePoint out{trials.front().latency_s, trials.back().latency_s};
  for (const auto& one : trials) {
    out.mean_s += one.latency_s;
    out.successes += one.success ? 1 : 0;
  }
  out.n = static_cast<int>(trials.size());
  out.mean_s /= out.n;
  if (const auto limits = metrics::clopper_pearson(out.successes, out.n, kConfidence)) {
    out.lower = limits->lower;
    out.upper = limits->upper;
  }
  return out;
}

/// Trials in the order of their latency, put together by value or by class.
std::vector<CurvePoint> points_of(std::vector<Seen> trials) {
  std::stable_sort(trials.begin(), trials.end(),
                   [](const Seen& a, const Seen& b) { return a.latency_s < b.latency_s; });
  std::size_t values = 1;
  for (std::size_t i = 1; i < trials.size(); ++i) values += trials[i].latency_s != trials[i - 1].latency_s ? 1 : 0;
  const std::size_t classes = std::clamp<std::size_t>(trials.size() / kPerClass, 2, kOwnPoints);
  std::vector<CurvePoint> out;
  for (std::size_t from = 0; from < trials.size();) {
    std::size_t to = from + 1;
    const std::size_t wanted = values <= kOwnPoints ? to : trials.size() * (out.size() + 1) / classes;
    // What has the same latency stays together.
    while (to < trials.size() && (to < wanted || trials[to].latency_s == trials[to - 1].latency_s)) ++to;
    out.push_back(point_of(
        {trials.begin() + static_cast<std::ptrdiff_t>(from), trials.begin() + static_cast<std::ptrdiff_t>(to)}));
    from = to;
  }
  return out;
}

void paint_curve(Canvas& canvas, const LatencyCurve& curve, Lang lang) {
  const double last = curve.points.back().to_s, unit = time_unit(last).per_second;
  const double step = [&] {
    const double rough = last / 5, power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0})
      if (factor * power >= rough * (1 - 1e-9)) return factor * power;
    return 10 * power;
  }();
  const double end = step * std::ceil(last / step * (1 - 1e-9));
  const auto x = [&](double latency_s) { return kLeft + (kRight - kLeft) * latency_s / end; };
  const auto y = [](double share) { return kBottom - (kBottom - kTop) * share; };
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    canvas.line({kLeft, y(share)}, {kRight, y(share)}, share == 0 ? ink::kMuted : ink::kFaint);
    canvas.text(QRectF(0, y(share) - 8, kLeft - 7, 16), Qt::AlignRight | Qt::AlignVCenter,
                q(fmt::format("{:g}", share)), ink::kMuted, 11);
  }
  for (int i = 0; i * step <= end * (1 + 1e-9); ++i) {
    const double at = x(i * step);
    canvas.line({at, kBottom}, {at, kBottom + 4}, ink::kMuted);
    canvas.text(QRectF(at - 30, kBottom + 6, 60, 15), Qt::AlignHCenter | Qt::AlignTop,
                q(fmt::format("{:.3g}", i * step * unit)), ink::kMuted, 11);
  }
  canvas.text(QRectF(0, 0, 400, 18), Qt::AlignLeft | Qt::AlignVCenter,
              lang == Lang::zh ? q("成功概率及 95 % 置信限") : q("probability of success with 95 % limits"),
              ink::kMuted, 12);
  canvas.text(QRectF(kLeft, kBottom + 26, kRight - kLeft, 18), Qt::AlignHCenter | Qt::AlignVCenter,
              q(fmt::format("{}, {}", lang == Lang::zh ? "声明的推理时延" : "declared inference latency",
                            time_unit(last).name)),
              ink::kMuted, 12);
  QPolygonF way;
  for (const auto& point : curve.points)
    way << QPointF(x(point.mean_s), y(static_cast<double>(point.successes) / point.n));
  canvas.polyline(way, ink::kAccent, 1.5);
  for (const auto& point : curve.points) {
    const double at = x(point.mean_s);
    canvas.line({at, y(point.lower)}, {at, y(point.upper)}, ink::kText, 2);
    for (const double limit : {point.lower, point.upper})
      canvas.line({at - 4, y(limit)}, {at + 4, y(limit)}, ink::kText, 2);
    const double middle = y(static_cast<double>(point.successes) / point.n);
    canvas.box(QRectF(at - 4, middle - 4, 8, 8), ink::kAccent, ink::kPaper, 4);
  }
}

}  // namespace

std::vector<LatencyCurve> latency_curves(const std::vector<TrialRecord>& trials) {
  std::map<std::pair<std::string, int>, std::vector<Seen>> groups;
  for (const auto& trial : trials)
    if (const auto one = seen(trial)) groups[{trial.task, trial.level}].push_back(*one);
  std::vector<LatencyCurve> out;
  for (auto& [key, group] : groups) {
    LatencyCurve curve{key.first, key.second, points_of(std::move(group))};
    if (curve.points.size() < 2) continue;
    const auto &first = curve.points.front(), &last = curve.points.back();
    if (const auto p = metrics::fisher_exact({last.successes, last.n, first.successes, first.n}))
      curve.p_fall = p->less;
    out.push_back(std::move(curve));
  }
  return out;
}

Chart latency_curve_chart(const LatencyCurve& curve, Lang lang) {
  return {kWidth, kHeight,
          fmt::format("{} L{}: {}", curve.task, curve.level,
                      lang == Lang::zh ? "成功概率随声明时延的变化" : "success against declared latency"),
          [=](Canvas& canvas) { paint_curve(canvas, curve, lang); }};
}

std::string latency_text(const CurvePoint& point) {
  if (point.from_s == point.to_s) return fmt::format("{:.3f}", point.from_s);
  return fmt::format("{:.3f} … {:.3f}", point.from_s, point.to_s);
}

Text words_of(const LatencyCurve& curve) {
  const auto &first = curve.points.front(), &last = curve.points.back();
  const auto p = curve.p_fall < 1e-4 ? std::string("< 0.0001") : fmt::format("= {:.2g}", curve.p_fall);
  const bool shown = curve.p_fall <= 1 - kConfidence;
  return {fmt::format("{} L{}: {} of {} at the lowest latencies, {} of {} at the highest; {} (Fisher's exact test, "
                      "one-sided, p {}).",
                      curve.task, curve.level, first.successes, first.n, last.successes, last.n,
                      shown ? "a fall is shown" : "a fall is not shown", p),
          fmt::format("{} L{}：最低时延处 {}/{}，最高时延处 {}/{}；{}（Fisher 精确检验，单侧 p {}）。", curve.task,
                      curve.level, first.successes, first.n, last.successes, last.n,
                      shown ? "显示成功率下降" : "未显示成功率下降", p)};
}

}  // namespace assay::reports
