#include "adapters/mujoco/gl_context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <dlfcn.h>

#include <vector>

namespace assay::mujoco {
namespace {

/// A function of a library that is loaded by name; null where there is none.
template <class F>
F* function(void* library, const char* name) {
  return reinterpret_cast<F*>(dlsym(library, name));  // NOLINT: what dlsym is for
}

class EglContext final : public GlContext {
 public:
  EglContext() = default;
  EglContext(const EglContext&) = delete;
  EglContext& operator=(const EglContext&) = delete;
  ~EglContext() override {
    if (display_ == EGL_NO_DISPLAY) return;
    make_current_(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (context_ != EGL_NO_CONTEXT) destroy_context_(display_, context_);
    terminate_(display_);
  }

  Result<void> open() {
    void* library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) return no_gl("EGL: no libEGL.so.1");
    const auto get_display = function<decltype(eglGetPlatformDisplay)>(library, "eglGetPlatformDisplay");
    const auto initialize = function<decltype(eglInitialize)>(library, "eglInitialize");
    const auto bind_api = function<decltype(eglBindAPI)>(library, "eglBindAPI");
    const auto choose = function<decltype(eglChooseConfig)>(library, "eglChooseConfig");
    const auto create = function<decltype(eglCreateContext)>(library, "eglCreateContext");
    get_error_ = function<decltype(eglGetError)>(library, "eglGetError");
    make_current_ = function<decltype(eglMakeCurrent)>(library, "eglMakeCurrent");
    destroy_context_ = function<decltype(eglDestroyContext)>(library, "eglDestroyContext");
    terminate_ = function<decltype(eglTerminate)>(library, "eglTerminate");
    if (get_display == nullptr || initialize == nullptr || bind_api == nullptr || choose == nullptr ||
        create == nullptr || get_error_ == nullptr || make_current_ == nullptr || destroy_context_ == nullptr ||
        terminate_ == nullptr)
      return no_gl("EGL: older than 1.5");
    display_ = get_display(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
    if (display_ == EGL_NO_DISPLAY || initialize(display_, nullptr, nullptr) != EGL_TRUE) return failed("display");
    if (bind_api(EGL_OPENGL_API) != EGL_TRUE) return failed("OpenGL");
    const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    if (choose(display_, wanted, &config, 1, &count) != EGL_TRUE || count == 0) return failed("configuration");
    context_ = create(display_, config, EGL_NO_CONTEXT, nullptr);
    if (context_ == EGL_NO_CONTEXT) return failed("context");
    if (make_current_(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) != EGL_TRUE) return failed("surface");
    return {};
  }

 private:
  [[nodiscard]] Error failed(const char* what) const {
    return no_gl("EGL: " + std::string(what) + ", error " + std::to_string(get_error_()));
  }

  decltype(eglGetError)* get_error_ = nullptr;
  decltype(eglMakeCurrent)* make_current_ = nullptr;
  decltype(eglDestroyContext)* destroy_context_ = nullptr;
  decltype(eglTerminate)* terminate_ = nullptr;
  EGLDisplay display_ = EGL_NO_DISPLAY;
  EGLContext context_ = EGL_NO_CONTEXT;
};

class OsmesaContext final : public GlContext {
 public:
  OsmesaContext(int width, int height)
      : pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4) {}
  OsmesaContext(const OsmesaContext&) = delete;
  OsmesaContext& operator=(const OsmesaContext&) = delete;
  ~OsmesaContext() override {
    if (context_ != nullptr) destroy_(context_);
  }

  Result<void> open(int width, int height) {
    // OSMesa's own header belongs to a package that is needed for nothing else; its interface has not changed since
    // 2001.
    using Create = void*(unsigned format, int depth, int stencil, int accumulation, void* shared);
    using MakeCurrent = unsigned char(void* context, void* buffer, unsigned type, int width, int height);
    constexpr unsigned kRgba = 0x1908, kUnsignedByte = 0x1401;
    void* library = dlopen("libOSMesa.so.8", RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) return no_gl("OSMesa: no libOSMesa.so.8");
    const auto create = function<Create>(library, "OSMesaCreateContextExt");
    const auto make_current = function<MakeCurrent>(library, "OSMesaMakeCurrent");
    destroy_ = function<void(void*)>(library, "OSMesaDestroyContext");
    if (create == nullptr || make_current == nullptr || destroy_ == nullptr) return no_gl("OSMesa: another library");
    context_ = create(kRgba, 24, 8, 8, nullptr);
    if (context_ == nullptr) return no_gl("OSMesa: no context");
    if (make_current(context_, pixels_.data(), kUnsignedByte, width, height) == 0)
      return no_gl("OSMesa: no current context");
    return {};
  }

 private:
  std::vector<unsigned char> pixels_;
  void (*destroy_)(void*) = nullptr;
  void* context_ = nullptr;
};

}  // namespace

Error no_gl(std::string found) {
  return Error{.id = 440,
               .what = {"no picture can be drawn here", "此处无法绘制图片"},
               .expected = {"an OpenGL that needs no screen: EGL, or OSMesa", "无需屏幕的 OpenGL：EGL 或 OSMesa"},
               .found = std::move(found),
               .help = {"install Mesa's EGL (libegl-mesa0)", "请安装 Mesa 的 EGL（libegl-mesa0）"}};
}

Result<std::unique_ptr<GlContext>> GlContext::open(GlKind kind, int width, int height) {
  if (kind == GlKind::egl) {
    auto out = std::make_unique<EglContext>();
    ASSAY_RETURN_IF_ERROR(out->open());
    return std::unique_ptr<GlContext>(std::move(out));
  }
  auto out = std::make_unique<OsmesaContext>(width, height);
  ASSAY_RETURN_IF_ERROR(out->open(width, height));
  return std::unique_ptr<GlContext>(std::move(out));
}

}  // namespace assay::mujoco
