// Reference cases: values that other tools computed, run through the shipped arithmetic (`assay validate`; ISO/IEC
// 17025:2017, 7.11.2). A file is {meta, cases: [{id, kind, tool, tol_rel, input, expected, note}]}. Pure.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

using Json = nlohmann::json;

/// One kind of case: how its input reaches the library and how the answer is laid out. `compute` may use
/// Json::at freely (a missing or mistyped member is reported as ASSAY-1041). An undefined quantity is null.
struct ReferenceKind {
  std::string kind;
  std::string function;  ///< what it exercises: "clopper_pearson, wilson, jeffreys (metrics/statistics/proportion.h)"
  std::function<Result<Json>(const Json& input)> compute;
  /// Members of `expected` that quote another tool's differing value and are not compared.
  std::vector<std::string> informational{};
  /// Where equality element by element is not the question (letters of a display). Returns the worst deviation:
  /// 0 agrees, infinity does not. Empty: the general rule.
  std::function<double(const Json& input, const Json& expected, const Json& got)> deviation{};
};

class ReferenceRegistry {
 public:
  void add(ReferenceKind kind);
  [[nodiscard]] const ReferenceKind* find(const std::string& kind) const;
  [[nodiscard]] std::vector<std::string> kinds() const;

 private:
  std::map<std::string, ReferenceKind> kinds_;
};

void register_builtin_reference_kinds(ReferenceRegistry& registry);

struct ReferenceFailure {
  std::string id, kind;
  std::string path;      ///< member of `expected`, "/wilson/0"; empty: the case as a whole
  std::string expected;  ///< as text, or what was wrong with the case
  std::string got;
  double deviation = 0;  ///< |got − expected| / max(1, |expected|); infinity where not comparable
  double tolerance = 0;
};

struct ReferenceTally {
  std::string kind, function;
  bool known = true;
  int cases = 0, passed = 0;
  double worst_deviation = 0;  ///< over the cases that were compared
  double tolerance_min = 0, tolerance_max = 0;
};

struct ReferenceReport {
  std::string title;
  int cases = 0, passed = 0;
  std::vector<ReferenceTally> kinds;  ///< in the order of their first case
  std::vector<ReferenceFailure> failures;
  [[nodiscard]] bool ok() const { return cases > 0 && passed == cases; }
};

/// Rule: |got − expected| ≤ tol_rel · max(1, |expected|) element by element, true/false, names and null exactly; every
/// member of `expected` must be answered. Fails with ASSAY-1040 if the file is not of this form; a case that is
/// malformed, of an unknown kind or refused by the library counts as not passed and is listed.
Result<ReferenceReport> run_reference(const ReferenceRegistry& registry, const Json& file,
                                      const std::function<void(int done, int total)>& progress = {});

}  // namespace assay::metrics
