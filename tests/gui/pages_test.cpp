// Every page in each state, language and theme: nothing cut, everything named, and as it looked before.
#include <gtest/gtest.h>
#include <unistd.h>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSet>
#include <QSlider>
#include <QSpinBox>
#include <QStatusBar>
#include <QTextBrowser>

#include "gui/compare_page.h"
#include "gui/operator_panel.h"
#include "gui/report_page.h"
#include "gui/run_page.h"
#include "gui/score_page.h"
#include "gui/setup_page.h"
#include "tests/gui/fixture.h"

namespace assay::gui::test {
namespace {

constexpr const char* kNames[kPages] = {"home",    "setup",  "run",     "results", "trace",
                                        "compare", "report", "quality", "score"};
constexpr const char* kSituations[] = {"empty", "loading", "error", "full"};

bool seen(const QWidget* widget) { return widget->isVisible() && widget->width() > 0 && widget->height() > 0; }

/// Texts that have less room than they need. What a scroll area hides is no mistake; what a label cuts is.
QStringList cut(QWidget& root) {
  QStringList out;
  for (auto* label : root.findChildren<QLabel*>()) {
    if (!seen(label) || label->text().isEmpty() || dynamic_cast<ElidedLabel*>(label) != nullptr ||
        !label->pixmap().isNull())
      continue;
    const QSize need = label->wordWrap() ? QSize(0, label->heightForWidth(label->width())) : label->sizeHint();
    if (need.width() > label->width() + 1 || need.height() > label->height() + 1)
      out << QStringLiteral("label “%1” has %2×%3, needs %4×%5")
                 .arg(label->text())
                 .arg(label->width())
                 .arg(label->height())
                 .arg(need.width())
                 .arg(need.height());
  }
  for (auto* button : root.findChildren<QAbstractButton*>()) {
    if (!seen(button) || button->text().isEmpty()) continue;
    if (button->fontMetrics().horizontalAdvance(button->text()) + 8 > button->width())
      out << QStringLiteral("button “%1”").arg(button->text());
  }
  for (auto* box : root.findChildren<QComboBox*>())
    if (seen(box) && box->fontMetrics().horizontalAdvance(box->currentText()) + 24 > box->width())
      out << QStringLiteral("choice “%1”").arg(box->currentText());
  for (auto* badge : root.findChildren<QWidget*>())
    if (dynamic_cast<Badge*>(badge) != nullptr && seen(badge) && badge->sizeHint().width() > badge->width())
      out << QStringLiteral("badge “%1”").arg(static_cast<Badge*>(badge)->text());
  return out;
}

QStringList nameless(QWidget& root) {
  QStringList out;
  for (auto* widget : root.findChildren<QWidget*>()) {
    const bool control = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
                         qobject_cast<QLineEdit*>(widget) || qobject_cast<QSpinBox*>(widget) ||
                         qobject_cast<QSlider*>(widget) || qobject_cast<QAbstractItemView*>(widget);
    if (!control || !seen(widget) || widget->objectName().startsWith(QLatin1String("qt_")) ||
        qobject_cast<QSpinBox*>(widget->parentWidget()) != nullptr)
      continue;
    // A combo's list takes the name of the combo; corner buttons belong to their table.
    if (qobject_cast<QComboBox*>(widget->parentWidget()->parentWidget()) != nullptr ||
        qobject_cast<QAbstractItemView*>(widget->parentWidget()) != nullptr)
      continue;
    if (widget->accessibleName().isEmpty())
      out << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName();
  }
  return out;
}

QImage picture(MainWindow& window) { return window.grab().toImage().convertToFormat(QImage::Format_RGB32); }

void compare_with_golden(const QImage& now, const QString& name) {
  const QString file = QStringLiteral(ASSAY_SOURCE_DIR "/tests/golden/gui/") + name + QStringLiteral(".png");
  if (qEnvironmentVariableIsSet("ASSAY_UPDATE_GOLDEN")) {
    QDir().mkpath(QStringLiteral(ASSAY_SOURCE_DIR "/tests/golden/gui"));
    ASSERT_TRUE(now.save(file, "PNG", 0));
    return;
  }
  const QImage before = QImage(file).convertToFormat(QImage::Format_RGB32);
  ASSERT_FALSE(before.isNull()) << "no golden " << name.toStdString();
  ASSERT_EQ(before.size(), now.size()) << name.toStdString();
  // Text may be drawn a little otherwise by another version; a part that moved or vanished is not a little.
  int differing = 0;
  for (int y = 0; y < now.height(); ++y) {
    const auto* a = reinterpret_cast<const QRgb*>(now.constScanLine(y));
    const auto* b = reinterpret_cast<const QRgb*>(before.constScanLine(y));
    for (int x = 0; x < now.width(); ++x)
      differing += std::abs(qRed(a[x]) - qRed(b[x])) + std::abs(qGreen(a[x]) - qGreen(b[x])) +
                               std::abs(qBlue(a[x]) - qBlue(b[x])) >
                           96
                       ? 1
                       : 0;
  }
  const double share = static_cast<double>(differing) / (now.width() * now.height());
  EXPECT_LT(share, 0.01) << name.toStdString() << ": " << differing << " pixels differ; see build/gui_now";
  if (share >= 0.01) {
    QDir().mkpath(QStringLiteral("gui_now"));
    now.save(QStringLiteral("gui_now/") + name + QStringLiteral(".png"));
  }
}

PageState expected(Situation situation, PageId id) {
  if (situation == Situation::loading) return PageState::loading;
  if (situation == Situation::full) return PageState::full;
  // Set-up reads the catalogue, not the workspace: without a catalogue it is empty.
  if (situation == Situation::empty) return PageState::empty;
  Q_UNUSED(id);
  return PageState::error;
}

void ask_all(Scene& scene, Situation situation) {
  if (situation != Situation::full) return;
  auto& compare = static_cast<ComparePage&>(scene.open(PageId::compare));
  compare.choose(QStringLiteral("S-20261123-0001"), QStringLiteral("S-20261123-0002"));
  static_cast<ReportPage&>(scene.open(PageId::report)).verify(QStringLiteral("S-20261123-0002.assay"));
  scene.settle();
}

void look_at(Situation situation) {
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
  Scene scene(situation);
  ask_all(scene, situation);
  for (const Lang in : {Lang::zh, Lang::en}) {
    for (const bool dark : {false, true}) {
      scene.window().set_language(in);
      scene.window().set_dark(dark);
      if (situation != Situation::loading) scene.settle();
      for (int i = 0; i < kPages; ++i) {
        const auto id = static_cast<PageId>(i);
        Page& page = scene.open(id);
        const QString name = QStringLiteral("%1.%2.%3.%4")
                                 .arg(QLatin1String(kNames[i]), QLatin1String(kSituations[static_cast<int>(situation)]),
                                      in == Lang::zh ? QStringLiteral("zh") : QStringLiteral("en"),
                                      dark ? QStringLiteral("dark") : QStringLiteral("light"));
        if (situation == Situation::loading && id == PageId::run) continue;  // ARunThatHasToldNothingYet
        EXPECT_EQ(page.state(), expected(situation, id)) << name.toStdString();
        EXPECT_EQ(cut(scene.window()).join(QStringLiteral("; ")).toStdString(), "") << name.toStdString();
        EXPECT_EQ(nameless(scene.window()).join(QStringLiteral("; ")).toStdString(), "") << name.toStdString();
        const bool kept = situation == Situation::full || (in == Lang::zh && !dark);
        if (kept) compare_with_golden(picture(scene.window()), name);
      }
    }
  }
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
}

TEST(Pages, Empty) { look_at(Situation::empty); }
TEST(Pages, Loading) { look_at(Situation::loading); }
TEST(Pages, Error) { look_at(Situation::error); }
TEST(Pages, Full) { look_at(Situation::full); }

/// As a run tells it; kinds of prompts that look different.
QJsonObject prompt(const QString& kind) {
  static const QJsonObject kCard = [] {
    QFile file(data_folder() + QStringLiteral("/card.json"));
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    return QJsonDocument::fromJson(file.readAll()).object();
  }();
  return {{QStringLiteral("id"), QStringLiteral("12.") + kind},
          {QStringLiteral("kind"), kind},
          {QStringLiteral("trial"), 12},
          {QStringLiteral("level"), 1},
          {QStringLiteral("index"), 3},
          {QStringLiteral("card"), kCard},
          {QStringLiteral("time_s"), 11.5},
          {QStringLiteral("elapsed_s"), 7.0},
          {QStringLiteral("left_s"), 4.0}};
}

void check_texts_and_names(MainWindow& window, const QString& name) {
  EXPECT_EQ(cut(window).join(QStringLiteral("; ")).toStdString(), "") << name.toStdString();
  EXPECT_EQ(nameless(window).join(QStringLiteral("; ")).toStdString(), "") << name.toStdString();
}

template <class Act>
void in_all_looks(Scene& scene, Act act, int settle_ms = 15000) {
  for (const Lang in : {Lang::zh, Lang::en}) {
    for (const bool dark : {false, true}) {
      scene.window().set_language(in);
      scene.window().set_dark(dark);
      scene.settle(settle_ms);
      act((in == Lang::zh ? QStringLiteral("zh.") : QStringLiteral("en.")) +
              (dark ? QStringLiteral("dark") : QStringLiteral("light")),
          in == Lang::zh && !dark);
    }
  }
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
}

/// The run page loads while its process lives and has not said which session it is.
TEST(Pages, ARunThatHasToldNothingYet) {
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
  Scene scene(Situation::empty);
  const std::string folder = temporary_folder("starting");
  RunNote note;
  note.pid = getpid();
  QFile stat(QStringLiteral("/proc/self/stat"));  // proc(5): the 22nd field, and the name in brackets is the second
  ASSERT_TRUE(stat.open(QIODevice::ReadOnly));
  const QByteArray text = stat.readAll();
  note.started_as = QString::fromLatin1(text.mid(text.lastIndexOf(')') + 2).split(' ')[19]);
  note.events = QString::fromStdString(folder + "/events.jsonl");
  QFile(note.events).open(QIODevice::WriteOnly);
  scene.hub().follower.follow(note);
  Page& page = scene.open(PageId::run);
  // Never at rest: the run may speak at any time.
  in_all_looks(
      scene,
      [&](const QString& look, bool first) {
        EXPECT_EQ(page.state(), PageState::loading);
        check_texts_and_names(scene.window(), QStringLiteral("run.loading.") + look);
        if (first) compare_with_golden(picture(scene.window()), QStringLiteral("run.loading.") + look);
      },
      200);
  scene.hub().follower.forget();
}

TEST(Pages, ARunThatAsksItsOperator) {
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
  Scene scene(Situation::full);
  auto& page = static_cast<RunPage&>(scene.open(PageId::run));
  auto* panel = page.findChild<OperatorPanel*>();
  ASSERT_NE(panel, nullptr);
  panel->findChild<QLineEdit*>(QStringLiteral("operator_name"))->setText(QStringLiteral("Li Wei"));
  in_all_looks(scene, [&](const QString& look, bool first) {
    for (const char* kind : {"set_up", "arm", "armed", "acting", "entry", "undo"}) {
      page.show_prompt(prompt(QLatin1String(kind)));
      scene.settle();
      const QString name = QStringLiteral("operator.%1.%2").arg(QLatin1String(kind), look);
      check_texts_and_names(scene.window(), name);
      const bool both = kind == std::string("set_up") || kind == std::string("entry");
      if (first || both) compare_with_golden(picture(scene.window()), name);
    }
    page.show_prompt(prompt(QStringLiteral("arm")));
    panel->findChild<QPushButton*>(QStringLiteral("operator_cannot"))->click();
    scene.settle();
    check_texts_and_names(scene.window(), QStringLiteral("operator.reason.") + look);
    if (first) compare_with_golden(picture(scene.window()), QStringLiteral("operator.reason.") + look);
    page.show_prompt({});
  });
}

TEST(Pages, ASecondScorerIsToldNothingBeforeTheirOwnWord) {
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
  Scene scene(Situation::full);
  auto& page = static_cast<ScorePage&>(scene.open(PageId::score));
  page.findChild<QLineEdit*>(QStringLiteral("score_name"))->setText(QStringLiteral("Ana"));
  const auto click = [&](const char* name) {
    page.findChild<QPushButton*>(QLatin1String(name))->click();
    scene.settle();
  };
  const auto shown = [&] {
    QStringList out;
    for (auto* label : scene.window().findChildren<QLabel*>())
      if (seen(label)) out << label->text();
    return out.join(QLatin1Char('\n'));
  };
  click("score_begin");
  in_all_looks(scene, [&](const QString& look, bool) {
    ASSERT_EQ(page.step(), ScorePage::Step::look);
    check_texts_and_names(scene.window(), QStringLiteral("score.look.") + look);
    compare_with_golden(picture(scene.window()), QStringLiteral("score.look.") + look);
    // Neither outcome nor reason nor level stands anywhere in the window.
    for (const char* word : {"成功", "失败", "未突破", "time_limit", "success", "failure", "达到目标", "goal"})
      EXPECT_FALSE(shown().contains(QString::fromUtf8(word), Qt::CaseInsensitive)) << word << "\n"
                                                                                   << shown().toStdString();
  });
  // No way to a page that could tell it.
  scene.window().go(PageId::results);
  EXPECT_EQ(scene.window().current(), PageId::score);
  scene.window().statusBar()->clearMessage();
  click("score_done");
  EXPECT_EQ(page.step(), ScorePage::Step::undo);
  click("score_undo");
  EXPECT_EQ(page.step(), ScorePage::Step::look);
  click("score_not_done");
  click("score_keep");
  ASSERT_EQ(page.step(), ScorePage::Step::told);
  in_all_looks(scene, [&](const QString& look, bool first) {
    check_texts_and_names(scene.window(), QStringLiteral("score.told.") + look);
    if (first) compare_with_golden(picture(scene.window()), QStringLiteral("score.told.") + look);
  });
  click("score_end");
  EXPECT_FALSE(scene.hub().sitting());
  scene.window().go(PageId::results);
  EXPECT_EQ(scene.window().current(), PageId::results);
}

TEST(Pages, ALabSessionIsAskedForItsSecretAndCampaign) {
  Scene scene(Situation::full);
  auto& page = static_cast<SetupPage&>(scene.open(PageId::setup));
  auto* secret = page.findChild<QLineEdit*>(QStringLiteral("setup_secret"));
  EXPECT_FALSE(secret->isVisible());
  page.findChild<QComboBox*>(QStringLiteral("setup_division"))->setCurrentIndex(1);
  page.use_subject(QStringLiteral(ASSAY_SOURCE_DIR "/docs/examples/operated-arm.yaml"));
  EXPECT_EQ(page.findChild<QComboBox*>(QStringLiteral("setup_subject"))->currentText(),
            QStringLiteral("operated-arm.yaml"));
  in_all_looks(scene, [&](const QString& look, bool first) {
    EXPECT_TRUE(secret->isVisible());
    EXPECT_FALSE(page.findChild<QLineEdit*>(QStringLiteral("setup_seed"))->isVisible());
    check_texts_and_names(scene.window(), QStringLiteral("setup.lab.") + look);
    if (first) compare_with_golden(picture(scene.window()), QStringLiteral("setup.lab.") + look);
  });
}

TEST(Pages, AReportIsShownInOneLanguageWithItsCharts) {
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
  Scene scene(Situation::full);
  Page& page = scene.open(PageId::report);
  page.findChild<QPushButton*>(QStringLiteral("report_make"))->click();
  scene.settle();
  auto* preview = page.findChild<QTextBrowser*>(QStringLiteral("report_preview"));
  in_all_looks(scene, [&](const QString& look, bool first) {
    const bool zh = lang() == Lang::zh;
    EXPECT_EQ(preview->toPlainText().contains(QStringLiteral("结论")), zh) << look.toStdString();
    EXPECT_EQ(preview->toPlainText().contains(QStringLiteral("Conclusion")), !zh);
    EXPECT_TRUE(preview->toPlainText().contains(QChar::ObjectReplacementCharacter));  // a chart
    check_texts_and_names(scene.window(), QStringLiteral("report.made.") + look);
    if (first || (!zh && theme().dark))
      compare_with_golden(picture(scene.window()), QStringLiteral("report.made.") + look);
  });
}

TEST(Pages, EveryActionHasANameAndStandsInAMenu) {
  Scene scene(Situation::empty);
  QSet<QString> names;
  for (auto* action : scene.window().commands()) {
    EXPECT_FALSE(action->objectName().isEmpty()) << action->text().toStdString();
    EXPECT_FALSE(action->text().isEmpty());
    EXPECT_FALSE(names.contains(action->objectName())) << action->objectName().toStdString();
    names.insert(action->objectName());
  }
  EXPECT_GE(names.size(), 25);
}

TEST(Pages, NoButtonCallsItselfAnEmergencyStop) {
  Scene scene(Situation::full);
  for (const Lang in : {Lang::zh, Lang::en}) {
    scene.window().set_language(in);
    for (auto* button : scene.window().findChildren<QAbstractButton*>()) {
      EXPECT_FALSE(button->text().contains(QLatin1String("mergency"))) << button->text().toStdString();
      EXPECT_FALSE(button->text().contains(QStringLiteral("急停"))) << button->text().toStdString();
    }
  }
  set_lang(Lang::zh);
}

TEST(Pages, IncomparableSessionsAreRefusedWithTheReason) {
  Scene scene(Situation::full);
  auto& page = static_cast<ComparePage&>(scene.open(PageId::compare));
  page.choose(QStringLiteral("S-20261123-0001"), QStringLiteral("S-20261123-0003"));
  scene.settle();
  bool said = false;
  for (auto* label : page.findChildren<QLabel*>())
    said = said || (label->isVisible() && label->text().contains(QLatin1String("6585ca06a047")));
  EXPECT_TRUE(said);
}

}  // namespace
}  // namespace assay::gui::test
