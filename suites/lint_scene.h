// What a scene sets to the advantage of whoever is examined in it. Private to the room.
#pragma once

#include <vector>

#include "suites/catalog.h"
#include "suites/compose_parts.h"

namespace assay {

/// Sliding friction above this is more than rubber on dry steel shows.
constexpr double kHighFriction = 1.5;

/// Errors: gravity (m/s²) other than the Earth's, a medium, physics switched off, negative damping. Remarks: sliding
/// friction outside 0.03 to 1.5, welds. Each once per element that sets it, with its line.
std::vector<LintFinding> lint_scene(const Prepared& scene);

}  // namespace assay
