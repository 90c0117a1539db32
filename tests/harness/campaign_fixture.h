// A small catalogue for campaign tests (fake robot, fake policy), and sessions over it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/campaign.h"
#include "store/store.h"

namespace assay::testing {

struct PolicySettings {
  int behaviour = 0;  ///< Behaviour
  double miss_rate = 0, stall_s = 0.3, slow_s = 0, deadline_s = 2;
  int at_tick = 3;
  bool deterministic = true;
  bool reference = false;  ///< of the embodiment
};

/// Writes the catalogue below `folder`/catalog and points ASSAY_CATALOG there.
void write_catalog(const std::string& folder, const PolicySettings& settings);

/// Two series (fake_suite/push at L1 and L2), one with a second indicator on a check; stops after 6 to 12 trials.
Plan small_plan(const std::string& seed = "0123");

struct TestSession {
  std::unique_ptr<Store> store;
  harness::SessionInputs inputs;
  Plan plan;
  SessionRow row;
};
/// Writes the catalogue, opens the workspace `folder`/ws and locks a session in it.
TestSession open_session(const std::string& folder, const PolicySettings& settings);

struct Events final : RunListener {
  std::vector<RunEvent> events;
  void on_event(const RunEvent& event) override { events.push_back(event); }
  [[nodiscard]] int count(const std::string& type) const;
};

harness::CampaignOptions options_with(int jobs);
Result<harness::CampaignEnd> run(TestSession& session, const harness::CampaignOptions& options, Events& events);

/// What decides, as text: per series and index the outcome, reason and content digest of the deciding attempt.
std::string story(const Store& store, const SessionRow& row, const Plan& plan);

/// Main of a coordinator that can be killed: resumes the last session of the workspace. 0: complete.
int coordinate(const std::string& workspace, int jobs);

}  // namespace assay::testing
