#include "adapters/live/pace.h"

namespace assay {

Error link_error(const std::string& what, const std::string& detail) {
  return Error{.id = 1254,
               .what = {"the robot's telemetry broke", "机器人的遥测中断"},
               .expected = {"samples one control period apart until the trial ends", "试验结束前每个控制周期一个样本"},
               .found = "subject:" + what + " " + detail,
               .help = {"look at the robot's log and at the link", "请检查机器人日志与链路"}};
}

std::optional<Error> PaceWatch::look(const LiveSample& sample) {
  constexpr double kRatio = 0.02;
  constexpr std::int64_t kSlack_ns = 500'000'000;
  if (!first_) first_ = {sample.sample.time, sample.received};
  const std::int64_t theirs_ns = sample.sample.time.ns - first_->first.ns;
  const std::int64_t ours_ns = sample.received.ns - first_->second.ns;
  const std::int64_t slack_ns = kSlack_ns + static_cast<std::int64_t>(kRatio * static_cast<double>(ours_ns));
  const std::string found = std::to_string(theirs_ns) + " ns of the robot in " + std::to_string(ours_ns) + " ns";
  if (theirs_ns > ours_ns + slack_ns) return link_error("clock_runs_fast", found);
  if (theirs_ns < ours_ns - slack_ns) return link_error("clock_runs_slow", found);
  return std::nullopt;
}

}  // namespace assay
