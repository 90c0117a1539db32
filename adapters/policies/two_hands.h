// Lets a policy for one arm work on a robot with several: one step of the instruction after another, each with the arm
// that has the shorter way to what the step names, seen from that arm's base. The other arm goes home and stays there.
#pragma once

#include <functional>
#include <memory>

#include "adapters/policy.h"

namespace assay::policies {

/// On a robot with one arm the inner policy is all there is. An instruction without labels cannot be taken apart: then
/// one arm, the one to which all that can be worked on is nearest, does all of it.
std::unique_ptr<Policy> with_two_hands(std::unique_ptr<Policy> one_handed);

}  // namespace assay::policies
