#include "adapters/recorded/recorded_robot.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>

#include "adapters/recorded/recording.h"
#include "adapters/signal_names.h"

namespace assay {
namespace {

using recorded::Recording;

constexpr const char* kGroup = "recording";  ///< tells the policy how much of the record is left

Error lab_error(const std::string& what, const std::string& detail, Text expected) {
  return Error{.id = 1267,
               .what = {"the recording does not carry this trial", "记录文件不足以完成该次试验"},
               .expected = std::move(expected),
               .found = "lab:" + what + " " + detail,
               .help = {"docs/wire-recorded.md; `trials`, `max_gap_s` and `channels` under `recorded`",
                        "docs/zh/wire-recorded.md；`recorded` 下的 `trials`、`max_gap_s` 与 `channels`"}};
}

class RecordedRobot final : public Robot {
 public:
  explicit RecordedRobot(Recording recording) : recording_(std::move(recording)) { description_.adapter = "recorded"; }

  [[nodiscard]] const RobotDescription& describe() const override { return description_; }

  Result<void> reset(const Setup& setup) override {
    cut_ = nullptr;
    stopped_ = {};
    tick_ = -1;
    if (!setup.defects.empty())
      return lab_error("setup", "known errors cannot be put into a recording", {"no `defects`", "不含 `defects`"});
    ASSAY_TRY(const auto file, recorded::file_of(recording_, setup.key.task));
    if (!loaded_ || file != file_) {
      loaded_.reset();
      ASSAY_TRY(loaded_, recorded::load(recording_, file));
      file_ = file;
    }
    const auto index = static_cast<std::size_t>(std::max(0, setup.key.index));
    if (index >= loaded_->cuts.size())
      return lab_error("recording_exhausted",
                       "trial " + std::to_string(index) + " of " + std::to_string(loaded_->cuts.size()),
                       {"as many recorded trials as the plan asks for", "记录的试验数不少于计划所需"});
    cut_ = &loaded_->cuts[index];
    describe_for(setup);
    return {};
  }

  Result<Sample> begin(const Instruction& /*instruction: whoever was recorded had it*/) override { return advance({}); }

  Result<Sample> advance(const Action& action) override {
    if (cut_ == nullptr || stopped_.requested)
      return Error{.id = 427,
                   .what = {"the robot was called out of order", "对机器人的调用顺序有误"},
                   .found = "unknown:wrong_order reset() first"};
    ASSAY_RETURN_IF_ERROR(check_action(description_, action));
    const std::int64_t now_ns = (tick_ + 1) * description_.control_period_ns;
    const auto after = std::upper_bound(cut_->t_ns.begin(), cut_->t_ns.end(), now_ns);
    const auto at = static_cast<std::size_t>(after - cut_->t_ns.begin()) - 1;  // time begins at 0: there is one
    if (after == cut_->t_ns.end() && now_ns - cut_->t_ns.back() >= 2 * description_.control_period_ns)
      return lab_error("recording_ended", std::to_string(cut_->t_ns.back()) + " ns",
                       {"a record until the trial ends; policy `recording` ends it in time",
                        "记录应持续到试验结束；策略 `recording` 会及时结束"});
    const std::int64_t age_ns = (after == cut_->t_ns.end() ? now_ns : *after) - cut_->t_ns[at];
    if (static_cast<double>(age_ns) * 1e-9 > recording_.max_gap_s && after != cut_->t_ns.end())
      return lab_error("recording_gap",
                       file_ + ":" + std::to_string(loaded_->table.lines[cut_->rows[at]]) + ", " +
                           std::to_string(static_cast<double>(age_ns) * 1e-9) + " s",
                       {"rows at most max_gap_s apart", "相邻行间隔不超过 max_gap_s"});
    ++tick_;
    return sample(at, now_ns);
  }

  StopReport stop(StopCategory /*category*/) noexcept override {
    if (stopped_.requested) return stopped_;
    stopped_.requested = stopped_.confirmed = true;
    stopped_.requested_at = stopped_.confirmed_at =
        SimTime{std::max<std::int64_t>(0, tick_) * description_.control_period_ns};
    stopped_.detail = "a recording moves nothing";
    return stopped_;
  }

 private:
  /// Where a truth channel comes from: a column, the difference of a column, or what was said.
  struct Source {
    int column = -1;
    bool speed = false;
    double said = 0;
  };

  int find_column(const std::string& name) const {
    for (std::size_t k = 0; k < recording_.columns.size(); ++k)
      if (recording_.columns[k].channel.name == name) return static_cast<int>(k);
    return -1;
  }

  void describe_for(const Setup& setup) {
    RobotDescription out;
    out.adapter = "recorded";
    out.identity = std::filesystem::path(file_).filename().string() +
                   (recording_.instrument.empty() ? "" : ", " + recording_.instrument);
    out.engine = recorded_engine();
    out.control_period_ns = setup.control_period_ns;
    sources_.clear();
    for (std::size_t k = 0; k < recording_.columns.size(); ++k) {
      out.truth_channels.push_back(recording_.columns[k].channel);
      sources_.push_back({static_cast<int>(k), false, 0});
    }
    for (const auto& signal : setup.signals) {
      bool given = true;
      for (const auto& name : signal_names(signal)) {
        const auto known = std::any_of(out.truth_channels.begin(), out.truth_channels.end(),
                                       [&](const Channel& c) { return c.name == name; });
        if (known) continue;
        const auto source = source_of(signal.a, name);
        given = given && source.has_value();
        if (!source) continue;
        const std::string unit = name.ends_with("_m_s")     ? "m/s"
                                 : name.ends_with("_rad_s") ? "rad/s"
                                 : name.ends_with("_m")     ? "m"
                                                            : "1";
        out.truth_channels.push_back({name, unit, "world", source->speed ? Vantage::instrument : Vantage::operator_});
        sources_.push_back(*source);
      }
      if (!given) out.missing_signals.push_back(signal);
    }
    description_ = std::move(out);
  }

  std::optional<Source> source_of(const std::string& entity, const std::string& name) const {
    if (name.size() <= entity.size()) return std::nullopt;
    const std::string part = name.substr(entity.size() + 1);
    const auto still = recording_.fixed.find(entity);
    const auto turned = recording_.orientation.find(entity);
    constexpr std::array kAxes{"x", "y", "z"};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string axis = kAxes[i];
      if (part == axis + "_m" && still != recording_.fixed.end()) return Source{-1, false, still->second[i]};
      if (part == "v" + axis + "_m_s") {
        if (still != recording_.fixed.end()) return Source{};
        if (const int column = find_column(entity + "." + axis + "_m"); column >= 0) return Source{column, true, 0};
      }
      if (part == "w" + axis + "_rad_s" && (still != recording_.fixed.end() || turned != recording_.orientation.end()))
        return Source{};
    }
    constexpr std::array kParts{"qw", "qx", "qy", "qz"};
    for (std::size_t i = 0; i < 4; ++i) {
      if (part != kParts[i]) continue;
      if (turned != recording_.orientation.end()) return Source{-1, false, turned->second[i]};
      if (still != recording_.fixed.end()) return Source{-1, false, i == 0 ? 1.0 : 0.0};
    }
    return std::nullopt;
  }

  /// Over the rows within one control period on either side: an instrument's noise is not to be taken for speed.
  double speed(std::size_t column, std::size_t at) const {
    const auto& t = cut_->t_ns;
    const std::int64_t reach_ns = description_.control_period_ns;
    const auto from = static_cast<std::size_t>(std::lower_bound(t.begin(), t.end(), t[at] - reach_ns) - t.begin());
    const auto to = static_cast<std::size_t>(std::upper_bound(t.begin(), t.end(), t[at] + reach_ns) - t.begin()) - 1;
    if (to <= from) return 0;
    const auto& values = loaded_->table.columns[column];
    return (values[cut_->rows[to]] - values[cut_->rows[from]]) / (static_cast<double>(t[to] - t[from]) * 1e-9);
  }

  Sample sample(std::size_t at, std::int64_t now_ns) const {
    Sample out;
    out.time = out.observation.time = SimTime{now_ns};
    for (const auto& source : sources_) {
      const auto column = static_cast<std::size_t>(std::max(0, source.column));
      out.truth.push_back(source.column < 0 ? source.said
                          : source.speed    ? speed(column, at)
                                            : loaded_->table.columns[column][cut_->rows[at]]);
    }
    GroupState left;
    left.group = kGroup;
    left.position_rad = {static_cast<double>(cut_->t_ns.back() - now_ns) * 1e-9};
    out.observation.groups.push_back(std::move(left));
    return out;
  }

  const Recording recording_;
  std::string file_;  ///< that is loaded
  std::optional<recorded::Loaded> loaded_;
  RobotDescription description_;
  std::vector<Source> sources_;
  const recorded::Cut* cut_ = nullptr;
  std::int64_t tick_ = -1;
  StopReport stopped_;
};

class RecordingPolicy final : public Policy {
 public:
  [[nodiscard]] PolicyDescription describe() const override { return {"recording", "1.0", true, false, 0}; }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override { return {}; }
  Result<Action> act(const Observation& seen) override {
    const GroupState* left = seen.group(kGroup);
    Action out;
    out.done = left != nullptr && left->position_rad[0] <= 0;
    return out;
  }
};

}  // namespace

Result<std::unique_ptr<Robot>> make_recorded_robot(const RobotLink& link) {
  ASSAY_TRY(auto recording, recorded::recording_of(link));
  return std::unique_ptr<Robot>(std::make_unique<RecordedRobot>(std::move(recording)));
}

std::string recorded_engine() { return "recording (CSV, MCAP)"; }

std::vector<std::string> recorded_files(const RobotLink& link) {
  std::vector<std::string> out;
  if (link.adapter != "recorded") return out;
  const auto recording = recorded::recording_of(link);
  if (!recording) return out;
  if (!recording->file.empty()) out.push_back(recording->file);
  for (const auto& entry : recording->files) out.push_back(entry.second);
  return out;
}

std::vector<std::string> recorded_tasks(const RobotLink& link) {
  std::vector<std::string> out;
  if (link.adapter != "recorded") return out;
  const auto recording = recorded::recording_of(link);
  if (!recording) return out;
  for (const auto& entry : recording->files) out.push_back(entry.first);
  return out;
}

Result<RecordingsRead> try_recording(const RobotLink& link) {
  ASSAY_TRY(const auto recording, recorded::recording_of(link));
  const auto files = recorded_files(link);
  RecordingsRead out;
  for (const auto& file : std::set<std::string>(files.begin(), files.end())) {
    ASSAY_TRY(const auto loaded, recorded::load(recording, file));
    ++out.files;
    out.trials += loaded.cuts.size();
    out.rows += loaded.table.lines.size();
  }
  return out;
}

Result<std::unique_ptr<Policy>> make_recording_policy(const PolicyParams& /*params*/) {
  return std::unique_ptr<Policy>(std::make_unique<RecordingPolicy>());
}

}  // namespace assay
