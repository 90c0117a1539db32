#include "metrics/diagnosis.h"

#include <gmock/gmock.h>

#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

/// "a" rises over 1 m and stays low in the last row; "b" lies at 0.25 m.
Trace made(std::vector<TraceEvent> events) {
  Trace trace;
  trace.streams.push_back(make_stream({0, 100, 200}, {{"a.z_m", {0, 3, 2}}, {"b.z_m", {0.25, 0.25, 0.25}}}));
  trace.events = std::move(events);
  trace.metadata = {{"instruction_en", "Lift a."}, {"instruction_zh", "提起甲。"}, {"slots", R"({"object": "a"})"}};
  return trace;
}

JudgeInput both_lifted() {
  JudgeInput input;
  input.success = node(Op::all, {above("a", 1), node(Op::all, {above("b", 1), node(Op::not_, {above("c", 1)})})});
  input.time_limit_ns = 500;
  return input;
}

TEST(Diagnosis, EachPartOfSuccessStandsWithItsMarginAtTheDecision) {
  const auto found = diagnose(both_lifted(), made({{200, "done", "", true}}));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->instruction.zh, "提起甲。");
  EXPECT_THAT(found->slots, ElementsAre(Pair("object", "a")));
  ASSERT_EQ(found->parts.size(), 3U);
  EXPECT_EQ(found->parts[0].robustness, 1);
  EXPECT_EQ(found->parts[1].robustness, -0.75);
  EXPECT_FALSE(found->parts[2].robustness) << "nobody saw c";
  EXPECT_EQ(brief(found->parts[0].condition), "above(a)");
  EXPECT_EQ(brief(found->parts[2].condition), "not above(c)");
  EXPECT_EQ(diagnose(both_lifted(), made({{100, "done", "", true}}))->parts[0].robustness, 2) << "rows up to done";
}

TEST(Diagnosis, AFaultALimitOrARefusalSaysWhy) {
  const auto fault = diagnose(both_lifted(), made({{100, "fault", R"({"whose": "lab", "what": "model"})", true},
                                                   {100, "fault_message", R"({"text": "no such mesh"})", false}}));
  EXPECT_EQ(fault->cause, "no such mesh");
  EXPECT_THAT(fault->parts, IsEmpty());
  const auto limit = diagnose(
      both_lifted(), made({{100, "limit", R"({"id": "force", "value": 12.5, "limit": 10, "by": "robot"})", true}}));
  EXPECT_EQ(limit->cause, "force: 12.5 (limit 10) at 0.000 s");
  const auto refused = diagnose(both_lifted(), made({{100, "refuse", R"({"reason": "what is a?"})", true}}));
  EXPECT_EQ(refused->cause, "what is a?");
  EXPECT_EQ(refused->parts.size(), 3U);
}

TEST(Diagnosis, OddRecordsTellWhatTheyCan) {
  auto trace = made({{100, "limit", "not JSON", true}});
  trace.metadata = {{"slots", "[1]"}};
  EXPECT_TRUE(diagnose(both_lifted(), trace)->slots.empty());
  EXPECT_EQ(diagnose(trace).error().id, 1005) << "no word of what it was judged by";
  EXPECT_THAT(diagnose(both_lifted(), Trace{})->parts, IsEmpty());
}

}  // namespace
}  // namespace assay::metrics
