// Orientations of the truth record.
#include "metrics/evaluate.h"

namespace assay::metrics {

std::array<double, 3> to_frame(const std::array<double, 4>& q, const std::array<double, 3>& v) {
  const auto [w, x, y, z] = q;
  const double s = 2.0 / (w * w + x * x + y * y + z * z);
  return {(1 - s * (y * y + z * z)) * v[0] + s * (x * y + w * z) * v[1] + s * (x * z - w * y) * v[2],
          s * (x * y - w * z) * v[0] + (1 - s * (x * x + z * z)) * v[1] + s * (y * z + w * x) * v[2],
          s * (x * z + w * y) * v[0] + s * (y * z - w * x) * v[1] + (1 - s * (x * x + y * y)) * v[2]};
}

std::array<double, 3> from_frame(const std::array<double, 4>& q, const std::array<double, 3>& v) {
  return to_frame({q[0], -q[1], -q[2], -q[3]}, v);
}

Result<std::array<double, 4>> orientation(const std::string& entity, std::span<const std::span<const double>> columns,
                                          std::size_t first, std::size_t i, std::int64_t t_ns) {
  const std::array<double, 4> q{columns[first][i], columns[first + 1][i], columns[first + 2][i], columns[first + 3][i]};
  if (q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3] > 0) return q;
  const std::string at = "t = " + std::to_string(t_ns) + " ns";
  return metrics_error(1002, {"an orientation is not a quaternion", "姿态不是有效的四元数"},
                       {"a quaternion of length 1 at " + at, at + " 时为单位四元数"}, entity + ".qw",
                       {"look for the instrument or simulation fault at that time", "请检查该时刻的仪器或仿真故障"});
}

}  // namespace assay::metrics
