// Every case of the reference files, kind by kind: those shipped (suites/catalog/reference) and those kept outside the
// repository (ASSAY_SHARED, or ../shared beside the checkout).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "metrics/reference/reference.h"

namespace assay::metrics {
namespace {

namespace fs = std::filesystem;

fs::path shared_folder() {
  const char* shared = std::getenv("ASSAY_SHARED");
  return (shared ? fs::path(shared) : fs::path(ASSAY_SOURCE_DIR) / "../shared") / "reference";
}

struct KindCases {
  std::string file, kind;
  Json cases;
};

void PrintTo(const KindCases& value, std::ostream* out) { *out << value.file << ": " << value.kind; }

std::vector<KindCases> all_cases() {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(ASSAY_SOURCE_DIR) / "suites/catalog/reference", none))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  for (const char* name : {"statistics_vectors.json", "metrics_vectors.json"})
    if (fs::exists(shared_folder() / name)) files.push_back(shared_folder() / name);
  std::sort(files.begin(), files.end());
  std::vector<KindCases> out;
  for (const auto& path : files) {
    std::ifstream stream(path);
    const auto file = Json::parse(stream);
    std::map<std::string, Json> kinds;
    for (const auto& c : file.at("cases")) kinds[c.at("kind")].push_back(c);
    for (const auto& [kind, cases] : kinds) out.push_back({path.stem().string(), kind, cases});
  }
  return out;
}

class ReferenceVectors : public testing::TestWithParam<KindCases> {};

TEST_P(ReferenceVectors, Hold) {
  ReferenceRegistry registry;
  register_builtin_reference_kinds(registry);
  const auto report = run_reference(registry, Json{{"cases", GetParam().cases}});
  ASSERT_TRUE(report) << to_string(report.error(), Lang::en);
  for (const auto& f : report->failures)
    ADD_FAILURE() << f.id << f.path << ": expected " << f.expected.substr(0, 400) << ", got " << f.got.substr(0, 400)
                  << ", deviation " << f.deviation << " > " << f.tolerance;
  EXPECT_TRUE(report->ok());
}

INSTANTIATE_TEST_SUITE_P(Files, ReferenceVectors, testing::ValuesIn(all_cases()),
                         [](const auto& tested) { return tested.param.file + "_" + tested.param.kind; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ReferenceVectors);

TEST(ReferenceFiles, OutsideVectorsArePresent) {
  if (!fs::exists(shared_folder() / "statistics_vectors.json"))
    GTEST_SKIP() << "reference vectors not found in " << shared_folder() << "; set ASSAY_SHARED";
}

}  // namespace
}  // namespace assay::metrics
