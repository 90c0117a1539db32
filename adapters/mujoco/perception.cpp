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
constexpr double kMobileRange_m = 6;
constexpr double kEyeOverBase_m = 0.3, kEyeOverArm_m = 0.6;

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

void hide_body_from_rays(mjModel& model, int body) {
  const GeomSet geoms = geoms_of(model, body);
  for (int geom = 0; geom < model.ngeom; ++geom)
    if (geoms[geom]) model.geom_group[geom] = kRobotGroup;
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

void RangeScanner::measure(const mjModel& model, const mjData& data, std::int64_t t_ns, Noise& noise, Losses& losses,
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
    if (losses(t_ns)) range = max_m_;
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
  const DetectorView& view = setup.detector;
  if (!(view.range_m >= 0) || !(view.fov_rad >= 0)) return setup_does_not_fit("range or angle of the detector");
  detector.view_ = view;
  detector.frame_ = sensing_frame(model, setup.world.groups);
  if (detector.frame_.carrier >= 0) {
    detector.view_.occlusion = true;
    if (view.range_m == 0) detector.view_.range_m = kMobileRange_m;
  }
  detector.period_ns_ = setup.control_period_ns;
  return detector;
}

bool Detector::sees(const mjModel& model, const mjData& data, const Item& item) const {
  const Frame frame = body_frame(data, frame_.body);
  const Vector3d at = vec3(data.xpos + 3 * item.body);
  if (view_.fov_rad > 0) {
    const Vector3d seen = frame.rotation.transpose() * (at - frame.position);
    if (std::abs(std::atan2(seen.y(), seen.x())) > view_.fov_rad / 2) return false;
  }
  const double over_m = frame_.body == frame_.carrier ? kEyeOverBase_m : kEyeOverArm_m;
  const Vector3d eye = frame_.eye_site >= 0 ? vec3(data.site_xpos + 3 * frame_.eye_site)
                                            : Vector3d(frame.position + Vector3d(0, 0, over_m));
  const Vector3d to = at - eye;
  if (view_.range_m > 0 && to.norm() > view_.range_m) return false;
  return !view_.occlusion || !hides(model, data, item, eye, to);
}

/// Something stands between the eye and the item.
bool Detector::hides(const mjModel& model, const mjData& data, const Item& item, const Vector3d& eye,
                     const Vector3d& to) const {
  const double distance = to.norm();
  if (distance < 1e-6) return false;
  const Vector3d ray = to / distance;
  int geom = -1;
  const double range = mj_ray(&model, &data, eye.data(), ray.data(), kAllButRobot, 1, -1, &geom);
  if (range < 0 || range >= distance - item.half_m - 0.05) return false;
  for (int body = model.geom_bodyid[geom]; body > 0; body = model.body_parentid[body])
    if (body == item.body) return false;
  return true;
}

void Detector::look(const mjModel& model, const mjData& data, std::int64_t t_ns, Noise& noise, SensorFaults& faults,
                    std::vector<Detection>& detections) const {
  detections.clear();
  const Frame frame = body_frame(data, frame_.body);
  const Vector3d bias = vec3(faults.detections_bias_m.data());
  for (const auto& item : items_) {
    const Vector3d error(noise(), noise(), noise());  // drawn whether seen or not: streams stay aligned
    const bool lost = faults.detections(t_ns);
    if (lost || !sees(model, data, item)) continue;
    const Frame seen = relative(frame, body_frame(data, item.body));
    Detection detection = item.prototype;
    const Vector3d at = seen.position + error + bias;
    detection.position_m = {at.x(), at.y(), at.z()};
    detection.yaw_rad = heading(seen.rotation);
    detections.push_back(std::move(detection));
  }
}

/// Moved by (dx, dy) in the old base frame and turned by `turn` since the last tick, says odometry. How an arm's base
/// sits on the mobile base, the robot knows.
void Detector::carry(const mjData& data, const std::array<double, 3>& odometry,
                     std::vector<Detection>& detections) const {
  const double turn = odometry[2] - last_odometry_[2];
  const double gx = odometry[0] - last_odometry_[0], gy = odometry[1] - last_odometry_[1];
  const double c0 = std::cos(last_odometry_[2]), s0 = std::sin(last_odometry_[2]);
  const double dx = c0 * gx + s0 * gy, dy = -s0 * gx + c0 * gy, c = std::cos(turn), s = std::sin(turn);
  Frame mount;
  if (frame_.body != frame_.carrier) mount = relative(body_frame(data, frame_.carrier), body_frame(data, frame_.body));
  for (auto& detection : detections) {
    Vector3d at = mount.position + mount.rotation * vec3(detection.position_m.data());
    const double x = at.x() - dx, y = at.y() - dy;
    at.x() = c * x + s * y;
    at.y() = -s * x + c * y;
    at = mount.rotation.transpose() * (at - mount.position);
    detection.position_m = {at.x(), at.y(), at.z()};
    detection.yaw_rad -= turn;
  }
}

void Detector::measure(const mjModel& model, const mjData& data, std::int64_t t_ns,
                       const std::array<double, 3>& odometry, Noise& noise, SensorFaults& faults,
                       std::vector<Detection>& detections) {
  if (items_.empty()) return;
  if (turns(t_ns, kDetectorPeriodNs, period_ns_)) {
    look(model, data, t_ns, noise, faults, detections);
  } else if (frame_.carrier >= 0) {
    carry(data, odometry, detections);
  }
  last_odometry_ = odometry;
}

}  // namespace assay::mujoco
