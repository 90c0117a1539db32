#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "core/sha256.h"
#include "evidence/dsse.h"
#include "evidence/errors.h"
#include "evidence/records.h"
#include "evidence/trust.h"
#include "suites/yaml.h"

namespace assay::evidence {
namespace {

constexpr const char* kPredicateType = "urn:x-assay:state:1";
constexpr std::size_t kMaxRegister = 64u << 20;
constexpr Kind kKinds[] = {Kind::draft,      Kind::issued, Kind::suspended,    Kind::withdrawn,
                           Kind::superseded, Kind::waiver, Kind::invalidation, Kind::key_revoked};

bool is_state(Kind kind) { return kind != Kind::waiver && kind != Kind::invalidation && kind != Kind::key_revoked; }

bool may_follow(std::optional<Kind> before, Kind next) {
  switch (next) {
    case Kind::draft:
      return !before;
    case Kind::issued:
      return before == Kind::draft || before == Kind::suspended;
    case Kind::suspended:
      return before == Kind::issued;
    case Kind::withdrawn:
    case Kind::superseded:
      return before == Kind::issued || before == Kind::suspended;
    default:
      return true;
  }
}

Error bad_register(const std::string& name, std::size_t line, std::string found, Text expected = {}) {
  Error error =
      evidence_error(kBadRegister, {"the register of states does not hold", "状态登记册不成立"}, name, std::move(found),
                     std::move(expected), {"ask the issuer for the register again", "请向出具方重新索取登记册"});
  error.place.line = static_cast<int>(line);
  return error;
}

Result<StateRecord> record_of(const std::string& payload, const std::string& name, std::size_t line) {
  auto json = parse_json(payload, name, {.bytes = 1u << 20, .depth = 8, .nodes = 1000});
  if (!json) return bad_register(name, line, json.error().found);
  StateRecord r;
  try {
    const Json& p = json->at("predicate");
    const auto kind = kind_from(p.at("kind").get<std::string>());
    if (!kind) return bad_register(name, line, "kind " + p.at("kind").dump());
    r.kind = *kind;
    r.number = p.at("number");
    r.manifest_sha256 = json->at("subject").at(0).at("digest").at("sha256");
    r.certificate = p.at("certificate");
    r.replaces = p.at("replaces");
    r.replaced_by = p.at("replaced_by");
    r.scope = p.at("scope");
    r.reason = p.at("reason");
    r.time = p.at("time");
    r.expires = p.at("expires");
    r.previous = p.at("previous");
    const Json& signer = p.at("signer");
    r.person = signer.at("person");
    r.organisation = signer.at("organisation");
    r.key_id = signer.at("key_id");
    r.public_key = signer.at("public_key");
  } catch (const Json::exception& exception) {
    return bad_register(name, line, exception.what());
  }
  if (statement_of(r) != payload) return bad_register(name, line, "another form");
  return r;
}

/// What a record must say, by its kind.
std::string what_lacks(const StateRecord& r) {
  if (r.person.empty()) return "person";
  if (r.kind != Kind::draft && r.reason.empty() && r.kind != Kind::issued) return "reason";
  if (r.kind == Kind::issued && r.certificate.empty()) return "certificate";
  if (!r.replaces.empty() && r.reason.empty()) return "reason";
  if (r.kind == Kind::superseded && (!is_hex_digest(r.replaced_by) || r.certificate.empty()))
    return "replaced_by, certificate";
  if ((r.kind == Kind::waiver || r.kind == Kind::invalidation || r.kind == Kind::key_revoked) && r.scope.empty())
    return "scope";
  if (r.kind == Kind::waiver && r.expires.empty()) return "expires";
  return {};
}

/// Order of states and completeness, over all records.
Result<void> check_order(const std::vector<StateRecord>& records, const std::string& name) {
  std::map<std::string, Kind> states;
  std::map<std::string, std::string> owners;  // of each certificate's number: the manifest
  for (std::size_t i = 0; i < records.size(); ++i) {
    const StateRecord& r = records[i];
    if (const auto lacking = what_lacks(r); !lacking.empty())
      return bad_register(name, i + 1, std::string(to_string(r.kind)) + " without " + lacking);
    if (!is_state(r.kind)) continue;
    const auto before = states.find(r.manifest_sha256);
    if (!may_follow(before == states.end() ? std::nullopt : std::optional(before->second), r.kind))
      return bad_register(
          name, i + 1,
          std::string(to_string(r.kind)) + " after " + (before == states.end() ? "nothing" : to_string(before->second)),
          {"draft → issued ⇄ suspended → withdrawn or superseded",
           "draft → issued ⇄ suspended → withdrawn 或 superseded"});
    states[r.manifest_sha256] = r.kind;
    if (r.kind != Kind::issued) continue;
    if (owners.try_emplace(r.certificate, r.manifest_sha256).first->second != r.manifest_sha256)
      return bad_register(name, i + 1, "number " + r.certificate + " is another bundle's", {"a new number", "新编号"});
    if (r.replaces.empty()) continue;
    const auto old = owners.find(r.replaces);
    const bool stands =
        old != owners.end() && old->second != r.manifest_sha256 && may_follow(states.at(old->second), Kind::superseded);
    if (!stands)
      return bad_register(name, i + 1, "it replaces " + r.replaces, {"a certificate that stands", "现行的证书"});
    states[old->second] = Kind::superseded;
  }
  return {};
}

}  // namespace

const char* to_string(Kind kind) {
  constexpr const char* kNames[] = {"draft",      "issued", "suspended",    "withdrawn",
                                    "superseded", "waiver", "invalidation", "key_revoked"};
  return kNames[static_cast<int>(kind)];
}

std::optional<Kind> kind_from(std::string_view name) {
  for (const auto kind : kKinds)
    if (name == to_string(kind)) return kind;
  return std::nullopt;
}

std::string statement_of(const StateRecord& r) {
  const Json predicate{
      {"schema", "assay.state/1"},
      {"number", r.number},
      {"kind", to_string(r.kind)},
      {"certificate", r.certificate},
      {"replaces", r.replaces},
      {"replaced_by", r.replaced_by},
      {"scope", r.scope},
      {"reason", r.reason},
      {"time", r.time},
      {"expires", r.expires},
      {"signer",
       {{"person", r.person}, {"organisation", r.organisation}, {"key_id", r.key_id}, {"public_key", r.public_key}}},
      {"previous", r.previous}};
  return canonical({{"_type", kStatementType},
                    {"subject", {{{"name", kManifestName}, {"digest", {{"sha256", r.manifest_sha256}}}}}},
                    {"predicateType", kPredicateType},
                    {"predicate", predicate}});
}

Result<std::vector<StateRecord>> register_from_text(const std::string& text, const std::string& name) {
  std::vector<StateRecord> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t line = out.size() + 1, end = text.find('\n', at);
    if (end == std::string::npos) return bad_register(name, line, "a line without an end");
    auto envelope = envelope_from_line(std::string_view(text).substr(at, end - at), name);
    if (!envelope) return bad_register(name, line, envelope.error().found);
    ASSAY_TRY(auto record, record_of(envelope->payload, name, line));
    const auto der = unbase64(record.public_key);
    const auto key = PublicKey::from_der(der ? *der : "", name);
    if (!key || key->id() != record.key_id || envelope->signatures.size() != 1 || !is_signed_by(*envelope, *key))
      return bad_register(name, line, "the signature does not hold");
    const std::string previous = at == 0 ? empty_head() : sha256_hex(std::string_view(text).substr(0, at));
    if (record.previous != previous || record.number != static_cast<std::int64_t>(line))
      return bad_register(name, line, "it does not hang on the records before");
    out.push_back(std::move(record));
    at = end + 1;
  }
  ASSAY_RETURN_IF_ERROR(check_order(out, name));
  return out;
}

Result<std::vector<StateRecord>> load_register(const std::string& path) {
  ASSAY_TRY(const auto text, read_small_file(path, kMaxRegister));
  return register_from_text(text, path);
}

Result<StateRecord> append_record(const std::string& path, StateRecord record, const PrivateKey& key,
                                  const std::vector<Examination>& signers, const std::string& division) {
  std::string text;
  if (access(path.c_str(), F_OK) == 0) {
    ASSAY_TRY(text, read_small_file(path, kMaxRegister));
  }
  ASSAY_TRY(auto records, register_from_text(text, path));
  record.number = static_cast<std::int64_t>(records.size()) + 1;
  record.previous = text.empty() ? empty_head() : sha256_hex(text);
  record.key_id = key.public_key().id();
  record.public_key = base64(key.public_key().der());
  if (record.kind == Kind::issued) {
    if (division != "lab")
      return evidence_error(kWatermark, {"only a laboratory's examination is issued", "只有实验室检测才能出具证书"},
                            path, division);
    const bool reviewed =
        std::any_of(signers.begin(), signers.end(), [](const auto& s) { return s.role == Role::reviewer; });
    const bool involved = std::any_of(signers.begin(), signers.end(), [&](const auto& s) {
      return s.role != Role::certifier && (s.person == record.person || s.key_id == record.key_id);
    });
    if (involved || !reviewed)
      return evidence_error(
          kFourEyes, {"the four-eyes rule is broken", "违反“四眼”原则"}, path,
          involved ? record.person + " tested or reviewed it" : "nobody reviewed it",
          {"a decision by someone who neither ran nor reviewed the session", "由未参与检测与审核的人员作出决定"});
  }
  ASSAY_TRY(const auto envelope, sign_envelope(statement_of(record), key));
  const std::string line = to_line(envelope) + "\n";
  // What stands must stay readable whatever is appended: checked before it is written.
  ASSAY_TRY(records, register_from_text(text + line, path));
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const bool written =
      fd >= 0 && write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(fd) == 0;
  const int why = errno;
  if (fd >= 0) close(fd);
  if (!written)
    return evidence_error(kNotWritten, {"the register cannot be written", "无法写入登记册"}, path, std::strerror(why));
  return record;
}

std::optional<StateRecord> state_of(const std::vector<StateRecord>& records, const std::string& manifest_sha256) {
  std::optional<StateRecord> out;
  std::string number;
  for (const auto& record : records) {
    if (!is_state(record.kind)) continue;
    if (record.manifest_sha256 == manifest_sha256) {
      out = record;
      if (record.kind == Kind::issued) number = record.certificate;
    } else if (!number.empty() && record.replaces == number) {
      out = record;
      out->kind = Kind::superseded;
      out->replaced_by = record.manifest_sha256;
    }
  }
  return out;
}

}  // namespace assay::evidence
