// JSON Schemas that travel in every bundle, so that its files explain themselves.
#include "evidence/documents.h"

namespace assay::evidence {
namespace {

constexpr const char* kExamination = R"json({
 "$schema": "https://json-schema.org/draft/2020-12/schema",
 "$id": "urn:x-assay:examination:1",
 "title": "Predicate of an in-toto Statement: a person vouches for an examination",
 "type": "object",
 "required": ["schema", "role", "time", "signer", "session", "division", "item", "scheme", "plan_sha256", "result",
  "data_manifest_sha256", "trial_chain_head", "audit_chain_head", "counts", "deviations", "previous"],
 "additionalProperties": false,
 "$defs": {"digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "count": {"type": "integer", "minimum": 0}},
 "properties": {
  "schema": {"const": "assay.examination/1"},
  "role": {"enum": ["tester", "reviewer", "certifier", "vendor"]},
  "time": {"type": "string", "description": "RFC 3339; by the signer's own clock"},
  "signer": {"type": "object", "required": ["person", "organisation", "key_id", "public_key", "algorithm"],
   "properties": {"person": {"type": "string", "minLength": 1}, "organisation": {"type": "string"},
    "key_id": {"$ref": "#/$defs/digest", "description": "SHA-256 of public_key's bytes"},
    "public_key": {"type": "string", "description": "SubjectPublicKeyInfo, DER, base64"},
    "algorithm": {"enum": ["ed25519", "sm2-sm3"]}}},
  "session": {"type": "string"},
  "division": {"enum": ["lab", "self", "dev"]},
  "item": {"type": "object", "required": ["subject", "serial", "software", "subject_sha256"]},
  "scheme": {"type": "object", "required": ["id", "sha256"]},
  "plan_sha256": {"$ref": "#/$defs/digest"},
  "result": {"type": "object", "required": ["overall_level", "declared_level", "at_declared"],
   "properties": {"overall_level": {"type": "integer", "minimum": 0, "maximum": 5},
    "declared_level": {"type": "integer", "minimum": 1, "maximum": 5},
    "at_declared": {"enum": ["conform", "inconclusive", "not_conform", "not_tested"]}}},
  "data_manifest_sha256": {"$ref": "#/$defs/digest"},
  "trial_chain_head": {"$ref": "#/$defs/digest"},
  "audit_chain_head": {"$ref": "#/$defs/digest"},
  "counts": {"type": "object", "properties": {"files": {"$ref": "#/$defs/count"}, "trials": {"$ref": "#/$defs/count"},
   "traces": {"$ref": "#/$defs/count"}, "withheld": {"$ref": "#/$defs/count"}}},
  "deviations": {"type": "array", "items": {"type": "string"}},
  "previous": {"$ref": "#/$defs/digest", "description": "SHA-256 of the attestations before this one; zeros: none"}
 }
}
)json";

constexpr const char* kManifest = R"json({
 "$schema": "https://json-schema.org/draft/2020-12/schema",
 "$id": "urn:x-assay:manifest:1",
 "title": "Every file of a bundle but manifest and attestations",
 "type": "object",
 "required": ["schema", "session", "division", "files", "withheld", "counts", "trial_chain_head", "audit_chain_head"],
 "additionalProperties": false,
 "$defs": {
  "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
  "file": {"type": "object", "additionalProperties": false,
   "required": ["path", "size", "sha256", "sm3", "crc32", "media_type", "role"],
   "properties": {"path": {"type": "string"}, "size": {"type": "integer", "minimum": 0, "description": "bytes"},
    "sha256": {"$ref": "#/$defs/digest"}, "sm3": {"$ref": "#/$defs/digest"},
    "crc32": {"type": "integer", "minimum": 0, "maximum": 4294967295}, "media_type": {"type": "string"},
    "role": {"type": "string"}}}},
 "properties": {
  "schema": {"const": "assay.manifest/1"}, "session": {"type": "string"}, "division": {"enum": ["lab", "self", "dev"]},
  "files": {"type": "array", "items": {"$ref": "#/$defs/file"}},
  "withheld": {"type": "array", "items": {"$ref": "#/$defs/file"}},
  "counts": {"type": "object", "required": ["files", "withheld", "trials", "traces", "audit_entries"]},
  "trial_chain_head": {"$ref": "#/$defs/digest"}, "audit_chain_head": {"$ref": "#/$defs/digest"}
 }
}
)json";

}  // namespace

std::vector<std::pair<std::string, std::string>> schema_files() {
  return {{"schemas/examination.schema.json", kExamination}, {"schemas/manifest.schema.json", kManifest}};
}

}  // namespace assay::evidence
