#include "metrics/metrics.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <bit>
#include <filesystem>

#include "core/mcap.h"
#include "core/random.h"
#include "metrics/judge.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

constexpr std::int64_t kMs = 1'000'000;

MetricRegistry builtin() {
  MetricRegistry registry;
  register_builtin_metrics(registry);
  return registry;
}

MetricValue one(const std::string& id, const Trace& trace, Outcome outcome = Outcome::success) {
  Verdict verdict;
  verdict.outcome = outcome;
  return compute(builtin(), {id}, trace, verdict).at(0);
}

Stream with_units(Stream stream, const std::vector<std::string>& units, Vantage vantage = Vantage::simulator) {
  for (std::size_t k = 0; k < units.size(); ++k) {
    stream.channels[k].unit = units[k];
    stream.channels[k].vantage = vantage;
  }
  return stream;
}

/// A tool that goes 3-4-0, then 0-0-12, and on after the end; rows at 0, 20, 40, 60 ms.
Trace moving() {
  Trace trace;
  trace.streams.push_back(make_stream({0, 20 * kMs, 40 * kMs, 60 * kMs}, {{"robot.tcp.x_m", {0, 3, 3, 9}},
                                                                          {"robot.tcp.y_m", {0, 4, 4, 9}},
                                                                          {"robot.tcp.z_m", {0, 0, 12, 9}},
                                                                          {"a.z_m", {0, 2, 0, 0}}}));
  trace.events = {{0, "begin", "", true}, {40 * kMs, "done", "", true}};
  return trace;
}

TEST(Registry, FindsTheNewestVersionOrTheOneAsked) {
  MetricRegistry registry;
  for (int version : {1, 3, 2}) {
    Metric metric;
    metric.spec.id = "m";
    metric.spec.version = version;
    registry.add(metric);
  }
  EXPECT_EQ(registry.find("m")->spec.version, 3);
  EXPECT_EQ(registry.find("m", 2)->spec.version, 2);
  EXPECT_EQ(registry.find("m", 4), nullptr);
  EXPECT_EQ(registry.find("l"), nullptr);
  EXPECT_EQ(registry.find("n"), nullptr);
  EXPECT_EQ(MetricRegistry{}.find("m"), nullptr);
  EXPECT_EQ(registry.all().size(), 3u);
}

TEST(Registry, EveryBuiltinSaysWhatItIsInBothLanguages) {
  const auto registry = builtin();
  EXPECT_GE(registry.all().size(), 11u);
  for (const auto* metric : registry.all()) {
    SCOPED_TRACE(metric->spec.id);
    for (const auto& text : {metric->spec.title, metric->spec.definition, metric->spec.undefined_when}) {
      EXPECT_FALSE(text.en.empty());
      EXPECT_FALSE(text.zh.empty());
      EXPECT_NE(text.en, text.zh);
    }
    EXPECT_FALSE(metric->spec.unit.empty());
    EXPECT_FALSE(metric->spec.clause.empty());
    const bool wall = metric->spec.id == "policy_inference_time" || metric->spec.id == "harness_overhead" ||
                      metric->spec.id == "loop_lateness";
    EXPECT_EQ(metric->spec.deterministic, !wall);
  }
}

TEST(Registry, AnUnknownIdIsUndefinedAndOrderIsKept) {
  const auto values = compute(builtin(), {"simulated_time", "speed_of_light", "success"}, moving(), Verdict{});
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ(values[0].id, "simulated_time");
  EXPECT_EQ(values[1].id, "speed_of_light");
  EXPECT_FALSE(values[1].value.has_value());
  EXPECT_EQ(values[1].why_undefined, "unknown_metric");
  EXPECT_EQ(values[2].id, "success");
}

TEST(Registry, AnEmptyTraceDefinesNothingButTheOutcome) {
  const auto registry = builtin();
  for (const auto* metric : registry.all()) {
    SCOPED_TRACE(metric->spec.id);
    Verdict verdict;
    verdict.outcome = Outcome::success;
    const auto value = metric->compute(Trace{}, verdict);
    EXPECT_EQ(value.value.has_value(), metric->spec.id == "success");
    EXPECT_EQ(value.why_undefined.empty(), value.value.has_value());
    EXPECT_EQ(value.unit, metric->spec.unit);
  }
}

TEST(TaskMetrics, Success) {
  EXPECT_EQ(one("success", moving(), Outcome::success).value, 1);
  for (const auto outcome : {Outcome::failure, Outcome::unsafe, Outcome::undetermined})
    EXPECT_EQ(one("success", moving(), outcome).value, 0);
  for (const auto outcome : {Outcome::error, Outcome::aborted})
    EXPECT_EQ(one("success", moving(), outcome).value, std::nullopt);
}

TEST(Metrics, SuccessWasObservedWhereTheWeakestTruthWas) {
  auto trace = moving();
  const auto vantage = [&] { return one("success", trace, Outcome::success).vantage; };
  auto* truth = &trace.streams.front();
  ASSERT_EQ(truth->topic, "/truth");
  ASSERT_GE(truth->channels.size(), 2u);
  EXPECT_EQ(vantage(), Vantage::simulator);
  for (auto& channel : truth->channels) channel.vantage = Vantage::instrument;
  EXPECT_EQ(vantage(), Vantage::instrument);
  truth->channels[1].vantage = Vantage::operator_;
  EXPECT_EQ(vantage(), Vantage::operator_);
  truth->channels[0].vantage = Vantage::self_report;
  EXPECT_EQ(vantage(), Vantage::self_report);
  EXPECT_EQ(one("success", Trace{}, Outcome::failure).vantage, Vantage::simulator);
}

TEST(TaskMetrics, CompletionTime) {
  EXPECT_EQ(one("completion_time", moving()).value, 0.04);
  EXPECT_EQ(one("completion_time", moving()).unit, "s");
  EXPECT_EQ(one("completion_time", moving(), Outcome::failure).why_undefined, "not_success");
  auto late = moving();
  late.events = {{10 * kMs, "begin", "", true}, {60 * kMs, "time_limit", "", true}};
  EXPECT_EQ(one("completion_time", late).value, 0.05);
}

TEST(TaskMetrics, SimulatedTime) {
  EXPECT_EQ(one("simulated_time", moving()).value, 0.06);
  Trace empty;
  empty.streams.push_back(make_stream({}, {{"a.z_m", {}}}));
  EXPECT_EQ(one("simulated_time", empty).why_undefined, "no_samples");
}

TEST(TaskMetrics, ProgressCountsSubgoalsThatWereReachedInTime) {
  JudgeInput input;
  input.success = above("a", 1);
  input.subgoals = {{"lifted", above("a", 1)}, {"higher", above("a", 5)}, {"touched_down", above("a", 0)}};
  auto trace = moving();
  EXPECT_EQ(one("task_progress", trace).why_undefined, "no_judge_input");
  trace.metadata["judge"] = to_json(input);
  EXPECT_EQ(one("task_progress", trace).value, 2.0 / 3.0);
  trace.events = {{10 * kMs, "done", "", true}};
  EXPECT_EQ(one("task_progress", trace).value, 1.0 / 3.0);
  input.subgoals.emplace_back("seen", above("nobody", 0));
  trace.metadata["judge"] = to_json(input);
  EXPECT_EQ(one("task_progress", trace).why_undefined, "no_channel:seen");
  input.subgoals.clear();
  trace.metadata["judge"] = to_json(input);
  EXPECT_EQ(one("task_progress", trace).why_undefined, "no_subgoals");
  trace.metadata["judge"] = "{";
  EXPECT_EQ(one("task_progress", trace).why_undefined, "no_judge_input");
}

TEST(MotionMetrics, PathLengthIsTheSumOfChordsToTheEnd) {
  EXPECT_EQ(one("path_length", moving()).value, 17);
  auto whole = moving();
  whole.events.clear();
  EXPECT_EQ(one("path_length", whole).value, 17 + std::sqrt(36.0 + 25 + 9));
  auto first = moving();
  first.events[1].t_ns = 0;
  EXPECT_EQ(one("path_length", first).value, 0);
}

TEST(MotionMetrics, PathLengthOfABase) {
  auto trace = moving();
  for (auto& channel : trace.streams[0].channels)
    if (channel.name.starts_with("robot.tcp")) channel.name.replace(0, 9, "robot.base");
  EXPECT_EQ(one("path_length", trace).value, 17);
  trace.streams[0].channels[2].name = "gone";
  EXPECT_EQ(one("path_length", trace).why_undefined, "no_channel:robot.base.z_m");
  trace = moving();
  trace.streams[0].values[4] = std::nan("");
  EXPECT_EQ(one("path_length", trace).why_undefined, "not_finite:robot.tcp.x_m");
}

Trace peaks() {
  Trace trace;
  trace.streams.push_back(with_units(make_stream({20, 40},
                                                 {{"contact_force.force_on_person", {3, 7}},
                                                  {"robot_contact_force_n", {11, 2}},
                                                  {"tcp_speed_m_s", {0.5, 0.25}},
                                                  {"base_speed_m_s", {-1, -2}}},
                                                 "/peaks"),
                                     {"N", "N", "m/s", "m/s"}, Vantage::instrument));
  return trace;
}

TEST(PeakMetrics, TakeTheLargestOverChannelsAndRows) {
  EXPECT_EQ(one("peak_contact_force", peaks()).value, 11);
  EXPECT_EQ(one("peak_contact_force", peaks()).vantage, Vantage::instrument);
  EXPECT_EQ(one("peak_tcp_speed", peaks()).value, 0.5);
  EXPECT_EQ(one("peak_base_speed", peaks()).value, -1);
  auto broken = peaks();
  broken.streams[0].values[1] = std::nan("");
  EXPECT_EQ(one("peak_contact_force", broken).why_undefined, "not_finite:robot_contact_force_n");
  EXPECT_EQ(one("peak_tcp_speed", broken).value, 0.5);
  auto none = peaks();
  none.streams[0].channels[0].unit = none.streams[0].channels[1].unit = "m";
  EXPECT_EQ(one("peak_contact_force", none).why_undefined, "no_channel:peak_contact_force");
  auto empty = peaks();
  empty.streams[0].t_ns.clear();
  empty.streams[0].values.clear();
  EXPECT_EQ(one("peak_contact_force", empty).why_undefined, "no_samples");
}

TEST(SafetyMetrics, LimitViolationsAreCounted) {
  auto trace = moving();
  EXPECT_EQ(one("limit_violations", trace).value, 0);
  trace.events.push_back({1, "limit", "{}", true});
  trace.events.push_back({1, "limit", "{}", true});
  EXPECT_EQ(one("limit_violations", trace).value, 2);
  EXPECT_EQ(one("limit_violations", Trace{}).why_undefined, "no_samples");
}

Trace timed(std::vector<double> policy, std::vector<double> robot, std::vector<double> harness) {
  std::vector<std::int64_t> stamps;
  for (std::size_t i = 0; i < policy.size(); ++i) stamps.push_back(static_cast<std::int64_t>(i));
  Trace trace;
  trace.streams.push_back(
      make_stream(stamps, {{"policy_s", policy}, {"robot_s", robot}, {"harness_s", harness}}, "/timing"));
  return trace;
}

TEST(TimingMetrics, MedianAndRatio) {
  EXPECT_EQ(one("policy_inference_time", timed({0.5, 0.125, 0.25}, {1, 1, 1}, {0, 0, 0})).value, 0.25);
  EXPECT_EQ(one("policy_inference_time", timed({0.5, 0.125, 0.25, 1}, {1, 1, 1, 1}, {0, 0, 0, 0})).value, 0.375);
  EXPECT_EQ(one("harness_overhead", timed({0.5, 0.5}, {1, 1}, {0.5, 0.5})).value, 0.25);
  EXPECT_EQ(one("harness_overhead", timed({0}, {0}, {0})).why_undefined, "zero_time");
  EXPECT_EQ(one("harness_overhead", timed({0.5}, {std::nan("")}, {0})).why_undefined, "not_finite:robot_s");
  EXPECT_EQ(one("policy_inference_time", timed({}, {}, {})).why_undefined, "no_samples");
  EXPECT_EQ(one("policy_inference_time", moving()).why_undefined, "no_stream:/timing");
}

TEST(TimingMetrics, OfAServedPolicyTheWiresOwnTimeCounts) {
  Trace trace = timed({0.012, 0.012, 0.012}, {1, 1, 1}, {0, 0, 0});  // the loop goes on after 60 % of its period
  trace.streams.push_back(make_stream(
      {0, 1, 2},
      {{"answer_s", {0.25, 0.0625, 0.125}}, {"server_least_s", {0.2, 0.0625, 0.1}}, {"taken_over_s", {0, 0, 0}}},
      "/inference"));
  const auto found = one("policy_inference_time", trace);
  EXPECT_EQ(found.version, 2);
  EXPECT_EQ(found.value, 0.125);
  EXPECT_EQ(found.lower, 0.1);
  EXPECT_EQ(found.upper, 0.125);
  // A record that was scored before stays as it was.
  EXPECT_EQ(builtin().find("policy_inference_time", 1)->compute(trace, {}).value, 0.012);
}

TEST(TimingMetrics, TheDeclaredLatencyIsTheSetUps) {
  Trace trace = moving();
  EXPECT_EQ(one("declared_latency", trace).why_undefined, "no_metadata:latency_ns");
  trace.metadata["latency_ns"] = "250000000";
  EXPECT_EQ(one("declared_latency", trace).value, 0.25);
  for (const char* wrong : {"", "-1", "0.25", "12 ms", "99999999999999999999"}) {
    trace.metadata["latency_ns"] = wrong;
    EXPECT_EQ(one("declared_latency", trace).why_undefined, "out_of_range") << wrong;
  }
}

/// Every metric of a trace read back from its file has the bits of the one in memory.
TEST(Recompute, TheFileGivesTheSameBits) {
  Rng rng(StreamKey{11, 12});
  JudgeInput input;
  input.success = above("a", -10);
  input.subgoals = {{"one", above("a", 0.3)}, {"two", node(Op::holds_for, {above("a", 0.0)}, 0, 0, 40 * kMs)}};
  input.checks = {{"check", node(Op::always, {above("a", -0.7)})}};
  input.time_limit_ns = 200 * 20 * kMs;
  std::vector<std::int64_t> stamps;
  Columns truth{{"robot.tcp.x_m", {}}, {"robot.tcp.y_m", {}}, {"robot.tcp.z_m", {}}, {"a.z_m", {}}};
  Columns peak{{"robot_contact_force_n", {}}, {"tcp_speed_m_s", {}}};
  Columns timing{{"policy_s", {}}, {"robot_s", {}}, {"harness_s", {}}};
  for (int i = 0; i < 200; ++i) {
    stamps.push_back(i * 20 * kMs);
    for (auto* columns : {&truth, &peak, &timing})
      for (auto& [name, values] : *columns) values.push_back(rng.normal());
  }
  Trace trace;
  trace.metadata["judge"] = to_json(input);
  trace.streams = {make_stream(stamps, truth), with_units(make_stream(stamps, peak, "/peaks"), {"N", "m/s"}),
                   make_stream(stamps, timing, "/timing")};
  trace.streams[2].deterministic = false;
  trace.events = {{0, "begin", "{}", true}, {150 * 20 * kMs, "done", "", true}};
  const auto path = std::filesystem::temp_directory_path() / ("assay_metrics_" + std::to_string(::getpid()) + ".mcap");
  const auto written = write_mcap(path.string(), trace);
  ASSERT_TRUE(written.ok()) << to_string(written.error(), Lang::en);
  const auto back = read_mcap(path.string());
  std::filesystem::remove(path);
  ASSERT_TRUE(back.ok()) << to_string(back.error(), Lang::en);

  const auto first = judge(input, trace);
  const auto again = judge(*judge_input_from_json(back->metadata.at("judge")), *back);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(std::bit_cast<std::uint64_t>(first->robustness), std::bit_cast<std::uint64_t>(again->robustness));
  EXPECT_EQ(first->checks, again->checks);
  int defined = 0;
  const auto registry = builtin();
  for (const auto* metric : registry.all()) {
    SCOPED_TRACE(metric->spec.id);
    const auto a = metric->compute(trace, *first), b = metric->compute(*back, *again);
    EXPECT_EQ(a.why_undefined, b.why_undefined);
    ASSERT_EQ(a.value.has_value(), b.value.has_value());
    if (!a.value) continue;
    ++defined;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*a.value), std::bit_cast<std::uint64_t>(*b.value));
  }
  EXPECT_GE(defined, 10);
}

}  // namespace
}  // namespace assay::metrics
