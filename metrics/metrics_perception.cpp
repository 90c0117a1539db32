// What the subject says is where, held against where it is. From truth alone: nothing that the harness shows to the
// subject goes into it.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/families.h"
#include "metrics/perception.h"

namespace assay::metrics {

namespace {

constexpr double kHere_m = 5, kUnsaid_m = 1000;  // a thing that nobody reported reads kUnsaid_m (adapters: ReportWatch)

/// A thing that the task asks to be reported, at the end of the record.
struct Thing {
  double report_error_m = 0;
  bool here = true;
};

struct Things {
  std::vector<Thing> all;
  std::string why;
};

std::optional<std::array<double, 2>> place(const Stream& truth, std::span<const double> row, const std::string& name) {
  const int x = truth.find(name + ".x_m"), y = truth.find(name + ".y_m");
  if (x < 0 || y < 0) return std::nullopt;
  return std::array<double, 2>{row[static_cast<std::size_t>(x)], row[static_cast<std::size_t>(y)]};
}

/// What a set-up put out of the way (a level poses fewer things than the scene has) is not here.
Things things_of(const Trace& trace) {
  Things out;
  const auto* truth = trace.stream("/truth");
  if (truth == nullptr || truth->rows() == 0) {
    out.why = truth == nullptr ? "no_stream:/truth" : "no_samples";
    return out;
  }
  const auto row = truth->row(truth->rows() - 1);
  const auto robot = place(*truth, row, "robot.base");
  const std::string head = "report.", tail = "_m";
  for (std::size_t k = 0; k < truth->channels.size(); ++k) {
    const auto& name = truth->channels[k].name;
    if (!name.starts_with(head) || !name.ends_with(tail)) continue;
    const double error_m = row[k];
    if (!std::isfinite(error_m)) {
      out.why = "not_finite:" + name;
      return out;
    }
    const auto at = place(*truth, row, name.substr(head.size(), name.size() - head.size() - tail.size()));
    const bool here = !at || !robot || std::hypot((*at)[0] - (*robot)[0], (*at)[1] - (*robot)[1]) < kHere_m;
    out.all.push_back({error_m, here});
  }
  if (out.all.empty()) out.why = "nothing_to_report";
  return out;
}

MetricValue localisation_error(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto things = things_of(trace);
  if (!things.why.empty()) return undefined(spec, things.why);
  double sum_m = 0;
  int said = 0;
  for (const auto& thing : things.all) {
    if (!thing.here || thing.report_error_m >= kUnsaid_m) continue;
    sum_m += thing.report_error_m;
    ++said;
  }
  return said > 0 ? defined(spec, sum_m / said, spec.vantage) : undefined(spec, "nothing_reported");
}

MetricValue count_error(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto things = things_of(trace);
  if (!things.why.empty()) return undefined(spec, things.why);
  const auto here = std::count_if(things.all.begin(), things.all.end(), [](const Thing& thing) { return thing.here; });
  const auto said = std::count_if(trace.events.begin(), trace.events.end(),
                                  [](const TraceEvent& event) { return event.code == "report"; });
  return defined(spec, std::abs(static_cast<double>(said - here)), spec.vantage);
}

}  // namespace

void register_perception_metrics(MetricRegistry& registry) {
  const std::vector<SignalSpec> base = {{SignalSpec::Kind::pose, "robot.base", ""}};
  MetricSpec spec;
  spec.id = "localisation_error";
  spec.unit = "m";
  spec.clause = "Assay";
  spec.title = {"Localisation error of reports", "上报位置误差"};
  spec.definition = {
      "Mean, over the things that were there (within 5 m of the robot's base) and were reported, of the distance in "
      "the "
      "plane between the true place at the time of the report and the nearest report of it.",
      "对在场（距机器人底座 5 m 以内）且被上报的各物体，取上报时刻真实位置与最近一次上报位置的平面距离，再求平均。"};
  spec.undefined_when = {"The task asks for no reports, or nothing that was there was reported.",
                         "任务不要求上报，或在场物体均未被上报。"};
  add(registry, spec, localisation_error, base);
  spec = {};
  spec.id = "count_error";
  spec.unit = "1";
  spec.clause = "Assay";
  spec.title = {"Count error of reports", "上报数量误差"};
  spec.definition = {
      "Size of the difference between the number of reports and the number of things to be reported that were there "
      "(within 5 m of the robot's base). A thing that is reported twice counts twice.",
      "上报次数与应上报的在场物体数（距机器人底座 5 m 以内）之差的绝对值。同一物体上报两次计两次。"};
  spec.undefined_when = {"The task asks for no reports.", "任务不要求上报。"};
  add(registry, spec, count_error, base);
}

}  // namespace assay::metrics
