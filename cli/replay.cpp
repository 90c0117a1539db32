#include "cli/replay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/mujoco/renderer.h"
#include "adapters/registry.h"
#include "cli/gif.h"
#include "cli/seed.h"
#include "cli/session.h"
#include "core/mcap.h"
#include "core/sha256.h"
#include "harness/trial.h"
#include "reports/suite_page.h"

extern char** environ;

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMostFrames = 600, kMostGifFrames = 240;
constexpr auto kDeadline = std::chrono::minutes(10);

struct Found {
  SessionRow session;
  TrialRecord trial;
};

Result<Found> find_trial(const Store& store, std::int64_t number) {
  ASSAY_TRY(const auto sessions, store.sessions());
  for (const auto& session : sessions) {
    ASSAY_TRY(const auto trials, store.trials(session.number));
    for (const auto& trial : trials)
      if (trial.number == number) return Found{session, trial};
  }
  ASSAY_TRY(auto trial, store.trial(number));
  return Found{{}, std::move(trial)};
}

Error not_shown(const std::string& found, const Text& help) {
  return Error{.id = 726,
               .what = {"the trial cannot be shown again from its record", "无法由记录重现该试验"},
               .expected = {"a finished trial with its trace and its start", "已完成且留有记录与初始条件的试验"},
               .found = found,
               .help = help};
}

Result<Trace> trace_of(const TrialRecord& trial) {
  if (trial.trace_path.empty())
    return not_shown("no trace", {"see `assay trial show`", "请用 `assay trial show` 查看"});
  const auto digest = sha256_file(trial.trace_path);
  if (digest && to_hex(*digest) != trial.trace_sha256)
    return Error{.id = 729,
                 .what = {"the trace is not the one that was recorded", "记录文件与存档时不一致"},
                 .place = {trial.trace_path},
                 .expected = {"sha256 " + trial.trace_sha256, "sha256 " + trial.trace_sha256},
                 .found = "sha256 " + to_hex(*digest),
                 .help = {"restore the workspace from a backup", "请从备份恢复工作区"}};
  return read_mcap(trial.trace_path);
}

/// The trial's start, drawn anew; its digest says whether it is the one that ran.
Result<Setup> setup_of(const Store& store, const Found& found) {
  ASSAY_TRY(const auto session, open_session(store, found.session.id));
  ASSAY_TRY(const auto seed, recall_seed(store, session.row.id, session.plan.session_seed));
  for (const auto& suite : session.inputs.suites) {
    const Task* task = suite.find(found.trial.task, found.trial.level);
    if (task == nullptr) continue;
    ASSAY_TRY(const auto world, compose(*task, session.inputs.embodiment));
    ASSAY_TRY(auto setup, harness::realise(*task, session.inputs.embodiment, world, seed, found.trial.index));
    const bool begun = found.trial.finished || !found.trial.initial_state_digest.empty();
    if (begun && setup.initial_state_digest != found.trial.initial_state_digest)
      return not_shown("another start: " + setup.initial_state_digest.substr(0, 12),
                       {"use the program and catalogue of the session", "请使用该检测当时的程序与目录"});
    return setup;
  }
  return not_shown("task " + found.trial.task, {"use the catalogue of the session", "请使用该检测当时的目录"});
}

Result<void> write_ppm(const std::string& path, const Picture& picture) {
  std::ofstream out(path, std::ios::binary);
  out << fmt::format("P6\n{} {}\n255\n", picture.width, picture.height);
  out.write(reinterpret_cast<const char*>(picture.rgb.data()), static_cast<std::streamsize>(picture.rgb.size()));
  out.close();
  if (out.good()) return {};
  return Error{.id = 908, .what = {"the file cannot be written", "文件无法写入"}, .place = {path}};
}

/// What the robot was told, for whoever looks on.
void note_instruction(const Setup& setup, const std::string& folder) {
  const auto& words = setup.instruction.text;
  std::ofstream(folder + "/instruction.json") << nlohmann::json{{"en", words.en}, {"zh", words.zh}}.dump();
}

nlohmann::json instruction_in(const std::string& folder) {
  std::ifstream in(folder + "/instruction.json");
  auto out = nlohmann::json::parse(in, nullptr, false);
  return out.is_object() ? out : nlohmann::json::object();
}

Result<void> draw_frames(const ReplayRequest& request, const App& app, const std::string& folder, int most,
                         const std::string& what) {
  ASSAY_TRY(const auto store, Store::open(app.workspace, true));
  ASSAY_TRY(const auto found, find_trial(*store, request.trial));
  if (what == "start") {
    ASSAY_TRY(const auto setup, setup_of(*store, found));
    note_instruction(setup, folder);
    ASSAY_TRY(const auto picture, render_start(setup, request.width, request.height));
    return write_ppm(folder + "/00000.ppm", picture);
  }
  const bool on_record = what == "record" || what == "blind";
  ASSAY_TRY(const auto trace, on_record ? trace_of(found.trial) : read_mcap(what));
  ASSAY_TRY(const auto setup, setup_of(*store, found));
  note_instruction(setup, folder);
  std::int64_t end_ns = 0;
  for (const auto& stream : trace.streams)
    if (!stream.t_ns.empty() && stream.deterministic) end_ns = std::max(end_ns, stream.t_ns.back());
  const double end_s = static_cast<double>(end_ns) * 1e-9;
  // A long trial is shown in larger steps, not in more frames.
  const double step_s = std::max(1.0 / request.fps, end_s / (most - 1));
  ReplayView view{request.width, request.height, {}, {}};
  for (int i = 0; i * step_s <= end_s + 1e-9; ++i)
    view.times_ns.push_back(static_cast<std::int64_t>(std::llround(i * step_s * 1e9)));
  if (view.times_ns.back() < end_ns) view.times_ns.push_back(end_ns);
  const std::string outcome = what == "record" ? "  " + std::string(to_string(found.trial.verdict.outcome)) : "";
  view.caption = [&](std::int64_t t_ns) {
    return fmt::format("trial {}  {:.2f} s{}", request.trial, static_cast<double>(t_ns) * 1e-9,
                       t_ns >= end_ns ? outcome : "");
  };
  std::ofstream(folder + "/pace.txt") << fmt::format("{}\n", step_s);
  int number = 0;
  return render_trace(setup, trace, view, [&](const Picture& picture) {
    return write_ppm(fmt::format("{}/{:05}.ppm", folder, number++), picture);
  });
}

/// The child's exit code, or nothing where it did not end in time.
Result<int> run_child(const App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = arguments;
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  Error failed{.id = 728,
               .what = {"the pictures could not be drawn", "图像绘制失败"},
               .expected = {"a process that ends within 10 min", "10 min 内结束的进程"},
               .found = "not started",
               .help = {"check OpenGL with `assay suite page`", "请用 `assay suite page` 检查 OpenGL"}};
  if (posix_spawn(&pid, app.program.c_str(), nullptr, nullptr, argv.data(), environ) != 0) return failed;
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      failed.found = "stopped after 10 min";
      return failed;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  failed.found = fmt::format("ended by signal {}", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  return failed;
}

struct Frame {
  int width = 0, height = 0;
  std::string rgb;
};

Frame read_ppm(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string magic;
  int most = 0;
  Frame out;
  in >> magic >> out.width >> out.height >> most;
  in.get();
  out.rgb.assign(std::istreambuf_iterator<char>(in), {});
  if (out.rgb.size() != static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3) out = {};
  return out;
}

Result<int> collect(const ReplayRequest& request, const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".ppm") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  double step_s = 0.1;
  std::ifstream(folder / "pace.txt") >> step_s;
  std::error_code failed;
  if (!request.frames.empty()) fs::create_directories(request.frames, failed);
  const std::string partial = request.gif + ".partial";  // whole or absent
  std::unique_ptr<GifFile> gif;
  if (!request.gif.empty()) {
    ASSAY_TRY(gif, GifFile::create(partial, request.width, request.height));
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Frame frame = read_ppm(files[i]);
    const bool last = i + 1 == files.size();
    if (gif)
      ASSAY_RETURN_IF_ERROR(
          gif->add(frame.rgb, last ? 150 : std::max(2, static_cast<int>(std::lround(std::min(step_s, 0.1) * 100)))));
    if (request.frames.empty()) continue;
    const std::string path = fmt::format("{}/frame-{:05}.png", request.frames, i);
    std::ofstream out(path, std::ios::binary);
    out << reports::png_of(frame.width, frame.height, frame.rgb);
    out.close();
    if (!out.good()) return Error{.id = 908, .what = {"the file cannot be written", "文件无法写入"}, .place = {path}};
  }
  if (gif) {
    ASSAY_RETURN_IF_ERROR(gif->close());
    fs::rename(partial, request.gif, failed);
    if (failed)
      return Error{.id = 908,
                   .what = {"the file cannot be written", "文件无法写入"},
                   .place = {request.gif},
                   .found = failed.message()};
  }
  return static_cast<int>(files.size());
}

/// A folder of this process, gone with it.
class Scratch {
 public:
  Scratch() : path_((fs::temp_directory_path() / "assay-frames-XXXXXX").string()) {
    made_ = mkdtemp(path_.data()) != nullptr;
  }
  ~Scratch() {
    std::error_code ignored;
    if (made_) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] Result<void> made() const {
    if (made_) return {};
    return Error{.id = 908, .what = {"the folder cannot be made", "目录无法创建"}, .place = {path_}};
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

Result<int> run_frames(const App& app, const ReplayRequest& request, const std::string& folder, int most,
                       const std::string& what) {
  return run_child(app, {app.program, "frames", app.workspace, std::to_string(request.trial), folder,
                         std::to_string(request.fps), std::to_string(request.width), std::to_string(request.height),
                         std::to_string(most), app.lang == Lang::zh ? "zh" : "en", what});
}

int show_frames(const App& app, const ReplayRequest& request, const Scratch& scratch, const std::string& what) {
  const auto code = run_frames(app, request, scratch.path(), request.gif.empty() ? kMostFrames : kMostGifFrames, what);
  if (!code) return fail(app, code.error());
  if (*code != kConforms) return *code;
  const auto written = collect(request, scratch.path());
  if (!written) return fail(app, written.error());
  double step_s = 0;
  std::ifstream(scratch.path() + "/pace.txt") >> step_s;
  if (app.json) {
    print_json({{"schema", "assay.replay/1"},
                {"trial", request.trial},
                {"frames", *written},
                {"step_s", step_s},
                {"instruction", instruction_in(scratch.path())},
                {"folder", request.frames},
                {"gif", request.gif}});
  } else {
    std::printf("%s\n", fmt::format("{} {}  {}", *written, app.say("frames", "帧"),
                                    request.gif.empty() ? request.frames : request.gif)
                            .c_str());
  }
  return kConforms;
}

/// What `manual: {plays: {id, params}}` names, in the embedded simulator from the trial's own start.
Result<void> play_out(const App& app, std::int64_t number, const std::string& file) {
  ASSAY_TRY(const auto store, Store::open(app.workspace, true));
  ASSAY_TRY(const auto found, find_trial(*store, number));
  ASSAY_TRY(const auto session, open_session(*store, found.session.id));
  const auto section = nlohmann::json::parse(session.inputs.subject.robot.details, nullptr, false);
  if (session.inputs.subject.adapter != "manual" || !section.is_object() || !section.contains("plays"))
    return not_shown("no `plays`", {"say `manual: {plays: {id: …}}` in the subject file (docs/wire-manual.md)",
                                    "请在对象文件中写明 `manual: {plays: {id: …}}`（docs/zh/wire-manual.md）"});
  ASSAY_TRY(auto setup, setup_of(*store, found));
  PolicyParams params;
  const auto given = section["plays"].value("params", nlohmann::json::object());
  for (const auto& [name, value] : given.items()) params.emplace_back(name, value.get<double>());
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  ASSAY_TRY(auto robot, registry.robot("mujoco"));
  ASSAY_TRY(auto policy, registry.policy(section["plays"].value("id", ""), params));
  const auto runner = harness::make_threaded_runner(std::move(policy));
  metrics::MetricRegistry metrics;
  const auto played = harness::run_trial(*robot, *runner, setup, {}, metrics, {});
  runner->close(2);
  ASSAY_TRY(const auto digest, write_mcap(file, played.trace));
  return {};
}

}  // namespace

int draw_trial(const App& app, const ReplayRequest& request, const std::string& folder, int most,
               const std::string& what) {
  const auto drawn = draw_frames(request, app, folder, most, what);
  return drawn ? kConforms : fail(app, drawn.error());
}

int replay(const App& app, const ReplayRequest& request) {
  const Scratch scratch;
  if (auto made = scratch.made(); !made) return fail(app, made.error());
  return show_frames(app, request, scratch, request.blind ? "blind" : "record");
}

int play(const App& app, const ReplayRequest& request) {
  const Scratch scratch;
  if (auto made = scratch.made(); !made) return fail(app, made.error());
  const std::string trace = scratch.path() + "/play.mcap";
  if (auto played = play_out(app, request.trial, trace); !played) return fail(app, played.error());
  return show_frames(app, request, scratch, trace);
}

int picture_of_start(const App& app, const ReplayRequest& request, const std::string& file) {
  const Scratch scratch;
  if (auto made = scratch.made(); !made) return fail(app, made.error());
  const auto code = run_frames(app, request, scratch.path(), 1, "start");
  if (!code) return fail(app, code.error());
  if (*code != kConforms) return *code;
  const Frame frame = read_ppm(scratch.path() + "/00000.ppm");
  const auto written = write_file(file, reports::png_of(frame.width, frame.height, frame.rgb));
  if (!written) return fail(app, written.error());
  if (app.json)
    print_json({{"schema", "assay.picture/1"},
                {"trial", request.trial},
                {"file", file},
                {"instruction", instruction_in(scratch.path())}});
  else
    std::printf("%s\n", file.c_str());
  return kConforms;
}

}  // namespace assay::cli
