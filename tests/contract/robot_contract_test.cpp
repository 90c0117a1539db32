// One suite of checks over every registered robot adapter: what adapters/robot.h promises, on the catalogue's own
// tasks. A new adapter is covered as soon as it is registered.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "adapters/http/server.h"
#include "adapters/registry.h"
#include "adapters/ros2/ros2_server.h"
#include "harness/trial.h"
#include "suites/catalog.h"

namespace assay::test {
namespace {

struct Case {
  std::string adapter, embodiment, task;
  bool wired = false;  ///< reached over a wire: the simulator stands at its far end, in real time
};

AdapterRegistry builtin() {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  return registry;
}

std::vector<Case> every_case() {
  std::vector<Case> cases;
  for (const auto& info : builtin().robots()) {
    if (info.id == "recorded") continue;  // moves nothing: tests/e2e/recorded_test.py
    if (info.id == "manual") continue;    // is told of afterwards: tests/e2e/manual_test.py
    cases.push_back({info.id, "arm7", "logistics_assembly/parcel_sorting", info.wired});
    cases.push_back({info.id, "amr", "logistics_assembly/goods_transport", info.wired});
  }
  return cases;
}

void PrintTo(const Case& value, std::ostream* out) { *out << value.adapter << '/' << value.embodiment; }

/// Text of an error, or "".
template <class T>
std::string why(const Result<T>& result) {
  return result.ok() ? "" : to_string(result.error(), Lang::en);
}

class RobotContract : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    const auto& which = GetParam();
    const auto suite_path = catalog_find("suites", "logistics_assembly");
    ASSERT_TRUE(suite_path.ok()) << why(suite_path);
    const auto suite = load_suite(*suite_path);
    ASSERT_TRUE(suite.ok()) << why(suite);
    const Task* task = suite->find(which.task, 2);
    ASSERT_NE(task, nullptr);
    const auto body_path = catalog_find("embodiments", which.embodiment);
    ASSERT_TRUE(body_path.ok()) << why(body_path);
    const auto body = load_embodiment(*body_path);
    ASSERT_TRUE(body.ok()) << why(body);
    const auto world = compose(*task, *body);
    ASSERT_TRUE(world.ok()) << why(world);
    for (int index = 0; index < 2; ++index) {
      auto setup = harness::realise(*task, *body, *world, "contract", index);
      ASSERT_TRUE(setup.ok()) << why(setup);
      setups_.push_back(std::move(*setup));
    }
    if (which.wired) {
      auto inner = builtin().robot("mujoco");
      ASSERT_TRUE(inner.ok());
      const auto worlds = [world = *world](const std::string&, int) -> Result<World> { return world; };
      link_.simulated_world = true;
      if (which.adapter == "ros2") {
        ros2::BusOptions bus;
        bus.domain = 61;
        bus.interface = "lo";
        bus.peers = {"127.0.0.1"};
        auto server = Ros2Server::start(std::move(*inner), worlds, body->groups, bus);
        ASSERT_TRUE(server.ok()) << why(server);
        ros2_server_ = std::move(*server);
        link_.details = ros2::mapping_json(ros2_server_->mapping()).dump();
      } else {
        auto server = RobotServer::start(std::move(*inner), worlds, {});
        ASSERT_TRUE(server.ok()) << why(server);
        server_ = std::move(*server);
        link_.url = "http://127.0.0.1:" + std::to_string(server_->port());
      }
    }
    robot_ = fresh();
  }

  std::unique_ptr<Robot> fresh() const {
    RobotLink link = link_;
    link.adapter = GetParam().adapter;
    auto robot = builtin().robot(link);
    EXPECT_TRUE(robot.ok()) << why(robot);
    return robot.ok() ? std::move(*robot) : nullptr;
  }

  /// A small, legal movement of every group.
  static Action nudge(const RobotDescription& robot) {
    Action action;
    for (const auto& group : robot.groups) {
      if (group.kind == Group::Kind::arm)
        action.groups.push_back({group.name, Mode::ee_delta_pose, {0.001, 0.0005, 0, 0, 0, 0}});
      if (group.kind == Group::Kind::gripper) action.groups.push_back({group.name, Mode::gripper, {0.0}});
      if (group.kind == Group::Kind::base) action.groups.push_back({group.name, Mode::base_twist, {0.3, 0.2}});
    }
    return action;
  }

  /// Every number of a run, in order.
  static std::vector<double> record(Robot& robot, const assay::Setup& setup, int periods) {
    std::vector<double> all, row;
    if (!robot.reset(setup).ok()) return all;
    auto sample = robot.begin(setup.instruction);
    for (int i = 0; sample.ok(); ++i) {
      all.insert(all.end(), sample->truth.begin(), sample->truth.end());
      all.insert(all.end(), sample->peaks.begin(), sample->peaks.end());
      flatten(robot.describe().groups, sample->observation, row);
      all.insert(all.end(), row.begin(), row.end());
      for (const auto& d : sample->observation.detections)
        all.insert(all.end(), d.position_m.begin(), d.position_m.end());
      if (i == periods) break;
      sample = robot.advance(nudge(robot.describe()));
    }
    robot.stop(StopCategory::cat2);
    return all;
  }

  std::vector<assay::Setup> setups_;
  std::unique_ptr<RobotServer> server_;
  std::unique_ptr<Ros2Server> ros2_server_;
  RobotLink link_;
  std::unique_ptr<Robot> robot_;
};

INSTANTIATE_TEST_SUITE_P(Registered, RobotContract, testing::ValuesIn(every_case()),
                         [](const testing::TestParamInfo<Case>& each) {
                           return each.param.adapter + "_" + each.param.embodiment;
                         });

TEST_P(RobotContract, DescribesItselfAfterReset) {
  const auto ready = robot_->reset(setups_[0]);
  ASSERT_TRUE(ready.ok()) << why(ready);
  const RobotDescription& robot = robot_->describe();
  EXPECT_EQ(robot.adapter, GetParam().adapter);
  EXPECT_FALSE(robot.identity.empty());
  EXPECT_FALSE(robot.engine.empty());
  EXPECT_EQ(robot.control_period_ns, setups_[0].control_period_ns);
  EXPECT_FALSE(robot.groups.empty());
  EXPECT_TRUE(robot.missing_signals.empty());
  EXPECT_FALSE(robot.truth_channels.empty());
  EXPECT_EQ(robot.observation_channels, observation_channels(robot.groups));
  for (const auto* channels : {&robot.truth_channels, &robot.peak_channels, &robot.observation_channels}) {
    std::set<std::string> names;
    for (const auto& channel : *channels) EXPECT_TRUE(names.insert(channel.name).second) << channel.name;
  }
}

TEST_P(RobotContract, SamplesStandAtEveryControlPeriodAndAreFinite) {
  ASSERT_TRUE(robot_->reset(setups_[0]).ok());
  auto sample = robot_->begin(setups_[0].instruction);
  const RobotDescription& robot = robot_->describe();
  std::vector<double> row;
  for (int i = 0; i <= 25; ++i) {
    ASSERT_TRUE(sample.ok()) << why(sample);
    EXPECT_EQ(sample->time.ns, i * robot.control_period_ns);
    EXPECT_EQ(sample->observation.time.ns, sample->time.ns);
    ASSERT_EQ(sample->truth.size(), robot.truth_channels.size());
    ASSERT_EQ(sample->peaks.size(), robot.peak_channels.size());
    flatten(robot.groups, sample->observation, row);
    ASSERT_EQ(row.size(), robot.observation_channels.size());
    for (const auto* values : {&sample->truth, &sample->peaks, &row})
      for (const double value : *values) EXPECT_TRUE(std::isfinite(value));
    for (const auto& group : robot.groups) EXPECT_NE(sample->observation.group(group.name), nullptr);
    for (const auto& detection : sample->observation.detections) EXPECT_TRUE(detection.made_up);
    sample = robot_->advance(nudge(robot));
  }
  robot_->stop(StopCategory::cat1);
}

TEST_P(RobotContract, TheSameSetupGivesTheSameBitsInAUsedAndInAFreshRobot) {
  if (robot_->reset(setups_[0]).ok() && robot_->describe().clock != ClockMode::lockstep)
    GTEST_SKIP() << "a real-time robot promises no sameness";
  const auto expected = record(*robot_, setups_[0], 40);
  ASSERT_FALSE(expected.empty());
  EXPECT_NE(record(*robot_, setups_[1], 40), expected);
  EXPECT_EQ(record(*robot_, setups_[0], 40), expected);
  EXPECT_EQ(record(*fresh(), setups_[0], 40), expected);
}

TEST_P(RobotContract, ActionsMoveIt) {
  ASSERT_TRUE(robot_->reset(setups_[0]).ok());
  auto sample = robot_->begin(setups_[0].instruction);
  ASSERT_TRUE(sample.ok());
  const GroupState before = sample->observation.groups[0];
  for (int i = 0; i < 50 && sample.ok(); ++i) sample = robot_->advance(nudge(robot_->describe()));
  ASSERT_TRUE(sample.ok()) << why(sample);
  const GroupState& after = sample->observation.groups[0];
  double moved = 0;
  for (std::size_t i = 0; i < 3; ++i)
    moved += std::abs(after.tcp_m[i] - before.tcp_m[i]) + std::abs(after.odometry[i] - before.odometry[i]);
  EXPECT_GT(moved, 0.03);
  robot_->stop(StopCategory::cat2);
}

TEST_P(RobotContract, RefusesUnsoundActionsAsTheSubjects) {
  ASSERT_TRUE(robot_->reset(setups_[0]).ok());
  ASSERT_TRUE(robot_->begin(setups_[0].instruction).ok());
  Action unknown, shape, nan = nudge(robot_->describe());
  unknown.groups.push_back({"no such group", Mode::hold, {}});
  shape.groups.push_back({robot_->describe().groups[0].name, Mode::base_twist, {1}});
  nan.groups[0].values[0] = std::numeric_limits<double>::quiet_NaN();
  for (const Action& action : {unknown, shape, nan}) {
    const auto checked = check_action(robot_->describe(), action);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().found.rfind("subject:", 0), 0u);
    EXPECT_FALSE(robot_->advance(action).ok());
  }
  robot_->stop(StopCategory::cat2);
}

TEST_P(RobotContract, StopIsConfirmedIdempotentAndPossibleInEveryState) {
  EXPECT_TRUE(robot_->stop(StopCategory::cat0).requested);  // before the first reset
  for (const auto category : {StopCategory::cat0, StopCategory::cat1, StopCategory::cat2}) {
    ASSERT_TRUE(robot_->reset(setups_[0]).ok());
    ASSERT_TRUE(robot_->begin(setups_[0].instruction).ok());
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(robot_->advance(nudge(robot_->describe())).ok());
    const StopReport report = robot_->stop(category);
    EXPECT_TRUE(report.requested);
    EXPECT_TRUE(report.confirmed) << "category " << static_cast<int>(category) << ": " << report.detail;
    EXPECT_GE(report.confirmed_at.ns, report.requested_at.ns);
    EXPECT_LE(report.confirmed_at.ns - report.requested_at.ns, 500'000'000);
    const StopReport again = robot_->stop(StopCategory::cat0);
    EXPECT_EQ(again.requested_at.ns, report.requested_at.ns);
    EXPECT_EQ(again.confirmed_at.ns, report.confirmed_at.ns);
  }
}

TEST_P(RobotContract, ASignalThatItCannotGiveIsNamedAsMissing) {
  assay::Setup setup = setups_[0];
  setup.signals.push_back({SignalSpec::Kind::pose, "no such thing", ""});
  setup.signals.push_back({SignalSpec::Kind::contact, "robot", "no such thing"});
  ASSERT_TRUE(robot_->reset(setup).ok());
  ASSERT_EQ(robot_->describe().missing_signals.size(), 2u);
  EXPECT_EQ(robot_->describe().missing_signals[0].a, "no such thing");
}

TEST_P(RobotContract, AWorldThatDoesNotLoadIsAnErrorAndNothingIsLost) {
  if (GetParam().wired) GTEST_SKIP() << "the world stands at the far end; only its hash passes over the wire";
  assay::Setup broken = setups_[0];
  broken.world.mjcf = "<mujoco><worldbody><nonsense/></worldbody></mujoco>";
  broken.world.sha256 = "";
  broken.world.reference = false;
  const auto refused = robot_->reset(broken);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().id / 100, 4);
  EXPECT_EQ(refused.error().found.rfind("subject:", 0), 0u) << refused.error().found;
  EXPECT_FALSE(refused.error().what.en.empty());
  EXPECT_FALSE(refused.error().what.zh.empty());
  EXPECT_FALSE(robot_->advance({}).ok());
  EXPECT_TRUE(robot_->stop(StopCategory::cat0).requested);
  EXPECT_FALSE(record(*robot_, setups_[0], 3).empty());
}

}  // namespace
}  // namespace assay::test
