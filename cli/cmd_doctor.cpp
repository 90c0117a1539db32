// doctor: can this machine run an examination?
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "adapters/registry.h"
#include "cli/commands.h"
#include "cli/pin.h"
#include "cli/version.h"
#include "store/store.h"
#include "suites/catalog.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

struct Check {
  Text name;
  bool ok = false;
  std::string found;
  Text help;
  int exit_code = kPrecondition;
};

Check check_catalog() {
  Check out{{"catalogue", "目录"},
            false,
            "",
            {"set ASSAY_CATALOG to the folder suites/catalog", "请将 ASSAY_CATALOG 设为 suites/catalog 目录"}};
  int suites = 0, tasks = 0;
  for (const auto& id : catalog_list("suites")) {
    const auto path = catalog_find("suites", id);
    if (!path) return out;
    const auto suite = load_suite(*path);
    if (!suite) {
      out.found = to_string(suite.error(), Lang::en);
      return out;
    }
    ++suites;
    tasks += static_cast<int>(suite->tasks.size());
  }
  out.ok = suites > 0;
  out.found = fmt::format("{}: {} suites, {} task levels", catalog_root(), suites, tasks);
  return out;
}

Check check_workspace(const App& app) {
  Check out{{"workspace", "工作区"},
            false,
            "",
            {"choose a writable folder with --workspace", "请用 --workspace 选择可写目录"}};
  std::error_code failed;
  const fs::path folder = fs::absolute(app.workspace);
  fs::path existing = folder;
  while (!existing.empty() && !fs::exists(existing)) existing = existing.parent_path();
  const auto space = fs::space(existing, failed);
  const double free_gb = failed ? 0 : static_cast<double>(space.available) / 1e9;
  if (fs::exists(folder / "assay.db")) {
    const auto store = Store::open(app.workspace, true);
    if (!store) {
      out.found = to_string(store.error(), app.lang);
      return out;
    }
    if (const auto chain = (*store)->verify_chain(); !chain) {
      out.found = to_string(chain.error(), app.lang);
      out.exit_code = exit_code_of(chain.error());
      return out;
    }
  }
  out.ok = !failed && free_gb > 1 && access(existing.c_str(), W_OK) == 0;
  out.found = fmt::format("{}: {:.1f} GB {}", folder.string(), free_gb, app.say("free", "可用"));
  return out;
}

Check check_engine() {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  std::string engines;
  for (const auto& info : registry.robots()) engines += (engines.empty() ? "" : ", ") + info.id + ": " + info.engine;
  return {{"robots", "机器人适配器"}, !engines.empty(), engines, {}};
}

int do_doctor(const App& app) {
  std::vector<Check> checks;
  checks.push_back({{"program", "程序"}, true, fmt::format("assay {} ({})", kVersion, kRevision), {}});
  checks.push_back({{"libm pinned (same bits on every CPU)", "libm 已固定（各 CPU 结果逐位一致）"},
                    libm_is_pinned(),
                    libm_is_pinned() ? "GLIBC_TUNABLES" : "",
                    {"the program could not start itself again; start it by its full path",
                     "程序未能重新启动自身；请用完整路径启动"}});
  checks.push_back(check_engine());
  checks.push_back(check_catalog());
  checks.push_back(check_workspace(app));
  int code = kConforms;
  nlohmann::json out = {{"schema", "assay.doctor/1"}, {"checks", nlohmann::json::array()}};
  std::vector<std::vector<std::string>> rows;
  for (const auto& c : checks) {
    if (!c.ok && code != kIntegrity) code = c.exit_code;
    out["checks"].push_back({{"name", c.name.en}, {"ok", c.ok}, {"found", c.found}});
    rows.push_back({c.ok ? "✓" : "✕", app.say(c.name), c.ok ? c.found : c.found + "  → " + app.say(c.help)});
  }
  out["ok"] = code == kConforms;
  if (app.json)
    print_json(out);
  else
    print_table(rows);
  return code;
}

}  // namespace

void add_doctor_command(CLI::App& parser, App& app, Action& run) {
  parser.add_subcommand("doctor", app.say("check this machine", "检查本机环境"))->callback([&app, &run] {
    run = [&app] { return do_doctor(app); };
  });
}

}  // namespace assay::cli
