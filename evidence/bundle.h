// A session as one file (*.assay) that carries its own proof; and the signatures on it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "evidence/keys.h"
#include "evidence/manifest.h"
#include "evidence/zip.h"
#include "store/store.h"

namespace assay::evidence {

/// What other rooms made of the session, to lie beside the data.
struct BundleDocument {
  std::string path, bytes, media_type, role;  ///< role: report, results …
};

struct BundleInput {
  const Store* store = nullptr;
  SessionRow session;
  Plan plan;
  std::string subject_json;  ///< item.json: what was examined
  std::string tool_version;
  std::vector<BundleDocument> documents;
  bool without_traces = false;
};

/// Streams the session into `path`; each file is hashed, then hashed again while it is copied. Fails with ASSAY-1110
/// (session not closed, a deciding file changed), 1111 (a file changed meanwhile), 1112.
Result<Manifest> create_bundle(const BundleInput& input, const std::string& path);

/// Who vouches for what, as it is signed. docs/evidence.md; evidence/schema in the bundle.
enum class Role { tester, reviewer, certifier, vendor };
const char* to_string(Role role);
std::optional<Role> role_from(std::string_view name);

struct Examination {
  Role role = Role::tester;
  std::string person, organisation, time;  ///< time: as the signer's clock said
  std::string key_id, public_key, algorithm;
  std::string session, division, subject, serial, software, subject_sha256, scheme, scheme_sha256, plan_sha256;
  int overall_level = 0, declared_level = 1;
  std::string at_declared;
  std::string data_manifest_sha256, trial_chain_head, audit_chain_head;
  std::int64_t files = 0, trials = 0, traces = 0, withheld = 0;
  std::vector<std::string> deviations;
  std::string manifest_sha256, manifest_sm3;
  std::string previous;  ///< SHA-256 of the attestations so far; zeros for the first
};
/// in-toto Statement v1 with predicate "assay.examination/1", canonical.
std::string statement_of(const Examination& examination);
/// Exactly what statement_of() writes. ASSAY-1126.
Result<Examination> examination_of(const std::string& statement);
/// What the bundle's own files say of the members from `session` to `manifest_sm3`. ASSAY-1125, 1128 (the files name
/// different divisions).
Result<Examination> facts_of(const ZipReader& bundle, const Manifest& manifest, const std::string& manifest_text);

struct SignRequest {
  Role role = Role::tester;
  std::string person, organisation, time;
  std::vector<std::string> deviations;
};
/// Adds an attestation; the bundle must be intact. Four eyes: ASSAY-1127 if that person or key has another role in it
/// already, or the order tester, reviewer, certifier is not kept; ASSAY-1128 for a laboratory's role on what is no
/// laboratory's examination; in the lab division also 1104 and 1105: competence and equipment (authority.h).
Result<Examination> sign_bundle(const std::string& path, const PrivateKey& key, const SignRequest& request);
/// Roles, persons and keys in the order of signing, against each other and the division. ASSAY-1127, 1128.
Result<void> check_roles(const std::vector<Examination>& signed_so_far, const std::string& division);

}  // namespace assay::evidence
