// What a policy may be besides: one that is spoken to in the course of a trial.
#pragma once

#include "core/text.h"

namespace assay {

class Listener {
 public:
  virtual ~Listener() = default;
  /// Said to it before its next act(), in both languages, by whoever gave the instruction.
  virtual void hear(const Text& words) = 0;
};

}  // namespace assay
