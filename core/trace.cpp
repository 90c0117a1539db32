#include "core/trace.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/result.h"
#include "core/sha256.h"

namespace assay {

static_assert(std::endian::native == std::endian::little, "canonical bytes are copied from memory");

void Stream::append(std::int64_t stamp_ns, std::span<const double> row_values) {
  ASSAY_CHECK(row_values.size() == channels.size());
  t_ns.push_back(stamp_ns);
  values.insert(values.end(), row_values.begin(), row_values.end());
}

int Stream::find(std::string_view name) const {
  const auto at = std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.name == name; });
  return at == channels.end() ? -1 : static_cast<int>(at - channels.begin());
}

const Stream* Trace::stream(std::string_view topic) const {
  const auto at = std::find_if(streams.begin(), streams.end(), [&](const Stream& s) { return s.topic == topic; });
  return at == streams.end() ? nullptr : &*at;
}

Stream* Trace::stream(std::string_view topic) {
  return const_cast<Stream*>(static_cast<const Trace*>(this)->stream(topic));
}

const TraceEvent* Trace::event(std::string_view code) const {
  const auto at = std::find_if(events.begin(), events.end(), [&](const TraceEvent& e) { return e.code == code; });
  return at == events.end() ? nullptr : &*at;
}

// Canonical bytes, "assay.content/1". All integers little-endian; text(s) = u64 length, then the bytes of s.
//
//   text("assay.content/1")
//   u64 number of deterministic streams; then each, by ascending topic bytes (equal topics: as recorded):
//     text(topic)
//     u64 number of channels; then each in order: text(name) text(unit) text(frame) text(vantage name)
//     u64 number of rows; then each in order: i64 t_ns, then one IEEE 754 binary64 per channel, bits as
//     recorded (−0.0 differs from 0.0, every NaN payload differs from every other)
//   u64 number of deterministic events; then each as recorded: i64 t_ns, text(code), text(detail)
namespace {

class Canonical {
 public:
  void integer(std::uint64_t value) { hash_.update(std::as_bytes(std::span(&value, 1))); }
  void text(std::string_view value) {
    integer(value.size());
    hash_.update(value);
  }
  void doubles(std::span<const double> values) { hash_.update(std::as_bytes(values)); }
  std::string finish() { return to_hex(hash_.finish()); }

 private:
  Sha256 hash_;
};

void add_stream(Canonical& out, const Stream& stream) {
  out.text(stream.topic);
  out.integer(stream.channels.size());
  for (const auto& channel : stream.channels) {
    out.text(channel.name);
    out.text(channel.unit);
    out.text(channel.frame);
    out.text(to_string(channel.vantage));
  }
  out.integer(stream.rows());
  for (std::size_t i = 0; i < stream.rows(); ++i) {
    out.integer(static_cast<std::uint64_t>(stream.t_ns[i]));
    out.doubles(stream.row(i));
  }
}

}  // namespace

std::string content_digest(const Trace& trace) {
  std::vector<const Stream*> streams;
  for (const auto& stream : trace.streams) {
    if (stream.deterministic) streams.push_back(&stream);
  }
  std::stable_sort(streams.begin(), streams.end(),
                   [](const Stream* a, const Stream* b) { return a->topic < b->topic; });
  Canonical out;
  out.text("assay.content/1");
  out.integer(streams.size());
  for (const auto* stream : streams) add_stream(out, *stream);
  const auto events = std::count_if(trace.events.begin(), trace.events.end(),
                                    [](const TraceEvent& event) { return event.deterministic; });
  out.integer(static_cast<std::uint64_t>(events));
  for (const auto& event : trace.events) {
    if (!event.deterministic) continue;
    out.integer(static_cast<std::uint64_t>(event.t_ns));
    out.text(event.code);
    out.text(event.detail);
  }
  return out.finish();
}

}  // namespace assay
