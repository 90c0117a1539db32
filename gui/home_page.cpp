#include "gui/home_page.h"

#include <QHeaderView>
#include <QJsonArray>

namespace assay::gui {
namespace {

Cell session_state(const SessionLine& line) {
  Cell out;
  const Theme& t = theme();
  if (line.state == QLatin1String("closed")) {
    out = plain(say("home.state.closed"));
    out.icon = "check";
    out.color = t.none;
  } else if (line.state == QLatin1String("interrupted")) {
    out = plain(say("home.state.interrupted"));
    out.icon = "half";
    out.color = t.unsure;
  } else {
    out = plain(say("home.state.locked"));
    out.icon = "open";
    out.color = t.accent;
  }
  return out;
}

}  // namespace

HomePage::HomePage(Hub& the_hub)
    : Page(the_hub, "page_home", "home.title", "home.lead"),
      run_card_(new Card),
      run_title_(value_label("card")),
      run_text_(value_label("muted")),
      resume_(button("home.run.resume", "home_resume", "primary")),
      inspect_(button("home.run.inspect", "home_inspect")),
      sessions_tile_(new Tile("home.tile.sessions")),
      trials_tile_(new Tile("home.tile.trials")),
      level_tile_(new Tile("home.tile.level")),
      sessions_(new RowsModel({"home.col.session", "home.col.subject", "home.col.scheme", "home.col.division",
                               "home.col.state", "home.col.level", "home.col.trials", "home.col.locked"},
                              this)),
      table_(table_of(sessions_, "home.sessions_name", "home_sessions")),
      blockers_(new QVBoxLayout) {
  auto* fresh = button("act.new", "home_new", "primary");
  tools->addWidget(fresh);
  connect(fresh, &QPushButton::clicked, this, [this] { hub.go(PageId::setup); });

  auto* words = new QVBoxLayout;
  words->setSpacing(4);
  words->addWidget(run_title_);
  words->addWidget(run_text_);
  auto* line = new QHBoxLayout;
  line->addLayout(words, 1);
  line->addWidget(inspect_);
  line->addWidget(resume_);
  run_card_->box->addLayout(line);
  delete run_card_->layout()->takeAt(0);
  body->addWidget(run_card_);

  auto* tiles = row({sessions_tile_, trials_tile_, level_tile_});
  tiles->setSpacing(12);
  body->addLayout(tiles);

  auto* low = new QHBoxLayout;
  low->setSpacing(12);
  auto* list = new Card("home.sessions");
  fit(table_, 1);
  list->box->addWidget(table_, 1);
  low->addWidget(list, 3);
  auto* fit = new Card("home.blockers");
  fit->setFixedWidth(290);
  blockers_->setSpacing(8);
  fit->box->addLayout(blockers_);
  fit->box->addStretch(1);
  low->addWidget(fit);
  body->addLayout(low, 1);

  connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
    hub.open_session(sessions_->id(index.row()));
    hub.go(PageId::results);
  });
  connect(inspect_, &QPushButton::clicked, this, [this] {
    if (const auto* line_of = unfinished()) hub.open_session(line_of->id);
    hub.go(PageId::trace);
  });
  connect(resume_, &QPushButton::clicked, this, [this] {
    const auto* open = unfinished();
    const bool runs = hub.follower.state() == RunState::running || hub.follower.state() == RunState::starting;
    if (!runs && open != nullptr) {
      if (auto started = hub.start_run({QStringLiteral("resume"), open->id}); !started) {
        hub.tell(problem_of(started.error()).what);
        return;
      }
    }
    hub.go(runs || open != nullptr ? PageId::run : PageId::setup);
  });
  connect(&hub.follower, &RunFollower::changed, this, [this] { fill_run_card(); });
}

const SessionLine* HomePage::unfinished() const {
  const auto& space = hub.space().value;
  if (space == nullptr) return nullptr;
  for (const auto& line : space->sessions)
    if (line.state != QLatin1String("closed")) return &line;
  return nullptr;
}

void HomePage::fill_run_card() {
  const auto& run = hub.follower.run();
  const auto state = hub.follower.state();
  const auto* open = unfinished();
  const bool runs = state == RunState::running || state == RunState::starting || state == RunState::stopping;
  set_tone(run_card_, "tone", runs || open != nullptr ? "action" : "");
  inspect_->setVisible(!runs && open != nullptr);
  if (runs) {
    run_title_->setText(say("home.run.running", {run.session}));
    run_text_->setText(
        say("home.run.running_text", {QString::number(run.done), QString::number(run.expected), duration(run.eta_s)}));
    put_text(resume_, "home.run.watch");
  } else if (open != nullptr) {
    run_title_->setText(say("home.run.stopped", {open->id}));
    run_text_->setText(say("home.run.stopped_text", {QString::number(open->trials.finished),
                                                     QString::number(open->trials.started - open->trials.finished)}));
    put_text(resume_, "home.run.resume");
  }
  run_card_->setVisible(runs || open != nullptr);
}

void HomePage::fill_blockers(const Answer& answer) {
  checks_.clear();
  check_problem_.reset();
  if (answer.failed()) check_problem_ = answer.problem();
  for (const auto& entry : answer.json[QLatin1String("checks")].toArray()) {
    const auto o = entry.toObject();
    checks_.emplace_back(
        check_word(o[QLatin1String("name")].toString()) + QLatin1Char('\n') + o[QLatin1String("found")].toString(),
        o[QLatin1String("ok")].toBool());
  }
  refresh();
}

void HomePage::refresh() {
  if (asked_in_ != lang()) {
    asked_in_ = lang();
    hub.call.ask(this, {QStringLiteral("doctor")}, [this](const Answer& answer) { fill_blockers(answer); });
  }
  if (!usable(hub.space())) return;
  const auto& space = *hub.space().value;
  if (space.sessions.empty() && hub.follower.state() == RunState::none)
    return show_empty("robot", "home.empty", "home.empty_text", "act.new", [this] { hub.go(PageId::setup); });
  fill_run_card();
  int closed = 0, trials = 0, open = 0, voids = 0;
  std::vector<RowsModel::Row> rows;
  for (const auto& s : space.sessions) {
    closed += s.state == QLatin1String("closed") ? 1 : 0;
    trials += s.trials.started;
    open += s.trials.started - s.trials.finished;
    voids += s.trials.invalid;
    Cell level = plain(s.level ? level_word(*s.level) : say("home.ungraded"));
    level.bold = s.level && *s.level > 0;
    rows.push_back({{plain(s.id), plain(s.subject), plain(s.scheme), plain(division_word(s.division)), session_state(s),
                     level, right(QString::number(s.trials.started)), plain(local_time(s.locked))},
                    s.id});
  }
  const auto total = static_cast<int>(space.sessions.size());
  sessions_tile_->set(QString::number(total),
                      say("home.tile.sessions_note", {QString::number(closed), QString::number(total - closed)}));
  trials_tile_->set(QString::number(trials),
                    say("home.tile.trials_note", {QString::number(open), QString::number(voids)}));
  for (const auto& s : space.sessions) {
    if (!s.level) continue;
    level_tile_->set(level_word(*s.level),
                     s.subject + QStringLiteral(" · ") + s.scheme + QStringLiteral(" · ") + division_word(s.division));
    break;
  }
  sessions_->set(std::move(rows));
  if (!table_->currentIndex().isValid()) table_->selectRow(std::max(0, sessions_->row_of(hub.session_id())));

  while (auto* item = blockers_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  if (check_problem_) {
    auto* said = value_label("muted");
    said->setText(check_problem_->what + QLatin1Char('\n') + check_problem_->detail);
    blockers_->addWidget(said);
  } else if (checks_.empty()) {
    blockers_->addWidget(label("home.checking", "muted"));
  }
  for (const auto& [text, ok] : checks_) {
    auto* line = new QWidget;
    auto* in = new QHBoxLayout(line);
    in->setContentsMargins(0, 0, 0, 0);
    auto* sign = new QLabel;
    sign->setPixmap(icon_pixmap(ok ? "check" : "cross", ok ? theme().pass : theme().fail, 18));
    sign->setAccessibleName(text.section(QLatin1Char('\n'), 0, 0));
    in->addWidget(sign, 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    auto* name = value_label();
    name->setText(text.section(QLatin1Char('\n'), 0, 0));
    auto* found = new ElidedLabel("small");
    found->set(text.section(QLatin1Char('\n'), 1));
    words->addWidget(name);
    words->addWidget(found);
    in->addLayout(words, 1);
    blockers_->addWidget(line);
  }
  show_full();
}

}  // namespace assay::gui
