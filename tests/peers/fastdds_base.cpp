// A mobile base on ROS 2 topics over Fast DDS, ROS 2's default: an independent peer for the ros2 wire. Knows nothing of
// Assay. fastdds_base DOMAIN; runs until it is killed.
#include <atomic>
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
#include <thread>

#include "base_messagesPubSubTypes.h"

namespace fast = eprosima::fastdds::dds;
using Clock = std::chrono::system_clock;

int main(int argc, char** argv) {
  const int domain = argc > 1 ? std::atoi(argv[1]) : 0;
  auto* participant =
      fast::DomainParticipantFactory::get_instance()->create_participant(domain, fast::PARTICIPANT_QOS_DEFAULT);
  fast::TypeSupport odometry(new nav_msgs::msg::dds_::Odometry_PubSubType()),
      twist(new geometry_msgs::msg::dds_::Twist_PubSubType()), boolean(new std_msgs::msg::dds_::Bool_PubSubType());
  for (auto* type : {&odometry, &twist, &boolean}) type->register_type(participant);
  const auto topic = [&](const char* name, fast::TypeSupport& type) {
    return participant->create_topic(name, type.get_type_name(), fast::TOPIC_QOS_DEFAULT);
  };
  auto* publisher = participant->create_publisher(fast::PUBLISHER_QOS_DEFAULT);
  auto* subscriber = participant->create_subscriber(fast::SUBSCRIBER_QOS_DEFAULT);
  auto* odom = publisher->create_datawriter(topic("rt/odom", odometry), fast::DATAWRITER_QOS_DEFAULT);
  fast::DataReaderQos reliable = fast::DATAREADER_QOS_DEFAULT;
  reliable.reliability().kind = fast::RELIABLE_RELIABILITY_QOS;
  auto* commands = subscriber->create_datareader(topic("rt/cmd_vel", twist), reliable);
  auto* stops = subscriber->create_datareader(topic("rt/halt", boolean), reliable);
  if (odom == nullptr || commands == nullptr || stops == nullptr) return 1;
  std::printf("%s %s\n", odometry.get_type_name().c_str(), twist.get_type_name().c_str());
  std::fflush(stdout);

  constexpr auto kPeriod = std::chrono::milliseconds(20), kWatchdog = std::chrono::milliseconds(250);
  constexpr double kPeriod_s = 0.02, kBrake_m_s2 = 2;
  double x_m = 0, y_m = 0, yaw_rad = 0, v_m_s = 0, w_rad_s = 0, want_v = 0, want_w = 0;
  auto last_command = Clock::now(), due = Clock::now();
  while (true) {
    due += kPeriod;
    std::this_thread::sleep_until(due);
    geometry_msgs::msg::dds_::Twist_ command;
    std_msgs::msg::dds_::Bool_ stop;
    fast::SampleInfo info;
    while (commands->take_next_sample(&command, &info) == ReturnCode_t::RETCODE_OK) {
      if (!info.valid_data) continue;
      want_v = command.linear().x();
      want_w = command.angular().z();
      last_command = Clock::now();
    }
    bool halted = Clock::now() - last_command > kWatchdog;
    while (stops->take_next_sample(&stop, &info) == ReturnCode_t::RETCODE_OK)
      halted = halted || (info.valid_data && stop.data());
    if (halted) want_v = want_w = 0;
    const double step = kBrake_m_s2 * kPeriod_s;
    v_m_s += std::min(step, std::max(-step, want_v - v_m_s));
    w_rad_s = want_w;
    x_m += v_m_s * std::cos(yaw_rad) * kPeriod_s;
    y_m += v_m_s * std::sin(yaw_rad) * kPeriod_s;
    yaw_rad += w_rad_s * kPeriod_s;
    const auto now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
    nav_msgs::msg::dds_::Odometry_ said;
    said.header().stamp().sec(static_cast<int32_t>(now_ns / 1'000'000'000));
    said.header().stamp().nanosec(static_cast<uint32_t>(now_ns % 1'000'000'000));
    said.header().frame_id("odom");
    said.child_frame_id("base_link");
    said.pose().pose().position().x(x_m);
    said.pose().pose().position().y(y_m);
    said.pose().pose().orientation().z(std::sin(yaw_rad / 2));
    said.pose().pose().orientation().w(std::cos(yaw_rad / 2));
    said.twist().twist().linear().x(v_m_s);
    said.twist().twist().angular().z(w_rad_s);
    odom->write(&said);
  }
}
