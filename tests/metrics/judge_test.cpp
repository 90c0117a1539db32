#include "metrics/judge.h"

#include <gmock/gmock.h>

#include <bit>
#include <limits>

#include "core/random.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// "a" lies low, is high from row 2 on, low again in the last row. Rows at 0, 100 … 500 ns.
Trace make_trace(std::vector<TraceEvent> events) {
  Trace trace;
  trace.streams.push_back(make_stream({0, 100, 200, 300, 400, 500}, {{"a.z_m", {0, 0, 2, 2, 2, 0}}}));
  trace.events = std::move(events);
  return trace;
}

TraceEvent event(const char* code, std::int64_t t_ns, const char* detail = "") { return {t_ns, code, detail, true}; }

JudgeInput lifted() {
  JudgeInput input;
  input.success = above("a", 1);
  input.checks = {{"was_low", node(Op::not_, {node(Op::always, {above("a", 1)})})}, {"is_high", above("a", 1)}};
  input.time_limit_ns = 500;
  return input;
}

Verdict verdict(const JudgeInput& input, const Trace& trace) {
  auto result = judge(input, trace);
  EXPECT_TRUE(result.ok()) << (result ? "" : to_string(result.error(), Lang::en));
  return result ? *result : Verdict{};
}

std::string said(const Verdict& v) { return std::string(to_string(v.outcome)) + "/" + v.reason; }

TEST(Judge, SuccessMustHoldWhenThePolicySaysDone) {
  const auto at_done = verdict(lifted(), make_trace({event("begin", 0), event("done", 400)}));
  EXPECT_EQ(said(at_done), "success/goal_reached");
  EXPECT_EQ(at_done.robustness, 1);
  EXPECT_THAT(at_done.checks, ElementsAre(Pair("was_low", true), Pair("is_high", true)));
  const auto early = verdict(lifted(), make_trace({event("done", 100)}));
  EXPECT_EQ(said(early), "failure/goal_missed");
  EXPECT_EQ(early.robustness, -1);
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("done", 250)}))), "success/goal_reached");  // row at 200
}

TEST(Judge, OrAtTheTimeLimit) {
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("time_limit", 400)}))), "success/goal_reached");
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("time_limit", 500)}))), "failure/time_limit");
  // The record itself reaches the limit; it counts from begin.
  auto input = lifted();
  input.time_limit_ns = 400;
  EXPECT_EQ(said(verdict(input, make_trace({}))), "success/goal_reached");
  input.time_limit_ns = 300;
  EXPECT_EQ(said(verdict(input, make_trace({event("begin", 200)}))), "failure/time_limit");
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 500)}))), "success/goal_reached");  // the limit was first
  EXPECT_EQ(said(verdict(input, make_trace({event("begin", 200), event("done", 500)}))), "failure/goal_missed");
}

TEST(Judge, RowsAfterTheDecisionDoNotCount) {
  auto input = lifted();
  input.success = node(Op::eventually, {above("a", 1)});
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 100)}))), "failure/goal_missed");
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 200)}))), "success/goal_reached");
  input.success = node(Op::always, {node(Op::not_, {above("a", 1)})});
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 199)}))), "success/goal_reached");
}

TEST(Judge, TemporalPartsLookBackPlainPartsLookNow) {
  auto input = lifted();
  // Low at the start (row 0, temporal), high now (plain).
  const auto began_low = node(Op::sequence, {node(Op::not_, {above("a", 1)}), above("a", 1)});
  input.success = node(Op::all, {began_low, above("a", 1)});
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 400)}))), "success/goal_reached");
  input.success = node(Op::all, {began_low, node(Op::not_, {above("a", 1)})});
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 400)}))), "failure/goal_missed");
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 500)}))), "success/goal_reached");
  input.success = node(Op::any, {node(Op::always, {above("a", 1)}), above("a", 1)});
  EXPECT_EQ(said(verdict(input, make_trace({event("done", 300)}))), "success/goal_reached");
}

TEST(Judge, FaultsAreAttributed) {
  const auto fault = [](const char* detail) {
    return said(verdict(lifted(), make_trace({event("done", 400), event("fault", 400, detail)})));
  };
  EXPECT_EQ(fault(R"({"whose":"subject","what":"policy_threw"})"), "failure/subject_fault:policy_threw");
  EXPECT_EQ(fault(R"({"whose":"lab","what":"clock_stands"})"), "error/harness_fault:clock_stands");
  EXPECT_EQ(fault(R"({"whose":"lab","what":"sim_capacity"})"), "error/sim_capacity");
  EXPECT_EQ(fault(R"({"whose":"unknown","what":"link"})"), "undetermined/unattributed_fault:link");
  EXPECT_EQ(fault(R"({"whose":"unknown","what":"interrupted"})"), "undetermined/interrupted");
  EXPECT_EQ(fault(R"({"whose":"martian"})"), "undetermined/unattributed_fault:unknown");
  EXPECT_EQ(fault(R"({"whose":1})"), "undetermined/unattributed_fault:unknown");
  EXPECT_EQ(fault("[]"), "undetermined/unattributed_fault:unknown");
  EXPECT_EQ(fault("{broken"), "undetermined/unattributed_fault:unknown");
  EXPECT_EQ(fault(""), "undetermined/unattributed_fault:unknown");
}

TEST(Judge, AFaultDecidesWithoutARecord) {
  Trace trace;
  trace.events = {event("fault", 0, R"({"whose":"subject","what":"model_does_not_load"})")};
  const auto v = verdict(lifted(), trace);
  EXPECT_EQ(said(v), "failure/subject_fault:model_does_not_load");
  EXPECT_THAT(v.checks, ElementsAre(Pair("was_low", false), Pair("is_high", false)));
}

TEST(Judge, ABrokenLimitIsUnsafeWhateverWasReached) {
  const char* hit = R"({"id":"force_on_person","value":200.5,"limit":150})";
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("limit", 350, hit), event("done", 400)}))),
            "unsafe/limit_broken:force_on_person");
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("done", 300), event("limit", 350, hit)}))),
            "unsafe/limit_broken:force_on_person");
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("limit", 350, "?")}))), "unsafe/limit_broken:unknown");
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("limit", 350, R"({"id":"second"})"), event("limit", 300, hit)}))),
            "unsafe/limit_broken:force_on_person");
  EXPECT_EQ(said(verdict(lifted(), make_trace({event("refuse", 100), event("limit", 350, hit)}))),
            "unsafe/limit_broken:force_on_person");
}

TEST(Judge, AFaultBeforeOrWithTheLimitDecidesALaterOneDoesNot) {
  const char* hit = R"({"id":"speed"})";
  const char* fault = R"({"whose":"lab","what":"disk"})";
  const auto both = [&](std::int64_t limit_ns, std::int64_t fault_ns) {
    return said(verdict(lifted(), make_trace({event("limit", limit_ns, hit), event("fault", fault_ns, fault)})));
  };
  EXPECT_EQ(both(300, 200), "error/harness_fault:disk");
  EXPECT_EQ(both(300, 300), "error/harness_fault:disk");
  EXPECT_EQ(both(300, 301), "unsafe/limit_broken:speed");
}

TEST(Judge, RefusingIsAFailure) {
  const auto v = verdict(lifted(), make_trace({event("refuse", 300, R"({"reason":"too heavy"})")}));
  EXPECT_EQ(said(v), "failure/refused");
  EXPECT_THAT(v.checks, ElementsAre(Pair("was_low", true), Pair("is_high", true)));
  Trace bare;
  bare.events = {event("refuse", 0)};
  EXPECT_EQ(said(verdict(lifted(), bare)), "failure/refused");
}

TEST(Judge, ARecordThatJustEndsIsUndetermined) {
  auto input = lifted();
  input.time_limit_ns = 501;
  EXPECT_EQ(said(verdict(input, make_trace({event("begin", 0)}))), "undetermined/interrupted");
  EXPECT_EQ(said(verdict(input, Trace{})), "undetermined/interrupted");
  Trace empty;
  empty.streams.push_back(make_stream({}, {{"a.z_m", {}}}));
  empty.events = {event("done", 0)};
  EXPECT_EQ(said(verdict(input, empty)), "undetermined/interrupted");
  EXPECT_EQ(said(verdict(input, make_trace({event("done", -1)}))), "undetermined/interrupted");
}

TEST(Judge, WhatItCannotSeeIsNotAFailure) {
  auto input = lifted();
  input.success = above("nobody", 1);
  auto v = verdict(input, make_trace({event("done", 400)}));
  EXPECT_EQ(said(v), "undetermined/signal_missing:nobody.z_m");
  EXPECT_EQ(v.robustness, 0);
  EXPECT_THAT(v.checks, ElementsAre(Pair("was_low", true), Pair("is_high", true))) << "these were seen";
  EXPECT_EQ(said(verdict(input, make_trace({event("time_limit", 400)}))), "undetermined/signal_missing:nobody.z_m");
  v = verdict(input, make_trace({event("refuse", 300)}));
  EXPECT_EQ(said(v), "failure/refused") << "whatever would have been seen";

  input = lifted();
  input.checks.insert(input.checks.begin() + 1, {"unseen", above("nobody", 1)});
  v = verdict(input, make_trace({event("done", 400)}));
  EXPECT_EQ(said(v), "success/goal_reached");
  EXPECT_THAT(v.checks, ElementsAre(Pair("was_low", true), Pair("is_high", true))) << "left out, not false";

  Trace no_truth;
  no_truth.events = {event("done", 400)};
  v = verdict(lifted(), no_truth);
  EXPECT_EQ(said(v), "undetermined/signal_missing:/truth");
  EXPECT_TRUE(v.checks.empty());
  no_truth.events = {event("refuse", 400)};
  v = verdict(lifted(), no_truth);
  EXPECT_EQ(said(v), "failure/refused");
  EXPECT_TRUE(v.checks.empty());
}

TEST(Judge, WhatItCannotReadIsAnError) {
  auto input = lifted();
  input.success = Condition{};
  EXPECT_EQ(judge(input, make_trace({event("done", 400)})).error().id, 1003);
  auto nan = make_trace({event("done", 400)});
  nan.streams[0].values[1] = std::nan("");
  EXPECT_EQ(judge(lifted(), nan).error().id, 1002);
  nan = make_trace({event("done", 400)});
  nan.streams[0].values[5] = std::nan("");  // after the decision
  EXPECT_TRUE(judge(lifted(), nan).ok());
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

bool same(const Condition& a, const Condition& b) {
  bool equal = a.op == b.op && a.a == b.a && a.b == b.b && a.entities == b.entities && a.planar == b.planar &&
               a.from_ns == b.from_ns && a.to_ns == b.to_ns && a.duration_ns == b.duration_ns &&
               same_bits(a.radius_m, b.radius_m) && same_bits(a.height_m, b.height_m) &&
               same_bits(a.max_tilt_rad, b.max_tilt_rad) && same_bits(a.v_max_m_s, b.v_max_m_s) &&
               same_bits(a.w_max_rad_s, b.w_max_rad_s) && same_bits(a.tolerance, b.tolerance) &&
               same_bits(a.min, b.min) && same_bits(a.max, b.max) && same_bits(a.cell_m, b.cell_m) &&
               same_bits(a.share, b.share) && a.except.size() == b.except.size() &&
               a.children.size() == b.children.size();
  for (std::size_t n = 0; equal && n < a.except.size(); ++n) {
    equal = a.except[n].entity == b.except[n].entity;
    for (int k = 0; k < 3; ++k) equal = equal && same_bits(a.except[n].half_m[k], b.except[n].half_m[k]);
  }
  if (a.op == Op::inside || a.op == Op::covered)
    for (int k = 0; k < 3; ++k) equal = equal && same_bits(a.half_m[k], b.half_m[k]);
  for (std::size_t k = 0; equal && k < a.children.size(); ++k) equal = same(a.children[k], b.children[k]);
  return equal;
}

/// Any finite double, by its bits.
double any_double(Rng& rng) {
  for (;;) {
    const double value = std::bit_cast<double>(rng.bits());
    if (std::isfinite(value)) return value;
  }
}

TEST(JudgeJson, KeepsEveryBitOfEveryOperator) {
  Rng rng(StreamKey{3, 4});
  for (int round = 0; round < 200; ++round) {
    JudgeInput input;
    for (int op = 0; op <= static_cast<int>(Op::no_false_report); ++op) {
      Condition c;
      c.op = static_cast<Op>(op);
      c.a = "a\"b", c.b = "红色";
      c.entities = {"x", "y"};
      for (double* value : {&c.radius_m, &c.height_m, &c.max_tilt_rad, &c.v_max_m_s, &c.w_max_rad_s, &c.tolerance,
                            &c.half_m[0], &c.half_m[1], &c.half_m[2], &c.min, &c.cell_m, &c.share})
        *value = any_double(rng);
      c.max = rng.below(2) == 0 ? std::numeric_limits<double>::infinity() : any_double(rng);
      c.except = {{"sofa", {any_double(rng), any_double(rng), any_double(rng)}}};
      c.planar = rng.below(2) == 1;
      c.from_ns = static_cast<std::int64_t>(rng.bits());
      c.to_ns = static_cast<std::int64_t>(rng.bits());
      c.duration_ns = static_cast<std::int64_t>(rng.bits());
      input.success.children.push_back(c);
    }
    input.subgoals = {{"s", above("a", -0.0)}};
    input.checks = {{"c", above("a", std::numeric_limits<double>::infinity())}};
    Limit limit;
    limit.quantity = static_cast<Limit::Quantity>(round % 5);
    limit.id = "l", limit.b = "person", limit.value = any_double(rng), limit.source = "ISO";
    input.limits = {limit};
    input.time_limit_ns = static_cast<std::int64_t>(rng.bits());
    const auto back = judge_input_from_json(to_json(input));
    ASSERT_TRUE(back.ok()) << to_string(back.error(), Lang::en);
    EXPECT_TRUE(same(back->success, input.success));
    EXPECT_TRUE(same(back->subgoals.at(0).second, input.subgoals[0].second));
    EXPECT_TRUE(same(back->checks.at(0).second, input.checks[0].second));
    EXPECT_EQ(back->subgoals[0].first, "s");
    EXPECT_EQ(back->checks[0].first, "c");
    EXPECT_EQ(back->time_limit_ns, input.time_limit_ns);
    ASSERT_EQ(back->limits.size(), 1u);
    EXPECT_EQ(back->limits[0].quantity, limit.quantity);
    EXPECT_TRUE(same_bits(back->limits[0].value, limit.value));
    EXPECT_EQ(back->limits[0].b, "person");
    EXPECT_EQ(to_json(*back), to_json(input));
  }
}

TEST(JudgeJson, RefusesWhatIsNotOne) {
  const std::string good = to_json(lifted());
  ASSERT_TRUE(judge_input_from_json(good).ok());
  const auto replaced = [&](const std::string& from, const std::string& to) {
    auto text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  for (const auto& bad :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string("null"),
        replaced("assay.judge/1", "assay.judge/2"), replaced("\"op\":\"above\"", "\"op\":\"over\""),
        replaced("\"op\":\"above\"", "\"op\":7"), replaced("\"height_m\":1.0", "\"height_m\":\"high\""),
        replaced("\"limits\":[]", "\"limits\":[{}]"), replaced("\"subgoals\":[]", "\"subgoals\":3"),
        replaced("\"time_limit_ns\":500", "\"time_limit_ns\":\"soon\""), std::string(2'000'000, '['),
        replaced("\"success\":{",
                 "\"success\":{\"children\":" + std::string(5000, '[') + std::string(5000, ']') + ",")}) {
    const auto result = judge_input_from_json(bad);
    ASSERT_FALSE(result.ok()) << bad.substr(0, 200);
    EXPECT_EQ(result.error().id, 1005);
  }
  std::string deep = R"({"op":"above","a":"a"})";
  for (int i = 0; i < 70; ++i) deep = R"({"op":"not","children":[)" + deep + "]}";
  EXPECT_EQ(judge_input_from_json(R"({"schema":"assay.judge/1","success":)" + deep +
                                  R"(,"subgoals":[],"checks":[],"limits":[],"time_limit_ns":1})")
                .error()
                .id,
            1005);
}

}  // namespace
}  // namespace assay::metrics
