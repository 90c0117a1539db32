// suite page: the catalogue page of each suite.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/picture.h"
#include "cli/progress.h"
#include "cli/version.h"
#include "reports/suite_page.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

struct PageOptions {
  std::vector<std::string> suites;
  std::string out = ".";
  bool no_pictures = false;
};

Result<std::vector<Scheme>> all_schemes() {
  std::vector<Scheme> out;
  for (const auto& id : catalog_list("schemes")) {
    ASSAY_TRY(const auto path, catalog_find("schemes", id));
    ASSAY_TRY(auto scheme, load_scheme(path));
    out.push_back(std::move(scheme));
  }
  return out;
}

Result<reports::SuitePage> make_page(const App& app, const std::string& name, bool pictures) {
  reports::SuitePage page;
  ASSAY_TRY(const auto path, catalog_find("suites", name));
  ASSAY_TRY(page.suite, load_suite(path));
  ASSAY_TRY(page.schemes, all_schemes());
  page.tool_version = fmt::format("assay {} ({})", kVersion, kRevision);
  ProgressLine line(app);
  for (const auto& task : page.suite.tasks) {
    if (!pictures || !task.reference) continue;
    line.show(fmt::format("{} {} L{}", app.say("drawing", "正在绘制"), task.key(), task.level));
    if (auto png = picture_of(app, page.suite.path, task); !png.empty())
      page.pictures[{task.key(), task.level}] = std::move(png);
  }
  return page;
}

int do_page(const App& app, const PageOptions& o) {
  std::error_code problem;
  fs::create_directories(o.out, problem);
  nlohmann::json out = {{"schema", "assay.suite_pages/1"}, {"pages", nlohmann::json::array()}};
  for (const auto& name : o.suites.empty() ? catalog_list("suites") : o.suites) {
    const auto page = make_page(app, name, !o.no_pictures);
    if (!page) return fail(app, page.error());
    const std::string file = (fs::path(o.out) / (page->suite.id + ".html")).string();
    std::ofstream stream(file, std::ios::binary);
    stream << reports::to_html(*page, app.lang);
    stream.close();
    if (!stream.good())
      return fail(app, Error{.id = 908,
                             .what = {"the file cannot be written", "文件无法写入"},
                             .place = {file},
                             .help = {"check disk space and permissions", "请检查磁盘空间与权限"}});
    out["pages"].push_back({{"suite", page->suite.id}, {"file", file}, {"pictures", page->pictures.size()}});
    if (!app.json) std::printf("%s\n", file.c_str());
  }
  if (app.json) print_json(out);
  return kConforms;
}

}  // namespace

void add_suite_page_command(CLI::App& suite, App& app, Action& run) {
  const auto o = std::make_shared<PageOptions>();
  auto* page = suite.add_subcommand("page", app.say("write a page for people: tasks in words and pictures",
                                                    "生成供人阅读的页面：用文字和图片说明任务"));
  page->add_option("suite", o->suites, app.say("ids or files (default: all)", "标识或文件（默认：全部）"));
  page->add_option("-o,--out", o->out, app.say("folder", "目录"))->capture_default_str();
  page->add_flag("--no-pictures", o->no_pictures, app.say("words only", "仅文字"));
  page->callback([&app, &run, o] { run = [&app, o] { return do_page(app, *o); }; });
}

}  // namespace assay::cli
