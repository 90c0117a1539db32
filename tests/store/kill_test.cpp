#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <vector>

#include "tests/store/workspace_fixture.h"

namespace assay {
namespace {

constexpr int kTrials = 3;

class Kill : public WorkspaceTest {
 protected:
  /// Runs a small session in a child that is killed at the n-th pass of `point`; true if it was.
  bool run_killed(const std::string& point, int pass) const {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("ASSAY_KILL_AT", (point + ":" + std::to_string(pass)).c_str(), 1);
      run_session();
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

  /// Says what was acknowledged through the file "done", as a coordinator would have told its caller.
  void run_session() const {
    auto opened = Store::open(folder_);
    if (!opened) ::_exit(3);
    auto& store = **opened;
    const auto session = store.lock_session("{}", "p", "{}", at(0));
    if (!session) ::_exit(4);
    acknowledge("L");
    for (int i = 0; i < kTrials; ++i) {
      const auto started = store.start_trial(1, "t", 1, i, at(i));
      if (!started) ::_exit(5);
      acknowledge("s");
      if (!store.finish_trial(1, filled(*started), stage(store, "trace " + std::to_string(i)), at(i))) ::_exit(6);
      acknowledge("f");
    }
    if (!store.close_session(1, "closed", at(9))) ::_exit(7);
    acknowledge("C");
  }
  void acknowledge(const char* what) const { std::ofstream(folder_ + "/done", std::ios::app) << what << std::flush; }
  std::string acknowledged() const {
    std::ifstream file(folder_ + "/done");
    std::string text;
    file >> text;
    return text;
  }
};

TEST_F(Kill, AtEveryPassOfEveryWritePointNothingAcknowledgedIsLost) {
  int kills = 0;
  for (const char* point : kWritePoints) {
    for (int pass = 1;; ++pass) {
      SCOPED_TRACE(std::string(point) + ":" + std::to_string(pass));
      std::filesystem::remove_all(folder_);
      if (!run_killed(point, pass)) break;
      ++kills;
      const std::string done = acknowledged();
      const auto started = std::count(done.begin(), done.end(), 's'),
                 finished = std::count(done.begin(), done.end(), 'f');
      auto store = open();
      ASSERT_NE(store, nullptr);
      EXPECT_TRUE(store->verify_chain().ok());
      EXPECT_EQ(store->sessions()->size(), done.empty() ? 0u : 1u);
      if (done.empty()) continue;
      const auto trials = *store->trials(1);
      EXPECT_EQ(static_cast<std::ptrdiff_t>(trials.size()), started);
      std::ptrdiff_t finished_found = 0;
      for (const auto& trial : trials) {
        if (!trial.finished) continue;
        ++finished_found;
        EXPECT_EQ(to_hex(*sha256_file(trial.trace_path)), trial.trace_sha256);
      }
      EXPECT_EQ(finished_found, finished);
      // The run can go on: the interrupted trial is on record as started, and gets a new attempt.
      for (const auto& trial : trials)
        if (!trial.finished) {
          const auto again = store->start_trial(1, "t", 1, trial.index, at(20));
          ASSERT_TRUE(again.ok());
          EXPECT_EQ(again->attempt, 1);
          EXPECT_TRUE(
              store->finish_trial(1, filled(*again), stage(*store, "trace " + std::to_string(trial.index)), at(21))
                  .ok());
          EXPECT_TRUE(std::filesystem::exists(store->trial(again->number)->trace_path));
        }
      EXPECT_TRUE(store->verify_chain().ok());
    }
  }
  // session 1, started 3, trace written and renamed 3 each, finished 3, audit 1+3+3+1, close 1.
  EXPECT_EQ(kills, 1 + 3 + 3 + 3 + 3 + 8 + 1);
}

TEST_F(Kill, AnOrphanTraceIsSweptIntoStagingNotDeleted) {
  ASSERT_TRUE(run_killed("trial_finished", 2));
  const std::string sha = sha256_hex("trace 1");
  const std::string kept = folder_ + "/traces/" + sha.substr(0, 2) + "/" + sha + ".mcap";
  EXPECT_TRUE(std::filesystem::exists(kept));
  auto store = open();
  EXPECT_FALSE(std::filesystem::exists(kept));
  EXPECT_TRUE(std::filesystem::exists(store->staging_folder() + "/orphan-" + sha + ".mcap"));
  EXPECT_TRUE(std::filesystem::exists(store->trial(1)->trace_path));
}

TEST_F(Kill, TheHookSeesTheWritePointsInOrder) {
  std::vector<std::string> seen;
  set_write_point_hook([&](const char* name) { seen.emplace_back(name); });
  {
    auto store = open();
    lock(*store);
    const auto record = filled(*store->start_trial(1, "t", 1, 0, at(1)));
    ASSERT_TRUE(store->finish_trial(1, record, stage(*store, "x"), at(2)).ok());
    ASSERT_TRUE(store->close_session(1, "closed", at(3)).ok());
  }
  set_write_point_hook({});
  const std::vector<std::string> expected{"session_insert", "audit_append",  "trial_started",  "audit_append",
                                          "trace_written",  "trace_renamed", "trial_finished", "audit_append",
                                          "session_close",  "audit_append"};
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace assay
