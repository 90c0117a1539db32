// mcap_dump FOLDER: writes traces and, beside each, what was recorded: one line per value set, doubles as
// the hexadecimal digits of their bits, texts as the hexadecimal digits of their bytes.
#include <cstdio>
#include <fstream>
#include <iostream>

#include "core/mcap.h"
#include "core/random.h"
#include "tests/core/sample_trace.h"

namespace assay {
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    out += digits;
  }
  return out.empty() ? "-" : out;
}

/// Names of the other packages' limits: their strings must be UTF-8 and may hold no NUL.
Trace readable(Trace trace) {
  trace.events[2].code = "a b";
  return trace;
}

Trace long_trace() {
  Trace trace;
  trace.metadata = {{"level", "3"}};
  Rng rng({2, 3});
  for (const auto* topic : {"/truth", "/action"}) {
    Stream stream{.topic = topic};
    for (int i = 0; i < 40; ++i)
      stream.channels.push_back({"joint_" + std::to_string(i) + ".q_rad", "rad", "", Vantage::simulator});
    std::vector<double> row(40);
    for (int i = 0; i < 3000; ++i) {
      for (auto& value : row) value = from_bits(rng.bits());
      stream.append(i * std::int64_t{20'000'000}, row);
    }
    trace.streams.push_back(stream);
  }
  for (int i = 0; i < 50; ++i) trace.events.push_back({i * std::int64_t{700'000'000}, "tick", "{}", i % 2 == 0});
  return trace;
}

bool dump(const std::string& base, const Trace& trace) {
  if (const auto written = write_mcap(base + ".mcap", trace); !written.ok()) {
    std::cerr << to_string(written.error(), Lang::en) << "\n";
    return false;
  }
  std::ofstream out(base + ".txt");
  for (const auto& [key, value] : trace.metadata) out << "metadata " << hex(key) << ' ' << hex(value) << "\n";
  for (const auto& stream : trace.streams) {
    out << "stream " << hex(stream.topic) << ' ' << stream.channels.size() << ' ' << stream.rows() << "\n";
    for (std::size_t i = 0; i < stream.rows(); ++i) {
      out << "row " << stream.t_ns[i];
      for (const double value : stream.row(i))
        out << ' ' << std::hex << std::bit_cast<std::uint64_t>(value) << std::dec;
      out << "\n";
    }
  }
  for (const auto& event : trace.events) {
    out << "event " << (event.deterministic ? "/events" : "/events_wall") << ' ' << event.t_ns << ' ' << hex(event.code)
        << ' ' << hex(event.detail) << "\n";
  }
  return out.flush().good();
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  const bool good = assay::dump(folder + "/awkward", assay::readable(assay::awkward_trace())) &&
                    assay::dump(folder + "/long", assay::long_trace()) && assay::dump(folder + "/empty", {});
  return good ? 0 : 1;
}
