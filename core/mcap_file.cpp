// Traces on disk: whole or absent on writing, bounded on reading.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/mcap.h"
#include "core/mcap_format.h"
#include "core/sha256.h"

namespace assay {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  /// Network and quota file systems report a failed write only here.
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

Error cannot_write(const std::string& path, int reason) {
  return {
      .id = 102,
      .what = {"the trace cannot be written", "无法写入试验记录"},
      .place = {path},
      .expected = {"a folder with room that may be written to", "有剩余空间且可写入的目录"},
      .found = std::strerror(reason),
      .help = {"free disk space or choose another workspace, then resume", "请清理磁盘空间或更换工作区，然后恢复运行"}};
}

Error cannot_read(const std::string& path, int reason) {
  return {.id = 103,
          .what = {"the trace cannot be read", "无法读取试验记录"},
          .place = {path},
          .expected = {"a readable MCAP file", "可读取的 MCAP 文件"},
          .found = std::strerror(reason),
          .help = {"check that it exists and that you may read it", "请确认文件存在并且有读取权限"}};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool write_durably(const std::string& path, std::string_view bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  return file.open() && write_all(file.get(), bytes) && ::fsync(file.get()) == 0 && file.close();
}

bool sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.open() && ::fsync(fd.get()) == 0;
}

}  // namespace

Result<std::string> write_mcap(const std::string& path, const Trace& trace) {
  const std::string bytes = mcap::encode(trace);
  const std::string partial = path + ".partial";
  if (!write_durably(partial, bytes) || ::rename(partial.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(partial.c_str());
    return cannot_write(path, reason);
  }
  if (!sync_folder_of(path)) return cannot_write(path, errno);
  return sha256_hex(bytes);
}

Result<Trace> read_mcap(const std::string& path, std::size_t max_bytes) {
  // Not blocking, so that a pipe in the file's place is refused instead of waited for.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.open() || ::fstat(file.get(), &status) != 0) return cannot_read(path, errno);
  if (!S_ISREG(status.st_mode)) return cannot_read(path, S_ISDIR(status.st_mode) ? EISDIR : EINVAL);
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes) {
    return mcap::too_large(path, static_cast<std::uint64_t>(status.st_size), max_bytes);
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + got, bytes.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(path, errno);
    if (count == 0) break;  // cut short while we read: decode() will say where
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return mcap::decode(bytes, path, max_bytes);
}

}  // namespace assay
