#include <algorithm>
#include <bit>
#include <set>

#include "core/sha256.h"
#include "evidence/errors.h"
#include "evidence/records.h"

namespace assay::evidence {
namespace {

constexpr const char* kAudit = "audit.jsonl";
/// A stored grade is the whole report once more: its hash is in the entry, its text in results.json.
constexpr const char* kGrades = "grades";

Error broken_audit(std::int64_t number, std::string found, Text expected = {}) {
  Error error = evidence_error(kAuditChain, {"the audit log was altered", "审计日志被改动"}, kAudit, std::move(found),
                               std::move(expected), {"do not rely on this bundle", "请勿采信该证据包"});
  error.place.line = static_cast<int>(std::min<std::int64_t>(number, 1'000'000'000));
  return error;
}

/// As the store computes it (store/chain.cpp): what an auditor recomputes needs no store.
std::string hash_of(const AuditRow& row) {
  const Json json{{"number", row.number}, {"time_ns", row.time.ns},      {"kind", row.kind},
                  {"person", row.person}, {"detail", row.detail_json},   {"of_table", row.of_table},
                  {"of_row", row.of_row}, {"row_sha256", row.row_sha256}};
  return sha256_hex(row.previous + canonical(json));
}

Json line_json(const AuditLine& line) {
  const AuditRow& row = line.row;
  if (line.closed) return {{"number", row.number}, {"previous", row.previous}, {"hash", row.hash}};
  return {{"number", row.number}, {"time_ns", row.time.ns},       {"kind", row.kind},
          {"person", row.person}, {"detail", row.detail_json},    {"of_table", row.of_table},
          {"of_row", row.of_row}, {"row_sha256", row.row_sha256}, {"previous", row.previous},
          {"hash", row.hash},     {"row", line.content}};
}

AuditLine line_from(const Json& json) {
  AuditLine out;
  out.row.number = json.at("number");
  out.row.previous = json.at("previous");
  out.row.hash = json.at("hash");
  out.closed = !json.contains("row");
  if (out.closed) return out;
  out.row.time.ns = json.at("time_ns");
  out.row.kind = json.at("kind");
  out.row.person = json.at("person");
  out.row.detail_json = json.at("detail");
  out.row.of_table = json.at("of_table");
  out.row.of_row = json.at("of_row");
  out.row.row_sha256 = json.at("row_sha256");
  out.content = json.at("row");
  return out;
}

/// Whether a chained row belongs to the session; `trials`: its trials so far.
bool belongs(const AuditRow& row, const Json& content, const SessionRow& session, std::set<std::int64_t>& trials) {
  const auto number = [&](const char* key) {
    return content.is_object() && content.contains(key) ? content.at(key).get<std::int64_t>() : 0;
  };
  if (row.of_table == "sessions") return row.of_row == session.number;
  if (row.of_table == "trials_started") {
    const bool own = number("session") == session.number;
    if (own) trials.insert(row.of_row);
    return own;
  }
  if (row.of_table == "trials_finished" || row.of_table == "invalidations") return trials.contains(number("trial"));
  if (!row.of_table.empty()) return number("session") == session.number;
  const Json detail = Json::parse(row.detail_json, nullptr, false);
  // Entries that name no session speak of the whole workspace, such as a validation of the program.
  return !detail.is_object() || !detail.contains("session") || detail.at("session") == session.id;
}

void fill_finished(const Json& row, TrialRecord& out) {
  out.finished = true;
  const auto outcome = outcome_from(row.at("outcome").get<std::string>());
  if (!outcome) throw Json::other_error::create(501, "outcome", nullptr);
  out.verdict.outcome = *outcome;
  out.verdict.reason = row.at("reason");
  out.verdict.robustness = std::bit_cast<double>(row.at("robustness_bits").get<std::int64_t>());
  for (const auto& check : Json::parse(row.at("checks_json").get<std::string>()))
    out.verdict.checks.emplace_back(check.at(0), check.at(1));
  out.content_digest = row.at("content_digest");
  out.trace_sha256 = row.at("trace_sha256");
  out.initial_state_digest = row.at("initial_state_digest");
  out.ended.ns = row.at("ended_ns");
  for (const auto& metric : row.at("metrics")) {
    MetricValue value;
    value.id = metric.at("id");
    value.version = metric.at("version");
    value.why_undefined = metric.at("why_undefined");
    value.unit = metric.at("unit");
    const std::string vantage = metric.at("vantage");
    for (const auto v : {Vantage::instrument, Vantage::self_report, Vantage::operator_})
      if (to_string(v) == vantage) value.vantage = v;
    if (!metric.at("value_bits").is_null())
      value.value = std::bit_cast<double>(metric.at("value_bits").get<std::int64_t>());
    out.metrics.push_back(std::move(value));
  }
  if (!row.contains("metric_limits")) return;
  for (const auto& said : row.at("metric_limits")) {
    const auto ordinal = said.at("ordinal").get<std::size_t>();
    if (ordinal >= out.metrics.size()) throw Json::other_error::create(501, "ordinal", nullptr);
    MetricValue& value = out.metrics[ordinal];
    for (const auto& [name, limit] : {std::pair{"lower_bits", &value.lower}, std::pair{"upper_bits", &value.upper}})
      if (!said.at(name).is_null()) *limit = std::bit_cast<double>(said.at(name).get<std::int64_t>());
    value.n = said.at("n");
  }
}

/// Every trial as its chained rows tell it.
std::map<std::int64_t, TrialRecord> trials_of(const std::vector<AuditLine>& audit) {
  std::map<std::int64_t, TrialRecord> out;
  for (const auto& line : audit) {
    const std::string& table = line.row.of_table;
    if (line.closed || (table != "trials_started" && table != "trials_finished" && table != "invalidations")) continue;
    const Json row = Json::parse(line.content);
    if (table == "trials_started") {
      TrialRecord& record = out[row.at("number")];
      record.number = row.at("number");
      record.task = row.at("task");
      record.level = row.at("level");
      record.index = row.at("idx");
      record.attempt = row.at("attempt");
      record.started.ns = row.at("started_ns");
    } else if (table == "trials_finished") {
      fill_finished(row, out[row.at("trial")]);
    } else if (TrialRecord& record = out[row.at("trial")]; record.validity == Validity::valid) {  // the first counts
      record.validity = Validity::invalid;
      record.invalid_reason = row.at("reason");
      record.invalid_by = row.at("person");
      record.invalid_before_reveal = row.at("before_reveal").get<std::int64_t>() != 0;
    }
  }
  return out;
}

}  // namespace

std::string audit_lines(const std::vector<AuditLine>& lines) {
  std::string out;
  for (const auto& line : lines) out += canonical(line_json(line)) + "\n";
  return out;
}

Result<std::vector<AuditLine>> audit_from_lines(const std::string& text) {
  std::vector<AuditLine> out;
  std::string previous = empty_head();
  std::int64_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    ++number;
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return broken_audit(number, "a line without an end");
    const std::string_view all = std::string_view(text).substr(at, end - at);
    at = end + 1;
    auto json = parse_json(all, kAudit, {.bytes = 64u << 20, .depth = 4, .nodes = 100});
    if (!json) return broken_audit(number, json.error().found);
    AuditLine line;
    try {
      line = line_from(*json);
    } catch (const Json::exception& exception) {
      return broken_audit(number, exception.what());
    }
    if (line.row.number != number || canonical(line_json(line)) != all)
      return broken_audit(
          number, "entry " + std::to_string(line.row.number),
          {"entry " + std::to_string(number) + " in canonical form", "规范形式的第 " + std::to_string(number) + " 条"});
    if (line.row.previous != previous || (!line.closed && line.row.hash != hash_of(line.row)))
      return broken_audit(number, "its hash does not fit", {"the hash that its content gives", "与其内容相符的哈希值"});
    const bool has_content = !line.row.of_table.empty() && line.row.of_table != kGrades;
    if (!line.closed && (has_content ? sha256_hex(line.content) != line.row.row_sha256 : !line.content.empty()))
      return broken_audit(number, "its row does not fit",
                          {"sha256 " + line.row.row_sha256, "sha256 " + line.row.row_sha256});
    previous = line.row.hash;
    out.push_back(std::move(line));
  }
  return out;
}

Result<std::vector<AuditLine>> session_audit(const Store& store, const SessionRow& session) {
  ASSAY_TRY(const auto rows, store.audit_log());
  std::vector<AuditLine> out;
  std::set<std::int64_t> trials;
  for (const auto& row : rows) {
    AuditLine line{row, false, {}};
    if (!row.of_table.empty()) {
      ASSAY_TRY(line.content, store.chained_row(row.of_table, row.of_row));
    }
    line.closed = !belongs(row, Json::parse(line.content, nullptr, false), session, trials);
    if (line.closed || row.of_table == kGrades) line.content.clear();
    out.push_back(std::move(line));
  }
  return out;
}

Result<void> check_against_audit(const std::vector<AuditLine>& audit, const std::vector<TrialRecord>& trials,
                                 const std::string& session, const std::string& plan_json,
                                 const std::string& lock_json) {
  try {
    bool locked = false;
    for (const auto& line : audit) {
      if (line.closed || line.row.of_table != "sessions") continue;
      const Json row = Json::parse(line.content);
      if (locked || row.at("id") != session) return broken_audit(line.row.number, "another session");
      locked = true;
      if (row.at("plan_json") != plan_json || row.at("plan_sha256") != sha256_hex(plan_json))
        return broken_audit(line.row.number, "plan.json is not the plan that was locked");
      if (row.at("lock_json") != lock_json) return broken_audit(line.row.number, "lock.json is not the lock on record");
    }
    if (!locked) return broken_audit(0, "no entry that locks the session");
    const auto chained = trials_of(audit);
    for (const auto& trial : trials) {
      const auto found = chained.find(trial.number);
      if (found == chained.end() ||
          trial_to_json(found->second, trial.trace_path) != trial_to_json(trial, trial.trace_path))
        return broken_audit(0, "trial " + std::to_string(trial.number) + " is not as it was chained");
    }
    if (trials.size() != chained.size())
      return broken_audit(0, std::to_string(trials.size()) + " trials",
                          {std::to_string(chained.size()) + " trials, as chained",
                           "链中所记的 " + std::to_string(chained.size()) + " 次试验"});
  } catch (const Json::exception& exception) {
    return broken_audit(0, exception.what());
  }
  return {};
}

}  // namespace assay::evidence
