// suite lint: what is wrong or doubtful in suites, and in the catalogue's schemes.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "adapters/registry.h"
#include "cli/commands.h"
#include "harness/campaign.h"
#include "harness/sanity.h"
#include "metrics/metrics.h"
#include "suites/catalog.h"
#include "suites/schema_words.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The file that holds a task: named after it, by custom; else the suite's.
Place task_place(const Suite& suite, const Task& task) {
  for (const auto& file : suite.files)
    if (fs::path(file).stem() == task.id) return {file, 0, 0};
  return {suite.path, 0, 0};
}

std::string label(const Task& task) { return fmt::format("{} L{}", task.id, task.level); }

Text meant(const std::string& nearest) {
  return nearest.empty() ? Text{}
                         : Text{fmt::format("; did you mean {}?", nearest), fmt::format("；是否想写 {}？", nearest)};
}

void lint_metrics(const Suite& suite, const Task& task, std::vector<LintFinding>& findings) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  std::vector<std::string> ids;
  for (const auto* metric : registry.all()) ids.push_back(metric->spec.id);
  for (const auto& id : task.metrics) {
    if (registry.find(id) != nullptr) continue;
    const auto near = meant(nearest_name(id, ids));
    findings.push_back({true,
                        "metric",
                        {fmt::format("{}: metric '{}' is not known (`assay metric list`){}", label(task), id, near.en),
                         fmt::format("{}：未知的指标量“{}”（见 `assay metric list`）{}", label(task), id, near.zh)},
                        task_place(suite, task)});
  }
}

/// What no robot of the catalogue has is a slip of the pen more often than a robot that is still to come; where a
/// reference is named, it has it not.
void lint_capabilities(const Suite& suite, const Task& task, const std::vector<std::string>& known,
                       std::vector<LintFinding>& findings) {
  for (const auto& wanted : task.capabilities) {
    const auto name = wanted.substr(0, wanted.find(':'));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = meant(nearest_name(name, known));
    findings.push_back(
        {task.reference.has_value(),
         "capability",
         {fmt::format("{}: no robot of the catalogue has the capability '{}'{}", label(task), name, near.en),
          fmt::format("{}：目录库中没有机器人具备“{}”{}", label(task), name, near.zh)},
         task_place(suite, task)});
  }
}

std::vector<std::string> known_capabilities() {
  std::set<std::string> out;
  for (const auto& id : catalog_list("embodiments"))
    if (const auto path = catalog_find("embodiments", id))
      if (const auto robot = load_embodiment(*path))
        for (const auto& one : robot->capabilities) out.insert(one.substr(0, one.find(':')));
  return {out.begin(), out.end()};
}

/// "what: found; help", without the codes that tell programs whose fault it is.
Text words_of(const Error& error) {
  auto found = error.found;
  for (const char* code : {"lab:", "subject:", "unknown:"})
    if (found.rfind(code, 0) == 0) found = found.substr(found.find(' ') == std::string::npos ? 0 : found.find(' ') + 1);
  const auto join = [&](Lang lang) {
    std::string what = error.what.in(lang);
    if (!found.empty() && what.ends_with('.')) what.pop_back();
    std::string out = fmt::format("ASSAY-{:04} {}", error.id, what);
    if (!found.empty()) out += ": " + found;
    if (!error.help.in(lang).empty()) out += "; " + error.help.in(lang);
    std::replace(out.begin(), out.end(), '\n', ' ');
    return out;
  };
  return {join(Lang::en), join(Lang::zh)};
}

/// The reference's world is composed, compiled and put at its start once: what only the engine sees.
void lint_start(const Suite& suite, const Task& task, harness::SanityBench& bench, std::vector<LintFinding>& findings) {
  if (!task.reference) return;
  const auto started = bench.start({suite.path, task.key(), task.level, 0, harness::Arm::oracle, 1, "lint"});
  if (started) return;
  const Error& error = started.error();
  const auto words = words_of(error);
  // The engine names lines of the composed model: that belongs to nobody's file.
  const bool placed = !error.place.file.empty() && error.place.line > 0;
  findings.push_back({true,
                      "start",
                      {label(task) + ": " + words.en, label(task) + "：" + words.zh},
                      placed                              ? error.place
                      : error.id >= 420 && error.id < 430 ? Place{task.scene_path, 0, 0}
                                                          : task_place(suite, task)});
}

/// Equal findings of a task's levels become one: "table_laying L1, L2: …".
std::vector<LintFinding> merged(const std::vector<LintFinding>& findings) {
  static const std::regex kLabel("^(\\S+) (L[1-9])(: |：)");
  std::vector<LintFinding> out;
  std::vector<std::string> keys;
  for (const auto& f : findings) {
    std::smatch m;
    const bool labelled = std::regex_search(f.message.en, m, kLabel);
    const std::string level = labelled ? m[2].str() : "";
    const std::string key = fmt::format("{}\n{}\n{}\n{}\n{}", f.rule, f.place.file, f.place.line,
                                        labelled ? m[1].str() : "", labelled ? m.suffix().str() : f.message.en);
    const auto known = std::find(keys.begin(), keys.end(), key);
    if (known == keys.end()) {
      keys.push_back(key);
      out.push_back(f);
      continue;
    }
    if (!labelled) continue;
    auto& message = out[static_cast<std::size_t>(known - keys.begin())].message;
    for (auto* text : {&message.en, &message.zh}) {
      const auto mark = std::min(text->find(": "), text->find("：")), here = text->find(level);
      if (mark != std::string::npos && (here == std::string::npos || here > mark)) text->insert(mark, ", " + level);
    }
  }
  return out;
}

Result<void> lint_catalogue_schemes(std::vector<LintFinding>& findings) {
  for (const auto& id : catalog_list("schemes")) {
    ASSAY_TRY(const auto path, catalog_find("schemes", id));
    auto checked = [&]() -> Result<void> {
      ASSAY_TRY(const auto scheme, load_scheme(path));
      std::set<std::string> ids;
      for (const auto& indicator : scheme.indicators)
        if (!indicator.task.empty()) ids.insert(indicator.task.substr(0, indicator.task.find('/')));
      std::vector<Suite> suites;
      for (const auto& suite : ids) {
        ASSAY_TRY(const auto file, catalog_find("suites", suite));
        ASSAY_TRY(auto loaded, load_suite(file));
        suites.push_back(std::move(loaded));
      }
      return check_consistency(scheme, suites);
    }();
    if (checked) continue;
    const auto& error = checked.error();
    const bool here = error.place.file.size() > 5 && error.place.file.substr(error.place.file.size() - 5) == ".yaml";
    findings.push_back({true, "scheme", words_of(error), here ? error.place : Place{path, 0, 0}});
  }
  return {};
}

int do_suite_lint(const App& app, const std::vector<std::string>& names) {
  if (auto there = check_catalog(); !there) return fail(app, there.error());
  std::vector<LintFinding> findings;
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  harness::SanityBench bench(registry);
  const auto known = known_capabilities();
  for (const auto& name : names.empty() ? catalog_list("suites") : names) {
    const auto path = catalog_find("suites", name);
    if (!path) return fail(app, path.error());
    const auto suite = load_suite(*path);
    if (!suite) return fail(app, suite.error());
    for (auto& f : lint_suite(*suite)) findings.push_back(std::move(f));
    const bool sound = std::none_of(findings.begin(), findings.end(), [](const auto& f) { return f.error; });
    for (const auto& task : suite->tasks) {
      const auto before = findings.size();
      lint_metrics(*suite, task, findings);
      lint_capabilities(*suite, task, known, findings);
      if (sound && findings.size() == before) lint_start(*suite, task, bench, findings);
    }
  }
  if (names.empty())
    if (auto read = lint_catalogue_schemes(findings); !read) return fail(app, read.error());
  findings = merged(findings);
  bool errors = false;
  json out = {{"schema", "assay.lint/1"}, {"findings", json::array()}};
  for (const auto& f : findings) {
    errors = errors || f.error;
    out["findings"].push_back({{"rule", f.rule},
                               {"error", f.error},
                               {"en", f.message.en},
                               {"zh", f.message.zh},
                               {"file", f.place.file},
                               {"line", f.place.line}});
    if (app.json) continue;
    const std::string at = f.place.line > 0 ? fmt::format("{}:{}", f.place.file, f.place.line) : f.place.file;
    std::printf("%s: %s: %s [%s]\n", at.c_str(),
                (f.error ? app.say("error", "错误") : app.say("remark", "提示")).c_str(), app.say(f.message).c_str(),
                f.rule.c_str());
  }
  if (app.json)
    print_json(out);
  else if (findings.empty())
    std::printf("%s\n", app.say("nothing found", "未发现问题").c_str());
  return errors ? kUsage : kConforms;
}

}  // namespace

Result<void> check_catalog() {
  std::error_code ignored;
  if (fs::is_directory(catalog_root() + "/suites", ignored)) return {};
  return Error{.id = 310,
               .what = {"there is no catalogue", "没有目录库"},
               .place = {catalog_root()},
               .expected = {"a folder with suites, schemes, subjects and embodiments",
                            "含 suites、schemes、subjects 与 embodiments 的目录"},
               .found = "no such folder",
               .help = {"check ASSAY_CATALOG", "请检查 ASSAY_CATALOG"}};
}

void add_suite_lint_command(CLI::App& suite, App& app, Action& run) {
  const auto names = std::make_shared<std::vector<std::string>>();
  auto* lint =
      suite.add_subcommand("lint", app.say("find what is wrong or doubtful in suites", "查找测试集中的错误与疑点"));
  lint->add_option("suite", *names,
                   app.say("ids or files (default: all, and the catalogue's schemes)",
                           "标识或文件（默认：全部，并含目录库中的认证方案）"));
  lint->callback([&app, &run, names] { run = [&app, names] { return do_suite_lint(app, *names); }; });
}

}  // namespace assay::cli
