#include "gui/main_window.h"

#include <QApplication>
#include <QMenuBar>
#include <QStatusBar>
#include <QStorageInfo>
#include <QToolButton>

#include "gui/command_palette.h"
#include "gui/compare_page.h"
#include "gui/home_page.h"
#include "gui/quality_page.h"
#include "gui/report_page.h"
#include "gui/results_page.h"
#include "gui/run_page.h"
#include "gui/score_page.h"
#include "gui/setup_page.h"
#include "gui/trace_page.h"

namespace assay::gui {
namespace {

constexpr const char* kIcons[kPages] = {"home",    "setup",  "run",     "results", "trace",
                                        "compare", "report", "quality", "eye"};
constexpr const char* kTitles[kPages] = {"home.title",    "setup.title",   "run.title",
                                         "results.title", "trace.title",   "compare.title",
                                         "report.title",  "quality.title", "score.title"};

QWidget* caption_over(const char* key, QWidget* value) {
  auto* out = new QWidget;
  auto* column = new QVBoxLayout(out);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(1);
  column->addWidget(label(key, "caption"));
  column->addWidget(value);
  return out;
}

}  // namespace

MainWindow::MainWindow(Hub& hub)
    : hub_(hub),
      stack_(new QStackedWidget),
      bar_session_(new ElidedLabel("value")),
      bar_subject_(new ElidedLabel("value")),
      bar_serial_(new ElidedLabel("value")),
      bar_scheme_(new ElidedLabel("value")),
      bar_division_(new Badge),
      language_(button("bar.language", "bar_language")),
      theme_(icon_button("moon", "bar.theme_name", "bar_theme")),
      status_run_(new QLabel),
      status_sessions_(new QLabel),
      status_disk_(new QLabel),
      status_workspace_(new ElidedLabel("", Qt::ElideMiddle)) {
  setObjectName(QStringLiteral("main_window"));
  setWindowIcon(icon("quality", light_theme().accent));
  resize(1280, 800);
  setMinimumSize(1024, 640);
  pages_ = {new HomePage(hub),    new SetupPage(hub),  new RunPage(hub),     new ResultsPage(hub), new TracePage(hub),
            new ComparePage(hub), new ReportPage(hub), new QualityPage(hub), new ScorePage(hub)};
  for (auto* page : pages_) stack_->addWidget(page);
  auto* centre = new QWidget;
  auto* across = new QHBoxLayout(centre);
  across->setContentsMargins(0, 0, 0, 0);
  across->setSpacing(0);
  rail_box_ = new QWidget;
  build_rail(rail_box_);
  across->addWidget(rail_box_);
  auto* right_side = new QVBoxLayout;
  right_side->setSpacing(0);
  bar_box_ = new QWidget;
  build_bar(bar_box_);
  right_side->addWidget(bar_box_);
  right_side->addWidget(stack_, 1);
  across->addLayout(right_side, 1);
  setCentralWidget(centre);
  build_menus();
  statusBar()->setSizeGripEnabled(false);
  statusBar()->addWidget(status_run_);
  statusBar()->addWidget(status_sessions_);
  statusBar()->addPermanentWidget(status_workspace_, 1);
  statusBar()->addPermanentWidget(status_disk_);

  const auto fresh = [this] {
    for (auto* page : pages_) page->refresh();
    fill_bar();
    fill_status();
  };
  connect(&hub_, &Hub::space_changed, this, fresh);
  connect(&hub_, &Hub::session_changed, this, fresh);
  connect(&hub_, &Hub::page_wanted, this, &MainWindow::go);
  connect(&hub_, &Hub::told, this, [this](const QString& text) { statusBar()->showMessage(text, 8000); });
  connect(&hub_.follower, &RunFollower::changed, this, &MainWindow::fill_status);
  connect(&hub_.follower, &RunFollower::state_changed, this, &MainWindow::fill_status);
  connect(&hub_, &Hub::operating, this, [this](bool on) {
    operating_ = on;
    fill_frame();
  });
  connect(&hub_, &Hub::sitting_changed, this, &MainWindow::fill_frame);
  set_language(lang());
  go(PageId::home);
}

void MainWindow::build_rail(QWidget* rail) {
  rail->setObjectName(QStringLiteral("rail"));
  rail->setAttribute(Qt::WA_StyledBackground);
  rail->setFixedWidth(184);
  put_name(rail, "rail.name");
  auto* column = new QVBoxLayout(rail);
  column->setContentsMargins(0, 0, 0, 8);
  column->setSpacing(0);
  auto* brand = label("app.title");
  brand->setObjectName(QStringLiteral("brand"));
  auto* sub = label("app.sub");
  sub->setObjectName(QStringLiteral("brand_sub"));
  sub->setWordWrap(true);
  column->addWidget(brand);
  column->addWidget(sub);
  for (int i = 0; i < kPages; ++i) {
    const auto at = static_cast<std::size_t>(i);
    auto* one = new QToolButton;
    one->setObjectName(QStringLiteral("rail_%1").arg(i + 1));
    one->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    one->setIconSize({20, 20});
    one->setCheckable(true);
    one->setAutoExclusive(true);
    one->setFocusPolicy(Qt::TabFocus);
    one->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    put_text(one, kTitles[at]);
    connect(one, &QToolButton::clicked, this, [this, i] { go(static_cast<PageId>(i)); });
    rail_[at] = one;
    column->addWidget(one);
  }
  column->addStretch(1);
}

void MainWindow::build_bar(QWidget* bar) {
  bar->setObjectName(QStringLiteral("session_bar"));
  bar->setAttribute(Qt::WA_StyledBackground);
  auto* line = new QHBoxLayout(bar);
  line->setContentsMargins(24, 7, 16, 7);
  line->setSpacing(22);
  line->addWidget(caption_over("bar.session", bar_session_), 3);
  line->addWidget(caption_over("bar.robot", bar_subject_), 4);
  line->addWidget(caption_over("bar.serial", bar_serial_), 2);
  line->addWidget(caption_over("bar.scheme", bar_scheme_), 4);
  line->addWidget(bar_division_, 0, Qt::AlignVCenter);
  put_name(language_, "bar.language_name");
  connect(language_, &QPushButton::clicked, this, [this] { set_language(lang() == Lang::zh ? Lang::en : Lang::zh); });
  connect(theme_, &QPushButton::clicked, this, [this] { set_dark(!theme().dark); });
  line->addWidget(language_);
  line->addWidget(theme_);
}

QAction* MainWindow::add(QMenu* menu, const char* name, const char* key, const QKeySequence& keys,
                         std::function<void()> act) {
  auto* action = new QAction(this);
  action->setObjectName(QLatin1String(name));
  action->setShortcut(keys);
  put_text(action, key);
  connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
  menu->addAction(action);
  addAction(action);
  return action;
}

void MainWindow::build_menus() {
  const auto menu = [this](const char* key) {
    auto* out = menuBar()->addMenu(QString());
    put_text(out, key);
    return out;
  };
  auto* file = menu("menu.file");
  new_ = add(file, "act_new", "act.new", QKeySequence(QStringLiteral("Ctrl+N")), [this] { go(PageId::setup); });
  add(file, "act_reload", "act.reload", QKeySequence(QStringLiteral("Ctrl+R")), [this] { hub_.reload(); });
  add(file, "act_quit", "act.quit", QKeySequence(QStringLiteral("Ctrl+Q")), [this] { close(); });
  auto* travel = menu("menu.go");
  for (int i = 0; i < kPages; ++i)
    go_[static_cast<std::size_t>(i)] =
        add(travel, qPrintable(QStringLiteral("act_page_%1").arg(i + 1)), kTitles[i],
            QKeySequence(QStringLiteral("Ctrl+%1").arg(i + 1)), [this, i] { go(static_cast<PageId>(i)); });
  auto* run = menu("menu.run");
  preflight_ = add(run, "act_preflight", "act.preflight", QKeySequence(QStringLiteral("F5")),
                   [this] { go(PageId::setup, QStringLiteral("preflight")); });
  auto* run_page = static_cast<RunPage*>(page(PageId::run));
  pause_ = add(run, "act_pause", "act.pause", {}, [run_page] { run_page->ask(RunRequest::pause); });
  resume_ = add(run, "act_resume", "act.resume", {}, [run_page] { run_page->ask(RunRequest::resume); });
  stop_ = add(run, "act_stop", "act.stop", QKeySequence(QStringLiteral("Ctrl+.")),
              [run_page] { run_page->ask(RunRequest::stop); });
  auto* trace = menu("menu.trace");
  auto* trace_page = static_cast<TracePage*>(page(PageId::trace));
  for (auto* action : trace_page->key_actions()) {
    trace->addAction(action);
  }
  auto* view = menu("menu.view");
  add(view, "act_palette", "act.palette", QKeySequence(QStringLiteral("Ctrl+K")), [this] { find_command(); });
  add(view, "act_language", "act.language", QKeySequence(QStringLiteral("Ctrl+L")),
      [this] { set_language(lang() == Lang::zh ? Lang::en : Lang::zh); });
  add(view, "act_theme", "act.theme", QKeySequence(QStringLiteral("Ctrl+T")), [this] { set_dark(!theme().dark); });
  auto* help = menu("menu.help");
  add(help, "act_help", "act.help", QKeySequence(QStringLiteral("F1")), [this] { show_help(); });
}

std::vector<QAction*> MainWindow::commands() const {
  std::vector<QAction*> out;
  for (auto* menu : menuBar()->findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly))
    for (auto* action : menu->actions())
      if (!action->isSeparator() && action->menu() == nullptr) out.push_back(action);
  return out;
}

void MainWindow::fill_frame() {
  const bool whole = operating_ && current_ == PageId::run;
  rail_box_->setVisible(!whole);
  bar_box_->setVisible(!whole);
  for (std::size_t i = 0; i < rail_.size(); ++i) {
    const bool open = !hub_.sitting() || static_cast<PageId>(i) == PageId::score;
    rail_[i]->setEnabled(open);
    go_[i]->setEnabled(open);
  }
  for (auto* action : {new_, preflight_}) action->setEnabled(!hub_.sitting());
}

void MainWindow::go(PageId id, const QString& detail) {
  if (hub_.sitting() && id != PageId::score) {
    statusBar()->showMessage(say("score.locked"), 8000);
    return;
  }
  current_ = id;
  const auto at = static_cast<std::size_t>(id);
  stack_->setCurrentWidget(pages_[at]);
  rail_[at]->setChecked(true);
  pages_[at]->setFocus();
  pages_[at]->enter(detail);
  pages_[at]->refresh();
  fill_frame();
  repaint_icons();
}

void MainWindow::set_language(Lang chosen) {
  gui::set_lang(chosen);
  setWindowTitle(say("app.title"));
  retranslate(this);
  repaint_icons();
  if (hub_.space().problem || hub_.session().problem) hub_.reload();  // problems are told in one language
  for (auto* page : pages_) page->refresh();
  fill_bar();
  fill_status();
}

void MainWindow::set_dark(bool dark) {
  apply_theme(*qApp, dark);
  theme_->setIcon(icon("moon", theme().text));
  repaint_icons();
  for (auto* page : pages_) page->refresh();
  fill_bar();
}

void MainWindow::repaint_icons() {
  for (std::size_t i = 0; i < rail_.size(); ++i)
    rail_[i]->setIcon(icon(kIcons[i], rail_[i]->isChecked() ? theme().rail_text : theme().rail_muted));
}

void MainWindow::fill_bar() {
  const auto& session = hub_.session().value;
  const QString none = QStringLiteral("–");
  bar_session_->set(session ? session->line.id : say("bar.none"));
  bar_subject_->set(none);
  bar_serial_->set(none);
  bar_scheme_->set(none);
  bar_division_->setVisible(session != nullptr);
  if (session == nullptr) return;
  const auto subject = session->report[QLatin1String("subject")].toObject();
  bar_subject_->set(subject.isEmpty() ? session->line.subject : in_lang(subject[QLatin1String("title")]));
  const auto serial = subject[QLatin1String("serial")].toString();
  if (!serial.isEmpty()) bar_serial_->set(serial);
  bar_scheme_->set(session->line.scheme + QStringLiteral(" · ") + session->line.scope);
  const Theme& t = theme();
  const auto& division = session->line.division;
  bar_division_->set(division_word(division),
                     division == QLatin1String("lab")    ? StateLook{t.accent, t.accent_tint, "quality"}
                     : division == QLatin1String("self") ? StateLook{t.none, t.none_tint, "bundle"}
                                                         : StateLook{t.unsure, t.unsure_tint, "robot"});
}

void MainWindow::fill_status() {
  const auto state = hub_.follower.state();
  const auto& run = hub_.follower.run();
  constexpr const char* kKeys[] = {"status.run.none",     "status.run.starting", "status.run.running",
                                   "status.run.stopping", "status.run.finished", "status.run.interrupted",
                                   "status.run.died"};
  const auto* key = kKeys[static_cast<int>(state)];
  status_run_->setText(say(key, {QString::number(run.done), QString::number(run.expected)}));
  const bool live = state == RunState::running || state == RunState::starting;
  stop_->setEnabled(live);
  const bool can_pause = live && hub_.control.has_socket(run.session);
  pause_->setEnabled(can_pause);
  resume_->setEnabled(can_pause);
  const auto& space = hub_.space().value;
  status_sessions_->setText(say("status.sessions", {QString::number(space ? space->sessions.size() : 0)}));
  status_workspace_->set(say("status.workspace", {hub_.workspace()}));
  // A picture for documents and tests must not depend on the disk of the day.
  if (qEnvironmentVariableIsSet("ASSAY_GUI_STILL")) {
    status_workspace_->set(say("status.workspace", {QStringLiteral("assay-workspace")}));
    status_disk_->hide();
    return;
  }
  const QStorageInfo disk(hub_.workspace());
  status_disk_->setVisible(disk.isValid());
  if (disk.isValid()) status_disk_->setText(say("status.disk", {locale().formattedDataSize(disk.bytesAvailable())}));
}

void MainWindow::find_command() {
  CommandPalette palette(commands(), this);
  palette.exec();
}

void MainWindow::show_help() {
  QDialog dialog(this);
  dialog.setObjectName(QStringLiteral("help"));
  dialog.setWindowTitle(say("help.title"));
  auto* column = new QVBoxLayout(&dialog);
  column->addWidget(label("help.title", "state"));
  auto* words = value_label();
  words->setText(say("help.text"));
  words->setMinimumWidth(560);
  column->addWidget(words);
  auto* close = button("help.close", "help_close", "primary");
  connect(close, &QPushButton::clicked, &dialog, &QDialog::accept);
  column->addWidget(close, 0, Qt::AlignRight);
  dialog.exec();
}

}  // namespace assay::gui
