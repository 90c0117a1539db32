#include "gui/operator_parts.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QJsonArray>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

namespace assay::gui {
namespace {

constexpr int kHold_ms = 1000;

PedalKeys& pedal() {
  static PedalKeys keys;
  return keys;
}

/// Lists of an entry: name in the message, word before each line, words of yes and no.
struct List {
  const char* name;
  const char* title;
  const char* yes;
  const char* no;
};
constexpr List kLists[] = {{"subgoals", "operator.subgoal", "operator.yes", "operator.no"},
                           {"checks", "operator.check", "operator.yes", "operator.no"},
                           {"limits", "operator.limit", "operator.broken", "operator.kept"}};
constexpr const char* kStages[] = {"operator.stage.set_up", "operator.stage.arm", "operator.stage.armed",
                                   "operator.stage.acting", "operator.stage.entry"};

}  // namespace

const PedalKeys& pedal_keys() { return pedal(); }

void set_pedal_keys(const QStringList& confirm, const QStringList& cannot) {
  if (!confirm.isEmpty()) pedal().confirm = confirm;
  if (!cannot.isEmpty()) pedal().cannot = cannot;
}

const std::vector<Reason>& reasons() {
  static const std::vector<Reason> kReasons = {{"scene_wrong", "operator.reason.scene_wrong"},
                                               {"object_missing", "operator.reason.object_missing"},
                                               {"robot_not_ready", "operator.reason.robot_not_ready"},
                                               {"person_in_zone", "operator.reason.person_in_zone"},
                                               {"lab_power", "operator.reason.lab_power"},
                                               {"lab_equipment", "operator.reason.lab_equipment"},
                                               {"operator_mistake", "operator.reason.operator_mistake"},
                                               {"other", "operator.reason.other"}};
  return kReasons;
}

QJsonObject in_both(const char* key) {
  const Lang now = lang();
  QJsonObject out;
  set_lang(Lang::en);
  out[QLatin1String("en")] = say(key);
  set_lang(Lang::zh);
  out[QLatin1String("zh")] = say(key);
  set_lang(now);
  return out;
}

QString text_of(const QJsonObject& text, bool own) {
  const bool zh = (lang() == Lang::zh) == own;
  return text[zh ? QLatin1String("zh") : QLatin1String("en")].toString();
}

HoldButton::HoldButton(const char* key, const char* object_name) {
  setObjectName(QLatin1String(object_name));
  put_text(this, key);
  set_tone(this, "kind", "primary");
  timer_.setSingleShot(true);
  timer_.setInterval(kHold_ms);
  paint_.setInterval(30);
  connect(this, &QPushButton::pressed, this, &HoldButton::begin);
  connect(this, &QPushButton::released, this, &HoldButton::end);
  connect(&timer_, &QTimer::timeout, this, [this] {
    end();
    emit held();
  });
  connect(&paint_, &QTimer::timeout, this, qOverload<>(&QWidget::update));
}

void HoldButton::begin() {
  since_.start();
  timer_.start();
  paint_.start();
}

void HoldButton::end() {
  timer_.stop();
  paint_.stop();
  update();
}

void HoldButton::keyPressEvent(QKeyEvent* event) {
  const bool mine = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
  if (!mine) return QPushButton::keyPressEvent(event);
  if (!event->isAutoRepeat()) begin();
}

void HoldButton::keyReleaseEvent(QKeyEvent* event) {
  if (!event->isAutoRepeat()) end();
}

void HoldButton::focusOutEvent(QFocusEvent* event) {
  end();
  QPushButton::focusOutEvent(event);
}

void HoldButton::paintEvent(QPaintEvent* event) {
  QPushButton::paintEvent(event);
  if (!timer_.isActive()) return;
  QPainter painter(this);
  const double share = std::min(1.0, static_cast<double>(since_.elapsed()) / kHold_ms);
  painter.fillRect(QRectF(2, height() - 8, (width() - 4) * share, 6), theme().on_accent);
}

StageBar::StageBar(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed); }

void StageBar::set(int at) {
  at_ = at;
  setAccessibleName(say("operator.stage.name", {QString::number(std::min(5, at + 1)), say(kStages[std::min(4, at)])}));
  update();
}

void StageBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  const double wide = width() / 5.0;
  for (int i = 0; i < 5; ++i) {
    const bool now = i == at_, done = i < at_;
    const QRectF bar(i * wide + (i == 0 ? 0 : 3), 0, wide - (i == 0 || i == 4 ? 3 : 6), 5);
    painter.setPen(Qt::NoPen);
    painter.setBrush(now ? t.accent : done ? t.pass : t.none_tint);
    painter.drawRoundedRect(bar, 2.5, 2.5);
    QFont font = this->font();
    font.setBold(now);
    painter.setFont(font);
    painter.setPen(now ? t.accent : t.muted);
    QRectF words = bar.adjusted(0, 11, 0, 27);
    if (done) {
      painter.drawPixmap(words.topLeft().toPoint() + QPoint(0, 1), icon_pixmap("check", t.pass, 15));
      words.adjust(20, 0, 0, 0);
    }
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(QString::number(i + 1) + QStringLiteral(" · ") + say(kStages[i]),
                                                      Qt::ElideRight, static_cast<int>(words.width())));
  }
}

EntryForm::EntryForm() : grid_(new QGridLayout(this)) {
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setVerticalSpacing(6);
  grid_->setHorizontalSpacing(12);
  grid_->setColumnStretch(0, 1);
}

void EntryForm::add(const char* title, const char* list, const QJsonObject& one, const char* yes, const char* no,
                    int row) {
  const QString id = one[QLatin1String("id")].toString(), key = QLatin1String(list) + QLatin1Char('/') + id;
  const QString what = one.contains(QLatin1String("words")) ? in_lang(one[QLatin1String("words")])
                                                            : one[QLatin1String("what")].toString();
  auto* words = value_label();
  words->setText(say(title, {id}) + QStringLiteral(" · ") + what);
  words->setToolTip(what);
  grid_->addWidget(words, row, 0);
  auto* line = new QHBoxLayout;
  line->setSpacing(0);
  auto* group = new QButtonGroup(this);
  const std::pair<const char*, int> choices[] = {{yes, 1}, {no, 2}, {"operator.not_seen", 0}};
  for (const auto& [text, value] : choices) {
    auto* choice = new QPushButton(say(text));
    choice->setObjectName(QStringLiteral("operator_said_%1_%2").arg(id).arg(value));
    choice->setAccessibleName(say(title, {id}) + QStringLiteral(": ") + say(text));
    choice->setCheckable(true);
    choice->setChecked(said_.value(key) == value);
    choice->setMinimumHeight(40);
    choice->setMinimumWidth(92);
    set_tone(choice, "kind", "choice");
    group->addButton(choice, value);
    line->addWidget(choice);
  }
  connect(group, &QButtonGroup::idToggled, this, [this, key](int value, bool on) {
    if (on) said_[key] = value;
  });
  grid_->addLayout(line, row, 1);
}

void EntryForm::set(const QJsonObject& card) {
  while (auto* item = grid_->takeAt(0)) {
    if (auto* line = item->layout()) {
      while (auto* inner = line->takeAt(0)) {
        inner->widget()->hide();
        inner->widget()->deleteLater();
        delete inner;
      }
    }
    if (auto* widget = item->widget()) {
      widget->hide();
      widget->deleteLater();
    }
    delete item;
  }
  for (auto* old : findChildren<QButtonGroup*>()) delete old;
  int row = 0;
  for (const auto& list : kLists)
    for (const auto& one : card[QLatin1String(list.name)].toArray())
      add(list.title, list.name, one.toObject(), list.yes, list.no, row++);
}

QJsonObject EntryForm::said() const {
  QJsonObject out;
  for (const auto& list : kLists) {
    QJsonObject part;
    const QString head = QLatin1String(list.name) + QLatin1Char('/');
    for (auto it = said_.begin(); it != said_.end(); ++it)
      if (it.key().startsWith(head) && it.value() > 0) part[it.key().mid(head.size())] = it.value() == 1;
    out[QLatin1String(list.name)] = part;
  }
  return out;
}

}  // namespace assay::gui
