// Names of the truth channels that answer a signal, for robots whose channels are named by hand.
#pragma once

#include <string>
#include <vector>

#include "core/model/condition.h"

namespace assay {

std::vector<std::string> signal_names(const SignalSpec& signal);

}  // namespace assay
