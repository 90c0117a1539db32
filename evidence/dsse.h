// DSSE envelopes (github.com/secure-systems-lab/dsse, protocol v1) over in-toto Statements.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/encoding.h"
#include "evidence/keys.h"

namespace assay::evidence {

inline constexpr const char* kPayloadType = "application/vnd.in-toto+json";
inline constexpr const char* kStatementType = "https://in-toto.io/Statement/v1";

/// "DSSEv1" SP len(type) SP type SP len(body) SP body: what is signed.
std::string pae(std::string_view type, std::string_view body);

struct Envelope {
  std::string payload_type = kPayloadType, payload;
  struct Signature {
    std::string key_id, bytes;
  };
  std::vector<Signature> signatures;
};

Result<Envelope> sign_envelope(const std::string& payload, const PrivateKey& key);
/// One line of canonical JSON, without its end.
std::string to_line(const Envelope& envelope);
/// Exactly what to_line() writes, 1 to 8 signatures, in-toto payload. ASSAY-1126.
Result<Envelope> envelope_from_line(std::string_view line, const std::string& name);
/// Whether one of its signatures is this key's, and good.
bool is_signed_by(const Envelope& envelope, const PublicKey& key);

}  // namespace assay::evidence
