#include <algorithm>
#include <cmath>

#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

Result<void> check_children(const Condition& condition) {
  const auto count = condition.children.size();
  const std::string found = std::to_string(count) + " children";
  switch (condition.op) {
    case Op::all:
    case Op::any:
    case Op::sequence:
      if (count == 0) return malformed(condition, {"at least one child", "至少一个子条件"}, found);
      break;
    case Op::not_:
    case Op::always:
    case Op::eventually:
    case Op::within:
    case Op::holds_for:
      if (count != 1) return malformed(condition, {"exactly one child", "恰好一个子条件"}, found);
      break;
    case Op::covered:
      if (count > 1) return malformed(condition, {"at most one child", "最多一个子条件"}, found);
      break;
    default:
      if (count != 0) return malformed(condition, {"no child", "没有子条件"}, found);
  }
  return {};
}

Result<void> check_names(const Condition& condition) {
  const Op op = condition.op;
  const bool needs_a = (is_predicate(op) && op != Op::no_false_report) || op == Op::visited;
  const bool needs_b =
      op == Op::near || op == Op::visited || op == Op::inside || op == Op::touching || op == Op::covered;
  if (needs_a && condition.a.empty()) return malformed(condition, {"an entity a", "实体 a"}, "none");
  if (needs_b && condition.b.empty()) return malformed(condition, {"an entity b", "实体 b"}, "none");
  if (op == Op::first_contact && condition.entities.empty())
    return malformed(condition, {"at least one entity", "至少一个实体"}, "none");
  return {};
}

/// What belongs to one operator only.
Result<void> check_own(const Condition& c) {
  if (c.op == Op::joint || c.op == Op::pressing) {
    const std::string found = std::to_string(c.min) + " … " + std::to_string(c.max);
    if (!(c.min <= c.max)) return malformed(c, {"min <= max", "min <= max"}, found);
    if (std::isinf(c.min) && std::isinf(c.max)) return malformed(c, {"a finite bound", "至少一个有限的界限"}, found);
  }
  if (c.op != Op::covered) return {};
  for (const double value : {c.cell_m, c.radius_m, c.half_m[0], c.half_m[1], c.half_m[2]})
    if (!(value > 0) || !std::isfinite(value))
      return malformed(c, {"sizes above 0", "尺寸均大于 0"}, std::to_string(value));
  if (!(c.share > 0 && c.share <= 1))
    return malformed(c, {"a share above 0 and of at most 1", "份额大于 0 且不大于 1"}, std::to_string(c.share));
  const double cells = std::max(1.0, 2 * c.half_m[0] / c.cell_m) * std::max(1.0, 2 * c.half_m[1] / c.cell_m);
  if (!(cells <= kMaxCells)) return malformed(c, {"at most 250000 cells", "最多 250000 个单元"}, std::to_string(cells));
  for (const auto& box : c.except) {
    if (box.entity.empty()) return malformed(c, {"an entity for each exception", "每个例外均有实体"}, "none");
    for (const double half : box.half_m)
      if (!(half > 0) || !std::isfinite(half))
        return malformed(c, {"sizes above 0", "尺寸均大于 0"}, box.entity + " " + std::to_string(half));
  }
  return {};
}

}  // namespace

Error malformed(const Condition& condition, Text expected, std::string found) {
  return metrics_error(1003, {"a condition is not well formed", "判定条件格式不正确"}, std::move(expected),
                       std::string(op_name(condition.op)) + ": " + std::move(found),
                       {"correct the task's condition", "请修改任务中的判定条件"});
}

bool is_predicate(Op op) {
  switch (op) {
    case Op::near:
    case Op::inside:
    case Op::above:
    case Op::below:
    case Op::upright:
    case Op::at_rest:
    case Op::touching:
    case Op::held:
    case Op::first_contact:
    case Op::joint:
    case Op::pressing:
    case Op::covered:
    case Op::reported:
    case Op::no_false_report:
      return true;
    default:
      return false;
  }
}

const char* op_name(Op op) {
  switch (op) {
    case Op::near:
      return "near";
    case Op::inside:
      return "inside";
    case Op::above:
      return "above";
    case Op::below:
      return "below";
    case Op::upright:
      return "upright";
    case Op::at_rest:
      return "at_rest";
    case Op::touching:
      return "touching";
    case Op::held:
      return "held";
    case Op::first_contact:
      return "first_contact";
    case Op::all:
      return "all";
    case Op::any:
      return "any";
    case Op::not_:
      return "not";
    case Op::always:
      return "always";
    case Op::eventually:
      return "eventually";
    case Op::within:
      return "within";
    case Op::holds_for:
      return "holds_for";
    case Op::sequence:
      return "sequence";
    case Op::visited:
      return "visited";
    case Op::joint:
      return "joint";
    case Op::pressing:
      return "pressing";
    case Op::covered:
      return "covered";
    case Op::reported:
      return "reported";
    case Op::no_false_report:
      return "no_false_report";
  }
  return "unknown";
}

Result<void> check_condition(const Condition& condition, int depth) {
  if (depth > kMaxConditionDepth) return malformed(condition, {"at most 64 levels", "最多 64 层"}, "a deeper tree");
  ASSAY_RETURN_IF_ERROR(check_children(condition));
  ASSAY_RETURN_IF_ERROR(check_names(condition));
  for (const double value : {condition.radius_m, condition.height_m, condition.max_tilt_rad, condition.v_max_m_s,
                             condition.w_max_rad_s, condition.half_m[0], condition.half_m[1], condition.half_m[2]})
    if (!std::isfinite(value))
      return malformed(condition, {"finite parameters", "参数均为有限数"}, std::to_string(value));
  if (!(condition.tolerance > 0) || !std::isfinite(condition.tolerance))
    return malformed(condition, {"a tolerance above 0", "容差大于 0"}, std::to_string(condition.tolerance));
  if (condition.from_ns < 0 || condition.to_ns < condition.from_ns)
    return malformed(condition, {"0 <= from <= to", "0 <= from <= to"},
                     std::to_string(condition.from_ns) + " … " + std::to_string(condition.to_ns) + " ns");
  if (condition.duration_ns < 0)
    return malformed(condition, {"a duration of 0 or more", "时长不小于 0"},
                     std::to_string(condition.duration_ns) + " ns");
  ASSAY_RETURN_IF_ERROR(check_own(condition));
  for (const auto& child : condition.children) ASSAY_RETURN_IF_ERROR(check_condition(child, depth + 1));
  return {};
}

}  // namespace assay::metrics
