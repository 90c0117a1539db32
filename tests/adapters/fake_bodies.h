// Kinematic stand-ins for robots: no physics, exact, a few lines each, so that a policy's decisions are what is tested.
#pragma once

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "adapters/policy.h"

namespace assay::test {

inline RobotDescription describe(std::vector<Group> groups) {
  RobotDescription robot;
  robot.control_period_ns = 20'000'000;
  robot.groups = std::move(groups);
  return robot;
}

inline RobotDescription arm_robot() {
  Group arm;
  arm.kind = Group::Kind::arm;
  arm.name = "arm";
  arm.joints = {"j1", "j2", "j3", "j4", "j5", "j6", "j7"};
  Group gripper;
  gripper.kind = Group::Kind::gripper;
  gripper.name = "gripper";
  gripper.max_width_m = 0.08;
  gripper.grip_force_n = 40;
  return describe({arm, gripper});
}

inline RobotDescription base_robot() {
  Group base;
  base.kind = Group::Kind::base;
  base.name = "base";
  base.wheel_radius_m = 0.08;
  base.track_m = 0.4;
  base.max_speed_m_s = 1.2;
  base.max_yaw_rad_s = 1.8;
  base.range_site = "scan";
  base.beams = 72;
  base.range_max_m = 8;
  return describe({base});
}

inline Instruction told(std::vector<std::pair<std::string, std::string>> labels) {
  Instruction instruction;
  for (const auto& [slot, label] : labels) {
    instruction.labels[slot] = label;
    instruction.slots[slot] = label;
  }
  return instruction;
}

/// A tool that goes where it is told and takes hold of what stands between its fingers.
class FakeArm {
 public:
  std::vector<Detection> things;
  std::vector<std::string> grasped;  ///< labels, in order
  int drops = 0;                     ///< things that slip out of the hand at height, so many times
  bool report = true;                ///< the detector works

  void add(const std::string& label, const std::string& kind, std::array<double, 3> at, std::array<double, 3> size,
           double yaw = 0) {
    things.push_back({label, kind, at, yaw, size, true});
  }

  [[nodiscard]] const Detection& thing(const std::string& label) const {
    return *std::find_if(things.begin(), things.end(), [&](const Detection& d) { return d.label == label; });
  }

  [[nodiscard]] Observation observe() {
    Observation seen;
    seen.time.ns = tick_ * 20'000'000;
    GroupState arm;
    arm.group = "arm";
    arm.position_rad.assign(7, 0);
    arm.velocity_rad_s.assign(7, 0);
    arm.tcp_m = {tcp_.x(), tcp_.y(), tcp_.z()};
    arm.tcp_wxyz = {rotation_.w(), rotation_.x(), rotation_.y(), rotation_.z()};
    GroupState gripper;
    gripper.group = "gripper";
    gripper.position_rad = {width_m_};
    gripper.velocity_rad_s = {0};
    seen.groups = {arm, gripper};
    if (tick_ % 5 == 0) {
      seen_ = things;
      // The last bits differ from measurement to measurement, as with any sensor.
      for (auto& d : seen_) d.position_m[0] += 1e-6 * static_cast<double>(tick_);
    }
    if (report) seen.detections = seen_;
    return seen;
  }

  void apply(const Action& action) {
    ++tick_;
    for (const auto& g : action.groups) {
      if (g.group == "arm" && g.mode == Mode::ee_delta_pose) move(g.values);
      if (g.group == "gripper" && g.mode == Mode::gripper) grip(g.values.at(0) < 0.5);
    }
    if (held_ == nullptr) return;
    held_->position_m = {tcp_.x(), tcp_.y(), tcp_.z()};
    if (drops > 0 && tcp_.z() > 0.1) {
      --drops;
      let_go();
    }
  }

 private:
  void move(const std::vector<double>& v) {
    const Eigen::Vector3d by(v.at(0), v.at(1), v.at(2)), turn(v.at(3), v.at(4), v.at(5));
    fastest_m_s = std::max(fastest_m_s, by.norm() / 0.02);
    tcp_ += by;
    if (turn.norm() > 0) rotation_ = Eigen::AngleAxisd(turn.norm(), turn.normalized()) * rotation_;
  }

  void grip(bool close) {
    const double floor = held_ != nullptr ? 0.05 : 0;
    width_m_ = close ? std::max(floor, width_m_ - 0.004) : std::min(0.08, width_m_ + 0.004);
    if (!close && held_ != nullptr) let_go();
    if (!close || held_ != nullptr || width_m_ > 0.05) return;
    for (auto& d : things)
      if (d.kind == "parcel" && std::hypot(d.position_m[0] - tcp_.x(), d.position_m[1] - tcp_.y()) < 0.015 &&
          std::abs(d.position_m[2] - tcp_.z()) < 0.02) {
        held_ = &d;
        grasped.push_back(d.label);
      }
  }

  void let_go() {
    held_->position_m[2] = 0.025;
    held_ = nullptr;
  }

 public:
  double fastest_m_s = 0;

 private:
  std::int64_t tick_ = 0;
  Eigen::Vector3d tcp_{0.42, 0, 0.35};
  Eigen::Quaterniond rotation_{0, 0, 1, 0};
  double width_m_ = 0.08;
  Detection* held_ = nullptr;
  std::vector<Detection> seen_;
};

/// A base that turns its wheels as told, in a walled hall with round pillars; one of them may walk.
class FakeBase {
 public:
  struct Pillar {
    double x = 0, y = 0, radius = 0.2, vx = 0, vy = 0;
  };
  std::vector<Pillar> pillars;
  std::vector<Detection> stations;  ///< positions in the world frame
  double half_x = 4, half_y = 3, x = -3.2, y = 0, yaw = 0, sight_m = 6;
  double speed = 0, yaw_rate = 0, nearest_m = 1e3, hardest_m_s2 = 0;
  double way_gain = 1, turn_gain = 1;  ///< of its odometry
  double bias_x = 0, bias_y = 0;       ///< of its detector, in its own frame

  [[nodiscard]] Observation observe() const {
    Observation seen;
    seen.time.ns = tick_ * 20'000'000;
    GroupState base;
    base.group = "base";
    base.position_rad = {0, 0};
    base.velocity_rad_s = {0, 0};
    base.odometry = odometry_;
    base.twist = {speed, yaw_rate};
    seen.groups = {base};
    RangeScan scan;
    scan.group = "base";
    scan.max_m = 8;
    scan.fresh = tick_ % 5 == 0;
    for (int i = 0; i < 72; ++i) scan.range_m.push_back(static_cast<float>(range(yaw + i * 6.283185307179586 / 72)));
    seen.scans = {scan};
    for (auto d : stations) {
      const double dx = d.position_m[0] - x, dy = d.position_m[1] - y;
      if (std::hypot(dx, dy) > sight_m) continue;
      d.position_m = {std::cos(yaw) * dx + std::sin(yaw) * dy + bias_x,
                      -std::sin(yaw) * dx + std::cos(yaw) * dy + bias_y, 0};
      seen.detections.push_back(d);
    }
    return seen;
  }

  void apply(const Action& action) {
    ++tick_;
    for (const auto& g : action.groups) {
      if (g.mode != Mode::base_twist) continue;
      hardest_m_s2 = std::max(hardest_m_s2, std::abs(g.values.at(0) - speed) / 0.02);
      speed = g.values.at(0);
      yaw_rate = g.values.at(1);
    }
    yaw += yaw_rate * 0.02;
    x += speed * 0.02 * std::cos(yaw);
    y += speed * 0.02 * std::sin(yaw);
    odometry_[2] += turn_gain * yaw_rate * 0.02;
    odometry_[0] += way_gain * speed * 0.02 * std::cos(odometry_[2]);
    odometry_[1] += way_gain * speed * 0.02 * std::sin(odometry_[2]);
    for (auto& p : pillars) {
      p.x += p.vx * 0.02;
      p.y += p.vy * 0.02;
      nearest_m = std::min(nearest_m, std::hypot(p.x - x, p.y - y) - p.radius);
    }
    nearest_m = std::min({nearest_m, half_x - std::abs(x), half_y - std::abs(y)});
  }

 private:
  [[nodiscard]] double range(double angle) const {
    const double dx = std::cos(angle), dy = std::sin(angle);
    double nearest = 8;
    if (dx != 0) nearest = std::min(nearest, ((dx > 0 ? half_x : -half_x) - x) / dx);
    if (dy != 0) nearest = std::min(nearest, ((dy > 0 ? half_y : -half_y) - y) / dy);
    for (const auto& p : pillars) {
      const double along = (p.x - x) * dx + (p.y - y) * dy, across = (p.x - x) * dy - (p.y - y) * dx;
      if (along > 0 && std::abs(across) < p.radius)
        nearest = std::min(nearest, along - std::sqrt(p.radius * p.radius - across * across));
    }
    return nearest;
  }
  std::int64_t tick_ = 0;
  std::array<double, 3> odometry_{};
};

/// Runs until the policy says done or refuses, or the time is over. Returns the time in s, or -1.
template <class Body>
double run(Policy& policy, Body& body, double limit_s, Action* last = nullptr) {
  for (int tick = 0; tick * 0.02 < limit_s; ++tick) {
    const auto action = policy.act(body.observe());
    if (!action.ok()) return -1;
    if (last != nullptr) *last = *action;
    if (action->done || action->refuse) return tick * 0.02;
    body.apply(*action);
  }
  return -1;
}

}  // namespace assay::test
