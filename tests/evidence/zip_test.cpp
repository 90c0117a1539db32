#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "bundle_fixture.h"
#include "evidence/zip_format.h"

namespace assay::evidence {
namespace {

class ZipTest : public WorkspaceTest {
 protected:
  void SetUp() override {
    WorkspaceTest::SetUp();
    std::filesystem::create_directories(folder_);
    path_ = folder_ + "/a.zip";
  }
  void write(const std::vector<std::pair<std::string, std::string>>& files) {
    const auto zip = ZipWriter::create(path_);
    ASSERT_TRUE(zip.ok());
    for (const auto& [name, text] : files) ASSERT_TRUE((*zip)->add(name, text).ok());
    ASSERT_TRUE((*zip)->finish().ok());
  }
  int refused() const {
    const auto zip = ZipReader::open(path_);
    return zip.ok() ? 0 : zip.error().id;
  }
  std::string path_;
};

TEST_F(ZipTest, WhatGoesInComesOut) {
  const std::string large(3 * kBlock + 17, 'x');
  write({{"a.txt", "hello"}, {"b/c/空.txt", ""}, {"large", large}});
  const auto zip = ZipReader::open(path_);
  ASSERT_TRUE(zip.ok()) << to_string(zip.error(), Lang::en);
  ASSERT_EQ((*zip)->entries().size(), 3U);
  EXPECT_EQ((*zip)->text(*(*zip)->find("a.txt"), 10).value(), "hello");
  EXPECT_EQ((*zip)->text(*(*zip)->find("large"), 1u << 30).value(), large);
  EXPECT_EQ((*zip)->text(*(*zip)->find("large"), 10).error().id, 1129);
  EXPECT_EQ((*zip)->find("nothing"), nullptr);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".partial"));
}

TEST_F(ZipTest, OthersOpenIt) {
  if (std::system("python3 -c 'import zipfile' 2>/dev/null") != 0) GTEST_SKIP() << "no python3 with zipfile";
  write({{"a.txt", "hello"}, {"b/c.txt", "again"}});
  const std::string script =
      "import zipfile,sys; z=zipfile.ZipFile('" + path_ +
      "'); assert z.testzip() is None; assert z.read('b/c.txt')==b'again'; assert z.namelist()==['a.txt','b/c.txt']";
  EXPECT_EQ(std::system(("python3 -c \"" + script + "\"").c_str()), 0);
}

TEST_F(ZipTest, MoreFilesThanTheOldFormatCounts) {
  const auto zip = ZipWriter::create(path_);
  for (int i = 0; i < 66'000; ++i) ASSERT_TRUE((*zip)->add("f" + std::to_string(i), "x").ok());
  ASSERT_TRUE((*zip)->finish().ok());
  const auto read = ZipReader::open(path_);
  ASSERT_TRUE(read.ok()) << to_string(read.error(), Lang::en);
  EXPECT_EQ((*read)->entries().size(), 66'000U);
}

TEST_F(ZipTest, OffsetsBeyondFourGiB) {
  // Headers only: the files themselves need not exist for their spelling.
  const ZipEntry far{"far", 5, 0x1'0000'0000ULL, 7};
  const std::string header = zip::central_header(far);
  EXPECT_EQ(zip::number(header, 42, 4), 0xFFFFFFFFU);
  EXPECT_EQ(zip::number(header, 46 + 3 + 4, 8), far.offset);
  const std::string end = zip::end_records(1, 0x1'0000'0000ULL, header.size());
  EXPECT_EQ(end.size(), zip::kEnd64Bytes + zip::kLocatorBytes + zip::kEndBytes);
  EXPECT_EQ(zip::number(end, 48, 8), 0x1'0000'0000ULL);
}

TEST_F(ZipTest, NamesThatCouldDoHarmAreRefusedBothWays) {
  const auto writer = ZipWriter::create(folder_ + "/w.zip");
  for (const std::string bad : {"", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", "C:\\x", "a\\b", "a:b",
                                ".", "..", "con\x01", "a/..", "x.", "x ", "a\xff"}) {
    EXPECT_FALSE(is_safe_path(bad)) << bad;
    EXPECT_FALSE((*writer)->add(bad, "x").ok()) << bad;
    if (bad.empty()) continue;
    // The same in a file that someone else wrote.
    const ZipEntry entry{bad, 1, 0, digests("x", Digests::crc32).crc32};
    const std::string local = zip::local_header(entry) + "x", central = zip::central_header(entry);
    spill(path_, local + central + zip::end_records(1, local.size(), central.size()));
    EXPECT_EQ(refused(), 1121) << bad;
  }
  EXPECT_FALSE(is_safe_path(std::string(401, 'a')));
  EXPECT_TRUE(is_safe_path("files/other/home/x/空 格.yaml"));
}

TEST_F(ZipTest, BombsSymlinksTricksAndAbsurdCounts) {
  const ZipEntry entry{"a", 1, 0, digests("x", Digests::crc32).crc32};
  const std::string local = zip::local_header(entry) + "x", central = zip::central_header(entry),
                    end = zip::end_records(1, local.size(), central.size());
  const auto changed = [](std::string text, std::size_t at, const std::string& bytes) {
    return text.replace(at, bytes.size(), bytes);
  };
  const std::pair<const char*, std::string> kCases[] = {
      {"compressed (bomb)", local + changed(central, 10, "\x08") + end},
      {"symlink", local + changed(central, 41, "\xA1") + end},
      {"local header says otherwise", changed(local, 8, "\x08") + central + end},
      {"bytes before", "MZ" + local + central + end},
      {"bytes between", local + "hidden" + central + end},
      {"bytes after", local + central + end + "x"},
      {"comment", local + central + changed(end, 20, "\x01") + "c"},
      {"size beyond the file", local + changed(central, 24, "\xff\xff\xff\x7f") + end},
      {"many entries claimed", local + central + changed(end, 8, "\xfe\xff\xfe\xff")},
      {"entry twice", local + central + central + zip::end_records(2, local.size(), 2 * central.size())},
      {"empty file", ""},
      {"end alone, claiming", changed(std::string(end), 16, std::string("\xff\xff\xff\xff", 4))},
  };
  for (const auto& [what, bytes] : kCases) {
    spill(path_, bytes);
    const int id = refused();
    EXPECT_TRUE(id == 1120 || id == 1129) << what << " " << id;
  }
  // Zip64 that claims 2^60 entries: refused before anything is allocated for them.
  std::string claims = zip::end_records(1ULL << 60, 0, 0);
  spill(path_, claims);
  EXPECT_EQ(refused(), 1129);
  spill(path_, local + central + end);
  EXPECT_EQ(refused(), 0) << "the one they were made of is good";
}

TEST_F(ZipTest, WhatIsNoFileIsRefused) {
  for (const char* path : {"/dev/zero", "/tmp", "/nonexistent"}) {
    const auto zip = ZipReader::open(path);
    ASSERT_FALSE(zip.ok());
    EXPECT_EQ(zip.error().id, 1120);
    EXPECT_FALSE(zip.error().what.zh.empty());
  }
}

}  // namespace
}  // namespace assay::evidence
