// Errors of the MuJoCo adapter, each with its id, both languages and whose fault it is (DESIGN §4.1).
#pragma once

#include <mujoco/mujoco.h>

#include <optional>
#include <string>

#include "core/model/body.h"
#include "core/result.h"

namespace assay::mujoco {

/// 0420: MuJoCo refuses the model. "subject:model" unless the embodiment is ours.
Error model_does_not_load(const World& world, const std::string& engine_text);
/// 0421: the set-up names something the scene lacks, or gives it a value that cannot be applied ("lab:").
Error setup_does_not_fit(const std::string& what);
/// 0422: the binding does not fit the model ("subject:binding" unless the embodiment is ours).
Error binding_does_not_fit(const World& world, const std::string& group, const std::string& what);
/// 0423: control period, latency and time step do not fit ("lab:timing").
Error timing_does_not_fit(const std::string& what);
/// 0426: MuJoCo stopped with an error while stepping.
Error engine_stopped(const World& world, const std::string& engine_text);
/// 0427: calls in the wrong order, e.g. advance() after stop() ("lab:order").
Error wrong_order(const std::string& what);

/// 0424 (unstable: "subject:sim_unstable") or 0425 (out of contacts or constraints: "unknown:sim_capacity")
/// if mjData counts a warning that ends a trial.
std::optional<Error> fault_of_warnings(const mjData& data);

}  // namespace assay::mujoco
