// status, attach, pause, continue, stop, and runs in the background: a run seen from another process.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.h"
#include "cli/control.h"
#include "cli/operate.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"

extern char** environ;

namespace assay::cli {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::string state_word(const App& app, const std::string& state, const json& run) {
  if (!run.is_object()) return state;
  const auto now = run.value("state", "");
  if (now == "paused") return app.say("paused", "已暂停");
  if (now == "stopping") return app.say("stopping", "正在停止");
  return app.say("running", "运行中");
}

std::string progress_text(const json& run) {
  const auto number = [&](const char* key) {
    return run.contains(key) && run[key].is_number() ? run[key].get<double>() : -1.0;
  };
  if (number("done") < 0) return "";
  return fmt::format("{:.0f} / ~{:.0f}, {}", number("done"), number("expected"), duration_text(number("eta_s")));
}

int do_status(const App& app) {
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto sessions = (*store)->sessions();
  if (!sessions) return fail(app, sessions.error());
  json out = {{"schema", "assay.status/1"}, {"sessions", json::array()}};
  std::vector<std::vector<std::string>> rows = {
      {app.say("session", "检测"), app.say("state", "状态"), app.say("scheme", "方案"), app.say("scope", "范围"),
       app.say("division", "分区"), app.say("trials", "试验"), app.say("incomplete", "未完成"),
       app.say("progress, left", "进度，剩余"), app.say("locked", "锁定时间")}};
  for (const auto& s : *sessions) {
    const auto plan = harness::plan_from_json(s.plan_json);
    const auto trials = (*store)->trials(s.number);
    if (!plan) return fail(app, plan.error());
    if (!trials) return fail(app, trials.error());
    const auto open = std::count_if(trials->begin(), trials->end(), [](const TrialRecord& t) { return !t.finished; });
    json run;
    if (s.state != "closed")
      if (auto asked = ask_run(app.workspace, s.id, "status")) run = std::move(*asked);
    rows.push_back({s.id, state_word(app, s.state, run), plan->scheme, plan->scope, plan->division,
                    fmt::format("{}", trials->size()), fmt::format("{}", open), progress_text(run),
                    to_rfc3339(s.locked)});
    out["sessions"].push_back({{"id", s.id},
                               {"state", s.state},
                               {"scheme", plan->scheme},
                               {"scope", plan->scope},
                               {"division", plan->division},
                               {"trials", trials->size()},
                               {"incomplete", open},
                               {"run", std::move(run)},
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

Result<std::string> id_of(const App& app, const std::string& name) {
  ASSAY_TRY(const auto store, Store::open(app.workspace, true));
  ASSAY_TRY(const auto row, store->session(name));
  return row.id;
}

int do_ask(const App& app, const std::string& name, const std::string& what) {
  const auto id = id_of(app, name);
  if (!id) return fail(app, id.error());
  const auto answer = ask_run(app.workspace, *id, what);
  if (!answer) return fail(app, answer.error());
  if (app.json)
    print_json(*answer);
  else
    std::printf("%s: %s\n", id->c_str(), state_word(app, "", *answer).c_str());
  return kConforms;
}

/// Verdict of the session as it stands.
int tell_grade(const App& app, const std::string& id) {
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto session = open_session(**store, id);
  if (!session) return fail(app, session.error());
  const auto model = build_model(**store, *session);
  if (!model) return fail(app, model.error());
  if (app.json)
    std::printf("%s\n", reports::to_json(*model).c_str());
  else
    print_grade(app, *model);
  return exit_code_of(model->grade);
}

/// Reads whole lines of a file that grows.
class Tail {
 public:
  explicit Tail(const std::string& path) : file_(path) {}
  std::vector<std::string> lines() {
    std::vector<std::string> out;
    file_.clear();
    char buffer[4096];
    while (file_.read(buffer, sizeof buffer), file_.gcount() > 0)
      rest_.append(buffer, static_cast<std::size_t>(file_.gcount()));
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      out.push_back(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
    return out;
  }

 private:
  std::ifstream file_;
  std::string rest_;
};

/// The prompt that waits, or null.
json waiting_prompt(const App& app, const std::string& session) {
  const auto answer = ask_run(app.workspace, session, "status");
  return answer ? answer->value("prompt", json()) : json();
}

/// Shows what the run tells until it ends, dies, or the watcher is told to go (SIGINT leaves the run alone).
int do_attach(const App& app, const std::string& name, std::string by) {
  const auto id = id_of(app, name);
  if (!id) return fail(app, id.error());
  if (const auto here = ask_run(app.workspace, *id, "status"); !here) {
    const auto store = Store::open(app.workspace, true);
    const auto row = store ? (*store)->session(*id) : Result<SessionRow>(store.error());
    if (!row || row->state != "closed") return fail(app, here.error());
    return tell_grade(app, *id);
  }
  install_signal_handlers();
  const auto console = make_console_listener(app);
  Tail tail(event_log(app.workspace, *id));
  auto lines = tail.lines();
  // Of the runs that are on record, the last; of its trials already told, none again.
  std::string last_progress;
  for (const auto& line : lines)
    if (const json data = json::parse(line, nullptr, false); data.is_object() && data.value("type", "") == "progress")
      last_progress = line;
  if (!last_progress.empty()) console->on_event({{}, "progress", last_progress});
  std::int64_t shown = 0;
  bool silent = false;
  for (bool alive = true;;) {
    for (const auto& line : tail.lines()) {
      const json data = json::parse(line, nullptr, false);
      if (!data.is_object()) continue;
      const auto type = data.value("type", "");
      console->on_event({{}, type, line});
      if (type == "run_finished") return data.value("complete", false) ? tell_grade(app, *id) : kInterrupted;
    }
    if (interrupted()) {
      std::fprintf(stderr, "%s\n", app.say("detached; the run goes on", "已脱离；运行继续进行").c_str());
      return kInterrupted;
    }
    if (!alive) {
      std::fprintf(
          stderr, "%s\n",
          app.say("the run has died; go on with `assay resume`", "运行已终止；用 `assay resume` 继续").c_str());
      return kInterrupted;
    }
    std::this_thread::sleep_for(200ms);
    if (!by.empty())
      if (const json prompt = waiting_prompt(app, *id);
          prompt.is_object() && !answer_prompt(app, *id, prompt, by, shown))
        by.clear();  // no more input: the rest is watched
    const auto status = ask_run(app.workspace, *id, "status");
    // Who is there and only does not answer may do so again; of who is gone, once more what it told last.
    const bool waits = !status && status.error().id == 922;
    if (waits && !silent) std::fprintf(stderr, "%s\n", to_string(status.error(), app.lang).c_str());
    silent = waits;
    alive = status.ok() || waits;
  }
}

}  // namespace

int detach_run(const App& app, const std::string& session, int jobs, const std::string& events_file) {
  std::vector<std::string> words = {
      app.program,  "--workspace", app.workspace, "--lang", app.lang == Lang::zh ? "zh" : "en",
      "--no-color", "resume",      session,       "--jobs", std::to_string(jobs)};
  if (!events_file.empty()) words.insert(words.end(), {"--events", events_file});
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string log = run_folder(app.workspace) + "/" + session + ".log";
  std::error_code ignored;
  std::filesystem::create_directories(run_folder(app.workspace), ignored);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, app.program.c_str(), &files, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0)
    return fail(
        app, Error{.id = 923,
                   .what = {"the run cannot be started in the background", "无法在后台启动运行"},
                   .place = {log},
                   .found = std::strerror(failed),
                   .help = {"the session is locked: go on with `assay resume`", "检测已锁定：用 `assay resume` 继续"}});
  for (int waited = 0; waited < 600; ++waited) {
    if (const auto answer = ask_run(app.workspace, session, "status")) {
      if (app.json)
        print_json({{"schema", "assay.detached/1"},
                    {"session", session},
                    {"pid", pid},
                    {"events", event_log(app.workspace, session)},
                    {"log", log}});
      else
        std::printf("%s: %s\n", session.c_str(),
                    app.say("running in the background; `assay attach` watches it, `assay stop` ends it",
                            "已在后台运行；`assay attach` 查看，`assay stop` 停止")
                        .c_str());
      return kConforms;
    }
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) {
      std::fprintf(stderr, "%s: %s\n", app.say("the run has ended; what it said", "运行已结束；其输出").c_str(),
                   log.c_str());
      return WIFEXITED(status) ? WEXITSTATUS(status) : kBug;
    }
    std::this_thread::sleep_for(100ms);
  }
  return do_ask(app, session, "status");  // says that it does not answer
}

void add_control_commands(CLI::App& parser, App& app, Action& run) {
  const auto session = std::make_shared<std::string>("last");
  auto* status = parser.add_subcommand(
      "status", app.say("sessions of the workspace, and what runs", "工作区内的检测及其运行情况"));
  status->callback([&app, &run] { run = [&app] { return do_status(app); }; });
  const auto add = [&](const char* name, const Text& help, auto act) {
    auto* command = parser.add_subcommand(name, app.say(help));
    command->add_option("session", *session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
    command->callback([&app, &run, session, act] { run = [&app, session, act] { return act(app, *session); }; });
    return command;
  };
  const auto by = std::make_shared<std::string>();
  auto* attach =
      add("attach",
          {"watch a run of another process; Ctrl+C leaves it running", "查看另一进程中的运行；Ctrl+C 仅脱离，运行继续"},
          [by](const App& a, const std::string& name) { return do_attach(a, name, *by); });
  attach->add_option("--by", *by,
                     app.say("be its operator under this name: answer its prompts here (docs/wire-manual.md)",
                             "以该姓名作为操作员，在此应答提示（docs/zh/wire-manual.md）"));
  const auto asks = [](const char* what) {
    return [what](const App& a, const std::string& name) { return do_ask(a, name, what); };
  };
  add("pause", {"begin no further trials; those under way end", "不再开始新的试验；进行中的试验照常结束"},
      asks("pause"));
  add("continue", {"begin trials again after `pause`", "在 `pause` 之后继续开始试验"}, asks("continue"));
  add("stop", {"make safe and end the run; `resume` goes on", "使其安全并结束运行；可用 `resume` 继续"}, asks("stop"));
}

}  // namespace assay::cli
