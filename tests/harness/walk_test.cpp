// The counting rule of DESIGN §4.6, and the series that stops by it.
#include "metrics/walk.h"

#include <gtest/gtest.h>

#include "harness/series.h"
#include "tests/harness/campaign_fixture.h"

namespace assay::metrics {
namespace {

using harness::SeriesRun;

TrialRecord trial(int index, Outcome outcome, int attempt = 0) {
  TrialRecord record;
  record.number = 100 * attempt + index + 1;
  record.task = "fake_suite/push";
  record.level = 1;
  record.index = index;
  record.attempt = attempt;
  record.finished = true;
  record.verdict.outcome = outcome;
  record.initial_state_digest = "state " + std::to_string(index);
  return record;
}

PlannedIndicator indicator(const std::string& check = "") {
  auto out = testing::small_plan().indicators.front();  // accepts 0 failures at 6, 1 at 9, 2 at 12; refuses 3
  out.check = check;
  return out;
}

std::vector<TrialRecord> successes(int n) {
  std::vector<TrialRecord> out;
  for (int i = 0; i < n; ++i) out.push_back(trial(i, Outcome::success));
  return out;
}

TEST(Walk, StopsAtTheFirstBoundaryAndIgnoresTheRest) {
  auto trials = successes(9);
  trials[7].verdict.outcome = Outcome::failure;
  const auto walked = walk(indicator(), trials);
  EXPECT_EQ(walked.state, StopState::accepted);
  EXPECT_EQ(walked.counted, 6);
  EXPECT_EQ(walked.trials, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(walk(indicator(), successes(5)).state, StopState::running);
}

TEST(Walk, CountsWhateverIsNotSuccessAsFailure) {
  for (const auto outcome : {Outcome::failure, Outcome::unsafe, Outcome::undetermined}) {
    const auto walked = walk(indicator(), {trial(0, outcome), trial(1, outcome), trial(2, outcome)});
    EXPECT_EQ(walked.state, StopState::refused) << to_string(outcome);
    EXPECT_EQ(walked.counted, 3);
  }
}

TEST(Walk, OrderOfRecordsDoesNotMatterOrderOfIndicesDoes) {
  auto trials = successes(6);
  trials[2].verdict.outcome = Outcome::failure;
  auto reversed = trials;
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(walk(indicator(), trials).successes, walk(indicator(), reversed).successes);
}

TEST(Walk, NothingBehindAGapCounts) {
  auto trials = successes(8);
  trials.erase(trials.begin() + 3);
  EXPECT_EQ(walk(indicator(), trials).counted, 3);
}

TEST(Walk, OtherSeriesAreNotItsBusiness) {
  auto trials = successes(6);
  trials[1].level = 2;
  trials[4].task = "fake_suite/other";
  EXPECT_EQ(walk(indicator(), trials).counted, 1);
}

TEST(Walk, VoidsAreReplacedAndSecondlyCountAsFailures) {
  auto trials = successes(8);
  trials[1].verdict.outcome = Outcome::error;
  trials[4].validity = Validity::invalid;
  trials[4].invalid_before_reveal = true;
  const auto walked = walk(indicator(), trials);
  EXPECT_EQ(walked.state, StopState::accepted);
  EXPECT_EQ(walked.counted, 6);
  EXPECT_EQ(walked.voids, 2);
  EXPECT_EQ(walked.trials, (std::vector<std::int64_t>{1, 3, 4, 6, 7, 8}));
  const auto strict = walk(indicator(), trials, true);
  EXPECT_EQ(strict.state, StopState::running);
  EXPECT_EQ(strict.counted, 8);
  EXPECT_EQ(strict.successes[1], false);
}

TEST(Walk, InvalidAfterRevealIsAFailure) {
  auto trials = successes(6);
  trials[0].validity = Validity::invalid;
  const auto walked = walk(indicator(), trials);
  EXPECT_EQ(walked.voids, 0);
  EXPECT_FALSE(walked.successes.at(0));
  EXPECT_EQ(walked.state, StopState::running);
}

TEST(Walk, EqualInitialStatesCountOnce) {
  auto trials = successes(7);
  trials[3].initial_state_digest = trials[1].initial_state_digest;
  trials[3].verdict.outcome = Outcome::failure;
  const auto walked = walk(indicator(), trials);
  EXPECT_EQ(walked.state, StopState::accepted);
  EXPECT_EQ(walked.trials, (std::vector<std::int64_t>{1, 2, 3, 5, 6, 7}));
}

TEST(Walk, TheFirstAttemptThatEndedDecidesNotTheBest) {
  auto trials = successes(6);
  trials[0] = trial(0, Outcome::failure, 1);
  auto unfinished = trial(0, Outcome::success, 0);
  unfinished.finished = false;
  trials.push_back(unfinished);
  trials.push_back(trial(0, Outcome::success, 2));
  trials.push_back(trial(1, Outcome::aborted, 0));
  trials[1].attempt = 1;
  const auto walked = walk(indicator(), trials);
  EXPECT_FALSE(walked.successes.at(0));
  EXPECT_TRUE(walked.successes.at(1));
}

TEST(Walk, AChecksTrialMustRunToItsOwnEnd) {
  auto record = trial(0, Outcome::failure);
  record.verdict.checks = {{"right_first", true}};
  EXPECT_TRUE(counts_as_success(record, "right_first"));
  EXPECT_FALSE(counts_as_success(record, "unheard_of"));
  EXPECT_FALSE(counts_as_success(record, ""));
  record.verdict.reason = "subject_fault:policy_threw";
  EXPECT_FALSE(counts_as_success(record, "right_first"));
  record.verdict = {Outcome::unsafe, "limit_broken:x", {{"right_first", true}}, 0};
  EXPECT_FALSE(counts_as_success(record, "right_first"));
}

TEST(SeriesRun, StopsWhenEveryIndicatorHasStopped) {
  const auto plan = testing::small_plan();
  SeriesRun series(plan.series[1], plan.indicators);  // E-2 and the check P-2
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(series.next_index(), i);
    auto record = trial(i, Outcome::failure);
    record.level = 2;
    record.verdict.checks = {{"half_way", true}};
    const auto decided = series.put(record);
    EXPECT_EQ(decided.size(), i == 2 ? 1u : 0u);
  }
  EXPECT_FALSE(series.stopped()) << "P-2 is still open";
  for (int i = 3; i < 6; ++i) {
    auto record = trial(i, Outcome::failure);
    record.level = 2;
    record.verdict.checks = {{"half_way", true}};
    (void)series.put(record);
  }
  EXPECT_TRUE(series.stopped());
  EXPECT_EQ(series.done(), 6);
}

TEST(SeriesRun, VoidsAreNotTrialsThatAGateNeeds) {
  const auto plan = testing::small_plan();
  auto planned = plan.series[0];
  planned.least = 10;
  SeriesRun series(planned, plan.indicators);
  for (int i = 0; i < 10; ++i) (void)series.put(trial(i, i == 2 ? Outcome::error : Outcome::success));
  EXPECT_TRUE(series.decided());
  EXPECT_FALSE(series.stopped()) << "nine of ten count";
  EXPECT_EQ(series.expected(), 11);
  (void)series.put(trial(10, Outcome::success));
  EXPECT_TRUE(series.stopped());
}

TEST(SeriesRun, RunsOutOfIndicesWhenTooManyAreVoid) {
  const auto plan = testing::small_plan();
  SeriesRun series(plan.series[0], plan.indicators);
  int index = 0;
  while (!series.stopped()) (void)series.put(trial(index++, Outcome::error));
  EXPECT_EQ(index, 13);  // 12 planned, 1 reserved
  EXPECT_FALSE(series.decided());
}

}  // namespace
}  // namespace assay::metrics
