// MCAP as a recording: definitions, CDR, JSON, the same rows as the CSV of the same data, garbage.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "adapters/recorded/mcap_table.h"
#include "adapters/recorded/recorded_robot.h"
#include "adapters/recorded/ros_schema.h"
#include "core/mcap.h"
#include "core/mcap_format.h"
#include "tests/support/cdr.h"

namespace assay::recorded {
namespace {

using test::Cdr;

constexpr const char* kStamped = R"(# a pose with a stamp
std_msgs/Header header
geometry_msgs/Pose pose # where
uint8 GOOD=1
string<=8 note "x # y"
float64[3] spread
int32[] counts
================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
===
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
===
MSG: geometry_msgs/Pose
Point position
===
MSG: geometry_msgs/Point
float64 x
float64 y
)";

constexpr const char* kStampedIdl = R"idl(
================================================================================
IDL: my_msgs/msg/Stamped
// generated
#include "std_msgs/msg/Header.idl"
module my_msgs { module msg {
  typedef double my_msgs__msg__Stamped__double__3[3];
  module Stamped_Constants { const octet GOOD = 1; };
  @verbatim (language="comment", text= "a (pose)" " with a stamp")
  struct Stamped {
    std_msgs::msg::Header header;
    @default (value=1) @unit(value="m")
    geometry_msgs::msg::Pose pose;
    string<8> note;
    my_msgs__msg__Stamped__double__3 spread;
    sequence<long> counts;
  };
}; };
================================================================================
IDL: std_msgs/msg/Header
module std_msgs { module msg { struct Header { builtin_interfaces::msg::Time stamp; string frame_id; }; }; };
module builtin_interfaces { module msg { struct Time { long sec; unsigned long nanosec; }; }; };
module geometry_msgs { module msg {
  struct Point { double x; double y; };
  struct Pose { geometry_msgs::msg::Point position; };
}; };
)idl";

std::string stamped(double x, std::int64_t ns) {
  return Cdr()
      .put(static_cast<std::int32_t>(ns / 1'000'000'000))
      .put(static_cast<std::uint32_t>(ns % 1'000'000'000))
      .text("map")
      .put(x)
      .put(2.5)
      .text("ab")
      .put(0.1)
      .put(0.2)
      .put(0.3)
      .put(std::uint32_t{2})
      .put(std::int32_t{-7})
      .put(std::int32_t{9})
      .bytes();
}

/// MCAP by hand: one plain chunk of everything, no index.
class Mcap {
 public:
  void schema(std::uint16_t id, const std::string& name, const std::string& encoding, const std::string& text) {
    record(3, num(id) + str(name) + str(encoding) + str(text));
  }
  void channel(std::uint16_t id, std::uint16_t schema, const std::string& topic, const std::string& encoding) {
    record(4, num(id) + num(schema) + str(topic) + str(encoding) + num(std::uint32_t{0}));
  }
  void message(std::uint16_t channel, std::uint64_t ns, const std::string& data) {
    record(5, num(channel) + num(std::uint32_t{0}) + num(ns) + num(ns) + data);
  }
  [[nodiscard]] std::string file() const {
    std::string out(mcap::kMagic);
    add(out, 1, str("ros2") + str("by hand"));
    add(out, 6,
        num(std::uint64_t{0}) + num(std::uint64_t{0}) + num(std::uint64_t{inside_.size()}) + num(mcap::crc32(inside_)) +
            str("") + num(std::uint64_t{inside_.size()}) + inside_);
    add(out, 15, num(std::uint32_t{0}));
    add(out, 2, std::string(20, '\0'));
    return out + std::string(mcap::kMagic);
  }

 private:
  template <class T>
  static std::string num(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
  }
  static std::string str(const std::string& text) { return num(static_cast<std::uint32_t>(text.size())) + text; }
  static void add(std::string& out, char opcode, const std::string& content) {
    out += opcode + num(std::uint64_t{content.size()}) + content;
  }
  void record(char opcode, const std::string& content) { add(inside_, opcode, content); }
  std::string inside_;
};

Path path(const char* text) { return *path_of(text); }

TEST(RosSchema, ReadsAnyTypeByItsDefinition) {
  const std::pair<const char*, const char*> definitions[] = {{"ros2msg", kStamped}, {"ros2idl", kStampedIdl}};
  for (const auto& [encoding, text] : definitions) {
    const auto schema = RosSchema::read("my_msgs/msg/Stamped", encoding, text);
    ASSERT_TRUE(schema.ok()) << encoding << ' ' << schema.error().found;
    const std::vector<Path> paths = {path("pose.position.x"), path("header.stamp"), path("spread[2]"),
                                     path("counts[1]")};
    for (const auto& one : paths) EXPECT_TRUE(schema->check(one).ok()) << encoding;
    const auto values = schema->decode(stamped(1.25, 1'700'000'000'123'456'789), paths);
    ASSERT_TRUE(values.has_value()) << encoding;
    EXPECT_EQ(static_cast<double>((*values)[0]), 1.25);
    EXPECT_EQ(static_cast<std::int64_t>((*values)[1]), 1'700'000'000'123'456'789);
    EXPECT_EQ(static_cast<double>((*values)[2]), 0.3);
    EXPECT_EQ(static_cast<double>((*values)[3]), 9);
    EXPECT_FALSE(schema->decode(stamped(1, 1), {path("counts[2]")}).has_value());
    EXPECT_NE(schema->check(path("pose.place")).error().found.find("has position"), std::string::npos);
    for (const char* wrong : {"pose", "note", "spread", "pose.position.x.y", "counts[0].x"})
      EXPECT_EQ(schema->check(path(wrong)).error().id, 1265) << wrong;
  }
}

TEST(RosSchema, FindsJointsByName) {
  const auto schema = RosSchema::read("sensor_msgs/msg/JointState", "ros2msg", "string[] name\nfloat64[] position\n");
  ASSERT_TRUE(schema.ok());
  const auto bytes = Cdr().put(2U).text("a").text("b.c").put(2U).put(1.0).put(2.0).bytes();
  EXPECT_EQ(static_cast<double>(schema->decode(bytes, {path("position[b.c]")})->at(0)), 2);
  EXPECT_FALSE(schema->decode(bytes, {path("position[d]")}).has_value());
}

TEST(RosSchema, RefusesDefinitionsThatDoNotEnd) {
  EXPECT_EQ(RosSchema::read("a/msg/A", "ros2msg", "A again\n").error().id, 1265);
  EXPECT_EQ(RosSchema::read("a/msg/A", "ros2msg", "Unknown x\n").error().id, 1265);
  EXPECT_EQ(RosSchema::read("a/msg/A", "ros2idl", "module a { struct A { long x; ").error().id, 1265);
  EXPECT_EQ(RosSchema::read("a/msg/A", "ros1msg", "int32 x\n").error().id, 1265);
}

/// One set of data as CSV, as CDR messages, as JSON, and as a trace of Assay's own: the same rows to the last bit.
class SameData : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("assay_mcap_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream csv(folder_ / "t.csv");
    csv << "t,x,run\n";
    csv.precision(17);
    Mcap cdr, json;
    cdr.schema(1, "my_msgs/msg/Stamped", "ros2msg", kStamped);
    cdr.schema(2, "std_msgs/msg/Int32", "ros2msg", "int32 data\n");
    cdr.channel(1, 1, "/pose", "cdr");
    cdr.channel(2, 2, "/run", "cdr");
    json.channel(1, 0, "/pose", "json");
    json.channel(2, 0, "/run", "json");
    Trace trace;
    trace.metadata["made_by"] = "a test";
    Stream& stream = trace.streams.emplace_back();
    stream.topic = "/tracker";
    stream.channels = {{"tool.x_mm", "mm", "world", Vantage::instrument}, {"run", "1", "", Vantage::instrument}};
    for (int run = 1; run <= 2; ++run)
      for (int i = 0; i < 100; ++i) {
        const std::int64_t ms = run * 5000 + i * 10;
        const double x = std::sqrt(i + 0.1 * run);
        csv << ms << ',' << x << ',' << run << '\n';
        const std::uint64_t log_ns = 1'700'000'000'000'000'000 + static_cast<std::uint64_t>(ms) * 1'000'000;
        if (i == 0) {
          cdr.message(2, log_ns - 1, Cdr().put(run).bytes());
          json.message(2, log_ns - 1, "{\"data\": " + std::to_string(run) + "}");
        }
        cdr.message(1, log_ns, stamped(x, static_cast<std::int64_t>(log_ns)));
        char words[100];
        std::snprintf(words, sizeof words, R"({"pose": {"x": [%.17g, 0]}, "note": "ä"})", x);
        json.message(1, log_ns, words);
        const double row[] = {x, static_cast<double>(run)};
        stream.append(ms * 1'000'000, row);
      }
    write("cdr.mcap", cdr.file());
    write("json.mcap", json.file());
    ASSERT_TRUE(write_mcap((folder_ / "own.mcap").string(), trace).ok());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const char* name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  std::vector<Sample> samples(const std::string& details, int index) const {
    RobotLink link;
    link.adapter = "recorded";
    link.folder = folder_.string();
    link.details = details;
    auto robot = make_recorded_robot(link);
    EXPECT_TRUE(robot.ok()) << details;
    assay::Setup setup;
    setup.control_period_ns = 20'000'000;
    setup.key.index = index;
    setup.signals = {{SignalSpec::Kind::twist, "robot.tcp", ""}};
    const auto ready = (*robot)->reset(setup);
    EXPECT_TRUE(ready.ok()) << to_string(ready.error(), Lang::en);
    std::vector<Sample> out;
    if (!ready) return out;
    for (auto sample = (*robot)->begin({}); sample.ok(); sample = (*robot)->advance({})) out.push_back(*sample);
    return out;
  }
  static std::string details(const char* file, const char* time, const char* run, const char* x) {
    return std::string(R"({"file": ")") + file + R"(", "time": )" + time + R"(, "trials": {"column": ")" + run +
           R"("}, "channels": [{"name": "robot.tcp.x_m", "column": ")" + x +
           R"(", "from_unit": "mm", "unit": "m", "offset": 0.1}]})";
  }
  std::filesystem::path folder_;
};

TEST_F(SameData, GivesTheSameSamplesWhateverTheFile) {
  const std::string others[] = {
      details("cdr.mcap", R"({"column": "log_time", "unit": "ns"})", "/run:data", "/pose:pose.position.x"),
      details("cdr.mcap", R"({"column": "/pose:header.stamp", "unit": "ns"})", "/run:data", "/pose:pose.position.x"),
      details("json.mcap", R"({"column": "publish_time", "unit": "ns"})", "/run:data", "/pose:pose.x[0]"),
      details("own.mcap", R"({"column": "/tracker:t_ns", "unit": "ns"})", "/tracker:run", "/tracker:tool_x_mm")};
  for (const int index : {0, 1}) {
    const auto wanted = samples(details("t.csv", R"({"column": "t", "unit": "ms"})", "run", "x"), index);
    ASSERT_GE(wanted.size(), 50u);
    for (const auto& other : others) {
      const auto found = samples(other, index);
      ASSERT_EQ(found.size(), wanted.size()) << other;
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].time, wanted[i].time);
        EXPECT_EQ(found[i].truth, wanted[i].truth) << other << " row " << i;
      }
    }
  }
}

TEST_F(SameData, SaysWhatIsThere) {
  std::ifstream file(folder_ / "cdr.mcap", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto refused = [&](const char* column) { return read_mcap(bytes, {column, "log_time"}, 1, "f.mcap").error(); };
  EXPECT_NE(refused("/odom:x").found.find("there is /pose"), std::string::npos) << refused("/odom:x").found;
  EXPECT_NE(refused("/pose:pose.x").found.find("has position"), std::string::npos);
  EXPECT_EQ(refused("/pose:counts[5]").id, 1265);
  EXPECT_EQ(refused("x").id, 1265);
  EXPECT_EQ(read_mcap(bytes.substr(0, bytes.size() - 20), {"/pose:spread[0]"}, 0, "f").error().id, 1265);
}

/// Checksums are left out, so that what is garbled reaches the decoder.
TEST(McapRecording, GarbageIsRefusedAndHarmless) {
  const char* wanted = std::getenv("ASSAY_FUZZ");
  const int runs = wanted == nullptr ? 20'000 : std::atoi(wanted);
  std::mt19937_64 random(1);  // NOLINT: the same garbage each time
  int read = 0;
  for (int i = 0; i < runs; ++i) {
    std::string schema = i % 2 == 0 ? kStamped : kStampedIdl, first = stamped(1, 5), second = stamped(2, 6);
    std::string words = R"({"a": [1, 2], "name": ["q", "r"]})";
    const auto garble = [&](std::string& text) {
      for (std::uint64_t k = 1 + random() % 4; k > 0; --k) text[random() % text.size()] = static_cast<char>(random());
      if (random() % 8 == 0) text.resize(random() % text.size());
    };
    const int what = static_cast<int>(random() % 5);
    if (what == 0) garble(schema);
    if (what == 1) garble(first);
    if (what == 2) garble(words);
    Mcap made;
    made.schema(1, "my_msgs/msg/Stamped", i % 2 == 0 ? "ros2msg" : "ros2idl", schema);
    made.channel(1, 1, "/pose", "cdr");
    made.channel(2, 0, "/words", "json");
    made.message(2, 1, words);
    made.message(1, 2, first);
    made.message(1, 3, second);
    std::string file = made.file();
    if (what >= 3) {
      // Behind the chunk's checksum, which would hide the rest: it is set to "none".
      const auto at = file.find("ros2") + 4 + 4 + 7 + 9 + 24;
      std::memset(file.data() + at, 0, 4);
      for (std::uint64_t k = 1 + random() % 4; k > 0; --k)
        file[8 + random() % (file.size() - 16)] = static_cast<char>(random());
      if (random() % 8 == 0) file.erase(random() % file.size(), random() % 40);
    }
    const auto table =
        read_mcap(file, {"/pose:pose.position.x", "/words:a[r]", "/pose:counts[1]", "/pose:header.stamp"}, 3, "f.mcap");
    if (!table) {
      ASSERT_EQ(table.error().id, 1265);
      continue;
    }
    ++read;
    ASSERT_EQ(table->columns[0].size(), table->lines.size());
  }
  std::printf("%d of %d garbled files still read\n", read, runs);
  EXPECT_GT(read, 0);
  EXPECT_LT(read, runs);
}

}  // namespace
}  // namespace assay::recorded
