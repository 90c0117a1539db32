// What a scheme's rules select and allow; shared by design, grade and explain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/scheme.h"

namespace assay::grading {

/// The rules as they hold for one class of subject: indicators of other classes left out, its own limits put in.
/// An empty class (an old plan, a test) leaves the scheme as it is.
Scheme for_class(const Scheme& scheme, const std::string& robot_class);
/// α of one examination's level claim: the scheme's, divided by the examinations it allows where it says so.
double claim_alpha(const Scheme& scheme);
/// α of each indicator of `level` such that the claim keeps claim_alpha() (docs/decisions/0013).
double indicator_alpha(const Scheme& scheme, const std::string& scope, int level);
bool is_attached(const SchemeIndicator& indicator);
/// Floor of the dimension's score; without one, the pass score.
double floor_of(const Scheme& scheme, const std::string& dimension);
/// Whether a share of weight reaches what is asked, rounding of sums of decimal weights aside.
bool reaches(double share, double asked);

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
