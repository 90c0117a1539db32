// The cameras that a binding names: what policies may ask to see.
#pragma once

#include <string>
#include <vector>

#include "core/model/body.h"
#include "core/result.h"

namespace assay {

/// Names of the robot's own model, as load_embodiment() checked them. Reads the binding again.
Result<std::vector<std::string>> cameras_of(const Embodiment& embodiment);

}  // namespace assay
