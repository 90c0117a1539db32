// Recordings: CSV, units, cuts, garbage.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "adapters/recorded/recorded_robot.h"
#include "adapters/recorded/recording.h"

namespace assay::recorded {
namespace {

const std::string kTable = "\xef\xbb\xbftime, \"x\" ,note\n# tracker\n0,1.5,1\n\n0.001,-2e1,2\r\n";

TEST(Csv, ReadsWhatIsAskedFor) {
  const auto table = read_csv(kTable, ',', {"x", "time"}, "f.csv");
  ASSERT_TRUE(table.ok()) << table.error().found;
  EXPECT_EQ(table->columns[0], (std::vector<double>{1.5, -20}));
  EXPECT_EQ(table->columns[1], (std::vector<double>{0, 0.001}));
  EXPECT_EQ(table->lines, (std::vector<std::size_t>{3, 5}));
}

TEST(Csv, NamesThePlaceOfWhatIsWrong) {
  const auto refused = [](const std::string& text, const char* column = "x") {
    return read_csv(text, ',', {column}, "f.csv").error();
  };
  EXPECT_EQ(refused("t,x\n0,1\n1,abc\n").place.line, 3);
  EXPECT_EQ(refused("t,x\n0,1\n1,abc\n").place.column, 2);
  EXPECT_EQ(refused("t,x\n0,1\n1\n").place.line, 3);
  EXPECT_EQ(refused("t,x\n0,nan\n").id, 1265);
  EXPECT_EQ(refused("t,x\n0,1,5\n").id, 1265);  // a decimal comma
  EXPECT_EQ(refused("t,x,x\n0,1,2\n").id, 1265);
  EXPECT_EQ(refused("t,x\n0,1\n", "y").id, 1265);
  EXPECT_EQ(refused("").id, 1265);
  EXPECT_EQ(refused("t,x\n").id, 1265);
}

TEST(Csv, GarbageIsRefusedAndHarmless) {
  const char* wanted = std::getenv("ASSAY_FUZZ");
  const int runs = wanted == nullptr ? 20'000 : std::atoi(wanted);
  std::mt19937_64 random(1);  // NOLINT: the same garbage each time
  int read = 0;
  for (int i = 0; i < runs; ++i) {
    std::string text = kTable;
    const std::uint64_t changes = 1 + random() % 4;
    for (std::uint64_t k = 0; k < changes; ++k) text[random() % text.size()] = static_cast<char>(random());
    if (random() % 4 == 0) text.resize(random() % text.size());
    const auto table = read_csv(text, ',', {"x", "time"}, "f.csv");
    if (!table) {
      EXPECT_EQ(table.error().id, 1265);
      continue;
    }
    ++read;
    EXPECT_EQ(table->columns[0].size(), table->lines.size());
  }
  std::printf("%d of %d garbled files still read\n", read, runs);
  EXPECT_GT(read, 0);
  EXPECT_LT(read, runs);
}

class Tracker : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("assay_recorded_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    write(0);
    link_.adapter = "recorded";
    link_.folder = folder_.string();
    link_.details = R"({"file": "t.csv", "time": {"column": "t", "unit": "ms"}, "trials": {"column": "run"},
      "channels": [{"name": "robot.tcp.x_m", "column": "x", "from_unit": "mm", "unit": "m", "offset": 0.1}],
      "fixed": {"robot.base": [0, 0, 0]}, "max_gap_s": 0.05})";
    setup_.control_period_ns = 20'000'000;
    setup_.signals = {{SignalSpec::Kind::twist, "robot.tcp", ""}, {SignalSpec::Kind::pose, "robot.base", ""}};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  /// Two runs of 100 rows, 10 ms apart, x growing by 1 mm a row; `gap` rows are missing in the middle of the first.
  void write(int gap) const {
    std::ofstream file(folder_ / "t.csv");
    file << "t,x,run\n";
    for (int run = 1; run <= 2; ++run)
      for (int i = 0; i < 100; ++i)
        if (run == 2 || i < 50 || i >= 50 + gap) file << run * 5000 + i * 10 << ',' << i << ',' << run << '\n';
  }
  std::filesystem::path folder_;
  RobotLink link_;
  assay::Setup setup_;
};

TEST_F(Tracker, IsCutIntoTrialsAndConverted) {
  auto robot = make_recorded_robot(link_);
  ASSERT_TRUE(robot.ok()) << robot.error().found;
  for (const int index : {0, 1}) {
    setup_.key.index = index;
    ASSERT_TRUE((*robot)->reset(setup_).ok());
    const auto& told = (*robot)->describe();
    ASSERT_EQ(told.missing_signals.size(), 1u);  // the tool's speed: y and z were not recorded
    EXPECT_EQ(told.truth_channels[0].vantage, Vantage::instrument);
    EXPECT_EQ(told.truth_channels[1].name, "robot.tcp.vx_m_s");
    EXPECT_EQ(told.truth_channels.back().vantage, Vantage::operator_);
    auto sample = (*robot)->begin({});
    int samples = 0;
    for (; sample.ok(); sample = (*robot)->advance({})) {
      EXPECT_EQ(sample->time.ns, samples * setup_.control_period_ns);
      EXPECT_NEAR(sample->truth[0], std::min(0.1 + 0.002 * samples, 0.199), 0.0011);
      EXPECT_NEAR(sample->truth[1], 0.1, 1e-9);
      ++samples;
    }
    EXPECT_EQ(sample.error().found.rfind("lab:recording_ended", 0), 0u) << sample.error().found;
    EXPECT_GE(samples, 50);
    EXPECT_LE(samples, 52);
    EXPECT_TRUE((*robot)->stop(StopCategory::cat2).confirmed);
  }
  setup_.key.index = 2;
  EXPECT_EQ((*robot)->reset(setup_).error().found.rfind("lab:recording_exhausted", 0), 0u);
}

TEST_F(Tracker, AGapIsTheLaboratorys) {
  write(20);
  auto robot = make_recorded_robot(link_);
  ASSERT_TRUE((*robot)->reset(setup_).ok());
  auto sample = (*robot)->begin({});
  while (sample.ok()) sample = (*robot)->advance({});
  EXPECT_EQ(sample.error().found.rfind("lab:recording_gap", 0), 0u) << sample.error().found;
}

}  // namespace
}  // namespace assay::recorded
