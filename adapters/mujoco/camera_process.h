// The cameras of one simulation, drawn by a process of its own: what befalls OpenGL does not befall the trial.
#pragma once

#include <mujoco/mujoco.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "adapters/eyes.h"
#include "adapters/mujoco/camera_wire.h"
#include "core/result.h"

namespace assay::mujoco {

/// Names of the robot's own cameras in a composed model, without their prefix.
std::vector<std::string> cameras_of(const mjModel& model);

class CameraProcess {
 public:
  CameraProcess() = default;
  ~CameraProcess() { end(); }
  CameraProcess(const CameraProcess&) = delete;
  CameraProcess& operator=(const CameraProcess&) = delete;

  /// Another trial: its model is handed over with the first look.
  void forget_model() { has_model_ = false; }
  /// `model` as the set-up made it, `data` in the state to be seen. Starts the process if there is none. Fails with
  /// ASSAY-0440 (no OpenGL), 0441 (the process is gone, or late), 0442 (no such camera, or a size beyond 2048 px).
  Result<Image> look(const mjModel& model, const mjData& data, const CameraView& view);

 private:
  Result<void> start();
  Result<std::string> ask(CameraWord word, const std::string& bytes, double patience_s);
  void end();

  pid_t pid_ = -1;
  int fd_ = -1;
  bool has_model_ = false;
};

}  // namespace assay::mujoco
