#include <fmt/format.h>

#include <array>

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
};

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
  if (value.contains("half_m"))
    for (std::size_t i = 0; i < 3; ++i) out.half_m[i] = value["half_m"][i].get<double>();
  for (const char* key : {"tolerance_m", "tolerance_rad", "tolerance_m_s"})
    if (value.contains(key)) out.tolerance = value[key].get<double>();
}

}  // namespace

Result<Condition> read_condition(const LevelSource& source, const Json& value, const std::string& pointer) {
  // The schema lets through maps of one known key only.
  const std::string name = value.begin().key();
  const Json& inner = value.begin().value();
  const std::string at = pointer + "/" + name;
  Condition out;
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
  if (out.op == Op::within && out.to_ns < out.from_ns)
    return rule_broken(source.place(at + "/to_s"), {"the window ends before it begins", "时间窗的终点早于起点"},
                       {"to_s of at least from_s", "to_s 不小于 from_s"}, inner["to_s"].dump());
  return out;
}

}  // namespace assay
