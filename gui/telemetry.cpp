#include "gui/telemetry.h"

#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "gui/kit.h"
#include "gui/session_data.h"
#include "gui/theme.h"
#include "gui/words.h"

namespace assay::gui {
namespace {

constexpr int kRow = 26, kFrame_ms = 33, kViews_ms = 500;
constexpr std::size_t kFrames = 256;

}  // namespace

SignalList::SignalList(QWidget* parent) : QAbstractScrollArea(parent) {
  put_name(this, "run.signals_name");
  setObjectName(QStringLiteral("run_signals"));
  setFocusPolicy(Qt::StrongFocus);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  verticalScrollBar()->setSingleStep(kRow);
}

void SignalList::begin(std::vector<Channel> channels) {
  channels_ = std::move(channels);
  names_.clear();
  for (const auto& c : channels_) names_.push_back(QString::fromStdString(c.name));
  course_.assign(channels_.size(), std::vector<float>(kFrames, 0.0F));
  count_ = 0;
  newest_s_ = 0;
  filter(text_);
}

void SignalList::filter(const QString& text) {
  text_ = text;
  shown_.clear();
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (names_[i].contains(text, Qt::CaseInsensitive)) shown_.push_back(i);
  fit_bar();
  viewport()->update();
}

void SignalList::add(const std::vector<LiveFrame>& frames) {
  for (const auto& frame : frames) {
    if (frame.values.size() != channels_.size()) continue;
    for (std::size_t i = 0; i < course_.size(); ++i) course_[i][count_ % kFrames] = static_cast<float>(frame.values[i]);
    ++count_;
    newest_s_ = frame.time.seconds();
  }
  if (!frames.empty()) viewport()->update();
}

void SignalList::resizeEvent(QResizeEvent*) { fit_bar(); }

void SignalList::fit_bar() {
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setRange(0, std::max(0, rows() * kRow - viewport()->height()));
}

void SignalList::paintEvent(QPaintEvent*) {
  QPainter p(viewport());
  const Theme& t = theme();
  const int from = verticalScrollBar()->value(), width = viewport()->width();
  const double name = std::min(360.0, width * 0.4), value = 140, left = name + value + 20;
  const std::size_t count = std::min(count_, kFrames);
  for (int row = from / kRow; row < rows() && row * kRow - from < viewport()->height(); ++row) {
    const auto i = shown_[static_cast<std::size_t>(row)];
    const double y = row * kRow - from;
    p.setPen(QPen(t.line, 1));
    p.drawLine(QPointF(0, y + kRow - 0.5), QPointF(width, y + kRow - 0.5));
    p.setPen(t.text);
    p.drawText(QRectF(4, y, name - 8, kRow), Qt::AlignVCenter,
               p.fontMetrics().elidedText(names_[i], Qt::ElideMiddle, static_cast<int>(name) - 8));
    if (count == 0) continue;
    const auto& course = course_[i];
    QString words = number(static_cast<double>(course[(count_ - 1) % kFrames]));
    if (channels_[i].unit != "1") words += QLatin1Char(' ') + QString::fromStdString(channels_[i].unit);
    p.drawText(QRectF(name, y, value, kRow), Qt::AlignVCenter | Qt::AlignRight, words);
    float least = INFINITY, most = -INFINITY;
    for (std::size_t k = count_ - count; k < count_; ++k) {
      if (!std::isfinite(course[k % kFrames])) continue;
      least = std::min(least, course[k % kFrames]);
      most = std::max(most, course[k % kFrames]);
    }
    if (!(most >= least)) continue;
    const double span = most > least ? static_cast<double>(most) - least : 1, step = (width - left - 6) / kFrames;
    const double middle = most > least ? 0 : 0.5;  // a signal that stands is drawn in the middle
    QPolygonF line;
    const auto draw = [&] {
      if (line.size() > 1) p.drawPolyline(line);
      line.clear();
    };
    p.setPen(QPen(t.accent, 1));
    for (std::size_t k = count_ - count; k < count_; ++k) {
      const double v = course[k % kFrames];
      if (!std::isfinite(v)) {
        draw();
        continue;
      }
      line << QPointF(left + step * static_cast<double>(kFrames - count_ + k),
                      y + 4 + (kRow - 9) * (1 - middle - (v - least) / span));
    }
    draw();
  }
}

TelemetryPanel::TelemetryPanel(QWidget* parent)
    : QWidget(parent),
      which_(new QComboBox),
      filter_(new QLineEdit),
      where_(value_label("small")),
      list_(new SignalList) {
  auto* box = new QVBoxLayout(this);
  box->setContentsMargins(0, 0, 0, 0);
  auto* line = new QHBoxLayout;
  which_->setObjectName(QStringLiteral("run_signal_worker"));
  filter_->setObjectName(QStringLiteral("run_signal_filter"));
  filter_->setClearButtonEnabled(true);
  filter_->setMaximumWidth(320);
  put_name(which_, "run.signals_which");
  put_name(filter_, "run.signals_filter");
  where_->setWordWrap(false);
  line->addWidget(which_);
  line->addWidget(filter_, 1);
  line->addWidget(where_, 2);
  box->addLayout(line);
  box->addWidget(list_, 1);
  connect(filter_, &QLineEdit::textChanged, list_, &SignalList::filter);
  connect(which_, &QComboBox::currentIndexChanged, this, [this] { reader_.reset(); });
  frames_.setInterval(kFrame_ms);
  views_.setInterval(kViews_ms);
  connect(&frames_, &QTimer::timeout, this, &TelemetryPanel::poll);
  connect(&views_, &QTimer::timeout, this, &TelemetryPanel::find_views);
  retranslate();
}

void TelemetryPanel::watch(const QString& start) {
  if (start == start_) return;
  start_ = start;
  which_->clear();
  reader_.reset();
  list_->begin({});
  find_views();
}

void TelemetryPanel::retranslate() {
  filter_->setPlaceholderText(say("run.signals_filter"));
  for (int i = 0; i < which_->count(); ++i) which_->setItemText(i, say("run.signals_worker", {QString::number(i + 1)}));
  say_where();
}

void TelemetryPanel::showEvent(QShowEvent*) {
  find_views();
  frames_.start();
  views_.start();
}

void TelemetryPanel::hideEvent(QHideEvent*) {
  frames_.stop();
  views_.stop();
}

void TelemetryPanel::find_views() {
  const QFileInfo start(start_);
  QStringList found;
  if (!start_.isEmpty())
    for (const auto& name : start.dir().entryList({start.fileName() + QStringLiteral("-*")}, QDir::Files, QDir::Name))
      if (!name.endsWith(QStringLiteral(".new"))) found.push_back(start.dir().filePath(name));
  for (const auto& path : found)
    if (which_->findData(path) < 0)
      which_->addItem(say("run.signals_worker", {QString::number(which_->count() + 1)}), path);
  which_->setVisible(which_->count() > 1);
}

void TelemetryPanel::poll() {
  const QString path = which_->currentData().toString();
  if (path.isEmpty()) return;
  if (!reader_) reader_ = std::make_unique<LiveViewReader>(path.toStdString());
  bool another = false;
  const auto frames = reader_->news(another);
  if (another) list_->begin(reader_->head().channels);
  list_->add(frames);
  if (another || !frames.empty()) say_where();
}

void TelemetryPanel::say_where() {
  if (!reader_ || reader_->head().number == 0) return where_->setText(say("run.signals_none"));
  const auto& head = reader_->head();
  where_->setText(say("run.signals_where",
                      {QString::number(head.number), QString::fromStdString(head.task), QString::number(head.level),
                       QString::number(head.index), QString::number(list_->newest_s(), 'f', 1)}));
}

}  // namespace assay::gui
