#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/model/dialogue.h"
#include "core/time.h"
#include "suites/task_reader.h"

namespace assay {

namespace {

using Json = nlohmann::json;

struct OpName {
  const char* name;
  Op op;
};
constexpr std::array kOps = {
    OpName{"near", Op::near},         OpName{"inside", Op::inside},
    OpName{"above", Op::above},       OpName{"below", Op::below},
    OpName{"upright", Op::upright},   OpName{"at_rest", Op::at_rest},
    OpName{"touching", Op::touching}, OpName{"held", Op::held},
    OpName{"all", Op::all},           OpName{"first_contact", Op::first_contact},
    OpName{"any", Op::any},           OpName{"not", Op::not_},
    OpName{"always", Op::always},     OpName{"eventually", Op::eventually},
    OpName{"within", Op::within},     OpName{"holds_for", Op::holds_for},
    OpName{"visited", Op::visited},   OpName{"sequence", Op::sequence},
    OpName{"joint", Op::joint},       OpName{"pressing", Op::pressing},
    OpName{"covered", Op::covered},   OpName{"no_false_report", Op::no_false_report},
    OpName{"reported", Op::reported},
};

/// A grid beyond this is a slip of the unit, not a finer question.
constexpr double kMaxCells = 250'000;

void read_half(const Json& value, double (&out)[3]) {
  for (std::size_t i = 0; i < 3; ++i) out[i] = value[i].get<double>();
}

void read_parameters(const Json& value, Condition& out) {
  out.a = value.value("a", "");
  out.b = value.value("b", "");
  if (value.contains("entities")) out.entities = value["entities"].get<std::vector<std::string>>();
  out.radius_m = value.value("radius_m", 0.0);
  out.height_m = value.value("height_m", 0.0);
  out.max_tilt_rad = value.value("max_tilt_rad", 0.0);
  out.v_max_m_s = value.value("v_max_m_s", 0.0);
  out.w_max_rad_s = value.value("w_max_rad_s", 0.0);
  out.planar = value.value("planar", false);
  out.from_ns = ns_from_s(value.value("from_s", 0.0));
  out.to_ns = ns_from_s(value.value("to_s", 0.0));
  out.duration_ns = ns_from_s(value.value("duration_s", 0.0));
  out.cell_m = value.value("cell_m", out.cell_m);
  out.share = value.value("share", 0.0);
  if (value.contains("half_m")) read_half(value["half_m"], out.half_m);
  if (value.contains("except"))
    for (const auto& one : value["except"]) {
      out.except.push_back({one["entity"].get<std::string>()});
      read_half(one["half_m"], out.except.back().half_m);
    }
  for (const char* key : {"tolerance_m", "tolerance_rad", "tolerance_m_s", "tolerance_n", "tolerance_share"})
    if (value.contains(key)) out.tolerance = value[key].get<double>();
}

/// joint, pressing: bounds and tolerance in one unit, `_m`, `_rad` or `_n`; at least one bound; in order.
Result<void> read_bounds(const LevelSource& source, const Json& value, const std::string& at, Condition& out) {
  out.min = -std::numeric_limits<double>::infinity();
  out.max = std::numeric_limits<double>::infinity();
  std::string unit;
  for (const auto& [key, number] : value.items()) {
    if (key == "a") continue;
    const std::string own = key.substr(key.find('_'));
    if (!unit.empty() && own != unit)
      return rule_broken(source.place(at + "/" + key), {"bounds in two units", "上下限使用了两种单位"},
                         {"all of them with " + unit, "全部使用 " + unit}, key,
                         {"a slide has _m, a hinge has _rad", "滑动关节用 _m，转动关节用 _rad"});
    unit = own;
    if (key.starts_with("min")) out.min = number.get<double>();
    if (key.starts_with("max")) out.max = number.get<double>();
  }
  if (unit.empty() || (std::isinf(out.min) && std::isinf(out.max)))
    return rule_broken(source.place(at), {"no bound is given", "没有给出界限"},
                       {"min or max, with its unit", "带单位的 min 或 max"}, "",
                       {"add one of them, or both", "请至少补上其中一个"});
  if (!value.contains("tolerance" + unit))
    return rule_broken(source.place(at), {"the tolerance is missing", "缺少容差"},
                       {"tolerance" + unit, "tolerance" + unit}, "",
                       {"add tolerance" + unit, "请补上 tolerance" + unit});
  if (out.min <= out.max) return {};
  return rule_broken(source.place(at), {"the range runs backwards", "范围上下限颠倒"},
                     {"min of at most max", "min 不大于 max"}, fmt::format("{} … {}", out.min, out.max));
}

Result<void> check_grid(const LevelSource& source, const std::string& at, const Condition& out) {
  const double cells = std::max(1.0, 2 * out.half_m[0] / out.cell_m) * std::max(1.0, 2 * out.half_m[1] / out.cell_m);
  if (cells <= kMaxCells) return {};
  return rule_broken(source.place(at + "/cell_m"), {"the grid has too many cells", "网格的单元过多"},
                     {fmt::format("at most {} cells", kMaxCells), fmt::format("最多 {} 个单元", kMaxCells)},
                     fmt::format("{:.0f}", cells), {"use larger cells", "请加大单元边长"});
}

}  // namespace

Result<Condition> read_condition(const LevelSource& source, const Json& value, const std::string& pointer) {
  // The schema lets through maps of one known key only.
  const std::string name = value.begin().key();
  const Json& inner = value.begin().value();
  const std::string at = pointer + "/" + name;
  Condition out;
  if (name == "asked" || name == "refused") {  // a report of the subject's own words, 0 m from them once they are said
    out.op = Op::reported;
    out.a = name == "asked" ? kQuestion : kRefusal;
    out.radius_m = out.tolerance = 1;
    return out;
  }
  for (const auto& op : kOps)
    if (name == op.name) out.op = op.op;
  if (inner.is_array()) {
    for (std::size_t i = 0; i < inner.size(); ++i) {
      ASSAY_TRY(auto child, read_condition(source, inner[i], fmt::format("{}/{}", at, i)));
      out.children.push_back(std::move(child));
    }
    return out;
  }
  if (out.op == Op::not_ || out.op == Op::always || out.op == Op::eventually) {
    ASSAY_TRY(auto child, read_condition(source, inner, at));
    out.children.push_back(std::move(child));
    return out;
  }
  read_parameters(inner, out);
  if (inner.contains("condition")) {
    ASSAY_TRY(auto child, read_condition(source, inner["condition"], at + "/condition"));
    out.children.push_back(std::move(child));
  }
  if (out.op == Op::joint || out.op == Op::pressing) ASSAY_RETURN_IF_ERROR(read_bounds(source, inner, at, out));
  if (out.op == Op::covered) ASSAY_RETURN_IF_ERROR(check_grid(source, at, out));
  if (out.op == Op::within && out.to_ns < out.from_ns)
    return rule_broken(source.place(at + "/to_s"), {"the window ends before it begins", "时间窗的终点早于起点"},
                       {"to_s of at least from_s", "to_s 不小于 from_s"}, inner["to_s"].dump());
  return out;
}

}  // namespace assay
