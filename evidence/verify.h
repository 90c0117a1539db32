// Five separate answers about a bundle. Never one tick.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/text.h"
#include "evidence/bundle.h"
#include "evidence/recompute.h"
#include "evidence/standing.h"
#include "evidence/trust.h"

namespace assay::evidence {

enum class State {
  yes,
  no,       ///< the question was answered: it is not so (signer unknown, withdrawn, another robot)
  broken,   ///< altered or false
  unknown,  ///< not asked, or cannot be told from here
};

struct Answer {
  State state = State::unknown;
  Text line;
  std::optional<Error> why;  ///< of `broken`, and of `no` where there is more to say
};

struct VerifyOptions {
  std::string trust{}, state_register{}, serial{}, software{};  ///< files and words; empty: not asked
  std::string today{};                                          ///< YYYY-MM-DD; expiry is counted from here
  bool recompute = true, sm3 = false;
  const metrics::MetricRegistry* metrics = nullptr;
  std::function<void(int done, int all)> progress{};  ///< of recomputing
};

struct Verification {
  Answer intact, signer, covers, current, recomputes;
  std::optional<Examination> facts;  ///< once intact
  Json results;                      ///< results.json, once intact
  std::optional<Standing> standing;  ///< where a register was given and its signers are trusted
  std::vector<Examination> signatures;
  std::vector<Difference> differences;  ///< found by recomputing
  std::vector<NewerMetric> newer;
  int rules_not_derived = 0;  ///< traces judged by the rules in them, because the seed is not revealed
  /// 8 if anything is broken, else 9 if any answer is no, else 0.
  [[nodiscard]] int exit_code() const;
};

/// 1 intact: every byte, hash, chain and list. 2 signer: all signatures good, all keys trusted in their roles. 3
/// covers: serial and software as given. 4 current: not superseded, suspended, withdrawn, revoked or expired, no trial
/// struck out since, by the issuer's register. 5 recomputes: outcomes, metrics, stop points, conformity, level from the
/// traces. What rests on a broken answer is not asked.
Verification verify_bundle(const std::string& path, const VerifyOptions& options);

/// A trace that stayed home, or any other: is `file` the one that the bundle names `trace` (traces/t0047.mcap)? Also
/// judged again. ASSAY-1142.
Result<void> verify_disclosed(const std::string& path, const std::string& trace, const std::string& file,
                              const metrics::MetricRegistry& metrics);

}  // namespace assay::evidence
