// The process that draws what cameras see. It holds a copy of the model and knows nothing of trials; should OpenGL take
// it down, nothing else falls.
#include <mujoco/mujoco.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

#include "adapters/eyes.h"
#include "adapters/mujoco/camera_wire.h"
#include "adapters/mujoco/drawing.h"
#include "adapters/mujoco/guard.h"
#include "adapters/mujoco/world.h"

namespace assay::mujoco {
namespace {

constexpr SteadyTime kForEver{std::numeric_limits<std::int64_t>::max()};
constexpr int kShadow_px = 1024;  // Mesa computes each of them

ModelPtr model_from(const std::string& bytes) {
  auto vfs = std::make_unique<mjVFS>();  // megabytes: never on the stack
  mj_defaultVFS(vfs.get());
  ModelPtr out;
  constexpr const char* kName = "world.mjb";
  if (mj_makeEmptyFileVFS(vfs.get(), kName, static_cast<int>(bytes.size())) == 0) {
    std::memcpy(vfs->filedata[mj_findFileVFS(vfs.get(), kName)], bytes.data(), bytes.size());
    out.reset(mj_loadModel(kName, vfs.get()));
  }
  mj_deleteVFS(vfs.get());
  return out;
}

class Cameras {
 public:
  explicit Cameras(GlKind kind) : kind_(kind) {}

  Result<void> take(const std::string& bytes) {
    drawing_.reset();  // before the model that it draws
    model_ = model_from(bytes);
    data_.reset(model_ ? mj_makeData(model_.get()) : nullptr);
    if (!data_) return no_gl("the model cannot be read");
    // A scene asks for the size of its own portrait; every pixel of the buffer is cleared for each picture.
    model_->vis.global.offwidth = model_->vis.global.offheight = 1;
    model_->vis.quality.shadowsize = std::min(model_->vis.quality.shadowsize, kShadow_px);
    return {};
  }

  Result<void> draw(const CameraLook& look, Picture& picture) {
    const auto joints = static_cast<std::size_t>(model_ ? model_->nq : 0);
    const auto bodies = static_cast<std::size_t>(model_ ? model_->nmocap : 0);
    if (!model_ || look.camera < 0 || look.camera >= model_->ncam || look.state.size() != joints + 7 * bodies ||
        look.width < 1 || look.height < 1 || look.width > kLargestPicture || look.height > kLargestPicture)
      return no_gl("a look that does not fit the model");
    if (!drawing_ || look.width > width_ || look.height > height_) {
      drawing_.reset();
      width_ = std::max(width_, look.width);
      height_ = std::max(height_, look.height);
      ASSAY_TRY(drawing_, Drawing::open(*model_, kind_, width_, height_));
    }
    std::copy_n(look.state.data(), joints, data_->qpos);
    std::copy_n(look.state.data() + joints, 3 * bodies, data_->mocap_pos);
    std::copy_n(look.state.data() + joints + 3 * bodies, 4 * bodies, data_->mocap_quat);
    mj_kinematics(model_.get(), data_.get());
    mj_comPos(model_.get(), data_.get());
    mj_camlight(model_.get(), data_.get());
    picture = {look.width, look.height, {}};
    picture.rgb.resize(static_cast<std::size_t>(look.width) * static_cast<std::size_t>(look.height) * 3);
    return drawing_->see(*data_, look.camera, picture);
  }

 private:
  GlKind kind_;
  ModelPtr model_;
  DataPtr data_;
  std::unique_ptr<Drawing> drawing_;
  int width_ = 0, height_ = 0;
};

bool there(GlKind kind) {
  constexpr int kSmall = 16;
  return GlContext::open(kind, kSmall, kSmall).ok();
}

/// The answer to one message; its picture, if it has one, in `bytes`.
Result<void> answer(Cameras& cameras, const CameraMessage& asked, std::string& bytes) {
  Result<void> done;
  const auto thrown = guarded([&] {
    if (asked.word == CameraWord::model) {
      done = cameras.take(asked.bytes);
      return;
    }
    const auto look = unpack(asked.bytes);
    Picture picture;
    done = look ? cameras.draw(*look, picture) : Result<void>(no_gl("no look"));
    bytes.assign(picture.rgb.begin(), picture.rgb.end());
  });
  if (thrown) return no_gl(*thrown);
  return done;
}

}  // namespace
}  // namespace assay::mujoco

namespace assay {

/// EGL, and OSMesa where that is not there: started anew for it, because two OpenGLs do not live in one process.
int camera_main(int argc, char** argv) {
  using namespace mujoco;  // NOLINT(google-build-using-namespace)
  const char* wanted = argc > 1 ? argv[1] : "egl";
  GlKind kind = GlKind::egl;
  if (std::strcmp(wanted, "egl") == 0 && !there(kind)) {
    char osmesa[] = "osmesa";
    char* again[] = {argv[0], osmesa, nullptr};
    execv("/proc/self/exe", again);
  }
  if (std::strcmp(wanted, "egl") != 0) kind = GlKind::osmesa;
  install_handlers();
  Cameras cameras(kind);
  while (auto asked = receive(kCameraFd, kForEver)) {
    std::string bytes;
    const auto done = answer(cameras, *asked, bytes);
    if (!send(kCameraFd, done ? CameraWord::done : CameraWord::failed, done ? bytes : done.error().found, kForEver))
      break;
  }
  return 0;
}

}  // namespace assay
