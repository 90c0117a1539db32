// Contact forces and the body's table.
#include "metrics/measures/contact.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "metrics/measures/body_regions.h"

namespace assay::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Contact, BadInputIsATypedError) {
  const std::vector<double> t{0, 0.1, 0.2}, f{1, 2, 3};
  EXPECT_EQ(contact_forces(t, std::vector<double>{1, 2}, {}).error().id, 1034);
  EXPECT_EQ(contact_forces(t, std::vector<double>{1, kNan, 2}, {}).error().id, 1030);
  EXPECT_EQ(contact_forces(std::vector<double>{0, 0.2, 0.1}, f, {}).error().id, 1035);
  EXPECT_EQ(contact_forces(std::vector<double>{0, 0.1, 0.1 + 1e-10}, f, {}).error().id, 1035);  // the same nanosecond
  EXPECT_EQ(contact_forces(std::vector<double>{0, 0.1, 1e30}, f, {}).error().id, 1036);
  EXPECT_EQ(contact_forces(t, f, {1, -0.5, 0}).error().id, 1032);
  EXPECT_EQ(contact_forces(t, f, {1, 0.5, -0.1}).error().id, 1032);
  EXPECT_EQ(contact_forces(t, f, {kNan, 0.5, 0}).error().id, 1030);
}

TEST(Contact, WindowsOfAnyLengthAreTaken) {
  const std::vector<double> t{0, 1}, f{5, 6};
  EXPECT_EQ(contact_forces(t, f, {1, 1e300, 1e300})->peak_transient_n, 6);
}

TEST(Contact, EveryForceLiesInOneOfTheTwoParts) {
  const std::vector<double> t{0, 0.25, 0.5, 0.75, 1.0}, f{20, 90, 30, 70, 40};
  const auto forces = contact_forces(t, f, {10, 0.5, 0});
  ASSERT_TRUE(forces);
  EXPECT_EQ(forces->peak_transient_n, 90);
  EXPECT_EQ(forces->quasi_static_n, 70);
  const auto later = contact_forces(std::vector<double>{5, 5.25, 5.5, 5.75, 6.0}, f, {10, 0.5, 0});
  EXPECT_EQ(later->quasi_static_n, forces->quasi_static_n);  // a shift in time changes nothing
  EXPECT_DOUBLE_EQ(later->impulse_n_s, forces->impulse_n_s);
}

TEST(Contact, ALongerMergeGapNeverGivesMoreContacts) {
  std::vector<double> t, f;
  for (int i = 0; i < 200; ++i) {
    t.push_back(0.01 * i);
    f.push_back((i * 37) % 11);
  }
  std::size_t before = f.size();
  for (const double gap : {0.0, 0.02, 0.04, 0.08, 1.0}) {
    const auto count = contact_forces(t, f, {6, 0.5, gap})->events.size();
    EXPECT_LE(count, before);
    before = count;
  }
  EXPECT_EQ(before, 1u);
}

TEST(BodyRegions, TwelveRegionsAndTwentyNinePoints) {
  EXPECT_EQ(body_regions().size(), 12u);
  ASSERT_EQ(body_points().size(), 29u);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < body_regions().size(); ++i) {
    const auto& region = body_regions()[i];
    EXPECT_EQ(static_cast<std::size_t>(region.region), i);
    EXPECT_TRUE(ids.insert(region.id).second);
    EXPECT_FALSE(region.title.zh.empty());
    EXPECT_EQ(region.transient_permitted,
              region.region != BodyRegion::skull_forehead && region.region != BodyRegion::face);
  }
  std::set<BodyRegion> covered;
  for (std::size_t i = 0; i < body_points().size(); ++i) {
    EXPECT_EQ(body_points()[i].number, static_cast<int>(i) + 1);
    EXPECT_GT(body_points()[i].pressure_n_cm2, 0);
    covered.insert(body_points()[i].region);
  }
  EXPECT_EQ(covered.size(), 12u);
  EXPECT_EQ(body_point(0), nullptr);
  EXPECT_EQ(body_point(30), nullptr);
  EXPECT_EQ(body_point(29)->region, BodyRegion::lower_leg);
}

TEST(BodyRegions, PermissibleSpeedOfTheChestAndTheHand) {
  // Robot of 60 kg with 3 kg of payload: µ = 18.082 kg at the chest, 0.4164 m/s by force; 1.3319 m/s at the hand.
  const auto chest = permissible_speed_in(BodyRegion::chest, 10, 60, 3);
  EXPECT_NEAR(*chest->reduced_mass_kg, 18.082, 5e-4);
  EXPECT_NEAR(*chest->force_speed_m_s, 0.4164, 5e-5);
  EXPECT_EQ(chest->permissible_m_s, chest->force_speed_m_s);
  EXPECT_NEAR(*permissible_speed_in(BodyRegion::hand_fingers, 10, 60, 3)->permissible_m_s, 1.3319, 5e-5);
}

TEST(BodyRegions, TheMostSensitivePointDecidesTheRegion) {
  for (const auto& point : body_points()) {
    const auto at = permissible_speed_at(point.number, 0.3, 12, 1), in = permissible_speed_in(point.region, 0.3, 12, 1);
    ASSERT_TRUE(at && in);
    EXPECT_LE(*in->permissible_m_s, *at->permissible_m_s);
    if (!body_region(point.region).transient_permitted) {
      EXPECT_EQ(at->permissible_m_s, 0);
    }
  }
  EXPECT_EQ(permissible_speed_at(0, 1, 1, 1).error().id, 1036);
  EXPECT_EQ(permissible_speed_at(8, 0, 1, 1).error().id, 1032);
  EXPECT_EQ(permissible_speed_at(8, 1, -1, 1).error().id, 1032);
}

TEST(ContactSpeed, AHeavierRobotMustBeSlower) {
  double before = HUGE_VAL;
  for (const double mass : {1.0, 5.0, 20.0, 80.0, 320.0}) {
    const double speed = *permissible_speed_at(8, 1, mass, 0)->permissible_m_s;
    EXPECT_LT(speed, before);
    before = speed;
  }
}

TEST(ContactSpeed, TheForbiddenStaysForbiddenForAWeightlessRobot) {
  const auto speed = permissible_speed_in(BodyRegion::face, 1, 0, 0);
  EXPECT_EQ(speed->permissible_m_s, 0);
  EXPECT_EQ(speed->reduced_mass_kg, std::nullopt);
}

}  // namespace
}  // namespace assay::metrics
