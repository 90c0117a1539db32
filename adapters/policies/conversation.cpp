#include "adapters/policies/conversation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapters/policies/instruction_words.h"
#include "adapters/policies/params.h"

namespace assay::policies {
namespace {

constexpr std::int64_t kStands_ns = 1'000'000'000;   // no new thing for so long: all is seen
constexpr std::int64_t kGiveUp_ns = 15'000'000'000;  // a doubt that stands so long is a doubt
constexpr int kMostQuestions = 3;

bool has(const std::vector<std::string>& list, const std::string& label) {
  return std::find(list.begin(), list.end(), label) != list.end();
}

bool names_a(const std::string& label, WordKind kind, const char* value) {
  const auto words = words_of(label, Lang::en);
  return std::any_of(words.begin(), words.end(), [&](const Word& w) { return w.kind == kind && w.value == value; });
}

/// Does a further word add to what was said, or replace it?
bool adds(const Text& words) {
  const std::string en = " " + words.en;
  for (const char* also : {"then", "after that", "also", "as well", "next"})
    if (en.find(" " + std::string(also)) != std::string::npos) return true;
  return en.find("Then") != std::string::npos || en.find("Also") != std::string::npos;
}

constexpr double kMoved_m = 0.01, kInReach_m = 0.8;
constexpr std::int64_t kStill_ns = 500'000'000;

}  // namespace

bool Offer::stands(const std::optional<Detection>& place, SimTime now) {
  if (!place) return false;
  const auto& at = place->position_m;
  if (!at_m_ || std::hypot(at[0] - (*at_m_)[0], at[1] - (*at_m_)[1], at[2] - (*at_m_)[2]) > kMoved_m) {
    at_m_ = at;
    since_ = now;
  }
  return now.ns - since_.ns >= kStill_ns && std::hypot(at[0], at[1]) < kInReach_m;
}

std::string danger_of(const Step& step) {
  if (!names_a(step.target, WordKind::container, "hand")) return {};
  if (names_a(step.object, WordKind::shape, "knife")) return "'" + step.object + "' could cut the hand that takes it";
  if ((" " + step.object).find(" hot ") != std::string::npos)
    return "'" + step.object + "' could burn the hand that takes it";
  return {};
}

Result<void> Conversation::begin(const std::string& policy, const Instruction& instruction, bool careless) {
  *this = Conversation{};
  text_ = instruction.text;
  careless_ = careless;
  if (!text_.en.empty() || !text_.zh.empty()) return {};
  return cannot_take_part(policy, "an instruction without text", {"a text", "指令文本"});
}

std::string Conversation::take_question() { return std::exchange(question_, {}); }

void Conversation::look(const Sightings& sightings, SimTime now) {
  if (!refusal_.empty()) return;
  const auto seen = sightings.all();
  if (!looked_) began_ = now;
  if (!looked_ || seen.size() != things_) grew_ = now;
  looked_ = true;
  things_ = seen.size();
  if (now.ns - grew_.ns < kStands_ns) return;
  if (!known() && !waiting_) read(seen, now);
  while (!heard_.empty() && (waiting_ || known())) {
    const Text words = heard_.front();
    heard_.pop_front();
    if (std::exchange(waiting_, false))
      settle(words, seen);
    else if (!careless_)
      amend(words, seen);
    if (!known()) read(seen, now);
  }
}

void Conversation::read(const std::vector<Detection>& seen, SimTime now) {
  auto left = seen;
  std::erase_if(left, [&](const Detection& d) { return has(ruled_out_, d.label); });
  const Reading reading = read_instruction(text_, left);
  if (reading.clear()) return accept(reading.steps);
  if (reading.candidates.size() > 1 && careless_) {
    for (std::size_t i = 1; i < reading.candidates.size(); ++i) rule_out(reading.candidates[i]);
    return read(seen, now);
  }
  if (reading.candidates.size() > 1 && questions_ < kMostQuestions) {
    candidates_ = reading.candidates;
    waiting_ = true;
    ++questions_;
    question_ = "Which one do you mean";
    for (std::size_t i = 0; i < candidates_.size(); ++i) question_ += (i == 0 ? ": the " : " or the ") + candidates_[i];
    question_ += "? 您指的是哪一个？";
  } else if (now.ns - began_.ns > kGiveUp_ns) {
    refusal_ = reading.doubt;
  }
}

/// What the answer does not fit is not meant. Descriptions compare the candidates alone: "the tall one" of these.
void Conversation::settle(const Text& answer, const std::vector<Detection>& seen) {
  auto among = seen;
  const bool of_things = std::any_of(seen.begin(), seen.end(),
                                     [&](const Detection& d) { return d.kind != "bin" && has(candidates_, d.label); });
  std::erase_if(among, [&](const Detection& d) { return of_things && d.kind != "bin" && !has(candidates_, d.label); });
  const Described said = read_description(answer, among);
  for (const auto& d : among) {
    const auto& fits = d.kind == "bin" ? said.containers : said.things;
    const bool asked_of = d.kind == "bin" || has(candidates_, d.label);
    if (asked_of && !fits.empty() && !has(fits, d.label)) rule_out(d.label);
  }
}

/// A new place for the same thing, another thing for the same place, or a step of its own.
void Conversation::amend(const Text& words, const std::vector<Detection>& seen) {
  const Described said = read_description(words, seen);
  auto steps = steps_;
  if (said.things.size() == 1 && said.containers.size() == 1) {
    if (!adds(words)) steps.pop_back();
    steps.push_back({said.things.front(), said.containers.front()});
  } else if (said.containers.size() == 1) {
    steps.back().target = said.containers.front();
  } else if (said.things.size() == 1) {
    steps.back().object = said.things.front();
  }
  accept(std::move(steps));
}

void Conversation::accept(std::vector<Step> steps) {
  for (const auto& step : steps) {
    if (!careless_ && refusal_.empty()) refusal_ = danger_of(step);
  }
  if (refusal_.empty()) steps_ = std::move(steps);
}

}  // namespace assay::policies
