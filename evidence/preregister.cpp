#include "evidence/preregister.h"

#include <algorithm>

#include "core/sha256.h"
#include "evidence/dsse.h"
#include "evidence/errors.h"
#include "evidence/intact.h"
#include "suites/yaml.h"

namespace assay::evidence {
namespace {

constexpr const char* kPredicateType = "urn:x-assay:lock:1";

std::string statement_of(const Preregistration& x) {
  const Json predicate{
      {"schema", "assay.lock_statement/1"},
      {"session", x.session},
      {"division", x.division},
      {"seed_commitment", x.seed_commitment},
      {"chain_head", x.chain_head},
      {"locked", x.locked},
      {"time", x.time},
      {"trials_so_far", x.trials_so_far},
      {"signer",
       {{"person", x.person}, {"organisation", x.organisation}, {"key_id", x.key_id}, {"public_key", x.public_key}}}};
  return canonical({{"_type", kStatementType},
                    {"subject",
                     {{{"name", "plan.json"}, {"digest", {{"sha256", x.plan_sha256}}}},
                      {{"name", "lock.json"}, {"digest", {{"sha256", x.lock_sha256}}}}}},
                    {"predicateType", kPredicateType},
                    {"predicate", predicate}});
}

Error bad(const std::string& name, std::string found) {
  return evidence_error(kBadAttestation, {"the statement of the lock does not hold", "锁定声明不成立"}, name,
                        std::move(found),
                        {"a line as `assay preregister` writes it", "由 `assay preregister` 写出的一行"});
}

}  // namespace

Result<std::string> preregister(const Store& store, const SessionRow& session, const PrivateKey& key,
                                const std::string& person, const std::string& organisation, const std::string& time) {
  Preregistration x;
  ASSAY_TRY(const auto trials, store.trials(session.number));
  ASSAY_TRY(const auto plan, parse_json(session.plan_json, "plan.json"));
  x.session = session.id;
  x.division = plan.value("division", "");
  x.seed_commitment = plan.value("session_seed", "");
  x.plan_sha256 = sha256_hex(session.plan_json);
  x.lock_sha256 = sha256_hex(session.lock_json);
  x.chain_head = session.chain_head_at_lock;
  x.locked = to_rfc3339(session.locked);
  x.time = time;
  x.person = person;
  x.organisation = organisation;
  x.key_id = key.public_key().id();
  x.public_key = base64(key.public_key().der());
  x.trials_so_far = static_cast<std::int64_t>(trials.size());
  ASSAY_TRY(const auto envelope, sign_envelope(statement_of(x), key));
  return to_line(envelope) + "\n";
}

Result<Preregistration> preregistration_of(const std::string& line, const std::string& name) {
  if (line.empty() || line.back() != '\n') return bad(name, "a line without an end");
  ASSAY_TRY(const auto envelope, envelope_from_line(std::string_view(line).substr(0, line.size() - 1), name));
  Preregistration x;
  try {
    ASSAY_TRY(const auto json, parse_json(envelope.payload, name, {.bytes = 1u << 20, .depth = 8, .nodes = 1000}));
    const Json &p = json.at("predicate"), &signer = p.at("signer");
    x.plan_sha256 = json.at("subject").at(0).at("digest").at("sha256");
    x.lock_sha256 = json.at("subject").at(1).at("digest").at("sha256");
    x.session = p.at("session");
    x.division = p.at("division");
    x.seed_commitment = p.at("seed_commitment");
    x.chain_head = p.at("chain_head");
    x.locked = p.at("locked");
    x.time = p.at("time");
    x.trials_so_far = p.at("trials_so_far");
    x.person = signer.at("person");
    x.organisation = signer.at("organisation");
    x.key_id = signer.at("key_id");
    x.public_key = signer.at("public_key");
  } catch (const Json::exception& exception) {
    return bad(name, exception.what());
  }
  if (statement_of(x) != envelope.payload) return bad(name, "another form");
  const auto der = unbase64(x.public_key);
  const auto key = PublicKey::from_der(der ? *der : "", name);
  if (!key || key->id() != x.key_id || envelope.signatures.size() != 1 || !is_signed_by(envelope, *key))
    return bad(name, "the signature does not hold");
  return x;
}

Result<Preregistration> check_preregistered(const std::string& path, const std::string& statement_file) {
  ASSAY_TRY(const auto line, read_small_file(statement_file, 1u << 20));
  ASSAY_TRY(auto said, preregistration_of(line, statement_file));
  ASSAY_TRY(const auto bundle, open_intact(path, false));
  const auto differs = [&](const char* what, const std::string& found, const std::string& expected) {
    return evidence_error(kContradiction, {"the bundle is not of what was locked then", "证据包与当时锁定的内容不符"},
                          path, std::string(what) + " " + found, {expected, expected},
                          {"do not rely on this bundle", "请勿采信该证据包"});
  };
  if (sha256_hex(bundle.plan_json) != said.plan_sha256)
    return differs("plan.json", sha256_hex(bundle.plan_json), said.plan_sha256);
  if (sha256_hex(bundle.lock_json) != said.lock_sha256)
    return differs("lock.json", sha256_hex(bundle.lock_json), said.lock_sha256);
  const auto locked = std::find_if(bundle.audit.begin(), bundle.audit.end(),
                                   [](const auto& l) { return !l.closed && l.row.of_table == "sessions"; });
  if (locked == bundle.audit.end() || locked->row.hash != said.chain_head)
    return differs("audit.jsonl: chain head at lock", locked == bundle.audit.end() ? "" : locked->row.hash,
                   said.chain_head);
  return said;
}

}  // namespace assay::evidence
