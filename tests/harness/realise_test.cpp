#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/trial.h"
#include "tests/support/fakes.h"

namespace assay::harness {
namespace {

using Kind = Variation::Kind;

Variation choice(const std::string& name, std::vector<std::string> of) {
  Variation v;
  v.kind = Kind::choice;
  v.name = name;
  v.of = std::move(of);
  return v;
}

Variation ranged(Kind kind, const std::string& target, double low, double high) {
  Variation v;
  v.kind = kind;
  v.target = target;
  v.low = low;
  v.high = high;
  return v;
}

Task sample_task() {
  Task task;
  task.suite = "s";
  task.id = "t";
  task.level = 2;
  task.instruction = {"put the {object} and the {object_2} into {target}", "把{object}和{object_2}放进{target}"};
  task.slot_words = {{"object", {{"red", {"red parcel", "红色包裹"}}, {"blue", {"blue parcel", "蓝色包裹"}}}}};
  task.detectables = {{"red", "parcel red", "parcel", {}}, {"bin_a", "bin A", "bin", {}}};
  task.time_limit_ns = 1'000'000'000;
  task.variation = {choice("object", {"red", "green", "blue"}), choice("object_2", {"red", "green", "blue"}),
                    choice("target", {"bin_a"})};
  Variation shuffle;
  shuffle.kind = Kind::shuffle;
  shuffle.of = {"red", "green", "blue"};
  shuffle.places = {{0, 0, 0, 0}, {1, 0, 0, 0}, {2, 0, 0, 0}, {3, 0, 0, 0}};
  shuffle.jitter = {0.1, 0.1, 0, 0.5};
  task.variation.push_back(shuffle);
  Variation place = shuffle;
  place.kind = Kind::place;
  place.of.clear();
  place.target = "bin_a";
  task.variation.push_back(place);
  Variation jitter = place;
  jitter.kind = Kind::pose_jitter;
  jitter.target = "{object}";
  task.variation.push_back(jitter);
  task.variation.push_back(ranged(Kind::mass_factor, "*", 0.9, 1.1));
  task.variation.push_back(ranged(Kind::friction_factor, "red", 0.8, 1.2));
  task.variation.push_back(ranged(Kind::noise, "detections", 0.003, 0));
  task.variation.push_back(ranged(Kind::latency, "", 0.02, 0.06));
  Variation push = ranged(Kind::push, "{object}", 0.1, 0.2);
  push.from_ns = 100;
  push.to_ns = 200;
  task.variation.push_back(push);
  Actor actor;
  actor.body = "person";
  actor.start_s_low = 1;
  actor.start_s_high = 2;
  task.actors = {actor};
  task.success.op = Op::not_;
  Condition touching;
  touching.op = Op::touching;
  touching.a = "robot";
  touching.b = "{object}";
  task.success.children = {touching};
  Limit limit;
  limit.quantity = Limit::Quantity::separation_m;
  limit.id = "distance";
  limit.b = "person";
  limit.value = 0.1;
  task.limits = {limit};
  return task;
}

World sample_world() {
  World world;
  world.sha256 = "w";
  world.groups = {testing::fake_arm()};
  return world;
}

Setup draw(const Task& task, int index, const std::string& seed = "seed") {
  auto setup = realise(task, Embodiment{}, sample_world(), seed, index);
  EXPECT_TRUE(setup.ok()) << (setup.ok() ? "" : to_string(setup.error(), Lang::en));
  return setup.ok() ? *setup : Setup{};
}

TEST(Realise, SameKeyGivesTheSameSetupAndAnotherKeyAnother) {
  const auto task = sample_task();
  const auto a = draw(task, 3), b = draw(task, 3);
  EXPECT_EQ(a.initial_state_digest, b.initial_state_digest);
  EXPECT_EQ(a.initial_state_digest.size(), 64u);
  EXPECT_NE(a.initial_state_digest, draw(task, 4).initial_state_digest);
  EXPECT_NE(a.initial_state_digest, draw(task, 3, "other").initial_state_digest);
  EXPECT_FALSE(a.policy_key == draw(task, 4).policy_key);
}

TEST(Realise, StaysInsideItsRanges) {
  const auto task = sample_task();
  std::set<std::string> objects;
  for (int index = 0; index < 300; ++index) {
    const auto setup = draw(task, index);
    const auto& slots = setup.instruction.slots;
    objects.insert(slots.at("object"));
    EXPECT_NE(slots.at("object"), slots.at("object_2"));
    std::set<long> cells;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& pose = setup.poses[i].pose;
      cells.insert(std::lround(pose[0]));
      EXPECT_LE(std::abs(pose[0] - std::round(pose[0])), 0.1);
      EXPECT_EQ(pose[2], 0);
      EXPECT_LE(std::abs(pose[3]), 0.5);
    }
    EXPECT_EQ(cells.size(), 3u) << "shuffled bodies share a place";
    EXPECT_EQ(setup.poses[3].body, "bin_a");
    EXPECT_EQ(setup.offsets.at(0).body, slots.at("object"));
    EXPECT_GE(setup.mass.at(0).factor, 0.9);
    EXPECT_LT(setup.mass.at(0).factor, 1.1);
    const auto& push = setup.pushes.at(0);
    const double size = std::hypot(push.impulse_n_s[0], push.impulse_n_s[1]);
    EXPECT_GE(size, 0.1 - 1e-12);
    EXPECT_LE(size, 0.2 + 1e-12);
    EXPECT_EQ(push.impulse_n_s[2], 0);
    EXPECT_TRUE(push.at_ns >= 100 && push.at_ns <= 200);
    EXPECT_TRUE(setup.latency_ns >= 20'000'000 && setup.latency_ns <= 60'000'000);
    EXPECT_TRUE(setup.actors.at(0).start_ns >= 1'000'000'000 && setup.actors.at(0).start_ns <= 2'000'000'000);
  }
  EXPECT_EQ(objects.size(), 3u);
}

TEST(Realise, FillsSlotsIntoTextsConditionsAndTargets) {
  auto task = sample_task();
  task.variation[0].of = {"red"};
  task.variation[1].of = {"red", "green"};
  const auto setup = draw(task, 0);
  EXPECT_EQ(setup.instruction.text.en, "put the red parcel and the green into bin A");
  EXPECT_EQ(setup.instruction.text.zh, "把红色包裹和green放进bin A");
  EXPECT_EQ(setup.instruction.labels.at("object"), "parcel red");
  EXPECT_EQ(setup.success.children.at(0).b, "red");
  const std::set<SignalSpec> signals(setup.signals.begin(), setup.signals.end());
  EXPECT_TRUE(signals.count({SignalSpec::Kind::contact, "robot", "red"}));
  EXPECT_TRUE(signals.count({SignalSpec::Kind::distance, "robot", "person"}));
  EXPECT_TRUE(signals.count({SignalSpec::Kind::pose, "robot.tcp", ""}));
  EXPECT_FALSE(signals.count({SignalSpec::Kind::pose, "robot.base", ""}));
}

TEST(Realise, AMetricThatLooksAtEveryActorGetsOneSignalForEach) {
  auto task = sample_task();
  task.limits.clear();
  const SignalSpec to_person{SignalSpec::Kind::distance, "robot", task.actors.at(0).body};
  const auto asked = [&] {
    const auto signals = draw(task, 0).signals;
    return std::count(signals.begin(), signals.end(), to_person);
  };
  EXPECT_EQ(asked(), 0);
  task.metrics = {"min_separation"};
  EXPECT_EQ(asked(), 1);
  task.actors.clear();
  EXPECT_EQ(asked(), 0);
}

TEST(Realise, NoiseKeysAreDrawnAndCountAsInitialState) {
  auto task = sample_task();
  task.variation = {choice("object", {"red"}), choice("object_2", {"green"}), choice("target", {"bin_a"})};
  task.actors.clear();
  EXPECT_EQ(draw(task, 0).initial_state_digest, draw(task, 1).initial_state_digest) << "nothing varies";
  task.variation.push_back(ranged(Kind::noise, "range", 0.01, 0));
  EXPECT_NE(draw(task, 0).initial_state_digest, draw(task, 1).initial_state_digest);
  EXPECT_EQ(draw(task, 0).noise.at(0).sigma, 0.01);
}

TEST(Realise, OneMoreVariationMovesNoOthersValues) {
  const auto task = sample_task();
  auto more = task;
  more.variation.push_back(ranged(Kind::friction_factor, "blue", 0.5, 1.5));
  const auto a = draw(task, 7), b = draw(more, 7);
  EXPECT_EQ(a.instruction.slots, b.instruction.slots);
  EXPECT_EQ(a.poses.at(0).pose, b.poses.at(0).pose);
  EXPECT_EQ(a.pushes.at(0).impulse_n_s, b.pushes.at(0).impulse_n_s);
}

TEST(Realise, SaysWhatCannotBeDrawn) {
  const auto id_of = [](const Task& task) {
    const auto setup = realise(task, Embodiment{}, sample_world(), "seed", 0);
    return setup.ok() ? 0 : setup.error().id;
  };
  auto task = sample_task();
  task.variation[1].of = {"red"};
  task.variation[0].of = {"red"};
  EXPECT_EQ(id_of(task), 501);
  task = sample_task();
  task.variation[3].places.resize(2);
  EXPECT_EQ(id_of(task), 501);
  task = sample_task();
  task.instruction.zh += "{nobody}";
  EXPECT_EQ(id_of(task), 502);
  task = sample_task();
  task.time_limit_ns = 0;
  EXPECT_EQ(id_of(task), 503);
}

TEST(Realise, PushesGoInTheDirectionsThatAreNamed) {
  Task task = sample_task();
  task.variation.clear();
  for (const char* slot : {"object", "object_2", "target"})
    task.variation.push_back(choice(slot, slot == std::string("target") ? std::vector<std::string>{"bin_a"}
                                                                        : std::vector<std::string>{"red", "green"}));
  Variation push = ranged(Kind::push, "robot.trunk", 3, 5);
  push.of = {"front", "left"};
  task.variation.push_back(push);
  int front = 0, left = 0;
  for (int index = 0; index < 60; ++index) {
    const auto setup = realise(task, Embodiment{}, World{}, "seed", index);
    ASSERT_TRUE(setup.ok());
    const auto& impulse = setup->pushes.at(0).impulse_n_s;
    EXPECT_EQ(impulse[2], 0);
    EXPECT_TRUE((impulse[0] == 0) != (impulse[1] == 0));
    EXPECT_GE(impulse[0] + impulse[1], 3);
    EXPECT_LT(impulse[0] + impulse[1], 5);
    front += impulse[0] > 0 ? 1 : 0;
    left += impulse[1] > 0 ? 1 : 0;
  }
  EXPECT_EQ(front + left, 60);
  EXPECT_GT(front, 15);
  EXPECT_GT(left, 15);
}

}  // namespace
}  // namespace assay::harness
