#include "adapters/ros2/ros2_robot.h"

#include <dds/version.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

#include "adapters/live/wired_robot.h"
#include "adapters/ros2/link.h"
#include "adapters/signal_names.h"

namespace assay {
namespace {

using ros2::Json;

constexpr int kReset_ms = 60'000, kBegin_ms = 5000, kStop_ms = 300, kClockBurst = 20;
constexpr std::int64_t kMeet_ns = 5'000'000'000, kStopPatience_ns = 2'000'000'000;
constexpr double kAtRest = 0.01;  // m/s and rad/s
constexpr int kRestSamples = 3;

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += " " + name;
  return out;
}

class Ros2Robot final : public WiredRobot {
 public:
  Ros2Robot(ros2::Mapping mapping, bool simulated_world)
      : WiredRobot("ros2", simulated_world), mapping_(std::move(mapping)) {}
  ~Ros2Robot() override { leave_safe(); }
  Ros2Robot(const Ros2Robot&) = delete;
  Ros2Robot& operator=(const Ros2Robot&) = delete;

  Result<void> reset(const Setup& setup) override;

 private:
  [[nodiscard]] LiveLink* link() const override { return link_.get(); }
  Result<void> begin_trial() override;
  Result<void> send(const Action& action) override { return link_->command(action); }
  StopReport ask_to_stop(StopCategory category) override;
  void trial_over() override {
    if (link_) link_->end();
  }
  [[nodiscard]] std::string silence() const override { return "; silent:" + joined(link_->silent()); }

  Result<void> ask_to_reset();
  Result<void> begin_session();
  void describe_mapped(const Setup& setup);
  StopReport ask_session_to_stop(StopCategory category);
  StopReport watch_it_stop();
  bool at_rest(const Sample& sample) const;

  const ros2::Mapping mapping_;
  std::unique_ptr<ros2::Link> link_;
  bool new_link_ = false;
  Setup setup_;  ///< of a session's trial
};

Result<void> Ros2Robot::reset(const Setup& setup) {
  ASSAY_RETURN_IF_ERROR(start_over(setup));
  ASSAY_RETURN_IF_ERROR(ros2::check_groups(mapping_, setup.world.groups));
  if (link_ && link_->broken()) link_.reset();
  if (!link_) {
    ASSAY_TRY(link_, ros2::Link::open(mapping_));
    new_link_ = true;
  }
  ASSAY_RETURN_IF_ERROR(link_->meet(SteadyTime{steady_now().ns + kMeet_ns}));
  if (mapping_.session()) {
    setup_ = setup;
    ASSAY_RETURN_IF_ERROR(ask_to_reset());
    ASSAY_RETURN_IF_ERROR(link_->compare_clocks(kClockBurst));
  } else {
    describe_mapped(setup);
  }
  description_.adapter = "ros2";
  phase_ = Phase::ready;
  return {};
}

Result<void> Ros2Robot::ask_to_reset() {
  ASSAY_TRY(const Json said,
            link_->ask({{"ask", "reset"}, {"setup", http::setup_json(setup_, simulated_world_)}}, kReset_ms));
  if (!said.contains("trial") || !said["trial"].is_number_integer() || !said.contains("robot"))
    return http::unreadable("reset_unreadable", said.dump().substr(0, 200));
  trial_ = said["trial"].get<std::int64_t>();
  ASSAY_TRY(description_, http::description_from(said["robot"], setup_, simulated_world_));
  return {};
}

/// A robot without sessions says nothing of itself: the mapping does.
void Ros2Robot::describe_mapped(const Setup& setup) {
  RobotDescription out;
  out.identity = "ROS 2 domain " + std::to_string(mapping_.bus.domain);
  out.engine = ros2_engine();
  out.clock = ClockMode::realtime;
  out.control_period_ns = setup.control_period_ns;
  out.groups = setup.world.groups;
  out.capabilities = mapping_.capabilities;
  for (const auto& source : mapping_.channels) out.truth_channels.push_back(source.channel);
  for (const auto& signal : setup.signals) {
    const auto wanted = signal_names(signal);
    const bool given = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
      return std::any_of(out.truth_channels.begin(), out.truth_channels.end(),
                         [&](const Channel& known) { return known.name == name; });
    });
    if (!given) out.missing_signals.push_back(signal);
  }
  out.observation_channels = observation_channels(out.groups);
  description_ = std::move(out);
}

Result<void> Ros2Robot::begin_session() {
  link_->begin(description_);
  ASSAY_TRY(const auto begun, link_->ask({{"ask", "begin"}, {"trial", trial_}}, kBegin_ms));
  static_cast<void>(begun);
  return {};
}

/// Of a writer that has spoken before, a reader that is new to it takes what comes after the writer's first word on
/// where it stands (a heartbeat); another implementation may send that only with its next line, which is then lost.
/// Such a trial is begun again, once: nobody has seen a sample of it.
Result<void> Ros2Robot::begin_trial() {
  if (!mapping_.session()) {
    link_->begin(description_);
    return {};
  }
  ASSAY_RETURN_IF_ERROR(begin_session());
  if (!std::exchange(new_link_, false) || !link_->lost_the_first(SteadyTime{steady_now().ns + kBegin_ms * 1'000'000LL}))
    return {};
  static_cast<void>(ask_session_to_stop(StopCategory::cat2));
  ASSAY_RETURN_IF_ERROR(ask_to_reset());
  return begin_session();
}

StopReport Ros2Robot::ask_to_stop(StopCategory category) {
  if (link_) return mapping_.session() ? ask_session_to_stop(category) : watch_it_stop();
  StopReport report;  // never reached anybody
  report.requested = true;
  report.detail = "no link";
  return report;
}

/// Again and again until the deadline: stopping is idempotent. The Bool goes out each time, too.
StopReport Ros2Robot::ask_session_to_stop(StopCategory category) {
  link_->end();  // "stopped" is then no break of the link: the next trial need not find everybody again
  StopReport report;
  report.requested = true;
  const std::int64_t until_ns = steady_now().ns + kStopPatience_ns;
  Json words = {{"ask", "stop"}, {"category", static_cast<int>(category)}};
  if (trial_ != 0) words["trial"] = trial_;
  do {
    link_->command_stop();
    const auto said = link_->ask(words, kStop_ms);
    if (said) {
      auto read = http::stop_from(said->value("stop", Json()));
      if (read) return std::move(*read);
      report.detail = to_string(read.error(), Lang::en);
      return report;
    }
    report.detail = said.error().found;
  } while (steady_now().ns < until_ns);
  return report;
}

bool Ros2Robot::at_rest(const Sample& sample) const {
  bool measured = false;
  for (const auto& group : description_.groups) {
    const GroupState* state = sample.observation.group(group.name);
    if (state == nullptr || group.kind == Group::Kind::gripper) continue;
    measured = true;
    for (const double v : state->velocity_rad_s)
      if (std::abs(v) > kAtRest) return false;
    if (std::abs(state->twist[0]) > kAtRest || std::abs(state->twist[1]) > kAtRest) return false;
  }
  return measured;
}

/// Without a session nobody confirms: the robot's own topics show that it stands.
StopReport Ros2Robot::watch_it_stop() {
  StopReport report;
  report.requested = true;
  const std::int64_t until_ns = steady_now().ns + kStopPatience_ns;
  int still = 0;
  bool first = true;
  do {
    link_->command_stop();
    const auto news = phase_ == Phase::running ? link_->receive(SteadyTime{steady_now().ns + 50'000'000})
                                               : Result<std::vector<LiveSample>>(std::vector<LiveSample>{});
    if (!news || phase_ != Phase::running) {
      report.detail = news ? "no trial was under way; nothing was measured" : news.error().found;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (!news && still == 0) break;
      if (phase_ != Phase::running) break;
      continue;
    }
    for (const auto& one : *news) {
      if (std::exchange(first, false)) report.requested_at = one.sample.time;
      still = at_rest(one.sample) ? still + 1 : 0;
      if (still < kRestSamples) continue;
      report.confirmed = true;
      report.confirmed_at = one.sample.time;
      report.detail = "at rest by its own measurements";
      return report;
    }
  } while (steady_now().ns < until_ns);
  if (report.detail.empty()) report.detail = "not at rest within 2 s, by its own measurements";
  for (int i = 0; i < 3; ++i) link_->command_stop();
  return report;
}

}  // namespace

Result<std::unique_ptr<Robot>> make_ros2_robot(const RobotLink& link) {
  ASSAY_TRY(auto mapping, ros2::mapping_of(link));
  return std::unique_ptr<Robot>(std::make_unique<Ros2Robot>(std::move(mapping), link.simulated_world));
}

std::string ros2_engine() { return std::string("ROS 2 topics, CycloneDDS ") + DDS_VERSION; }

Result<Text> try_ros2(const RobotLink& link, double patience_s) {
  ASSAY_TRY(const auto mapping, ros2::mapping_of(link));
  ASSAY_TRY(const auto open, ros2::Link::open(mapping));
  const SteadyTime start = steady_now();
  ASSAY_RETURN_IF_ERROR(open->meet(SteadyTime{start.ns + ns_from_s(patience_s)}));
  const std::string domain = std::to_string(mapping.bus.domain),
                    topics = std::to_string(mapping.states.size() + mapping.commands.size()),
                    took_ms = std::to_string((steady_now().ns - start.ns) / 1'000'000);
  Text found{"domain " + domain + ": " + topics + " topics found in " + took_ms + " ms",
             "域 " + domain + "：" + took_ms + " ms 内找到 " + topics + " 个话题"};
  const auto given = std::count_if(mapping.states.begin(), mapping.states.end(),
                                   [](const ros2::StateTopic& s) { return s.given != nullptr; });
  if (given == 0) return found;
  ASSAY_TRY(const auto left, open->try_definitions(SteadyTime{steady_now().ns + ns_from_s(patience_s)}));
  const std::string read = std::to_string(static_cast<std::size_t>(given) - left.size()), all = std::to_string(given);
  found.en += "; read by their definitions: " + read + " of " + all + (left.empty() ? "" : ", silent:" + joined(left));
  found.zh += "；按定义读取：" + read + "/" + all + (left.empty() ? "" : "，无消息：" + joined(left));
  return found;
}

}  // namespace assay
