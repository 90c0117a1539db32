// doctor: can this machine run an examination?
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <thread>

#include "adapters/eyes.h"
#include "adapters/live/realtime.h"
#include "adapters/registry.h"
#include "adapters/served/spaces.h"
#include "cli/commands.h"
#include "cli/pin.h"
#include "cli/reach.h"
#include "cli/version.h"
#include "store/store.h"
#include "suites/catalog.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

/// What is a name, a number or a message in the user's language already.
Text same(const std::string& words) { return {words, words}; }
Text words_of(const Error& error) { return {to_string(error, Lang::en), to_string(error, Lang::zh)}; }

struct Check {
  Text name;
  bool ok = false;
  Text found;
  Text help;
  int exit_code = kPrecondition;
};

Check check_catalog() {
  Check out{{"catalogue", "目录"},
            false,
            {},
            {"set ASSAY_CATALOG to the folder suites/catalog", "请将 ASSAY_CATALOG 设为 suites/catalog 目录"}};
  int suites = 0, tasks = 0;
  for (const auto& id : catalog_list("suites")) {
    const auto path = catalog_find("suites", id);
    if (!path) return out;
    const auto suite = load_suite(*path);
    if (!suite) {
      out.found = words_of(suite.error());
      return out;
    }
    ++suites;
    tasks += static_cast<int>(suite->tasks.size());
  }
  out.ok = suites > 0;
  out.found = {fmt::format("{}: {} suites, {} task levels", catalog_root(), suites, tasks),
               fmt::format("{}：{} 个测试集，{} 个任务级别", catalog_root(), suites, tasks)};
  return out;
}

Check check_workspace(const App& app) {
  Check out{{"workspace", "工作区"},
            false,
            {},
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
      out.found = words_of(store.error());
      return out;
    }
    if (const auto chain = (*store)->verify_chain(); !chain) {
      out.found = words_of(chain.error());
      out.exit_code = exit_code_of(chain.error());
      return out;
    }
  }
  out.ok = !failed && free_gb > 1 && access(existing.c_str(), W_OK) == 0;
  out.found = {fmt::format("{}: {:.1f} GB free", folder.string(), free_gb),
               fmt::format("{}：可用 {:.1f} GB", folder.string(), free_gb)};
  return out;
}

/// One for each way to a robot or to a policy's server: what is installed.
std::vector<Check> check_adapters() {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  std::vector<Check> out;
  for (const auto& info : registry.robots())
    out.push_back({{"robot adapter: " + info.id, "机器人适配器：" + info.id},
                   true,
                   {info.title.en + ": " + info.engine, info.title.zh + "：" + info.engine},
                   {}});
  for (const auto& info : registry.policies())
    if (info.wired) out.push_back({{"policy adapter: " + info.id, "策略适配器：" + info.id}, true, info.title, {}});
  return out;
}

/// What real-time trials are permitted to do here: said, not asked for (they run without it, with more jitter).
Check check_realtime() {
  std::string scheduling;
  std::thread([&] { scheduling = make_thread_realtime(kLoopPriority); }).join();
  rlimit memory{};
  const bool locks = getrlimit(RLIMIT_MEMLOCK, &memory) == 0 && memory.rlim_cur == RLIM_INFINITY;
  return {{"real time", "实时"},
          true,
          {fmt::format("scheduling {}; memory {}", scheduling, locks ? "may be locked" : "may not be locked"),
           fmt::format("调度 {}；内存{}锁定", scheduling, locks ? "允许" : "不允许")},
          {}};
}

/// What is said of a subject's robot or policy, once somebody has tried it.
Check tried(Text name, const Subject& subject, const Result<Text>& said, Text help) {
  Check out{std::move(name), said.ok(), {}, std::move(help), kRobot};
  if (said) {
    out.found = *said;
    return out;
  }
  const Error& error = said.error();
  std::string where = error.place.file == subject.path ? "" : error.place.file;
  if (error.place.line > 0) where += fmt::format(":{}", error.place.line);
  if (!where.empty()) where += ": ";
  const auto sentence = [](std::string text, std::string_view stop) {
    return text.ends_with(stop) ? text.substr(0, text.size() - stop.size()) : text;
  };
  out.found = {sentence(error.what.en, ".") + ": " + where + error.found,
               sentence(error.what.zh, "。") + "：" + where + error.found};
  out.exit_code = exit_code_of(error);
  return out;
}

/// The subject's robot and, if a server decides for it, its policy: are they there?
std::vector<Check> check_subject(const std::string& name) {
  const Text robot{"robot's wire", "机器人接口"};
  const auto path = catalog_find("subjects", name);
  const auto subject = path ? load_subject(*path) : Result<Subject>(path.error());
  if (!subject) return {{robot, false, words_of(subject.error()), {"--subject", "--subject"}, kUsage}};
  const std::string page = "wire-" + subject->adapter + ".md";
  return {tried(robot, *subject, try_subject_robot(*subject), {"docs/" + page, "docs/zh/" + page}),
          tried({"policy's server", "策略服务端"}, *subject, try_subject_policy(*subject),
                {"docs/wire-openpi.md", "docs/zh/wire-openpi.md"})};
}

/// Pictures for policies that decide by them. Nobody else needs any.
Check check_pictures(const std::string& name) {
  const auto path = name.empty() ? Result<std::string>(std::string()) : catalog_find("subjects", name);
  const auto subject = name.empty() || !path ? Result<Subject>(Subject{}) : load_subject(*path);
  const bool wanted = subject && served::wants_pictures(subject->policy_link);
  const auto drawn = try_cameras();
  return {{"camera pictures", "相机图像"},
          drawn || !wanted,
          drawn ? Text{"drawn off screen", "离屏绘制可用"} : same(drawn.error().found),
          {"install libegl-mesa0 or libosmesa6", "请安装 libegl-mesa0 或 libosmesa6"}};
}

int do_doctor(const App& app, const std::string& subject) {
  std::vector<Check> checks;
  checks.push_back({{"program", "程序"}, true, same(fmt::format("assay {} ({})", kVersion, kRevision)), {}});
  checks.push_back({{"libm pinned (same bits on every CPU)", "libm 已固定（各 CPU 结果逐位一致）"},
                    libm_is_pinned(),
                    same(libm_is_pinned() ? "GLIBC_TUNABLES" : ""),
                    {"the program could not start itself again; start it by its full path",
                     "程序未能重新启动自身；请用完整路径启动"}});
  for (auto& adapter : check_adapters()) checks.push_back(std::move(adapter));
  checks.push_back(check_catalog());
  checks.push_back(check_workspace(app));
  checks.push_back(check_realtime());
  checks.push_back(check_pictures(subject));
  if (!subject.empty())
    for (auto& one : check_subject(subject)) checks.push_back(std::move(one));
  int code = kConforms;
  nlohmann::json out = {{"schema", "assay.doctor/1"}, {"checks", nlohmann::json::array()}};
  std::vector<std::vector<std::string>> rows;
  for (const auto& c : checks) {
    if (!c.ok && code != kIntegrity) code = c.exit_code;
    out["checks"].push_back({{"name", c.name.en}, {"ok", c.ok}, {"found", c.found.en}});
    rows.push_back(
        {c.ok ? "✓" : "✕", app.say(c.name), c.ok ? app.say(c.found) : app.say(c.found) + "  → " + app.say(c.help)});
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
  auto* doctor = parser.add_subcommand("doctor", app.say("check this machine", "检查本机环境"));
  const auto subject = std::make_shared<std::string>();
  doctor->add_option("--subject", *subject, app.say("also try this subject's robot", "同时试连该受试对象的机器人"));
  doctor->callback([&app, &run, subject] { run = [&app, subject] { return do_doctor(app, *subject); }; });
}

}  // namespace assay::cli
