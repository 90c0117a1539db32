// A static crawl as geometry: which foot goes where and when, and where the centre of mass has to be. One foot is in
// the air at a time, and only while the centre of mass is over the triangle of the other three.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <optional>

namespace assay::policies {

/// On the ground: x_m, y_m, heading in rad.
struct Place {
  Eigen::Vector2d at_m = Eigen::Vector2d::Zero();
  double yaw_rad = 0;
};

/// What the gait is told each period; one frame for all, its z axis up.
struct CrawlSeen {
  double now_s = 0;
  Eigen::Vector3d com_m = Eigen::Vector3d::Zero(), com_speed_m_s = Eigen::Vector3d::Zero();
  std::array<Eigen::Vector3d, 4> feet_m{};  ///< by the joints
  std::array<double, 4> load_n{};           ///< ground's force on each
};

class CrawlGait {
 public:
  enum class Phase { stand, shift, unload, swing, arrive, done };
  static constexpr std::size_t kFeet = 4;
  using Feet = std::array<Eigen::Vector3d, kFeet>;

  /// `home` and `home_com` are where feet and centre of mass are in the home posture, from the trunk's own place,
  /// heading 0; `feet` where the feet stand now.
  void start(const Feet& home, const Eigen::Vector3d& home_com, const Feet& feet);
  /// Where the middle of the home posture is to be in the end. Changes take effect with the next round of steps.
  void head_for(const Place& goal) { goal_ = goal; }
  /// One control period.
  void advance(const CrawlSeen& seen);

  [[nodiscard]] Phase phase() const { return phase_; }
  /// The foot in the air, or about to be.
  [[nodiscard]] std::optional<std::size_t> lifted() const;
  /// Largest load that a foot may be given now.
  [[nodiscard]] double most_n(std::size_t foot, double now_s) const;
  /// Where the feet stand; the foot in the air: where it was last.
  [[nodiscard]] const Feet& feet_m() const { return feet_; }
  /// Path of the foot in the air.
  [[nodiscard]] Eigen::Vector3d swing_m(double now_s) const;
  /// What the body is to follow: centre of mass over ground, trunk's height over the standing feet's mean, heading.
  [[nodiscard]] Eigen::Vector2d com_m(double now_s) const;
  [[nodiscard]] double yaw_rad(double now_s) const;
  [[nodiscard]] double ground_m() const { return ground_m_; }
  /// Where the home posture would be if it had the feet as they stand.
  [[nodiscard]] Place place() const;

 private:
  void enter(Phase phase, double now_s);
  void follow_feet(const CrawlSeen& seen);
  void plan_round();
  void plan_shift(const CrawlSeen& seen);
  void plan_swing(const CrawlSeen& seen);
  void touch_down(const CrawlSeen& seen);
  [[nodiscard]] bool arrived() const;
  [[nodiscard]] double margin_m(const Eigen::Vector2d& at) const;
  [[nodiscard]] Eigen::Vector2d inside_triangle(Eigen::Vector2d at) const;

  Phase phase_ = Phase::stand;
  double since_s_ = 0, shift_s_ = 0, last_s_ = 0, ground_m_ = 0;
  Feet home_{}, feet_{};
  Eigen::Vector3d home_com_ = Eigen::Vector3d::Zero();
  std::array<std::size_t, kFeet> order_{};
  std::array<double, kFeet> landed_s_{};
  std::size_t turn_ = 0;
  std::optional<Place> goal_;
  Place began_, aim_;                                                              ///< of this round
  Eigen::Vector2d from_ = Eigen::Vector2d::Zero(), to_ = Eigen::Vector2d::Zero();  ///< centre of mass
  double yaw_from_ = 0, yaw_to_ = 0;
  Eigen::Vector3d lift_off_ = Eigen::Vector3d::Zero(), landing_ = Eigen::Vector3d::Zero();
  int touching_ = 0;
  bool hasty_ = false;  ///< the foot has to come down where it is
};

}  // namespace assay::policies
