// Real time: trials over the robot API against a served robot.
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "tests/harness/live_fixture.h"

namespace assay::harness {
namespace {

using assay::testing::Behaviour;

class Live : public ::testing::Test {
 protected:
  std::shared_ptr<WatchedRobot::Watch> watch_ = std::make_shared<WatchedRobot::Watch>();
  std::unique_ptr<RobotServer> server_ = serve(watch_);
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
};

TEST_F(Live, ATrialInRealTimeReachesItsGoalAndKeepsItsClocks) {
  const auto robot = connect(url());
  const Ran ran = run(*robot);
  const auto& m = ran.result.trace.metadata;
  EXPECT_EQ(ran.result.verdict.outcome, Outcome::success) << ran.result.verdict.reason;
  EXPECT_EQ(m.at("clock"), "realtime");
  EXPECT_EQ(m.at("adapter"), "http");
  EXPECT_EQ(m.at("engine"), "fake 1");
  EXPECT_NEAR(ran.wall_s, 1.0, 0.4);  // one metre at one metre a second
  // Both clocks are this machine's: what is found must hold zero.
  const double offset_ns = std::stod(m.at("clock_offset_ns")), bound_ns = std::stod(m.at("clock_offset_bound_ns"));
  EXPECT_LE(std::abs(offset_ns), bound_ns);
  EXPECT_LT(bound_ns, 5e6);
  EXPECT_GE(std::stoi(m.at("clock_exchanges")), 20);
  for (const char* key : {"loop_scheduling", "link_scheduling", "memory", "loop_overruns", "loop_worst_late_s"})
    EXPECT_FALSE(m.at(key).empty()) << key;
  const auto* link = ran.result.trace.stream("/link");
  const auto* truth = ran.result.trace.stream("/truth");
  const auto* timing = ran.result.trace.stream("/timing");
  ASSERT_NE(link, nullptr);
  EXPECT_EQ(link->rows() + 1, truth->rows());  // nothing was lost; the first came with begin()
  for (std::size_t i = 0; i < link->rows(); ++i) {
    EXPECT_GT(link->row(i)[1], -1e-3);  // age: not before it was measured
    EXPECT_LT(link->row(i)[1], 0.2);
  }
  ASSERT_GE(timing->find("late_s"), 0);
  EXPECT_GE(timing->rows(), 40u);
  EXPECT_FALSE(ran.result.trace.stream("/command")->deterministic);
  EXPECT_EQ(ran.stop()["confirmed"], true);
  EXPECT_LT(ran.stop()["made_safe_s"].get<double>(), 0.3);
  EXPECT_GE(watch_->stops, 1);
}

TEST_F(Live, WhatThePolicyDoesWrongIsTheSubjectsFault) {
  const auto robot = connect(url());
  TrialOptions options;
  options.policy_deadline_s = 0.25;
  const std::pair<Behaviour, const char*> cases[] = {{Behaviour::throws, "subject_fault:policy_threw"},
                                                     {Behaviour::nan, "subject_fault:bad_action"},
                                                     {Behaviour::error, "subject_fault:policy_error"},
                                                     {Behaviour::begin_fails, "subject_fault:policy_error"},
                                                     {Behaviour::refuses, "refused"},
                                                     {Behaviour::early, "goal_missed"},
                                                     {Behaviour::stalls, "subject_fault:policy_deadline"}};
  for (const auto& [behaviour, reason] : cases) {
    const Ran ran = run(*robot, {.behaviour = behaviour, .stall_s = 0.6}, fake_setup(), options);
    EXPECT_EQ(ran.result.verdict.outcome, Outcome::failure) << reason;
    EXPECT_EQ(ran.result.verdict.reason, reason);
    EXPECT_NE(ran.result.trace.event("stop"), nullptr);
  }
}

TEST_F(Live, ASlowPolicyNeitherBlocksTheLoopNorDrivesOnItsLastWord) {
  const auto robot = connect(url());
  TrialOptions options;
  options.policy_stale_s = 0.1;
  const Ran ran = run(*robot, {.behaviour = Behaviour::good, .slow_s = 0.15}, fake_setup(1'500'000'000), options);
  const auto& m = ran.result.trace.metadata;
  EXPECT_EQ(ran.result.verdict.reason, "time_limit");  // every answer is too old to move anything
  EXPECT_GE(std::stoi(m.at("policy_stale_answers")), 5);
  const auto* truth = ran.result.trace.stream("/truth");
  EXPECT_NEAR(truth->row(truth->rows() - 1)[static_cast<std::size_t>(truth->find("puck.x_m"))], 0, 1e-9);
  EXPECT_GE(truth->rows(), 70u);  // the loop went on

  // Now they count, and the robot moves at the policy's pace. (It says done on what it saw a while ago.)
  options.policy_stale_s = 0.3;
  const Ran moved = run(*robot, {.behaviour = Behaviour::good, .slow_s = 0.05}, fake_setup(), options);
  const auto* path = moved.result.trace.stream("/truth");
  EXPECT_EQ(moved.result.trace.event("fault"), nullptr);
  EXPECT_GT(path->row(path->rows() - 1)[static_cast<std::size_t>(path->find("puck.x_m"))], 0.9);
}

TEST_F(Live, ALimitThatTheRobotReportsEndsItAsUnsafe) {
  server_ = serve(watch_, {}, {.limit_tick = 10});
  const auto robot = connect(url());
  const Ran ran = run(*robot);
  EXPECT_EQ(ran.result.verdict.outcome, Outcome::unsafe);
  EXPECT_EQ(ran.result.verdict.reason, "limit_broken:force_on_person");
}

TEST_F(Live, ATokenIsAskedAndNeverSaidOn) {
  const std::string token = "t0ken-that-nobody-reads";
  ServeOptions options;
  options.token = token;
  server_ = serve(watch_, options);
  const auto stranger = connect(url());
  const Ran refused = run(*stranger);
  EXPECT_EQ(refused.result.verdict.reason, "subject_fault:unauthorised");

  // A server that says the secret back: it is in no trace.
  const std::string path = ::testing::TempDir() + "assay-live-token";
  std::ofstream(path) << token << "\n";
  chmod(path.c_str(), 0600);
  server_ = serve(watch_, options, {.reset_error = "subject:" + token});
  RobotLink link;
  link.adapter = "http";
  link.url = url();
  link.token_file = path;
  link.simulated_world = true;
  const auto robot = make_http_robot(link);
  ASSERT_TRUE(robot.ok());
  const Ran told = run(**robot);
  EXPECT_EQ(told.result.verdict.outcome, Outcome::failure);
  const auto* message = told.result.trace.event("fault_message");
  ASSERT_NE(message, nullptr);
  EXPECT_NE(message->detail.find("refused_422"), std::string::npos) << message->detail;
  for (const auto& event : told.result.trace.events) EXPECT_EQ(event.detail.find(token), std::string::npos);
  for (const auto& [key, value] : told.result.trace.metadata) EXPECT_EQ(value.find(token), std::string::npos) << key;
}

TEST_F(Live, TheRobotMakesItselfSafeWhenNobodyCommandsIt) {
  const auto robot = connect(url());
  ASSERT_TRUE(robot->reset(fake_setup()).ok());
  const int before = watch_->stops;
  ASSERT_TRUE(robot->begin({}).ok());
  auto* live = robot->live();
  const SteadyTime until{steady_now().ns + 2'000'000'000};
  std::string why;
  while (steady_now() < until && why.empty())
    if (const auto news = live->receive(until); !news) why = news.error().found;
  EXPECT_EQ(why, "subject:robot_stopped watchdog");
  EXPECT_GT(watch_->stops, before);
}

/// The robot obeys so and so many periods late, from the beginning of its next period on: up to a period is its own.
TEST_F(Live, ADelayThatWasPutInIsFoundWithinItsBound) {
  const auto robot = connect(url());
  constexpr double kPeriod_s = 0.02;
  for (const int periods : {0, 3, 10}) {
    watch_->late_periods = periods;
    constexpr double kWay_s = 0.005;  // there, on a machine that does other things, too
    const double least_s = periods * kPeriod_s, most_s = (periods + 1) * kPeriod_s + kWay_s;
    const auto ways = {"motion_delay_arm_threshold_s", "motion_delay_arm_correlation_s"};
    Ran ran = run(*robot);
    const auto disturbed = [&] {  // by this machine, which does other things, too: loop or robot late
      const auto& said = ran.result.trace.metadata;
      return ran.result.trace.event("fault") != nullptr || std::stod(said.at("loop_worst_late_s")) > kPeriod_s ||
             std::any_of(ways.begin(), ways.end(),
                         [&](const char* how) { return said.count(how) == 1 && std::stod(said.at(how)) > most_s; });
    };
    for (int again = 0; again < 5 && disturbed(); ++again) ran = run(*robot);
    const auto& m = ran.result.trace.metadata;
    ASSERT_EQ(ran.result.trace.event("fault"), nullptr) << ran.result.verdict.reason;
    for (const char* how : ways) {
      ASSERT_EQ(m.count(how), 1u) << how << ' ' << periods;
      const double found_s = std::stod(m.at(how));
      std::printf("%s: %.4f s for %d periods put in\n", how, found_s, periods);
      EXPECT_GE(found_s, least_s) << how << ' ' << periods;
      EXPECT_LE(found_s, most_s) << how << ' ' << periods;
    }
  }
}

}  // namespace
}  // namespace assay::harness
