// Takes up the poses of a commanded programme one after another with any bound arm: straight ways at the commanded
// speed, closed on the pose that the arm itself measures.
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

using Eigen::Quaterniond;
using Eigen::Vector3d;

constexpr policies::Skill kWorst{0.05, 0.3, 0.3};
constexpr double kAcceleration_m_s2 = 1.0;
// Rate at which the measured error is made up: words that come 50 ms late still end at rest.
constexpr double kPull_hz = 10;
// Of the commanded speed, that making up may add: what lags because words come late is no error to be made up at twice
// the speed.
constexpr double kMostPull = 0.5;
constexpr double kNear_m = 0.0005, kNear_rad = 0.005;
constexpr double kSettled_m = 0.00005;  // way within one period, below which the arm is at rest
constexpr double kApproach_m_s = 0.15;  // to the programme's first pose
constexpr double kTurn_rad_s = 0.8;
constexpr double kPatience_s = 3;  // for the last half millimetre

Vector3d vector(const std::array<double, 3>& v) { return {v[0], v[1], v[2]}; }
Quaterniond rotation(const std::array<double, 4>& q) { return Quaterniond(q[0], q[1], q[2], q[3]).normalized(); }

class PoseProgramme final : public Policy {
 public:
  explicit PoseProgramme(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"pose_programme", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = PoseProgramme(skill_);
    for (const auto& group : robot.groups)
      if (group.kind == Group::Kind::arm && arm_.empty()) arm_ = group.name;
    if (arm_.empty())
      return policies::cannot_take_part("pose_programme", "a robot without an arm", {"an arm", "机械臂"});
    if (!instruction.programme || instruction.programme->steps.empty())
      return policies::cannot_take_part("pose_programme", "an instruction without a programme",
                                        {"commanded poses", "指令位姿"});
    programme_ = *instruction.programme;
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    return {};
  }

  Result<Action> act(const Observation& now) override {
    Action action;
    const Observation& seen = delay_.pass(now);
    const GroupState* arm = seen.group(arm_);
    if (arm == nullptr || !policies::sound(seen)) return action;
    const Vector3d at = vector(arm->tcp_m);
    const Quaterniond facing = rotation(arm->tcp_wxyz);
    if (!started_) begin_way(at, facing);
    started_ = true;
    const Vector3d delta = next_position(at);
    const Vector3d turn = next_rotation(facing);
    moved_m_ = (at - last_).norm();
    last_ = at;
    action.groups.push_back(
        {arm_, Mode::ee_delta_pose, {delta.x(), delta.y(), delta.z(), turn.x(), turn.y(), turn.z()}});
    action.done = arrived(at, facing);
    return action;
  }

 private:
  [[nodiscard]] const ProgrammeStep& step() const { return programme_.steps[step_]; }
  [[nodiscard]] bool passes() const { return step().dwell_s <= 0; }

  /// A less skilled policy aims beside the pose, and now and then leaves one out.
  void begin_way(const Vector3d& from, const Quaterniond& facing) {
    from_ = from;
    from_facing_ = facing;
    to_ = vector(step().position_m);
    for (int k = 0; k < 3; ++k) to_[k] += skill_.noise_m * rng_.normal();
    if (rng_.uniform() < skill_.miss_rate) to_.z() += 0.2;
    to_facing_ = rotation(step().wxyz);
    way_m_ = (to_ - from_).norm();
    done_m_ = 0;
    speed_m_s_ = passed_ ? speed_m_s_ : 0;
    still_s_ = waited_s_ = 0;
    passed_ = false;
  }

  /// Trapezoid of speed along the straight way; into a pose that is only passed it does not brake.
  Vector3d next_position(const Vector3d& at) {
    const double most = first_ ? std::min(step().speed_m_s, kApproach_m_s) : step().speed_m_s;
    const double left = way_m_ - done_m_;
    const double braking = passes() ? most : std::sqrt(2 * kAcceleration_m_s2 * std::max(0.0, left));
    speed_m_s_ = std::min({most, braking, speed_m_s_ + kAcceleration_m_s2 * period_s_});
    const Vector3d before = reference();
    done_m_ = std::min(way_m_, done_m_ + speed_m_s_ * period_s_);
    const Vector3d pull = kPull_hz * period_s_ * (before - at);
    const double most_m = kMostPull * step().speed_m_s * period_s_;
    return reference() - before + (pull.norm() > most_m ? Vector3d(pull * (most_m / pull.norm())) : pull);
  }

  [[nodiscard]] Vector3d reference() const { return way_m_ > 0 ? from_ + (to_ - from_) * (done_m_ / way_m_) : to_; }

  Vector3d next_rotation(const Quaterniond& facing) {
    const double share = way_m_ > 0 ? done_m_ / way_m_ : 1;
    const Eigen::AngleAxisd missing(from_facing_.slerp(share, to_facing_) * facing.inverse());
    double angle = std::remainder(missing.angle(), 2 * M_PI);
    angle = std::clamp(kPull_hz * period_s_ * angle, -kTurn_rad_s * period_s_, kTurn_rad_s * period_s_);
    return missing.axis() * angle;
  }

  /// True when the last pose of the last cycle has been held for its time.
  bool arrived(const Vector3d& at, const Quaterniond& facing) {
    if (done_m_ < way_m_) return false;
    waited_s_ += period_s_;
    const bool near = (at - to_).norm() < kNear_m && facing.angularDistance(to_facing_) < kNear_rad;
    if (!passes()) {
      // What cannot be reached to the last half millimetre is taken as it is; the measurement says how far off it was.
      if ((near || waited_s_ > kPatience_s) && moved_m_ < kSettled_m) still_s_ += period_s_;
      if (still_s_ < step().dwell_s) return false;
    }
    passed_ = passes();
    first_ = false;
    const Vector3d from = passes() ? to_ : at;
    if (++step_ == programme_.steps.size()) {
      step_ = 0;
      if (++cycle_ == programme_.cycles) {
        step_ = programme_.steps.size() - 1;
        cycle_ = programme_.cycles - 1;
        return true;
      }
    }
    begin_way(from, facing);
    return false;
  }

  policies::Skill skill_;
  policies::DelayLine delay_;
  Rng rng_{StreamKey{}};
  Programme programme_;
  std::string arm_;
  std::size_t step_ = 0;
  int cycle_ = 0;
  double period_s_ = 0.02, way_m_ = 0, done_m_ = 0, speed_m_s_ = 0, still_s_ = 0, waited_s_ = 0, moved_m_ = 0;
  bool started_ = false, first_ = true, passed_ = false;
  Vector3d from_{0, 0, 0}, to_{0, 0, 0}, last_{0, 0, 0};
  Quaterniond from_facing_{1, 0, 0, 0}, to_facing_{1, 0, 0, 0};
};

}  // namespace

Result<std::unique_ptr<Policy>> make_pose_programme(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("pose_programme", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<PoseProgramme>(skill));
}

}  // namespace assay
