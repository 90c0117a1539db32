// What a robot is commanded to do where the command itself is what is examined: poses to take up and paths to follow,
// in numbers. Frame: the robot's base (entity robot.base) as it stands when the trial begins.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace assay {

struct ProgrammeStep {
  std::string id;                          ///< "P1"; what measures name
  std::array<double, 3> position_m{};      ///< of the tool centre point; of a mobile base x, y on the floor
  std::array<double, 4> wxyz{0, 1, 0, 0};  ///< of the tool; default: z points down
  double heading_rad = 0;                  ///< of a mobile base, about z
  bool line = true;                        ///< straight way to it; false: the robot's own choice
  double speed_m_s = 0.1;                  ///< on that way
  double dwell_s = 0;                      ///< at rest there; 0: passed without a stop
};

struct Programme {
  int cycles = 1;
  std::vector<ProgrammeStep> steps;
};

}  // namespace assay
