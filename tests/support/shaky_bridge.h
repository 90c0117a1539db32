// A bad network between two DDS domains: carries every topic of a mapping from one to the other, and tampers on the
// way.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "adapters/ros2/mapping.h"

namespace assay::testing {

class ShakyBridge {
 public:
  enum class Mode { pass, freeze, refuse };
  using Tamper = std::function<std::vector<ros2::Message>(const std::string& topic, ros2::Message message)>;

  /// The robot stands in `mapping`'s domain, whoever examines it in `outside`'s.
  ShakyBridge(const ros2::Mapping& mapping, const ros2::BusOptions& outside, Tamper tamper);
  ~ShakyBridge();
  ShakyBridge(const ShakyBridge&) = delete;
  ShakyBridge& operator=(const ShakyBridge&) = delete;

  /// refuse: nobody is to be found outside any more.
  void set(Mode mode) { wanted_ = mode; }
  void sound(bool yes) { sound_ = yes; }
  [[nodiscard]] const ros2::Mapping& mapping() const { return mapping_; }

 private:
  void run();
  void open_outside();

  ros2::Mapping mapping_;  ///< as seen from outside
  ros2::BusOptions inside_;
  const Tamper tamper_;
  std::unique_ptr<ros2::Bus> near_, far_;  ///< near the robot, far from it
  struct Way {
    ros2::Reader from;
    ros2::Writer to;
  };
  std::map<std::string, Way> out_, in_;
  std::atomic<Mode> wanted_{Mode::pass};
  std::atomic<bool> sound_{false}, closing_{false};
  std::thread thread_;
};

}  // namespace assay::testing
