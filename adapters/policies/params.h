// Parameters of in-process policies, the skill dial, and the delay line behind `delay_s`.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "adapters/policy.h"
#include "core/model/sample.h"
#include "core/result.h"

namespace assay::policies {

struct ParamRange {
  std::string name;
  double low = 0, high = 0;
  bool whole = false;  ///< only whole numbers
};

/// ASSAY-0403: unknown name, given twice, not finite, out of range or not whole.
Result<std::map<std::string, double>> read_params(const std::string& policy, const PolicyParams& params,
                                                  const std::vector<ParamRange>& ranges);

struct Skill {
  double noise_m = 0, delay_s = 0, miss_rate = 0;
};

/// `worst` is what skill 0 means; skill 1 is all zeros; between them linear. A dial given alone wins over `skill`.
Result<Skill> read_skill(const std::string& policy, const PolicyParams& params, const Skill& worst);

/// Gives back the newest observation that is at least `delay_s` old (the oldest there is, at first).
class DelayLine {
 public:
  void reset(double delay_s);
  const Observation& pass(const Observation& observation);

 private:
  std::int64_t delay_ns_ = 0;
  std::deque<Observation> held_;
};

/// Slot names of the steps in order: stem, stem_2, stem_3 … as far as `slots` has them.
std::vector<std::string> numbered_slots(const std::map<std::string, std::string>& slots, const std::string& stem);

/// A policy that cannot take part (no arm, no label for a slot): ASSAY-0404, found "subject:…".
Error cannot_take_part(const std::string& policy, const std::string& found, Text expected);

/// Every number in it is finite. A policy acts on nothing else.
bool sound(const Observation& observation);

}  // namespace assay::policies
