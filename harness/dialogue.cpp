#include "harness/dialogue.h"

#include <algorithm>

namespace assay::harness {

bool is_spoken(const SignalSpec& signal) {
  return signal.kind == SignalSpec::Kind::report && (signal.a == kQuestion || signal.a == kRefusal);
}

bool is_question(const std::string& utterance) {
  const auto last = utterance.find_last_not_of(" \t\r\n");
  if (last == std::string::npos) return false;
  const std::string said = utterance.substr(0, last + 1);
  return said.ends_with("?") || said.ends_with("？");
}

void Dialogue::ask(SimTime now) {
  if (answer_) return;
  std::vector<const Turn*> answers;
  for (const auto& turn : turns_)
    if (turn.answer) answers.push_back(&turn);
  if (answers.empty()) return;
  const Turn& turn = *answers[std::min(questions_++, answers.size() - 1)];
  answer_ = Answer{now.ns + turn.from_low_ns, turn.words};
}

std::vector<Text> Dialogue::due(SimTime now) {
  std::vector<Text> out;
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    if (turns_[i].answer || said_[i] || now.ns < turns_[i].from_low_ns) continue;
    said_[i] = true;
    out.push_back(turns_[i].words);
  }
  if (answer_ && now.ns >= answer_->at_ns) {
    out.push_back(answer_->words);
    answer_.reset();
  }
  return out;
}

}  // namespace assay::harness
