// Exact null distributions of rank statistics without ties. Callers bound the sizes. Not for other rooms.
#pragma once

#include <cstdint>
#include <vector>

namespace assay::metrics {

/// P(U ≤ u), u = 0…n·m (Mann & Whitney's recursion in probabilities: only positive terms, so the tails keep their
/// relative accuracy). Time n·m·n·m, memory m·n·m.
std::vector<double> mann_whitney_distribution(int n, int m);

/// P(V ≤ v), v = 0…n(n + 1)/2.
std::vector<double> signed_rank_distribution(int n);

/// P(max |i·m − j·n| ≥ widest) over all orders of n a's and m b's, by the walk that leaves the band.
double smirnov_tail(std::int64_t n, std::int64_t m, std::int64_t widest);

}  // namespace assay::metrics
