// The ros2 wire's words without a network: bytes as ROS 2 puts them, garbage, mappings, messages against bodies.
#include <dds/dds.h>
#include <dds/ddsi/ddsi_serdata.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>

#include "adapters/ros2/assembly.h"

namespace assay::ros2 {
namespace {

constexpr std::array kTypes{Type::joint_state,  Type::odometry,         Type::twist,   Type::twist_stamped,
                            Type::pose_stamped, Type::wrench_stamped,   Type::imu,     Type::battery_state,
                            Type::laser_scan,   Type::joint_trajectory, Type::boolean, Type::text};

BusOptions loopback(int domain) {
  BusOptions out;
  out.domain = domain;
  out.interface = "lo";
  out.peers = {"127.0.0.1"};
  return out;
}

Message sample_of(Type type) {
  Message m;
  if (is_stamped(type)) {
    m.stamp_ns = 1'500'000'007;
    m.frame = "here";
  }
  for (std::size_t i = 0; i < fields(type).size(); ++i)
    m.values.push_back(type == Type::boolean ? 1 : 0.5 + static_cast<double>(i));
  if (type == Type::joint_state || type == Type::joint_trajectory) {
    m.names = {"a", "bb"};
    m.position = {1.25, -2};
    m.velocity = {3, 4};
  }
  if (type == Type::laser_scan) m.ranges = {1, 2, 3};
  if (type == Type::text) m.text = "go";
  return m;
}

/// What the library writes for a message, and what it makes of bytes: no network is involved.
class Codec {
 public:
  explicit Codec(Type type) : type_(type), participant_(dds_create_participant(66, nullptr, nullptr)) {
    topic_ = dds_create_topic(participant_, descriptor(type), "rt/x", nullptr, nullptr);
    reader_ = dds_create_reader(participant_, topic_, nullptr, nullptr);
    writer_ = dds_create_writer(participant_, topic_, nullptr, nullptr);
    kept_ = taken(sample_of(type));
  }
  ~Codec() {
    ddsi_serdata_unref(kept_);
    dds_delete(participant_);
  }
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  std::string bytes(const Message& message) const {
    ddsi_serdata* data = taken(message);
    std::string out(ddsi_serdata_size(data), '\0');
    ddsi_serdata_to_ser(data, 0, out.size(), out.data());
    ddsi_serdata_unref(data);
    return out;
  }

  /// 0: the library refused it; 1: we did; 2: it reads.
  int read(std::string bytes, Message& out) const {
    const ddsrt_iovec_t part{bytes.data(), bytes.size()};
    auto* data = ddsi_serdata_from_ser_iov(kept_->type, SDK_DATA, 1, &part, bytes.size());
    if (data == nullptr) return 0;
    void* sample = dds_alloc(descriptor(type_)->m_size);
    const bool read = ddsi_serdata_to_sample(data, sample, nullptr, nullptr);
    const int what = !read ? 0 : decode(type_, sample, out) ? 2 : 1;
    dds_sample_free(sample, descriptor(type_), DDS_FREE_ALL);
    ddsi_serdata_unref(data);
    return what;
  }

 private:
  ddsi_serdata* taken(const Message& message) const {
    EXPECT_GE(write_message(writer_, type_, message), 0);
    ddsi_serdata* out = nullptr;
    dds_sample_info_t info;
    EXPECT_EQ(dds_takecdr(reader_, &out, 1, &info, DDS_ANY_STATE), 1);
    return out;
  }
  Type type_;
  dds_entity_t participant_, topic_ = 0, reader_ = 0, writer_ = 0;
  ddsi_serdata* kept_ = nullptr;  ///< knows the type
};

TEST(RosMessages, AreTheBytesThatRos2Sends) {
  using std::string_literals::operator""s;
  EXPECT_EQ(Codec(Type::text).bytes(sample_of(Type::text)).substr(4, 7), "\x03\0\0\0go\0"s);
  EXPECT_EQ(Codec(Type::boolean).bytes(sample_of(Type::boolean)).substr(4, 1), "\x01"s);
  // Header (1 s, 500000007 ns, "here"), names, position, velocity, effort: XCDR1, little endian, doubles at multiples
  // of 8.
  const std::string joints = Codec(Type::joint_state).bytes(sample_of(Type::joint_state));
  EXPECT_EQ(joints.substr(0, 2), "\0\1"s);
  EXPECT_EQ(joints.substr(4), "\1\0\0\0\x07\x65\xcd\x1d\5\0\0\0here\0\0\0\0"s + "\2\0\0\0\2\0\0\0a\0\0\0\3\0\0\0bb\0"s +
                                  "\0"s + "\2\0\0\0"s + "\0\0\0\0"s + "\0\0\0\0\0\0\xf4\x3f\0\0\0\0\0\0\0\xc0"s +
                                  "\2\0\0\0"s + "\0\0\0\0"s + "\0\0\0\0\0\0\x08\x40\0\0\0\0\0\0\x10\x40"s +
                                  "\0\0\0\0"s);
  EXPECT_EQ(Codec(Type::twist).bytes(sample_of(Type::twist)).size(), 4u + 48);
  EXPECT_STREQ(descriptor(Type::joint_state)->m_typename, "sensor_msgs::msg::dds_::JointState_");
  EXPECT_EQ(dds_topic("/arm/joint_states"), "rt/arm/joint_states");
}

TEST(RosMessages, ComeBackAsTheyWere) {
  for (const Type type : kTypes) {
    SCOPED_TRACE(ros_name(type));
    const Codec codec(type);
    const Message sent = sample_of(type);
    Message got;
    ASSERT_EQ(codec.read(codec.bytes(sent), got), 2);
    EXPECT_EQ(got.stamp_ns, sent.stamp_ns);
    EXPECT_EQ(got.frame, sent.frame);
    EXPECT_EQ(got.values, sent.values);
    EXPECT_EQ(got.names, sent.names);
    EXPECT_EQ(got.position, sent.position);
    EXPECT_EQ(got.velocity, sent.velocity);
    EXPECT_EQ(got.ranges, sent.ranges);
    EXPECT_EQ(got.text, sent.text);
  }
}

TEST(RosMessages, GarbageIsRefusedAndHarmless) {
  const char* wanted = std::getenv("ASSAY_FUZZ");
  const int runs = (wanted == nullptr ? 24'000 : std::atoi(wanted)) / static_cast<int>(kTypes.size());
  std::mt19937_64 random(1);  // NOLINT: the same garbage each time
  int counts[3] = {};
  for (const Type type : kTypes) {
    const Codec codec(type);
    const std::string sound = codec.bytes(sample_of(type));
    Message got;
    for (int i = 0; i < runs; ++i) {
      std::string bytes = sound;
      const std::uint64_t changes = 1 + random() % 6;
      for (std::uint64_t k = 0; k < changes; ++k)
        bytes[4 + random() % (bytes.size() - 4)] = static_cast<char>(random());
      if (random() % 4 == 0) bytes.resize(4 + random() % (bytes.size() - 3));
      if (random() % 8 == 0) bytes.append(random() % 40, static_cast<char>(random()));
      ++counts[codec.read(bytes, got)];
    }
  }
  std::printf("garbled messages: %d refused by the library, %d by us, %d still read\n", counts[0], counts[1],
              counts[2]);
  EXPECT_GT(counts[0], 0);
  EXPECT_GT(counts[2], 0);
}

Json section() {
  return Json::parse(R"({"domain": 3, "tick": {"topic": "/odom"}, "stop": {"topic": "/stop"},
    "states": [{"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "base"},
               {"topic": "/battery", "type": "sensor_msgs/msg/BatteryState", "rate_hz": 1}],
    "commands": [{"topic": "/cmd_vel", "type": "geometry_msgs/msg/Twist", "group": "base"}],
    "channels": [{"name": "robot.x_m", "unit": "m", "frame": "world", "topic": "/odom", "field": "x_m"},
                 {"name": "battery", "unit": "1", "topic": "/battery", "field": "charge_ratio"}]})");
}

TEST(Mapping, NamesWhatDoesNotFit) {
  EXPECT_TRUE(mapping_from(section()).ok());
  const auto why = [](const char* pointer, const Json& value) {
    Json s = section();
    s[Json::json_pointer(pointer)] = value;
    const auto read = mapping_from(s);
    return read.ok() ? std::string() : read.error().found;
  };
  EXPECT_NE(why("/states/0/type", "nav_msgs/msg/Path").find("nav_msgs/msg/Path"), std::string::npos);
  EXPECT_NE(why("/states/1/topic", "/odom").find("twice"), std::string::npos);
  EXPECT_NE(why("/tick/topic", "/clock").find("/clock"), std::string::npos);
  EXPECT_NE(why("/channels/0/field", "w").find("robot.x_m: w"), std::string::npos);
  EXPECT_NE(why("/commands/0/type", "sensor_msgs/msg/Imu").find("Imu"), std::string::npos);
  Group arm;
  arm.name = "base";
  const auto mapping = mapping_from(section());
  EXPECT_EQ(check_groups(*mapping, {arm}).error().id, 1258);  // an arm has no odometry
  EXPECT_EQ(check_groups(*mapping, {}).error().id, 1258);
}

class Assembly : public testing::Test {
 protected:
  Assembly() : mapping_(*mapping_from(section())) {
    Group base;
    base.kind = Group::Kind::base;
    base.name = "base";
    robot_.groups = {base};
    robot_.control_period_ns = 20'000'000;
    for (const auto& source : mapping_.channels) robot_.truth_channels.push_back(source.channel);
  }
  static Got odom(std::int64_t stamp_ns, double x_m) {
    Got out;
    out.message.stamp_ns = stamp_ns;
    out.message.values = {x_m, 0, 0, 1, 0, 0, 0, 0.3, 0, 0, 0, 0, 0.1};
    out.received = SteadyTime{stamp_ns + 1000};
    return out;
  }
  static Got battery(std::int64_t stamp_ns) {
    Got out;
    out.message.stamp_ns = stamp_ns;
    out.message.values = {24, 1, 0.75};
    out.received = SteadyTime{stamp_ns + 1000};
    return out;
  }
  Mapping mapping_;
  RobotDescription robot_;
};

TEST_F(Assembly, WaitsForEveryTopicOnceThenTakesTheNewest) {
  Assembler assembler(mapping_, robot_);
  ASSERT_TRUE(assembler.add("/odom", odom(1'000'000'000, 1)).ok());
  EXPECT_TRUE(assembler.ready(SteadyTime{1'000'001'000})->empty());
  EXPECT_EQ(assembler.silent(), std::vector<std::string>{"/battery"});
  ASSERT_TRUE(assembler.add("/battery", battery(1'000'500'000)).ok());
  ASSERT_TRUE(assembler.add("/odom", odom(1'020'000'000, 2)).ok());
  const auto samples = assembler.ready(SteadyTime{1'020'001'000});
  ASSERT_EQ(samples->size(), 2u);
  EXPECT_EQ((*samples)[0].sample.time.ns, 0);
  EXPECT_EQ((*samples)[1].sample.time.ns, 20'000'000);
  EXPECT_EQ((*samples)[0].sample.truth, (std::vector<double>{1, 0.75}));
  EXPECT_EQ((*samples)[1].sample.truth[0], 2);
  EXPECT_EQ((*samples)[1].sample.observation.groups[0].twist, (std::array<double, 2>{0.3, 0.1}));
}

TEST_F(Assembly, NamesWhatATopicDoesWrong) {
  const auto after = [&](const Got& got) {
    Assembler assembler(mapping_, robot_);
    EXPECT_TRUE(assembler.add("/battery", battery(1'000'000'000)).ok());
    EXPECT_TRUE(assembler.add("/odom", odom(1'000'000'000, 1)).ok());
    const auto added = assembler.add("/odom", got);
    if (!added) return added.error().found;
    const auto ready = assembler.ready(got.received);
    return ready ? std::string() : ready.error().found;
  };
  EXPECT_EQ(after(odom(1'000'000'000, 1)).rfind("subject:telemetry_repeated", 0), 0u);
  EXPECT_EQ(after(odom(999'000'000, 1)).rfind("subject:clock_backwards", 0), 0u);
  EXPECT_EQ(after(odom(1'060'000'000, 1)).rfind("subject:telemetry_gap", 0), 0u);
  EXPECT_EQ(after(odom(0, 1)).rfind("subject:telemetry_unstamped", 0), 0u);
  EXPECT_EQ(after(odom(1'020'000'000, std::nan(""))).rfind("subject:telemetry_not_finite", 0), 0u);
  EXPECT_EQ(after(odom(1'020'000'000, 2)), "");
}

TEST_F(Assembly, TurnsAnyScannersRaysToTheBodysBeams) {
  Group base = robot_.groups[0];
  base.beams = 4;
  StateTopic topic{"/scan", Type::laser_scan, 10, false, false, "base", {}};
  Message m;
  // Eight rays from -180 degrees on; the one straight ahead is number 4.
  m.values = {-std::numbers::pi, std::numbers::pi / 4, 0.1, 10};
  m.ranges = {1, 2, 3, 4, 5, 6, std::numeric_limits<float>::infinity(), 8};
  RangeScan scan;
  ASSERT_TRUE(read_scan(topic, base, m, scan).ok());
  EXPECT_EQ(scan.range_m, (std::vector<float>{5, 10, 1, 3}));
}

TEST(Commands, GoThereAndBack) {
  Group arm, gripper, base;
  arm.name = "arm";
  arm.joints = {"robot/j1", "robot/j2"};
  gripper.kind = Group::Kind::gripper;
  gripper.name = "gripper";
  gripper.max_width_m = 0.08;
  base.kind = Group::Kind::base;
  base.name = "base";
  const std::vector<Group> groups{arm, gripper, base};
  const auto mapping = served_mapping(groups, loopback(0));
  const auto again = mapping_from(mapping_json(mapping));
  ASSERT_TRUE(again.ok()) << again.error().found;
  for (const GroupAction& sent :
       {GroupAction{"arm", Mode::joint_position, {0.1, -0.2}}, GroupAction{"arm", Mode::joint_velocity, {0.3, 0.4}},
        GroupAction{"arm", Mode::ee_delta_pose, {0.001, 0, 0, 0, 0, 0.002}},
        GroupAction{"gripper", Mode::gripper, {0.5}}, GroupAction{"base", Mode::base_twist, {0.4, -0.1}}}) {
    bool carried = false;
    for (const auto& topic : mapping.commands) {
      const Group& group = *find_group(groups, topic.group);
      const auto message = sent.group == topic.group ? command_message(topic, group, sent, 0.02) : std::nullopt;
      if (!message) continue;
      carried = true;
      const auto got = read_command(topic, group, *message, 0.02);
      ASSERT_TRUE(got.ok());
      EXPECT_EQ(got->mode, sent.mode);
      ASSERT_EQ(got->values.size(), sent.values.size());
      for (std::size_t i = 0; i < sent.values.size(); ++i) EXPECT_NEAR(got->values[i], sent.values[i], 1e-15);
    }
    EXPECT_TRUE(carried) << sent.group;
  }
}

}  // namespace
}  // namespace assay::ros2
