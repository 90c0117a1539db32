// The words of served policies, without a network: openpi's golden bytes, spaces against bodies, garbage.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "adapters/served/numpy_msgpack.h"
#include "adapters/served/spaces.h"

namespace assay::served {
namespace {

std::string from_hex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

/// {"observation/state": float32[1, -2], "prompt": "go"}, as openpi's own client packs it.
const std::string kGolden = from_hex(
    "82b16f62736572766174696f6e2f737461746584c40b5f5f6e6461727261795f5fc3c40464617461c4080000803f000000c0c405647479"
    "7065a33c6634c40573686170659102a670726f6d7074a2676f");

std::vector<Group> body() {
  Group arm;
  arm.name = "arm";
  arm.joints = {"a", "b", "c", "d", "e", "f", "g"};
  Group gripper;
  gripper.kind = Group::Kind::gripper;
  gripper.name = "gripper";
  gripper.max_width_m = 0.08;
  return {arm, gripper};
}

PolicyLink link(const std::string& spaces) {
  PolicyLink out;
  out.url = "ws://127.0.0.1:1";
  out.details = spaces;
  return out;
}

const std::string kJoints = R"({"observation": [{"key": "state", "from": "arm.position_rad + gripper.closing"}],
  "action": {"groups": [{"group": "arm", "mode": "joint_position"}, {"group": "gripper", "mode": "gripper", "invert": true}]}})";

TEST(NumpyMsgpack, PacksOpenpisBytes) {
  EXPECT_EQ(kGolden.size(), 80u);
  EXPECT_EQ(pack({{"observation/state", Array{{1, -2}, false}}, {"prompt", std::string("go")}}), kGolden);
}

TEST(NumpyMsgpack, ReadsArraysOfEitherWidthAndLists) {
  // What numpy's side sends: {"actions": <f4 [1, 2]>}; the array's bytes as in the golden observation.
  const std::string array = kGolden.substr(19, 51);
  std::string reply = from_hex("81a7616374696f6e73") + array;
  reply.replace(reply.find(from_hex("9102")), 2, from_hex("920102"));
  const auto chunk = read_chunk(reply, "actions");
  ASSERT_TRUE(chunk.ok()) << chunk.error().found;
  EXPECT_EQ(chunk->rows, 1u);
  EXPECT_EQ(chunk->columns, 2u);
  EXPECT_EQ(chunk->values, (std::vector<double>{1, -2}));
  const auto lists = read_chunk(from_hex("81a7616374696f6e7392920102") + from_hex("9203ff"), "actions");
  ASSERT_TRUE(lists.ok()) << lists.error().found;
  EXPECT_EQ(lists->values, (std::vector<double>{1, 2, 3, -1}));
  EXPECT_TRUE(read_greeting(from_hex("80")).ok());
}

TEST(NumpyMsgpack, NamesWhatIsWrong) {
  const auto why = [](const std::string& hex) { return read_chunk(from_hex(hex), "actions").error().found; };
  EXPECT_EQ(why("c1").rfind("subject:policy_garbled", 0), 0u);
  EXPECT_EQ(why("81a7616374696f6e73").rfind("subject:policy_garbled", 0), 0u);              // cut short
  EXPECT_EQ(why("81a7616374696f6e73dfffffffff").rfind("subject:policy_garbled", 0), 0u);    // four milliard keys
  EXPECT_EQ(why("81a7616374696f6e73c6ffffffff00").rfind("subject:policy_garbled", 0), 0u);  // four milliard bytes
  EXPECT_EQ(why("80").rfind("subject:policy_shape", 0), 0u);
  EXPECT_EQ(why("81a7616374696f6e73929201029103").rfind("subject:policy_shape", 0), 0u);  // ragged
  std::string deep = "81a7616374696f6e73";
  for (int i = 0; i < 1000; ++i) deep += "91";
  EXPECT_EQ(why(deep).rfind("subject:policy_garbled", 0), 0u);
}

TEST(NumpyMsgpack, GarbageIsRefusedAndHarmless) {
  const char* wanted = std::getenv("ASSAY_FUZZ");
  const int runs = wanted == nullptr ? 20'000 : std::atoi(wanted);
  std::mt19937_64 random(1);  // NOLINT: the same garbage each time
  std::string reply = from_hex("81a7616374696f6e73") + kGolden.substr(19, 51);
  int read = 0;
  for (int i = 0; i < runs; ++i) {
    std::string bytes = reply;
    const std::uint64_t changes = 1 + random() % 6;
    for (std::uint64_t k = 0; k < changes; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    const auto chunk = read_chunk(bytes, "actions");
    static_cast<void>(read_greeting(bytes).ok());
    if (!chunk) {
      EXPECT_EQ(chunk.error().found.rfind("subject:policy_", 0), 0u);
      continue;
    }
    ++read;
    EXPECT_EQ(chunk->values.size(), chunk->rows * chunk->columns);
  }
  std::printf("%d of %d garbled answers still read as arrays\n", read, runs);
  EXPECT_GT(read, 0);
  EXPECT_LT(read, runs);
}

TEST(Spaces, FitTheBodyOrNameWhatDoesNot) {
  EXPECT_TRUE(check_policy_link(link(kJoints), body(), std::nullopt).ok());
  const auto why = [](std::string from, const std::string& to, std::string spaces = kJoints) {
    spaces.replace(spaces.find(from), from.size(), to);
    const auto checked = check_policy_link(link(spaces), body(), std::vector<std::string>{"front", "wrist"});
    return checked.ok() ? std::string() : checked.error().found;
  };
  EXPECT_NE(why("arm.position_rad", "leg.position_rad").find("group 'leg'"), std::string::npos);
  EXPECT_NE(why("arm.position_rad", "arm.odometry").find("arm.odometry"), std::string::npos);
  EXPECT_NE(why("arm.position_rad", "arm.smell").find("arm.smell"), std::string::npos);
  EXPECT_NE(why("joint_position", "base_twist").find("base_twist"), std::string::npos);
  EXPECT_NE(why("\"joint_position\"", "\"joint_position\", \"columns\": 6").find("6 columns"), std::string::npos);
  const std::string state = "\"from\": \"arm.position_rad + gripper.closing\"";
  EXPECT_EQ(why(state, "\"camera\": \"wrist\", \"size\": [224, 224]"), "");
  EXPECT_NE(why(state, "\"camera\": \"wrist\"").find("no size"), std::string::npos);
  EXPECT_EQ(why(state, "\"camera\": \"rist\", \"size\": [224, 224]"), "subject:policy_cameras state: camera rist");
}

TEST(Spaces, CamerasAreNamedWithASuggestionAndNeedASimulator) {
  std::string spaces = kJoints;
  const std::string state = "\"from\": \"arm.position_rad + gripper.closing\"";
  spaces.replace(spaces.find(state), state.size(), "\"camera\": \"rist\", \"size\": [4, 2]");
  const auto unknown = check_policy_link(link(spaces), body(), std::vector<std::string>{"front", "wrist"});
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().id, 1261);
  EXPECT_EQ(unknown.error().expected.en, "one of front, wrist");
  EXPECT_NE(unknown.error().help.en.find("did you mean 'wrist'"), std::string::npos);
  const auto wired = check_policy_link(link(spaces), body(), std::nullopt);
  ASSERT_FALSE(wired.ok());
  EXPECT_EQ(wired.error().id, 1261);
}

TEST(Spaces, PicturesGoAsNumpysBytes) {
  std::string declared = kJoints;
  const std::string state = "\"from\": \"arm.position_rad + gripper.closing\"";
  declared.replace(declared.find(state), state.size(), "\"camera\": \"wrist\", \"size\": [2, 1], \"layout\": \"chw\"");
  const auto spaces = spaces_of(link(declared));
  ASSERT_TRUE(spaces.ok());
  ASSERT_EQ(views(*spaces), (std::vector<CameraView>{{"wrist", 2, 1}}));
  EXPECT_FALSE(show(*spaces, body(), {}, {}, {}).ok());  // it was not drawn
  const auto shown = show(*spaces, body(), {}, {}, {{{"wrist", 2, 1}, "RGBrgb"}});
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(std::get<Pixels>((*shown)[0].value).bytes, "RrGgBb");
  // {"state": uint8[3, 1, 2]} as numpy's side packs it.
  EXPECT_EQ(pack(*shown),
            from_hex("81a5737461746584c40b5f5f6e6461727261795f5fc3c40464617461c406527247674262c4056474797065a3"
                     "7c7531c40573686170659303") +
                from_hex("0102"));
}

TEST(Spaces, ShowAndCommandWhatTheySay) {
  auto spaces = spaces_of(link(kJoints));
  ASSERT_TRUE(spaces.ok());
  ASSERT_TRUE(fit_spaces(*spaces, body()).ok());
  Observation seen;
  seen.groups.resize(2);
  seen.groups[0].group = "arm";
  seen.groups[0].position_rad = {1, 2, 3, 4, 5, 6, 7};
  seen.groups[1].group = "gripper";
  seen.groups[1].position_rad = {0.02};
  const auto shown = show(*spaces, body(), {}, seen, {});
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(std::get<Array>((*shown)[0].value).values, (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 0.75}));
  Chunk chunk{1, 8, {0, 0, 0, 0, 0, 0, 0.5, 1.03}};
  EXPECT_TRUE(check_answer(*spaces, {chunk, {}}).ok());
  const Action action = command(*spaces, chunk, 0, 1);
  EXPECT_EQ(action.groups[0].values[6], 0.5);
  EXPECT_EQ(action.groups[1].values[0], 0);  // closed, and no farther
  chunk.values[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(check_answer(*spaces, {chunk, {}}).error().found, "subject:policy_not_finite row 0, column 3");
  chunk = {1, 7, std::vector<double>(7)};
  EXPECT_EQ(check_answer(*spaces, {chunk, {}}).error().found.rfind("subject:policy_shape", 0), 0u);
}

TEST(Spaces, WhatIsSaidInATrialGoesThereAndBack) {
  std::string declared = kJoints;
  declared.replace(declared.find("\"observation\": ["), 16, R"("observation": [{"key": "heard", "from": "told"}, )");
  declared.replace(declared.find("\"action\": {"), 11, R"("action": {"words": true, )");
  auto spaces = spaces_of(link(declared));
  ASSERT_TRUE(spaces.ok()) << spaces.error().found;
  EXPECT_TRUE(hears(*spaces));
  EXPECT_FALSE(hears(*spaces_of(link(kJoints))));
  ASSERT_TRUE(fit_spaces(*spaces, body()).ok());
  const auto shown = show(*spaces, body(), {}, {}, {}, {{"The box.", "盒子。"}});
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(std::get<std::string>((*shown)[0].value), R"([{"en":"The box.","zh":"盒子。"}])");
  // {"say": "Which one?"}: no rows, and none needed.
  const std::string asks = from_hex("81a3736179aa5768696368206f6e653f");
  const auto answer = read_answer(asks, *spaces);
  ASSERT_TRUE(answer.ok()) << answer.error().found;
  EXPECT_EQ(answer->words.say, "Which one?");
  EXPECT_EQ(answer->chunk.rows, 0u);
  EXPECT_TRUE(check_answer(*spaces, *answer).ok());
  EXPECT_FALSE(check_answer(*spaces, {}).ok());
  EXPECT_FALSE(read_answer(asks, *spaces_of(link(kJoints))).ok()) << "who does not declare words is not heard";
  using nlohmann::json;
  const auto words = words_from(json::parse(
      R"({"refuse": "sharp", "done": false, "reports": [{"label": "cup", "position_m": [1, 2, 3]}], "policy_timing": {}})"));
  ASSERT_TRUE(words.ok());
  EXPECT_TRUE(words->refuse && !words->done && words->any());
  EXPECT_EQ(words->reason, "sharp");
  EXPECT_EQ(words->reports.at(0).position_m[2], 3);
  for (const char* bad :
       {R"({"say": 1})", R"({"done": "yes"})", R"({"refuse": true})", R"({"reports": {}})",
        R"({"reports": [{"label": "cup"}]})", R"({"reports": [{"label": "cup", "position_m": [1, 2, "3"]}]})"}) {
    const auto wrong = words_from(json::parse(bad));
    ASSERT_FALSE(wrong.ok()) << bad;
    EXPECT_EQ(wrong.error().found.rfind("subject:policy_words", 0), 0u) << bad;
  }
}

}  // namespace
}  // namespace assay::served
