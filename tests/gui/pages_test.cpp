// Every page in each state, language and theme: nothing cut, everything named, and as it looked before.
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QDir>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QSet>
#include <QSlider>
#include <QSpinBox>

#include "gui/compare_page.h"
#include "gui/operator_panel.h"
#include "gui/report_page.h"
#include "tests/gui/fixture.h"

namespace assay::gui::test {
namespace {

constexpr const char* kNames[kPages] = {"home", "setup", "run", "results", "trace", "compare", "report", "quality"};
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
        if (situation == Situation::loading && id == PageId::run) continue;  // a run that has told nothing yet: below
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
  static const QJsonObject kCard = QJsonDocument::fromJson(R"json({
    "title": {"en": "Parcel sorting", "zh": "包裹分拣"},
    "instruction": {"en": "Put the red parcel into the blue bin.", "zh": "请把红色包裹放进蓝色料箱。"},
    "steps": [{"en": "Put red parcel (parcel_red) at x 0.400 m, y -0.210 m, z 0.425 m of the scene, turned 12°",
               "zh": "将 red parcel (parcel_red) 放到场景坐标 x 0.400 m、y -0.210 m、z 0.425 m 处，转角 12°"},
              {"en": "Put blue bin (bin_a) where the scene has it", "zh": "将 blue bin (bin_a) 放到场景规定的位置"}],
    "not_set": [{"en": "friction", "zh": "摩擦"}],
    "success": "all(inside(parcel_red, bin_a), at_rest(parcel_red), not touching(robot, parcel_red))",
    "subgoals": [{"id": "grasped", "what": "eventually(held(parcel_red))"}],
    "checks": [{"id": "right_first", "what": "first_contact(parcel_red)"}],
    "limits": [{"id": "tcp_speed", "words": {"en": "tool speed at most 1.5 m/s", "zh": "工具速度不超过 1.5 m/s"}}],
    "time_limit_s": 30})json")
                                       .object();
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

TEST(Pages, ARunThatAsksItsOperator) {
  set_lang(Lang::zh);
  apply_theme(*qApp, false);
  Scene scene(Situation::full);
  Page& page = scene.open(PageId::run);
  auto* panel = page.findChild<OperatorPanel*>();
  ASSERT_NE(panel, nullptr);
  for (const Lang in : {Lang::zh, Lang::en}) {
    for (const bool dark : {false, true}) {
      scene.window().set_language(in);
      scene.window().set_dark(dark);
      scene.settle();
      for (const char* kind : {"set_up", "armed", "entry"}) {
        panel->show_prompt(prompt(QLatin1String(kind)));
        QCoreApplication::processEvents();
        const QString name = QStringLiteral("operator.%1.%2.%3")
                                 .arg(QLatin1String(kind), in == Lang::zh ? QStringLiteral("zh") : QStringLiteral("en"),
                                      dark ? QStringLiteral("dark") : QStringLiteral("light"));
        EXPECT_TRUE(cut(*panel).isEmpty())
            << name.toStdString() << ": " << cut(*panel).join(QLatin1String("; ")).toStdString();
        EXPECT_TRUE(nameless(*panel).isEmpty()) << nameless(*panel).join(QLatin1String("; ")).toStdString();
        compare_with_golden(picture(scene.window()), name);
      }
    }
  }
  set_lang(Lang::zh);
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
