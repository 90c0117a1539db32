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
  /// The index to run now; requires !stopped().
  [[nodiscard]] int next_index() const { return next_index_; }
  /// Indices that are decided.
  [[nodiscard]] int done() const { return next_index_; }
  /// Trials it will have taken when it stops: as planned at the design alternative, or for a subject that has not
  /// failed so far. An estimate for people, never for a decision.
  [[nodiscard]] int expected() const;
  [[nodiscard]] int most() const { return stopped() ? done() : series_.cap; }

 private:
  void step();

  Series series_;
  std::vector<PlannedIndicator> indicators_;
  std::vector<metrics::Walk> walks_;
  std::vector<TrialRecord> records_;
  int next_index_ = 0, voids_ = 0;  ///< decided indices, and how many of them show nothing
};

}  // namespace assay::harness
