// Small MJCF files in a folder of their own, loaded by MuJoCo alone and composed.
#pragma once

#include <gtest/gtest.h>
#include <mujoco/mujoco.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "suites/catalog.h"

namespace assay::test {

namespace fs = std::filesystem;

struct ModelDelete {
  void operator()(mjModel* model) const { mj_deleteModel(model); }
};
struct DataDelete {
  void operator()(mjData* data) const { mj_deleteData(data); }
};
using Model = std::unique_ptr<mjModel, ModelDelete>;
using Data = std::unique_ptr<mjData, DataDelete>;

class ComposeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("assay_compose_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    write("scene.xml", kScene);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const auto path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  [[nodiscard]] Task task(const std::string& scene = "scene.xml") const {
    Task made;
    made.id = "small";
    made.suite = "tests";
    made.scene_path = path(scene);
    return made;
  }
  [[nodiscard]] static Embodiment robot(const std::string& model, const std::string& mount = "table") {
    Embodiment made;
    made.id = "robot";
    made.path = "robot.yaml";
    made.model_path = model;
    made.mount = mount;
    return made;
  }
  /// Composes robot text with the small scene; a failure fails the test.
  World composed(const std::string& text, const std::string& mount = "table") {
    const auto world = compose(task(), robot(write("robot.xml", text), mount));
    EXPECT_TRUE(world.ok()) << (world.ok() ? "" : to_string(world.error(), Lang::en));
    return world.ok() ? *world : World{};
  }
  int error_of(const std::string& text, const std::string& mount = "table", Error* error = nullptr) {
    const auto world = compose(task(), robot(write("robot.xml", text), mount));
    if (world.ok()) return 0;
    if (error) *error = world.error();
    EXPECT_FALSE(world.error().what.en.empty());
    EXPECT_FALSE(world.error().what.zh.empty());
    return world.error().id;
  }

  /// Loads as an adapter does; the text stands in a folder that has nothing to do with the model's.
  Model load(const World& world) const { return load_file(write("elsewhere/composed.xml", world.mjcf)); }
  static Model load_file(const std::string& file) {
    char message[1000] = "";
    Model model(mj_loadXML(file.c_str(), nullptr, message, sizeof message));
    EXPECT_NE(model, nullptr) << message;
    return model;
  }
  static Data forward(const Model& model) {
    Data data(mj_makeData(model.get()));
    mj_forward(model.get(), data.get());
    return data;
  }

  static constexpr const char* kScene = R"(<mujoco model="small">
  <compiler autolimits="true" angle="radian"/>
  <option gravity="0 0 -9.81"/>
  <default><geom friction="0.9 0.005 0.0001" rgba="0.1 0.2 0.3 1"/></default>
  <worldbody>
    <geom name="floor" type="plane" size="0 0 0.05"/>
    <body name="robot_mount" pos="0.1 -0.2 0.4" quat="0.9238795325112867 0 0 0.3826834323650898"/>
    <body name="robot_start" pos="-1 2 0" quat="0.7071067811865476 0 0 0.7071067811865476"/>
    <body name="cube" pos="1.5 0 0.5"><freejoint/><geom name="cube" type="box" size="0.03 0.03 0.03"/></body>
  </worldbody>
  <keyframe><key name="start" qpos="1.5 0 0.5 1 0 0 0"/></keyframe>
</mujoco>)";

  fs::path folder_;
};

/// Compares the robot of a composition with the robot alone, both in their zero pose.
inline void expect_same_robot(const Model& alone, const Data& alone_data, const Model& both, const Data& both_data,
                              const std::string& mount, double tolerance = 1e-9) {
  ASSERT_TRUE(alone && both);
  const auto find = [&](int type, const char* name) {
    return mj_name2id(both.get(), type, (std::string("robot/") + name).c_str());
  };
  const int base = mj_name2id(both.get(), mjOBJ_BODY, mount.c_str());
  ASSERT_GE(base, 0);
  for (int b = 1; b < alone->nbody; ++b) {
    const char* name = mj_id2name(alone.get(), mjOBJ_BODY, b);
    if (!name || !*name) continue;
    const int c = find(mjOBJ_BODY, name);
    ASSERT_GE(c, 0) << name;
    EXPECT_NEAR(both->body_mass[c], alone->body_mass[b], tolerance) << name;
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(both->body_inertia[3 * c + i], alone->body_inertia[3 * b + i], tolerance) << name;
      EXPECT_NEAR(both->body_ipos[3 * c + i], alone->body_ipos[3 * b + i], tolerance) << name;
    }
    // Where the mount puts the place that the robot has alone.
    mjtNum expected[3], turned[9];
    mju_rotVecMat(expected, alone_data->xpos + 3 * b, both_data->xmat + 9 * base);
    mju_addTo3(expected, both_data->xpos + 3 * base);
    mju_mulMatMat(turned, both_data->xmat + 9 * base, alone_data->xmat + 9 * b, 3, 3, 3);
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(both_data->xpos[3 * c + i], expected[i], tolerance) << name;
    for (int i = 0; i < 9; ++i) EXPECT_NEAR(both_data->xmat[9 * c + i], turned[i], tolerance) << name;
  }
  for (int j = 0; j < alone->njnt; ++j) {
    const char* name = mj_id2name(alone.get(), mjOBJ_JOINT, j);
    if (!name || !*name) continue;
    const int k = find(mjOBJ_JOINT, name);
    ASSERT_GE(k, 0) << name;
    EXPECT_EQ(both->jnt_type[k], alone->jnt_type[j]) << name;
    EXPECT_EQ(both->jnt_limited[k], alone->jnt_limited[j]) << name;
    for (int i = 0; i < 2 && alone->jnt_limited[j]; ++i)  // MuJoCo leaves an unused range in degrees
      EXPECT_NEAR(both->jnt_range[2 * k + i], alone->jnt_range[2 * j + i], tolerance) << name;
    if (alone->jnt_type[j] < mjJNT_SLIDE) continue;
    const int qa = alone->jnt_qposadr[j], qb = both->jnt_qposadr[k];
    EXPECT_NEAR(both->qpos0[qb], alone->qpos0[qa], tolerance) << name;
    EXPECT_NEAR(both->qpos_spring[qb], alone->qpos_spring[qa], tolerance) << name;
    EXPECT_NEAR(both->dof_armature[both->jnt_dofadr[k]], alone->dof_armature[alone->jnt_dofadr[j]], tolerance) << name;
  }
  for (int u = 0; u < alone->nu; ++u) {
    const char* name = mj_id2name(alone.get(), mjOBJ_ACTUATOR, u);
    if (!name || !*name) continue;
    const int v = find(mjOBJ_ACTUATOR, name);
    ASSERT_GE(v, 0) << name;
    for (int i = 0; i < 2; ++i)
      EXPECT_NEAR(both->actuator_ctrlrange[2 * v + i], alone->actuator_ctrlrange[2 * u + i], tolerance) << name;
    for (int i = 0; i < mjNGAIN; ++i) {
      EXPECT_NEAR(both->actuator_gainprm[mjNGAIN * v + i], alone->actuator_gainprm[mjNGAIN * u + i], tolerance) << name;
      EXPECT_NEAR(both->actuator_biasprm[mjNBIAS * v + i], alone->actuator_biasprm[mjNBIAS * u + i], tolerance) << name;
    }
  }
}

}  // namespace assay::test
