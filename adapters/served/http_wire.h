// HTTP/1.1 to a policy's server over one connection that is kept, with the network's own stamps of its answers:
// libcurl, which the robot API uses, tells of an answer when a thread of this process has got round to it.
#pragma once

#include <memory>
#include <string>

#include "adapters/http/client.h"
#include "core/result.h"
#include "core/time.h"

namespace assay::served {

struct HttpReply {
  std::string body;
  /// The question's last byte left between `sent` and `gone`, which are one where the network stamped it; the answer's
  /// last had come at `received`, by the network's stamp where the system gives one.
  SteadyTime sent{}, gone{}, received{};
  SteadyTime asked{};  ///< before any of the question was given to the system
};

class HttpWire {
 public:
  explicit HttpWire(const http::Endpoint& endpoint);
  ~HttpWire();
  HttpWire(const HttpWire&) = delete;
  HttpWire& operator=(const HttpWire&) = delete;

  /// Neither follows another address nor asks a proxy; the token goes into `Authorization: Bearer` and is cut out of
  /// answers. A connection that the server closed between two questions is dialled again. Fails with 1263:
  /// subject:policy_{unreachable, stalled, closed, refused}.
  Result<HttpReply> get(const std::string& path, SteadyTime until);
  Result<HttpReply> post(const std::string& path, const std::string& body, SteadyTime until);
  /// The next question dials anew.
  void close();

 private:
  struct Session;
  Result<HttpReply> call(const std::string& path, const std::string* body, SteadyTime until);
  http::Endpoint endpoint_;
  std::unique_ptr<Session> session_;
};

}  // namespace assay::served
