#include "adapters/mujoco/drawing.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace assay::mujoco {
namespace {

constexpr int kMostGeoms = 5000;

Error no_display(std::string found) {
  return Error{.id = 440,
               .what = {"no picture can be drawn here", "此处无法绘制图片"},
               .expected = {"an EGL display that needs no screen", "无需屏幕的 EGL 显示"},
               .found = std::move(found),
               .help = {"install Mesa's EGL (libegl-mesa0)", "请安装 Mesa 的 EGL（libegl-mesa0）"}};
}

/// An OpenGL context that is current on this thread while it lives.
class GlContext {
 public:
  GlContext() = default;
  GlContext(const GlContext&) = delete;
  GlContext& operator=(const GlContext&) = delete;
  ~GlContext() {
    if (display_ == EGL_NO_DISPLAY) return;
    eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (context_ != EGL_NO_CONTEXT) eglDestroyContext(display_, context_);
    eglTerminate(display_);
  }

  Result<void> open() {
    display_ = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
    if (display_ == EGL_NO_DISPLAY || eglInitialize(display_, nullptr, nullptr) != EGL_TRUE) return failed("display");
    if (eglBindAPI(EGL_OPENGL_API) != EGL_TRUE) return failed("OpenGL");
    const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    if (eglChooseConfig(display_, wanted, &config, 1, &count) != EGL_TRUE || count == 0) return failed("configuration");
    context_ = eglCreateContext(display_, config, EGL_NO_CONTEXT, nullptr);
    if (context_ == EGL_NO_CONTEXT) return failed("context");
    if (eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) != EGL_TRUE) return failed("surface");
    return {};
  }

 private:
  static Error failed(const char* what) {
    return no_display(std::string(what) + ", EGL error " + std::to_string(eglGetError()));
  }

  EGLDisplay display_ = EGL_NO_DISPLAY;
  EGLContext context_ = EGL_NO_CONTEXT;
};

/// MuJoCo's drawing state, freed in order.
struct Scene {
  mjvScene scene{};
  mjrContext context{};
  explicit Scene(mjModel& model) {
    mjv_defaultScene(&scene);
    mjv_makeScene(&model, &scene, kMostGeoms);
    mjr_defaultContext(&context);
    mjr_makeContext(&model, &context, mjFONTSCALE_100);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene() {
    mjr_freeContext(&context);
    mjv_freeScene(&scene);
  }
};

mjvCamera camera_of(const mjModel& model, bool mobile) {
  mjvCamera camera;
  mjv_defaultCamera(&camera);
  mjv_defaultFreeCamera(&model, &camera);
  const int named = mj_name2id(&model, mjOBJ_CAMERA, "overview");
  if (named >= 0) {
    camera.type = mjCAMERA_FIXED;
    camera.fixedcamid = named;
    return camera;
  }
  // A floor between walls is looked into from above; a table from beside it.
  camera.azimuth = 140;
  camera.elevation = mobile ? -58 : -28;
  camera.distance = 1.6 * model.stat.extent;
  return camera;
}

class EglDrawing : public Drawing {
 public:
  explicit EglDrawing(mjModel& model) : model_(model) {}

  Result<void> open(const World& world) {
    ASSAY_RETURN_IF_ERROR(gl_.open());
    scene_.emplace(model_);
    mjr_setBuffer(mjFB_OFFSCREEN, &scene_->context);
    if (scene_->context.currentBuffer != mjFB_OFFSCREEN) return no_display("no offscreen buffer");
    const bool mobile = std::any_of(world.groups.begin(), world.groups.end(), [](const Group& group) {
      return group.kind == Group::Kind::base || group.kind == Group::Kind::legs;
    });
    camera_ = camera_of(model_, mobile);
    return {};
  }

  Result<void> draw(mjData& data, const std::string& caption, Picture& picture) override {
    mjvOption option;
    mjv_defaultOption(&option);
    mjv_updateScene(&model_, &data, &option, nullptr, &camera_, mjCAT_ALL, &scene_->scene);
    const mjrRect view{0, 0, picture.width, picture.height};
    mjr_render(view, &scene_->scene, &scene_->context);
    if (!caption.empty())
      mjr_overlay(mjFONT_NORMAL, mjGRID_BOTTOMLEFT, view, caption.c_str(), nullptr, &scene_->context);
    std::vector<std::uint8_t> bottom_up(picture.rgb.size());
    mjr_readPixels(bottom_up.data(), nullptr, view, &scene_->context);
    const auto row = static_cast<std::size_t>(picture.width) * 3;
    for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y)
      std::copy_n(bottom_up.begin() + static_cast<std::ptrdiff_t>(y * row), row,
                  picture.rgb.end() - static_cast<std::ptrdiff_t>((y + 1) * row));
    return {};
  }

 private:
  mjModel& model_;
  GlContext gl_;  // before the scene, which is freed first
  std::optional<Scene> scene_;
  mjvCamera camera_{};
};

}  // namespace

Result<std::unique_ptr<Drawing>> Drawing::open(mjModel_& model, const World& world, int width, int height) {
  model.vis.global.offwidth = std::max(model.vis.global.offwidth, width);
  model.vis.global.offheight = std::max(model.vis.global.offheight, height);
  auto out = std::make_unique<EglDrawing>(model);
  ASSAY_RETURN_IF_ERROR(out->open(world));
  return std::unique_ptr<Drawing>(std::move(out));
}

}  // namespace assay::mujoco
