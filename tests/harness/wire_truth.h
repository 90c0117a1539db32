// What was measured beside what a peer put in and logged, and how it is printed.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include "tests/harness/live_fixture.h"
#include "tests/support/peer.h"

namespace assay::harness {

inline int rounds() {
  const char* wanted = std::getenv("ASSAY_TRUTH_ROUNDS");
  return wanted == nullptr ? 10 : std::atoi(wanted);
}

inline double load() {
  double one = 0;
  std::ifstream("/proc/loadavg") >> one;
  return one;
}

inline double seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

inline double at(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values.empty() ? NAN : values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// A file that a peer writes; gone with the test.
struct Log {
  std::string path = ::testing::TempDir() + "assay_wire_truth_" + std::to_string(getpid());
  Log() { std::remove(path.c_str()); }
  ~Log() { std::remove(path.c_str()); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
};

struct Found {
  std::vector<double> bias_s, width_s;
  std::vector<double> there_s, back_s, out_s, other_s;  ///< parts of a bias; what another measurement gave
  int covered = 0;
  [[nodiscard]] int n() const { return static_cast<int>(bias_s.size()); }
  void add(double truth_s, double measured_s, double least_s, double most_s) {
    bias_s.push_back(measured_s - truth_s);
    width_s.push_back(most_s - least_s);
    covered += truth_s >= least_s && truth_s <= most_s ? 1 : 0;
  }
  void add(const Found& more) {
    const auto join = [](std::vector<double>& to, const std::vector<double>& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    join(bias_s, more.bias_s);
    join(width_s, more.width_s);
    join(there_s, more.there_s);
    join(back_s, more.back_s);
    join(out_s, more.out_s);
    join(other_s, more.other_s);
    covered += more.covered;
  }
};

/// A row per delay; what all give together comes back.
inline Found print(const std::string& what, double jitter, double load_before, const std::map<double, Found>& found) {
  std::printf(
      "%s, jitter ± %.0f %%, load %.1f to %.1f\n"
      "  delay ms    n  bias p50 µs   p95 µs   largest µs  interval p50 µs  covers\n",
      what.c_str(), 100 * jitter, load_before, load());
  Found all;
  const auto row = [](const char* name, const Found& f) {
    std::printf("  %8s %4d %12.1f %8.1f %12.1f %16.1f  %d (%.1f %%)\n", name, f.n(), 1e6 * at(f.bias_s, 0.5),
                1e6 * at(f.bias_s, 0.95), 1e6 * at(f.bias_s, 1), 1e6 * at(f.width_s, 0.5), f.covered,
                100.0 * f.covered / std::max(1, f.n()));
  };
  for (const auto& [delay_s, f] : found) {
    all.add(f);
    char name[32];
    std::snprintf(name, sizeof name, "%.1f", delay_s * 1e3);
    row(name, f);
  }
  row("all", all);
  return all;
}

}  // namespace assay::harness
