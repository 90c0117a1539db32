// Hand-made traces for the tests of this room.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "core/trace.h"
#include "metrics/condition.h"

namespace assay::metrics {

/// A stream from columns by name; channels that are not given are not there.
inline Stream make_stream(const std::vector<std::int64_t>& t_ns,
                          const std::vector<std::pair<std::string, std::vector<double>>>& columns,
                          const std::string& topic = "/truth") {
  Stream stream;
  stream.topic = topic;
  for (const auto& [name, values] : columns) stream.channels.push_back({name, "", "", Vantage::simulator});
  for (std::size_t i = 0; i < t_ns.size(); ++i) {
    std::vector<double> row;
    for (const auto& [name, values] : columns) row.push_back(values.at(i));
    stream.append(t_ns[i], row);
  }
  return stream;
}

using Columns = std::vector<std::pair<std::string, std::vector<double>>>;

/// Columns of a body at constant pose over n rows.
inline Columns constant_pose(const std::string& name, std::vector<double> pose, std::size_t n) {
  const char* parts[] = {".x_m", ".y_m", ".z_m", ".qw", ".qx", ".qy", ".qz"};
  Columns columns;
  for (std::size_t k = 0; k < 7; ++k) columns.emplace_back(name + parts[k], std::vector<double>(n, pose[k]));
  return columns;
}

inline Columns operator+(Columns a, const Columns& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Condition predicate(Op op, const std::string& a, const std::string& b = "") {
  Condition c;
  c.op = op;
  c.a = a;
  c.b = b;
  return c;
}

/// z of `a` above `height`: the scalar predicate of the tests.
inline Condition above(const std::string& a, double height, double tolerance = 1) {
  Condition c = predicate(Op::above, a);
  c.height_m = height;
  c.tolerance = tolerance;
  return c;
}

inline Condition node(Op op, std::vector<Condition> children, std::int64_t from_ns = 0, std::int64_t to_ns = 0,
                      std::int64_t duration_ns = 0) {
  Condition c;
  c.op = op;
  c.children = std::move(children);
  c.from_ns = from_ns;
  c.to_ns = to_ns;
  c.duration_ns = duration_ns;
  return c;
}

}  // namespace assay::metrics
