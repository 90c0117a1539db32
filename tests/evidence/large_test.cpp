// A large bundle against sha256sum over the same bytes: time on the processor, and memory. ASSAY_LARGE_MB=2048 for the
// real size.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>

#include "bundle_fixture.h"

namespace assay::evidence {
namespace {

double seconds(int who) {
  struct rusage used {};
  getrusage(who, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

TEST_F(BundleTest, ALargeBundleCostsLittleMoreThanItsHash) {
  const char* asked = std::getenv("ASSAY_LARGE_MB");
  if (asked == nullptr) GTEST_SKIP() << "ASSAY_LARGE_MB is not set";
  if (std::system("command -v sha256sum >/dev/null") != 0) GTEST_SKIP() << "no sha256sum";
  const auto path = make_bundle("large.assay", "lab", false, static_cast<std::size_t>(std::strtol(asked, nullptr, 10)));
  double own = 0, theirs = 0;
  for (int round = 0; round < 3; ++round) {  // in turn, so that both meet the same neighbours
    const double a = seconds(RUSAGE_SELF);
    EXPECT_EQ(verify(path).intact.state, State::yes);
    own += seconds(RUSAGE_SELF) - a;
    const double b = seconds(RUSAGE_CHILDREN);
    ASSERT_EQ(std::system(("sha256sum " + path + " > /dev/null").c_str()), 0);
    theirs += seconds(RUSAGE_CHILDREN) - b;
  }
  struct rusage used {};
  getrusage(RUSAGE_SELF, &used);
  std::printf("verify %.2f s, sha256sum %.2f s, ratio %.2f, peak memory %ld MB\n", own / 3, theirs / 3, own / theirs,
              used.ru_maxrss / 1024);
  EXPECT_LE(own, 1.2 * theirs);
  EXPECT_LT(used.ru_maxrss / 1024, 200);
}

}  // namespace
}  // namespace assay::evidence
