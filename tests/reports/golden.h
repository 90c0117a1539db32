// Files that a person has looked at.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace assay::reports {

/// Compares with the file in tests/reports/golden; ASSAY_UPDATE_GOLDEN=1 writes it instead.
inline void expect_golden(const std::string& name, const std::string& got) {
  const std::string path = std::string(ASSAY_SOURCE_DIR) + "/tests/reports/golden/" + name;
  if (std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << got;
    GTEST_SKIP() << "wrote " << path;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in.good()) << path;
  std::stringstream want;
  want << in.rdbuf();
  EXPECT_TRUE(got == want.str()) << name << " differs: set ASSAY_UPDATE_GOLDEN=1 and read the change";
}

}  // namespace assay::reports
