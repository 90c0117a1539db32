// The runner of reference cases itself: what passes, what does not, and what it says of bad files.
#include "metrics/reference/reference.h"

#include <gtest/gtest.h>

#include <cmath>

#include "metrics/input.h"

namespace assay::metrics {
namespace {

ReferenceRegistry doubler() {
  ReferenceRegistry registry;
  registry.add({"double", "x + x", [](const Json& in) -> Result<Json> {
                  const double x = in.at("x");
                  ASSAY_RETURN_IF_ERROR(check_positive("x", x));
                  return Json{{"y", x + x}, {"list", {x, nullptr}}, {"name", "two"}};
                }});
  return registry;
}

Json one(const Json& expected, double tol = 1e-9, const Json& input = {{"x", 2}}) {
  return {{"cases", {{{"id", "c1"}, {"kind", "double"}, {"tol_rel", tol}, {"input", input}, {"expected", expected}}}}};
}

TEST(Reference, AgreementPasses) {
  const auto report = run_reference(doubler(), one({{"y", 4}, {"list", {2, nullptr}}, {"name", "two"}}));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok());
  ASSERT_EQ(report->kinds.size(), 1U);
  EXPECT_EQ(report->kinds[0].worst_deviation, 0);
}

TEST(Reference, DeviationIsRelativeAboveOne) {
  EXPECT_TRUE(run_reference(doubler(), one({{"y", 4.0000000039}}))->ok());
  const auto report = run_reference(doubler(), one({{"y", 4.0000000041}}));
  ASSERT_FALSE(report->ok());
  EXPECT_EQ(report->failures.at(0).path, "/y");
  EXPECT_NEAR(report->failures[0].deviation, 1.025e-9, 1e-12);
}

TEST(Reference, WhatIsNotAnsweredOrOfAnotherShapeFails) {
  for (const Json& expected : {Json{{"z", 1}}, Json{{"list", {2}}}, Json{{"list", {2, 0}}}, Json{{"name", "three"}},
                               Json{{"y", nullptr}}, Json{{"y", true}}})
    EXPECT_FALSE(run_reference(doubler(), one(expected))->ok()) << expected;
}

TEST(Reference, ARefusalIsNamed) {
  const auto report = run_reference(doubler(), one({{"y", 0}}, 1e-9, {{"x", 0}}));
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_NE(report->failures[0].got.find("ASSAY-1032"), std::string::npos);
}

TEST(Reference, MissingMembersAndUnknownKindsAreFailuresByName) {
  const auto missing = run_reference(doubler(), one({{"y", 4}}, 1e-9, Json::object()));
  EXPECT_NE(missing->failures.at(0).got.find("ASSAY-1041"), std::string::npos);
  auto file = one({{"y", 4}});
  file["cases"][0]["kind"] = "treble";
  const auto unknown = run_reference(doubler(), file);
  EXPECT_FALSE(unknown->ok());
  EXPECT_FALSE(unknown->kinds.at(0).known);
  EXPECT_NE(unknown->failures.at(0).got.find("treble"), std::string::npos);
}

TEST(Reference, MalformedCasesAreListedAndMalformedFilesRefused) {
  for (const Json& c : {Json(3), Json::object(), Json{{"kind", 1}, {"tol_rel", 0}, {"input", 0}, {"expected", 0}},
                        Json{{"kind", "double"}, {"tol_rel", "x"}, {"input", 0}, {"expected", 0}}}) {
    const auto report = run_reference(doubler(), Json{{"cases", {c}}});
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->ok());
    EXPECT_EQ(report->failures.size(), 1U);
  }
  for (const Json& file : {Json(1), Json::object(), Json{{"cases", 3}}, Json{{"cases", Json::array()}}}) {
    const auto report = run_reference(doubler(), file);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().id, 1040);
  }
}

TEST(Reference, InformationalMembersAndOwnDeviation) {
  ReferenceRegistry registry;
  registry.add({"k", "", [](const Json&) -> Result<Json> { return Json{{"p", 1}}; }, {"other_tool"}});
  registry.add({"q",
                "",
                [](const Json&) -> Result<Json> {
                  return Json{{"p", 1}};
                },
                {},
                [](const Json&, const Json&, const Json&) { return INFINITY; }});
  auto file = one({{"p", 1}, {"other_tool", 2}});
  file["cases"][0]["kind"] = "k";
  EXPECT_TRUE(run_reference(registry, file)->ok());
  file["cases"][0]["kind"] = "q";
  EXPECT_FALSE(run_reference(registry, file)->ok());
}

}  // namespace
}  // namespace assay::metrics
