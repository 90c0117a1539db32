// Robots that exist, as others publish them: each composes with a small scene, means the same, and steps.
#include "tests/suites/compose_support.h"

namespace assay::test {
namespace {

std::string shared_folder() {
  if (const char* folder = std::getenv("ASSAY_SHARED"); folder && *folder) return folder;
  return (fs::path(ASSAY_SOURCE_DIR) / "../shared").lexically_normal().string();
}

struct Real {
  const char* file;
  const char* mount;
};

class RealModels : public ComposeTest, public testing::WithParamInterface<Real> {};

TEST_P(RealModels, ComposeMeansTheSameAndSteps) {
  const auto file = fs::path(shared_folder()) / "models" / GetParam().file;
  if (!fs::exists(file)) GTEST_SKIP() << "no " << file << ": set ASSAY_SHARED to the folder that holds models/";
  const auto world = compose(task(), robot(file.string(), GetParam().mount));
  ASSERT_TRUE(world.ok()) << to_string(world.error(), Lang::en);
  const auto both = load(*world), alone = load_file(file.string());
  ASSERT_TRUE(both && alone);
  const auto alone_data = forward(alone), both_data = forward(both);
  expect_same_robot(alone, alone_data, both, both_data,
                    std::string(GetParam().mount) == "table" ? "robot_mount" : "robot_start");
  EXPECT_EQ(alone->neq, both->neq);
  EXPECT_EQ(alone->ntendon, both->ntendon);
  EXPECT_EQ(alone->nsensor, both->nsensor);
  EXPECT_EQ(alone->nexclude, both->nexclude);
  EXPECT_EQ(alone->nmesh, both->nmesh);
  for (int i = 0; i < 100; ++i) mj_step(both.get(), both_data.get());
  for (int i = 0; i < both->nq; ++i) ASSERT_TRUE(std::isfinite(both_data->qpos[i]));
  EXPECT_EQ(both_data->warning[mjWARN_BADQACC].number, 0);
  EXPECT_EQ(both_data->warning[mjWARN_CONTACTFULL].number + both_data->warning[mjWARN_CNSTRFULL].number, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Published, RealModels,
    testing::Values(Real{"franka_emika_panda/panda.xml", "table"}, Real{"franka_emika_panda/panda_nohand.xml", "table"},
                    Real{"franka_emika_panda/hand.xml", "table"}, Real{"robotiq_2f85/2f85.xml", "table"},
                    Real{"anybotics_anymal_c/anymal_c.xml", "floor"}, Real{"agility_cassie/cassie.xml", "floor"},
                    Real{"unitree_g1/g1_29dof.xml", "floor"}),
    [](const auto& test) {
      auto name = fs::path(test.param.file).stem().string();
      return name == "2f85" ? std::string("robotiq_2f85") : name;
    });

TEST_F(ComposeTest, PandaWithRobotiqGripper) {
  const auto models = fs::path(shared_folder()) / "models";
  if (!fs::exists(models / "robotiq_2f85/2f85.xml"))
    GTEST_SKIP() << "no " << models << ": set ASSAY_SHARED to the folder that holds models/";
  auto body = robot((models / "franka_emika_panda/panda_nohand.xml").string());
  body.attachments = {{"gripper", (models / "robotiq_2f85/2f85.xml").string(), "attachment_site"}};
  const auto world = compose(task(), body);
  ASSERT_TRUE(world.ok()) << to_string(world.error(), Lang::en);
  const auto model = load(*world);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->nu, 8);
  auto data = forward(model);
  for (int i = 0; i < 200; ++i) mj_step(model.get(), data.get());
  for (int i = 0; i < model->nq; ++i) ASSERT_TRUE(std::isfinite(data->qpos[i]));
}

TEST_F(ComposeTest, CatalogueRobotsComposeWithCatalogueScenes) {
  const auto catalogue = fs::path(ASSAY_SOURCE_DIR) / "suites/catalog";
  for (const auto& [binding, scene] :
       std::vector<std::pair<const char*, const char*>>{{"arm7", "parcel_sorting"},
                                                        {"arm7", "peg_assembly"},
                                                        {"arm7", "peg_unseen"},
                                                        {"arm7", "peg_kit"},
                                                        {"dual_arm", "parcel_sorting"},
                                                        {"amr", "goods_transport"},
                                                        {"mobile_manipulator", "goods_transport"},
                                                        {"panda", "parcel_sorting"},
                                                        {"panda_2f85", "parcel_sorting"}}) {
    SCOPED_TRACE(binding);
    if (std::string(binding).rfind("panda", 0) == 0 && !fs::exists(fs::path(shared_folder()) / "models")) continue;
    const auto embodiment = load_embodiment((catalogue / "embodiments" / (std::string(binding) + ".yaml")).string());
    ASSERT_TRUE(embodiment.ok()) << to_string(embodiment.error(), Lang::en);
    auto t = task();
    t.scene_path = (catalogue / "scenes" / (std::string(scene) + ".xml")).string();
    const auto world = compose(t, *embodiment);
    ASSERT_TRUE(world.ok()) << to_string(world.error(), Lang::en);
    const auto model = load(*world);
    ASSERT_TRUE(model);
    auto data = forward(model);
    for (int i = 0; i < 100; ++i) mj_step(model.get(), data.get());
    EXPECT_EQ(data->warning[mjWARN_BADQACC].number, 0);
    for (const auto& group : world->groups)
      for (const auto& joint : group.joints) EXPECT_GE(mj_name2id(model.get(), mjOBJ_JOINT, joint.c_str()), 0) << joint;
  }
}

}  // namespace
}  // namespace assay::test
