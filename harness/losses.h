// How long a worker may take, and what its loss means.
#pragma once

#include <string>

#include "core/model/trial.h"
#include "core/result.h"
#include "harness/campaign.h"
#include "harness/pool.h"

namespace assay::harness {

constexpr double kWallLimit_s = 120;
/// Two minutes and every tick's policy deadline: only for what gives signs of life and yet never ends.
double wall_limit_s(const SessionInputs& inputs, const TrialRecord& record);

Error workers_keep_dying(const Loss& last, const std::string& log);
Verdict plain_verdict(Outcome outcome, std::string reason);
/// DESIGN §4.1: what the vendor supplied is the subject's fault; the rest counts as failure until a reviewer accepts
/// an outside cause.
Verdict verdict_of(const Loss& loss, bool reference_embodiment);

}  // namespace assay::harness
