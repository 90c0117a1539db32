#include "suites/yaml.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "core/sha256.h"
#include "tests/suites/files.h"

namespace assay {
namespace {

using test::brief;
using Json = nlohmann::json;

Json parsed(const std::string& text) {
  auto file = parse_yaml(text, "t.yaml");
  EXPECT_TRUE(file.ok()) << to_string(file.error(), Lang::en);
  return file.ok() ? *file->value : Json();
}

std::string fault(const std::string& text, const YamlCaps& caps = {}) {
  return brief(parse_yaml(text, "t.yaml", caps));
}

TEST(Yaml, ReadsPlainScalarsByTheCoreSchema) {
  EXPECT_EQ(parsed("[~, null, Null, NULL, , true, True, FALSE]"),
            Json::parse("[null,null,null,null,null,true,true,false]"));
  EXPECT_EQ(parsed("[yes, no, on, off, y, n, Yes]"), Json::parse(R"(["yes","no","on","off","y","n","Yes"])"));
  EXPECT_EQ(parsed("[0, -19, +12, 017, 0o17, 0x1F]"), Json::parse("[0,-19,12,17,15,31]"));
  EXPECT_EQ(parsed("[1., .5, -2.5e-3, 1e3, +0.25]"), Json::parse("[1.0,0.5,-0.0025,1000.0,0.25]"));
  EXPECT_EQ(parsed("[1:30, 0o8, 0xG, 1_000, 2001-12-14, ., e3, '-']"),
            Json::parse(R"(["1:30","0o8","0xG","1_000","2001-12-14",".","e3","-"])"));
  EXPECT_TRUE(parsed("[9223372036854775807]")[0].is_number_integer());
}

TEST(Yaml, TakesQuotedAndBlockScalarsAsText) {
  EXPECT_EQ(parsed("['1', \"true\", \"\", 'null', '017']"), Json::parse(R"(["1","true","","null","017"])"));
  EXPECT_EQ(parsed("a: |\n  1\n  2\nb: >-\n  x\n  y\n"), Json::parse(R"({"a":"1\n2\n","b":"x y"})"));
  EXPECT_EQ(parsed("[!!str 12, !!float 1, ! 3]"), Json::parse(R"(["12",1.0,"3"])"));
}

TEST(Yaml, ReadsByteOrderMarkAndForeignLineEnds) {
  EXPECT_EQ(parsed("\xEF\xBB\xBF"
                   "a: 1\r\nb: 2\r\n"),
            Json::parse(R"({"a":1,"b":2})"));
  EXPECT_EQ(parsed("a: 1\rb: 2\r"), Json::parse(R"({"a":1,"b":2})"));
  auto file = parse_yaml(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n",
      "t.yaml");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->sha256, sha256_hex("\xEF\xBB\xBF"
                                     "a: 1\r\nb: 2\r\n"))
      << "the hash is over the bytes as they are";
  EXPECT_EQ(file->place("/b").line, 2);
  EXPECT_EQ(file->place("/b").column, 4);
}

TEST(Yaml, MarksEveryValueInCharacters) {
  const std::string text = "标题: 中文\n列表: [一, {键: 值, b: 2}]\nempty:\nlast: ~\n";
  auto file = parse_yaml(text, "t.yaml");
  ASSERT_TRUE(file.ok());
  const auto at = [&](const std::string& pointer) {
    return std::to_string(file->place(pointer).line) + ":" + std::to_string(file->place(pointer).column);
  };
  EXPECT_EQ(at("/标题"), "1:5");
  EXPECT_EQ(at("/列表/0"), "2:6");
  EXPECT_EQ(at("/列表/1/键"), "2:13");
  EXPECT_EQ(at("/列表/1/b"), "2:19");
  EXPECT_EQ(at("/empty"), "3:1") << "an empty value stands where its key stands";
  EXPECT_EQ(at("/last"), "4:7");
  EXPECT_EQ(at("/列表/1/none/deeper"), "2:9") << "nearest ancestor";
  EXPECT_EQ(file->key_marks.at("/列表/1/b").column, 16);
}

TEST(Yaml, ExpandsAliasesByValueWithMarks) {
  auto file = parse_yaml("a: &x {k: [1, 2]}\nb: *x\n", "t.yaml");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file->value)["b"], (*file->value)["a"]);
  EXPECT_EQ(file->place("/b").line, 2);
  EXPECT_EQ(file->place("/b/k/1").line, 1) << "inside an alias: where it is written";
  EXPECT_EQ(file->place("/b/k/1").column, 15);
}

TEST(Yaml, EscapesPointerSteps) {
  auto file = parse_yaml("a/b~c: 1\n", "t.yaml");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->marks.contains("/a~1b~0c"));
}

TEST(Yaml, RefusesDuplicateKeysNamingBoth) {
  const auto file = parse_yaml("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", "t.yaml");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(brief(file), "205@5:3");
  EXPECT_NE(file.error().expected.en.find("line 3, column 3"), std::string::npos);
  EXPECT_NE(file.error().expected.zh.find("第 3 行第 3 列"), std::string::npos);
  EXPECT_EQ(fault("{a: 1, 'a': 2}"), "205@1:8");
  EXPECT_EQ(fault("<<: 1\n<<: 2\n"), "205@2:1");
}

TEST(Yaml, RefusesWhatNoNumberCanHold) {
  EXPECT_EQ(fault("a: .nan"), "209@1:4");
  EXPECT_EQ(fault("a: 1\nb: -.INF"), "209@2:4");
  EXPECT_EQ(fault("a: 1e999"), "209@1:4");
  EXPECT_EQ(fault("a: 99999999999999999999"), "209@1:4");
  EXPECT_EQ(parsed("['.nan', nan, inf]"), Json::parse(R"([".nan","nan","inf"])"));
}

TEST(Yaml, RefusesBrokenSyntax) {
  EXPECT_EQ(fault("a: [1, 2"), "204@1:9");
  EXPECT_EQ(fault("a:\n  b: 1\n\tc: 2\n"), "204@3:1") << "the tab, wherever the parser stumbled over it";
  EXPECT_EQ(fault("a: 1\n名称：x\nb: 2\n"), "204@2:3") << "the full-width colon";
  EXPECT_EQ(fault("a: 'x\n"), "204@1:4") << "yaml-cpp alone takes the end of the file for the quote";
  EXPECT_EQ(fault("a: !!str \"x").substr(0, 4), "204@");
  EXPECT_EQ(fault("a: 1\n---\nb: 2\n").substr(0, 4), "204@");
  EXPECT_EQ(fault(""), "204@1:1");
  EXPECT_EQ(fault("# only a remark\n"), "204@1:1");
  EXPECT_EQ(fault("a: !vendor 1"), "204@1:4");
  EXPECT_EQ(fault("a: !!int x"), "204@1:4");
  EXPECT_EQ(fault("a: !!set {}"), "204@1:4");
  EXPECT_EQ(fault("? [1]\n: 2"), "204@1:3");
  EXPECT_EQ(fault("a: &x [*x]"), "204@1:8") << "an alias inside its own anchor";
  EXPECT_EQ(fault("a: *nowhere"), "204@1:4");
  EXPECT_EQ(fault("a: b: c"), "204@1:5");
  EXPECT_EQ(fault("{~: 1}").substr(0, 3), "204");
  EXPECT_EQ(fault(std::string(300, 'k') + ": 1"), "204@1:1");
}

TEST(Yaml, RefusesWhatIsNotText) {
  EXPECT_EQ(fault("a: \xFF\xFE"), "203@1:4");
  EXPECT_EQ(fault("a: 1\nb: \xC0\xAF"), "203@2:4") << "overlong form";
  EXPECT_EQ(fault("a: \xED\xA0\x80"), "203@1:4") << "surrogate";
  EXPECT_EQ(fault(std::string("a: 1\n\0b", 7)), "203@2:1");
  EXPECT_EQ(fault("\x7F"
                  "ELF\x02\x01\x01"),
            "203@1:1");
  EXPECT_EQ(fault("\xFF\xFE"
                  "a\0:\0"),
            "203@1:1")
      << "UTF-16";
}

TEST(Yaml, StopsAtItsCaps) {
  YamlCaps caps;
  caps.depth = 3;
  EXPECT_EQ(fault("[[[1]]]", caps), "ok");
  EXPECT_EQ(fault("[[[[1]]]]", caps), "206@1:4");
  caps = {};
  caps.nodes = 4;
  EXPECT_EQ(fault("[1, 2, 3]", caps), "ok");
  EXPECT_EQ(fault("[1, 2, 3, 4]", caps), "207@1:11");
  caps = {};
  caps.aliases = 2;
  EXPECT_EQ(fault("- &x 1\n- *x\n- *x\n", caps), "ok");
  EXPECT_EQ(fault("- &x 1\n- *x\n- *x\n- *x\n", caps), "208@4:3");
  caps = {};
  caps.bytes = 5;
  EXPECT_EQ(fault("a: 12", caps), "ok");
  EXPECT_EQ(fault("a: 123", caps).substr(0, 4), "202@");
}

TEST(Yaml, SurvivesBombsAndDeepNesting) {
  const auto started = std::chrono::steady_clock::now();
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string p = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + p;
    for (int k = 0; k < 9; ++k) bomb += ", " + p;
    bomb += "]\n";
  }
  EXPECT_EQ(fault(bomb).substr(0, 4), "207@");
  for (const std::string piece :
       {"[", "{", "{a: ", "[a, ", "- ", "? ", "[[], ", "!", "&a ", "'a", "\"", ": ", "%", "\t", "---\n", "? - "}) {
    std::string text;
    while (text.size() < 100'000) text += piece;
    const auto file = parse_yaml(text, "t.yaml");
    ASSERT_FALSE(file.ok()) << piece;
    EXPECT_GE(file.error().id, 204) << piece;
    EXPECT_LE(file.error().id, 207) << piece;
    EXPECT_GE(file.error().place.line, 1) << piece;
  }
  std::string indented;
  for (int i = 0; i < 300; ++i) indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(fault(indented), "206@65:65");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

TEST(YamlFiles, RefusesWhatIsNoRegularFileWithoutWaiting) {
  const test::Folder folder;
  EXPECT_EQ(read_yaml(folder.path("none.yaml")).error().id, 201);
  EXPECT_EQ(read_yaml(folder.path("")).error().found, "directory");
  const std::string fifo = folder.path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(read_yaml(fifo).error().found, "FIFO");
  EXPECT_EQ(read_yaml("/dev/zero").error().id, 201);
  EXPECT_EQ(read_yaml(fifo).error().place.file, fifo);
}

TEST(YamlFiles, RefusesLargeFilesBeforeReadingThem) {
  const test::Folder folder;
  const std::string path = folder.write("big.yaml", "a: 1\n");
  std::filesystem::resize_file(path, 100u << 20);  // sparse
  const auto file = read_yaml(path);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().id, 202);
  EXPECT_EQ(file.error().found, "104857600 bytes");
}

TEST(YamlFiles, HashesTheBytes) {
  const test::Folder folder;
  const auto file = read_yaml(folder.write("a.yaml", "a: 1\n"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->sha256, sha256_hex("a: 1\n"));
}

}  // namespace
}  // namespace assay
