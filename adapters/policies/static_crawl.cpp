// Crawls to a place on four legs, one foot at a time: the trunk moves over the triangle of the other three first, so
// that it stands at every moment. Where trunk and feet are, it reckons from joints, IMU and foot forces; where the
// place is, its detector shows.
#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "adapters/mujoco/geometry.h"
#include "adapters/mujoco/guard.h"
#include "adapters/policies/leg_model.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::VectorXd;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr const char* kId = "static_crawl";
constexpr double kShift_s = 0.55, kSwing_s = 0.4, kLook_s = 0.6, kRest_s = 1.0;
constexpr double kStride_m = 0.20, kLift_m = 0.07, kNear_m = 0.05;  // of one foot, in one round of four
constexpr double kInward = 0.9;  // how far the centre of mass goes from the middle of all feet to that of the three
constexpr double kStiff_nm = 150, kDamp = 4;
constexpr std::array<std::size_t, 4> kOrder{2, 0, 3, 1};  // hind, front of one side, then of the other
constexpr double kWorstDelay_s = 0.06, kWorstStrength = 0.25;

double smooth(double t) { return t <= 0 ? 0 : t >= 1 ? 1 : t * t * t * (10 - 15 * t + 6 * t * t); }

class StaticCrawl : public Policy {
 public:
  StaticCrawl(double strength, double delay_s) : strength_(strength), delay_s_(delay_s) {}

  [[nodiscard]] PolicyDescription describe() const override { return {kId, "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey) override {
    Result<void> begun;
    if (const auto thrown = mujoco::guarded([&] { begun = prepare(instruction, robot); }))
      return policies::cannot_take_part(kId, *thrown, {"a model that can be simulated", "可以仿真的模型"});
    return begun;
  }

  Result<Action> act(const Observation& observation) override {
    const Observation& seen = line_.pass(observation);
    const GroupState* state = seen.group(legs_->group().name);
    if (state == nullptr || !policies::sound(seen)) return Action{};
    Action action;
    if (mujoco::guarded([&] { action = crawl(seen, *state); })) return Action{};
    return action;
  }

 private:
  enum class Phase { look, shift, swing, rest, done };

  Result<void> prepare(const Instruction& instruction, const RobotDescription& robot) {
    line_.reset(delay_s_);
    if (!legs_ || robot_mjcf_ != robot.robot_mjcf) {
      legs_.reset();
      ASSAY_TRY(legs_, policies::LegModel::make(kId, robot));
      robot_mjcf_ = robot.robot_mjcf;
    }
    if (legs_->feet().size() != kOrder.size())
      return policies::cannot_take_part(kId, std::to_string(legs_->feet().size()) + " feet",
                                        {"a robot with four feet", "四足机器人"});
    const auto label = instruction.labels.find("target");
    if (label == instruction.labels.end())
      return policies::cannot_take_part(kId, "no label for the slot target", {"a place to go to", "要前往的位置"});
    goal_label_ = label->second;
    wanted_.reset(mj_makeData(&legs_->model()));
    legs_->stand(legs_->data());
    legs_->stand(*wanted_);
    mj_forward(&legs_->model(), wanted_.get());
    feet_.clear();
    for (std::size_t i = 0; i < kOrder.size(); ++i) feet_.push_back(legs_->foot_m(*wanted_, i));
    home_feet_ = feet_;
    trunk_home_ = mujoco::vec3(wanted_->xpos + 3 * legs_->trunk());
    mass_kg_ = legs_->model().body_subtreemass[legs_->model().body_rootid[legs_->trunk()]];
    place_ = target_ = from_ = trunk_home_;
    phase_ = Phase::look;
    since_s_ = 0;
    turn_ = 0;
    began_ = false;
    goal_.reset();
    looks_ = 0;
    last_look_m_ = {};
    last_.reset();
    return {};
  }

  Action crawl(const Observation& seen, const GroupState& state) {
    const double now_s = static_cast<double>(seen.time.ns) * 1e-9;
    mjData& data = legs_->data();
    if (!began_) {
      began_ = true;
      yaw_rad_ = policies::LegModel::heading_of(state);
    }
    GroupState loads = state;
    if (phase_ == Phase::swing && loads.foot_force_n.size() == kOrder.size()) loads.foot_force_n[kOrder[turn_]] = 0;
    legs_->estimate(loads, feet_, yaw_rad_, data);
    mj_kinematics(&legs_->model(), &data);
    mj_comPos(&legs_->model(), &data);
    mj_comVel(&legs_->model(), &data);
    look(seen);
    advance(now_s, data);
    Action action;
    action.groups.push_back({legs_->group().name, Mode::joint_torque, torques(state, now_s)});
    action.done = phase_ == Phase::done;
    return action;
  }

  /// Where the goal is on the ground, in the frame that the feet are reckoned in; a mean that forgets.
  void look(const Observation& seen) {
    for (const auto& thing : seen.detections) {
      if (thing.label != goal_label_ || thing.position_m == last_look_m_) continue;  // a look stands until the next
      last_look_m_ = thing.position_m;
      const mujoco::Frame trunk = mujoco::body_frame(legs_->data(), legs_->trunk());
      const Vector3d at =
          trunk.position + trunk.rotation * Vector3d(thing.position_m[0], thing.position_m[1], thing.position_m[2]);
      constexpr int kMemory = 20;
      looks_ = std::min(looks_ + 1, kMemory);
      goal_ = goal_ ? Vector2d(*goal_ + (at.head<2>() - *goal_) / looks_) : Vector2d(at.head<2>());
    }
  }

  [[nodiscard]] Vector2d middle_of_feet() const {
    Vector2d sum = Vector2d::Zero();
    for (const auto& foot : feet_) sum += foot.head<2>();
    return sum / static_cast<double>(feet_.size());
  }

  /// Centre of mass relative to the trunk's origin, on the ground.
  [[nodiscard]] Vector2d mass_offset(const mjData& data) const {
    const int root = legs_->model().body_rootid[legs_->trunk()];
    return (mujoco::vec3(data.subtree_com + 3 * root) - mujoco::vec3(data.xpos + 3 * legs_->trunk())).head<2>();
  }

  void enter(Phase phase, double now_s) {
    phase_ = phase;
    since_s_ = now_s;
    from_ = place_;
  }

  void advance(double now_s, const mjData& data) {
    const double t = now_s - since_s_;
    switch (phase_) {
      case Phase::look:
        if (t >= kLook_s && goal_) start_round(now_s, data);
        break;
      case Phase::shift:
        place_ = from_ + smooth(t / kShift_s) * (target_ - from_);
        if (t >= kShift_s) start_swing(now_s);
        break;
      case Phase::swing:
        if (t < kSwing_s) break;
        // Where it came down, not where it was to.
        feet_[kOrder[turn_]].head<2>() = legs_->foot_m(data, kOrder[turn_]).head<2>();
        if (++turn_ < kOrder.size()) {
          start_shift(now_s, data);
        } else {
          start_round(now_s, data);
        }
        break;
      case Phase::rest:
        place_ = from_ + smooth(t / kShift_s) * (target_ - from_);
        if (t >= kShift_s + kRest_s) enter(Phase::done, now_s);
        break;
      case Phase::done:
        break;
    }
  }

  void start_round(double now_s, const mjData& data) {
    turn_ = 0;
    const Vector2d trunk_from_feet = trunk_home_.head<2>() - middle_of(home_feet_);
    const Vector2d missing = *goal_ - (middle_of_feet() + trunk_from_feet);
    if (missing.norm() < kNear_m) {
      target_.head<2>() = middle_of_feet() + trunk_from_feet;
      return enter(Phase::rest, now_s);
    }
    stride_ = missing * std::min(1.0, kStride_m / missing.norm());
    stride_.y() = std::clamp(stride_.y(), -0.05, 0.05);
    start_of_round_ = middle_of_feet();
    start_shift(now_s, data);
  }

  void start_shift(double now_s, const mjData& data) {
    Vector2d middle = Vector2d::Zero(), all = middle_of_feet();
    for (std::size_t i = 0; i < feet_.size(); ++i)
      if (i != kOrder[turn_]) middle += feet_[i].head<2>() / 3.0;
    target_.head<2>() = all + kInward * (middle - all) - mass_offset(data);
    enter(Phase::shift, now_s);
  }

  void start_swing(double now_s) {
    const std::size_t foot = kOrder[turn_];
    const Vector2d home = home_feet_[foot].head<2>() - middle_of(home_feet_);
    lift_off_ = feet_[foot];
    landing_ = feet_[foot];
    landing_.head<2>() = start_of_round_ + stride_ + home;
    landing_.z() = home_feet_[foot].z();
    enter(Phase::swing, now_s);
    place_ = target_;
    from_ = target_;
  }

  static Vector2d middle_of(const std::vector<Vector3d>& feet) {
    Vector2d sum = Vector2d::Zero();
    for (const auto& foot : feet) sum += foot.head<2>();
    return sum / static_cast<double>(feet.size());
  }

  [[nodiscard]] Vector3d foot_goal(std::size_t foot, double now_s) const {
    if (phase_ != Phase::swing || foot != kOrder[turn_]) return feet_[foot];
    const double t = std::clamp((now_s - since_s_) / kSwing_s, 0.0, 1.0);
    Vector3d at = lift_off_ + smooth(t) * (landing_ - lift_off_);
    at.z() += kLift_m * 16 * t * t * (1 - t) * (1 - t);
    // The posture is worked out for the trunk where it should be; the foot comes down from where it is.
    at.head<2>() += smooth(t) * (place_ - mujoco::vec3(legs_->data().xpos + 3 * legs_->trunk())).head<2>();
    return at;
  }

  /// Joint angles for the trunk's place and the feet's, by damped Gauss–Newton from the last ones.
  void solve_joints(double now_s) {
    mjData& d = *wanted_;
    const mjModel& m = legs_->model();
    const int n = static_cast<int>(legs_->joints().size()), rows = 3 * static_cast<int>(feet_.size());
    for (int round = 0; round < 4; ++round) {
      const Vector3d off = place_ - trunk_home_;
      mj_kinematics(&m, &d);
      const Vector3d now = mujoco::vec3(d.xpos + 3 * legs_->trunk());
      for (int i = 0; i < 3; ++i) d.qpos[i] += trunk_home_[i] + off[i] - now[i];
      mj_kinematics(&m, &d);
      mj_comPos(&m, &d);
      MatrixXd slope(rows, n);
      VectorXd error(rows);
      RowMatrix jacobian(3, m.nv);
      for (std::size_t f = 0; f < feet_.size(); ++f) {
        const Vector3d at = legs_->foot_m(d, f);
        const int row = 3 * static_cast<int>(f);
        mj_jac(&m, &d, jacobian.data(), nullptr, at.data(), legs_->feet()[f]);
        for (int j = 0; j < n; ++j)
          slope.block<3, 1>(row, j) = jacobian.col(legs_->joints()[static_cast<std::size_t>(j)].dof);
        error.segment<3>(row) = foot_goal(f, now_s) - at;
      }
      MatrixXd normal = slope.transpose() * slope;
      normal.diagonal().array() += 1e-6;
      const VectorXd step = normal.ldlt().solve(slope.transpose() * error);
      for (int j = 0; j < n; ++j)
        d.qpos[legs_->joints()[static_cast<std::size_t>(j)].qpos] += std::clamp(step[j], -0.1, 0.1);
    }
  }

  std::vector<double> torques(const GroupState& state, double now_s) {
    solve_joints(now_s);
    const mjModel& m = legs_->model();
    mjData& d = legs_->data();
    const std::size_t n = legs_->joints().size();
    std::vector<double> angles(n);
    for (std::size_t j = 0; j < n; ++j) angles[j] = wanted_->qpos[legs_->joints()[j].qpos];
    const double step_s = last_ ? now_s - last_s_ : 0;
    // What the feet that stand must push, so that the trunk is carried and kept level.
    const mujoco::Frame trunk = mujoco::body_frame(d, legs_->trunk());
    const int root = m.body_rootid[legs_->trunk()];
    const Vector3d mass_at = mujoco::vec3(d.subtree_com + 3 * root);
    mjtNum twist[6];
    mj_objectVelocity(&m, &d, mjOBJ_XBODY, legs_->trunk(), twist, 0);
    Eigen::Matrix<double, 6, 1> wrench;
    wrench.head<3>() = mass_kg_ * (Vector3d(0, 0, 9.81) + 40 * (place_ - trunk.position) - 8 * mujoco::vec3(twist + 3));
    wrench.tail<3>() = -mass_kg_ * (8 * mujoco::rotation_vector(trunk.rotation) + 1.2 * mujoco::vec3(twist));
    std::vector<std::size_t> standing;
    for (std::size_t f = 0; f < feet_.size(); ++f)
      if (phase_ != Phase::swing || f != kOrder[turn_]) standing.push_back(f);
    MatrixXd grasp(6, 3 * static_cast<int>(standing.size()));
    for (std::size_t k = 0; k < standing.size(); ++k) {
      const Vector3d arm = legs_->foot_m(d, standing[k]) - mass_at;
      Eigen::Matrix3d cross;
      cross << 0, -arm.z(), arm.y(), arm.z(), 0, -arm.x(), -arm.y(), arm.x(), 0;
      grasp.block<3, 3>(0, 3 * static_cast<int>(k)).setIdentity();
      grasp.block<3, 3>(3, 3 * static_cast<int>(k)) = cross;
    }
    const VectorXd forces = grasp.completeOrthogonalDecomposition().solve(wrench);
    std::vector<mjtNum> bias(static_cast<std::size_t>(m.nv));
    mj_rne(&m, &d, 0, bias.data());
    VectorXd push = VectorXd::Zero(m.nv);
    RowMatrix jacobian(3, m.nv);
    for (std::size_t k = 0; k < standing.size(); ++k) {
      const Vector3d at = legs_->foot_m(d, standing[k]);
      mj_jac(&m, &d, jacobian.data(), nullptr, at.data(), legs_->feet()[standing[k]]);
      push += jacobian.transpose() * forces.segment<3>(3 * static_cast<int>(k));
    }
    std::vector<double> out(n);
    for (std::size_t j = 0; j < n; ++j) {
      const int dof = legs_->joints()[j].dof;
      const double speed = step_s > 0 ? (angles[j] - (*last_)[j]) / step_s : 0;
      const double servo = kStiff_nm * (angles[j] - state.position_rad[j]) + kDamp * (speed - state.velocity_rad_s[j]);
      const double most = strength_ * legs_->most_nm()[static_cast<Eigen::Index>(j)];
      out[j] = std::clamp(servo + bias[static_cast<std::size_t>(dof)] - push[dof], -most, most);
    }
    last_ = angles;
    last_s_ = now_s;
    return out;
  }

  double strength_, delay_s_;
  std::optional<policies::LegModel> legs_;
  std::string robot_mjcf_, goal_label_;
  mujoco::DataPtr wanted_;  ///< posture that is aimed at
  policies::DelayLine line_;
  std::vector<Vector3d> feet_, home_feet_;  ///< where they stand; where they stood at first
  Vector3d trunk_home_ = Vector3d::Zero(), place_ = Vector3d::Zero(), target_ = Vector3d::Zero(),
           from_ = Vector3d::Zero(), lift_off_ = Vector3d::Zero(), landing_ = Vector3d::Zero();
  Vector2d stride_ = Vector2d::Zero(), start_of_round_ = Vector2d::Zero();
  std::optional<Vector2d> goal_;
  std::array<double, 3> last_look_m_{};
  std::optional<std::vector<double>> last_;  ///< angles aimed at in the period before
  Phase phase_ = Phase::look;
  std::size_t turn_ = 0;
  bool began_ = false;
  double since_s_ = 0, yaw_rad_ = 0, mass_kg_ = 0, last_s_ = 0;
  int looks_ = 0;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_static_crawl(const PolicyParams& params) {
  ASSAY_TRY(const auto values,
            policies::read_params(kId, params, {{"skill", 0, 1}, {"strength", 0, 1}, {"delay_s", 0, 1}}));
  const auto given = [&](const char* name, double otherwise) {
    const auto at = values.find(name);
    return at == values.end() ? otherwise : at->second;
  };
  const double skill = given("skill", 1);
  return std::unique_ptr<Policy>(std::make_unique<StaticCrawl>(given("strength", skill + (1 - skill) * kWorstStrength),
                                                               given("delay_s", (1 - skill) * kWorstDelay_s)));
}

}  // namespace assay
