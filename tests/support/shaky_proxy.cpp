#include "tests/support/shaky_proxy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "adapters/live/realtime.h"

namespace assay::testing {
namespace {

sockaddr_in local(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

void at_once(int fd) {
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

void reset(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  shutdown(fd, SHUT_RDWR);
}

bool send_all(int fd, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t n = send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

}  // namespace

ShakyProxy::ShakyProxy(std::uint16_t target, Tamper tamper) : target_(target), tamper_(std::move(tamper)) {
  listen();
  accepting_ = std::thread([this] { accept(); });
}

void ShakyProxy::listen() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address = local(port_);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 16) != 0) {
    close(fd);
    return;
  }
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  listening_ = fd;
}

ShakyProxy::~ShakyProxy() {
  closing_ = true;
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (auto& pair : pairs_)
      for (const int fd : {pair.client, pair.server}) shutdown(fd, SHUT_RDWR);
  }
  for (auto& pair : pairs_) {
    pair.up.join();
    pair.down.join();
    close(pair.client);
    close(pair.server);
  }
  if (listening_ >= 0) close(listening_);
}

void ShakyProxy::set(Mode mode) {
  mode_ = mode;
  if (mode != Mode::reset && mode != Mode::refuse) return;
  const std::lock_guard lock(mutex_);
  for (auto& pair : pairs_) {
    if (mode == Mode::reset) reset(pair.client);
    for (const int fd : {pair.client, pair.server}) shutdown(fd, SHUT_RDWR);
  }
}

void ShakyProxy::accept() {
  while (!closing_) {
    if (mode_ == Mode::refuse && listening_ >= 0) {
      close(listening_);
      listening_ = -1;
    }
    if (mode_ != Mode::refuse && listening_ < 0) listen();
    pollfd ready{listening_, POLLIN, 0};
    if (listening_ < 0 || poll(&ready, 1, 20) <= 0) {
      nap();
      continue;
    }
    const int client = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (mode_ == Mode::reset) {
      reset(client);
      close(client);
      continue;
    }
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = local(target_);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(client);
      close(server);
      continue;
    }
    at_once(client);
    at_once(server);
    const std::lock_guard lock(mutex_);
    auto& pair = pairs_.emplace_back();
    pair.client = client;
    pair.server = server;
    pair.up = std::thread([this, client, server] { pump(client, server, false); });
    pair.down = std::thread([this, client, server] { pump(server, client, true); });
  }
}

/// Telemetry is known by its content type; its head passes as it is.
void ShakyProxy::pump(int from, int to, bool down) {
  make_thread_realtime(kLinkPriority);  // faults come from the test, not from a busy machine
  bool lines = false;
  std::string buffer;
  char chunk[65536];
  while (!closing_) {
    pollfd ready{from, POLLIN, 0};
    if (poll(&ready, 1, 20) <= 0) continue;
    if (mode_ == Mode::freeze) {
      nap();
      continue;
    }
    const ssize_t got = recv(from, chunk, sizeof chunk, 0);
    if (got <= 0) break;
    if (!down || !tamper_) {
      if (!send_all(to, std::string(chunk, static_cast<std::size_t>(got)))) break;
      continue;
    }
    buffer.append(chunk, static_cast<std::size_t>(got));
    if (!lines) {
      const auto head = buffer.find("\r\n\r\n");
      lines = head != std::string::npos && buffer.find("x-ndjson") < head;
      const std::string out = buffer.substr(0, lines ? head + 4 : buffer.size());
      buffer.erase(0, out.size());
      if (!send_all(to, out)) break;
    }
    std::size_t begin = 0;
    bool sent = true;
    for (auto end = buffer.find('\n'); lines && sent && end != std::string::npos; end = buffer.find('\n', begin)) {
      const auto line = tamper_(buffer.substr(begin, end - begin));
      begin = end + 1;
      if (line) sent = send_all(to, *line);
    }
    buffer.erase(0, begin);
    if (!sent) break;
  }
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

}  // namespace assay::testing
