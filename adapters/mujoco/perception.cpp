#include "adapters/mujoco/perception.h"

#include <algorithm>
#include <cmath>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"

namespace assay::mujoco {
namespace {

constexpr int kRobotGroup = mjNGROUP - 1;
constexpr mjtByte kAllButRobot[mjNGROUP] = {1, 1, 1, 1, 1, 0};
constexpr std::int64_t kDetectorPeriodNs = 100'000'000;
constexpr double kDetectorRange_m = 6;
constexpr double kEyeHeight_m = 0.3;

/// A sensor with its own period turns in the first control tick at or after each multiple of it.
bool turns(std::int64_t t_ns, std::int64_t sensor_ns, std::int64_t control_ns) {
  return t_ns == 0 || t_ns / sensor_ns != (t_ns - control_ns) / sensor_ns;
}

}  // namespace

void hide_robot_from_rays(mjModel& model) {
  const GeomSet robot = robot_geoms(model);
  for (int geom = 0; geom < model.ngeom; ++geom) {
    if (robot[geom]) {
      model.geom_group[geom] = kRobotGroup;
    } else {
      model.geom_group[geom] = std::min(model.geom_group[geom], kRobotGroup - 1);
    }
  }
}

Result<RangeScanner> RangeScanner::make(const mjModel& model, const World& world, const Group& group, double rate_hz,
                                        std::int64_t control_period_ns) {
  RangeScanner scanner;
  scanner.group_ = group.name;
  scanner.site_ = site_id(model, group.range_site);
  if (scanner.site_ < 0) return binding_does_not_fit(world, group.name, "no site '" + group.range_site + "'");
  if (group.beams < 1 || !(group.range_max_m > 0))
    return binding_does_not_fit(world, group.name, "beams and range_max_m must be positive");
  scanner.body_ = model.site_bodyid[scanner.site_];
  scanner.max_m_ = group.range_max_m;
  constexpr double kTurn = 6.283185307179586;
  for (int i = 0; i < group.beams; ++i) {
    const double angle = kTurn * i / group.beams;
    scanner.beams_.push_back({std::cos(angle), std::sin(angle)});
  }
  if (rate_hz > 0) scanner.turn_ns_ = std::max<std::int64_t>(1, ns_from_s(1 / rate_hz));
  scanner.period_ns_ = control_period_ns;
  return scanner;
}

void RangeScanner::measure(const mjModel& model, const mjData& data, std::int64_t t_ns, Noise& noise,
                           RangeScan& scan) const {
  scan.group = group_;
  scan.max_m = static_cast<float>(max_m_);
  scan.fresh = turns(t_ns, turn_ns_, period_ns_);
  if (!scan.fresh) return;
  scan.range_m.resize(beams_.size());
  const Frame site = site_frame(data, site_);
  for (std::size_t i = 0; i < beams_.size(); ++i) {
    const Vector3d ray = site.rotation.col(0) * beams_[i][0] + site.rotation.col(1) * beams_[i][1];
    int geom = -1;
    double range = mj_ray(&model, &data, site.position.data(), ray.data(), kAllButRobot, 1, body_, &geom);
    const bool met = range >= 0 && range < max_m_;
    range = met ? std::clamp(range + noise(), 0.0, max_m_) : max_m_;
    scan.range_m[i] = static_cast<float>(range);
  }
}

Result<Detector> Detector::make(const mjModel& model, const Setup& setup) {
  Detector detector;
  for (const auto& spec : setup.detectables) {
    Item item;
    item.body = body_id(model, spec.body);
    if (item.body < 0) return setup_does_not_fit("detectable body '" + spec.body + "'");
    item.prototype.label = spec.label;
    item.prototype.kind = spec.kind;
    item.prototype.size_m = spec.size_m;
    item.half_m = Vector3d(spec.size_m[0], spec.size_m[1], spec.size_m[2]).norm() / 2;
    detector.items_.push_back(std::move(item));
  }
  const auto& groups = setup.world.groups;
  if (const Group* arm = find_group(groups, Group::Kind::arm)) {
    detector.frame_body_ = arm_base_body(model, *arm);
  } else if (const Group* base = find_group(groups, Group::Kind::base)) {
    detector.frame_body_ = body_id(model, base->base_body);
    detector.eye_site_ = site_id(model, base->range_site);
    detector.mobile_ = true;
  }
  if (detector.frame_body_ < 0) detector.frame_body_ = 0;
  detector.period_ns_ = setup.control_period_ns;
  return detector;
}

bool Detector::sees(const mjModel& model, const mjData& data, const Item& item) const {
  const Vector3d eye = eye_site_ >= 0 ? vec3(data.site_xpos + 3 * eye_site_)
                                      : Vector3d(vec3(data.xpos + 3 * frame_body_) + Vector3d(0, 0, kEyeHeight_m));
  const Vector3d to = vec3(data.xpos + 3 * item.body) - eye;
  const double distance = to.norm();
  if (distance > kDetectorRange_m) return false;
  if (distance < 1e-6) return true;
  const Vector3d ray = to / distance;
  int geom = -1;
  const double range = mj_ray(&model, &data, eye.data(), ray.data(), kAllButRobot, 1, -1, &geom);
  if (range < 0 || range >= distance - item.half_m - 0.05) return true;
  for (int body = model.geom_bodyid[geom]; body > 0; body = model.body_parentid[body])
    if (body == item.body) return true;
  return false;
}

void Detector::look(const mjModel& model, const mjData& data, Noise& noise, std::vector<Detection>& detections) const {
  detections.clear();
  const Frame frame = body_frame(data, frame_body_);
  for (const auto& item : items_) {
    const Vector3d error(noise(), noise(), noise());  // drawn whether seen or not: streams stay aligned
    if (mobile_ && !sees(model, data, item)) continue;
    const Frame seen = relative(frame, body_frame(data, item.body));
    Detection detection = item.prototype;
    const Vector3d at = seen.position + error;
    detection.position_m = {at.x(), at.y(), at.z()};
    detection.yaw_rad = heading(seen.rotation);
    detections.push_back(std::move(detection));
  }
}

void Detector::measure(const mjModel& model, const mjData& data, std::int64_t t_ns,
                       const std::array<double, 3>& odometry, Noise& noise, std::vector<Detection>& detections) {
  if (items_.empty()) return;
  if (turns(t_ns, kDetectorPeriodNs, period_ns_)) {
    look(model, data, noise, detections);
  } else if (mobile_) {
    // Moved by (dx, dy) in the old base frame and turned by `turn` since the last tick.
    const double turn = odometry[2] - last_odometry_[2];
    const double gx = odometry[0] - last_odometry_[0], gy = odometry[1] - last_odometry_[1];
    const double c0 = std::cos(last_odometry_[2]), s0 = std::sin(last_odometry_[2]);
    const double dx = c0 * gx + s0 * gy, dy = -s0 * gx + c0 * gy, c = std::cos(turn), s = std::sin(turn);
    for (auto& detection : detections) {
      const double x = detection.position_m[0] - dx, y = detection.position_m[1] - dy;
      detection.position_m[0] = c * x + s * y;
      detection.position_m[1] = -s * x + c * y;
      detection.yaw_rad -= turn;
    }
  }
  last_odometry_ = odometry;
}

}  // namespace assay::mujoco
