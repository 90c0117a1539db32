// Whoever gave the instruction, as far as a trial needs them: answers questions, and has more to say in its course.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/condition.h"
#include "core/model/dialogue.h"
#include "core/time.h"

namespace assay::harness {

/// Of the subject's words, which the harness hears: no robot is asked for it.
bool is_spoken(const SignalSpec& signal);

/// A question is what ends with a question mark, ? or ？ (spaces after it do not count).
bool is_question(const std::string& utterance);

class Dialogue {
 public:
  explicit Dialogue(std::vector<Turn> turns) : turns_(std::move(turns)), said_(turns_.size(), false) {}
  /// The k-th question gets the k-th answer, later ones the last; who is already about to answer hears no other.
  void ask(SimTime now);
  /// What is said by now and was not before.
  std::vector<Text> due(SimTime now);

 private:
  struct Answer {
    std::int64_t at_ns = 0;
    Text words;
  };
  std::vector<Turn> turns_;
  std::vector<bool> said_;
  std::size_t questions_ = 0;
  std::optional<Answer> answer_;
};

}  // namespace assay::harness
