#include <set>

#include "core/sha256.h"
#include "evidence/bundle.h"
#include "evidence/dsse.h"
#include "evidence/errors.h"

namespace assay::evidence {
namespace {

constexpr const char* kPredicateType = "urn:x-assay:examination:1";
constexpr std::uint64_t kMaxJsonBytes = 256u << 20;

Error bad_statement(std::string found) {
  return evidence_error(kBadAttestation, {"an attestation's statement is malformed", "证明的陈述格式不正确"},
                        kAttestationsName, std::move(found),
                        {"an in-toto Statement v1 with predicate assay.examination/1",
                         "谓词为 assay.examination/1 的 in-toto Statement v1"});
}

Error four_eyes(std::string found, Text expected) {
  return evidence_error(kFourEyes, {"the four-eyes rule is broken", "违反“四眼”原则"}, kAttestationsName,
                        std::move(found), std::move(expected),
                        {"let another person with a key of their own sign", "请由另一人以其本人的密钥签名"});
}

Error watermark(std::string found) {
  return evidence_error(kWatermark, {"a self-assessment is no laboratory's examination", "自评不是实验室检测"},
                        kAttestationsName, std::move(found),
                        {"division lab for tester, reviewer and certifier; a vendor signs what is self or dev",
                         "检测、审核、批准角色只用于 lab 分区；self 与 dev 由厂商签名"});
}

Result<Json> json_file(const ZipReader& bundle, const char* path) {
  const auto* entry = bundle.find(path);
  if (entry == nullptr)
    return evidence_error(kFileDiffers, {"a file of the bundle is missing", "证据包缺少文件"}, path);
  ASSAY_TRY(const auto text, bundle.text(*entry, kMaxJsonBytes));
  return parse_json(text, path, {.bytes = kMaxJsonBytes, .depth = 64, .nodes = 40'000'000});
}

}  // namespace

const char* to_string(Role role) {
  constexpr const char* kNames[] = {"tester", "reviewer", "certifier", "vendor"};
  return kNames[static_cast<int>(role)];
}

std::optional<Role> role_from(std::string_view name) {
  for (const auto role : {Role::tester, Role::reviewer, Role::certifier, Role::vendor})
    if (name == to_string(role)) return role;
  return std::nullopt;
}

std::string statement_of(const Examination& x) {
  const Json predicate{
      {"schema", "assay.examination/1"},
      {"role", to_string(x.role)},
      {"time", x.time},
      {"signer",
       {{"person", x.person},
        {"organisation", x.organisation},
        {"key_id", x.key_id},
        {"public_key", x.public_key},
        {"algorithm", x.algorithm}}},
      {"session", x.session},
      {"division", x.division},
      {"item",
       {{"subject", x.subject}, {"serial", x.serial}, {"software", x.software}, {"subject_sha256", x.subject_sha256}}},
      {"scheme", {{"id", x.scheme}, {"sha256", x.scheme_sha256}}},
      {"plan_sha256", x.plan_sha256},
      {"result",
       {{"overall_level", x.overall_level}, {"declared_level", x.declared_level}, {"at_declared", x.at_declared}}},
      {"data_manifest_sha256", x.data_manifest_sha256},
      {"trial_chain_head", x.trial_chain_head},
      {"audit_chain_head", x.audit_chain_head},
      {"counts", {{"files", x.files}, {"trials", x.trials}, {"traces", x.traces}, {"withheld", x.withheld}}},
      {"deviations", x.deviations},
      {"previous", x.previous}};
  return canonical(
      {{"_type", kStatementType},
       {"subject", {{{"name", kManifestName}, {"digest", {{"sha256", x.manifest_sha256}, {"sm3", x.manifest_sm3}}}}}},
       {"predicateType", kPredicateType},
       {"predicate", predicate}});
}

Result<Examination> examination_of(const std::string& statement) {
  auto parsed = parse_json(statement, kAttestationsName, {.bytes = 1u << 20, .depth = 8, .nodes = 10'000});
  if (!parsed) return bad_statement(parsed.error().found);
  Examination x;
  try {
    const Json &p = parsed->at("predicate"), &digest = parsed->at("subject").at(0).at("digest");
    const auto role = role_from(p.at("role").get<std::string>());
    if (!role) return bad_statement("role " + p.at("role").dump());
    x.role = *role;
    x.time = p.at("time");
    const Json& signer = p.at("signer");
    x.person = signer.at("person");
    x.organisation = signer.at("organisation");
    x.key_id = signer.at("key_id");
    x.public_key = signer.at("public_key");
    x.algorithm = signer.at("algorithm");
    x.session = p.at("session");
    x.division = p.at("division");
    const Json &item = p.at("item"), &scheme = p.at("scheme"), &result = p.at("result"), &counts = p.at("counts");
    x.subject = item.at("subject");
    x.serial = item.at("serial");
    x.software = item.at("software");
    x.subject_sha256 = item.at("subject_sha256");
    x.scheme = scheme.at("id");
    x.scheme_sha256 = scheme.at("sha256");
    x.plan_sha256 = p.at("plan_sha256");
    x.overall_level = result.at("overall_level");
    x.declared_level = result.at("declared_level");
    x.at_declared = result.at("at_declared");
    x.data_manifest_sha256 = p.at("data_manifest_sha256");
    x.trial_chain_head = p.at("trial_chain_head");
    x.audit_chain_head = p.at("audit_chain_head");
    x.files = counts.at("files");
    x.trials = counts.at("trials");
    x.traces = counts.at("traces");
    x.withheld = counts.at("withheld");
    x.deviations = p.at("deviations").get<std::vector<std::string>>();
    x.previous = p.at("previous");
    x.manifest_sha256 = digest.at("sha256");
    x.manifest_sm3 = digest.at("sm3");
  } catch (const Json::exception& exception) {
    return bad_statement(exception.what());
  }
  if (statement_of(x) != statement) return bad_statement("another form, or members that this version does not know");
  return x;
}

Result<Examination> facts_of(const ZipReader& bundle, const Manifest& manifest, const std::string& manifest_text) {
  ASSAY_TRY(const auto plan, json_file(bundle, "plan.json"));
  ASSAY_TRY(const auto results, json_file(bundle, "results.json"));
  Examination x;
  try {
    const Json &subject = results.at("subject"), &grade = results.at("grade");
    x.session = results.at("session");
    x.division = plan.at("division");
    for (const auto& said : {results.at("division"), grade.at("division"), Json(manifest.division)})
      if (said != x.division) return watermark("plan.json: " + x.division + ", elsewhere " + said.dump());
    if (x.session != manifest.session)
      return evidence_error(kContradiction, {"the files are of different sessions", "文件属于不同的检测"},
                            kManifestName, manifest.session, {x.session, x.session});
    x.subject = subject.at("id");
    x.serial = subject.at("serial");
    x.software = subject.at("software");
    x.subject_sha256 = plan.at("subject_sha256");
    x.scheme = plan.at("scheme");
    x.scheme_sha256 = plan.at("scheme_sha256");
    x.overall_level = grade.at("overall_level");
    x.declared_level = grade.at("declared_level");
    x.at_declared = grade.at("at_declared");
  } catch (const Json::exception& exception) {
    return evidence_error(kContradiction, {"plan or results are malformed", "计划或结果格式不正确"}, bundle.path(),
                          exception.what());
  }
  for (const auto& file : manifest.files) {
    if (file.path == kDataManifestName) x.data_manifest_sha256 = file.digests.sha256;
    if (file.path == "plan.json") x.plan_sha256 = file.digests.sha256;
  }
  x.trial_chain_head = manifest.trial_chain_head;
  x.audit_chain_head = manifest.audit_chain_head;
  x.files = static_cast<std::int64_t>(manifest.files.size());
  x.trials = manifest.trials;
  x.traces = manifest.traces;
  x.withheld = static_cast<std::int64_t>(manifest.withheld.size());
  const auto own = digests(manifest_text, Digests::sha256 | Digests::sm3);
  x.manifest_sha256 = own.sha256;
  x.manifest_sm3 = own.sm3;
  return x;
}

Result<void> check_roles(const std::vector<Examination>& all, const std::string& division) {
  std::set<std::string> persons, keys;
  bool tested = false, reviewed = false;
  for (const auto& x : all) {
    if ((x.role == Role::vendor) == (division == "lab"))
      return watermark(std::string(to_string(x.role)) + " on division " + division);
    if (!persons.insert(x.person).second || !keys.insert(x.key_id).second)
      return four_eyes(x.person + " as " + to_string(x.role),
                       {"one role for one person and one key", "一人一钥，只任一职"});
    if (x.person.empty()) return four_eyes("no person", {"a person's name", "责任人姓名"});
    const bool in_turn = x.role == Role::tester || x.role == Role::vendor || (x.role == Role::reviewer && tested) ||
                         (x.role == Role::certifier && reviewed);
    if (!in_turn)
      return four_eyes(to_string(x.role), {"tester, then reviewer, then certifier", "依次为检测、审核、批准"});
    tested = tested || x.role == Role::tester;
    reviewed = reviewed || x.role == Role::reviewer;
  }
  return {};
}

}  // namespace assay::evidence
