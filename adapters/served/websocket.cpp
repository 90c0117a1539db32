#include "adapters/served/websocket.h"

#include <algorithm>
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
#include "adapters/served/dial.h"

namespace assay::served {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using Plain = websocket::stream<StampedStream>;
using Secure = websocket::stream<SecureStream>;

constexpr std::size_t kLongestFrame = std::size_t{64} << 20, kMostFrames = 16;

}  // namespace

struct WebSocket::Session : Dialler {
  std::optional<Plain> plain;
  std::optional<Secure> secure;
  beast::flat_buffer buffer;
  asio::steady_timer goodbye{context}, next_ping{context};
  std::thread runner;

  std::mutex mutex;  ///< what follows
  std::condition_variable changed;
  std::deque<Frame> frames;
  std::deque<std::string> outbox;  ///< its front is being written
  std::string closed;              ///< why; empty: open
  Sent sent;
  int pings_left = 0;
  std::int64_t longest_way_ns = -1, ping_pause_ns = 0;
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
  if (to.secure)
    secure.emplace(context, tls);
  else
    plain.emplace(context);
  ASSAY_RETURN_IF_ERROR(dial(endpoint, tcp(), secure ? &secure->next_layer() : nullptr, until));
  beast::error_code why;
  with([&](auto& stream) {
    stream.read_message_max(kLongestFrame);
    stream.binary(true);
    stream.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      request.set(beast::http::field::user_agent, "assay");
      if (!endpoint.token.empty()) request.set(beast::http::field::authorization, "Api-Key " + endpoint.token);
    }));
    why = step(tcp(), until, [&](auto done) { stream.async_handshake(to.host + ":" + to.port, to.path, done); });
  });
  if (why) return no_link("policy_unreachable", endpoint.url + " (handshake): " + why.message());
  with([this](auto& stream) {
    stream.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind != websocket::frame_type::pong) return;
      const std::lock_guard lock(mutex);
      if (pings_left <= 0) return;
      longest_way_ns = std::max(longest_way_ns, tcp().received().ns - pinged.ns);
      if (--pings_left == 0) return changed.notify_all();
      next_ping.expires_after(std::chrono::nanoseconds(ping_pause_ns));
      next_ping.async_wait([this](beast::error_code failed) {
        if (!failed) ping_on();
      });
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
      sent = tcp().sent_since(sent.from);
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

std::int64_t WebSocket::measure_way_ns(int pings, std::int64_t pause_ns, SteadyTime until) {
  std::unique_lock lock(session_->mutex);
  session_->pings_left = pings;
  session_->longest_way_ns = -1;
  session_->ping_pause_ns = pause_ns;
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
