// Where the scene itself has the things that a draw moves only a little: for who sets them up by hand.
#pragma once

#include <vector>

#include "core/model/setup.h"
#include "core/result.h"

namespace assay {

/// One for each of `setup.offsets`, in their order, without the offset; none at all where one is not a thing of the
/// scene. Fails with 0420 and 0421.
Result<std::vector<BodyPose>> scene_places(const Setup& setup);

}  // namespace assay
