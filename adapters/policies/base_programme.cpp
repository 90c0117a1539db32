// Drives the legs of a commanded programme with any differential base: turn, straight way at the commanded speed, turn
// to the commanded heading, rest. On such a way it goes by its odometry, or by its scanner where walls stand around
// it, and stops for what stands before it. A way of its own choice (line: false) it plans round what it sees.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/base_driver.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

constexpr policies::Skill kWorst{0.15, 0.4, 0.3};
constexpr double kAcceleration_m_s2 = 0.8, kTurn_rad_s = 0.8, kTurn_rad_s2 = 2.0;
constexpr double kNear_m = 0.004, kNear_rad = 0.004;
constexpr double kHeadingGain = 2.5, kSideGain = 4.0;
constexpr double kStop_m_s2 = 2.0, kReaction_s = 0.25;  // what it counts on when something stands in its way
constexpr double kFront_m = 0.36, kRoom_m = 0.35, kHalfWidth_m = 0.27;
constexpr double kClear_s = 1.0, kWaiting_m_s = 0.05, kThere_m = 0.08;

double wrapped(double angle) { return std::remainder(angle, 2 * M_PI); }

class BaseProgramme final : public Policy {
 public:
  explicit BaseProgramme(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"base_programme", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = BaseProgramme(skill_);
    for (const auto& group : robot.groups)
      if (group.kind == Group::Kind::base && base_.name.empty()) base_ = group;
    if (base_.name.empty())
      return policies::cannot_take_part("base_programme", "a robot without a mobile base",
                                        {"a mobile base", "移动底盘"});
    if (!instruction.programme || instruction.programme->steps.empty())
      return policies::cannot_take_part("base_programme", "an instruction without a programme",
                                        {"commanded poses", "指令位姿"});
    programme_ = *instruction.programme;
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    ASSAY_RETURN_IF_ERROR(driver_.begin("base_programme", robot, false));
    aim();
    return {};
  }

  Result<Action> act(const Observation& now) override {
    Action action;
    const Observation& seen = delay_.pass(now);
    const GroupState* base = seen.group(base_.name);
    if (base == nullptr || !policies::sound(seen)) return action;
    const bool sensed = driver_.sense(seen);
    if (!walls_) walls_ = walls_around(seen);
    pose_ = walls_.value_or(false) ? driver_.pose() : base->odometry;
    if (!step().line && phase_ != Phase::rest) {
      const bool there = driver_.distance_to(to_) < kThere_m;
      driver_.act(sensed && !there ? driver_.drive_to(to_) : policies::Twist{}, action);
      if (there && driver_.at_rest()) phase_ = Phase::rest;
      return action;
    }
    look(seen);
    const auto [forward, turn] = phase_ == Phase::rest ? std::array<double, 2>{0, 0} : drive();
    const double held = clear_s_ < kClear_s ? 0 : forward;
    const double most = held < speed_m_s_ ? kStop_m_s2 : kAcceleration_m_s2;
    speed_m_s_ += std::clamp(held - speed_m_s_, -most * period_s_, most * period_s_);
    turn_rad_s_ += std::clamp(turn - turn_rad_s_, -kTurn_rad_s2 * period_s_, kTurn_rad_s2 * period_s_);
    action.groups.push_back({base_.name, Mode::base_twist, {speed_m_s_, turn_rad_s_}});
    action.done = phase_ == Phase::rest && rested();
    return action;
  }

 private:
  enum class Phase { turn_to_way, way, turn_to_heading, rest };

  [[nodiscard]] const ProgrammeStep& step() const { return programme_.steps[step_]; }

  /// A third of the first scan met something; nothing before there is a scan.
  [[nodiscard]] std::optional<bool> walls_around(const Observation& seen) const {
    for (const auto& scan : seen.scans) {
      if (scan.group != base_.name || scan.range_m.empty()) continue;
      const auto met = std::count_if(scan.range_m.begin(), scan.range_m.end(),
                                     [&](float range) { return range < scan.max_m * 0.999F; });
      return 3 * static_cast<std::size_t>(met) >= scan.range_m.size();
    }
    return std::nullopt;
  }

  /// A less skilled policy aims beside the place, and now and then leaves one out.
  void aim() {
    from_ = to_;
    to_ = {step().position_m[0] + skill_.noise_m * rng_.normal(),
           step().position_m[1] + skill_.noise_m * rng_.normal()};
    if (rng_.uniform() < skill_.miss_rate) to_[1] += 0.5;
    phase_ = Phase::turn_to_way;
    driver_.new_aim();
    rested_s_ = 0;
  }

  /// How long its way has been free of anything nearer than it can stop before.
  void look(const Observation& seen) {
    clear_s_ += period_s_;
    // Who has stopped goes on only when there is more room than made it stop.
    const double room_m = clear_s_ < kClear_s + period_s_ && speed_m_s_ < kWaiting_m_s ? 2 * kRoom_m : kRoom_m;
    const double reach_m =
        kFront_m + room_m + std::abs(speed_m_s_) * kReaction_s + speed_m_s_ * speed_m_s_ / (2 * kStop_m_s2);
    for (const auto& scan : seen.scans) {
      if (scan.group != base_.name || scan.range_m.empty()) continue;
      for (std::size_t i = 0; i < scan.range_m.size(); ++i) {
        if (scan.range_m[i] >= scan.max_m) continue;
        const double angle = 2 * M_PI * static_cast<double>(i) / static_cast<double>(scan.range_m.size());
        const double x = scan.range_m[i] * std::cos(angle), y = scan.range_m[i] * std::sin(angle);
        if (x > 0 && x < reach_m && std::abs(y) < kHalfWidth_m) clear_s_ = 0;
      }
    }
  }

  std::array<double, 2> drive() {
    const double dx = to_[0] - pose_[0], dy = to_[1] - pose_[1], left = std::hypot(dx, dy);
    switch (phase_) {
      case Phase::turn_to_way: {
        if (left < kNear_m) return next(Phase::turn_to_heading);
        const double off = wrapped(std::atan2(dy, dx) - pose_[2]);
        if (std::abs(off) < kNear_rad) return next(Phase::way);
        return {0, turn_by(off)};
      }
      case Phase::way: {
        const double way = std::atan2(to_[1] - from_[1], to_[0] - from_[0]);
        const double ahead = dx * std::cos(way) + dy * std::sin(way);
        const double aside = -(-dx * std::sin(way) + dy * std::cos(way));  // left of the way: positive
        if (ahead < kNear_m) return next(step().dwell_s > 0 ? Phase::turn_to_heading : Phase::rest);
        const double braking = step().dwell_s > 0 ? std::sqrt(2 * kAcceleration_m_s2 * 0.7 * ahead) : step().speed_m_s;
        const double off = wrapped(way - pose_[2]) - std::clamp(kSideGain * aside, -0.4, 0.4);
        return {std::max(0.01, std::min(step().speed_m_s, braking)),
                std::clamp(kHeadingGain * off, -kTurn_rad_s, kTurn_rad_s)};
      }
      case Phase::turn_to_heading: {
        const double off = wrapped(step().heading_rad - pose_[2]);
        if (std::abs(off) < kNear_rad && std::abs(turn_rad_s_) < 0.02) return next(Phase::rest);
        return {0, turn_by(off)};
      }
      case Phase::rest:
        break;
    }
    return {0, 0};
  }

  [[nodiscard]] static double turn_by(double off) {
    const double size = std::min(kTurn_rad_s, std::sqrt(2 * 0.6 * kTurn_rad_s2 * std::abs(off)));
    return off < 0 ? -std::min(size, 3 * -off) : std::min(size, 3 * off);
  }

  std::array<double, 2> next(Phase phase) {
    phase_ = phase;
    return phase == Phase::rest && step().dwell_s <= 0 ? std::array{speed_m_s_, 0.0} : std::array{0.0, 0.0};
  }

  /// True when the last step of the last cycle has been held for its time.
  bool rested() {
    if (std::abs(speed_m_s_) < 0.005 && std::abs(turn_rad_s_) < 0.01) rested_s_ += period_s_;
    if (rested_s_ < step().dwell_s) return false;
    if (++step_ == programme_.steps.size()) {
      step_ = 0;
      if (++cycle_ >= programme_.cycles) {
        step_ = programme_.steps.size() - 1;
        return true;
      }
    }
    aim();
    return false;
  }

  policies::Skill skill_;
  policies::DelayLine delay_;
  Rng rng_{StreamKey{}};
  Programme programme_;
  Group base_;
  policies::BaseDriver driver_;
  std::optional<bool> walls_;  ///< it goes by its scanner
  Phase phase_ = Phase::turn_to_way;
  std::size_t step_ = 0;
  int cycle_ = 0;
  std::array<double, 3> pose_{};
  std::array<double, 2> from_{}, to_{};
  double period_s_ = 0.02, speed_m_s_ = 0, turn_rad_s_ = 0, rested_s_ = 0, clear_s_ = 2 * kClear_s;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_base_programme(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("base_programme", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<BaseProgramme>(skill));
}

}  // namespace assay
