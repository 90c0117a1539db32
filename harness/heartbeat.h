// A page of shared memory between coordinator and worker: signs of life, where the worker is, and the wish to stop.
#pragma once

#include <atomic>
#include <cstdint>

namespace assay::harness {

/// Whose code runs: decides whose fault a crash or a stall is.
enum class Phase : std::int32_t { harness = 0, policy = 1, robot = 2 };

struct HeartbeatPage {
  std::atomic<std::uint64_t> beats{0};
  std::atomic<std::int64_t> tick{0};
  std::atomic<Phase> phase{Phase::harness};
  std::atomic<std::int32_t> abort{0};  ///< coordinator → worker: make safe, end the trial
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<Phase>::is_always_lock_free);

/// Maps the page behind `fd`; nullptr if that fails. A new memfd is all zeros, which is a valid page.
HeartbeatPage* map_heartbeat(int fd);
void unmap_heartbeat(HeartbeatPage* page);

}  // namespace assay::harness
