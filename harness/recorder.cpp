#include "harness/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/dialogue.h"
#include "metrics/condition.h"

namespace assay::harness {
namespace {

std::vector<Channel> scan_channels(const Group& group) {
  std::vector<Channel> out;
  for (int beam = 0; beam < group.beams; ++beam)
    out.push_back({fmt::format("beam_{:03}_m", beam), "m", group.name, Vantage::simulator});
  return out;
}

/// A harness-made detector's words: never evidence of perception (DESIGN §4.1), hence the frame's name.
std::vector<Channel> detection_channels(const std::vector<Detectable>& detectables) {
  std::vector<Channel> out;
  for (const auto& d : detectables) {
    out.push_back({d.body + ".seen", "1", "", Vantage::simulator});
    for (const char* axis : {"x_m", "y_m", "z_m"})
      out.push_back({d.body + "." + axis, "m", "base", Vantage::simulator});
    out.push_back({d.body + ".yaw_rad", "rad", "base", Vantage::simulator});
  }
  return out;
}

/// What conditions ask of the subject's words: heard here, so that no robot has to know of it.
std::set<SignalSpec> words_in(const Setup& setup) {
  std::set<SignalSpec> out;
  const auto add = [&](const Condition& condition) {
    for (auto& signal : metrics::required_signals(condition))
      if (is_spoken(signal)) out.insert(std::move(signal));
  };
  add(setup.success);
  for (const auto& [name, condition] : setup.subgoals) add(condition);
  for (const auto& [name, condition] : setup.checks) add(condition);
  return out;
}

}  // namespace

int Recorder::add(std::string topic, std::vector<Channel> channels, std::size_t rows, bool deterministic) {
  Stream stream;
  stream.topic = std::move(topic);
  stream.deterministic = deterministic;
  stream.channels = std::move(channels);
  stream.t_ns.reserve(rows);
  stream.values.reserve(rows * stream.channels.size());
  trace_.streams.push_back(std::move(stream));
  return static_cast<int>(trace_.streams.size()) - 1;
}

void Recorder::open(const Setup& setup, const RobotDescription& robot) {
  const auto rows = static_cast<std::size_t>(setup.time_limit_ns / setup.control_period_ns) + 2;
  groups_ = robot.groups;
  std::vector<Channel> truth = robot.truth_channels;
  for (const auto& signal : words_in(setup)) {
    said_.push_back({signal.a, truth.size()});
    for (auto& channel : metrics::signal_channels(signal)) {
      channel.vantage = Vantage::instrument;
      truth.push_back(std::move(channel));
    }
  }
  truth_ = add("/truth", std::move(truth), rows);
  peaks_ = add("/peaks", robot.peak_channels, rows);
  observation_ = add("/observation", observation_channels(groups_), rows);
  action_ = add("/action", action_channels(groups_), rows);
  std::vector<Channel> timing = {{"policy_s", "s", "", Vantage::instrument},
                                 {"robot_s", "s", "", Vantage::instrument},
                                 {"harness_s", "s", "", Vantage::instrument}};
  if (robot.clock == ClockMode::realtime) {
    for (const char* name : {"late_s", "command_age_s"}) timing.push_back({name, "s", "", Vantage::instrument});
    timing.push_back({"samples", "1", "", Vantage::instrument});
    command_ = add("/command", action_channels(groups_), rows, false);
  }
  timing_ = add("/timing", std::move(timing), rows, false);
  for (const auto& group : groups_) {
    if (group.beams <= 0) continue;
    const double scans_per_tick = setup.range_rate_hz * static_cast<double>(setup.control_period_ns) * 1e-9;
    const auto scan_rows = static_cast<std::size_t>(static_cast<double>(rows) * std::min(1.0, scans_per_tick)) + 2;
    scan_streams_.emplace_back(group.name, add("/scan/" + group.name, scan_channels(group), scan_rows));
  }
  if (!setup.detectables.empty()) {
    for (const auto& d : setup.detectables) labels_.push_back(d.label);
    detections_ = add("/detections", detection_channels(setup.detectables), rows);
  }
  trace_.events.reserve(16);
}

void Recorder::show_in(LiveViewWriter& view, LiveTrialHead head) {
  head.channels = at(truth_).channels;
  for (auto channel : at(observation_).channels) {
    channel.name = "observation." + channel.name;
    head.channels.push_back(std::move(channel));
  }
  view_ = view.begin(head) ? &view : nullptr;
}

void Recorder::sample(const Sample& sample) {
  row_ = sample.truth;
  for (const auto& one : said_) row_.push_back(one.value_m);
  at(truth_).append(sample.time.ns, row_);
  at(peaks_).append(sample.time.ns, sample.peaks);
  row_.clear();
  flatten(groups_, sample.observation, row_);
  at(observation_).append(sample.time.ns, row_);
  if (view_ != nullptr && view_->due()) {
    const auto truth = at(truth_).row(at(truth_).rows() - 1);
    row_.insert(row_.begin(), truth.begin(), truth.end());
    view_->show(sample.time, row_);
  }
  scans(sample);
  if (detections_ >= 0) detections(sample);
}

void Recorder::said(const std::string& what) {
  Stream& truth = at(truth_);
  for (auto& one : said_) {
    if (one.what != what || truth.rows() == 0) continue;
    one.value_m = 0;
    truth.values[(truth.rows() - 1) * truth.channels.size() + one.channel] = 0;
  }
}

void Recorder::scans(const Sample& sample) {
  for (const auto& scan : sample.observation.scans) {
    if (!scan.fresh) continue;
    const auto stream =
        std::find_if(scan_streams_.begin(), scan_streams_.end(), [&](const auto& s) { return s.first == scan.group; });
    if (stream == scan_streams_.end()) continue;
    row_.assign(scan.range_m.begin(), scan.range_m.end());
    row_.resize(at(stream->second).channels.size(), static_cast<double>(scan.max_m));
    at(stream->second).append(sample.time.ns, row_);
  }
}

void Recorder::detections(const Sample& sample) {
  constexpr std::size_t kWidth = 5;
  row_.assign(labels_.size() * kWidth, 0.0);
  for (const auto& d : sample.observation.detections) {
    for (std::size_t i = 0; i < labels_.size(); ++i) {  // equal labels fill in order
      double* cell = row_.data() + i * kWidth;
      if (labels_[i] != d.label || cell[0] != 0.0) continue;
      cell[0] = 1;
      std::copy(d.position_m.begin(), d.position_m.end(), cell + 1);
      cell[4] = d.yaw_rad;
      break;
    }
  }
  at(detections_).append(sample.time.ns, row_);
}

void Recorder::action(SimTime time, const Action& action) {
  row_.clear();
  flatten(groups_, action, row_);
  at(action_).append(time.ns, row_);
}

void Recorder::timing(SimTime time, double policy_s, double robot_s, double harness_s) {
  const double row[] = {policy_s, robot_s, harness_s};
  at(timing_).append(time.ns, row);
}

void Recorder::timing(SimTime time, const LoopTiming& t) {
  const double row[] = {t.policy_s, t.robot_s, t.harness_s, t.late_s, t.command_age_s, t.samples};
  at(timing_).append(time.ns, row);
}

void Recorder::inference(SimTime time, const Exchange& e, SteadyTime had) {
  if (inference_ < 0)
    inference_ = add("/inference",
                     {{"answer_s", "s", "", Vantage::instrument},
                      {"server_least_s", "s", "", Vantage::instrument},
                      {"taken_over_s", "s", "", Vantage::instrument}},
                     at(timing_).t_ns.capacity(), false);
  const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) * 1e-9; };
  const std::int64_t least_ns = e.way_ns < 0 ? 0 : std::max<std::int64_t>(0, e.received_ns - e.handed_ns - e.way_ns);
  const double row[] = {seconds(e.received_ns - e.sent_ns), seconds(least_ns), seconds(had.ns - e.received_ns)};
  at(inference_).append(time.ns, row);
}

void Recorder::command(SimTime time, const Action& action) {
  row_.clear();
  flatten(groups_, action, row_);
  at(command_).append(time.ns, row_);
}

void Recorder::command_way(SimTime time, double sent_s, double taken_s) {
  if (command_way_ < 0)
    command_way_ =
        add("/command_way", {{"sent_s", "s", "", Vantage::instrument}, {"taken_s", "s", "", Vantage::instrument}},
            at(command_).t_ns.capacity(), false);
  const double row[] = {sent_s, taken_s};
  at(command_way_).append(time.ns, row);
}

void Recorder::link(const std::vector<LinkTiming>& rows, const ClockFit& clock) {
  const int stream = add("/link",
                         {{"gap_s", "s", "", Vantage::instrument},
                          {"age_s", "s", "", Vantage::instrument},
                          {"age_bound_s", "s", "", Vantage::instrument}},
                         rows.size(), false);
  std::int64_t before_ns = rows.empty() ? 0 : rows.front().received_ns;
  for (const auto& row : rows) {
    const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) * 1e-9; };
    const double values[] = {seconds(row.received_ns - before_ns),
                             seconds(row.received_ns - clock.host_of(row.robot_ns)),
                             seconds(clock.bound_at(row.received_ns))};
    before_ns = row.received_ns;
    at(stream).append(row.time.ns, values);
  }
}

void Recorder::event(SimTime time, std::string code, std::string detail, bool deterministic) {
  trace_.events.push_back({time.ns, std::move(code), std::move(detail), deterministic});
}

}  // namespace assay::harness
