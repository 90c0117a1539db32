#include "adapters/ros2/ros2_server.h"

#include <atomic>
#include <map>
#include <thread>

#include "adapters/live/realtime.h"
#include "adapters/ros2/convert.h"

namespace assay {
namespace {

using http::Json;
using ros2::Got;
using ros2::Message;

constexpr std::int64_t kLine_ns = 100'000'000, kIdle_ns = 50'000'000;
constexpr std::size_t kMostAnswers = 64;

}  // namespace

struct Ros2Server::Stage {
  Stage(std::unique_ptr<Robot> robot, http::WorldSource worlds, const std::vector<Group>& given, double watchdog_s)
      : groups(given), world(std::move(robot), std::move(worlds), watchdog_s) {}
  ~Stage() {
    closing = true;
    if (bus) bus->wake();
    if (listener.joinable()) listener.join();
    world.stop(StopCategory::cat1);
    if (publisher.joinable()) publisher.join();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Result<void> open(const ros2::BusOptions& options) {
    mapping = ros2::served_mapping(groups, options);
    ASSAY_TRY(bus, ros2::Bus::open(options));
    for (const auto& topic : mapping.states) {
      ASSAY_TRY(states[topic.topic], bus->writer(topic.topic, topic.type, true));
    }
    for (const auto& topic : mapping.commands) {
      ASSAY_TRY(commands[topic.topic], bus->reader(topic.topic, topic.type, true));
    }
    ASSAY_TRY(truth, bus->writer(mapping.truth, ros2::Type::text, true));
    ASSAY_TRY(answers, bus->writer(mapping.answer, ros2::Type::text, true));
    ASSAY_TRY(asks, bus->reader(mapping.ask, ros2::Type::text, true));
    ASSAY_TRY(stop, bus->reader(mapping.stop, ros2::Type::boolean, true));
    ASSAY_TRY(alive, bus->reader(mapping.alive, ros2::Type::boolean, true));
    listener = std::thread([this] { listen(); });
    return {};
  }

  void listen() {
    make_thread_realtime(kLinkPriority);
    while (!closing) {
      bus->wait(SteadyTime{steady_now().ns + kIdle_ns});
      std::vector<Got> news;
      stop.take(news);
      for (const auto& one : news)
        if (one.message.values[0] != 0) world.stop(StopCategory::cat1);
      hear_commands();
      news.clear();
      asks.take(news);
      for (const auto& one : news) answer(one);
    }
  }

  /// A command that does not fit is dropped, as a controller does that cannot carry it out.
  void hear_commands() {
    Action action;
    std::vector<Got> news;
    alive.take(news);
    bool said = !news.empty();
    for (const auto& topic : mapping.commands) {
      news.clear();
      commands[topic.topic].take(news);
      if (news.empty()) continue;
      const Group& group = *ros2::find_group(groups, topic.group);
      auto one = ros2::read_command(topic, group, news.back().message, static_cast<double>(period_ns.load()) * 1e-9);
      if (!one) continue;
      said = true;
      action.groups.push_back(std::move(*one));
    }
    if (said) static_cast<void>(world.act(trial, action).ok());
  }

  void answer(const Got& got) {
    const Json words = Json::parse(got.message.text, nullptr, false);
    if (!words.is_object() || !words.contains("id") || !words["id"].is_string()) return;
    const auto id = words["id"].get<std::string>();
    if (const auto said = answered.find(id); said != answered.end()) return say(answers, said->second);
    auto done = [&]() -> Result<Json> {
      try {
        return carry_out(words, got.received);
      } catch (const Json::exception& e) {
        return http::unreadable("ask_unreadable", e.what());
      }
    }();
    Json reply = done ? std::move(*done) : Json{{"error", http::error_json(done.error())}};
    reply["id"] = words["id"];
    if (reply.contains("sent_ns")) {
      reply["sent_ns"] = steady_now().ns;
    } else {
      while (answered.size() >= kMostAnswers) answered.erase(answered.begin());
      answered[id] = reply;
    }
    say(answers, reply);
  }

  Result<Json> carry_out(const Json& words, SteadyTime received) {
    const std::string call = words.at("ask");
    if (call == "clock") return Json{{"received_ns", received.ns}, {"sent_ns", 0}};
    if (call == "describe") return Json{{"robot", world.describe()}};
    if (call == "reset") {
      ASSAY_TRY(auto setup, http::setup_from(words.at("setup")));
      world.stop(StopCategory::cat1);
      if (publisher.joinable()) publisher.join();
      period_ns = setup.control_period_ns;
      ASSAY_TRY(Json said, world.reset(std::move(setup)));
      trial = said.at("trial");
      return said;
    }
    if (call == "begin") {
      ASSAY_RETURN_IF_ERROR(world.begin(words.at("trial")));
      publisher = std::thread([this, now = trial] { publish(now); });
      return Json::object();
    }
    if (call == "say") {
      ASSAY_TRY(const auto action, http::action_from(words.at("action")));
      ASSAY_RETURN_IF_ERROR(world.act(trial, action));
      return Json::object();
    }
    if (call == "stop") {
      const int category = words.value("category", 1);
      const auto named = words.contains("trial") ? std::optional<std::int64_t>(words.at("trial")) : std::nullopt;
      return Json{
          {"stop",
           http::stop_json(world.stop(
               category >= 0 && category <= 2 ? static_cast<StopCategory>(category) : StopCategory::cat1, named))}};
    }
    return http::unreadable("no_such_ask", call);
  }

  /// The states of a sample first, its truth last: whoever hears the truth mostly has the states.
  void publish(std::int64_t now) {
    make_thread_realtime(kLinkPriority);
    for (bool ended = false; !ended && !closing;) {
      auto line = world.next_line(now, SteadyTime{steady_now().ns + kLine_ns}, ended);
      if (!line) continue;
      if (line->kind == http::Line::Kind::sample) {
        auto& t = line->telemetry;
        for (const auto& topic : mapping.states) {
          const Group& group = *ros2::find_group(groups, topic.group);
          const auto message = ros2::state_message(topic, group, t.sample.observation, t.robot_ns);
          if (message) states[topic.topic].write(*message);
        }
        t.sample.observation.groups.clear();
        t.sample.observation.scans.clear();
        say_text(truth, http::telemetry_line(t));
      } else {
        say_text(truth, http::end_line(line->why));
      }
    }
  }

  static void say_text(const ros2::Writer& writer, std::string text) {
    Message message;
    message.text = std::move(text);
    writer.write(message);
  }
  static void say(const ros2::Writer& writer, const Json& words) {
    say_text(writer, words.dump(-1, ' ', false, Json::error_handler_t::replace));
  }

  const std::vector<Group> groups;
  ros2::Mapping mapping;
  http::PacedRobot world;
  std::unique_ptr<ros2::Bus> bus;
  std::map<std::string, ros2::Writer> states;
  std::map<std::string, ros2::Reader> commands;
  ros2::Writer truth, answers;
  ros2::Reader asks, stop, alive;
  std::atomic<std::int64_t> period_ns{20'000'000};
  std::int64_t trial = 0;                ///< of the listening thread
  std::map<std::string, Json> answered;  ///< a question that comes again gets the same answer; likewise
  std::atomic<bool> closing{false};
  std::thread listener, publisher;
};

Ros2Server::Ros2Server() = default;
Ros2Server::~Ros2Server() = default;

Result<std::unique_ptr<Ros2Server>> Ros2Server::start(std::unique_ptr<Robot> robot, http::WorldSource worlds,
                                                      const std::vector<Group>& groups, const ros2::BusOptions& bus,
                                                      double watchdog_s) {
  std::unique_ptr<Ros2Server> out(new Ros2Server);  // NOLINT: the constructor is private
  out->stage_ = std::make_unique<Stage>(std::move(robot), std::move(worlds), groups, watchdog_s);
  ASSAY_RETURN_IF_ERROR(out->stage_->open(bus));
  return out;
}

const ros2::Mapping& Ros2Server::mapping() const { return stage_->mapping; }

}  // namespace assay
