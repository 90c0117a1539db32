// A TCP proxy between adapter and robot that does to the link what links do.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace assay::testing {

/// Telemetry lines pass through `tamper`: what it returns goes on instead. Any thread may change `mode`.
class ShakyProxy {
 public:
  enum class Mode {
    pass,
    freeze,  ///< half open: connections stand, nothing passes
    reset,   ///< every connection is reset, new ones too
    refuse,  ///< connections are closed, the port listens no more
  };
  using Tamper = std::function<std::optional<std::string>(const std::string& line)>;

  explicit ShakyProxy(std::uint16_t target, Tamper tamper = {});
  ~ShakyProxy();
  ShakyProxy(const ShakyProxy&) = delete;
  ShakyProxy& operator=(const ShakyProxy&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void set(Mode mode);

 private:
  struct Pair {
    int client = -1, server = -1;
    std::thread up, down;
  };
  void accept();
  void pump(int from, int to, bool down);
  void listen();

  std::uint16_t target_, port_ = 0;
  Tamper tamper_;
  std::atomic<Mode> mode_{Mode::pass};
  std::atomic<bool> closing_{false};
  int listening_ = -1;
  std::mutex mutex_;
  std::list<Pair> pairs_;
  std::thread accepting_;
};

}  // namespace assay::testing
