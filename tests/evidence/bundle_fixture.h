// A small closed session in a workspace of its own, and bundles made of it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/verify.h"
#include "tests/store/workspace_fixture.h"

namespace assay::evidence {

class BundleTest : public WorkspaceTest {
 protected:
  void SetUp() override;

  /// A session of four trials; its bundle at `name` below the folder of the test.
  std::string make_bundle(const std::string& name, const std::string& division = "lab", bool without_traces = false,
                          std::size_t megabytes = 0);
  /// Signs as tester and reviewer (lab) or as vendor, with the fixture's keys.
  void sign(const std::string& path, const std::string& division = "lab");
  [[nodiscard]] std::string trust_list(const std::string& extra = "") const;
  [[nodiscard]] Verification verify(const std::string& path, VerifyOptions options = {}) const;
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ + "/" + name; }

  /// The bundle taken apart, changed, and zipped again with fitting checksums, without the key.
  using Files = std::vector<std::pair<std::string, std::string>>;
  static Files unzip(const std::string& path);
  static void rezip(const Files& files, const std::string& path);
  /// unzip, `change`, make data manifest, sums and manifest fit again unless `keep_manifest`, rezip.
  std::string forged(const std::string& path, const std::function<void(Files&)>& change, bool keep_manifest = false);
  static std::string text_in(const std::string& path, const std::string& name) {
    Files files = unzip(path);
    return content(files, name);
  }
  static std::string& content(Files& files, const std::string& name);

  PrivateKey tester_, reviewer_, certifier_, vendor_, stranger_;
  int made_ = 0;
  std::vector<std::pair<std::string, std::string>> entered_;  ///< further entries of the log: kind, detail
};

inline std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void spill(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
/// What is broken or refused, for messages.
std::string told(const Verification& v);
int broken_id(const Verification& v);

}  // namespace assay::evidence
