// Parameters, the policies that must fail, what hostile observations do, sameness for a key.
#include "adapters/policies/policies.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <thread>

#include "adapters/policies/params.h"
#include "tests/adapters/fake_bodies.h"

namespace assay {
namespace {

using test::arm_robot;
using test::base_robot;
using test::told;

constexpr StreamKey kKey{11, 7};
using Factory = Result<std::unique_ptr<Policy>> (*)(const PolicyParams&);
struct Named {
  const char* name;
  Factory make;
};
constexpr Named kAll[] = {{"null", make_null},
                          {"random", make_random},
                          {"faulty", make_faulty},
                          {"scripted_manipulator", make_scripted_manipulator},
                          {"waypoint_navigator", make_waypoint_navigator},
                          {"surface_follower", make_surface_follower}};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::unique_ptr<Policy> made(Factory make, const PolicyParams& params = {}) {
  auto policy = make(params);
  EXPECT_TRUE(policy.ok());
  return std::move(policy).value();
}

Instruction everything() {
  return told({{"object", "red parcel"}, {"target", "blue bin"}, {"object_2", "green parcel"}, {"target_2", "bin"}});
}

RobotDescription every_group() {
  auto robot = arm_robot();
  robot.groups.push_back(base_robot().groups.front());
  return robot;
}

TEST(PolicyParams, UnknownTwiceOutOfRangeAndNotFiniteAreRefused) {
  for (const auto& [name, make] : kAll) {
    const auto result = make({{"no_such", 1}});
    ASSERT_FALSE(result.ok()) << name;
    EXPECT_EQ(result.error().id, 403) << name;
    EXPECT_FALSE(result.error().what.zh.empty());
  }
  for (const PolicyParams& params : {PolicyParams{{"skill", 1.5}},
                                     {{"skill", -0.1}},
                                     {{"skill", kNan}},
                                     {{"noise_m", -1}},
                                     {{"miss_rate", 2}},
                                     {{"delay_s", std::numeric_limits<double>::infinity()}},
                                     {{"skill", 1}, {"skill", 1}}}) {
    EXPECT_FALSE(make_scripted_manipulator(params).ok());
    EXPECT_FALSE(make_waypoint_navigator(params).ok());
    EXPECT_FALSE(make_surface_follower(params).ok());
  }
  for (const PolicyParams& params : {PolicyParams{{"kind", 8}}, {{"kind", 0.5}}, {{"at_tick", -1}}})
    EXPECT_FALSE(make_faulty(params).ok());
  EXPECT_TRUE(make_faulty({{"kind", 3}, {"at_tick", 0}}).ok());
}

TEST(PolicyParams, ADialGivenAloneWinsOverSkill) {
  const policies::Skill worst{0.04, 0.2, 0.6};
  const auto half = policies::read_skill("p", {{"skill", 0.5}, {"delay_s", 0.01}}, worst);
  ASSERT_TRUE(half.ok());
  EXPECT_DOUBLE_EQ(half->noise_m, 0.02);
  EXPECT_DOUBLE_EQ(half->delay_s, 0.01);
  EXPECT_DOUBLE_EQ(half->miss_rate, 0.3);
  EXPECT_DOUBLE_EQ(policies::read_skill("p", {}, worst)->miss_rate, 0);
}

TEST(DelayLine, GivesWhatIsOldEnough) {
  policies::DelayLine line;
  line.reset(0.05);
  for (int i = 0; i < 20; ++i) {
    Observation now;
    now.time.ns = i * 20'000'000;
    const std::int64_t expected = i < 3 ? 0 : (i - 3) * 20'000'000;  // 60 ms is the first age above 50 ms
    EXPECT_EQ(line.pass(now).time.ns, expected);
  }
}

TEST(NullPolicy, HoldsAndNeverSaysDone) {
  auto policy = made(make_null);
  ASSERT_TRUE(policy->begin({}, every_group(), kKey).ok());
  for (int i = 0; i < 100; ++i) {
    const auto action = policy->act({});
    ASSERT_TRUE(action.ok());
    EXPECT_TRUE(action->groups.empty());
    EXPECT_FALSE(action->done || action->refuse);
  }
}

TEST(RandomPolicy, ActionsFitTheRobotStayWithinBoundsAndFollowTheKey) {
  const auto robot = every_group();
  auto one = made(make_random), same = made(make_random), other = made(make_random);
  ASSERT_TRUE(one->begin({}, robot, kKey).ok());
  ASSERT_TRUE(same->begin({}, robot, kKey).ok());
  ASSERT_TRUE(other->begin({}, robot, StreamKey{12, 7}).ok());
  bool differs = false;
  for (int i = 0; i < 200; ++i) {
    const auto a = one->act({}), b = same->act({}), c = other->act({});
    ASSERT_TRUE(check_action(robot, *a).ok());
    EXPECT_FALSE(a->done);
    for (std::size_t g = 0; g < robot.groups.size(); ++g) {
      EXPECT_EQ(a->groups[g].values, b->groups[g].values);
      differs = differs || a->groups[g].values != c->groups[g].values;
      for (const double v : a->groups[g].values) EXPECT_LE(std::abs(v), 1.0);
    }
  }
  EXPECT_TRUE(differs);
}

TEST(FaultyPolicy, BreaksAtItsTickAndNotBefore) {
  const auto robot = every_group();
  for (const int kind : {2, 3, 4}) {
    auto policy = made(make_faulty, {{"kind", kind}, {"at_tick", 3}});
    ASSERT_TRUE(policy->begin({}, robot, kKey).ok());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(check_action(robot, *policy->act({})).ok());
    EXPECT_FALSE(check_action(robot, *policy->act({})).ok()) << kind;
  }
  auto thrower = made(make_faulty, {{"kind", 1}, {"at_tick", 0}});
  ASSERT_TRUE(thrower->begin({}, robot, kKey).ok());
  EXPECT_THROW(static_cast<void>(thrower->act({})), std::runtime_error);
}

/// What becomes of a process whose policy is of `kind`: its wait status, or -1 if it was still running after 300 ms.
int fate_of(int kind) {
  const pid_t child = fork();
  if (child == 0) {
    auto policy = make_faulty({{"kind", kind}, {"at_tick", 0}});
    static_cast<void>(policy.value()->begin({}, every_group(), kKey));
    static_cast<void>(policy.value()->act({}));
    _exit(77);
  }
  int status = 0;
  for (int i = 0; i < 30; ++i) {
    if (waitpid(child, &status, WNOHANG) == child) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return -1;
}

TEST(FaultyPolicy, StallsCrashesAndExits) {
  EXPECT_EQ(fate_of(0), -1);
  EXPECT_EQ(fate_of(7), -1);
  const int left = fate_of(6);
  EXPECT_TRUE(WIFEXITED(left) && WEXITSTATUS(left) == 3);
  const int crashed = fate_of(5);
  EXPECT_FALSE(WIFEXITED(crashed) && WEXITSTATUS(crashed) == 77);
}

std::vector<Observation> hostile() {
  std::vector<Observation> list(1);
  const auto arm = test::FakeArm().observe();
  const auto base = test::FakeBase().observe();
  Observation both = arm;
  both.groups.push_back(base.groups.front());
  both.scans = base.scans;
  both.detections = {{"red parcel", "parcel", {0.4, 0, 0}, 0, {0.05, 0.05, 0.05}, true},
                     {"blue bin", "bin", {0.4, 0.4, 0}, 0, {0, 0, 0}, true}};
  list.push_back(both);
  const auto with = [&](auto change) {
    list.push_back(both);
    change(list.back());
  };
  with([](Observation& o) { o.groups[0].tcp_m[1] = kNan; });
  with([](Observation& o) { o.groups[0].tcp_wxyz = {0, 0, 0, 0}; });
  with([](Observation& o) { o.groups[1].position_rad.clear(); });
  with([](Observation& o) { o.groups[2].odometry = {kNan, kNan, kNan}; });
  with([](Observation& o) { o.groups[2].odometry = {1e300, -1e300, 1e300}; });
  with([](Observation& o) { o.detections[0].position_m[0] = kNan; });
  with([](Observation& o) { o.detections[0].position_m = {1e300, 1e300, -1e300}; });
  with([](Observation& o) { o.detections[1].size_m = {-1, 1e300, 0}; });
  with([](Observation& o) { o.scans[0].range_m.assign(72, std::numeric_limits<float>::quiet_NaN()); });
  with([](Observation& o) { o.scans[0].range_m.assign(5, -3.0F); });
  with([](Observation& o) { o.scans[0].range_m.assign(72, 3e38F); });
  with([](Observation& o) { o.scans[0].range_m.clear(); });
  with([](Observation& o) { o.scans[0].group = "another"; });
  return list;
}

TEST(ScriptedPolicies, HostileObservationsNeverThrowAndActionsStayValid) {
  const auto robot = every_group();
  const auto observations = hostile();
  for (const auto& [name, make] : kAll) {
    if (std::string(name) == "faulty") continue;
    auto policy = made(make);
    ASSERT_TRUE(policy->begin(everything(), robot, kKey).ok());
    for (std::int64_t i = 0; i < 300; ++i) {
      Observation seen = observations[static_cast<std::size_t>(i) % observations.size()];
      seen.time.ns = i * 20'000'000;
      const auto action = policy->act(seen);
      ASSERT_TRUE(action.ok()) << name;
      EXPECT_TRUE(check_action(robot, *action).ok()) << name << " at " << i;
    }
  }
}

TEST(ScriptedPolicies, ARobotOrTaskThatDoesNotFitIsTheSubjectsFault) {
  struct Case {
    Factory make;
    RobotDescription robot;
    Instruction instruction;
  };
  const Case cases[] = {{make_scripted_manipulator, base_robot(), everything()},
                        {make_scripted_manipulator, arm_robot(), told({{"object", "red parcel"}})},
                        {make_waypoint_navigator, arm_robot(), everything()},
                        {make_waypoint_navigator, base_robot(), {}},
                        {make_surface_follower, base_robot(), everything()}};
  for (const auto& c : cases) {
    const auto result = made(c.make)->begin(c.instruction, c.robot, kKey);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().id, 404);
    EXPECT_EQ(result.error().found.rfind("subject:", 0), 0U);
  }
}

}  // namespace
}  // namespace assay
