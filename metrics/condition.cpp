#include "metrics/condition.h"

#include <algorithm>
#include <set>

#include "core/model/stimulus.h"
#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

void collect(const Condition& condition, std::set<SignalSpec>& signals) {
  using Kind = SignalSpec::Kind;
  const std::string gripper = condition.b.empty() ? "robot.gripper" : condition.b;
  switch (condition.op) {
    case Op::near:
    case Op::inside:
    case Op::visited:
      signals.insert({Kind::pose, condition.a, ""});
      signals.insert({Kind::pose, condition.b, ""});
      break;
    case Op::above:
    case Op::below:
      signals.insert({Kind::pose, condition.a, ""});
      if (!condition.b.empty()) signals.insert({Kind::pose, condition.b, ""});
      break;
    case Op::upright:
      signals.insert({Kind::pose, condition.a, ""});
      break;
    case Op::at_rest:
      signals.insert({Kind::twist, condition.a, ""});
      break;
    case Op::touching:
      signals.insert({Kind::contact, condition.a, condition.b});
      break;
    case Op::held:
      signals.insert({Kind::grasp, condition.a, gripper});
      break;
    case Op::first_contact:
      signals.insert({Kind::contact, gripper, condition.a});
      for (const auto& entity : condition.entities) signals.insert({Kind::contact, gripper, entity});
      break;
    case Op::joint:
      signals.insert({Kind::joint, condition.a, ""});
      break;
    case Op::pressing:
      signals.insert({Kind::spring, condition.a, ""});
      break;
    case Op::covered:
      signals.insert({Kind::pose, condition.a, ""});
      signals.insert({Kind::pose, condition.b, ""});
      for (const auto& box : condition.except) signals.insert({Kind::pose, box.entity, ""});
      break;
    case Op::reported:
      signals.insert({Kind::report, condition.a, ""});
      break;
    case Op::no_false_report:
      signals.insert({Kind::report, "*", ""});
      break;
    default:
      break;
  }
}

/// Depth is bounded by check_condition().
Result<std::vector<double>> evaluate(const Condition& condition, const TruthColumns& truth) {
  if (condition.op == Op::covered) {
    std::vector<double> child;
    if (!condition.children.empty()) {
      ASSAY_TRY(child, evaluate(condition.children.front(), truth));
    }
    return covered_robustness(condition, truth, child);
  }
  if (is_predicate(condition.op)) return predicate_robustness(condition, truth);
  std::vector<std::vector<double>> children;
  if (condition.op == Op::visited) {
    Condition near = condition;
    near.op = Op::near;
    ASSAY_TRY(auto values, predicate_robustness(near, truth));
    children.push_back(std::move(values));
  }
  const bool folds = condition.op == Op::all || condition.op == Op::any;
  for (const auto& child : condition.children) {
    ASSAY_TRY(auto values, evaluate(child, truth));
    if (folds && !children.empty())
      fold(condition.op, children.front(), values);
    else
      children.push_back(std::move(values));
  }
  return operator_robustness(condition, truth.t_ns(), std::move(children));
}

}  // namespace

Error metrics_error(int id, Text what, Text expected, std::string found, Text help) {
  Error error;
  error.id = id;
  error.what = std::move(what);
  error.expected = std::move(expected);
  error.found = std::move(found);
  error.help = std::move(help);
  return error;
}

std::vector<SignalSpec> required_signals(const Condition& condition) {
  std::set<SignalSpec> signals;
  std::vector<const Condition*> open{&condition};  // not by recursion: the tree has not been checked
  while (!open.empty()) {
    const auto* next = open.back();
    open.pop_back();
    collect(*next, signals);
    for (const auto& child : next->children) open.push_back(&child);
  }
  return {signals.begin(), signals.end()};
}

std::vector<Channel> signal_channels(const SignalSpec& signal) {
  const auto& a = signal.a;
  std::vector<Channel> channels;
  const auto add = [&](const std::string& name, const char* unit, const char* frame) {
    channels.push_back({name, unit, frame, Vantage::simulator});
  };
  switch (signal.kind) {
    case SignalSpec::Kind::pose:
      for (const char* part : {".x_m", ".y_m", ".z_m"}) add(a + part, "m", "world");
      for (const char* part : {".qw", ".qx", ".qy", ".qz"}) add(a + part, "1", "world");
      break;
    case SignalSpec::Kind::twist:
      for (const char* part : {".vx_m_s", ".vy_m_s", ".vz_m_s"}) add(a + part, "m/s", "world");
      for (const char* part : {".wx_rad_s", ".wy_rad_s", ".wz_rad_s"}) add(a + part, "rad/s", "world");
      break;
    case SignalSpec::Kind::contact:
      add("contact." + a + "." + signal.b, "1", "");
      break;
    case SignalSpec::Kind::grasp:
      add("grasp." + a + (signal.b.empty() || signal.b == "robot.gripper" ? "" : "." + signal.b), "1", "");
      break;
    case SignalSpec::Kind::distance:
      add("distance." + a + "." + signal.b + "_m", "m", "");
      break;
    case SignalSpec::Kind::joint:
      add("joint." + a, "1", "");
      break;
    case SignalSpec::Kind::spring:
      add("spring." + a + "_n", "N", "");
      break;
    case SignalSpec::Kind::report:
      if (a == "*")
        add("report.*", "1", "");
      else
        add("report." + a + "_m", "m", "");
      break;
    case SignalSpec::Kind::stimulus:
      if (a == name_of(Stimulus::Kind::speed_limit))
        add(a + ".limit_m_s", "m/s", "");
      else
        for (const char* part : {".requested_s", ".confirmed_s", ".released_s"}) add(a + part, "s", "");
      if (a == name_of(Stimulus::Kind::over_command)) add(a + ".rated_m_s", "m/s", "");
      break;
  }
  return channels;
}

Result<void> check_stream(const Stream& stream) {
  const bool complete = stream.values.size() == stream.rows() * stream.channels.size();
  if (complete && std::is_sorted(stream.t_ns.begin(), stream.t_ns.end())) return {};
  return metrics_error(1004, {"the truth record is not well formed", "真值记录格式不正确"},
                       {"ascending stamps and one value per channel and row", "时间戳递增，且每行每个通道各有一个值"},
                       complete ? "stamps that go backwards" : "rows with missing values",
                       {"the trace was not written by this program or is damaged", "该轨迹并非由本程序写出，或已损坏"});
}

Result<std::vector<double>> robustness(const Condition& condition, const Stream& truth) {
  ASSAY_RETURN_IF_ERROR(check_condition(condition));
  ASSAY_RETURN_IF_ERROR(check_stream(truth));
  return evaluate(condition, TruthColumns(condition, truth));
}

}  // namespace assay::metrics
