// Audit trials: what matters to the goal stays, what must not matter is drawn again.
#pragma once

#include "core/model/setup.h"
#include "core/model/task.h"
#include "core/result.h"
#include "harness/draw.h"
#include "harness/fill.h"

namespace assay::harness {

/// Turns the drawn set-up of a trial into its audit twin. Kept: slots, wording, whatever moves or weighs a body that
/// the success condition or a slot names, disturbances, actors, faults. Drawn again by the same laws, from `streams`:
/// the keys of sensor noise, and poses, masses and frictions of the other bodies. Given what is kept, original and twin
/// are equally likely: without memory, neither is more likely to succeed than the other.
Result<void> change_nuisance(const Task& task, const Streams& streams, const Slots& slots, Setup& setup);

}  // namespace assay::harness
