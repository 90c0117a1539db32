// A workspace folder of its own per test, and the records that tests put into it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "core/sha256.h"
#include "store/store.h"

namespace assay {

class WorkspaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = (std::filesystem::temp_directory_path() /
               ("assay_store_" + std::to_string(::getpid()) + "_" + info->test_suite_name() + "_" + info->name()))
                  .string();
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override {
    std::error_code code;
    std::filesystem::remove_all(folder_, code);
  }

  std::unique_ptr<Store> open(bool read_only = false) const {
    auto opened = Store::open(folder_, read_only);
    EXPECT_TRUE(opened.ok()) << (opened ? "" : to_string(opened.error(), Lang::en));
    return opened ? std::move(*opened) : nullptr;
  }
  int open_error(bool read_only = false) const {
    const auto opened = Store::open(folder_, read_only);
    if (opened) return 0;
    EXPECT_FALSE(opened.error().what.en.empty());
    EXPECT_FALSE(opened.error().what.zh.empty());
    EXPECT_FALSE(opened.error().place.file.empty());
    return opened.error().id;
  }
  [[nodiscard]] std::string database() const { return folder_ + "/assay.db"; }

  std::string folder_;
};

inline UtcTime at(std::int64_t seconds) { return UtcTime{(1'795'000'000 + seconds) * 1'000'000'000}; }

inline SessionRow lock(Store& store) {
  auto session = store.lock_session("{\"plan\":1}", std::string(64, 'a'), "{\"files\":[]}", at(0));
  EXPECT_TRUE(session.ok()) << (session ? "" : to_string(session.error(), Lang::en));
  return session ? *session : SessionRow{};
}

/// Writes a trace into staging and returns its path.
inline std::string stage(const Store& store, const std::string& content) {
  const std::string path = store.staging_folder() + "/" + sha256_hex(content).substr(0, 12) + ".mcap";
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

inline TrialRecord filled(TrialRecord record) {
  record.verdict.outcome = Outcome::success;
  record.verdict.reason = "goal_reached";
  record.verdict.robustness = 0.1 + 0.2;
  record.verdict.checks = {{"right_object", true}, {"no_drop", false}};
  record.content_digest = std::string(64, 'c');
  record.initial_state_digest = std::string(64, 'i');
  MetricValue time;
  time.id = "completion_time";
  time.value = 1.0 / 3.0;
  time.unit = "s";
  MetricValue force;
  force.id = "peak_contact_force";
  force.version = 2;
  force.why_undefined = "no_stream:/peaks";
  force.unit = "N";
  force.vantage = Vantage::instrument;
  record.metrics = {time, force};
  return record;
}

}  // namespace assay
