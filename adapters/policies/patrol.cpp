// Goes the round past the posts that the instruction names, looks about at each, and reports each hazard that it has
// seen once, as soon as it knows where it is; keeps off what it found. Reads rules in the text where there are some.
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "adapters/policies/base_driver.h"
#include "adapters/policies/params.h"
#include "adapters/policies/place_reader.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

using policies::FloorArea;
using policies::FloorPoint;
using policies::Landmark;
using policies::Twist;

constexpr policies::Skill kWorst{0.5, 0.3, 0.7};
constexpr double kAtPost_m = 0.25, kHome_m = 0.3, kTurn_rad = 4.7;  // with a view of a quarter turn that is all around
constexpr double kKeepOff_m = 0.5;  // from the outline of a hazard to the middle of the base
constexpr int kLooks = 12;          // of the detector, before a hazard is believed
constexpr std::int64_t kTurnAtMost_ns = 15'000'000'000;

/// Keys are words of the detector's labels.
const std::vector<policies::Lexeme>& hazard_lexicon() {
  static const std::vector<policies::Lexeme> lexicon = {{"manhole", {"manhole", "井"}},
                                                        {"liquid", {"liquid", "spill", "液"}},
                                                        {"sign", {"sign", "标牌", "指示牌"}},
                                                        {"exit", {"exit", "出口"}},
                                                        {"bag", {"bag", "luggage", "包", "行李"}}};
  return lexicon;
}

const std::vector<policies::Lexeme>& post_lexicon() {
  static const std::vector<policies::Lexeme> lexicon = [] {
    std::vector<policies::Lexeme> posts;
    for (const char* digit : {"1", "2", "3", "4", "5", "6", "7", "8", "9"})
      posts.push_back({std::string("post ") + digit, {std::string("post ") + digit, std::string(digit) + "号"}});
    return posts;
  }();
  return lexicon;
}

class Patrol final : public Policy {
 public:
  explicit Patrol(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"patrol", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = Patrol(skill_);
    ASSAY_RETURN_IF_ERROR(driver_.begin("patrol", robot, false));
    const auto& text = instruction.text.en.empty() ? instruction.text.zh : instruction.text.en;
    if (instruction.text_only) {
      posts_ = policies::read_places(text, post_lexicon()).named;
      read_hazards(text);
    } else {
      for (const auto& slot : policies::numbered_slots(instruction.labels, "post"))
        posts_.push_back(instruction.labels.at(slot));
    }
    return_home_ = policies::says(text, {"come back", "return", "返回", "回到"});
    if (posts_.empty())
      return policies::cannot_take_part("patrol", "an instruction without posts",
                                        {"a label for the slot post", "指令中 post 的标签"});
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    return {};
  }

  Result<Action> act(const Observation& now) override {
    Action action;
    const bool sensed = driver_.sense(delay_.pass(now));
    driver_.act(sensed ? decide(action) : Twist{}, action);
    return action;
  }

 private:
  /// Which kinds are to be reported (all, if the text names none), and which before any other.
  void read_hazards(const std::string& text) {
    const auto mentions = policies::read_places(text, hazard_lexicon());
    unwanted_ = mentions.excluded;
    if (policies::says(text, {"before any other", "before anything else", "优先"})) {
      if (!mentions.named.empty()) urgent_ = mentions.named.front();
    } else {
      wanted_ = mentions.named;
    }
  }

  static bool is_of(const Landmark& mark, const std::string& key) { return mark.label.find(key) != std::string::npos; }

  [[nodiscard]] bool to_report(const Landmark& mark) const {
    if (mark.kind != "hazard" || mark.looks < kLooks) return false;
    const auto fits = [&](const std::string& key) { return is_of(mark, key); };
    if (std::any_of(unwanted_.begin(), unwanted_.end(), fits)) return false;
    return wanted_.empty() || std::any_of(wanted_.begin(), wanted_.end(), fits);
  }

  Twist decide(Action& action) {
    keep_off();
    if (turning_) return look_about();
    const bool over = at_post_ >= posts_.size();
    report(action, over);
    if (over) return finish(action);
    const auto mark = driver_.landmarks().find(posts_[at_post_]);
    const auto aim = mark ? std::optional<FloorPoint>(mark->at_m) : std::nullopt;
    if (aim && driver_.distance_to(*aim) < kAtPost_m) {
      ++at_post_;
      start_turning();
      return {};
    }
    return driver_.drive_to(aim);
  }

  void start_turning() {
    turning_ = true;
    turned_rad_ = 0;
    last_yaw_ = driver_.pose()[2];
    turn_since_ns_ = driver_.now_ns();
    driver_.new_aim();
  }

  Twist look_about() {
    const double yaw = driver_.pose()[2];
    turned_rad_ += std::abs(yaw - last_yaw_);
    last_yaw_ = yaw;
    turning_ = turned_rad_ < kTurn_rad && driver_.now_ns() - turn_since_ns_ < kTurnAtMost_ns;
    return {0, 0.9 * driver_.limits().yaw_rad_s};
  }

  void keep_off() {
    std::vector<FloorArea> closed;
    for (const auto& mark : driver_.landmarks().all())
      if (mark.kind == "hazard")
        closed.push_back({mark.at_m, {mark.size_m[0] / 2 + kKeepOff_m, mark.size_m[1] / 2 + kKeepOff_m}, mark.yaw_rad});
    driver_.close(std::move(closed));
  }

  /// What is believed and was not said yet. Where something is urgent, the rest waits for it, or for the round's end.
  void report(Action& action, bool over) {
    const auto marks = driver_.landmarks().all();
    if (!urgent_.empty() && !urgent_said_) {
      for (const auto& mark : marks)
        if (to_report(mark) && is_of(mark, urgent_) && say(mark, action)) {
          urgent_said_ = true;
          return;
        }
      if (!over) return;
    }
    for (const auto& mark : marks)
      if (to_report(mark)) say(mark, action);
  }

  bool say(const Landmark& mark, Action& action) {
    if (!said_.insert(mark.label).second) return false;
    if (rng_.uniform() < skill_.miss_rate) return false;  // overlooked
    const auto& pose = driver_.pose();
    const double dx = mark.at_m[0] + skill_.noise_m * rng_.normal() - pose[0];
    const double dy = mark.at_m[1] + skill_.noise_m * rng_.normal() - pose[1];
    const double c = std::cos(pose[2]), s = std::sin(pose[2]);
    action.reports.push_back({mark.label, {c * dx + s * dy, -s * dx + c * dy, 0}});
    return true;
  }

  Twist finish(Action& action) {
    const FloorPoint home = {0, 0};
    homing_ = return_home_ && driver_.distance_to(home) > (homing_ ? kHome_m / 2 : kHome_m);
    if (homing_) return driver_.drive_to(home);
    action.done = driver_.at_rest();
    return {};
  }

  policies::Skill skill_;
  policies::BaseDriver driver_;
  policies::DelayLine delay_;
  Rng rng_{StreamKey{}};
  std::vector<std::string> posts_, wanted_, unwanted_;
  std::string urgent_;
  std::set<std::string> said_;
  std::size_t at_post_ = 0;
  double turned_rad_ = 0, last_yaw_ = 0;
  std::int64_t turn_since_ns_ = 0;
  bool turning_ = true, return_home_ = false, homing_ = false, urgent_said_ = false;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_patrol(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("patrol", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<Patrol>(skill));
}

}  // namespace assay
