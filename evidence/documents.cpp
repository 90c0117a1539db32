#include "evidence/documents.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "core/sha256.h"
#include "evidence/encoding.h"

namespace assay::evidence {
namespace {

/// Shared libraries of this process, by path, sorted.
std::set<std::string> loaded_libraries() {
  std::set<std::string> out;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const auto at = line.find('/');
    if (at != std::string::npos && line.find(".so", at) != std::string::npos) out.insert(line.substr(at));
  }
  return out;
}

Json component(const char* type, const std::string& name, const std::string& version, const std::string& sha256) {
  Json out{{"type", type}, {"name", name}, {"bom-ref", fmt::format("{}:{}", type, name)}};
  if (!version.empty()) out["version"] = version;
  if (is_hex_digest(sha256)) out["hashes"] = {{{"alg", "SHA-256"}, {"content", sha256}}};
  return out;
}

std::string hash_or_empty(const std::string& path) {
  const auto digest = sha256_file(path);
  return digest ? to_hex(*digest) : std::string();
}

}  // namespace

std::string readme_text(const std::string& session, const std::string& division) {
  const bool lab = division == "lab";
  const std::string mark_en = lab ? "An examination by a laboratory."
                                  : "SELF-ASSESSMENT (division " + division + "). Not a laboratory's examination.";
  const std::string mark_zh = lab ? "实验室检测。" : "自评（" + division + " 分区）。不是实验室检测。";
  return fmt::format(
      R"txt(Assay evidence bundle / Assay 证据包
session / 检测编号: {0}
{1}
{2}

This zip holds an examination with everything that it rests on: plan.json and lock.json (what was locked before the
first trial), trials.jsonl (every attempt, chained), audit.jsonl (the chained log), traces/ (raw records, MCAP),
files/ (scheme, suite, subject, models as they were), results.json and the report.
With the program: assay bundle verify FILE --trust LIST. Without it, with sha256sum and openssl alone:

本文件含一次检测及其全部依据：plan.json 与 lock.json（首次试验之前锁定的内容）、trials.jsonl（逐次试验，链式记录）、
audit.jsonl（链式日志）、traces/（原始记录，MCAP）、files/（当时的方案、任务集、对象、模型）、results.json 与报告。
用本程序核验：assay bundle verify 文件 --trust 信任列表。不用本程序，仅用 sha256sum 与 openssl：

--- 1. every file is as listed / 各文件与清单一致
sha256sum -c --quiet SHA256SUMS
grep -q "$(sha256sum SHA256SUMS | cut -d' ' -f1)" manifest.json
--- 2. the first signature (for the next one: 2p instead of 1p) / 第一个签名（其余改 1p 为 2p 等）
t=$(mktemp -d)
sed -n 1p attestations.intoto.jsonl > "$t/line"
sed 's/.*"payload":"\([^"]*\)".*/\1/' "$t/line" | base64 -d > "$t/statement"
sed 's/.*"sig":"\([^"]*\)".*/\1/' "$t/line" | base64 -d > "$t/signature"
sed 's/.*"public_key":"\([^"]*\)".*/\1/' "$t/statement" | base64 -d > "$t/key.der"
openssl pkey -pubin -inform DER -in "$t/key.der" -out "$t/key.pem"
{{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(wc -c < "$t/statement")"; cat "$t/statement"; }} > "$t/signed"
openssl pkeyutl -verify -rawin -pubin -inkey "$t/key.pem" -sigfile "$t/signature" -in "$t/signed"
grep -q "$(sha256sum manifest.json | cut -d' ' -f1)" "$t/statement"
sha256sum "$t/key.der"
--- end / 完
An SM2 signature (algorithm sm2-sm3 in the statement) needs: -digest sm3 -pkeyopt distid:1234567812345678
SM2 签名（陈述中 algorithm 为 sm2-sm3）另需：-digest sm3 -pkeyopt distid:1234567812345678
The last line prints the key's id: compare it with what the issuer publishes. A good signature by a key that you do not
know proves nothing. / 末行给出密钥标识：请与出具方公布的标识核对。陌生密钥的有效签名不能证明任何事。
)txt",
      session, mark_en, mark_zh);
}

std::string sha256sums(const std::vector<ManifestFile>& files) {
  std::string out;
  for (const auto& file : files)
    if (file.path != kSumsName) out += file.digests.sha256 + "  " + file.path + "\n";
  return out;
}

std::string sbom_json(const BundleInput& input) {
  Json components = Json::array();
  for (const auto& path : loaded_libraries())
    components.push_back(component("library", path.substr(path.rfind('/') + 1), "", hash_or_empty(path)));
  const auto& scheme = input.plan.scheme;
  const auto at = scheme.find('@');
  components.push_back(component("data", "scheme " + scheme.substr(0, at),
                                 at == std::string::npos ? "" : scheme.substr(at + 1), input.plan.scheme_sha256));
  const Json lock = Json::parse(input.session.lock_json, nullptr, false);
  if (lock.is_object() && lock.contains("suites"))
    for (const auto& [id, suite] : lock.at("suites").items())
      components.push_back(component("data", "suite " + id, suite.value("version", ""), suite.value("sha256", "")));
  const Json item = Json::parse(input.subject_json, nullptr, false);
  components.push_back(component("firmware", "subject " + input.plan.subject,
                                 item.is_object() ? item.value("software", "") : "", input.plan.subject_sha256));
  components.push_back(component("data", "robot model", "", input.plan.model_sha256));
  Json tool = component("application", "assay", input.tool_version, hash_or_empty("/proc/self/exe"));
  tool["description"] = "build that ran the session: " + input.plan.build;
  return readable({{"bomFormat", "CycloneDX"},
                   {"specVersion", "1.5"},
                   {"version", 1},
                   {"metadata", {{"component", tool}}},
                   {"components", components}});
}

std::string environment_json(const BundleInput& input) {
  struct utsname host {};
  uname(&host);
  return readable({{"schema", "assay.environment/1"},
                   {"build", input.plan.build},
                   {"engine", input.plan.engine},
                   {"bundled_with", input.tool_version},
                   {"bundled_on", {{"system", host.sysname}, {"release", host.release}, {"machine", host.machine}}}});
}

Result<std::string> register_json(const Store& store, const std::string& kind) {
  ASSAY_TRY(const auto rows, store.audit_log());
  std::map<std::string, Json> newest;
  for (const auto& row : rows) {
    if (row.kind != kind) continue;
    Json detail = Json::parse(row.detail_json, nullptr, false);
    if (!detail.is_object() || !detail.contains("id") || !detail.at("id").is_string()) continue;
    detail["by"] = row.person;
    detail["entered"] = to_rfc3339(row.time);
    const std::string id = detail.at("id");
    newest[id] = std::move(detail);
  }
  Json items = Json::array();
  for (auto& [id, item] : newest) items.push_back(std::move(item));
  return readable({{"schema", "assay." + kind + "/1"}, {"items", items}});
}

std::string deciding_path(const std::string& catalog_name, const std::string& path) {
  std::string out = catalog_name.empty() ? "files/other" : "files/catalog/";
  for (const char c : catalog_name.empty() ? path : catalog_name) {
    const bool odd = static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '%' ||
                     std::string_view("\\:*?\"<>|").find(c) != std::string_view::npos;
    out += odd ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

}  // namespace assay::evidence
