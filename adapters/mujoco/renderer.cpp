#include "adapters/mujoco/renderer.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <string>

#include "adapters/mujoco/actors.h"
#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/guard.h"
#include "adapters/mujoco/scene_setup.h"
#include "adapters/mujoco/world.h"

namespace assay {
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
struct Drawing {
  mjvScene scene{};
  mjrContext context{};
  explicit Drawing(mjModel& model) {
    mjv_defaultScene(&scene);
    mjv_makeScene(&model, &scene, kMostGeoms);
    mjr_defaultContext(&context);
    mjr_makeContext(&model, &context, mjFONTSCALE_100);
  }
  Drawing(const Drawing&) = delete;
  Drawing& operator=(const Drawing&) = delete;
  ~Drawing() {
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

Result<void> draw(const Setup& setup, Picture& picture) {
  ASSAY_TRY(const auto model, mujoco::load_model(setup.world));
  model->vis.global.offwidth = std::max(model->vis.global.offwidth, picture.width);
  model->vis.global.offheight = std::max(model->vis.global.offheight, picture.height);
  const mujoco::DataPtr data(mj_makeData(model.get())), scratch(mj_makeData(model.get()));
  if (!data || !scratch) return mujoco::engine_stopped(setup.world, "mj_makeData failed");
  ASSAY_RETURN_IF_ERROR(mujoco::apply_setup(setup, *model, *data, *scratch));
  ASSAY_TRY(auto actors, mujoco::Actors::make(setup.actors, *model));
  actors.move(*data, 0);
  mj_forward(model.get(), data.get());

  GlContext gl;
  ASSAY_RETURN_IF_ERROR(gl.open());
  Drawing drawing(*model);
  mjr_setBuffer(mjFB_OFFSCREEN, &drawing.context);
  if (drawing.context.currentBuffer != mjFB_OFFSCREEN) return no_display("no offscreen buffer");
  mjvOption option;
  mjv_defaultOption(&option);
  const bool mobile = std::any_of(setup.world.groups.begin(), setup.world.groups.end(), [](const Group& group) {
    return group.kind == Group::Kind::base || group.kind == Group::Kind::legs;
  });
  mjvCamera camera = camera_of(*model, mobile);
  mjv_updateScene(model.get(), data.get(), &option, nullptr, &camera, mjCAT_ALL, &drawing.scene);
  const mjrRect view{0, 0, picture.width, picture.height};
  mjr_render(view, &drawing.scene, &drawing.context);
  std::vector<std::uint8_t> bottom_up(picture.rgb.size());
  mjr_readPixels(bottom_up.data(), nullptr, view, &drawing.context);
  const auto row = static_cast<std::size_t>(picture.width) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y)
    std::copy_n(bottom_up.begin() + static_cast<std::ptrdiff_t>(y * row), row,
                picture.rgb.end() - static_cast<std::ptrdiff_t>((y + 1) * row));
  return {};
}

}  // namespace

Result<Picture> render_start(const Setup& setup, int width, int height) {
  Picture picture{width, height,
                  std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3)};
  Result<void> drawn;
  if (const auto thrown = mujoco::guarded([&] { drawn = draw(setup, picture); }))
    return mujoco::engine_stopped(setup.world, *thrown);
  if (!drawn) return std::move(drawn).error();
  return picture;
}

}  // namespace assay
