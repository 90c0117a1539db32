// trials.jsonl and audit.jsonl: a session's record as lines that hang together by hashes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/trial.h"
#include "evidence/encoding.h"
#include "store/store.h"

namespace assay::evidence {

/// Head of a chain without entries.
std::string empty_head();

/// One trial, as data: doubles also by their bits, so that nothing is lost in text.
Json trial_to_json(const TrialRecord& record, const std::string& trace_name);
Result<TrialRecord> trial_from_json(const Json& json);
/// The name of its trace within a bundle: traces/t0047.mcap.
std::string trace_name(const TrialRecord& record);

/// A line `{"hash":H,"previous":P,"trial":T}` each, H = SHA-256(P ‖ LF ‖ T as it stands there).
std::string trial_lines(const std::vector<TrialRecord>& records, std::string& head);
/// Fails with ASSAY-1123 at the first line that does not hang on the one before.
Result<std::vector<TrialRecord>> trials_from_lines(const std::string& text, std::string& head);

/// An entry of the workspace's chain. Rows of other sessions are closed: number, previous and hash only.
struct AuditLine {
  AuditRow row;
  bool closed = false;
  std::string content;  ///< the stored row that the entry vouches for, canonical JSON; empty if it names none
};
std::string audit_lines(const std::vector<AuditLine>& lines);
/// ASSAY-1124 at the first entry whose hash, predecessor, number or row does not fit.
Result<std::vector<AuditLine>> audit_from_lines(const std::string& text);

/// The session's part of the store's chain: rows of the workspace and of this session open, others closed.
Result<std::vector<AuditLine>> session_audit(const Store& store, const SessionRow& session);

/// What the audit says of the session: the plan and lock that were chained, and each trial as chained.
/// ASSAY-1124 if trials, plan or lock differ from it, or a chained trial is missing.
Result<void> check_against_audit(const std::vector<AuditLine>& audit, const std::vector<TrialRecord>& trials,
                                 const std::string& session, const std::string& plan_json,
                                 const std::string& lock_json);

}  // namespace assay::evidence
