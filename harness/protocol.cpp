#include "harness/protocol.h"

#include <cmath>
#include <limits>

namespace assay::harness {
namespace {

using nlohmann::json;

// JSON has no infinity, robustness does.
json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double number_from(const json& value) {
  if (value.is_number()) return value.get<double>();
  const std::string text = value.get<std::string>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  return text == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
}

json metric_json(const MetricValue& metric) {
  return {{"id", metric.id},
          {"version", metric.version},
          {"value", metric.value ? number(*metric.value) : json()},
          {"why_undefined", metric.why_undefined},
          {"unit", metric.unit},
          {"vantage", static_cast<int>(metric.vantage)},
          {"lower", metric.lower ? number(*metric.lower) : json()},
          {"upper", metric.upper ? number(*metric.upper) : json()},
          {"n", metric.n}};
}

MetricValue metric_from(const json& value) {
  MetricValue out;
  out.id = value.at("id");
  out.version = value.at("version");
  if (!value.at("value").is_null()) out.value = number_from(value.at("value"));
  out.why_undefined = value.at("why_undefined");
  out.unit = value.at("unit");
  out.vantage = static_cast<Vantage>(value.at("vantage").get<int>());
  if (!value.at("lower").is_null()) out.lower = number_from(value.at("lower"));
  if (!value.at("upper").is_null()) out.upper = number_from(value.at("upper"));
  out.n = value.at("n");
  return out;
}

json entry_json(const OperatorEntry& entry) {
  return {{"success", entry.success},
          {"took_ns", entry.took_ns},
          {"subgoals", entry.subgoals},
          {"checks", entry.checks},
          {"limits", entry.limits}};
}

OperatorEntry entry_from(const json& value) {
  using Flags = std::vector<std::pair<std::string, bool>>;
  return {value.at("success"), value.at("took_ns"), value.at("subgoals").get<Flags>(), value.at("checks").get<Flags>(),
          value.at("limits").get<Flags>()};
}

}  // namespace

json to_json(const TrialRequest& request) {
  json out = {{"type", "trial"},
              {"number", request.number},
              {"task", request.task},
              {"level", request.level},
              {"index", request.index},
              {"session_seed", request.session_seed},
              {"trace_path", request.trace_path},
              {"live_path", request.live_path}};
  if (request.entry) out["entry"] = entry_json(*request.entry);
  return out;
}

TrialRequest trial_request_from(const json& message) {
  TrialRequest out{message.at("number"),       message.at("task"),       message.at("level"),    message.at("index"),
                   message.at("session_seed"), message.at("trace_path"), message.at("live_path")};
  if (message.contains("entry")) out.entry = entry_from(message.at("entry"));
  return out;
}

json to_json(const TrialReply& reply) {
  json out = {{"type", "done"},
              {"outcome", std::string(to_string(reply.verdict.outcome))},
              {"reason", reply.verdict.reason},
              {"checks", reply.verdict.checks},
              {"robustness", number(reply.verdict.robustness)},
              {"metrics", json::array()},
              {"content_digest", reply.content_digest},
              {"trace_sha256", reply.trace_sha256},
              {"trace_path", reply.trace_path},
              {"replace", reply.replace}};
  for (const auto& metric : reply.metrics) out["metrics"].push_back(metric_json(metric));
  return out;
}

TrialReply trial_reply_from(const json& message) {
  TrialReply out;
  const auto outcome = outcome_from(message.at("outcome").get<std::string>());
  out.verdict.outcome = outcome ? *outcome : Outcome::undetermined;
  out.verdict.reason = message.at("reason");
  out.verdict.checks = message.at("checks").get<std::vector<std::pair<std::string, bool>>>();
  out.verdict.robustness = number_from(message.at("robustness"));
  for (const auto& metric : message.at("metrics")) out.metrics.push_back(metric_from(metric));
  out.content_digest = message.at("content_digest");
  out.trace_sha256 = message.at("trace_sha256");
  out.trace_path = message.at("trace_path");
  out.replace = message.at("replace");
  return out;
}

json to_json(const Error& error) {
  const auto text = [](const Text& t) { return json{{"en", t.en}, {"zh", t.zh}}; };
  return {{"id", error.id},           {"what", text(error.what)},     {"file", error.place.file},
          {"line", error.place.line}, {"column", error.place.column}, {"expected", text(error.expected)},
          {"found", error.found},     {"help", text(error.help)}};
}

Error error_from(const json& message) {
  const auto text = [](const json& t) { return Text{t.at("en"), t.at("zh")}; };
  return {.id = message.at("id"),
          .what = text(message.at("what")),
          .place = {message.at("file"), message.at("line"), message.at("column")},
          .expected = text(message.at("expected")),
          .found = message.at("found"),
          .help = text(message.at("help"))};
}

std::string line_of(const json& message) { return message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

}  // namespace assay::harness
