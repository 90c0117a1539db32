#include "adapters/ros2/link.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <type_traits>
#include <utility>

namespace assay::ros2 {
namespace {

constexpr std::int64_t kClockEvery_ns = 250'000'000, kIdle_ns = 20'000'000, kPending_ns = 1'000'000;
constexpr std::size_t kMostWaiting = 5000, kMostClockQuestions = 16;

Error nobody(const std::string& what, const std::string& detail, Text expected) {
  return Error{.id = 1251,
               .what = {"the robot is not to be found on the network", "网络上找不到机器人"},
               .expected = std::move(expected),
               .found = "subject:" + what + " " + detail,
               .help = {"domain, interface, peers and topic names of both sides; `assay doctor --subject FILE`",
                        "核对双方的域编号、网络接口、peers 与话题名；`assay doctor --subject 文件`"}};
}

Error misfit(const std::string& topic, const std::string& type) {
  return Error{.id = 1276,
               .what = {"a message does not fit the definition of its type", "消息与其类型定义不符"},
               .expected = {"the layout that `definition` gives, with every element that a channel names",
                            "符合 `definition` 的布局，且含各通道所指元素"},
               .found = "subject:telemetry_shape " + topic + ": " + type,
               .help = {"give the definition that the robot was built with; `assay doctor --subject FILE` tries it",
                        "请给出机器人编译时所用的定义；可用 `assay doctor --subject 文件` 试读"}};
}

Error unmapped(const GroupAction& action) {
  return Error{.id = 1258,
               .what = {"no topic carries this command", "没有话题能承载该指令"},
               .expected = {"a command topic for this mode of the group", "适用于该分组与模式的指令话题"},
               .found = "subject:command_unmapped group " + action.group + ", mode " +
                        std::to_string(static_cast<int>(action.mode)),
               .help = {"add it to `commands` under `ros2`", "请补充到 `ros2` 的 `commands`"}};
}

}  // namespace

Result<std::unique_ptr<Link>> Link::open(const Mapping& mapping) {
  std::unique_ptr<Link> link(new Link(mapping));  // NOLINT: the constructor is private
  ASSAY_RETURN_IF_ERROR(link->connect());
  link->listener_ = std::thread([raw = link.get()] { raw->listen(); });
  return link;
}

Result<void> Link::connect() {
  ASSAY_TRY(bus_, Bus::open(mapping_.bus));
  for (const auto& topic : mapping_.states) {
    ASSAY_TRY(states_[topic.topic], topic.given ? bus_->reader(topic.topic, topic.given, topic.reliable)
                                                : bus_->reader(topic.topic, topic.type, topic.reliable));
  }
  for (const auto& topic : mapping_.commands) {
    ASSAY_TRY(auto writer,
              topic.given ? bus_->writer(topic.topic, topic.given, true) : bus_->writer(topic.topic, topic.type, true));
    commands_.emplace_back(&topic, writer);
  }
  ASSAY_TRY(stop_, bus_->writer(mapping_.stop, Type::boolean, true));
  if (!mapping_.alive.empty()) {
    ASSAY_TRY(alive_, bus_->writer(mapping_.alive, Type::boolean, true));
  }
  if (!mapping_.fault.empty()) {
    ASSAY_TRY(fault_, bus_->reader(mapping_.fault, mapping_.fault_type, false));
  }
  if (mapping_.session()) {
    ASSAY_TRY(asks_, bus_->writer(mapping_.ask, Type::text, true));
    ASSAY_TRY(answers_, bus_->reader(mapping_.answer, Type::text, true));
    ASSAY_TRY(truth_, bus_->reader(mapping_.truth, Type::text, true));
  }
  return {};
}

Link::~Link() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  if (bus_) bus_->wake();
  heard_.notify_all();
  if (listener_.joinable()) listener_.join();
}

Result<void> Link::meet(SteadyTime until) const {
  while (true) {
    std::string missing, refused, others;
    const auto note = [&](const std::string& name, const auto& end) {
      if (end.matched() > 0) return;
      missing += " " + name;
      if (steady_now() < until) return;
      constexpr bool reads = std::is_same_v<std::decay_t<decltype(end)>, Reader>;
      for (const auto& type : bus_->types_on(name, reads))
        if (type != end.type_name()) others += "; " + name + " is there as " + type + ", not " + end.type_name();
      if (end.qos_refused()) refused += " " + name;
    };
    for (const auto& [name, reader] : states_) note(name, reader);
    for (const auto& [topic, writer] : commands_) note(topic->topic, writer);
    note(mapping_.stop, *stop_);
    if (alive_) note(mapping_.alive, *alive_);
    if (asks_) note(mapping_.ask, *asks_);
    if (answers_) note(mapping_.answer, *answers_);
    if (truth_) note(mapping_.truth, *truth_);
    if (missing.empty()) return {};
    if (steady_now() >= until) {
      if (!refused.empty())
        return nobody("qos_refused", refused.substr(1), {"quality of service that fits", "相容的服务质量（QoS）设置"});
      if (others.empty() && bus_->others() == 0)
        return nobody("link_lost",
                      "nobody else in domain " + std::to_string(mapping_.bus.domain) +
                          (mapping_.bus.interface.empty() ? "" : " on " + mapping_.bus.interface),
                      {"the robot in the same domain, on this interface or named under `peers`",
                       "机器人处于同一域，且在此网络接口上或列于 `peers`"});
      return nobody("link_lost", "nobody on" + missing + others,
                    {"a publisher or subscriber on each topic", "每个话题均有发布者或订阅者"});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Result<std::vector<std::string>> Link::try_definitions(SteadyTime until) {
  std::vector<std::string> left;
  std::unique_lock lock(mutex_);
  const auto done = [&] {
    left.clear();
    for (const auto& topic : mapping_.states)
      if (topic.given && fitting_.count(topic.topic) == 0) left.push_back(topic.topic);
    return left.empty() || misfit_;
  };
  heard_.wait_until(lock, time_point(until), done);
  if (misfit_) return *misfit_;
  return left;
}

/// mutex_ is held.
std::string Link::say(Json& words) {
  static const std::string kWho = std::to_string(getpid()) + "-" + std::to_string(steady_now().ns) + "-";
  static std::atomic<std::int64_t> questions{0};  // of all links of this process: an id is never used twice
  if (!words.contains("id")) words["id"] = kWho + std::to_string(++questions);
  Message message;
  message.text = words.dump(-1, ' ', false, Json::error_handler_t::replace);
  asks_->write(message);
  return words["id"];
}

/// Again and again: the far side may find our writer later than we found its reader. It answers the same id once.
Result<Json> Link::ask(Json words, int timeout_ms) {
  constexpr auto kAgain = std::chrono::milliseconds(500);
  const std::string call = words.value("ask", "");
  std::unique_lock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  const std::string id = say(words);
  answered_[id] = nullptr;
  bool came = false;
  while (!came && std::chrono::steady_clock::now() < until) {
    const auto next = std::min(until, std::chrono::steady_clock::now() + kAgain);
    came = heard_.wait_until(lock, next, [&] { return !answered_[id].is_null() || closing_; });
    if (!came) say(words);
  }
  const Json said = answered_[id];
  answered_.erase(id);
  if (!came || said.is_null())
    return nobody("link_lost", call + ": no answer within " + std::to_string(timeout_ms) + " ms",
                  {"an answer with the question's id", "带有同一 id 的应答"});
  if (said.contains("error"))
    return Error{.id = 1252,
                 .what = {"the robot refused a call", "机器人拒绝了调用"},
                 .expected = {call, call},
                 .found = "subject:" + said["error"].value("what", "refused").substr(0, 100) + " " +
                          said["error"].value("message", "").substr(0, 500),
                 .help = {"look at the robot's log", "请检查机器人日志"}};
  return said;
}

Result<void> Link::compare_clocks(int exchanges) {
  constexpr int kClock_ms = 200;
  {
    const std::lock_guard lock(mutex_);
    fitter_.clear();
  }
  for (int asked = 0, answered = 0; answered < exchanges; ++asked) {
    if (asked == 2 * exchanges) return nobody("link_lost", "clock", {"the time when it is asked", "询问时回报时间"});
    ask_for_time();
    std::unique_lock lock(mutex_);
    const auto more = [&] { return fitter_.fit().exchanges > answered || broken_ || closing_; };
    heard_.wait_for(lock, std::chrono::milliseconds(kClock_ms), more);
    if (broken_) return *broken_;
    answered = fitter_.fit().exchanges;
  }
  return {};
}

void Link::begin(const RobotDescription& robot) {
  const std::lock_guard lock(mutex_);
  robot_ = robot;
  assembler_ = std::make_unique<Assembler>(mapping_, robot);
  misfit_.reset();  // what came between trials is nobody's
  pace_ = {};
  samples_.clear();
  last_twist_.clear();
  counters_ = {};
  clock_due_ = SteadyTime{steady_now().ns + kClockEvery_ns};
}

void Link::end() {
  const std::lock_guard lock(mutex_);
  assembler_.reset();
}

bool Link::lost_the_first(SteadyTime until) {
  std::unique_lock lock(mutex_);
  heard_.wait_until(lock, time_point(until), [this] { return !samples_.empty() || broken_ || closing_; });
  if (!broken_ || !samples_.empty() || !broken_->found.ends_with(" after -1")) return false;
  assembler_.reset();
  broken_.reset();
  return true;
}

bool Link::send(const GroupAction& action) {
  const Group* group = find_group(robot_.groups, action.group);
  for (const auto& [topic, writer] : commands_) {
    if (topic->group != action.group || group == nullptr) continue;
    const auto message = command_message(*topic, *group, action, static_cast<double>(robot_.control_period_ns) * 1e-9);
    if (!message) continue;
    ++(writer.write(*message) ? counters_.commands : counters_.unsent);
    return true;
  }
  return action.mode == Mode::hold;
}

Result<void> Link::command(const Action& action) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : action.groups) {
    if (!send(one)) return unmapped(one);
    if (one.mode == Mode::base_twist) last_twist_[one.group].groups = {one};
  }
  Message yes;
  yes.values = {1};
  if (alive_) {
    alive_->write(yes);
  } else {  // a base's watchdog wants its speed again and again
    for (const auto& last : last_twist_) {
      const auto same = [&](const GroupAction& one) { return one.group == last.first; };
      if (std::none_of(action.groups.begin(), action.groups.end(), same)) send(last.second.groups[0]);
    }
  }
  if (!action.reports.empty() && asks_) {
    Action words;
    words.reports = action.reports;
    Json said = {{"ask", "say"}, {"action", http::action_json(words)}};
    say(said);
  }
  return {};
}

void Link::command_stop() const {
  Message yes;
  yes.values = {1};
  stop_->write(yes);
}

std::vector<std::string> Link::silent() const {
  const std::lock_guard lock(mutex_);
  return assembler_ ? assembler_->silent() : std::vector<std::string>{};
}

void Link::listen() {
  hear_in_real_time();
  while (true) {
    std::int64_t wait_ns = kIdle_ns;
    bool clock_due = false;
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      if (assembler_ && assembler_->waiting()) wait_ns = kPending_ns;
      clock_due = assembler_ && asks_ && steady_now() >= clock_due_;
      if (clock_due) clock_due_ = SteadyTime{steady_now().ns + kClockEvery_ns};
    }
    if (clock_due) ask_for_time();
    bus_->wait(SteadyTime{steady_now().ns + wait_ns});
    if (answers_) hear_answers();
    hear_trial();
  }
}

void Link::ask_for_time() {
  const std::lock_guard lock(mutex_);
  while (asked_clock_.size() > kMostClockQuestions) asked_clock_.erase(asked_clock_.begin());
  Json words = {{"ask", "clock"}};
  const SteadyTime sent = steady_now();
  asked_clock_[say(words)] = sent;
}

void Link::hear_answers() {
  std::vector<Got> news;
  answers_->take(news);
  for (const auto& got : news) {
    const Json said = Json::parse(got.message.text, nullptr, false);
    if (!said.is_object() || !said.contains("id") || !said["id"].is_string()) continue;  // not to us
    const auto id = said["id"].get<std::string>();
    const std::lock_guard lock(mutex_);
    if (const auto waiting = answered_.find(id); waiting != answered_.end()) waiting->second = said;
    if (const auto asked = asked_clock_.find(id); asked != asked_clock_.end()) {
      const auto time = [&](const char* key) {
        return said.contains(key) && said[key].is_number_integer() ? said[key].get<std::int64_t>() : -1;
      };
      const ClockExchange e{asked->second.ns, time("received_ns"), time("sent_ns"), got.received.ns};
      asked_clock_.erase(asked);
      if (e.robot_received_ns < 0 || e.robot_sent_ns < 0)
        broke(http::unreadable("clock_unreadable", got.message.text.substr(0, 200)));
      else if (!fitter_.add(e))
        broke(link_error("clock_backwards", "within one exchange"));
    }
    heard_.notify_all();
  }
}

/// mutex_ is held.
void Link::note(const std::string& topic, Reader& reader, bool said) {
  if (reader.given() == nullptr) return;
  if (said) fitting_.insert(topic);
  if (std::exchange(reader.refused, 0) > 0 && !misfit_) misfit_ = misfit(topic, reader.given()->name());
  if (said || misfit_) heard_.notify_all();
}

void Link::hear_trial() {
  std::vector<Got> truth, fault;
  std::vector<std::pair<std::string, std::vector<Got>>> states;
  if (truth_) truth_->take(truth);
  if (fault_) fault_->take(fault);
  for (auto& [name, reader] : states_) {
    states.emplace_back(name, std::vector<Got>{});
    reader.take(states.back().second);
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [name, news] : states) note(name, states_.at(name), !news.empty());
  if (!assembler_ || broken_) return;  // between trials
  std::string end;
  const auto hear = [&]() -> Result<void> {
    if (misfit_) return *misfit_;
    for (auto& [name, news] : states)
      for (auto& got : news) ASSAY_RETURN_IF_ERROR(assembler_->add(name, std::move(got)));
    for (const auto& got : truth) ASSAY_RETURN_IF_ERROR(assembler_->add_truth(got.message.text, got.received, end));
    ASSAY_TRY(auto ready, assembler_->ready(steady_now()));
    for (auto& sample : ready) {
      if (auto wrong = pace_.look(sample)) return std::move(*wrong);
      ++counters_.samples;
      samples_.push_back(std::move(sample));
    }
    if (samples_.size() > kMostWaiting) return link_error("telemetry_flood", "nobody reads so many samples");
    for (const auto& got : fault)
      if (!got.message.text.empty() || (!got.message.values.empty() && got.message.values[0] != 0))
        return link_error("robot_stopped", mapping_.fault + " " + got.message.text.substr(0, 200));
    if (!end.empty()) return link_error("robot_stopped", end);
    return {};
  };
  if (auto done = hear(); !done) broke(done.error());
  if (!samples_.empty()) heard_.notify_all();
}

}  // namespace assay::ros2
