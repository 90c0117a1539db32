// What a metric is, apart from its arithmetic.
#pragma once

#include <string>

#include "core/text.h"
#include "core/trace.h"

namespace assay {

enum class Direction { lower_is_better, higher_is_better, neutral };

struct MetricSpec {
  std::string id;    ///< "completion_time"
  int version = 1;   ///< a changed formula is a new version; both stay runnable
  std::string unit;  ///< "s"
  Direction direction = Direction::lower_is_better;
  Vantage vantage = Vantage::simulator;
  Text title;
  Text definition;     ///< formula in words and symbols
  std::string clause;  ///< source, e.g. "ISO 18646-1:2016, 7"
  Text undefined_when;
  bool deterministic = true;  ///< false: made from wall-clock topics
};

}  // namespace assay
