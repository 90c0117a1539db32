#include "core/live_view.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <utility>

namespace assay {
namespace {

// Layout, little-endian as the machine is: Fixed, names_bytes of text (one line per entry), padding to 8, then kSlots
// slots of {sequence, t_ns, values}. A slot is sound if its sequence is the same before and after it was read: the
// writer puts 0 there first (a sequence lock).
struct Fixed {
  char magic[8];
  std::uint64_t names_bytes, channels, slots;
  std::int64_t number, level, index;
  std::uint64_t newest;  ///< sequence of the newest frame; 0: none
};
constexpr char kMagic[8] = {'A', 'S', 'S', 'A', 'Y', 'L', 'V', '1'};
constexpr std::uint64_t kMostChannels = 10'000, kMostNames = 1u << 20;

std::uint64_t padded(std::uint64_t bytes) { return (bytes + 7) / 8 * 8; }
std::uint64_t slot_bytes(std::uint64_t channels) { return 8 * (2 + channels); }

/// Task, then name, unit and frame of each channel; a name holds no line feed.
std::string names_of(const LiveTrialHead& head) {
  std::string out = head.task + "\n";
  for (const auto& c : head.channels) out += c.name + "\n" + c.unit + "\n" + c.frame + "\n";
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0, end = text.find('\n'); end != std::string::npos; end = text.find('\n', from)) {
    out.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

bool read_at(int fd, void* into, std::size_t bytes, std::uint64_t offset) {
  return pread(fd, into, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
}

}  // namespace

struct LiveViewWriter::Map {
  char* bytes = nullptr;
  std::size_t size = 0, slots_at = 0, channels = 0;
  std::uint64_t sequence = 0;
  std::int64_t last_ns = 0;

  Map() = default;
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;
  ~Map() {
    if (bytes != nullptr) munmap(bytes, size);
  }
  [[nodiscard]] std::atomic_ref<std::uint64_t> word(std::size_t offset) const {
    return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(bytes + offset));
  }
};

LiveViewWriter::LiveViewWriter(std::string path) : path_(std::move(path)) {}

LiveViewWriter::~LiveViewWriter() {
  if (map_) unlink(path_.c_str());
}

bool LiveViewWriter::begin(const LiveTrialHead& head) {
  if (path_.empty()) return false;
  const std::string names = names_of(head);
  auto map = std::make_unique<Map>();
  map->channels = head.channels.size();
  map->slots_at = sizeof(Fixed) + padded(names.size());
  map->size = map->slots_at + kSlots * slot_bytes(map->channels);
  const std::string fresh = path_ + ".new";
  const int fd = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  // Space is taken now: a disk that is full must refuse here, not by a signal at a later store.
  void* at = posix_fallocate(fd, 0, static_cast<off_t>(map->size)) == 0
                 ? mmap(nullptr, map->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                 : MAP_FAILED;
  ::close(fd);
  if (at == MAP_FAILED) {
    unlink(fresh.c_str());
    return false;
  }
  map->bytes = static_cast<char*>(at);
  Fixed fixed{{}, names.size(), map->channels, kSlots, head.number, head.level, head.index, 0};
  std::memcpy(fixed.magic, kMagic, sizeof kMagic);
  std::memcpy(map->bytes, &fixed, sizeof fixed);
  std::memcpy(map->bytes + sizeof fixed, names.data(), names.size());
  if (std::rename(fresh.c_str(), path_.c_str()) != 0) {
    unlink(fresh.c_str());
    return false;
  }
  map_ = std::move(map);
  return true;
}

bool LiveViewWriter::due() const {
  return map_ && (map_->sequence == 0 || steady_now().ns - map_->last_ns >= kPeriod_ns);
}

void LiveViewWriter::show(SimTime time, std::span<const double> values) {
  if (!due() || values.size() != map_->channels) return;
  map_->last_ns = steady_now().ns;
  const std::uint64_t sequence = ++map_->sequence;
  const std::size_t slot = map_->slots_at + (sequence - 1) % kSlots * slot_bytes(map_->channels);
  map_->word(slot).store(0, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  std::memcpy(map_->bytes + slot + 8, &time.ns, 8);
  std::memcpy(map_->bytes + slot + 16, values.data(), values.size_bytes());
  map_->word(slot).store(sequence, std::memory_order_release);
  map_->word(offsetof(Fixed, newest)).store(sequence, std::memory_order_release);
}

struct LiveViewReader::File {
  int fd = -1;
  ino_t inode = 0;
  Fixed fixed{};
  std::uint64_t seen = 0;
  LiveTrialHead head;

  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  bool read_head() {
    struct stat info {};
    if (fstat(fd, &info) != 0 || !read_at(fd, &fixed, sizeof fixed, 0)) return false;
    if (std::memcmp(fixed.magic, kMagic, sizeof kMagic) != 0 || fixed.channels > kMostChannels ||
        fixed.names_bytes > kMostNames || fixed.slots != LiveViewWriter::kSlots ||
        static_cast<std::uint64_t>(info.st_size) !=
            sizeof fixed + padded(fixed.names_bytes) + fixed.slots * slot_bytes(fixed.channels))
      return false;
    std::string names(fixed.names_bytes, '\0');
    if (!read_at(fd, names.data(), names.size(), sizeof fixed)) return false;
    const auto lines = lines_of(names);
    if (lines.size() != 1 + 3 * fixed.channels) return false;
    head = {fixed.number, lines[0], static_cast<int>(fixed.level), static_cast<int>(fixed.index), {}};
    for (std::size_t i = 1; i < lines.size(); i += 3)
      head.channels.push_back({lines[i], lines[i + 1], lines[i + 2], Vantage::simulator});
    return true;
  }
};

LiveViewReader::LiveViewReader(std::string path) : path_(std::move(path)) {}
LiveViewReader::~LiveViewReader() = default;

const LiveTrialHead& LiveViewReader::head() const {
  static const LiveTrialHead kNone{};
  return file_ ? file_->head : kNone;
}

std::vector<LiveFrame> LiveViewReader::news(bool& another) {
  another = false;
  struct stat now {};
  if (stat(path_.c_str(), &now) != 0) return {};
  // Another trial is another file. While ours is open its inode's number cannot be given to another.
  if (file_ && file_->inode != now.st_ino) file_.reset();
  if (!file_) {
    auto fresh = std::make_unique<File>();
    fresh->fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    fresh->inode = now.st_ino;
    if (fresh->fd < 0 || !fresh->read_head()) return {};
    file_ = std::move(fresh);
    another = true;
  }
  std::vector<LiveFrame> out;
  std::uint64_t newest = 0;
  if (!read_at(file_->fd, &newest, 8, offsetof(Fixed, newest)) || newest == file_->seen) return out;
  const std::uint64_t channels = file_->fixed.channels, slots = file_->fixed.slots, bytes = slot_bytes(channels);
  const std::uint64_t slots_at = sizeof(Fixed) + padded(file_->fixed.names_bytes);
  std::vector<char> slot(bytes);
  for (std::uint64_t i = std::max(file_->seen + 1, newest > slots ? newest - slots + 1 : 1); i <= newest; ++i) {
    const std::uint64_t at = slots_at + (i - 1) % slots * bytes;
    std::uint64_t before = 0, after = 0;
    if (!read_at(file_->fd, &before, 8, at) || !read_at(file_->fd, slot.data(), bytes, at) ||
        !read_at(file_->fd, &after, 8, at))
      break;
    if (before != i || after != i) continue;  // written over meanwhile
    LiveFrame frame;
    std::memcpy(&frame.time.ns, slot.data() + 8, 8);
    frame.values.resize(channels);
    std::memcpy(frame.values.data(), slot.data() + 16, channels * 8);
    out.push_back(std::move(frame));
  }
  file_->seen = newest;
  return out;
}

}  // namespace assay
