// A mobile base on ROS 2 topics over Fast DDS, ROS 2's default: an independent peer for the ros2 wire. Knows nothing of
// Assay but the words of a session (docs/wire-ros2.md). fastdds_base DOMAIN; runs until it is killed.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fastdds/dds/domain/DomainParticipant.hpp>
#include <fastdds/dds/domain/DomainParticipantFactory.hpp>
#include <fastdds/dds/publisher/DataWriter.hpp>
#include <fastdds/dds/publisher/Publisher.hpp>
#include <fastdds/dds/subscriber/DataReader.hpp>
#include <fastdds/dds/subscriber/SampleInfo.hpp>
#include <fastdds/dds/subscriber/Subscriber.hpp>
#include <fastdds/dds/topic/TypeSupport.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base_messagesPubSubTypes.h"

namespace fast = eprosima::fastdds::dds;
using Clock = std::chrono::system_clock;
using Json = nlohmann::json;
using Bool = std_msgs::msg::dds_::Bool_;
using String = std_msgs::msg::dds_::String_;
using Twist = geometry_msgs::msg::dds_::Twist_;

namespace {

constexpr std::int64_t kPeriod_ns = 20'000'000, kWatchdog_ns = 250'000'000;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

/// Topics and what they carry.
class Topics {
 public:
  explicit Topics(int domain)
      : participant_(fast::DomainParticipantFactory::get_instance()->create_participant(
            static_cast<std::uint32_t>(domain), fast::PARTICIPANT_QOS_DEFAULT)),
        publisher_(participant_->create_publisher(fast::PUBLISHER_QOS_DEFAULT)),
        subscriber_(participant_->create_subscriber(fast::SUBSCRIBER_QOS_DEFAULT)) {}

  template <class Type>
  fast::DataWriter* says(const char* name) {
    fast::DataWriterQos qos = fast::DATAWRITER_QOS_DEFAULT;
    keep(qos);
    return publisher_->create_datawriter(topic<Type>(name), qos);
  }
  template <class Type>
  fast::DataReader* hears(const char* name) {
    fast::DataReaderQos qos = fast::DATAREADER_QOS_DEFAULT;
    qos.reliability().kind = fast::RELIABLE_RELIABILITY_QOS;
    keep(qos);
    return subscriber_->create_datareader(topic<Type>(name), qos);
  }

 private:
  template <class Qos>
  static void keep(Qos& qos) {
    qos.durability().kind = fast::VOLATILE_DURABILITY_QOS;  // as ROS 2 has it by default
    qos.history().depth = 64;
    qos.endpoint().history_memory_policy = eprosima::fastrtps::rtps::PREALLOCATED_WITH_REALLOC_MEMORY_MODE;
  }
  template <class Type>
  fast::Topic* topic(const char* name) {
    fast::TypeSupport type(new Type);
    type.register_type(participant_);
    return participant_->create_topic(name, type.get_type_name(), fast::TOPIC_QOS_DEFAULT);
  }
  fast::DomainParticipant* participant_;
  fast::Publisher* publisher_;
  fast::Subscriber* subscriber_;
};

template <class T>
bool next(fast::DataReader* reader, T& out) {
  fast::SampleInfo info;
  while (reader->take_next_sample(&out, &info) == ReturnCode_t::RETCODE_OK)
    if (info.valid_data) return true;
  return false;
}

class Base {
 public:
  explicit Base(Topics& topics)
      : odom_(topics.says<nav_msgs::msg::dds_::Odometry_PubSubType>("rt/odom")),
        status_(topics.says<acme_msgs::msg::dds_::BaseStatus_PubSubType>("rt/status")),
        answers_(topics.says<std_msgs::msg::dds_::String_PubSubType>("rt/session/answer")),
        truth_(topics.says<std_msgs::msg::dds_::String_PubSubType>("rt/session/truth")),
        commands_(topics.hears<geometry_msgs::msg::dds_::Twist_PubSubType>("rt/cmd_vel")),
        drives_(topics.hears<acme_msgs::msg::dds_::BaseCommand_PubSubType>("rt/drive")),
        stops_(topics.hears<std_msgs::msg::dds_::Bool_PubSubType>("rt/halt")),
        alive_(topics.hears<std_msgs::msg::dds_::Bool_PubSubType>("rt/alive")),
        asks_(topics.hears<std_msgs::msg::dds_::String_PubSubType>("rt/session/ask")) {}

  [[noreturn]] void run() {
    for (std::int64_t due_ns = now_ns();;) {
      due_ns += kPeriod_ns;
      for (std::int64_t left_ns = 1; left_ns > 0; left_ns = due_ns - now_ns()) {
        asks_->wait_for_unread_message(
            {0, static_cast<std::uint32_t>(std::clamp<std::int64_t>(due_ns - now_ns(), 1, kPeriod_ns))});
        for (String question; next(asks_, question);) hear(question.data(), now_ns());
      }
      obey();
      move();
      publish(now_ns());
    }
  }

 private:
  void obey() {
    Twist command;
    Bool yes;
    while (next(commands_, command)) {
      want_v_ = command.linear().x();
      want_w_ = command.angular().z();
      last_command_ns_ = now_ns();
    }
    acme_msgs::msg::dds_::BaseCommand_ drive;
    while (next(drives_, drive)) {
      const std::int64_t stamp_ns =
          drive.header().stamp().sec() * std::int64_t{1'000'000'000} + drive.header().stamp().nanosec();
      const bool sound = drive.mode() == 2 && drive.note().size() == 0 && drive.drives().size() == 2 &&
                         drive.lamp() == 65535 && drive.drives()[1].gear() == 3 &&
                         std::abs(now_ns() - stamp_ns) < 1'000'000'000;
      if (!sound) continue;
      want_v_ = drive.drives()[1].speeds()[1];
      want_w_ = drive.turn_rad_s();
      last_command_ns_ = now_ns();
    }
    while (next(alive_, yes)) last_command_ns_ = now_ns();
    bool halted = false;
    while (next(stops_, yes)) halted = halted || yes.data();
    if (now_ns() - last_command_ns_ > kWatchdog_ns) {
      halted = true;
      if (running_) end("watchdog");
    }
    if (halted) want_v_ = want_w_ = 0;
  }

  void move() {
    constexpr double kPeriod_s = 0.02, kBrake_m_s2 = 2;
    const double step = kBrake_m_s2 * kPeriod_s;
    v_m_s_ += std::min(step, std::max(-step, want_v_ - v_m_s_));
    w_rad_s_ = want_w_;
    x_m_ += v_m_s_ * std::cos(yaw_rad_) * kPeriod_s;
    y_m_ += v_m_s_ * std::sin(yaw_rad_) * kPeriod_s;
    yaw_rad_ += w_rad_s_ * kPeriod_s;
  }

  void publish(std::int64_t at_ns) {
    nav_msgs::msg::dds_::Odometry_ said;
    stamp(said.header(), at_ns);
    said.child_frame_id("base_link");
    said.pose().pose().position().x(x_m_);
    said.pose().pose().position().y(y_m_);
    said.pose().pose().orientation().z(std::sin(yaw_rad_ / 2));
    said.pose().pose().orientation().w(std::cos(yaw_rad_ / 2));
    said.twist().twist().linear().x(v_m_s_);
    said.twist().twist().angular().z(w_rad_s_);
    odom_->write(&said);
    publish_status(at_ns);
    if (stopping_ && v_m_s_ == 0 && w_rad_s_ == 0) confirm_stop(at_ns);
    if (!running_) return;
    if (sequence_ == 0) began_ns_ = at_ns;
    tell(truth_, {{"seq", sequence_++},
                  {"t_ns", at_ns - began_ns_},
                  {"clock_ns", at_ns},
                  {"truth", {x_m_, y_m_}},
                  {"peaks", Json::array()},
                  {"groups", Json::array()}});
  }

  /// Every value follows from the count, so that whoever reads it can tell which message it was.
  void publish_status(std::int64_t at_ns) {
    acme_msgs::msg::dds_::BaseStatus_ said;
    stamp(said.header(), at_ns);
    said.mode(static_cast<std::uint8_t>(count_ % 200));
    said.note(std::string(static_cast<std::size_t>(count_ % 7), 'x'));
    for (const char* name : {"left", "right"}) {
      acme_msgs::msg::dds_::Motor_ motor;
      motor.name(name);
      motor.temperature_c(20 + 0.5F * static_cast<float>(count_ % 100));
      motor.state(3);
      motor.ticks((std::int64_t{1} << 40) + count_);
      said.motors().push_back(motor);
    }
    said.position().x(x_m_);
    said.position().y(-static_cast<double>(count_));
    said.raw({static_cast<std::int16_t>(-7), static_cast<std::int16_t>(count_ % 1000), std::int16_t{9}});
    said.picture().assign(100'000 + static_cast<std::size_t>(count_ % 5), 42);  // more than one packet
    said.joint_names({"lift", "tray"});
    said.loads({0.25, static_cast<double>(count_) / 8});
    said.charging(count_ % 2 == 1);
    status_->write(&said);
    ++count_;
  }

  static void stamp(std_msgs::msg::dds_::Header_& header, std::int64_t at_ns) {
    header.stamp().sec(static_cast<std::int32_t>(at_ns / 1'000'000'000));
    header.stamp().nanosec(static_cast<std::uint32_t>(at_ns % 1'000'000'000));
    header.frame_id("odom");
  }

  static void tell(fast::DataWriter* writer, const Json& words) {
    String said;
    said.data(words.dump());
    writer->write(&said);
  }

  /// A question may come twice: the same id gets the same answer.
  void hear(const std::string& text, std::int64_t came_ns) {
    const Json words = Json::parse(text, nullptr, false);
    if (!words.is_object() || !words.contains("id")) return;
    const std::string id = words["id"], call = words.value("ask", "");
    if (const auto said = answered_.find(id); said != answered_.end()) return tell(answers_, said->second);
    if (stopping_ && (*stopping_)["id"] == id) return;
    Json answer = {{"id", id}};
    if (call == "clock") {
      answer["received_ns"] = came_ns;
      answer["sent_ns"] = now_ns();
      return tell(answers_, answer);
    }
    if (call == "reset") {
      running_ = false;
      answer["trial"] = ++trial_;
      answer["robot"] = description(words["setup"]);
    } else if (call == "begin") {
      running_ = true;
      sequence_ = 0;
      last_command_ns_ = now_ns();
    } else if (call == "stop") {
      want_v_ = want_w_ = 0;
      asked_to_stop_ns_ = now_ns();
      stopping_ = std::make_unique<Json>(std::move(answer));
      return;  // answered when it stands
    }
    answered_[id] = answer;
    tell(answers_, answer);
  }

  void confirm_stop(std::int64_t at_ns) {
    Json& answer = *stopping_;
    answer["stop"] = {{"confirmed", true},
                      {"requested_at_ns", std::max<std::int64_t>(0, asked_to_stop_ns_ - began_ns_)},
                      {"confirmed_at_ns", std::max<std::int64_t>(0, at_ns - began_ns_)},
                      {"detail", "brakes of the peer"}};
    answered_[answer["id"]] = answer;
    tell(answers_, answer);
    stopping_.reset();
    if (running_) end("stopped");
  }

  void end(const char* why) {
    running_ = false;
    tell(truth_, {{"end", why}});
  }

  static Json description(const Json& setup) {
    const auto channel = [](const char* name) {
      return Json{{"name", name}, {"unit", "m"}, {"frame", "odom"}, {"vantage", "self_report"}};
    };
    return {{"schema", "assay.robot/1"},
            {"identity", "a base over Fast DDS"},
            {"engine", "none: kinematics"},
            {"control_period_ns", kPeriod_ns},
            {"capabilities", Json::array()},
            {"groups", {{{"name", "base"}, {"kind", "base"}, {"joints", 0}}}},
            {"truth_channels", {channel("robot.x_m"), channel("robot.y_m")}},
            {"peak_channels", Json::array()},
            {"missing_signals", setup["signals"]}};
  }

  fast::DataWriter *odom_, *status_, *answers_, *truth_;
  fast::DataReader *commands_, *drives_, *stops_, *alive_, *asks_;
  double x_m_ = 0, y_m_ = 0, yaw_rad_ = 0, v_m_s_ = 0, w_rad_s_ = 0, want_v_ = 0, want_w_ = 0;
  std::int64_t last_command_ns_ = 0, asked_to_stop_ns_ = 0, began_ns_ = 0, sequence_ = 0, trial_ = 0, count_ = 0;
  bool running_ = false;
  std::unique_ptr<Json> stopping_;  ///< the answer that waits until it stands
  std::map<std::string, Json> answered_;
};

}  // namespace

int main(int argc, char** argv) {
  Topics topics(argc > 1 ? std::atoi(argv[1]) : 0);
  Base base(topics);
  std::printf("%s %s\n", nav_msgs::msg::dds_::Odometry_PubSubType().getName(),
              geometry_msgs::msg::dds_::Twist_PubSubType().getName());
  std::fflush(stdout);
  base.run();
}
