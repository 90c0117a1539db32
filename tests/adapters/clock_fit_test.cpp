// Offset and drift that were put in are found, within the bounds that are stated, however lopsided the delays are.
#include "adapters/live/clock_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace assay {
namespace {

struct Truth {
  std::int64_t offset_ns = 0;
  double drift_ppm = 0;
  std::int64_t robot(std::int64_t host_ns) const {
    return host_ns + offset_ns + std::llround(drift_ppm * 1e-6 * static_cast<double>(host_ns));
  }
};

/// Delays there and back drawn apart: up to `most_ns`, skewed to small ones.
ClockFitter exchanges(const Truth& truth, std::int64_t most_ns, int count, Rng& rng, double way_back = 1) {
  ClockFitter fitter;
  std::int64_t host_ns = 5'000'000'000;
  for (int i = 0; i < count; ++i, host_ns += 250'000'000) {
    const auto delay = [&](double scale) {
      const double u = rng.uniform();
      return 30'000 + static_cast<std::int64_t>(scale * u * u * u * static_cast<double>(most_ns));
    };
    ClockExchange e;
    e.host_sent_ns = host_ns;
    const std::int64_t arrived = host_ns + delay(1), answered = arrived + 20'000;
    e.robot_received_ns = truth.robot(arrived);
    e.robot_sent_ns = truth.robot(answered);
    e.host_received_ns = answered + delay(way_back);
    EXPECT_TRUE(fitter.add(e));
  }
  return fitter;
}

TEST(ClockFit, FindsWhatWasPutInWithinItsBounds) {
  Rng rng({1, 2});
  for (const std::int64_t most_ns : {200'000, 5'000'000, 200'000'000})
    for (const double drift_ppm : {0.0, 50.0, -80.0})
      for (const double lopsided : {1.0, 0.0, 3.0})
        for (int repeat = 0; repeat < 20; ++repeat) {
          const Truth truth{7'000'000'000'123, drift_ppm};
          const ClockFit fit = exchanges(truth, most_ns, 240, rng, lopsided).fit();
          ASSERT_EQ(fit.exchanges, 240);
          EXPECT_LE(std::abs(fit.drift_ppm - drift_ppm), fit.drift_bound_ppm + 0.01);
          for (const std::int64_t host_ns : {5'000'000'000, 30'000'000'000, 65'000'000'000}) {
            const std::int64_t error_ns = fit.host_of(truth.robot(host_ns)) - host_ns;
            EXPECT_LE(std::abs(error_ns), fit.bound_at(host_ns) + 10) << most_ns << ' ' << drift_ppm;
          }
        }
}

TEST(ClockFit, AMinuteOnAQuietLinkGivesTensOfMicroseconds) {
  Rng rng({3, 4});
  const ClockFit fit = exchanges({-3'000'000'000, 42}, 200'000, 240, rng).fit();
  EXPECT_LT(fit.offset_bound_ns, 50'000);
  EXPECT_LT(fit.drift_bound_ppm, 3);
  EXPECT_NEAR(fit.drift_ppm, 42, 3);
}

TEST(ClockFit, SaysNothingOfWhatItDoesNotKnow) {
  ClockFitter fitter;
  EXPECT_EQ(fitter.fit().exchanges, 0);
  EXPECT_FALSE(fitter.add({100, 50, 60, 90}));  // an answer before the question
  EXPECT_FALSE(fitter.add({100, 60, 50, 200}));
  EXPECT_FALSE(fitter.add({100, 50, 500, 200}));  // longer inside than around
  EXPECT_TRUE(fitter.add({100, 50, 60, 200}));
  const ClockFit one = fitter.fit();
  EXPECT_EQ(one.drift_ppm, 0);
  EXPECT_GE(one.drift_bound_ppm, 1000);  // one exchange says nothing of drift
}

}  // namespace
}  // namespace assay
