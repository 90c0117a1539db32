#include "gui/trace_plot.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

#include "gui/charts.h"
#include "gui/session_data.h"
#include "gui/theme.h"
#include "gui/words.h"

namespace assay::gui {
namespace {

constexpr double kLeft = 62, kRight = 12, kTop = 22, kAxis = 24;
constexpr double kNs = 1e-9;

}  // namespace

TracePlot::TracePlot(QWidget* parent) : QWidget(parent) {
  put_name(this, "trace.plot_name");
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::CrossCursor);
}

void TracePlot::set(std::shared_ptr<const Trace> trace) {
  trace_ = std::move(trace);
  channels_.clear();
  length_s_ = 0;
  if (trace_ != nullptr) {
    for (const auto& s : trace_->streams)
      if (!s.t_ns.empty()) length_s_ = std::max(length_s_, static_cast<double>(s.t_ns.back()) * kNs);
    for (const auto& e : trace_->events) length_s_ = std::max(length_s_, static_cast<double>(e.t_ns) * kNs);
  }
  cursor_s_ = 0;
  update();
}

void TracePlot::show_channels(std::vector<ChannelPlace> channels) {
  channels_ = std::move(channels);
  setMinimumHeight(static_cast<int>(kTop + kAxis) + 84 * std::max<int>(2, static_cast<int>(channels_.size())));
  update();
}

void TracePlot::set_bookmarks(std::vector<double> times_s) {
  bookmarks_s_ = std::move(times_s);
  update();
}

void TracePlot::set_cursor(double time_s) {
  cursor_s_ = std::clamp(time_s, 0.0, length_s_);
  update();
  emit cursor_moved(cursor_s_);
}

double TracePlot::value(const ChannelPlace& place) const {
  const auto& s = trace_->streams[static_cast<std::size_t>(place.stream)];
  const auto at =
      std::upper_bound(s.t_ns.begin(), s.t_ns.end(), static_cast<std::int64_t>(std::llround(cursor_s_ / kNs)));
  if (at == s.t_ns.begin()) return std::numeric_limits<double>::quiet_NaN();
  return s.row(static_cast<std::size_t>(at - s.t_ns.begin()) - 1)[static_cast<std::size_t>(place.channel)];
}

QRectF TracePlot::sheet() const { return QRectF(kLeft, kTop, width() - kLeft - kRight, height() - kTop - kAxis); }
double TracePlot::x_of(double time_s) const {
  return sheet().left() + sheet().width() * time_s / std::max(1e-9, length_s_);
}

void TracePlot::paint_panel(QPainter& p, const QRectF& room_for, int place) const {
  const Theme& t = theme();
  const auto& where = channels_[static_cast<std::size_t>(place)];
  const auto& s = trace_->streams[static_cast<std::size_t>(where.stream)];
  const auto& channel = s.channels[static_cast<std::size_t>(where.channel)];
  const QRectF box = room_for.adjusted(0, 18, 0, 0);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t i = 0; i < s.rows(); ++i) {
    const double v = s.row(i)[static_cast<std::size_t>(where.channel)];
    if (!std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  p.setPen(QPen(t.line, 1));
  p.setBrush(Qt::NoBrush);
  p.drawRect(box);
  if (!(low <= high)) return;
  if (high - low < 1e-9) {
    low -= 0.5;
    high += 0.5;
  }
  const double room = 0.08 * (high - low);
  const auto y = [&](double v) { return box.bottom() - box.height() * (v - low + room) / (high - low + 2 * room); };
  const double step = round_step((high - low) / 2.5);
  for (double tick = std::ceil(low / step) * step; tick <= high + 1e-12; tick += step) {
    p.setPen(QPen(t.none_tint, 1));
    p.drawLine(QPointF(box.left(), y(tick)), QPointF(box.right(), y(tick)));
    p.setPen(t.muted);
    p.drawText(QRectF(0, y(tick) - 8, kLeft - 6, 16), Qt::AlignRight | Qt::AlignVCenter,
               QString::number(std::abs(tick) < 1e-9 * step ? 0 : tick, 'g', 4));
  }
  // Smallest and largest value per column of the picture: no peak is lost however long the trace is.
  const QColor color = series_color(place);
  p.setPen(QPen(color, 1.5));
  QPolygonF line;
  double column = -1, column_low = 0, column_high = 0, last = 0;
  const auto flush = [&] {
    if (column < 0) return;
    line << QPointF(column, y(column_low));
    if (column_high > column_low) line << QPointF(column, y(column_high));
    line << QPointF(column, y(last));
  };
  for (std::size_t i = 0; i < s.rows(); ++i) {
    const double v = s.row(i)[static_cast<std::size_t>(where.channel)];
    if (!std::isfinite(v)) continue;
    const double x = std::floor(x_of(static_cast<double>(s.t_ns[i]) * kNs));
    if (x != column) {
      flush();
      column = x;
      column_low = column_high = v;
    }
    column_low = std::min(column_low, v);
    column_high = std::max(column_high, v);
    last = v;
  }
  flush();
  p.save();
  p.setClipRect(box);
  p.drawPolyline(line);
  p.restore();
  const double now = value(where);
  const QString name = q(channel.name), reading = std::isfinite(now)
                                                      ? number(now, 4) + QLatin1Char(' ') + q(channel.unit)
                                                      : QStringLiteral("–");
  QFont bold = p.font();
  bold.setBold(true);
  p.setFont(bold);
  const double wide = p.fontMetrics().horizontalAdvance(name + QStringLiteral("   ") + reading) + 10;
  const QRectF tag(box.left(), box.top() - 17, wide, 16);
  p.setPen(color);
  p.drawText(tag, Qt::AlignVCenter, name + QStringLiteral("   ") + reading);
  bold.setBold(false);
  p.setFont(bold);
}

void TracePlot::paintEvent(QPaintEvent*) {
  if (trace_ == nullptr) return;
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  QFont font = p.font();
  font.setPixelSize(11);
  p.setFont(font);
  const QRectF all = sheet();
  if (channels_.empty()) {
    p.setPen(t.muted);
    p.drawText(all, Qt::AlignCenter, say("trace.choose"));
  }
  const double high = all.height() / std::max<double>(1, static_cast<double>(channels_.size()));
  for (int i = 0; i < static_cast<int>(channels_.size()); ++i)
    paint_panel(p, QRectF(all.left(), all.top() + i * high, all.width(), high - 8), i);
  const double step = round_step(length_s_ / 8);
  for (double tick = 0; tick <= length_s_ + 1e-9; tick += step) {
    p.setPen(t.muted);
    p.drawText(QRectF(x_of(tick) - 30, all.bottom() + 2, 60, 16), Qt::AlignCenter,
               QStringLiteral("%1 s").arg(tick, 0, 'g', 4));
  }
  for (const auto& e : trace_->events) {
    const double x = x_of(static_cast<double>(e.t_ns) * kNs);
    p.setPen(QPen(t.unsure, 1, Qt::DotLine));
    p.drawLine(QPointF(x, 14), QPointF(x, all.bottom()));
    p.setPen(Qt::NoPen);
    p.setBrush(t.unsure);
    p.drawPolygon(QPolygonF({QPointF(x - 5, 6), QPointF(x + 5, 6), QPointF(x, 14)}));
  }
  for (const double mark : bookmarks_s_)
    p.drawPixmap(QPointF(x_of(mark) - 8, 2), icon_pixmap("bookmark", t.accent, 16));
  p.setPen(QPen(t.text, 1.4));
  p.drawLine(QPointF(x_of(cursor_s_), 10), QPointF(x_of(cursor_s_), all.bottom()));
}

void TracePlot::mousePressEvent(QMouseEvent* event) {
  setFocus();
  set_cursor(length_s_ * (event->position().x() - sheet().left()) / std::max(1.0, sheet().width()));
}

void TracePlot::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) mousePressEvent(event);
}

}  // namespace assay::gui
