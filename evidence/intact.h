// A bundle whose every byte has been accounted for. Not for other rooms.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/dsse.h"
#include "evidence/records.h"

namespace assay::evidence {

struct IntactBundle {
  std::unique_ptr<ZipReader> zip;
  Manifest manifest;
  std::string manifest_text, plan_json, lock_json;
  Json results;
  std::vector<TrialRecord> trials;
  std::vector<AuditLine> audit;
  Examination facts;
  std::string attestations;  ///< the file as it stands; empty: nobody signed
};

/// Structure, hashes, chains, and that the files agree with one another. Memory does not grow with the traces. The
/// error names the first thing that is broken. SM3 is compared only if asked for: SHA-256 vouches for the same bytes.
Result<IntactBundle> open_intact(const std::string& path, bool with_sm3);

/// Each attestation read, its signature checked with the key that it carries, its members compared with the files.
/// ASSAY-1126 names the line.
Result<std::vector<Examination>> check_attestations(const IntactBundle& bundle);

}  // namespace assay::evidence
