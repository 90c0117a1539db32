// Keeps a tool pressed on a surface of unknown stiffness with a wanted force: an admittance law on the wrist's force.
#pragma once

namespace assay::policies {

/// Normal speed v = (aim − force) / d, where d is learnt: while the force first rises, stiffness = Δforce / Δdepth, and
/// d = stiffness × kSettle_s makes every surface settle alike (first order, kSettle_s).
class ForceServo {
 public:
  /// Off the surface; what was learnt of it is kept.
  void release();
  /// A new surface.
  void forget();
  /// One period: measured normal force (N, compression positive) and depth (m, into the surface) → normal speed to
  /// command (m/s, into the surface), within `fastest_m_s`.
  double step(double force_n, double depth_m, double aim_n, double fastest_m_s);

  [[nodiscard]] double force_n() const { return force_n_; }  ///< filtered
  [[nodiscard]] bool touching() const { return touching_; }
  /// Depth at which the tool first touched since release(); valid while touching.
  [[nodiscard]] double touch_depth_m() const { return touch_depth_m_; }
  [[nodiscard]] double stiffness_n_m() const { return stiffness_n_m_; }

 private:
  double force_n_ = 0, touch_depth_m_ = 0, touch_force_n_ = 0;
  double stiffness_n_m_ = 0;
  bool touching_ = false, learnt_ = false;
};

}  // namespace assay::policies
