// Independent reference values (R, scipy, integer path counts) for plans and limits. They live outside the repository:
// ASSAY_SHARED, or ../shared beside the checkout.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "metrics/sequential.h"

namespace assay::metrics {
namespace {

using Json = nlohmann::json;

class SequentialVectors : public testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("ASSAY_SHARED");
    const std::string folder = shared ? shared : std::string(ASSAY_SOURCE_DIR) + "/../shared";
    std::ifstream file(folder + "/reference/statistics_vectors.json");
    if (!file) GTEST_SKIP() << "reference vectors not found in " << folder << "; set ASSAY_SHARED";
    all_ = Json::parse(file).at("cases");
  }

  std::vector<Json> of_kind(const std::string& kind) const {
    std::vector<Json> cases;
    for (const auto& c : all_)
      if (c.at("kind") == kind) cases.push_back(c);
    EXPECT_FALSE(cases.empty()) << kind;
    return cases;
  }

  static void near(double got, const Json& expected, const Json& c) {
    const double want = expected.get<double>();
    EXPECT_NEAR(got, want, c.at("tol_rel").get<double>() * std::max(1.0, std::abs(want))) << c.at("id");
  }

 private:
  Json all_;
};

/// Truncated SPRT of two straight lines: certify if LLR ≥ log_A, refuse if LLR ≤ −log_B, at the cap by c; curtailed:
/// stopped as soon as that end is certain.
StopTable sprt(const Json& in) {
  const double p0 = in.at("p0"), p1 = in.at("p1"), log_a = in.at("log_A"), log_b = in.at("log_B");
  StopTable table;
  table.n_max = in.at("n_max");
  table.accept = {-1};
  table.refuse = {1};
  for (int n = 1; n <= table.n_max; ++n) {
    const auto llr = [&](int f) { return (n - f) * std::log(p1 / p0) + f * std::log((1 - p1) / (1 - p0)); };
    int accept = -1, refuse = 0;
    while (llr(accept + 1) >= log_a) ++accept;
    while (llr(refuse) > -log_b) ++refuse;
    const int c = in.at("accept_failures_at_n_max");
    table.accept.push_back(std::max(accept, c - (table.n_max - n)));
    table.refuse.push_back(std::min(refuse, c + 1));
  }
  table.accept.back() = in.at("accept_failures_at_n_max");
  table.refuse.back() = table.accept.back() + 1;
  return table;
}

TEST_F(SequentialVectors, Characteristics) {
  for (const auto& c : of_kind("truncated_sprt_oc")) {
    const auto table = sprt(c.at("input"));
    const auto& expected = c.at("expected");
    for (std::size_t n = 1; n <= 10; ++n) EXPECT_EQ(table.refuse[n], expected.at("refuse_first_10")[n - 1]);
    const auto& ps = c.at("input").at("p");
    for (std::size_t i = 0; i < ps.size(); ++i) {
      const auto got = characteristics(table, ps[i]);
      near(got.expected_n, expected.at("expected_n")[i], c);
      near(got.accept, expected.at("p_certify")[i], c);
      near(got.refuse, expected.at("p_refuse")[i], c);
    }
  }
}

TEST_F(SequentialVectors, LimitsAfterStopping) {
  for (const auto& c : of_kind("post_sequential_ci")) {
    const auto& in = c.at("input");
    const auto& expected = c.at("expected");
    const auto table = sprt(in);
    const int n = in.at("stopped_n"), f = in.at("failures");
    near(stagewise_limits(table, n, f, 0.95).lower, expected.at("lower_95_one_sided"), c);
    near(stagewise_limits(table, n, f, 0.975).lower, expected.at("two_sided_95")[0], c);
    near(stagewise_limits(table, n, f, 0.975).upper, expected.at("two_sided_95")[1], c);
    near(stagewise_limits(table, n, f, 0.5).lower, expected.at("median_unbiased_from_lower"), c);
  }
}

}  // namespace
}  // namespace assay::metrics
