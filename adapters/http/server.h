// The robot API's server: plays a robot over HTTP for rehearsals and contract tests (`assay robot serve`).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "adapters/http/paced_robot.h"

namespace assay {

struct ServeOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any that is free
  std::string token;       ///< empty: none asked
  double watchdog_s = 0.25;
  std::string cert_file{}, key_file{};  ///< PEM; empty: without TLS
};

class RobotServer {
 public:
  /// Listens and answers on threads of its own until destroyed. Fails with 1255 (cannot listen), 1259 (TLS).
  static Result<std::unique_ptr<RobotServer>> start(std::unique_ptr<Robot> robot, http::WorldSource worlds,
                                                    const ServeOptions& options);
  ~RobotServer();
  RobotServer(const RobotServer&) = delete;
  RobotServer& operator=(const RobotServer&) = delete;
  [[nodiscard]] std::uint16_t port() const;

 private:
  RobotServer();
  struct Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace assay
