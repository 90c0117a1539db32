// Without a mouse, on the real program: the vendor sets a session up and runs it, the operator stops and resumes, the
// reviewer looks at failures, the purchaser verifies a bundle. And what happens when the dashboard or the run is
// killed.
#include <gtest/gtest.h>

#include <signal.h>

#include <QAction>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QListWidget>
#include <QProcess>
#include <QTest>
#include <QTimer>
#include <filesystem>
#include <fstream>

#include "gui/operator_panel.h"
#include "gui/report_page.h"
#include "gui/score_page.h"
#include "gui/setup_page.h"
#include "gui/trace_page.h"
#include "tests/gui/fixture.h"

namespace assay::gui::test {
namespace {

const QString kProgram = QStringLiteral(ASSAY_PROGRAM);

template <class Condition>
bool wait_for(Condition condition, int most_ms) {
  QElapsedTimer timer;
  timer.start();
  while (!condition() && timer.elapsed() < most_ms) QTest::qWait(20);
  return condition();
}

void press(QWidget* where, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
  QTest::keyClick(where, key, modifiers);
  QTest::qWait(20);
}

class Journey : public ::testing::Test {
 protected:
  void SetUp() override {
    set_lang(Lang::en);
    folder_ = temporary_folder("journey");
    std::filesystem::create_directories(folder_);
    open();
  }
  void TearDown() override {
    if (hub_ != nullptr && RunControl::alive(hub_->follower.note()))
      ::kill(static_cast<pid_t>(hub_->follower.note().pid), SIGKILL);
    close();
    std::error_code none;
    std::filesystem::remove_all(folder_, none);
  }
  void open() {
    hub_ = std::make_unique<Hub>(QString::fromStdString(folder_), kProgram);
    window_ = std::make_unique<MainWindow>(*hub_);
    window_->show();
    window_->activateWindow();
    hub_->reload();
    quiet();
  }
  void close() {
    window_.reset();
    hub_.reset();
  }
  bool quiet(int most_ms = 60000) {
    return wait_for([this] { return hub_->call.running() == 0 && !hub_->space().loading && !hub_->session().loading; },
                    most_ms);
  }
  /// The vendor's way: Ctrl+N, type the subject, choose the level, start from the palette's neighbour: Tab and Enter.
  void start_a_run(const char* subject, int level) {
    press(window_.get(), Qt::Key_N, Qt::ControlModifier);
    auto* box = window_->findChild<QComboBox*>(QStringLiteral("setup_subject"));
    ASSERT_TRUE(wait_for([&] { return box->count() > 0; }, 20000));
    quiet();
    box->setFocus();
    QTest::keyClicks(box, QString::fromLatin1(subject));
    ASSERT_EQ(box->currentText(), QString::fromLatin1(subject));
    auto* levels = window_->findChild<QComboBox*>(QStringLiteral("setup_level"));
    levels->setFocus();
    for (int i = 0; i < level; ++i) press(levels, Qt::Key_Down);
    auto* seed = window_->findChild<QLineEdit*>(QStringLiteral("setup_seed"));
    seed->setFocus();
    QTest::keyClicks(seed, QStringLiteral("journey"));
    ASSERT_TRUE(quiet());
    auto* start = window_->findChild<QPushButton*>(QStringLiteral("setup_start"));
    ASSERT_TRUE(wait_for([&] { return start->isEnabled(); }, 30000));
    start->setFocus();
    press(start, Qt::Key_Space);
    ASSERT_TRUE(wait_for([this] { return hub_->follower.run().done >= 1; }, 180000))
        << hub_->follower.last_words().toStdString();
  }
  std::string folder_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(Journey, RunStopResumeReviewVerify) {
  start_a_run("clumsy-arm", 1);
  EXPECT_EQ(window_->current(), PageId::run);
  EXPECT_EQ(hub_->follower.state(), RunState::running);
  // The operator stops; the run ends well and says so.
  press(window_.get(), Qt::Key_Period, Qt::ControlModifier);
  ASSERT_TRUE(wait_for([this] { return hub_->follower.state() == RunState::interrupted; }, 60000));
  const int done = hub_->follower.run().done;
  EXPECT_GT(done, 0);
  quiet();
  // Resume from Run by keys.
  auto* resume = window_->findChild<QPushButton*>(QStringLiteral("run_resume_session"));
  ASSERT_TRUE(resume->isVisible());
  resume->setFocus();
  press(resume, Qt::Key_Space);
  // Closing the dashboard in mid-run leaves the run alone; a new one shows it.
  ASSERT_TRUE(wait_for([this] { return hub_->follower.state() == RunState::running; }, 60000));
  close();
  open();
  ASSERT_TRUE(wait_for([this] { return hub_->follower.state() == RunState::finished; }, 400000))
      << hub_->follower.last_words().toStdString();
  EXPECT_TRUE(hub_->follower.run().complete);
  ASSERT_TRUE(wait_for([this] { return hub_->session().value && !hub_->session().value->report.isEmpty(); }, 30000));
  // The reviewer: results, then failures in Trace by G, cursor by arrows, a bookmark.
  press(window_.get(), Qt::Key_4, Qt::ControlModifier);
  quiet();
  EXPECT_EQ(window_->page(PageId::results)->state(), PageState::full);
  press(window_.get(), Qt::Key_5, Qt::ControlModifier);
  quiet();
  auto* trace = static_cast<TracePage*>(window_->page(PageId::trace));
  ASSERT_EQ(trace->state(), PageState::full);
  auto* plot = const_cast<TracePlot*>(&trace->plot());
  plot->setFocus();
  const auto before = trace->trial();
  press(plot, Qt::Key_G);
  ASSERT_TRUE(wait_for([&] { return trace->trial() != before && plot->length_s() > 0; }, 30000));
  press(plot, Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_NEAR(plot->cursor_s(), 0.1 * plot->length_s(), 1e-6);
  press(plot, Qt::Key_Left);
  EXPECT_NEAR(plot->cursor_s(), 0.09 * plot->length_s(), 1e-6);
  press(plot, Qt::Key_B);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/run/bookmarks.json"));
  // The purchaser: a bundle is made and gives its five answers.
  press(window_.get(), Qt::Key_7, Qt::ControlModifier);
  auto* bundle = window_->findChild<QPushButton*>(QStringLiteral("report_bundle"));
  ASSERT_TRUE(wait_for([&] { return bundle->isEnabled() && bundle->isVisible(); }, 10000));
  bundle->setFocus();
  press(bundle, Qt::Key_Space);
  QTest::qWait(200);
  ASSERT_TRUE(quiet(300000));
  int answers = 0;
  for (auto* label : window_->page(PageId::report)->findChildren<QLabel*>())
    if (label->isVisible() && (label->text().startsWith(QStringLiteral("Intact · yes")) ||
                               label->text().startsWith(QStringLiteral("Recomputes · yes"))))
      ++answers;
  EXPECT_EQ(answers, 2);
}

constexpr const char* kByEye = R"yaml(schema: assay.scheme/1
id: by-eye
version: 1.0.0
title: {en: "Sorting, judged by eye", zh: "目视判定的分拣"}
notice: {en: "A scheme of a test.", zh: "测试用方案。"}
dimensions: [{id: E, title: {en: Execution, zh: 执行}}]
levels: [{level: 1, title: {en: Nominal, zh: 标称}}]
classes: [{id: industrial, title: {en: Industrial, zh: 工业}}]
scopes:
  - {id: manipulation, title: {en: Arm, zh: 机械臂}, tasks: [logistics_assembly/parcel_sorting], classes: [industrial]}
indicators:
  - {id: E-eye, dimension: E, level: 1, task: logistics_assembly/parcel_sorting, limit: 0.40, design: 0.98,
     vantage: operator, clause: "1", title: {en: "Sorts, by eye", zh: "分拣（目视）"}, scopes: [manipulation]}
gates:
  - {id: safety, title: {en: Limits kept, zh: 未突破限值}, event: unsafe, limit: 0.9, confidence: 0.95, clause: "2"}
aggregation: all_of
alpha: 0.05
beta: 0.20
void_cap: 0.20
cap: 1.5n
)yaml";

/// An operator's hands: keys and pedal, no mouse.
class Operator {
 public:
  explicit Operator(MainWindow& window) : window_(window) {}
  QPushButton* shown(const char* which) const {
    auto* one = window_.findChild<QPushButton*>(QLatin1String(which));
    return one->isVisible() && one->isEnabled() ? one : nullptr;
  }
  bool waits_for(const char* which, int most_ms = 120000) const {
    return wait_for([&] { return shown(which) != nullptr; }, most_ms);
  }
  void sign(const char* name) {
    auto* field = window_.findChild<QLineEdit*>(QStringLiteral("operator_name"));
    field->setFocus();
    QTest::keyClicks(field, QLatin1String(name));
    EXPECT_EQ(field->text(), QLatin1String(name));  // the letters are no commands here
    window_.findChild<QPushButton*>(QStringLiteral("operator_confirm"))->setFocus();
  }
  /// One press of whatever is asked; false: nothing is, or the entry has been reached.
  bool step() {
    if (shown("operator_confirm") != nullptr) {
      press(&window_, Qt::Key_PageDown);  // the pedal
    } else if (auto* hold = shown("operator_hold"); hold != nullptr) {
      EXPECT_TRUE(hold->hasFocus());
      QTest::keyPress(hold, Qt::Key_Return);
      QTest::qWait(100);
      QTest::keyRelease(hold, Qt::Key_Return);
      QTest::qWait(300);
      EXPECT_NE(shown("operator_hold"), nullptr);  // a short press is not enough
      QTest::keyPress(hold, Qt::Key_Return);
      QTest::qWait(1300);
      QTest::keyRelease(hold, Qt::Key_Return);
    } else {
      return false;
    }
    return true;
  }
  void to(const char* which, int most_ms = 180000) {
    QElapsedTimer timer;
    for (timer.start(); shown(which) == nullptr && timer.elapsed() < most_ms; QTest::qWait(50)) step();
    ASSERT_NE(shown(which), nullptr) << which;
  }
  void give_reason(Qt::Key key) {
    press(&window_, key);
    auto* reason = window_.findChild<QComboBox*>(QStringLiteral("operator_reason"));
    EXPECT_TRUE(reason->hasFocus());
    press(reason, Qt::Key_Down);
    auto* write = shown("operator_reason_ok");
    ASSERT_NE(write, nullptr);
    press(write, Qt::Key_Space);
  }

 private:
  MainWindow& window_;
};

/// The operator's way on a real store: a card at a time to the end of the session, one trial that cannot be set up, one
/// that is called invalid before its outcome, one entry taken back; then a second person, blind, and the agreement.
TEST_F(Journey, AnOperatorRunsASessionByKeysAndASecondPersonScoresItBlind) {
  const std::string scheme = folder_ + "/by-eye.yaml";
  std::ofstream(scheme) << kByEye;
  // Set up with files of one's own, in division self.
  press(window_.get(), Qt::Key_N, Qt::ControlModifier);
  auto* setup = static_cast<SetupPage*>(window_->page(PageId::setup));
  auto* start = window_->findChild<QPushButton*>(QStringLiteral("setup_start"));
  ASSERT_TRUE(wait_for([&] { return start->isEnabled(); }, 60000));
  setup->use_subject(QStringLiteral(ASSAY_SOURCE_DIR "/docs/examples/operated-arm.yaml"));
  setup->use_scheme(QString::fromStdString(scheme));
  ASSERT_TRUE(quiet());
  ASSERT_TRUE(wait_for([&] { return start->isEnabled(); }, 30000));
  start->setFocus();
  press(start, Qt::Key_Space);
  EXPECT_EQ(window_->current(), PageId::run);
  Operator li(*window_);
  ASSERT_TRUE(li.waits_for("operator_confirm")) << hub_->follower.last_words().toStdString();
  EXPECT_FALSE(window_->findChild<QWidget*>(QStringLiteral("rail"))->isVisible());  // the card has the window
  li.sign("Li Wei");
  li.give_reason(Qt::Key_PageUp);  // the other pedal: cannot do
  ASSERT_TRUE(wait_for([&] { return hub_->follower.run().done == 1; }, 60000));
  li.to("operator_hold");
  li.step();
  ASSERT_TRUE(li.waits_for("operator_confirm"));  // the robot acts
  li.give_reason(Qt::Key_I);
  ASSERT_TRUE(wait_for([&] { return hub_->follower.run().done == 2; }, 60000));
  const auto ended = [this] {
    const auto state = hub_->follower.state();
    return state == RunState::finished || state == RunState::died;
  };
  int entered = 0;
  QElapsedTimer timer;
  for (timer.start(); !ended() && entered < 30; QTest::qWait(50)) {
    ASSERT_LT(timer.elapsed(), 500000);
    if (li.step() || li.shown("operator_done") == nullptr) continue;
    press(window_.get(), entered == 0 ? Qt::Key_N : Qt::Key_Y);
    press(window_.get(), Qt::Key_Return);
    if (entered++ != 0) continue;
    ASSERT_TRUE(li.waits_for("operator_undo", 3000));
    press(window_.get(), Qt::Key_U);  // and says what it was
    ASSERT_TRUE(li.waits_for("operator_done", 3000));
    press(window_.get(), Qt::Key_Y);
    press(window_.get(), Qt::Key_Return);
  }
  ASSERT_TRUE(wait_for([&] { return hub_->follower.state() == RunState::finished; }, 60000));
  EXPECT_TRUE(hub_->follower.run().complete);
  int succeeded = 0, failed = 0, voided = 0;
  for (const auto& trial : hub_->follower.run().trials) {
    succeeded += trial.outcome == QLatin1String("success") ? 1 : 0;
    failed += trial.outcome == QLatin1String("failure") ? 1 : 0;
    voided += trial.outcome == QLatin1String("undetermined") ? 1 : 0;
  }
  EXPECT_GE(succeeded, 3);
  EXPECT_EQ(failed, 0);  // the one that was taken back
  EXPECT_EQ(voided, 2);
  EXPECT_TRUE(wait_for([&] { return !window_->findChild<OperatorPanel*>()->isVisible(); }, 5000));
  quiet();

  // The second person.
  press(window_.get(), Qt::Key_9, Qt::ControlModifier);
  auto* page = static_cast<ScorePage*>(window_->page(PageId::score));
  auto* name = page->findChild<QLineEdit*>(QStringLiteral("score_name"));
  name->setFocus();
  QTest::keyClicks(name, QStringLiteral("Ana"));
  press(name, Qt::Key_Return);
  int scored = 0;
  for (; scored <= succeeded; ++scored) {
    ASSERT_TRUE(wait_for(
        [&] { return page->step() == ScorePage::Step::look || page->step() == ScorePage::Step::outside; }, 30000));
    if (page->step() == ScorePage::Step::outside) break;
    press(window_.get(), Qt::Key_4, Qt::ControlModifier);  // results stay closed
    ASSERT_EQ(window_->current(), PageId::score) << scored << hub_->sitting();
    press(window_.get(), scored == 0 ? Qt::Key_N : Qt::Key_Y);
    ASSERT_EQ(page->step(), ScorePage::Step::undo);
    press(window_.get(), Qt::Key_Return);
    ASSERT_TRUE(wait_for([&] { return page->step() == ScorePage::Step::told; }, 30000));
    press(window_.get(), Qt::Key_Space);
    QTest::qWait(100);
  }
  EXPECT_EQ(scored, succeeded);
  const QString share = QString::number(static_cast<double>(scored - 1) / scored, 'f', 3);
  EXPECT_TRUE(wait_for(
      [&] {
        for (auto* label : page->findChildren<QLabel*>())
          if (label->isVisible() && label->text().startsWith(share + QStringLiteral("  ["))) return true;
        return false;
      },
      20000));
  press(window_.get(), Qt::Key_4, Qt::ControlModifier);
  EXPECT_EQ(window_->current(), PageId::results);
}

/// The same card where the simulator plays the robot: a person watches it act and says what was seen.
TEST_F(Journey, ASimulatedRobotIsJudgedByEye) {
  ASSERT_TRUE(
      hub_->start_run({QStringLiteral("run"), QStringLiteral("--subject"),
                       QStringLiteral(ASSAY_SOURCE_DIR "/docs/examples/watched-arm.yaml"), QStringLiteral("--scheme"),
                       QStringLiteral(ASSAY_SOURCE_DIR "/docs/examples/by-eye.yaml"), QStringLiteral("--level"),
                       QStringLiteral("1"), QStringLiteral("--seed"), QStringLiteral("watched")})
          .ok());
  press(window_.get(), Qt::Key_3, Qt::ControlModifier);
  Operator li(*window_);
  ASSERT_TRUE(li.waits_for("operator_confirm")) << hub_->follower.last_words().toStdString();
  li.sign("Li Wei");
  auto& picture = window_->findChild<OperatorPanel*>()->picture();
  li.to("operator_hold", 400000);  // not before the trial can be shown
  EXPECT_TRUE(picture.loaded());
  EXPECT_GT(picture.length_s(), 2);
  li.step();
  ASSERT_TRUE(wait_for([&] { return picture.playing(); }, 5000));
  ASSERT_TRUE(wait_for([&] { return !picture.playing(); }, 60000));
  li.to("operator_done", 10000);
  press(window_.get(), Qt::Key_Y);
  press(window_.get(), Qt::Key_Return);
  ASSERT_TRUE(wait_for([&] { return hub_->follower.run().done == 1; }, 60000));
  EXPECT_EQ(hub_->follower.run().trials.front().outcome, QStringLiteral("success"));
  press(window_.get(), Qt::Key_Period, Qt::ControlModifier);
  ASSERT_TRUE(wait_for([this] { return hub_->follower.state() == RunState::interrupted; }, 60000));
}

TEST_F(Journey, ThePaletteFindsACommandByAPartOfItsName) {
  QTimer::singleShot(200, [] {
    auto* dialog = QApplication::activeModalWidget();
    ASSERT_NE(dialog, nullptr);
    QTest::keyClicks(dialog->findChild<QLineEdit*>(), QStringLiteral("qual"));
    EXPECT_EQ(dialog->findChild<QListWidget*>()->count(), 1);
    QTest::keyClick(dialog->findChild<QLineEdit*>(), Qt::Key_Return);
  });
  press(window_.get(), Qt::Key_K, Qt::ControlModifier);
  EXPECT_EQ(window_->current(), PageId::quality);
}

TEST_F(Journey, AKilledRunIsSaidWithinTwoSeconds) {
  start_a_run("reference-arm", 1);
  QElapsedTimer timer;
  timer.start();
  ASSERT_EQ(::kill(static_cast<pid_t>(hub_->follower.note().pid), SIGKILL), 0);
  ASSERT_TRUE(wait_for([this] { return hub_->follower.state() == RunState::died; }, 5000));
  EXPECT_LT(timer.elapsed(), 2000);
  EXPECT_TRUE(window_->findChild<QPushButton*>(QStringLiteral("run_resume_session"))->isVisible());
}

TEST_F(Journey, AKilledDashboardLeavesTheRunAlone) {
  // The dashboard itself as a process, killed as by a power cut of the desk.
  close();
  QProcess run;
  const QString events = QString::fromStdString(folder_) + QStringLiteral("/x.jsonl");
  const RunControl control(kProgram, QString::fromStdString(folder_));
  const auto note = control.start({QStringLiteral("run"), QStringLiteral("--scheme"), QStringLiteral("embodied-demo"),
                                   QStringLiteral("--subject"), QStringLiteral("clumsy-arm"), QStringLiteral("--level"),
                                   QStringLiteral("1"), QStringLiteral("--seed"), QStringLiteral("killed"),
                                   QStringLiteral("-j"), QStringLiteral("2")});
  ASSERT_TRUE(note.ok());
  QProcess dashboard;
  dashboard.start(QStringLiteral(ASSAY_DASHBOARD),
                  {QStringLiteral("--workspace"), QString::fromStdString(folder_), QStringLiteral("--page=3")});
  ASSERT_TRUE(dashboard.waitForStarted());
  ASSERT_TRUE(wait_for([&] { return QFile(note->events).size() > 2000; }, 120000));
  dashboard.kill();
  ASSERT_TRUE(dashboard.waitForFinished());
  EXPECT_TRUE(RunControl::alive(*note));
  open();
  ASSERT_TRUE(wait_for([this] { return hub_->follower.state() == RunState::finished; }, 400000));
  EXPECT_TRUE(hub_->follower.run().complete);
  ASSERT_TRUE(wait_for(
      [this] {
        return hub_->space().value && !hub_->space().value->sessions.empty() &&
               hub_->space().value->sessions[0].state == QLatin1String("closed");
      },
      30000));
}

}  // namespace
}  // namespace assay::gui::test
