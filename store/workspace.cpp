#include "store/workspace.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include "core/sha256.h"
#include "store/store.h"

namespace assay::store {

namespace fs = std::filesystem;

namespace {

/// Closes on every way out.
class Fd {
 public:
  Fd(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> sync_path(const std::string& path, int flags) {
  const Fd fd(path, flags);
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return not_possible(path, "fsync", errno);
  return {};
}

Result<void> sync_folder(const fs::path& folder) { return sync_path(folder.string(), O_RDONLY | O_DIRECTORY); }

/// Creates one folder below an existing one and makes its name durable.
Result<void> make_folder(const fs::path& folder) {
  std::error_code code;
  if (fs::is_directory(folder, code)) return {};
  if (!fs::create_directories(folder, code) && code) return not_possible(folder.string(), "mkdir", code.value());
  const auto parent = folder.parent_path();
  return sync_folder(parent.empty() ? fs::path(".") : parent);
}

Error trace_error(std::string file, std::string found, Text expected) {
  return store_error(716, {"the trial's trace cannot be kept", "无法保存该试验的轨迹"}, std::move(file),
                     std::move(found),
                     {"the trial stays on record as started; write the trace again into the staging folder",
                      "该试验仍记录为“已开始”；请将轨迹重新写入暂存文件夹"},
                     std::move(expected));
}

}  // namespace

Error store_error(int id, Text what, std::string file, std::string found, Text help, Text expected) {
  Error error;
  error.id = id;
  error.what = std::move(what);
  error.place.file = std::move(file);
  error.expected = std::move(expected);
  error.found = std::move(found);
  error.help = std::move(help);
  return error;
}

Error not_possible(std::string file, const std::string& what, int error_number) {
  const std::string found = what + ": " + std::strerror(error_number);
  if (error_number == ENOSPC || error_number == EDQUOT)
    return store_error(
        707, {"the disk is full", "磁盘已满"}, std::move(file), found,
        {"free some space, then resume: what was committed is safe", "请腾出空间后继续运行；已提交的内容不受影响"});
  return store_error(701, {"the workspace cannot be opened or written", "无法打开或写入工作区"}, std::move(file), found,
                     {"check that the folder exists, is yours and is writable", "请确认文件夹存在、归您所有且可写"});
}

Result<void> create_layout(const std::string& folder) {
  const fs::path root(folder);
  for (const auto& path : {root, root / kStagingName, root / "traces"}) ASSAY_RETURN_IF_ERROR(make_folder(path));
  return {};
}

namespace {

/// The process that the lock's file names, for people; empty if none does.
std::string named_holder(int fd) {
  char holder[32] = {};
  const auto length = ::pread(fd, holder, sizeof holder - 1, 0);
  std::string found(holder, length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!found.empty() && found.back() == '\n') found.pop_back();
  return found;
}

/// A killed writer's lock is held on by a child that it was just starting, until that child runs its own program.
bool is_gone(const std::string& process) {
  int pid = 0;
  const auto read = std::from_chars(process.data(), process.data() + process.size(), pid);
  return read.ec == std::errc{} && pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

constexpr int kLockTries = 200;
constexpr std::chrono::milliseconds kLockWait{10};

}  // namespace

WriterLock::~WriterLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> WriterLock::take(const std::string& folder) {
  const std::string path = (fs::path(folder) / "assay.lock").string();
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) return not_possible(path, "open", errno);
  for (int i = 0; ::flock(fd_, LOCK_EX | LOCK_NB) != 0; ++i) {
    if (errno != EWOULDBLOCK) return not_possible(path, "flock", errno);
    const auto holder = named_holder(fd_);
    if (i >= kLockTries || !is_gone(holder))
      return store_error(
          703, {"another process is writing to this workspace", "另一个进程正在写入此工作区"}, path,
          "process " + holder,
          {"wait for it to end, or open the workspace for reading", "请等待其结束，或以只读方式打开工作区"});
    std::this_thread::sleep_for(kLockWait);
  }
  const std::string holder = std::to_string(::getpid()) + "\n";
  // For people only: a lost write changes nothing.
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, holder.data(), holder.size(), 0) < 0) return {};
  return {};
}

Result<StoredTrace> keep_trace(const std::string& folder, const std::string& staged,
                               const std::string& expected_sha256) {
  write_point("trace_written");
  if (auto synced = sync_path(staged, O_RDONLY); !synced) return trace_error(staged, synced.error().found, {});
  const auto digest = sha256_file(staged);
  if (!digest) return trace_error(staged, digest.error().found, {});
  StoredTrace kept;
  kept.sha256 = to_hex(*digest);
  if (!expected_sha256.empty() && expected_sha256 != kept.sha256)
    return trace_error(
        staged, "SHA-256 " + kept.sha256,
        {"SHA-256 " + expected_sha256 + ", as its writer stated", "写入方给出的 SHA-256：" + expected_sha256});
  kept.path = "traces/" + kept.sha256.substr(0, 2) + "/" + kept.sha256 + ".mcap";
  const fs::path target = fs::path(folder) / kept.path;
  ASSAY_RETURN_IF_ERROR(make_folder(target.parent_path()));
  write_point("trace_renamed");
  if (::rename(staged.c_str(), target.c_str()) != 0) {
    const int number = errno;
    if (number == ENOSPC || number == EDQUOT) return not_possible(target.string(), "rename", number);
    return trace_error(staged, std::strerror(number),
                       {"a file in the workspace's staging folder", "位于工作区暂存文件夹中的文件"});
  }
  ASSAY_RETURN_IF_ERROR(sync_folder(target.parent_path()));
  ASSAY_RETURN_IF_ERROR(sync_folder(fs::path(staged).has_parent_path() ? fs::path(staged).parent_path() : "."));
  return kept;
}

void sweep_orphans(const std::string& folder, const std::set<std::string>& named) {
  // Best effort: a trace that cannot be moved stays where it is, which harms nothing.
  std::error_code code;
  std::vector<fs::path> orphans;
  for (fs::recursive_directory_iterator it(fs::path(folder) / "traces", code), end; !code && it != end;
       it.increment(code)) {
    const auto& path = it->path();
    if (path.extension() == ".mcap" && !named.contains(path.stem().string())) orphans.push_back(path);
  }
  for (const auto& path : orphans)
    fs::rename(path, fs::path(folder) / kStagingName / ("orphan-" + path.filename().string()), code);
}

}  // namespace assay::store
