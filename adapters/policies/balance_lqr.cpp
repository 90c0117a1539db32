// Keeps a robot with legs on its feet where it stands, whatever pushes it, and lowers it to a mark: a linear-quadratic
// regulator about postures that it works out from the robot's own model. It takes no step.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "adapters/mujoco/geometry.h"
#include "adapters/mujoco/guard.h"
#include "adapters/policies/leg_model.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/stand_design.h"

namespace assay {
namespace {

using Eigen::Vector3d;
using Eigen::VectorXd;

constexpr const char* kId = "balance_lqr";
constexpr double kWorstDelay_s = 0.04, kWorstStrength = 0.15;  // of skill 0
constexpr double kLook_s = 1.0;                                // looks at the mark for so long before it moves
constexpr double kLower_m_s = 0.07;                            // mean speed on the way down
constexpr double kKnot_m = 0.04, kDeepest_m = 0.20;

/// What was computed for a robot serves every later trial with the same one: it depends on nothing else.
struct Designs {
  std::string robot_mjcf;
  int steps = 0;
  std::optional<policies::LegModel> legs;
  std::map<int, policies::Stand> stands;  ///< by knot
};

class BalanceLqr : public Policy {
 public:
  BalanceLqr(double strength, double delay_s) : strength_(strength), delay_s_(delay_s) {}

  [[nodiscard]] PolicyDescription describe() const override { return {kId, "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey) override {
    Result<void> begun;
    if (const auto thrown = mujoco::guarded([&] { begun = prepare(instruction, robot); }))
      return policies::cannot_take_part(kId, *thrown, {"a model that can be simulated", "可以仿真的模型"});
    return begun;
  }

  Result<Action> act(const Observation& observation) override {
    const Observation& seen = line_.pass(observation);
    const GroupState* state = seen.group(designs_.legs->group().name);
    if (state == nullptr || !policies::sound(seen)) return Action{};
    if (!began_) {
      began_ = true;
      yaw_rad_ = policies::LegModel::heading_of(*state);
    }
    look(seen, *state);
    Action action;
    const auto thrown = mujoco::guarded([&] { action = balance(*state, seen.time); });
    if (thrown) return Action{};
    return action;
  }

 private:
  Result<void> prepare(const Instruction& instruction, const RobotDescription& robot) {
    began_ = false;
    looks_ = 0;
    height_sum_m_ = 0;
    goal_m_.reset();
    line_.reset(delay_s_);
    mark_.clear();
    if (const auto label = instruction.labels.find("mark"); label != instruction.labels.end()) mark_ = label->second;
    const double period_s = static_cast<double>(robot.control_period_ns) * 1e-9;
    if (!designs_.legs || designs_.robot_mjcf != robot.robot_mjcf) {
      designs_ = {};
      ASSAY_TRY(designs_.legs, policies::LegModel::make(kId, robot));
      designs_.robot_mjcf = robot.robot_mjcf;
    }
    const int steps = std::max(1, static_cast<int>(std::lround(period_s / designs_.legs->model().opt.timestep)));
    if (steps != designs_.steps) designs_.stands.clear();
    designs_.steps = steps;
    const int knots = mark_.empty() ? 0 : static_cast<int>(std::lround(kDeepest_m / kKnot_m));
    for (int knot = 0; knot <= knots; ++knot) {
      if (designs_.stands.count(knot) != 0) continue;
      ASSAY_TRY(designs_.stands[knot], policies::design_stand(kId, *designs_.legs, knot * kKnot_m, steps));
    }
    deepest_m_ = knots * kKnot_m;
    return {};
  }

  /// Detections are in the trunk's frame: how far the mark lies below the trunk, the IMU says.
  void look(const Observation& seen, const GroupState& state) {
    if (mark_.empty() || goal_m_) return;
    const double now_s = static_cast<double>(seen.time.ns) * 1e-9;
    for (const auto& thing : seen.detections) {
      if (thing.label != mark_) continue;
      const Eigen::Matrix3d turn = mujoco::quat(state.imu_wxyz.data()).normalized().toRotationMatrix();
      height_sum_m_ += (turn * Vector3d(thing.position_m[0], thing.position_m[1], thing.position_m[2])).z();
      ++looks_;
    }
    if (now_s < kLook_s || looks_ == 0) return;
    goal_m_ = std::clamp(-height_sum_m_ / looks_, 0.0, deepest_m_);
    leave_s_ = now_s;
  }

  /// Depth and its speed: a smooth way from 0 to the goal.
  [[nodiscard]] std::array<double, 2> depth_at(double now_s) const {
    if (!goal_m_ || *goal_m_ <= 0) return {0, 0};
    const double whole_s = std::max(0.5, *goal_m_ / kLower_m_s), t = std::clamp((now_s - leave_s_) / whole_s, 0.0, 1.0);
    return {*goal_m_ * t * t * t * (10 - 15 * t + 6 * t * t), *goal_m_ * 30 * t * t * (1 - t) * (1 - t) / whole_s};
  }

  Action balance(const GroupState& state, SimTime now) {
    const policies::LegModel& legs = *designs_.legs;
    const auto [depth_m, speed_m_s] = depth_at(static_cast<double>(now.ns) * 1e-9);
    const int last = static_cast<int>(designs_.stands.size()) - 1;
    const int knot = std::clamp(static_cast<int>(depth_m / kKnot_m), 0, std::max(0, last - 1));
    const policies::Stand& above = designs_.stands.at(knot);
    const policies::Stand& below = designs_.stands.at(std::min(knot + 1, last));
    const double share = last == 0 ? 0 : std::clamp(depth_m / kKnot_m - knot, 0.0, 1.0);
    const auto between = [share](const auto& a, const auto& b) { return ((1 - share) * a + share * b).eval(); };
    mjData& data = legs.data();
    const int nv = legs.model().nv;
    std::vector<Vector3d> feet;
    for (std::size_t i = 0; i < above.feet_m.size(); ++i) feet.push_back(between(above.feet_m[i], below.feet_m[i]));
    legs.estimate(state, feet, yaw_rad_, data);
    VectorXd error(2 * nv), other(nv), way(nv);
    mj_differentiatePos(&legs.model(), error.data(), 1, above.qpos.data(), data.qpos);
    mj_differentiatePos(&legs.model(), other.data(), 1, below.qpos.data(), data.qpos);
    way = error.head(nv) - other;  // from the posture above to the one below
    error.head(nv) = between(VectorXd(error.head(nv)), other);
    error.tail(nv) = Eigen::Map<const VectorXd>(data.qvel, nv) - way * (speed_m_s / kKnot_m);
    const VectorXd most = strength_ * legs.most_nm();
    const VectorXd answer = -between(above.gain, below.gain) * error;
    const VectorXd torque = between(above.torque_nm, below.torque_nm) + answer.cwiseMax(-most).cwiseMin(most);
    Action action;
    action.groups.push_back({legs.group().name, Mode::joint_torque, {torque.data(), torque.data() + torque.size()}});
    return action;
  }

  double strength_, delay_s_;
  Designs designs_;
  policies::DelayLine line_;
  std::string mark_;  ///< its label
  bool began_ = false;
  double yaw_rad_ = 0, height_sum_m_ = 0, leave_s_ = 0, deepest_m_ = 0;
  int looks_ = 0;
  std::optional<double> goal_m_;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_balance_lqr(const PolicyParams& params) {
  ASSAY_TRY(const auto values,
            policies::read_params(kId, params, {{"skill", 0, 1}, {"strength", 0, 1}, {"delay_s", 0, 1}}));
  const auto given = [&](const char* name, double otherwise) {
    const auto at = values.find(name);
    return at == values.end() ? otherwise : at->second;
  };
  const double skill = given("skill", 1);
  const double strength = given("strength", skill + (1 - skill) * kWorstStrength);
  const double delay_s = given("delay_s", (1 - skill) * kWorstDelay_s);
  return std::unique_ptr<Policy>(std::make_unique<BalanceLqr>(strength, delay_s));
}

}  // namespace assay
