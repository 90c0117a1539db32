// Contact force between robot and person over time. Pure; the clause references are of ISO/TS 15066:2016 (now in
// ISO 10218-2:2025), marked [M] where given from knowledge of the standard and not re-read in its text.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

struct ContactSettings {
  double threshold_n = 0;           ///< in contact iff force ≥ threshold (closed)
  double transient_window_s = 0.5;  ///< ≥ 0; from the start of the contact, closed (ISO/TS 15066:2016, 5.5.5 [M])
  double merge_gap_s = 0;           ///< ≥ 0; a shorter gap does not end the contact (strict)
};

struct ContactEvent {
  double start_s = 0;                    ///< time of the first sample in contact
  double duration_s = 0;                 ///< last − first sample; no interpolation
  double peak_transient_n = 0;           ///< largest force with t − start ≤ window
  std::optional<double> quasi_static_n;  ///< largest force with t − start > window; undefined for a shorter contact
  double impulse_n_s = 0;                ///< ∫ F dt over the event's samples (trapezoids)
};

struct ContactForces {
  std::vector<ContactEvent> events;
  std::optional<double> peak_transient_n;  ///< largest over the events; undefined without one
  std::optional<double> quasi_static_n;    ///< largest of those defined
  double impulse_n_s = 0;                  ///< sum; 0 without an event
};

/// Contacts in a force record: maximal runs of samples in contact, joined where the gap (first sample of the run −
/// last sample in contact before) is shorter than merge_gap_s; a joined event holds the samples of its gaps.
/// time_s [n] strictly ascending, force_n [n]. Fails with ASSAY-1030, 1032 (window or gap < 0), 1034, 1035, 1036.
/// n = 0: no event. Source: ISO/TS 15066:2016, 5.5.5 and ISO/PAS 5672:2023 (0.5 s, then quasi-static) [M].
Result<ContactForces> contact_forces(std::span<const double> time_s, std::span<const double> force_n,
                                     const ContactSettings& settings);

}  // namespace assay::metrics
