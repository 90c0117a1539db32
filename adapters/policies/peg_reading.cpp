#include "adapters/policies/peg_reading.h"

#include <algorithm>
#include <utility>

namespace assay::policies {
namespace {

std::vector<PegStep> steps_of_slots(const std::map<std::string, std::string>& labels) {
  std::vector<PegStep> steps;
  for (int i = 1;; ++i) {
    const std::string tail = i == 1 ? "" : "_" + std::to_string(i);
    const auto object = labels.find("object" + tail), target = labels.find("target" + tail);
    if (object == labels.end() || target == labels.end()) return steps;
    steps.push_back({object->second, target->second});
  }
}

/// Labels of one kind in the order in which `text` names them.
std::vector<std::string> named_in(const std::string& text, const std::vector<Detection>& seen, const char* kind) {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const auto& d : seen)
    if (const auto at = text.find(d.label); d.kind == kind && at != std::string::npos) found.emplace_back(at, d.label);
  std::sort(found.begin(), found.end());
  std::vector<std::string> labels;
  for (auto& [at, label] : found) labels.push_back(std::move(label));
  return labels;
}

std::string colour_of(const std::string& label) { return label.substr(0, label.find(' ')); }

std::vector<PegStep> steps_of_rule(const std::string& text, const std::vector<Detection>& seen) {
  std::vector<Detection> pegs;
  for (const auto& d : seen)
    if (d.kind == "peg") pegs.push_back(d);
  const auto longest = text.find("longest"), shortest = text.find("shortest");
  if (longest == std::string::npos && shortest == std::string::npos) return {};
  const double sign = longest < shortest ? 1 : -1;
  std::stable_sort(pegs.begin(), pegs.end(),
                   [&](const Detection& a, const Detection& b) { return sign * a.size_m[2] > sign * b.size_m[2]; });
  std::vector<PegStep> steps;
  for (const auto& peg : pegs)
    for (const auto& hole : seen)
      if (hole.kind == "hole" && colour_of(hole.label) == colour_of(peg.label))
        steps.push_back({peg.label, hole.label});
  return steps;
}

}  // namespace

std::vector<PegStep> read_peg_steps(const Instruction& instruction, const std::vector<Detection>& seen) {
  if (auto steps = steps_of_slots(instruction.labels); !steps.empty()) return steps;
  const std::string& text = instruction.text.en;
  const auto pegs = named_in(text, seen, "peg"), holes = named_in(text, seen, "hole");
  if (pegs.empty() && holes.empty()) return steps_of_rule(text, seen);
  if (pegs.size() != holes.size()) return {};
  std::vector<PegStep> steps;
  for (std::size_t i = 0; i < pegs.size(); ++i) steps.push_back({pegs[i], holes[i]});
  if (text.find("only after") != std::string::npos) std::reverse(steps.begin(), steps.end());
  return steps;
}

}  // namespace assay::policies
