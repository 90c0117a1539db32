// Files of a bundle that are made, not copied. Not for other rooms.
#pragma once

#include <string>
#include <vector>

#include "evidence/bundle.h"

namespace assay::evidence {

/// Both languages: what the file is, and how to check it with sha256sum and openssl alone.
std::string readme_text(const std::string& session, const std::string& division);
/// As `sha256sum -c` reads it, over everything but itself, manifest and attestations.
std::string sha256sums(const std::vector<ManifestFile>& files);
inline constexpr const char* kSumsName = "SHA256SUMS";

/// CycloneDX 1.5: this program, the libraries in its process with their hashes, scheme, suites and subject.
std::string sbom_json(const BundleInput& input);
std::string environment_json(const BundleInput& input);
/// The newest audit entry of each "id" among those of `kind` ("equipment", "competence"), as data.
Result<std::string> register_json(const Store& store, const std::string& kind);
/// JSON Schemas of what the bundle holds: path and text.
std::vector<std::pair<std::string, std::string>> schema_files();

/// Where a deciding file lies in the bundle: files/catalog/… by its name in the catalogue, else files/other/… by path.
std::string deciding_path(const std::string& catalog_name, const std::string& path);

}  // namespace assay::evidence
