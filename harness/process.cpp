#include "harness/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace assay::harness {
namespace {

// Where the worker finds its descriptors; the coordinator's own copies stay above, so that none is overwritten.
constexpr int kIn = 3, kOut = 4, kHeartbeat = 5, kFirstFree = 10;

Error cannot_spawn(const std::string& program, const char* call, int error) {
  return Error{.id = 530,
               .what = {"a worker process cannot be started", "无法启动工作进程"},
               .place = {program},
               .found = std::string(call) + ": " + std::strerror(error),
               .help = {"check that the program can be run and that the limits on processes and open files allow it",
                        "请确认程序可执行，且进程数与打开文件数未超出限制"}};
}

/// Closes on scope exit unless released.
struct Fd {
  int value = -1;
  ~Fd() {
    if (value >= 0) close(value);
  }
  int release() { return std::exchange(value, -1); }
};

int raised(int fd) {
  if (fd < 0) return -1;
  const int high = fcntl(fd, F_DUPFD_CLOEXEC, kFirstFree);
  close(fd);
  return high;
}

struct SpawnSetup {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
};

}  // namespace

HeartbeatPage* map_heartbeat(int fd) {
  void* memory = mmap(nullptr, sizeof(HeartbeatPage), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<HeartbeatPage*>(memory);
}

void unmap_heartbeat(HeartbeatPage* page) {
  if (page != nullptr) munmap(page, sizeof(HeartbeatPage));
}

Result<WorkerProcess> WorkerProcess::spawn(const std::string& program, const std::string& stderr_path) {
  int pair[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return cannot_spawn(program, "socketpair", errno);
  Fd ours{raised(pair[0])}, theirs{raised(pair[1])};
  Fd memory{raised(memfd_create("assay-heartbeat", MFD_CLOEXEC))};
  if (ours.value < 0 || theirs.value < 0 || memory.value < 0 || ftruncate(memory.value, sizeof(HeartbeatPage)) != 0)
    return cannot_spawn(program, "memfd", errno);

  SpawnSetup setup;
  posix_spawn_file_actions_addopen(&setup.actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&setup.actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&setup.actions, 2, stderr_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&setup.actions, theirs.value, kIn);
  posix_spawn_file_actions_adddup2(&setup.actions, theirs.value, kOut);
  posix_spawn_file_actions_adddup2(&setup.actions, memory.value, kHeartbeat);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&setup.attributes, &none);
  posix_spawnattr_setsigdefault(&setup.attributes, &all);
  posix_spawnattr_setflags(&setup.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::string arguments[] = {program, "worker", std::to_string(kIn), std::to_string(kOut), std::to_string(kHeartbeat)};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                  arguments[3].data(), arguments[4].data(), nullptr};
  WorkerProcess out;
  if (const int error = posix_spawn(&out.pid_, program.c_str(), &setup.actions, &setup.attributes, argv, environ);
      error != 0) {
    out.pid_ = -1;
    return cannot_spawn(program, "posix_spawn", error);
  }
  out.page_ = map_heartbeat(memory.value);
  out.socket_ = ours.release();
  if (out.page_ == nullptr) return cannot_spawn(program, "mmap", errno);
  return out;
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept { *this = std::move(other); }

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
  if (this == &other) return *this;
  release();
  pid_ = std::exchange(other.pid_, -1);
  socket_ = std::exchange(other.socket_, -1);
  page_ = std::exchange(other.page_, nullptr);
  buffer_ = std::move(other.buffer_);
  ended_ = std::exchange(other.ended_, std::nullopt);
  return *this;
}

WorkerProcess::~WorkerProcess() { release(); }

void WorkerProcess::release() {
  if (pid_ > 0 && !ended_) {
    kill();
    reap();
  }
  if (socket_ >= 0) close(socket_);
  unmap_heartbeat(page_);
  pid_ = socket_ = -1;
  page_ = nullptr;
}

bool WorkerProcess::send(const std::string& line) {
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t n = ::send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

std::vector<std::string> WorkerProcess::lines(bool& closed) {
  char chunk[65536];
  while (true) {
    const ssize_t n = recv(socket_, chunk, sizeof chunk, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (n <= 0) {
      closed = true;
      break;
    }
    buffer_.append(chunk, static_cast<std::size_t>(n));
  }
  std::vector<std::string> out;
  std::size_t from = 0;
  for (std::size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n', from)) {
    out.push_back(buffer_.substr(from, end - from));
    from = end + 1;
  }
  buffer_.erase(0, from);
  return out;
}

void WorkerProcess::kill() {
  if (pid_ > 0 && !ended_) ::kill(pid_, SIGKILL);
}

std::optional<ExitState> WorkerProcess::ended() {
  if (ended_ || pid_ <= 0) return ended_;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_)
    ended_ = WIFSIGNALED(status) ? ExitState{true, WTERMSIG(status)} : ExitState{false, WEXITSTATUS(status)};
  return ended_;
}

ExitState WorkerProcess::reap() {
  int status = 0;
  while (!ended_) {
    const pid_t pid = waitpid(pid_, &status, 0);
    if (pid == pid_)
      ended_ = WIFSIGNALED(status) ? ExitState{true, WTERMSIG(status)} : ExitState{false, WEXITSTATUS(status)};
    else if (pid < 0 && errno != EINTR)
      ended_ = ExitState{};
  }
  return *ended_;
}

}  // namespace assay::harness
