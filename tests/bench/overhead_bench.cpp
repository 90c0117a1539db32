// What a recorded, judged trial costs over the same physics stepped bare, and trials per second at 1 and 2 jobs.
//
// overhead/<task>: run_trial (reset, sensors, limits, record, judge, metrics, digest, make-safe; policy: a replay, run
// inline) against a loop of mj_step with the same controls and range scans from the same state, in this process,
// taken in turns, in processor time. Counters: ratio = median of trial ÷ bare over the pairs (target ≤ 1.05);
// ratio_of_best = least ÷ least, the figure that other load on the machine disturbs least; off_m = largest |Δqpos|
// between the two ends.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "adapters/registry.h"
#include "core/sha256.h"
#include "harness/campaign.h"
#include "harness/trial.h"
#include "tests/bench/replay.h"

namespace assay::bench {
namespace {

namespace fs = std::filesystem;

double seconds_of(auto&& call) {
  const SteadyTime start = steady_now();
  call();
  return static_cast<double>(steady_now().ns - start.ns) * 1e-9;
}

/// Of this thread's processor time: what else the machine does counts less.
double cpu_seconds_of(auto&& call) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  };
  const double start = now();
  call();
  return now() - start;
}

[[noreturn]] void give_up(const Error& error) {
  std::fprintf(stderr, "%s\n", to_string(error, Lang::en).c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

struct Subject {
  harness::SessionInputs inputs;
  const Task* task = nullptr;
  AdapterRegistry registry;
  metrics::MetricRegistry metrics;

  Subject(const std::string& subject, const std::string& key, int level) {
    register_builtin_adapters(registry);
    metrics::register_builtin_metrics(metrics);
    inputs = must(harness::load_inputs("embodied-demo", subject));
    for (const auto& suite : inputs.suites)
      if (const auto* found = suite.find(key, level); found != nullptr) task = found;
    if (task == nullptr) std::exit(1);
  }
  std::unique_ptr<Policy> policy() const {
    return must(registry.policy(inputs.subject.policy, inputs.subject.policy_params, inputs.subject.policy_link));
  }
};

void mark_scans(const Setup& setup, Tape& tape) {
  for (const auto& group : setup.world.groups) {
    if (group.beams <= 0) continue;
    tape.scan_site = mj_name2id(tape.model.get(), mjOBJ_SITE, group.range_site.c_str());
    tape.scan_body = tape.model->site_bodyid[tape.scan_site];
    tape.beams = group.beams;
    tape.steps_per_scan = static_cast<int>(1 / (setup.range_rate_hz * tape.model->opt.timestep) + 0.5);
  }
}

void overhead(benchmark::State& state, const std::string& subject_id, const std::string& key, int level) {
  Subject subject(subject_id, key, level);
  const auto world = must(compose(*subject.task, subject.inputs.embodiment));
  const auto setup = must(harness::realise(*subject.task, subject.inputs.embodiment, world, "bench", 0));
  const auto robot = must(subject.registry.robot("mujoco"));
  const auto run = [&](std::unique_ptr<Policy> policy) {
    const auto runner = harness::make_inline_runner(std::move(policy));
    return harness::run_trial(*robot, *runner, setup, subject.task->metrics, subject.metrics, {});
  };
  Tape tape;
  std::vector<Action> actions;
  {
    const TapeRecorder recorder(tape);
    const auto first = run(make_recording_policy(subject.policy(), actions));
    state.SetLabel(std::string(to_string(first.verdict.outcome)) + ", " + std::to_string(tape.steps) + " steps");
  }
  mark_scans(setup, tape);
  std::vector<double> trial_s, bare_s, ratios;
  double off = 0;
  bool bare_first = false;
  for (auto _ : state) {
    bare_first = !bare_first;
    if (bare_first) bare_s.push_back(cpu_seconds_of([&] { off = std::max(off, replay(tape)); }));
    trial_s.push_back(cpu_seconds_of([&] { benchmark::DoNotOptimize(run(make_replaying_policy(actions))); }));
    if (!bare_first) bare_s.push_back(cpu_seconds_of([&] { off = std::max(off, replay(tape)); }));
    ratios.push_back(trial_s.back() / bare_s.back());
    state.SetIterationTime(trial_s.back());
  }
  state.counters["ratio"] = median(ratios);
  state.counters["ratio_of_best"] =
      *std::min_element(trial_s.begin(), trial_s.end()) / *std::min_element(bare_s.begin(), bare_s.end());
  state.counters["bare_ms"] = 1e3 * median(bare_s);
  state.counters["off_m"] = off;
}

/// A plan of exactly `n` trials for each of two series, whatever their outcomes.
Plan fixed_plan(const std::string& key, int n) {
  Plan plan;
  plan.session_seed = "bench";
  for (int level = 1; level <= 2; ++level) {
    PlannedIndicator indicator;
    indicator.id = "I" + std::to_string(level);
    indicator.level = level;
    indicator.task = key;
    auto& table = indicator.design.table;
    table.n_max = n;
    table.accept.assign(static_cast<std::size_t>(n) + 1, -1);
    table.refuse.assign(static_cast<std::size_t>(n) + 1, n + 1);
    table.accept.back() = n;
    plan.indicators.push_back(indicator);
    plan.series.push_back({key, level, n, 0});
  }
  return plan;
}

struct Silent final : RunListener {
  void on_event(const RunEvent&) override {}
};

void throughput(benchmark::State& state, const std::string& subject_id, const std::string& key) {
  const auto inputs = must(harness::load_inputs("embodied-demo", subject_id));
  const Plan plan = fixed_plan(key, 8);
  std::string folder = (fs::temp_directory_path() / "assay-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) std::exit(1);
  int trials = 0;
  {
    auto store = must(Store::open(folder));
    harness::CampaignOptions options;
    options.jobs = static_cast<int>(state.range(0));
    options.program = fs::read_symlink("/proc/self/exe").string();
    Silent silent;
    for (auto _ : state) {
      const auto text = harness::plan_to_json(plan);
      const auto row = must(store->lock_session(text, sha256_hex(text), harness::lock_json(inputs), utc_now()));
      const double wall_s =
          seconds_of([&] { trials += must(run_campaign(*store, row, inputs, plan, options, silent)).trials; });
      state.SetIterationTime(wall_s);
    }
  }
  state.counters["trials_per_s"] = benchmark::Counter(trials, benchmark::Counter::kIsRate);
  fs::remove_all(folder);
}

void register_all() {
  const auto timed = [](benchmark::internal::Benchmark* b) {
    return b->UseManualTime()->Unit(benchmark::kMillisecond);
  };
  const std::string sort = "logistics_assembly/parcel_sorting", move = "logistics_assembly/goods_transport";
  for (int level = 1; level <= 2; ++level) {
    const std::string at = "_L" + std::to_string(level);
    timed(
        benchmark::RegisterBenchmark(("overhead/parcel_sorting" + at).c_str(), overhead, "reference-arm", sort, level))
        ->Iterations(12);
    timed(
        benchmark::RegisterBenchmark(("overhead/goods_transport" + at).c_str(), overhead, "reference-amr", move, level))
        ->Iterations(12);
  }
  timed(benchmark::RegisterBenchmark("campaign/parcel_sorting", throughput, "reference-arm", sort))
      ->ArgName("jobs")
      ->Arg(1)
      ->Arg(2)
      ->Iterations(1);
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "worker") == 0) {
    assay::AdapterRegistry registry;
    assay::register_builtin_adapters(registry);
    return assay::harness::worker_main(std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]), registry);
  }
  benchmark::Initialize(&argc, argv);
  assay::bench::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
