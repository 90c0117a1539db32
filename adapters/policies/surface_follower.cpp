// Follows seams and wipes areas with the closed gripper's tip: plans lines from detections, finds the surface by touch,
// keeps the force by the wrist's sensor, keeps its distance from people, and, told that its camera is off, touches the
// sides of the workpiece to learn by how much.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/force_servo.h"
#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/pose_track.h"
#include "adapters/policies/side_touches.h"
#include "adapters/policies/surface_jobs.h"

namespace assay {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using policies::MotionLimits;
using policies::PoseTarget;
using policies::Stroke;

constexpr policies::Skill kWorst{0.012, 0.25, 0.6};
constexpr MotionLimits kFree{0.40, 1.2, 1.2, 5};
constexpr MotionLimits kDown{0.12, 0.8, 0.8, 4};
constexpr double kTip_m = 0.012;     // a finger's tip beyond the tool centre point, about
constexpr double kTravel_m = 0.055;  // tool over what stands about, while it moves freely
constexpr double kUnsure_m = 0.035;  // surface may be that much higher or lower than seen
constexpr double kSure_m = 0.008;    // once touched
constexpr double kSeek_m_s = 0.025;  // towards a surface that has not been touched
constexpr double kInBand = 0.30;     // share of the wanted force that it may be off while moving on
constexpr double kEase_m_s2 = 0.25;  // change of speed along the surface
constexpr double kPersonGap_m = 0.30, kPersonTooNear_m = 0.22, kBump_n = 4;
constexpr int kLooks = 5, kSteady = 4;
constexpr std::int64_t kLook_ns = 1'000'000'000, kUnseen_ns = 15'000'000'000, kLost_ns = 600'000'000;
constexpr std::int64_t kStuck_ns = 25'000'000'000, kSettle_ns = 500'000'000;
// Touching the sides of a plate.
constexpr double kBelow_m = 0.004, kInward_m_s = 0.025, kSide_n = 2.5, kInward_m = 0.085;

enum class Phase { look, rise, over, near, press, follow, leave, side_over, side_down, side_in, side_out, finished };

class SurfaceFollower final : public Policy {
 public:
  explicit SurfaceFollower(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"surface_follower", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = SurfaceFollower(skill_);
    for (const auto& g : robot.groups) {
      if (g.kind == Group::Kind::arm && arm_.name.empty()) arm_ = g;
      if (g.kind == Group::Kind::gripper && gripper_.name.empty()) gripper_ = g;
    }
    if (arm_.name.empty() || gripper_.name.empty())
      return policies::cannot_take_part("surface_follower", "a robot without arm or gripper",
                                        {"an arm and a gripper", "具有机械臂和夹爪"});
    instruction_ = instruction;
    words_ = policies::read_process(instruction.text.en, {});
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    if (!(period_s_ > 0)) period_s_ = 0.02;
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    return {};
  }

  Result<Action> act(const Observation& now) override {
    const Observation& seen = delay_.pass(now);
    const GroupState* arm = seen.group(arm_.name);
    if (arm == nullptr || !policies::sound(seen)) return Action{};  // hold until the senses are back
    sightings_.add(seen.detections, seen.time);
    now_ = now.time;
    const Eigen::Quaterniond q(arm->tcp_wxyz[0], arm->tcp_wxyz[1], arm->tcp_wxyz[2], arm->tcp_wxyz[3]);
    measured_ = {{arm->tcp_m[0], arm->tcp_m[1], arm->tcp_m[2]}, q.normalized()};
    force_ = {arm->tcp_force_n[0], arm->tcp_force_n[1], arm->tcp_force_n[2]};
    if (!started_) {
      started_ = true;
      home_ = set_ = goal_ = measured_;
      down_ = policies::tool_down(policies::tool_yaw(home_.rotation));
      track_.reset(measured_);
      since_ = now_;
    }
    Action action;
    action.groups.push_back({arm_.name, Mode::ee_delta_pose, move()});
    action.groups.push_back({gripper_.name, Mode::gripper, {0.0}});
    action.done = phase_ == Phase::finished && track_.arrived(goal_);
    action.refuse = !refusal_.empty();
    action.reason = refusal_;
    return action;
  }

 private:
  [[nodiscard]] bool in_contact_phase() const { return phase_ == Phase::press || phase_ == Phase::follow; }

  std::vector<double> move() {
    const double gap = policies::person_gap_m(sightings_.all(), measured_.position_m.x(), measured_.position_m.y());
    if (gap < kPersonTooNear_m && in_contact_phase()) enter(Phase::leave, set_.position_m.head<2>(), travel_m());
    if (gap < kPersonTooNear_m && (phase_ != Phase::leave || there())) {
      PoseTarget away{{home_.position_m.x() - 0.06, home_.position_m.y(), std::max(travel_m(), set_.position_m.z())},
                      down_};
      withdrawn_ = true;
      return free_step(away, kFree);
    }
    if (gap < kPersonGap_m && !in_contact_phase() && phase_ != Phase::leave)
      return remember(track_.halt(kFree, period_s_));
    if (withdrawn_) {  // take up the work where it was left
      withdrawn_ = false;
      if (phase_ != Phase::look && phase_ != Phase::finished) enter(Phase::rise, set_.position_m.head<2>(), travel_m());
    }
    halted_ = gap < kPersonGap_m;
    advance();
    switch (phase_) {
      case Phase::press:
      case Phase::follow:
        return contact_step();
      case Phase::side_in:
        return straight_step(-kInward_m_s * sides_.outward());
      default:
        return free_step(goal_, phase_ == Phase::near || phase_ == Phase::side_down ? kDown : kFree);
    }
  }

  std::vector<double> remember(std::vector<double> delta) {
    set_.position_m += Vector3d(delta[0], delta[1], delta[2]);
    const Vector3d turn(delta[3], delta[4], delta[5]);
    if (turn.norm() > 0)
      set_.rotation =
          (Eigen::Quaterniond(Eigen::AngleAxisd(turn.norm(), turn.normalized())) * set_.rotation).normalized();
    return delta;
  }

  std::vector<double> free_step(const PoseTarget& goal, const MotionLimits& limits) {
    return remember(track_.step(measured_, goal, limits, period_s_));
  }

  std::vector<double> straight_step(const Vector2d& velocity_m_s) {
    return remember({velocity_m_s.x() * period_s_, velocity_m_s.y() * period_s_, 0, 0, 0, 0});
  }

  /// Along the stroke as far as the force allows, and into the surface or out of it by the servo.
  std::vector<double> contact_step() {
    const double v = servo_.step(force_.z(), -measured_.position_m.z(), aim_n_, kSeek_m_s);
    double dz = -v * period_s_;
    const double deepest = (learnt_z_ ? *learnt_z_ : expected_z_) - (learnt_z_ ? 0.02 : kUnsure_m);
    if (set_.position_m.z() + dz < deepest) dz = 0;
    double wanted = 0;
    const double off = std::abs(servo_.force_n() - aim_n_) / aim_n_;
    if (phase_ == Phase::follow && !halted_)
      wanted = off < kInBand ? words_.speed_m_s : off < 2 * kInBand ? 0.3 * words_.speed_m_s : 0;
    speed_m_s_ += std::clamp(wanted - speed_m_s_, -4 * kEase_m_s2 * period_s_, kEase_m_s2 * period_s_);
    done_m_ += speed_m_s_ * period_s_;
    const Vector2d next = policies::point_at(stroke(), done_m_) + slip_;
    const Vector2d by = phase_ == Phase::follow ? Vector2d(next - set_.position_m.head<2>()) : Vector2d::Zero();
    return remember({by.x(), by.y(), dz, 0, 0, 0});
  }

  /// Height of the tool at which it passes over everything that was seen.
  [[nodiscard]] double travel_m() const {
    double top = learnt_z_ ? *learnt_z_ - kTip_m : -1;
    for (const auto& d : sightings_.all())
      if (d.kind != "person") top = std::max(top, d.position_m[2] + (d.kind == "obstacle" ? d.size_m[2] / 2 : 0));
    return top + kTip_m + kTravel_m;
  }

  void enter(Phase phase, const Vector2d& at, double z) {
    if (in_contact_phase() || phase_ == Phase::side_in) track_.reset(set_);
    phase_ = phase;
    since_ = now_;
    arrived_at_.reset();
    goal_ = {{at.x(), at.y(), z}, down_};
    steady_ = 0;
    if (phase == Phase::press) servo_.release();
  }

  [[nodiscard]] bool bumped() const { return force_.z() > kBump_n; }  ///< while it moves freely: something is there
  [[nodiscard]] bool waited(std::int64_t ns) const { return now_.ns - since_.ns >= ns; }

  [[nodiscard]] bool there() {
    if (!track_.arrived(goal_)) return false;
    if (!arrived_at_) arrived_at_ = now_;
    return (measured_.position_m - goal_.position_m).norm() < 0.004 || now_.ns - arrived_at_->ns > kSettle_ns;
  }

  [[nodiscard]] const Stroke& stroke() const { return strokes_[stroke_]; }
  /// Where to touch next. As long as the places are in doubt: the middle, farthest from where there is no plate.
  [[nodiscard]] Vector2d spot() const {
    if (words_.doubts_places && !checked_)
      if (const auto on = policies::plate_under(sightings_, jobs_[job_])) return {on->position_m[0], on->position_m[1]};
    return policies::point_at(stroke(), done_m_) + slip_;
  }

  void advance() {
    if (phase_ != Phase::look && phase_ != Phase::finished && phase_ != Phase::follow && waited(kStuck_ns))
      return next_stroke();
    switch (phase_) {
      case Phase::look:
        return look();
      case Phase::rise:
        if (there()) enter(Phase::over, spot(), travel_m());
        break;
      case Phase::over:
        if (!there()) break;
        if (stroke_ == 0 && done_m_ == 0) plan();  // what was seen on the way makes it surer
        enter(Phase::near, spot(), learnt_z_ ? *learnt_z_ + kSure_m : expected_z_ + kUnsure_m);
        break;
      case Phase::near:
        if (there() || bumped()) enter(Phase::press, spot(), measured_.position_m.z());
        break;
      case Phase::press:
        press();
        break;
      case Phase::follow:
        follow();
        break;
      case Phase::leave:
        if (there() && !halted_) enter(Phase::over, spot(), travel_m());
        break;
      case Phase::side_over:
      case Phase::side_down:
      case Phase::side_in:
      case Phase::side_out:
        touch_sides();
        break;
      case Phase::finished:
        break;
    }
  }

  void look() {
    if (!waited(kLook_ns)) return;
    if (jobs_.empty()) jobs_ = policies::read_order(instruction_, workable());
    if (!jobs_.empty() && plan()) {
      enter(Phase::rise, measured_.position_m.head<2>(), std::max(travel_m(), measured_.position_m.z()));
    } else if (waited(kUnseen_ns)) {
      refusal_ = jobs_.empty() ? "nothing that the instruction names is to be seen"
                               : "'" + jobs_[job_] + "' is not to be seen";
    }
  }

  [[nodiscard]] std::vector<std::string> workable() const {
    std::vector<std::string> labels;
    for (const auto& d : sightings_.all())
      if (d.kind == "seam" || d.kind == "surface") labels.push_back(d.label);
    return labels;
  }

  /// Errors of a less skilled policy enter here, once per job: where it believes the job to be, and, at times, a force
  /// that is far too small, unnoticed.
  bool plan() {
    auto place = sightings_.find(jobs_[job_]);
    if (!place || sightings_.reports(jobs_[job_]) < kLooks) return false;
    auto about = sightings_.all();
    about.push_back(*place);
    for (auto& d : about) {
      d.position_m[0] -= camera_off_.x();
      d.position_m[1] -= camera_off_.y();
    }
    place = about.back();
    if (place->kind == "surface") {
      strokes_ = policies::wiping_strokes(*place, about);
    } else {
      strokes_ = {policies::seam_stroke(jobs_[job_], sightings_, kLooks)};
      for (auto& point : strokes_[0]) point -= camera_off_;
    }
    if (strokes_.empty() || strokes_[0].empty()) return false;
    if (drawn_for_ != job_) {
      drawn_for_ = job_;
      if (place->kind == "surface") {  // each lies on its own height and its own spring
        learnt_z_.reset();
        servo_.forget();
      }
      for (Eigen::Index i = 0; i < 2; ++i) slip_[i] = skill_.noise_m * rng_.normal();
      aim_n_ = rng_.uniform() < skill_.miss_rate ? 0.3 * words_.force_n : words_.force_n;
    }
    stroke_ = 0;
    done_m_ = 0;
    expected_z_ = place->position_m[2] + kTip_m;
    return true;
  }

  void press() {
    if (servo_.touching()) learnt_z_ = -servo_.touch_depth_m();
    const bool close = servo_.touching() && std::abs(servo_.force_n() - aim_n_) < 0.25 * aim_n_;
    steady_ = close ? steady_ + 1 : 0;
    if (steady_ >= kSteady) {
      if (words_.doubts_places && !checked_) return begin_sides();
      speed_m_s_ = 0;
      enter(Phase::follow, spot(), 0);
    } else if (waited(kStuck_ns / 3)) {  // nothing there
      next_stroke();
    }
  }

  void follow() {
    if (servo_.touching()) {
      touched_ = now_;
      learnt_z_ = -servo_.touch_depth_m();
    }
    if (done_m_ >= policies::length_m(stroke()) || now_.ns - touched_.ns > kLost_ns) next_stroke();
  }

  void next_stroke() {
    done_m_ = 0;
    speed_m_s_ = 0;
    const Vector2d here = set_.position_m.head<2>();
    if (stroke_ + 1 < strokes_.size()) {
      ++stroke_;
      return enter(Phase::leave, here, travel_m());
    }
    if (job_ + 1 < jobs_.size()) {
      ++job_;
      return enter(plan() ? Phase::leave : Phase::look, here, travel_m());
    }
    enter(Phase::finished, here, travel_m() + 0.03);
  }

  void begin_sides() {
    checked_ = true;
    const auto plate = policies::plate_under(sightings_, jobs_[job_]);
    if (!plate) return enter(Phase::follow, spot(), 0);
    sides_.start(*plate);
    go_to_side();
  }

  void go_to_side() {
    risen_ = false;
    enter(Phase::side_over, set_.position_m.head<2>(), travel_m());
  }

  void touch_sides() {
    const Vector2d at = measured_.position_m.head<2>();
    switch (phase_) {
      case Phase::side_over:
        if (!there()) break;
        if (risen_) return enter(Phase::side_down, sides_.beside(), *learnt_z_ - kBelow_m);
        risen_ = true;
        enter(Phase::side_over, sides_.beside(), travel_m());
        break;
      case Phase::side_down:
        if (bumped()) sides_.step_out();  // onto the plate instead of beside it: farther out
        if (bumped()) return go_to_side();
        if (there()) enter(Phase::side_in, sides_.beside(), goal_.position_m.z());
        break;
      case Phase::side_in:
        if (force_.head<2>().dot(sides_.outward()) < kSide_n &&
            (sides_.beside() - at).dot(sides_.outward()) < kInward_m)
          break;
        enter(Phase::side_out, at + 0.012 * sides_.outward(), goal_.position_m.z());
        sides_.touched(at);
        break;
      case Phase::side_out:
        if (!there()) break;
        if (!sides_.done()) return go_to_side();
        camera_off_ = sides_.seen_off();
        if (plan()) enter(Phase::leave, set_.position_m.head<2>(), travel_m());
        break;
      default:
        break;
    }
  }

  policies::Skill skill_;
  Group arm_, gripper_;
  Instruction instruction_;
  policies::ProcessWords words_;
  double period_s_ = 0.02;
  Rng rng_{StreamKey{}};
  policies::DelayLine delay_;
  policies::Sightings sightings_;
  policies::PoseTrack track_;
  policies::ForceServo servo_;
  Phase phase_ = Phase::look;
  SimTime now_, since_, touched_;
  std::optional<SimTime> arrived_at_;
  PoseTarget home_, measured_, set_, goal_;
  Eigen::Quaterniond down_ = Eigen::Quaterniond::Identity();
  Vector3d force_ = Vector3d::Zero();
  std::vector<std::string> jobs_;
  std::vector<Stroke> strokes_;
  std::size_t job_ = 0, stroke_ = 0;
  std::optional<std::size_t> drawn_for_;  ///< job that the errors below were drawn for
  Vector2d slip_ = Vector2d::Zero();
  double aim_n_ = 8, done_m_ = 0, speed_m_s_ = 0, expected_z_ = 0;
  std::optional<double> learnt_z_;  ///< height of the tool where it last touched
  int steady_ = 0;
  bool started_ = false, withdrawn_ = false, halted_ = false, checked_ = false, risen_ = false;
  policies::SideTouches sides_;
  Vector2d camera_off_ = Vector2d::Zero();  ///< what detections are off by, as the sides showed
  std::string refusal_;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_surface_follower(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("surface_follower", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<SurfaceFollower>(skill));
}

}  // namespace assay
