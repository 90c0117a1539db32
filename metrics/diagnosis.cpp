#include "metrics/diagnosis.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "metrics/decision.h"
#include "metrics/evaluate.h"

namespace assay::metrics {
namespace {

using nlohmann::json;

constexpr int kSignalMissing = 1001;

json detail(const TraceEvent& event) {
  auto out = json::parse(event.detail, nullptr, false);
  return out.is_object() ? out : json::object();
}

std::string text(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

double number(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : 0;
}

std::string cause_in(const Trace& trace) {
  for (const auto& event : trace.events) {
    const auto words = detail(event);
    if (event.code == "limit" && (!words.contains("value") || !words["value"].is_number()))
      return fmt::format("{}: seen broken, not measured (limit {:.4g})", text(words, "id"), number(words, "limit"));
    if (event.code == "limit")
      return fmt::format("{}: {:.4g} (limit {:.4g}) at {:.3f} s", text(words, "id"), number(words, "value"),
                         number(words, "limit"), static_cast<double>(event.t_ns) * 1e-9);
    if (event.code == "fault_message") return text(words, "text");
    if (event.code == "refuse") return text(words, "reason");
  }
  return {};
}

/// Conditions that must all hold, whatever they are grouped in.
void split(const Condition& condition, std::vector<Part>& parts) {
  if (condition.op != Op::all) {
    parts.push_back({condition, std::nullopt});
    return;
  }
  for (const auto& child : condition.children) split(child, parts);
}

std::string of_metadata(const Trace& trace, const char* key) {
  const auto it = trace.metadata.find(key);
  return it == trace.metadata.end() ? std::string() : it->second;
}

}  // namespace

Result<Diagnosis> diagnose(const JudgeInput& input, const Trace& trace) {
  Diagnosis out;
  out.instruction = {of_metadata(trace, "instruction_en"), of_metadata(trace, "instruction_zh")};
  if (const auto slots = json::parse(of_metadata(trace, "slots"), nullptr, false); slots.is_object())
    for (const auto& [name, value] : slots.items())
      if (value.is_string()) out.slots[name] = value.get<std::string>();
  out.cause = cause_in(trace);
  const auto decision = find_decision(trace, input.time_limit_ns);
  const auto* truth = trace.stream("/truth");
  if (trace.event("fault") != nullptr || trace.event("limit") != nullptr || !decision || truth == nullptr) return out;
  ASSAY_RETURN_IF_ERROR(check_stream(*truth));
  const auto rows = rows_until(*truth, decision->t_ns);
  if (rows == 0) return out;
  split(input.success, out.parts);
  const Stream record = prefix(*truth, rows);
  for (auto& part : out.parts) {
    const auto value = value_at_end(part.condition, record);
    if (!value && value.error().id != kSignalMissing) return value.error();
    if (value) part.robustness = *value;
  }
  return out;
}

Result<Diagnosis> diagnose(const Trace& trace) {
  ASSAY_TRY(const auto input, judge_input_from_json(of_metadata(trace, "judge")));
  return diagnose(input, trace);
}

std::string brief(const Condition& condition) {
  std::string names = condition.a;
  if (!condition.b.empty()) names += (names.empty() ? "" : ", ") + condition.b;
  if (condition.children.empty()) return fmt::format("{}({})", op_name(condition.op), names);
  if (condition.op == Op::not_) return "not " + brief(condition.children.front());
  std::string inner = names;
  for (const auto& child : condition.children) inner += (inner.empty() ? "" : ", ") + brief(child);
  return fmt::format("{}({})", op_name(condition.op), inner);
}

}  // namespace assay::metrics
