// A TCP connection to a policy's server, with TLS where its address says so: name, connection, handshake, each with the
// caller's deadline. For the WebSocket and for HTTP.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <string>

#include "adapters/http/client.h"
#include "adapters/served/stamped_stream.h"

namespace assay::served {

struct Address {
  bool secure = false;
  std::string host, port, authority, path = "/";
};
Address address_of(const std::string& url);

/// 1263 with `found` = "subject:" + what + " " + detail.
Error no_link(const std::string& what, const std::string& detail);

std::chrono::steady_clock::time_point time_point(SteadyTime time);

using SecureStream = boost::beast::ssl_stream<StampedStream>;

class Dialler {
 public:
  boost::asio::io_context context;
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_client};

  /// `secure`: built on `tls`, with `tcp` below it; null without TLS. Fails with 1263 (policy_unreachable).
  Result<void> dial(const http::Endpoint& endpoint, StampedStream& tcp, SecureStream* secure, SteadyTime until);

  /// Runs the context until `done`, or until the deadline.
  bool drive(const bool& done, SteadyTime until);

  /// One asynchronous call, waited for. What is not done by the deadline is given up, and the connection with it.
  template <class Start>
  boost::beast::error_code step(StampedStream& tcp, SteadyTime until, Start start) {
    bool done = false;
    boost::beast::error_code failed;
    start([&](boost::beast::error_code error, auto&&...) {
      failed = error;
      done = true;
    });
    if (drive(done, until)) return failed;
    boost::beast::error_code ignored;
    tcp.socket().close(ignored);  // the handler still refers to this frame
    drive(done, SteadyTime{steady_now().ns + 1'000'000'000});
    return boost::beast::error::timeout;
  }
};

}  // namespace assay::served
