// What an operator is shown of a trial that has been drawn: what to set up, what to tell the robot, what to look for.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "core/model/setup.h"
#include "core/model/task.h"
#include "core/result.h"

namespace assay::harness {

/// {"title", "instruction", "steps": [{en, zh}], "not_set": [{en, zh}], "success": condition in brief, "subgoals":
///  [{id, what}], "checks": [{id, what}], "limits": [{id, words}], "time_limit_s"}; texts as {en, zh}. `not_set`: what
///  was drawn for simulated robots and is
/// nothing that a hand sets. Fails with 0560 where the task cannot be what it is without it (pushes, failures put in,
/// stops asked for by a machine).
/// `places`: where the scene has the things of `setup.offsets`, in their order, as far as it is known.
Result<nlohmann::json> operator_card(const Task& task, const Setup& setup, const std::vector<BodyPose>& places = {});

}  // namespace assay::harness
