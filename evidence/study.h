// Several bundles side by side: may they be compared at all, and how well do laboratories agree on one subject?
#pragma once

#include <string>
#include <vector>

#include "core/model/trial.h"
#include "evidence/bundle.h"
#include "evidence/encoding.h"
#include "metrics/statistics/interlaboratory.h"

namespace assay::evidence {

/// Why two bundles answer different questions; each with the two values. Empty: comparable.
struct Mismatch {
  std::string what;  ///< "suite", "scheme", "division", "embodiment", "engine", "subject"
  Text text;
  std::string a, b;
};

struct StudyMember {
  std::string path, laboratory, session,
      chain_head;  ///< laboratory: organisation of the tester (of the vendor for self)
  std::vector<TrialRecord> trials;
  Json plan, lock;
};
/// Intact, signatures good. ASSAY-112x.
Result<StudyMember> study_member(const std::string& path);

/// Scheme and suites (id and major version: a major version says that results are not comparable), division,
/// embodiment, simulator and version; with `one_subject` also the subject's hash.
std::vector<Mismatch> mismatches(const StudyMember& a, const StudyMember& b, bool one_subject);

struct StudyRow {
  std::string task, metric, unit;
  int level = 0, version = 1;
  std::vector<std::string> laboratories;
  metrics::Interlaboratory result;
};
/// ISO 5725-2 for each metric of each task and level that every laboratory has twice or more, in valid trials where it
/// is defined, in one version. Laboratories with several bundles pool them. Fails with ASSAY-1150 (not comparable; the
/// reasons), 1151 (fewer than two laboratories).
Result<std::vector<StudyRow>> interlaboratory_study(const std::vector<StudyMember>& members, const std::string& metric);

}  // namespace assay::evidence
