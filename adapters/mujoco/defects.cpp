#include "adapters/mujoco/defects.h"

#include <algorithm>
#include <cmath>

#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/protection.h"

namespace assay::mujoco {

namespace {

constexpr double kStill_m_s = 0.005, kMoving_m_s = 0.02;  // of the tool: joints may turn under a tool that stands
constexpr std::int64_t kRest_ns = 100'000'000;

struct Known {
  const char* name;
  double low, high;
  double* value;
};

}  // namespace

bool TcpError::on() const {
  return scale != 1 || spread_m > 0 || std::any_of(offset_m.begin(), offset_m.end(), [](double x) { return x != 0; });
}

void TcpError::falsify(GroupState& state, std::int64_t period_ns, Rng& rng) {
  double way = 0;
  for (std::size_t k = 0; k < 3; ++k) way = std::hypot(way, state.tcp_m[k] - last_m[k]);
  last_m = state.tcp_m;
  const double speed_m_s = way / (static_cast<double>(period_ns) * 1e-9);
  resting_ns = speed_m_s < kStill_m_s ? resting_ns + period_ns : 0;
  rested = rested || resting_ns >= kRest_ns;
  if (rested && speed_m_s > kMoving_m_s) {
    rested = false;
    for (auto& x : drawn_m) x = spread_m * rng.normal();
  }
  for (std::size_t k = 0; k < 3; ++k) state.tcp_m[k] = (state.tcp_m[k] - offset_m[k] - drawn_m[k]) / scale;
}

Result<Defects> read_defects(const Setup& setup) {
  Defects out;
  out.safety.stop_deceleration_m_s2 = kBaseStop_m_s2;
  out.safety.stop_deceleration_rad_s2 = kArmStop_rad_s2;
  out.safety.watchdog_s = kWatchdog_s;
  const Known known[] = {{"tcp_offset_x_m", -0.1, 0.1, &out.tcp.offset_m[0]},
                         {"tcp_offset_y_m", -0.1, 0.1, &out.tcp.offset_m[1]},
                         {"tcp_offset_z_m", -0.1, 0.1, &out.tcp.offset_m[2]},
                         {"tcp_scale", 0.9, 1.1, &out.tcp.scale},
                         {"tcp_spread_m", 0, 0.05, &out.tcp.spread_m},
                         {"sight_offset_x_m", -0.5, 0.5, &out.sight_offset_m[0]},
                         {"sight_offset_y_m", -0.5, 0.5, &out.sight_offset_m[1]},
                         {"sight_offset_z_m", -0.5, 0.5, &out.sight_offset_m[2]},
                         {"stop_delay_s", 0, 10, &out.safety.stop_delay_s},
                         {"stop_deceleration_m_s2", 0.01, 100, &out.safety.stop_deceleration_m_s2},
                         {"stop_deceleration_rad_s2", 0.01, 1000, &out.safety.stop_deceleration_rad_s2},
                         {"watchdog_s", 0, 60, &out.safety.watchdog_s},
                         {"restarts_after_stop", 0, 1, &out.safety.restarts_after_stop},
                         {"ignores_person", 0, 1, &out.safety.ignores_person},
                         {"speed_ratio", 0.1, 5, &out.safety.speed_ratio},
                         {"ignores_sensor_faults", 0, 1, &out.safety.ignores_sensor_faults},
                         {"ignores_grip_loss", 0, 1, &out.safety.ignores_grip_loss},
                         {"ignores_rated_limits", 0, 1, &out.safety.ignores_rated_limits},
                         {"command_delay_s", 0, 5, &out.command_delay_s}};
  for (const auto& defect : setup.defects) {
    const auto& name = defect.first;
    const double value = defect.second;
    const auto* place =
        std::find_if(std::begin(known), std::end(known), [&](const Known& k) { return name == k.name; });
    if (place == std::end(known)) {
      std::string names;
      for (const auto& k : known) names += (names.empty() ? "" : ", ") + std::string(k.name);
      return setup_does_not_fit("defect '" + name + "' is not known; known: " + names);
    }
    if (!(value >= place->low && value <= place->high))
      return setup_does_not_fit("defect '" + name + "' = " + std::to_string(value) + " lies outside " +
                                std::to_string(place->low) + " … " + std::to_string(place->high));
    *place->value = value;
  }
  return out;
}

}  // namespace assay::mujoco
