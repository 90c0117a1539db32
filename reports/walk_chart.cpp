// The sequential walk: cumulative failures against counted trials, between the boundaries that the locked plan fixed.
#include <fmt/format.h>

#include <algorithm>

#include "reports/chart.h"
#include "reports/palette.h"

namespace assay::reports {
namespace {

QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

constexpr int kWidth = 720, kHeight = 250;
constexpr double kLeft = 46, kRight = 704, kTop = 26, kBottom = 206;

/// 1, 2 or 5 times a power of ten, so that at most `most` steps cover `range`.
int nice_step(int range, int most) {
  int power = 1;
  while (true) {
    for (const int factor : {1, 2, 5}) {
      if (range <= factor * power * most) return factor * power;
    }
    power *= 10;
  }
}

struct Axes {
  int trials, failures;
  [[nodiscard]] double x(double n) const { return kLeft + (kRight - kLeft) * n / std::max(trials, 1); }
  [[nodiscard]] double y(double f) const { return kBottom - (kBottom - kTop) * f / std::max(failures, 1); }
};

/// The stop table, kept in step with its stated length whatever it holds.
int last_of(const StopTable& table) {
  const auto rows = std::min(table.accept.size(), table.refuse.size());
  return std::min(table.n_max, static_cast<int>(rows) - 1);
}

/// A boundary as a staircase of integers: constant from n until n + 1.
QPolygonF boundary(const Axes& axes, const std::vector<int>& values, int last, double shift) {
  QPolygonF out;
  for (int n = 0; n <= last; ++n) {
    // Nothing is decided at n = 0: the boundary begins with the first trial.
    const auto at = static_cast<std::size_t>(std::max(n, std::min(1, last)));
    const double f = std::clamp(values[at] + shift, 0.0, static_cast<double>(axes.failures));
    out << QPointF(axes.x(std::max(n - 0.5, 0.0)), axes.y(f))
        << QPointF(axes.x(std::min(n + 0.5, last + 0.0)), axes.y(f));
  }
  return out;
}

void draw_regions(Canvas& canvas, const Axes& axes, const StopTable& table, int last, Lang lang) {
  // Between whole numbers: the lines lie half a failure inside the regions' first points.
  const QPolygonF accept = boundary(axes, table.accept, last, 0.5), refuse = boundary(axes, table.refuse, last, -0.5);
  QPolygonF below = accept, above = refuse;
  below << QPointF(axes.x(last), kBottom) << QPointF(axes.x(0), kBottom);
  above << QPointF(axes.x(last), kTop) << QPointF(axes.x(0), kTop);
  canvas.area(below, ink::kPassTint);
  canvas.area(above, ink::kUnsureTint);
  // Before the first n that can accept there is no boundary to draw.
  QPolygonF drawn = accept;
  while (drawn.size() > 2 && drawn[1].y() >= kBottom) drawn.removeFirst();
  canvas.polyline(drawn, ink::kPass, 1.5, Line::dashed);
  canvas.polyline(refuse, ink::kUnsure, 1.5, Line::dotted);
  canvas.text(QRectF(kRight - 240, kBottom - 22, 234, 18), Qt::AlignRight | Qt::AlignVCenter,
              lang == Lang::zh ? q("接受边界内：符合") : q("accept boundary: conforms"), ink::kPass, 12, Weight::bold);
  canvas.text(QRectF(kLeft + 8, kTop + 4, 300, 18), Qt::AlignLeft | Qt::AlignVCenter,
              lang == Lang::zh ? q("拒绝边界内：未能证明") : q("refuse boundary: not shown"), ink::kUnsure, 12,
              Weight::bold);
}

/// Names the band between the boundaries, where it is wide enough and the walk did not come.
void draw_band(Canvas& canvas, const Axes& axes, const StopTable& table, int last, int walked, Lang lang) {
  const int n = last * 11 / 20;
  if (n < 1 || walked * 10 >= n * 8) return;
  const auto at = static_cast<std::size_t>(n);
  const double top = axes.y(table.refuse[at] - 0.5), bottom = axes.y(std::max(table.accept[at] + 0.5, 0.0));
  if (bottom - top < 30) return;
  canvas.text(QRectF(axes.x(n) - 100, (top + bottom) / 2 - 9, 200, 18), Qt::AlignCenter,
              lang == Lang::zh ? q("继续试验") : q("continue"), ink::kMuted, 12);
}

void draw_axes(Canvas& canvas, const Axes& axes, Lang lang) {
  canvas.line({kLeft, kBottom}, {kRight, kBottom}, ink::kMuted);
  canvas.line({kLeft, kTop}, {kLeft, kBottom}, ink::kMuted);
  for (int n = 0; n <= axes.trials; n += nice_step(axes.trials, 12)) {
    canvas.line({axes.x(n), kBottom}, {axes.x(n), kBottom + 4}, ink::kMuted);
    canvas.text(QRectF(axes.x(n) - 24, kBottom + 5, 48, 15), Qt::AlignHCenter | Qt::AlignTop, q(std::to_string(n)),
                ink::kMuted, 11);
  }
  for (int f = 0; f <= axes.failures; f += nice_step(axes.failures, 6)) {
    canvas.line({kLeft - 4, axes.y(f)}, {kLeft, axes.y(f)}, ink::kMuted);
    canvas.text(QRectF(kLeft - 42, axes.y(f) - 8, 34, 16), Qt::AlignRight | Qt::AlignVCenter, q(std::to_string(f)),
                ink::kMuted, 11);
  }
  canvas.text(QRectF(0, 0, 400, 18), Qt::AlignLeft | Qt::AlignVCenter,
              lang == Lang::zh ? q("累计失败数 f") : q("cumulative failures f"), ink::kMuted, 12);
  canvas.text(QRectF(kLeft, kBottom + 22, kRight - kLeft, 18), Qt::AlignHCenter | Qt::AlignVCenter,
              lang == Lang::zh ? q("已计数试验数 n") : q("counted trials n"), ink::kMuted, 12);
}

void draw_path(Canvas& canvas, const Axes& axes, const IndicatorResult& indicator) {
  QPolygonF path;
  path << QPointF(axes.x(0), axes.y(0));
  int before = 0, n = 0;
  for (const int failures : indicator.path) {
    // A failure is a step straight up at its trial.
    ++n;
    path << QPointF(axes.x(n), axes.y(before)) << QPointF(axes.x(n), axes.y(failures));
    before = failures;
  }
  if (n == 0) return;
  canvas.polyline(path, ink::kAccent, 2.5);
  canvas.sign({axes.x(n), axes.y(before)}, 8, indicator.conformity);
}

void paint_walk(Canvas& canvas, const IndicatorResult& indicator, const SequentialDesign& design, Lang lang) {
  const int last = last_of(design.table), walked = static_cast<int>(indicator.path.size());
  Axes axes{std::max({last, walked, 1}), 1};
  if (last >= 0) axes.failures = std::max(axes.failures, design.table.refuse[static_cast<std::size_t>(last)]);
  for (const int failures : indicator.path) axes.failures = std::max(axes.failures, failures);
  ++axes.failures;
  if (last >= 0) draw_regions(canvas, axes, design.table, last, lang);
  if (last >= 0) draw_band(canvas, axes, design.table, last, walked, lang);
  draw_axes(canvas, axes, lang);
  draw_path(canvas, axes, indicator);
}

}  // namespace

Chart walk_chart(const IndicatorResult& indicator, const SequentialDesign& design, Lang lang) {
  return {kWidth, kHeight,
          filled(indicator.title, indicator.id).in(lang) +
              (lang == Lang::zh ? "：累计失败数与序贯边界" : ": cumulative failures and sequential boundaries"),
          [=](Canvas& canvas) { paint_walk(canvas, indicator, design, lang); }};
}

}  // namespace assay::reports
