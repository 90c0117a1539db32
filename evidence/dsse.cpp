#include "evidence/dsse.h"

#include "evidence/errors.h"

namespace assay::evidence {
namespace {

constexpr std::size_t kMaxSignatures = 8;

Error bad_envelope(const std::string& name, std::string found) {
  return evidence_error(kBadAttestation, {"an attestation is not a DSSE envelope", "证明不是 DSSE 信封"}, name,
                        std::move(found),
                        {R"({"payload":…,"payloadType":…,"signatures":[{"keyid":…,"sig":…}]} in canonical form)",
                         R"(规范形式的 {"payload":…,"payloadType":…,"signatures":[{"keyid":…,"sig":…}]})"});
}

}  // namespace

std::string pae(std::string_view type, std::string_view body) {
  std::string out = "DSSEv1 " + std::to_string(type.size()) + " ";
  out.append(type).append(" ").append(std::to_string(body.size())).append(" ").append(body);
  return out;
}

Result<Envelope> sign_envelope(const std::string& payload, const PrivateKey& key) {
  Envelope envelope;
  envelope.payload = payload;
  ASSAY_TRY(auto signature, key.sign(pae(envelope.payload_type, payload)));
  envelope.signatures.push_back({key.public_key().id(), std::move(signature)});
  return envelope;
}

std::string to_line(const Envelope& envelope) {
  Json signatures = Json::array();
  for (const auto& signature : envelope.signatures)
    signatures.push_back({{"keyid", signature.key_id}, {"sig", base64(signature.bytes)}});
  return canonical(
      {{"payloadType", envelope.payload_type}, {"payload", base64(envelope.payload)}, {"signatures", signatures}});
}

Result<Envelope> envelope_from_line(std::string_view line, const std::string& name) {
  auto parsed = parse_json(line, name, {.bytes = 1u << 20, .depth = 4, .nodes = 100});
  if (!parsed) return bad_envelope(name, parsed.error().found);
  Envelope out;
  try {
    out.payload_type = parsed->at("payloadType");
    if (out.payload_type != kPayloadType) return bad_envelope(name, "payloadType " + out.payload_type);
    auto payload = unbase64(parsed->at("payload").get<std::string>());
    if (!payload) return bad_envelope(name, "payload is not base64");
    out.payload = std::move(*payload);
    for (const auto& entry : parsed->at("signatures")) {
      auto bytes = unbase64(entry.at("sig").get<std::string>());
      if (!bytes) return bad_envelope(name, "sig is not base64");
      out.signatures.push_back({entry.at("keyid"), std::move(*bytes)});
    }
  } catch (const Json::exception& exception) {
    return bad_envelope(name, exception.what());
  }
  if (out.signatures.empty() || out.signatures.size() > kMaxSignatures)
    return bad_envelope(name, std::to_string(out.signatures.size()) + " signatures");
  // The same envelope in other bytes would be another file with the same meaning.
  if (to_line(out) != line) return bad_envelope(name, "not in canonical form");
  return out;
}

bool is_signed_by(const Envelope& envelope, const PublicKey& key) {
  const std::string id = key.id(), message = pae(envelope.payload_type, envelope.payload);
  for (const auto& signature : envelope.signatures)
    if (signature.key_id == id && key.verify(message, signature.bytes)) return true;
  return false;
}

}  // namespace assay::evidence
