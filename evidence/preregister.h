// What was locked, said in public before the first trial: a signed statement that can be deposited outside and stamped.
#pragma once

#include <string>

#include "evidence/keys.h"
#include "store/store.h"

namespace assay::evidence {

struct Preregistration {
  std::string session, division, plan_sha256, lock_sha256, seed_commitment;
  std::string chain_head;  ///< of the workspace's log just after the lock
  std::string locked, time, person, organisation, key_id, public_key;
  std::int64_t trials_so_far = 0;  ///< on record when this was signed; 0 is what it should be
};

/// One line, a DSSE envelope over an in-toto Statement about plan.json and lock.json ("urn:x-assay:lock:1").
Result<std::string> preregister(const Store& store, const SessionRow& session, const PrivateKey& key,
                                const std::string& person, const std::string& organisation, const std::string& time);
/// Form and signature. ASSAY-1126.
Result<Preregistration> preregistration_of(const std::string& line, const std::string& name);
/// Whether the bundle holds what was said then: the same plan and lock, byte for byte, and the same chain. ASSAY-1125.
Result<Preregistration> check_preregistered(const std::string& bundle, const std::string& statement_file);

}  // namespace assay::evidence
