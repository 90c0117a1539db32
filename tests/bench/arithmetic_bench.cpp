// The arithmetic behind a certificate, at sizes as they occur. tests/bench/peers/ runs each beside the same work in
// NumPy and SciPy. Inputs are formulas, so that peers.py can make the same numbers; with ASSAY_BENCH_ANSWERS=FOLDER
// every benchmark writes its answer there (binary64, FOLDER/<name>.f64), so that both can be compared.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "metrics/condition.h"
#include "metrics/measures/smoothness.h"
#include "metrics/measures/trajectory_error.h"
#include "metrics/sequential.h"
#include "metrics/statistics/proportion.h"

namespace assay::bench {
namespace {

using metrics::Vector3;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", to_string(result.error(), Lang::en).c_str());
  std::exit(1);
}

void keep(const std::string& name, const std::vector<double>& answer) {
  const char* folder = std::getenv("ASSAY_BENCH_ANSWERS");
  if (folder == nullptr) return;
  const std::string path = std::string(folder) + "/" + name + ".f64";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool written = file != nullptr && std::fwrite(answer.data(), 8, answer.size(), file) == answer.size();
  if (written && std::fclose(file) == 0) return;
  std::fprintf(stderr, "cannot write %s\n", path.c_str());
  std::exit(1);
}

/// [0, 1), the k-th of its list: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
double uniform(std::uint64_t list, std::size_t k) {
  std::uint64_t z = (list << 32) + (k + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

void ape_se3(benchmark::State& state) {
  constexpr std::size_t kPoses = 20'000;
  std::vector<double> reference_s(kPoses), estimate_s(kPoses);
  std::vector<Vector3> reference_m(kPoses), estimate_m(kPoses);
  for (std::size_t i = 0; i < kPoses; ++i) {
    reference_s[i] = static_cast<double>(i) * 0.05;
    estimate_s[i] = reference_s[i] + 0.002;
    const double a = 0.001 * static_cast<double>(i);
    const Vector3 p{10 * std::cos(a), 7 * std::sin(a), 0.1 * a};
    reference_m[i] = p;
    estimate_m[i] = {0.6 * p[0] - 0.8 * p[1] + 3 + 0.02 * uniform(1, i),
                     0.8 * p[0] + 0.6 * p[1] - 2 + 0.02 * uniform(2, i), p[2] + 1 + 0.02 * uniform(3, i)};
  }
  const auto run = [&] {
    return must(metrics::absolute_pose_error({reference_s, reference_m}, {estimate_s, estimate_m}, 0.01,
                                             metrics::TrajectoryAlignment::se3));
  };
  const auto e = *run().error;
  keep("ape_se3", {e.rmse_m, e.mean_m, e.median_m, e.std_m, e.min_m, e.max_m, e.sse_m2});
  for (auto _ : state) benchmark::DoNotOptimize(run());
}

void sparc(benchmark::State& state) {
  constexpr std::size_t kSamples = 10'000;
  std::vector<double> speed_m_s(kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double t_s = static_cast<double>(i) * 0.01;
    speed_m_s[i] = 1 - std::cos(0.8 * t_s) + 0.1 * (1 + std::sin(9 * t_s)) + 0.05 * uniform(4, i);
  }
  const auto run = [&] { return must(metrics::smoothness(speed_m_s, 100)); };
  keep("sparc", {*run().sparc});
  for (auto _ : state) benchmark::DoNotOptimize(run());
}

void clopper_pearson(benchmark::State& state) {
  constexpr std::size_t kPairs = 10'000;
  std::vector<int> successes(kPairs), n(kPairs);
  for (std::size_t i = 0; i < kPairs; ++i) {
    n[i] = 10 + static_cast<int>(991 * uniform(5, i));
    successes[i] = static_cast<int>((0.5 + 0.5 * uniform(6, i)) * (n[i] + 1));
  }
  const auto run = [&] { return must(metrics::clopper_pearson_lower(successes, n, 0.95)); };
  keep("clopper_pearson", run());
  for (auto _ : state) benchmark::DoNotOptimize(run());
}

void plan_design(benchmark::State& state) {
  const auto run = [] { return must(metrics::design_sequential(0.90, 0.95, 0.05, 0.10, 1.5)); };
  const auto design = run();
  std::vector<double> answer{design.exact_alpha, design.exact_beta, design.expected_at_p0, design.expected_at_p1};
  for (const int accept : design.table.accept) answer.push_back(accept);
  for (const int refuse : design.table.refuse) answer.push_back(refuse);
  keep("plan_design", answer);
  for (auto _ : state) benchmark::DoNotOptimize(run());
}

Condition predicate(Op op, std::string a, std::string b = "") {
  Condition condition;
  condition.op = op;
  condition.a = std::move(a);
  condition.b = std::move(b);
  return condition;
}

Condition over(Op op, std::vector<Condition> children) {
  Condition condition;
  condition.op = op;
  condition.children = std::move(children);
  return condition;
}

/// Ten nodes: the robot stays upright; the parcel is in the bin 0.5 … 3 s from now, at rest for 1 s, off the floor; no
/// person is touched.
Condition ten_nodes() {
  auto upright = predicate(Op::upright, "robot.base"), near = predicate(Op::near, "parcel", "bin");
  auto at_rest = predicate(Op::at_rest, "parcel"), above = predicate(Op::above, "parcel");
  upright.max_tilt_rad = 0.4;
  upright.tolerance = 0.1;
  near.radius_m = 0.6;
  near.tolerance = 0.05;
  at_rest.v_max_m_s = 1;
  at_rest.w_max_rad_s = 2;
  at_rest.tolerance = 0.1;
  above.height_m = 0.05;
  above.tolerance = 0.02;
  auto within = over(Op::within, {near}), holds = over(Op::holds_for, {at_rest});
  within.from_ns = 500'000'000;
  within.to_ns = 3'000'000'000;
  holds.duration_ns = 1'000'000'000;
  return over(Op::all, {over(Op::always, {upright}), within, holds,
                        over(Op::not_, {predicate(Op::touching, "robot", "person")}), above});
}

/// 100 rows a second; poses of parcel, bin and base, the parcel's twist, one contact.
Stream truth(const Condition& condition, std::size_t rows) {
  Stream stream;
  stream.topic = "/truth";
  for (const auto& signal : metrics::required_signals(condition))
    for (auto& channel : metrics::signal_channels(signal)) stream.channels.push_back(std::move(channel));
  const auto column = [&](const char* name) { return static_cast<std::size_t>(stream.find(name)); };
  std::vector<double> row(stream.channels.size());
  for (std::size_t i = 0; i < rows; ++i) {
    const double t = 0.01 * static_cast<double>(i);
    const auto set = [&](const char* name, double value) { row[column(name)] = value; };
    const char* const parcel[] = {"parcel.x_m",      "parcel.y_m",      "parcel.z_m",
                                  "parcel.vx_m_s",   "parcel.vy_m_s",   "parcel.vz_m_s",
                                  "parcel.wx_rad_s", "parcel.wy_rad_s", "parcel.wz_rad_s"};
    for (std::size_t k = 0; k < 9; ++k)
      set(parcel[k], 0.5 * std::sin((0.3 + 0.1 * static_cast<double>(k)) * t) + 0.1 * uniform(10 + k, i));
    set("robot.base.qx", 0.1 * std::sin(0.5 * t));
    set("robot.base.qy", 0.05 + 0.02 * uniform(19, i));
    for (const char* name : {"parcel.qw", "bin.qw", "robot.base.qw"}) set(name, 1);
    set("contact.robot.person", uniform(20, i) < 0.001 ? 1 : 0);
    stream.append(static_cast<std::int64_t>(i) * 10'000'000, row);
  }
  return stream;
}

void robustness(benchmark::State& state) {
  const auto condition = ten_nodes();
  const auto stream = truth(condition, 30'000);
  const auto run = [&] { return must(metrics::robustness(condition, stream)); };
  keep("robustness", run());
  for (auto _ : state) benchmark::DoNotOptimize(run());
}

BENCHMARK(ape_se3)->Unit(benchmark::kMillisecond);
BENCHMARK(sparc)->Unit(benchmark::kMillisecond);
BENCHMARK(clopper_pearson)->Unit(benchmark::kMillisecond);
BENCHMARK(plan_design)->Unit(benchmark::kMillisecond);
BENCHMARK(robustness)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::bench

BENCHMARK_MAIN();
