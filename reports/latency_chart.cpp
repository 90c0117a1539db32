// The empirical distribution of one time per trial, with its quantiles and their limits.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/chart.h"
#include "reports/palette.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

constexpr int kWidth = 460, kHeight = 310;
constexpr double kLeft = 40, kRight = 424, kTop = 30, kBottom = 262;
/// Above this ratio of largest to smallest value a linear axis would show a cliff and a long plain.
constexpr double kLogRatio = 10;

/// 1, 2 or 5 times a power of ten: the largest not above `value` (> 0).
double nice_below(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  double out = power;
  for (const double factor : {2.0, 5.0, 10.0}) {
    if (factor * power <= value * (1 + 1e-9)) out = factor * power;
  }
  return out;
}

double nice_above(double value) {
  const double below = nice_below(value);
  if (below >= value * (1 - 1e-9)) return below;
  const double power = std::pow(10.0, std::floor(std::log10(below * (1 + 1e-9))));
  for (const double factor : {2.0, 5.0, 10.0}) {
    if (factor * power >= value * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

struct Axis {
  bool log = false;
  double from = 0, to = 1;
  std::vector<double> ticks;

  [[nodiscard]] double x(double value) const {
    const double share = log ? std::log(value / from) / std::log(to / from) : (value - from) / (to - from);
    return kLeft + (kRight - kLeft) * std::clamp(share, 0.0, 1.0);
  }
};

Axis linear_axis(double largest) {
  Axis axis;
  if (largest > 0) {
    const double step = nice_above(largest / 6);
    axis.to = step * std::ceil(largest / step * (1 - 1e-9));
    for (int i = 0; i * step <= axis.to * (1 + 1e-9); ++i) axis.ticks.push_back(i * step);
  } else {
    axis.ticks = {0, 1};
  }
  return axis;
}

Axis log_axis(double smallest, double largest) {
  Axis axis{true, nice_below(smallest), nice_above(largest), {}};
  std::vector<double> all, decades;
  for (int power = static_cast<int>(std::floor(std::log10(axis.from * (1 + 1e-9)))); axis.ticks.empty(); ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10.0, power);
      if (tick > axis.to * (1 + 1e-9)) {
        axis.ticks = all.size() <= 9 ? all : decades;
        break;
      }
      if (tick < axis.from * (1 - 1e-9)) continue;
      all.push_back(tick);
      if (factor == 1.0) decades.push_back(tick);
    }
  }
  const std::size_t every = (axis.ticks.size() + 8) / 9;
  std::vector<double> named;
  for (std::size_t i = 0; i < axis.ticks.size(); i += every) named.push_back(axis.ticks[i]);
  axis.ticks = named;
  return axis;
}

double y_of(double share) { return kBottom - (kBottom - kTop) * share; }

/// Right-continuous steps. Values that fall on the same half pixel make one step, however many trials there are.
QPolygonF steps(const Axis& axis, const std::vector<double>& sorted) {
  QPolygonF out;
  double share = 0, from = kLeft;
  out << QPointF(from, y_of(0));
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double at = axis.x(sorted[i]);
    const bool last = i + 1 == sorted.size();
    if (!last && axis.x(sorted[i + 1]) - at < 0.5 && sorted.size() > 500) continue;
    if (!last && sorted[i + 1] == sorted[i]) continue;
    out << QPointF(at, y_of(share));
    share = static_cast<double>(i + 1) / static_cast<double>(sorted.size());
    out << QPointF(at, y_of(share));
  }
  out << QPointF(kRight, y_of(1));
  return out;
}

void draw_axes(Canvas& canvas, const Axis& axis, const TimeUnit& unit, Lang lang) {
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    canvas.line({kLeft, y_of(share)}, {kRight, y_of(share)}, share == 0 ? ink::kMuted : ink::kFaint);
    canvas.text(QRectF(0, y_of(share) - 8, kLeft - 7, 16), Qt::AlignRight | Qt::AlignVCenter,
                q(fmt::format("{:g}", share)), ink::kMuted, 11);
  }
  for (const double tick : axis.ticks) {
    const double x = axis.x(tick);
    canvas.line({x, kBottom}, {x, kBottom + 4}, ink::kMuted);
    canvas.text(QRectF(x - 30, kBottom + 6, 60, 15), Qt::AlignHCenter | Qt::AlignTop, q(fmt::format("{:g}", tick)),
                ink::kMuted, 11);
  }
  canvas.text(QRectF(0, 0, 400, 18), Qt::AlignLeft | Qt::AlignVCenter,
              lang == Lang::zh ? q("不超过 t 的试验所占比例") : q("share of trials with at most t"), ink::kMuted, 12);
  std::string title = fmt::format("{} t, {}", lang == Lang::zh ? "策略用时" : "policy time", unit.name);
  if (axis.log) title += lang == Lang::zh ? "（对数刻度）" : " (logarithmic)";
  canvas.text(QRectF(kLeft, kBottom + 26, kRight - kLeft, 18), Qt::AlignHCenter | Qt::AlignVCenter, q(title),
              ink::kMuted, 12);
}

/// The quantile as a dot, its limits as a bar; a limit that does not exist leaves its side dotted and without an end.
void draw_quantile(Canvas& canvas, const Axis& axis, double scale, double share, const metrics::QuantileLimits& x) {
  const double y = y_of(share), middle = axis.x(x.estimate * scale);
  const auto side = [&](const std::optional<double>& limit, double edge) {
    if (!limit) {
      canvas.line({middle, y}, {edge, y}, ink::kText, 1.5, Line::dotted);
      return;
    }
    const double end = axis.x(*limit * scale);
    canvas.line({middle, y}, {end, y}, ink::kText, 2);
    canvas.line({end, y - 4}, {end, y + 4}, ink::kText, 2);
  };
  side(x.lower, kLeft);
  side(x.upper, kRight);
  canvas.box(QRectF(middle - 4, y - 4, 8, 8), ink::kText, ink::kPaper, 4);
  // The two upper names would stand on each other.
  const double shift = share > 0.98 ? -4 : share > 0.9 ? 4 : 0;
  canvas.text(QRectF(kRight + 5, y - 8 + shift, kWidth - kRight - 5, 16), Qt::AlignLeft | Qt::AlignVCenter,
              q(quantile_name(share)), ink::kText, 12, Weight::bold);
}

}  // namespace

Chart latency_chart(const std::vector<double>& times_s, Lang lang) {
  const auto drawable = [](double value) { return value == 0 || (value >= 1e-12 && value <= 1e9); };
  if (times_s.empty() || !std::all_of(times_s.begin(), times_s.end(), drawable)) return {};
  std::vector<double> sorted = times_s;
  std::sort(sorted.begin(), sorted.end());
  const auto quantiles = quantiles_of(sorted);
  if (quantiles.empty()) return {};
  const TimeUnit unit = time_unit(quantiles.front().estimate);
  for (double& value : sorted) value *= unit.per_second;
  const bool log = sorted.front() > 0 && sorted.back() > kLogRatio * sorted.front();
  const Axis axis = log ? log_axis(sorted.front(), sorted.back()) : linear_axis(sorted.back());
  return {kWidth, kHeight,
          lang == Lang::zh ? "策略用时的经验分布与分位数" : "Empirical distribution of policy times with quantiles",
          [=](Canvas& canvas) {
            draw_axes(canvas, axis, unit, lang);
            canvas.polyline(steps(axis, sorted), ink::kAccent, 2);
            for (std::size_t i = 0; i < quantiles.size(); ++i)
              draw_quantile(canvas, axis, unit.per_second, kQuantiles[i], quantiles[i]);
          }};
}

}  // namespace assay::reports
