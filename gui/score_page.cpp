#include "gui/score_page.h"

#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QShortcut>
#include <algorithm>

#include "gui/operator_parts.h"

namespace assay::gui {
namespace {

constexpr int kUndo_ms = 5000, kDrawn_ms = 180'000;
constexpr const char *kWidth = "480", *kHeight = "330";

QPushButton* huge(QPushButton* one) {
  one->setProperty("reach", "far");
  return one;
}

}  // namespace

ScorePage::ScorePage(Hub& the_hub)
    : Page(the_hub, "page_score", "score.title", "score.lead"),
      start_(new QWidget),
      sitting_(new QWidget),
      name_(new QLineEdit),
      left_(value_label("prompt2")),
      title_(value_label("state")),
      line_(value_label("prompt")),
      other_(value_label("prompt2")),
      note_(value_label("note")),
      problem_(value_label("note")),
      progress_(value_label("note")),
      badge_(new Badge),
      picture_(new PicturePlayer("score.picture")),
      reason_(new QComboBox),
      share_(new Tile("score.share")),
      kappa_(new Tile("score.kappa")),
      differ_(new RowsModel({"trial.number", "trial.task", "trial.level", "trial.index"}, this)),
      begin_(huge(button("score.begin", "score_begin", "primary"))),
      end_(button("score.end", "score_end")),
      play_(huge(button("score.play", "score_play"))),
      yes_(huge(button("operator.done", "score_done"))),
      no_(huge(button("operator.not_done", "score_not_done"))),
      unsafe_(huge(button("score.unsafe", "score_unsafe"))),
      invalid_(huge(button("operator.invalid", "score_invalid"))),
      undo_(huge(button("operator.undo", "score_undo", "primary"))),
      keep_(huge(button("score.keep", "score_keep"))),
      next_(huge(button("score.next", "score_next", "primary"))),
      reason_ok_(huge(button("operator.reason_ok", "score_reason_ok", "primary"))),
      reason_back_(huge(button("operator.back", "score_reason_back"))) {
  tools->addWidget(end_);
  body->addWidget(start_, 1);
  body->addWidget(sitting_, 1);
  build_start();
  build_sitting();
  sitting_->hide();  // with its keys
  end_->hide();
  connect_keys();
  undo_timer_.setSingleShot(true);
  undo_timer_.setInterval(kUndo_ms);
  connect(&undo_timer_, &QTimer::timeout, this, &ScorePage::keep);
  connect(begin_, &QPushButton::clicked, this, &ScorePage::begin);
  connect(end_, &QPushButton::clicked, this, &ScorePage::end);
  connect(name_, &QLineEdit::returnPressed, begin_, &QPushButton::click);
  connect(name_, &QLineEdit::textChanged, this, [this] { begin_->setEnabled(!person().isEmpty()); });
  connect(play_, &QPushButton::clicked, this, [this] { picture_->playing() ? picture_->pause() : picture_->play(); });
  connect(yes_, &QPushButton::clicked, this, [this] { choose("success"); });
  connect(no_, &QPushButton::clicked, this, [this] { choose("failure"); });
  connect(unsafe_, &QPushButton::clicked, this, [this] { choose("unsafe"); });
  connect(invalid_, &QPushButton::clicked, this, [this] { set_step(Step::reason); });
  connect(reason_back_, &QPushButton::clicked, this, [this] { set_step(Step::look); });
  connect(reason_ok_, &QPushButton::clicked, this, &ScorePage::invalidate);
  connect(undo_, &QPushButton::clicked, this, [this] {
    undo_timer_.stop();
    set_step(Step::look);
  });
  connect(keep_, &QPushButton::clicked, this, &ScorePage::keep);
  connect(next_, &QPushButton::clicked, this, &ScorePage::next);
}

void ScorePage::build_start() {
  auto* column = new QVBoxLayout(start_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(12);
  auto* card = new Card("score.start");
  card->box->addWidget(left_);
  auto* how = label("score.how", "muted");
  how->setWordWrap(true);
  card->box->addWidget(how);
  name_->setObjectName(QStringLiteral("score_name"));
  put_text(name_, "score.name");
  name_->setProperty("reach", "far");
  name_->setMaximumWidth(320);
  auto* line = row({name_, begin_});
  line->addStretch(1);
  card->box->addLayout(line);
  column->addWidget(card);
  auto* tiles = new QHBoxLayout;
  tiles->setSpacing(12);
  tiles->addWidget(share_, 1);
  tiles->addWidget(kappa_, 1);
  column->addLayout(tiles);
  auto* list = new Card("score.differ");
  auto* table = table_of(differ_, "score.differ", "score_differ");
  fit(table, 1);
  list->box->addWidget(table);
  connect(table, &QTableView::activated, this,
          [this](const QModelIndex& at) { hub.go(PageId::trace, differ_->id(at.row())); });
  column->addWidget(list, 1);
}

void ScorePage::build_sitting() {
  auto* column = new QVBoxLayout(sitting_);
  column->setContentsMargins(0, 0, 0, 0);
  auto* card = new Card;
  set_tone(card, "tone", "operator");
  delete card->layout()->takeAt(0);
  card->box->setSpacing(14);
  column->addWidget(card);
  title_->setWordWrap(false);
  progress_->setWordWrap(false);
  auto* top = row({badge_, title_});
  top->addStretch(1);
  top->addWidget(progress_);
  card->box->addLayout(top);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(24);
  middle->addWidget(picture_, 6);
  auto* words = new QVBoxLayout;
  words->setSpacing(10);
  reason_->setObjectName(QStringLiteral("score_reason"));
  reason_->setProperty("reach", "far");
  put_name(reason_, "operator.reason");
  for (auto* one : std::initializer_list<QWidget*>{line_, other_, note_, reason_}) words->addWidget(one);
  words->addStretch(1);
  words->addWidget(problem_);
  middle->addLayout(words, 5);
  card->box->addLayout(middle, 1);
  auto* buttons = row({yes_, no_, unsafe_, undo_, keep_, next_, reason_ok_, reason_back_});
  buttons->setSpacing(12);
  buttons->addStretch(1);
  buttons->addWidget(play_);
  buttons->addWidget(invalid_);
  card->box->addLayout(buttons);
}

void ScorePage::connect_keys() {
  const auto on = [](const char* keys, QPushButton* which) {
    auto* shortcut = new QShortcut(QKeySequence(QLatin1String(keys)), which);
    shortcut->setAutoRepeat(false);
    connect(shortcut, &QShortcut::activated, which, &QPushButton::click);
  };
  on("Y", yes_);
  on("N", no_);
  on("X", unsafe_);
  on("I", invalid_);
  on("U", undo_);
  on("P", play_);
  on("Return", keep_);
  on("Space", next_);
  for (const auto& key : pedal_keys().confirm) on(key.toLatin1().constData(), next_);
}

QString ScorePage::person() const { return name_->text().trimmed(); }
QString ScorePage::folder() const { return hub.workspace() + QStringLiteral("/run/score"); }

void ScorePage::enter(const QString&) { ask_agreement(); }

void ScorePage::read_queue(std::function<void()> then) {
  hub.worker.ask(
      this,
      [folder = hub.folder(), session = session_.toStdString(), who = person().toStdString()] {
        return read_score_queue(folder, session, who);
      },
      [this, then = std::move(then)](Result<ScoreQueue> read) {
        refusal_ = read ? QString() : problem_of(read.error()).what;
        if (read) queue_ = std::move(*read);
        then();
      });
}

void ScorePage::begin() {
  if (person().isEmpty()) return name_->setFocus();
  hub.set_sitting(true);
  next();
}

void ScorePage::end() {
  undo_timer_.stop();
  picture_->say_why({});
  QDir(folder()).removeRecursively();
  hub.set_sitting(false);
  set_step(Step::outside);
  ask_agreement();
}

void ScorePage::next() {
  record_.reset();
  instruction_ = {};
  read_queue([this] {
    if (!hub.sitting()) return fill();
    if (queue_.left.empty()) return end();
    item_ = queue_.left.front();
    QDir(folder()).removeRecursively();
    picture_->say_why(say("operator.picture_wait"));
    set_step(Step::look);
    ask_pictures({QStringLiteral("replay"), QStringLiteral("play"), QStringLiteral("picture")});
  });
}

/// As the trial was recorded; else as the simulator plays it; else as it began.
void ScorePage::ask_pictures(const QStringList& ways) {
  if (ways.isEmpty()) return picture_->say_why(say("score.picture_none"));
  const bool still = ways.front() == QLatin1String("picture");
  const QString file = folder() + QStringLiteral("/start.png");
  QStringList words{QStringLiteral("trial"),   ways.front(),          QString::number(item_.number),
                    QStringLiteral("--width"), QLatin1String(kWidth), QStringLiteral("--height"),
                    QLatin1String(kHeight)};
  if (ways.front() == QLatin1String("replay")) words << QStringLiteral("--blind");
  if (still)
    words << QStringLiteral("-o") << file;
  else
    words << QStringLiteral("--frames") << folder();
  hub.call.ask(
      this, words,
      [this, ways, still, file, asked = item_.number](const Answer& answer) {
        if (asked != item_.number || !hub.sitting()) return;
        if (answer.failed()) return ask_pictures(ways.mid(1));
        instruction_ = answer.json[QLatin1String("instruction")].toObject();
        if (still)
          picture_->show_still(file);
        else
          picture_->load(folder(), answer.json[QLatin1String("step_s")].toDouble());
        if (!qEnvironmentVariableIsSet("ASSAY_GUI_STILL")) picture_->play();
        fill();
      },
      kDrawn_ms);
}

void ScorePage::choose(const char* outcome) {
  if (step_ != Step::look) return;
  outcome_ = QLatin1String(outcome);
  undo_timer_.start();
  set_step(Step::undo);
}

void ScorePage::keep() {
  if (step_ != Step::undo) return;
  undo_timer_.stop();
  set_step(Step::writing);
  hub.call.ask(this,
               {QStringLiteral("trial"), QStringLiteral("score"), QString::number(item_.number), QStringLiteral("--by"),
                person(), QStringLiteral("--outcome"), outcome_},
               [this](const Answer& answer) {
                 if (!answer.failed()) return reveal();
                 refusal_ = answer.problem().what;
                 set_step(Step::look);
               });
}

void ScorePage::reveal() {
  hub.worker.ask(
      this, [folder = hub.folder(), trial = item_.number] { return read_record(folder, trial); },
      [this](Result<TrialRecord> read) {
        if (read) record_ = std::move(*read);
        refusal_ = read ? QString() : problem_of(read.error()).what;
        set_step(Step::told);
        ask_agreement();
      });
}

void ScorePage::invalidate() {
  const auto at = static_cast<std::size_t>(std::max(0, reason_->currentIndex()));
  set_step(Step::writing);
  hub.call.ask(this,
               {QStringLiteral("trial"), QStringLiteral("invalidate"), QString::number(item_.number),
                QStringLiteral("--reason"), QLatin1String(reasons()[at].code), QStringLiteral("--by"), person()},
               [this](const Answer& answer) {
                 if (!answer.failed()) return next();
                 refusal_ = answer.problem().what;
                 set_step(Step::look);
               });
}

void ScorePage::ask_agreement() {
  if (session_.isEmpty()) return;
  hub.call.ask(this, {QStringLiteral("trial"), QStringLiteral("agreement"), session_},
               [this, asked = session_](const Answer& answer) {
                 if (asked != session_) return;
                 agreement_ = answer.failed() ? QJsonObject() : answer.json;
                 fill();
               });
}

void ScorePage::set_step(Step step) {
  step_ = step;
  if (step == Step::undo || step == Step::told) refusal_.clear();
  fill();
  if (step == Step::look) setFocus();  // no outcome is nearer than the other
  if (step == Step::undo) undo_->setFocus();
  if (step == Step::told) next_->setFocus();
  if (step == Step::reason) reason_->setFocus();
  if (step == Step::outside) name_->setFocus();
}

void ScorePage::refresh() {
  differ_->retranslate();
  if (hub.sitting()) return fill();  // nothing that is read meanwhile may change what is asked
  if (!usable(hub.space())) return;
  if (hub.space().value->sessions.empty())
    return show_empty("eye", "score.none", "score.none_text", "act.new", [this] { hub.go(PageId::setup); });
  if (!usable(hub.session())) return;
  const auto& session = *hub.session().value;
  if (session_ != session.line.id) agreement_ = {};
  session_ = session.line.id;
  if (!isVisible()) return show_full();
  if (agreement_.isEmpty()) ask_agreement();
  read_queue([this] {
    if (!hub.sitting()) fill();
  });
  show_full();
}

}  // namespace assay::gui
