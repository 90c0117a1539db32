#include "gui/operator_panel.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QJsonArray>
#include <QLineEdit>
#include <QScrollArea>
#include <QShortcut>
#include <algorithm>

namespace assay::gui {
namespace {

struct Kind {
  const char* name;
  const char* state;  ///< on the badge
  int stage;
};
constexpr Kind kKinds[] = {{"set_up", "operator.state.set_up", 0}, {"arm", "operator.state.arm", 1},
                           {"armed", "operator.state.armed", 2},   {"acting", "operator.state.acting", 3},
                           {"entry", "operator.state.entry", 4},   {"undo", "operator.state.undo", 5}};

QPushButton* huge(QPushButton* one) {
  one->setProperty("reach", "far");
  return one;
}

}  // namespace

OperatorPanel::OperatorPanel()
    : sheet_(new Card),
      badge_(new Badge),
      stages_(new StageBar),
      picture_(new PicturePlayer("operator.picture")),
      title_(value_label("state")),
      line_(value_label("prompt")),
      other_(value_label("prompt2")),
      note_(value_label("note")),
      refusal_(value_label("note")),
      time_label_(label("operator.time")),
      name_(new QLineEdit),
      time_(new QLineEdit),
      remark_(new QLineEdit),
      form_box_(new QWidget),
      reason_row_(new QWidget),
      time_row_(new QWidget),
      form_(new EntryForm),
      scroll_(new QScrollArea),
      reason_(new QComboBox),
      primary_(huge(button("operator.next", "operator_confirm", "primary"))),
      yes_(huge(button("operator.done", "operator_done"))),
      no_(huge(button("operator.not_done", "operator_not_done"))),
      enter_(huge(button("operator.enter", "operator_enter", "primary"))),
      undo_(huge(button("operator.undo", "operator_undo", "primary"))),
      back_(huge(button("operator.back", "operator_back"))),
      cannot_(huge(button("operator.cannot", "operator_cannot"))),
      invalid_(huge(button("operator.invalid", "operator_invalid"))),
      reason_ok_(huge(button("operator.reason_ok", "operator_reason_ok", "primary"))),
      reason_back_(huge(button("operator.back", "operator_reason_back"))),
      details_(button("operator.details", "operator_details", "flat")),
      hold_(new HoldButton("operator.hold", "operator_hold")) {
  setObjectName(QStringLiteral("operator_panel"));
  setFocusPolicy(Qt::StrongFocus);
  huge(hold_);
  set_tone(sheet_, "tone", "operator");
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(sheet_);
  delete sheet_->layout()->takeAt(0);
  sheet_->box->setSpacing(14);
  build_top(sheet_->box);
  sheet_->box->addWidget(stages_);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(24);
  middle->addWidget(picture_, 6);
  auto* words = new QVBoxLayout;
  words->setSpacing(10);
  for (auto* one : {line_, other_, note_}) words->addWidget(one);
  build_form(words);
  words->addStretch(1);
  middle->addLayout(words, 6);
  sheet_->box->addLayout(middle, 1);
  sheet_->box->addWidget(refusal_);
  build_buttons(sheet_->box);
  connect_keys();
  hide();
}

void OperatorPanel::build_top(QVBoxLayout* column) {
  name_->setObjectName(QStringLiteral("operator_name"));
  put_name(name_, "operator.name");
  name_->setProperty("reach", "far");
  name_->setMinimumWidth(220);
  name_->setMaximumWidth(260);
  title_->setWordWrap(false);
  auto* top = new QHBoxLayout;
  top->setSpacing(12);
  top->addWidget(badge_);
  top->addWidget(title_);
  top->addStretch(1);
  top->addWidget(label("operator.name"));
  top->addWidget(name_);
  top->addWidget(details_);
  column->addLayout(top);
}

void OperatorPanel::build_form(QVBoxLayout* column) {
  auto* inner = new QVBoxLayout(form_box_);
  inner->setContentsMargins(0, 0, 0, 0);
  inner->setSpacing(8);
  // A long card is scrolled; the buttons below stay where they are.
  scroll_->setWidget(form_);
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setFocusPolicy(Qt::NoFocus);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  inner->addWidget(scroll_, 1);
  remark_->setObjectName(QStringLiteral("operator_remark"));
  put_text(remark_, "operator.remark");
  inner->addWidget(remark_);
  column->addWidget(form_box_, 20);
  time_->setObjectName(QStringLiteral("operator_time"));
  put_name(time_, "operator.time");
  time_->setMaximumWidth(120);
  auto* time_line = new QHBoxLayout(time_row_);
  time_line->setContentsMargins(0, 0, 0, 0);
  time_line->addWidget(time_label_);
  time_line->addWidget(time_);
  time_line->addStretch(1);
  column->addWidget(time_row_);
  reason_->setObjectName(QStringLiteral("operator_reason"));
  reason_->setProperty("reach", "far");
  put_name(reason_, "operator.reason");
  auto* reason_column = new QVBoxLayout(reason_row_);
  reason_column->setContentsMargins(0, 0, 0, 0);
  reason_column->addWidget(reason_);
  column->addWidget(reason_row_);
}

void OperatorPanel::build_buttons(QVBoxLayout* column) {
  auto* line = new QHBoxLayout;
  line->setSpacing(12);
  for (auto* one :
       std::initializer_list<QPushButton*>{primary_, hold_, yes_, no_, enter_, undo_, reason_ok_, reason_back_, back_})
    line->addWidget(one);
  line->addStretch(1);
  for (auto* one : {cannot_, invalid_}) line->addWidget(one);
  column->addLayout(line);
  for (auto* one : {yes_, no_}) one->setCheckable(true);
  connect(primary_, &QPushButton::clicked, this, &OperatorPanel::confirm);
  connect(hold_, &HoldButton::held, this, [this] { send_act("go"); });
  connect(yes_, &QPushButton::clicked, this, [this] { score(true); });
  connect(no_, &QPushButton::clicked, this, [this] { score(false); });
  connect(enter_, &QPushButton::clicked, this, &OperatorPanel::send_entry);
  connect(undo_, &QPushButton::clicked, this, [this] { send_act("undo"); });
  connect(back_, &QPushButton::clicked, this, [this] { send_act("back"); });
  connect(cannot_, &QPushButton::clicked, this, [this] { ask_reason("cannot"); });
  connect(invalid_, &QPushButton::clicked, this, [this] { ask_reason("invalid"); });
  connect(details_, &QPushButton::clicked, this, &OperatorPanel::details_wanted);
  connect(reason_back_, &QPushButton::clicked, this, [this] {
    reason_act_.clear();
    fill();
  });
  connect(reason_ok_, &QPushButton::clicked, this, [this] {
    const auto at = static_cast<std::size_t>(std::max(0, reason_->currentIndex()));
    send({{QStringLiteral("act"), reason_act_}, {QStringLiteral("reason"), QLatin1String(reasons()[at].code)}});
  });
}

void OperatorPanel::connect_keys() {
  // Space on another button presses that one; what a text field takes never comes here.
  auto* space = new QShortcut(QKeySequence(QStringLiteral("Space")), primary_);
  connect(space, &QShortcut::activated, this, [this] {
    auto* focused = qobject_cast<QAbstractButton*>(QApplication::focusWidget());
    if (focused != nullptr && focused != primary_) return focused->click();
    confirm();
  });
  on_key(pedal_keys().confirm, primary_);
  on_key(pedal_keys().cannot, cannot_);
  on_key({QStringLiteral("F")}, cannot_);
  on_key({QStringLiteral("I")}, invalid_);
  on_key({QStringLiteral("Y")}, yes_);
  on_key({QStringLiteral("N")}, no_);
  on_key({QStringLiteral("Return"), QStringLiteral("Enter")}, enter_);
  on_key({QStringLiteral("U")}, undo_);
}

/// A shortcut lives only while its button can be pressed.
void OperatorPanel::on_key(const QStringList& keys, QPushButton* which) {
  for (const auto& one : keys) {
    auto* shortcut = new QShortcut(QKeySequence(one), which);
    shortcut->setAutoRepeat(false);
    connect(shortcut, &QShortcut::activated, which, &QPushButton::click);
  }
}

QString OperatorPanel::kind() const { return prompt_[QLatin1String("kind")].toString(); }
QJsonObject OperatorPanel::card() const { return prompt_[QLatin1String("card")].toObject(); }
bool OperatorPanel::is(const char* which) const { return kind() == QLatin1String(which) && reason_act_.isEmpty(); }

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
    if (kind() == QLatin1String("set_up")) {
      form_->forget();
      remark_->clear();
    }
    if (kind() != QLatin1String("undo") && kind() != QLatin1String("entry")) success_ = -1;
    step_ = 0;
    reason_act_.clear();
    sent_.clear();
    refusal_->clear();
    time_->clear();
  }
  const bool anew = id != id_ || lang_ != lang() || !isVisibleTo(parentWidget());
  id_ = id;
  lang_ = lang();
  show();
  if (anew) fill();
  tick();
}

void OperatorPanel::show_refusal(const QString& why) {
  sent_.clear();
  refusal_->setText(why);
  fill();
}

void OperatorPanel::hold_back(const QString& why) {
  if (back_why_ == why) return;
  back_why_ = why;
  if (asks()) fill();
}

void OperatorPanel::fill_visible() {
  const bool reason = !reason_act_.isEmpty();
  primary_->setVisible(is("set_up") || is("arm") || is("acting"));
  hold_->setVisible(is("armed"));
  for (auto* one : {yes_, no_, enter_}) one->setVisible(is("entry"));
  undo_->setVisible(is("undo"));
  back_->setVisible(is("armed"));
  cannot_->setVisible(is("set_up") || is("arm"));
  invalid_->setVisible(!reason && kind() != QLatin1String("undo"));
  for (auto* one : std::initializer_list<QWidget*>{reason_row_, reason_ok_, reason_back_}) one->setVisible(reason);
  form_box_->setVisible(is("entry"));
  time_row_->setVisible(is("entry") && prompt_[QLatin1String("time_s")].isNull());
  refusal_->setVisible(!refusal_->text().isEmpty());
}

void OperatorPanel::fill() {
  for (const auto& one : kKinds) {
    if (kind() != QLatin1String(one.name)) continue;
    const bool acting = one.stage == 3;
    badge_->set(say(one.state), {theme().on_accent, theme().accent, acting ? "play" : "open"});
    stages_->set(one.stage);
  }
  title_->setText(say("operator.title", {QString::number(prompt_[QLatin1String("trial")].toInteger()),
                                         in_lang(card()[QLatin1String("title")]),
                                         QString::number(prompt_[QLatin1String("level")].toInt()),
                                         QString::number(prompt_[QLatin1String("index")].toInt())}));
  fill_visible();
  fill_texts();
  if (is("entry")) form_->set(card());
  for (auto* one : findChildren<QPushButton*>()) one->setEnabled(sent_ != id_ || one == details_);
  yes_->setChecked(success_ == 1);
  no_->setChecked(success_ == 0);
  yes_->setEnabled(yes_->isEnabled() && !prompt_[QLatin1String("over_time")].toBool());
  enter_->setEnabled(enter_->isEnabled() && success_ >= 0);
  primary_->setEnabled(primary_->isEnabled() && (back_why_.isEmpty() || !is("arm")));
  choose_focus();
}

void OperatorPanel::choose_focus() {
  if (!reason_act_.isEmpty()) {
    const int at = std::max(0, reason_->currentIndex());
    reason_->clear();
    for (const auto& one : reasons()) reason_->addItem(say(one.words));
    reason_->setCurrentIndex(at);
    reason_->setFocus();
  } else if (is("armed")) {
    hold_->setFocus();
  } else if (name_->text().isEmpty()) {
    name_->setFocus();
  } else if (!name_->hasFocus() && !remark_->hasFocus()) {
    if (is("entry") && success_ < 0)
      setFocus();  // no outcome is nearer than the other
    else
      (is("entry") ? enter_ : is("undo") ? undo_ : primary_)->setFocus();
  }
}

void OperatorPanel::confirm() {
  if (is("set_up")) {
    if (step_++ < card()[QLatin1String("steps")].toArray().size()) return fill();
    --step_;
    send_act("ready");
  } else if (is("arm")) {
    send_act("zone_clear");
  } else if (is("acting")) {
    send_act("ended");
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
  QJsonObject out = form_->said();
  out[QLatin1String("act")] = QStringLiteral("enter");
  out[QLatin1String("success")] = success_ == 1;
  out[QLatin1String("remark")] = remark_->text().trimmed();
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
  for (auto* one : findChildren<QPushButton*>()) one->setEnabled(one == details_);
  emit acted(message);
}

}  // namespace assay::gui
