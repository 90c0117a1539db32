#include "core/mcap.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

#include "core/mcap_format.h"
#include "core/random.h"
#include "core/sha256.h"
#include "tests/core/sample_trace.h"

namespace assay {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 26;

Result<Trace> decode(std::string_view bytes, std::size_t max_bytes = kPlenty) {
  return mcap::decode(bytes, "test.mcap", max_bytes);
}

void expect_round_trip(const Trace& trace) {
  const auto back = decode(mcap::encode(trace));
  ASSERT_TRUE(back.ok()) << to_string(back.error(), Lang::en);
  EXPECT_TRUE(identical(trace, *back));
  EXPECT_EQ(content_digest(trace), content_digest(*back));
}

class McapFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path(testing::TempDir()) /
        ("assay_mcap_" + std::to_string(getpid()) + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::filesystem::path folder_;
};

TEST(Mcap, Crc32KnownAnswer) { EXPECT_EQ(mcap::crc32("123456789"), 0xCBF43926U); }

TEST(Mcap, RoundTripsWhatIsHardToKeep) { expect_round_trip(awkward_trace()); }

TEST(Mcap, RoundTripsEmptyThings) {
  expect_round_trip({});
  Trace trace;
  trace.streams = {Stream{.topic = ""}, Stream{.topic = "/events"}, Stream{.topic = "/events"}, Stream{.topic = "/9"}};
  trace.streams[1].append(3, {});
  expect_round_trip(trace);
}

TEST(Mcap, RoundTripsManyChunksAndStampsOutOfOrder) {
  Trace trace;
  Stream wide{.topic = "/wide"};
  for (int i = 0; i < 97; ++i) wide.channels.push_back({"c" + std::to_string(i), "1", "", Vantage::simulator});
  Rng rng({1, 1});
  std::vector<double> row(wide.channels.size());
  for (int i = 0; i < 4000; ++i) {
    for (auto& value : row) value = from_bits(rng.bits());
    wide.append(i % 100 == 50 ? i - 70 : i, row);
  }
  Stream narrow{.topic = "/narrow", .channels = {{"x", "m", "", Vantage::simulator}}};
  for (int i = 0; i < 9000; ++i) narrow.append(i / 2, std::vector<double>{rng.normal()});
  trace.streams = {wide, narrow};
  for (int i = 0; i < 100; ++i) trace.events.push_back({i * 37, "e", std::string(i * 100, 'x'), i % 3 != 0});
  expect_round_trip(trace);
}

TEST(Mcap, BytesAreDeterministic) {
  EXPECT_EQ(sha256_hex(mcap::encode(awkward_trace())), sha256_hex(mcap::encode(awkward_trace())));
}

TEST(Mcap, FieldNamesSuitRos2) {
  Stream stream{.topic = "/t"};
  for (const auto* name : {"parcel_red.x_m", "parcel_red_x_m", "t_ns", "__", "9a", "A..b_", "中"}) {
    stream.channels.push_back({name, "m", "", Vantage::simulator});
  }
  const std::string text = mcap::message_definition(stream);
  for (const auto* line :
       {"\nfloat64 parcel_red_x_m  # name \"parcel_red.x_m\" unit \"m\" frame \"\" vantage simulator\n",
        "\nfloat64 parcel_red_x_m_2  #", "\nfloat64 t_ns_2  #", "\nfloat64 c  #", "\nfloat64 c_9a  #",
        "\nfloat64 b  # name \"A..b_\"", "\nfloat64 c_2  # name \"中\""}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST_F(McapFile, WholeOrAbsent) {
  const auto written = write_mcap(path("a.mcap"), awkward_trace());
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(*written, to_hex(*sha256_file(path("a.mcap"))));
  EXPECT_FALSE(std::filesystem::exists(path("a.mcap.partial")));
  const auto back = read_mcap(path("a.mcap"));
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(identical(*back, awkward_trace()));
  EXPECT_EQ(write_mcap(path("no/such/folder.mcap"), {}).error().id, 102);
  std::filesystem::create_directory(path("taken"));
  EXPECT_EQ(write_mcap(path("taken"), {}).error().id, 102);  // rename onto a folder fails
  EXPECT_FALSE(std::filesystem::exists(path("taken.partial")));
}

TEST_F(McapFile, ErrorsHaveTheirIds) {
  EXPECT_EQ(read_mcap(path("absent")).error().id, 103);
  EXPECT_EQ(read_mcap(folder_.string()).error().id, 103);
  std::ofstream(path("text")) << "not MCAP";
  EXPECT_EQ(read_mcap(path("text")).error().id, 104);
  std::ofstream(path("empty")).flush();
  EXPECT_EQ(read_mcap(path("empty")).error().id, 104);
  ASSERT_TRUE(write_mcap(path("a"), awkward_trace()).ok());
  EXPECT_EQ(read_mcap(path("a"), 100).error().id, 105);
  const auto error = read_mcap(path("text")).error();
  EXPECT_EQ(error.place.file, path("text"));
  EXPECT_FALSE(error.what.zh.empty() || error.expected.zh.empty() || error.help.zh.empty());
}

TEST(McapHostile, CutAtEveryByte) {
  const std::string whole = mcap::encode(awkward_trace());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto got = decode(std::string_view(whole).substr(0, size));
    ASSERT_FALSE(got.ok()) << size;
    ASSERT_EQ(got.error().id, 104) << size;
  }
}

TEST(McapHostile, OneByteFlipped) {
  const Trace trace = awkward_trace();
  const std::string whole = mcap::encode(trace);
  std::size_t harmless = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int mask : {0x01, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      const auto got = decode(bytes);
      if (got.ok()) {
        ++harmless;
        ASSERT_TRUE(identical(*got, trace)) << at;
      } else {
        ASSERT_EQ(got.error().id, 104) << at;
      }
    }
  }
  EXPECT_EQ(harmless, 0U);  // checksums cover every byte
}

/// Puts the two checksums of the file right again, so that the parser behind them is reached.
void mend(std::string& bytes) {
  const std::size_t footer = bytes.size() - 8 - 29;
  std::uint64_t summary = 0;
  std::memcpy(&summary, &bytes[footer + 9], sizeof summary);
  if (summary < 21 || summary > footer) return;
  const std::uint32_t data = mcap::crc32(std::string_view(bytes).substr(0, summary - 13));
  std::memcpy(&bytes[summary - 4], &data, sizeof data);
  const std::size_t end = bytes.size() - 12;
  const std::uint32_t crc = mcap::crc32(std::string_view(bytes).substr(summary, end - summary));
  std::memcpy(&bytes[end], &crc, sizeof crc);
}

/// The only chunk of the file, unpacked, changed, and packed again with a right checksum.
std::string with_chunk(const std::string& file, const std::function<void(std::string&)>& change) {
  const std::size_t at = file.find(std::string("\x06", 1), 8 + 9 + 4 + 4 + 4 + 5);
  std::uint64_t length = 0, packed = 0;
  std::memcpy(&length, &file[at + 1], 8);
  const std::size_t head = at + 9 + 8 + 8 + 8 + 4 + 4 + 4;
  std::memcpy(&packed, &file[head], 8);
  std::string plain(ZSTD_getFrameContentSize(&file[head + 8], packed), '\0');
  ZSTD_decompress(plain.data(), plain.size(), &file[head + 8], packed);
  change(plain);
  std::string again(ZSTD_compressBound(plain.size()), '\0');
  again.resize(ZSTD_compress(again.data(), again.size(), plain.data(), plain.size(), 1));
  const std::uint32_t crc = mcap::crc32(plain);
  const std::uint64_t size = plain.size(), count = again.size(), content = 8 + 8 + 8 + 4 + 8 + 8 + count;
  std::string chunk = file.substr(at, 1);
  const auto put = [&chunk](const auto& value) { chunk.append(reinterpret_cast<const char*>(&value), sizeof value); };
  put(content);
  chunk += file.substr(at + 9, 16);
  put(size);
  put(crc);
  chunk += file.substr(head - 8, 8);
  put(count);
  chunk += again;
  std::string out = file.substr(0, at) + chunk + file.substr(at + 9 + length);
  const std::size_t footer = out.size() - 8 - 29;
  std::uint64_t summary = 0;
  std::memcpy(&summary, &out[footer + 9], 8);
  summary += chunk.size() - (9 + length);
  std::memcpy(&out[footer + 9], &summary, 8);
  mend(out);
  return out;
}

TEST(McapHostile, HelperKeepsAnUnchangedFileReadable) {
  const auto got = decode(with_chunk(mcap::encode(awkward_trace()), [](std::string&) {}));
  ASSERT_TRUE(got.ok()) << to_string(got.error(), Lang::en);
  EXPECT_TRUE(identical(*got, awkward_trace()));
}

/// Behind right checksums every byte may lie; no answer is wrong but a crash, a hang or an untyped error.
TEST(McapHostile, LiesBehindRightChecksums) {
  const std::string whole = mcap::encode(awkward_trace());
  Rng rng({8, 8});
  std::size_t refused = 0, tried = 0;
  for (std::size_t at = 8; at < whole.size() - 8; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(rng.below(2) == 0 ? 0xff : rng.below(256));
    mend(bytes);
    const auto got = decode(bytes);
    ++tried;
    if (!got.ok()) {
      ++refused;
      ASSERT_TRUE(got.error().id == 104 || got.error().id == 105) << at;
    }
  }
  EXPECT_GT(refused, tried / 10);
}

TEST(McapHostile, LiesInsideTheChunk) {
  const std::string whole = mcap::encode(awkward_trace());
  std::size_t size = 0;
  with_chunk(whole, [&](std::string& plain) { size = plain.size(); });
  Rng rng({9, 9});
  std::size_t refused = 0;
  for (std::size_t at = 0; at < size; ++at) {
    const auto got = decode(with_chunk(
        whole, [&](std::string& plain) { plain[at] = static_cast<char>(rng.below(2) == 0 ? 0xff : rng.below(256)); }));
    refused += !got.ok();
    if (got.ok()) continue;
    ASSERT_TRUE(got.error().id == 104 || got.error().id == 105) << at;
  }
  EXPECT_GT(refused, size / 10);
  for (std::size_t keep = 0; keep < size; ++keep) {
    const auto got = decode(with_chunk(whole, [&](std::string& plain) { plain.resize(keep); }));
    ASSERT_TRUE(got.ok() || got.error().id == 104) << keep;
  }
}

TEST(McapHostile, BombsAreRefusedBeforeTheyGrow) {
  const std::string whole = mcap::encode({});
  const std::string zeros = with_chunk(whole, [](std::string& plain) { plain.assign(200'000'000, '\0'); });
  EXPECT_LT(zeros.size(), 100'000U);
  const auto got = decode(zeros, 1'000'000);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().id, 105);
}

/// One big message definition, shared by very many channels.
TEST(McapHostile, SharedDefinitionsAreCounted) {
  Trace trace;
  trace.streams = {Stream{.topic = "/t"}};
  for (int i = 0; i < 2000; ++i) trace.streams[0].channels.push_back({"c", "", "", Vantage::simulator});
  const auto grow = [](std::string& plain) {
    const std::size_t at = plain.rfind(std::string("\x04", 1) + '\x2e');  // the stream's channel record
    ASSERT_NE(at, std::string::npos);
    const std::string record = plain.substr(at);
    for (std::uint16_t id = 4; id < 5000; ++id) {
      std::string copy = record;
      std::memcpy(&copy[9], &id, sizeof id);
      plain += copy;
    }
  };
  std::string bytes = mcap::encode(trace);
  bytes = with_chunk(bytes, grow);
  const auto got = decode(bytes);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().id, 105);
}

}  // namespace
}  // namespace assay
