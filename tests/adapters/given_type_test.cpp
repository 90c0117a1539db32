// Message types by a definition of the subject file: what it says, what it refuses, raw bytes through the library.
#include <dds/dds.h>
#include <dds/ddsi/ddsi_serdata.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "adapters/ros2/convert.h"
#include "adapters/ros2/raw_topic.h"
#include "tests/support/cdr.h"

namespace assay::ros2 {
namespace {

namespace fs = std::filesystem;
using test::Cdr;

constexpr const char* kStatus = R"(# what the base says of itself
std_msgs/Header header
uint8 MODE_DRIVE=2
uint8 mode
string<=16 note
Motor[<=4] motors
geometry_msgs/Point position
int16[3] raw
string[] joint_names
float64[] loads
bool charging
)";
constexpr const char* kMotor = "string name\nfloat32 temperature_c\nbyte state\nint64 ticks\n";
constexpr const char* kIdl = R"idl(
module acme_msgs { module msg { module dds_ {
  struct Motor_ { string name; float temperature_c; octet state; long long ticks; };
  struct BaseStatus_ {
    std_msgs::msg::dds_::Header_ header;
    octet mode;
    string<16> note;
    sequence<Motor_, 4> motors;
    geometry_msgs::msg::dds_::Point_ position;
    short raw[3];
    sequence<string> joint_names;
    sequence<double> loads;
    boolean charging;
  };
}; }; };
)idl";

std::string status(const std::string& note) {
  Cdr out;
  out.put(std::int32_t{12}).put(std::uint32_t{5}).text("odom").put(std::uint8_t{2}).text(note).put(std::uint32_t{2});
  for (const int motor : {0, 1})
    out.text(motor == 0 ? "left" : "right")
        .put(20.5F + static_cast<float>(motor))
        .put(std::uint8_t{3})
        .put((std::int64_t{1} << 40) + motor);
  out.put(1.5).put(2.5).put(-3.5).put(std::int16_t{-7}).put(std::int16_t{8}).put(std::int16_t{9});
  out.put(std::uint32_t{2}).text("lift").text("tray").put(std::uint32_t{2}).put(0.25).put(0.75).put(std::uint8_t{1});
  return out.bytes();
}

class GivenTypes : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("assay_types_" + std::to_string(getpid()));
    fs::create_directories(folder_ / "acme_msgs" / "msg");
    write("acme_msgs/msg/BaseStatus.msg", kStatus);
    write("acme_msgs/msg/Motor.msg", kMotor);
    write("merged/BaseStatus.msg", std::string(kStatus) + "===\nMSG: acme_msgs/Motor\n" + kMotor);
    write("base.idl", kIdl);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const fs::path& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  Result<GivenType> read(const std::vector<std::string>& files, const char* type = "acme_msgs/msg/BaseStatus") const {
    return GivenType::read(type, files, folder_.string());
  }
  GivenType sound() const {
    auto out = read({"acme_msgs/msg/BaseStatus.msg", "acme_msgs/msg/Motor.msg"});
    EXPECT_TRUE(out.ok()) << to_string(out.error(), Lang::en);
    for (const char* field : {"motors[1].temperature_c", "raw[0]", "loads[tray]", "charging", "motors[1].ticks"})
      EXPECT_TRUE(out->add(field).ok()) << field;
    EXPECT_TRUE(out->set_stamp("header.stamp").ok());
    return std::move(*out);
  }
  fs::path folder_;
};

TEST_F(GivenTypes, AreReadByTheirDefinition) {
  const std::vector<std::string> ways[] = {
      {"acme_msgs/msg/BaseStatus.msg", "acme_msgs/msg/Motor.msg"}, {"merged/BaseStatus.msg"}, {"base.idl"}};
  for (const auto& files : ways) {
    SCOPED_TRACE(files[0]);
    auto type = read(files);
    ASSERT_TRUE(type.ok()) << to_string(type.error(), Lang::en);
    EXPECT_EQ(*type->add("motors[1].ticks"), 0);
    EXPECT_EQ(*type->add("loads[tray]"), 1);
    EXPECT_EQ(*type->add("position.z"), 2);
    ASSERT_TRUE(type->set_stamp("header.stamp").ok());
    for (const char* note : {"", "x", "a longer note"}) {
      Message m;
      ASSERT_TRUE(type->decode(status(note), m)) << note;
      EXPECT_EQ(m.values[0], static_cast<double>((std::int64_t{1} << 40) + 1));
      EXPECT_EQ(m.values[1], 0.75);
      EXPECT_EQ(m.values[2], -3.5);
      EXPECT_EQ(m.stamp_ns, 12'000'000'005);
    }
  }
  EXPECT_EQ(dds_type_name("acme_msgs/msg/BaseStatus"), "acme_msgs::msg::dds_::BaseStatus_");
}

TEST_F(GivenTypes, SayWhatIsWrongWithTheirDefinition) {
  EXPECT_EQ(read({"nowhere.msg"}).error().id, 1272);
  EXPECT_EQ(read({"acme_msgs"}).error().id, 1272);
  EXPECT_EQ(read({"acme_msgs/msg/BaseStatus.msg"}).error().id, 1273);  // Motor is missing
  write("acme_msgs/msg/Odd.msg", "float64\n");
  EXPECT_EQ(read({"acme_msgs/msg/Odd.msg"}, "acme_msgs/msg/Odd").error().id, 1273);
  write("acme_msgs/msg/Wide.msg", "wstring w\nfloat64 x\n");
  EXPECT_NE(read({"acme_msgs/msg/Wide.msg"}, "acme_msgs/msg/Wide").error().found.find("Wide w"), std::string::npos);
  const auto other = read({"base.idl"}, "acme_msgs/msg/Other");
  EXPECT_EQ(other.error().id, 1274);
  EXPECT_NE(other.error().found.find("acme_msgs/BaseStatus"), std::string::npos) << other.error().found;
  EXPECT_EQ(read({"acme_msgs/msg/Motor.msg"}).error().id, 1274);

  auto type = sound();
  for (const char* field :
       {"speed", "note", "motors", "motors[2]", "raw[3]", "position", "loads.x", "motors[left]", "", "a["})
    EXPECT_EQ(type.add(field).error().id, 1275) << field;
  EXPECT_NE(type.add("position.w").error().found.find("has x y z"), std::string::npos);
  EXPECT_EQ(type.set_stamp("position.x").error().id, 1275);
}

TEST_F(GivenTypes, AreWrittenAsTheyAreRead) {
  auto type = read({"base.idl"});
  ASSERT_TRUE(type.ok());
  for (const char* field : {"motors[1].ticks", "raw[2]", "loads[0]", "position.y"}) ASSERT_TRUE(type->add(field).ok());
  ASSERT_TRUE(type->set("mode", 2).ok());
  ASSERT_TRUE(type->set("raw[0]", -1e9).ok());  // the nearest that it holds
  ASSERT_TRUE(type->set_stamp("header.stamp").ok());
  ASSERT_TRUE(type->check_writing().ok());
  Message sent, got;
  sent.values = {1099511627777, 2.6, 0.1, -1e300};
  sent.stamp_ns = 12'000'000'005;
  const std::string bytes = type->encode(sent);
  const std::string by_hand = Cdr()
                                  .put(std::int32_t{12})
                                  .put(std::uint32_t{5})
                                  .text("")
                                  .put(std::uint8_t{2})
                                  .text("")
                                  .put(std::uint32_t{2})
                                  .text("")
                                  .put(0.0F)
                                  .put(std::uint8_t{0})
                                  .put(std::int64_t{0})
                                  .text("")
                                  .put(0.0F)
                                  .put(std::uint8_t{0})
                                  .put(std::int64_t{1099511627777})
                                  .put(0.0)
                                  .put(-1e300)
                                  .put(0.0)
                                  .put(std::int16_t{-32768})
                                  .put(std::int16_t{0})
                                  .put(std::int16_t{3})
                                  .put(std::uint32_t{0})
                                  .put(std::uint32_t{1})
                                  .put(0.1)
                                  .put(std::uint8_t{0})
                                  .bytes();
  EXPECT_EQ(bytes, by_hand);
  ASSERT_TRUE(type->decode(bytes, got));
  EXPECT_EQ(got.stamp_ns, sent.stamp_ns);

  auto by_name = read({"base.idl"});
  ASSERT_TRUE(by_name->add("loads[tray]").ok());
  EXPECT_EQ(by_name->check_writing().error().id, 1275);  // nobody says where that is
  auto long_one = read({"base.idl"});
  ASSERT_TRUE(long_one->add("loads[999999999]").ok());
  EXPECT_EQ(long_one->check_writing().error().id, 1275);
}

TEST_F(GivenTypes, RefuseBytesOfAnotherLayout) {
  const auto type = sound();
  Message m;
  const std::string whole = status("abc");
  EXPECT_TRUE(type.decode(whole, m));
  EXPECT_TRUE(type.decode(whole + std::string(3, '\0'), m));  // the protocol's padding
  EXPECT_FALSE(type.decode(whole + std::string(8, '\0'), m));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(type.decode(whole.substr(0, size), m)) << size;
  std::string big_endian = whole;
  big_endian[1] = 0;
  EXPECT_FALSE(type.decode(big_endian, m));
}

TEST_F(GivenTypes, AreMappedToChannels) {
  const auto section = [](const char* state, const char* channel) {
    return Json::parse(
        std::string(R"({"tick": {"topic": "/status"}, "stop": {"topic": "/halt"}, "commands": [], "states": [)") +
        state + R"(], "channels": [)" + channel + "]}");
  };
  const char* state = R"({"topic": "/status", "type": "acme_msgs/msg/BaseStatus", "definition":
    ["acme_msgs/msg/BaseStatus.msg", "acme_msgs/msg/Motor.msg"], "stamp": "header.stamp"})";
  const char* channel = R"({"name": "tray.load", "unit": "1", "topic": "/status", "field": "loads[tray]"})";
  const auto mapping = mapping_from(section(state, channel), folder_.string());
  ASSERT_TRUE(mapping.ok()) << to_string(mapping.error(), Lang::en);
  Message m;
  ASSERT_TRUE(mapping->states[0].given->decode(status("x"), m));
  EXPECT_EQ(*read_field(mapping->channels[0], m), 0.75);
  EXPECT_TRUE(mapping_from(mapping_json(*mapping), folder_.string()).ok());
  RobotLink link;
  link.adapter = "ros2";
  link.folder = folder_.string();
  link.details = section(state, channel).dump();
  EXPECT_EQ(definition_files(link).at(1), (folder_ / "acme_msgs/msg/Motor.msg").string());

  const auto refused = [&](const char* wrong, const char* field) {
    return mapping_from(section(wrong, field), folder_.string()).error().id;
  };
  EXPECT_EQ(refused(R"({"topic": "/status", "type": "acme_msgs/msg/BaseStatus"})", channel), 1258);
  EXPECT_EQ(refused(R"({"topic": "/status", "type": "acme_msgs/msg/BaseStatus", "definition": "base.idl"})", channel),
            1258);  // a tick needs stamps
  EXPECT_EQ(refused(R"({"topic": "/status", "type": "acme_msgs/msg/BaseStatus", "definition": "base.idl",
                        "stamp": "header.stamp", "group": "base"})",
                    channel),
            1258);
  EXPECT_EQ(refused(R"({"topic": "/status", "type": "sensor_msgs/msg/Imu", "definition": "base.idl"})", channel), 1258);
  EXPECT_EQ(refused(state, R"({"name": "a", "unit": "1", "topic": "/status", "field": "load"})"), 1275);
}

TEST(Mapping, NamesWhatItNeedsAndTheGroupsThereAre) {
  Json section = Json::parse(R"({"stop": {"topic": "/halt"},
      "states": [{"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "basis"}],
      "commands": [{"topic": "/cmd_vel", "type": "geometry_msgs/msg/Twist", "group": "base"}]})");
  EXPECT_EQ(mapping_from(section, "").error().expected.en, "ros2 needs tick: {topic} or session: {ask, answer, truth}");
  section["tick"] = {{"topic", "/odom"}};
  const auto mapping = mapping_from(section, "");
  ASSERT_TRUE(mapping.ok());
  Group base;
  base.name = "base";
  base.kind = Group::Kind::base;
  EXPECT_EQ(check_groups(*mapping, {base}).error().expected.en, "a group of the embodiment: base");
}

TEST_F(GivenTypes, AreMappedToCommands) {
  const auto with = [&](const std::string& command) {
    return mapping_from(Json::parse(R"({"tick": {"topic": "/odom"}, "stop": {"topic": "/halt"},
      "states": [{"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "base"}], "commands": [{"topic": "/drive",
      "group": "base", "type": "acme_msgs/msg/BaseStatus")" +
                                    command + "}]}"),
                        folder_.string());
  };
  Group base;
  base.kind = Group::Kind::base;
  base.name = "base";
  const auto mapping = with(R"(, "definition": "base.idl", "mode": "base_twist", "fields": ["position.x", "position.z"],
              "constants": {"mode": 7}, "stamp": "header.stamp")");
  ASSERT_TRUE(mapping.ok()) << to_string(mapping.error(), Lang::en);
  EXPECT_TRUE(check_groups(*mapping, {base}).ok());
  const auto again = mapping_from(mapping_json(*mapping), folder_.string());
  ASSERT_TRUE(again.ok()) << to_string(again.error(), Lang::en);
  EXPECT_EQ(mapping_json(*again), mapping_json(*mapping));
  const auto message = command_message(mapping->commands[0], base, {"base", Mode::base_twist, {0.5, -0.25}}, 0.02);
  ASSERT_TRUE(message.has_value());
  auto reader = read({"base.idl"});
  for (const char* field : {"position.x", "position.z", "mode"}) ASSERT_TRUE(reader->add(field).ok());
  Message got;
  ASSERT_TRUE(reader->decode(mapping->commands[0].given->encode(*message), got));
  EXPECT_EQ(got.values, (std::vector<double>{0.5, -0.25, 7}));
  EXPECT_FALSE(command_message(mapping->commands[0], base, {"base", Mode::hold, {}}, 0.02).has_value());

  EXPECT_EQ(with("").error().id, 1258);
  EXPECT_EQ(with(R"(, "mode": "base_twist")").error().id, 1258);
  EXPECT_EQ(with(R"(, "definition": "base.idl", "mode": "base_twist", "fields": ["speed"])").error().id, 1275);
  const auto one_field = with(R"(, "definition": "base.idl", "mode": "base_twist", "fields": ["position.x"])");
  EXPECT_EQ(check_groups(*one_field, {base}).error().id, 1258);
  const auto no_such_mode = with(R"(, "definition": "base.idl", "mode": "gripper", "fields": ["position.x"])");
  EXPECT_EQ(check_groups(*no_such_mode, {base}).error().id, 1258);
}

/// A reader and a writer of one raw topic, in this process.
class RawTopic {
 public:
  RawTopic() : participant_(dds_create_participant(66, nullptr, nullptr)) {
    topic_ = create_raw_topic(participant_, "rt/status", dds_type_name("acme_msgs/msg/BaseStatus"), &type);
    const int again = create_raw_topic(participant_, "rt/other", dds_type_name("acme_msgs/msg/BaseStatus"), &same_);
    EXPECT_GT(topic_, 0);
    EXPECT_GT(again, 0);
    EXPECT_EQ(type, same_);  // one type, however many topics
    reader = dds_create_reader(participant_, topic_, nullptr, nullptr);
    writer = dds_create_writer(participant_, topic_, nullptr, nullptr);
  }
  ~RawTopic() { dds_delete(participant_); }
  RawTopic(const RawTopic&) = delete;
  RawTopic& operator=(const RawTopic&) = delete;
  int reader = 0, writer = 0;
  const ddsi_sertype* type = nullptr;

 private:
  int participant_, topic_ = 0;
  const ddsi_sertype* same_ = nullptr;
};

TEST(RawTopics, CarryBytesAsTheyAre) {
  const RawTopic raw;
  std::vector<std::string> sent = {status("abc"), status(""), std::string("\0\1\0\0", 4)}, got;
  for (const auto& bytes : sent) {
    EXPECT_EQ(write_raw(raw.writer, raw.type, bytes), DDS_RETCODE_OK);
    take_raw(raw.reader, got);
  }
  EXPECT_EQ(got, sent);
  EXPECT_NE(write_raw(raw.writer, raw.type, "abc"), DDS_RETCODE_OK);  // no encapsulation
  EXPECT_NE(write_raw(raw.writer, raw.type, std::string((4u << 20) + 1, 'x')), DDS_RETCODE_OK);
  // The whole of the library's interface, as its threads use it: references, pieces, keys, printing, disposal.
  const std::string bytes = status("abcd");
  const ddsrt_iovec_t pieces[] = {{const_cast<char*>(bytes.data()), 5},
                                  {const_cast<char*>(bytes.data()) + 5, bytes.size() - 5}};
  ddsi_serdata* data = ddsi_serdata_from_ser_iov(raw.type, SDK_DATA, 2, pieces, bytes.size());
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(ddsi_serdata_from_ser_iov(raw.type, SDK_DATA, 1, pieces, bytes.size()), nullptr);  // not all of it
  ddsrt_iovec_t lent{};
  ddsi_serdata* held = ddsi_serdata_to_ser_ref(data, 4, (bytes.size() + 3) / 4 * 4 - 4, &lent);
  EXPECT_EQ(std::memcmp(lent.iov_base, bytes.data() + 4, bytes.size() - 4), 0);
  ddsi_serdata_to_ser_unref(held, &lent);
  ddsi_serdata* key = ddsi_serdata_to_untyped(data);
  EXPECT_TRUE(ddsi_serdata_eqkey(data, key));
  char words[4];
  ddsi_serdata_print_untyped(raw.type, data, words, sizeof words);
  EXPECT_LT(std::strlen(words), sizeof words);
  ddsi_serdata_unref(key);
  ddsi_serdata_unref(data);
  got.clear();
  EXPECT_EQ(write_raw(raw.writer, raw.type, bytes), DDS_RETCODE_OK);
  EXPECT_GE(dds_delete(raw.writer), 0);  // leaves an invalid sample behind, besides
  take_raw(raw.reader, got);
  EXPECT_EQ(got.size(), 1u);
}

TEST_F(GivenTypes, GarbageIsRefusedAndHarmless) {
  const char* wanted = std::getenv("ASSAY_FUZZ");
  const int runs = wanted == nullptr ? 20'000 : std::atoi(wanted);
  std::mt19937_64 random(1);  // NOLINT: the same garbage each time
  const auto type = sound();
  const RawTopic raw;
  int read = 0, refused = 0;
  std::vector<std::string> got;
  for (int i = 0; i < runs; ++i) {
    std::string bytes = status("abcd");
    for (std::uint64_t k = 1 + random() % 6; k > 0; --k) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    if (random() % 8 == 0) bytes.append(random() % 40, static_cast<char>(random()));
    got.clear();
    if (write_raw(raw.writer, raw.type, bytes) == DDS_RETCODE_OK) take_raw(raw.reader, got);
    Message m;
    for (const auto& one : got) ++(type.decode(one, m) ? read : refused);
  }
  std::printf("garbled messages: %d refused, %d still read\n", refused, read);
  EXPECT_GT(refused, 0);
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace assay::ros2
