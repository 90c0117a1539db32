// What a PolicyRunner (harness/trial.h) does besides, for a policy that decides by pictures.
#pragma once

#include <vector>

#include "adapters/eyes.h"
#include "core/result.h"
#include "core/time.h"

namespace assay::harness {

class SeeingRunner {
 public:
  virtual ~SeeingRunner() = default;
  /// The policy decides by pictures (SeeingPolicy).
  [[nodiscard]] virtual bool sees() const = 0;
  /// What its next act() needs; and here it is, handed over with that act().
  virtual Result<std::vector<CameraView>> wants(SimTime now, double deadline_s) = 0;
  virtual void show(std::vector<Image> images) = 0;
};

}  // namespace assay::harness
