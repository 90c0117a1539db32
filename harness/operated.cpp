#include "harness/operated.h"

#include <utility>

namespace assay::harness {
namespace {

using nlohmann::json;

constexpr const char* kAct = "operator";

/// Acts on record of one trial, oldest first.
Result<std::vector<json>> acts_of(const Store& store, std::int64_t trial) {
  ASSAY_TRY(const auto rows, store.audit_log());
  std::vector<json> out;
  for (const auto& row : rows) {
    if (row.kind != kAct) continue;
    json detail = json::parse(row.detail_json, nullptr, false);
    if (detail.is_object() && detail.value("trial", std::int64_t{0}) == trial) out.push_back(std::move(detail));
  }
  return out;
}

}  // namespace

Result<CampaignEnd> run_campaign(Store& store, const SessionRow& session, const SessionInputs& inputs, const Plan& plan,
                                 const CampaignOptions& options, RunListener& listener) {
  return run_campaign(store, session, inputs, plan, options, listener, nullptr);
}

void audit_to(OperatorDesk& desk, Store& store) {
  desk.set_audit([&store](const std::string& person, const json& detail) -> Result<void> {
    const bool score = detail.value("act", "") == "score";
    if (score) {
      if (auto trial = store.trial(detail.value("trial", std::int64_t{0})); !trial) return std::move(trial).error();
    }
    return store.audit(score ? "score" : kAct, person, detail.dump(-1, ' ', false, json::error_handler_t::replace),
                       utc_now());
  });
}

OperatedTrials::OperatedTrials(Store& store, std::int64_t session, OperatorDesk* desk, double deadline_s)
    : store_(store), session_(session), desk_(desk != nullptr ? *desk : own_), deadline_s_(deadline_s) {
  audit_to(desk_, store);
}

OperatedTrials::~OperatedTrials() { desk_.set_audit({}); }

std::optional<TrialRecord> OperatedTrials::take_waiting() {
  if (waiting_.empty()) return std::nullopt;
  TrialRecord out = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  return out;
}

void OperatedTrials::ask_again() {
  if (asked_ && asked_->number != 0) waiting_.insert(waiting_.begin(), std::move(*asked_));
  asked_.reset();
}

Result<bool> OperatedTrials::open(const json& message, TrialRecord& begun) {
  if (!asked_) return false;
  TrialRecord record = std::move(*asked_);
  asked_.reset();
  const bool is_new = record.number == 0;
  std::vector<json> earlier;
  if (is_new) {
    ASSAY_TRY(record, store_.start_trial(session_, record.task, record.level, record.index, utc_now()));
  } else {
    ASSAY_TRY(earlier, acts_of(store_, record.number));
  }
  record.initial_state_digest = message.value("initial_state_digest", "");
  desk_.open(record, message.value("card", json::object()), earlier, deadline_s_, steady_now());
  begun = std::move(record);
  return is_new;
}

std::optional<json> OperatedTrials::changed() {
  json prompt = desk_.prompt(steady_now());
  const std::string id = prompt.is_object() ? prompt.value("id", "") : "";
  if (id == last_prompt_) return std::nullopt;
  last_prompt_ = id;
  if (id.empty()) return std::nullopt;
  return prompt;
}

Result<TrialRecord> OperatedTrials::give_up(const OperatorDesk::End& end) {
  TrialRecord out = end.trial;
  out.verdict = {};
  out.verdict.outcome = Outcome::undetermined;
  out.verdict.reason = (end.cannot ? "not_run:" : "invalid:") + end.reason;
  ASSAY_RETURN_IF_ERROR(store_.invalidate(out.number, end.reason, end.by, end.before_reveal, utc_now()));
  out.validity = Validity::invalid;
  out.invalid_reason = end.reason;
  out.invalid_by = end.by;
  out.invalid_before_reveal = end.before_reveal;
  return out;
}

}  // namespace assay::harness
