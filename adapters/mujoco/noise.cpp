#include "adapters/mujoco/noise.h"

#include <cmath>

#include "adapters/mujoco/faults.h"

namespace assay::mujoco {

Result<SensorNoises> SensorNoises::make(const std::vector<SensorNoise>& specs) {
  SensorNoises noises;
  for (const auto& spec : specs) {
    if (!std::isfinite(spec.sigma) || spec.sigma < 0)
      return setup_does_not_fit("noise of sensor '" + spec.sensor + "'");
    if (spec.sensor == "detections") {
      noises.detections = Noise(spec);
    } else if (spec.sensor == "range") {
      noises.range = Noise(spec);
    } else if (spec.sensor == "joints") {
      noises.joints = Noise(spec);
    } else if (spec.sensor == "odometry") {
      noises.odometry = Noise(spec);
    } else if (spec.sensor == "imu") {
      noises.imu = Noise(spec);
    } else if (spec.sensor == "force") {
      noises.force = Noise(spec);
    } else {
      return setup_does_not_fit("no sensor '" + spec.sensor + "'");
    }
  }
  return noises;
}

Result<SensorFaults> SensorFaults::make(const Setup& setup) {
  SensorFaults faults;
  for (const auto& bias : setup.biases) {
    if (bias.sensor != "detections") return setup_does_not_fit("no bias of sensor '" + bias.sensor + "'");
    for (std::size_t i = 0; i < 3; ++i) faults.detections_bias_m[i] += bias.offset_m[i];
  }
  for (const double offset : faults.detections_bias_m)
    if (!std::isfinite(offset)) return setup_does_not_fit("bias of sensor 'detections'");
  for (const auto& fault : setup.sensor_faults) {
    if (!(fault.share >= 0 && fault.share <= 1))
      return setup_does_not_fit("share lost by sensor '" + fault.sensor + "' is not within 0 … 1");
    if (fault.sensor == "detections") {
      faults.detections.add(fault);
    } else if (fault.sensor == "range") {
      faults.range.add(fault);
    } else {
      return setup_does_not_fit("no losses of sensor '" + fault.sensor + "'");
    }
  }
  return faults;
}

}  // namespace assay::mujoco
