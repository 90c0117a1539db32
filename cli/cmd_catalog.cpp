// suite list·show·items, adapter list.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "adapters/registry.h"
#include "cli/commands.h"
#include "harness/campaign.h"
#include "suites/catalog.h"
#include "suites/items.h"

namespace assay::cli {
namespace {

int do_suite_list(const App& app) {
  if (auto there = check_catalog(); !there) return fail(app, there.error());
  nlohmann::json out = {{"schema", "assay.catalog/1"}};
  std::vector<std::vector<std::string>> rows = {
      {app.say("kind", "类别"), app.say("id", "标识"), app.say("title", "名称")}};
  for (const auto& id : catalog_list("suites")) {
    const auto path = catalog_find("suites", id);
    if (!path) return fail(app, path.error());
    const auto suite = load_suite(*path);
    if (!suite) return fail(app, suite.error());
    rows.push_back({"suite", fmt::format("{} {}", suite->id, suite->version), app.say(suite->title)});
    out["suites"].push_back(
        {{"id", suite->id}, {"version", suite->version}, {"sha256", suite->sha256}, {"tasks", suite->tasks.size()}});
  }
  for (const char* kind : {"schemes", "subjects", "embodiments"})
    for (const auto& id : catalog_list(kind)) {
      rows.push_back({std::string(kind).substr(0, std::string(kind).size() - 1), id, ""});
      out[kind].push_back(id);
    }
  if (app.json)
    print_json(out);
  else
    print_table(rows);
  return rows.size() > 1 ? kConforms : kNothing;
}

Result<Suite> find_suite(const std::string& name) {
  ASSAY_TRY(const auto path, catalog_find("suites", name));
  return load_suite(path);
}

int do_suite_show(const App& app, const std::string& name) {
  const auto suite = find_suite(name);
  if (!suite) return fail(app, suite.error());
  nlohmann::json out = {
      {"schema", "assay.suite_view/1"}, {"id", suite->id}, {"version", suite->version}, {"sha256", suite->sha256}};
  if (!app.json)
    std::printf("%s %s  %s\n%s\nsha256 %s\n\n", suite->id.c_str(), suite->version.c_str(),
                app.say(suite->title).c_str(), app.say(suite->description).c_str(), suite->sha256.c_str());
  std::vector<std::vector<std::string>> rows = {{app.say("task", "任务"), "L", app.say("title", "名称"),
                                                 app.say("instruction", "指令"), app.say("time limit", "时限"),
                                                 app.say("variation", "变化项"), app.say("limits", "硬限值")}};
  for (const auto& t : suite->tasks) {
    rows.push_back({t.id, fmt::format("L{}", t.level), app.say(t.title), app.say(t.instruction),
                    fmt::format("{:.0f} s", static_cast<double>(t.time_limit_ns) * 1e-9),
                    fmt::format("{}", t.variation.size()), fmt::format("{}", t.limits.size())});
    out["tasks"].push_back({{"id", t.id},
                            {"level", t.level},
                            {"title", {{"en", t.title.en}, {"zh", t.title.zh}}},
                            {"instruction", {{"en", t.instruction.en}, {"zh", t.instruction.zh}}},
                            {"time_limit_s", static_cast<double>(t.time_limit_ns) * 1e-9},
                            {"capabilities", t.capabilities}});
  }
  if (app.json)
    print_json(out);
  else
    print_table(rows);
  return kConforms;
}

std::string count_text(const Count& count) { return fmt::format("{}{}", count.more ? "≥ " : "", count.value); }

nlohmann::json count_json(const Count& count) { return {{"value", count.value}, {"lower_bound", count.more}}; }

int do_suite_items(const App& app, const std::vector<std::string>& names) {
  Count total;
  nlohmann::json out = {{"schema", "assay.items/1"}, {"tasks", nlohmann::json::array()}};
  std::vector<std::vector<std::string>> rows = {{app.say("task", "任务"), "L", app.say("object sets", "物体组合"),
                                                 app.say("layouts", "布局"), app.say("wordings", "说法"),
                                                 app.say("faults", "故障"), app.say("items", "题目")}};
  for (const auto& name : names.empty() ? catalog_list("suites") : names) {
    const auto suite = find_suite(name);
    if (!suite) return fail(app, suite.error());
    for (const auto& t : suite->tasks) {
      const auto count = count_items(t);
      total = total + count.items();
      rows.push_back({t.key(), fmt::format("L{}", t.level), count_text(count.objects), count_text(count.layouts),
                      count_text(count.wordings), count_text(count.faults), count_text(count.items())});
      out["tasks"].push_back({{"task", t.key()},
                              {"level", t.level},
                              {"object_sets", count_json(count.objects)},
                              {"layouts", count_json(count.layouts)},
                              {"wordings", count_json(count.wordings)},
                              {"faults", count_json(count.faults)},
                              {"items", count_json(count.items())}});
    }
  }
  out["total"] = count_json(total);
  if (app.json) {
    print_json(out);
    return kConforms;
  }
  rows.push_back({app.say("total", "合计"), "", "", "", "", "", count_text(total)});
  print_table(rows);
  std::printf("\n%s\n",
              app.say("items = object sets × layouts × wordings × faults; jitter, masses and noise never count",
                      "题目数 = 物体组合 × 布局 × 说法 × 故障；位置抖动、质量与噪声不计入")
                  .c_str());
  return kConforms;
}

int do_adapter_list(const App& app) {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  nlohmann::json out = {{"schema", "assay.adapters/1"}};
  std::vector<std::vector<std::string>> rows = {
      {app.say("kind", "类别"), app.say("id", "标识"), app.say("title", "名称"), app.say("parameters", "参数")}};
  const auto add = [&](const char* kind, const std::vector<AdapterInfo>& list) {
    for (const auto& info : list) {
      std::string params;
      for (const auto& [name, meaning] : info.params) {
        params += (params.empty() ? "" : "; ") + name + ": " + app.say(meaning);
        out[kind][info.id]["params"][name] = meaning.en;
      }
      out[kind][info.id]["title"] = {{"en", info.title.en}, {"zh", info.title.zh}};
      rows.push_back({kind, info.id, app.say(info.title), params.empty() ? info.engine : params});
    }
  };
  add("robot", registry.robots());
  add("policy", registry.policies());
  if (app.json)
    print_json(out);
  else
    print_table(rows);
  return kConforms;
}

}  // namespace

void add_catalog_commands(CLI::App& parser, App& app, Action& run) {
  const auto names = std::make_shared<std::vector<std::string>>();
  auto* suite = parser.add_subcommand(
      "suite", app.say("suites, schemes, subjects of the catalogue", "目录中的测试集、方案与被检对象"));
  suite->require_subcommand(1);
  suite->fallthrough();
  suite->add_subcommand("list", app.say("what the catalogue holds", "目录内容"))->callback([&app, &run] {
    run = [&app] { return do_suite_list(app); };
  });
  auto* show = suite->add_subcommand("show", app.say("tasks and levels of one suite", "某测试集的任务与等级"));
  show->add_option("suite", *names, app.say("id or file", "标识或文件"))->required()->expected(1);
  show->callback([&app, &run, names] { run = [&app, names] { return do_suite_show(app, names->front()); }; });
  add_suite_lint_command(*suite, app, run);
  auto* items = suite->add_subcommand(
      "items", app.say("count the different items that suites can pose", "统计测试集能出的不同题目数"));
  items->add_option("suite", *names, app.say("ids or files (default: all)", "标识或文件（默认：全部）"));
  items->callback([&app, &run, names] { run = [&app, names] { return do_suite_items(app, *names); }; });

  add_suite_check_command(*suite, app, run);
  add_suite_page_command(*suite, app, run);

  auto* adapter =
      parser.add_subcommand("adapter", app.say("ways to reach a robot or a policy", "连接机器人或策略的方式"));
  adapter->require_subcommand(1);
  adapter->fallthrough();
  adapter->add_subcommand("list", app.say("robots and policies with their parameters", "机器人与策略及其参数"))
      ->callback([&app, &run] { run = [&app] { return do_adapter_list(app); }; });
  add_adapter_check_command(*adapter, app, run);
}

}  // namespace assay::cli
