#include "tests/support/fakes.h"

#include <chrono>
#include <cmath>
#include <csignal>
#include <ctime>
#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>

#include "metrics/condition.h"

namespace assay::testing {
namespace {

void put_pose(const std::string& entity, double x, std::vector<double>& out) {
  const double at = entity == "puck" || entity == "robot.tcp" ? x : entity == "goal" ? 1.0 : 0.0;
  for (const double v : {at, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0}) out.push_back(v);
}

Error robot_error(const std::string& found) {
  return Error{.id = 420, .what = {"fake robot failed", "模拟机器人出错"}, .found = found};
}

}  // namespace

Result<void> FakeRobot::reset(const Setup& setup) {
  ++resets;
  if (!script_.reset_error.empty()) return robot_error(script_.reset_error);
  setup_ = setup;
  x_ = v_ = 0;
  for (const auto& offset : setup.offsets) x_ += offset.offset[0];
  t_ns_ = 0;
  ticks = 0;
  description_ = {};
  description_.adapter = "fake";
  description_.identity = "fake";
  description_.engine = "fake 1";
  description_.control_period_ns = setup.control_period_ns;
  description_.groups = {fake_arm()};
  for (const auto& signal : setup.signals)
    for (auto& channel : metrics::signal_channels(signal)) description_.truth_channels.push_back(std::move(channel));
  for (const auto& limit : setup.limits)
    description_.peak_channels.push_back({"contact_force." + limit.id, "N", "", Vantage::simulator});
  description_.observation_channels = observation_channels(description_.groups);
  return {};
}

Sample FakeRobot::sample() {
  Sample out;
  out.time = SimTime{t_ns_};
  for (const auto& signal : setup_.signals) {
    if (signal.kind == SignalSpec::Kind::pose)
      put_pose(signal.a, x_, out.truth);
    else
      out.truth.insert(out.truth.end(), metrics::signal_channels(signal).size(), 0.0);
  }
  out.peaks.assign(setup_.limits.size(), ticks == script_.silent_limit_tick ? script_.silent_value : 0.5);
  out.observation.time = out.time;
  GroupState arm;
  arm.group = "arm";
  arm.position_rad = {x_};
  arm.velocity_rad_s = {v_};
  out.observation.groups = {arm};
  return out;
}

Result<Sample> FakeRobot::begin(const Instruction&) { return sample(); }

Result<Sample> FakeRobot::advance(const Action& action) {
  if (ticks == script_.error_tick) {
    if (script_.advance_error == "throw") throw std::runtime_error("fake adapter");
    return robot_error(script_.advance_error);
  }
  for (const auto& group : action.groups)
    if (group.mode == Mode::joint_velocity) v_ = group.values.at(0);
  if (!script_.clock_stands) t_ns_ += setup_.control_period_ns;
  x_ += v_ * static_cast<double>(setup_.control_period_ns) * 1e-9;
  Sample out = sample();
  if (ticks == script_.limit_tick && !setup_.limits.empty())
    out.limit_hits.push_back({setup_.limits.front().id, t_ns_ - 1'000'000, 99, setup_.limits.front().value});
  ++ticks;
  return out;
}

StopReport FakeRobot::stop(StopCategory category) noexcept {
  ++stops;
  last_stop = category;
  StopReport report{true, true, SimTime{t_ns_}, SimTime{t_ns_}, "", {}};
  if (script_.limit_at_stop && stops == 1 && !setup_.limits.empty())
    report.limit_hits.push_back({setup_.limits.front().id, t_ns_ + 1'000'000, 99, setup_.limits.front().value});
  return report;
}

Result<void> FakePolicy::begin(const Instruction&, const RobotDescription&, StreamKey key) {
  tick_ = 0;
  misses_ = Rng(key).uniform() < script_.miss_rate;
  if (script_.behaviour == Behaviour::begin_fails)
    return Error{.id = 499, .what = {"fake policy cannot begin", "模拟策略无法开始"}};
  return {};
}

double processor_time_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Result<Action> FakePolicy::act(const Observation& observation) {
  if (script_.slow_s > 0) std::this_thread::sleep_for(std::chrono::duration<double>(script_.slow_s));
  Action action;
  action.groups.push_back({"arm", Mode::joint_velocity, {0.0}});
  auto& values = action.groups.front().values;
  const bool now = tick_++ == script_.at_tick;
  const double x = observation.groups.at(0).position_rad.at(0);
  values[0] = std::abs(1 - x) < 0.02 ? 0.0 : x < 1 ? 1.0 : -1.0;
  action.done = values[0] == 0.0 || misses_;
  switch (script_.behaviour) {
    case Behaviour::good:
    case Behaviour::begin_fails:
      break;
    case Behaviour::early:
      action.done = true;
      break;
    case Behaviour::idle:
      values[0] = 0;
      action.done = false;
      break;
    case Behaviour::refuses:
      action.refuse = now;
      action.reason = "too heavy";
      break;
    case Behaviour::throws:
      if (now) throw std::runtime_error("fake policy");
      break;
    case Behaviour::throws_odd:
      if (now) throw 7;  // NOLINT: the point of the test
      break;
    case Behaviour::stalls:
      if (now) std::this_thread::sleep_for(std::chrono::duration<double>(script_.stall_s));
      break;
    case Behaviour::computes:
      for (const double from = processor_time_s(); now && processor_time_s() - from < script_.stall_s;) {
      }
      break;
    case Behaviour::nan:
      if (now) values[0] = std::numeric_limits<double>::quiet_NaN();
      break;
    case Behaviour::wrong_shape:
      if (now) values.push_back(1);
      break;
    case Behaviour::error:
      if (now) return Error{.id = 499, .what = {"fake policy gives up", "模拟策略放弃"}};
      break;
    case Behaviour::talks:
      if (now) action.utterance = "caf\xe9 \"hello\"";
      break;
    case Behaviour::crashes:
      if (now) {
        std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would write its report past the policy's deadline
        std::raise(SIGSEGV);
      }
      break;
    case Behaviour::unmade:
      break;
  }
  return action;
}

void register_fakes(AdapterRegistry& registry) {
  AdapterInfo info;
  info.id = "fake";
  info.title = {"fake", "模拟"};
  registry.add_robot(info, [](const RobotLink&) -> Result<std::unique_ptr<Robot>> {
    return std::unique_ptr<Robot>(std::make_unique<FakeRobot>());
  });
  for (const char* name : {"behaviour", "miss_rate", "at_tick", "stall_s", "slow_s", "deterministic"})
    info.params.emplace_back(name, Text{"see tests/support/fakes.h", "见 tests/support/fakes.h"});
  registry.add_policy(info,
                      [made = std::make_shared<int>(0)](const PolicyParams& params) -> Result<std::unique_ptr<Policy>> {
                        PolicyScript script;
                        for (const auto& [name, value] : params) {
                          if (name == "behaviour") script.behaviour = static_cast<Behaviour>(static_cast<int>(value));
                          if (name == "miss_rate") script.miss_rate = value;
                          if (name == "at_tick") script.at_tick = static_cast<int>(value);
                          if (name == "stall_s") script.stall_s = value;
                          if (name == "slow_s") script.slow_s = value;
                          if (name == "deterministic") script.deterministic = value != 0;
                        }
                        if (script.behaviour == Behaviour::unmade && (*made)++ > 0)
                          throw std::runtime_error("fake constructor");
                        return std::unique_ptr<Policy>(std::make_unique<FakePolicy>(script));
                      });
}

Group fake_arm() {
  Group arm;
  arm.kind = Group::Kind::arm;
  arm.name = "arm";
  arm.joints = arm.actuators = {"robot/j"};
  arm.home_rad = {0};
  arm.speed_limit_rad_s = {10};
  return arm;
}

Setup fake_setup(std::int64_t time_limit_ns) {
  Setup setup;
  setup.key = {"fake_suite/push", 1, 0, "seed"};
  setup.world.groups = {fake_arm()};
  setup.success.op = Op::near;
  setup.success.a = "puck";
  setup.success.b = "goal";
  setup.success.radius_m = 0.05;
  setup.success.tolerance = 0.01;
  setup.signals = metrics::required_signals(setup.success);
  setup.signals.push_back({SignalSpec::Kind::pose, "robot.tcp", ""});
  Limit limit;
  limit.id = "force_on_person";
  limit.value = 65;
  setup.limits = {limit};
  setup.time_limit_ns = time_limit_ns;
  setup.control_period_ns = 20'000'000;
  setup.policy_key = {1, 2};
  setup.initial_state_digest = "d";
  return setup;
}

}  // namespace assay::testing
