// What an issuer's register says of one bundle today: state, amendment, waivers, trials struck out since.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/encoding.h"
#include "evidence/trust.h"

namespace assay::evidence {

inline constexpr int kBadScope = 1132;

struct Waiver {
  StateRecord record;     ///< scope: an indicator; reason; expires: the last day
  bool in_force = false;  ///< today; and the scope is an indicator, for a safety gate is never waived
};

struct Standing {
  std::optional<StateRecord> state;  ///< nullopt: the register does not know the bundle
  std::string replaces;              ///< the certificate that this one took the place of
  std::vector<Waiver> waivers;
  std::vector<StateRecord> invalidations;  ///< trials declared invalid after the bundle was made
  int level = 0;                           ///< as examined
  /// Where each step's blocking indicators are waived, the step counts as reached. Never what the evidence shows:
  /// both are told.
  int level_with_waivers = 0;
  [[nodiscard]] bool any_in_force() const;
};

/// `results`: results.json of the bundle. `today`: YYYY-MM-DD.
Standing standing_of(const std::vector<StateRecord>& records, const Examination& facts, const Json& results,
                     const std::string& today);

/// One line for each waiver, amendment and invalidation, and one for the level if waivers change it.
std::vector<Text> lines_of(const Standing& standing);

/// Whether a record's scope is something that the bundle has: an indicator for a waiver (a gate is none), the number of
/// a trial for an invalidation; and whether its days are days. ASSAY-1132.
Result<void> check_scope(const StateRecord& record, const Json& results);

/// "2026-11-22", a day that there is.
bool is_day(const std::string& text);

}  // namespace assay::evidence
