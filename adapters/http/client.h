// HTTP as the robot adapter and the served policies need it: libcurl, TLS verified, the token from a file.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/scheme.h"
#include "core/result.h"
#include "core/time.h"

namespace assay::http {

/// Where a robot is. The token is a secret: it goes into one header and nowhere else.
struct Endpoint {
  std::string url, token, ca_file;
};
/// Reads the token. Fails with 1250 (no url, a token without TLS beyond this machine, a file that cannot be read).
Result<Endpoint> endpoint_of(const RobotLink& link);

struct Reply {
  std::string body;
  SteadyTime sent, received;
};

/// One connection that is kept. One thread at a time.
class Caller {
 public:
  explicit Caller(const Endpoint& endpoint);
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// Fail with 1251 (no answer in time, refused, TLS), 1252 (an answer other than 200). `found` begins with "subject:".
  Result<Reply> get(const std::string& path, int timeout_ms);
  Result<Reply> post(const std::string& path, const std::string& body, int timeout_ms);
  /// The next call connects anew.
  void reconnect();

 private:
  struct Handle;
  Result<Reply> call(const std::string& path, const std::string* body, int timeout_ms);
  std::unique_ptr<Handle> handle_;
};

/// A long answer, line by line. run() returns when the far side ends it, `on_line` says false, or cancel() was called.
class LineStream {
 public:
  explicit LineStream(const Endpoint& endpoint);
  ~LineStream();
  LineStream(const LineStream&) = delete;
  LineStream& operator=(const LineStream&) = delete;

  /// Fails with 1251, 1252, 1253 (a line that never ends).
  Result<void> run(const std::string& path,
                   const std::function<bool(std::string_view line, SteadyTime received)>& on_line);
  /// From any thread; at once.
  void cancel();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace assay::http
