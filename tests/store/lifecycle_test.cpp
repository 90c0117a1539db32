#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <thread>

#include "tests/store/workspace_fixture.h"

namespace assay {
namespace {

using Lifecycle = WorkspaceTest;

TEST_F(Lifecycle, KeepsATrialAcrossReopening) {
  TrialRecord record;
  {
    auto store = open();
    const auto session = lock(*store);
    EXPECT_EQ(session.number, 1);
    EXPECT_EQ(session.id, "S-20261118-0001");
    EXPECT_EQ(session.state, "locked");
    record = *store->start_trial(1, "suite/task", 2, 7, at(1));
    EXPECT_FALSE(store->trial(record.number)->finished);
    record = filled(record);
    ASSERT_TRUE(store->finish_trial(1, record, stage(*store, "trace bytes"), at(2)).ok());
  }
  auto store = open();
  const auto found = *store->trial(record.number);
  EXPECT_TRUE(found.finished);
  EXPECT_EQ(found.task, "suite/task");
  EXPECT_EQ(found.level, 2);
  EXPECT_EQ(found.index, 7);
  EXPECT_EQ(found.attempt, 0);
  EXPECT_EQ(found.verdict.outcome, Outcome::success);
  EXPECT_EQ(found.verdict.reason, "goal_reached");
  EXPECT_EQ(found.verdict.robustness, record.verdict.robustness);
  EXPECT_EQ(found.verdict.checks, record.verdict.checks);
  EXPECT_EQ(found.content_digest, record.content_digest);
  EXPECT_EQ(found.initial_state_digest, record.initial_state_digest);
  EXPECT_EQ(found.started, at(1));
  EXPECT_EQ(found.ended, at(2));
  EXPECT_EQ(found.validity, Validity::valid);
  ASSERT_EQ(found.metrics.size(), 2u);
  EXPECT_EQ(found.metrics[0].value, 1.0 / 3.0);
  EXPECT_EQ(found.metrics[1].value, std::nullopt);
  EXPECT_EQ(found.metrics[1].version, 2);
  EXPECT_EQ(found.metrics[1].why_undefined, "no_stream:/peaks");
  EXPECT_EQ(found.metrics[1].vantage, Vantage::instrument);
  const std::string sha = sha256_hex("trace bytes");
  EXPECT_EQ(found.trace_sha256, sha);
  EXPECT_EQ(found.trace_path, folder_ + "/traces/" + sha.substr(0, 2) + "/" + sha + ".mcap");
  EXPECT_EQ(to_hex(*sha256_file(found.trace_path)), sha);
  EXPECT_TRUE(store->verify_chain().ok());
}

TEST_F(Lifecycle, KeepsWhatATrialSaysOfItsValues) {
  auto store = open();
  lock(*store);
  auto record = *store->start_trial(1, "suite/task", 1, 0, at(1));
  record.verdict.outcome = Outcome::success;
  MetricValue stated;
  stated.id = "pose_accuracy";
  stated.value = 0.001;
  stated.lower = std::nextafter(0.0009, 1);
  stated.upper = 0.0011;
  stated.n = 30;
  MetricValue bare;
  bare.id = "completion_time";
  bare.value = 3;
  record.metrics = {bare, stated};
  ASSERT_TRUE(store->finish_trial(1, record, "", at(2)).ok());
  const auto found = *store->trial(record.number);
  ASSERT_EQ(found.metrics.size(), 2u);
  EXPECT_FALSE(found.metrics[0].lower || found.metrics[0].upper);
  EXPECT_EQ(found.metrics[0].n, 0);
  EXPECT_EQ(found.metrics[1].lower, stated.lower);
  EXPECT_EQ(found.metrics[1].upper, stated.upper);
  EXPECT_EQ(found.metrics[1].n, 30);
  EXPECT_TRUE(store->verify_chain().ok());
  store.reset();
  // The chain vouches for them, too.
  for (const char* sql : {"DROP TRIGGER metric_limits_no_UPDATE", "UPDATE metric_limits SET n = 31",
                          "CREATE TRIGGER metric_limits_no_UPDATE BEFORE UPDATE ON metric_limits BEGIN SELECT "
                          "RAISE(ABORT, 'metric_limits is append-only'); END;"})
    SQLite::Database(folder_ + "/assay.db", SQLite::OPEN_READWRITE).exec(sql);
  EXPECT_FALSE(open()->verify_chain().ok());
}

TEST_F(Lifecycle, KeepsEveryDoubleBitForBit) {
  auto store = open();
  lock(*store);
  const double values[] = {-0.0, 5e-324, std::nextafter(1.0, 2.0), -std::numeric_limits<double>::infinity(),
                           3.0,  1e300};
  auto record = filled(*store->start_trial(1, "t", 1, 0, at(1)));
  record.verdict.robustness = -std::numeric_limits<double>::infinity();
  record.metrics.clear();
  for (const double value : values) {
    MetricValue metric;
    metric.id = "m";
    metric.value = value;
    record.metrics.push_back(metric);
  }
  ASSERT_TRUE(store->finish_trial(1, record, "", at(2)).ok());
  const auto found = *store->trial(record.number);
  EXPECT_EQ(found.verdict.robustness, record.verdict.robustness);
  EXPECT_EQ(found.trace_path, "");
  ASSERT_EQ(found.metrics.size(), std::size(values));
  for (std::size_t i = 0; i < std::size(values); ++i)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*found.metrics[i].value), std::bit_cast<std::uint64_t>(values[i]))
        << values[i];
}

TEST_F(Lifecycle, CountsAttemptsAndListsTrialsByNumber) {
  auto store = open();
  lock(*store);
  ASSERT_TRUE(store->lock_session("{}", "b", "{}", at(0)).ok());
  EXPECT_EQ(store->start_trial(1, "t", 1, 5, at(1))->attempt, 0);
  EXPECT_EQ(store->start_trial(2, "t", 1, 5, at(1))->attempt, 0);
  EXPECT_EQ(store->start_trial(1, "t", 1, 5, at(1))->attempt, 1);
  EXPECT_EQ(store->start_trial(1, "t", 2, 5, at(1))->attempt, 0);
  EXPECT_EQ(store->start_trial(1, "t", 1, 0, at(1))->attempt, 0);
  std::vector<std::int64_t> numbers;
  const auto listed = *store->trials(1);
  for (const auto& trial : listed) numbers.push_back(trial.number);
  EXPECT_THAT(numbers, ::testing::ElementsAre(1, 3, 4, 5));
}

TEST_F(Lifecycle, FinishesOnceAndOnlyWhatWasStarted) {
  auto store = open();
  lock(*store);
  auto record = filled(*store->start_trial(1, "t", 1, 0, at(1)));
  auto other = record;
  other.index = 9;
  EXPECT_EQ(store->finish_trial(1, other, "", at(2)).error().id, 711);
  other = record;
  other.number = 99;
  EXPECT_EQ(store->finish_trial(1, other, "", at(2)).error().id, 710);
  EXPECT_EQ(store->finish_trial(2, record, "", at(2)).error().id, 710);
  EXPECT_EQ(store->finish_trial(1, record, folder_ + "/staging/none.mcap", at(2)).error().id, 716);
  auto lying = record;
  lying.trace_sha256 = std::string(64, '0');
  EXPECT_EQ(store->finish_trial(1, lying, stage(*store, "x"), at(2)).error().id, 716);
  EXPECT_FALSE(store->trial(1)->finished);
  ASSERT_TRUE(store->finish_trial(1, record, stage(*store, "x"), at(2)).ok());
  EXPECT_EQ(store->finish_trial(1, record, stage(*store, "y"), at(3)).error().id, 711);
  EXPECT_EQ(store->trial(1)->trace_sha256, sha256_hex("x"));
  EXPECT_EQ(store->trial(99).error().id, 710);
  EXPECT_EQ(store->trials(99).error().id, 713);
  EXPECT_EQ(store->start_trial(99, "t", 1, 0, at(1)).error().id, 713);
}

TEST_F(Lifecycle, InvalidationIsANewRowAndTheFirstOneCounts) {
  auto store = open();
  lock(*store);
  const auto record = filled(*store->start_trial(1, "t", 1, 0, at(1)));
  ASSERT_TRUE(store->finish_trial(1, record, "", at(2)).ok());
  EXPECT_EQ(store->invalidate(1, "", "Li", true, at(3)).error().id, 714);
  EXPECT_EQ(store->invalidate(1, "power cut", "", true, at(3)).error().id, 714);
  EXPECT_EQ(store->invalidate(2, "power cut", "Li", true, at(3)).error().id, 710);
  ASSERT_TRUE(store->invalidate(1, "断电", "李雷", false, at(3)).ok());
  ASSERT_TRUE(store->invalidate(1, "again", "Han", false, at(4)).ok());
  const auto found = *store->trial(1);
  EXPECT_EQ(found.validity, Validity::invalid);
  EXPECT_EQ(found.invalid_reason, "断电");
  EXPECT_EQ(found.invalid_by, "李雷");
  EXPECT_FALSE(found.invalid_before_reveal);
  EXPECT_EQ(found.verdict.outcome, Outcome::success);
  EXPECT_TRUE(store->verify_chain().ok());
}

TEST_F(Lifecycle, AnOutcomeOnRecordIsRevealed) {
  auto store = open();
  lock(*store);
  const auto record = filled(*store->start_trial(1, "t", 1, 0, at(1)));
  ASSERT_TRUE(store->finish_trial(1, record, "", at(2)).ok());
  const auto refused = store->invalidate(1, "power cut", "Li", true, at(3));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().id, 715);
  EXPECT_FALSE(refused.error().what.en.empty() || refused.error().what.zh.empty());
  EXPECT_EQ(store->trial(1)->validity, Validity::valid);
  EXPECT_TRUE(store->verify_chain().ok());

  // Not finished: nobody knows how it ends, and the flag stays when it ends after all.
  const auto started = filled(*store->start_trial(1, "t", 1, 1, at(4)));
  ASSERT_TRUE(store->invalidate(started.number, "power cut", "Li", true, at(5)).ok());
  ASSERT_TRUE(store->finish_trial(1, started, "", at(6)).ok());
  EXPECT_TRUE(store->trial(started.number)->invalid_before_reveal);
  EXPECT_TRUE(store->verify_chain().ok());
}

TEST_F(Lifecycle, SessionsAreFoundAndClosedByNewRows) {
  auto store = open();
  EXPECT_EQ(store->session("last").error().id, 713);
  EXPECT_EQ(store->lock_session("", "x", "{}", at(0)).error().id, 714);
  lock(*store);
  ASSERT_TRUE(store->lock_session("{}", "b", "{\"k\":1}", at(90'000)).ok());
  EXPECT_EQ(store->session("last")->number, 2);
  EXPECT_EQ(store->session("1")->plan_json, "{\"plan\":1}");
  EXPECT_EQ(store->session(store->session("2")->id)->lock_json, "{\"k\":1}");
  for (const char* name : {"3", "S-1", "", "99999999999999999999", "1'--"})
    EXPECT_EQ(store->session(name).error().id, 713) << name;
  EXPECT_EQ(store->close_session(1, "locked", at(5)).error().id, 714);
  ASSERT_TRUE(store->close_session(1, "interrupted", at(5)).ok());
  EXPECT_EQ(store->session("1")->state, "interrupted");
  ASSERT_TRUE(store->start_trial(1, "t", 1, 0, at(6)).ok());
  ASSERT_TRUE(store->close_session(1, "closed", at(7)).ok());
  const auto closed = *store->session("1");
  EXPECT_EQ(closed.state, "closed");
  EXPECT_EQ(closed.closed, at(7));
  EXPECT_EQ(closed.chain_head_at_close, store->chain_head());
  EXPECT_EQ(closed.chain_head_at_lock, store->audit_log()->front().hash);
  EXPECT_EQ(store->start_trial(1, "t", 1, 1, at(8)).error().id, 711);
  EXPECT_EQ(store->close_session(1, "interrupted", at(8)).error().id, 711);
  EXPECT_EQ(store->session("2")->state, "locked");
  EXPECT_EQ(store->sessions()->size(), 2u);
}

TEST_F(Lifecycle, GradesAndAuditKeepTheirOrder) {
  auto store = open();
  lock(*store);
  EXPECT_EQ(store->save_grade(5, "s", "{}", at(1)).error().id, 713);
  ASSERT_TRUE(store->save_grade(1, "s", "{\"level\":1}", at(1)).ok());
  ASSERT_TRUE(store->save_grade(1, "s", "{\"level\":2}", at(2)).ok());
  EXPECT_THAT(*store->grades(1), ::testing::ElementsAre("{\"level\":1}", "{\"level\":2}"));
  EXPECT_EQ(store->audit("", "Li", "{}", at(3)).error().id, 714);
  ASSERT_TRUE(store->audit("calibrated", "Li", "{\"device\":\"plate\"}", at(3)).ok());
  const auto log = *store->audit_log();
  ASSERT_EQ(log.size(), 4u);
  EXPECT_EQ(log[0].kind, "locked");
  EXPECT_EQ(log[0].previous, std::string(64, '0'));
  EXPECT_EQ(log[3].kind, "calibrated");
  EXPECT_EQ(log[3].person, "Li");
  EXPECT_EQ(log[3].time, at(3));
  for (std::size_t i = 1; i < log.size(); ++i) EXPECT_EQ(log[i].previous, log[i - 1].hash);
  EXPECT_EQ(store->chain_head(), log[3].hash);
}

TEST_F(Lifecycle, TextThatIsNotUtf8AndQuotesAreKept) {
  auto store = open();
  lock(*store);
  auto record = filled(*store->start_trial(1, "t'; DROP TABLE audit; --", 1, 0, at(1)));
  record.verdict.reason = "subject_fault:\xff\xfe\"quoted\"";
  ASSERT_TRUE(store->finish_trial(1, record, "", at(2)).ok());
  EXPECT_EQ(store->trial(1)->verdict.reason, record.verdict.reason);
  EXPECT_EQ(store->trial(1)->task, "t'; DROP TABLE audit; --");
  EXPECT_TRUE(store->verify_chain().ok());
}

TEST_F(Lifecycle, ReadersWorkWhileTheWriterWrites) {
  auto store = open();
  lock(*store);
  std::atomic<bool> stop{false};
  std::atomic<int> looks{0};
  std::atomic<int> faults{0};
  std::thread reader([&] {
    auto mine = Store::open(folder_, true);
    if (!mine) {
      ++faults;
      return;
    }
    std::size_t seen = 0;
    while (!stop) {
      const auto trials = (*mine)->trials(1);
      if (!trials || trials->size() < seen || !(*mine)->verify_chain()) ++faults;
      if (trials) seen = trials->size();
      ++looks;
    }
  });
  for (int i = 0; i < 40 || looks < 3; ++i) {
    const auto record = filled(*store->start_trial(1, "t", 1, i, at(i)));
    ASSERT_TRUE(store->finish_trial(1, record, stage(*store, std::to_string(i)), at(i)).ok());
  }
  stop = true;
  reader.join();
  EXPECT_EQ(faults, 0);
  EXPECT_GE(looks, 3);
}

}  // namespace
}  // namespace assay
