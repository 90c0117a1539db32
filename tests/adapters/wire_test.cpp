// The robot API's words: what is written is read back, what is wrong is named, and no bytes break the reader.
#include "adapters/http/wire.h"
#include "adapters/live/live_robot.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "adapters/http/client.h"
#include "core/random.h"

#include <sys/stat.h>

#include <fstream>

namespace assay::http {
namespace {

std::vector<Group> body() {
  Group arm, hand, base;
  arm.kind = Group::Kind::arm;
  arm.name = "arm";
  arm.joints = {"j1", "j2"};
  hand.kind = Group::Kind::gripper;
  hand.name = "gripper";
  hand.joints = {"f1", "f2"};
  base.kind = Group::Kind::base;
  base.name = "base";
  base.joints = {"wl", "wr"};
  base.range_site = "scanner";
  base.beams = 4;
  return {arm, hand, base};
}

RobotDescription robot() {
  RobotDescription out;
  out.groups = body();
  out.control_period_ns = 20'000'000;
  out.truth_channels = {{"puck.x_m", "m", "world", Vantage::simulator}, {"puck.y_m", "m", "world", Vantage::simulator}};
  out.peak_channels = {{"tcp_speed_m_s", "m/s", "", Vantage::instrument}};
  out.observation_channels = observation_channels(out.groups);
  return out;
}

Telemetry telemetry(std::int64_t sequence) {
  Telemetry out;
  out.sequence = sequence;
  out.robot_ns = 1'000'000 + sequence * 20'000'000;
  out.sample.time = SimTime{sequence * 20'000'000};
  out.sample.truth = {0.1, -1.0 / 3.0};
  out.sample.peaks = {std::numeric_limits<double>::denorm_min()};
  auto& seen = out.sample.observation;
  seen.time = out.sample.time;
  GroupState arm, hand, base;
  arm.group = "arm";
  arm.position_rad = {0.1, 1e-300};
  arm.velocity_rad_s = {-0.0, 2};
  arm.tcp_m = {1, 2, 3};
  hand.group = "gripper";
  hand.position_rad = {0.04};
  hand.velocity_rad_s = {0};
  base.group = "base";
  base.position_rad = {1, 2};
  base.velocity_rad_s = {3, 4};
  base.odometry = {0.1, 0.2, 0.3};
  seen.groups = {arm, hand, base};
  seen.scans = {{"base", {0.1F, 0.2F, 3, 4}, 6, sequence % 2 == 0}};
  seen.detections = {{"red \"parcel\" 红", "parcel", {1, 2, 3}, 0.5, {0.1, 0.1, 0.1}, true}};
  if (sequence == 1) out.sample.limit_hits = {{"force", 15'000'000, 99, 50}};
  return out;
}

std::string what(const Result<Line>& line) {
  return line ? "read" : line.error().found.substr(0, line.error().found.find(' '));
}

TEST(Wire, ASampleArrivesBitForBit) {
  TelemetryReader reader(robot());
  for (const std::int64_t sequence : {0, 1, 2}) {
    const Telemetry sent = telemetry(sequence);
    const auto line = reader.read(telemetry_line(sent));
    ASSERT_TRUE(line.ok()) << to_string(line.error(), Lang::en);
    const Telemetry& got = line->telemetry;
    EXPECT_EQ(got.sequence, sent.sequence);
    EXPECT_EQ(got.robot_ns, sent.robot_ns);
    EXPECT_EQ(got.sample.time, sent.sample.time);
    EXPECT_EQ(got.sample.truth, sent.sample.truth);
    EXPECT_EQ(got.sample.peaks, sent.sample.peaks);
    std::vector<double> a, b;
    flatten(robot().groups, sent.sample.observation, a);
    flatten(robot().groups, got.sample.observation, b);
    EXPECT_EQ(a, b);
    EXPECT_EQ(got.sample.observation.scans[0].fresh, sequence % 2 == 0);
    EXPECT_EQ(got.sample.observation.scans[0].range_m, sent.sample.observation.scans[0].range_m);
    EXPECT_EQ(got.sample.observation.detections[0].label, "red \"parcel\" 红");
    EXPECT_EQ(got.sample.limit_hits.size(), sent.sample.limit_hits.size());
  }
}

TEST(Wire, WhatIsWrongWithALineIsNamed) {
  const auto after_first = [](const std::string& line) {
    TelemetryReader reader(robot());
    EXPECT_TRUE(reader.read(telemetry_line(telemetry(0))).ok());
    return what(reader.read(line));
  };
  const auto changed = [](const char* key, const Json& value) {
    Json json = Json::parse(telemetry_line(telemetry(1)));
    json[key] = value;
    return json.dump();
  };
  EXPECT_EQ(after_first(telemetry_line(telemetry(1))), "read");
  EXPECT_EQ(after_first("\x01\xff{"), "subject:telemetry_garbled");
  EXPECT_EQ(after_first("[1,2,3]"), "subject:telemetry_garbled");
  EXPECT_EQ(after_first(changed("truth", {1.0})), "subject:telemetry_shape");
  EXPECT_EQ(after_first(changed("truth", {1.0, nullptr})), "subject:telemetry_not_finite");
  EXPECT_EQ(after_first(changed("truth", {1.0, "NaN"})), "subject:telemetry_not_finite");
  EXPECT_EQ(after_first(R"({"seq":1,"t_ns":20000000,"clock_ns":9,"truth":[1,1e999],"peaks":[0],"groups":[]})"),
            "subject:telemetry_garbled");
  EXPECT_EQ(after_first(changed("groups", Json::array())), "subject:telemetry_shape");
  EXPECT_EQ(after_first(changed("seq", 1.5)), "subject:telemetry_shape");
  EXPECT_EQ(after_first(changed("seq", 0)), "subject:telemetry_repeated");
  EXPECT_EQ(after_first(changed("seq", -1)), "subject:telemetry_out_of_order");
  EXPECT_EQ(after_first(changed("seq", 2)), "subject:telemetry_gap");
  EXPECT_EQ(after_first(changed("t_ns", 0)), "subject:clock_backwards");
  EXPECT_EQ(after_first(changed("clock_ns", 5)), "subject:clock_backwards");
  EXPECT_EQ(after_first(changed("seq", 18446744073709551615U)), "subject:telemetry_shape");
  EXPECT_EQ(after_first(changed("limit_hits", {{{"id", 7}}})), "subject:telemetry_shape");
  const auto words = [](const std::string& line) { return TelemetryReader(robot()).read(line).error().found; };
  EXPECT_EQ(words(R"({"seq": 0, "t_ns": NaN})"),
            R"(subject:telemetry_garbled NaN and Infinity are not JSON: {"seq": 0, "t_ns": NaN})");
  Json without = Json::parse(telemetry_line(telemetry(0)));
  without["truth"] = {1.0, "0.5"};
  EXPECT_EQ(words(without.dump()), R"(subject:telemetry_not_finite truth: text "0.5" where a number belongs)");
  without.erase("t_ns");
  EXPECT_EQ(words(without.dump()), R"(subject:telemetry_shape key "t_ns" is missing)");
  Json description = description_json(robot());
  description.erase("schema");
  EXPECT_EQ(description_from(description, {}, false).error().found,
            R"(subject:description_unreadable description: key "schema" is missing (docs/robot-api.yaml, Robot))");
  TelemetryReader fresh(robot());
  EXPECT_EQ(what(fresh.read(telemetry_line(telemetry(1)))), "subject:telemetry_gap");
}

TEST(Wire, AnEndSaysWhy) {
  TelemetryReader reader(robot());
  const auto line = reader.read(end_line("watchdog"));
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->kind, Line::Kind::end);
  EXPECT_EQ(line->why, "watchdog");
}

TEST(Wire, ActionsAndSetupsComeBack) {
  Action action;
  action.groups = {{"arm", Mode::ee_delta_pose, {0.1, 0, 0, 0, 0, -1.0 / 3.0}}, {"base", Mode::base_twist, {1, 2}}};
  action.reports = {{"leak", {1, 2, 3}}};
  action.utterance = "é";
  const auto back = action_from(action_json(action));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->groups[0].values, action.groups[0].values);
  EXPECT_EQ(back->groups[1].mode, Mode::base_twist);
  EXPECT_EQ(back->reports[0].position_m, action.reports[0].position_m);
  EXPECT_FALSE(action_from(Json::parse(R"({"groups":[{"group":"arm","mode":"fly","values":[]}]})")).ok());

  assay::Setup setup;
  setup.key = {"suite/task", 3, 17, "secret seed"};
  setup.instruction.text = {"take it", "拿"};
  setup.instruction.labels = {{"what", "red"}};
  setup.limits = {{Limit::Quantity::separation_m, "near", "robot", "person", 0.5, ""}};
  setup.signals = {{SignalSpec::Kind::distance, "robot", "person"}};
  setup.biases = {{"detections", {0.01, 0, 0}}};
  setup.noise = {{"range", 0.01, {std::numeric_limits<std::uint64_t>::max(), 3}}};
  setup.world.sha256 = "abc";
  setup.control_period_ns = 20'000'000;
  const auto whole = setup_from(setup_json(setup, true));
  ASSERT_TRUE(whole.ok()) << to_string(whole.error(), Lang::en);
  EXPECT_EQ(whole->noise[0].key, setup.noise[0].key);
  EXPECT_EQ(whole->biases[0].offset_m, setup.biases[0].offset_m);
  EXPECT_EQ(whole->limits[0].quantity, Limit::Quantity::separation_m);
  EXPECT_EQ(whole->signals[0], setup.signals[0]);
  // A robot in a room is told nothing that was drawn to test it, and nobody the seed or which trial this is.
  const std::string told = setup_json(setup, false).dump();
  for (const char* hidden : {"biases", "noise", "secret seed", "sha256", "index", "17"})
    EXPECT_EQ(told.find(hidden), std::string::npos) << hidden;
  EXPECT_EQ(setup_json(setup, true).dump().find("secret seed"), std::string::npos);
  setup.instruction.text_only = true;
  EXPECT_EQ(setup_json(setup, true).dump().find("red"), std::string::npos);
}

TEST(Wire, ARobotIsNoInstrumentAndNoOtherRobot) {
  assay::Setup setup;
  setup.world.groups = body();
  setup.control_period_ns = 20'000'000;
  const Json said = description_json(robot());
  const auto simulated = description_from(said, setup, true);
  ASSERT_TRUE(simulated.ok()) << to_string(simulated.error(), Lang::en);
  EXPECT_EQ(simulated->truth_channels[0].vantage, Vantage::simulator);
  EXPECT_EQ(simulated->peak_channels[0].vantage, Vantage::self_report);  // said: instrument
  const auto real = description_from(said, setup, false);
  ASSERT_TRUE(real.ok());
  EXPECT_EQ(real->truth_channels[0].vantage, Vantage::self_report);
  EXPECT_EQ(real->clock, ClockMode::realtime);
  Json strange = said;
  strange["truth_channels"].push_back({{"name", "goods.x_m"}, {"unit", "mm"}, {"vantage", "self_report"}});
  const auto wrong = description_from(strange, setup, false);
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().found.find("goods.x_m: name ends in _m, unit says mm"), std::string::npos);
  setup.control_period_ns = 10'000'000;
  EXPECT_FALSE(description_from(said, setup, true).ok());
  setup.control_period_ns = 20'000'000;
  setup.world.groups.pop_back();
  EXPECT_FALSE(description_from(said, setup, true).ok());
  EXPECT_FALSE(description_from(Json::parse("{}"), setup, true).ok());
}

/// Bytes of a sound message, changed at random places: replaced, removed, repeated, cut, spliced.
std::string mutate(std::string text, Rng& rng) {
  const auto changes = 1 + rng.below(4);
  for (std::uint64_t i = 0; i < changes && !text.empty(); ++i) {
    const auto at = rng.below(text.size()), length = 1 + rng.below(std::min<std::uint64_t>(16, text.size() - at));
    static const std::string_view kWords[] = {"null", "-1", "1e999", "[", "]", "{", "}", "\"", "18446744073709551616"};
    switch (rng.below(6)) {
      case 0:
        text[at] = static_cast<char>(rng.below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.resize(at);
        break;
      case 4:
        text.replace(at, length, kWords[rng.below(std::size(kWords))]);
        break;
      default:
        text.insert(at, std::string(static_cast<std::size_t>(rng.below(40)), '['));
    }
  }
  return text;
}

/// 1,000,000 with ASSAY_FUZZ=1000000; a short run otherwise.
TEST(Wire, NoBytesBreakAReader) {
  const char* asked = std::getenv("ASSAY_FUZZ");
  const long runs = asked == nullptr ? 4000 : std::strtol(asked, nullptr, 10);
  Rng rng({20261122, 6});
  assay::Setup setup;
  setup.world.groups = body();
  setup.control_period_ns = 20'000'000;
  const std::string seeds[] = {telemetry_line(telemetry(0)), action_json({}).dump(), setup_json(setup, true).dump(),
                               description_json(robot()).dump(), stop_json({}).dump()};
  long accepted = 0;
  for (long i = 0; i < runs; ++i) {
    const auto kind = rng.below(std::size(seeds));
    const std::string text = mutate(seeds[kind], rng);
    TelemetryReader reader(robot());
    if (const auto line = reader.read(text); line && line->kind == Line::Kind::sample) {
      ++accepted;
      for (const double value : line->telemetry.sample.truth) ASSERT_TRUE(std::isfinite(value));
      ASSERT_EQ(line->telemetry.sample.observation.groups.size(), 3u);
    }
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) continue;
    (void)action_from(json);
    (void)setup_from(json);
    (void)description_from(json, setup, true);
    (void)stop_from(json);
  }
  EXPECT_LT(accepted, runs / 4);
}

TEST(Wire, SecretsComeFromPrivateFilesAndTravelEncrypted) {
  const std::string path = ::testing::TempDir() + "assay-token";
  std::ofstream(path) << "s3cret\n";
  chmod(path.c_str(), 0600);
  RobotLink link;
  link.adapter = "http";
  link.url = "http://127.0.0.1:8080/";
  link.token_file = path;
  const auto here = endpoint_of(link);
  ASSERT_TRUE(here.ok());
  EXPECT_EQ(here->token, "s3cret");
  EXPECT_EQ(here->url, "http://127.0.0.1:8080");
  for (const char* url : {"http://10.0.0.1:8080", "http://127.0.0.1.example.com", "http://localhost.evil"}) {
    link.url = url;
    const auto far = endpoint_of(link);
    ASSERT_FALSE(far.ok()) << url;
    EXPECT_EQ(to_string(far.error(), Lang::en).find("s3cret"), std::string::npos);
  }
  link.url = "https://10.0.0.1";
  EXPECT_TRUE(endpoint_of(link).ok());
  for (const mode_t mode : {0640, 0620, 0644}) {
    chmod(path.c_str(), mode);
    EXPECT_FALSE(endpoint_of(link).ok()) << mode;
  }
  std::remove(path.c_str());
  EXPECT_FALSE(endpoint_of(link).ok());
}

TEST(BehindAWire, KnownErrorsAndStimuliAreRefusedAndNotLeftOut) {
  EXPECT_TRUE(check_behind_wire({}).ok());
  assay::Setup errors, stops;
  errors.defects.emplace_back("stop_delay_s", 0.2);
  stops.stimuli.emplace_back();
  for (const auto& setup : {errors, stops}) {
    const auto checked = check_behind_wire(setup);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().id, 421);
    EXPECT_EQ(checked.error().found.rfind("lab:setup", 0), 0U) << "the laboratory's doing, not the robot's";
  }
}

}  // namespace
}  // namespace assay::http
