// Real-time scheduling of a thread, where the system permits it, and the words that say whether it did.
#pragma once

#include <string>

namespace assay {

/// SCHED_FIFO at `priority` for the calling thread: "fifo <priority>", or "other (<why not>)".
std::string make_thread_realtime(int priority);
/// Back to SCHED_OTHER: for threads that go on to run other people's code.
void make_thread_ordinary();
/// mlockall of what is mapped now and later: "locked", or "not locked (<why not>)". Once per process.
std::string lock_memory();

inline constexpr int kLoopPriority = 40, kLinkPriority = 45;  ///< the link's threads wake the loop, and are short

}  // namespace assay
