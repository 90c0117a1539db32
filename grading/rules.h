// What a scheme's rules select and allow; shared by design, grade and explain.
#pragma once

#include <optional>
#include <vector>

#include "core/model/scheme.h"

namespace assay::grading {

/// nullptr if the scheme has no such scope.
const Scope* find_scope(const Scheme& scheme, const std::string& id);
/// Whether the indicator belongs to what `scope` claims: its own scopes name it (or none) and so do the scope's tasks.
bool in_scope(const SchemeIndicator& indicator, const Scope& scope);
/// The scheme's indicators of that scope up to `level`, in the scheme's order.
std::vector<const SchemeIndicator*> required(const Scheme& scheme, const std::string& scope, int level);
const SchemeIndicator* find_indicator(const Scheme& scheme, const std::string& id);

bool known_aggregation(const std::string& aggregation);
/// "1.5n" → 1.5.
std::optional<double> cap_ratio(const std::string& cap);
/// Voids that n planned trials may have: ⌈void_cap · n⌉, also the reserve of a series.
int void_allowance(double void_cap, int n);
/// One-sided Clopper–Pearson upper limit of the chance of an event per attempt; 1 where nothing was attempted, or where
/// the counts or the confidence cannot be: nothing is shown.
double event_upper_limit(int events, int attempts, double confidence);
/// β of one of m indicators such that all of them together have `beta`.
double split_beta(double beta, int m);

}  // namespace assay::grading
