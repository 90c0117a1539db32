// Goes to a place on four legs, or turns to it, one foot at a time, the trunk level and over the feet that stand: their
// forces carry it, by the robot's own model. Where trunk and feet are, it reckons from joints, IMU and foot forces;
// where the place is, its detector shows. The ground may be uneven: a foot comes down until it feels it.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "adapters/mujoco/geometry.h"
#include "adapters/mujoco/guard.h"
#include "adapters/policies/contact_forces.h"
#include "adapters/policies/crawl_gait.h"
#include "adapters/policies/leg_model.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

using Eigen::Matrix3d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::VectorXd;
using mujoco::vec3;
using policies::CrawlGait;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr const char* kId = "static_crawl";
constexpr double kGravity_m_s2 = 9.81, kFriction = 0.45;
constexpr double kPlace_1_s2 = 40, kPlace_1_s = 10;    // acceleration of the centre of mass per metre, per m/s
constexpr double kHeight_1_s2 = 90, kHeight_1_s = 15;  // of the trunk's height
constexpr double kTurn_1_s2 = 110, kTurn_1_s = 16;     // angular, per rad, per rad/s
constexpr double kSwing_n_m = 1200, kSwing_n_s_m = 45;
constexpr double kWeigh_s = 1.0;  // in which the load is learnt
constexpr double kLookDelay_s = 0.5;
constexpr double kWorstDelay_s = 0.06, kWorstStrength = 0.25;  // of skill 0

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
  Result<void> prepare(const Instruction& instruction, const RobotDescription& robot) {
    line_.reset(delay_s_);
    if (!legs_ || robot_mjcf_ != robot.robot_mjcf) {
      legs_.reset();
      ASSAY_TRY(legs_, policies::LegModel::make(kId, robot));
      robot_mjcf_ = robot.robot_mjcf;
    }
    if (legs_->feet().size() != CrawlGait::kFeet)
      return policies::cannot_take_part(kId, std::to_string(legs_->feet().size()) + " feet",
                                        {"a robot with four feet", "四足机器人"});
    const auto target = instruction.labels.find("target"), face = instruction.labels.find("face");
    goes_ = target != instruction.labels.end();
    if (!goes_ && face == instruction.labels.end())
      return policies::cannot_take_part(kId, "no label for the slot target or face",
                                        {"a place to go to, or something to face", "要前往的位置，或要面向的物体"});
    goal_label_ = goes_ ? target->second : face->second;
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    measure_home();
    began_ = false;
    goal_.reset();
    looks_ = 0;
    last_look_m_ = {};
    forces_.assign(CrawlGait::kFeet, Vector3d::Zero());
    return {};
  }

  /// Feet under the trunk, its height, mass and moment of inertia of the whole, as the home posture has them.
  void measure_home() {
    const mjModel& m = legs_->model();
    mjData& d = legs_->data();
    legs_->stand(d);
    const mujoco::Frame trunk = mujoco::body_frame(d, legs_->trunk());
    const Matrix3d level = mujoco::about_z(-mujoco::heading(trunk.rotation)).toRotationMatrix();
    for (std::size_t i = 0; i < CrawlGait::kFeet; ++i) home_[i] = level * (legs_->foot_m(d, i) - trunk.position);
    height_m_ = 0;
    for (const auto& foot : home_) height_m_ -= foot.z() / CrawlGait::kFeet;
    root_ = m.body_rootid[legs_->trunk()];
    model_kg_ = mass_kg_ = m.body_subtreemass[root_];
    const Vector3d com = vec3(d.subtree_com + 3 * root_);
    home_com_ = level * (com - trunk.position);
    Matrix3d inertia = Matrix3d::Zero();
    for (int body = root_; body < m.nbody; ++body) {
      const Matrix3d turn = mujoco::mat3(d.ximat + 9 * body);
      const Vector3d arm = vec3(d.xipos + 3 * body) - com;
      inertia += turn * vec3(m.body_inertia + 3 * body).asDiagonal() * turn.transpose() +
                 m.body_mass[body] * (arm.squaredNorm() * Matrix3d::Identity() - arm * arm.transpose());
    }
    inertia_kg_m2_ = (level * inertia * level.transpose()).diagonal();
  }

  Action crawl(const Observation& seen, const GroupState& state) {
    mjData& d = legs_->data();
    if (!began_) {
      // The frame of all that follows: the trunk's place and heading at the start.
      began_ = true;
      yaw_rad_ = policies::LegModel::heading_of(state);
      CrawlGait::Feet feet = home_;
      for (auto& foot : feet) foot.z() += height_m_;
      gait_.start(home_, home_com_, feet);
    }
    GroupState loads = state;
    if (const auto lifted = gait_.lifted(); lifted && gait_.phase() == CrawlGait::Phase::swing)
      loads.foot_force_n[*lifted] = 0;
    const auto& feet = gait_.feet_m();
    legs_->estimate(loads, {feet.begin(), feet.end()}, yaw_rad_, d);
    mj_kinematics(&legs_->model(), &d);
    mj_comPos(&legs_->model(), &d);
    mj_comVel(&legs_->model(), &d);
    mj_subtreeVel(&legs_->model(), &d);
    look(seen);
    policies::CrawlSeen now{static_cast<double>(seen.time.ns) * 1e-9,
                            vec3(d.subtree_com + 3 * root_),
                            vec3(d.subtree_linvel + 3 * root_),
                            {},
                            {}};
    double load = 0;
    for (std::size_t i = 0; i < CrawlGait::kFeet; ++i) {
      now.feet_m[i] = legs_->foot_m(d, i);
      now.load_n[i] = state.foot_force_n[i];
      load += state.foot_force_n[i];
    }
    const double weighed = std::clamp(load / kGravity_m_s2, 0.7 * model_kg_, 1.4 * model_kg_);
    mass_kg_ += std::min(1.0, period_s_ / kWeigh_s) * (weighed - mass_kg_);
    if (goal_ && now.now_s > kLookDelay_s)
      gait_.head_for(goes_ ? policies::Place{*goal_, 0} : policies::Place{{0, 0}, std::atan2(goal_->y(), goal_->x())});
    gait_.advance(now);
    Action action;
    action.groups.push_back({legs_->group().name, Mode::joint_torque, torques(now)});
    action.done = gait_.phase() == CrawlGait::Phase::done;
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

  /// What the feet that stand share, in the order of the feet; none for the one in the air.
  std::vector<Vector3d> stance_forces(const policies::CrawlSeen& now) {
    const mjModel& m = legs_->model();
    mjData& d = legs_->data();
    const mujoco::Frame trunk = mujoco::body_frame(d, legs_->trunk());
    const Vector2d to = gait_.com_m(now.now_s), soon = gait_.com_m(now.now_s + period_s_);
    const Vector2d speed = (soon - to) / period_s_;
    mjtNum twist[6];
    mj_objectVelocity(&m, &d, mjOBJ_XBODY, legs_->trunk(), twist, 0);
    Vector3d push;
    push.head<2>() = kPlace_1_s2 * (to - now.com_m.head<2>()) + kPlace_1_s * (speed - now.com_speed_m_s.head<2>());
    push.z() =
        kGravity_m_s2 + kHeight_1_s2 * (gait_.ground_m() + height_m_ - trunk.position.z()) - kHeight_1_s * twist[5];
    const Matrix3d wanted = mujoco::about_z(gait_.yaw_rad(now.now_s)).toRotationMatrix();
    const Vector3d tilt = mujoco::rotation_vector(wanted * trunk.rotation.transpose());
    const Vector3d turn =
        inertia_kg_m2_.asDiagonal() * (wanted.transpose() * (kTurn_1_s2 * tilt - kTurn_1_s * vec3(twist)));
    std::vector<policies::Stance> stance(CrawlGait::kFeet);
    for (std::size_t i = 0; i < CrawlGait::kFeet; ++i)
      stance[i] = {now.feet_m[i] - now.com_m, gait_.most_n(i, now.now_s)};
    policies::share_forces(stance, mass_kg_ * push, wanted * turn, kFriction, forces_);
    return forces_;
  }

  std::vector<double> torques(const policies::CrawlSeen& now) {
    const mjModel& m = legs_->model();
    mjData& d = legs_->data();
    std::vector<Vector3d> forces = stance_forces(now);
    VectorXd torque(m.nv);
    mj_rne(&m, &d, 0, torque.data());
    RowMatrix jacobian(3, m.nv);
    const VectorXd speed = Eigen::Map<const VectorXd>(d.qvel, m.nv);
    for (std::size_t i = 0; i < CrawlGait::kFeet; ++i) {
      mj_jac(&m, &d, jacobian.data(), nullptr, now.feet_m[i].data(), legs_->feet()[i]);
      if (gait_.phase() == CrawlGait::Phase::swing && gait_.lifted() == i) {
        const Vector3d to = gait_.swing_m(now.now_s), soon = gait_.swing_m(now.now_s + period_s_);
        const Vector3d moves = (soon - to) / period_s_ - jacobian * speed;
        forces[i] = -(kSwing_n_m * (to - now.feet_m[i]) + kSwing_n_s_m * moves);
      }
      torque -= jacobian.transpose() * forces[i];
    }
    std::vector<double> out(legs_->joints().size());
    for (std::size_t j = 0; j < out.size(); ++j) {
      const double most = strength_ * legs_->most_nm()[static_cast<Eigen::Index>(j)];
      out[j] = std::clamp(torque[legs_->joints()[j].dof], -most, most);
    }
    return out;
  }

  double strength_, delay_s_;
  std::optional<policies::LegModel> legs_;
  std::string robot_mjcf_, goal_label_;
  policies::DelayLine line_;
  CrawlGait gait_;
  CrawlGait::Feet home_{};
  Vector3d home_com_ = Vector3d::Zero();       ///< from the trunk's place
  Vector3d inertia_kg_m2_ = Vector3d::Zero();  ///< of the whole, about its centre of mass, level
  double height_m_ = 0, model_kg_ = 0, mass_kg_ = 0, period_s_ = 0, yaw_rad_ = 0;
  int root_ = 0, looks_ = 0;
  std::vector<Vector3d> forces_;
  std::optional<Vector2d> goal_;
  std::array<double, 3> last_look_m_{};
  bool began_ = false, goes_ = true;  ///< goes to the goal, or turns to it
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
