// What a manipulating policy makes of what it is told, and told later: reads the words, asks where one description fits
// several things, takes corrections and further steps, and refuses what would hurt whoever it works with.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "adapters/policies/instruction_reader.h"
#include "adapters/policies/sightings.h"
#include "core/model/setup.h"
#include "core/result.h"

namespace assay::policies {

class Conversation {
 public:
  /// `careless`: guesses instead of asking, overhears corrections, sees no danger. Fails with ASSAY-0404 without a
  /// text.
  Result<void> begin(const std::string& policy, const Instruction& instruction, bool careless);
  void hear(const Text& words) { heard_.push_back(words); }
  /// Once each tick. Reads once what is seen has stopped growing.
  void look(const Sightings& sightings, SimTime now);

  [[nodiscard]] bool known() const { return !steps_.empty(); }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] const std::string& refusal() const { return refusal_; }  ///< why it will not, or cannot; else empty
  std::string take_question();                                           ///< to be said now; empty: nothing

 private:
  void read(const std::vector<Detection>& seen, SimTime now);
  void settle(const Text& answer, const std::vector<Detection>& seen);
  void amend(const Text& words, const std::vector<Detection>& seen);
  void accept(std::vector<Step> steps);
  void rule_out(const std::string& label) { ruled_out_.push_back(label); }

  Text text_;
  bool careless_ = false, looked_ = false, waiting_ = false;
  int questions_ = 0;
  std::vector<Step> steps_;
  std::vector<std::string> candidates_, ruled_out_;
  std::deque<Text> heard_;
  std::string question_, refusal_;
  SimTime began_, grew_;
  std::size_t things_ = 0;
};

/// A place that somebody holds out: it stands once it has moved little for half a second, within an arm's reach.
class Offer {
 public:
  bool stands(const std::optional<Detection>& place, SimTime now);

 private:
  std::optional<std::array<double, 3>> at_m_;
  SimTime since_;
};

/// Would hurt whoever holds out a hand: something sharp or hot put into it. Empty: harmless; else why not.
std::string danger_of(const Step& step);

}  // namespace assay::policies
