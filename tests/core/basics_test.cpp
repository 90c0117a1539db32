// Errors in words, times, hashes, names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>

#include "core/model/grade.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "core/sha256.h"
#include "core/time.h"
#include "core/trace.h"

namespace assay {
namespace {

Error example() {
  return {.id = 312,
          .what = {"unknown key \"limt\"", "未知的键 \"limt\""},
          .place = {"a.yaml", 3, 7},
          .expected = {"one of: limit, design", "limit、design 之一"},
          .found = "limt",
          .help = {"correct the spelling", "请更正拼写"}};
}

TEST(ErrorText, English) {
  EXPECT_EQ(to_string(example(), Lang::en),
            "error[ASSAY-0312]: unknown key \"limt\"\n  --> a.yaml:3:7\n  expected one of: limit, design\n"
            "  found limt\n  help: correct the spelling");
}

TEST(ErrorText, Chinese) {
  EXPECT_EQ(to_string(example(), Lang::zh),
            "错误[ASSAY-0312]：未知的键 \"limt\"\n  --> a.yaml:3:7\n  应为 limit、design 之一\n  实际为 limt\n"
            "  建议：请更正拼写");
}

TEST(ErrorText, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(to_string({.id = 7, .what = {"no {braces} eaten", ""}}, Lang::en), "error[ASSAY-0007]: no {braces} eaten");
  EXPECT_EQ(to_string({.id = 7, .what = {"w", ""}, .place = {"f", 2, 0}}, Lang::en), "error[ASSAY-0007]: w\n  --> f:2");
}

Result<int> half(int value) {
  if (value % 2 != 0) return Error{.id = 1, .what = {"odd", "奇数"}};
  return value / 2;
}
Result<int> quarter(int value) {
  ASSAY_TRY(const int once, half(value));
  ASSAY_TRY(const int twice, half(once));
  return twice;
}

TEST(Result, TryPassesValuesAndErrors) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_FALSE(quarter(6).ok());
  EXPECT_EQ(quarter(6).error().what.en, "odd");
}

TEST(Time, NearestNanosecond) {
  EXPECT_EQ(ns_from_s(0), 0);
  EXPECT_EQ(ns_from_s(-0.0), 0);
  EXPECT_EQ(ns_from_s(0.002), 2'000'000);
  EXPECT_EQ(ns_from_s(-0.002), -2'000'000);
  EXPECT_EQ(ns_from_s(0.1 + 0.2), 300'000'000);
  EXPECT_EQ(ns_from_s(1e-10), 0);
  EXPECT_EQ(ns_from_s(5e-324), 0);
  EXPECT_EQ(ns_from_s(8'999'999'999.0), 8'999'999'999'000'000'000);
  EXPECT_EQ(ns_from_s(-8'999'999'999.0), -8'999'999'999'000'000'000);
  // 2^-10 s = 976562.5 ns exactly: a tie goes away from zero.
  EXPECT_EQ(ns_from_s(0x1p-10), 976'563);
  EXPECT_EQ(ns_from_s(-0x1p-10), -976'563);
  EXPECT_EQ(ns_from_s(std::nextafter(0x1p-10, 0.0)), 976'562);
  // The product in doubles would round up to the tie and on to 1.
  EXPECT_EQ(ns_from_s(std::nextafter(0.5e-9, 0.0)), 0);
}

TEST(Time, EveryMultipleOfTheControlPeriodIsExact) {
  for (int i = 0; i < 100'000; i += 7) EXPECT_EQ(ns_from_s(i * 0.002), i * std::int64_t{2'000'000});
}

TEST(Time, RefusesWhatHasNoNanosecond) {
  EXPECT_DEATH(ns_from_s(9e9), "internal check failed");
  EXPECT_DEATH(ns_from_s(std::nan("")), "internal check failed");
}

TEST(Time, Rfc3339) {
  EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339({1'795'342'191'123'999'999}), "2026-11-22T10:09:51.123Z");
  EXPECT_EQ(to_rfc3339({951'782'400'000'000'000}), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999Z");
}

TEST(Time, ClocksGoForward) {
  const auto a = steady_now();
  EXPECT_LE(a, steady_now());
  EXPECT_GT(utc_now().ns, 1'700'000'000'000'000'000);
}

TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesAndMoveGiveTheSame) {
  Sha256 hash;
  hash.update("a");
  hash.update("");
  Sha256 moved = std::move(hash);
  moved.update("bc");
  EXPECT_EQ(moved.finish(), sha256("abc"));
}

TEST(Sha256, File) {
  const std::string path = testing::TempDir() + "assay_sha256_file";
  std::ofstream(path, std::ios::binary) << std::string(200'000, 'x');
  EXPECT_EQ(*sha256_file(path), sha256(std::string(200'000, 'x')));
  std::remove(path.c_str());
  const auto missing = sha256_file(path);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().id, 101);
  EXPECT_EQ(missing.error().place.file, path);
  const auto folder = sha256_file(testing::TempDir());
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().id, 101);
}

TEST(Names, AreStableAndOutcomesReadBack) {
  EXPECT_EQ(to_string(Vantage::operator_), "operator");
  EXPECT_EQ(to_string(Vantage::self_report), "self_report");
  EXPECT_EQ(to_string(Conformity::not_conform), "not_conform");
  EXPECT_EQ(to_string(Conformity::not_tested), "not_tested");
  for (const auto* name : {"success", "failure", "unsafe", "error", "undetermined", "aborted"}) {
    const auto outcome = outcome_from(name);
    ASSERT_TRUE(outcome.has_value()) << name;
    EXPECT_EQ(to_string(*outcome), name);
  }
  EXPECT_FALSE(outcome_from("Success").has_value());
  EXPECT_FALSE(outcome_from("").has_value());
}

}  // namespace
}  // namespace assay
