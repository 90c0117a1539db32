#include "cli/picture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "adapters/mujoco/renderer.h"
#include "harness/trial.h"
#include "reports/suite_page.h"
#include "suites/catalog.h"

extern char** environ;

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 720, kHeight = 450;

Result<Picture> draw(const std::string& suite_path, const std::string& key, int level) {
  ASSAY_TRY(const auto suite, load_suite(suite_path));
  const Task* task = suite.find(key, level);
  if (task == nullptr || !task->reference)
    return Error{.id = 540,
                 .what = {"the task names nobody who can solve it", "任务没有指明能够完成它的参考对象"},
                 .place = {suite_path},
                 .found = key};
  ASSAY_TRY(const auto path, catalog_find("embodiments", task->reference->embodiment));
  ASSAY_TRY(const auto embodiment, load_embodiment(path));
  ASSAY_TRY(const auto world, compose(*task, embodiment));
  ASSAY_TRY(const auto setup, harness::realise(*task, embodiment, world, "page", 0));
  return render_start(setup, kWidth, kHeight);
}

}  // namespace

int draw_picture(const std::string& suite, const std::string& task, int level, const std::string& file) {
  const auto picture = draw(suite, task, level);
  if (!picture) {
    std::fprintf(stderr, "%s\n", to_string(picture.error(), lang_from_environment()).c_str());
    return kUsage;
  }
  std::ofstream out(file, std::ios::binary);
  out << fmt::format("P6\n{} {}\n255\n", picture->width, picture->height);
  out.write(reinterpret_cast<const char*>(picture->rgb.data()), static_cast<std::streamsize>(picture->rgb.size()));
  out.close();
  return out.good() ? kConforms : kUsage;
}

std::string picture_of(const App& app, const std::string& suite, const Task& task) {
  const fs::path file = fs::temp_directory_path() / fmt::format("assay-picture-{}.ppm", getpid());
  std::vector<std::string> words = {app.program,  "picture", suite, task.key(), std::to_string(task.level),
                                    file.string()};
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  int status = 0;
  std::string png;
  if (posix_spawn(&pid, app.program.c_str(), nullptr, nullptr, argv.data(), environ) == 0 &&
      waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    std::ifstream in(file, std::ios::binary);
    std::string magic;
    int width = 0, height = 0, most = 0;
    in >> magic >> width >> height >> most;
    in.get();
    const std::string rgb{std::istreambuf_iterator<char>(in), {}};
    png = reports::png_of(width, height, rgb);
  }
  std::error_code ignored;
  fs::remove(file, ignored);
  return png;
}

}  // namespace assay::cli
