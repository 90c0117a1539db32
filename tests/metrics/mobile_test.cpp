// Properties and bad input of the measures of tasks and mobile robots, and the per-trial metrics of quality.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "metrics/measures/iso18646.h"
#include "metrics/measures/task_scores.h"
#include "metrics/metrics.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kMs = 1'000'000;

template <class T>
int fault(const Result<T>& result) {
  return result ? 0 : result.error().id;
}

TEST(Navigation, SplNeverExceedsSuccessNorSoftSplOne) {
  const std::vector<NavigationEpisode> episodes{{true, 5, 4, 5, 0}, {true, 5, 20, 5, 1}, {false, 5, 5, 5, 9}};
  const auto r = navigation_score(episodes);
  ASSERT_TRUE(r);
  EXPECT_LE(*r->spl, *r->success_rate);
  EXPECT_EQ(r->spl_per_episode, (std::vector<double>{1, 0.25, 0}));
  EXPECT_EQ(r->soft_spl_per_episode, (std::vector<double>{1, 0.2, 0}));
  EXPECT_EQ(fault(navigation_score(std::vector<NavigationEpisode>{{true, -1, 0, 0, 0}})), 1032);
  EXPECT_EQ(fault(navigation_score(std::vector<NavigationEpisode>{{true, kNan, 0, 0, 0}})), 1030);
}

TEST(Completion, BadInputIsAnError) {
  using List = std::vector<CompletionTrial>;
  EXPECT_EQ(fault(completion(List{{true, 1, 2, 1, 0}}, 9)), 1032);
  EXPECT_EQ(fault(completion(List{{true, 1, 0, 0, 0}}, 9)), 1032);
  EXPECT_EQ(fault(completion(List{{true, 1, -1, 1, 0}}, 9)), 1032);
  EXPECT_EQ(fault(completion(List{{true, 1, 1, 1, -1}}, 9)), 1032);
  EXPECT_EQ(fault(completion(List{{true, -1, 1, 1, 0}}, 9)), 1032);
  EXPECT_NE(fault(completion({}, kNan)), 0);
}

TEST(SimReal, IsSymmetricOnlyInItsCorrelationAndBounded) {
  const std::vector<double> s{0.1, 0.4, 0.2, 0.9}, r{0.3, 0.2, 0.5, 0.8};
  EXPECT_DOUBLE_EQ(*sim_real(s, r)->pearson_r, *sim_real(r, s)->pearson_r);
  EXPECT_EQ(sim_real(s, s)->mmrv, 0);
  EXPECT_EQ(fault(sim_real(s, std::vector<double>{1})), 1034);
  EXPECT_EQ(fault(sim_real(std::vector<double>{kNan}, std::vector<double>{1})), 1030);
  EXPECT_EQ(fault(sim_real(std::vector<double>(20001, 1.0), std::vector<double>(20001, 1.0))), 1039);
  const std::vector<double> line{1e-8, 2e-8, 3e-8, 7e-8};
  EXPECT_LE(*sim_real(line, line)->pearson_r, 1);
}

TEST(Locomotion, BadInputIsAnError) {
  EXPECT_EQ(fault(section_speed(0, {})), 1032);
  EXPECT_EQ(fault(section_speed(5, std::vector<double>{1, 0})), 1032);
  EXPECT_EQ(fault(section_speed(5, std::vector<double>{kNan})), 1030);
  EXPECT_EQ(fault(stopping_characteristics(std::vector<StoppingTrial>{{-1, 0}})), 1032);
  EXPECT_EQ(fault(ladder_limit(std::vector<LadderRung>{{0.1, 2, 3}}, 3)), 1032);
  EXPECT_EQ(fault(ladder_limit(std::vector<LadderRung>{{0.1, -1, 0}}, 3)), 1032);
  EXPECT_EQ(fault(ladder_limit(std::vector<LadderRung>{{0.1, 0, 1}}, 3)), 1032);
  EXPECT_EQ(fault(ladder_limit({}, 0)), 1032);
  EXPECT_EQ(fault(ladder_limit(std::vector<LadderRung>{{kNan, 1, 1}}, 1)), 1030);
  EXPECT_EQ(*ladder_limit({}, 1), std::nullopt);
  EXPECT_EQ(fault(obstacle_performance(std::vector<ObstacleTrial>{{-1, false, true, 0}})), 1032);
  EXPECT_EQ(fault(goal_pose({kNan, 0, 0}, {})), 1030);
}

TEST(Locomotion, ALadderStopsAtTheFirstRungThatIsNotMastered) {
  std::vector<LadderRung> rungs{{0.3, 3, 3}, {0.1, 3, 3}, {0.2, 2, 2}};
  EXPECT_EQ(*ladder_limit(rungs, 3), 0.1);
  rungs[2].trials = rungs[2].passed = 3;
  EXPECT_EQ(*ladder_limit(rungs, 3), 0.3);
  rungs[1].passed = 2;
  EXPECT_EQ(*ladder_limit(rungs, 3), std::nullopt);
}

// --- per-trial metrics
// ------------------------------------------------------------------------------------------------

MetricValue one(const std::string& id, const Trace& trace, Outcome outcome = Outcome::success) {
  MetricRegistry registry;
  register_builtin_metrics(registry);
  Verdict verdict;
  verdict.outcome = outcome;
  return compute(registry, {id}, trace, verdict).at(0);
}

/// A base that speeds up and slows down along x at 50 Hz for n rows; joints of 2 N·m at ±3 rad/s.
Trace driving(std::size_t n = 100, std::int64_t period_ns = 20 * kMs) {
  std::vector<std::int64_t> t;
  std::vector<double> x, v, zero(n, 0.0), torque(n, 2.0), velocity;
  double at = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double s = static_cast<double>(i) / static_cast<double>(n - 1);
    t.push_back(static_cast<std::int64_t>(i) * period_ns);
    v.push_back(30 * s * s * (1 - s) * (1 - s));
    x.push_back(at);
    at += v.back() * static_cast<double>(period_ns) * 1e-9;
    velocity.push_back(i < n / 2 ? 3 : -3);
  }
  Trace trace;
  trace.streams.push_back(make_stream(t, {{"robot.base.x_m", x},
                                          {"robot.base.y_m", zero},
                                          {"robot.base.z_m", zero},
                                          {"robot.base.vx_m_s", v},
                                          {"robot.base.vy_m_s", zero},
                                          {"robot.base.shortest_path_m", std::vector<double>(n, x.back() / 2)}}));
  trace.streams.push_back(
      make_stream(t, {{"arm.torque_00_nm", torque}, {"arm.velocity_00_rad_s", velocity}}, "/observation"));
  trace.streams[1].channels[0].vantage = Vantage::self_report;
  trace.streams[1].channels[1].vantage = Vantage::self_report;
  trace.metadata["robot_mass_kg"] = "20";
  trace.events = {{0, "begin", "", true}};
  return trace;
}

TEST(QualityMetrics, AreComputedFromTheTrace) {
  const auto trace = driving();
  EXPECT_NEAR(*one("base_sparc", trace).value, -1.4, 0.2);  // a minimum-jerk movement
  EXPECT_NEAR(*one("base_log_dimensionless_jerk", trace).value, -5.3, 0.3);
  EXPECT_NEAR(*one("straightness", trace).value, 1, 1e-12);
  EXPECT_NEAR(*one("path_efficiency", trace).value, 0.5, 1e-12);
  EXPECT_EQ(one("path_efficiency", trace, Outcome::failure).value, 0);
  EXPECT_NEAR(*one("mechanical_energy", trace).value, 6 * 49.5 * 0.02, 1e-9);
  EXPECT_EQ(one("mechanical_energy", trace).vantage, Vantage::self_report);
  const double way_m = trace.streams[0].row(99)[0];
  EXPECT_NEAR(*one("cost_of_transport", trace).value, 6 * 49.5 * 0.02 / (20 * 9.80665 * way_m), 1e-9);
}

TEST(QualityMetrics, SayWhyTheyAreUndefined) {
  const auto why = [](const char* id, const Trace& trace) { return one(id, trace).why_undefined; };
  auto trace = driving();
  EXPECT_EQ(why("tcp_sparc", trace), "no_channel:robot.tcp.vx_m_s");
  EXPECT_EQ(why("tcp_log_dimensionless_jerk", trace), "no_channel:robot.tcp.vx_m_s");
  EXPECT_EQ(why("base_sparc", driving(100, 60 * kMs)), "sampling_too_slow");
  EXPECT_EQ(why("base_sparc", driving(2)), "too_few_samples");
  auto uneven = trace;
  uneven.streams[0].t_ns[50] += 1;
  EXPECT_EQ(why("base_sparc", uneven), "not_uniform");
  auto still = trace;
  for (auto& value : still.streams[0].values) value = 0;
  EXPECT_EQ(why("base_sparc", still), "no_motion");
  EXPECT_EQ(why("straightness", still), "no_motion");
  EXPECT_EQ(why("cost_of_transport", still), "no_motion");
  EXPECT_EQ(one("path_efficiency", still).value, 1);
  auto broken = trace;
  broken.streams[0].values[3] = kNan;
  EXPECT_EQ(why("base_sparc", broken), "not_finite:robot.base.vx_m_s");
  auto massless = trace;
  massless.metadata["robot_mass_kg"] = "20 kg";
  EXPECT_EQ(why("cost_of_transport", massless), "no_metadata:robot_mass_kg");
  massless.metadata.clear();
  EXPECT_EQ(why("cost_of_transport", massless), "no_metadata:robot_mass_kg");
  auto unpowered = trace;
  unpowered.streams[1].channels[1].name = "arm.other";
  EXPECT_EQ(why("mechanical_energy", unpowered), "no_channel:torque");
  trace.streams[0].channels[5].name = "other";
  EXPECT_EQ(why("path_efficiency", trace), "no_channel:robot.base.shortest_path_m");
}

TEST(QualityMetrics, SeeOnlyTheAttempt) {
  auto trace = driving();
  const double whole = *one("mechanical_energy", trace).value;
  trace.events.push_back({500 * kMs, "done", "", true});
  EXPECT_NEAR(*one("mechanical_energy", trace).value, 3.0, 1e-9);
  EXPECT_LT(*one("mechanical_energy", trace).value, whole);
  trace.events[0].t_ns = 250 * kMs;
  EXPECT_NEAR(*one("mechanical_energy", trace).value, 6 * 0.24, 1e-9);  // rows at 260 … 500 ms
  trace.events[0].t_ns = 900 * kMs;
  EXPECT_EQ(one("mechanical_energy", trace).why_undefined, "no_samples");
}

TEST(PeakMetrics, APartThatTheRobotDoesNotHaveHasNoPeak) {
  Trace trace;
  trace.streams.push_back(make_stream({0, 1}, {{"robot.base.x_m", {0, 1}}}));
  trace.streams.push_back(make_stream({0, 1}, {{"tcp_speed_m_s", {0, 0}}, {"base_speed_m_s", {0, 0}}}, "/peaks"));
  for (auto& channel : trace.streams[1].channels) channel.unit = "m/s";
  EXPECT_EQ(one("peak_tcp_speed", trace).why_undefined, "no_part:tcp");
  EXPECT_EQ(one("peak_base_speed", trace).value, 0);  // it is there and stood still
  trace.streams[1].values[0] = 0.25;
  EXPECT_EQ(one("peak_tcp_speed", trace).value, 0.25);  // an instrument saw it, pose or not
  trace.streams[0].channels[0].name = "left.base.x_m";
  EXPECT_EQ(one("peak_base_speed", trace).value, 0);
}

}  // namespace
}  // namespace assay::metrics
