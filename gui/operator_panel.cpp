#include "gui/operator_panel.h"

#include <QApplication>
#include <QComboBox>
#include <QGridLayout>
#include <QJsonArray>
#include <QKeyEvent>
#include <QLineEdit>
#include <algorithm>

namespace assay::gui {
namespace {

constexpr int kHold_ms = 1000;

struct Pedal {
  QStringList confirm{QStringLiteral("PgDown"), QStringLiteral("F8")};
  QStringList cannot{QStringLiteral("PgUp"), QStringLiteral("F7")};
};
Pedal& pedal() {
  static Pedal keys;
  return keys;
}

struct Kind {
  const char* name;
  const char* state;  ///< on the badge
};
constexpr Kind kKinds[] = {{"set_up", "operator.state.set_up"}, {"arm", "operator.state.arm"},
                           {"armed", "operator.state.armed"},   {"acting", "operator.state.acting"},
                           {"entry", "operator.state.entry"},   {"undo", "operator.state.undo"}};

struct Reason {
  const char* code;
  const char* words;
};
constexpr Reason kReasons[] = {{"scene_wrong", "operator.reason.scene_wrong"},
                               {"object_missing", "operator.reason.object_missing"},
                               {"robot_not_ready", "operator.reason.robot_not_ready"},
                               {"person_in_zone", "operator.reason.person_in_zone"},
                               {"lab_power", "operator.reason.lab_power"},
                               {"lab_equipment", "operator.reason.lab_equipment"},
                               {"operator_mistake", "operator.reason.operator_mistake"},
                               {"other", "operator.reason.other"}};

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

QJsonObject both(const char* key) {
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

}  // namespace

void set_pedal_keys(const QStringList& confirm, const QStringList& cannot) {
  if (!confirm.isEmpty()) pedal().confirm = confirm;
  if (!cannot.isEmpty()) pedal().cannot = cannot;
}

HoldButton::HoldButton(const char* key, const char* object_name) {
  setObjectName(QLatin1String(object_name));
  put_text(this, key);
  set_tone(this, "kind", "primary");
  timer_.setSingleShot(true);
  timer_.setInterval(kHold_ms);
  connect(this, &QPushButton::pressed, &timer_, qOverload<>(&QTimer::start));
  connect(this, &QPushButton::released, &timer_, &QTimer::stop);
  connect(&timer_, &QTimer::timeout, this, &HoldButton::held);
}

void HoldButton::keyPressEvent(QKeyEvent* event) {
  const bool mine = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
  if (!mine) return QPushButton::keyPressEvent(event);
  if (!event->isAutoRepeat()) timer_.start();
}

void HoldButton::keyReleaseEvent(QKeyEvent* event) {
  if (!event->isAutoRepeat()) timer_.stop();
}

void HoldButton::focusOutEvent(QFocusEvent* event) {
  timer_.stop();
  QPushButton::focusOutEvent(event);
}

OperatorPanel::OperatorPanel()
    : sheet_(new Card),
      badge_(new Badge),
      title_(value_label("card")),
      line_(value_label("big")),
      other_(value_label("state")),
      note_(value_label("muted")),
      refusal_(value_label()),
      time_label_(label("operator.time")),
      name_(new QLineEdit),
      time_(new QLineEdit),
      form_(new QWidget),
      reason_row_(new QWidget),
      time_row_(new QWidget),
      grid_(new QGridLayout(form_)),
      reason_(new QComboBox),
      primary_(button("operator.next", "operator_confirm", "primary")),
      yes_(button("operator.done", "operator_done")),
      no_(button("operator.not_done", "operator_not_done")),
      enter_(button("operator.enter", "operator_enter", "primary")),
      undo_(button("operator.undo", "operator_undo", "primary")),
      back_(button("operator.back", "operator_back")),
      cannot_(button("operator.cannot", "operator_cannot")),
      invalid_(button("operator.invalid", "operator_invalid")),
      reason_ok_(button("operator.reason_ok", "operator_reason_ok", "primary")),
      reason_back_(button("operator.back", "operator_reason_back")),
      hold_(new HoldButton("operator.hold", "operator_hold")) {
  setObjectName(QStringLiteral("operator_panel"));
  set_tone(sheet_, "tone", "action");
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(sheet_);
  delete sheet_->layout()->takeAt(0);
  name_->setObjectName(QStringLiteral("operator_name"));
  put_name(name_, "operator.name");
  name_->setMaximumWidth(180);
  title_->setWordWrap(false);
  auto* top = new QHBoxLayout;
  top->setSpacing(12);
  top->addWidget(badge_);
  top->addWidget(title_);
  top->addStretch(1);
  top->addWidget(label("operator.name"));
  top->addWidget(name_);
  sheet_->box->addLayout(top);
  for (auto* one : {line_, other_, note_}) sheet_->box->addWidget(one);
  grid_->setContentsMargins(0, 0, 0, 0);
  sheet_->box->addWidget(form_);

  time_->setObjectName(QStringLiteral("operator_time"));
  put_name(time_, "operator.time");
  time_->setMaximumWidth(120);
  auto* time_line = new QHBoxLayout(time_row_);
  time_line->setContentsMargins(0, 0, 0, 0);
  time_line->addWidget(time_label_);
  time_line->addWidget(time_);
  time_line->addStretch(1);
  sheet_->box->addWidget(time_row_);

  reason_->setObjectName(QStringLiteral("operator_reason"));
  put_name(reason_, "operator.reason");
  auto* reason_line = new QHBoxLayout(reason_row_);
  reason_line->setContentsMargins(0, 0, 0, 0);
  reason_line->addWidget(label("operator.reason"));
  for (auto* one : std::initializer_list<QWidget*>{reason_, reason_ok_, reason_back_}) reason_line->addWidget(one);
  reason_line->addStretch(1);
  sheet_->box->addWidget(reason_row_);

  auto* line = new QHBoxLayout;
  line->setSpacing(12);
  for (auto* one : std::initializer_list<QPushButton*>{primary_, hold_, yes_, no_, enter_, undo_, back_}) {
    one->setMinimumHeight(44);
    line->addWidget(one);
  }
  line->addStretch(1);
  for (auto* one : {cannot_, invalid_}) line->addWidget(one);
  sheet_->box->addLayout(line);
  sheet_->box->addWidget(refusal_);
  for (auto* one : {yes_, no_}) one->setCheckable(true);

  connect(primary_, &QPushButton::clicked, this, &OperatorPanel::confirm);
  connect(hold_, &HoldButton::held, this, [this] { send({{QStringLiteral("act"), QStringLiteral("go")}}); });
  connect(yes_, &QPushButton::clicked, this, [this] { score(true); });
  connect(no_, &QPushButton::clicked, this, [this] { score(false); });
  connect(enter_, &QPushButton::clicked, this, &OperatorPanel::send_entry);
  connect(undo_, &QPushButton::clicked, this, [this] { send({{QStringLiteral("act"), QStringLiteral("undo")}}); });
  connect(back_, &QPushButton::clicked, this, [this] { send({{QStringLiteral("act"), QStringLiteral("back")}}); });
  connect(cannot_, &QPushButton::clicked, this, [this] { ask_reason("cannot"); });
  connect(invalid_, &QPushButton::clicked, this, [this] { ask_reason("invalid"); });
  connect(reason_back_, &QPushButton::clicked, this, [this] {
    reason_act_.clear();
    fill();
  });
  connect(reason_ok_, &QPushButton::clicked, this, [this] {
    const int at = std::max(0, reason_->currentIndex());
    send({{QStringLiteral("act"), reason_act_}, {QStringLiteral("reason"), QLatin1String(kReasons[at].code)}});
  });
  key({QStringLiteral("Space")}, &OperatorPanel::confirm, true);
  key(pedal().confirm, &OperatorPanel::confirm);
  const auto press = [this](const QStringList& keys, QPushButton* which) {
    for (const auto& one : keys) {
      auto* shortcut = new QShortcut(QKeySequence(one), which);  // lives only while its button can be pressed
      connect(shortcut, &QShortcut::activated, which, &QPushButton::click);
    }
  };
  press(pedal().cannot, cannot_);
  press({QStringLiteral("F")}, cannot_);
  press({QStringLiteral("I")}, invalid_);
  press({QStringLiteral("Y")}, yes_);
  press({QStringLiteral("N")}, no_);
  press({QStringLiteral("Return"), QStringLiteral("Enter")}, enter_);
  press({QStringLiteral("U")}, undo_);
  hide();
}

/// Space on another button presses that one; what a text field takes never comes here.
void OperatorPanel::key(const QStringList& keys, void (OperatorPanel::*act)(), bool yields_to_buttons) {
  for (const auto& one : keys) {
    auto* shortcut = new QShortcut(QKeySequence(one), primary_);
    connect(shortcut, &QShortcut::activated, this, [this, act, yields_to_buttons] {
      auto* focused = qobject_cast<QAbstractButton*>(QApplication::focusWidget());
      if (yields_to_buttons && focused != nullptr && focused != primary_) return focused->click();
      (this->*act)();
    });
  }
}

QString OperatorPanel::kind() const { return prompt_[QLatin1String("kind")].toString(); }
QJsonObject OperatorPanel::card() const { return prompt_[QLatin1String("card")].toObject(); }

void OperatorPanel::set_line(const QJsonObject& text) {
  line_->setText(text_of(text, true));
  other_->setText(text_of(text, false));
}

void OperatorPanel::show_prompt(const QJsonObject& prompt) {
  const QString id = prompt[QLatin1String("id")].toString();
  prompt_ = prompt;
  if (id.isEmpty()) {
    id_.clear();
    return hide();
  }
  if (id != id_) {
    if (kind() == QLatin1String("set_up")) said_.clear();
    step_ = 0;
    success_ = -1;
    reason_act_.clear();
    sent_.clear();
    refusal_->clear();
    time_->clear();
  }
  const bool anew = id != id_ || lang_ != lang() || !isVisibleTo(parentWidget());
  id_ = id;
  lang_ = lang();
  if (anew) fill();
  show();
  tick();
}

void OperatorPanel::show_refusal(const QString& why) {
  sent_.clear();
  refusal_->setText(why);
  refusal_->show();
  fill();
}

void OperatorPanel::fill() {
  const QString now = kind();
  const bool reason = !reason_act_.isEmpty();
  const auto is = [&](const char* name) { return now == QLatin1String(name) && !reason; };
  for (const auto& one : kKinds)
    if (now == QLatin1String(one.name))
      badge_->set(say(one.state),
                  {theme().accent, theme().accent_tint, now == QLatin1String("acting") ? "play" : "open"});
  title_->setText(say("operator.title", {QString::number(prompt_[QLatin1String("trial")].toInteger()),
                                         in_lang(card()[QLatin1String("title")]),
                                         QString::number(prompt_[QLatin1String("level")].toInt()),
                                         QString::number(prompt_[QLatin1String("index")].toInt())}));
  primary_->setVisible(is("set_up") || is("arm") || is("acting"));
  hold_->setVisible(is("armed"));
  for (auto* one : {yes_, no_, enter_}) one->setVisible(is("entry"));
  undo_->setVisible(is("undo"));
  back_->setVisible(is("armed"));
  cannot_->setVisible(is("set_up") || is("arm"));
  invalid_->setVisible(!reason && now != QLatin1String("undo"));
  reason_row_->setVisible(reason);
  form_->setVisible(is("entry"));
  time_row_->setVisible(is("entry") && prompt_[QLatin1String("time_s")].isNull());
  refusal_->setVisible(!refusal_->text().isEmpty());
  fill_texts();
  fill_form();
  for (auto* one : findChildren<QPushButton*>()) one->setEnabled(sent_ != id_);
  yes_->setChecked(success_ == 1);
  no_->setChecked(success_ == 0);
  const bool late = prompt_[QLatin1String("over_time")].toBool();
  yes_->setEnabled(yes_->isEnabled() && !late);
  enter_->setEnabled(enter_->isEnabled() && success_ >= 0);
  if (reason) {
    const int at = std::max(0, reason_->currentIndex());
    reason_->clear();
    for (const auto& one : kReasons) reason_->addItem(say(one.words));
    reason_->setCurrentIndex(at);
    reason_->setFocus();
  } else if (is("armed")) {
    hold_->setFocus();
  } else if (name_->text().isEmpty()) {
    name_->setFocus();
  } else if (!name_->hasFocus()) {
    (is("entry") ? yes_ : is("undo") ? undo_ : primary_)->setFocus();
  }
}

void OperatorPanel::fill_texts() {
  const QString now = kind();
  const auto steps = card()[QLatin1String("steps")].toArray();
  note_->clear();
  if (!reason_act_.isEmpty()) {
    set_line(both(reason_act_ == QLatin1String("cannot") ? "operator.line.cannot" : "operator.line.invalid"));
    if (now == QLatin1String("entry")) note_->setText(say("operator.note.after"));
  } else if (now == QLatin1String("set_up")) {
    QStringList left;
    for (const auto& one : card()[QLatin1String("not_set")].toArray()) left << in_lang(one);
    if (step_ < steps.size()) {
      set_line(steps[step_].toObject());
      put_text(primary_, "operator.next");
    } else {
      auto text = card()[QLatin1String("instruction")].toObject();
      const auto tell = both("operator.line.tell");
      for (const auto* in : {"en", "zh"})
        text[QLatin1String(in)] = tell[QLatin1String(in)].toString() + text[QLatin1String(in)].toString();
      set_line(text);
      put_text(primary_, "operator.ready");
    }
    note_->setText(say("operator.note.step", {QString::number(step_ + 1), QString::number(steps.size() + 1),
                                              left.isEmpty() ? QStringLiteral("–") : left.join(QStringLiteral(", "))}));
  } else if (now == QLatin1String("arm")) {
    set_line(both("operator.line.arm"));
    put_text(primary_, "operator.zone_clear");
  } else if (now == QLatin1String("armed")) {
    set_line(both("operator.line.armed"));
  } else if (now == QLatin1String("acting")) {
    set_line(both("operator.line.acting"));
    put_text(primary_, "operator.ended");
  } else if (now == QLatin1String("entry")) {
    set_line(both(prompt_[QLatin1String("over_time")].toBool() ? "operator.line.late" : "operator.line.entry"));
    note_->setText(card()[QLatin1String("success")].toString());
  } else {
    set_line(both("operator.line.undo"));
  }
}

void OperatorPanel::fill_form() {
  rows_.clear();
  while (auto* item = grid_->takeAt(0)) {
    if (auto* widget = item->widget()) {
      widget->hide();
      widget->deleteLater();
    }
    delete item;
  }
  if (!form_->isVisibleTo(this)) return;
  int at = 0;
  for (const auto& list : kLists) {
    for (const auto& entry : card()[QLatin1String(list.name)].toArray()) {
      const auto one = entry.toObject();
      const QString id = one[QLatin1String("id")].toString(), key = QLatin1String(list.name) + QLatin1Char('/') + id;
      const QString what = one.contains(QLatin1String("words")) ? in_lang(one[QLatin1String("words")])
                                                                : one[QLatin1String("what")].toString();
      auto* words = value_label();
      words->setText(say(list.title, {id}));
      words->setToolTip(what);
      words->setWordWrap(false);
      auto* box = new QComboBox;
      box->setObjectName(QStringLiteral("operator_said_") + id);
      box->setAccessibleName(words->text() + QStringLiteral(": ") + what);
      box->setToolTip(what);
      box->addItems({say("operator.not_seen"), say(list.yes), say(list.no)});
      box->setCurrentIndex(said_.value(key));
      connect(box, &QComboBox::currentIndexChanged, this, [this, key](int index) { said_[key] = index; });
      grid_->addWidget(words, at / 2, 2 * (at % 2));
      grid_->addWidget(box, at / 2, 2 * (at % 2) + 1);
      rows_.push_back({QLatin1String(list.name), id, box});
      ++at;
    }
  }
}

void OperatorPanel::tick() {
  if (!reason_act_.isEmpty()) return;
  const auto number = [this](const char* name) { return prompt_[QLatin1String(name)].toDouble(); };
  const QString limit = QString::number(card()[QLatin1String("time_limit_s")].toDouble());
  if (kind() == QLatin1String("acting"))
    note_->setText(say("operator.note.acting", {QString::number(number("elapsed_s"), 'f', 0), limit}));
  if (kind() == QLatin1String("armed"))
    note_->setText(say("operator.note.left", {QString::number(number("left_s"), 'f', 0)}));
  if (kind() == QLatin1String("undo"))
    note_->setText(say("operator.note.left", {QString::number(number("left_s"), 'f', 0)}));
}

void OperatorPanel::confirm() {
  const QString now = kind();
  if (now == QLatin1String("set_up")) {
    if (step_++ < card()[QLatin1String("steps")].toArray().size()) return fill();
    --step_;
    send({{QStringLiteral("act"), QStringLiteral("ready")}});
  } else if (now == QLatin1String("arm")) {
    send({{QStringLiteral("act"), QStringLiteral("zone_clear")}});
  } else if (now == QLatin1String("acting")) {
    send({{QStringLiteral("act"), QStringLiteral("ended")}});
  }
}

void OperatorPanel::score(bool success) {
  success_ = success ? 1 : 0;
  fill();
}

void OperatorPanel::ask_reason(const char* act) {
  reason_act_ = QLatin1String(act);
  fill();
}

void OperatorPanel::send_entry() {
  QJsonObject out{{QStringLiteral("act"), QStringLiteral("enter")}, {QStringLiteral("success"), success_ == 1}};
  for (const auto& list : kLists) {
    QJsonObject said;
    for (const auto& row : rows_)
      if (row.list == QLatin1String(list.name) && row.box->currentIndex() > 0)
        said[row.id] = row.box->currentIndex() == 1;
    out[QLatin1String(list.name)] = said;
  }
  if (time_row_->isVisible()) out[QLatin1String("time_s")] = time_->text().toDouble();
  send(std::move(out));
}

void OperatorPanel::send(QJsonObject message) {
  const QString by = name_->text().trimmed();
  if (by.isEmpty()) {
    show_refusal(say("operator.no_name"));
    return name_->setFocus();
  }
  if (sent_ == id_) return;  // answered already: the run has not told yet
  sent_ = id_;
  refusal_->clear();
  message[QLatin1String("prompt")] = id_;
  message[QLatin1String("by")] = by;
  for (auto* one : findChildren<QPushButton*>()) one->setEnabled(false);
  emit acted(message);
}

}  // namespace assay::gui
