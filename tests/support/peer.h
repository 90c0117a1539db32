// A program of its own that a test talks to: started, asked for its first line, killed when it is done with.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace assay::testing {

class Peer {
 public:
  struct Options {
    std::vector<std::pair<std::string, std::string>> environment{};
    /// SCHED_FIFO, where permitted: a peer that a busy machine starves shows as faults of its own. 0: as the test.
    int fifo = 0;
  };
  /// `words[0]` is the program. Waits for its first line.
  explicit Peer(std::vector<std::string> words) : Peer(std::move(words), Options()) {}
  Peer(std::vector<std::string> words, const Options& options);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  std::string said;  ///< its first line: a port, mostly; empty if it did not start

 private:
  pid_t pid_ = -1;
};

/// A Python that has these modules, or nothing: the test then says that it was skipped, and why.
bool python_has(const std::string& modules);
inline constexpr const char* kPython = "/usr/bin/python3";

}  // namespace assay::testing
