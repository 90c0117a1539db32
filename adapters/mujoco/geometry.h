// Views of MuJoCo's arrays as Eigen objects, and planar rotations.
#pragma once

#include <mujoco/mujoco.h>

#include <Eigen/Geometry>
#include <array>
#include <cmath>

namespace assay::mujoco {

using Eigen::Matrix3d;
using Eigen::Quaterniond;
using Eigen::Vector3d;

inline Vector3d vec3(const mjtNum* p) { return {p[0], p[1], p[2]}; }
inline Matrix3d mat3(const mjtNum* p) { return Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(p); }
inline Quaterniond quat(const mjtNum* p) { return {p[0], p[1], p[2], p[3]}; }

inline void put(const Vector3d& v, mjtNum* p) {
  for (int i = 0; i < 3; ++i) p[i] = v[i];
}
inline void put(const Quaterniond& q, mjtNum* p) { p[0] = q.w(), p[1] = q.x(), p[2] = q.y(), p[3] = q.z(); }

inline Quaterniond about_z(double yaw_rad) { return {std::cos(yaw_rad / 2), 0, 0, std::sin(yaw_rad / 2)}; }
/// Direction of the rotated x axis in the horizontal plane.
inline double heading(const Matrix3d& rotation) { return std::atan2(rotation(1, 0), rotation(0, 0)); }

struct Frame {
  Vector3d position = Vector3d::Zero();
  Matrix3d rotation = Matrix3d::Identity();
};
inline Frame body_frame(const mjData& data, int body) {
  return {vec3(data.xpos + 3 * body), mat3(data.xmat + 9 * body)};
}
inline Frame site_frame(const mjData& data, int site) {
  return {vec3(data.site_xpos + 3 * site), mat3(data.site_xmat + 9 * site)};
}
/// `inner` as seen from `outer`.
inline Frame relative(const Frame& outer, const Frame& inner) {
  return {outer.rotation.transpose() * (inner.position - outer.position), outer.rotation.transpose() * inner.rotation};
}
/// Rotation vector of a rotation matrix, angle in [0, π].
inline Vector3d rotation_vector(const Matrix3d& rotation) {
  const Eigen::AngleAxisd turn(rotation);
  return turn.angle() * turn.axis();
}
/// Rotation matrix → MuJoCo's quaternion, w x y z.
inline std::array<double, 4> wxyz(const Matrix3d& rotation) {
  const Eigen::Matrix<double, 3, 3, Eigen::RowMajor> row_major = rotation;
  std::array<double, 4> q{};
  mju_mat2Quat(q.data(), row_major.data());
  return q;
}

}  // namespace assay::mujoco
