// A mend for the engine's box–box collision, installed with the other hooks.
#pragma once

#include <mujoco/mujoco.h>

namespace assay::mujoco {

/// Depth [m] that two overlapping boxes cannot exceed: the smallest overlap along a face normal of either (separating
/// axes; the edge–edge axes could only make it smaller). Negative: they are apart along that axis.
double face_overlap_m(const mjModel& model, const mjData& data, int geom_1, int geom_2);

/// Wraps the engine's box–box routine: contacts deeper than face_overlap_m() are left out, the others stay as they are.
/// MuJoCo 2.2.2 adds such contacts, up to 1.4 m deep, where two boxes meet face to face less than about 4 µm deep (one
/// yaw in ten): a parcel set flush on a table is flung away. Not thread-safe; called once.
void mend_box_contacts();

}  // namespace assay::mujoco
