// suite check: sanity arms over tasks and levels, resumable.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "core/sha256.h"
#include "harness/sanity_verdict.h"

namespace assay::cli {
namespace {

using harness::Arm;
using harness::SanityCase;
using harness::SanityRequest;
using harness::SanityResult;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kDraws = 24;  // a choice of two values looks constant in one of 8 million

struct CheckOptions {
  std::vector<std::string> suites, tasks;
  std::vector<int> levels;
  int null_ = 3, random = 10, oracle = 10, jobs = 1;
  double skill = 1;
  std::optional<double> latency_s;
  bool smoke = false, fresh = false;
  std::string seed = "suite-check", out;
};

/// One trial to run, and the name under which its result is kept: it changes with whatever decides the result.
struct Job {
  std::size_t item = 0;
  SanityRequest request;
  std::string key;
  double limit_s = 0;
};

struct Selection {
  std::vector<Suite> suites;
  std::vector<SanityCase> cases;  ///< of tasks in `suites`
  std::vector<Job> jobs;
};

int trials_of(const CheckOptions& o, Arm arm) {
  if (o.smoke) return arm == Arm::oracle ? 1 : 0;
  return arm == Arm::null_ ? o.null_ : arm == Arm::random ? o.random : o.oracle;
}

bool is_wanted(const CheckOptions& o, const Task& task) {
  const auto named = [&](const std::string& name) { return name == task.id || name == task.key(); };
  // What is examined by recordings alone has nobody who could be made to solve it here.
  if (std::find(task.tags.begin(), task.tags.end(), "recorded") != task.tags.end()) return false;
  return (o.tasks.empty() || std::any_of(o.tasks.begin(), o.tasks.end(), named)) &&
         (o.levels.empty() || std::find(o.levels.begin(), o.levels.end(), task.level) != o.levels.end());
}

Result<void> add_case(const CheckOptions& o, const Suite& suite, const Task& task, const std::string& build,
                      Selection& out) {
  SanityCase one;
  one.task = &task;
  if (task.reference) {
    ASSAY_TRY(const auto path, catalog_find("embodiments", task.reference->embodiment));
    ASSAY_TRY(const auto embodiment, load_embodiment(path));
    ASSAY_TRY(one.idle_variation, harness::idle_variation(task, embodiment, o.seed, kDraws));
    for (const Arm arm : {Arm::oracle, Arm::random, Arm::null_})
      for (int index = 0; index < trials_of(o, arm); ++index) {
        Job job;
        job.item = out.cases.size();
        job.request = {suite.path, task.key(), task.level, index, arm, arm == Arm::oracle ? o.skill : 1,
                       o.seed,     o.latency_s};
        job.key = sha256_hex(fmt::format("{}\n{}\n{}\n{}\n{} L{} {} {} {} {}", build, suite.sha256, embodiment.sha256,
                                         embodiment.model_sha256, task.key(), task.level, harness::to_string(arm),
                                         index, job.request.skill, o.seed) +
                             (o.latency_s ? fmt::format(" latency {}", *o.latency_s) : std::string()));
        job.limit_s = static_cast<double>(task.time_limit_ns) * 1e-9;
        out.jobs.push_back(std::move(job));
      }
  }
  out.cases.push_back(std::move(one));
  return {};
}

Result<void> select(const CheckOptions& o, Selection& out) {
  for (const auto& name : o.suites.empty() ? catalog_list("suites") : o.suites) {
    ASSAY_TRY(const auto path, catalog_find("suites", name));
    ASSAY_TRY(auto suite, load_suite(path));
    out.suites.push_back(std::move(suite));
  }
  const std::string build = build_text();
  for (const auto& suite : out.suites)
    for (const auto& task : suite.tasks)
      if (is_wanted(o, task)) ASSAY_RETURN_IF_ERROR(add_case(o, suite, task, build, out));
  // Long trials first, so that no worker is left alone with one at the end.
  std::stable_sort(out.jobs.begin(), out.jobs.end(), [](const Job& a, const Job& b) { return a.limit_s > b.limit_s; });
  return {};
}

/// Results kept as JSON lines; a line cut off by a kill is ignored.
class State {
 public:
  State(fs::path path, bool fresh) : path_(std::move(path)) {
    if (fresh) return;
    std::ifstream in(path_);
    for (std::string line; std::getline(in, line);) {
      const auto one = json::parse(line, nullptr, false);
      if (one.is_object() && one.contains("key") && one.contains("result")) known_[one["key"]] = one["result"];
    }
  }
  [[nodiscard]] const json* find(const std::string& key) const {
    const auto at = known_.find(key);
    return at == known_.end() ? nullptr : &at->second;
  }
  bool put(const std::string& key, const SanityResult& result) {
    if (!out_.is_open()) {
      std::error_code ignored;
      fs::create_directories(path_.parent_path(), ignored);
      out_.open(path_, std::ios::app);
      out_ << "\n";  // ends what a kill may have cut off
    }
    out_ << json{{"key", key}, {"result", harness::to_json(result)}}.dump(-1, ' ', false,
                                                                          json::error_handler_t::replace)
         << std::endl;
    return out_.good();
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  std::ofstream out_;
  std::map<std::string, json> known_;
};

/// Time left: what each arm took of late per second of its time limits. Tasks differ and come in the order of their
/// limits, so that what was long ago says little of what is to come.
class Eta {
 public:
  explicit Eta(int jobs) : jobs_(std::max(1, jobs)) {}
  void expect(const Job& job) { at(job).open_s += job.limit_s; }
  void done(const Job& job, double wall_s) {
    auto& arm = at(job);
    arm.open_s -= job.limit_s;
    arm.limit_s = kKept * arm.limit_s + job.limit_s;
    arm.wall_s = kKept * arm.wall_s + wall_s;
  }
  [[nodiscard]] double left_s() const {
    double wall = 0, limit = 0, left = 0;
    for (const auto& arm : arms_) wall += arm.wall_s, limit += arm.limit_s;
    if (limit <= 0) return -1;
    for (const auto& arm : arms_) left += arm.open_s * (arm.limit_s > 0 ? arm.wall_s / arm.limit_s : wall / limit);
    return std::max(0.0, left / jobs_);
  }

 private:
  static constexpr double kKept = 0.97;
  struct OfArm {
    double open_s = 0, limit_s = 0, wall_s = 0;
  };
  OfArm& at(const Job& job) { return arms_[static_cast<std::size_t>(job.request.arm)]; }
  int jobs_;
  std::array<OfArm, 3> arms_;
};

Error state_not_kept(const fs::path& path) {
  return Error{.id = 915,
               .what = {"the check's state cannot be kept", "无法保存检查进度"},
               .place = {path.string()},
               .help = {"give a writable workspace with space left (`--workspace`)",
                        "请给出可写且有剩余空间的工作区（`--workspace`）"}};
}

/// False: interrupted.
Result<bool> run_jobs(const App& app, const CheckOptions& o, State& state, Selection& selection) {
  std::vector<Job> open;
  Eta eta(o.jobs);
  for (auto& job : selection.jobs) {
    if (const json* kept = state.find(job.key)) {
      selection.cases[job.item].trials.emplace_back(job.request, harness::sanity_result_from(*kept));
    } else {
      eta.expect(job);
      open.push_back(job);
    }
  }
  const std::size_t all = selection.jobs.size();
  std::size_t done = all - open.size();
  if (done > 0 && !app.quiet)
    std::fprintf(stderr, "%s\n",
                 fmt::format(fmt::runtime(app.say("{} of {} trials are known from an earlier check",
                                                  "{} / {} 次试验沿用此前检查的结果")),
                             done, all)
                     .c_str());
  std::vector<SanityRequest> requests;
  for (const auto& job : open) requests.push_back(job.request);
  bool kept = true;
  ProgressLine line(app);
  harness::SanityRun run;
  run.jobs = o.jobs;
  run.program = app.program;
  run.stderr_path = (state.path().parent_path() / "workers.log").string();
  std::error_code ignored;
  fs::create_directories(state.path().parent_path(), ignored);
  run.interrupted = interrupted;
  run.done = [&](std::size_t i, const SanityResult& result) {
    const auto& job = open[i];
    // What could not be set up is tried again next time: the cause may lie outside the files.
    if (result.outcome != Outcome::error) kept = state.put(job.key, result);
    selection.cases[job.item].trials.emplace_back(job.request, result);
    eta.done(job, result.wall_s);
    line.show(fmt::format("{} {} / {}  {} {}  {} L{} {} #{} {}", app.say("trials", "试验"), ++done, all,
                          app.say("left", "剩余"), duration_text(eta.left_s()), job.request.task, job.request.level,
                          harness::to_string(job.request.arm), job.request.index, to_string(result.outcome)));
    return kept;
  };
  ASSAY_TRY(const bool complete, harness::run_sanity(requests, run));
  if (!kept) return state_not_kept(state.path());
  return complete;
}

json row_json(const harness::SanityRow& row) {
  const auto count = [](const harness::SanityCount& c) { return json{{"n", c.n}, {"successes", c.successes}}; };
  json out = {{"task", row.task},
              {"level", row.level},
              {"null", count(row.null_)},
              {"random", count(row.random)},
              {"oracle", count(row.oracle)},
              {"starts", row.starts},
              {"distinct_starts", row.distinct_starts},
              {"goals_at_start", row.goals_at_start},
              {"slots", json::array()},
              {"ok", row.ok}};
  if (row.oracle_lower) out["oracle"]["lower_95"] = *row.oracle_lower;
  for (const auto& slot : row.slots)
    out["slots"].push_back({{"slot", slot.slot}, {"trials", slot.trials}, {"idle", slot.idle}});
  return out;
}

json to_json(const CheckOptions& o, const harness::SanityVerdict& verdict) {
  json out = {{"schema", "assay.suite_check/1"},
              {"build", build_text()},
              {"seed", o.seed},
              {"skill", o.skill},
              {"latency_s", o.latency_s ? json(*o.latency_s) : json()},
              {"rules",
               {{"oracle_share", harness::kOracleShare},
                {"oracle_levels", harness::kOracleLevels},
                {"rise_alpha", harness::kRiseAlpha}}},
              {"ok", verdict.findings.empty()},
              {"rows", json::array()},
              {"findings", json::array()}};
  for (const auto& row : verdict.rows) out["rows"].push_back(row_json(row));
  for (const auto& f : verdict.findings)
    out["findings"].push_back(
        {{"rule", f.rule}, {"task", f.task}, {"level", f.level}, {"en", f.message.en}, {"zh", f.message.zh}});
  return out;
}

void print_verdict(const App& app, const harness::SanityVerdict& verdict, bool few) {
  std::vector<std::vector<std::string>> rows = {
      {app.say("task", "任务"), "L", app.say("null", "静止"), app.say("random", "随机"), app.say("reference", "参考"),
       app.say("lower 95 %", "95% 下限"), app.say("starts", "初始状态"), app.say("slots", "槽位"), ""}};
  const auto count = [](const harness::SanityCount& c) {
    return c.n == 0 ? std::string("–") : fmt::format("{}/{}", c.successes, c.n);
  };
  for (const auto& row : verdict.rows) {
    int tried = 0, changed = 0;
    for (const auto& slot : row.slots) tried += slot.trials, changed += slot.trials - slot.idle;
    rows.push_back({row.task, fmt::format("L{}", row.level), count(row.null_), count(row.random), count(row.oracle),
                    row.oracle_lower ? fmt::format("{:.2f}", *row.oracle_lower) : "–",
                    fmt::format("{}/{}", row.distinct_starts, row.starts),
                    tried == 0 ? "–" : fmt::format("{}/{}", changed, tried), row.ok ? "✓" : "✕"});
  }
  print_table(rows);
  std::printf("\n");
  for (const auto& f : verdict.findings)
    std::printf("✕ %s L%d [%s] %s\n", f.task.c_str(), f.level, f.rule.c_str(), app.say(f.message).c_str());
  if (verdict.findings.empty()) std::printf("%s\n", app.say("✓ nothing found", "✓ 未发现问题").c_str());
  if (few)
    std::printf("%s\n",
                app.say("Fewer than 10 trials of the reference: shows that the tasks run, not that they are sound.",
                        "参考策略不足 10 次试验：只说明任务能够运行，不说明任务可靠。")
                    .c_str());
  std::printf(
      "%s\n",
      app.say(
             "Successes of trials. Null and random must never succeed; the reference must in 9 of 10 at L1 to L3 (9 of "
             "10 show 0.61 or more at 95 %), and not more often at a higher level (Fisher's exact test with Holm's "
             "correction, 1 %). Slots: of slots in successful trials, those of which another value asks for another "
             "goal.",
             "数字为成功次数/试验次数。静止与随机策略不得成功；参考策略在 L1 至 L3 须 10 次中成功 9 次（以 95% "
             "置信度表明成功概率不低于 0.61），且级别升高时成功率不得升高（Fisher 精确检验，Holm 校正，1%）。"
             "槽位：成功试验中，换成其他取值会改变目标的槽位数。")
          .c_str());
}

int do_check(const App& app, const CheckOptions& o) {
  Selection selection;
  if (auto selected = select(o, selection); !selected) return fail(app, selected.error());
  if (selection.cases.empty()) {
    std::fprintf(stderr, "%s\n", app.say("no task of that name and level", "没有该名称与级别的任务").c_str());
    return kNothing;
  }
  State state(fs::path(app.workspace) / "suite-check" / "state.jsonl", o.fresh);
  install_signal_handlers();
  const auto complete = run_jobs(app, o, state, selection);
  if (!complete) return fail(app, complete.error());
  if (!*complete) {
    std::fprintf(
        stderr, "%s\n",
        app.say("interrupted; the same command goes on from here", "已中断；再次执行同一命令即可继续").c_str());
    return kInterrupted;
  }
  for (auto& one : selection.cases)  // not the order in which workers happened to end
    std::sort(one.trials.begin(), one.trials.end(), [](const auto& a, const auto& b) {
      return std::pair{a.first.arm, a.first.index} < std::pair{b.first.arm, b.first.index};
    });
  const auto verdict = harness::judge_sanity(selection.cases);
  if (!verdict) return fail(app, verdict.error());
  const json out = to_json(o, *verdict);
  if (app.json)
    print_json(out);
  else
    print_verdict(app, *verdict, o.smoke || o.oracle < 10);
  if (!o.out.empty()) {
    std::ofstream file(o.out);
    file << out.dump(2, ' ', false, json::error_handler_t::replace) << std::endl;
    if (!file.good())
      return fail(app, Error{.id = 908,
                             .what = {"the file cannot be written", "文件无法写入"},
                             .place = {o.out},
                             .help = {"check disk space and permissions", "请检查磁盘空间与权限"}});
  }
  return verdict->findings.empty() ? kConforms : kNotConform;
}

}  // namespace

void add_suite_check_command(CLI::App& suite, App& app, Action& run) {
  const auto o = std::make_shared<CheckOptions>();
  o->jobs = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  auto* check = suite.add_subcommand("check", app.say("show by trials that tasks can be solved, and not by chance",
                                                      "用试验证明任务可解且不能靠运气通过"));
  check->add_option("suite", o->suites, app.say("ids or files (default: all)", "标识或文件（默认：全部）"));
  check->add_option("--task", o->tasks, app.say("only this task (may be repeated)", "仅检查该任务（可重复）"))
      ->allow_extra_args(false);  // what follows is a suite
  check->add_option("--level", o->levels, app.say("only this level (may be repeated)", "仅检查该级别（可重复）"))
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 5));
  const auto count = [&](const char* name, int& value, const std::string& meaning) {
    check->add_option(name, value, meaning)->check(CLI::Range(0, 10000))->capture_default_str();
  };
  count("--null", o->null_, app.say("trials of a robot that holds still", "静止策略的试验次数"));
  count("--random", o->random, app.say("trials of a robot that moves at random", "随机策略的试验次数"));
  count("--oracle", o->oracle, app.say("trials of the task's reference", "参考策略的试验次数"));
  check->add_option("--skill", o->skill, app.say("skill of the reference, 0 to 1", "参考策略的熟练度，0 至 1"))
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  check
      ->add_option("--latency", o->latency_s,
                   app.say("declared inference latency in s, in place of what the tasks draw (lock-step)",
                           "声明的推理时延（s），代替任务抽取的值（锁步）"))
      ->check(CLI::Range(0.0, 60.0));
  check->add_option("--seed", o->seed, app.say("seed of the trials", "试验的种子"))->capture_default_str();
  check->add_flag("--smoke", o->smoke,
                  app.say("one trial of the reference of each task and level, nothing else",
                          "每个任务与级别只运行一次参考策略试验"));
  check->add_flag("--fresh", o->fresh,
                  app.say("run all, whatever an earlier check left behind", "全部重新运行，不沿用此前的结果"));
  check->add_option("-j,--jobs", o->jobs, app.say("worker processes", "工作进程数"))
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  check->add_option("-o,--out", o->out, app.say("write the result as JSON, too", "同时将结果写为 JSON 文件"));
  check->callback([&app, &run, o] { run = [&app, o] { return do_check(app, *o); }; });
}

}  // namespace assay::cli
