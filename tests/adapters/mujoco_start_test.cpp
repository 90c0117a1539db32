// How a trial starts: things set flush on others stay where they are; things set inside each other are refused.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/mujoco/box_contacts.h"
#include "adapters/mujoco/guard.h"
#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

const char* const kTableAndBox =
    "<mujoco><option timestep=\"0.002\" cone=\"elliptic\" impratio=\"10\"/><worldbody>"
    "<geom type=\"box\" size=\".6 .8 .02\" pos=\".25 0 .38\"/>"
    "<body name=\"box\" pos=\".4 0 .425\"><freejoint/><geom type=\"box\" size=\".025 .025 .025\" mass=\".1\" "
    "condim=\"4\"/>"
    "</body><body name=\"robot/base\" pos=\"0 0 3\"><geom size=\".1\"/></body></worldbody></mujoco>";

assay::Setup with_box_at(double x_m, double z_m, double yaw_rad) {
  auto setup = setup_of(world_of(kTableAndBox, {}));
  setup.poses.push_back({"box", {x_m, 0, z_m, yaw_rad}});
  SignalSpec height;
  height.kind = SignalSpec::Kind::pose;
  height.a = "box";
  setup.signals.push_back(height);
  return setup;
}

/// One yaw in ten makes MuJoCo 2.2.2 throw a flush box up at several metres a second.
TEST(MujocoStart, AFlushBoxStaysWhereItIs) {
  auto robot = make_mujoco_robot();
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(robot->reset(with_box_at(0.3 + 0.003 * i, 0.425, -1.0 + 0.0337 * i)).ok());
    ASSERT_TRUE(robot->begin({}).ok());
    Result<Sample> last = robot->advance({});
    for (int k = 0; k < 9 && last.ok(); ++k) last = robot->advance({});
    ASSERT_TRUE(last.ok());
    ASSERT_GE(last->truth.size(), 3U);
    EXPECT_NEAR(last->truth[2], 0.425, 0.001) << "yaw " << -1.0 + 0.0337 * i;
    ASSERT_TRUE(robot->stop(StopCategory::cat0).requested);
  }
}

TEST(MujocoStart, ThingsSetInsideEachOtherAreTheLaboratorysFault) {
  EXPECT_TRUE(make_mujoco_robot()->reset(with_box_at(0.4, 0.424, 0.3)).ok());
  const auto refused = make_mujoco_robot()->reset(with_box_at(0.4, 0.415, 0.3));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().id, 421);
  EXPECT_EQ(refused.error().found.rfind("lab:setup ", 0), 0U) << refused.error().found;
  EXPECT_NE(refused.error().found.find("'box'"), std::string::npos) << refused.error().found;
}

/// In a linkage the driven joints need not carry the fingers: a width made of them would mean nothing.
TEST(MujocoStart, GripperJointsThatDoNotPartItsSidesAreABindingError) {
  auto world = fingers();
  auto& gripper = world.groups.front();
  gripper.side_b_bodies = gripper.side_a_bodies;
  const auto refused = make_mujoco_robot()->reset(setup_of(world));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().id, 422);
  EXPECT_NE(refused.error().found.find("apart"), std::string::npos) << refused.error().found;
}

TEST(BoxContacts, NoneIsDeeperThanTheBoxesOverlap) {
  mujoco::install_handlers();
  char error[200] = "";
  const auto path = testing::TempDir() + "assay_boxes.xml";
  FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs(kTableAndBox, file);
  std::fclose(file);
  mjModel* model = mj_loadXML(path.c_str(), nullptr, error, sizeof error);
  ASSERT_NE(model, nullptr) << error;
  mjData* data = mj_makeData(model);
  int met = 0;
  for (int i = 0; i < 4000; ++i) {
    const double yaw = -1.0 + 0.0005 * i, depth_m = 1e-6 * (i % 5);
    mj_resetData(model, data);
    data->qpos[0] = 0.35 + 0.0000613 * i;
    data->qpos[2] = 0.425 - depth_m;
    data->qpos[3] = std::cos(yaw / 2);
    data->qpos[6] = std::sin(yaw / 2);
    mj_forward(model, data);
    for (int k = 0; k < data->ncon; ++k) {
      const auto& contact = data->contact[k];
      EXPECT_LE(-contact.dist, mujoco::face_overlap_m(*model, *data, contact.geom1, contact.geom2) + 2e-6) << yaw;
    }
    met += data->ncon >= 4;
  }
  EXPECT_GT(met, 3900);  // the right contacts are kept
  mj_deleteData(data);
  mj_deleteModel(model);
}

}  // namespace
}  // namespace assay::test
