#include <gtest/gtest.h>

#include "core/sha256.h"
#include "core/trace.h"
#include "tests/core/sample_trace.h"

namespace assay {
namespace {

TEST(Trace, FindsStreamsChannelsAndEvents) {
  Trace trace = awkward_trace();
  ASSERT_NE(trace.stream("/truth"), nullptr);
  EXPECT_EQ(trace.stream("/nothing"), nullptr);
  EXPECT_EQ(trace.stream("/truth")->find("9.lives"), 3);
  EXPECT_EQ(trace.stream("/truth")->find("9"), -1);
  EXPECT_EQ(trace.stream("/truth")->row(2)[1], 1e308);
  ASSERT_NE(trace.event("done"), nullptr);
  EXPECT_EQ(trace.event("done")->t_ns, 60'000'000);
  EXPECT_EQ(trace.event("limit"), nullptr);
}

TEST(Trace, AppendRefusesAnotherWidth) {
  Stream stream{.topic = "/x", .channels = {{"a", "1", "", Vantage::simulator}}};
  const std::vector<double> two{1, 2};
  EXPECT_DEATH(stream.append(0, two), "internal check failed");
}

std::string u64(std::uint64_t value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }
std::string text(const std::string& value) { return u64(value.size()) + value; }

/// The canonical bytes, written out by hand from their definition.
TEST(ContentDigest, IsTheStatedHash) {
  Trace trace;
  Stream b{.topic = "/b", .channels = {{"f_n", "N", "base", Vantage::instrument}}};
  const std::vector<double> row{-0.0};
  b.append(-7, row);
  trace.streams = {b, Stream{.topic = "/a"}, Stream{.topic = "/wall", .deterministic = false}};
  trace.events = {{5, "done", "{}", true}, {6, "late", "", false}};
  const std::string bytes = text("assay.content/1") + u64(2) + text("/a") + u64(0) + u64(0) + text("/b") + u64(1) +
                            text("f_n") + text("N") + text("base") + text("instrument") + u64(1) +
                            u64(static_cast<std::uint64_t>(-7)) + u64(0x8000000000000000) + u64(1) + u64(5) +
                            text("done") + text("{}");
  EXPECT_EQ(content_digest(trace), sha256_hex(bytes));
}

TEST(ContentDigest, SeesEveryDeterministicBitAndNothingElse) {
  const Trace base = awkward_trace();
  const std::string digest = content_digest(base);
  const auto changed = [&](auto change) {
    Trace other = base;
    change(other);
    return content_digest(other) != digest;
  };
  EXPECT_TRUE(changed([](Trace& t) { t.streams[0].values[0] = -0.0; }));
  EXPECT_TRUE(changed([](Trace& t) { t.streams[0].values[6] = from_bits(0x7ff8000000000002); }));
  EXPECT_TRUE(changed([](Trace& t) { t.streams[0].t_ns[1] += 1; }));
  EXPECT_TRUE(changed([](Trace& t) { t.streams[0].channels[0].unit = "mm"; }));
  EXPECT_TRUE(changed([](Trace& t) { t.streams[0].channels[0].vantage = Vantage::operator_; }));
  EXPECT_TRUE(changed([](Trace& t) { t.streams[2].topic = "/peak"; }));
  EXPECT_TRUE(changed([](Trace& t) { t.events[0].detail += " "; }));
  EXPECT_TRUE(changed([](Trace& t) { std::swap(t.events[0], t.events[2]); }));
  EXPECT_FALSE(changed([](Trace& t) { t.metadata["x"] = "y"; }));
  EXPECT_FALSE(changed([](Trace& t) { t.streams[1].t_ns[0] = 99; }));
  EXPECT_FALSE(changed([](Trace& t) { t.events[1].code = "other"; }));
  EXPECT_FALSE(changed([](Trace& t) { std::swap(t.streams[0], t.streams[2]); }));
}

}  // namespace
}  // namespace assay
