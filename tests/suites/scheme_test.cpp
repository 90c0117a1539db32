// Schemes, subjects, the catalogue, and random damage to its files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "suites/catalog.h"
#include "suites/yaml.h"
#include "tests/suites/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::brief;
using test::edited;
using test::where;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string& scheme_text() {
  static const std::string text = test::slurp(test::catalog() / "schemes/embodied-demo.yaml");
  return text;
}

std::vector<Suite> suites() {
  auto suite = load_suite((test::catalog() / "suites/logistics_assembly/suite.yaml").string());
  EXPECT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  std::vector<Suite> out;
  if (suite.ok()) out.push_back(std::move(suite).value());
  return out;
}

TEST(Catalog, LoadsCleanAndAgreesWithItself) {
  const auto loaded = suites();
  ASSERT_EQ(loaded.size(), 1u);
  EXPECT_EQ(loaded[0].version, "1.1.0");
  for (const char* task : {"logistics_assembly/parcel_sorting", "logistics_assembly/goods_transport"})
    for (const int level : {1, 2, 3}) ASSERT_NE(loaded[0].find(task, level), nullptr) << task << level;
  const auto scheme = load_scheme((test::catalog() / "schemes/embodied-demo.yaml").string());
  ASSERT_TRUE(scheme.ok()) << to_string(scheme.error(), Lang::en);
  const auto consistent = check_consistency(*scheme, loaded);
  EXPECT_TRUE(consistent.ok()) << to_string(consistent.error(), Lang::en);
  EXPECT_EQ(scheme->indicators.size(), 12u);
  EXPECT_EQ(scheme->gates.size(), 1u);
  EXPECT_EQ(scheme->aggregation, "all_of");
  for (const auto& indicator : scheme->indicators) {
    EXPECT_EQ(indicator.limit, 0.80);
    EXPECT_EQ(indicator.design, 0.95);
  }
}

TEST(Catalog, EveryLevelVariesAndTheInstructionIsDrawn) {
  for (const auto& suite : suites())
    for (const auto& task : suite.tasks) {
      int choices = 0, moves = 0, noise = 0;
      for (const auto& v : task.variation) {
        choices += v.kind == Variation::Kind::choice;
        moves += v.kind == Variation::Kind::pose_jitter || v.kind == Variation::Kind::shuffle;
        noise += v.kind == Variation::Kind::noise;
      }
      EXPECT_GE(choices, 1) << task.key() << task.level;
      EXPECT_GE(moves, 1) << task.key() << task.level;
      EXPECT_GE(noise, 1) << task.key() << task.level;
      EXPECT_FALSE(task.limits.empty());
      EXPECT_FALSE(task.checks.empty());
      if (task.level == 3) {
        EXPECT_FALSE(task.actors.empty());
      }
    }
}

TEST(Catalog, LoadsEverySubject) {
  const auto scheme = load_scheme((test::catalog() / "schemes/embodied-4d5l.yaml").string());
  ASSERT_TRUE(scheme.ok());
  const auto ids = catalog_list("subjects");
  EXPECT_THAT(ids, testing::IsSupersetOf({"reference-arm", "reference-amr", "null-arm", "null-amr", "random-arm",
                                          "random-amr", "faulty-arm", "panda"}));
  for (const auto& id : ids) {
    const auto path = catalog_find("subjects", id);
    ASSERT_TRUE(path.ok());
    const auto subject = load_subject(*path);
    ASSERT_TRUE(subject.ok()) << to_string(subject.error(), Lang::en);
    EXPECT_EQ(subject->id, id);
    EXPECT_TRUE(std::any_of(scheme->scopes.begin(), scheme->scopes.end(), [&](const auto& scope) {
      return scope.id == subject->scope;
    })) << id;
    EXPECT_TRUE(std::filesystem::is_regular_file(subject->embodiment_path)) << subject->embodiment_path;
  }
}

TEST(Catalog, FindsIdsAndPathsAndNamesTheNearest) {
  EXPECT_THAT(catalog_list("suites"), Contains("logistics_assembly"));
  EXPECT_THAT(catalog_list("schemes"), Contains("embodied-demo"));
  EXPECT_THAT(catalog_list("nonsense"), ElementsAre());
  const auto suite = catalog_find("suites", "logistics_assembly");
  ASSERT_TRUE(suite.ok());
  EXPECT_EQ(catalog_find("suites", *suite).value(), *suite);
  const auto wrong = catalog_find("schemes", "embodied-demos");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().id, 310);
  EXPECT_EQ(wrong.error().help.en, "did you mean embodied-demo?");
  EXPECT_EQ(catalog_find("schemes", "./none.yaml").error().id, 310);
}

TEST(Catalog, FollowsTheEnvironment) {
  const test::Folder folder;
  folder.write("schemes/mine.yaml", "x: 1\n");
  folder.write("suites/one/suite.yaml", "x: 1\n");
  folder.write("suites/empty/readme.txt", "");
  ASSERT_EQ(setenv("ASSAY_CATALOG", folder.path("").c_str(), 1), 0);
  EXPECT_THAT(catalog_list("schemes"), ElementsAre("mine"));
  EXPECT_THAT(catalog_list("suites"), ElementsAre("one"));
  unsetenv("ASSAY_CATALOG");
}

void expect_scheme_fault(int id, const std::string& from, const std::string& to, const std::string& at) {
  const test::Folder folder;
  const std::string text = edited(scheme_text(), from, to);
  const auto scheme = load_scheme(folder.write("s.yaml", text));
  if (scheme.ok()) {
    const auto consistent = check_consistency(*scheme, suites());
    EXPECT_EQ(brief(consistent), brief(id, where(text, at))) << to;
    if (!consistent.ok()) {
      EXPECT_EQ(consistent.error().place.file, folder.path("s.yaml"));
    }
  } else {
    EXPECT_EQ(brief(scheme), brief(id, where(text, at))) << to_string(scheme.error(), Lang::en);
  }
}

TEST(Scheme, RefusesWhatItDoesNotDefine) {
  expect_scheme_fault(320, "dimension: P\n", "dimension: Q\n", "Q\n");
  expect_scheme_fault(320, "scopes: [manipulation]", "scopes: [manipulations]", "manipulations]");
  expect_scheme_fault(320, "classes: [industrial, service", "classes: [industrial, servant", "servant");
  expect_scheme_fault(320, "    level: 1\n", "    level: 4\n", "4\n    task");
  expect_scheme_fault(311, "id: E-sort-1", "id: P-sort-1", "P-sort-1\n    dimension: E");
  expect_scheme_fault(312, "design: 0.95", "design: 0.80", "0.80\n    clause");
  expect_scheme_fault(312, "{level: 2,", "{level: 1,", "1, title: {en: Bounded");
  expect_scheme_fault(302, "limit: 0.80", "limit: 80", "80\n");
  expect_scheme_fault(302, "version: 1.0.0", "version: 1.0", "1.0\n");
  expect_scheme_fault(302, "limit: 0.80", "limit: 80 %", "80 %");
}

TEST(Scheme, IsHeldAgainstItsSuites) {
  expect_scheme_fault(321, "tasks: [logistics_assembly/parcel_sorting]", "tasks: [logistics_assembly/parcel_sort]",
                      "logistics_assembly/parcel_sort]");
  expect_scheme_fault(323, "check: right_first", "check: right_once", "right_once");
  expect_scheme_fault(324, "scopes: [manipulation]", "scopes: [manipulation, transport]", "[manipulation, transport]");
}

TEST(Scheme, NeedsIndicatorsAndTaskLevelsForEachLevel) {
  const test::Folder folder;
  std::string text = edited(scheme_text(), "\nclasses:", "\n  - {level: 4, title: {en: More, zh: 更多}}\nclasses:");
  auto scheme = load_scheme(folder.write("s.yaml", text));
  ASSERT_TRUE(scheme.ok()) << to_string(scheme.error(), Lang::en);
  EXPECT_EQ(brief(check_consistency(*scheme, suites())), brief(325, where(text, "id: manipulation")));
  text = edited(text, "    level: 1\n", "    level: 4\n");
  scheme = load_scheme(folder.write("s.yaml", text));
  ASSERT_TRUE(scheme.ok());
  auto cut = suites();
  for (auto& suite : cut) std::erase_if(suite.tasks, [](const Task& task) { return task.level == 4; });
  EXPECT_EQ(brief(check_consistency(*scheme, cut)), brief(322, where(text, "4\n    task")));
}

TEST(Subject, NamesAnEmbodimentThatExists) {
  const test::Folder folder;
  const std::string text = test::slurp(test::catalog() / "subjects/reference-arm.yaml");
  const std::string wrong = edited(text, "embodiment: arm7", "embodiment: arm77");
  const auto subject = load_subject(folder.write("s.yaml", wrong));
  EXPECT_EQ(brief(subject), brief(310, where(wrong, "arm77")));
  folder.write("my/body.yaml", "x: 1\n");
  const auto mine = load_subject(folder.write("s.yaml", edited(text, "embodiment: arm7", "embodiment: my/body.yaml")));
  ASSERT_TRUE(mine.ok()) << to_string(mine.error(), Lang::en);
  EXPECT_EQ(mine->embodiment_path, folder.path("my/body.yaml"));
}

/// One random edit: a byte changed, a piece removed, repeated or moved, or a nasty token put in.
std::string damaged(std::string text, Rng& rng) {
  static const char* kTokens[] = {"[",     "{",       "}",    ": ", "- ", "&a ", "*a",       "!!int ", ".nan",
                                  "1e999", "\t",      "'",    "\"", "|",  "~",   "yes",      "017",    "---\n",
                                  "\xFF",  "{object", "\n\n", "#",  "-1", "? ",  "<<: *grid"};
  const auto at = rng.below(text.size());
  const auto length = std::min<std::size_t>(1 + rng.below(40), text.size() - at);
  switch (rng.below(5)) {
    case 0:
      text[at] = static_cast<char>(rng.below(256));
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, text.substr(rng.below(text.size()), length));
      break;
    case 3:
      text.insert(at, kTokens[rng.below(std::size(kTokens))]);
      break;
    default:
      text.resize(at);
  }
  return text.empty() ? "x" : text;
}

TEST(Fuzz, DamagedFilesGiveAnErrorWithAPlaceOrLoad) {
  const test::Folder folder;
  const fs::path source = test::catalog() / "suites/logistics_assembly";
  for (const char* scene : {"parcel_sorting.xml", "goods_transport.xml"})
    folder.write(std::string("scenes/") + scene, test::slurp(test::catalog() / "scenes" / scene));
  const char* names[] = {"suite.yaml", "parcel_sorting.yaml", "goods_transport.yaml"};
  std::vector<std::string> texts;
  for (const char* name : names) texts.push_back(test::slurp(source / name));
  texts.push_back(scheme_text());
  texts.push_back(test::slurp(test::catalog() / "subjects/reference-arm.yaml"));
  Rng rng(stream_key("fuzz", "suites", 1, 0, Source::scene));
  int refused = 0;
  for (const char* name : {"parcel_sorting.yaml", "goods_transport.yaml"})
    folder.write(std::string("suites/s/") + name, test::slurp(source / name));
  constexpr int kRounds = 2000;
  for (int round = 0; round < kRounds; ++round) {
    const auto which = rng.below(texts.size());
    std::string text = damaged(texts[which], rng);
    if (rng.below(3) == 0) text = damaged(text, rng);
    std::optional<Error> error;
    if (which < 3) {
      // A suite of the damaged task alone: half the work, the same ways to fail.
      const std::string both = "  - parcel_sorting.yaml\n  - goods_transport.yaml\n";
      const std::string suite_text =
          which == 0 ? text : edited(texts[0], both, std::string("  - ") + names[which] + "\n");
      if (which > 0) folder.write(std::string("suites/s/") + names[which], text);
      folder.write("suites/s/suite.yaml", suite_text);
      if (auto suite = load_suite(folder.path("suites/s/suite.yaml")); !suite.ok()) error = suite.error();
    } else if (which == 3) {
      if (auto scheme = load_scheme(folder.write("s.yaml", text)); !scheme.ok()) error = scheme.error();
    } else {
      if (auto subject = load_subject(folder.write("s.yaml", text)); !subject.ok()) error = subject.error();
    }
    if (!error) continue;
    ++refused;
    EXPECT_GE(error->id, 201) << text;
    EXPECT_LE(error->id, 329) << text;
    EXPECT_NE(error->id, 304) << text << error->what.en;
    EXPECT_FALSE(error->place.file.empty());
    EXPECT_FALSE(error->what.en.empty());
    EXPECT_FALSE(error->what.zh.empty());
  }
  EXPECT_GT(refused, kRounds / 3) << "damage mostly shows";
}

}  // namespace
}  // namespace assay
