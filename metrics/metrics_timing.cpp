// What the trial cost in wall time. Not reproducible: kept out of content_digest and of every verdict.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "metrics/families.h"
#include "metrics/measures/latency.h"
#include "metrics/measures/series.h"

namespace assay::metrics {

namespace {

/// The channel's values; empty with `why` set where the metric is undefined.
std::vector<double> timing(const Trace& trace, const char* name, std::string& why, const char* topic = "/timing") {
  const auto* stream = trace.stream(topic);
  const int index = stream ? stream->find(name) : -1;
  std::vector<double> out;
  if (!stream)
    why = std::string("no_stream:") + topic;
  else if (index < 0)
    why = std::string("no_channel:") + name;
  else if (stream->rows() == 0)
    why = "no_samples";
  else
    for (std::size_t i = 0; i < stream->rows(); ++i) out.push_back(stream->row(i)[static_cast<std::size_t>(index)]);
  if (std::any_of(out.begin(), out.end(), [](double value) { return !std::isfinite(value); })) {
    why = std::string("not_finite:") + name;
    out.clear();
  }
  return out;
}

MetricValue policy_inference_time(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  std::string why;
  const auto values = timing(trace, "policy_s", why);
  const auto median = series::median(values);
  return median ? defined(spec, *median, spec.vantage) : undefined(spec, why);
}

/// Of a policy on a server the loop sees what came back, and when it looked; the wire knows when the answer was there.
MetricValue answer_time(const MetricSpec& spec, const Trace& trace, const Verdict& verdict) {
  if (trace.stream("/inference") == nullptr) return policy_inference_time(spec, trace, verdict);
  std::string why;
  const auto most = series::median(timing(trace, "answer_s", why, "/inference"));
  const auto least = series::median(timing(trace, "server_least_s", why, "/inference"));
  if (!most || !least) return undefined(spec, why);
  auto out = defined(spec, *most, spec.vantage);
  out.lower = *least;
  out.upper = *most;
  out.n = 1;
  return out;
}

MetricValue harness_overhead(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  double total = 0, harness = 0;
  for (const char* name : {"policy_s", "robot_s", "harness_s"}) {
    std::string why;
    const auto values = timing(trace, name, why);
    if (values.empty()) return undefined(spec, why);
    harness = 0;
    for (const double value : values) harness += value;
    total += harness;
  }
  if (!(total > 0)) return undefined(spec, "zero_time");
  return defined(spec, harness / total, spec.vantage);
}

/// A high quantile that was measured, not an interpolated one.
MetricValue loop_lateness(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  std::string why;
  const auto values = timing(trace, "late_s", why);
  if (values.empty()) return undefined(spec, why);
  const double probability[] = {0.99};
  const auto summary = latency_summary(values, probability);
  if (!summary || !summary->quantile_order_s[0]) return undefined(spec, "no_samples");
  return defined(spec, *summary->quantile_order_s[0], spec.vantage);
}

/// What the set-up of the trial declared, not what was measured.
MetricValue declared_latency(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto at = trace.metadata.find("latency_ns");
  if (at == trace.metadata.end()) return undefined(spec, "no_metadata:latency_ns");
  std::int64_t latency_ns = 0;
  const auto& text = at->second;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), latency_ns);
  if (wrong != std::errc() || end != text.data() + text.size() || latency_ns < 0)
    return undefined(spec, "out_of_range");
  return defined(spec, static_cast<double>(latency_ns) * 1e-9, spec.vantage);
}

MetricSpec timing_spec(const char* id, const char* unit, Text title, Text definition, Text undefined_when) {
  MetricSpec spec;
  spec.id = id;
  spec.unit = unit;
  spec.vantage = Vantage::instrument;
  spec.title = std::move(title);
  spec.definition = std::move(definition);
  spec.clause = "Assay";
  spec.undefined_when = std::move(undefined_when);
  spec.deterministic = false;
  return spec;
}

}  // namespace

void register_timing_metrics(MetricRegistry& registry) {
  add(registry,
      timing_spec("policy_inference_time", "s", {"Policy inference time", "策略推理时间"},
                  {"Median over the control periods of the wall time that the policy took to answer (an even number: "
                   "mean of the two middle ones).",
                   "各控制周期内策略作答所用实际时间的中位数（周期数为偶数时取中间两个的平均值）。"},
                  {"No control period was timed.", "没有任何控制周期的计时。"}),
      policy_inference_time);
  auto newer = timing_spec(
      "policy_inference_time", "s", {"Policy inference time", "策略推理时间"},
      {"Median of the time that the policy took to answer (an even number: mean of the two middle ones). Of a policy "
       "on a "
       "server: over its questions, from the question's going out to the answer's having come, by the wire's "
       "own stamps; limits: at most this, at least this less the way there and back, at 95 %. Of any other: over the "
       "control periods, the wall time of the call.",
       "策略作答所用时间的中位数（个数为偶数时取中间两个的平均值）。策略位于服务端时：取各次提问，自问题发出到应答到达"
       "，"
       "以接口自身的时间戳为准；界限：不多于该值，不少于该值减去往返传递时间（95 "
       "%）。其他策略：取各控制周期内调用的实际时间。"},
      {"No control period, or no question to the server, was timed.", "没有任何控制周期或提问的计时。"});
  newer.version = 2;
  add(registry, std::move(newer), answer_time);
  add(registry,
      timing_spec("harness_overhead", "1", {"Harness overhead", "测试框架开销"},
                  {"Wall time of the harness itself divided by the wall time of policy, robot and harness together, "
                   "over all control periods.",
                   "所有控制周期中，测试框架自身所用实际时间与策略、机器人、测试框架三者合计实际时间之比。"},
                  {"No control period was timed, or the total is zero.", "没有任何控制周期的计时，或合计为零。"}),
      harness_overhead);
  add(registry,
      timing_spec("loop_lateness", "s", {"Loop lateness", "循环滞后"},
                  {"The 99 % quantile (a value that was measured) of how late a period of the real-time loop began.",
                   "实时循环各周期开始滞后量的 99 % 分位数（取实测值）。"},
                  {"The trial ran in lock-step, where the world waits: nothing is late, and nothing is tested.",
                   "试验以锁步方式运行，世界等待策略：没有滞后，也不作检测。"}),
      loop_lateness);
  auto declared = timing_spec(
      "declared_latency", "s", {"Declared inference latency", "声明的推理时延"},
      {"Latency between an observation and the action that answers it, as the set-up of the trial declared it.",
       "试验设置所声明的观测与其对应动作之间的时延。"},
      {"The trial's set-up is not on record.", "没有该试验设置的记录。"});
  declared.vantage = Vantage::simulator;
  declared.deterministic = true;
  add(registry, std::move(declared), declared_latency);
}

}  // namespace assay::metrics
