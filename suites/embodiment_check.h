// A binding against its model. Private to the room.
#pragma once

#include "core/model/body.h"
#include "suites/compose_parts.h"
#include "suites/yaml.h"

namespace assay {

/// Each name exists (0491), each group has what its kind needs (0492), counts agree (0493), groups refer to each
/// other (0494), the home pose lies within the joints' ranges (0495), claimed capabilities have their group (0496).
Result<void> check_binding(const Embodiment& embodiment, const Prepared& robot, const YamlFile& file);
/// Positions of `joints` in a keyframe of the model (0495).
Result<std::vector<double>> positions_in_key(const Prepared& model, const std::string& key,
                                             const std::vector<std::string>& joints, const Place& place);

}  // namespace assay
