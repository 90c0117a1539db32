// A session from the outside: made, found, graded, turned into a report model.
#pragma once

#include <memory>
#include <string>

#include "cli/app.h"
#include "core/events.h"
#include "harness/campaign.h"
#include "reports/report.h"
#include "store/store.h"

namespace assay::cli {

/// Version, revision, hash of the program and how it was built: what a verdict rests on.
std::string build_text();

struct SessionRequest {
  std::string scheme, subject;
  int level = 0;                  ///< 0: as the subject declares
  std::string seed;               ///< given: division dev
  std::string division = "self";  ///< lab needs secret_file and campaign
  std::string secret_file, campaign;
  std::string evidence;  ///< file with documents from outside, beside those of the subject file
};

/// Everything locked, nothing run.
struct Prepared {
  harness::SessionInputs inputs;
  Plan plan;
};
/// Fails with 02xx, 03xx, 04xx, 06xx of the rooms below, 0904 (lab division without secret or campaign),
/// 0905 (secret file unreadable or readable by others).
Result<Prepared> prepare(const SessionRequest& request);

/// Stores the session. The plan holds SHA-256 of the seed; the seed itself waits in seeds/<session> (mode 0600): it is
/// revealed when the session closes, in the lab division by `assay reveal`, because its robots share it. Also writes
/// down which earlier sessions examined the same subject under the same scheme: 0917 (lab: more than it allows).
Result<SessionRow> lock(Store& store, Prepared& prepared);

/// The plan with its seed, and the inputs unchanged since lock.
struct Opened {
  SessionRow row;
  harness::SessionInputs inputs;
  Plan plan;
};
Result<Opened> open_session(const Store& store, const std::string& name);

Result<reports::ReportModel> build_model(const Store& store, const Opened& session);

/// Runs what is left, grades, stores the grade, closes the session if complete. Returns the exit code.
int run_and_tell(const App& app, Store& store, Opened session, int jobs, const std::string& events_file);

/// SIGINT or SIGTERM came since install_signal_handlers().
void install_signal_handlers();
bool interrupted();

}  // namespace assay::cli
