#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>

#include "tests/store/workspace_fixture.h"

namespace assay {
namespace {

class Open : public WorkspaceTest {
 protected:
  void make_database() {
    auto store = open();
    lock(*store);
    for (int i = 0; i < 20; ++i) {
      const auto record = filled(*store->start_trial(1, "t", 1, i, at(i)));
      ASSERT_TRUE(store->finish_trial(1, record, "", at(i)).ok());
    }
  }
  void sql(const std::string& text) const { SQLite::Database(database(), SQLite::OPEN_READWRITE).exec(text); }
  void write_database(const std::string& bytes) const {
    std::filesystem::create_directories(folder_);
    std::ofstream(database(), std::ios::binary | std::ios::trunc) << bytes;
  }
  std::string database_bytes() const {
    std::ifstream file(database(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Exit code of `body` in a child.
  template <class F>
  static int in_child(F&& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(Open, MissingWorkspaceIsNotCreatedForReading) {
  EXPECT_EQ(open_error(true), 701);
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(Open, SecondWriterIsRefusedAndReadersAreNot) {
  auto store = open();
  EXPECT_EQ(open_error(), 703);
  EXPECT_EQ(in_child([&] { return Store::open(folder_).error().id == 703 ? 0 : 1; }), 0);
  EXPECT_NE(open(true), nullptr);
  const auto refused = Store::open(folder_);
  EXPECT_EQ(refused.error().found, "process " + std::to_string(::getpid()));
  store.reset();
  EXPECT_NE(open(), nullptr);
}

TEST_F(Open, ALockThatOutlivesItsWriterInAChildIsWaitedFor) {
  constexpr useconds_t kChildLives_us = 300'000;
  EXPECT_EQ(in_child([&] {
              const auto store = Store::open(folder_);
              if (!store) return 1;
              if (::fork() == 0) {
                ::usleep(kChildLives_us);
                ::_exit(0);
              }
              return 0;
            }),
            0);
  EXPECT_NE(open(), nullptr);
}

TEST_F(Open, AReaderCannotWrite) {
  make_database();
  auto store = open(true);
  EXPECT_EQ(store->lock_session("{}", "p", "{}", at(0)).error().id, 708);
  EXPECT_EQ(store->start_trial(1, "t", 1, 0, at(0)).error().id, 708);
  EXPECT_EQ(store->audit("note", "Li", "{}", at(0)).error().id, 708);
  EXPECT_EQ(store->trials(1)->size(), 20u);
  EXPECT_TRUE(store->verify_chain().ok());
}

TEST_F(Open, SettingsAreTheDurableOnes) {
  auto store = open();
  SQLite::Database db(database(), SQLite::OPEN_READONLY);
  EXPECT_EQ(db.execAndGet("PRAGMA journal_mode").getString(), "wal");
  EXPECT_EQ(db.execAndGet("PRAGMA user_version").getInt(), 2);
}

/// A workspace of the first schema is brought up, and what its chain vouches for is as it was.
TEST_F(Open, FirstSchemaIsBroughtUpWithItsChain) {
  make_database();
  for (const char* trigger : {"metric_limits_no_UPDATE", "metric_limits_no_DELETE"})
    sql(std::string("DROP TRIGGER ") + trigger);
  sql("DROP TABLE metric_limits");
  sql("PRAGMA user_version = 1");
  EXPECT_EQ(open_error(true), 705);
  auto store = open();
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->verify_chain().ok());
}

TEST_F(Open, NewerSchemaIsLeftAlone) {
  make_database();
  sql("PRAGMA user_version = 3");
  const auto before = database_bytes();
  EXPECT_EQ(open_error(), 702);
  EXPECT_EQ(open_error(true), 702);
  EXPECT_EQ(database_bytes(), before);
}

TEST_F(Open, AnEmptyFileIsAnUnfinishedStart) {
  write_database("");
  EXPECT_EQ(open_error(true), 705);
  EXPECT_NE(open(), nullptr);
  EXPECT_NE(open(true), nullptr);
}

TEST_F(Open, ForeignOrBrokenFilesAreRefused) {
  write_database("this is no database, " + std::string(5000, 'x'));
  EXPECT_EQ(open_error(), 704);
  EXPECT_EQ(open_error(true), 704);
  std::filesystem::remove_all(folder_);
  write_database(std::string("SQLite format 3\0", 16) + std::string(4080, '\xff'));
  EXPECT_EQ(open_error(), 704);
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(database());
  EXPECT_EQ(open_error(), 704);
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  SQLite::Database(database(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE trials (a)");
  EXPECT_EQ(open_error(), 704);
}

TEST_F(Open, AMissingTableIsRefused) {
  make_database();
  sql("PRAGMA foreign_keys = OFF; DROP TABLE grades");
  EXPECT_EQ(open_error(), 704);
}

TEST_F(Open, DamageAnywhereIsAnErrorNotACrash) {
  make_database();
  const std::string good = database_bytes();
  ASSERT_GT(good.size(), 8192u);
  int refused = 0;
  for (std::size_t page = 0; page * 4096 < good.size(); ++page) {
    std::string bad = good;
    for (std::size_t i = 0; i < 256; ++i) bad[page * 4096 + i] = static_cast<char>(bad[page * 4096 + i] ^ 0x5a);
    write_database(bad);
    const auto opened = Store::open(folder_, true);
    if (!opened) {
      EXPECT_EQ(opened.error().id, 704);
      ++refused;
      continue;
    }
    const auto trials = (*opened)->trials(1);
    const bool noticed = !trials || !(*opened)->verify_chain();
    refused += noticed ? 1 : 0;
  }
  EXPECT_EQ(refused, static_cast<int>((good.size() + 4095) / 4096));
  for (const std::size_t length : {100u, 1000u, 4096u, 8192u}) {
    write_database(good.substr(0, length));
    EXPECT_EQ(open_error(true), 704) << length;
  }
}

TEST_F(Open, UnknownWordsInRowsAreAnError) {
  make_database();
  sql("DROP TRIGGER trials_finished_no_UPDATE; UPDATE trials_finished SET outcome = 'won' WHERE trial = 3");
  EXPECT_EQ(open(true)->trial(3).error().id, 704);
  EXPECT_TRUE(open(true)->trial(4).ok());
  sql("UPDATE trials_finished SET outcome = 'success', checks_json = '{]' WHERE trial = 3");
  EXPECT_EQ(open(true)->trial(3).error().id, 704);
}

TEST_F(Open, AReadOnlyFolderCanBeReadAndNotWritten) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  make_database();
  std::filesystem::permissions(folder_, std::filesystem::perms(0555));
  EXPECT_EQ(in_child([&] {
              if (::setuid(65534) != 0) return 9;
              const auto writer = Store::open(folder_);
              if (writer || (writer.error().id != 701 && writer.error().id != 708)) return 1;
              const auto reader = Store::open(folder_, true);
              if (!reader) return 2;
              return (*reader)->trials(1)->size() == 20 && (*reader)->verify_chain() ? 0 : 3;
            }),
            0);
}

TEST_F(Open, AFullDiskIsAClearErrorAndLosesNothing) {
  make_database();
  EXPECT_EQ(in_child([&] {
              // A file may grow no further than this: what a full disk looks like to one process.
              auto store = Store::open(folder_);
              if (!store) return 1;
              ::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{65536, 65536};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              for (int i = 0; i < 1000; ++i) {
                const auto started = (*store)->start_trial(1, "t", 1, 100 + i, at(i));
                if (started) continue;
                const int id = started.error().id;
                return id == 707 || id == 709 ? 0 : 2;
              }
              return 3;
            }),
            0);
  auto store = open();
  EXPECT_TRUE(store->verify_chain().ok());
  EXPECT_GT(store->trials(1)->size(), 20u);
  EXPECT_TRUE(store->start_trial(1, "t", 1, 5000, at(1)).ok());
}

}  // namespace
}  // namespace assay
