// Families of reference kinds, one file each. Not for other rooms.
#pragma once

#include "metrics/reference/reference.h"

namespace assay::metrics {

void register_proportion_kinds(ReferenceRegistry& registry);   ///< counts, exact tests, tolerance, reliability
void register_uncertainty_kinds(ReferenceRegistry& registry);  ///< GUM, guard bands, risks, quantiles, extremes
void register_sample_kinds(ReferenceRegistry& registry);       ///< t, rank tests, resampling
void register_agreement_kinds(ReferenceRegistry& registry);    ///< judges, ranking, multiplicity
void register_sequential_kinds(ReferenceRegistry& registry);   ///< one-sample plans, limits after stopping, e-processes
void register_comparison_kinds(ReferenceRegistry& registry);   ///< two robots
void register_motion_kinds(ReferenceRegistry& registry);       ///< ISO 9283, trajectories, smoothness
void register_task_kinds(ReferenceRegistry& registry);         ///< navigation, completion, energy, coverage, sim/real
void register_safety_kinds(ReferenceRegistry& registry);       ///< contact, separation, stopping, stability
void register_timing_kinds(ReferenceRegistry& registry);       ///< latency, delay; and the next
void register_logic_kinds(ReferenceRegistry& registry);        ///< temporal logic

}  // namespace assay::metrics
