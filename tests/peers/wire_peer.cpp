// Injected truth for the wires: answers after known delays, and logs on the clock that every process of this machine
// shares when each question had come (the network's stamp) and when its answer left. Knows nothing of Assay: sockets.
//   wire_peer policy LOG JITTER DELAY_S…     openpi's WebSocket: one row of one number; a share of JITTER varies
//   wire_peer clock OFFSET_NS DRIFT_PPM      the robot API's /v1/clock with a clock that is wrong by so much
// Prints its port; runs until it is killed.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {

std::int64_t now_ns(clockid_t clock = CLOCK_MONOTONIC) {
  timespec t{};
  clock_gettime(clock, &t);
  return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

struct Connection {
  int fd = -1;
  std::string waiting;
  std::int64_t came_ns = 0;  ///< the newest bytes

  bool more() {
    char bytes[65536], words[256];
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
      const std::int64_t wall_ns = stamp.tv_sec * std::int64_t{1'000'000'000} + stamp.tv_nsec;
      std::int64_t apart_ns = 1'000'000'000;
      for (int i = 0; i < 5; ++i) {  // both clocks at one instant
        const std::int64_t from = now_ns(), wall = now_ns(CLOCK_REALTIME), took = now_ns() - from;
        if (took >= apart_ns) continue;
        apart_ns = took;
        came_ns = from + took / 2 - (wall - wall_ns);
      }
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
  bool say(const std::string& bytes) const {
    return send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
};

std::string accept_key(const std::string& request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const auto at = request.find(name) + name.size();
  const std::string key = request.substr(at, request.find('\r', at) - at) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE], text[64];
  unsigned size = 0;
  EVP_Digest(key.data(), key.size(), digest, &size, EVP_sha1(), nullptr);
  EVP_EncodeBlock(text, digest, static_cast<int>(size));
  return reinterpret_cast<char*>(text);
}

std::string frame(char opcode, const std::string& payload) {
  return std::string{static_cast<char>(0x80 | opcode), static_cast<char>(payload.size())} + payload;  // below 126 bytes
}

void policy(Connection& c, std::FILE* log, double jitter, const std::vector<double>& delays_s) {
  std::string words, masked;
  if (!c.head(words) || !c.say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: " +
                               accept_key(words) + "\r\n\r\n"))
    return;
  c.say(frame(2, "\x80"));  // an empty map: the greeting
  std::mt19937_64 random(7);
  for (std::size_t n = 0;;) {
    if (!c.take(2, words)) return;
    const int opcode = words[0] & 15;
    std::uint64_t size = words[1] & 127;
    for (int wide = size == 126 ? 2 : size == 127 ? 8 : 0; wide > 0; wide = 0) {
      if (!c.take(static_cast<std::size_t>(wide), words)) return;
      size = 0;
      for (const char b : words) size = size << 8 | static_cast<unsigned char>(b);
    }
    if (!c.take(4, words) || !c.take(size, masked)) return;
    for (std::size_t i = 0; i < masked.size(); ++i) masked[i] = static_cast<char>(masked[i] ^ words[i % 4]);
    if (opcode == 8) return;
    if (opcode == 9) c.say(frame(10, masked));
    if (opcode != 2) continue;
    const std::int64_t came_ns = c.came_ns;
    const double share = 1 + jitter * (static_cast<double>(random() % 2001) / 1000 - 1);
    const double delay_s = delays_s[n++ % delays_s.size()];
    const std::int64_t due_ns = came_ns + static_cast<std::int64_t>(delay_s * share * 1e9);
    const timespec due{due_ns / 1'000'000'000, due_ns % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
    const std::string answer = frame(2, std::string("\x81\xa7"
                                                    "actions\x91\x91\xcb",
                                                    12) +
                                            std::string(8, '\0'));
    const std::int64_t left_ns = now_ns();
    if (!c.say(answer)) return;
    std::fprintf(log, "%.6f %lld %lld\n", delay_s, static_cast<long long>(came_ns), static_cast<long long>(left_ns));
    std::fflush(log);
  }
}

void clock(Connection& c, std::int64_t offset_ns, double drift_ppm) {
  static const std::int64_t kStart_ns = now_ns();
  const auto theirs = [&](std::int64_t ns) {
    return ns + offset_ns + static_cast<std::int64_t>(drift_ppm * 1e-6 * static_cast<double>(ns - kStart_ns));
  };
  for (std::string words; c.head(words);) {
    std::string body = "{\"received_ns\": " + std::to_string(theirs(c.came_ns)) +
                       ", \"sent_ns\": " + std::to_string(theirs(now_ns())) + "}";
    c.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n\r\n" + body);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string mode = argv[1];
  sched_param fifo{};  // where permitted: what this machine keeps it waiting is not to be taken for the wire's
  fifo.sched_priority = 46;
  sched_setscheduler(0, SCHED_FIFO, &fifo);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  if (bind(listener, reinterpret_cast<sockaddr*>(&here), size) != 0 || listen(listener, 4) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size) != 0)
    return 1;
  std::printf("%d\n", ntohs(here.sin_port));
  std::fflush(stdout);
  std::FILE* log = mode == "policy" ? std::fopen(argv[2], "a") : nullptr;
  std::vector<double> delays_s;
  for (int i = 4; i < argc; ++i) delays_s.push_back(std::atof(argv[i]));
  if (mode == "policy" && (log == nullptr || delays_s.empty())) return 2;
  while (true) {
    Connection c;
    c.fd = accept(listener, nullptr, nullptr);
    if (c.fd < 0) return 1;
    const int yes = 1;
    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(c.fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
    if (mode == "policy")
      policy(c, log, std::atof(argv[3]), delays_s);
    else
      clock(c, std::atoll(argv[2]), std::atof(argv[3]));
    close(c.fd);
  }
}
