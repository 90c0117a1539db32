// validate, metric list·show: the arithmetic against values that other tools computed (ISO/IEC 17025:2017, 7.11.2).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/session.h"
#include "core/sha256.h"
#include "metrics/measures/catalogue.h"
#include "metrics/metrics.h"
#include "metrics/reference/reference.h"
#include "suites/catalog.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;
using metrics::Json;

constexpr std::uintmax_t kLargestFile = 256u << 20;
constexpr int kDeepest = 64;
constexpr std::size_t kFailuresShown = 20;

struct ValidateOptions {
  std::vector<std::string> files;
  std::string by;
  bool list = false, dry = false;
};

struct FileResult {
  std::string path, sha256;
  metrics::ReferenceReport report;
};

Error unreadable(const std::string& path, const std::string& found) {
  return {.id = 912,
          .what = {"a file of reference cases cannot be read", "无法读取参考用例文件"},
          .place = {path},
          .expected = {"JSON of at most 256 MB, nested at most 64 deep", "不超过 256 MB、嵌套不超过 64 层的 JSON"},
          .found = found};
}

Result<Json> read_json(const std::string& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return unreadable(path, "no such file");
  if (fs::file_size(path, none) > kLargestFile) return unreadable(path, "a larger file");
  std::ifstream stream(path);
  if (!stream) return unreadable(path, "not readable");
  try {
    return Json::parse(stream, [](int depth, Json::parse_event_t, Json&) {
      if (depth > kDeepest) throw std::runtime_error("nested deeper");
      return true;
    });
  } catch (const std::exception& error) {
    return unreadable(path, error.what());
  }
}

/// The built-in set: everything in the catalogue's folder "reference".
std::vector<std::string> builtin_files() {
  std::vector<std::string> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(catalog_root()) / "reference", none))
    if (entry.path().extension() == ".json") out.push_back(entry.path().string());
  std::sort(out.begin(), out.end());
  return out;
}

Result<FileResult> validate_file(const App& app, const metrics::ReferenceRegistry& registry, const std::string& path) {
  FileResult out;
  out.path = path;
  ASSAY_TRY(const auto json, read_json(path));
  ASSAY_TRY(const auto digest, sha256_file(path));
  out.sha256 = to_hex(digest);
  const bool live = !app.quiet && !app.json && app.color;
  auto report = metrics::run_reference(registry, json, [&](int done, int total) {
    if (live && (done % 16 == 0 || done == total))
      std::fprintf(stderr, "\r%s  %d/%d%s", fs::path(path).filename().c_str(), done, total,
                   done == total ? "\r\033[K" : "");
  });
  if (!report) {
    auto error = std::move(report).error();
    error.place.file = path;
    return error;
  }
  out.report = std::move(report).value();
  return out;
}

Json number_or_text(double value) { return std::isfinite(value) ? Json(value) : Json("not comparable"); }

Json file_json(const FileResult& file, bool with_failures) {
  Json out = {{"file", fs::path(file.path).filename().string()},
              {"sha256", file.sha256},
              {"title", file.report.title},
              {"cases", file.report.cases},
              {"passed", file.report.passed},
              {"kinds", Json::array()}};
  for (const auto& k : file.report.kinds)
    out["kinds"].push_back({{"kind", k.kind},
                            {"known", k.known},
                            {"function", k.function},
                            {"cases", k.cases},
                            {"passed", k.passed},
                            {"worst_deviation", number_or_text(k.worst_deviation)},
                            {"tolerance_min", k.tolerance_min},
                            {"tolerance_max", k.tolerance_max}});
  if (!with_failures) return out;
  out["failures"] = Json::array();
  for (const auto& f : file.report.failures)
    out["failures"].push_back({{"id", f.id},
                               {"kind", f.kind},
                               {"path", f.path},
                               {"expected", f.expected},
                               {"got", f.got},
                               {"deviation", number_or_text(f.deviation)},
                               {"tolerance", f.tolerance}});
  return out;
}

std::string deviation_text(double value) { return std::isfinite(value) ? fmt::format("{:.1e}", value) : "–"; }

std::string shortened(const std::string& text) { return text.size() <= 160 ? text : text.substr(0, 157) + "..."; }

void print_file(const App& app, const FileResult& file) {
  std::printf("%s  %s\nsha256 %s\n\n", fs::path(file.path).filename().c_str(), file.report.title.c_str(),
              file.sha256.c_str());
  std::vector<std::vector<std::string>> rows = {{app.say("kind", "类别"), app.say("cases", "用例"),
                                                 app.say("passed", "通过"), app.say("worst deviation", "最大偏差"),
                                                 app.say("tolerance", "容差"), ""}};
  for (const auto& k : file.report.kinds) {
    std::string mark = k.passed == k.cases ? "✓" : app.say("✕ differs", "✕ 不符");
    if (!k.known) mark = app.say("✕ unknown kind", "✕ 未知类别");
    const auto tolerance = k.tolerance_min == k.tolerance_max
                               ? fmt::format("{:.0e}", k.tolerance_max)
                               : fmt::format("{:.0e} … {:.0e}", k.tolerance_min, k.tolerance_max);
    rows.push_back({k.kind, fmt::format("{}", k.cases), fmt::format("{}", k.passed), deviation_text(k.worst_deviation),
                    k.known ? tolerance : "", mark});
  }
  print_table(rows);
  for (std::size_t i = 0; i < std::min(kFailuresShown, file.report.failures.size()); ++i) {
    const auto& f = file.report.failures[i];
    std::printf("  %s %s%s  %s %s  %s %s\n", f.id.c_str(), f.kind.c_str(), f.path.c_str(),
                app.say("expected", "期望").c_str(), shortened(f.expected).c_str(), app.say("got", "实得").c_str(),
                shortened(f.got).c_str());
  }
  if (file.report.failures.size() > kFailuresShown)
    std::printf("  … %zu %s\n", file.report.failures.size() - kFailuresShown,
                app.say("more (--json lists all)", "项未列出（--json 给出全部）").c_str());
  std::printf("\n");
}

/// A row of the workspace's audit chain, found again by reports of sessions that this build ran.
Result<void> keep(const App& app, const std::vector<FileResult>& files, const std::string& by, bool ok) {
  ASSAY_TRY(const auto store, Store::open(app.workspace));
  Json detail = {{"schema", "assay.validation/1"}, {"build", build_text()}, {"ok", ok}, {"files", Json::array()}};
  for (const auto& file : files) detail["files"].push_back(file_json(file, false));
  return store->audit("validation", by, detail.dump(), utc_now());
}

int list_kinds(const App& app, const metrics::ReferenceRegistry& registry) {
  Json out = {{"schema", "assay.reference_kinds/1"}, {"kinds", Json::array()}};
  std::vector<std::vector<std::string>> rows = {
      {app.say("kind", "类别"), app.say("what it exercises", "所检验的函数")}};
  for (const auto& name : registry.kinds()) {
    rows.push_back({name, registry.find(name)->function});
    out["kinds"].push_back({{"kind", name}, {"function", registry.find(name)->function}});
  }
  if (app.json)
    print_json(out);
  else
    print_table(rows);
  return kConforms;
}

int do_validate(const App& app, const ValidateOptions& o) {
  metrics::ReferenceRegistry registry;
  metrics::register_builtin_reference_kinds(registry);
  if (o.list) return list_kinds(app, registry);
  const auto paths = o.files.empty() ? builtin_files() : o.files;
  if (paths.empty()) return fail(app, unreadable(catalog_root() + "/reference", "no built-in set in this catalogue"));
  std::vector<FileResult> files;
  int cases = 0, passed = 0;
  for (const auto& path : paths) {
    auto result = validate_file(app, registry, path);
    if (!result) return fail(app, result.error());
    cases += result->report.cases;
    passed += result->report.passed;
    files.push_back(std::move(result).value());
  }
  const bool ok = passed == cases;
  if (!o.dry)
    if (auto kept = keep(app, files, o.by, ok); !kept) return fail(app, kept.error());
  if (app.json) {
    Json out = {
        {"schema", "assay.validation/1"}, {"build", build_text()}, {"ok", ok}, {"cases", cases}, {"passed", passed},
        {"files", Json::array()}};
    for (const auto& file : files) out["files"].push_back(file_json(file, true));
    print_json(out);
  } else {
    for (const auto& file : files) print_file(app, file);
    std::printf("%s  %d/%d  %s\n", ok ? "✓" : "✕", passed, cases, build_text().c_str());
    if (!o.dry)
      std::printf("%s %s\n", app.say("kept in the audit chain of", "已存入审计链：").c_str(), app.workspace.c_str());
  }
  return ok ? kConforms : kNotConform;
}

std::vector<metrics::MeasureEntry> all_metrics() {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  std::vector<metrics::MeasureEntry> out;
  for (const auto* metric : registry.all()) out.push_back({metric->spec, "", ""});
  const auto measures = metrics::measures();
  out.insert(out.end(), measures.begin(), measures.end());
  return out;
}

const char* direction_word(Direction direction) {
  if (direction == Direction::neutral) return "neutral";
  return direction == Direction::lower_is_better ? "lower_is_better" : "higher_is_better";
}

Json metric_json(const metrics::MeasureEntry& m) {
  return {{"id", m.spec.id},
          {"version", m.spec.version},
          {"unit", m.spec.unit},
          {"direction", direction_word(m.spec.direction)},
          {"vantage", to_string(m.spec.vantage)},
          {"title", {{"en", m.spec.title.en}, {"zh", m.spec.title.zh}}},
          {"definition", {{"en", m.spec.definition.en}, {"zh", m.spec.definition.zh}}},
          {"clause", m.spec.clause},
          {"undefined_when", {{"en", m.spec.undefined_when.en}, {"zh", m.spec.undefined_when.zh}}},
          {"per_trial", m.kind.empty() && m.member.empty()},
          {"validated_by", m.kind.empty() ? Json(nullptr) : Json(m.kind + ":" + m.member)}};
}

int do_metric_list(const App& app) {
  Json out = {{"schema", "assay.metrics/1"}, {"metrics", Json::array()}};
  std::vector<std::vector<std::string>> rows = {{app.say("metric", "指标"), "v", app.say("unit", "单位"),
                                                 app.say("title", "名称"), app.say("source", "依据"),
                                                 app.say("reference kind", "参考用例")}};
  for (const auto& m : all_metrics()) {
    rows.push_back({m.spec.id, fmt::format("{}", m.spec.version), m.spec.unit, app.say(m.spec.title), m.spec.clause,
                    m.kind.empty() ? "–" : m.kind});
    out["metrics"].push_back(metric_json(m));
  }
  if (app.json)
    print_json(out);
  else
    print_table(rows);
  return kConforms;
}

int do_metric_show(const App& app, const std::string& id) {
  Json out = {{"schema", "assay.metrics/1"}, {"metrics", Json::array()}};
  for (const auto& m : all_metrics()) {
    if (m.spec.id != id) continue;
    out["metrics"].push_back(metric_json(m));
    if (app.json) continue;
    std::printf("%s v%d  [%s]  %s\n%s\n%s: %s\n%s: %s\n%s: %s\n\n", m.spec.id.c_str(), m.spec.version,
                m.spec.unit.c_str(), app.say(m.spec.title).c_str(), app.say(m.spec.definition).c_str(),
                app.say("source", "依据").c_str(), m.spec.clause.c_str(),
                app.say("undefined when", "无定义的情形").c_str(), app.say(m.spec.undefined_when).c_str(),
                app.say("direction, vantage", "方向、观测位置").c_str(),
                fmt::format("{}, {}", direction_word(m.spec.direction), to_string(m.spec.vantage)).c_str());
  }
  if (out["metrics"].empty())
    return fail(app, Error{.id = 913,
                           .what = {"there is no such metric", "没有该指标"},
                           .found = id,
                           .help = {"`assay metric list` names them", "用 `assay metric list` 查看"}});
  if (app.json) print_json(out);
  return kConforms;
}

}  // namespace

void add_validate_commands(CLI::App& parser, App& app, Action& run) {
  const auto options = std::make_shared<ValidateOptions>();
  auto* validate = parser.add_subcommand(
      "validate", app.say("check the arithmetic against reference cases", "用参考用例验证计算结果"));
  validate->add_option("--vectors", options->files,
                       app.say("files of cases (default: the built-in set)", "用例文件（默认：内置用例）"));
  validate->add_option("--by", options->by, app.say("person or laboratory, for the record", "执行人或实验室（存档）"));
  validate->add_flag("--list", options->list,
                     app.say("name the kinds and what they exercise", "列出类别及其检验的函数"));
  validate->add_flag("--no-record", options->dry, app.say("do not keep the result", "不存档"));
  validate->callback([&app, &run, options] { run = [&app, options] { return do_validate(app, *options); }; });

  auto* metric = parser.add_subcommand("metric", app.say("what is measured, and how", "测量什么、如何测量"));
  metric->require_subcommand(1);
  auto* list = metric->add_subcommand("list", app.say("every metric and measure", "全部指标"));
  list->callback([&app, &run] { run = [&app] { return do_metric_list(app); }; });
  auto* show =
      metric->add_subcommand("show", app.say("definition, source, when undefined", "定义、依据与无定义的情形"));
  const auto id = std::make_shared<std::string>();
  show->add_option("id", *id, app.say("metric, as `assay metric list` names it", "指标标识，见 `assay metric list`"))
      ->required();
  show->callback([&app, &run, id] { run = [&app, id] { return do_metric_show(app, *id); }; });
}

}  // namespace assay::cli
