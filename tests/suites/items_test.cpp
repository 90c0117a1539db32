// Items of a task: the formula against listing them all.
#include "suites/items.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "core/random.h"

namespace assay {
namespace {

using Kind = Variation::Kind;

Variation choice(const std::string& slot, std::vector<std::string> of) {
  Variation v;
  v.kind = Kind::choice, v.name = slot, v.of = std::move(of);
  return v;
}
Variation shuffle(std::size_t bodies, const std::vector<double>& xs) {
  Variation v;
  v.kind = Kind::shuffle;
  for (std::size_t i = 0; i < bodies; ++i) v.of.push_back("body_" + std::to_string(i));
  for (const double x : xs) v.places.push_back({x, 0, 0, 0});
  return v;
}
Variation place(const std::vector<double>& xs) {
  Variation v = shuffle(0, xs);
  v.kind = Kind::place, v.target = "body";
  return v;
}
Variation one_of(std::vector<std::vector<Variation>> options) {
  Variation v;
  v.kind = Kind::one_of, v.options = std::move(options);
  return v;
}
Variation weaken(double factor) {
  Variation v;
  v.kind = Kind::weaken, v.target = "gripper", v.low = v.high = factor;
  return v;
}
Task task_of(std::vector<Variation> variation, std::size_t wordings = 0) {
  Task task;
  task.instruction = {"Do it.", "做吧。"};
  for (std::size_t i = 0; i < wordings; ++i) task.wordings.push_back({"Do it " + std::to_string(i), "做"});
  task.variation = std::move(variation);
  return task;
}
std::uint64_t items(const Task& task) { return count_items(task).items().value; }

TEST(Items, WorkedOutByHand) {
  EXPECT_EQ(items(task_of({})), 1u) << "one item, however it jitters";
  EXPECT_EQ(items(task_of({choice("object", {"a", "b", "c"}), choice("target", {"x", "y"})})), 6u);
  EXPECT_EQ(items(task_of({choice("object", {"a", "b", "c"}), choice("object_2", {"a", "b", "c"})})), 6u);
  EXPECT_EQ(items(task_of({choice("object", {"a", "b"}), choice("object_2", {"b", "c"})})), 3u) << "ab ac bc";
  EXPECT_EQ(items(task_of({choice("object", {"a"}), choice("object_2", {"a"})})), 0u) << "nothing is left";
  EXPECT_EQ(items(task_of({choice("object", {"a", "a", "b"})})), 2u);
  EXPECT_EQ(items(task_of({shuffle(3, {1, 2, 3, 4})})), 24u);
  EXPECT_EQ(items(task_of({shuffle(2, {1, 1, 2})})), 3u) << "11 12 21";
  EXPECT_EQ(items(task_of({place({1, 2, 2})})), 2u);
  EXPECT_EQ(items(task_of({}, 3)), 4u);
  EXPECT_EQ(items(task_of({one_of({{weaken(0.5)}, {weaken(0.6)}, {weaken(0.5)}, {}})})), 3u);
  EXPECT_EQ(items(task_of({one_of({{place({1, 2, 3})}, {}}), place({1, 2})}, 1)), 16u);
  auto twice = task_of({}, 1);
  twice.wordings.push_back(twice.instruction);
  EXPECT_EQ(items(twice), 2u) << "the same words are one wording";
}

TEST(Items, NeverWrap) {
  std::vector<double> many;
  for (int i = 0; i < 40; ++i) many.push_back(i);
  const auto twenty = count_items(task_of({shuffle(20, {many.begin(), many.begin() + 20})})).items();
  EXPECT_EQ(twenty.value, 2'432'902'008'176'640'000u) << "20!";
  EXPECT_FALSE(twenty.more);
  const auto forty = count_items(task_of({shuffle(40, many)})).items();
  EXPECT_EQ(forty.value, std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(forty.more);
  EXPECT_TRUE((Count{1, true} * Count{2}).more);
}

/// Every item of a task, as the draws would make it, written down.
class Listing {
 public:
  explicit Listing(const Task& task) : task_(task) { variation(task.variation, 0, {}, ""); }
  [[nodiscard]] std::size_t size() const { return found_.size(); }

 private:
  using Slots = std::map<std::string, std::string>;

  void bodies(const Variation& v, std::size_t body, std::vector<std::array<double, 4>> left, const Slots& slots,
              const std::string& text, const std::function<void(const Slots&, const std::string&)>& next) {
    const std::size_t count = v.kind == Kind::place ? 1 : v.of.size();
    if (body == count) return next(slots, text);
    for (std::size_t p = 0; p < left.size(); ++p) {
      auto rest = left;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(p));
      bodies(v, body + 1, rest, slots, text + " at " + std::to_string(left[p][0]), next);
    }
  }

  void one(const Variation& v, const Slots& slots, const std::string& text,
           const std::function<void(const Slots&, const std::string&)>& next) {
    if (v.kind == Kind::place || v.kind == Kind::shuffle) return bodies(v, 0, v.places, slots, text, next);
    if (v.kind == Kind::choice) {
      for (const auto& value : v.of) {
        bool taken = false;
        for (const auto& [slot, other] : slots)
          taken = taken || (slot_family(slot).first == slot_family(v.name).first && other == value);
        if (taken) continue;
        auto more = slots;
        more[v.name] = value;
        next(more, text);
      }
      return;
    }
    next(slots, text + " fault " + std::to_string(v.low));
  }

  void list(const std::vector<Variation>& all, std::size_t i, const Slots& slots, const std::string& text,
            const std::function<void(const Slots&, const std::string&)>& next) {
    if (i == all.size()) return next(slots, text);
    one(all[i], slots, text + " |", [&](const Slots& s, const std::string& t) { list(all, i + 1, s, t, next); });
  }

  void variation(const std::vector<Variation>& all, std::size_t i, const Slots& slots, const std::string& text) {
    if (i == all.size()) {
      std::string item = text;
      for (const auto& [slot, value] : slots) item += " " + slot + "=" + value;
      found_.insert(item + task_.instruction.en);
      for (const auto& wording : task_.wordings) found_.insert(item + wording.en);
      return;
    }
    if (all[i].kind != Kind::one_of)
      return one(all[i], slots, text + " |",
                 [&](const Slots& s, const std::string& t) { variation(all, i + 1, s, t); });
    for (const auto& option : all[i].options)
      list(option, 0, slots, text + " {",
           [&](const Slots& s, const std::string& t) { variation(all, i + 1, s, t + " }"); });
  }

  const Task& task_;
  std::set<std::string> found_;
};

TEST(Items, FormulaEqualsListing) {
  int large = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(StreamKey{seed, 5});
    const auto values = [&](std::size_t most) {
      std::vector<std::string> out;
      for (std::uint64_t i = 0, n = 1 + rng.below(most); i < n; ++i)
        out.push_back(std::string(1, "abcd"[rng.below(4)]));
      return out;
    };
    const auto xs = [&](std::size_t least, std::size_t spread) {
      std::vector<double> out;
      for (std::uint64_t i = 0, n = least + rng.below(spread); i < n; ++i)
        out.push_back(static_cast<double>(rng.below(4)));
      return out;
    };
    std::vector<Variation> all;
    if (rng.below(2) == 0) {
      all = {choice("object", values(4)), choice("object_2", values(4))};
      if (rng.below(2) == 0) all.push_back(choice("object_3", values(4)));
    }
    if (rng.below(2) == 0) all.push_back(choice("target", values(3)));
    if (rng.below(2) == 0) all.push_back(shuffle(2, xs(2, 3)));
    if (rng.below(2) == 0) all.push_back(place(xs(1, 3)));
    if (rng.below(2) == 0) all.push_back(one_of({{weaken(0.5)}, {weaken(0.6), place(xs(1, 2))}, {weaken(0.5)}, {}}));
    const auto task = task_of(all, rng.below(3));
    const auto count = count_items(task).items();
    EXPECT_FALSE(count.more);
    EXPECT_EQ(count.value, Listing(task).size()) << "seed " << seed;
    if (count.value > 100) ++large;
  }
  EXPECT_GT(large, 20);
}

}  // namespace
}  // namespace assay
