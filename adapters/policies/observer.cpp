// Watches for a while from where it stands, tells the things apart by label and place, and reports the mean of what it
// saw of each. Lost looks and things that are hidden for a time only make the mean of fewer.
#include "adapters/policies/observer.h"

#include <algorithm>
#include <cmath>

#include "adapters/policies/params.h"
#include "adapters/policies/place_reader.h"

namespace assay {
namespace {

constexpr policies::Skill kWorst{0.1, 0.3, 0.7};
constexpr std::int64_t kOldest_ns = 200'000'000, kWatch_ns = 6'000'000'000;
constexpr double kSame_m = 0.09;  // nearer than this it is the same thing, not another of its kind
constexpr int kLooks = 4;         // before a thing is believed

const std::vector<policies::Lexeme>& lexicon() {
  static const std::vector<policies::Lexeme> words = {{"red block", {"red block", "红色方块"}},
                                                      {"green block", {"green block", "绿色方块"}},
                                                      {"blue block", {"blue block", "蓝色方块"}},
                                                      {"red can", {"red can", "红色罐"}},
                                                      {"blue can", {"blue can", "蓝色罐"}},
                                                      {"yellow can", {"yellow can", "黄色罐"}},
                                                      {"parcel", {"parcel", "包裹"}}};
  return words;
}

/// One thing as it was seen so far.
struct Seen {
  std::string label;
  std::array<double, 3> sum_m{};
  int looks = 0;
  bool in_this_look = false;
  [[nodiscard]] double mean(std::size_t k) const { return sum_m[k] / looks; }
};

class Observer final : public Policy {
 public:
  explicit Observer(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"observer", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& /*robot*/, StreamKey key) override {
    *this = Observer(skill_);
    if (instruction.text_only) {
      const auto said = policies::read_places(instruction.text, lexicon());
      wanted_ = said.named;
      if (wanted_.empty())
        return policies::cannot_take_part("observer", "an instruction that names nothing it knows",
                                          {"a block, a can or parcels", "方块、罐或包裹"});
    } else {
      for (const auto& slot : policies::numbered_slots(instruction.labels, "thing"))
        wanted_.push_back(instruction.labels.at(slot));
    }
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    return {};
  }

  Result<Action> act(const Observation& now) override {
    const Observation& seen = delay_.pass(now);
    if (policies::sound(seen) && is_new(seen)) look(seen.detections);
    Action action;
    if (now.time.ns < kWatch_ns) return action;
    if (!said_) report(action);
    said_ = true;
    action.done = true;
    return action;
  }

 private:
  /// A look that repeats the last one bit for bit is the same look, still standing, until it is older than any
  /// detector's period: then it is a new one of a detector without noise.
  bool is_new(const Observation& seen) {
    std::vector<double> numbers;
    for (const auto& one : seen.detections) numbers.insert(numbers.end(), one.position_m.begin(), one.position_m.end());
    if (numbers == last_ && seen.time.ns - last_ns_ < kOldest_ns) return false;
    last_ = std::move(numbers);
    last_ns_ = seen.time.ns;
    return true;
  }

  void look(const std::vector<Detection>& detections) {
    for (auto& thing : things_) thing.in_this_look = false;
    for (const auto& one : detections) {
      if (!is_wanted(one)) continue;
      Seen* best = nullptr;
      double least_m = kSame_m;
      for (auto& thing : things_) {
        const double away_m = std::hypot(thing.mean(0) - one.position_m[0], thing.mean(1) - one.position_m[1]);
        if (thing.label != one.label || thing.in_this_look || away_m >= least_m) continue;
        least_m = away_m;
        best = &thing;
      }
      if (best == nullptr) best = &things_.emplace_back(Seen{one.label, {}, 0, false});
      for (std::size_t k = 0; k < 3; ++k) best->sum_m[k] += one.position_m[k];
      ++best->looks;
      best->in_this_look = true;
    }
  }

  [[nodiscard]] bool is_wanted(const Detection& one) const {
    if (wanted_.empty()) return one.kind == "goods" || one.kind == "parcel";
    return std::find(wanted_.begin(), wanted_.end(), one.label) != wanted_.end();
  }

  void report(Action& action) {
    for (const auto& thing : things_) {
      if (thing.looks < kLooks || rng_.uniform() < skill_.miss_rate) continue;
      action.reports.push_back({thing.label,
                                {thing.mean(0) + skill_.noise_m * rng_.normal(),
                                 thing.mean(1) + skill_.noise_m * rng_.normal(), thing.mean(2)}});
    }
  }

  policies::Skill skill_;
  policies::DelayLine delay_;
  Rng rng_{StreamKey{}};
  std::vector<std::string> wanted_;
  std::vector<Seen> things_;
  std::vector<double> last_;
  std::int64_t last_ns_ = -kOldest_ns;
  bool said_ = false;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_observer(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("observer", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<Observer>(skill));
}

}  // namespace assay
