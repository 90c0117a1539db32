// Injected truth for the wires: answers after known delays, and logs on the clock that every process of this machine
// shares when each question had come (the network's stamp) and when its answer left. Knows nothing of Assay: sockets.
//   wire_peer policy LOG JITTER DELAY_S…     openpi's WebSocket: one row of one number; a share of JITTER varies
//   wire_peer http LOG JITTER DELAY_S…       the same as JSON over HTTP
//   wire_peer clock OFFSET_NS DRIFT_PPM      the robot API's /v1/clock with a clock that is wrong by so much
// Prints its port; runs until it is killed. A line of the log: the delay, when the question had come, when the clock
// was read last before its answer was given to the system, when the answer went by the network's stamp (0: none).
#include <openssl/evp.h>

#include <random>
#include <vector>

#include "tests/peers/wire.h"

namespace {

using wire::Connection;
using wire::now_ns;

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

class Delays {
 public:
  Delays(std::FILE* log, double jitter, std::vector<double> delays_s)
      : log_(log), jitter_(jitter), delays_s_(std::move(delays_s)) {}
  bool answer(Connection& c, const std::string& bytes) {
    const std::int64_t came_ns = c.came_ns;
    const double share = 1 + jitter_ * (static_cast<double>(random_() % 2001) / 1000 - 1);
    const double delay_s = delays_s_[n_++ % delays_s_.size()];
    c.went_ns();  // of what was said before
    wire::wait_until(came_ns + static_cast<std::int64_t>(delay_s * share * 1e9));
    const std::int64_t left_ns = now_ns();
    if (!c.say(bytes)) return false;
    std::fprintf(log_, "%.6f %lld %lld %lld\n", delay_s, static_cast<long long>(came_ns),
                 static_cast<long long>(left_ns), static_cast<long long>(c.went_ns()));
    std::fflush(log_);
    return true;
  }

 private:
  std::FILE* log_;
  const double jitter_;
  const std::vector<double> delays_s_;
  std::mt19937_64 random_{7};
  std::size_t n_ = 0;
};

void policy(Connection& c, Delays& delays) {
  std::string words, masked;
  if (!c.head(words) || !c.say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: " +
                               accept_key(words) + "\r\n\r\n"))
    return;
  c.say(frame(2, "\x80"));  // an empty map: the greeting
  const std::string answer = frame(2, std::string("\x81\xa7"
                                                  "actions\x91\x91\xcb",
                                                  12) +
                                          std::string(8, '\0'));
  for (;;) {
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
    if (opcode == 2 && !delays.answer(c, answer)) return;
  }
}

void http(Connection& c, Delays& delays) {
  for (std::string line, body; c.request(line, body);)
    if (line.find("/v1/act") == std::string::npos ? !c.answer("{}")
                                                  : !delays.answer(c, Connection::http("{\"actions\": [[0]]}")))
      return;
}

void clock(Connection& c, std::int64_t offset_ns, double drift_ppm) {
  static const std::int64_t kStart_ns = now_ns();
  const auto theirs = [&](std::int64_t ns) {
    return ns + offset_ns + static_cast<std::int64_t>(drift_ppm * 1e-6 * static_cast<double>(ns - kStart_ns));
  };
  for (std::string words; c.head(words);)
    c.answer("{\"received_ns\": " + std::to_string(theirs(c.came_ns)) +
             ", \"sent_ns\": " + std::to_string(theirs(now_ns())) + "}");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string mode = argv[1];
  std::FILE* log = mode == "clock" ? nullptr : std::fopen(argv[2], "a");
  std::vector<double> delays_s;
  for (int i = 4; i < argc; ++i) delays_s.push_back(std::atof(argv[i]));
  if (mode != "clock" && (log == nullptr || delays_s.empty())) return 2;
  Delays delays(log, std::atof(argv[3]), delays_s);
  const int listener = wire::listen_and_say();
  for (int fd = -1; (fd = accept(listener, nullptr, nullptr)) >= 0;) {
    Connection c(fd);
    if (mode == "policy")
      policy(c, delays);
    else if (mode == "http")
      http(c, delays);
    else
      clock(c, std::atoll(argv[2]), std::atof(argv[3]));
  }
  return 1;
}
