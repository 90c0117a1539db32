// JudgeInput ⇄ JSON. nlohmann writes the shortest decimal that reads back as the same double; what JSON cannot
// hold (infinities, not-a-number) is written as a word.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "metrics/evaluate.h"
#include "metrics/judge.h"

namespace assay::metrics {

namespace {

using Json = nlohmann::json;
constexpr const char* kSchema = "assay.judge/1";

constexpr Op kOps[] = {Op::near,      Op::inside,   Op::above,          Op::below,         Op::upright,
                       Op::at_rest,   Op::touching, Op::held,           Op::first_contact, Op::all,
                       Op::any,       Op::not_,     Op::always,         Op::eventually,    Op::within,
                       Op::holds_for, Op::sequence, Op::visited,        Op::joint,         Op::pressing,
                       Op::covered,   Op::reported, Op::no_false_report};

using Quantity = Limit::Quantity;
constexpr std::pair<Quantity, const char*> kQuantities[] = {{Quantity::contact_force_n, "contact_force_n"},
                                                            {Quantity::tcp_speed_m_s, "tcp_speed_m_s"},
                                                            {Quantity::joint_speed_ratio, "joint_speed_ratio"},
                                                            {Quantity::base_speed_m_s, "base_speed_m_s"},
                                                            {Quantity::separation_m, "separation_m"}};

/// Thrown and caught in this file only.
struct Bad {
  std::string expected, found;
};

/// What was found, without following a hostile nesting.
std::string show(const Json& json) { return json.is_structured() ? json.type_name() : json.dump().substr(0, 80); }

Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double number_from(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "inf") return std::numeric_limits<double>::infinity();
  if (json == "-inf") return -std::numeric_limits<double>::infinity();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  throw Bad{"number", show(json)};
}

Json triple(const double (&values)[3]) { return {number(values[0]), number(values[1]), number(values[2])}; }

void triple_from(const Json& json, double (&values)[3]) {
  if (!json.is_array() || json.size() != 3) throw Bad{"3 half extents", show(json)};
  for (std::size_t k = 0; k < 3; ++k) values[k] = number_from(json[k]);
}

Json to_json_tree(const Condition& c) {
  Json json{{"op", op_name(c.op)}};
  if (!c.a.empty()) json["a"] = c.a;
  if (!c.b.empty()) json["b"] = c.b;
  if (!c.entities.empty()) json["entities"] = c.entities;
  const auto put = [&](const char* key, double value, double standard) {
    if (value != standard || std::signbit(value) != std::signbit(standard)) json[key] = number(value);
  };
  put("radius_m", c.radius_m, 0);
  put("height_m", c.height_m, 0);
  put("max_tilt_rad", c.max_tilt_rad, 0);
  put("v_max_m_s", c.v_max_m_s, 0);
  put("w_max_rad_s", c.w_max_rad_s, 0);
  put("tolerance", c.tolerance, 1);
  put("min", c.min, 0);
  put("max", c.max, 0);
  put("cell_m", c.cell_m, Condition{}.cell_m);
  put("share", c.share, 0);
  if (c.op == Op::inside || c.op == Op::covered) json["half_m"] = triple(c.half_m);
  for (const auto& box : c.except) json["except"].push_back({{"entity", box.entity}, {"half_m", triple(box.half_m)}});
  if (c.planar) json["planar"] = true;
  if (c.from_ns != 0) json["from_ns"] = c.from_ns;
  if (c.to_ns != 0) json["to_ns"] = c.to_ns;
  if (c.duration_ns != 0) json["duration_ns"] = c.duration_ns;
  for (const auto& child : c.children) json["children"].push_back(to_json_tree(child));
  return json;
}

Op op_from(const std::string& name) {
  for (const Op op : kOps)
    if (name == op_name(op)) return op;
  throw Bad{"an operator", name.substr(0, 80)};
}

Condition condition_from(const Json& json, int depth) {
  if (depth > kMaxConditionDepth) throw Bad{"at most 64 levels", "a deeper tree"};
  if (!json.is_object()) throw Bad{"a condition object", show(json)};
  Condition c;
  c.op = op_from(json.at("op").get<std::string>());
  c.a = json.value("a", "");
  c.b = json.value("b", "");
  if (json.contains("entities")) c.entities = json.at("entities").get<std::vector<std::string>>();
  const auto get = [&](const char* key, double& value) {
    if (const auto it = json.find(key); it != json.end()) value = number_from(*it);
  };
  get("radius_m", c.radius_m);
  get("height_m", c.height_m);
  get("max_tilt_rad", c.max_tilt_rad);
  get("v_max_m_s", c.v_max_m_s);
  get("w_max_rad_s", c.w_max_rad_s);
  get("tolerance", c.tolerance);
  get("min", c.min);
  get("max", c.max);
  get("cell_m", c.cell_m);
  get("share", c.share);
  if (const auto it = json.find("half_m"); it != json.end()) triple_from(*it, c.half_m);
  if (const auto it = json.find("except"); it != json.end())
    for (const auto& box : *it) {
      c.except.push_back({box.at("entity").get<std::string>()});
      triple_from(box.at("half_m"), c.except.back().half_m);
    }
  c.planar = json.value("planar", false);
  c.from_ns = json.value("from_ns", std::int64_t{0});
  c.to_ns = json.value("to_ns", std::int64_t{0});
  c.duration_ns = json.value("duration_ns", std::int64_t{0});
  if (const auto it = json.find("children"); it != json.end())
    for (const auto& child : *it) c.children.push_back(condition_from(child, depth + 1));
  return c;
}

using Named = std::vector<std::pair<std::string, Condition>>;

Json named_to_json(const Named& named) {
  Json json = Json::array();
  for (const auto& [name, condition] : named) json.push_back({{"id", name}, {"condition", to_json_tree(condition)}});
  return json;
}

Named named_from(const Json& json) {
  if (!json.is_array()) throw Bad{"a list of named conditions", show(json)};
  Named named;
  for (const auto& item : json)
    named.emplace_back(item.at("id").get<std::string>(), condition_from(item.at("condition"), 0));
  return named;
}

Json limit_to_json(const Limit& limit) {
  const char* quantity = "";
  for (const auto& [value, name] : kQuantities)
    if (value == limit.quantity) quantity = name;
  return {{"quantity", quantity},         {"id", limit.id},        {"a", limit.a}, {"b", limit.b},
          {"value", number(limit.value)}, {"source", limit.source}};
}

Limit limit_from(const Json& json) {
  Limit limit;
  const auto name = json.at("quantity").get<std::string>();
  bool known = false;
  for (const auto& [value, text] : kQuantities)
    if (name == text) {
      limit.quantity = value;
      known = true;
    }
  if (!known) throw Bad{"a limit's quantity", name.substr(0, 80)};
  limit.id = json.at("id").get<std::string>();
  limit.a = json.at("a").get<std::string>();
  limit.b = json.at("b").get<std::string>();
  limit.value = number_from(json.at("value"));
  limit.source = json.at("source").get<std::string>();
  return limit;
}

JudgeInput input_from(const Json& json) {
  if (!json.is_object()) throw Bad{"an object", show(json)};
  if (json.at("schema") != kSchema) throw Bad{kSchema, show(json.at("schema"))};
  JudgeInput input;
  input.success = condition_from(json.at("success"), 0);
  input.subgoals = named_from(json.at("subgoals"));
  input.checks = named_from(json.at("checks"));
  for (const auto& limit : json.at("limits")) input.limits.push_back(limit_from(limit));
  input.time_limit_ns = json.at("time_limit_ns").get<std::int64_t>();
  return input;
}

Error unreadable(std::string expected, std::string found) {
  return metrics_error(1005, {"the judge's input in the trace cannot be read", "无法读取轨迹中的判定依据"},
                       {expected, expected}, std::move(found),
                       {"the trace was not written by this program or is damaged", "该轨迹并非由本程序写出，或已损坏"});
}

}  // namespace

std::string to_json(const JudgeInput& input) {
  Json limits = Json::array();
  for (const auto& limit : input.limits) limits.push_back(limit_to_json(limit));
  const Json json{{"schema", kSchema},
                  {"success", to_json_tree(input.success)},
                  {"subgoals", named_to_json(input.subgoals)},
                  {"checks", named_to_json(input.checks)},
                  {"limits", std::move(limits)},
                  {"time_limit_ns", input.time_limit_ns}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<JudgeInput> judge_input_from_json(const std::string& text) {
  try {
    return input_from(Json::parse(text));
  } catch (const Bad& bad) {
    return unreadable(bad.expected, bad.found);
  } catch (const Json::exception& error) {
    return unreadable("assay.judge/1", error.what());
  }
}

}  // namespace assay::metrics
