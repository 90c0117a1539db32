// OpenGL without a screen, and MuJoCo's drawing of one state. Never in a process that runs trials.
#pragma once

#include <memory>
#include <string>

#include "adapters/mujoco/gl_context.h"
#include "adapters/mujoco/renderer.h"
#include "core/model/body.h"

struct mjModel_;
struct mjData_;

namespace assay::mujoco {

/// Draws states of one model, seen by its camera "overview" if it has one, else from outside and above its middle.
class Drawing {
 public:
  /// Fails with ASSAY-0440. `model` outlives it; its offscreen size is set.
  static Result<std::unique_ptr<Drawing>> open(mjModel_& model, const World& world, int width, int height);
  /// For see() alone, of pictures up to that size. Fails with ASSAY-0440.
  static Result<std::unique_ptr<Drawing>> open(mjModel_& model, GlKind kind, int width, int height);
  virtual ~Drawing() = default;
  /// `caption` stands in the lower left corner; ASCII.
  virtual Result<void> draw(mjData_& data, const std::string& caption, Picture& picture) = 0;
  /// What a camera of the model sees: no caption, no marks.
  virtual Result<void> see(mjData_& data, int camera, Picture& picture) = 0;
};

}  // namespace assay::mujoco
