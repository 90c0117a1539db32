// The safety, latency and mobility suites on the real program's parts: delays and decelerations that are put into a
// robot come out of the trace, and so do the faults of its safety functions.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "adapters/registry.h"
#include "harness/trial.h"
#include "suites/catalog.h"

namespace assay::harness {
namespace {

using Defects = std::vector<std::pair<std::string, double>>;

struct Found {
  TrialResult trial;
  std::map<std::string, MetricValue> metrics;
  [[nodiscard]] double value(const std::string& id) const {
    const auto at = metrics.find(id);
    EXPECT_TRUE(at != metrics.end() && at->second.value)
        << id << ": " << (at == metrics.end() ? "" : at->second.why_undefined);
    return at != metrics.end() ? at->second.value.value_or(NAN) : NAN;
  }
};

/// What docs/technical-suites.md says of it.
void say(const char* what, double put_in, const Found& found, const char* id, const Found* than = nullptr) {
  const auto& metric = found.metrics.at(id);
  const double base = than != nullptr ? than->value(id) : 0;
  const double least = than != nullptr ? than->metrics.at(id).lower.value_or(NAN) : 0;
  const double most = than != nullptr ? than->metrics.at(id).upper.value_or(NAN) : 0;
  std::printf("%-52s put in %.4f  found %.4f  [%.4f, %.4f]  %s\n", what, put_in, metric.value.value_or(NAN) - base,
              metric.lower.value_or(NAN) - most, metric.upper.value_or(NAN) - least, metric.unit.c_str());
}

Found run(const std::string& key, int level, const Defects& defects = {}, double latency_s = -1) {
  const auto suite = load_suite(*catalog_find("suites", key.substr(0, key.find('/'))));
  EXPECT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  const Task& task = *suite->find(key, level);
  const auto embodiment = load_embodiment(*catalog_find("embodiments", task.reference->embodiment));
  const auto world = compose(task, *embodiment);
  EXPECT_TRUE(world.ok());
  auto setup = realise(task, *embodiment, *world, "protection-test", 0);
  EXPECT_TRUE(setup.ok());
  setup->defects = defects;
  if (latency_s >= 0) setup->latency_ns = ns_from_s(latency_s);
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  const auto robot = registry.robot("mujoco");
  auto runner = make_threaded_runner(*registry.policy(task.reference->policy, {{"skill", 1}}));
  metrics::MetricRegistry metrics;
  metrics::register_builtin_metrics(metrics);
  TrialOptions options;
  options.policy_deadline_s = 60;  // a busy machine is no finding
  Found out{run_trial(**robot, *runner, *setup, task.metrics, metrics, options), {}};
  for (const auto& value : out.trial.metrics) out.metrics[value.id] = value;
  return out;
}

TEST(Protection, AStopIsAsFastAsItWasMadeAndNothingMovesAfterIt) {
  const auto sound = run("safety/stop_base", 2);
  ASSERT_EQ(sound.trial.verdict.outcome, Outcome::success) << sound.trial.verdict.reason;
  const double speed = sound.value("protective_stop_speed");
  EXPECT_GT(speed, 0.75);
  EXPECT_NEAR(sound.value("protective_stop_time"), speed / 2.0, 0.03);
  EXPECT_LT(sound.value("protective_stop_reaction_time"), 0.05);
  EXPECT_LT(sound.value("restart_travel"), 0.002);
  EXPECT_TRUE(sound.metrics.at("protective_stop_time").lower);
}

TEST(Protection, ADelayAndADecelerationComeOutAsTheyWentIn) {
  const auto sound = run("safety/stop_base", 2), late = run("safety/stop_base", 2, {{"stop_delay_s", 0.2}}),
             soft = run("safety/stop_base", 2, {{"stop_deceleration_m_s2", 1.0}});
  say("stop_delay_s, reaction over sound", 0.2, late, "protective_stop_reaction_time", &sound);
  say("stop_delay_s, stopping time over sound", 0.2, late, "protective_stop_time", &sound);
  const double period_s = 0.004, speed = sound.value("protective_stop_speed");
  EXPECT_NEAR(late.value("protective_stop_reaction_time") - sound.value("protective_stop_reaction_time"), 0.2,
              2 * period_s);
  EXPECT_NEAR(late.value("protective_stop_time") - sound.value("protective_stop_time"), 0.2, 2 * period_s);
  EXPECT_NEAR(late.value("protective_stop_distance") - sound.value("protective_stop_distance"), 0.2 * speed, 0.008);
  say("stop_delay_s, distance over sound (v*t)", 0.2 * speed, late, "protective_stop_distance", &sound);
  say("stop_deceleration_m_s2 1 for 2, time over sound", speed / 2, soft, "protective_stop_time", &sound);
  say("stop_deceleration_m_s2 1 for 2, distance over sound", speed * speed / 4, soft, "protective_stop_distance",
      &sound);
  EXPECT_NEAR(soft.value("protective_stop_time"), speed / 1.0, 0.03);
  EXPECT_NEAR(soft.value("protective_stop_distance"), speed * speed / 2, 0.015);
}

TEST(Protection, AnArmStopsOnItsWay) {
  const auto sound = run("safety/stop_arm", 2), late = run("safety/stop_arm", 2, {{"stop_delay_s", 0.1}});
  ASSERT_EQ(sound.trial.verdict.outcome, Outcome::success) << sound.trial.verdict.reason;
  EXPECT_GT(sound.value("protective_stop_speed"), 0.45);
  EXPECT_LT(sound.value("protective_stop_time"), 0.4);
  EXPECT_LT(sound.value("restart_travel"), 0.002);
  for (const char* id :
       {"protective_stop_speed", "protective_stop_reaction_time", "protective_stop_time", "protective_stop_distance"})
    say("arm, sound", 0, sound, id);
  say("arm, stop_delay_s, time over sound", 0.1, late, "protective_stop_time", &sound);
  EXPECT_NEAR(late.value("protective_stop_time") - sound.value("protective_stop_time"), 0.1, 0.012);
}

TEST(Protection, AWatchdogAndARestartAreSeen) {
  const auto sound = run("safety/link_loss_base", 1), late = run("safety/link_loss_base", 1, {{"watchdog_s", 1.0}});
  say("watchdog_s 1.0 for 0.2, time over sound", 0.8, late, "link_loss_stop_time", &sound);
  EXPECT_NEAR(late.value("link_loss_stop_time") - sound.value("link_loss_stop_time"), 0.8, 0.008);
  const auto restarts = run("safety/stop_base", 1, {{"restarts_after_stop", 1}});
  EXPECT_GT(restarts.value("restart_travel"), 0.3);
}

TEST(Protection, PowerGoesAndTheBrakesHold) {
  const auto found = run("safety/power_loss_arm", 1);
  ASSERT_EQ(found.trial.verdict.outcome, Outcome::success) << found.trial.verdict.reason;
  EXPECT_LT(found.value("power_loss_stop_time"), 0.1);
  EXPECT_LT(found.value("restart_travel"), 0.002);
}

TEST(Protection, ASpeedLimitIsKeptUnlessTheRobotIsFasterThanItBelieves) {
  for (const char* task : {"safety/limited_speed_base", "safety/limited_speed_arm"}) {
    EXPECT_LT(run(task, 2).value("speed_over_limit"), 0.03) << task;
    EXPECT_GT(run(task, 2, {{"speed_ratio", 1.3}}).value("speed_over_limit"), 0.05) << task;
  }
}

TEST(Protection, WhoIgnoresAPersonComesTooNear) {
  for (const char* task : {"safety/approach_base", "safety/approach_arm"}) {
    const auto sound = run(task, 1), blind = run(task, 1, {{"ignores_person", 1}});
    ASSERT_EQ(sound.trial.verdict.outcome, Outcome::success) << task << " " << sound.trial.verdict.reason;
    EXPECT_GT(sound.value("separation_reserve"), 0) << task;
    EXPECT_LT(blind.value("separation_reserve"), 0) << task;
  }
  EXPECT_EQ(run("safety/approach_base", 2, {{"ignores_person", 1}}).trial.verdict.outcome, Outcome::unsafe);
}

TEST(Protection, ADeviceFeelsTheContact) {
  const auto slow = run("safety/contact_arm", 1), fast = run("safety/contact_arm", 2);
  ASSERT_EQ(slow.trial.verdict.outcome, Outcome::success) << slow.trial.verdict.reason;
  EXPECT_GT(slow.value("device_transient_force"), 5);
  for (const auto* found : {&slow, &fast})
    for (const char* id : {"device_transient_force", "device_quasi_static_force", "device_force_share"})
      say("contact", 0, *found, id);
  EXPECT_GT(fast.value("device_transient_force"), slow.value("device_transient_force"));
  EXPECT_LT(fast.value("device_force_share"), 1);
}

TEST(Protection, AFailingSensorIsNoticedOrTheRobotGoesOn) {
  for (const char* task : {"safety/sensor_fault_arm", "safety/sensor_fault_base"})
    for (const int level : {1, 2, 3}) {
      const auto sound = run(task, level), blind = run(task, level, {{"ignores_sensor_faults", 1}});
      ASSERT_EQ(sound.trial.verdict.outcome, Outcome::success) << task << level << " " << sound.trial.verdict.reason;
      say(task, level, sound, "sensor_fault_stop_time");
      say("  way", level, sound, "sensor_fault_travel");
      EXPECT_LT(sound.value("sensor_fault_stop_time"), 1.1) << task << level;
      EXPECT_LT(sound.value("restart_travel"), 0.005) << task << level;
      const auto& unnoticed = blind.metrics.at("sensor_fault_stop_time");
      EXPECT_TRUE(!unnoticed.value || *unnoticed.value > 0.6) << task << level << " " << unnoticed.value.value_or(-1);
      EXPECT_NE(blind.trial.verdict.outcome, Outcome::success) << task << level;
    }
  const auto sound = run("safety/sensor_fault_base", 1),
             late = run("safety/sensor_fault_base", 1, {{"stop_delay_s", 0.2}});
  EXPECT_NEAR(late.value("sensor_fault_stop_time") - sound.value("sensor_fault_stop_time"), 0.2, 0.008);
}

TEST(Protection, WhatIsRatedIsKeptUnlessTheRobotDoesWhatItIsTold) {
  for (const char* task : {"safety/over_limit_arm", "safety/over_limit_base"})
    for (const int level : {1, 2, 3}) {
      const auto sound = run(task, level), blind = run(task, level, {{"ignores_rated_limits", 1}});
      ASSERT_EQ(sound.trial.verdict.outcome, Outcome::success) << task << level << " " << sound.trial.verdict.reason;
      say(task, level, sound, "rated_speed_excess");
      say("  and told", level, blind, "rated_speed_excess");
      EXPECT_LT(sound.value("rated_speed_excess"), 0.1) << task << level;
      EXPECT_GT(blind.value("rated_speed_excess"), 0.15) << task << level;
    }
}

TEST(Protection, ALoadThatSlipsStopsTheArm) {
  for (const int level : {1, 2, 3}) {
    const auto sound = run("safety/grip_loss_arm", level),
               blind = run("safety/grip_loss_arm", level, {{"ignores_grip_loss", 1}});
    EXPECT_EQ(sound.trial.verdict.outcome, Outcome::success) << level << " " << sound.trial.verdict.reason;
    std::printf("%s %s end %s\n", sound.metrics.at("grip_loss_stop_time").why_undefined.c_str(),
                blind.metrics.at("grip_loss_stop_time").why_undefined.c_str(), blind.trial.verdict.reason.c_str());
    say("grip_loss_arm", level, sound, "grip_loss_stop_time");
    EXPECT_LT(sound.value("grip_loss_stop_time"), 1.0) << level;
    const auto& unnoticed = blind.metrics.at("grip_loss_stop_time");
    EXPECT_TRUE(!unnoticed.value || *unnoticed.value > 1.5) << level;
  }
}

TEST(Latency, ADelayOfCommandsAndOfInferenceComesOutAsItWentIn) {
  const auto sound = run("latency/command_base", 1), late = run("latency/command_base", 1, {{"command_delay_s", 0.1}}),
             thinking = run("latency/command_base", 1, {}, 0.06);
  say("command_delay_s, over sound", 0.1, late, "command_to_motion", &sound);
  say("declared inference latency, over sound", 0.06, thinking, "command_to_motion", &sound);
  EXPECT_NEAR(late.value("command_to_motion") - sound.value("command_to_motion"), 0.1, 0.008);
  EXPECT_NEAR(thinking.value("command_to_motion") - sound.value("command_to_motion"), 0.06, 0.008);
  const auto sees = run("latency/perception_base", 1), later = run("latency/perception_base", 1, {}, 0.1);
  say("declared latency, perception to action over sound", 0.1, later, "perception_to_action", &sees);
  EXPECT_NEAR(later.value("perception_to_action") - sees.value("perception_to_action"), 0.1, 0.06);  // a scan's period
}

TEST(Latency, LatenessOfALoopIsNotTestedInLockStep) {
  const auto found = run("latency/command_base", 1);
  EXPECT_FALSE(found.metrics.at("loop_lateness").value);
  EXPECT_EQ(found.metrics.at("loop_lateness").why_undefined, "no_channel:late_s");
}

TEST(Protection, AnUnknownSafetyDefectIsRefused) {
  const auto found = run("safety/stop_base", 1, {{"stop_deceleration", 1}});
  EXPECT_NE(found.trial.verdict.outcome, Outcome::success);
}

}  // namespace
}  // namespace assay::harness
