// Puts a held peg into a socket by feel: down until it touches, a spiral on the rim under light pressure until it drops
// into the chamfer, then down with sideways compliance. Frame: the arm's base; forces as a wrist sensor gives them.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace assay::policies {

class PegFeel {
 public:
  enum class State { down, search, push, in, lost };

  /// `mouth_z_m`: height of the tool at which the peg's lower end is level with the socket's mouth, as seen.
  /// `press_n`: what the grip can hold.
  void start(double mouth_z_m, double depth_m, double press_n, double widest_search_m);
  /// One control period; returns the ee_delta_pose to command.
  std::vector<double> step(const Eigen::Vector3d& tool_m, const Eigen::Vector3d& force_n, double period_s);
  [[nodiscard]] State state() const { return state_; }

 private:
  void touch(const Eigen::Vector3d& tool_m);
  Eigen::Vector2d spiral_speed(double period_s);

  State state_ = State::down;
  double mouth_z_m_ = 0, depth_m_ = 0, press_n_ = 0, widest_m_ = 0;
  double rim_z_m_ = 0;    ///< height of the tool on the rim, once touched
  double angle_rad_ = 0;  ///< of the spiral
  double deepest_m_ = 0;  ///< below the rim
  double still_s_ = 0;    ///< without getting deeper
  double touching_s_ = 0;
  Eigen::Vector3d felt_n_ = Eigen::Vector3d::Zero();
};

}  // namespace assay::policies
