#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace assay::cli {
namespace {

using nlohmann::json;

class ConsoleListener final : public RunListener {
 public:
  explicit ConsoleListener(const App& app) : app_(app), live_(isatty(STDERR_FILENO) == 1) {}
  ~ConsoleListener() override { clear(); }
  ConsoleListener(const ConsoleListener&) = delete;
  ConsoleListener& operator=(const ConsoleListener&) = delete;

  void on_event(const RunEvent& event) override {
    if (app_.quiet) return;
    const json data = json::parse(event.json, nullptr, false);
    if (!data.is_object()) return;
    if (event.type == "trial_finished") {
      ++done_;
      last_ = fmt::format("{} L{} #{} {}", text(data, "task"), number(data, "level"), number(data, "index"),
                          text(data, "outcome"));
      if (!live_) std::fprintf(stderr, "%s  %s\n", last_.c_str(), text(data, "reason").c_str());
    } else if (event.type == "series_stopped") {
      note(fmt::format("{} L{}: {}", text(data, "task"), number(data, "level"), app_.say("decided", "已判定")));
    } else if (event.type == "worker_lost") {
      note(fmt::format("{}: {}", app_.say("a worker was lost and replaced", "一个工作进程丢失，已替换"),
                       text(data, "reason")));
    } else if (event.type == "operator_prompt") {
      if (text(data, "kind") == "set_up")
        note(fmt::format("{} {} L{} #{}: {}", app_.say("trial", "试验"), number(data, "trial"), number(data, "level"),
                         number(data, "index"),
                         app_.say("waits for its operator (`assay attach --by NAME`, or the dashboard)",
                                  "等待操作员（`assay attach --by 姓名` 或界面程序）")));
    } else if (event.type == "progress") {
      progress(data);
    }
  }

 private:
  static std::string text(const json& data, const char* key) {
    return data.contains(key) && data[key].is_string() ? data[key].get<std::string>() : std::string();
  }
  static long number(const json& data, const char* key) {
    return data.contains(key) && data[key].is_number() ? data[key].get<long>() : 0;
  }
  void clear() {
    if (live_ && shown_) std::fprintf(stderr, "\r\033[K");
    shown_ = false;
  }
  void note(const std::string& line) {
    clear();
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  void progress(const json& data) {
    if (!live_) return;
    const double eta_s = data.contains("eta_s") && data["eta_s"].is_number() ? data["eta_s"].get<double>() : -1;
    std::string line = fmt::format("{} {} / ~{} (≤ {})", app_.say("trials", "试验"), number(data, "done"),
                                   number(data, "expected"), number(data, "most"));
    if (eta_s >= 0) line += fmt::format("  {} {}", app_.say("left", "剩余"), duration_text(eta_s));
    if (!last_.empty()) line += "  " + last_;
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    std::fflush(stderr);
    shown_ = true;
  }

  const App& app_;
  bool live_ = false, shown_ = false;
  long done_ = 0;
  std::string last_;
};

class EventFile final : public RunListener {
 public:
  explicit EventFile(std::FILE* file) : file_(file) {}
  ~EventFile() override { std::fclose(file_); }
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;
  void on_event(const RunEvent& event) override {
    std::fprintf(file_, "%s\n", event.json.c_str());
    std::fflush(file_);
  }

 private:
  std::FILE* file_;
};

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 0) return "?";
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

ProgressLine::ProgressLine(const App& app) : quiet_(app.quiet), live_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fprintf(stderr, "\r\033[K");
}

void ProgressLine::show(const std::string& line) {
  if (quiet_) return;
  shown_ = live_;
  std::fprintf(stderr, live_ ? "\r\033[K%s" : "%s\n", line.c_str());
  std::fflush(stderr);
}

std::unique_ptr<RunListener> make_console_listener(const App& app) { return std::make_unique<ConsoleListener>(app); }

Result<std::unique_ptr<RunListener>> make_event_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "a");
  if (file == nullptr)
    return Error{.id = 903,
                 .what = {"the event file cannot be opened for appending", "无法以追加方式打开事件文件"},
                 .place = {path},
                 .help = {"give a path in a folder that exists and is writable", "请给出一个已存在且可写目录中的路径"}};
  return std::unique_ptr<RunListener>(std::make_unique<EventFile>(file));
}

}  // namespace assay::cli
