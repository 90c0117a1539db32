// Predicates: one number per row from truth channels, divided by the tolerance.
#include <algorithm>
#include <array>
#include <cmath>

#include "metrics/condition.h"
#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

using Values = std::vector<double>;

using Columns = std::vector<std::span<const double>>;

/// Those of predicate_channels(), in that order.
Result<Columns> columns(const Condition& c, const TruthColumns& truth) {
  Columns out;
  for (const auto& name : predicate_channels(c)) {
    ASSAY_TRY(const auto values, truth.column(name));
    out.push_back(values);
  }
  return out;
}

Values near(const Condition& c, const Columns& at) {
  Values out(at[0].size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double dx = at[0][i] - at[3][i], dy = at[1][i] - at[4][i], dz = c.planar ? 0.0 : at[2][i] - at[5][i];
    out[i] = c.radius_m - std::sqrt(dx * dx + dy * dy + dz * dz);
  }
  return out;
}

Result<Values> inside(const Condition& c, const Columns& at, const TruthColumns& truth) {
  Values out(truth.rows());
  for (std::size_t i = 0; i < out.size(); ++i) {
    ASSAY_TRY(const auto q, orientation(c.b, at, 6, i, truth.t_ns()[i]));
    const auto local = to_frame(q, {at[0][i] - at[3][i], at[1][i] - at[4][i], at[2][i] - at[5][i]});
    out[i] = std::min(
        {c.half_m[0] - std::abs(local[0]), c.half_m[1] - std::abs(local[1]), c.half_m[2] - std::abs(local[2])});
  }
  return out;
}

/// z_a − z_b − height for `sign` = +1 (above), its negative for −1 (below).
Values height(const Condition& c, const Columns& z, double sign) {
  Values out(z[0].size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double above_floor = z.size() > 1 ? z[0][i] - z[1][i] : z[0][i];
    out[i] = sign * (above_floor - c.height_m);
  }
  return out;
}

Result<Values> upright(const Condition& c, const Columns& at, const TruthColumns& truth) {
  Values out(truth.rows());
  for (std::size_t i = 0; i < out.size(); ++i) {
    ASSAY_TRY(const auto q, orientation(c.a, at, 0, i, truth.t_ns()[i]));
    const auto [w, x, y, z] = q;
    const double n2 = w * w + x * x + y * y + z * z;
    // atan2 of sine and cosine: acos loses half the digits near upright.
    const double sx = 2 * (x * z + w * y), sy = 2 * (y * z - w * x), cosine = n2 - 2 * (x * x + y * y);
    out[i] = c.max_tilt_rad - std::atan2(std::sqrt(sx * sx + sy * sy), cosine);
  }
  return out;
}

/// Already divided by the tolerances. `tolerance` is that of the speed; the turning rate's is the same share
/// of its own bound (tolerance · w_max / v_max), or the same number where a bound is 0.
Values at_rest(const Condition& c, const Columns& twist) {
  const double share = c.v_max_m_s > 0 && c.w_max_rad_s > 0 ? c.w_max_rad_s / c.v_max_m_s : 1.0;
  Values out(twist[0].size());
  const auto norm = [&](std::size_t first, std::size_t i) {
    const double x = twist[first][i], y = twist[first + 1][i], z = twist[first + 2][i];
    return std::sqrt(x * x + y * y + z * z);
  };
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = std::min((c.v_max_m_s - norm(0, i)) / c.tolerance, (c.w_max_rad_s - norm(3, i)) / (c.tolerance * share));
  return out;
}

Values flag(std::span<const double> values) {
  Values out(values.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[i] >= 0.5 ? 1.0 : -1.0;
  return out;
}

/// −1 until the gripper touches one of the entities (a first, then the others); then +1 if that was a and a alone, for
/// ever.
Values first_contact(const Columns& touched) {
  Values out(touched[0].size(), -1.0);
  const auto is_touched = [](double value) { return value >= 0.5; };
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool other = std::any_of(touched.begin() + 1, touched.end(), [&](const auto& v) { return is_touched(v[i]); });
    if (other) break;
    if (is_touched(touched[0][i])) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(i), out.end(), 1.0);
      break;
    }
  }
  return out;
}

/// joint, pressing: smallest margin to the bounds; `pressing` looks at the size of the force alone.
Values between(const Condition& c, std::span<const double> values) {
  Values out(values.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double value = c.op == Op::pressing ? std::abs(values[i]) : values[i];
    out[i] = std::min(value - c.min, c.max - value);
  }
  return out;
}

Values reported(const Condition& c, std::span<const double> error_m) {
  Values out(error_m.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = c.radius_m - error_m[i];
  return out;
}

Values none_so_far(std::span<const double> count) {
  Values out(count.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = count[i] < 0.5 ? 1.0 : -1.0;
  return out;
}

Result<Values> in_own_unit(const Condition& c, const TruthColumns& truth) {
  ASSAY_TRY(const auto at, columns(c, truth));
  switch (c.op) {
    case Op::near:
      return near(c, at);
    case Op::inside:
      return inside(c, at, truth);
    case Op::above:
      return height(c, at, 1);
    case Op::below:
      return height(c, at, -1);
    case Op::upright:
      return upright(c, at, truth);
    case Op::touching:
    case Op::held:
      return flag(at[0]);
    case Op::first_contact:
      return first_contact(at);
    case Op::joint:
    case Op::pressing:
      return between(c, at[0]);
    case Op::reported:
      return reported(c, at[0]);
    case Op::no_false_report:
      return none_so_far(at[0]);
    default:
      break;
  }
  ASSAY_CHECK(!"predicate");
  return Values{};
}

void add_parts(std::vector<std::string>& out, const std::string& entity, std::initializer_list<const char*> parts) {
  for (const char* part : parts) out.push_back(entity + part);
}

}  // namespace

std::vector<std::string> predicate_channels(const Condition& c) {
  using Kind = SignalSpec::Kind;
  const auto only = [](const SignalSpec& signal) { return signal_channels(signal).front().name; };
  const std::string gripper = c.b.empty() ? "robot.gripper" : c.b;
  std::vector<std::string> out;
  switch (c.op) {
    case Op::near:
    case Op::visited:
      for (const auto& entity : {c.a, c.b}) add_parts(out, entity, {".x_m", ".y_m", ".z_m"});
      break;
    case Op::inside:
      for (const auto& entity : {c.a, c.b}) add_parts(out, entity, {".x_m", ".y_m", ".z_m"});
      add_parts(out, c.b, {".qw", ".qx", ".qy", ".qz"});
      break;
    case Op::above:
    case Op::below:
      out.push_back(c.a + ".z_m");
      if (!c.b.empty()) out.push_back(c.b + ".z_m");
      break;
    case Op::upright:
      add_parts(out, c.a, {".qw", ".qx", ".qy", ".qz"});
      break;
    case Op::at_rest:
      for (const auto& channel : signal_channels({Kind::twist, c.a, ""})) out.push_back(channel.name);
      break;
    case Op::touching:
      out.push_back(only({Kind::contact, c.a, c.b}));
      break;
    case Op::held:
      out.push_back(only({Kind::grasp, c.a, gripper}));
      break;
    case Op::first_contact:
      out.push_back(only({Kind::contact, gripper, c.a}));
      for (const auto& entity : c.entities)
        if (entity != c.a) out.push_back(only({Kind::contact, gripper, entity}));
      break;
    case Op::joint:
      out.push_back(only({Kind::joint, c.a, ""}));
      break;
    case Op::pressing:
      out.push_back(only({Kind::spring, c.a, ""}));
      break;
    case Op::reported:
      out.push_back(only({Kind::report, c.a, ""}));
      break;
    case Op::no_false_report:
      out.push_back(only({Kind::report, "*", ""}));
      break;
    case Op::covered:
      add_parts(out, c.a, {".x_m", ".y_m", ".z_m"});
      for (const auto& channel : signal_channels({Kind::pose, c.b, ""})) out.push_back(channel.name);
      for (const auto& box : c.except)
        for (const auto& channel : signal_channels({Kind::pose, box.entity, ""})) out.push_back(channel.name);
      break;
    default:
      break;
  }
  return out;
}

Result<std::vector<double>> predicate_robustness(const Condition& condition, const TruthColumns& truth) {
  if (condition.op == Op::at_rest) {
    ASSAY_TRY(const auto twist, columns(condition, truth));
    return at_rest(condition, twist);
  }
  ASSAY_TRY(auto values, in_own_unit(condition, truth));
  if (condition.tolerance == 1) return values;
  for (auto& value : values) value /= condition.tolerance;
  return values;
}

}  // namespace assay::metrics
