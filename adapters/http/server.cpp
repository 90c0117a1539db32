#include "adapters/http/server.h"

#include <openssl/crypto.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <mutex>
#include <thread>

#include "adapters/http/secure_wire.h"
#include "adapters/live/realtime.h"

namespace assay {
namespace {

namespace asio = boost::asio;
namespace web = boost::beast::http;
using asio::ip::tcp;
using http::Json;
using Request = web::request<web::string_body>;
using Response = web::response<web::string_body>;

constexpr std::size_t kLongestBody = std::size_t{4} << 20, kMostConnections = 16;
constexpr std::int64_t kLine_ns = 100'000'000;

Error cannot_listen(const std::string& where, const std::string& why) {
  return Error{.id = 1255,
               .what = {"the robot cannot be served here", "无法在此地址提供机器人服务"},
               .place = {where},
               .found = why,
               .help = {"choose another --listen or --port", "请更换 --listen 或 --port"}};
}

Response answer(const Request& request, web::status status, const Json& body) {
  Response out(status, request.version());
  out.set(web::field::content_type, "application/json");
  out.keep_alive(request.keep_alive());
  out.body() = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  out.prepare_payload();
  return out;
}

Response refusal(const Request& request, const Error& error) {
  const auto status = error.id == 1256   ? web::status::conflict
                      : error.id == 1253 ? web::status::bad_request
                                         : web::status::unprocessable_entity;
  return answer(request, status, http::error_json(error));
}

}  // namespace

struct RobotServer::Listener {
  Listener(std::unique_ptr<Robot> robot, http::WorldSource worlds, const ServeOptions& given)
      : options(given), world(std::move(robot), std::move(worlds), given.watchdog_s) {}
  ~Listener() {
    closing = true;
    ::shutdown(acceptor.native_handle(), SHUT_RDWR);
    if (accepting.joinable()) accepting.join();
    {
      const std::lock_guard lock(mutex);
      for (auto& connection : connections) ::shutdown(connection.socket.native_handle(), SHUT_RDWR);
    }
    for (auto& connection : connections) connection.thread.join();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  Result<void> listen() {
    ASSAY_TRY(tls, http::server_tls(options.cert_file, options.key_file));
    const std::string where = options.address + ":" + std::to_string(options.port);
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(options.address, failed);
    if (failed) return cannot_listen(where, failed.message());
    const tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) return cannot_listen(where, failed.message());
    accepting = std::thread([this] { accept(); });
    return {};
  }

  void accept() {
    while (!closing) {
      boost::system::error_code failed;
      tcp::socket socket(context);
      acceptor.accept(socket, failed);
      if (closing) return;
      if (failed) continue;
      socket.set_option(tcp::no_delay(true), failed);
      const std::lock_guard lock(mutex);
      for (auto it = connections.begin(); it != connections.end();) {
        if (!it->done) {
          ++it;
          continue;
        }
        it->thread.join();
        it = connections.erase(it);
      }
      if (connections.size() >= kMostConnections) continue;  // closes the new one
      auto& connection = connections.emplace_back(std::move(socket));
      connection.thread = std::thread([this, &connection] {
        make_thread_realtime(kLinkPriority);  // between the paced world and its reader nothing may wait long
        http::Wire wire(connection.socket.native_handle());
        if (!tls || wire.secure(tls)) talk(wire);
        ::shutdown(connection.socket.native_handle(), SHUT_RDWR);
        connection.done = true;
      });
    }
  }

  void talk(http::Wire& wire) {
    boost::beast::flat_buffer buffer;
    while (!closing) {
      web::request_parser<web::string_body> parser;
      parser.body_limit(kLongestBody);
      boost::system::error_code failed;
      web::read(wire, buffer, parser, failed);
      if (failed) return;
      const Request& request = parser.get();
      const std::string target(request.target());
      constexpr std::string_view kTelemetry = "/v1/telemetry?trial=";
      if (permitted(request) && request.method() == web::verb::get && target.rfind(kTelemetry, 0) == 0) {
        const std::int64_t trial = std::strtoll(target.c_str() + kTelemetry.size(), nullptr, 10);
        const auto begun = world.begin(trial);
        if (begun) return stream(wire, trial);
        web::write(wire, refusal(request, begun.error()), failed);
      } else {
        web::write(wire, respond(request, target), failed);
      }
      if (failed || !request.keep_alive()) return;
    }
  }

  bool permitted(const Request& request) const {
    if (options.token.empty()) return true;
    const std::string wanted = "Bearer " + options.token;
    const auto said = request[web::field::authorization];
    return said.size() == wanted.size() && CRYPTO_memcmp(said.data(), wanted.data(), wanted.size()) == 0;
  }

  Response respond(const Request& request, const std::string& target) {
    const SteadyTime received = steady_now();
    if (!permitted(request))
      return answer(request, web::status::unauthorized, {{"what", "unauthorised"}, {"message", "a token is needed"}});
    const bool get = request.method() == web::verb::get, post = request.method() == web::verb::post;
    if (get && target == "/v1/clock")
      return answer(request, web::status::ok, {{"received_ns", received.ns}, {"sent_ns", steady_now().ns}});
    if (get && target == "/v1/robot") return answer(request, web::status::ok, world.describe());
    if (post && (target == "/v1/reset" || target == "/v1/action" || target == "/v1/stop")) {
      auto done = carry_out(target, Json::parse(request.body(), nullptr, false));
      return done ? answer(request, web::status::ok, *done) : refusal(request, done.error());
    }
    return answer(request, web::status::not_found, {{"what", "no_such_call"}, {"message", target}});
  }

  Result<Json> carry_out(const std::string& target, const Json& body) {
    if (!body.is_object()) return http::unreadable("no_json", target);
    if (target == "/v1/reset") {
      ASSAY_TRY(auto setup, http::setup_from(body));
      return world.reset(std::move(setup));
    }
    if (target == "/v1/action") {
      if (!body.contains("trial") || !body["trial"].is_number_integer()) return http::unreadable("no_trial", target);
      ASSAY_TRY(const auto action, http::action_from(body));
      ASSAY_RETURN_IF_ERROR(world.act(body["trial"].get<std::int64_t>(), action));
      return Json{{"accepted", true}};
    }
    const auto category = body.find("category");
    const bool known = category != body.end() && category->is_number_integer() && *category >= 0 && *category <= 2;
    // Whoever asks a robot to stop is not to be refused for a word that is wrong.
    const auto trial = body.find("trial");
    const bool named = trial != body.end() && trial->is_number_integer();
    return http::stop_json(world.stop(known ? static_cast<StopCategory>(category->get<int>()) : StopCategory::cat1,
                                      named ? std::optional<std::int64_t>(trial->get<std::int64_t>()) : std::nullopt));
  }

  void stream(http::Wire& wire, std::int64_t trial) {
    bool there = wire.send_all(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nCache-Control: no-store\r\n"
        "Connection: close\r\n\r\n");
    for (bool ended = false; there && !ended && !closing;) {
      const auto line = world.next_line(trial, SteadyTime{steady_now().ns + kLine_ns}, ended);
      if (line)
        there = wire.send_all(line->kind == http::Line::Kind::sample ? http::telemetry_line(line->telemetry)
                                                                     : http::end_line(line->why));
      there = there && !wire.hung_up();
    }
    world.reader_gone(trial);
  }

  struct Connection {
    explicit Connection(tcp::socket s) : socket(std::move(s)) {}
    tcp::socket socket;
    std::thread thread;
    std::atomic<bool> done{false};
  };

  const ServeOptions options;
  std::shared_ptr<ssl_ctx_st> tls;  ///< null: plain
  http::PacedRobot world;
  asio::io_context context;
  tcp::acceptor acceptor{context};
  std::thread accepting;
  std::mutex mutex;
  std::list<Connection> connections;
  std::atomic<bool> closing{false};
};

RobotServer::RobotServer() = default;
RobotServer::~RobotServer() = default;

Result<std::unique_ptr<RobotServer>> RobotServer::start(std::unique_ptr<Robot> robot, http::WorldSource worlds,
                                                        const ServeOptions& options) {
  std::unique_ptr<RobotServer> out(new RobotServer);  // NOLINT: the constructor is private
  out->listener_ = std::make_unique<Listener>(std::move(robot), std::move(worlds), options);
  ASSAY_RETURN_IF_ERROR(out->listener_->listen());
  return out;
}

std::uint16_t RobotServer::port() const { return listener_->acceptor.local_endpoint().port(); }

}  // namespace assay
