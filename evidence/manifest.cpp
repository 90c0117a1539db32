#include "evidence/manifest.h"

#include "evidence/errors.h"

namespace assay::evidence {
namespace {

constexpr const char* kSchema = "assay.manifest/1";

Json files_json(const std::vector<ManifestFile>& files) {
  Json out = Json::array();
  for (const auto& file : files)
    out.push_back({{"path", file.path},
                   {"size", file.size},
                   {"sha256", file.digests.sha256},
                   {"sm3", file.digests.sm3},
                   {"crc32", file.digests.crc32},
                   {"media_type", file.media_type},
                   {"role", file.role}});
  return out;
}

std::vector<ManifestFile> files_from(const Json& list) {
  std::vector<ManifestFile> out;
  out.reserve(list.size());
  for (const auto& entry : list) {
    ManifestFile file;
    file.path = entry.at("path");
    file.size = entry.at("size");
    file.digests.sha256 = entry.at("sha256");
    file.digests.sm3 = entry.at("sm3");
    file.digests.crc32 = entry.at("crc32");
    file.media_type = entry.at("media_type");
    file.role = entry.at("role");
    out.push_back(std::move(file));
  }
  return out;
}

Error bad_manifest(std::string found) {
  return evidence_error(
      kContradiction, {"the manifest is malformed", "清单格式不正确"}, kManifestName, std::move(found),
      {"assay.manifest/1 as `assay bundle create` writes it", "由 `assay bundle create` 写出的 assay.manifest/1"});
}

}  // namespace

bool is_data(const std::string& role) {
  return role != "report" && role != "readme" && role != "data_manifest" && role != "sums";
}

std::string manifest_to_json(const Manifest& manifest) {
  return readable({{"schema", kSchema},
                   {"session", manifest.session},
                   {"division", manifest.division},
                   {"files", files_json(manifest.files)},
                   {"withheld", files_json(manifest.withheld)},
                   {"counts",
                    {{"files", manifest.files.size()},
                     {"withheld", manifest.withheld.size()},
                     {"trials", manifest.trials},
                     {"traces", manifest.traces},
                     {"audit_entries", manifest.audit_entries}}},
                   {"trial_chain_head", manifest.trial_chain_head},
                   {"audit_chain_head", manifest.audit_chain_head}});
}

Result<Manifest> manifest_from_json(const std::string& text) {
  ASSAY_TRY(const auto json, parse_json(text, kManifestName));
  Manifest out;
  try {
    if (json.at("schema") != kSchema) return bad_manifest("schema " + json.at("schema").dump());
    out.session = json.at("session");
    out.division = json.at("division");
    out.files = files_from(json.at("files"));
    out.withheld = files_from(json.at("withheld"));
    const Json& counts = json.at("counts");
    out.trials = counts.at("trials");
    out.traces = counts.at("traces");
    out.audit_entries = counts.at("audit_entries");
    out.trial_chain_head = json.at("trial_chain_head");
    out.audit_chain_head = json.at("audit_chain_head");
  } catch (const Json::exception& exception) {
    return bad_manifest(exception.what());
  }
  for (const auto* list : {&out.files, &out.withheld})
    for (const auto& file : *list)
      if (!is_hex_digest(file.digests.sha256) || !is_hex_digest(file.digests.sm3))
        return bad_manifest(file.path + ": not a digest");
  // Counts that do not fit the lists, unknown keys and other spellings all end here.
  if (manifest_to_json(out) != text) return bad_manifest("not in the one form that a manifest has");
  return out;
}

std::string data_manifest_json(const std::vector<ManifestFile>& files) {
  Json list = Json::array();
  for (const auto& file : files)
    if (is_data(file.role)) list.push_back({{"path", file.path}, {"size", file.size}, {"sha256", file.digests.sha256}});
  return readable({{"schema", "assay.data_manifest/1"}, {"files", list}});
}

}  // namespace assay::evidence
