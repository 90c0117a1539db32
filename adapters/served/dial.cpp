#include "adapters/served/dial.h"

#include <boost/asio/connect.hpp>
#include <boost/beast/ssl.hpp>

namespace assay::served {

namespace asio = boost::asio;
namespace beast = boost::beast;

Error no_link(const std::string& what, const std::string& detail) {
  return Error{.id = 1263,
               .what = {"the policy's server does not answer", "策略服务端没有应答"},
               .expected = {"a server that answers within the policy's deadline", "在策略期限内作答的服务端"},
               .found = "subject:" + what + " " + detail,
               .help = {"`assay doctor --subject FILE`; look at the server's log",
                        "`assay doctor --subject 文件`；并检查服务端日志"}};
}

Address address_of(const std::string& url) {
  Address out;
  out.secure = url.rfind("wss://", 0) == 0 || url.rfind("https://", 0) == 0;
  std::string rest = url.substr(url.find("://") + 3);
  if (const auto slash = rest.find('/'); slash != std::string::npos) {
    out.path = rest.substr(slash);
    rest.resize(slash);
  }
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string::npos && rest.find(']', colon) == std::string::npos;
  out.authority = rest;
  out.host = has_port ? rest.substr(0, colon) : rest;
  out.port = has_port ? rest.substr(colon + 1) : out.secure ? "443" : "80";
  if (!out.host.empty() && out.host.front() == '[') out.host = out.host.substr(1, out.host.size() - 2);
  return out;
}

std::chrono::steady_clock::time_point time_point(SteadyTime time) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(time.ns));
}

bool Dialler::drive(const bool& done, SteadyTime until) {
  context.restart();
  while (!done && context.run_one_until(time_point(until)) > 0) {
  }
  return done;
}

Result<void> Dialler::dial(const http::Endpoint& endpoint, StampedStream& tcp, SecureStream* secure, SteadyTime until) {
  const Address to = address_of(endpoint.url);
  const auto failed_at = [&](const char* where, const beast::error_code& why) {
    return no_link("policy_unreachable", endpoint.url + " (" + where + "): " + why.message());
  };
  if (secure != nullptr) {
    tls.set_verify_mode(asio::ssl::verify_peer);
    beast::error_code refused;
    if (endpoint.ca_file.empty())
      tls.set_default_verify_paths(refused);
    else
      tls.load_verify_file(endpoint.ca_file, refused);
    if (refused) return failed_at("authorities", refused);
    secure->set_verify_mode(asio::ssl::verify_peer);
    secure->set_verify_callback(asio::ssl::host_name_verification(to.host));
    SSL_set_tlsext_host_name(secure->native_handle(), to.host.c_str());
  }
  asio::ip::tcp::resolver resolver(context);
  asio::ip::tcp::resolver::results_type found;
  auto why = step(tcp, until, [&](auto done) {
    resolver.async_resolve(to.host, to.port, [&found, done](beast::error_code error, auto results) {
      found = results;
      done(error);
    });
  });
  if (why) return failed_at("name", why);
  why = step(tcp, until,
             [&](auto done) { tcp.async_connect(found, [done](beast::error_code error, auto&&) { done(error); }); });
  if (why) return failed_at("connect", why);
  beast::error_code ignored;
  tcp.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  ask_for_stamps(tcp.socket().native_handle());
  if (secure == nullptr) return {};
  why = step(tcp, until, [&](auto done) { secure->async_handshake(asio::ssl::stream_base::client, done); });
  if (why) return failed_at("TLS", why);
  return {};
}

}  // namespace assay::served
