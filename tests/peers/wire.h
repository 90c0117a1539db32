// Sockets of the peers that put known delays on the wires: when bytes came and went by the network's own stamps, on the
// clock that every process of this machine shares. Knows nothing of Assay.
#pragma once

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

namespace wire {

inline std::int64_t ns_of(const timespec& t) { return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec; }

inline std::int64_t now_ns(clockid_t clock = CLOCK_MONOTONIC) {
  timespec t{};
  clock_gettime(clock, &t);
  return ns_of(t);
}

/// Of a stamp of the wall clock: both clocks are read at one instant.
inline std::int64_t steady_of(const timespec& stamp) {
  std::int64_t apart_ns = 1'000'000'000, out = now_ns();
  for (int i = 0; i < 5; ++i) {
    const std::int64_t from = now_ns(), wall = now_ns(CLOCK_REALTIME), took = now_ns() - from;
    if (took >= apart_ns) continue;
    apart_ns = took;
    out = from + took / 2 - (wall - ns_of(stamp));
  }
  return out;
}

/// Asleep until shortly before `due_ns`, awake from then on: what waking up costs is not to fall between the reading of
/// the clock and the answer's leaving.
inline void wait_until(std::int64_t due_ns) {
  constexpr std::int64_t kAwake_ns = 400'000;
  const timespec due{(due_ns - kAwake_ns) / 1'000'000'000, (due_ns - kAwake_ns) % 1'000'000'000};
  if (due_ns - kAwake_ns > now_ns()) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
  while (now_ns() < due_ns) {
  }
}

struct Connection {
  int fd = -1;
  std::string waiting{};
  std::int64_t came_ns = 0;  ///< the newest bytes, by the network's stamp

  explicit Connection(int socket) : fd(socket) {
    const int yes = 1, sent = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &sent, sizeof sent);
  }
  ~Connection() { close(fd); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool more() {
    char bytes[65536];
    alignas(cmsghdr) char words[512];
    iovec part{bytes, sizeof bytes};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = words;
    message.msg_controllen = sizeof words;
    const ssize_t got = recvmsg(fd, &message, 0);
    if (got <= 0) return false;
    came_ns = now_ns();
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec stamp{};
      std::memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
      came_ns = steady_of(stamp);
    }
    waiting.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  bool take(std::size_t count, std::string& out) {
    while (waiting.size() < count)
      if (!more()) return false;
    out = waiting.substr(0, count);
    waiting.erase(0, count);
    return true;
  }
  bool head(std::string& out) {
    std::size_t end = 0;
    while ((end = waiting.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return false;
    return take(end + 4, out);
  }
  /// Of an HTTP request: its head, and the body that it announces.
  bool request(std::string& first_line, std::string& body) {
    if (!head(first_line)) return false;
    const auto at = first_line.find("Content-Length: ");
    const std::size_t length = at == std::string::npos ? 0 : std::strtoul(first_line.c_str() + at + 16, nullptr, 10);
    first_line.resize(first_line.find('\r'));
    return take(length, body);
  }
  bool say(const std::string& bytes) const {
    return send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  bool answer(const std::string& body) const { return say(http(body)); }
  static std::string http(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  /// When the newest bytes went to the network, by its stamp; 0 where it gives none.
  std::int64_t went_ns() const {
    alignas(cmsghdr) char words[512];
    std::int64_t out = 0;
    for (;;) {
      msghdr message{};
      message.msg_control = words;
      message.msg_controllen = sizeof words;
      if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return out;
      for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING) continue;
        scm_timestamping stamps{};
        std::memcpy(&stamps, CMSG_DATA(c), sizeof stamps);
        out = steady_of(stamps.ts[0]);
      }
    }
  }
};

/// Listens on the loopback, prints its port; ends with the program that started it.
inline int listen_and_say() {
  prctl(PR_SET_PDEATHSIG, 9);
  sched_param fifo{};  // where permitted: what this machine keeps it waiting is not to be taken for the wire's
  fifo.sched_priority = 46;
  sched_setscheduler(0, SCHED_FIFO, &fifo);
  prctl(PR_SET_TIMERSLACK, 1);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  if (bind(listener, reinterpret_cast<sockaddr*>(&here), size) != 0 || listen(listener, 8) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size) != 0)
    std::exit(1);
  std::printf("%d\n", ntohs(here.sin_port));
  std::fflush(stdout);
  return listener;
}

}  // namespace wire
