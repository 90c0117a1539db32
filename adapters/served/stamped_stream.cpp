#include "adapters/served/stamped_stream.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace assay::served {
namespace {

std::int64_t ns_of(const timespec& t) { return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec; }

/// The stamp is of the wall clock. Both clocks are read at once, so that only what passed since the stamp is carried
/// over: a step of the wall clock would have to fall into just that time.
SteadyTime steady_of(std::int64_t wall_ns) {
  constexpr std::int64_t kAtOnce_ns = 20'000, kLongest_ns = 60'000'000'000;
  SteadyTime best = steady_now();
  std::int64_t tightest_ns = kLongest_ns, age_ns = 0;
  for (int i = 0; i < 5 && tightest_ns > kAtOnce_ns; ++i) {
    const SteadyTime before = steady_now();
    timespec wall{};
    clock_gettime(CLOCK_REALTIME, &wall);
    const std::int64_t apart_ns = steady_now().ns - before.ns;
    if (apart_ns >= tightest_ns) continue;
    tightest_ns = apart_ns;
    best = SteadyTime{before.ns + apart_ns / 2};
    age_ns = ns_of(wall) - wall_ns;
  }
  return age_ns >= 0 && age_ns < kLongest_ns ? SteadyTime{best.ns - age_ns} : best;
}

}  // namespace

void ask_for_stamps(int socket) {
  const int yes = 1, going = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
  static_cast<void>(setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes));
  static_cast<void>(setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &going, sizeof going));
}

SteadyTime take_going_stamp(int socket) {
  std::int64_t newest_ns = 0;
  // A far side that makes the system say more than this is not waited for.
  for (int i = 0; i < 64; ++i) {
    alignas(cmsghdr) std::array<char, 512> words{};
    msghdr message{};
    message.msg_control = words.data();
    message.msg_controllen = words.size();
    if (recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
    for (cmsghdr* said = CMSG_FIRSTHDR(&message); said != nullptr; said = CMSG_NXTHDR(&message, said)) {
      if (said->cmsg_level != SOL_SOCKET || said->cmsg_type != SCM_TIMESTAMPING) continue;
      scm_timestamping stamps{};
      std::memcpy(&stamps, CMSG_DATA(said), sizeof stamps);
      newest_ns = std::max(newest_ns, ns_of(stamps.ts[0]));
    }
  }
  return newest_ns == 0 ? SteadyTime{} : steady_of(newest_ns);
}

StampedRead read_stamped(int socket, iovec* parts, std::size_t count) {
  alignas(cmsghdr) std::array<char, 256> words{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  message.msg_control = words.data();
  message.msg_controllen = words.size();
  ssize_t got = -1;
  do {
    got = recvmsg(socket, &message, MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  StampedRead out;
  if (got < 0) {
    out.failed = errno == EWOULDBLOCK ? EAGAIN : errno;
    return out;
  }
  out.count = static_cast<std::size_t>(got);
  out.received = steady_now();
  for (cmsghdr* said = CMSG_FIRSTHDR(&message); said != nullptr; said = CMSG_NXTHDR(&message, said)) {
    if (said->cmsg_level != SOL_SOCKET || said->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(said), sizeof stamp);
    if (stamp.tv_sec > 0) out.received = steady_of(ns_of(stamp));
  }
  return out;
}

}  // namespace assay::served
