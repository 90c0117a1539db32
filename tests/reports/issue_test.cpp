// Completeness (ISO/IEC 17025, 7.8.2.1), JUnit, and the forms over different kinds of sessions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/checklist.h"
#include "tests/reports/forms.h"
#include "tests/reports/golden.h"
#include "tests/reports/page.h"

namespace assay::reports {
namespace {

using testing::HasSubstr;
using testing::Not;
using State = ChecklistItem::State;

std::string letters(const ReportModel& model, State state) {
  std::string out;
  for (const auto& item : checklist(model))
    if (item.state == state) out += item.letter;
  return out;
}

TEST(Checklist, HasSixteenItemsWithReasonsInBothLanguages) {
  for (const auto& model : {ReportModel{}, conforming_model(), measured_model()}) {
    const auto items = checklist(model);
    ASSERT_EQ(items.size(), 16U);
    EXPECT_EQ(items.front().letter, 'a');
    EXPECT_EQ(items.back().letter, 'p');
    for (const auto& item : items) {
      EXPECT_FALSE(item.title.en.empty() || item.title.zh.empty()) << item.letter;
      EXPECT_FALSE(item.reason.en.empty() || item.reason.zh.empty()) << item.letter;
    }
  }
}

TEST(Checklist, ACompleteReportMayBeIssued) {
  EXPECT_EQ(letters(conforming_model(), State::not_met), "");
  EXPECT_TRUE(may_issue(conforming_model()).ok());
}

TEST(Checklist, BareResultsLackWhatOnlyTheLaboratoryKnows) {
  auto model = conforming_model();
  model.particulars.reset();
  EXPECT_EQ(letters(model, State::not_met), "bceghjkno");
  const auto may = may_issue(model);
  ASSERT_FALSE(may.ok());
  EXPECT_EQ(may.error().id, 717);
  EXPECT_EQ(may.error().found, "b) c) e) g) h) j) k) n) o)");
  EXPECT_THAT(may.error().help.en, HasSubstr("e) name and contact of the customer: particulars: customer.name"));
  EXPECT_THAT(may.error().help.zh, HasSubstr("客户名称与联络信息"));
}

/// Each single thing that is taken away opens its own item and no other.
TEST(Checklist, EachItemStandsForItself) {
  struct Case {
    const char* open;
    void (*take)(ReportModel&);
  };
  const std::vector<Case> cases{
      {"b", [](ReportModel& m) { m.particulars->laboratory.address = {}; }},
      {"c", [](ReportModel& m) { m.particulars->place = {}; }},
      {"e", [](ReportModel& m) { m.particulars->customer = {}; }},
      {"g", [](ReportModel& m) { m.particulars->condition = {}; }},
      {"h", [](ReportModel& m) { m.particulars->received = ""; }},
      {"i", [](ReportModel& m) { m.closed.ns = 0; }},
      {"j", [](ReportModel& m) { m.particulars->issued = ""; }},
      {"k", [](ReportModel& m) { m.particulars->sampling = {}; }},
      {"m", [](ReportModel& m) { m.grade.indicators.clear(); }},
      {"n", [](ReportModel& m) { m.particulars->no_deviations = false; }},
      {"o", [](ReportModel& m) { m.particulars->approved_by = {}; }},
  };
  for (const auto& x : cases) {
    auto model = conforming_model();
    x.take(model);
    EXPECT_EQ(letters(model, State::not_met), x.open);
  }
}

TEST(Checklist, SelfAssessmentHasNoCustomerAndDevelopmentIsNeverIssued) {
  auto model = conforming_model();
  model.division = "self";
  model.particulars->customer = {};
  EXPECT_TRUE(may_issue(model).ok());
  EXPECT_THAT(letters(model, State::not_applicable), HasSubstr("e"));
  model.division = "dev";
  EXPECT_EQ(may_issue(model).error().id, 718);
}

TEST(Document, OnlyAnIssuedTestReportHasNoWatermark) {
  auto model = conforming_model();
  EXPECT_TRUE(document_of(model).watermark.en.empty());
  model.issued = false;
  EXPECT_EQ(document_of(model).watermark.en, "DRAFT");
  model.issued = true;
  model.division = "self";
  EXPECT_EQ(document_of(model).watermark.en, "SELF-ASSESSMENT");
  EXPECT_EQ(document_of(model).watermark.zh, "自评");
  model.division = "dev";
  EXPECT_EQ(document_of(model).watermark.en, "DEVELOPMENT");
}

TEST(Junit, Goldens) {
  expect_golden("sample.junit.xml", to_junit(sample_model(), Lang::en));
  expect_golden("faulty.zh.junit.xml", to_junit(faulty_model(), Lang::zh));
}

TEST(Junit, CountsAgreeWithCases) {
  for (const auto& model : {sample_model(), conforming_model(), unsafe_model(), faulty_model(), ReportModel{}}) {
    const std::string xml = to_junit(model, Lang::en);
    const auto count = [&](const std::string& what) {
      int n = 0;
      for (auto at = xml.find(what); at != std::string::npos; at = xml.find(what, at + 1)) ++n;
      return n;
    };
    EXPECT_THAT(xml, HasSubstr("<testsuites name=\"" + model.session + "\" tests=\"" +
                               std::to_string(count("<testcase ")) + "\" failures=\"" +
                               std::to_string(count("<failure ")) + "\" errors=\"" + std::to_string(count("<error ")) +
                               "\" skipped=\"" + std::to_string(count("<skipped ")) + "\">"));
    EXPECT_EQ(count("<testcase "), static_cast<int>(model.grade.indicators.size() + model.grade.gates.size()));
  }
}

TEST(Junit, TellsFaultFromFailureFromUndecided) {
  EXPECT_THAT(to_junit(not_conforming_model(), Lang::en), HasSubstr("<failure type=\"not_conform\""));
  EXPECT_THAT(to_junit(not_conforming_model(), Lang::en), Not(HasSubstr("<error ")));
  EXPECT_THAT(to_junit(faulty_model(), Lang::en), HasSubstr("<error type=\"fault\""));
  EXPECT_THAT(to_junit(sample_model(), Lang::en), HasSubstr("<skipped message=\"inconclusive"));
  EXPECT_THAT(to_junit(measured_model(), Lang::en), HasSubstr("<property name=\"unit\" value=\"m\"/>"));
}

TEST_F(Html, GoldensOfKinds) {
  expect_golden("conforming.html", without_charts(page(conforming_model(), Lang::en)));
  expect_golden("unsafe.html", without_charts(page(unsafe_model(), Lang::zh)));
}

TEST(Json, GoldenOfAnIssuedReport) { expect_golden("conforming.json", to_json(conforming_model())); }

TEST_F(Html, ParticularsAreEscapedAndMarked) {
  const std::string html = page(conforming_model(), Lang::en);
  EXPECT_THAT(html, HasSubstr("Example Centre &lt;b&gt;"));
  EXPECT_THAT(section_of(html, "particulars"), HasSubstr("vendor"));
  EXPECT_THAT(section_of(html, "checklist"), HasSubstr("not applicable"));
}

TEST(Digest, CoversWhatTheReportSays) {
  auto model = conforming_model();
  const auto before = digest_of(model);
  model.particulars->place.en = "elsewhere";
  EXPECT_NE(digest_of(model), before);
  model = conforming_model();
  model.trials[0].verdict.outcome = Outcome::failure;
  EXPECT_NE(digest_of(model), before);
}

}  // namespace
}  // namespace assay::reports
