#include "gui/charts.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/session_data.h"
#include "gui/theme.h"
#include "gui/words.h"
#include "reports/palette.h"

namespace assay::gui {
namespace {

constexpr int kIntervalRow = 40, kForestRow = 34, kTimelineRow = 30, kTimelineLabel = 210;

void small(QPainter& p, int pixels = 12, bool bold = false) {
  QFont font = p.font();
  font.setPixelSize(pixels);
  font.setBold(bold);
  p.setFont(font);
}

QString elided(const QPainter& p, const QString& text, double width) {
  return p.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(width));
}

}  // namespace

double round_step(double least) {
  if (!(least > 0) || !std::isfinite(least)) return 1;
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least) return factor * power;
  return 10 * power;
}

IntervalList::IntervalList(QWidget* parent) : QWidget(parent) { put_name(this, "chart.intervals"); }

void IntervalList::set(std::vector<IndicatorResult> indicators) {
  indicators_ = std::move(indicators);
  setMinimumHeight(sizeHint().height());
  updateGeometry();
  update();
}

QSize IntervalList::sizeHint() const { return {520, 22 + kIntervalRow * static_cast<int>(indicators_.size())}; }

void IntervalList::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  const double name = std::min(260.0, width() * 0.34), numbers = 150, left = name + 12, right = width() - numbers - 14;
  small(p, 11);
  p.setPen(t.muted);
  // The axis of probabilities; a measured indicator's row has an axis of its own.
  for (int k = 0; k <= 4; ++k) {
    const double x = left + (right - left) * k / 4;
    p.drawText(QRectF(x - 20, 0, 40, 16), Qt::AlignCenter, QStringLiteral("%1").arg(0.25 * k));
    p.setPen(QPen(t.line, 1));
    p.drawLine(QPointF(x, 18), QPointF(x, height()));
    p.setPen(t.muted);
  }
  double y = 20;
  for (const auto& r : indicators_) {
    const bool share = r.unit == "1" && r.limit <= 1 && r.statistic == "success_probability";
    double low = 0, high = 1;
    if (!share) {
      low = std::min({r.limit, r.lower.value_or(r.limit), r.estimate.value_or(r.limit)});
      high = std::max({r.limit, r.upper.value_or(r.limit), r.estimate.value_or(r.limit)});
      const double room = high > low ? 0.15 * (high - low) : std::max(1e-9, std::abs(high) * 0.2);
      low -= room;
      high += room;
    }
    const auto x = [&](double v) { return left + (right - left) * std::clamp((v - low) / (high - low), 0.0, 1.0); };
    const double middle = y + kIntervalRow / 2.0;
    const auto seen = look(r.conformity);
    small(p, 13);
    p.setPen(t.text);
    const QString title = in_lang(reports::filled(r.title, r.id));
    p.drawText(QRectF(0, y + 2, name, 18), Qt::AlignVCenter, elided(p, title, name));
    small(p, 11);
    p.setPen(t.muted);
    p.drawText(QRectF(0, y + 20, name, 15), Qt::AlignVCenter,
               elided(p, q(r.id) + QStringLiteral(" · L%1").arg(r.level), name));
    p.setPen(QPen(t.line, 1));
    p.drawLine(QPointF(0, y), QPointF(width(), y));
    p.setPen(QPen(t.text, 1.6, Qt::DashLine));
    p.drawLine(QPointF(x(r.limit), y + 5), QPointF(x(r.limit), y + kIntervalRow - 5));
    if (r.lower || r.upper) {
      const double from = r.lower ? x(*r.lower) : left, to = r.upper ? x(*r.upper) : right;
      p.setPen(QPen(seen.color, 4, Qt::SolidLine, Qt::FlatCap));
      p.drawLine(QPointF(from, middle), QPointF(to, middle));
      p.setPen(QPen(seen.color, 2));
      if (r.lower) p.drawLine(QPointF(from, middle - 7), QPointF(from, middle + 7));
      if (r.upper) p.drawLine(QPointF(to, middle - 7), QPointF(to, middle + 7));
    }
    if (r.estimate) p.drawPixmap(QPointF(x(*r.estimate) - 9, middle - 9), icon_pixmap(seen.icon, seen.color, 18));
    small(p, 12);
    p.setPen(seen.color);
    const QString verdict = in_lang(reports::look_of(r.conformity).word);
    p.drawText(QRectF(right + 14, y + 2, numbers, 18), Qt::AlignVCenter,
               elided(p, r.n > 0 ? verdict : say("chart.no_trial"), numbers));
    small(p, 11);
    p.setPen(t.muted);
    p.drawText(
        QRectF(right + 14, y + 20, numbers, 15), Qt::AlignVCenter,
        elided(p,
               share ? QStringLiteral("%1 · %2 %3")
                           .arg(r.n > 0 ? QStringLiteral("%1/%2").arg(r.successes).arg(r.n) : QStringLiteral("–"))
                           .arg(QStringLiteral("≥"))
                           .arg(percent(r.limit, 0))
                     : QStringLiteral("%1 · %2 %3 %4")
                           .arg(r.n > 0 ? QStringLiteral("n=%1").arg(r.n) : QStringLiteral("–"))
                           .arg(r.bound == "at_most" ? QStringLiteral("≤") : QStringLiteral("≥"))
                           .arg(number(r.limit), q(r.unit)),
               numbers));
    y += kIntervalRow;
  }
}

StateTimeline::StateTimeline(QWidget* parent) : QWidget(parent) { put_name(this, "chart.timeline"); }

void StateTimeline::set(const LiveRun& run) {
  rows_.clear();
  for (const auto& trial : run.trials) {
    const QString name = QStringLiteral("%1 · L%2").arg(trial.task.section(QLatin1Char('/'), -1)).arg(trial.level);
    auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.name == name; });
    if (row == rows_.end()) row = rows_.insert(rows_.end(), Row{name, {}, false});
    Cell cell;
    cell.open = trial.outcome.isEmpty();
    if (const auto outcome = outcome_from(trial.outcome.toStdString())) cell.outcome = *outcome;
    cell.hint = QStringLiteral("#%1  %2")
                    .arg(trial.number)
                    .arg(cell.open ? say("trial.open") : in_lang(reports::look_of(cell.outcome).word));
    if (!trial.reason.isEmpty())
      cell.hint += QStringLiteral(" · ") + in_lang(reports::words_of_reason(trial.reason.toStdString()));
    row->cells.push_back(std::move(cell));
  }
  for (auto& row : rows_)
    for (const auto& s : run.stopped)
      row.stopped =
          row.stopped || row.name == QStringLiteral("%1 · L%2").arg(s.task.section(QLatin1Char('/'), -1)).arg(s.level);
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.name < b.name; });
  setMinimumHeight(sizeHint().height());
  updateGeometry();
  update();
}

QSize StateTimeline::sizeHint() const { return {500, std::max(1, static_cast<int>(rows_.size())) * kTimelineRow + 4}; }

int StateTimeline::first_shown(const Row& row) const {
  const int room = std::max(1, (width() - kTimelineLabel - 8) / 15);
  return std::max(0, static_cast<int>(row.cells.size()) - room);
}

QRectF StateTimeline::cell_box(int row, int column) const {
  return {kTimelineLabel + column * 15.0, row * static_cast<double>(kTimelineRow) + 7, 13, 16};
}

void StateTimeline::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  for (int i = 0; i < static_cast<int>(rows_.size()); ++i) {
    const auto& row = rows_[static_cast<std::size_t>(i)];
    small(p, 12, false);
    p.setPen(t.text);
    const QString count = QStringLiteral("  %1").arg(row.cells.size());
    p.drawText(QRectF(0, i * kTimelineRow, kTimelineLabel - 12, kTimelineRow), Qt::AlignVCenter,
               elided(p, row.name + count + (row.stopped ? QStringLiteral("  ■") : QString()), kTimelineLabel - 12));
    const int first = first_shown(row);
    for (int k = first; k < static_cast<int>(row.cells.size()); ++k) {
      const auto& cell = row.cells[static_cast<std::size_t>(k)];
      const QRectF box = cell_box(i, k - first);
      const auto seen = look(cell.outcome);
      if (cell.open) {
        p.setPen(QPen(t.accent, 1.5, Qt::DotLine));
        p.setBrush(Qt::NoBrush);
        p.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3);
        continue;
      }
      // A success fills half the height, a failure all of it: shape as well as colour.
      const QRectF part = cell.outcome == Outcome::success ? box.adjusted(0, 8, 0, 0) : box;
      p.setPen(Qt::NoPen);
      p.setBrush(seen.color);
      p.drawRoundedRect(part, 2, 2);
      if (cell.outcome == Outcome::unsafe) {
        p.setPen(QPen(t.surface, 2));
        p.drawLine(QPointF(box.center().x(), box.top() + 3), QPointF(box.center().x(), box.bottom() - 6));
        p.drawPoint(QPointF(box.center().x(), box.bottom() - 3));
      }
    }
  }
}

bool StateTimeline::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int i = help->pos().y() / kTimelineRow;
  if (i >= 0 && i < static_cast<int>(rows_.size()) && help->pos().x() > kTimelineLabel) {
    const auto& row = rows_[static_cast<std::size_t>(i)];
    const auto k = static_cast<std::size_t>(first_shown(row) + (help->pos().x() - kTimelineLabel) / 15);
    if (k < row.cells.size()) {
      QToolTip::showText(help->globalPos(), row.cells[k].hint, this);
      return true;
    }
  }
  QToolTip::hideText();
  return true;
}

Strip::Strip(const char* name_key, const char* unit_key, QWidget* parent)
    : QWidget(parent), name_key_(name_key), unit_key_(unit_key) {
  put_name(this, name_key);
}

void Strip::set(std::vector<double> values) {
  values_ = std::move(values);
  update();
}

void Strip::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  small(p, 12);
  p.setPen(t.muted);
  p.drawText(QRectF(0, 0, width(), 18), Qt::AlignLeft | Qt::AlignVCenter, say(name_key_));
  const QRectF sheet(0, 22, width(), height() - 24);
  p.setPen(QPen(t.line, 1));
  p.drawLine(sheet.bottomLeft(), sheet.bottomRight());
  if (values_.empty()) return;
  p.setPen(t.text);
  small(p, 13, true);
  p.drawText(QRectF(0, 0, width(), 18), Qt::AlignRight | Qt::AlignVCenter, say(unit_key_, {number(values_.back())}));
  const double most = std::max(1e-9, *std::max_element(values_.begin(), values_.end()));
  const std::size_t count = std::min<std::size_t>(values_.size(), 200), from = values_.size() - count;
  QPolygonF line;
  for (std::size_t i = 0; i < count; ++i)
    line << QPointF(
        sheet.left() + sheet.width() * static_cast<double>(i) / std::max<double>(1, static_cast<double>(count) - 1),
        sheet.bottom() - 2 - (sheet.height() - 6) * values_[from + i] / most);
  p.setPen(QPen(t.accent, 1.8));
  p.drawPolyline(line);
}

ForestPlot::ForestPlot(QWidget* parent) : QWidget(parent) { put_name(this, "chart.forest"); }

void ForestPlot::set(std::vector<ForestRow> rows, QString left, QString right) {
  rows_ = std::move(rows);
  left_ = std::move(left);
  right_ = std::move(right);
  setMinimumHeight(sizeHint().height());
  updateGeometry();
  update();
}

QSize ForestPlot::sizeHint() const { return {700, 48 + kForestRow * static_cast<int>(rows_.size()) + 26}; }

void ForestPlot::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  const double name = std::min(300.0, width() * 0.3), note = 210, left = name + 16, right = width() - note - 16,
               middle = (left + right) / 2;
  const double bottom = 40 + kForestRow * static_cast<double>(rows_.size());
  const auto x = [&](double v) { return middle + (right - left) / 2 * std::clamp(v, -1.0, 1.0); };
  small(p, 12, true);
  p.setPen(t.text);
  p.drawText(QRectF(left, 0, middle - left - 10, 18), Qt::AlignRight,
             elided(p, QStringLiteral("← ") + say("chart.better", {right_}), middle - left - 10));
  p.drawText(QRectF(middle + 10, 0, right - middle, 18), Qt::AlignLeft,
             elided(p, say("chart.better", {left_}) + QStringLiteral(" →"), right - middle - 10));
  small(p, 11);
  for (int k = -2; k <= 2; ++k) {
    p.setPen(QPen(k == 0 ? t.text : t.line, k == 0 ? 1.5 : 1, k == 0 ? Qt::DashLine : Qt::SolidLine));
    p.drawLine(QPointF(x(0.5 * k), 26), QPointF(x(0.5 * k), bottom));
    p.setPen(t.muted);
    p.drawText(QRectF(x(0.5 * k) - 24, bottom + 4, 48, 16), Qt::AlignCenter,
               QStringLiteral("%1%2").arg(k > 0 ? QStringLiteral("+") : QString()).arg(0.5 * k));
  }
  double y = 34;
  for (const auto& r : rows_) {
    const double at = y + kForestRow / 2.0;
    small(p, 13, r.bold);
    p.setPen(t.text);
    p.drawText(QRectF(0, y, name, kForestRow), Qt::AlignVCenter, elided(p, r.name, name));
    const QColor color = r.verdict == 0 ? t.none : t.accent;
    if (r.lower && r.upper) {
      p.setPen(QPen(color, r.bold ? 4 : 3));
      p.drawLine(QPointF(x(*r.lower), at), QPointF(x(*r.upper), at));
      p.setPen(QPen(color, 2));
      for (const double end : {*r.lower, *r.upper}) p.drawLine(QPointF(x(end), at - 6), QPointF(x(end), at + 6));
    }
    if (r.estimate) {
      p.setPen(QPen(t.surface, 1.5));
      p.setBrush(color);
      const QPointF c(x(*r.estimate), at);
      if (r.bold)
        p.drawPolygon(QPolygonF({c + QPointF(-9, 0), c + QPointF(0, -8), c + QPointF(9, 0), c + QPointF(0, 8)}));
      else
        p.drawEllipse(c, 6, 6);
    }
    small(p, 12);
    p.setPen(r.verdict == 0 ? t.muted : t.text);
    p.drawText(QRectF(right + 16, y, note, kForestRow), Qt::AlignVCenter, elided(p, r.note, note));
    y += kForestRow;
  }
}

}  // namespace assay::gui
