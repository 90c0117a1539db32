// What a second scorer may know of a session before an opinion stands: which trials there are, and nothing of how they
// ended. Read from the store on the worker's thread.
#pragma once

#include <QString>
#include <string>
#include <vector>

#include "core/model/trial.h"
#include "core/result.h"

namespace assay::gui {

struct ScoreItem {
  std::int64_t number = 0;
  QString task;
  int level = 0, index = 0;
};

struct ScoreQueue {
  std::vector<ScoreItem> left;  ///< judged, valid, without an opinion of this person yet; by number
  int given = 0;                ///< opinions of this person
  int own = 0;                  ///< entered by this person: nobody's own second opinion
};
Result<ScoreQueue> read_score_queue(const std::string& folder, const std::string& session, const std::string& person);

/// What is on record of a trial; asked for only after an opinion of it was written down.
Result<TrialRecord> read_record(const std::string& folder, std::int64_t trial);

}  // namespace assay::gui
