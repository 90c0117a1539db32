// A plan shown before it is locked; options that name a session.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/session.h"

namespace assay::cli {

struct PlanView {
  std::vector<std::string> assume;  ///< "TASK=P", "TASK@L2=P"
  bool oc = false;                  ///< operating characteristics too
  double between_s = 0;             ///< reset and set-up after each trial
};

/// Trials, chances, robot time on stdout. Fails with 0907 (an assumption that does not fit).
int show_plan(const App& app, const Prepared& prepared, const PlanView& view);

/// --scheme, --subject, --level, --seed, --division, --secret-file, --campaign, --evidence; returns --subject.
CLI::Option* add_session_options(CLI::App& command, const App& app, SessionRequest& request);

}  // namespace assay::cli
