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
  bool blind = false;  ///< tells nothing of the outcome, for a second opinion
};

/// Returns the exit code.
int replay(const App& app, const ReplayRequest& request);
/// The scene as the trial starts, as one PNG; the trial need not have ended.
int picture_of_start(const App& app, const ReplayRequest& request, const std::string& file);
/// Of an operated trial whose subject says `plays:` what plays it in the embedded simulator, for its operator to watch:
/// nothing of it goes on record.
int play(const App& app, const ReplayRequest& request);

/// `assay frames WORKSPACE TRIAL FOLDER FPS WIDTH HEIGHT MOST LANG WHAT`: started by the three above, never by a
/// person. Writes one binary PPM per frame, and pace.txt with the seconds that a frame stands for. WHAT: "record",
/// "blind" (the same without the outcome), "start" (one frame), or the file of a trace.
int draw_trial(const App& app, const ReplayRequest& request, const std::string& folder, int most,
               const std::string& what);

}  // namespace assay::cli
