// Each rule of composition on a small model, against MuJoCo loading the robot alone.
#include <gmock/gmock.h>

#include "tests/suites/compose_support.h"

namespace assay::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPlain = R"(<mujoco>
  <compiler angle="radian" autolimits="true"/>
  <worldbody><body name="base"><geom size="0.05"/>
    <body name="arm" pos="0 0 0.2"><joint name="j" axis="0 1 0" range="-1 2"/><geom name="g" size="0.04" pos="0 0 0.1"/>
      <site name="tip" pos="0 0 0.2"/></body>
  </body></worldbody>
  <actuator><motor name="m" joint="j" ctrlrange="-3 3"/></actuator>
  <sensor><jointpos name="s" joint="j"/></sensor>
  <keyframe><key name="home" qpos="0.5"/></keyframe>
</mujoco>)";

TEST_F(ComposeTest, PrefixesTheRobotAndLeavesTheSceneAlone) {
  const auto model = load(composed(kPlain));
  ASSERT_TRUE(model);
  for (const auto& [type, name] : std::vector<std::pair<int, const char*>>{{mjOBJ_BODY, "robot/arm"},
                                                                           {mjOBJ_JOINT, "robot/j"},
                                                                           {mjOBJ_SITE, "robot/tip"},
                                                                           {mjOBJ_GEOM, "robot/g"},
                                                                           {mjOBJ_ACTUATOR, "robot/m"},
                                                                           {mjOBJ_SENSOR, "robot/s"},
                                                                           {mjOBJ_BODY, "cube"},
                                                                           {mjOBJ_GEOM, "floor"}})
    EXPECT_GE(mj_name2id(model.get(), type, name), 0) << name;
  EXPECT_EQ(model->nkey, 0);
  EXPECT_EQ(model->body_parentid[mj_name2id(model.get(), mjOBJ_BODY, "robot/base")],
            mj_name2id(model.get(), mjOBJ_BODY, "robot_mount"));
}

TEST_F(ComposeTest, SuiteOwnsPhysics) {
  auto t = task();
  t.physics = {0.001, 7, 123, 456};
  const auto world = compose(t, robot(write("robot.xml", R"(<mujoco><compiler angle="radian"/>
    <option timestep="0.01" gravity="0 0 0" cone="pyramidal" noslip_iterations="5"/>
    <size nconmax="3" njmax="3"/><worldbody><body><joint/><geom size="1"/></body></worldbody></mujoco>)")));
  ASSERT_TRUE(world.ok()) << to_string(world.error(), Lang::en);
  const auto model = load(*world);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->opt.timestep, 0.001);
  EXPECT_EQ(model->opt.impratio, 7);
  EXPECT_EQ(model->opt.cone, mjCONE_ELLIPTIC);
  EXPECT_EQ(model->opt.integrator, mjINT_IMPLICIT);
  EXPECT_EQ(model->opt.noslip_iterations, 0);
  EXPECT_EQ(model->opt.gravity[2], -9.81);
  EXPECT_EQ(model->nconmax, 123);
  EXPECT_EQ(model->njmax, 456);
}

// Types come through classes, so the same class range is an angle for one joint and a length for another.
constexpr const char* kDegrees = R"(<mujoco>
  <compiler autolimits="true" eulerseq="zyx"/>
  <default>
    <geom size="0.05" friction="0.3 0.005 0.0001"/>
    <default class="limb"><joint range="-30 60" ref="10" springref="5" stiffness="2"/>
      <geom euler="0 90 0" type="capsule" size="0.02 0.1"/><site euler="30 20 10"/>
      <default class="sliding"><joint type="slide"/></default></default>
  </default>
  <worldbody>
    <body name="base" euler="10 20 30"><geom/>
      <body name="upper" pos="0 0 0.2" childclass="limb" axisangle="1 1 0 45">
        <joint name="hinge" axis="0 1 0"/><geom/><site name="s1"/>
        <body name="lower" pos="0 0 0.2" euler="0 0 90">
          <joint name="slider" class="sliding" range="-0.1 0.2" ref="0" springref="0.01"/><geom/>
          <body name="end" pos="0.1 0 0" xyaxes="0 1 0 0 0 1"><joint name="inherited_slider" class="sliding"/><geom/>
            <body name="ball" pos="0 0 0.3" zaxis="1 0 1"><joint name="b" type="ball" range="0 80"/>
              <geom type="box" size="0.1 0.05 0.02"/><camera name="cam" euler="5 6 7"/></body>
          </body></body></body>
      <body name="written" pos="0 0.3 0"><inertial pos="0 0 0.1" mass="2" diaginertia="0.3 0.2 0.1" euler="30 0 45"/>
        <joint name="free_hinge" range="-170 170" limited="false"/></body>
    </body>
  </worldbody>
</mujoco>)";

TEST_F(ComposeTest, DegreesEulerAndClassesMeanTheSame) {
  const auto both = load(composed(kDegrees));
  const auto alone = load_file(path("robot.xml"));
  ASSERT_TRUE(alone && both);
  const auto alone_data = forward(alone), both_data = forward(both);
  expect_same_robot(alone, alone_data, both, both_data, "robot_mount");
  EXPECT_NEAR(both->jnt_range[1 + 2 * mj_name2id(both.get(), mjOBJ_JOINT, "robot/hinge")], M_PI / 3, 1e-12);
  const auto site = mj_name2id(both.get(), mjOBJ_SITE, "robot/s1"),
             site_alone = mj_name2id(alone.get(), mjOBJ_SITE, "s1");
  const auto cam = mj_name2id(both.get(), mjOBJ_CAMERA, "robot/cam"),
             cam_alone = mj_name2id(alone.get(), mjOBJ_CAMERA, "cam");
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(both->site_quat[4 * site + i], alone->site_quat[4 * site_alone + i], 1e-12);
    EXPECT_NEAR(both->cam_quat[4 * cam + i], alone->cam_quat[4 * cam_alone + i], 1e-12);
  }
  EXPECT_THAT(composed(kDegrees).mjcf, Not(HasSubstr("euler")));
}

TEST_F(ComposeTest, DefaultsStayOnTheirOwnSide) {
  const auto model = load(composed(R"(<mujoco><compiler angle="radian"/>
    <default><geom friction="0.3 0.01 0.001" rgba="1 0 0 1" contype="3"/><joint damping="7"/>
      <motor ctrlrange="-5 5" ctrllimited="true"/><equality solref="0.004 1"/><tendon stiffness="9"/>
      <default class="other"><geom contype="5"/></default></default>
    <worldbody><geom name="post" size="0.01"/><body name="base"><joint name="a"/><geom name="g1" size="0.1"/>
      <body name="b" childclass="other"><joint name="c"/><geom name="g2" size="0.1"/></body></body></worldbody>
    <tendon><fixed name="t"><joint joint="a" coef="1"/></fixed></tendon>
    <equality><joint joint1="a" joint2="c"/></equality>
    <actuator><motor name="m" joint="a"/></actuator></mujoco>)"));
  ASSERT_TRUE(model);
  const auto geom = [&](const char* name) { return mj_name2id(model.get(), mjOBJ_GEOM, name); };
  EXPECT_EQ(model->geom_friction[3 * geom("robot/g1")], 0.3);
  EXPECT_EQ(model->geom_friction[3 * geom("robot/post")], 0.3);
  EXPECT_EQ(model->geom_contype[geom("robot/g1")], 3);
  EXPECT_EQ(model->geom_contype[geom("robot/g2")], 5);
  EXPECT_EQ(model->geom_friction[3 * geom("floor")], 0.9);
  EXPECT_EQ(model->geom_friction[3 * geom("cube")], 0.9);
  EXPECT_EQ(model->geom_contype[geom("cube")], 1);
  EXPECT_NEAR(model->geom_rgba[4 * geom("floor")], 0.1, 1e-6);
  EXPECT_EQ(model->dof_damping[model->jnt_dofadr[mj_name2id(model.get(), mjOBJ_JOINT, "robot/c")]], 7);
  EXPECT_EQ(model->actuator_ctrlrange[1], 5);
  EXPECT_NEAR(model->eq_solref[0], 0.004, 1e-12);
  EXPECT_EQ(model->tendon_stiffness[0], 9);
}

TEST_F(ComposeTest, FloorRobotStartsWhereTheSceneSays) {
  const auto both = load(composed(R"(<mujoco><worldbody><body name="base" pos="0.5 0 0.3" euler="0 0 90">
    <freejoint name="root"/><geom size="0.1"/><body name="head" pos="0.1 0 0.2"><joint name="n"/><geom size="0.05"/></body>
    </body></worldbody></mujoco>)",
                                  "floor"));
  const auto alone = load_file(path("robot.xml"));
  ASSERT_TRUE(alone && both);
  const auto alone_data = forward(alone), both_data = forward(both);
  expect_same_robot(alone, alone_data, both, both_data, "robot_start");
  const int joint = mj_name2id(both.get(), mjOBJ_JOINT, "robot/root");
  ASSERT_GE(joint, 0);
  EXPECT_EQ(both->jnt_type[joint], mjJNT_FREE);
  EXPECT_NEAR(both->qpos0[both->jnt_qposadr[joint]], -1, 1e-12);
  EXPECT_NEAR(both->qpos0[both->jnt_qposadr[joint] + 1], 2.5, 1e-12);
  EXPECT_NEAR(both->qpos0[both->jnt_qposadr[joint] + 2], 0.3, 1e-12);
}

TEST_F(ComposeTest, EveryKindOfReferenceFollows) {
  const auto model = load(composed(R"(<mujoco><compiler angle="radian"/>
    <asset><texture name="t" type="2d" builtin="flat" width="4" height="4"/><material name="skin" texture="t"/></asset>
    <default><default class="c"><geom material="skin"/></default></default>
    <worldbody><body name="a"><joint name="ja"/><geom name="ga" class="c" size="0.1"/><site name="sa"/>
       <camera name="cam" mode="targetbody" target="b"/>
       <body name="b" pos="0 0 0.3"><joint name="jb"/><geom name="gb" size="0.1"/><site name="sb"/>
       <body name="d" pos="0 0 0.3"><joint name="jd"/><geom name="gd" size="0.1"/></body></body></body></worldbody>
    <contact><pair geom1="ga" geom2="gd"/><exclude body1="a" body2="d"/></contact>
    <tendon><spatial name="ts"><site site="sa"/><geom geom="gb" sidesite="sb"/><site site="sb"/></spatial>
      <fixed name="tf"><joint joint="ja" coef="1"/></fixed></tendon>
    <equality><weld body1="b" body2="d" active="false"/><connect body1="a" body2="world" anchor="0 0 0" active="false"/>
      <tendon tendon1="ts" tendon2="tf" active="false"/></equality>
    <actuator><motor name="m1" joint="ja"/><motor name="m2" tendon="ts"/><general name="m3" site="sb" refsite="sa" gear="1 0 0 0 0 0"/>
      <motor name="m4" cranksite="sa" slidersite="sb" cranklength="0.4"/><adhesion name="m5" body="d" ctrlrange="0 1"/></actuator>
    <sensor><framepos objtype="xbody" objname="b" reftype="site" refname="sa"/><framepos objtype="body" objname="d" reftype="body" refname="world"/>
      <touch site="sb"/><tendonpos tendon="ts"/><actuatorfrc actuator="m2"/><subtreecom body="a"/></sensor>
    <custom><numeric name="n" data="1 2"/><text name="x" data="ja"/><tuple name="tu"><element objtype="geom" objname="ga"/></tuple></custom>
    </mujoco>)"));
  ASSERT_TRUE(model);
  EXPECT_EQ(model->nsensor, 6);
  EXPECT_EQ(model->nu, 5);
  EXPECT_EQ(model->npair, 1);
  EXPECT_EQ(model->nexclude, 1);
  EXPECT_EQ(model->neq, 3);
  EXPECT_STREQ(model->text_data, "ja");
  EXPECT_GE(model->geom_matid[mj_name2id(model.get(), mjOBJ_GEOM, "robot/ga")], 0);
}

TEST_F(ComposeTest, AssetsAreFoundFromAnywhereAndHashedByContent) {
  constexpr const char* kText = R"(<mujoco><compiler angle="radian" meshdir="meshes" strippath="true"/>
    <asset><mesh file="some/where/tetra.obj"/></asset>
    <worldbody><body name="base"><joint/><geom type="mesh" mesh="tetra"/></body></worldbody></mujoco>)";
  constexpr const char* kMesh = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";
  write("meshes/tetra.obj", kMesh);
  const auto first = composed(kText);
  ASSERT_TRUE(load(first));
  EXPECT_EQ(first.sha256, composed(kText).sha256);
  EXPECT_EQ(first.mjcf, composed(kText).mjcf);
  write("moved/meshes/tetra.obj", kMesh);
  const auto moved = compose(task(), robot(write("moved/robot.xml", kText)));
  ASSERT_TRUE(moved.ok());
  EXPECT_NE(moved->mjcf, first.mjcf);
  EXPECT_EQ(moved->sha256, first.sha256);
  write("meshes/tetra.obj", std::string(kMesh) + "v 2 2 2\n");
  EXPECT_NE(composed(kText).sha256, first.sha256);
}

TEST_F(ComposeTest, InertiaSettingsActOnTheRobotOnly) {
  for (const char* compiler :
       {R"(inertiafromgeom="true")", R"(inertiafromgeom="false")", R"(inertiagrouprange="1 2")",
        R"(balanceinertia="true")", R"(boundmass="0.2" boundinertia="0.02" inertiafromgeom="false")"}) {
    SCOPED_TRACE(compiler);
    const auto text = std::string("<mujoco><compiler angle=\"radian\" ") + compiler + R"(/>
      <default><geom group="1"/></default><worldbody><body name="base"><inertial pos="0 0 0.1" mass="0.1" diaginertia="0.01 0.03 0.03"/>
      <joint name="j"/><geom size="0.1"/><geom size="0.2" group="3" pos="1 0 0"/>
      <body name="end" pos="0 0 1"><inertial pos="0 0 0" mass="1" diaginertia="0.5 0.1 0.45"/><joint name="k"/><geom size="0.1"/></body>
      </body></worldbody></mujoco>)";
    const auto both = load(composed(text));
    const auto alone = load_file(path("robot.xml"));
    ASSERT_TRUE(alone && both);
    const auto alone_data = forward(alone), both_data = forward(both);
    expect_same_robot(alone, alone_data, both, both_data, "robot_mount");
    EXPECT_NEAR(both->body_mass[mj_name2id(both.get(), mjOBJ_BODY, "cube")], 0.216, 1e-9);
  }
}

TEST_F(ComposeTest, IncludesAreExpandedAgainstTheMainFolder) {
  write("parts/limb.xml",
        R"(<mujocoinclude><body name="limb" pos="0 0 0.1"><joint name="l"/><geom size="0.1"/></body></mujocoinclude>)");
  write("parts/assets.xml",
        R"(<mujocoinclude><default><default class="x"/></default><include file="parts/more.xml"/></mujocoinclude>)");
  write("parts/more.xml", R"(<mujocoinclude><actuator><motor name="m" joint="l"/></actuator></mujocoinclude>)");
  const auto model =
      load(composed(R"(<mujoco><include file="parts/assets.xml"/><worldbody><body name="base"><geom size="0.1"/>
    <include file="parts/limb.xml"/></body></worldbody></mujoco>)"));
  ASSERT_TRUE(model);
  EXPECT_GE(mj_name2id(model.get(), mjOBJ_JOINT, "robot/l"), 0);
  EXPECT_EQ(model->nu, 1);
}

TEST_F(ComposeTest, CompositesKeepTheirMadeNames) {
  const auto both = load(composed(R"(<mujoco><compiler angle="radian"/><worldbody><body name="base"><joint name="q"/>
    <geom size="0.1"/><body name="RB2" pos="0 0 0.5"><composite type="rope" prefix="R" count="5 1 1" spacing="0.1"
    offset="0 0 1"><geom size="0.02" type="sphere"/></composite></body></body></worldbody>
    <contact><exclude body1="base" body2="RB1"/></contact></mujoco>)"));
  const auto alone = load_file(path("robot.xml"));
  ASSERT_TRUE(alone && both);
  const auto alone_data = forward(alone), both_data = forward(both);
  expect_same_robot(alone, alone_data, both, both_data, "robot_mount");
  EXPECT_GE(mj_name2id(both.get(), mjOBJ_BODY, "robot/RB1"), 0);
}

TEST_F(ComposeTest, OverridesAddedSitesAndGroups) {
  auto body = robot(write("robot.xml", kPlain));
  body.actuator_overrides = {{"m", "ctrlrange", "-1 1"}};
  body.added_sites = {{"tcp", "arm", {0.1, 0, 0.3}, {0, 1, 0, 0}}};
  Group group;
  group.name = "arm";
  group.joints = {"j"};
  group.actuators = {"m"};
  group.tcp_site = "tcp";
  body.groups = {group};
  const auto world = compose(task(), body);
  ASSERT_TRUE(world.ok()) << to_string(world.error(), Lang::en);
  const auto model = load(*world);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->actuator_ctrlrange[1], 1);
  const int site = mj_name2id(model.get(), mjOBJ_SITE, world->groups[0].tcp_site.c_str());
  ASSERT_GE(site, 0);
  EXPECT_EQ(model->site_pos[3 * site + 2], 0.3);
  EXPECT_EQ(world->groups[0].joints[0], "robot/j");
  EXPECT_NE(world->sha256, compose(task(), robot(path("robot.xml")))->sha256);
  body.actuator_overrides = {{"mm", "ctrlrange", "-1 1"}};
  EXPECT_EQ(compose(task(), body).error().id, 468);
  body.actuator_overrides = {{"m", "joint", "k"}};
  EXPECT_EQ(compose(task(), body).error().id, 468);
  body.actuator_overrides = {{"m", "ctrlrange", "much"}};
  EXPECT_EQ(compose(task(), body).error().id, 468);
}

TEST_F(ComposeTest, GripperIsAttachedAtASite) {
  auto body = robot(write("robot.xml", kPlain));
  body.attachments = {{"gripper",
                       write("gripper.xml", R"(<mujoco><compiler angle="degree"/><default><geom size="0.01"/></default>
    <worldbody><body name="palm" euler="0 0 90"><geom/><body name="finger" pos="0.1 0 0"><joint name="f" range="0 30" limited="true"/>
    <geom/></body></body></worldbody><actuator><motor name="m" joint="f"/></actuator></mujoco>)"),
                       "tip"}};
  const auto world = compose(task(), body);
  ASSERT_TRUE(world.ok()) << to_string(world.error(), Lang::en);
  const auto model = load(*world);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->nu, 2);
  const int palm = mj_name2id(model.get(), mjOBJ_BODY, "robot/gripper/palm");
  ASSERT_GE(palm, 0);
  EXPECT_EQ(model->body_parentid[palm], mj_name2id(model.get(), mjOBJ_BODY, "robot/arm"));
  EXPECT_NEAR(model->body_pos[3 * palm + 2], 0.2, 1e-12);
  EXPECT_NEAR(model->jnt_range[1 + 2 * mj_name2id(model.get(), mjOBJ_JOINT, "robot/gripper/f")], M_PI / 6, 1e-12);
  body.attachments[0].to = "tipp";
  EXPECT_EQ(compose(task(), body).error().id, 469);
}

TEST_F(ComposeTest, GroundAndLightsOfTheRobotStayOut) {
  const auto model =
      load(composed(R"(<mujoco><worldbody><light name="sun" pos="0 0 3"/><geom name="ground" type="plane" size="1 1 1"/>
    <geom name="pedestal" type="box" size="0.1 0.1 0.1"/><body name="base"><joint/><geom size="0.1"/></body></worldbody></mujoco>)"));
  ASSERT_TRUE(model);
  EXPECT_EQ(model->nlight, 0);
  EXPECT_LT(mj_name2id(model.get(), mjOBJ_GEOM, "robot/ground"), 0);
  EXPECT_GE(mj_name2id(model.get(), mjOBJ_GEOM, "robot/pedestal"), 0);
}

}  // namespace
}  // namespace assay::test
