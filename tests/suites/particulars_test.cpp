#include <gtest/gtest.h>

#include "suites/particulars.h"
#include "tests/suites/files.h"

namespace assay {
namespace {

Result<Particulars> read(const std::string& text) {
  const test::Folder folder;
  return load_particulars(folder.write("report.yaml", "schema: assay.particulars/1\n" + text));
}

TEST(Particulars, WordsStandForBothLanguagesOrForEach) {
  const auto p = read(
      "report: {number: EB-1, issued: 2026-11-23, prevailing: zh}\n"
      "laboratory: {name: {en: Centre, zh: 中心}, address: Road 1}\n"
      "item: {received: 2026-11-20, verified: [model]}\n"
      "deviations: []\n"
      "external: [one, {en: two, zh: 二}]\n"
      "equipment:\n  - {name: Plate, id: FP-1, due: 2027-01-01}\n"
      "environment:\n  - {name: Temperature, value: 22 °C}\n");
  ASSERT_TRUE(p.ok()) << to_string(p.error(), Lang::en);
  EXPECT_EQ(p->number, "EB-1");
  EXPECT_EQ(p->laboratory.name, (Text{"Centre", "中心"}));
  EXPECT_EQ(p->laboratory.address, (Text{"Road 1", "Road 1"}));
  EXPECT_TRUE(p->no_deviations);
  EXPECT_FALSE(p->no_external);
  ASSERT_EQ(p->external.size(), 2U);
  EXPECT_EQ(p->external[1].zh, "二");
  EXPECT_EQ(p->equipment.at(0).due, "2027-01-01");
  EXPECT_EQ(p->environment.at(0).second.en, "22 °C");
  EXPECT_EQ(p->sha256.size(), 64U);
}

TEST(Particulars, WhatIsNotSaidIsNotMadeUp) {
  const auto p = read("place: here\n");
  ASSERT_TRUE(p.ok());
  EXPECT_FALSE(p->no_deviations);
  EXPECT_FALSE(p->no_external);
  EXPECT_TRUE(p->issued.empty());
  EXPECT_TRUE(p->customer.name.en.empty());
}

TEST(Particulars, RefusesWithPlace) {
  struct Case {
    const char* text;
    int id;
  };
  for (const auto& x : std::initializer_list<Case>{{"report: {issued: 2026-02-30}\n", 721},
                                                   {"item: {received: 2026-13-01}\n", 302},
                                                   {"equipment:\n  - {name: a, id: b, due: 2025-02-29}\n", 721},
                                                   {"customer: {nmae: x}\n", 303},
                                                   {"place: [1]\n", 302},
                                                   {"people: {tested: {en: only}}\n", 302},
                                                   {"place: a\nplace: b\n", 205}}) {
    const auto p = read(x.text);
    ASSERT_FALSE(p.ok()) << x.text;
    EXPECT_EQ(p.error().id, x.id) << x.text << to_string(p.error(), Lang::en);
    EXPECT_GT(p.error().place.line, 1) << x.text;
  }
}

}  // namespace
}  // namespace assay
