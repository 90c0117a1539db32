// Pictures of a trial, of its first state or from its trace, without a screen: for pages that people read. Never in a
// process that runs trials.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/model/setup.h"
#include "core/result.h"
#include "core/trace.h"

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

struct ReplayView {
  int width = 0, height = 0;
  std::vector<std::int64_t> times_ns;                ///< one frame each
  std::function<std::string(std::int64_t)> caption;  ///< ASCII; may be empty
};
using FrameSink = std::function<Result<void>(const Picture&)>;

/// The recorded trial: joints as the robot reported them, bodies where the truth has them, actors on their paths. No
/// physics is computed; what the trace does not hold stays where the trial started. Fails as render_start(), with
/// ASSAY-0726 if the trace holds nothing of this world, and with what `sink` fails with.
Result<void> render_trace(const Setup& setup, const Trace& trace, const ReplayView& view, const FrameSink& sink);

}  // namespace assay
