// Names of the truth channels that answer a signal, for robots whose channels are named by hand.
#pragma once

#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/trace.h"

namespace assay {

std::vector<std::string> signal_names(const SignalSpec& signal);

/// "x_m: name ends in _m, unit says mm": values a thousand times too large, judged as if they fitted. Empty: they
/// agree, or the name says no unit.
std::string unit_contradiction(const Channel& channel);

}  // namespace assay
