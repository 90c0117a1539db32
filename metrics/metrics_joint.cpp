// A joint module on its bench: what was commanded, what its encoder says, what a reference instrument sees at its
// output.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "metrics/decision.h"
#include "metrics/families.h"

namespace assay::metrics {

namespace {

constexpr double kRest_s = 0.5, kMean_s = 0.2;  // a command that stands so long is a rest; its last part is averaged
constexpr double kSame_rad = 1e-6, kMoving_rad_s = 1e-3, kTarget_rad = 1e-3;
constexpr std::size_t kLeastRests = 3;

struct Rest {
  double target_rad = 0, output_rad = 0, encoder_rad = 0;
  int from = 0;  ///< +1 came from below, −1 from above, 0: nobody knows
};

struct Bench {
  std::vector<double> time_s, command_rad, encoder_rad, output_rad;
  std::vector<Rest> rests;
  Vantage vantage = Vantage::instrument;
  std::string why;
};

double mean_of(const std::vector<double>& values, std::size_t first, std::size_t last) {
  return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first),
                         values.begin() + static_cast<std::ptrdiff_t>(last), 0.0) /
         static_cast<double>(last - first);
}

void find_rests(Bench& bench) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= bench.time_s.size(); ++i) {
    if (i < bench.time_s.size() && std::abs(bench.command_rad[i] - bench.command_rad[begin]) < kSame_rad) continue;
    const double until_s = bench.time_s[i - 1];
    if (until_s - bench.time_s[begin] >= kRest_s) {
      std::size_t first = i - 1;
      while (first > begin && until_s - bench.time_s[first - 1] <= kMean_s) --first;
      Rest rest{bench.command_rad[begin], mean_of(bench.output_rad, first, i), mean_of(bench.encoder_rad, first, i), 0};
      if (!bench.rests.empty() && std::abs(rest.target_rad - bench.rests.back().target_rad) > kTarget_rad)
        rest.from = rest.target_rad > bench.rests.back().target_rad ? 1 : -1;
      bench.rests.push_back(rest);
    }
    begin = i;
  }
}

Bench bench_of(const Trace& trace) {
  Bench out;
  const auto* truth = trace.stream("/truth");
  const auto end = end_ns(trace);
  if (truth == nullptr || !end) {
    out.why = "no_stream:/truth";
    return out;
  }
  const std::pair<const char*, std::vector<double>*> columns[] = {
      {"joint.command", &out.command_rad}, {"joint.encoder", &out.encoder_rad}, {"joint.output", &out.output_rad}};
  const auto rows = rows_until(*truth, *end);
  for (const auto& [name, into] : columns) {
    const int column = truth->find(name);
    if (column < 0) {
      out.why = std::string("no_channel:") + name;
      return out;
    }
    out.vantage = truth->channels[static_cast<std::size_t>(column)].vantage;  // the last: of the instrument
    for (std::size_t i = 0; i < rows; ++i) {
      into->push_back(truth->row(i)[static_cast<std::size_t>(column)]);
      if (!std::isfinite(into->back())) out.why = std::string("not_finite:") + name;
    }
  }
  for (std::size_t i = 0; i < rows; ++i) out.time_s.push_back(static_cast<double>(truth->t_ns[i]) * 1e-9);
  if (rows < 2) out.why = "no_samples";
  if (out.why.empty()) find_rests(out);
  return out;
}

/// Output minus target of each rest, by target and the side that it was come to from.
std::map<std::pair<long, int>, std::vector<double>> by_target(const Bench& bench) {
  std::map<std::pair<long, int>, std::vector<double>> out;
  for (const auto& rest : bench.rests)
    if (rest.from != 0)
      out[{std::lround(rest.target_rad / kTarget_rad), rest.from}].push_back(rest.output_rad - rest.target_rad);
  return out;
}

MetricValue repeatability(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto bench = bench_of(trace);
  if (!bench.why.empty()) return undefined(spec, bench.why);
  MetricValue out = undefined(spec, "too_few_rests");
  for (const auto& [target, errors] : by_target(bench)) {
    if (errors.size() < kLeastRests) continue;
    const double mean = mean_of(errors, 0, errors.size());
    double square = 0;
    for (const double e : errors) square += (e - mean) * (e - mean);
    const double value = 3 * std::sqrt(square / static_cast<double>(errors.size() - 1));
    if (out.value && value <= *out.value) continue;
    out = defined(spec, value, bench.vantage);
    out.n = static_cast<int>(errors.size());
  }
  return out;
}

MetricValue reversal(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto bench = bench_of(trace);
  if (!bench.why.empty()) return undefined(spec, bench.why);
  MetricValue out = undefined(spec, "no_target_from_both_sides");
  const auto groups = by_target(bench);
  for (const auto& [target, up] : groups) {
    const auto down = groups.find({target.first, -1});
    if (target.second != 1 || down == groups.end()) continue;
    const double value = std::abs(mean_of(up, 0, up.size()) - mean_of(down->second, 0, down->second.size()));
    if (out.value && value <= *out.value) continue;
    out = defined(spec, value, bench.vantage);
    out.n = static_cast<int>(up.size() + down->second.size());
  }
  return out;
}

MetricValue encoder_error(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto bench = bench_of(trace);
  if (!bench.why.empty()) return undefined(spec, bench.why);
  if (bench.rests.empty()) return undefined(spec, "too_few_rests");
  double most = 0;
  for (const auto& rest : bench.rests) most = std::max(most, std::abs(rest.encoder_rad - rest.output_rad));
  auto out = defined(spec, most, bench.vantage);
  out.n = static_cast<int>(bench.rests.size());
  return out;
}

MetricValue tracking_error(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto bench = bench_of(trace);
  if (!bench.why.empty()) return undefined(spec, bench.why);
  double square = 0;
  int n = 0;
  for (std::size_t i = 1; i < bench.time_s.size(); ++i) {
    const double span_s = bench.time_s[i] - bench.time_s[i - 1];
    if (std::abs(bench.command_rad[i] - bench.command_rad[i - 1]) < kMoving_rad_s * span_s) continue;
    const double error = bench.output_rad[i] - bench.command_rad[i];
    square += error * error;
    ++n;
  }
  if (n == 0) return undefined(spec, "no_motion");
  auto out = defined(spec, std::sqrt(square / static_cast<double>(n)), bench.vantage);
  out.n = n;
  return out;
}

MetricSpec spec_of(const char* id, const char* clause, Text title, Text definition) {
  MetricSpec spec;
  spec.id = id;
  spec.unit = "rad";
  spec.clause = clause;
  spec.title = std::move(title);
  spec.definition = std::move(definition);
  spec.undefined_when = {
      "joint.command, joint.encoder or joint.output was not recorded, or the record has too few rests or no motion.",
      "未记录 joint.command、joint.encoder 或 joint.output，或记录中的静止点过少、没有运动。"};
  return spec;
}

}  // namespace

void register_joint_metrics(MetricRegistry& registry) {
  std::vector<SignalSpec> signals;
  for (const char* name : {"command", "encoder", "output"}) signals.push_back({SignalSpec::Kind::joint, name, ""});
  add(registry,
      spec_of("joint_repeatability", "ISO 9283:1998, 7.2.2 (one axis); CR-3-05:2025 (integrated joints) [M]",
              {"Joint: repeatability", "关节：重复定位精度"},
              {"Rests are commands that stand for 0.5 s; their value is the mean of the last 0.2 s at the output. For "
               "each target and side of approach 3·S (n − 1) over three rests or more; the largest.",
               "指令保持 0.5 s 为一次静止，取最后 0.2 s 的输出端均值。对每一目标与接近方向（不少于三次）计算 3·S（n − "
               "1），取最大值。"}),
      repeatability, signals);
  add(registry,
      spec_of(
          "joint_reversal_error", "ISO 230-2:2014, 3.11 (reversal value) [M]; CR-3-05:2025 (integrated joints) [M]",
          {"Joint: reversal error (backlash)", "关节：反向误差（背隙）"},
          {"For each target that was come to from both sides the difference of the two mean positions at the output; "
           "the largest.",
           "对从两侧接近过的每一目标，取输出端两侧平均位置之差；取最大值。"}),
      reversal, signals);
  add(registry,
      spec_of("joint_encoder_error", "Assay", {"Joint: error of its encoder", "关节：编码器误差"},
              {"Largest difference between encoder and output over all rests.",
               "所有静止点上编码器与输出端之差的最大值。"}),
      encoder_error, signals);
  add(registry,
      spec_of("joint_tracking_error", "CR-3-05:2025 (integrated joints) [M]; Assay",
              {"Joint: tracking error", "关节：跟踪误差"},
              {"Root mean square of output minus command while the command moves (1 mrad/s).",
               "指令运动期间（不低于 1 mrad/s）输出与指令之差的均方根。"}),
      tracking_error, signals);
}

}  // namespace assay::metrics
