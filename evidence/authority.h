// Who may sign, and with what was measured: competence and equipment as the workspace's log had them. Not for other
// rooms.
#pragma once

#include <string>
#include <vector>

#include "evidence/intact.h"

namespace assay::evidence {

inline constexpr int kNotCompetent = 1104, kOverdue = 1105;

/// Each suite of the session has an entry that says this person may examine (or judge) by it, made by somebody else and
/// not past its day. ASSAY-1104 names the suite.
Result<void> check_competence(const IntactBundle& bundle, Role role, const std::string& person, const std::string& day);

struct Overdue {
  std::string id, due;
};
/// Equipment whose last day was over when the session closed.
std::vector<Overdue> overdue_equipment(const IntactBundle& bundle);
/// ASSAY-1105 names the first of them.
Result<void> check_equipment(const IntactBundle& bundle);

}  // namespace assay::evidence
