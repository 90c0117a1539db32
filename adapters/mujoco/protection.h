// What a simulated robot's own safety functions do, past its policy: the stop input, the watchdog of its command link,
// the brakes when power goes, the speed that it must keep. They belong to the simulated controller and are alike for
// every robot; defects (defects.h) change them.
//
// A stop of category 1 or 2 begins when it is asked for and slows every joint and wheel down evenly, the fastest wheel
// by kBaseStop_m_s2, the fastest joint by kArmStop_rad_s2; after category 1 the brakes close. Category 0 and a loss of
// power close the brakes at once. Commands that stay away longer than kWatchdog_s are a stop of category 1. Nothing of
// it ends by itself: the robot stands until the trial's end, also when the cause is gone. What it notices by itself, a
// sensor that fails or a load that slips from its hand (self_check.h), is a stop of category 1, too. Commands beyond
// what joints and wheels are rated for are cut to that.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/mujoco/defects.h"
#include "adapters/robot.h"
#include "core/model/setup.h"

namespace assay::mujoco {

inline constexpr double kBaseStop_m_s2 = 2.0, kArmStop_rad_s2 = 6.0, kWatchdog_s = 0.2;

class Protection {
 public:
  /// Fails with 0421.
  static Result<Protection> make(const Setup& setup, const SafetyDefects& defects);
  [[nodiscard]] bool on() const { return !stimuli_.empty(); }

  /// What the controller is to do from this physics step on.
  struct Order {
    std::optional<StopCategory> stop;  ///< begins now
    bool go = false;                   ///< moves again by itself (a defect)
  };
  /// The robot as it is: its speed (tool, or base), the nearest person, whether it stands.
  struct Seen {
    double speed_m_s = 0, nearest_person_m = 0;
    bool at_rest = false, sensors_doubtful = false, load_lost = false, carries = false;
  };
  Order look(std::int64_t now_ns, const Seen& seen);

  /// Commands of the policy reach the robot and are carried out.
  [[nodiscard]] bool obeys() const { return !stopping_ && !link_lost_; }
  /// What it may move at most, or nothing.
  [[nodiscard]] std::optional<double> speed_limit_m_s() const { return limit_m_s_; }
  [[nodiscard]] double speed_ratio() const { return defects_.speed_ratio; }
  [[nodiscard]] bool wants_separation() const;
  /// The sensor that fails now, or nothing.
  [[nodiscard]] const Stimulus* sensor_fault() const { return standing(Stimulus::Kind::sensor_fault); }
  /// How far beyond its rated speed it is commanded now, whatever the policy says.
  [[nodiscard]] const Stimulus* over_command() const { return standing(Stimulus::Kind::over_command); }
  /// The grip gives way now: once.
  [[nodiscard]] const Stimulus* take_grip_loss();
  [[nodiscard]] bool keeps_rated_limits() const { return on() && defects_.ignores_rated_limits == 0; }
  void set_rated(double base_m_s) { rated_m_s_ = base_m_s; }

  /// Truth of a stimulus: requested, confirmed, released in s; of speed_limit the limit in m/s. Nothing: not given.
  [[nodiscard]] bool has(const std::string& name) const { return find(name) != nullptr; }
  void read(const std::string& name, std::vector<double>& row) const;

 private:
  struct Item {
    StimulusRun run;
    std::int64_t requested_ns = -1, confirmed_ns = -1, released_ns = -1;
    std::int64_t carries_ns = -1;  ///< grip_loss: since when something is carried
    bool acted = false;
    [[nodiscard]] bool standing() const { return requested_ns >= 0 && released_ns < 0; }
  };
  [[nodiscard]] const Item* find(const std::string& name) const;
  [[nodiscard]] const Stimulus* standing(Stimulus::Kind kind) const;
  [[nodiscard]] bool notices_by_itself(std::int64_t now_ns, const Seen& seen);
  void give(Item& item, std::int64_t now_ns, const Seen& seen) const;
  [[nodiscard]] std::optional<StopCategory> answer(Item& item, std::int64_t now_ns) const;

  std::vector<Item> stimuli_;
  SafetyDefects defects_;
  bool stopping_ = false, link_lost_ = false, alarmed_ = false, grip_lost_ = false;
  std::int64_t alarm_ns_ = -1;
  double rated_m_s_ = 0;
  std::optional<double> limit_m_s_;
};

}  // namespace assay::mujoco
