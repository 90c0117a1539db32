// A trial's record: streams of channels sampled together, and events. Everything that is judged,
// measured, stored or drawn is read from here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace assay {

/// Where a value was observed (DESIGN §2).
enum class Vantage { simulator, instrument, self_report, operator_ };
std::string_view to_string(Vantage vantage);

struct Channel {
  std::string name;   ///< lower_case, unit at the end: "parcel_red.x_m"; dots separate parts
  std::string unit;   ///< "m", "rad", "1" …
  std::string frame;  ///< "world", "base", …; empty where none applies
  Vantage vantage = Vantage::simulator;
  friend bool operator==(const Channel&, const Channel&) = default;
};

/// Rows of float64 with a strictly or weakly increasing stamp.
struct Stream {
  std::string topic;          ///< "/truth", "/peaks", "/observation", "/action", "/timing"
  bool deterministic = true;  ///< false for wall-clock values, which stay out of content_digest
  std::vector<Channel> channels{};
  std::vector<std::int64_t> t_ns{};
  std::vector<double> values{};  ///< row-major, t_ns.size() × channels.size()

  [[nodiscard]] std::size_t rows() const { return t_ns.size(); }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return {values.data() + i * channels.size(), channels.size()};
  }
  void append(std::int64_t stamp_ns, std::span<const double> row_values);
  /// Index of the channel, or -1.
  [[nodiscard]] int find(std::string_view name) const;
};

/// Something that happened: "begin", "done", "refuse", "utterance", "limit", "stop", "fault" …
struct TraceEvent {
  std::int64_t t_ns = 0;
  std::string code;
  std::string detail;  ///< JSON object text, or empty
  bool deterministic = true;
  friend bool operator==(const TraceEvent&, const TraceEvent&) = default;
};

struct Trace {
  std::map<std::string, std::string> metadata;  ///< session, trial, task, level, index, seeds …
  std::vector<Stream> streams;
  std::vector<TraceEvent> events;

  [[nodiscard]] const Stream* stream(std::string_view topic) const;
  Stream* stream(std::string_view topic);
  /// First event with that code, or nullptr.
  [[nodiscard]] const TraceEvent* event(std::string_view code) const;
};

/// SHA-256, lower-case hexadecimal, over the canonical bytes of the deterministic streams and events
/// (definition in core/trace.cpp); metadata and wall-clock topics are outside.
std::string content_digest(const Trace& trace);

}  // namespace assay
