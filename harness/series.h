// One series of trials in the making: what is on record, what comes next, when it stops. Steps stop tables by
// metrics::walk only; knows nothing of grading.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "core/model/trial.h"
#include "metrics/walk.h"

namespace assay::harness {

class SeriesRun {
 public:
  SeriesRun(const Series& series, const std::vector<PlannedIndicator>& all);

  [[nodiscard]] const Series& series() const { return series_; }
  [[nodiscard]] const std::vector<TrialRecord>& records() const { return records_; }
  /// Adds or replaces (by row) a record and steps the stop tables. Returns the indicators that it decided.
  std::vector<std::pair<std::string, metrics::Walk>> put(const TrialRecord& record);

  /// Every indicator on it has stopped and it has the trials that gates need (unless one was refused: then no gate can
  /// help), or no planned or reserved index is left.
  [[nodiscard]] bool stopped() const;
  [[nodiscard]] bool decided() const;
  /// The index to run now; requires !stopped(). Audit trials come after all others.
  [[nodiscard]] int next_index() const { return tested() ? next_audit_ : next_index_; }
  /// Indices that are decided, audited ones included.
  [[nodiscard]] int done() const { return next_index_ + audits_; }
  /// Whether nothing of that index is left to run.
  [[nodiscard]] bool is_decided(int index) const;
  /// Trials it will have taken when it stops: as planned at the design alternative, or for a subject that has not
  /// failed so far. An estimate for people, never for a decision.
  [[nodiscard]] int expected() const;
  [[nodiscard]] int most() const { return stopped() ? done() : series_.cap + static_cast<int>(series_.audit.size()); }

 private:
  void step();
  /// Stopped, but for the audit.
  [[nodiscard]] bool tested() const;
  [[nodiscard]] bool refused() const;

  Series series_;
  std::vector<PlannedIndicator> indicators_;
  std::vector<metrics::Walk> walks_;
  std::vector<TrialRecord> records_;
  int next_index_ = 0, voids_ = 0;    ///< decided indices, and how many of them show nothing
  int next_audit_ = -1, audits_ = 0;  ///< first audit index that is open (-1: none); those that are decided
};

}  // namespace assay::harness
