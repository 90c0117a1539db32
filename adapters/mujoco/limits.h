// Hard limits, checked each physics step, and the largest values of each control period.
#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/mujoco/contacts.h"
#include "adapters/mujoco/distance.h"
#include "core/model/sample.h"
#include "core/model/setup.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay::mujoco {

/// Peak channels: contact_force.<limit id> (one per contact limit), robot_contact_force_n (ContactWatch says what it
/// counts), tcp_speed_m_s (the fastest TCP, world frame), joint_speed_ratio (to the binding's limits),
/// base_speed_m_s (planar). What the robot does not have stays 0.
///
/// A separation is not measured again before it could have come down to its limit at a closing speed of 20 m/s,
/// far above what any robot or person here reaches.
class Limits {
 public:
  struct Joint {
    int dof = -1;
    double speed_limit_rad_s = 0;
  };
  /// Fails with ASSAY-0421 if a limit names something the scene lacks, or its value is not finite.
  Result<void> reset(const mjModel& model, const Setup& setup, ContactWatch& watch);
  void watch_tcp(int site) { tcp_sites_.push_back(site); }
  void watch_joint(const Joint& joint) { joints_.push_back(joint); }
  void watch_base(int body) { base_bodies_.push_back(body); }

  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }
  void begin_period();
  /// Forces of the step that ends at `t_ns` (after mj_step2).
  void see_forces(const ContactWatch& watch, std::int64_t t_ns);
  /// Speeds and distances at `t_ns` (after mj_step1).
  void see_state(const mjModel& model, const mjData& data, std::int64_t t_ns);
  [[nodiscard]] const std::vector<double>& peaks() const { return peaks_; }
  /// First violations since the last call.
  std::vector<LimitHit> take_hits();
  [[nodiscard]] bool has_hits() const { return !hits_.empty(); }

 private:
  struct Watched {
    Limit limit;
    int pair = -1;  ///< contact force
    int peak = -1;  ///< its channel
    std::optional<SurfaceDistance> distance;
    std::int64_t next_look_ns = 0;
    bool broken = false;
  };
  void compare(Watched& watched, double value, std::int64_t t_ns);
  void look_at_separation(Watched& watched, const mjModel& model, const mjData& data, std::int64_t t_ns);

  std::vector<Watched> limits_;
  std::vector<int> tcp_sites_, base_bodies_;
  std::vector<Joint> joints_;
  std::vector<Channel> channels_;
  std::vector<double> peaks_;
  std::vector<LimitHit> hits_;
  int first_common_ = 0;  ///< index of robot_contact_force_n; the other three follow
};

}  // namespace assay::mujoco
