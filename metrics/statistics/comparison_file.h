// Comparison tables as text: how shipped ones are kept (suites/catalog/comparison/), read and proved again. Pure: the
// caller opens the file.
#pragma once

#include <string>
#include <string_view>

#include "metrics/statistics/comparison_design.h"

namespace assay::metrics {

/// SHA-256 over design, table and proof in a fixed text form; numbers in their shortest exact decimal form.
std::string comparison_sha256(const ComparisonDesign& design);

/// JSON `assay.comparison/1`: pairing, n_max, alpha, kappa, risk_n, proof, b_min (row t = 1 … n_max; "never" at the end
/// of a row is left out), sha256. One row a line.
std::string write_comparison(const ComparisonDesign& design);

/// Reads that form, and checks before it returns: form and ranges (ASSAY-1051), the hash (ASSAY-1052), that the table
/// is monotone, and that its exact size at 1000 points of the null and at the worst point stated is what the proof says
/// (ASSAY-1053). Milliseconds. Text beyond 4 MB is refused (ASSAY-1051).
Result<ComparisonDesign> read_comparison(std::string_view text);

/// Repeats the whole proof on its own grid; ASSAY-1053 if it comes out differently (1e-9) or above alpha. About 0.2 s
/// at 200 pairs.
Result<void> prove_again(const ComparisonDesign& design);

}  // namespace assay::metrics
