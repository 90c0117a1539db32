// Sensor noise and losses of one trial: one keyed stream per source, read in tick order. Nothing else here is random.
#pragma once

#include <array>
#include <cstdint>
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
  Noise joints;      ///< rad, each position of a joint of an arm or of legs; speeds stay clean
  Noise odometry;    ///< error of a wheel's measured way after 1 m; its variance grows with the way
  Noise imu;         ///< rad, each axis of a small turn of the IMU's orientation; its rates stay clean
  Noise force;       ///< N, each coordinate of each arm's tcp_force_n, each foot's force

  /// Fails with ASSAY-0421 for a sensor that is none of these.
  static Result<SensorNoises> make(const std::vector<SensorNoise>& specs);
};

/// What a sensor loses. Every call reads every stream once, in or out of a fault's window, so that all stay aligned.
class Losses {
 public:
  void add(const SensorFault& fault) { faults_.push_back({fault.share, fault.from_ns, fault.to_ns, Rng(fault.key)}); }
  bool operator()(std::int64_t t_ns) {
    bool lost = false;
    for (auto& fault : faults_) {
      const bool hit = fault.rng.uniform() < fault.share;
      lost = lost || (hit && t_ns >= fault.from_ns && t_ns < fault.to_ns);
    }
    return lost;
  }

 private:
  struct Fault {
    double share;
    std::int64_t from_ns, to_ns;
    Rng rng;
  };
  std::vector<Fault> faults_;
};

/// Constant errors and losses of the sensors that look outward.
struct SensorFaults {
  std::array<double, 3> detections_bias_m{};
  Losses detections, range;  ///< one call per detectable and look; per beam and turn

  /// Fails with ASSAY-0421 for a sensor that has no such fault, a share outside [0, 1] or an offset that is not finite.
  static Result<SensorFaults> make(const Setup& setup);
};

}  // namespace assay::mujoco
