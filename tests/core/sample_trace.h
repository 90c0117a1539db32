// Traces with everything that is hard to keep: NaN payloads, −0.0, denormals, odd names, empty parts.
#pragma once

#include <bit>
#include <limits>

#include "core/trace.h"

namespace assay {

inline double from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

inline Trace awkward_trace() {
  Trace trace;
  trace.metadata = {{"session", "s-1"}, {"task", "logistics_assembly/parcel_sorting"}, {"说明", "含\n换行"}, {"", ""}};
  Stream truth{.topic = "/truth",
               .channels = {{"parcel_red.x_m", "m", "world", Vantage::simulator},
                            {"parcel_red_x_m", "m", "world", Vantage::instrument},
                            {"位置 \"q\" \\ #\n\xff", "1", "", Vantage::self_report},
                            {"9.lives", "rad", "base", Vantage::operator_}}};
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> rows{
      {0.0, -0.0, 5e-324, -2.2250738585072011e-308},
      {inf, -inf, from_bits(0x7ff8000000000001), from_bits(0xfff0000000000bad)},
      {1.0 / 3, 1e308, -1e-308, from_bits(0x7ff4dead0000beef)},
  };
  std::int64_t t = 0;
  for (const auto& row : rows) truth.append(t += 20'000'000, row);
  Stream ticks{.topic = "/timing", .deterministic = false, .channels = {}};
  ticks.append(-5, {});
  ticks.append(10'000'000, {});
  ticks.append(10'000'000, {});
  Stream never{.topic = "/peaks", .channels = {{"force_n", "N", "", Vantage::simulator}}};
  trace.streams = {truth, ticks, never};
  trace.events = {{-1, "begin", R"({"instruction":"把红色包裹放进 A 箱"})", true},
                  {20'000'000, "overhead", "", false},
                  {20'000'000, std::string("a\0b", 3), "", true},
                  {60'000'000, "done", "{}", true}};
  return trace;
}

inline bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i])) return false;
  }
  return true;
}

/// Equal in everything, doubles by their bits.
inline bool identical(const Trace& a, const Trace& b) {
  if (a.metadata != b.metadata || a.events != b.events || a.streams.size() != b.streams.size()) return false;
  for (std::size_t i = 0; i < a.streams.size(); ++i) {
    const Stream &x = a.streams[i], &y = b.streams[i];
    if (x.topic != y.topic || x.deterministic != y.deterministic || x.channels != y.channels || x.t_ns != y.t_ns)
      return false;
    if (!same_bits(x.values, y.values)) return false;
  }
  return true;
}

}  // namespace assay
