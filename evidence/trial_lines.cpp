#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "core/sha256.h"
#include "evidence/errors.h"
#include "evidence/records.h"

namespace assay::evidence {
namespace {

constexpr const char* kTrials = "trials.jsonl";
constexpr std::string_view kHash = R"({"hash":")", kPrevious = R"(","previous":")", kTrial = R"(","trial":)";
constexpr std::size_t kDigest = 64, kBefore = kHash.size() + kDigest + kPrevious.size() + kDigest + kTrial.size();

std::string bits(double value) { return fmt::format("{:016x}", std::bit_cast<std::uint64_t>(value)); }

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// From its bits; the readable number beside them must be the same.
double from_bits(const Json& json, const char* name) {
  const std::string text = json.at(std::string(name) + "_bits");
  if (text.size() != 16 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw Json::other_error::create(501, std::string(name) + "_bits", nullptr);
  const auto value = std::bit_cast<double>(static_cast<std::uint64_t>(std::stoull(text, nullptr, 16)));
  if (json.at(name) != number(value))
    throw Json::other_error::create(501, std::string(name) + " differs from its bits", nullptr);
  return value;
}

Json metric_to_json(const MetricValue& metric) {
  Json out{{"id", metric.id},
           {"version", metric.version},
           {"unit", metric.unit},
           {"vantage", to_string(metric.vantage)},
           {"why_undefined", metric.why_undefined}};
  if (metric.value) {
    out["value"] = number(*metric.value);
    out["value_bits"] = bits(*metric.value);
  }
  // What the trial itself says of its value; left out where it says nothing.
  for (const auto& [name, limit] : {std::pair{"lower", metric.lower}, std::pair{"upper", metric.upper}})
    if (limit) {
      out[name] = number(*limit);
      out[std::string(name) + "_bits"] = bits(*limit);
    }
  if (metric.n != 0) out["n"] = metric.n;
  return out;
}

Vantage vantage_from(const std::string& name) {
  for (const auto v : {Vantage::instrument, Vantage::self_report, Vantage::operator_})
    if (to_string(v) == name) return v;
  if (to_string(Vantage::simulator) != name) throw Json::other_error::create(501, "vantage " + name, nullptr);
  return Vantage::simulator;
}

MetricValue metric_from_json(const Json& json) {
  MetricValue out;
  out.id = json.at("id");
  out.version = json.at("version");
  out.unit = json.at("unit");
  out.vantage = vantage_from(json.at("vantage"));
  out.why_undefined = json.at("why_undefined");
  if (json.contains("value_bits")) out.value = from_bits(json, "value");
  if (json.contains("lower_bits")) out.lower = from_bits(json, "lower");
  if (json.contains("upper_bits")) out.upper = from_bits(json, "upper");
  out.n = json.value("n", 0);
  return out;
}

Error broken_chain(std::size_t line, std::string found, Text expected = {}) {
  Error error =
      evidence_error(kTrialChain, {"the record of trials was altered", "试验记录被改动"}, kTrials, std::move(found),
                     std::move(expected), {"do not rely on this bundle", "请勿采信该证据包"});
  error.place.line = static_cast<int>(line);
  return error;
}

}  // namespace

std::string empty_head() { return std::string(kDigest, '0'); }

std::string trace_name(const TrialRecord& record) { return fmt::format("traces/t{:04}.mcap", record.number); }

Json trial_to_json(const TrialRecord& record, const std::string& trace) {
  Json checks = Json::array(), metrics = Json::array();
  for (const auto& [name, held] : record.verdict.checks) checks.push_back({name, held});
  for (const auto& metric : record.metrics) metrics.push_back(metric_to_json(metric));
  return {{"number", record.number},
          {"task", record.task},
          {"level", record.level},
          {"index", record.index},
          {"attempt", record.attempt},
          {"finished", record.finished},
          {"outcome", to_string(record.verdict.outcome)},
          {"reason", record.verdict.reason},
          {"checks", checks},
          {"robustness", number(record.verdict.robustness)},
          {"robustness_bits", bits(record.verdict.robustness)},
          {"valid", record.validity == Validity::valid},
          {"invalid_reason", record.invalid_reason},
          {"invalid_by", record.invalid_by},
          {"invalid_before_reveal", record.invalid_before_reveal},
          {"metrics", metrics},
          {"content_digest", record.content_digest},
          {"initial_state_digest", record.initial_state_digest},
          {"trace", trace},
          {"trace_sha256", record.trace_sha256},
          {"started_ns", record.started.ns},
          {"ended_ns", record.ended.ns}};
}

Result<TrialRecord> trial_from_json(const Json& json) {
  TrialRecord out;
  try {
    out.number = json.at("number");
    out.task = json.at("task");
    out.level = json.at("level");
    out.index = json.at("index");
    out.attempt = json.at("attempt");
    out.finished = json.at("finished");
    const auto outcome = outcome_from(json.at("outcome").get<std::string>());
    if (!outcome) throw Json::other_error::create(501, "outcome " + json.at("outcome").dump(), nullptr);
    out.verdict.outcome = *outcome;
    out.verdict.reason = json.at("reason");
    for (const auto& check : json.at("checks")) out.verdict.checks.emplace_back(check.at(0), check.at(1));
    out.verdict.robustness = from_bits(json, "robustness");
    out.validity = json.at("valid").get<bool>() ? Validity::valid : Validity::invalid;
    out.invalid_reason = json.at("invalid_reason");
    out.invalid_by = json.at("invalid_by");
    out.invalid_before_reveal = json.at("invalid_before_reveal");
    for (const auto& metric : json.at("metrics")) out.metrics.push_back(metric_from_json(metric));
    out.content_digest = json.at("content_digest");
    out.initial_state_digest = json.at("initial_state_digest");
    out.trace_path = json.at("trace");
    out.trace_sha256 = json.at("trace_sha256");
    out.started.ns = json.at("started_ns");
    out.ended.ns = json.at("ended_ns");
  } catch (const Json::exception& exception) {
    return broken_chain(0, exception.what());
  }
  // Unknown keys, numbers out of range and a trace of another name show here.
  if (!out.trace_path.empty() && out.trace_path != trace_name(out)) return broken_chain(0, "trace " + out.trace_path);
  if (trial_to_json(out, out.trace_path) != json) return broken_chain(0, "a trial in another form");
  return out;
}

std::string trial_lines(const std::vector<TrialRecord>& records, std::string& head) {
  head = empty_head();
  std::string out;
  for (const auto& record : records) {
    const std::string trial = canonical(trial_to_json(record, record.trace_sha256.empty() ? "" : trace_name(record)));
    const std::string hash = sha256_hex(head + "\n" + trial);
    out.append(kHash).append(hash).append(kPrevious).append(head).append(kTrial).append(trial).append("}\n");
    head = hash;
  }
  return out;
}

Result<std::vector<TrialRecord>> trials_from_lines(const std::string& text, std::string& head) {
  head = empty_head();
  std::vector<TrialRecord> out;
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size();) {
    ++line;
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return broken_chain(line, "a line without an end");
    const std::string_view all = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (all.size() < kBefore + 3 || all.back() != '}') return broken_chain(line, "not a line of this form");
    const std::string_view trial = all.substr(kBefore, all.size() - kBefore - 1);
    const std::string hash = sha256_hex(head + "\n" + std::string(trial));
    std::string expected;
    expected.append(kHash).append(hash).append(kPrevious).append(head).append(kTrial);
    if (all.substr(0, kBefore) != expected)
      return broken_chain(line, "a trial that does not hang on the one before",
                          {"hash " + hash + " after " + head, "哈希 " + hash + "，前一条 " + head});
    auto json = parse_json(trial, kTrials, {.bytes = 16u << 20, .depth = 8, .nodes = 200'000});
    if (!json) return broken_chain(line, json.error().found);
    auto record = trial_from_json(*json);
    if (!record) return broken_chain(line, record.error().found);
    if (!out.empty() && record->number <= out.back().number) return broken_chain(line, "trials out of order");
    out.push_back(std::move(*record));
    head = hash;
  }
  return out;
}

}  // namespace assay::evidence
