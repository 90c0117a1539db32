#include "adapters/mujoco/camera_process.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/gl_context.h"
#include "adapters/mujoco/guard.h"
#include "adapters/mujoco/world.h"

extern char** environ;

namespace assay::mujoco {
namespace {

constexpr double kFirstPatience_s = 30, kPatience_s = 10;  // Mesa compiles its shaders for the first picture

Error camera_lost(const std::string& found) {
  return Error{
      .id = 441,
      .what = {"the process that draws the cameras' pictures is gone or late", "绘制相机图像的进程已退出或超时"},
      .expected = {"a picture within " + std::to_string(static_cast<int>(kPatience_s)) + " s",
                   std::to_string(static_cast<int>(kPatience_s)) + " s 内给出图像"},
      .found = found,
      .help = {"check OpenGL with `assay doctor`; ASSAY_GL=osmesa draws without a driver",
               "请用 `assay doctor` 检查 OpenGL；ASSAY_GL=osmesa 可不经驱动绘制"}};
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "–" : out;
}

Error no_camera(const CameraView& view, const std::vector<std::string>& names) {
  const std::string known = joined(names);
  return Error{
      .id = 442,
      .what = {"the robot cannot give this picture", "机器人无法提供该图像"},
      .expected = {"one of its cameras (" + known + "), at most 2048 px wide and high",
                   "其相机之一（" + known + "），宽高不超过 2048 像素"},
      .found = "subject:policy_cameras " + view.camera + ", " + std::to_string(view.width) + " x " +
               std::to_string(view.height),
      .help = {"correct `camera` and `size` in the subject file", "请修改受试对象文件中的 `camera` 与 `size`"}};
}

/// Beside the program itself; ASSAY_CAMERA names another.
std::string camera_program() {
  if (const char* named = std::getenv("ASSAY_CAMERA"); named != nullptr && *named != '\0') return named;
  char buffer[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", buffer, sizeof buffer);
  const std::string self(buffer, length > 0 ? static_cast<std::size_t>(length) : 0);
  return self.substr(0, self.rfind('/') + 1) + "assay-camera";
}

SteadyTime within(double seconds) { return SteadyTime{steady_now().ns + ns_from_s(seconds)}; }

}  // namespace

std::vector<std::string> cameras_of(const mjModel& model) {
  std::vector<std::string> out;
  for (int i = 0; i < model.ncam; ++i) {
    const char* name = mj_id2name(&model, mjOBJ_CAMERA, i);
    if (name != nullptr && std::strncmp(name, kRobotPrefix, std::strlen(kRobotPrefix)) == 0)
      out.emplace_back(name + std::strlen(kRobotPrefix));
  }
  return out;
}

Result<void> CameraProcess::start() {
  int pair[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return camera_lost(std::string("lab:camera_process socketpair: ") + std::strerror(errno));
  std::string program = camera_program();
  const char* wanted = std::getenv("ASSAY_GL");
  std::string kind = wanted == nullptr ? "egl" : wanted;
  char* argv[] = {program.data(), kind.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pair[1], kCameraFd);
  // What the trial's process holds besides is none of its business: pipes would stay open through it.
  posix_spawn_file_actions_addclosefrom_np(&actions, kCameraFd + 1);
  const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pair[1]);
  fd_ = pair[0];
  if (failed == 0) return {};
  pid_ = -1;
  end();
  return camera_lost("lab:camera_process " + program + ": " + std::strerror(failed));
}

void CameraProcess::end() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  has_model_ = false;
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

Result<std::string> CameraProcess::ask(CameraWord word, const std::string& bytes, double patience_s) {
  const SteadyTime until = within(patience_s);
  std::optional<CameraMessage> said;
  if (send(fd_, word, bytes, until)) said = receive(fd_, until);
  if (!said) {
    std::string how = "late";
    int status = 0;
    // A process that was killed closes its end first and can be reaped just after.
    for (int i = 0; i < 100 && steady_now() < until; ++i, usleep(1000)) {
      if (waitpid(pid_, &status, WNOHANG) != pid_) continue;
      how = WIFSIGNALED(status) ? "ended by signal " + std::to_string(WTERMSIG(status))
                                : "ended with code " + std::to_string(WEXITSTATUS(status));
      pid_ = -1;
      break;
    }
    end();
    return camera_lost("lab:camera_process " + how);
  }
  if (said->word == CameraWord::done) return std::move(said->bytes);
  return no_gl("lab:no_gl " + said->bytes);
}

Result<Image> CameraProcess::look(const mjModel& model, const mjData& data, const CameraView& view) {
  const int camera = mj_name2id(&model, mjOBJ_CAMERA, (kRobotPrefix + view.camera).c_str());
  if (camera < 0 || view.width < 1 || view.height < 1 || view.width > kLargestPicture || view.height > kLargestPicture)
    return no_camera(view, cameras_of(model));
  if (fd_ < 0) ASSAY_RETURN_IF_ERROR(start());
  const bool first = !has_model_;
  if (first) {
    std::string bytes(static_cast<std::size_t>(mj_sizeModel(&model)), '\0');
    mj_saveModel(&model, nullptr, bytes.data(), static_cast<int>(bytes.size()));
    ASSAY_TRY(const auto taken, ask(CameraWord::model, bytes, kFirstPatience_s));
    static_cast<void>(taken);
    has_model_ = true;
  }
  CameraLook look{camera, view.width, view.height, std::vector<double>(data.qpos, data.qpos + model.nq)};
  look.state.insert(look.state.end(), data.mocap_pos, data.mocap_pos + 3 * static_cast<std::ptrdiff_t>(model.nmocap));
  look.state.insert(look.state.end(), data.mocap_quat, data.mocap_quat + 4 * static_cast<std::ptrdiff_t>(model.nmocap));
  ASSAY_TRY(auto rgb, ask(CameraWord::look, pack(look), first ? kFirstPatience_s : kPatience_s));
  if (rgb.size() != static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height) * 3)
    return camera_lost("lab:camera_process a picture of another size");
  return Image{view, std::move(rgb)};
}

}  // namespace assay::mujoco

namespace assay {

Result<void> try_cameras() {
  using namespace mujoco;  // NOLINT(google-build-using-namespace)
  World world;
  world.mjcf =
      "<mujoco><worldbody><light pos='0 0 3'/><geom type='sphere' size='0.1'/>"
      "<camera name='robot/eye' pos='0 0 1'/></worldbody></mujoco>";
  ASSAY_TRY(const auto model, load_model(world));
  const DataPtr data(mj_makeData(model.get()));
  if (!data) return no_gl("lab:no_gl mj_makeData failed");
  CameraProcess cameras;
  ASSAY_TRY(const auto seen, cameras.look(*model, *data, {"eye", 16, 16}));
  static_cast<void>(seen);
  return {};
}

}  // namespace assay
