#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>

#include "evidence/encoding.h"
#include "evidence/errors.h"
#include "evidence/zip_format.h"

namespace assay::evidence {
namespace {

constexpr std::size_t kMaxPath = 400;

bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(Json(std::string(text)).dump());
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

}  // namespace

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxPath || path.back() == '/') return false;
  for (const char c : path)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || std::strchr("\\:*?\"<>|", c) != nullptr) return false;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const auto part = path.substr(at, end - at);
    if (part.empty() || part == "." || part == ".." || part.back() == '.' || part.back() == ' ') return false;
    at = end + 1;
  }
  return is_utf8(path);
}

ZipReader::~ZipReader() {
  if (fd_ >= 0) close(fd_);
}

Error ZipReader::broken(std::string found) const {
  return evidence_error(kNotABundle, {"this is no bundle, or it is broken", "这不是证据包，或已损坏"}, path_,
                        std::move(found),
                        {"a zip as `assay bundle create` writes it", "由 `assay bundle create` 写出的 zip 文件"},
                        {"ask the issuer for the file again", "请向出具方重新索取该文件"});
}

Result<std::unique_ptr<ZipReader>> ZipReader::open(const std::string& path) {
  std::unique_ptr<ZipReader> out(new ZipReader);
  out->path_ = path;
  out->fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  if (out->fd_ < 0 || fstat(out->fd_, &info) != 0) return out->broken(std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return out->broken("not a regular file");
  out->size_ = static_cast<std::uint64_t>(info.st_size);
  posix_fadvise(out->fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  ASSAY_RETURN_IF_ERROR(out->read_structure());
  return out;
}

Result<std::string> ZipReader::bytes_at(std::uint64_t offset, std::size_t size) const {
  std::string out(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = pread(fd_, out.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return broken(got < 0 ? std::strerror(errno) : "the file ends early");
    done += static_cast<std::size_t>(got);
  }
  return out;
}

Result<void> ZipReader::read_structure() {
  if (size_ < zip::kEndBytes) return broken("too short");
  ASSAY_TRY(auto end, bytes_at(size_ - zip::kEndBytes, zip::kEndBytes));
  if (zip::number(end, 0, 4) != zip::kEndMark) return broken("no end of a zip directory at the end of the file");
  std::uint64_t count = zip::number(end, 10, 2), bytes = zip::number(end, 12, 4), from = zip::number(end, 16, 4);
  constexpr std::size_t kTail64 = zip::kEnd64Bytes + zip::kLocatorBytes + zip::kEndBytes;
  if ((count == 0xFFFF || bytes == 0xFFFFFFFF || from == 0xFFFFFFFF) && size_ >= kTail64) {
    ASSAY_TRY(end, bytes_at(size_ - kTail64, kTail64));
    count = zip::number(end, 32, 8);
    bytes = zip::number(end, 40, 8);
    from = zip::number(end, 48, 8);
  }
  if (count > kMaxEntries || bytes > count * (zip::kCentralBytes + kMaxPath + 12))
    return evidence_error(kTooLarge, {"the bundle holds too many files", "证据包中的文件过多"}, path_,
                          std::to_string(count), {"at most 200 000", "不超过 200 000 个"});
  if (from > size_ || bytes > size_ - from || size_ - from - bytes != end.size() ||
      end != zip::end_records(count, from, bytes))
    return broken("the end of the zip directory does not fit the file");
  return read_directory(count, from, bytes);
}

Result<void> ZipReader::read_directory(std::uint64_t count, std::uint64_t from, std::uint64_t bytes) {
  ASSAY_TRY(const auto directory, bytes_at(from, bytes));
  std::size_t at = 0;
  std::uint64_t offset = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (directory.size() - at < zip::kCentralBytes) return broken("the zip directory ends early");
    const std::size_t name = zip::number(directory, at + 28, 2);
    const std::string_view rest = std::string_view(directory).substr(at);
    if (rest.size() < zip::kCentralBytes + name) return broken("the zip directory ends early");
    ZipEntry entry{std::string(rest.substr(zip::kCentralBytes, name)), zip::number(rest, 24, 4), offset,
                   static_cast<std::uint32_t>(zip::number(rest, 16, 4))};
    if (!is_safe_path(entry.path))
      return evidence_error(kBadName,
                            {"a file of the bundle has a name that could do harm", "证据包中有文件名存在风险"}, path_,
                            entry.path, {"a plain relative name", "普通的相对路径"});
    const std::string expected = zip::central_header(entry);
    if (rest.substr(0, expected.size()) != expected) return broken("the zip directory's entry for " + entry.path);
    at += expected.size();
    ASSAY_RETURN_IF_ERROR(check_entry(entry, from));
    offset += zip::kLocalBytes + entry.path.size() + entry.size;
    entries_.push_back(std::move(entry));
  }
  if (at != directory.size() || offset != from) return broken("bytes that belong to no file");
  by_path_.resize(entries_.size());
  std::iota(by_path_.begin(), by_path_.end(), std::size_t{0});
  std::sort(by_path_.begin(), by_path_.end(), [&](auto a, auto b) { return entries_[a].path < entries_[b].path; });
  for (std::size_t i = 1; i < by_path_.size(); ++i)
    if (entries_[by_path_[i]].path == entries_[by_path_[i - 1]].path)
      return broken("two files named " + entries_[by_path_[i]].path);
  return {};
}

/// The entry lies before `limit`, and its local header says the same as the directory.
Result<void> ZipReader::check_entry(const ZipEntry& entry, std::uint64_t limit) const {
  const std::string expected = zip::local_header(entry);
  if (entry.offset > limit || limit - entry.offset < expected.size() + entry.size)
    return broken(entry.path + " lies outside the file");
  ASSAY_TRY(const auto found, bytes_at(entry.offset, expected.size()));
  if (found != expected) return broken("the header before " + entry.path);
  return {};
}

const ZipEntry* ZipReader::find(std::string_view path) const {
  const auto at = std::lower_bound(by_path_.begin(), by_path_.end(), path,
                                   [&](std::size_t i, std::string_view wanted) { return entries_[i].path < wanted; });
  return at != by_path_.end() && entries_[*at].path == path ? &entries_[*at] : nullptr;
}

Result<void> ZipReader::read(const ZipEntry& entry, const Sink& sink) const {
  const std::uint64_t start = entry.offset + zip::kLocalBytes + entry.path.size();
  std::string block(std::min<std::uint64_t>(kBlock, entry.size), '\0');
  for (std::uint64_t done = 0; done < entry.size;) {
    const std::size_t want = std::min<std::uint64_t>(block.size(), entry.size - done);
    const ssize_t got = pread(fd_, block.data(), want, static_cast<off_t>(start + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return broken("the file ends early");
    ASSAY_RETURN_IF_ERROR(sink(std::string_view(block).substr(0, static_cast<std::size_t>(got))));
    done += static_cast<std::uint64_t>(got);
  }
  return {};
}

Result<std::string> ZipReader::text(const ZipEntry& entry, std::uint64_t most) const {
  if (entry.size > most)
    return evidence_error(kTooLarge, {"a file of the bundle is too large", "证据包中的文件过大"}, path_,
                          entry.path + ": " + std::to_string(entry.size) + " bytes",
                          {"at most " + std::to_string(most), "不超过 " + std::to_string(most) + " 字节"});
  return bytes_at(entry.offset + zip::kLocalBytes + entry.path.size(), entry.size);
}

}  // namespace assay::evidence
