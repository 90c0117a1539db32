#include "cli/session.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "adapters/registry.h"
#include "cli/pin.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/version.h"
#include "core/sha256.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t g_interrupted = 0;  // a signal handler has nowhere else to write

std::string random_seed() {
  unsigned char bytes[16] = {};
  ASSAY_CHECK(getrandom(bytes, sizeof bytes, 0) == sizeof bytes);
  std::string hex;
  for (const unsigned char b : bytes) hex += fmt::format("{:02x}", b);
  return hex;
}

/// H(centre's secret ‖ campaign): robots of one campaign start alike and can be compared in pairs.
Result<std::string> lab_seed(const SessionRequest& request) {
  if (request.secret_file.empty() || request.campaign.empty())
    return Error{.id = 904,
                 .what = {"the lab division takes its seed from the centre's secret and the campaign",
                          "lab 分区的种子取自检测中心的密钥与批次名"},
                 .expected = {"--secret-file FILE and --campaign NAME", "--secret-file 文件 与 --campaign 名称"},
                 .help = {"give both, or use --division self", "请同时给出两者，或改用 --division self"}};
  struct stat info {};
  std::ifstream in(request.secret_file, std::ios::binary);
  if (!in || stat(request.secret_file.c_str(), &info) != 0 || (info.st_mode & 077) != 0)
    return Error{.id = 905,
                 .what = {"the secret file cannot be read, or others may read it", "密钥文件不可读，或其他用户可读"},
                 .place = {request.secret_file},
                 .expected = {"a file with mode 0600", "权限为 0600 的文件"},
                 .help = {"chmod 600 the file", "请执行 chmod 600"}};
  std::stringstream text;
  text << in.rdbuf();
  return sha256_hex("assay.lab_seed/1\n" + text.str() + "\n" + request.campaign);
}

std::string seed_path(const Store& store, const std::string& session) { return store.folder() + "/seeds/" + session; }

std::string build_text() {
  return fmt::format("assay {} {} x86-64 baseline, -ffp-contract=off, libm {}", kVersion, kRevision,
                     libm_is_pinned() ? "pinned" : "not pinned");
}

std::string engine_text(const std::string& adapter) {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  for (const auto& info : registry.robots())
    if (info.id == adapter) return info.engine;
  return adapter;
}

/// Percent of the trials, one line per finding, in the report's remarks.
std::vector<std::string> remarks(const Opened& session) {
  std::vector<std::string> out;
  for (const auto& finding : session.inputs.embodiment.remarks) out.push_back(finding);
  for (const auto& o : session.inputs.embodiment.actuator_overrides)
    out.push_back(
        fmt::format("actuator override declared by the binding: {} {} = {}", o.actuator, o.attribute, o.value));
  return out;
}

std::vector<std::pair<std::string, std::string>> deciding_files(const std::string& lock_json) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto lock = nlohmann::json::parse(lock_json, nullptr, false);
  if (!lock.is_object() || !lock.contains("files")) return out;
  for (const auto& file : lock["files"])
    out.emplace_back(file.value("name", file.value("path", "")), file.value("sha256", ""));
  return out;
}

}  // namespace

Result<Prepared> prepare(const SessionRequest& request) {
  Prepared out;
  ASSAY_TRY(out.inputs, harness::load_inputs(request.scheme, request.subject));
  if (request.level > 0) out.inputs.subject.declared_level = request.level;
  std::vector<Task> tasks;
  std::string suite_hashes;
  for (const auto& suite : out.inputs.suites) {
    tasks.insert(tasks.end(), suite.tasks.begin(), suite.tasks.end());
    suite_hashes += suite.id + "@" + suite.version + " " + suite.sha256 + "\n";
  }
  ASSAY_TRY(out.plan, grading::design(out.inputs.scheme, out.inputs.subject, tasks));
  Plan& plan = out.plan;
  plan.scheme_sha256 = out.inputs.scheme.sha256;
  plan.suite_sha256 = sha256_hex(suite_hashes);
  plan.subject_sha256 = out.inputs.subject.sha256;
  plan.embodiment_sha256 = out.inputs.embodiment.sha256;
  plan.model_sha256 = out.inputs.embodiment.model_sha256;
  plan.build = build_text();
  plan.engine = engine_text(out.inputs.subject.adapter);
  plan.division = request.seed.empty() ? request.division : "dev";
  if (plan.division == "lab") {
    ASSAY_TRY(plan.session_seed, lab_seed(request));
  } else {
    plan.session_seed = request.seed.empty() ? random_seed() : request.seed;
  }
  return out;
}

Result<SessionRow> lock(Store& store, Prepared& prepared) {
  Plan stored = prepared.plan;
  const std::string seed = stored.session_seed;
  if (stored.division == "lab") stored.session_seed = "sha256:" + sha256_hex(seed);
  const std::string text = harness::plan_to_json(stored);
  ASSAY_TRY(auto row, store.lock_session(text, sha256_hex(text), harness::lock_json(prepared.inputs), utc_now()));
  if (stored.division == "lab") {
    const std::string path = seed_path(store, row.id);
    std::error_code ignored;
    fs::create_directories(fs::path(path).parent_path(), ignored);
    std::ofstream out(path);
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, ignored);
    out << seed;
    out.flush();
    if (!out)
      return Error{.id = 906,
                   .what = {"the session's seed cannot be kept", "无法保存本次检测的种子"},
                   .place = {path},
                   .help = {"make the workspace writable", "请确认工作区可写"}};
  }
  return row;
}

Result<Opened> open_session(const Store& store, const std::string& name) {
  Opened out;
  ASSAY_TRY(out.row, store.session(name));
  ASSAY_TRY(out.plan, harness::plan_from_json(out.row.plan_json));
  ASSAY_TRY(out.inputs, harness::load_locked(out.row.lock_json));
  out.inputs.subject.declared_level = out.plan.declared_level;
  if (out.plan.session_seed.rfind("sha256:", 0) == 0) {
    std::ifstream in(seed_path(store, out.row.id));
    std::string seed;
    std::getline(in, seed);
    if ("sha256:" + sha256_hex(seed) == out.plan.session_seed) out.plan.session_seed = seed;
  }
  return out;
}

Result<reports::ReportModel> build_model(const Store& store, const Opened& session) {
  reports::ReportModel model;
  model.session = session.row.id;
  model.division = session.plan.division;
  model.plan_sha256 = session.row.plan_sha256;
  model.chain_head =
      session.row.chain_head_at_close.empty() ? session.row.chain_head_at_lock : session.row.chain_head_at_close;
  model.tool_version = fmt::format("{} ({})", kVersion, kRevision);
  model.locked = session.row.locked;
  model.closed = session.row.closed;
  model.scheme = session.inputs.scheme;
  model.subject = session.inputs.subject;
  ASSAY_TRY(model.plan, harness::plan_from_json(session.row.plan_json));
  ASSAY_TRY(model.trials, store.trials(session.row.number));
  model.grade = grading::grade(model.scheme, model.plan, model.trials);
  model.why_not = grading::explain(model.scheme, model.plan, model.grade, model.trials, 0);
  model.remarks = remarks(session);
  model.files = deciding_files(session.row.lock_json);
  return model;
}

int run_and_tell(const App& app, Store& store, Opened session, int jobs, const std::string& events_file) {
  RunListeners listeners;
  const auto console = make_console_listener(app);
  listeners.add(console.get());
  std::unique_ptr<RunListener> file;
  if (!events_file.empty()) {
    auto opened = make_event_file(events_file);
    if (!opened) return fail(app, opened.error());
    file = std::move(*opened);
    listeners.add(file.get());
  }
  install_signal_handlers();
  const harness::CampaignOptions options{.jobs = jobs, .program = app.program, .interrupted = interrupted};
  const auto end = harness::run_campaign(store, session.row, session.inputs, session.plan, options, listeners);
  if (!end) return fail(app, end.error());
  if (end->interrupted) {
    const bool any = end->trials > 0;
    std::fprintf(stderr, "%s\n",
                 app.say("interrupted; go on with `assay resume`", "已中断；用 `assay resume` 继续").c_str());
    return any ? kInterrupted : kInterruptedEarly;
  }
  if (end->complete && session.row.state != "closed") {
    if (session.plan.division == "lab") {
      const nlohmann::json detail = {{"session", session.row.id}, {"seed", session.plan.session_seed}};
      if (auto said = store.audit("seed_revealed", "assay", detail.dump(), utc_now()); !said)
        return fail(app, said.error());
    }
    if (auto closed = store.close_session(session.row.number, "closed", utc_now()); !closed)
      return fail(app, closed.error());
  }
  auto reopened = open_session(store, session.row.id);
  if (!reopened) return fail(app, reopened.error());
  const auto model = build_model(store, *reopened);
  if (!model) return fail(app, model.error());
  const std::string json = reports::to_json(*model);
  if (auto saved = store.save_grade(session.row.number, model->scheme.sha256, json, utc_now()); !saved)
    return fail(app, saved.error());
  if (app.json)
    print_json(json);
  else
    print_grade(app, *model);
  return exit_code_of(model->grade);
}

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = [](int) { g_interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return g_interrupted != 0; }

}  // namespace assay::cli
