// Words, colours, models, the event stream and the control of a run: what needs no page.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <array>
#include <cmath>

#include "gui/program.h"
#include "gui/rows_model.h"
#include "gui/style_sheet.h"
#include "tests/gui/fixture.h"

namespace assay::gui {
namespace {

QString source(const QString& path) {
  QFile file(path);
  EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
  return QString::fromUtf8(file.readAll());
}

TEST(Words, HaveBothLanguagesAndDifferentPlaceholdersNowhere) {
  QSet<QString> seen;
  const QRegularExpression place(QStringLiteral("%[0-9]"));
  for (const auto& word : all_words()) {
    EXPECT_FALSE(seen.contains(QString::fromLatin1(word.key))) << word.key;
    seen.insert(QString::fromLatin1(word.key));
    EXPECT_STRNE(word.en, "") << word.key;
    EXPECT_STRNE(word.zh, "") << word.key;
    QSet<QString> in_en, in_zh;
    for (auto it = place.globalMatch(QString::fromUtf8(word.en)); it.hasNext();) in_en.insert(it.next().captured());
    for (auto it = place.globalMatch(QString::fromUtf8(word.zh)); it.hasNext();) in_zh.insert(it.next().captured());
    EXPECT_EQ(in_en, in_zh) << word.key;
  }
}

TEST(Words, EveryKeyInTheSourcesExistsAndEveryWordIsUsed) {
  const QDir folder(QStringLiteral(ASSAY_SOURCE_DIR "/gui"));
  QString all;
  for (const auto& name : folder.entryList({QStringLiteral("*.cpp")}))
    if (!name.startsWith(QLatin1String("words_"))) all += source(folder.absoluteFilePath(name));
  const QRegularExpression literal(QStringLiteral("\"([a-z]+(?:\\.[a-z_0-9]+)+)\""));
  QSet<QString> named;
  for (auto it = literal.globalMatch(all); it.hasNext();) named.insert(it.next().captured(1));
  for (const auto& key : named) {
    EXPECT_TRUE(has_word(key) || key.startsWith(QLatin1String("assay."))) << key.toStdString();
  }
  for (const auto& word : all_words()) {
    const auto key = QString::fromLatin1(word.key);
    const bool composed = key.startsWith(QLatin1String("run.event.")) || key.startsWith(QLatin1String("doctor."));
    EXPECT_TRUE(composed || named.contains(key)) << "unused: " << word.key;
  }
}

TEST(Words, NothingThatAPersonReadsStandsOutsideOfTheTables) {
  const QDir folder(QStringLiteral(ASSAY_SOURCE_DIR "/gui"));
  // Two words of letters in one literal. Style sheets and drawings are no words; errors carry both languages
  // themselves.
  const QRegularExpression literal(QStringLiteral("\"((?:[^\"\\\\\\n]|\\\\.)*)\""));
  const QRegularExpression sentence(QStringLiteral("[A-Za-z]{3,} [A-Za-z]{3,}"));
  const QRegularExpression chinese(QStringLiteral("[\\x{4e00}-\\x{9fff}]"));
  const QSet<QString> apart{QStringLiteral("style_sheet.cpp"), QStringLiteral("theme.cpp")};
  int literals = 0;
  for (const auto& name : folder.entryList({QStringLiteral("*.cpp"), QStringLiteral("*.h")})) {
    if (name.startsWith(QLatin1String("words_")) || apart.contains(name)) continue;
    const auto lines = source(folder.absoluteFilePath(name)).split(QLatin1Char('\n'));
    for (qsizetype i = 0; i < lines.size(); ++i) {
      const auto code = lines[i].section(QStringLiteral("//"), 0, 0);
      const bool both = chinese.match(code + (i + 1 < lines.size() ? lines[i + 1] : QString())).hasMatch();
      if (both || code.contains(QLatin1String("fprintf"))) continue;
      for (auto it = literal.globalMatch(code); it.hasNext(); ++literals) {
        const auto text = it.next().captured(1);
        EXPECT_FALSE(sentence.match(text).hasMatch()) << name.toStdString() << ": " << text.toStdString();
      }
    }
  }
  EXPECT_GT(literals, 500);
}

TEST(Theme, EveryPairHasEnoughContrast) {
  for (const auto* theme : {&light_theme(), &dark_theme()})
    for (const auto& pair : contrast_pairs(*theme))
      EXPECT_GE(contrast(pair.text, pair.ground), pair.least) << pair.name << (theme->dark ? " dark" : " light");
  EXPECT_NEAR(contrast(Qt::black, Qt::white), 21, 1e-6);
}

TEST(Theme, StatesStayApartForDeuteranopes) {
  // Viénot, Brettel, Mollon 1999 on linear values; distance in the plane that is left.
  const auto seen = [](const QColor& c) {
    const auto lin = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    const double r = lin(c.redF()), g = lin(c.greenF()), b = lin(c.blueF());
    return std::array<double, 3>{0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b};
  };
  for (const auto* t : {&light_theme(), &dark_theme()}) {
    for (const auto& other : {t->unsure, t->fail}) {
      const auto a = seen(t->pass), b = seen(other);
      EXPECT_GT(std::hypot(a[0] - b[0], a[2] - b[2]), 0.05) << t->dark;
    }
  }
}

TEST(Theme, StatesDifferInShapeToo) {
  QSet<QString> shapes;
  for (const auto c : {Conformity::conform, Conformity::inconclusive, Conformity::not_conform, Conformity::not_tested})
    shapes.insert(QString::fromLatin1(look(c).icon));
  EXPECT_EQ(shapes.size(), 4);
}

TEST(StyleSheet, HasNoTokenLeft) {
  EXPECT_FALSE(style_sheet(light_theme()).contains(QLatin1Char('@')));
  EXPECT_FALSE(style_sheet(dark_theme()).contains(QLatin1Char('@')));
}

TEST(TrialModel, HoldsItsContractAndFilters) {
  const auto folder = test::temporary_folder("model");
  test::make_workspace(folder);
  auto session = read_session(folder, "S-20261123-0002");
  ASSERT_TRUE(session.ok()) << to_string(session.error(), Lang::en);
  TrialModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.set(std::make_shared<const Session>(std::move(*session)));
  EXPECT_EQ(model.rowCount(), 38);
  TrialFilter filter;
  filter.outcome = -2;
  model.filter(filter);
  const int failures = model.rowCount();
  EXPECT_GT(failures, 0);
  EXPECT_LT(failures, 38);
  filter = {};
  filter.invalid_only = true;
  model.filter(filter);
  EXPECT_EQ(model.rowCount(), 1);
  EXPECT_EQ(model.trial(0)->invalid_by, "Li");
  filter = {};
  filter.text = QStringLiteral("no such task");
  model.filter(filter);
  EXPECT_EQ(model.rowCount(), 0);
}

TEST(RowsModel, HoldsItsContract) {
  RowsModel model({"trial.number", "trial.task"});
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.set({{{right(QStringLiteral("1")), plain(QStringLiteral("a"))}, QStringLiteral("x")},
             {{plain(QStringLiteral("2"))}, QStringLiteral("y")}});
  EXPECT_EQ(model.rowCount(), 2);
  EXPECT_EQ(model.row_of(QStringLiteral("y")), 1);
  EXPECT_EQ(model.id(7), QString());
}

TEST(LiveRun, ReadsTheRecordedStreamAndLeavesRubbishOut) {
  LiveRun run;
  QFile file(test::data_folder() + QStringLiteral("/events.jsonl"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  run.take("{\"schema\":\"other/1\",\"type\":\"trial_started\",\"number\":1}");
  run.take("no json");
  while (!file.atEnd()) run.take(file.readLine());
  EXPECT_EQ(run.session, QStringLiteral("S-20261123-0002"));
  EXPECT_EQ(run.trials.size(), 38U);
  EXPECT_EQ(run.done, 38);
  EXPECT_EQ(run.unsafe, 2);
  EXPECT_TRUE(run.finished);
  EXPECT_TRUE(run.complete);
}

TEST(RunControl, ADeadProcessAndAnotherOfTheSameNumberAreNotAlive) {
  RunNote note;
  note.pid = QCoreApplication::applicationPid();
  note.started_as = QStringLiteral("1");  // this process, but not started then
  EXPECT_FALSE(RunControl::alive(note));
  note.pid = 999999999;
  EXPECT_FALSE(RunControl::alive(note));
  const RunControl control(QStringLiteral("/nowhere/assay"), QString::fromStdString(test::temporary_folder("control")));
  const auto stop = control.ask(note, {}, RunRequest::stop);
  ASSERT_FALSE(stop.ok());
  EXPECT_EQ(stop.error().id, 743);
  const auto pause = control.ask(note, QStringLiteral("S-1"), RunRequest::pause);
  ASSERT_FALSE(pause.ok());
  EXPECT_EQ(pause.error().id, 742);
  const auto start = control.start({QStringLiteral("run")});
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error().id, 740);
}

TEST(Options, AreReadAndBadOnesRefused) {
  const auto good = read_options({QStringLiteral("d"), QStringLiteral("--lang=zh"), QStringLiteral("--page"),
                                  QStringLiteral("5"), QStringLiteral("--theme"), QStringLiteral("dark")});
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->page, 5);
  EXPECT_TRUE(good->dark);
  for (const auto* bad : {"--page=10", "--lang=fr", "--what=1", "--size=5x5", "--theme"}) {
    const auto read = read_options({QStringLiteral("d"), QString::fromLatin1(bad)});
    ASSERT_FALSE(read.ok()) << bad;
    EXPECT_EQ(read.error().id, 744);
  }
}

}  // namespace
}  // namespace assay::gui
