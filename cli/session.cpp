#include "cli/session.h"

#include <fmt/format.h>

#include <csignal>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/registry.h"
#include "adapters/served/spaces.h"
#include "cli/control.h"
#include "cli/pin.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/reach.h"
#include "cli/regrade.h"
#include "cli/seed.h"
#include "cli/version.h"
#include "core/sha256.h"
#include "harness/operated.h"
#include "suites/embodiment_cameras.h"

namespace assay::cli {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;  // a signal handler has nowhere else to write

std::string engine_text(const std::string& adapter) {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  for (const auto& info : registry.robots())
    if (info.id == adapter) return info.engine;
  return adapter;
}

/// What plays in place of an operated robot; empty: a robot does.
std::string played_by(const Subject& subject) {
  if (subject.adapter != "manual") return {};
  const auto section = nlohmann::json::parse(subject.robot.details, nullptr, false);
  return section.is_object() && section.contains("plays") ? section["plays"].value("id", "") : "";
}

/// Percent of the trials, one line per finding, in the report's remarks.
std::vector<std::string> remarks(const Opened& session) {
  std::vector<std::string> out;
  for (const auto& finding : session.inputs.embodiment.remarks) out.push_back(finding);
  for (const auto& o : session.inputs.embodiment.actuator_overrides)
    out.push_back(
        fmt::format("actuator override declared by the binding: {} {} = {}", o.actuator, o.attribute, o.value));
  if (session.inputs.subject.adapter == "manual")
    out.emplace_back(
        "trials were set up, started and scored by a person, by eye: values have the vantage operator, times are those "
        "between two acts of the person, and what was drawn of friction, sensors and delays was not set");
  if (const auto played = played_by(session.inputs.subject); !played.empty())
    out.push_back(fmt::format("no robot moved: the person watched the embedded simulator, played by {}", played));
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

/// The newest validation on record, of the session's own build if there is one.
Result<std::optional<reports::SoftwareValidation>> validation_of(const Store& store, const std::string& build) {
  std::optional<reports::SoftwareValidation> out;
  ASSAY_TRY(const auto rows, store.audit_log());
  for (const auto& row : rows) {
    const auto detail = nlohmann::json::parse(row.detail_json, nullptr, false);
    if (row.kind != "validation" || !detail.is_object()) continue;
    reports::SoftwareValidation found;
    found.time = row.time;
    found.by = row.person;
    found.build = detail.value("build", "");
    found.same_build = found.build == build;
    found.ok = detail.value("ok", false);
    for (const auto& file : detail.value("files", nlohmann::json::array()))
      found.files.push_back({file.value("file", ""), file.value("sha256", ""), file.value("title", ""),
                             file.value("cases", 0), file.value("passed", 0)});
    if (!out || found.same_build || !out->same_build) out = std::move(found);
  }
  return out;
}

std::map<std::string, double> control_periods(const Opened& session) {
  std::map<std::string, double> out;
  for (const auto& series : session.plan.series)
    for (const auto& suite : session.inputs.suites)
      if (const auto* task = suite.find(series.task, series.level))
        out[fmt::format("{}@L{}", series.task, series.level)] = static_cast<double>(task->control_period_ns) * 1e-9;
  return out;
}

/// Only whether it can be made.
template <class T>
Result<void> refusal_of(Result<std::unique_ptr<T>> made) {
  if (!made) return std::move(made).error();
  return {};
}

/// A campaign's seed is used once per subject: a second session would start from trials already seen.
Result<void> first_use(const Store& store, const Plan& plan) {
  ASSAY_TRY(const auto sessions, store.sessions());
  for (const auto& session : sessions) {
    const auto earlier = harness::plan_from_json(session.plan_json);
    if (!earlier || earlier->session_seed != plan.session_seed || earlier->subject_sha256 != plan.subject_sha256)
      continue;
    return Error{
        .id = 910,
        .what = {"this subject was examined in this campaign already", "该对象在本批次中已检测过"},
        .expected = {"a campaign of its own for each examination", "每次检测使用各自的批次"},
        .found = session.id,
        .help = {"`assay resume` that session, or name a new campaign", "请用 `assay resume` 继续，或另设批次名"}};
  }
  return {};
}

/// One verdict rests on one program: a session goes on only with the build and engine that locked it.
Result<void> same_build(const Plan& plan, const std::string& adapter) {
  const std::string here = build_text() + "; " + engine_text(adapter), there = plan.build + "; " + plan.engine;
  if (here == there) return {};
  return Error{.id = 911,
               .what = {"the session was locked by another build", "该检测由另一构建锁定"},
               .expected = {there, there},
               .found = here,
               .help = {"go on with the program that locked it; results can be read with any",
                        "请用锁定时的程序继续；任何版本都可查看结果"}};
}

/// Seed known, build the same: further trials may be drawn.
Result<void> ready_to_run(const Store& store, Opened& session) {
  ASSAY_RETURN_IF_ERROR(same_build(session.plan, session.inputs.subject.adapter));
  if (is_commitment(session.plan.session_seed)) {
    ASSAY_TRY(session.plan.session_seed, recall_seed(store, session.row.id, session.plan.session_seed));
  }
  return {};
}

/// The robots of a campaign share their seed: there it waits for `assay reveal`. A session of a seed of one's own that
/// was locked twice waits, too, until both are closed.
std::optional<int> reveal(const App& app, Store& store, const std::string& id) {
  const auto row = store.session(id);
  if (!row) return fail(app, row.error());
  const auto seed = reveal_seed(store, *row);
  if (!seed && seed.error().id != 916) return fail(app, seed.error());
  return std::nullopt;
}

/// Sessions with trials on record of the same subject, as declared, under the same scheme, whatever its version.
Result<std::vector<std::string>> earlier_sessions(const Store& store, const Plan& plan) {
  const auto name_of = [](const std::string& scheme) { return scheme.substr(0, scheme.find('@')); };
  std::vector<std::string> out;
  ASSAY_TRY(const auto sessions, store.sessions());
  for (const auto& session : sessions) {
    const auto earlier = harness::plan_from_json(session.plan_json);
    if (!earlier || earlier->subject != plan.subject || name_of(earlier->scheme) != name_of(plan.scheme)) continue;
    ASSAY_TRY(const auto trials, store.trials(session.number));
    if (!trials.empty()) out.push_back(session.id);
  }
  return out;
}

Result<void> may_examine_again(const Scheme& scheme, const Plan& plan) {
  const auto before = static_cast<int>(plan.earlier_sessions.size());
  if (plan.division != "lab" || scheme.most_examinations == 0 || before < scheme.most_examinations) return {};
  return Error{.id = 917,
               .what = {"the scheme does not allow another examination of this subject", "方案不允许再次检测该对象"},
               .expected = {fmt::format("at most {}", scheme.most_examinations),
                            fmt::format("至多 {} 次", scheme.most_examinations)},
               .found = fmt::format("{} on record, last {}", before, plan.earlier_sessions.back()),
               .help = {"a changed robot is another subject: give it a serial or version of its own",
                        "经改动的机器人属于另一对象：请使用新的编号或版本"}};
}

/// Runs what is left and closes the session if that was all. Returns the exit code of an end without verdict.
std::optional<int> run_trials(const App& app, Store& store, Opened& session, int jobs, RunListeners listeners) {
  if (auto ready = ready_to_run(store, session); !ready) return fail(app, ready.error());
  install_signal_handlers();
  harness::CampaignOptions options{.jobs = jobs, .program = app.program, .interrupted = interrupted};
  harness::OperatorDesk desk;
  const auto control = RunControl::open(store.folder(), session.row.id);
  if (control) {
    (*control)->serve(desk);
    listeners.add(control->get());
    options.live_path = live_view(store.folder(), session.row.id);
    options.paused = [&] { return (*control)->paused(); };
    options.interrupted = [&] {
      (*control)->poll();
      return interrupted() || (*control)->stop_asked();
    };
  } else {
    std::fprintf(stderr, "%s\n", to_string(control.error(), app.lang).c_str());  // trials can run without
  }
  const auto end = harness::run_campaign(store, session.row, session.inputs, session.plan, options, listeners, &desk);
  if (!end) return fail(app, end.error());
  if (end->interrupted) {
    const auto trials = store.trials(session.row.number);
    if (auto said = store.close_session(session.row.number, "interrupted", utc_now()); !said)
      return fail(app, said.error());
    std::fprintf(stderr, "%s\n",
                 app.say("interrupted; go on with `assay resume`", "已中断；用 `assay resume` 继续").c_str());
    return trials && !trials->empty() ? kInterrupted : kInterruptedEarly;
  }
  if (!end->complete) return std::nullopt;
  if (auto closed = store.close_session(session.row.number, "closed", utc_now()); !closed)
    return fail(app, closed.error());
  if (session.plan.division != "lab") return reveal(app, store, session.row.id);
  return std::nullopt;
}

}  // namespace

std::string build_text() {
  const auto program = sha256_file("/proc/self/exe");  // the revision does not tell two edits of one tree apart
  return fmt::format("assay {} {} program {} x86-64 baseline, -ffp-contract=off, libm {}", kVersion, kRevision,
                     program ? to_hex(*program).substr(0, 16) : "unknown", libm_is_pinned() ? "pinned" : "not pinned");
}

Result<Prepared> prepare(const SessionRequest& request) {
  Prepared out;
  ASSAY_TRY(out.inputs, harness::load_inputs(request.scheme, request.subject));
  if (request.level > 0) out.inputs.subject.declared_level = request.level;
  if (!request.evidence.empty()) {
    ASSAY_TRY(auto documents, load_evidence(request.evidence));
    auto& all = out.inputs.subject.evidence;
    all.insert(all.end(), std::make_move_iterator(documents.begin()), std::make_move_iterator(documents.end()));
  }
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  const Subject& subject = out.inputs.subject;
  ASSAY_RETURN_IF_ERROR(refusal_of(registry.robot(subject.robot)));
  ASSAY_RETURN_IF_ERROR(refusal_of(registry.policy(subject.policy, subject.policy_params, subject.policy_link)));
  ASSAY_RETURN_IF_ERROR(check_recorded_tasks(subject));
  std::optional<std::vector<std::string>> cameras;
  if (subject.adapter == "mujoco") {
    ASSAY_TRY(cameras, cameras_of(out.inputs.embodiment));
  }
  ASSAY_RETURN_IF_ERROR(served::check_policy_link(subject.policy_link, out.inputs.embodiment.groups, cameras));
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
    ASSAY_TRY(plan.session_seed, lab_seed(request.secret_file, request.campaign));
  } else {
    plan.session_seed = request.seed.empty() ? random_seed() : request.seed;
  }
  harness::arrange(plan, out.inputs.scheme, plan.session_seed);
  return out;
}

Result<SessionRow> lock(Store& store, Prepared& prepared) {
  ASSAY_TRY(prepared.plan.earlier_sessions, earlier_sessions(store, prepared.plan));
  Plan stored = prepared.plan;
  stored.session_seed = commitment(prepared.plan.session_seed);
  if (stored.division == "lab") {
    ASSAY_RETURN_IF_ERROR(first_use(store, stored));
    ASSAY_RETURN_IF_ERROR(may_examine_again(prepared.inputs.scheme, stored));
  }
  const std::string text = harness::plan_to_json(stored);
  ASSAY_TRY(auto row, store.lock_session(text, sha256_hex(text), harness::lock_json(prepared.inputs), utc_now()));
  ASSAY_RETURN_IF_ERROR(keep_seed(store, row.id, prepared.plan.session_seed));
  return row;
}

Result<Opened> open_session(const Store& store, const std::string& name) {
  ASSAY_RETURN_IF_ERROR(store.verify_chain());
  Opened out;
  ASSAY_TRY(out.row, store.session(name));
  if (sha256_hex(out.row.plan_json) != out.row.plan_sha256)
    return Error{.id = 720,
                 .what = {"the stored plan is not the one that was locked", "已存计划与锁定时的计划不一致"},
                 .place = {store.folder()},
                 .expected = {"sha256 " + out.row.plan_sha256, "sha256 " + out.row.plan_sha256},
                 .found = "sha256 " + sha256_hex(out.row.plan_json),
                 .help = {"the session cannot be graded; restore the workspace from a backup",
                          "该检测不能评级；请从备份恢复工作区"}};
  ASSAY_TRY(out.plan, harness::plan_from_json(out.row.plan_json));
  ASSAY_TRY(out.inputs, harness::load_locked(out.row.lock_json));
  out.inputs.subject.declared_level = out.plan.declared_level;
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
  model.control_period_s = control_periods(session);
  ASSAY_TRY(model.validation, validation_of(store, session.plan.build));
  ASSAY_TRY(model.revealed_seed, revealed_seed(store, model.session, model.plan.session_seed));
  ASSAY_TRY(const auto grades, store.grades(session.row.number));
  model.regrades = regrades_of(grades, model.scheme.sha256);
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
  if (session.row.state != "closed")
    if (const auto ended = run_trials(app, store, session, jobs, listeners)) return *ended;
  auto reopened = open_session(store, session.row.id);
  if (!reopened) return fail(app, reopened.error());
  const auto model = build_model(store, *reopened);
  if (!model) return fail(app, model.error());
  const std::string json = reports::to_json(*model);
  if (auto saved = store.save_grade(session.row.number, model->scheme.sha256, json, utc_now()); !saved)
    return fail(app, saved.error());
  if (app.json)
    std::printf("%s\n", json.c_str());
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
