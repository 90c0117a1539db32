// Measures of latency, delay and temporal logic, in words.
#include "metrics/measures/catalogue.h"

namespace assay::metrics {

namespace {

struct Row {
  const char* id;
  const char* unit;
  Direction direction;
  Vantage vantage;
  Text title, definition;
  const char* clause;
  Text undefined_when;
  const char* kind;
  const char* member;
};

std::vector<Row> rows() {
  return {
      {"latency.quantile",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Latency quantile (order statistic)", "时延分位数（次序统计量）"},
       {"x_(r) of the sorted latencies with r = ⌈n·p⌉ within 1…n: a value that was measured. Where messages wait for "
        "one another, see coordinated omission in metrics/measures/latency.h.",
        "排序后时延的第 r 个值，r = ⌈n·p⌉，限于 1…n，为实测值。消息相互等待时，应注意 metrics/measures/latency.h "
        "中所述的协同遗漏。"},
       "Hyndman and Fan 1996, type 1",
       {"No latency.", "没有时延数据。"},
       "latency_quantiles",
       "quantile_order_s"},
      {"latency.quantile_interpolated",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Latency quantile (interpolated)", "时延分位数（插值）"},
       {"Type 7: x_(k+1) + (h − k)(x_(k+2) − x_(k+1)) with h = (n − 1)p, k = ⌊h⌋.",
        "第 7 类：x_(k+1) + (h − k)(x_(k+2) − x_(k+1))，h = (n − 1)p，k = ⌊h⌋。"},
       "Hyndman and Fan 1996, type 7",
       {"No latency.", "没有时延数据。"},
       "latency_quantiles",
       "quantile_type7_s"},
      {"latency.mean",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Mean latency", "平均时延"},
       {"Arithmetic mean of the latencies.", "各时延的算术平均值。"},
       "Assay",
       {"No latency.", "没有时延数据。"},
       "latency_quantiles",
       "mean_s"},
      {"latency.standard_deviation",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Standard deviation of the latency", "时延标准差"},
       {"Square root of Σ(x − mean)²/(n − 1).", "Σ(x − 均值)²/(n − 1) 的平方根。"},
       "Assay",
       {"Fewer than two latencies.", "时延数据少于两个。"},
       "latency_quantiles",
       "std_s"},
      {"latency.max",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Largest latency", "最大时延"},
       {"Largest of the latencies.", "各时延的最大值。"},
       "Assay",
       {"No latency.", "没有时延数据。"},
       "latency_quantiles",
       "max_s"},
      {"latency.jitter",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Period jitter", "周期抖动"},
       {"Standard deviation (n − 1) of the periods between arrivals.", "相邻到达时刻间隔的标准差（n − 1）。"},
       "Assay",
       {"Fewer than two periods.", "周期少于两个。"},
       "latency_jitter",
       "period_std_s"},
      {"latency.period_deviation",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Largest deviation from the nominal period", "与标称周期的最大偏差"},
       {"Largest |P_i − nominal period|.", "|P_i − 标称周期| 的最大值。"},
       "Assay",
       {"No period.", "没有周期。"},
       "latency_jitter",
       "max_abs_deviation_s"},
      {"latency.deadline_miss_ratio",
       "1",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Deadline miss ratio", "超期率"},
       {"Late (latency > deadline) and lost messages as a share of those sent.",
        "迟到（时延 > 期限）与丢失的消息占已发送消息的比例。"},
       "Assay",
       {"Nothing was sent.", "未发送任何消息。"},
       "latency_deadline",
       "miss_ratio"},
      {"latency.longest_late_run",
       "1",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Longest run of late messages", "最长连续迟到数"},
       {"Longest run of consecutive late messages among the received.", "已收到的消息中连续迟到的最大个数。"},
       "Assay",
       {"Never: 0 without a late message.", "始终有定义：无迟到时为 0。"},
       "latency_deadline",
       "longest_late_run"},
      {"delay.threshold",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Response delay by threshold", "阈值法响应延迟"},
       {"Interpolated instant of the response's first crossing at or after the command's first crossing, minus the "
        "latter.",
        "响应在指令首次越过阈值时刻或其后的首次越阈时刻（插值）与指令越阈时刻之差。"},
       "Assay",
       {"The command or the response does not cross its threshold.", "指令或响应未越过其阈值。"},
       "delay_threshold",
       "delay_s"},
      {"delay.cross_correlation",
       "s",
       Direction::lower_is_better,
       Vantage::instrument,
       {"Response delay by cross-correlation", "互相关法响应延迟"},
       {"Lag of the largest Pearson correlation over the overlap (at least half of the samples), refined by a "
        "parabola.",
        "在重叠部分（不少于半数采样）上皮尔逊相关系数最大处的滞后，以抛物线插值细化。"},
       "Assay",
       {"Fewer than three samples, or no lag whose overlap varies in both signals.",
        "采样少于三个，或没有任何滞后使两信号的重叠部分均非常量。"},
       "delay_xcorr",
       "delay_s"},
      {"delay.peak_correlation",
       "1",
       Direction::higher_is_better,
       Vantage::instrument,
       {"Peak correlation", "峰值相关系数"},
       {"Correlation at that lag, without refinement: how far the delay can be trusted.",
        "该滞后处未经细化的相关系数，反映延迟估计的可信程度。"},
       "Assay",
       {"As the delay.", "与延迟相同。"},
       "delay_xcorr",
       "peak_correlation"},
      {"logic.robustness",
       "1",
       Direction::higher_is_better,
       Vantage::simulator,
       {"Robustness of a condition", "条件的鲁棒度"},
       {"Quantitative semantics in discrete time over closed windows: at least 0 iff the condition holds, and by how "
        "much. In a suite each predicate is divided by its tolerance; unscaled it has the unit of its signals.",
        "离散时间、闭时间窗的定量语义：不小于 0 "
        "当且仅当条件成立，其大小表示裕量。测试套件中各谓词除以其容差；未除时与信号单位相同。"},
       "Donzé and Maler 2010 (signal temporal logic)",
       {"No row, or no row in a window that decides (infinite).",
        "没有采样，或起决定作用的时间窗内没有采样（无穷大）。"},
       "stl_robustness",
       "robustness"},
  };
}

}  // namespace

void add_timing_measures(std::vector<MeasureEntry>& list) {
  for (auto& row : rows()) {
    MeasureEntry entry;
    entry.spec.id = row.id;
    entry.spec.unit = row.unit;
    entry.spec.direction = row.direction;
    entry.spec.vantage = row.vantage;
    entry.spec.title = std::move(row.title);
    entry.spec.definition = std::move(row.definition);
    entry.spec.clause = row.clause;
    entry.spec.undefined_when = std::move(row.undefined_when);
    entry.kind = row.kind;
    entry.member = row.member;
    list.push_back(std::move(entry));
  }
}

}  // namespace assay::metrics
