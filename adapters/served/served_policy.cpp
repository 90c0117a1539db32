#include "adapters/served/served_policy.h"

#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "adapters/exchange.h"
#include "adapters/http/wire.h"
#include "adapters/listener.h"
#include "adapters/served/http_wire.h"
#include "adapters/served/numpy_msgpack.h"
#include "adapters/served/websocket.h"

namespace assay {
namespace {

using served::Answer;
using served::Chunk;
using served::Entry;
using served::Spaces;
using Json = nlohmann::json;

/// Leaves the harness's own deadline alone: whoever answers late is named before a thread is lost to it.
constexpr double kShareOfDeadline = 0.9;
constexpr int kPings = 20;                                // one more is longer than all of them once in 21 times
constexpr std::int64_t kPingPatience_ns = 1'000'000'000;  // for servers that do not answer pings
/// Between two pings, so that both sides have slept as they do between questions: a way that is still warm is shorter.
constexpr std::int64_t kLongestPause_ns = 15'000'000;

std::int64_t pause_ns(SteadyTime until) {
  return std::clamp<std::int64_t>((until.ns - steady_now().ns) / (3 * kPings), 0, kLongestPause_ns);
}

SteadyTime deadline_of(const Spaces& spaces) {
  return SteadyTime{steady_now().ns + ns_from_s(kShareOfDeadline * spaces.deadline_s)};
}

/// A server's own words, for the record: without the token, should it say it back.
Error said(std::string words, const std::string& token) {
  for (auto at = words.find(token); !token.empty() && at != std::string::npos; at = words.find(token))
    words.replace(at, token.size(), "***");
  // The last line of a traceback says what happened.
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
  if (const auto line = words.rfind('\n'); line != std::string::npos) words.erase(0, line + 1);
  return served::bad_answer("policy_error", words.substr(0, 300));
}

/// One question, one answer.
class Server {
 public:
  virtual ~Server() = default;
  virtual Result<void> begin(const Instruction& told, const RobotDescription& robot, SteadyTime until) = 0;
  virtual Result<Answer> infer(const std::vector<Entry>& shown, SimTime time, SteadyTime until) = 0;
  /// Of the last infer() that was answered.
  Exchange exchange;
};

class OpenpiServer final : public Server {
 public:
  OpenpiServer(http::Endpoint endpoint, const Spaces& spaces) : endpoint_(std::move(endpoint)), spaces_(spaces) {}

  Result<void> begin(const Instruction& /*told: shown with each observation*/, const RobotDescription& /*robot*/,
                     SteadyTime until) override {
    socket_.reset();
    ASSAY_TRY(socket_, served::WebSocket::connect(endpoint_, until));
    ASSAY_TRY(const auto greeting, socket_->receive(until));
    if (greeting.text) return said(greeting.bytes, endpoint_.token);
    ASSAY_TRY(greeting_, served::read_greeting(greeting.bytes));
    way_ns_ = socket_->measure_way_ns(kPings, pause_ns(until),
                                      std::min(until, SteadyTime{steady_now().ns + kPingPatience_ns}));
    if (!spaces_.roboarena) return {};
    const auto declared = static_cast<int>(served::views(spaces_).size());
    if (greeting_.cameras > declared)
      return Error{.id = 1261,
                   .what = {"the policy's server asks for more camera images than `spaces` declares",
                            "策略服务端需要的相机图像多于 `spaces` 所声明的"},
                   .expected = {std::to_string(declared) + " declared", "已声明 " + std::to_string(declared) + " 幅"},
                   .found = "subject:policy_cameras " + std::to_string(greeting_.cameras) + " asked for by its server"};
    socket_->send(served::pack(with_endpoint({}, "reset")));
    ASSAY_TRY(const auto answer, socket_->receive(until));
    // The one text that is no error.
    if (answer.text && answer.bytes.find("reset successful") == std::string::npos)
      return said(answer.bytes, endpoint_.token);
    return {};
  }

  Result<Answer> infer(const std::vector<Entry>& shown, SimTime /*time: the protocol has none*/,
                       SteadyTime until) override {
    // One question, one answer: whatever lies here already answers something else.
    if (!socket_->idle()) return served::bad_answer("policy_unasked", "an answer that nobody asked for");
    socket_->send(served::pack(spaces_.roboarena ? with_endpoint(shown, "infer") : shown));
    ASSAY_TRY(const auto answer, socket_->receive(until));
    if (answer.text) return said(answer.bytes, endpoint_.token);
    const auto sent = socket_->sent();
    const std::int64_t received_ns = std::max(answer.received.ns, sent.from.ns);
    // The answer may have come before this side noted that the question was gone.
    const std::int64_t gone_ns = sent.to.ns < sent.from.ns ? received_ns : std::min(sent.to.ns, received_ns);
    exchange = {sent.from.ns, gone_ns, received_ns, way_ns_};
    return served::read_answer(answer.bytes, spaces_);
  }

 private:
  std::vector<Entry> with_endpoint(std::vector<Entry> entries, const char* endpoint) const {
    entries.push_back({"endpoint", std::string(endpoint)});
    if (greeting_.needs_session_id) entries.push_back({"session_id", std::string("assay")});
    return entries;
  }

  const http::Endpoint endpoint_;
  const Spaces spaces_;
  served::Greeting greeting_;
  std::int64_t way_ns_ = -1;
  std::unique_ptr<served::WebSocket> socket_;
};

std::string base64(const std::string& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

Json value_json(const served::Value& value) {
  if (const auto* array = std::get_if<served::Array>(&value)) return array->values;
  if (const auto* pixels = std::get_if<served::Pixels>(&value)) {
    const Json shape = pixels->planes ? Json{3, pixels->height, pixels->width} : Json{pixels->height, pixels->width, 3};
    return {{"dtype", "uint8"}, {"shape", shape}, {"base64", base64(pixels->bytes)}};
  }
  return std::get<std::string>(value);
}

class HttpServer final : public Server {
 public:
  HttpServer(const http::Endpoint& endpoint, const Spaces& spaces) : spaces_(spaces), wire_(endpoint) {}

  Result<void> begin(const Instruction& told, const RobotDescription& robot, SteadyTime until) override {
    wire_.close();
    ASSAY_RETURN_IF_ERROR(served::fit_spaces(spaces_, robot.groups));
    Json groups = Json::array();
    for (const auto& group : robot.groups) groups.push_back(group.name);
    way_ns_ = -1;
    // Before the trial begins: a question that is answered too late costs the connection, and a server may know its
    // trial by it. Half of the time is the beginning's own.
    const std::int64_t now_ns = steady_now().ns;
    measure_way(SteadyTime{now_ns + std::min(kPingPatience_ns, (until.ns - now_ns) / 2)});
    ASSAY_RETURN_IF_ERROR(call("/v1/begin",
                               {{"schema", "assay.policy/1"},
                                {"instruction", {{"en", told.text.en}, {"zh", told.text.zh}}},
                                {"control_period_ns", robot.control_period_ns},
                                {"groups", groups},
                                {"columns", served::width(spaces_)}},
                               until));
    return {};
  }

  Result<Answer> infer(const std::vector<Entry>& shown, SimTime time, SteadyTime until) override {
    Json observation = Json::object();
    for (const auto& entry : shown) observation[entry.key] = value_json(entry.value);
    ASSAY_TRY(const Json said, call("/v1/act", {{"t_ns", time.ns}, {"observation", std::move(observation)}}, until));
    Answer answer;
    if (spaces_.words) {
      ASSAY_TRY(answer.words, served::words_from(said));
      if (answer.words.any() && !said.contains(spaces_.action_key)) return answer;
    }
    Chunk& out = answer.chunk;
    try {
      for (const auto& row : said.at(spaces_.action_key)) {
        const auto values = row.get<std::vector<double>>();
        if (out.rows > 0 && values.size() != out.columns)
          return served::bad_answer("policy_shape", "rows of unequal length");
        out.columns = values.size();
        ++out.rows;
        out.values.insert(out.values.end(), values.begin(), values.end());
      }
    } catch (const Json::exception& e) {
      return served::bad_answer("policy_shape", e.what());
    }
    return answer;
  }

 private:
  Result<Json> call(const std::string& path, const Json& words, SteadyTime until) {
    ASSAY_TRY(const auto reply, wire_.post(path, words.dump(-1, ' ', false, Json::error_handler_t::replace), until));
    exchange = {reply.sent.ns, reply.gone.ns, reply.received.ns, way_ns_};
    Json said = Json::parse(reply.body, nullptr, false);
    if (said.is_object()) return said;
    return served::bad_answer("policy_garbled", path + ": no JSON object");
  }

  /// HTTP has no ping. The smallest question that the protocol has, over the connection that the trial keeps: the
  /// longest way there and back of kPings, with the time that giving it to the system takes: a margin. A server that
  /// does not answer it leaves the way unknown.
  void measure_way(SteadyTime until) {
    std::int64_t longest_ns = 0;
    const std::chrono::nanoseconds pause(pause_ns(until));
    for (int i = 0; i < kPings; ++i) {
      if (i > 0) std::this_thread::sleep_for(pause);
      const auto reply = wire_.get("/healthz", until);
      if (!reply) return;
      longest_ns = std::max(longest_ns, reply->received.ns - reply->asked.ns);
    }
    way_ns_ = longest_ns;
  }

  Spaces spaces_;
  served::HttpWire wire_;
  std::int64_t way_ns_ = -1;
};

/// Asks for a chunk, carries out its rows at their rate, asks for the next. A row holds until the next is due; the
/// displacement of a row that lasts several periods is spread over them.
class ServedPolicy : public Policy, public OverWire, public Listener {
 public:
  ServedPolicy(const char* id, Spaces spaces, std::unique_ptr<Server> server)
      : id_(id), spaces_(std::move(spaces)), server_(std::move(server)) {}

  [[nodiscard]] PolicyDescription describe() const override {
    // A server's random numbers go on from trial to trial: nothing can be run again.
    return {id_, "1", false, false, spaces_.rate_hz};
  }

  Result<void> begin(const Instruction& told, const RobotDescription& robot,
                     StreamKey /*key: the protocol has none*/) override {
    told_ = told;
    groups_ = robot.groups;
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    chunk_ = {};
    heard_.clear();
    interrupted_ = interrupt_next_ = false;
    ASSAY_RETURN_IF_ERROR(served::fit_spaces(spaces_, groups_));
    if (spaces_.rate_hz * period_s_ > 1 + 1e-9)
      return served::bad_answer("policy_spaces",
                                "rate_hz above the control rate of " + std::to_string(1 / period_s_) + " Hz");
    return server_->begin(told, robot, deadline_of(spaces_));
  }

  Result<Action> act(const Observation& seen) override {
    exchanged_.reset();
    served::Words said;
    if (asks_at(seen.time)) {
      ASSAY_TRY(const auto shown, served::show(spaces_, groups_, told_, seen, images_, heard_));
      ASSAY_TRY(auto answer, server_->infer(shown, seen.time, deadline_of(spaces_)));
      ASSAY_RETURN_IF_ERROR(served::check_answer(spaces_, answer));
      heard_.clear();
      interrupted_ = interrupt_next_ = false;
      chunk_ = std::move(answer.chunk);
      said = std::move(answer.words);
      from_ = seen.time;
      exchanged_ = server_->exchange;
    }
    interrupted_ = interrupted_ || std::exchange(interrupt_next_, false);
    const double share = spaces_.rate_hz > 0 ? spaces_.rate_hz * period_s_ : 1;
    Action out;
    if (chunk_.rows > 0) out = served::command(spaces_, chunk_, std::min(row_at(seen.time), chunk_.rows - 1), share);
    out.utterance = std::move(said.say);
    out.reports = std::move(said.reports);
    out.done = said.done;
    out.refuse = said.refuse;
    out.reason = std::move(said.reason);
    return out;
  }

  /// What is said to it ends the rows that it is carrying out: they answer what was before. One that decides by
  /// pictures is asked a period later, when they have been drawn.
  void hear(const Text& words) override {
    if (!served::hears(spaces_)) return;
    heard_.push_back(words);
    (served::views(spaces_).empty() ? interrupted_ : interrupt_next_) = true;
  }

  [[nodiscard]] std::optional<Exchange> last_exchange() const override { return exchanged_; }

 protected:
  /// The chunk is at its end: the next act() asks the server.
  [[nodiscard]] bool asks_at(SimTime time) const {
    return interrupted_ || chunk_.rows == 0 || row_at(time) >= rows_to_do();
  }
  [[nodiscard]] const Spaces& spaces() const { return spaces_; }
  std::vector<Image> images_;  ///< of the time that is asked at

 private:
  [[nodiscard]] std::size_t row_at(SimTime time) const {
    const double rate_hz = spaces_.rate_hz > 0 ? spaces_.rate_hz : 1 / period_s_;
    return static_cast<std::size_t>(std::max(0.0, std::floor((time.seconds() - from_.seconds()) * rate_hz + 1e-6)));
  }
  [[nodiscard]] std::size_t rows_to_do() const {
    return spaces_.rows > 0 ? std::min(chunk_.rows, static_cast<std::size_t>(spaces_.rows)) : chunk_.rows;
  }

  const char* id_;
  Spaces spaces_;
  std::unique_ptr<Server> server_;
  Instruction told_;
  std::vector<Group> groups_;
  double period_s_ = 0.02;
  Chunk chunk_;
  SimTime from_;
  std::optional<Exchange> exchanged_;
  std::vector<Text> heard_;  ///< since it was asked last
  bool interrupted_ = false, interrupt_next_ = false;
};

/// One that is shown pictures when its server is asked, and at no other time.
class SeeingServedPolicy final : public ServedPolicy, public SeeingPolicy {
 public:
  using ServedPolicy::ServedPolicy;
  std::vector<CameraView> wants(SimTime now) override {
    return asks_at(now) ? served::views(spaces()) : std::vector<CameraView>{};
  }
  void show(std::vector<Image> images) override { images_ = std::move(images); }
};

std::unique_ptr<Policy> make_policy(const char* id, Spaces spaces, std::unique_ptr<Server> server) {
  if (served::views(spaces).empty()) return std::make_unique<ServedPolicy>(id, std::move(spaces), std::move(server));
  return std::make_unique<SeeingServedPolicy>(id, std::move(spaces), std::move(server));
}

/// The same rules for secrets as for robots: from a file that is its owner's, and beyond this machine only over TLS.
Result<http::Endpoint> endpoint_for(const PolicyLink& link) {
  RobotLink way;
  way.url = link.url;
  if (way.url.rfind("ws", 0) == 0) way.url = "http" + way.url.substr(2);
  way.token_file = link.token_file;
  way.ca_file = link.ca_file;
  auto out = http::endpoint_of(way);
  if (out || way.url == link.url) return out;
  Error error = std::move(out).error();  // in the words of the file
  const auto as_written = [](std::string& text) {
    for (auto at = text.find("http"); at != std::string::npos; at = text.find("http", at + 1))
      if (text.compare(at, 7, "http://") == 0 || text.compare(at, 8, "https://") == 0) text.replace(at, 4, "ws");
  };
  for (std::string* text : {&error.found, &error.expected.en, &error.expected.zh, &error.help.en, &error.help.zh})
    as_written(*text);
  return error;
}

}  // namespace

Result<std::unique_ptr<Policy>> make_openpi_policy(const PolicyLink& link) {
  ASSAY_TRY(auto spaces, served::spaces_of(link));
  ASSAY_TRY(auto endpoint, endpoint_for(link));
  auto server = std::make_unique<OpenpiServer>(std::move(endpoint), spaces);
  return make_policy("openpi", std::move(spaces), std::move(server));
}

Result<std::unique_ptr<Policy>> make_http_policy(const PolicyLink& link) {
  ASSAY_TRY(auto spaces, served::spaces_of(link));
  ASSAY_TRY(auto endpoint, endpoint_for(link));
  auto server = std::make_unique<HttpServer>(endpoint, spaces);
  return make_policy("http", std::move(spaces), std::move(server));
}

Result<Text> try_policy(const std::string& id, const PolicyLink& link, double patience_s) {
  ASSAY_TRY(const auto endpoint, endpoint_for(link));
  const SteadyTime start = steady_now(), until{start.ns + ns_from_s(patience_s)};
  if (id == "openpi") {
    ASSAY_TRY(const auto socket, served::WebSocket::connect(endpoint, until));
    ASSAY_TRY(const auto greeting, socket->receive(until));
    if (greeting.text) return said(greeting.bytes, endpoint.token);
    ASSAY_TRY(const auto read, served::read_greeting(greeting.bytes));
    static_cast<void>(read);
  } else {
    served::HttpWire wire(endpoint);
    ASSAY_TRY(const auto reply, wire.get("/healthz", until));
    static_cast<void>(reply);
  }
  const std::string took_ms = std::to_string((steady_now().ns - start.ns) / 1'000'000);
  return Text{link.url + ": answered in " + took_ms + " ms", link.url + "：" + took_ms + " ms 内应答"};
}

}  // namespace assay
