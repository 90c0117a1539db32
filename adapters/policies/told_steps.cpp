#include "adapters/policies/told_steps.h"

#include "adapters/policies/params.h"

namespace assay::policies {
namespace {

constexpr std::int64_t kStands_ns = 1'200'000'000;   // no new thing for so long: all is seen
constexpr std::int64_t kGiveUp_ns = 15'000'000'000;  // a doubt that stands so long is a doubt

}  // namespace

Result<void> ToldSteps::begin(const std::string& policy, const Instruction& instruction) {
  *this = ToldSteps{};
  for (int i = 1;; ++i) {
    const std::string tail = i == 1 ? "" : "_" + std::to_string(i);
    const auto object = instruction.labels.find("object" + tail), target = instruction.labels.find("target" + tail);
    if (object == instruction.labels.end() || target == instruction.labels.end()) break;
    steps_.push_back({object->second, target->second});
  }
  text_ = instruction.text;
  if (known() || !text_.en.empty() || !text_.zh.empty()) return {};
  return cannot_take_part(
      policy, "an instruction without object and target, and without text",
      {"labels for the slots object and target, or a text", "指令中 object 与 target 的标签，或指令文本"});
}

void ToldSteps::look(const Sightings& sightings, SimTime now) {
  if (known()) return;
  const auto seen = sightings.all();
  if (!looked_) began_ = now;
  if (!looked_ || seen.size() != things_) grew_ = now;
  looked_ = true;
  things_ = seen.size();
  if (now.ns - grew_.ns < kStands_ns) return;
  Reading reading = read_instruction(text_, seen);
  if (reading.clear())
    steps_ = std::move(reading.steps);
  else if (now.ns - began_.ns > kGiveUp_ns)
    doubt_ = reading.doubt;
}

}  // namespace assay::policies
