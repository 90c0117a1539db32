// manifest.json: every file of a bundle but itself and the attestations, what stays home, and counts.
#pragma once

#include <string>
#include <vector>

#include "evidence/encoding.h"
#include "evidence/keys.h"

namespace assay::evidence {

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr const char* kDataManifestName = "data-manifest.json";
inline constexpr const char* kAttestationsName = "attestations.intoto.jsonl";

struct ManifestFile {
  std::string path;
  std::uint64_t size = 0;
  Digests::Values digests;
  std::string media_type, role;
};

struct Manifest {
  std::string session, division;
  std::vector<ManifestFile> files;     ///< in the order in which they stand in the zip
  std::vector<ManifestFile> withheld;  ///< traces that stayed home: their digests prove them when they are asked for
  std::int64_t trials = 0, traces = 0, audit_entries = 0;
  std::string trial_chain_head, audit_chain_head;
};

/// "assay.manifest/1", in the one form that manifest_from_json() takes.
std::string manifest_to_json(const Manifest& manifest);
/// ASSAY-1125, 1129.
Result<Manifest> manifest_from_json(const std::string& text);
/// "assay.data_manifest/1": path, size and SHA-256 of the data alone, made before report and manifest.
std::string data_manifest_json(const std::vector<ManifestFile>& files);
/// Roles that are not data: what is made of the data, and lists.
bool is_data(const std::string& role);

}  // namespace assay::evidence
