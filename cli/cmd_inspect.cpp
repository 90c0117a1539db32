// grade, explain, reveal, export.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/seed.h"
#include "cli/session.h"
#include "grading/what_if.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

struct InspectOptions {
  std::string session = "last", output, scheme;
  int level = 0;
  std::vector<std::string> what_if;
};

struct Loaded {
  std::unique_ptr<Store> store;
  Opened session;
};

Result<Loaded> load(const App& app, const std::string& name, bool read_only) {
  Loaded out;
  ASSAY_TRY(out.store, Store::open(app.workspace, read_only));
  ASSAY_TRY(out.session, open_session(*out.store, name));
  return out;
}

/// A redrafted scheme over tasks that the session ran; its indicators must name tasks, levels and checks that exist.
Result<Scheme> other_scheme(const std::string& name, const Opened& session) {
  ASSAY_TRY(const auto path, catalog_find("schemes", name));
  ASSAY_TRY(auto scheme, load_scheme(path));
  std::vector<Suite> suites = session.inputs.suites;
  for (const auto& indicator : scheme.indicators) {
    const std::string id = indicator.task.substr(0, indicator.task.find('/'));
    if (id.empty() || std::any_of(suites.begin(), suites.end(), [&](const Suite& suite) { return suite.id == id; }))
      continue;
    // Not one that the session asked: it has no trials here, and stands as it is in the catalogue.
    ASSAY_TRY(const auto file, catalog_find("suites", id));
    ASSAY_TRY(auto suite, load_suite(file));
    suites.push_back(std::move(suite));
  }
  ASSAY_RETURN_IF_ERROR(check_consistency(scheme, suites));
  return scheme;
}

int do_grade(const App& app, const InspectOptions& o) {
  auto loaded = load(app, o.session, false);
  if (!loaded) return fail(app, loaded.error());
  auto model = build_model(*loaded->store, loaded->session);
  if (!model) return fail(app, model.error());
  const Grade under_own = model->grade;
  const auto name_of = [](const Scheme& s) { return fmt::format("{} {}", s.id, s.version); };
  const std::string own = name_of(model->scheme), own_sha256 = model->scheme.sha256;
  if (!o.scheme.empty()) {
    auto scheme = other_scheme(o.scheme, loaded->session);
    if (!scheme) return fail(app, scheme.error());
    model->scheme = std::move(*scheme);
    model->remarks.push_back(fmt::format("graded again under {} {} (SHA-256 {}): the trials were planned under {}",
                                         model->scheme.id, model->scheme.version, model->scheme.sha256, own));
  }
  if (o.level > 0) model->plan.declared_level = o.level;
  if (o.level > 0 || !o.scheme.empty()) {
    model->grade = grading::grade(model->scheme, model->plan, model->trials);
    model->why_not = grading::explain(model->scheme, model->plan, model->grade, model->trials, 0);
  }
  const std::string json = reports::to_json(*model);
  if (auto saved = loaded->store->save_grade(loaded->session.row.number, model->scheme.sha256, json, utc_now()); !saved)
    return fail(app, saved.error());
  if (app.json)
    std::printf("%s\n", json.c_str());
  else
    print_grade(app, *model);
  if (!app.json && !o.scheme.empty()) {
    std::printf("\n%s\n", app.say("What changed:", "变化：").c_str());
    print_change(app, under_own, model->grade);
  }
  if (!app.json && !o.scheme.empty())
    std::printf(
        "\n%s\n",
        fmt::format(fmt::runtime(app.say("Overall level under {}: {}; under {}: {}. Both results "
                                         "are kept.",
                                         "综合等级：依据 {} 为 {}；依据 {} 为 {}。两个结果均已存档。")),
                    own, level_mark(under_own.overall_level),
                    name_of(model->scheme) + (name_of(model->scheme) == own && model->scheme.sha256 != own_sha256
                                                  ? app.say(" (redrafted, same version)", "（已改动，版本号未变）")
                                                  : ""),
                    level_mark(model->grade.overall_level))
            .c_str());
  return exit_code_of(model->grade);
}

nlohmann::json levels_json(const Grade& grade) {
  nlohmann::json out = {{"overall_level", grade.overall_level}, {"dimension_level", grade.dimension_level}};
  for (const auto& r : grade.indicators)
    out["indicators"].push_back({{"id", r.id},
                                 {"limit", r.limit},
                                 {"n", r.n},
                                 {"successes", r.successes},
                                 {"conformity", to_string(r.conformity)}});
  return out;
}

/// The level that would follow; the store is open for reading only.
int do_what_if(const App& app, const reports::ReportModel& model, const std::vector<std::string>& texts) {
  std::vector<grading::Supposition> suppositions;
  for (const auto& text : texts) {
    auto read = grading::read_supposition(text);
    if (!read) return fail(app, read.error());
    suppositions.push_back(std::move(*read));
  }
  const auto result = grading::what_if(model.scheme, model.plan, model.trials, suppositions);
  if (!result) return fail(app, result.error());
  if (app.json) {
    print_json({{"schema", "assay.what_if/1"},
                {"suppositions", texts},
                {"before", levels_json(result->before)},
                {"after", levels_json(result->after)}});
    return kConforms;
  }
  std::printf("%s\n", app.say("Supposed, not measured, not stored:", "以下为假设，非测量结果，不予存档：").c_str());
  for (const auto& text : texts) std::printf("  %s\n", text.c_str());
  print_change(app, result->before, result->after);
  return kConforms;
}

int do_explain(const App& app, const InspectOptions& o) {
  const auto loaded = load(app, o.session, true);
  if (!loaded) return fail(app, loaded.error());
  const auto model = build_model(*loaded->store, loaded->session);
  if (!model) return fail(app, model.error());
  if (!o.what_if.empty()) return do_what_if(app, *model, o.what_if);
  const auto explanation = grading::explain(model->scheme, model->plan, model->grade, model->trials, o.level);
  if (!app.json) {
    print_explanation(app, explanation);
    return kConforms;
  }
  nlohmann::json out = {
      {"schema", "assay.explanation/1"}, {"next_level", explanation.next_level}, {"items", nlohmann::json::array()}};
  for (const auto& item : explanation.items)
    out["items"].push_back({{"id", item.id},
                            {"why", {{"en", item.why.en}, {"zh", item.why.zh}}},
                            {"could", {{"en", item.could.en}, {"zh", item.could.zh}}},
                            {"failed_trials", item.failed_trials}});
  print_json(out);
  return kConforms;
}

int do_reveal(const App& app, const InspectOptions& o) {
  const auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  const auto row = (*store)->session(o.session);
  if (!row) return fail(app, row.error());
  const auto seed = reveal_seed(**store, *row);
  if (!seed) return fail(app, seed.error());
  if (app.json)
    print_json({{"schema", "assay.seed/1"}, {"session", row->id}, {"seed", *seed}, {"commitment", commitment(*seed)}});
  else
    std::printf("%s\n", fmt::format("{}  {}  {} {}", row->id, *seed,
                                    app.say("fits the commitment at lock", "与锁定时的承诺一致："), commitment(*seed))
                            .c_str());
  return kConforms;
}

int do_export(const App& app, const InspectOptions& o) {
  const auto loaded = load(app, o.session, true);
  if (!loaded) return fail(app, loaded.error());
  const auto model = build_model(*loaded->store, loaded->session);
  if (!model) return fail(app, model.error());
  const std::string folder = o.output.empty() ? "assay-export-" + model->session : o.output;
  if (auto w = write_file(folder + "/report.json", reports::to_json(*model)); !w) return fail(app, w.error());
  if (auto w = write_file(folder + "/trials.csv", reports::to_csv(*model)); !w) return fail(app, w.error());
  if (auto w = write_file(folder + "/plan.json", loaded->session.row.plan_json); !w) return fail(app, w.error());
  std::error_code failed;
  fs::create_directories(folder + "/traces", failed);
  int traces = 0;
  for (const auto& t : model->trials) {
    if (t.trace_path.empty()) continue;
    const std::string target = fmt::format("{}/traces/t{:04}.mcap", folder, t.number);
    fs::copy_file(t.trace_path, target, fs::copy_options::overwrite_existing, failed);
    if (failed)
      return fail(app, Error{.id = 908,
                             .what = {"the trace cannot be copied", "记录文件无法复制"},
                             .place = {target},
                             .found = failed.message()});
    ++traces;
  }
  std::printf("%s  (%d %s)\n", folder.c_str(), traces, app.say("traces", "个记录").c_str());
  return kConforms;
}

}  // namespace

void add_inspect_commands(CLI::App& parser, App& app, Action& run) {
  const auto o = std::make_shared<InspectOptions>();
  const auto bind = [&app, &run, o](CLI::App* command, int (*action)(const App&, const InspectOptions&)) {
    command->callback([&app, &run, o, action] { run = [&app, o, action] { return action(app, *o); }; });
  };
  const std::string session_help = app.say("session (default: last)", "检测编号（默认：最近一次）");

  auto* grade =
      parser.add_subcommand("grade", app.say("grade a stored session; the result is kept", "对已存检测评级；结果留存"));
  grade->add_option("session", o->session, session_help);
  grade->add_option("--level", o->level, app.say("exit code relative to this level", "退出码相对于此等级"))
      ->check(CLI::Range(1, 5));
  grade->add_option("--scheme", o->scheme,
                    app.say("another scheme: id or file; no new trials, both results kept",
                            "另一方案：标识或文件；不做新试验，两个结果均保留"));
  bind(grade, do_grade);
  auto* explain = parser.add_subcommand(
      "explain", app.say("what keeps the robot from the next level", "什么阻碍机器人达到下一等级"));
  explain->add_option("session", o->session, session_help);
  explain
      ->add_option("--level", o->level, app.say("level to explain (default: the next)", "要解释的等级（默认：下一级）"))
      ->check(CLI::Range(1, 5));
  explain->add_option(
      "--what-if", o->what_if,
      app.say("ID=successes/n, ID=+successes/n (further trials), limit:ID=0.85 or more=N (further successes "
              "everywhere): the level that would follow; may be given several times; stores nothing",
              "ID=成功数/n、ID=+成功数/n（追加试验）、limit:ID=0.85 或 more=N（各序列再成功 N 次）："
              "给出相应等级；可多次给出；不存档"));
  bind(explain, do_explain);
  auto* revealed =
      parser.add_subcommand("reveal", app.say("reveal the seed of a closed session and check it against its commitment",
                                              "公开已结束检测的种子，并与锁定时的承诺核对"));
  revealed->add_option("session", o->session, session_help);
  bind(revealed, do_reveal);
  auto* exported =
      parser.add_subcommand("export", app.say("a folder with results, trials and traces", "导出结果、试验与记录"));
  exported->add_option("session", o->session, session_help);
  exported->add_option("-o,--output", o->output, app.say("folder", "目录"));
  bind(exported, do_export);
}

}  // namespace assay::cli
