// Pictures of a trial's first state, without a screen: for pages that people read. Never in a process that runs trials.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/setup.h"
#include "core/result.h"

namespace assay {

/// 8-bit RGB, rows from the top.
struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
};

/// The scene as `setup` starts it, seen by its camera "overview" if it has one, else from outside and above its middle.
/// Drawn by OpenGL on a surfaceless EGL display (Mesa computes it where there is no graphics card). Fails with
/// ASSAY-0440 (no such display), 0420, 0421 (the world or its first state), 0422 (the engine stopped).
Result<Picture> render_start(const Setup& setup, int width, int height);

}  // namespace assay
