// Files → records. Paths inside a file are relative to that file.
#pragma once

#include <string>
#include <vector>

#include "core/model/body.h"
#include "core/model/scheme.h"
#include "core/model/task.h"
#include "core/result.h"

namespace assay {

struct Suite {
  std::string id, version, path, sha256;  ///< sha256 over the bytes of suite, task and scene files
  Text title, description;
  std::vector<Task> tasks;         ///< one per task and level, overrides applied
  std::vector<std::string> files;  ///< every file that the hash covers
  [[nodiscard]] const Task* find(const std::string& task_key, int level) const;
};

/// Where the catalogue is: $ASSAY_CATALOG, else beside the program, else the source tree.
std::string catalog_root();
/// ids of what the catalogue holds (folders/files by kind: "suites", "schemes", "embodiments", "subjects").
std::vector<std::string> catalog_list(const std::string& kind);
/// An id of the catalogue or a path → path. Fails with ASSAY-0310 (not found; nearest ids named).
Result<std::string> catalog_find(const std::string& kind, const std::string& id_or_path);

Result<Suite> load_suite(const std::string& path);
Result<Scheme> load_scheme(const std::string& path);
Result<Subject> load_subject(const std::string& path);
/// Documents from outside, their files hashed. Also 0327 (a file cannot be read), 0328 (not the hash declared).
Result<std::vector<Evidence>> load_evidence(const std::string& path);
Result<Embodiment> load_embodiment(const std::string& path);

/// Cross-checks that need several files: indicator names a task, check and level that exist, scope tasks
/// exist, slots filled, both languages present, units fit. Fails with 03xx.
Result<void> check_consistency(const Scheme& scheme, const std::vector<Suite>& suites);

/// Has the robot what the task needs? "payload:0.3" is met by a payload of that much or more (capability or
/// payload_kg), as any "name:number" is; others by name. Fails with ASSAY-0326 at the binding.
Result<void> check_capabilities(const Task& task, const Embodiment& embodiment);

/// Scene and robot merged (tinyxml2), vendor's file untouched. Fails with 04xx for MJCF that cannot be
/// merged, naming file, line, element and attribute, and the MuJoCo version that would know it.
Result<World> compose(const Task& task, const Embodiment& embodiment);

struct LintFinding {
  bool error = false;  ///< else a remark
  std::string rule;
  Text message;
  Place place;
};
std::vector<LintFinding> lint_suite(const Suite& suite);
std::vector<LintFinding> lint_embodiment(const Embodiment& embodiment);

}  // namespace assay
