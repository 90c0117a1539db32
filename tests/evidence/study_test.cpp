// Bundles side by side: refused with the reason, or measured.
#include "evidence/study.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "evidence/errors.h"

namespace assay::evidence {
namespace {

StudyMember member(const std::string& laboratory, const std::vector<double>& times) {
  StudyMember m;
  m.path = laboratory + ".assay";
  m.laboratory = laboratory;
  m.plan = {{"scheme", "demo@1.2.0"}, {"division", "lab"},        {"embodiment_sha256", "e"},
            {"model_sha256", "m"},    {"engine", "MuJoCo 2.2.2"}, {"subject_sha256", "s"}};
  m.lock = {{"suites", {{"logistics", {{"version", "1.4.2"}}}}}};
  int index = 0;
  for (const double time : times) {
    TrialRecord t;
    t.task = "logistics/sorting";
    t.index = index++;
    t.finished = true;
    t.metrics = {{"completion_time", 1, time, "", "s", Vantage::simulator}};
    m.trials.push_back(t);
  }
  return m;
}

std::string reason(StudyMember b) {
  const auto found = mismatches(member("A", {}), b, true);
  return found.empty() ? "" : found.front().what;
}

TEST(Study, RefusesWithTheReason) {
  EXPECT_EQ(reason(member("B", {})), "");
  auto b = member("B", {});
  b.lock["suites"]["logistics"]["version"] = "2.0.0";
  EXPECT_EQ(reason(b), "suite");
  b.lock["suites"]["logistics"]["version"] = "1.9.9";
  EXPECT_EQ(reason(b), "") << "minor versions add tasks";
  b.lock["suites"]["other"]["version"] = "1.0.0";
  EXPECT_EQ(reason(b), "suite");
  for (const auto& [key, value, what] :
       std::vector<std::array<const char*, 3>>{{"scheme", "demo@2.0.0", "scheme"},
                                               {"scheme", "other@1.2.0", "scheme"},
                                               {"division", "self", "division"},
                                               {"embodiment_sha256", "x", "embodiment"},
                                               {"model_sha256", "x", "embodiment"},
                                               {"engine", "MuJoCo 3.1", "engine"},
                                               {"subject_sha256", "x", "subject"}}) {
    b = member("B", {});
    b.plan[key] = value;
    EXPECT_EQ(reason(b), what) << key;
  }
  EXPECT_TRUE(mismatches(member("A", {}), b, false).empty()) << "subjects may differ where they are compared";
  const auto study = interlaboratory_study({member("A", {1, 2}), b}, "");
  ASSERT_FALSE(study.ok());
  EXPECT_EQ(study.error().id, kNotComparable);
}

TEST(Study, RepeatabilityAndReproducibility) {
  const auto rows =
      interlaboratory_study({member("A", {1, 3}), member("B", {4, 6}), member("C", {7, 9})}, "completion_time");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().laboratories, (std::vector<std::string>{"A", "B", "C"}));
  EXPECT_DOUBLE_EQ(rows->front().result.s_R, std::sqrt(10.0));
  EXPECT_TRUE(interlaboratory_study({member("A", {1, 3}), member("B", {4, 6})}, "other")->empty());
  EXPECT_TRUE(interlaboratory_study({member("A", {1, 3}), member("B", {4})}, "")->empty()) << "one value has no spread";
}

TEST(Study, WhoCountsAndWhatCounts) {
  EXPECT_EQ(interlaboratory_study({member("A", {1, 3}), member("A", {4, 6})}, "").error().id, kTooFewLaboratories);
  EXPECT_EQ(interlaboratory_study({member("A", {1, 3}), member("", {4, 6})}, "").error().id, kTooFewLaboratories);
  auto b = member("B", {4, 6, 1000, 2000, 3000});
  b.trials[2].validity = Validity::invalid;
  b.trials[3].finished = false;
  b.trials[4].index = kAuditIndex;
  const auto rows = interlaboratory_study({member("A", {1, 3}), b}, "");
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->front().result.values, 4);
  auto c = member("B", {4, 6});
  for (auto& t : c.trials) t.metrics[0].version = 2;
  EXPECT_TRUE(interlaboratory_study({member("A", {1, 3}), c}, "")->empty()) << "another version is another measurement";
}

}  // namespace
}  // namespace assay::evidence
