// Sensors that look outward: planar range scanners by ray casting, and the harness-made detector.
#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/geometry.h"
#include "adapters/mujoco/noise.h"
#include "core/model/sample.h"

namespace assay::mujoco {

/// Geoms of the robot move into a group of their own in the working model, so that rays can pass through them.
/// (A geom's group has no effect on physics.)
void hide_robot_from_rays(mjModel& model);
/// Likewise a body with all below it, which no sensor of the robot is to see.
void hide_body_from_rays(mjModel& model, int body);

/// Turns at `rate_hz`; between turns the last scan stands with fresh = false. The robot sees through itself.
class RangeScanner {
 public:
  /// Fails with ASSAY-0422 (no such site).
  static Result<RangeScanner> make(const mjModel& model, const World& world, const Group& group, double rate_hz,
                                   std::int64_t control_period_ns);
  void measure(const mjModel& model, const mjData& data, std::int64_t t_ns, Noise& noise, Losses& losses,
               RangeScan& scan) const;

 private:
  std::string group_;
  int site_ = -1, body_ = -1;
  std::vector<std::array<double, 2>> beams_;  ///< cosine and sine in the site's plane
  double max_m_ = 0;
  std::int64_t turn_ns_ = 100'000'000, period_ns_ = 20'000'000;
};

/// Reports the set-up's detectables at 10 Hz: position of the body's origin with noise and bias, heading without, in
/// the sensing frame (entities.h). What a robot on a mobile base sees lies within 6 m and is not hidden (one ray
/// from the eye to the body's origin); a fixed arm sees everything. The set-up's DetectorView changes range, angle
/// (about the frame's x axis, in its xy plane) and, for a fixed arm, hiding. The eye is 0.6 m above the arm's base;
/// without an arm the scanner, or 0.3 m above the base. The robot sees through itself. Between two looks the last
/// detections stand, on a mobile base carried along by its own odometry, as a tracker would; a look that lost something
/// reports the rest.
class Detector {
 public:
  /// Fails with ASSAY-0421 (no such body).
  static Result<Detector> make(const mjModel& model, const Setup& setup);
  void measure(const mjModel& model, const mjData& data, std::int64_t t_ns, const std::array<double, 3>& odometry,
               Noise& noise, SensorFaults& faults, std::vector<Detection>& detections);
  /// Never reports this body.
  void forget(int body) {
    std::erase_if(items_, [body](const Item& item) { return item.body == body; });
  }

 private:
  struct Item {
    int body = -1;
    Detection prototype;
    double half_m = 0;
  };
  [[nodiscard]] bool sees(const mjModel& model, const mjData& data, const Item& item) const;
  [[nodiscard]] bool hides(const mjModel& model, const mjData& data, const Item& item, const Vector3d& eye,
                           const Vector3d& to) const;
  void look(const mjModel& model, const mjData& data, std::int64_t t_ns, Noise& noise, SensorFaults& faults,
            std::vector<Detection>& detections) const;
  void carry(const mjData& data, const std::array<double, 3>& odometry, std::vector<Detection>& detections) const;

  std::vector<Item> items_;
  SensingFrame frame_;
  DetectorView view_;
  std::int64_t period_ns_ = 20'000'000;
  std::array<double, 3> last_odometry_{};
};

}  // namespace assay::mujoco
