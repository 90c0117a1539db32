#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "evidence/errors.h"
#include "evidence/keys.h"
#include "evidence/zip_format.h"

namespace assay::evidence {
namespace {

Error not_written(const std::string& path, std::string found) {
  return evidence_error(kNotWritten, {"the bundle cannot be written", "无法写入证据包"}, path, std::move(found));
}

}  // namespace

Result<std::unique_ptr<ZipWriter>> ZipWriter::create(const std::string& path) {
  std::unique_ptr<ZipWriter> out(new ZipWriter);
  out->path_ = path;
  out->fd_ = open((path + ".partial").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (out->fd_ < 0) return not_written(path, std::strerror(errno));
  return out;
}

ZipWriter::~ZipWriter() {
  if (fd_ < 0) return;
  close(fd_);
  unlink((path_ + ".partial").c_str());
}

Result<void> ZipWriter::put(std::string_view bytes) {
  at_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return not_written(path_, std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> ZipWriter::begin(const std::string& path, std::uint64_t size, std::uint32_t crc32) {
  if (!is_safe_path(path) || size > kMaxFileBytes || entries_.size() >= kMaxEntries)
    return evidence_error(kBadName, {"a file cannot stand in a bundle", "该文件不能放入证据包"}, path_,
                          path + ", " + std::to_string(size) + " bytes",
                          {"a plain relative name, less than 4 GiB, at most 200 000 files",
                           "普通的相对路径，小于 4 GiB，文件数不超过 200 000"});
  entries_.push_back({path, size, at_, crc32});
  return put(zip::local_header(entries_.back()));
}

Result<void> ZipWriter::write(std::string_view block) { return put(block); }

Result<void> ZipWriter::add(const std::string& path, std::string_view bytes) {
  ASSAY_RETURN_IF_ERROR(begin(path, bytes.size(), digests(bytes, Digests::crc32).crc32));
  return put(bytes);
}

Result<void> ZipWriter::finish() {
  const std::uint64_t directory = at_;
  for (const auto& entry : entries_) ASSAY_RETURN_IF_ERROR(put(zip::central_header(entry)));
  ASSAY_RETURN_IF_ERROR(put(zip::end_records(entries_.size(), directory, at_ - directory)));
  const bool durable = fsync(fd_) == 0;
  const int why = errno;
  if (close(fd_) != 0 || !durable) return not_written(path_, std::strerror(why));
  fd_ = -1;
  const std::string partial = path_ + ".partial";
  if (std::rename(partial.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    unlink(partial.c_str());
    return not_written(path_, std::strerror(reason));
  }
  const auto parent = std::filesystem::path(path_).parent_path();
  const int folder = open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return {};
}

}  // namespace assay::evidence
