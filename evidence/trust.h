// Whom a verifier trusts, and what the issuer has said of its bundles since. Both are files that people exchange.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/bundle.h"

namespace assay::evidence {

struct TrustedKey {
  std::string person, organisation;
  std::vector<Role> roles;
  PublicKey key;
  std::string from, until;  ///< YYYY-MM-DD, both days included; empty: open
};
struct TrustList {
  std::vector<TrustedKey> keys;
  /// Roles that must have signed a laboratory's examination; default tester and reviewer.
  std::vector<Role> required = {Role::tester, Role::reviewer};
  [[nodiscard]] const TrustedKey* find(const std::string& key_id) const;
};
/// YAML, `schema: assay.trust/1`. ASSAY-1130, 02xx, 03xx.
Result<TrustList> load_trust(const std::string& path);

/// What is said of a bundle, a key or a trial after the fact.
enum class Kind { draft, issued, suspended, withdrawn, superseded, waiver, invalidation, key_revoked };
const char* to_string(Kind kind);
std::optional<Kind> kind_from(std::string_view name);

/// One record of a register: signed, numbered, chained to the one before.
struct StateRecord {
  std::int64_t number = 1;
  Kind kind = Kind::draft;
  std::string manifest_sha256;  ///< of the bundle that it speaks of; for key_revoked: zeros
  std::string certificate;      ///< number of the certificate or report
  std::string replaces;         ///< issued: the number that this one takes the place of; that ends with this record
  std::string replaced_by;      ///< superseded: SHA-256 of the manifest that replaces it
  std::string scope;            ///< waiver: what it covers; invalidation: the trial; key_revoked: the key's id
  std::string reason, person, organisation, time;
  std::string expires;  ///< issued, waiver: YYYY-MM-DD, the last day; empty: none
  std::string key_id, public_key, previous;
};
/// in-toto Statement over the manifest with predicate "assay.state/1", canonical.
std::string statement_of(const StateRecord& record);

/// Lines of DSSE envelopes. Checks numbers, chain and signatures, and the states' order: draft, issued, suspended ⇄
/// issued, withdrawn and superseded for good; a certificate's number is one bundle's. ASSAY-1131 names the line.
Result<std::vector<StateRecord>> register_from_text(const std::string& text, const std::string& name);
Result<std::vector<StateRecord>> load_register(const std::string& path);
/// Appends a signed record; number, previous, key are filled in. `signers`: the bundle's attestations, for four eyes:
/// nobody issues what they tested or reviewed (ASSAY-1127). `division`: only a laboratory's examination is issued
/// (1128).
Result<StateRecord> append_record(const std::string& path, StateRecord record, const PrivateKey& key,
                                  const std::vector<Examination>& signers, const std::string& division);

/// The state of a bundle: the last of its records that is a state of a certificate, or `superseded` with the record of
/// the one that replaces it; nullopt if there is none.
std::optional<StateRecord> state_of(const std::vector<StateRecord>& records, const std::string& manifest_sha256);

}  // namespace assay::evidence
