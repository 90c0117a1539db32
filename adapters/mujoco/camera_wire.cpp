#include "adapters/mujoco/camera_wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace assay::mujoco {
namespace {

constexpr std::uint64_t kMostBytes = 1u << 30;

struct Head {
  std::uint32_t word = 0, spare = 0;
  std::uint64_t bytes = 0;
};

bool ready(int fd, short what, SteadyTime until) {
  while (true) {
    const std::int64_t left_ms = (until.ns - steady_now().ns) / 1'000'000;
    if (left_ms < 0) return false;
    pollfd one{fd, what, 0};
    const int n = poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left_ms + 1, 1'000'000)));
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

bool send_all(int fd, const char* data, std::size_t size, SteadyTime until) {
  while (size > 0) {
    const ssize_t n = ::send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      data += n;
      size -= static_cast<std::size_t>(n);
    } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (!ready(fd, POLLOUT, until)) return false;
    } else {
      return false;
    }
  }
  return true;
}

bool receive_all(int fd, char* data, std::size_t size, SteadyTime until) {
  while (size > 0) {
    const ssize_t n = ::recv(fd, data, size, MSG_DONTWAIT);
    if (n > 0) {
      data += n;
      size -= static_cast<std::size_t>(n);
    } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (!ready(fd, POLLIN, until)) return false;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string pack(const CameraLook& look) {
  const std::int32_t head[] = {look.camera, look.width, look.height};
  std::string out(reinterpret_cast<const char*>(head), sizeof head);
  out.append(reinterpret_cast<const char*>(look.state.data()), look.state.size() * sizeof(double));
  return out;
}

std::optional<CameraLook> unpack(const std::string& bytes) {
  std::int32_t head[3];
  if (bytes.size() < sizeof head || (bytes.size() - sizeof head) % sizeof(double) != 0) return std::nullopt;
  std::memcpy(head, bytes.data(), sizeof head);
  CameraLook out{head[0], head[1], head[2], std::vector<double>((bytes.size() - sizeof head) / sizeof(double))};
  std::memcpy(out.state.data(), bytes.data() + sizeof head, bytes.size() - sizeof head);
  return out;
}

bool send(int fd, CameraWord word, const std::string& bytes, SteadyTime until) {
  const Head head{static_cast<std::uint32_t>(word), 0, bytes.size()};
  return send_all(fd, reinterpret_cast<const char*>(&head), sizeof head, until) &&
         send_all(fd, bytes.data(), bytes.size(), until);
}

std::optional<CameraMessage> receive(int fd, SteadyTime until) {
  Head head;
  if (!receive_all(fd, reinterpret_cast<char*>(&head), sizeof head, until) || head.bytes > kMostBytes)
    return std::nullopt;
  CameraMessage out{static_cast<CameraWord>(head.word), std::string(head.bytes, '\0')};
  if (!receive_all(fd, out.bytes.data(), out.bytes.size(), until)) return std::nullopt;
  return out;
}

}  // namespace assay::mujoco
