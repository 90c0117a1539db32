// Sensor noise of one trial: one keyed stream per sensor, read in tick order. Nothing else here is random.
#pragma once

#include <optional>
#include <vector>

#include "core/model/setup.h"
#include "core/random.h"
#include "core/result.h"

namespace assay::mujoco {

/// Gaussian, sigma as the set-up says; no stream is read where it is 0.
class Noise {
 public:
  Noise() = default;
  explicit Noise(const SensorNoise& spec) : sigma_(spec.sigma), rng_(spec.key) {}
  double operator()() { return sigma_ > 0 ? sigma_ * rng_.normal() : 0.0; }
  [[nodiscard]] bool on() const { return sigma_ > 0; }

 private:
  double sigma_ = 0;
  Rng rng_{StreamKey{}};
};

struct SensorNoises {
  Noise detections;  ///< m, each coordinate of each detection
  Noise range;       ///< m, each beam that met something
  Noise joints;      ///< rad, each arm joint's position; speeds stay clean
  Noise odometry;    ///< error of a wheel's measured way after 1 m; its variance grows with the way

  /// Fails with ASSAY-0421 for a sensor that is none of these.
  static Result<SensorNoises> make(const std::vector<SensorNoise>& specs);
};

}  // namespace assay::mujoco
