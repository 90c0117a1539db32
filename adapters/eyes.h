// Pictures for policies: abilities that a robot and a policy may have besides being one (adapters/robot.h, policy.h).
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace assay {

/// What a policy wants to see: a camera of the embodiment, in the size that the policy was made for.
struct CameraView {
  std::string camera;
  int width = 0, height = 0;
  bool operator==(const CameraView&) const = default;
};

/// 8-bit RGB, rows from the top.
struct Image {
  CameraView view;
  std::string rgb;
};

/// A robot that gives pictures in lock-step: the world waits while they are drawn.
class SeeingRobot {
 public:
  virtual ~SeeingRobot() = default;
  /// The state of the last sample, seen by that camera. Changes nothing. Fails with 0440, 0441, 0442; whose fault it is
  /// stands in Error::found as for Robot::advance().
  virtual Result<Image> look(const CameraView& view) = 0;
};

/// A policy that decides by pictures. On the policy's thread, like act().
class SeeingPolicy {
 public:
  virtual ~SeeingPolicy() = default;
  /// The pictures that the next act(), for the observation of `now`, needs; mostly none while a chunk is carried out.
  virtual std::vector<CameraView> wants(SimTime now) = 0;
  /// What was asked for, just before that act(). They go to the policy alone: nothing that is judged comes from them.
  virtual void show(std::vector<Image> images) = 0;
};

/// Can pictures be drawn here at all? Draws a small one. Fails with ASSAY-0440 (no OpenGL), 0441 (its process).
Result<void> try_cameras();

/// All that `assay-camera` is: the process that draws pictures for a simulation. Never called by anything else.
int camera_main(int argc, char** argv);

}  // namespace assay
