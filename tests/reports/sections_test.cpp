// Latency, uncertainty and software validation: what they say, and what they say where there is little to say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/reports/page.h"
#include "tests/reports/sample_model.h"

namespace assay::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

class Sections : public Html {};

TEST_F(Sections, ValidationOfTheSameBuildIsNoWarning) {
  const std::string part = section_of(page(sample_model(), Lang::en), "validation");
  EXPECT_THAT(part, HasSubstr("all cases passed"));
  EXPECT_THAT(part, HasSubstr(" 120 / 120"));
  EXPECT_THAT(part, HasSubstr(std::string(64, 'd')));
  EXPECT_THAT(part, HasSubstr("assay 0.1.0 0123456789ab"));
  EXPECT_THAT(part, Not(HasSubstr("Warning.")));
}

TEST_F(Sections, ValidationMissingOrOfAnotherBuildWarns) {
  auto model = sample_model();
  model.validation.reset();
  std::string part = section_of(page(model, Lang::en), "validation");
  EXPECT_THAT(part, HasSubstr("assay validate has not been run with this build"));
  EXPECT_THAT(part, HasSubstr("尚未用本构建执行 assay validate"));
  EXPECT_EQ(nlohmann::json::parse(to_json(model))["validation"], nullptr);
  model.validation = sample_validation();
  model.validation->same_build = false;
  model.validation->build = "assay 0.0.9 other";
  part = section_of(page(model, Lang::en), "validation");
  EXPECT_THAT(part, HasSubstr("is not the one that ran this session"));
  EXPECT_THAT(part, HasSubstr("passed, but with another build"));
  EXPECT_THAT(part, HasSubstr("assay 0.0.9 other"));
  EXPECT_THAT(part, HasSubstr("assay 0.1.0 0123456789ab"));
  EXPECT_THAT(part, Not(HasSubstr("chip pass")));
}

TEST_F(Sections, ValidationDoesNotRepeatAnOkThatItsFilesContradict) {
  auto model = sample_model();
  const auto says_failed = [&] {
    const std::string part = section_of(page(model, Lang::en), "validation");
    EXPECT_THAT(part, Not(HasSubstr("chip pass")));
    EXPECT_THAT(part, HasSubstr("Not every reference case passed"));
  };
  model.validation->ok = false;
  says_failed();
  model.validation->ok = true;
  model.validation->files[1].passed = 6;
  says_failed();
  model.validation->files.clear();
  says_failed();
}

TEST_F(Sections, ValidationFieldsCannotBecomeMarkup) {
  auto model = sample_model();
  const std::string hostile = "<script>x</script>\"'&\xff\x1b\n<b>";
  model.validation =
      SoftwareValidation{.time = {}, .by = hostile, .build = hostile, .files = {{hostile, hostile, hostile, 1, 1}}};
  model.plan.build = hostile;
  const std::string part = section_of(page(model, Lang::en), "validation");
  EXPECT_THAT(part, Not(HasSubstr("<script")));
  EXPECT_THAT(part, HasSubstr("&lt;script&gt;x&lt;/script&gt;&quot;"));
  EXPECT_EQ(part.find('\x1b'), std::string::npos);
  EXPECT_EQ(part.find('\xff'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(to_json(model))["validation"]["files"][0]["cases"], 1);
}

/// A session of trials that only have the value `id` [s].
ReportModel session_of(const std::string& id, const std::vector<double>& values) {
  ReportModel model;
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto trial = sample_trial(static_cast<std::int64_t>(i) + 1, "t/a", 1, static_cast<int>(i), Outcome::success, "");
    trial.metrics = {{.id = id, .version = 1, .value = values[i], .why_undefined = "", .unit = "s"}};
    model.trials.push_back(trial);
  }
  return model;
}

std::vector<double> ramp(int n, double from, double step) {
  std::vector<double> out;
  for (int i = 0; i < n; ++i) out.push_back(from + step * i);
  return out;
}

TEST_F(Sections, LatencyLimitsAreOrderStatistics) {
  // Of 100 values 0.001 … 0.100 the 95 % limits of the median are ranks 40 and 61; those of p95 are 90 and 100.
  auto part = section_of(page(session_of("policy_inference_time", ramp(100, 0.001, 0.001)), Lang::en), "latency");
  EXPECT_THAT(part, HasSubstr("<b>p50</b></td><td class=\"num\"><b>50.0</b></td><td class=\"num\">40.0</td><td "
                              "class=\"num\">61.0</td>"));
  EXPECT_THAT(part, HasSubstr("<b>p95</b></td><td class=\"num\"><b>95.0</b></td><td class=\"num\">90.0</td><td "
                              "class=\"num\">100.0</td>"));
  // 0.99^367 > 0.025 ≥ 0.99^368.
  EXPECT_THAT(part, HasSubstr("needs n ≥ 368"));
  EXPECT_THAT(part, HasSubstr("100 trials, in ms"));
  EXPECT_THAT(part, HasSubstr("not part of any verdict"));
  part = section_of(page(session_of("policy_inference_time", ramp(5, 2e-6, 1e-6)), Lang::en), "latency");
  for (const auto* text : {"needs n ≥ 6", "needs n ≥ 72", "需 n ≥ 72", "5 trials, in µs"})
    EXPECT_THAT(part, HasSubstr(text));
}

TEST_F(Sections, LatencyChartHoldsAnyTimes) {
  const double nan = std::nan("");
  for (const auto& bad : {std::vector<double>{}, {-1}, {1e10}, {nan}, {1e-300}})
    EXPECT_EQ(latency_svg(bad, Lang::en), "") << testing::PrintToString(bad);
  for (const auto& good : {std::vector<double>{0}, {0, 0}, {0, 1}, {1e-12, 1e9}, {3, 3, 3}, {0.2, 0.3}, {1e9}}) {
    const std::string chart = latency_svg(good, Lang::en);
    EXPECT_THAT(chart, HasSubstr("policy time t, ")) << testing::PrintToString(good);
    EXPECT_THAT(chart, Not(HasSubstr("nan"))) << testing::PrintToString(good);
    EXPECT_THAT(chart, Not(HasSubstr("inf"))) << testing::PrintToString(good);
  }
  EXPECT_THAT(latency_svg({1e-5, 1e-3}, Lang::en), HasSubstr("(logarithmic)"));
  EXPECT_THAT(latency_svg({1e-3, 2e-3}, Lang::zh), Not(HasSubstr("对数")));
  EXPECT_LT(latency_svg(ramp(100'000, 1e-3, 1e-8), Lang::en).size(), 60'000U);  // not a point per trial
}

TEST_F(Sections, LatencyIsOmittedInWordsWhereNothingWasTimed) {
  EXPECT_THAT(section_of(page({}, Lang::en), "latency"), HasSubstr("No policy times on record."));
  auto model = session_of("policy_inference_time", {1});
  model.trials[0].metrics[0].value.reset();
  EXPECT_THAT(section_of(page(model, Lang::en), "latency"), HasSubstr("No trial has a value."));
  model.trials[0].metrics[0].value = -1;  // a number, but no time
  const std::string part = section_of(page(model, Lang::en), "latency");
  EXPECT_THAT(part, HasSubstr("<b>-1</b>"));
  EXPECT_THAT(part, Not(HasSubstr("<figure>")));
}

TEST_F(Sections, BudgetCombinesRepeatabilityAndResolution) {
  // Mean 2.5, s = 1.2910, u = 0.6455 with 3 degrees of freedom: k = 3.182, U = 2.054.
  auto model = session_of("completion_time", {1, 2, 3, 4});
  auto part = section_of(page(model, Lang::en), "uncertainty");
  EXPECT_THAT(part, HasSubstr("mean (2.5 ± 2.1) s, k = 3.18"));
  EXPECT_THAT(part, HasSubstr("0.6455"));
  EXPECT_THAT(part, Not(HasSubstr("rectangular")));
  EXPECT_THAT(part, HasSubstr("biases means"));
  EXPECT_THAT(part, HasSubstr("error of the model against a real robot"));
  // A period of 4 s: u = 2/√3 = 1.1547, u_c = 1.3229, nu_eff = 3 (1.3229/0.6455)⁴ = 52.92, k = t(0.975; 52) = 2.0066.
  model.control_period_s["t/a@L1"] = 4;
  part = section_of(page(model, Lang::en), "uncertainty");
  EXPECT_THAT(part, HasSubstr("mean (2.5 ± 2.7) s, k = 2.01"));
  for (const auto* text : {"1.155", "1.323", "52.92", "∞", "76.2 %", "23.8 %"}) EXPECT_THAT(part, HasSubstr(text));
  for (auto& trial : model.trials) trial.metrics[0].vantage = Vantage::instrument;
  EXPECT_THAT(section_of(page(model, Lang::en), "uncertainty"), Not(HasSubstr("error of the model")));
}

TEST_F(Sections, BudgetWithoutScatterOrValuesSaysSo) {
  const auto part = [](const std::vector<double>& values) {
    return section_of(page(session_of("path_length", values), Lang::en), "uncertainty");
  };
  EXPECT_THAT(part({}), HasSubstr("No mean completion time or path length to evaluate."));
  EXPECT_THAT(part({2}), HasSubstr("needs n ≥ 2"));
  EXPECT_THAT(part({2, 2}), HasSubstr("all values are equal"));
  EXPECT_THAT(part({1e200, -1e200}), HasSubstr("out of range"));
  EXPECT_THAT(part({0.09960, 0.1000, 0.1004}), HasSubstr("mean (0.10000 ± 0.00099) s"));
}

TEST_F(Sections, MedianHasItsLimitsFromSixValuesOn) {
  const auto row = [](int n) {
    return section_of(page(session_of("completion_time", ramp(n, 1, 1)), Lang::en), "metrics");
  };
  EXPECT_THAT(row(5), HasSubstr("<td class=\"num\">3</td><td class=\"num\">–</td>"));
  EXPECT_THAT(row(6), HasSubstr("<td class=\"num\">3.5</td><td class=\"num\">1 … 6</td>"));
}

}  // namespace
}  // namespace assay::reports
