// trial list·show·invalidate.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/replay.h"
#include "cli/score.h"
#include "cli/session.h"
#include "core/mcap.h"

namespace assay::cli {
namespace {

struct TrialOptions {
  std::string session = "last", reason, by;
  std::int64_t trial = 0;
  bool before_reveal = false;
};

nlohmann::json trial_json(const TrialRecord& t) {
  nlohmann::json out = {{"schema", "assay.trial/1"},
                        {"number", t.number},
                        {"task", t.task},
                        {"level", t.level},
                        {"index", t.index},
                        {"attempt", t.attempt},
                        {"finished", t.finished},
                        {"outcome", to_string(t.verdict.outcome)},
                        {"reason", t.verdict.reason},
                        {"valid", t.validity == Validity::valid},
                        {"invalid_reason", t.invalid_reason},
                        {"content_digest", t.content_digest},
                        {"trace", t.trace_path},
                        {"trace_sha256", t.trace_sha256}};
  for (const auto& [name, held] : t.verdict.checks) out["checks"][name] = held;
  for (const auto& m : t.metrics)
    out["metrics"].push_back({{"id", m.id},
                              {"version", m.version},
                              {"unit", m.unit},
                              {"vantage", to_string(m.vantage)},
                              {"value", m.value ? nlohmann::json(*m.value) : nlohmann::json(nullptr)},
                              {"why_undefined", m.why_undefined}});
  return out;
}

int do_trial_list(const App& app, const TrialOptions& o) {
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto session = (*store)->session(o.session);
  if (!session) return fail(app, session.error());
  const auto trials = (*store)->trials(session->number);
  if (!trials) return fail(app, trials.error());
  if (!app.json) {
    print_trials(app, *trials);
  } else {
    nlohmann::json out = {{"schema", "assay.trials/1"}, {"session", session->id}, {"trials", nlohmann::json::array()}};
    for (const auto& t : *trials) out["trials"].push_back(trial_json(t));
    print_json(out);
  }
  return trials->empty() ? kNothing : kConforms;
}

/// Empty without a readable trace: what is on record stands without it.
std::optional<metrics::Diagnosis> diagnosis_of(const TrialRecord& trial) {
  if (trial.trace_path.empty()) return std::nullopt;
  const auto trace = read_mcap(trial.trace_path);
  if (!trace) return std::nullopt;
  auto found = metrics::diagnose(*trace);
  if (!found) return std::nullopt;
  return std::move(*found);
}

/// As its session locked it, while those files are unchanged.
std::optional<Task> task_of(const Store& store, const TrialRecord& trial) {
  const auto sessions = store.sessions();
  if (!sessions) return std::nullopt;
  for (const auto& row : *sessions) {
    const auto trials = store.trials(row.number);
    if (!trials ||
        std::none_of(trials->begin(), trials->end(), [&](const auto& t) { return t.number == trial.number; }))
      continue;
    const auto inputs = harness::load_locked(row.lock_json);
    if (!inputs) return std::nullopt;
    for (const auto& suite : inputs->suites)
      if (const auto* task = suite.find(trial.task, trial.level)) return *task;
  }
  return std::nullopt;
}

int do_trial_show(const App& app, const TrialOptions& o) {
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto trial = (*store)->trial(o.trial);
  if (!trial) return fail(app, trial.error());
  const auto diagnosis = diagnosis_of(*trial);
  if (!app.json) {
    print_trial(app, *trial);
    if (!diagnosis) return kConforms;
    const auto task = task_of(**store, *trial);
    print_diagnosis(app, *diagnosis, task ? *task : Task{});
    return kConforms;
  }
  auto out = trial_json(*trial);
  if (diagnosis) {
    out["instruction"] = {{"en", diagnosis->instruction.en}, {"zh", diagnosis->instruction.zh}};
    out["slots"] = diagnosis->slots;
    out["cause"] = diagnosis->cause;
    out["parts"] = nlohmann::json::array();
    for (const auto& part : diagnosis->parts)
      out["parts"].push_back({{"condition", metrics::brief(part.condition)},
                              {"robustness", part.robustness ? nlohmann::json(*part.robustness) : nlohmann::json()}});
  }
  print_json(out);
  return kConforms;
}

int do_trial_invalidate(const App& app, const TrialOptions& o) {
  const auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  if (auto done = (*store)->invalidate(o.trial, o.reason, o.by, o.before_reveal, utc_now()); !done)
    return fail(app, done.error());
  const auto trial = (*store)->trial(o.trial);
  if (!trial) return fail(app, trial.error());
  if (app.json)
    print_json(trial_json(*trial));
  else
    std::printf(
        "%s\n",
        fmt::format(fmt::runtime(app.say("trial {} is invalid: {} ({}); its record is kept and counts as a failure "
                                         "unless it was invalidated before the outcome was revealed",
                                         "试验 {} 已作废：{}（{}）；记录保留，除非在结果揭示前作废，否则按失败计")),
                    o.trial, o.reason, o.by)
            .c_str());
  return kConforms;
}

/// What all of them are told; frames and size.
CLI::App* picture_command(CLI::App& trial, const App& app, const char* name, const Text& about,
                          const std::shared_ptr<ReplayRequest>& r, bool frames) {
  auto* out = trial.add_subcommand(name, app.say(about));
  out->add_option("number", r->trial, app.say("trial number", "试验编号"))->required();
  if (frames) {
    out->add_option("--frames", r->frames, app.say("folder for PNG files", "PNG 图片目录"));
    out->add_option("--gif", r->gif, app.say("GIF file", "GIF 文件"));
    out->add_option("--fps", r->fps, app.say("frames per second of the trial", "每秒帧数"))
        ->check(CLI::Range(1, 60))
        ->capture_default_str();
  }
  out->add_option("--width", r->width, app.say("of a picture, in pixels", "图片宽度，像素"))
      ->check(CLI::Range(64, 1920))
      ->capture_default_str();
  out->add_option("--height", r->height, app.say("of a picture, in pixels", "图片高度，像素"))
      ->check(CLI::Range(64, 1080))
      ->capture_default_str();
  return out;
}

void add_picture_commands(CLI::App& trial, const App& app, Action& run) {
  const auto bind = [&app, &run](CLI::App* command, const std::shared_ptr<ReplayRequest>& r,
                                 int (*action)(const App&, const ReplayRequest&)) {
    command->callback([&app, &run, r, action] {
      if (r->frames.empty() && r->gif.empty()) throw CLI::RequiredError("--frames / --gif");
      run = [&app, r, action] { return action(app, *r); };
    });
  };
  const auto r = std::make_shared<ReplayRequest>();
  auto* replayed = picture_command(
      trial, app, "replay", {"show a trial again from its trace: pictures or a GIF", "由记录重现一次试验：图片或 GIF"},
      r, true);
  replayed->add_flag("--blind", r->blind,
                     app.say("tell nothing of the outcome, for a second opinion", "不显示结果，供二次评分使用"));
  bind(replayed, r, replay);
  const auto p = std::make_shared<ReplayRequest>();
  bind(picture_command(trial, app, "play",
                       {"play an operated trial in the simulator, for its operator to watch; nothing goes on record",
                        "在仿真器中演示一次由操作员评判的试验，供其观看；不作记录"},
                       p, true),
       p, play);
  const auto s = std::make_shared<ReplayRequest>();
  const auto file = std::make_shared<std::string>();
  auto* start = picture_command(trial, app, "picture",
                                {"the scene as a trial starts, as PNG", "一次试验开始时的场景（PNG）"}, s, false);
  start->add_option("-o,--output", *file, app.say("PNG file", "PNG 文件"))->required();
  start->callback([&app, &run, s, file] { run = [&app, s, file] { return picture_of_start(app, *s, *file); }; });
}

}  // namespace

void add_trial_commands(CLI::App& parser, App& app, Action& run) {
  const auto o = std::make_shared<TrialOptions>();
  const auto bind = [&app, &run, o](CLI::App* command, int (*action)(const App&, const TrialOptions&)) {
    command->callback([&app, &run, o, action] { run = [&app, o, action] { return action(app, *o); }; });
  };
  auto* trial = parser.add_subcommand("trial", app.say("trials on record", "已记录的试验"));
  trial->require_subcommand(1);
  trial->fallthrough();
  auto* list = trial->add_subcommand("list", app.say("every trial of a session", "某次检测的全部试验"));
  list->add_option("session", o->session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
  bind(list, do_trial_list);
  auto* show = trial->add_subcommand("show", app.say("one trial with its metrics", "单个试验及其度量"));
  show->add_option("number", o->trial, app.say("trial number", "试验编号"))->required();
  bind(show, do_trial_show);
  auto* invalidate = trial->add_subcommand(
      "invalidate", app.say("declare a trial invalid; the record is kept", "将试验判为无效；记录保留"));
  invalidate->add_option("number", o->trial, app.say("trial number", "试验编号"))->required();
  invalidate
      ->add_option("--reason", o->reason,
                   app.say("reason code, e.g. lab_power, scene_reset", "原因代码，如 lab_power、scene_reset"))
      ->required();
  invalidate->add_option("--by", o->by, app.say("person", "责任人"))->required();
  invalidate->add_flag(
      "--before-reveal", o->before_reveal,
      app.say("flagged before the outcome was revealed: the index is replaced", "在结果揭示前标记：以备用序号替换"));
  bind(invalidate, do_trial_invalidate);
  add_score_commands(*trial, app, run);
  add_picture_commands(*trial, app, run);
}

}  // namespace assay::cli
