// A WebSocket client over Boost.Beast that never waits without a deadline, and answers pings whatever else goes on.
#pragma once

#include <memory>
#include <string>

#include "adapters/http/client.h"
#include "adapters/served/stamped_stream.h"
#include "core/result.h"
#include "core/time.h"

namespace assay::served {

struct Frame {
  std::string bytes;
  bool text = false;
  SteadyTime received{};  ///< its last byte, by the network's stamp where the system gives one
};

class WebSocket {
 public:
  /// ws:// or wss:// (verified; `ca_file` or the system's authorities). The token goes into `Authorization: Api-Key`.
  /// Fails with 1263 (subject:policy_unreachable).
  static Result<std::unique_ptr<WebSocket>> connect(const http::Endpoint& endpoint, SteadyTime until);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  void send(std::string bytes);
  /// Pings, one after another, with a pause between them: the longest way there and back of `pings`. A further one is
  /// longer with a probability of 1 / (pings + 1), if all are alike. −1: not all of them came back by `until`.
  std::int64_t measure_way_ns(int pings, std::int64_t pause_ns, SteadyTime until);
  /// Of the newest frame sent.
  [[nodiscard]] Sent sent() const;
  /// Nothing lies here that receive() would give at once.
  [[nodiscard]] bool idle() const;
  /// The next frame. Fails with 1263: subject:policy_stalled (none by `until`), subject:policy_closed (the far side
  /// went away, or a frame beyond 64 MiB).
  Result<Frame> receive(SteadyTime until);

 private:
  WebSocket();
  struct Session;
  std::unique_ptr<Session> session_;
};

}  // namespace assay::served
