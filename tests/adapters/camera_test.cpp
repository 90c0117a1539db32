// Pictures for policies: drawn by the real process, compared with where things truly are.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "adapters/eyes.h"
#include "adapters/mujoco/camera_wire.h"
#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

/// An environment variable for as long as a test runs.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

constexpr double kPi = 3.14159265358979;
constexpr double kAhead_m = 1.8, kRight_m = 0.4, kUp_m = 0.3;  // of the red ball from the camera
constexpr double kFovy_rad = 50 * kPi / 180;

/// Two joints, a camera on the base that looks along +y, a red ball before it.
World world_with_eye() {
  const World arm = two_joints("position");
  std::string mjcf = arm.mjcf;
  const std::string base = "<body name=\"robot/base\">";
  mjcf.insert(mjcf.find(base) + base.size(),
              "<camera name=\"robot/eye\" pos=\"0 -0.3 0.2\" xyaxes=\"1 0 0 0 0 1\" fovy=\"50\"/>");
  mjcf.insert(mjcf.find("</worldbody>"),
              "<light pos=\"0 0 4\"/><body name=\"ball\" pos=\"0.4 1.5 1.5\"><geom type=\"sphere\" size=\"0.08\" "
              "rgba=\"0.9 0.05 0.05 1\"/></body>");
  return world_of(mjcf, arm.groups);
}

struct Centroid {
  double x = 0, y = 0;
  int pixels = 0;
};

Centroid red_of(const Image& image) {
  Centroid out;
  for (int y = 0; y < image.view.height; ++y)
    for (int x = 0; x < image.view.width; ++x) {
      const auto at =
          3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.view.width) + static_cast<std::size_t>(x));
      const auto level = [&](std::size_t k) { return static_cast<unsigned char>(image.rgb[at + k]); };
      if (level(0) < 50 || level(0) < 2 * level(1) || level(0) < 2 * level(2)) continue;
      out.x += x + 0.5;
      out.y += y + 0.5;
      ++out.pixels;
    }
  out.x /= out.pixels;
  out.y /= out.pixels;
  return out;
}

class Camera : public ::testing::Test {
 protected:
  void SetUp() override {
    robot_ = make_mujoco_robot();
    start();
  }
  void start() {
    const auto ready = robot_->reset(setup_of(world_with_eye()));
    ASSERT_TRUE(ready.ok()) << to_string(ready.error(), Lang::en);
    ASSERT_TRUE(robot_->begin({}).ok());
  }
  Result<Image> look(const CameraView& view) { return dynamic_cast<SeeingRobot&>(*robot_).look(view); }

  Environment program_{"ASSAY_CAMERA", ASSAY_CAMERA_PROGRAM};
  std::unique_ptr<Robot> robot_;
};

TEST_F(Camera, ShowsThingsWhereTheyAre) {
  for (const auto& [width, height] : {std::pair{224, 224}, std::pair{320, 180}, std::pair{64, 48}}) {
    const auto seen = look({"eye", width, height});
    ASSERT_TRUE(seen.ok()) << to_string(seen.error(), Lang::en);
    ASSERT_EQ(seen->rgb.size(), static_cast<std::size_t>(width * height * 3));
    const double focal_px = height / 2.0 / std::tan(kFovy_rad / 2);
    const auto red = red_of(*seen);
    ASSERT_GT(red.pixels, 10);
    EXPECT_NEAR(red.x, width / 2.0 + focal_px * kRight_m / kAhead_m, 1.0);
    EXPECT_NEAR(red.y, height / 2.0 - focal_px * kUp_m / kAhead_m, 1.0);
    if (const char* folder = std::getenv("ASSAY_PICTURES"); folder != nullptr) {
      std::ofstream out(std::string(folder) + "/eye-" + std::to_string(width) + ".ppm", std::ios::binary);
      out << "P6\n" << width << " " << height << "\n255\n" << seen->rgb;
    }
  }
}

TEST_F(Camera, ChangesNothingOfTheTrial) {
  const auto plain = make_mujoco_robot();
  ASSERT_TRUE(plain->reset(setup_of(world_with_eye())).ok());
  ASSERT_TRUE(plain->begin({}).ok());
  const Action action{{{"arm", Mode::joint_position, {0.3, -0.2}}}, {}, "", false, false, ""};
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(look({"eye", 32, 32}).ok());
    const auto seeing = robot_->advance(action), blind = plain->advance(action);
    ASSERT_TRUE(seeing.ok() && blind.ok());
    EXPECT_EQ(seeing->observation.groups[0].position_rad, blind->observation.groups[0].position_rad);
  }
}

TEST_F(Camera, NamesWhatItCannotShow) {
  for (const CameraView& view : {CameraView{"eyes", 224, 224}, CameraView{"eye", 0, 10}, CameraView{"eye", 4000, 10}}) {
    const auto seen = look(view);
    ASSERT_FALSE(seen.ok());
    EXPECT_EQ(seen.error().id, 442);
    EXPECT_EQ(seen.error().found.rfind("subject:policy_cameras", 0), 0u);
    EXPECT_NE(seen.error().expected.en.find("eye"), std::string::npos);
  }
}

TEST_F(Camera, AProcessThatEndsTakesNothingWithIt) {
  {
    const Environment broken("ASSAY_CAMERA", "/bin/false");
    const auto seen = look({"eye", 32, 32});
    ASSERT_FALSE(seen.ok());
    EXPECT_EQ(seen.error().id, 441);
    EXPECT_NE(seen.error().found.find("ended with code 1"), std::string::npos) << seen.error().found;
    EXPECT_EQ(seen.error().found.rfind("lab:", 0), 0u);
  }
  const Environment program("ASSAY_CAMERA", ASSAY_CAMERA_PROGRAM);
  EXPECT_TRUE(look({"eye", 32, 32}).ok());  // the next one is started anew
  EXPECT_TRUE(robot_->advance({}).ok());
}

/// No EGL vendor at all: OSMesa draws the same picture, in the same process's place.
TEST_F(Camera, DrawsWithoutEgl) {
  const auto by_egl = look({"eye", 64, 64});
  ASSERT_TRUE(by_egl.ok()) << to_string(by_egl.error(), Lang::en);
  const Environment no_egl("__EGL_VENDOR_LIBRARY_FILENAMES", "/dev/null");
  robot_ = make_mujoco_robot();
  start();
  const auto without = look({"eye", 64, 64});
  ASSERT_TRUE(without.ok()) << to_string(without.error(), Lang::en);
  int worst = 0;
  for (std::size_t i = 0; i < by_egl->rgb.size(); ++i)
    worst = std::max(
        worst, std::abs(static_cast<unsigned char>(by_egl->rgb[i]) - static_cast<unsigned char>(without->rgb[i])));
  EXPECT_LE(worst, 8);
}

TEST(CameraWire, GarbageIsNoLook) {
  EXPECT_FALSE(mujoco::unpack("").has_value());
  EXPECT_FALSE(mujoco::unpack(std::string(13, 'x')).has_value());
  const auto look = mujoco::unpack(mujoco::pack({2, 30, 20, {1, 2.5}}));
  ASSERT_TRUE(look.has_value());
  EXPECT_EQ(look->camera, 2);
  EXPECT_EQ(look->state, (std::vector<double>{1, 2.5}));
}

}  // namespace
}  // namespace assay::test
