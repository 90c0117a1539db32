#include "adapters/live/realtime.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

namespace assay {

std::string make_thread_realtime(int priority) {
  sched_param wanted{};
  wanted.sched_priority = priority;
  // Threads that this one starts (a policy's) do not inherit it.
  const int refused = pthread_setschedparam(pthread_self(), SCHED_FIFO | SCHED_RESET_ON_FORK, &wanted);
  return refused == 0 ? "fifo " + std::to_string(priority) : std::string("other (") + std::strerror(refused) + ")";
}

void make_thread_ordinary() {
  const sched_param none{};
  pthread_setschedparam(pthread_self(), SCHED_OTHER, &none);
}

std::string lock_memory() {
  static const std::string kSaid = [] {
    // With a limit in force, mlockall succeeds and later allocations fail: worse than no lock.
    rlimit limit{};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY)
      return std::string("not locked (RLIMIT_MEMLOCK)");
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return std::string("locked");
    return std::string("not locked (") + std::strerror(errno) + ")";
  }();
  return kSaid;
}

}  // namespace assay
