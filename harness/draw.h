// The draws behind realise(): each Variation from a stream of its own, by core/random.h alone (no libm, no
// std:: distributions), so that adding one variation moves no other's values.
#pragma once

#include "core/model/dialogue.h"
#include "core/model/setup.h"
#include "core/model/task.h"
#include "core/result.h"
#include "harness/fill.h"

namespace assay::harness {

/// Streams of one trial, one per source.
struct Streams {
  StreamKey scene, sensor_noise, disturbance, policy;
};
Streams streams_of(const TrialKey& key);

/// Values of all `choice` variations. A choice named "<slot>_2" never equals "<slot>", "<slot>_3" neither "<slot>"
/// nor "<slot>_2", and so on. A slot that has words for one value only and no variation takes that value.
/// Fails with ASSAY-0501 (nothing left to choose from).
Result<Slots> draw_slots(const Task& task, const Streams& streams);

/// Which of the ways to say it: 0 is the task's instruction, k its k-th other wording. All equally likely.
int draw_wording(const Task& task, const Streams& streams);

/// Everything else that varies: poses, offsets, factors, noise, faults, pushes, latency, actors. Placeholders in
/// targets and body lists are filled. Fails with ASSAY-0501, 0502.
Result<void> draw_rest(const Task& task, const Streams& streams, const Slots& slots, Setup& setup);

/// What is said after the instruction, and when. A turn without words for the drawn value of its slot is left out.
/// Fails with ASSAY-0502.
Result<std::vector<Turn>> draw_dialogue(const Task& task, const Slots& slots, const Streams& streams);

/// SHA-256 over a canonical text of everything that varies, noise keys included, policy key and index not.
std::string digest_of(const Setup& setup);

}  // namespace assay::harness
