// What a policy was told to do, step by step: from the slots' labels where it is given them, else by reading the text.
#pragma once

#include <string>
#include <vector>

#include "adapters/policies/instruction_reader.h"
#include "adapters/policies/sightings.h"
#include "core/model/setup.h"
#include "core/result.h"

namespace assay::policies {

class ToldSteps {
 public:
  /// Slots object, target, object_2, target_2, … Fails with ASSAY-0404 if there are neither labels nor a text.
  Result<void> begin(const std::string& policy, const Instruction& instruction);
  /// Reads the text once what is seen has stopped growing. A doubt that stands for long is kept.
  void look(const Sightings& sightings, SimTime now);

  [[nodiscard]] bool known() const { return !steps_.empty(); }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] const std::string& doubt() const { return doubt_; }  ///< why it cannot be carried out; else empty

 private:
  std::vector<Step> steps_;
  Text text_;
  std::string doubt_;
  bool looked_ = false;
  SimTime began_, grew_;
  std::size_t things_ = 0;
};

}  // namespace assay::policies
