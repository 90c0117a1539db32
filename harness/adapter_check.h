// Does an adapter keep its promises? What tests/contract asks of ours, for a vendor to ask of theirs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/robot.h"
#include "core/model/setup.h"
#include "core/text.h"

namespace assay::harness {

struct AdapterCheck {
  std::string call;  ///< what was called: "reset", "stop" …
  Text asked;        ///< what was expected
  std::string got;
  bool ok = false;
  std::string page;   ///< where it is explained
  bool tried = true;  ///< a recording does not move; then `ok` says nothing
};

/// Told of each check when it begins (`done` false, nothing got yet) and when it has ended.
using CheckNews = std::function<void(const AdapterCheck& check, bool done)>;

/// Describes, resets, gives samples, moves, stops, is left alone, is flooded, tells the time truly. Moves the robot by
/// a few centimetres. The first failure of a kind ends that check, not the others; only without usable telemetry
/// nothing but the stop is tried. Stops the robot after each.
std::vector<AdapterCheck> check_adapter(Robot& robot, const Setup& setup, const CheckNews& news = {});

}  // namespace assay::harness
