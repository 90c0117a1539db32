#include "cli/control.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <list>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

namespace assay::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kLongestLine = 4096, kMostClients = 16;
constexpr int kAnswer_ms = 5000;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  void reset() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  int fd_;
};

Error cannot_open(const std::string& path) {
  return Error{.id = 920,
               .what = {"the run cannot be watched or controlled from outside", "无法从外部查看或控制本次运行"},
               .place = {path},
               .found = std::strerror(errno),
               .help = {"make the workspace writable, on a file system that has sockets",
                        "请使工作区可写，且其文件系统支持套接字"}};
}

/// Address of a socket by its folder's descriptor: paths of sockets may have 107 bytes only.
std::optional<sockaddr_un> address(int folder, const std::string& name) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  const std::string path = fmt::format("/proc/self/fd/{}/{}", folder, name);
  if (path.size() >= sizeof out.sun_path) return std::nullopt;
  std::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return out;
}

Descriptor open_folder(const std::string& path) {
  return Descriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

struct Client {
  Descriptor socket;
  std::string line;
};

}  // namespace

std::string run_folder(const std::string& workspace) { return (fs::path(workspace) / "run").string(); }
std::string event_log(const std::string& workspace, const std::string& session) {
  return run_folder(workspace) + "/" + session + ".events.jsonl";
}

std::string live_view(const std::string& workspace, const std::string& session) {
  return run_folder(workspace) + "/" + session + ".live";
}

namespace {
/// A worker that was killed leaves its view behind.
void remove_views(const std::string& workspace, const std::string& session) {
  const std::string start = session + ".live-";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder(workspace), error))
    if (entry.path().filename().string().rfind(start, 0) == 0) fs::remove(entry.path(), error);
}
}  // namespace

struct RunControl::State {
  std::string workspace, session;
  Descriptor folder, listener;
  std::FILE* events = nullptr;
  std::list<Client> clients;
  bool paused = false, stop = false;
  json progress = json::object();
  std::map<std::tuple<std::string, int, int>, json> under_way;
  harness::OperatorDesk* desk = nullptr;

  json refusal(const Error& error) const {
    return {{"schema", "assay.control/1"},
            {"session", session},
            {"error", to_string(error, Lang::en)},
            {"error_zh", to_string(error, Lang::zh)}};
  }

  json answer(const std::string& line) {
    const json request = json::parse(line, nullptr, false);
    const auto what = request.is_object() && request.contains("do") && request["do"].is_string()
                          ? request["do"].get<std::string>()
                          : "";
    if (what == "pause")
      paused = true;
    else if (what == "continue")
      paused = false;
    else if (what == "stop")
      stop = true;
    else if (desk != nullptr && (what == "answer" || what == "score")) {
      if (auto done = what == "score" ? desk->score(request) : desk->act(request, steady_now()); !done)
        return refusal(done.error());
    } else if (what != "status")
      return {
          {"schema", "assay.control/1"},
          {"session", session},
          {"error", "expected {\"do\": \"status\" | \"pause\" | \"continue\" | \"stop\" | \"answer\" | \"score\"}"}};
    json out = {{"schema", "assay.control/1"},
                {"session", session},
                {"pid", getpid()},
                {"state", stop     ? "stopping"
                          : paused ? "paused"
                                   : "running"},
                {"under_way", json::array()}};
    for (const char* key : {"done", "expected", "most", "jobs", "eta_s"}) out[key] = progress.value(key, json());
    for (const auto& [key, trial] : under_way) out["under_way"].push_back(trial);
    out["prompt"] = desk != nullptr ? desk->prompt(steady_now()) : json();
    return out;
  }

  /// False when the client is done with.
  bool serve(Client& client) {
    char buffer[1024];
    for (;;) {
      const auto n = recv(client.socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      if (n == 0) return false;
      client.line.append(buffer, static_cast<std::size_t>(n));
      for (auto end = client.line.find('\n'); end != std::string::npos; end = client.line.find('\n')) {
        const std::string out =
            answer(client.line.substr(0, end)).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        client.line.erase(0, end + 1);
        // Who does not read is not waited for.
        if (send(client.socket.get(), out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL) !=
            static_cast<ssize_t>(out.size()))
          return false;
      }
      if (client.line.size() > kLongestLine) return false;
    }
  }
};

RunControl::RunControl(std::unique_ptr<State> state) : state_(std::move(state)) {}

RunControl::~RunControl() {
  unlinkat(state_->folder.get(), (state_->session + ".sock").c_str(), 0);
  remove_views(state_->workspace, state_->session);
  if (state_->events != nullptr) std::fclose(state_->events);
}

Result<std::unique_ptr<RunControl>> RunControl::open(const std::string& workspace, const std::string& session) {
  const std::string folder = run_folder(workspace), name = session + ".sock";
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  chmod(folder.c_str(), 0700);
  std::unique_ptr<RunControl> out(new RunControl(std::make_unique<State>()));
  State& s = *out->state_;
  s.workspace = workspace;
  s.session = session;
  remove_views(workspace, session);
  s.folder = open_folder(folder);
  if (s.folder.get() < 0) return cannot_open(folder);
  s.events = std::fopen(event_log(workspace, session).c_str(), "ae");
  if (s.events == nullptr) return cannot_open(event_log(workspace, session));
  unlinkat(s.folder.get(), name.c_str(), 0);  // of a run that was killed: the store's lock says that none lives
  s.listener = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto where = address(s.folder.get(), name);
  if (s.listener.get() < 0 || !where ||
      bind(s.listener.get(), reinterpret_cast<const sockaddr*>(&*where), sizeof *where) != 0 ||
      listen(s.listener.get(), static_cast<int>(kMostClients)) != 0)
    return cannot_open(folder + "/" + name);
  return out;
}

void RunControl::serve(harness::OperatorDesk& desk) { state_->desk = &desk; }

void RunControl::poll() {
  State& s = *state_;
  while (s.clients.size() < kMostClients) {
    const int fd = accept4(s.listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) break;
    s.clients.push_back({Descriptor(fd), {}});
  }
  s.clients.remove_if([&](Client& client) { return !s.serve(client); });
}

bool RunControl::paused() const { return state_->paused; }
bool RunControl::stop_asked() const { return state_->stop; }

void RunControl::on_event(const RunEvent& event) {
  State& s = *state_;
  std::fprintf(s.events, "%s\n", event.json.c_str());
  std::fflush(s.events);
  json data = json::parse(event.json, nullptr, false);
  if (!data.is_object()) return;
  const std::tuple key{data.value("task", ""), data.value("level", 0), data.value("index", 0)};
  if (event.type == "trial_started")
    s.under_way[key] = {{"task", std::get<0>(key)},
                        {"level", std::get<1>(key)},
                        {"index", std::get<2>(key)},
                        {"since", data.value("time", "")}};
  if (event.type == "trial_finished") s.under_way.erase(key);
  if (event.type == "progress") s.progress = std::move(data);
}

namespace {

/// By a signal or a debugger.
bool is_stopped(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(file, text);
  const auto end = text.rfind(") ");
  return end != std::string::npos && end + 2 < text.size() && (text[end + 2] == 'T' || text[end + 2] == 't');
}

/// The run's answer, whatever it says.
Result<json> exchange(const std::string& workspace, const std::string& session, const json& message) {
  const std::string folder_path = run_folder(workspace), name = session + ".sock";
  const Error none{.id = 921,
                   .what = {"the session has no run under way", "该检测当前没有正在进行的运行"},
                   .place = {folder_path + "/" + name},
                   .help = {"`assay status` lists sessions; `assay resume` goes on with one that was interrupted",
                            "`assay status` 列出检测；`assay resume` 继续被中断的检测"}};
  Error silent{.id = 922,
               .what = {"the run does not answer", "运行没有应答"},
               .place = {folder_path + "/" + name},
               .expected = {"an answer within 5 s", "5 秒内应答"},
               .help = {"look at its process and at logs/assay.log", "请查看其进程与 logs/assay.log"}};
  const Descriptor folder = open_folder(folder_path);
  const Descriptor talk(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto where = folder.get() < 0 ? std::nullopt : address(folder.get(), name);
  if (!where || connect(talk.get(), reinterpret_cast<const sockaddr*>(&*where), sizeof *where) != 0) return none;
  ucred far{};
  socklen_t size = sizeof far;
  if (getsockopt(talk.get(), SOL_SOCKET, SO_PEERCRED, &far, &size) == 0 && is_stopped(far.pid)) {
    silent.found = fmt::format("process {} is stopped", far.pid);
    silent.help = {fmt::format("`kill -CONT {}` lets it go on", far.pid),
                   fmt::format("`kill -CONT {}` 使其继续", far.pid)};
    return silent;
  }
  const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  if (send(talk.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) return silent;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kAnswer_ms);
  std::string text;
  while (text.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd wait{talk.get(), POLLIN, 0};
    if (left.count() <= 0 || text.size() > (1u << 20)) return silent;
    if (::poll(&wait, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) return silent;
    if ((wait.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    char buffer[4096];
    const auto n = recv(talk.get(), buffer, sizeof buffer, 0);
    if (n <= 0) return silent;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  json out = json::parse(text, nullptr, false);
  if (!out.is_object()) return silent;
  return out;
}

}  // namespace

Result<json> tell_run(const std::string& workspace, const std::string& session, const json& message) {
  ASSAY_TRY(auto out, exchange(workspace, session, message));
  if (out.contains("error"))
    return Error{.id = 924,
                 .what = {"the run refuses what it was told", "运行拒绝了所收到的内容"},
                 .place = {session},
                 .found = out.value("error", "") + "\n" + out.value("error_zh", ""),
                 .help = {"`assay status --json` shows what it waits for; docs/wire-manual.md",
                          "`assay status --json` 显示其等待的内容；docs/zh/wire-manual.md"}};
  return out;
}

Result<json> ask_run(const std::string& workspace, const std::string& session, const std::string& what) {
  return tell_run(workspace, session, {{"do", what}});
}

}  // namespace assay::cli
