#include "adapters/mujoco/scene_places.h"

#include <cmath>

#include "adapters/mujoco/scene_setup.h"
#include "adapters/mujoco/world.h"

namespace assay {

Result<std::vector<BodyPose>> scene_places(const Setup& setup) {
  Setup unmoved = setup;
  unmoved.offsets.clear();
  ASSAY_TRY(const auto model, mujoco::load_model(setup.world));
  const mujoco::DataPtr data(mj_makeData(model.get())), scratch(mj_makeData(model.get()));
  ASSAY_CHECK(data && scratch);
  ASSAY_RETURN_IF_ERROR(mujoco::apply_setup(unmoved, *model, *data, *scratch));
  mj_kinematics(model.get(), data.get());
  std::vector<BodyPose> out;
  for (const auto& one : setup.offsets) {
    const int body = mj_name2id(model.get(), mjOBJ_BODY, one.body.c_str());
    if (body < 1) {  // of the robot, which nobody places by hand from a card
      out.clear();
      return out;
    }
    const mjtNum *at = data->xpos + 3 * body, *q = data->xquat + 4 * body;
    const double yaw_rad = std::atan2(2 * (q[0] * q[3] + q[1] * q[2]), 1 - 2 * (q[2] * q[2] + q[3] * q[3]));
    out.push_back({one.body, {at[0], at[1], at[2], yaw_rad}});
  }
  return out;
}

}  // namespace assay
