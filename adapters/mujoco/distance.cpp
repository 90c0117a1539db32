#include "adapters/mujoco/distance.h"

#include <algorithm>
#include <array>
#include <limits>

#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {
namespace {

/// A convex shape: core swept by a sphere of `radius`.
struct Shape {
  int type = 0;
  Frame frame;
  Vector3d size;
  double radius = 0;
  const float* vertices = nullptr;
  int count = 0;

  /// The core's point that lies furthest along `direction` (any length but zero).
  [[nodiscard]] Vector3d support(const Vector3d& direction) const {
    const Vector3d local = frame.rotation.transpose() * direction;
    return frame.position + frame.rotation * local_support(local);
  }

  [[nodiscard]] Vector3d local_support(const Vector3d& d) const {
    const auto sign = [](double x) { return x < 0 ? -1.0 : 1.0; };
    switch (type) {
      case mjGEOM_CAPSULE:
        return {0, 0, sign(d.z()) * size[1]};
      case mjGEOM_CYLINDER: {
        const double planar = std::sqrt(d.x() * d.x() + d.y() * d.y());
        const double scale = planar > 1e-12 ? size[0] / planar : 0;
        return {scale * d.x(), scale * d.y(), sign(d.z()) * size[1]};
      }
      case mjGEOM_BOX:
        return {sign(d.x()) * size[0], sign(d.y()) * size[1], sign(d.z()) * size[2]};
      case mjGEOM_ELLIPSOID: {
        const Vector3d stretched = size.cwiseProduct(d);
        return size.cwiseProduct(stretched) / stretched.norm();
      }
      case mjGEOM_MESH:
        return furthest_vertex(d);
      default:
        return Vector3d::Zero();  // a sphere is a point and a radius
    }
  }

  [[nodiscard]] Vector3d furthest_vertex(const Vector3d& d) const {
    double best = -std::numeric_limits<double>::infinity();
    int at = 0;
    for (int i = 0; i < count; ++i) {
      const double along = d.x() * vertices[3 * i] + d.y() * vertices[3 * i + 1] + d.z() * vertices[3 * i + 2];
      if (along > best) best = along, at = i;
    }
    return {vertices[3 * at], vertices[3 * at + 1], vertices[3 * at + 2]};
  }
};

Shape shape_of(const mjModel& model, const mjData& data, int geom) {
  Shape shape;
  shape.type = model.geom_type[geom];
  shape.frame = {vec3(data.geom_xpos + 3 * geom), mat3(data.geom_xmat + 9 * geom)};
  shape.size = vec3(model.geom_size + 3 * geom);
  if (shape.type == mjGEOM_SPHERE || shape.type == mjGEOM_CAPSULE) shape.radius = shape.size[0];
  if (shape.type == mjGEOM_MESH) {
    const int mesh = model.geom_dataid[geom];
    shape.vertices = model.mesh_vert + 3 * model.mesh_vertadr[mesh];
    shape.count = model.mesh_vertnum[mesh];
  }
  if (shape.type == mjGEOM_HFIELD) {
    const mjtNum* size = model.hfield_size + 4 * model.geom_dataid[geom];  // half x, half y, top, base depth
    shape.type = mjGEOM_BOX;
    shape.frame.position += shape.frame.rotation * Vector3d(0, 0, (size[2] - size[3]) / 2);
    shape.size = {size[0], size[1], (size[2] + size[3]) / 2};
  }
  return shape;
}

/// The point of a simplex nearest to the origin. Every face is tried: among those whose nearest point lies
/// inside them the nearest wins, and the simplex shrinks to it.
class Simplex {
 public:
  void add(const Vector3d& point) { points_[count_++] = point; }
  [[nodiscard]] int size() const { return count_; }

  Vector3d shrink_to_nearest() {
    double best = std::numeric_limits<double>::infinity();
    Vector3d nearest = points_[0];
    int kept = 1;
    for (int face = 1; face < (1 << count_); ++face) {
      Vector3d point;
      if (!nearest_inside(face, point) || point.squaredNorm() >= best) continue;
      best = point.squaredNorm(), nearest = point, kept = face;
    }
    int next = 0;
    for (int i = 0; i < count_; ++i)
      if (kept & (1 << i)) points_[next++] = points_[i];
    count_ = next;
    return nearest;
  }

 private:
  bool nearest_inside(int face, Vector3d& point) const {
    std::array<int, 4> of{};
    int k = 0;
    for (int i = 0; i < count_; ++i)
      if (face & (1 << i)) of[k++] = i;
    const Vector3d& origin = points_[of[0]];
    if (k == 1) {
      point = origin;
      return true;
    }
    Matrix3d gram = Matrix3d::Identity();
    Vector3d right = Vector3d::Zero();
    for (int i = 1; i < k; ++i) {
      const Vector3d edge = points_[of[i]] - origin;
      right[i - 1] = -edge.dot(origin);
      for (int j = 1; j < k; ++j) gram(i - 1, j - 1) = edge.dot(points_[of[j]] - origin);
    }
    const double det = gram.determinant();
    if (!(std::abs(det) > 1e-30)) return false;
    const Vector3d weights = gram.inverse() * right;
    double first = 1;
    point = origin;
    for (int i = 1; i < k; ++i) {
      if (weights[i - 1] < -1e-12) return false;
      first -= weights[i - 1];
      point += weights[i - 1] * (points_[of[i]] - origin);
    }
    return first >= -1e-12;
  }

  std::array<Vector3d, 5> points_;
  int count_ = 0;
};

double convex_distance(const Shape& a, const Shape& b) {
  constexpr double kTolerance = 1e-6;
  const double radii = a.radius + b.radius;
  Vector3d v = a.frame.position - b.frame.position;
  if (v.squaredNorm() < 1e-18) v = Vector3d::UnitX();
  double lower = 0;
  Simplex simplex;
  for (int round = 0; round < 40; ++round) {
    const Vector3d w = a.support(-v) - b.support(v);
    const double norm = v.norm();
    lower = std::max(lower, v.dot(w) / norm);
    if (simplex.size() > 0 && norm - lower <= kTolerance) break;
    simplex.add(w);
    v = simplex.shrink_to_nearest();
    if (simplex.size() == 4 || v.squaredNorm() < 1e-16) return 0;
  }
  return std::max(0.0, lower - radii);
}

double plane_distance(const Shape& plane, const Shape& other) {
  const Vector3d normal = plane.frame.rotation.col(2);
  return std::max(0.0, normal.dot(other.support(-normal) - plane.frame.position) - other.radius);
}

/// At most the distance, from bounding spheres.
double quick_bound(const mjModel& model, const mjData& data, int geom_1, int geom_2) {
  const double r1 = model.geom_rbound[geom_1], r2 = model.geom_rbound[geom_2];
  if (r1 <= 0 || r2 <= 0) return 0;  // planes have none
  return (vec3(data.geom_xpos + 3 * geom_1) - vec3(data.geom_xpos + 3 * geom_2)).norm() - r1 - r2;
}

std::vector<int> surfaces(const mjModel& model, const GeomSet& set) {
  std::vector<int> colliding, all;
  for (int geom = 0; geom < model.ngeom; ++geom) {
    if (!set[geom]) continue;
    all.push_back(geom);
    if (model.geom_contype[geom] != 0 || model.geom_conaffinity[geom] != 0) colliding.push_back(geom);
  }
  return colliding.empty() ? all : colliding;
}

}  // namespace

double geom_distance_m(const mjModel& model, const mjData& data, int geom_1, int geom_2) {
  const Shape a = shape_of(model, data, geom_1), b = shape_of(model, data, geom_2);
  const bool plane_a = a.type == mjGEOM_PLANE, plane_b = b.type == mjGEOM_PLANE;
  if (plane_a && plane_b) return 0;
  if (plane_a) return plane_distance(a, b);
  if (plane_b) return plane_distance(b, a);
  return convex_distance(a, b);
}

SurfaceDistance::SurfaceDistance(const mjModel& model, const GeomSet& a, const GeomSet& b)
    : a_(surfaces(model, a)), b_(surfaces(model, b)) {}

double SurfaceDistance::operator()(const mjModel& model, const mjData& data) const {
  double best = std::numeric_limits<double>::infinity();
  for (const int one : a_) {
    for (const int two : b_) {
      if (one == two) return 0;
      if (quick_bound(model, data, one, two) >= best) continue;
      best = std::min(best, geom_distance_m(model, data, one, two));
      if (best <= 0) return 0;
    }
  }
  return best;
}

}  // namespace assay::mujoco
