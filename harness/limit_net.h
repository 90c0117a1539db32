// The second net under hard limits: what a robot's own record shows to be broken, though the robot said nothing.
#pragma once

#include <string>
#include <vector>

#include "adapters/robot.h"
#include "core/model/setup.h"

namespace assay::harness {

/// Reads the peak channels "contact_force.<limit id>", "tcp_speed_m_s", "joint_speed_ratio", "base_speed_m_s" and the
/// truth channel of a separation, where the robot has them.
class LimitNet {
 public:
  void open(const Setup& setup, const RobotDescription& robot);
  /// Limits that neither a peak nor truth can show: only the robot itself watches them.
  [[nodiscard]] const std::vector<std::string>& unwatched() const { return unwatched_; }
  /// Limits that this sample breaks, stamped at its end; each once. A value that is no number breaks its limit.
  std::vector<LimitHit> look(const Sample& sample);

 private:
  struct Watched {
    Limit limit;
    bool in_truth = false, caught = false;
    std::size_t column = 0;
  };
  std::vector<Watched> watched_;
  std::vector<std::string> unwatched_;
};

}  // namespace assay::harness
