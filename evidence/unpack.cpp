#include "evidence/unpack.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/sha256.h"
#include "evidence/documents.h"
#include "evidence/errors.h"

namespace assay::evidence {
namespace {

namespace fs = std::filesystem;

Error cannot(std::string where, std::string found) {
  return evidence_error(kNotRecomputable, {"the bundle cannot be recomputed here", "无法在此复算该证据包"},
                        std::move(where), std::move(found));
}

/// Where the loaders look for ids while this lives.
class CatalogOf {
 public:
  explicit CatalogOf(const std::string& folder) {
    if (const char* was = std::getenv(kVariable); was != nullptr) before_ = was;
    setenv(kVariable, folder.c_str(), 1);
  }
  ~CatalogOf() {
    if (before_)
      setenv(kVariable, before_->c_str(), 1);
    else
      unsetenv(kVariable);
  }
  CatalogOf(const CatalogOf&) = delete;
  CatalogOf& operator=(const CatalogOf&) = delete;

 private:
  static constexpr const char* kVariable = "ASSAY_CATALOG";
  std::optional<std::string> before_;
};

}  // namespace

Result<std::unique_ptr<Scratch>> Scratch::make() {
  std::unique_ptr<Scratch> out(new Scratch);
  std::string name = (fs::temp_directory_path() / "assay-verify-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return cannot(name, "no temporary folder");
  out->folder_ = name;
  return out;
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<std::string> Scratch::put(const ZipReader& zip, const ZipEntry& entry, const std::string& name) const {
  if (!is_safe_path(name)) return cannot(zip.path(), name);
  const fs::path path = fs::path(folder_) / name;
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  ASSAY_RETURN_IF_ERROR(zip.read(entry, [&](std::string_view block) -> Result<void> {
    out.write(block.data(), static_cast<std::streamsize>(block.size()));
    if (!out) return cannot(path.string(), "cannot be written");
    return {};
  }));
  out.close();
  if (!out) return cannot(path.string(), "cannot be written");
  return path.string();
}

Result<harness::SessionInputs> inputs_of(const IntactBundle& bundle, const Scratch& scratch) {
  ASSAY_TRY(auto lock, parse_json(bundle.lock_json, "lock.json"));
  try {
    std::string scheme, subject;
    for (auto& file : lock.at("files")) {
      const std::string name = file.at("name"), path = file.at("path"), lies_at = deciding_path(name, path);
      const auto* entry = bundle.zip->find(lies_at);
      if (entry == nullptr) return cannot(lies_at, "missing");
      ASSAY_TRY(const auto put, scratch.put(*bundle.zip, *entry, lies_at));
      if (path == lock.at("scheme")) scheme = put;
      if (path == lock.at("subject")) subject = put;
      file["path"] = put;
    }
    if (scheme.empty() || subject.empty()) return cannot("lock.json", "no scheme or subject among its files");
    lock["scheme"] = scheme;
    lock["subject"] = subject;
  } catch (const Json::exception& exception) {
    return cannot("lock.json", exception.what());
  }
  // Ids must lead to the files of the bundle, not to those of this program's catalogue.
  const CatalogOf here(scratch.folder() + "/files/catalog");
  return harness::load_locked(lock.dump());
}

Result<std::string> seed_of(const IntactBundle& bundle, const Plan& plan) {
  std::string seed;
  for (const auto& line : bundle.audit) {
    if (line.closed || line.row.kind != "seed_revealed") continue;
    const Json detail = Json::parse(line.row.detail_json, nullptr, false);
    if (detail.is_object() && detail.value("session", "") == bundle.manifest.session) seed = detail.value("seed", "");
  }
  if (seed.empty() || "sha256:" + sha256_hex(seed) == plan.session_seed) return seed;
  return evidence_error(kContradiction,
                        {"the revealed seed is not the one committed at lock", "公开的种子与锁定时的承诺不符"},
                        "audit.jsonl", sha256_hex(seed), {plan.session_seed, plan.session_seed});
}

}  // namespace assay::evidence
