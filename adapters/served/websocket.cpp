#include "adapters/served/websocket.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "adapters/live/realtime.h"
#include "adapters/served/stamped_stream.h"

namespace assay::served {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using Plain = websocket::stream<StampedStream>;
using Secure = websocket::stream<beast::ssl_stream<StampedStream>>;

constexpr std::size_t kLongestFrame = std::size_t{64} << 20, kMostFrames = 16;

Error no_link(const std::string& what, const std::string& detail) {
  return Error{.id = 1263,
               .what = {"the policy's server does not answer", "策略服务端没有应答"},
               .expected = {"a WebSocket server that answers within the policy's deadline",
                            "在策略期限内作答的 WebSocket 服务端"},
               .found = "subject:" + what + " " + detail,
               .help = {"`assay doctor --subject FILE`; look at the server's log",
                        "`assay doctor --subject 文件`；并检查服务端日志"}};
}

struct Address {
  bool secure = false;
  std::string host, port, path = "/";
};

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
  out.host = has_port ? rest.substr(0, colon) : rest;
  out.port = has_port ? rest.substr(colon + 1) : out.secure ? "443" : "80";
  if (!out.host.empty() && out.host.front() == '[') out.host = out.host.substr(1, out.host.size() - 2);
  return out;
}

std::chrono::steady_clock::time_point time_point(SteadyTime time) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(time.ns));
}

}  // namespace

struct WebSocket::Session {
  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::optional<Plain> plain;
  std::optional<Secure> secure;
  beast::flat_buffer buffer;
  asio::steady_timer goodbye{context};
  std::thread runner;

  std::mutex mutex;  ///< what follows
  std::condition_variable changed;
  std::deque<Frame> frames;
  std::deque<std::string> outbox;  ///< its front is being written
  std::string closed;              ///< why; empty: open
  Sent sent;
  int pings_left = 0;
  std::int64_t longest_way_ns = -1;
  SteadyTime pinged;  ///< of the running thread

  template <class F>
  void with(F&& use) {
    if (plain)
      use(*plain);
    else
      use(*secure);
  }
  StampedStream& tcp() { return plain ? beast::get_lowest_layer(*plain) : beast::get_lowest_layer(*secure); }

  ~Session() {
    if (runner.joinable()) {
      asio::post(context, [this] { say_goodbye(); });
      runner.join();
    }
    beast::error_code ignored;
    if (plain || secure) tcp().socket().close(ignored);
  }

  /// Runs the context until `done`, or until the deadline.
  bool drive(const bool& done, SteadyTime until) {
    context.restart();
    while (!done && context.run_one_until(time_point(until)) > 0) {
    }
    return done;
  }

  template <class Start>
  beast::error_code step(SteadyTime until, Start start) {
    bool done = false;
    beast::error_code failed;
    start([&](beast::error_code error, auto&&...) {
      failed = error;
      done = true;
    });
    if (drive(done, until)) return failed;
    beast::error_code ignored;
    tcp().socket().close(ignored);  // the handler still refers to this frame
    drive(done, SteadyTime{steady_now().ns + 1'000'000'000});
    return beast::error::timeout;
  }

  Result<void> connect(const http::Endpoint& endpoint, SteadyTime until);
  /// A close frame, if that is quickly done.
  void say_goodbye() {
    constexpr auto kPatience = std::chrono::milliseconds(200);
    {
      const std::lock_guard lock(mutex);
      if (!closed.empty()) return context.stop();
    }
    goodbye.expires_after(kPatience);
    goodbye.async_wait([this](beast::error_code) { context.stop(); });
    with([this](auto& stream) {
      stream.async_close(websocket::close_code::normal, [this](beast::error_code) { context.stop(); });
    });
  }
  void read_on();
  void write_on();
  void ping_on();
  void close_with(const std::string& why) {
    const std::lock_guard lock(mutex);
    if (closed.empty()) closed = why;
    changed.notify_all();
  }
};

Result<void> WebSocket::Session::connect(const http::Endpoint& endpoint, SteadyTime until) {
  const Address to = address_of(endpoint.url);
  const auto failed_at = [&](const char* where, const beast::error_code& why) {
    return no_link("policy_unreachable", endpoint.url + " (" + where + "): " + why.message());
  };
  if (to.secure) {
    tls.set_verify_mode(asio::ssl::verify_peer);
    beast::error_code refused;
    if (endpoint.ca_file.empty())
      tls.set_default_verify_paths(refused);
    else
      tls.load_verify_file(endpoint.ca_file, refused);
    if (refused) return failed_at("authorities", refused);
    secure.emplace(context, tls);
    secure->next_layer().set_verify_callback(asio::ssl::host_name_verification(to.host));
    SSL_set_tlsext_host_name(secure->next_layer().native_handle(), to.host.c_str());
  } else {
    plain.emplace(context);
  }
  asio::ip::tcp::resolver resolver(context);
  asio::ip::tcp::resolver::results_type found;
  auto why = step(until, [&](auto done) {
    resolver.async_resolve(to.host, to.port, [&found, done](beast::error_code error, auto results) {
      found = results;
      done(error);
    });
  });
  if (why) return failed_at("name", why);
  why = step(until,
             [&](auto done) { tcp().async_connect(found, [done](beast::error_code error, auto&&) { done(error); }); });
  if (why) return failed_at("connect", why);
  beast::error_code ignored;
  tcp().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  ask_for_stamps(tcp().socket().native_handle());
  if (secure) {
    why = step(until, [&](auto done) { secure->next_layer().async_handshake(asio::ssl::stream_base::client, done); });
    if (why) return failed_at("TLS", why);
  }
  with([&](auto& stream) {
    stream.read_message_max(kLongestFrame);
    stream.binary(true);
    stream.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      request.set(beast::http::field::user_agent, "assay");
      if (!endpoint.token.empty()) request.set(beast::http::field::authorization, "Api-Key " + endpoint.token);
    }));
    why = step(until, [&](auto done) { stream.async_handshake(to.host + ":" + to.port, to.path, done); });
  });
  if (why) return failed_at("handshake", why);
  with([this](auto& stream) {
    stream.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind != websocket::frame_type::pong) return;
      const std::lock_guard lock(mutex);
      if (pings_left <= 0) return;
      longest_way_ns = std::max(longest_way_ns, tcp().received().ns - pinged.ns);
      if (--pings_left > 0) return asio::post(context, [this] { ping_on(); });
      changed.notify_all();
    });
  });
  read_on();
  context.restart();
  runner = std::thread([this] {
    make_thread_realtime(kLinkPriority);
    context.run();
  });
  return {};
}

/// Always reading: Beast answers pings only while somebody reads.
void WebSocket::Session::read_on() {
  with([this](auto& stream) {
    stream.async_read(buffer, [this, &stream](beast::error_code failed, std::size_t) {
      if (failed) return close_with(failed.message());
      {
        const std::lock_guard lock(mutex);
        frames.push_back({beast::buffers_to_string(buffer.data()), stream.got_text(), tcp().received()});
        changed.notify_all();
        if (frames.size() > kMostFrames) {
          closed = "frames that nobody asked for";
          return;
        }
      }
      buffer.consume(buffer.size());
      read_on();
    });
  });
}

void WebSocket::Session::write_on() {
  sent.from = steady_now();
  with([this](auto& stream) {
    stream.async_write(asio::buffer(outbox.front()), [this](beast::error_code failed, std::size_t) {
      if (failed) return close_with(failed.message());
      const std::lock_guard lock(mutex);
      sent.to = steady_now();
      outbox.pop_front();
      if (!outbox.empty()) write_on();
    });
  });
}

void WebSocket::Session::ping_on() {
  pinged = steady_now();
  with([](auto& stream) { stream.async_ping({}, [](beast::error_code) {}); });
}

WebSocket::WebSocket() : session_(std::make_unique<Session>()) {}
WebSocket::~WebSocket() = default;

Result<std::unique_ptr<WebSocket>> WebSocket::connect(const http::Endpoint& endpoint, SteadyTime until) {
  std::unique_ptr<WebSocket> out(new WebSocket);  // NOLINT: the constructor is private
  ASSAY_RETURN_IF_ERROR(out->session_->connect(endpoint, until));
  return out;
}

void WebSocket::send(std::string bytes) {
  asio::post(session_->context, [session = session_.get(), bytes = std::move(bytes)]() mutable {
    const std::lock_guard lock(session->mutex);
    session->outbox.push_back(std::move(bytes));
    if (session->outbox.size() == 1) session->write_on();
  });
}

std::int64_t WebSocket::measure_way_ns(int pings, SteadyTime until) {
  std::unique_lock lock(session_->mutex);
  session_->pings_left = pings;
  session_->longest_way_ns = -1;
  asio::post(session_->context, [session = session_.get()] { session->ping_on(); });
  const bool all = session_->changed.wait_until(
      lock, time_point(until), [this] { return session_->pings_left == 0 || !session_->closed.empty(); });
  return all && std::exchange(session_->pings_left, 0) == 0 ? session_->longest_way_ns : -1;
}

Sent WebSocket::sent() const {
  const std::lock_guard lock(session_->mutex);
  return session_->sent;
}

bool WebSocket::idle() const {
  const std::lock_guard lock(session_->mutex);
  return session_->frames.empty();
}

Result<Frame> WebSocket::receive(SteadyTime until) {
  std::unique_lock lock(session_->mutex);
  session_->changed.wait_until(lock, time_point(until),
                               [this] { return !session_->frames.empty() || !session_->closed.empty(); });
  if (!session_->frames.empty()) {
    Frame out = std::move(session_->frames.front());
    session_->frames.pop_front();
    return out;
  }
  if (!session_->closed.empty()) return no_link("policy_closed", session_->closed);
  return no_link("policy_stalled", "no answer in time");
}

}  // namespace assay::served
