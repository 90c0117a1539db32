// A certification scheme: rules as data. Code knows rule shapes only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/model/evidence.h"
#include "core/model/link.h"
#include "core/text.h"

namespace assay {

struct SchemeIndicator {
  std::string id, dimension;
  int level = 1;
  std::string task;                               ///< "suite/task"; "" for attached evidence
  std::string check;                              ///< "" = trial success, else a named check of the task
  std::string statistic = "success_probability";  ///< kMetricMean, kMetricQuantile: measured; or kAttachedEvidence
  std::string metric;                             ///< measured: id of a metric of the task, in whose unit `limit` is
  std::string bound;                              ///< measured: "at_most" or "at_least" the limit
  int trials = 0;                                 ///< measured: fixed number, the first by index
  double quantile = 0;                            ///< kMetricQuantile: share of trials that must keep the limit
  double limit = 0.8;                             ///< p0
  double design = 0.95;                           ///< p1, the design alternative
  std::string vantage = "simulator";
  std::string clause;
  Text title;
  std::vector<std::string> scopes;   ///< empty: every scope
  std::vector<std::string> classes;  ///< empty: every class of subject
  double weight = 1;                 ///< weighted_score: its share of the level's score
  struct Requirement {
    std::string robot_class;
    double limit = 0.8, design = 0.95;
  };
  std::vector<Requirement> for_class;  ///< other limits for a class
};

inline constexpr const char* kAttachedEvidence = "attached_evidence";
inline constexpr const char* kMetricMean = "metric_mean";          ///< mean of a metric over the trials
inline constexpr const char* kMetricQuantile = "metric_quantile";  ///< the value that a share of all trials keeps

/// Answered by the values of a metric over a fixed number of trials.
inline bool is_measured(const SchemeIndicator& indicator) {
  return indicator.statistic == kMetricMean || indicator.statistic == kMetricQuantile;
}

struct SchemeGate {
  std::string id;
  Text title;
  std::string event = "unsafe";  ///< pooled over all attempts
  double limit = 0.1;            ///< upper bound on the probability per trial
  double confidence = 0.95;
  std::string clause;
};

struct Scope {
  std::string id;
  Text title;
  std::vector<std::string> tasks, classes;
};

struct Scheme {
  std::string id, version, path, sha256;
  Text title, notice;
  std::vector<std::pair<std::string, Text>> dimensions;
  std::vector<std::pair<int, Text>> levels;  ///< ascending
  std::vector<std::pair<std::string, Text>> classes;
  std::vector<Scope> scopes;
  std::vector<SchemeIndicator> indicators;
  std::vector<SchemeGate> gates;
  std::string aggregation = "all_of";  ///< all_of | min_over_dimensions | weighted_score
  double pass_score = 1;               ///< weighted_score: least share of a level's weight that must conform
  std::vector<std::pair<std::string, double>> floors;  ///< weighted_score: least share in that dimension
  double alpha = 0.05, beta = 0.10, void_cap = 0.05;
  std::string cap = "1.5n";         ///< cap of sequential plans relative to the fixed n
  std::string order = "by_series";  ///< or random: trials of all series interleaved as the seed says
  double audit_share = 0;     ///< of each series' first trials, run again with other nuisance details (memory audit)
  double audit_alpha = 0.01;  ///< chance that an honest subject is flagged
  int most_examinations = 0;  ///< of one subject under this scheme; 0: no maximum
  bool divide_alpha = false;  ///< each examination is held at alpha / most_examinations
};

struct Subject {
  std::string id, path, sha256;
  Text title;
  std::string vendor, model, serial, software;
  std::string robot_class;  ///< industrial, service, general
  std::string kind;         ///< robot | policy (policy alone on a reference embodiment)
  std::string scope;        ///< scheme scope id
  int declared_level = 1;
  std::string embodiment_path;     ///< absolute
  std::string adapter = "mujoco";  ///< = robot.adapter
  RobotLink robot;
  std::string policy;  ///< registered id
  std::vector<std::pair<std::string, double>> policy_params;
  PolicyLink policy_link;
  double policy_deadline_s = 2;
  /// Known errors put into a simulated robot, to prove that an examination finds them (core/model/setup.h).
  std::vector<std::pair<std::string, double>> defects;
  double policy_stale_s = 0.2;  ///< real time: an answer to an older observation moves nothing
  std::vector<Evidence> evidence;
};

}  // namespace assay
