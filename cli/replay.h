// A stored trial shown again from its trace, as pictures or one GIF. Drawn in a process of its own: an OpenGL driver
// may do what it likes there.
#pragma once

#include <cstdint>
#include <string>

#include "cli/app.h"

namespace assay::cli {

struct ReplayRequest {
  std::int64_t trial = 0;
  std::string frames, gif;  ///< folder for PNG files; file
  int fps = 10, width = 480, height = 300;
};

/// Returns the exit code.
int replay(const App& app, const ReplayRequest& request);

/// `assay frames WORKSPACE TRIAL FOLDER FPS WIDTH HEIGHT MOST`: started by replay(), never by a person. Writes one
/// binary PPM per frame, and pace.txt with the seconds that a frame stands for.
int draw_trial(const App& app, const ReplayRequest& request, const std::string& folder, int most);

}  // namespace assay::cli
