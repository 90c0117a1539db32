// Predicates: one number per row from truth channels, divided by the tolerance.
#include <algorithm>
#include <array>
#include <cmath>

#include "metrics/condition.h"
#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

using Values = std::vector<double>;

/// The channels of one signal, in the order of signal_channels().
Result<std::vector<Values>> columns(const Stream& truth, const SignalSpec& signal) {
  std::vector<Values> out;
  for (const auto& channel : signal_channels(signal)) {
    ASSAY_TRY(auto values, column(truth, channel.name));
    out.push_back(std::move(values));
  }
  return out;
}

Result<std::vector<Values>> pose(const Stream& truth, const std::string& entity) {
  return columns(truth, {SignalSpec::Kind::pose, entity, ""});
}

Error zero_quaternion(const std::string& entity, std::int64_t t_ns) {
  return metrics_error(1002, {"an orientation is not a quaternion", "姿态不是有效的四元数"},
                       {"a quaternion of length 1 at t = " + std::to_string(t_ns) + " ns",
                        "t = " + std::to_string(t_ns) + " ns 时为单位四元数"},
                       entity + ".qw",
                       {"look for the instrument or simulation fault at that time", "请检查该时刻的仪器或仿真故障"});
}

Result<Values> near(const Condition& c, const Stream& truth) {
  ASSAY_TRY(const auto a, pose(truth, c.a));
  ASSAY_TRY(const auto b, pose(truth, c.b));
  Values out(truth.rows());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double dx = a[0][i] - b[0][i], dy = a[1][i] - b[1][i], dz = c.planar ? 0.0 : a[2][i] - b[2][i];
    out[i] = c.radius_m - std::sqrt(dx * dx + dy * dy + dz * dz);
  }
  return out;
}

/// v in the frame whose orientation in the world is q (w, x, y, z), |q| = sqrt(n2): the transposed rotation.
std::array<double, 3> to_frame(const std::array<double, 4>& q, double n2, const std::array<double, 3>& v) {
  const auto [w, x, y, z] = q;
  const double s = 2.0 / n2;
  return {(1 - s * (y * y + z * z)) * v[0] + s * (x * y + w * z) * v[1] + s * (x * z - w * y) * v[2],
          s * (x * y - w * z) * v[0] + (1 - s * (x * x + z * z)) * v[1] + s * (y * z + w * x) * v[2],
          s * (x * z + w * y) * v[0] + s * (y * z - w * x) * v[1] + (1 - s * (x * x + y * y)) * v[2]};
}

Result<Values> inside(const Condition& c, const Stream& truth) {
  ASSAY_TRY(const auto a, pose(truth, c.a));
  ASSAY_TRY(const auto b, pose(truth, c.b));
  Values out(truth.rows());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::array<double, 4> q{b[3][i], b[4][i], b[5][i], b[6][i]};
    const double n2 = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
    if (!(n2 > 0)) return zero_quaternion(c.b, truth.t_ns[i]);
    const auto local = to_frame(q, n2, {a[0][i] - b[0][i], a[1][i] - b[1][i], a[2][i] - b[2][i]});
    out[i] = std::min(
        {c.half_m[0] - std::abs(local[0]), c.half_m[1] - std::abs(local[1]), c.half_m[2] - std::abs(local[2])});
  }
  return out;
}

/// z_a − z_b − height for `sign` = +1 (above), its negative for −1 (below).
Result<Values> height(const Condition& c, const Stream& truth, double sign) {
  ASSAY_TRY(auto out, column(truth, c.a + ".z_m"));
  if (!c.b.empty()) {
    ASSAY_TRY(const auto floor, column(truth, c.b + ".z_m"));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] -= floor[i];
  }
  for (auto& value : out) value = sign * (value - c.height_m);
  return out;
}

Result<Values> upright(const Condition& c, const Stream& truth) {
  ASSAY_TRY(const auto a, pose(truth, c.a));
  Values out(truth.rows());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double w = a[3][i], x = a[4][i], y = a[5][i], z = a[6][i];
    const double n2 = w * w + x * x + y * y + z * z;
    if (!(n2 > 0)) return zero_quaternion(c.a, truth.t_ns[i]);
    // atan2 of sine and cosine: acos loses half the digits near upright.
    const double sx = 2 * (x * z + w * y), sy = 2 * (y * z - w * x), cosine = n2 - 2 * (x * x + y * y);
    out[i] = c.max_tilt_rad - std::atan2(std::sqrt(sx * sx + sy * sy), cosine);
  }
  return out;
}

/// Already divided by the tolerances. `tolerance` is that of the speed; the turning rate's is the same share
/// of its own bound (tolerance · w_max / v_max), or the same number where a bound is 0.
Result<Values> at_rest(const Condition& c, const Stream& truth) {
  ASSAY_TRY(const auto twist, columns(truth, {SignalSpec::Kind::twist, c.a, ""}));
  const double share = c.v_max_m_s > 0 && c.w_max_rad_s > 0 ? c.w_max_rad_s / c.v_max_m_s : 1.0;
  Values out(truth.rows());
  const auto norm = [&](std::size_t first, std::size_t i) {
    const double x = twist[first][i], y = twist[first + 1][i], z = twist[first + 2][i];
    return std::sqrt(x * x + y * y + z * z);
  };
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = std::min((c.v_max_m_s - norm(0, i)) / c.tolerance, (c.w_max_rad_s - norm(3, i)) / (c.tolerance * share));
  return out;
}

Result<Values> flag(const Stream& truth, const SignalSpec& signal) {
  ASSAY_TRY(auto out, column(truth, signal_channels(signal).front().name));
  for (auto& value : out) value = value >= 0.5 ? 1.0 : -1.0;
  return out;
}

/// −1 until the gripper touches one of the entities; then +1 if that was a and a alone, for ever.
Result<Values> first_contact(const Condition& c, const Stream& truth) {
  const std::string gripper = c.b.empty() ? "robot.gripper" : c.b;
  ASSAY_TRY(const auto wanted, flag(truth, {SignalSpec::Kind::contact, gripper, c.a}));
  std::vector<Values> others;
  for (const auto& entity : c.entities) {
    if (entity == c.a) continue;
    ASSAY_TRY(auto touched, flag(truth, {SignalSpec::Kind::contact, gripper, entity}));
    others.push_back(std::move(touched));
  }
  Values out(truth.rows(), -1.0);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool other = std::any_of(others.begin(), others.end(), [&](const Values& v) { return v[i] > 0; });
    if (other) break;
    if (wanted[i] > 0) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(i), out.end(), 1.0);
      break;
    }
  }
  return out;
}

Result<Values> in_own_unit(const Condition& c, const Stream& truth) {
  switch (c.op) {
    case Op::near:
      return near(c, truth);
    case Op::inside:
      return inside(c, truth);
    case Op::above:
      return height(c, truth, 1);
    case Op::below:
      return height(c, truth, -1);
    case Op::upright:
      return upright(c, truth);
    case Op::touching:
      return flag(truth, {SignalSpec::Kind::contact, c.a, c.b});
    case Op::held:
      return flag(truth, {SignalSpec::Kind::grasp, c.a, c.b.empty() ? "robot.gripper" : c.b});
    case Op::first_contact:
      return first_contact(c, truth);
    default:
      break;
  }
  ASSAY_CHECK(!"predicate");
  return Values{};
}

}  // namespace

Result<std::vector<double>> predicate_robustness(const Condition& condition, const Stream& truth) {
  if (condition.op == Op::at_rest) return at_rest(condition, truth);
  ASSAY_TRY(auto values, in_own_unit(condition, truth));
  for (auto& value : values) value /= condition.tolerance;
  return values;
}

}  // namespace assay::metrics
