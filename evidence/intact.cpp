#include "evidence/intact.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/sha256.h"
#include "evidence/documents.h"
#include "evidence/errors.h"

namespace assay::evidence {
namespace {

constexpr std::uint64_t kMaxText = 256u << 20;
constexpr std::uint64_t kMaxManifest = 64u << 20, kMaxAttestations = 4u << 20;

Error differs(const std::string& path, std::string found, Text expected = {}) {
  return evidence_error(
      kFileDiffers, {"a file of the bundle is not as listed", "证据包中的文件与清单不符"}, path, std::move(found),
      std::move(expected),
      {"do not rely on this bundle; ask the issuer for it again", "请勿采信该证据包；请向出具方重新索取"});
}

Error contradiction(const std::string& path, std::string found, Text expected = {}) {
  return evidence_error(kContradiction, {"files of the bundle contradict each other", "证据包中的文件互相矛盾"}, path,
                        std::move(found), std::move(expected), {"do not rely on this bundle", "请勿采信该证据包"});
}

/// Of a file whose checksum no manifest vouches for.
Result<std::string> checked_text(const ZipReader& zip, const ZipEntry& entry, std::uint64_t most) {
  ASSAY_TRY(auto text, zip.text(entry, most));
  if (digests(text, Digests::crc32).crc32 != entry.crc32) return differs(entry.path, "its checksum does not fit");
  return text;
}

class Opening {
 public:
  explicit Opening(bool with_sm3) : which_(Digests::sha256 | (with_sm3 ? Digests::sm3 : 0U)) {}

  Result<IntactBundle> run(const std::string& path) {
    ASSAY_TRY(b_.zip, ZipReader::open(path));
    ASSAY_RETURN_IF_ERROR(lists());
    for (std::size_t i = 0; i < b_.manifest.files.size(); ++i)
      ASSAY_RETURN_IF_ERROR(contents(b_.zip->entries()[i], b_.manifest.files[i]));
    ASSAY_RETURN_IF_ERROR(chains());
    ASSAY_TRY(b_.facts, facts_of(*b_.zip, b_.manifest, b_.manifest_text));
    ASSAY_RETURN_IF_ERROR(deciding());
    ASSAY_RETURN_IF_ERROR(traces());
    ASSAY_RETURN_IF_ERROR(results());
    return std::move(b_);
  }

 private:
  /// Manifest, and that the zip holds what it lists, no more, in its order.
  Result<void> lists() {
    const auto& entries = b_.zip->entries();
    const bool is_signed = !entries.empty() && entries.back().path == kAttestationsName;
    const std::size_t after = is_signed ? 2 : 1;
    if (entries.size() < after || entries[entries.size() - after].path != kManifestName)
      return differs(kManifestName, "missing, or not where it belongs");
    ASSAY_TRY(b_.manifest_text, checked_text(*b_.zip, entries[entries.size() - after], kMaxManifest));
    ASSAY_TRY(b_.manifest, manifest_from_json(b_.manifest_text));
    if (is_signed) {
      ASSAY_TRY(b_.attestations, checked_text(*b_.zip, entries.back(), kMaxAttestations));
    }
    const auto& files = b_.manifest.files;
    for (std::size_t i = 0; i < std::max(files.size(), entries.size() - after); ++i) {
      if (i >= files.size()) return differs(entries[i].path, "a file that the manifest does not list");
      if (i + after >= entries.size()) return differs(files[i].path, "missing");
      if (entries[i].path != files[i].path)
        return b_.zip->find(files[i].path) == nullptr
                   ? differs(files[i].path, "missing")
                   : differs(entries[i].path, "not listed at this place", {files[i].path, files[i].path});
      if (entries[i].size != files[i].size)
        return differs(files[i].path, std::to_string(entries[i].size) + " bytes",
                       {std::to_string(files[i].size) + " bytes", std::to_string(files[i].size) + " 字节"});
      if (entries[i].crc32 != files[i].digests.crc32) return differs(files[i].path, "another checksum in the zip");
    }
    return {};
  }

  Result<void> contents(const ZipEntry& entry, const ManifestFile& file) {
    Digests digests(which_);
    ASSAY_RETURN_IF_ERROR(b_.zip->read(entry, [&](std::string_view block) -> Result<void> {
      digests.update(block);
      return {};
    }));
    const auto found = digests.finish();
    if (found.sha256 != file.digests.sha256)
      return differs(file.path, "sha256 " + found.sha256,
                     {"sha256 " + file.digests.sha256, "sha256 " + file.digests.sha256});
    if ((which_ & Digests::sm3) != 0 && found.sm3 != file.digests.sm3)
      return differs(file.path, "sm3 " + found.sm3, {"sm3 " + file.digests.sm3, "sm3 " + file.digests.sm3});
    return {};
  }

  Result<std::string> text(const char* path) {
    const auto* entry = b_.zip->find(path);
    if (entry == nullptr) return differs(path, "missing");
    return b_.zip->text(*entry, kMaxText);
  }

  Result<void> chains() {
    ASSAY_TRY(b_.plan_json, text("plan.json"));
    ASSAY_TRY(b_.lock_json, text("lock.json"));
    ASSAY_TRY(const auto data, text(kDataManifestName));
    if (data != data_manifest_json(b_.manifest.files))
      return contradiction(kDataManifestName, "not the data of the manifest");
    ASSAY_TRY(const auto sums, text(kSumsName));
    if (sums != sha256sums(b_.manifest.files)) return contradiction(kSumsName, "not the hashes of the manifest");
    std::string head;
    ASSAY_TRY(const auto trials, text("trials.jsonl"));
    ASSAY_TRY(b_.trials, trials_from_lines(trials, head));
    const auto count = static_cast<std::int64_t>(b_.trials.size());
    if (head != b_.manifest.trial_chain_head || count != b_.manifest.trials)
      return contradiction(
          "trials.jsonl", std::to_string(count) + " trials up to " + head,
          {std::to_string(b_.manifest.trials) + " trials up to " + b_.manifest.trial_chain_head,
           b_.manifest.trial_chain_head + " 为止的 " + std::to_string(b_.manifest.trials) + " 次试验"});
    ASSAY_TRY(const auto audit, text("audit.jsonl"));
    ASSAY_TRY(b_.audit, audit_from_lines(audit));
    const std::string last = b_.audit.empty() ? empty_head() : b_.audit.back().row.hash;
    if (last != b_.manifest.audit_chain_head || static_cast<std::int64_t>(b_.audit.size()) != b_.manifest.audit_entries)
      return contradiction("audit.jsonl", std::to_string(b_.audit.size()) + " entries up to " + last);
    return check_against_audit(b_.audit, b_.trials, b_.manifest.session, b_.plan_json, b_.lock_json);
  }

  /// The files under files/ are those of the lock, and the plan's.
  Result<void> deciding() {
    ASSAY_TRY(const auto lock, parse_json(b_.lock_json, "lock.json"));
    ASSAY_TRY(const auto plan, parse_json(b_.plan_json, "plan.json"));
    std::map<std::string, std::string> locked;
    std::set<std::string> hashes;
    try {
      for (const auto& file : lock.at("files")) {
        locked[deciding_path(file.at("name"), file.at("path"))] = file.at("sha256");
        hashes.insert(file.at("sha256").get<std::string>());
      }
      for (const char* key : {"scheme_sha256", "subject_sha256", "embodiment_sha256"})
        if (!hashes.contains(plan.at(key).get<std::string>()))
          return contradiction("plan.json", std::string(key) + " is of no locked file");
    } catch (const Json::exception& exception) {
      return contradiction("lock.json", exception.what());
    }
    for (const auto& file : b_.manifest.files) {
      if (file.role != "deciding") continue;
      const auto found = locked.find(file.path);
      if (found == locked.end() || found->second != file.digests.sha256)
        return contradiction(file.path, "not the file that was locked");
      locked.erase(found);
    }
    if (!locked.empty()) return contradiction(locked.begin()->first, "locked, but missing");
    return {};
  }

  /// Each trial's trace is in the bundle or withheld, under its name, and no other is.
  Result<void> traces() {
    std::map<std::string, std::string> expected;
    for (const auto& trial : b_.trials)
      if (!trial.trace_sha256.empty()) expected[trace_name(trial)] = trial.trace_sha256;
    if (static_cast<std::int64_t>(expected.size()) != b_.manifest.traces)
      return contradiction(kManifestName, std::to_string(b_.manifest.traces) + " traces");
    const auto take = [&](const ManifestFile& file) {
      const auto found = expected.find(file.path);
      const bool good = found != expected.end() && found->second == file.digests.sha256;
      if (good) expected.erase(found);
      return good;
    };
    for (const auto& file : b_.manifest.files)
      if ((file.role == "trace" || file.path.starts_with("traces/")) && !take(file))
        return contradiction(file.path, "not the trace of a trial on record");
    for (const auto& file : b_.manifest.withheld)
      if (!take(file)) return contradiction(file.path, "withheld, but not the trace of a trial on record");
    if (!expected.empty()) return contradiction(expected.begin()->first, "missing");
    return {};
  }

  /// The report's data tell of the same trials and the same chain.
  Result<void> results() {
    ASSAY_TRY(const auto bytes, text("results.json"));
    ASSAY_TRY(b_.results, parse_json(bytes, "results.json", {.bytes = kMaxText, .depth = 64, .nodes = 40'000'000}));
    try {
      if (b_.results.at("plan_sha256") != sha256_hex(b_.plan_json))
        return contradiction("results.json", "another plan");
      const std::string head = b_.results.at("chain_head");
      if (std::none_of(b_.audit.begin(), b_.audit.end(), [&](const auto& line) { return line.row.hash == head; }))
        return contradiction("results.json", "chain head " + head + " is not in the audit log");
      const Json& listed = b_.results.at("trials");
      if (listed.size() != b_.trials.size())
        return contradiction("results.json", std::to_string(listed.size()) + " trials");
      for (std::size_t i = 0; i < listed.size(); ++i) {
        const TrialRecord& t = b_.trials[i];
        const Json& l = listed[i];
        const Json outcome = t.finished ? Json(to_string(t.verdict.outcome)) : Json(nullptr);
        if (l.at("number") != t.number || l.at("task") != t.task || l.at("level") != t.level ||
            l.at("index") != t.index || l.at("outcome") != outcome || l.at("reason") != t.verdict.reason ||
            l.at("trace_sha256") != t.trace_sha256 ||
            l.at("validity") != (t.validity == Validity::valid ? "valid" : "invalid"))
          return contradiction("results.json",
                               "trial " + std::to_string(t.number) + " is told otherwise than in trials.jsonl");
      }
    } catch (const Json::exception& exception) {
      return contradiction("results.json", exception.what());
    }
    return {};
  }

  unsigned which_;
  IntactBundle b_;
};

Error bad_attestation(std::size_t line, std::string found, Text expected = {}) {
  Error error =
      evidence_error(kBadAttestation, {"an attestation does not hold", "证明不成立"}, kAttestationsName,
                     std::move(found), std::move(expected), {"do not rely on this bundle", "请勿采信该证据包"});
  error.place.line = static_cast<int>(line);
  return error;
}

}  // namespace

Result<IntactBundle> open_intact(const std::string& path, bool with_sm3) { return Opening(with_sm3).run(path); }

Result<std::vector<Examination>> check_attestations(const IntactBundle& bundle) {
  std::vector<Examination> out;
  const std::string& text = bundle.attestations;
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size();) {
    ++line;
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return bad_attestation(line, "a line without an end");
    auto envelope = envelope_from_line(std::string_view(text).substr(at, end - at), kAttestationsName);
    if (!envelope) return bad_attestation(line, envelope.error().found);
    auto said = examination_of(envelope->payload);
    if (!said) return bad_attestation(line, said.error().found);
    const auto der = unbase64(said->public_key);
    auto key = PublicKey::from_der(der ? *der : "", kAttestationsName);
    if (!key || key->id() != said->key_id || to_string(key->algorithm()) != said->algorithm)
      return bad_attestation(line, "its key is not the one that it names");
    if (envelope->signatures.size() != 1 || !is_signed_by(*envelope, *key))
      return bad_attestation(line, "the signature is not that key's over this statement");
    Examination expected = bundle.facts;
    expected.role = said->role;
    expected.person = said->person;
    expected.organisation = said->organisation;
    expected.time = said->time;
    expected.key_id = said->key_id;
    expected.public_key = said->public_key;
    expected.algorithm = said->algorithm;
    expected.deviations = said->deviations;
    expected.previous = at == 0 ? empty_head() : sha256_hex(std::string_view(text).substr(0, at));
    if (statement_of(expected) != envelope->payload) {
      const bool elsewhere = said->manifest_sha256 != expected.manifest_sha256;
      return bad_attestation(line, elsewhere ? "signed over another manifest" : "it says otherwise than the files",
                             {"manifest " + expected.manifest_sha256, "清单 " + expected.manifest_sha256});
    }
    out.push_back(std::move(*said));
    at = end + 1;
  }
  ASSAY_RETURN_IF_ERROR(check_roles(out, bundle.facts.division));
  return out;
}

}  // namespace assay::evidence
