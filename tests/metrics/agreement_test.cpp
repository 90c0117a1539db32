// Judges, ratings, multiplicity and the studentised range: properties, edges and bad input.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "metrics/statistics/agreement.h"
#include "metrics/statistics/multiplicity.h"
#include "metrics/statistics/prediction_powered.h"
#include "metrics/statistics/rating_reliability.h"
#include "metrics/statistics/studentized_range.h"

namespace assay::metrics {
namespace {

using Values = std::vector<double>;
using Ratings = std::vector<int>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <class T>
int error_id(const Result<T>& result) {
  return result ? 0 : result.error().id;
}

TEST(Kappa, PerfectAgreementAndTheParadoxOfPrevalence) {
  EXPECT_EQ(*cohen_kappa(Ratings{1, 2, 1}, Ratings{1, 2, 1}, 2)->kappa, 1);
  // 100 items, one rare category: raters agree on 98, κ says "slight"; the report beside it shows why
  Ratings first(100, 1), second(100, 1);
  first[0] = second[1] = 2;
  const auto kappa = cohen_kappa(first, second, 2);
  EXPECT_LT(*kappa->kappa, 0);
  const auto beside = prevalence(first, second, 2);
  ASSERT_TRUE(beside);
  EXPECT_DOUBLE_EQ(beside->observed, 0.98);
  EXPECT_DOUBLE_EQ(*beside->prevalence_index, 0.98);
  EXPECT_DOUBLE_EQ(*beside->bias_index, 0);
  EXPECT_DOUBLE_EQ(beside->prevalence_adjusted, 0.96);
  EXPECT_GT(beside->gwet_ac1, 0.95);
  EXPECT_EQ(*beside->agreement[1], 0);
}

TEST(Kappa, RatersMayChangePlaces) {
  const Ratings a{1, 2, 3, 3, 2, 1, 1}, b{1, 3, 3, 2, 2, 1, 2};
  const auto ab = cohen_kappa(a, b, 3), ba = cohen_kappa(b, a, 3);
  EXPECT_NEAR(*ab->kappa, *ba->kappa, 1e-15);
  EXPECT_NEAR(*ab->quadratic, *ba->quadratic, 1e-15);
  EXPECT_NEAR(*ab->se, *ba->se, 1e-15);
}

TEST(Kappa, RefusesBadInput) {
  EXPECT_EQ(error_id(cohen_kappa(Ratings{}, Ratings{}, 2)), 1033);
  EXPECT_EQ(error_id(cohen_kappa(Ratings{1}, Ratings{1, 2}, 2)), 1034);
  EXPECT_EQ(error_id(cohen_kappa(Ratings{1}, Ratings{1}, 1)), 1032);
  EXPECT_EQ(error_id(cohen_kappa(Ratings{1}, Ratings{3}, 2)), 1036);
  EXPECT_EQ(error_id(cohen_kappa(Ratings{0}, Ratings{1}, 2)), 1036);
  EXPECT_EQ(error_id(cohen_kappa(Ratings{1}, Ratings{1}, 100'000)), 1039);
  EXPECT_EQ(error_id(fleiss_kappa(std::vector<Ratings>{})), 1033);
  EXPECT_EQ(error_id(fleiss_kappa(std::vector<Ratings>{{1, 1}, {2, 1}})), 1036);
  EXPECT_EQ(error_id(fleiss_kappa(std::vector<Ratings>{{1, 0}})), 1036);
  EXPECT_EQ(error_id(fleiss_kappa(std::vector<Ratings>{{1, 1}, {2, 0, 0}})), 1034);
  EXPECT_EQ(error_id(fleiss_kappa(std::vector<Ratings>{{3, -1}})), 1032);
}

TEST(Krippendorff, PerfectAgreementIsOneAndOrderOfJudgesDoesNotMatter) {
  const std::vector<Unit> same{{1, 1}, {2, 2, std::nullopt}, {5, 5}};
  EXPECT_EQ(*krippendorff_alpha(same)->ordinal, 1);
  const std::vector<Unit> units{{1, 2, 2}, {3, std::nullopt, 3}, {2, 2, 1}, {4, 3, 4}};
  const std::vector<Unit> turned{{2, 2, 1}, {3, 3, std::nullopt}, {1, 2, 2}, {4, 4, 3}};
  EXPECT_NEAR(*krippendorff_alpha(units)->interval, *krippendorff_alpha(turned)->interval, 1e-15);
  EXPECT_EQ(krippendorff_alpha(units)->ratings, 11);
}

TEST(Krippendorff, IntervalHoldsTheEstimateAndRepeats) {
  std::vector<Unit> units;
  Rng rng(StreamKey{11, 0});
  for (int i = 0; i < 40; ++i) {
    const double truth = static_cast<double>(rng.below(5));
    units.push_back({truth, rng.uniform() < 0.7 ? truth : static_cast<double>(rng.below(5)), truth});
  }
  const auto once = krippendorff_interval(units, Scale::nominal, 0.95, 1000, StreamKey{5, 5});
  const auto again = krippendorff_interval(units, Scale::nominal, 0.95, 1000, StreamKey{5, 5});
  ASSERT_TRUE(once && once->interval);
  EXPECT_LT((*once->interval)[0], *once->alpha);
  EXPECT_GT((*once->interval)[1], *once->alpha);
  EXPECT_EQ(once->interval, again->interval);
  EXPECT_EQ(once->undefined, 0);
}

TEST(Krippendorff, RefusesBadInputAndLeavesUndefinedWhatIs) {
  EXPECT_EQ(error_id(krippendorff_alpha(std::vector<Unit>{})), 1033);
  EXPECT_EQ(error_id(krippendorff_alpha(std::vector<Unit>{{1, kNan}})), 1030);
  const auto lone = krippendorff_alpha(std::vector<Unit>{{1, std::nullopt}, {2}});
  EXPECT_FALSE(lone->nominal || lone->ratio);
  EXPECT_EQ(lone->units, 0);
  EXPECT_EQ(error_id(krippendorff_interval(std::vector<Unit>{{1, 2}}, Scale::nominal, 0.95, 500, {})), 1033);
  const std::vector<Unit> two{{1, 2}, {2, 2}};
  EXPECT_EQ(error_id(krippendorff_interval(two, Scale::nominal, 1, 500, {})), 1031);
  EXPECT_EQ(error_id(krippendorff_interval(two, Scale::nominal, 0.95, 5, {})), 1032);
}

TEST(Ratings, FormsAgreeWhereRatersDoNotDiffer) {
  // raters of equal mean and no interaction beyond noise: shifting one rater lowers agreement, not consistency
  const std::vector<Values> ratings{{1, 1.2, 0.9}, {4, 4.3, 4.1}, {7, 6.8, 7.2}, {2, 2.1, 2.2}};
  auto shifted = ratings;
  for (auto& row : shifted) row[1] += 3;
  const auto before = rating_reliability(ratings, 0.95), after = rating_reliability(shifted, 0.95);
  ASSERT_TRUE(before && after);
  EXPECT_NEAR(*before->icc3, *after->icc3, 1e-12);
  EXPECT_LT(*after->icc2, *before->icc2);
  EXPECT_LT(*after->icc1, *before->icc1);
  for (const auto* r : {&*before, &*after}) {
    EXPECT_LT((*r->icc2_limits)[0], *r->icc2);
    EXPECT_GT((*r->icc2_limits)[1], *r->icc2);
  }
}

TEST(Ratings, ConstantAndBadInput) {
  const auto constant = rating_reliability(std::vector<Values>{{3, 3}, {3, 3}}, 0.95);
  ASSERT_TRUE(constant);
  EXPECT_FALSE(constant->icc1 || constant->icc2 || constant->icc3k || constant->icc1_limits);
  const auto perfect = rating_reliability(std::vector<Values>{{1, 1}, {2, 2}}, 0.95);
  EXPECT_DOUBLE_EQ(*perfect->icc2, 1);
  EXPECT_FALSE(perfect->icc2_limits);
  EXPECT_EQ(error_id(rating_reliability(std::vector<Values>{{1, 2}}, 0.95)), 1033);
  EXPECT_EQ(error_id(rating_reliability(std::vector<Values>{{1}, {2}}, 0.95)), 1033);
  EXPECT_EQ(error_id(rating_reliability(std::vector<Values>{{1, 2}, {1}}, 0.95)), 1034);
  EXPECT_EQ(error_id(rating_reliability(std::vector<Values>{{1, 2}, {1, kNan}}, 0.95)), 1030);
  EXPECT_EQ(error_id(rating_reliability(std::vector<Values>{{1, 2}, {1, 3}}, 0)), 1031);
}

TEST(Multiplicity, MethodsKeepTheirOrderAndThePlaces) {
  Rng rng(StreamKey{2, 9});
  for (int round = 0; round < 200; ++round) {
    Values p(1 + rng.below(12));
    for (auto& value : p) value = rng.uniform() * rng.uniform();
    const auto adjusted = adjust_p(p);
    auto turned = p;
    std::reverse(turned.begin(), turned.end());
    const auto mirrored = adjust_p(turned);
    ASSERT_TRUE(adjusted && mirrored);
    for (std::size_t i = 0; i < p.size(); ++i) {
      EXPECT_LE(p[i], adjusted->bh[i] + 1e-15);
      EXPECT_LE(adjusted->bh[i], adjusted->hochberg[i] + 1e-15);
      EXPECT_LE(adjusted->hochberg[i], adjusted->holm[i] + 1e-15);
      EXPECT_LE(adjusted->holm[i], adjusted->bonferroni[i] + 1e-15);
      EXPECT_LE(adjusted->bh[i], adjusted->by[i] + 1e-15);
      EXPECT_EQ(adjusted->holm[i], mirrored->holm[p.size() - 1 - i]);
    }
  }
  EXPECT_EQ(error_id(adjust_p(Values{})), 1033);
  EXPECT_EQ(error_id(adjust_p(Values{0.1, 1.1})), 1031);
  EXPECT_EQ(error_id(adjust_p(Values{kNan})), 1031);
}

TEST(Letters, AreSharedExactlyByThoseNotShownToDiffer) {
  Rng rng(StreamKey{4, 4});
  for (int round = 0; round < 300; ++round) {
    const auto n = static_cast<std::size_t>(1 + rng.below(9));
    std::vector<Values> p(n, Values(n, 1.0));
    const double share = rng.uniform();
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) p[i][j] = p[j][i] = rng.uniform() < share ? 0.5 : 0.01;
    const auto letters = compact_letters(p, 0.05);
    ASSERT_TRUE(letters);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_FALSE((*letters)[i].empty());
      for (std::size_t j = 0; j < i; ++j)
        EXPECT_EQ((*letters)[i].find_first_of((*letters)[j]) != std::string::npos, p[i][j] >= 0.05);
    }
  }
}

TEST(Letters, RefuseBadInput) {
  EXPECT_EQ(error_id(compact_letters(std::vector<Values>{}, 0.05)), 1033);
  EXPECT_EQ(error_id(compact_letters(std::vector<Values>{{1, 1}, {1}}, 0.05)), 1034);
  EXPECT_EQ(error_id(compact_letters(std::vector<Values>{{1, .2}, {.3, 1}}, 0.05)), 1036);
  EXPECT_EQ(error_id(compact_letters(std::vector<Values>{{1, 2}, {2, 1}}, 0.05)), 1031);
  EXPECT_EQ(error_id(compact_letters(std::vector<Values>(300, Values(300, 1.0)), 0.05)), 1039);
  std::vector<Values> all_differ(60, Values(60, 0.0));
  EXPECT_EQ(error_id(compact_letters(all_differ, 0.05)), 1039);
}

TEST(StudentizedRange, OfTwoMeansIsStudentsT) {
  // df = 2: P(|T| > t) = 1 − t/√(2 + t²), and Q = √2 |T|
  for (const double q : {0.1, 1.0, 3.0, 20.0, 1e4}) {
    const double t = q / std::sqrt(2.0), exact = 2 / (std::sqrt(2 + t * t) * (std::sqrt(2 + t * t) + t));
    EXPECT_NEAR(*studentized_range_upper(q, 2, 2) / exact, 1, 1e-8) << q;
  }
  // many degrees of freedom: range of two normal values, P = erfc(q/2)
  EXPECT_NEAR(*studentized_range_upper(3, 2, 1e9), std::erfc(1.5), 1e-9);
}

TEST(StudentizedRange, FallsInQGrowsInKAndInverts) {
  double before = 1;
  for (double q = 0; q < 12; q += 1.5) {
    const double p = *studentized_range_upper(q, 5, 7);
    EXPECT_LE(p, before);
    EXPECT_LE(p, *studentized_range_upper(q, 6, 7) + 1e-14);
    before = p;
  }
  for (const double upper : {0.9, 0.05, 1e-6})
    EXPECT_NEAR(*studentized_range_upper(*studentized_range_quantile(upper, 4, 9), 4, 9) / upper, 1, 1e-9);
  EXPECT_EQ(error_id(studentized_range_upper(-1, 3, 5)), 1032);
  EXPECT_EQ(error_id(studentized_range_upper(kNan, 3, 5)), 1030);
  EXPECT_EQ(error_id(studentized_range_upper(1, 1, 5)), 1032);
  EXPECT_EQ(error_id(studentized_range_upper(1, 3, 0)), 1032);
  EXPECT_EQ(error_id(studentized_range_upper(1, 5000, 5)), 1039);
  EXPECT_EQ(error_id(studentized_range_quantile(0, 3, 5)), 1031);
  EXPECT_EQ(error_id(studentized_range_quantile(1e-20, 2, 1)), 1037);
}

TEST(Tukey, ConstantGroupsAndBadInput) {
  const auto constant = tukey_hsd(std::vector<Values>{{1, 1}, {2, 2}}, 0.95);
  ASSERT_TRUE(constant);
  EXPECT_EQ(constant->pairs[0].difference, 1);
  EXPECT_FALSE(constant->anova_f || constant->pairs[0].p_adjusted || constant->pairs[0].lower);
  EXPECT_EQ(error_id(tukey_hsd(std::vector<Values>{{1, 2}}, 0.95)), 1033);
  EXPECT_EQ(error_id(tukey_hsd(std::vector<Values>{{1}, {2}}, 0.95)), 1033);
  EXPECT_EQ(error_id(tukey_hsd(std::vector<Values>{{1, 2}, {}}, 0.95)), 1033);
  EXPECT_EQ(error_id(tukey_hsd(std::vector<Values>{{1, 2}, {kNan, 1}}, 0.95)), 1030);
  EXPECT_EQ(error_id(tukey_hsd(std::vector<Values>{{1, 2}, {2, 1}}, 1)), 1031);
  EXPECT_EQ(error_id(tukey_hsd(std::vector<Values>(51, Values{1, 2}), 0.95)), 1039);
}

TEST(PredictionPowered, UncorrelatedSimulationChangesNothing) {
  const Values real{1, 0, 1, 0}, simulated{1, 1, 0, 0}, extra{1, 0, 1, 0, 1};
  const auto found = prediction_powered_mean(real, simulated, extra, 0.95);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->lambda, 0);
  EXPECT_EQ((*found)->interval, (*found)->classical_interval);
  EXPECT_EQ(error_id(prediction_powered_mean(real, Values{1}, extra, 0.95)), 1034);
  EXPECT_EQ(error_id(prediction_powered_mean(Values{1}, Values{1}, extra, 0.95)), 1033);
  EXPECT_EQ(error_id(prediction_powered_mean(real, simulated, Values{}, 0.95)), 1033);
  EXPECT_EQ(error_id(prediction_powered_mean(real, simulated, Values{kNan}, 0.95)), 1030);
  EXPECT_EQ(error_id(prediction_powered_mean(real, simulated, extra, 0)), 1031);
}

}  // namespace
}  // namespace assay::metrics
