#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/store/workspace_fixture.h"

namespace assay {
namespace {

class Chain : public WorkspaceTest {
 protected:
  /// Two sessions' worth of rows of every kind.
  void fill() {
    auto store = open();
    lock(*store);
    for (int i = 0; i < 3; ++i) {
      const auto record = filled(*store->start_trial(1, "t", 1, i, at(i)));
      ASSERT_TRUE(store->finish_trial(1, record, stage(*store, std::to_string(i)), at(i)).ok());
    }
    ASSERT_TRUE(store->invalidate(2, "power cut", "Li", false, at(10)).ok());
    ASSERT_TRUE(store->save_grade(1, "s", "{\"level\":1}", at(11)).ok());
    ASSERT_TRUE(store->close_session(1, "closed", at(12)).ok());
    ASSERT_TRUE(store->audit("note", "Li", "{}", at(13)).ok());
    ASSERT_TRUE(store->verify_chain().ok());
  }

  /// Changes the file behind the store's back: guards dropped, statement run, guards put back.
  void tamper(const std::string& sql) const {
    SQLite::Database db(database(), SQLite::OPEN_READWRITE);
    std::vector<std::string> names, texts;
    SQLite::Statement query(db, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'");
    while (query.executeStep()) {
      names.push_back(query.getColumn(0).getString());
      texts.push_back(query.getColumn(1).getString());
    }
    query.reset();
    for (const auto& name : names) db.exec("DROP TRIGGER " + name);
    EXPECT_GT(db.exec(sql), 0) << sql;
    for (const auto& text : texts) db.exec(text);
  }

  std::string broken_at() const {
    auto store = open(true);
    const auto verified = store->verify_chain();
    if (verified) return "intact";
    EXPECT_EQ(verified.error().id, 720);
    return verified.error().found;
  }
};

TEST_F(Chain, GuardsRefuseChange) {
  fill();
  SQLite::Database db(database(), SQLite::OPEN_READWRITE);
  for (const char* table : {"sessions", "session_states", "trials_started", "trials_finished", "trial_metrics",
                            "invalidations", "grades", "audit"}) {
    EXPECT_THROW(db.exec(std::string("DELETE FROM ") + table), SQLite::Exception) << table;
    const std::string column =
        db.execAndGet(std::string("SELECT name FROM pragma_table_info('") + table + "') LIMIT 1");
    EXPECT_THROW(db.exec(std::string("UPDATE ") + table + " SET " + column + " = " + column), SQLite::Exception)
        << table;
  }
}

struct Tampering {
  const char* sql;
  const char* found;
};

TEST_F(Chain, NamesTheFirstBrokenRow) {
  // Audit rows: 1 locked, 2/3 trial 1, 4/5 trial 2, 6/7 trial 3, 8 invalidated, 9 graded, 10 closed, 11 note.
  const Tampering cases[] = {
      {"UPDATE trials_finished SET outcome = 'failure' WHERE trial = 2", "trials_finished row 2"},
      {"UPDATE trials_finished SET outcome = 'failure' WHERE trial >= 2", "trials_finished row 2"},
      {"UPDATE trial_metrics SET value_bits = value_bits + 1 WHERE trial = 3 AND ordinal = 0", "trials_finished row 3"},
      {"UPDATE trial_metrics SET value = 0.25 WHERE trial = 1 AND ordinal = 0", "trials_finished row 1"},
      {"INSERT INTO trial_metrics VALUES (1, 7, 'm', 1, 0.0, 0, '', '1', 'simulator')", "trials_finished row 1"},
      {"UPDATE trials_started SET started_ns = started_ns + 1 WHERE number = 1", "trials_started row 1"},
      {"UPDATE sessions SET plan_json = '{}'", "sessions row 1"},
      {"UPDATE session_states SET state = 'interrupted'", "session_states row 1"},
      {"UPDATE grades SET json = '{\"level\":5}'", "grades row 1"},
      {"UPDATE invalidations SET person = 'Han'", "invalidations row 1"},
      {"DELETE FROM invalidations", "invalidations row 1"},
      {"INSERT INTO invalidations (trial, reason, person, before_reveal, time_ns) VALUES (1, 'r', 'p', 1, 0)",
       "invalidations row 2"},
      {"INSERT INTO trials_started (session, task, level, idx, attempt, started_ns) VALUES (1, 't', 1, 9, 0, 0)",
       "trials_started row 4"},
      {"UPDATE audit SET detail_json = '{\"x\":1}' WHERE number = 11", "audit row 11"},
      {"UPDATE audit SET person = 'Han' WHERE number = 4", "audit row 4"},
      {"UPDATE audit SET time_ns = 0 WHERE number = 6", "audit row 6"},
      {"UPDATE audit SET row_sha256 = 'x' WHERE number = 3", "audit row 3"},
      {"UPDATE audit SET hash = previous WHERE number = 1", "audit row 1"},
      {"DELETE FROM audit WHERE number = 5", "audit row 6"},
  };
  for (const auto& [sql, found] : cases) {
    SCOPED_TRACE(sql);
    std::filesystem::remove_all(folder_);
    fill();
    tamper(sql);
    EXPECT_EQ(broken_at(), found);
  }
}

TEST_F(Chain, ADroppedGuardIsReported) {
  fill();
  SQLite::Database(database(), SQLite::OPEN_READWRITE).exec("DROP TRIGGER trials_finished_no_UPDATE");
  EXPECT_EQ(broken_at(), "no trigger trials_finished_no_UPDATE");
}

TEST_F(Chain, ARemovedTailShowsAgainstTheStatedHead) {
  fill();
  const std::string head = open(true)->chain_head();
  tamper("DELETE FROM audit WHERE number = 11");
  EXPECT_NE(open(true)->chain_head(), head);
}

TEST_F(Chain, StaysIntactWhenUntouched) {
  fill();
  EXPECT_EQ(broken_at(), "intact");
  tamper("INSERT INTO audit SELECT 12, 0, 'k', '', '', '', 0, '', hash, 'made up' FROM audit WHERE number = 11");
  EXPECT_EQ(broken_at(), "audit row 12");
}

}  // namespace
}  // namespace assay
