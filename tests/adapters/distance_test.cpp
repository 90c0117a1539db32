// Distances between primitive shapes against formulas, and against points sampled on their surfaces.
#include "adapters/mujoco/distance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "adapters/mujoco/geometry.h"
#include "adapters/mujoco/world.h"
#include "core/random.h"
#include "tests/adapters/worlds.h"

namespace assay::mujoco {
namespace {

struct Pair {
  ModelPtr model;
  DataPtr data;

  Pair(const std::string& one, const std::string& two, const std::string& assets = "") {
    auto loaded =
        load_model(test::world_of("<mujoco><compiler autolimits=\"true\" angle=\"radian\"/>" + assets +
                                      "<worldbody><geom " + one + "/><geom " + two + "/></worldbody></mujoco>",
                                  {}));
    EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.error().found);
    model = std::move(loaded).value();
    data.reset(mj_makeData(model.get()));
    mj_kinematics(model.get(), data.get());
  }
  [[nodiscard]] double distance() const { return geom_distance_m(*model, *data, 0, 1); }
};

TEST(Distance, PrimitivesAgreeWithFormulas) {
  EXPECT_NEAR(Pair("size=\"0.1\"", "size=\"0.2\" pos=\"1 0 0\"").distance(), 0.7, 2e-6);
  EXPECT_NEAR(Pair("type=\"box\" size=\"0.1 0.2 0.3\"", "size=\"0.1\" pos=\"0.4 0.6 0\"").distance(),
              std::hypot(0.3, 0.4) - 0.1, 2e-6);
  EXPECT_NEAR(Pair("type=\"capsule\" size=\"0.05 0.5\"",
                   "type=\"capsule\" size=\"0.05 0.5\" pos=\"0.3 0 0\" "
                   "euler=\"1.5707963267948966 0 0\"")
                  .distance(),
              0.2, 2e-6);
  EXPECT_NEAR(Pair("type=\"box\" size=\"0.1 0.1 0.1\"",
                   "type=\"box\" size=\"0.1 0.1 0.1\" pos=\"0.5 0 0\" euler=\"0 0 0.7853981633974483\"")
                  .distance(),
              0.4 - 0.1 * std::sqrt(2.0), 2e-6);
  EXPECT_NEAR(Pair("type=\"cylinder\" size=\"0.1 0.2\"", "size=\"0.05\" pos=\"0.4 0 0.6\"").distance(),
              std::hypot(0.3, 0.4) - 0.05, 2e-6);
  EXPECT_NEAR(Pair("type=\"ellipsoid\" size=\"0.1 0.2 0.3\"", "size=\"0.05\" pos=\"0 0 1\"").distance(), 0.65, 2e-6);
  EXPECT_NEAR(Pair("type=\"plane\" size=\"1 1 1\"", "type=\"capsule\" size=\"0.05 0.2\" pos=\"0 0 0.5\"").distance(),
              0.25, 2e-6);
  EXPECT_NEAR(Pair("type=\"box\" size=\"0.1 0.1 0.1\"", "type=\"mesh\" mesh=\"tetra\" pos=\"1 0 0\"",
                   "<asset><mesh name=\"tetra\" vertex=\"0 0 0 0.3 0 0 0 0.3 0 0 0 0.3\"/></asset>")
                  .distance(),
              0.9, 2e-6);
}

TEST(Distance, OverlapIsZero) {
  EXPECT_EQ(Pair("size=\"0.2\"", "size=\"0.2\" pos=\"0.3 0 0\"").distance(), 0);
  EXPECT_EQ(Pair("type=\"box\" size=\"0.2 0.2 0.2\"", "type=\"box\" size=\"0.1 0.1 0.1\"").distance(), 0);
  EXPECT_EQ(
      Pair("type=\"cylinder\" size=\"0.2 0.2\"", "type=\"box\" size=\"0.1 0.1 0.1\" pos=\"0.1 0.1 0.1\"").distance(),
      0);
}

TEST(Distance, NeverOverstatesForRandomBoxesAndCylinders) {
  Rng random(StreamKey{11, 12});
  const auto triple = [&](double low, double high) {
    std::string text;
    for (int i = 0; i < 3; ++i) text += std::to_string(random.uniform(low, high)) + " ";
    return text;
  };
  for (int round = 0; round < 60; ++round) {
    Pair pair("type=\"box\" size=\"" + triple(0.05, 0.3) + "\" euler=\"" + triple(-3, 3) + "\"",
              "type=\"" + std::string(round % 2 ? "cylinder" : "box") + "\" size=\"" + triple(0.05, 0.3) + "\" pos=\"" +
                  triple(0.2, 0.6) + "\" euler=\"" + triple(-3, 3) + "\"");
    const double distance = pair.distance();
    // Alternating projections onto two convex sets (boxes only: their projection is a clamp) tend to the distance.
    if (round % 2) continue;
    const mjModel& m = *pair.model;
    const mjData& d = *pair.data;
    const auto project = [&](int geom, const Vector3d& p) {
      const Matrix3d r = mat3(d.geom_xmat + 9 * geom);
      const Vector3d size = vec3(m.geom_size + 3 * geom), at = vec3(d.geom_xpos + 3 * geom);
      const Vector3d local = (r.transpose() * (p - at)).cwiseMax(-size).cwiseMin(size);
      return Vector3d(at + r * local);
    };
    Vector3d a = Vector3d::Zero(), b = Vector3d::Zero();
    for (int i = 0; i < 20000; ++i) b = project(1, a), a = project(0, b);
    EXPECT_LE(distance, (a - b).norm() + 1e-9) << round;
    EXPECT_NEAR(distance, (a - b).norm(), 2e-4) << round;
  }
}

TEST(Distance, SetsTakeTheNearestPairAndSkipMarks) {
  auto loaded = load_model(
      test::world_of("<mujoco><worldbody><body name=\"a\"><geom size=\"0.1\"/><geom size=\"0.1\" pos=\"0.3 0 0\"/>"
                     "<geom size=\"0.1\" pos=\"0.7 0 0\" contype=\"0\" conaffinity=\"0\"/></body>"
                     "<body name=\"b\" pos=\"1 0 0\"><geom size=\"0.1\"/></body></worldbody></mujoco>",
                     {}));
  ASSERT_TRUE(loaded.ok());
  const ModelPtr model = std::move(loaded).value();
  const DataPtr data(mj_makeData(model.get()));
  mj_kinematics(model.get(), data.get());
  const auto a = find_entity(*model, {}, "a"), b = find_entity(*model, {}, "b");
  ASSERT_TRUE(a && b);
  EXPECT_NEAR(SurfaceDistance(*model, a->geoms, b->geoms)(*model, *data), 0.5, 2e-6);
  EXPECT_EQ(SurfaceDistance(*model, a->geoms, a->geoms)(*model, *data), 0);
}

}  // namespace
}  // namespace assay::mujoco
