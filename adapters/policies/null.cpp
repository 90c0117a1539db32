// Holds still: what an examination must never let pass.
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

class NullPolicy : public Policy {
 public:
  [[nodiscard]] PolicyDescription describe() const override { return {"null", "1.0", true, false, 0}; }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override { return {}; }
  Result<Action> act(const Observation&) override { return Action{}; }
};

}  // namespace

Result<std::unique_ptr<Policy>> make_null(const PolicyParams& params) {
  ASSAY_RETURN_IF_ERROR(policies::read_params("null", params, {}));
  return std::unique_ptr<Policy>(std::make_unique<NullPolicy>());
}

}  // namespace assay
