// The deciding files of a bundle in a folder of their own, so that the loaders that locked them can read them again.
// Not for other rooms.
#pragma once

#include <memory>
#include <string>

#include "evidence/intact.h"
#include "harness/campaign.h"

namespace assay::evidence {

/// A fresh folder of mode 0700, gone with the object.
class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> make();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// The entry's bytes as `name` below the folder; `name` is a safe path. Bounded by the entry's size.
  Result<std::string> put(const ZipReader& zip, const ZipEntry& entry, const std::string& name) const;

 private:
  Scratch() = default;
  std::string folder_;
};

/// The session's inputs as they were locked, loaded from the bundle's own files. Sets ASSAY_CATALOG meanwhile: not
/// beside other threads that load. ASSAY-1141, and what the loaders say.
Result<harness::SessionInputs> inputs_of(const IntactBundle& bundle, const Scratch& scratch);

/// Revealed by the audit log and as committed in the plan; empty: not revealed. ASSAY-1125 if it does not fit.
Result<std::string> seed_of(const IntactBundle& bundle, const Plan& plan);

}  // namespace assay::evidence
