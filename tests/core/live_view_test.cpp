#include "core/live_view.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

namespace assay {
namespace {

namespace fs = std::filesystem;

class LiveView : public testing::Test {
 protected:
  LiveView() {
    folder_ = fs::temp_directory_path() / ("assay-live-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    path_ = (folder_ / "s.live-0").string();
  }
  ~LiveView() override { fs::remove_all(folder_); }
  static LiveTrialHead head(std::int64_t number, int channels) {
    LiveTrialHead out{number, "suite/task", 2, 7, {}};
    for (int i = 0; i < channels; ++i) out.channels.push_back({"c" + std::to_string(i) + "_m", "m", "world"});
    return out;
  }
  static void wait_until_due(const LiveViewWriter& writer) {
    while (!writer.due()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  fs::path folder_;
  std::string path_;
};

TEST_F(LiveView, AReaderSeesWhatIsShownAndTheNextTrial) {
  LiveViewWriter writer(path_);
  LiveViewReader reader(path_);
  bool another = false;
  EXPECT_TRUE(reader.news(another).empty());
  ASSERT_TRUE(writer.begin(head(3, 2)));
  writer.show({1000}, std::vector{1.5, -2.0});
  writer.show({2000}, std::vector{9.0, 9.0});  // not due yet
  auto frames = reader.news(another);
  EXPECT_TRUE(another);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].time.ns, 1000);
  EXPECT_EQ(frames[0].values, (std::vector{1.5, -2.0}));
  EXPECT_EQ(reader.head().task, "suite/task");
  EXPECT_EQ(reader.head().channels.at(1).name, "c1_m");
  EXPECT_TRUE(reader.news(another).empty());
  EXPECT_FALSE(another);

  ASSERT_TRUE(writer.begin(head(4, 1)));
  wait_until_due(writer);
  writer.show({5}, std::vector{7.0});
  frames = reader.news(another);
  EXPECT_TRUE(another);
  EXPECT_EQ(reader.head().number, 4);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].values, std::vector{7.0});
}

TEST_F(LiveView, TheFileGoesWithItsWriterAndNothingIsShownWhereNothingCanBeWritten) {
  {
    LiveViewWriter writer(path_);
    ASSERT_TRUE(writer.begin(head(1, 1)));
    EXPECT_TRUE(fs::exists(path_));
  }
  EXPECT_TRUE(fs::is_empty(folder_));
  LiveViewWriter nowhere((folder_ / "missing" / "v").string());
  EXPECT_FALSE(nowhere.begin(head(1, 1)));
  EXPECT_FALSE(nowhere.due());
  nowhere.show({1}, std::vector{1.0});
}

TEST_F(LiveView, FramesAreNeverTornAndComeInOrder) {
  constexpr int kChannels = 64, kTrials = 4, kFramesEach = 12;
  std::atomic<bool> done{false};
  std::thread writing([&] {
    LiveViewWriter writer(path_);
    for (int trial = 1; trial <= kTrials; ++trial) {
      ASSERT_TRUE(writer.begin(head(trial, kChannels)));
      for (int i = 1; i <= kFramesEach; ++i) {
        wait_until_due(writer);
        writer.show({i}, std::vector<double>(kChannels, i));
      }
    }
    while (!done) std::this_thread::yield();
  });
  LiveViewReader reader(path_);
  std::int64_t last = 0, number = 0;
  int seen = 0;
  const auto start = std::chrono::steady_clock::now();
  while (!(number == kTrials && last == kFramesEach) &&
         std::chrono::steady_clock::now() - start < std::chrono::seconds(60)) {
    bool another = false;
    const auto frames = reader.news(another);
    if (another) {
      EXPECT_GT(reader.head().number, number);
      number = reader.head().number;
      last = 0;
    }
    for (const auto& frame : frames) {
      EXPECT_GT(frame.time.ns, last);
      last = frame.time.ns;
      ++seen;
      for (const double v : frame.values) ASSERT_EQ(v, static_cast<double>(last));
    }
  }
  done = true;
  writing.join();
  EXPECT_EQ(number, kTrials);
  EXPECT_EQ(last, kFramesEach);
  EXPECT_GE(seen, kFramesEach);
}

TEST_F(LiveView, AForeignOrDamagedFileIsNoView) {
  {
    LiveViewWriter writer(path_);
    ASSERT_TRUE(writer.begin(head(1, 5)));
    writer.show({1}, std::vector<double>(5, 1.0));
    fs::copy_file(path_, folder_ / "sound");
  }
  std::string sound;
  {
    std::ifstream in(folder_ / "sound", std::ios::binary);
    sound.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::mt19937_64 rng(1);
  for (int round = 0; round < 400; ++round) {
    std::string bytes = sound;
    for (int flips = 0; flips < 3; ++flips)
      bytes[rng() % std::min<std::size_t>(bytes.size(), 200)] = static_cast<char>(rng());
    if (round % 3 == 0) bytes.resize(rng() % bytes.size());
    const std::string path = (folder_ / "damaged").string();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    LiveViewReader reader(path);
    bool another = false;
    const auto frames = reader.news(another);
    EXPECT_LE(frames.size(), LiveViewWriter::kSlots);
    for (const auto& frame : frames) EXPECT_EQ(frame.values.size(), reader.head().channels.size());
  }
}

}  // namespace
}  // namespace assay
