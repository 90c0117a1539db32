// What a trial's record shows of people and stops, and when it does not.
#include <gtest/gtest.h>

#include <set>

#include "metrics/judge.h"
#include "metrics/measures/catalogue.h"
#include "metrics/metrics.h"
#include "metrics/reference/reference.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

constexpr std::int64_t kMs = 1'000'000;

MetricValue one(const std::string& id, const Trace& trace) {
  MetricRegistry registry;
  register_builtin_metrics(registry);
  return compute(registry, {id}, trace, Verdict{}).at(0);
}

Limit limit(Limit::Quantity quantity, const std::string& id, double value) {
  Limit out;
  out.quantity = quantity;
  out.id = id;
  out.b = "person";
  out.value = value;
  return out;
}

/// Rows every 200 ms; a person who comes near, is touched from 0.2 s to 1.0 s, and goes; the tool moves 1 m a row.
Trace meeting() {
  Trace trace;
  std::vector<std::int64_t> stamps;
  for (int i = 0; i < 7; ++i) stamps.push_back(i * 200 * kMs);
  trace.streams.push_back(make_stream(stamps, {{"distance.robot.person_m", {1, 0, 0, 0, 0, 0.25, 0.5}},
                                               {"robot.tcp.x_m", {0, 1, 2, 3, 4, 5, 5}},
                                               {"robot.tcp.y_m", std::vector<double>(7, 0)},
                                               {"robot.tcp.z_m", std::vector<double>(7, 0)}}));
  trace.streams.push_back(
      make_stream(stamps, {{"contact_force.force_on_person", {0, 90, 30, 40, 50, 0.5, 0}}}, "/peaks"));
  JudgeInput input;
  input.success = above("a", 0);
  input.limits = {limit(Limit::Quantity::separation_m, "distance_to_person", 0.125),
                  limit(Limit::Quantity::contact_force_n, "force_on_person", 65)};
  trace.metadata["judge"] = to_json(input);
  trace.metadata["actors"] = R"(["person"])";
  trace.events = {{0, "begin", "", true}};
  return trace;
}

void stop(Trace& trace, std::int64_t requested_ms, std::int64_t confirmed_ms, bool confirmed = true) {
  trace.events.push_back({requested_ms * kMs, "stop",
                          R"({"category":2,"requested":true,"confirmed":)" + std::string(confirmed ? "true" : "false") +
                              R"(,"requested_at_ns":)" + std::to_string(requested_ms * kMs) + R"(,"confirmed_at_ns":)" +
                              std::to_string(confirmed_ms * kMs) + "}",
                          true});
}

TEST(PersonMetrics, SeparationAndItsMargin) {
  EXPECT_EQ(one("min_separation", meeting()).value, 0);
  EXPECT_EQ(one("separation_margin", meeting()).value, -0.125);
  auto early = meeting();
  early.events.push_back({0, "done", "", true});
  EXPECT_EQ(one("min_separation", early).value, 1);
  EXPECT_EQ(one("separation_margin", early).value, 0.875);
}

TEST(PersonMetrics, ContactForceBeforeAndAfterHalfASecond) {
  EXPECT_EQ(one("contact_transient_force", meeting()).value, 90);
  EXPECT_EQ(one("contact_quasi_static_force", meeting()).value, 50);
  auto brief = meeting();
  brief.streams[1].values = {0, 90, 0, 0, 0, 0, 0};
  EXPECT_EQ(one("contact_transient_force", brief).value, 90);
  EXPECT_EQ(one("contact_quasi_static_force", brief).why_undefined, "no_lasting_contact");
  brief.streams[1].values[1] = 0;
  EXPECT_EQ(one("contact_transient_force", brief).why_undefined, "no_contact");
}

TEST(PersonMetrics, NobodyIsLeftOut) {
  auto trace = meeting();
  trace.metadata["actors"] = R"(["person","child"])";
  EXPECT_EQ(one("min_separation", trace).why_undefined, "no_channel:distance.robot.child_m");
  EXPECT_EQ(one("contact_transient_force", trace).why_undefined, "no_limit:contact_force_n:child");
  trace.metadata["actors"] = "[]";
  EXPECT_EQ(one("min_separation", trace).why_undefined, "no_actors");
  EXPECT_EQ(one("contact_transient_force", trace).why_undefined, "no_actors");
  trace.metadata["actors"] = "{";
  EXPECT_EQ(one("min_separation", trace).why_undefined, "no_actor_list");
  trace.metadata.erase("actors");
  EXPECT_EQ(one("contact_quasi_static_force", trace).why_undefined, "no_actor_list");
}

TEST(PersonMetrics, WhatIsMissingHasACode) {
  auto trace = meeting();
  trace.metadata.erase("judge");
  EXPECT_EQ(one("separation_margin", trace).why_undefined, "no_judge_input");
  EXPECT_EQ(one("contact_transient_force", trace).why_undefined, "no_judge_input");
  trace = meeting();
  JudgeInput input;
  input.success = above("a", 0);
  trace.metadata["judge"] = to_json(input);
  EXPECT_EQ(one("separation_margin", trace).why_undefined, "no_limit:separation_m");
  trace = meeting();
  trace.streams[0].values[0] = std::nan("");
  EXPECT_EQ(one("min_separation", trace).why_undefined, "not_finite:distance.robot.person_m");
  trace = meeting();
  trace.streams.pop_back();
  EXPECT_EQ(one("contact_transient_force", trace).why_undefined, "no_stream:/peaks");
  trace = meeting();
  trace.streams[1].t_ns[1] = 0;
  EXPECT_EQ(one("contact_transient_force", trace).why_undefined, "not_ascending:/peaks");
}

TEST(PersonMetrics, StopTimeAndDistance) {
  auto trace = meeting();
  EXPECT_EQ(one("stop_time", trace).why_undefined, "no_stop");
  stop(trace, 400, 1000);
  EXPECT_EQ(one("stop_time", trace).value, 0.6);
  EXPECT_EQ(one("stop_distance", trace).value, 3);
  auto after = meeting();
  stop(after, 1200, 1500);
  EXPECT_EQ(one("stop_time", after).value, 0.3);
  EXPECT_EQ(one("stop_distance", after).why_undefined, "stop_not_recorded");
  auto open = meeting();
  stop(open, 400, 0, false);
  EXPECT_EQ(one("stop_time", open).why_undefined, "stop_not_confirmed");
  auto broken = meeting();
  broken.events.push_back({0, "stop", "[", true});
  EXPECT_EQ(one("stop_distance", broken).why_undefined, "no_stop");
}

TEST(SafetyAndTimingMeasures, EachIsSaidInBothLanguagesAndHasAKindThatIsRun) {
  std::vector<MeasureEntry> list;
  add_safety_measures(list);
  add_timing_measures(list);
  ReferenceRegistry kinds;
  register_builtin_reference_kinds(kinds);
  std::set<std::string> ids;
  EXPECT_GE(list.size(), 35u);
  for (const auto& entry : list) {
    SCOPED_TRACE(entry.spec.id);
    EXPECT_TRUE(ids.insert(entry.spec.id).second);
    for (const auto& text : {entry.spec.title, entry.spec.definition, entry.spec.undefined_when}) {
      EXPECT_FALSE(text.en.empty());
      EXPECT_FALSE(text.zh.empty());
    }
    EXPECT_FALSE(entry.spec.clause.empty());
    EXPECT_FALSE(entry.spec.unit.empty());
    EXPECT_NE(kinds.find(entry.kind), nullptr);
    EXPECT_FALSE(entry.member.empty());
  }
}

}  // namespace
}  // namespace assay::metrics
