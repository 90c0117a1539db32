// What a trial looks like while it runs: the newest samples in a small file that any process may read. For the eye
// only; nothing is judged, recorded or decided from it, and a reader can neither slow nor stop the writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "core/trace.h"

namespace assay {

struct LiveTrialHead {
  std::int64_t number = 0;
  std::string task;
  int level = 0, index = 0;
  std::vector<Channel> channels{};
};

/// Holds the last kSlots frames of one trial. The file is written anew for each trial (and renamed into place), so a
/// reader sees one trial or the next, never a mixture.
class LiveViewWriter {
 public:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::int64_t kPeriod_ns = 20'000'000;  ///< of the host's clock: at most 50 frames a second

  /// Nothing is written before begin().
  explicit LiveViewWriter(std::string path);
  ~LiveViewWriter();  ///< removes the file
  LiveViewWriter(const LiveViewWriter&) = delete;
  LiveViewWriter& operator=(const LiveViewWriter&) = delete;

  /// False if the file cannot be made; the view is then left out, and no trial is the worse for it.
  bool begin(const LiveTrialHead& head);
  /// Not before kPeriod_ns have passed since the last frame.
  [[nodiscard]] bool due() const;
  /// `values` fits the channels; else, or if it is not due, nothing is shown.
  void show(SimTime time, std::span<const double> values);

 private:
  struct Map;
  std::string path_;
  std::unique_ptr<Map> map_;
};

struct LiveFrame {
  SimTime time;
  std::vector<double> values;
};

class LiveViewReader {
 public:
  explicit LiveViewReader(std::string path);
  ~LiveViewReader();
  LiveViewReader(const LiveViewReader&) = delete;
  LiveViewReader& operator=(const LiveViewReader&) = delete;

  /// Frames that came since the last call, oldest first, at most kSlots; never waits. `another` is set if head() is of
  /// another trial than before (then all of its frames are given). Empty if there is no file, or not such a one.
  std::vector<LiveFrame> news(bool& another);
  [[nodiscard]] const LiveTrialHead& head() const;

 private:
  struct File;
  std::string path_;
  std::unique_ptr<File> file_;
};

}  // namespace assay
