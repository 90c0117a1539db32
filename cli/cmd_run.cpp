// demo, run, resume.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/eyes.h"
#include "adapters/served/spaces.h"
#include "cli/commands.h"
#include "cli/control.h"
#include "cli/plan.h"
#include "cli/print.h"
#include "cli/reach.h"
#include "cli/seed.h"
#include "cli/session.h"

extern char** environ;

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  SessionRequest request;
  int jobs = 0;
  bool dry_run = false, detach = false;
  std::string events, session = "last";
};

int default_jobs() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

/// Whoever decides by pictures is not begun with where none can be drawn.
Result<void> can_be_shown(const PolicyLink& policy) {
  return served::wants_pictures(policy) ? try_cameras() : Result<void>{};
}

int do_run(const App& app, const RunOptions& options) {
  auto prepared = prepare(options.request);
  if (!prepared) return fail(app, prepared.error());
  if (options.dry_run) return show_plan(app, *prepared, {});
  if (const auto drawn = can_be_shown(prepared->inputs.subject.policy_link); !drawn) return fail(app, drawn.error());
  if (const auto there = all_there(prepared->inputs.subject, false); !there) return fail(app, there.error());
  auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  auto row = lock(**store, *prepared);
  if (!row) return fail(app, row.error());
  if (!app.quiet)
    std::fprintf(
        stderr, "%s\n",
        fmt::format("{} {} {}  [{}]", app.say("session", "检测"), row->id,
                    app.say("locked, plan", "已锁定，计划") + " " + row->plan_sha256.substr(0, 16) +
                        app.say(", seed ", "，种子承诺 ") + commitment(prepared->plan.session_seed).substr(0, 23),
                    app.say(division_notice(prepared->plan.division)))
            .c_str());
  if (options.detach) {
    store->reset();  // one process writes to a workspace at a time
    return detach_run(app, row->id, options.jobs, options.events);
  }
  return run_and_tell(app, **store, {*row, std::move(prepared->inputs), std::move(prepared->plan)}, options.jobs,
                      options.events);
}

int do_resume(const App& app, const RunOptions& options) {
  auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  auto session = open_session(**store, options.session);
  if (!session) return fail(app, session.error());
  if (session->row.state != "closed")
    if (const auto there = all_there(session->inputs.subject, true); !there) return fail(app, there.error());
  if (options.detach) {
    store->reset();
    return detach_run(app, session->row.id, options.jobs, options.events);
  }
  return run_and_tell(app, **store, std::move(*session), options.jobs, options.events);
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
  if (const auto there = all_there(prepared->inputs.subject, false); !there) return fail(app, there.error());
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

void add_jobs(CLI::App& command, const App& app, RunOptions& o) {
  command.add_option("-j,--jobs", o.jobs, app.say("worker processes", "工作进程数"))
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--events", o.events,
                     app.say("append events as JSON lines to FILE", "将事件以 JSON 行追加到文件"));
}

void add_detach(CLI::App& command, const App& app, RunOptions& o) {
  command.add_flag("--detach", o.detach,
                   app.say("run in the background; `assay attach` watches it", "在后台运行；用 `assay attach` 查看"));
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

  auto* command = parser.add_subcommand("run", app.say("examine a subject under a scheme", "按方案检测被检对象"));
  add_session_options(*command, app, options->request)->required();
  add_jobs(*command, app, *options);
  add_detach(*command, app, *options);
  command->add_flag("--dry-run", options->dry_run,
                    app.say("load, check and plan; run nothing", "仅加载、核对与计划，不执行"));
  command->callback([&app, &run, options] { run = [&app, options] { return do_run(app, *options); }; });

  auto* resume = parser.add_subcommand("resume", app.say("go on with an interrupted session", "继续被中断的检测"));
  resume->add_option("session", options->session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
  add_jobs(*resume, app, *options);
  add_detach(*resume, app, *options);
  resume->callback([&app, &run, options] { run = [&app, options] { return do_resume(app, *options); }; });
}

}  // namespace assay::cli
