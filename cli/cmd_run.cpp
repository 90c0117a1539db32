// demo, plan, run, resume, status.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/session.h"

extern char** environ;

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  SessionRequest request;
  int jobs = 0;
  bool dry_run = false, oc = false;
  double between_s = 0;
  std::string events, session = "last";
  std::vector<std::string> assume;
};

int default_jobs() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

/// "parcel_sorting=0.93" or "logistics_assembly/parcel_sorting@L2=0.9" → full key → p.
Result<std::map<std::string, double>> assumptions(const std::vector<std::string>& given, const Plan& plan) {
  std::map<std::string, double> out;
  for (const auto& item : given) {
    const auto equals = item.find('=');
    char* end = nullptr;
    const double p = equals == std::string::npos ? -1 : std::strtod(item.c_str() + equals + 1, &end);
    const std::string name = item.substr(0, equals);
    const std::string task = name.substr(0, name.find('@'));
    std::string key;
    for (const auto& ind : plan.indicators)
      if (ind.task == task || ind.task.substr(ind.task.find('/') + 1) == task)
        key = ind.task + name.substr(task.size());
    if (key.empty() || !(p >= 0 && p <= 1) || end == nullptr || *end != '\0')
      return Error{.id = 907,
                   .what = {"--assume does not fit", "--assume 无法理解"},
                   .expected = {"TASK=P or TASK@L2=P, a task of the plan and 0 ≤ P ≤ 1",
                                "任务=P 或 任务@L2=P，任务须在计划中且 0 ≤ P ≤ 1"},
                   .found = item};
    out[key] = p;
  }
  return out;
}

nlohmann::json point_json(const metrics::OperatingPoint& x) {
  return {{"p", x.p}, {"accept", x.accept}, {"refuse", x.refuse}, {"expected_n", x.expected_n}, {"share", x.share}};
}

nlohmann::json characteristics_json(const metrics::OperatingCharacteristics& x) {
  nlohmann::json out = {{"p0", x.p0},
                        {"p1", x.p1},
                        {"alpha", x.alpha},
                        {"beta", x.beta},
                        {"fixed_n", x.fixed_n},
                        {"n_max", x.n_max},
                        {"least_n", x.least_n},
                        {"exact_alpha", x.exact_alpha},
                        {"exact_beta", x.exact_beta},
                        {"size",
                         {{"at_limit", x.size.at_limit},
                          {"largest_on_grid", x.size.largest},
                          {"bound_everywhere", x.size.bound},
                          {"grid_points", x.size.grid_points}}},
                        {"at_p0", point_json(x.at_p0)},
                        {"midway", point_json(x.midway)},
                        {"at_p1", point_json(x.at_p1)},
                        {"at_one", point_json(x.at_one)}};
  for (const auto& point : x.points) out["curve"].push_back(point_json(point));
  return out;
}

nlohmann::json plan_json(const Plan& plan, const grading::Outlook& outlook, const RobotTime& time,
                         const std::vector<metrics::OperatingCharacteristics>& oc) {
  nlohmann::json out = {{"schema", "assay.outlook/1"},
                        {"plan", nlohmann::json::parse(harness::plan_to_json(plan))},
                        {"p_level", outlook.p_level},
                        {"p_level_most", outlook.p_level_most},
                        {"robot_time_expected_h", time.expected_s / 3600},
                        {"robot_time_most_h", time.most_s / 3600},
                        {"level", plan.declared_level}};
  for (const auto& row : outlook.rows)
    out["indicators"].push_back({{"id", row.id},
                                 {"level", row.level},
                                 {"assumed_p", row.assumed},
                                 {"p_conform", row.p_conform},
                                 {"trials_least", row.least_n},
                                 {"trials_expected", row.expected_n},
                                 {"trials_most", row.most_n}});
  for (const auto& x : oc) out["operating_characteristics"].push_back(characteristics_json(x));
  return out;
}

/// One row per design: indicators with the same limits share it.
Result<std::vector<metrics::OperatingCharacteristics>> characteristics_of(const Plan& plan) {
  std::vector<metrics::OperatingCharacteristics> out;
  for (const auto& indicator : plan.indicators) {
    const auto& d = indicator.design;
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& x) {
      return x.p0 == d.p0 && x.p1 == d.p1 && x.alpha == d.alpha && x.beta == d.beta;
    });
    if (known) continue;
    ASSAY_TRY(auto x, metrics::operating_characteristics(d));
    out.push_back(std::move(x));
  }
  return out;
}

RobotTime robot_time(const Prepared& prepared, const grading::Outlook& outlook, double between_s) {
  RobotTime out;
  out.between_s = between_s;
  const Plan& plan = prepared.plan;
  for (const auto& series : plan.series) {
    double expected = 0, each_s = between_s;
    for (std::size_t i = 0; i < plan.indicators.size(); ++i)
      if (plan.indicators[i].task == series.task && plan.indicators[i].level == series.level)
        expected = std::max(expected, outlook.rows[i].expected_n);
    for (const auto& suite : prepared.inputs.suites)
      if (const auto* task = suite.find(series.task, series.level))
        each_s += static_cast<double>(task->time_limit_ns) * 1e-9;
    out.expected_s += std::max(expected, static_cast<double>(series.least)) * each_s;
    out.most_s += series.cap * each_s;
  }
  return out;
}

int show_plan(const App& app, const Prepared& prepared, const RunOptions& options) {
  const auto assume = assumptions(options.assume, prepared.plan);
  if (!assume) return fail(app, assume.error());
  const auto outlook = grading::outlook(prepared.plan, *assume);
  std::vector<metrics::OperatingCharacteristics> oc;
  if (options.oc) {
    auto found = characteristics_of(prepared.plan);
    if (!found) return fail(app, found.error());
    oc = std::move(*found);
  }
  const auto time = robot_time(prepared, outlook, options.between_s);
  if (app.json)
    print_json(plan_json(prepared.plan, outlook, time, oc));
  else
    print_plan(app, prepared.plan, outlook, time, oc);
  return kConforms;
}

int do_plan(const App& app, const RunOptions& options) {
  const auto prepared = prepare(options.request);
  if (!prepared) return fail(app, prepared.error());
  return show_plan(app, *prepared, options);
}

int do_run(const App& app, const RunOptions& options) {
  auto prepared = prepare(options.request);
  if (!prepared) return fail(app, prepared.error());
  if (options.dry_run) return show_plan(app, *prepared, options);
  auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  auto row = lock(**store, *prepared);
  if (!row) return fail(app, row.error());
  if (!app.quiet)
    std::fprintf(stderr, "%s\n",
                 fmt::format("{} {} {}  [{}]", app.say("session", "检测"), row->id,
                             app.say("locked, plan", "已锁定，计划") + " " + row->plan_sha256.substr(0, 16),
                             app.say(division_notice(prepared->plan.division)))
                     .c_str());
  return run_and_tell(app, **store, {*row, std::move(prepared->inputs), std::move(prepared->plan)}, options.jobs,
                      options.events);
}

int do_resume(const App& app, const RunOptions& options) {
  auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  auto session = open_session(**store, options.session);
  if (!session) return fail(app, session.error());
  return run_and_tell(app, **store, std::move(*session), options.jobs, options.events);
}

int do_status(const App& app) {
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto sessions = (*store)->sessions();
  if (!sessions) return fail(app, sessions.error());
  nlohmann::json out = {{"schema", "assay.status/1"}, {"sessions", nlohmann::json::array()}};
  std::vector<std::vector<std::string>> rows = {{app.say("session", "检测"), app.say("state", "状态"),
                                                 app.say("scheme", "方案"), app.say("scope", "范围"),
                                                 app.say("division", "分区"), app.say("trials", "试验"),
                                                 app.say("incomplete", "未完成"), app.say("locked", "锁定时间")}};
  for (const auto& s : *sessions) {
    const auto plan = harness::plan_from_json(s.plan_json);
    const auto trials = (*store)->trials(s.number);
    if (!plan) return fail(app, plan.error());
    if (!trials) return fail(app, trials.error());
    const auto open = std::count_if(trials->begin(), trials->end(), [](const TrialRecord& t) { return !t.finished; });
    rows.push_back({s.id, s.state, plan->scheme, plan->scope, plan->division, fmt::format("{}", trials->size()),
                    fmt::format("{}", open), to_rfc3339(s.locked)});
    out["sessions"].push_back({{"id", s.id},
                               {"state", s.state},
                               {"scheme", plan->scheme},
                               {"scope", plan->scope},
                               {"division", plan->division},
                               {"trials", trials->size()},
                               {"incomplete", open},
                               {"locked", to_rfc3339(s.locked)}});
  }
  if (app.json)
    print_json(out);
  else if (sessions->empty())
    std::printf("%s\n", app.say("No sessions yet. Try `assay demo`.", "尚无检测。可先运行 `assay demo`。").c_str());
  else
    print_table(rows);
  return sessions->empty() ? kNothing : kConforms;
}

/// Qt Gui is touched only in a process of its own, never in one that runs trials.
bool write_report(const App& app, const std::string& session, const std::string& path) {
  std::vector<std::string> words = {
      app.program, "--workspace", app.workspace, "--lang", app.lang == Lang::zh ? "zh" : "en",
      "report",    session,       "--output",    path};
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  int status = 0;
  if (posix_spawn(&pid, app.program.c_str(), nullptr, nullptr, argv.data(), environ) != 0) return false;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int do_demo(App app, RunOptions options) {
  const auto start = std::chrono::steady_clock::now();
  auto prepared = prepare(options.request);
  if (!prepared) return fail(app, prepared.error());
  auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  auto row = lock(**store, *prepared);
  if (!row) return fail(app, row.error());
  std::fprintf(
      stderr, "%s\n",
      app.say("Examining the reference robot on the embedded simulator …", "正在嵌入式仿真器上检测参考机器人……")
          .c_str());
  const int code = run_and_tell(app, **store, {*row, std::move(prepared->inputs), std::move(prepared->plan)},
                                options.jobs, options.events);
  const bool graded = code == kConforms || code == kNotConform || code == kInconclusive || code == kSafety;
  if (!graded) return code;
  const std::string report = fs::absolute(app.workspace + "/reports/" + row->id + ".html").lexically_normal().string();
  const bool written = write_report(app, row->id, report);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::fprintf(app.json ? stderr : stdout, "\n%s: %s\n%s: %s\n%s\n", app.say("Report", "报告").c_str(),
               written ? report.c_str() : app.say("could not be written", "未能写出").c_str(),
               app.say("Database", "数据库").c_str(),
               fs::absolute(app.workspace + "/assay.db").lexically_normal().c_str(),
               fmt::format("{:.0f} s. {}: assay --workspace {} explain | trial list | report", seconds,
                           app.say("Next", "下一步"), app.workspace)
                   .c_str());
  return written ? code : kBug;
}

void add_session_options(CLI::App& command, const App& app, RunOptions& o) {
  command
      .add_option("--scheme", o.request.scheme,
                  app.say("scheme: id of the catalogue or a file", "方案：目录中的标识或文件"))
      ->capture_default_str();
  command
      .add_option("--subject", o.request.subject,
                  app.say("subject: id of the catalogue or a file", "被检对象：目录中的标识或文件"))
      ->required();
  command
      .add_option("--level", o.request.level,
                  app.say("highest level to examine (default: as declared)", "检测的最高等级（默认：申报等级）"))
      ->check(CLI::Range(1, 5));
  command.add_option(
      "--seed", o.request.seed,
      app.say("session seed of your own: reproducible, division dev", "自选种子：可复现，但归入 dev 分区"));
  command.add_option("--division", o.request.division, app.say("lab or self", "lab（检测）或 self（自评）"))
      ->check(CLI::IsMember({"lab", "self"}))
      ->capture_default_str();
  command.add_option("--secret-file", o.request.secret_file,
                     app.say("centre's secret (division lab)", "检测中心密钥文件（lab 分区）"));
  command.add_option("--campaign", o.request.campaign, app.say("campaign name (division lab)", "批次名（lab 分区）"));
}

void add_jobs(CLI::App& command, const App& app, RunOptions& o) {
  command.add_option("-j,--jobs", o.jobs, app.say("worker processes", "工作进程数"))
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--events", o.events,
                     app.say("append events as JSON lines to FILE", "将事件以 JSON 行追加到文件"));
}

}  // namespace

void add_run_commands(CLI::App& parser, App& app, Action& run) {
  const auto options = std::make_shared<RunOptions>();
  options->jobs = default_jobs();
  options->request.scheme = "embodied-demo";

  auto* demo = parser.add_subcommand(
      "demo", app.say("examine the reference robot and write the report", "检测参考机器人并生成报告"));
  demo->add_option("--subject", options->request.subject, app.say("subject to show", "演示对象"))
      ->default_str("reference-arm");
  add_jobs(*demo, app, *options);
  demo->add_option("--seed", options->request.seed, app.say("session seed", "种子"))->default_str("demo");
  demo->callback([&app, &run, options] {
    run = [&app, options] {
      if (options->request.subject.empty()) options->request.subject = "reference-arm";
      if (options->request.seed.empty()) options->request.seed = "demo";
      return do_demo(app, *options);
    };
  });

  auto* plan =
      parser.add_subcommand("plan", app.say("trials per indicator, chance of the level", "每项指标的试验数与达级概率"));
  add_session_options(*plan, app, *options);
  plan->add_option("--assume", options->assume,
                   app.say("TASK=P or TASK@L2=P: assumed success probability", "任务=P 或 任务@L2=P：假定成功概率"));
  plan->add_option("--between", options->between_s,
                   app.say("seconds between trials: reset, set-up", "两次试验之间的秒数：复位与布置"))
      ->check(CLI::NonNegativeNumber);
  plan->add_flag("--oc", options->oc, app.say("exact operating characteristics too", "同时给出精确的抽样特性"));
  plan->callback([&app, &run, options] { run = [&app, options] { return do_plan(app, *options); }; });

  auto* command = parser.add_subcommand("run", app.say("examine a subject under a scheme", "按方案检测被检对象"));
  add_session_options(*command, app, *options);
  add_jobs(*command, app, *options);
  command->add_flag("--dry-run", options->dry_run,
                    app.say("load, check and plan; run nothing", "仅加载、核对与计划，不执行"));
  command->callback([&app, &run, options] { run = [&app, options] { return do_run(app, *options); }; });

  auto* resume = parser.add_subcommand("resume", app.say("go on with an interrupted session", "继续被中断的检测"));
  resume->add_option("session", options->session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
  add_jobs(*resume, app, *options);
  resume->callback([&app, &run, options] { run = [&app, options] { return do_resume(app, *options); }; });

  auto* status = parser.add_subcommand("status", app.say("sessions of the workspace", "工作区内的检测"));
  status->callback([&app, &run] { run = [&app] { return do_status(app); }; });
}

}  // namespace assay::cli
