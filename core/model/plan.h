// The locked plan: everything that decides, before trial 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/evidence.h"

namespace assay {

/// After n counted trials with f failures: f <= accept[n] → accept; f >= refuse[n] → refuse; else go on.
/// Both have n_max + 1 entries (index 0: accept −1, refuse 1); at n_max one of the two always holds.
/// accept[n] < refuse[n]; both never decrease in n (a plan with looks: accept, and refuse from look to look).
struct StopTable {
  int n_max = 0;
  std::vector<int> accept, refuse;
};
enum class StopState { running, accepted, refused };

/// Exact properties of a stop table (metrics/sequential.h computes them).
struct SequentialDesign {
  double p0 = 0, p1 = 0, alpha = 0, beta = 0;  ///< as asked
  int fixed_n = 0;                             ///< smallest fixed-sample plan with the same α, β
  double exact_alpha = 0, exact_beta = 0;
  double expected_at_p0 = 0, expected_at_p1 = 0, expected_at_one = 0;
  int least_n = 0;  ///< fewest trials that can accept
  StopTable table;
};

struct PlannedIndicator {
  std::string id;
  std::string dimension;
  int level = 1;
  std::string task;                   ///< Task::key(); with level it names the series
  std::string check;                  ///< "" = success of the trial, else one of Task::checks
  std::string vantage = "simulator";  ///< the weakest at which the truth may have been observed (to_string(Vantage))
  /// A measured indicator has a fixed number of trials: its stop table ends at n_max whatever comes out, p0 and p1 are
  /// 0.
  std::string statistic = "success_probability";
  std::string metric;  ///< measured: id of the metric, in whose unit `limit` is
  std::string bound;   ///< measured: "at_most" or "at_least"
  double limit = 0, quantile = 0;
  SequentialDesign design;
};

/// Trials of one task at one level, run in index order until every indicator on it has stopped.
struct Series {
  std::string task;
  int level = 1;
  int cap = 0;               ///< largest n_max of its indicators
  int reserved = 0;          ///< further indices that may replace invalid trials (void cap)
  int least = 0;             ///< fewest trials unless an indicator is refused: what a clean gate needs to be shown
  std::vector<int> audit{};  ///< indices run once more, when the series has stopped unrefused, with other nuisance
};

struct Plan {
  std::string schema = "assay.plan/3";
  std::string scheme, scheme_sha256, suite_sha256, subject_sha256, embodiment_sha256, model_sha256;
  std::string build, engine;  ///< git revision and flags; simulator and version
  std::string division;       ///< lab, self, dev
  std::string scope;          ///< scheme scope id that the subject declares
  int declared_level = 1;
  std::string session_seed;  ///< as stored: commitment "sha256:…" only, revealed at close
  std::string subject, robot_class;
  std::vector<std::string> earlier_sessions;  ///< of the same subject under the same scheme, when this was locked
  std::vector<Evidence> evidence;
  std::vector<int> order;  ///< series by place in `series`, one entry per trial; empty: series after series
  double audit_alpha = 0.01;
  double alpha = 0.05, beta = 0.10, void_cap = 0.05;  ///< alpha: of this examination's level claim
  std::vector<PlannedIndicator> indicators;
  std::vector<Series> series;
};

}  // namespace assay
