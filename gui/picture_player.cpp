#include "gui/picture_player.h"

#include <QDir>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "gui/theme.h"
#include "gui/words.h"

namespace assay::gui {
namespace {

constexpr int kTick_ms = 25;

}  // namespace

PicturePlayer::PicturePlayer(const char* name_key, QWidget* parent) : QWidget(parent) {
  put_name(this, name_key);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  timer_.setInterval(kTick_ms);
  connect(&timer_, &QTimer::timeout, this, [this] {
    const int now = from_ + static_cast<int>(static_cast<double>(since_.elapsed()) * 1e-3 / step_s_);
    if (now >= files_.size() - 1) timer_.stop();
    show_frame(now);
  });
}

void PicturePlayer::say_why(const QString& text) {
  timer_.stop();
  files_.clear();
  picture_ = {};
  why_ = text;
  update();
}

void PicturePlayer::show_still(const QString& file) {
  say_why({});
  picture_.load(file);
  update();
}

void PicturePlayer::load(const QString& folder, double step_s) {
  say_why({});
  const QDir in(folder);
  for (const auto& name : in.entryList({QStringLiteral("*.png")}, QDir::Files, QDir::Name))
    files_ << in.absoluteFilePath(name);
  step_s_ = step_s > 0 ? step_s : 0.1;
  show_frame(0);
}

double PicturePlayer::length_s() const { return std::max<double>(0, static_cast<double>(files_.size() - 1)) * step_s_; }

void PicturePlayer::play() {
  if (!loaded()) return;
  from_ = at_ >= files_.size() - 1 ? 0 : at_;
  since_.start();
  timer_.start();
}

void PicturePlayer::pause() {
  timer_.stop();
  emit moved();
}

void PicturePlayer::step(int frames) {
  timer_.stop();
  show_frame(at_ + frames);
}

void PicturePlayer::show_frame(int at) {
  if (!loaded()) return;
  at_ = std::clamp(at, 0, static_cast<int>(files_.size()) - 1);
  picture_.load(files_[at_]);
  update();
  emit moved();
}

void PicturePlayer::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  constexpr double kRound = 8;
  if (picture_.isNull()) {
    painter.setPen(QPen(theme().line, 1));
    painter.setBrush(theme().raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRound, kRound);
    painter.setPen(theme().muted);
    painter.drawText(rect().adjusted(24, 16, -24, -16), Qt::AlignCenter | Qt::TextWordWrap, why_);
    return;
  }
  const QSizeF size = QSizeF(picture_.size()).scaled(QSizeF(this->size()), Qt::KeepAspectRatio);
  const QRectF at(QPointF((width() - size.width()) / 2, 0), size);  // level with the words beside it
  QPainterPath round;
  round.addRoundedRect(at, kRound, kRound);
  painter.setClipPath(round);
  painter.drawPixmap(at, picture_, QRectF(picture_.rect()));
  if (files_.size() < 2) return;
  const double share = static_cast<double>(at_) / static_cast<double>(files_.size() - 1);
  painter.fillRect(QRectF(at.left(), at.bottom() - 6, at.width(), 6), theme().none_tint);
  painter.fillRect(QRectF(at.left(), at.bottom() - 6, at.width() * share, 6), theme().accent);
}

}  // namespace assay::gui
