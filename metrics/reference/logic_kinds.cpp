// Formula trees of the reference cases as conditions of the shipped evaluator (metrics/condition.h).
#include <cmath>

#include "metrics/condition.h"
#include "metrics/evaluate.h"
#include "metrics/input.h"
#include "metrics/measures/stamps.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"

namespace assay::metrics {

namespace {

Condition node(Op op, std::vector<Condition> children) {
  Condition c;
  c.op = op;
  c.children = std::move(children);
  return c;
}

Error not_mapped(std::string found) {
  return bad_input(1038,
                   {"the operators are above, below, near, inside, not, and, or, always, eventually, within, holds_for",
                    "算子只有 above、below、near、inside、not、and、or、always、eventually、within、holds_for"},
                   std::move(found));
}

/// Cases name signals, conditions name entities. A scalar signal becomes the height of an entity, a point its
/// position, a target an entity at rest.
class Formula {
 public:
  explicit Formula(std::vector<std::int64_t> t_ns) {
    truth_.topic = "/truth";
    truth_.t_ns = std::move(t_ns);
  }

  Result<Condition> map(const Json& signals, const Json& f, int depth = 0) {
    const auto op = text(f, "op");
    if (depth > kMaxConditionDepth) return not_mapped("more than 64 levels");
    if (op == "above" || op == "below") {
      ASSAY_RETURN_IF_ERROR(need(signals, f));
      return half_line(op == "above" ? Op::above : Op::below, height(signals, text(f, "signal"), -1),
                       number(f, "threshold"));
    }
    if (op == "near") return near(signals, f);
    if (op == "inside") return inside(signals, f);
    if (op == "and" || op == "or") {
      std::vector<Condition> children;
      for (const auto& arg : f.at("args")) {
        ASSAY_TRY(auto child, map(signals, arg, depth + 1));
        children.push_back(std::move(child));
      }
      return node(op == "and" ? Op::all : Op::any, std::move(children));
    }
    return unary(signals, f, op, depth);
  }

  /// Rows of the columns that the mapping asked for.
  const Stream& truth() {
    truth_.values.clear();
    truth_.values.reserve(truth_.rows() * columns_.size());
    for (std::size_t i = 0; i < truth_.rows(); ++i)
      for (const auto& column : columns_) truth_.values.push_back(column[i]);
    return truth_;
  }

 private:
  Result<Condition> unary(const Json& signals, const Json& f, const std::string& op, int depth) {
    Op mapped{};
    if (op == "not")
      mapped = Op::not_;
    else if (op == "always")
      mapped = Op::always;
    else if (op == "eventually")
      mapped = Op::eventually;
    else if (op == "within")
      mapped = Op::within;
    else if (op == "holds_for")
      mapped = Op::holds_for;
    else
      return not_mapped(op);
    ASSAY_TRY(auto child, map(signals, f.at("arg"), depth + 1));
    auto c = node(mapped, {std::move(child)});
    if (mapped == Op::within) {
      c.from_ns = to_ns(number(f, "a_s"));
      c.to_ns = to_ns(number(f, "b_s"));
    }
    if (mapped == Op::holds_for) c.duration_ns = to_ns(number(f, "duration_s"));
    return c;
  }

  /// The signal has a value at every row.
  Result<void> need(const Json& signals, const Json& f) const {
    const auto name = text(f, "signal");
    return check_same_length("time_s", truth_.rows(), name, signals.at(name).size());
  }

  static Condition half_line(Op op, const std::string& entity, double threshold) {
    Condition c;
    c.op = op;
    c.a = entity;
    c.height_m = threshold;
    return c;
  }

  Result<Condition> near(const Json& signals, const Json& f) {
    ASSAY_RETURN_IF_ERROR(need(signals, f));
    const auto target = numbers(f, "target_m");
    if (target.empty() || target.size() > 3)
      return bad_input(1036, {"a point has 1 to 3 coordinates", "点有 1 至 3 个坐标"}, std::to_string(target.size()));
    const auto name = text(f, "signal");
    const auto goal = "target_" + std::to_string(targets_++);
    for (std::size_t k = 0; k < 3; ++k) {
      const auto part = kParts[k];
      if (!has(name + part))
        add(name + part, k < target.size() ? axis(signals.at(name), static_cast<int>(k)) : still(0));
      add(goal + part, still(k < target.size() ? target[k] : 0));
    }
    for (const auto& entity : {name, goal})
      for (std::size_t k = 0; k < 4; ++k)
        if (!has(entity + kTurns[k])) add(entity + kTurns[k], still(k == 0 ? 1 : 0));
    Condition c;
    c.op = Op::near;
    c.a = name;
    c.b = goal;
    c.radius_m = number(f, "radius_m");
    return c;
  }

  /// min over the axes of min(p − low, high − p), axis by axis: the box's own form (centre and half extent) would round
  /// on its faces.
  Result<Condition> inside(const Json& signals, const Json& f) {
    ASSAY_RETURN_IF_ERROR(need(signals, f));
    const auto low = numbers(f, "min_m"), high = numbers(f, "max_m");
    ASSAY_RETURN_IF_ERROR(check_same_length("min_m", low.size(), "max_m", high.size()));
    const auto name = text(f, "signal");
    std::vector<Condition> sides;
    for (std::size_t k = 0; k < low.size(); ++k) {
      const auto entity = height(signals, name, static_cast<int>(k));
      sides.push_back(half_line(Op::above, entity, low[k]));
      sides.push_back(half_line(Op::below, entity, high[k]));
    }
    return node(Op::all, std::move(sides));
  }

  /// An entity whose height is the signal, or its coordinate `k`.
  std::string height(const Json& signals, const std::string& name, int k) {
    const auto entity = k < 0 ? "scalar " + name : "axis " + std::to_string(k) + " " + name;
    if (!has(entity + ".z_m")) add(entity + ".z_m", axis(signals.at(name), k));
    return entity;
  }

  static std::vector<double> axis(const Json& values, int k) {
    std::vector<double> out;
    for (const auto& value : values)
      out.push_back(k < 0 ? value.get<double>() : value.at(static_cast<std::size_t>(k)).get<double>());
    return out;
  }

  [[nodiscard]] std::vector<double> still(double value) const { return std::vector<double>(truth_.rows(), value); }
  [[nodiscard]] bool has(const std::string& channel) const { return truth_.find(channel) >= 0; }
  void add(const std::string& channel, std::vector<double> values) {
    truth_.channels.push_back({channel, "", "", Vantage::simulator});
    columns_.push_back(std::move(values));
  }

  static constexpr const char* kParts[3] = {".x_m", ".y_m", ".z_m"};
  static constexpr const char* kTurns[4] = {".qw", ".qx", ".qy", ".qz"};

  Stream truth_;
  std::vector<std::vector<double>> columns_;
  int targets_ = 0;
};

Result<Json> stl_robustness(const Json& input) {
  ASSAY_TRY(auto t_ns, stamps_ns("time_s", numbers(input, "time_s")));
  Formula formula(std::move(t_ns));
  ASSAY_TRY(const auto condition, formula.map(input.at("signals"), input.at("formula")));
  ASSAY_TRY(const auto values, robustness(condition, formula.truth()));
  if (values.empty()) return Json{{"robustness", nullptr}, {"satisfied", nullptr}};
  const double value = values.front();
  return Json{{"robustness", std::isinf(value) ? Json(nullptr) : Json(value)}, {"satisfied", value >= 0}};
}

}  // namespace

void register_logic_kinds(ReferenceRegistry& registry) {
  registry.add({"stl_robustness", "robustness (metrics/condition.h)", stl_robustness});
}

}  // namespace assay::metrics
