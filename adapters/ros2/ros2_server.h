// Plays a robot over ROS 2 topics, for rehearsals and contract tests (`assay robot serve --wire ros2`).
#pragma once

#include <memory>

#include "adapters/http/paced_robot.h"
#include "adapters/ros2/mapping.h"

namespace assay {

class Ros2Server {
 public:
  /// Publishes and listens on threads of its own until destroyed. Fails with 1257 (cannot join the domain).
  static Result<std::unique_ptr<Ros2Server>> start(std::unique_ptr<Robot> robot, http::WorldSource worlds,
                                                   const std::vector<Group>& groups, const ros2::BusOptions& bus,
                                                   double watchdog_s = 0.25);
  ~Ros2Server();
  Ros2Server(const Ros2Server&) = delete;
  Ros2Server& operator=(const Ros2Server&) = delete;
  /// What belongs under `ros2:` in a subject file that wants to reach it.
  [[nodiscard]] const ros2::Mapping& mapping() const;

 private:
  Ros2Server();
  struct Stage;
  std::unique_ptr<Stage> stage_;
};

}  // namespace assay
