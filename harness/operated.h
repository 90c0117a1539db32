// Trials that a person runs, as the coordinator sees them: one at a time, its card first, then prompts, then the worker
// that makes the record of what was told.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/campaign.h"
#include "harness/operator_desk.h"
#include "store/store.h"

namespace assay::harness {

class OperatedTrials {
 public:
  /// `desk` may be null: then nobody can answer.
  OperatedTrials(Store& store, std::int64_t session, OperatorDesk* desk, double deadline_s);
  ~OperatedTrials();
  OperatedTrials(const OperatedTrials&) = delete;
  OperatedTrials& operator=(const OperatedTrials&) = delete;

  /// Trials of an earlier run that was ended at a prompt: they go on where they were.
  void wait(std::vector<TrialRecord> unfinished) { waiting_ = std::move(unfinished); }
  void go_on_with(TrialRecord trial) { waiting_.insert(waiting_.begin(), std::move(trial)); }
  std::optional<TrialRecord> take_waiting();
  /// A card is being made or a prompt waits.
  [[nodiscard]] bool busy() const { return asked_.has_value() || desk_.waiting(); }
  [[nodiscard]] bool idle() const { return !busy() && waiting_.empty(); }

  void ask(TrialRecord record) { asked_ = std::move(record); }
  /// The worker that was asked is gone.
  void ask_again();
  /// The trial begins, or goes on. True: it is new.
  Result<bool> open(const nlohmann::json& message, TrialRecord& begun);
  /// The next prompt, where it changed since.
  std::optional<nlohmann::json> changed();
  /// Fails with 0562.
  Result<std::optional<OperatorDesk::End>> poll() { return desk_.poll(steady_now()); }
  /// What a trial that was not told of has come to; writes the invalidation down.
  Result<TrialRecord> give_up(const OperatorDesk::End& end);

 private:
  Store& store_;
  std::int64_t session_;
  OperatorDesk own_;  ///< where none was given
  OperatorDesk& desk_;
  double deadline_s_;
  std::vector<TrialRecord> waiting_;
  std::optional<TrialRecord> asked_;
  std::string last_prompt_;
};

/// As run_campaign() of harness/campaign.h; at `desk` a robot of the adapter `manual` asks, and second opinions are
/// noted. Trials that a person runs go on at the prompt where they were.
Result<CampaignEnd> run_campaign(Store& store, const SessionRow& session, const SessionInputs& inputs, const Plan& plan,
                                 const CampaignOptions& options, RunListener& listener, OperatorDesk* desk);

/// Who may write acts and second opinions down.
void audit_to(OperatorDesk& desk, Store& store);

}  // namespace assay::harness
