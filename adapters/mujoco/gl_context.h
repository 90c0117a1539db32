// OpenGL without a screen: Mesa or a driver over EGL, else OSMesa, which needs no driver at all.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"

namespace assay::mujoco {

enum class GlKind { egl, osmesa };

/// Current on the thread that opened it, while it lives. The libraries are loaded by name when they are wanted. MuJoCo
/// takes its functions from the first OpenGL that it finds in the process: OSMesa works only where no other is loaded.
class GlContext {
 public:
  /// Fails with ASSAY-0440.
  static Result<std::unique_ptr<GlContext>> open(GlKind kind, int width, int height);
  virtual ~GlContext() = default;
};

Error no_gl(std::string found);

}  // namespace assay::mujoco
