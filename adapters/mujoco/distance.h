// Smallest distance between the surfaces of two sets of geoms.
//
// Each pair of convex shapes by GJK (Gilbert, Johnson, Keerthi 1988) on support functions: exact for spheres,
// capsules, boxes, cylinders, ellipsoids, planes and convex hulls of meshes, up to 1e-6 m. What is returned is GJK's
// lower bound, so that a separation is never overstated. A height field counts as its bounding box, which can
// only make the distance smaller. Shapes that overlap have distance 0.
#pragma once

#include <mujoco/mujoco.h>

#include <vector>

#include "adapters/mujoco/entities.h"

namespace assay::mujoco {

double geom_distance_m(const mjModel& model, const mjData& data, int geom_1, int geom_2);

/// Two sets of geoms, resolved once.
class SurfaceDistance {
 public:
  /// Geoms that collide with something; a set that has none is taken whole (marks, zones).
  SurfaceDistance(const mjModel& model, const GeomSet& a, const GeomSet& b);
  [[nodiscard]] double operator()(const mjModel& model, const mjData& data) const;

 private:
  std::vector<int> a_, b_;
};

}  // namespace assay::mujoco
