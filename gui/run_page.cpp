#include "gui/run_page.h"

#include <QHeaderView>
#include <QJsonArray>
#include <QProgressBar>
#include <QTabWidget>
#include <algorithm>

#include "reports/palette.h"

namespace assay::gui {
namespace {

constexpr int kResultEvery_ms = 3000, kPromptEvery_ms = 300;
constexpr std::size_t kMostRows = 1000;

const char* word_of(RunState state) {
  constexpr const char* kKeys[] = {"run.state.none",     "run.state.starting", "run.state.running",
                                   "run.state.stopping", "run.state.finished", "run.state.interrupted",
                                   "run.state.died"};
  return kKeys[static_cast<int>(state)];
}

StateLook look_of(RunState state) {
  const Theme& t = theme();
  switch (state) {
    case RunState::starting:
    case RunState::running:
      return {t.accent, t.accent_tint, "play"};
    case RunState::finished:
      return {t.pass, t.pass_tint, "check"};
    case RunState::stopping:
    case RunState::interrupted:
      return {t.unsure, t.unsure_tint, "half"};
    case RunState::died:
      return {t.fail, t.fail_tint, "warn"};
    case RunState::none:
      break;
  }
  return {t.none, t.none_tint, "open"};
}

QString clock_of(const QString& rfc3339) { return rfc3339.mid(11, 8); }

}  // namespace

RunPage::RunPage(Hub& the_hub)
    : Page(the_hub, "page_run", "run.title", "run.lead"),
      operator_(new OperatorPanel),
      rest_(new QWidget),
      asks_(new Card("run.asks")),
      badge_(new Badge),
      head_(new Card),
      died_(new Card("run.died_title")),
      title_(value_label("card")),
      progress_text_(value_label("muted")),
      died_text_(value_label()),
      progress_(new QProgressBar),
      stop_(button("run.stop", "run_stop", "stop")),
      pause_(button("run.pause", "run_pause")),
      resume_(button("run.resume", "run_go_on")),
      intervals_(new IntervalList),
      interval_note_(value_label("small")),
      lamps_(new QVBoxLayout),
      rate_(new Strip("run.rate", "run.rate_unit")),
      wall_(new Strip("run.wall", "run.wall_unit")),
      timeline_(new StateTimeline),
      trials_(new RowsModel({"trial.number", "trial.outcome", "trial.task", "trial.level", "trial.index",
                             "trial.reason", "trial.duration"},
                            this)),
      log_(new RowsModel({"run.col.time", "run.col.event", "run.col.where", "run.col.what"}, this)),
      tabs_(new QTabWidget),
      signals_(new TelemetryPanel) {
  for (auto* one : {pause_, resume_, stop_}) tools->addWidget(one);

  auto* again = button("run.resume_session", "run_resume_session", "primary");
  died_->head->addWidget(again);
  died_->box->addWidget(died_text_);
  set_tone(died_, "tone", "fail");
  body->addWidget(died_);
  body->addWidget(operator_, 1);
  auto* back = button("operator.card", "operator_card", "primary");
  asks_->head->addWidget(back);
  set_tone(asks_, "tone", "action");
  body->addWidget(asks_);
  asks_->hide();
  body->addWidget(rest_, 1);
  auto* rest = new QVBoxLayout(rest_);
  rest->setContentsMargins(0, 0, 0, 0);
  rest->setSpacing(12);
  connect(again, &QPushButton::clicked, this, [this] {
    const QString session = hub.follower.run().session.isEmpty() ? hub.session_id() : hub.follower.run().session;
    if (auto started = hub.start_run({QStringLiteral("resume"), session}); !started)
      hub.tell(problem_of(started.error()).what);
    refresh();
  });

  delete head_->layout()->takeAt(0);
  auto* line = new QHBoxLayout;
  line->setSpacing(12);
  line->addWidget(badge_);
  title_->setWordWrap(false);
  progress_text_->setWordWrap(false);
  line->addWidget(title_);
  line->addStretch(1);
  line->addWidget(progress_text_);
  head_->box->addLayout(line);
  progress_->setTextVisible(false);
  put_name(progress_, "run.progress_name");
  head_->box->addWidget(progress_);
  rest->addWidget(head_);

  auto* across = new QHBoxLayout;
  across->setSpacing(12);
  auto* tracker = new Card("run.intervals");
  tracker->box->addWidget(intervals_);
  tracker->box->addWidget(interval_note_);
  tracker->box->addStretch(1);
  auto* left = new QVBoxLayout;
  left->setSpacing(12);
  left->addWidget(tracker, 1);
  across->addLayout(left, 1);
  auto* side = new QVBoxLayout;
  side->setSpacing(12);
  auto* lamps = new Card("run.lamps");
  lamps->setFixedWidth(290);
  lamps->box->addLayout(lamps_);
  side->addWidget(lamps);
  auto* pace = new Card("run.telemetry");
  pace->setFixedWidth(290);
  pace->box->addWidget(rate_);
  pace->box->addWidget(wall_);
  side->addWidget(pace);
  side->addStretch(1);
  across->addLayout(side);
  rest->addLayout(across);

  auto* states = new Card("run.timeline");
  states->head->addWidget(label("run.timeline_key", "small"));
  states->box->addWidget(timeline_);
  left->addWidget(states);

  tabs_->setObjectName(QStringLiteral("run_tabs"));
  auto* trials = table_of(trials_, "run.trials_name", "run_trials");
  auto* log = table_of(log_, "run.log_name", "run_log");
  fit(trials, 2);
  fit(log, 3);
  tabs_->addTab(trials, say("run.trials"));
  tabs_->addTab(log, say("run.log"));
  tabs_->addTab(signals_, say("run.signals"));
  tabs_->setMinimumHeight(230);
  auto* lists = new Card;
  delete lists->layout()->takeAt(0);
  lists->box->addWidget(tabs_);
  rest->addWidget(lists, 1);

  connect(stop_, &QPushButton::clicked, this, [this] { ask(RunRequest::stop); });
  connect(pause_, &QPushButton::clicked, this, [this] { ask(RunRequest::pause); });
  connect(resume_, &QPushButton::clicked, this, [this] { ask(RunRequest::resume); });
  connect(&hub.follower, &RunFollower::changed, this, [this] { refresh(); });
  connect(&hub.follower, &RunFollower::state_changed, this, [this] {
    ask_result();
    refresh();
  });
  poll_.setInterval(kResultEvery_ms);
  connect(&poll_, &QTimer::timeout, this, [this] { ask_result(); });
  poll_.start();
  prompt_poll_.setInterval(kPromptEvery_ms);
  connect(&prompt_poll_, &QTimer::timeout, this, [this] { ask_prompt(); });
  connect(operator_, &OperatorPanel::acted, this, [this](const QJsonObject& message) { answer(message); });
  connect(back, &QPushButton::clicked, this, [this] {
    details_ = false;
    show_operator();
  });
  connect(operator_, &OperatorPanel::details_wanted, this, [this] {
    details_ = true;
    show_operator();
  });
  prompt_poll_.start();
}

void RunPage::enter(const QString&) { ask_result(); }

void RunPage::ask(RunRequest request) {
  if (auto done = hub.ask_run(request); !done) hub.tell(problem_of(done.error()).what);
}

void RunPage::ask_result() {
  const auto& run = hub.follower.run();
  if (asking_ || run.session.isEmpty() || run.done == 0 || !isVisible()) return;
  if (run.session == report_session_ && run.done == report_done_) return;
  asking_ = true;
  hub.call.ask(this,
               {QStringLiteral("report"), run.session, QStringLiteral("--format"), QStringLiteral("json"),
                QStringLiteral("-o"), QStringLiteral("-")},
               [this, session = run.session, done = run.done](const Answer& answer) {
                 asking_ = false;
                 if (answer.failed()) return;
                 report_ = answer.json;
                 report_session_ = session;
                 report_done_ = done;
                 refresh();
               });
}

void RunPage::fill_head() {
  const auto& run = hub.follower.run();
  const auto state = hub.follower.state();
  if (state == RunState::running && run.paused)
    badge_->set(say("run.state.paused"), {theme().unsure, theme().unsure_tint, "pause"});
  else
    badge_->set(say(word_of(state)), look_of(state));
  title_->setText(run.session);
  const bool live = state == RunState::starting || state == RunState::running || state == RunState::stopping;
  QString text =
      say("run.progress", {QString::number(run.done), QString::number(run.expected), QString::number(run.most)});
  if (live && run.eta_s >= 0)
    text += QStringLiteral(" · ") + say("run.eta", {duration(run.eta_s), duration(run.worst_eta_s())});
  if (run.jobs > 0) text += QStringLiteral(" · ") + say("run.jobs", {QString::number(run.jobs)});
  progress_text_->setText(text);
  progress_->setRange(0, std::max(1, run.expected));
  progress_->setValue(std::min(run.done, run.expected));
  stop_->setEnabled(state == RunState::starting || state == RunState::running);
  const bool can_pause = live && hub.control.has_socket(run.session);
  pause_->setVisible(can_pause);
  resume_->setVisible(can_pause);
  const bool lost = state == RunState::died || state == RunState::interrupted;
  died_->setVisible(lost);
  died_text_->setText(say("run.died_text", {QString::number(run.done)}));
}

void RunPage::fill_lamps() {
  while (auto* item = lamps_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  const auto& run = hub.follower.run();
  const Theme& t = theme();
  const auto lamp = [&](const char* key, const QString& value, const char* sign, const QColor& color) {
    auto* one = new QWidget;
    auto* line = new QHBoxLayout(one);
    line->setContentsMargins(0, 0, 0, 0);
    auto* light = new QLabel;
    light->setPixmap(icon_pixmap(sign, color, 18));
    light->setAccessibleName(say(key));
    auto* words = label(key);
    auto* number = value_label("value");
    number->setText(value);
    number->setWordWrap(false);
    line->addWidget(light);
    line->addWidget(words, 1);
    line->addWidget(number);
    lamps_->addWidget(one);
  };
  const auto count = [&](const char* key, int n, const char* bad_sign, const QColor& bad) {
    lamp(key, QString::number(n), n > 0 ? bad_sign : "check", n > 0 ? bad : t.pass);
  };
  count("run.lamp.unsafe", run.unsafe, "warn", t.fail);
  count("run.lamp.errors", run.errors, "bang", t.unsure);
  count("run.lamp.workers", run.workers_lost, "bang", t.unsure);
  lamp("run.lamp.estop", say("run.lamp.estop_none"), "open", t.none);
}

void RunPage::fill_lists() {
  const auto& run = hub.follower.run();
  std::vector<double> rates, walls;
  for (const auto& r : run.rates) rates.push_back(60 * r.trials_per_s);
  for (const auto& trial : run.trials)
    if (!trial.outcome.isEmpty()) walls.push_back(trial.wall_s);
  rate_->set(std::move(rates));
  wall_->set(std::move(walls));
  timeline_->set(run);
  std::vector<RowsModel::Row> rows;
  for (auto it = run.trials.rbegin(); it != run.trials.rend() && rows.size() < kMostRows; ++it) {
    TrialRecord record;
    record.finished = !it->outcome.isEmpty();
    if (const auto outcome = outcome_from(it->outcome.toStdString())) record.verdict.outcome = *outcome;
    rows.push_back(
        {{right(QString::number(it->number)), outcome_cell(record), plain(it->task),
          plain(QStringLiteral("L%1").arg(it->level)), right(QString::number(it->index)),
          plain(it->reason.isEmpty() ? QString() : in_lang(reports::words_of_reason(it->reason.toStdString()))),
          right(record.finished ? say("time.s", {number(it->wall_s)}) : QString())},
         QString::number(it->number)});
  }
  trials_->set(std::move(rows));
  rows.clear();
  for (auto it = run.log.rbegin(); it != run.log.rend() && rows.size() < kMostRows; ++it) {
    const QByteArray key = QByteArrayLiteral("run.event.") + (*it)[1].toLatin1();
    QString what = (*it)[3].isEmpty() ? QString() : QStringLiteral("#") + (*it)[3];
    if (const auto outcome = outcome_from((*it)[4].toStdString()))
      what += QStringLiteral("  ") + in_lang(reports::look_of(*outcome).word);
    if (!(*it)[5].isEmpty()) what += QStringLiteral(" · ") + in_lang(reports::words_of_reason((*it)[5].toStdString()));
    rows.push_back({{plain(clock_of((*it)[0])),
                     plain(say(has_word(QString::fromLatin1(key)) ? key.constData() : "run.event.other")),
                     plain((*it)[2]), plain(what)},
                    {}});
  }
  log_->set(std::move(rows));
  tabs_->setTabText(0, say("run.trials"));
  tabs_->setTabText(1, say("run.log"));
  tabs_->setTabText(2, say("run.signals"));
  signals_->watch(run.session.isEmpty()
                      ? QString()
                      : hub.workspace() + QStringLiteral("/run/") + run.session + QStringLiteral(".live"));
  signals_->retranslate();
}

void RunPage::fill_intervals() {
  const auto& run = hub.follower.run();
  const auto& session = hub.session().value;
  if (report_session_ == run.session && !report_.isEmpty()) {
    intervals_->set(indicators_from(report_[QLatin1String("grade")].toObject()));
    interval_note_->setText(say("run.intervals_at", {QString::number(report_done_)}));
    return;
  }
  // Nothing counted yet: the locked plan names the indicators and their limits.
  std::vector<IndicatorResult> planned;
  if (session != nullptr && session->line.id == run.session) {
    for (const auto& entry : session->plan[QLatin1String("indicators")].toArray()) {
      const auto o = entry.toObject();
      IndicatorResult r;
      r.id = o[QLatin1String("id")].toString().toStdString();
      r.level = o[QLatin1String("level")].toInt();
      r.statistic = o[QLatin1String("statistic")].toString().toStdString();
      r.bound = o[QLatin1String("bound")].toString().toStdString();
      const double p0 = o[QLatin1String("design")].toObject()[QLatin1String("p0")].toDouble();
      r.limit = p0 > 0 ? p0 : o[QLatin1String("limit")].toDouble();
      planned.push_back(std::move(r));
    }
  }
  intervals_->set(std::move(planned));
  interval_note_->setText(say("run.intervals_wait"));
}

void RunPage::refresh() {
  const auto state = hub.follower.state();
  const auto& run = hub.follower.run();
  stop_->setEnabled(state == RunState::starting || state == RunState::running);
  stop_->setToolTip(say("run.stop_hint"));
  if (state == RunState::none) {
    pause_->hide();
    resume_->hide();
    return show_empty("play", "run.none", "run.none_text", "act.new", [this] { hub.go(PageId::setup); });
  }
  if (run.session.isEmpty()) {
    pause_->hide();
    resume_->hide();
    if (state == RunState::starting || state == RunState::stopping) return show_loading("run.starting");
    return show_problem({say("run.failed"), hub.follower.last_words()}, [this] { hub.go(PageId::setup); });
  }
  fill_head();
  fill_lamps();
  fill_lists();
  fill_intervals();
  show_full();
}

}  // namespace assay::gui
