// ISO 9283 out of a record: what was put into the record comes out.
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "metrics/metrics.h"
#include "metrics/programme.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

constexpr std::int64_t kPeriod_ns = 20'000'000;

/// A tool that goes through a programme: straight at a constant speed, then stands. The base stands at (1, 2, 0.4) and
/// is turned by 90° about z.
class Tool {
 public:
  explicit Tool(Programme programme) : programme_(std::move(programme)) { stand({0.3, 0, 0.5}, 0.4); }

  void go(const Vector3& to, double speed_m_s, double dwell_s) {
    const Vector3 from = at_;
    const double way = series::distance(from, to);
    const int rows = std::max(1, static_cast<int>(way / (speed_m_s * 0.02)));
    for (int i = 1; i <= rows; ++i) {
      Vector3 p{};
      for (std::size_t k = 0; k < 3; ++k) p[k] = from[k] + (to[k] - from[k]) * i / rows;
      put(p);
    }
    stand(to, dwell_s);
  }
  void stand(const Vector3& at, double time_s) {
    for (int i = 0; i < static_cast<int>(time_s / 0.02); ++i) put(at);
  }

  [[nodiscard]] Trace trace() const {
    Trace trace;
    std::vector<std::int64_t> t;
    for (std::size_t i = 0; i < x_.size(); ++i) t.push_back(static_cast<std::int64_t>(i) * kPeriod_ns);
    const auto n = x_.size();
    Columns columns = constant_pose("robot.base", {1, 2, 0.4, std::sqrt(0.5), 0, 0, std::sqrt(0.5)}, n);
    // Base frame to world: x → y, y → −x.
    std::vector<double> wx, wy, wz;
    for (std::size_t i = 0; i < n; ++i) {
      wx.push_back(1 - y_[i]);
      wy.push_back(2 + x_[i]);
      wz.push_back(0.4 + z_[i]);
    }
    Columns tcp = constant_pose("robot.tcp", {0, 0, 0, 1, 0, 0, 0}, n);
    tcp[0].second = wx;
    tcp[1].second = wy;
    tcp[2].second = wz;
    trace.streams.push_back(make_stream(t, columns + tcp));
    trace.events = {{0, "begin", "", true}};
    trace.metadata["programme"] = to_json(programme_);
    return trace;
  }

 private:
  void put(const Vector3& p) {
    at_ = p;
    x_.push_back(p[0]);
    y_.push_back(p[1]);
    z_.push_back(p[2]);
  }
  Programme programme_;
  Vector3 at_{};
  std::vector<double> x_, y_, z_;
};

Programme two_poses(int cycles) {
  Programme p;
  p.cycles = cycles;
  for (const auto& [id, at] : {std::pair{"P2", Vector3{0.4, 0.1, 0.2}}, std::pair{"P4", Vector3{0.5, -0.1, 0.4}}}) {
    ProgrammeStep step;
    step.id = id;
    step.position_m = at;
    step.dwell_s = 0.4;
    step.speed_m_s = 0.2;
    p.steps.push_back(step);
  }
  return p;
}

MetricValue measured(const std::string& id, const Trace& trace) {
  MetricRegistry registry;
  register_builtin_metrics(registry);
  return compute(registry, {id}, trace, {}).at(0);
}

TEST(ManipulatorMetrics, FindsAnOffsetAndAScaleThatWerePutIn) {
  const auto programme = two_poses(6);
  Tool tool(programme);
  for (int cycle = 0; cycle < 6; ++cycle)
    for (const auto& step : programme.steps) {
      auto p = step.position_m;
      for (auto& x : p) x *= 1.002;
      tool.go({p[0] + 0.001, p[1], p[2] - 0.0005}, 0.2, 0.4);
    }
  const auto trace = tool.trace();
  const auto ap = measured("pose_accuracy", trace);
  ASSERT_TRUE(ap.value) << ap.why_undefined;
  // P4: (0.002·0.5 + 0.001, −0.002·0.1, 0.002·0.4 − 0.0005)
  EXPECT_NEAR(*ap.value, std::sqrt(0.002 * 0.002 + 0.0002 * 0.0002 + 0.0003 * 0.0003), 1e-9);
  EXPECT_EQ(ap.n, 6);
  EXPECT_NEAR(*ap.upper - *ap.value, 0, 1e-9);
  EXPECT_NEAR(*measured("pose_repeatability", trace).value, 0, 1e-9);
  const double commanded = series::distance(programme.steps[0].position_m, programme.steps[1].position_m);
  EXPECT_NEAR(*measured("distance_accuracy", trace).value, 0.002 * commanded, 1e-9);
  EXPECT_NEAR(*measured("accuracy_drift", trace).value, 0, 1e-9);
}

/// Over many records the stated limits hold what was put in about as often as they say.
TEST(ManipulatorMetrics, LimitsCoverTheRepeatabilityThatWasPutIn) {
  constexpr double kSigma = 0.0003;
  // RP = E l + 3·S(l) of a Maxwell law with scale σ.
  const double pi = std::acos(-1.0);
  const double truth = kSigma * (2 * std::sqrt(2 / pi) + 3 * std::sqrt((3 * pi - 8) / pi));
  Programme programme = two_poses(30);
  programme.steps.resize(1);
  programme.steps.push_back(programme.steps[0]);
  programme.steps[1].id = "way";
  programme.steps[1].position_m = {0.5, 0, 0.4};
  programme.steps[1].dwell_s = 0;
  int covered = 0;
  constexpr int kRecords = 200;
  for (int record = 0; record < kRecords; ++record) {
    Rng rng(StreamKey{7, static_cast<std::uint64_t>(record)});
    Tool tool(programme);
    for (int cycle = 0; cycle < programme.cycles; ++cycle) {
      auto p = programme.steps[0].position_m;
      for (auto& x : p) x += kSigma * rng.normal();
      tool.go(p, 0.5, 0.4);
      tool.go(programme.steps[1].position_m, 0.5, 0);
    }
    const auto rp = measured("pose_repeatability", tool.trace());
    ASSERT_TRUE(rp.value) << rp.why_undefined;
    EXPECT_EQ(rp.n, 30);
    covered += *rp.lower <= truth && truth <= *rp.upper ? 1 : 0;
  }
  EXPECT_GE(covered, kRecords * 90 / 100);  // 180 of 200 or more happen with 99.8 % where 95 % is true
}

TEST(ManipulatorMetrics, AMissingPoseLeavesThemUndefined) {
  const auto programme = two_poses(3);
  Tool tool(programme);
  for (int cycle = 0; cycle < 3; ++cycle) {
    tool.go(programme.steps[0].position_m, 0.2, 0.4);
    if (cycle != 1) tool.go(programme.steps[1].position_m, 0.2, 0.4);
  }
  for (const char* id : {"pose_accuracy", "pose_repeatability", "distance_accuracy"})
    EXPECT_EQ(measured(id, tool.trace()).why_undefined, "too_few_samples") << id;
  auto trace = tool.trace();
  trace.metadata.erase("programme");
  EXPECT_EQ(measured("pose_accuracy", trace).why_undefined, "no_metadata:programme");
  trace.metadata["programme"] = R"({"schema":"assay.programme/1","cycles":0,"steps":[]})";
  EXPECT_EQ(measured("pose_accuracy", trace).why_undefined, "no_metadata:programme");
}

TEST(ManipulatorMetrics, StandingAtAPoseFromTheStartIsNoArrival) {
  Programme programme = two_poses(1);
  programme.steps[0].position_m = {0.3, 0, 0.5};  // where the tool stands at first
  Tool tool(programme);
  tool.go(programme.steps[1].position_m, 0.2, 0.4);
  const auto run = programme_run(tool.trace());
  EXPECT_FALSE(run.complete());
}

TEST(ManipulatorMetrics, PathsAndSpeedAreThoseThatWereDriven) {
  auto programme = two_poses(4);
  Tool tool(programme);
  for (int cycle = 0; cycle < 4; ++cycle)
    for (const auto& step : programme.steps)
      tool.go({step.position_m[0], step.position_m[1], step.position_m[2] + 0.003}, 0.2, 0.4);
  const auto trace = tool.trace();
  const auto at = measured("path_accuracy", trace);
  ASSERT_TRUE(at.value) << at.why_undefined;
  // 3 mm above the line; across it, at the plane: 0.003·|sin| of the angle between z and the way.
  const auto way = series::minus(programme.steps[1].position_m, programme.steps[0].position_m);
  const double along = way[2] / series::norm(way);
  EXPECT_NEAR(*at.value, 0.003 * std::sqrt(1 - along * along), 1e-6);
  EXPECT_NEAR(*measured("path_repeatability", trace).value, 0, 1e-9);
  const auto av = measured("path_velocity_accuracy", trace);
  ASSERT_TRUE(av.value);
  EXPECT_NEAR(*av.value, 0, 2);  // % of 0.2 m/s; whole rows
}

TEST(Programme, GoesThroughItsText) {
  auto programme = two_poses(3);
  programme.steps[0].heading_rad = 0.25;
  programme.steps[0].line = false;
  const auto back = programme_from_json(to_json(programme));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(to_json(*back), to_json(programme));
  for (const char* text : {"", "{}", "[]", R"({"schema":"assay.programme/1","cycles":1e9,"steps":[{}]})"})
    EXPECT_FALSE(programme_from_json(text).ok()) << text;
}

}  // namespace
}  // namespace assay::metrics
