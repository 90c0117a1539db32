// assay: arguments, and the wiring of rooms.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "adapters/registry.h"
#include "cli/commands.h"
#include "cli/picture.h"
#include "cli/pin.h"
#include "cli/replay.h"
#include "cli/version.h"
#include "harness/campaign.h"

namespace assay::cli {
namespace {

std::string own_path() {
  char buffer[PATH_MAX];
  const auto length = readlink("/proc/self/exe", buffer, sizeof buffer);
  return length > 0 ? std::string(buffer, static_cast<std::size_t>(length)) : std::string("assay");
}

/// `assay worker IN OUT HEARTBEAT`: started by the coordinator, never by a person.
int worker(char** argv) {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  const auto descriptor = [](const char* text) { return static_cast<int>(std::strtol(text, nullptr, 10)); };
  return harness::worker_main(descriptor(argv[2]), descriptor(argv[3]), descriptor(argv[4]), registry);
}

/// `assay frames WORKSPACE TRIAL FOLDER FPS WIDTH HEIGHT MOST LANG`: started by `trial replay`, never by a person.
int frames(char** argv) {
  const auto number = [&](int i) { return static_cast<int>(std::strtol(argv[i], nullptr, 10)); };
  App app;
  app.workspace = argv[2];
  app.lang = std::strcmp(argv[9], "zh") == 0 ? Lang::zh : Lang::en;
  ReplayRequest request;
  request.trial = std::strtoll(argv[3], nullptr, 10);
  request.fps = number(5);
  request.width = number(6);
  request.height = number(7);
  return draw_trial(app, request, argv[4], number(8), argv[10]);
}

/// The language must be known before help is written: --lang is looked for by hand first.
Lang early_lang(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    std::string lang;
    if (word == "--lang" && i + 1 < argc) lang = argv[i + 1];
    if (word.rfind("--lang=", 0) == 0) lang = word.substr(7);
    if (lang == "zh") return Lang::zh;
    if (lang == "en") return Lang::en;
  }
  return lang_from_environment();
}

int run(int argc, char** argv) {
  std::signal(SIGABRT, [](int) { _exit(kBug); });  // a failed ASSAY_CHECK has said where; callers get exit code 3
  App app;
  app.program = own_path();
  app.lang = early_lang(argc, argv);
  CLI::App parser(
      app.say("Assay examines embodied robots and says what level they have shown, how safely and with what "
              "confidence.",
              "Assay 对具身机器人进行检测，说明其达到的等级、安全性及置信度。"),
      "assay");
  parser.set_version_flag("--version", std::string("assay ") + kVersion + " (" + kRevision + ")",
                          app.say("print the version and exit", "显示版本并退出"));
  std::string lang;
  bool no_color = false;
  parser.add_option("--lang", lang, app.say("language: en or zh (default: LANG)", "语言：en 或 zh（默认取 LANG）"))
      ->check(CLI::IsMember({"en", "zh"}));
  parser.add_option("-w,--workspace", app.workspace, app.say("workspace folder", "工作区目录"))
      ->envname("ASSAY_WORKSPACE")
      ->capture_default_str();
  parser.add_flag("--json", app.json, app.say("one JSON object on stdout", "在标准输出给出一个 JSON 对象"));
  parser.add_flag("-q,--quiet", app.quiet, app.say("no progress", "不显示进度"));
  parser.add_flag("--no-color", no_color, app.say("no colours (also NO_COLOR)", "不使用颜色（亦可设 NO_COLOR）"));
  // Before the commands: they inherit it.
  parser.set_help_flag("-h,--help", app.say("print this help and exit", "显示本帮助并退出"));
  parser.require_subcommand(1);
  parser.fallthrough();
  Action action;
  add_run_commands(parser, app, action);
  add_control_commands(parser, app, action);
  add_plan_command(parser, app, action);
  add_trial_commands(parser, app, action);
  add_inspect_commands(parser, app, action);
  add_report_command(parser, app, action);
  add_catalog_commands(parser, app, action);
  add_validate_commands(parser, app, action);
  add_compare_command(parser, app, action);
  add_bundle_commands(parser, app, action);
  add_evidence_commands(parser, app, action);
  add_robot_commands(parser, app, action);
  add_doctor_command(parser, app, action);
  try {
    parser.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parser.exit(error) == 0 ? kConforms : kUsage;
  }
  app.color = isatty(STDOUT_FILENO) == 1 && !no_color && std::getenv("NO_COLOR") == nullptr;
  return action ? action() : kUsage;
}

}  // namespace
}  // namespace assay::cli

int main(int argc, char** argv) {
  using namespace assay::cli;  // NOLINT(google-build-using-namespace)
  try {
    if (argc == 5 && std::strcmp(argv[1], "worker") == 0) return worker(argv);
    if (argc == 6 && std::strcmp(argv[1], "picture") == 0)
      return draw_picture(argv[2], argv[3], static_cast<int>(std::strtol(argv[4], nullptr, 10)), argv[5]);
    if (argc == 11 && std::strcmp(argv[1], "frames") == 0) return frames(argv);
    pin_libm(own_path(), argv);
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error[ASSAY-0901]: internal error: %s\n", error.what());
    return kBug;
  }
}
