// The harness's tests; the same program is the campaign tests' worker (`harness_test worker 3 4 5`) and, to be killed
// at random instants, their coordinator (`harness_test coordinate <workspace> <jobs>`).
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "harness/campaign.h"
#include "tests/harness/campaign_fixture.h"
#include "tests/support/fakes.h"

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "worker") == 0) {
    assay::AdapterRegistry registry;
    assay::testing::register_fakes(registry);
    return assay::harness::worker_main(std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]), registry);
  }
  if (argc == 4 && std::strcmp(argv[1], "coordinate") == 0)
    return assay::testing::coordinate(argv[2], std::atoi(argv[3]));
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
