#include "bundle_fixture.h"

#include <nlohmann/json.hpp>

#include "evidence/documents.h"
#include "evidence/encoding.h"
#include "evidence/records.h"
#include "harness/campaign.h"

namespace assay::evidence {

namespace {

PrivateKey made(Algorithm algorithm) {
  auto key = PrivateKey::generate(algorithm);
  EXPECT_TRUE(key.ok()) << (key ? "" : to_string(key.error(), Lang::en));
  return key ? *key : PrivateKey{};
}

std::string results_of(const SessionRow& session, const Plan& plan, const std::vector<TrialRecord>& trials) {
  Json list = Json::array();
  for (const auto& t : trials)
    list.push_back({{"number", t.number},
                    {"task", t.task},
                    {"level", t.level},
                    {"index", t.index},
                    {"outcome", t.finished ? Json(to_string(t.verdict.outcome)) : Json(nullptr)},
                    {"reason", t.verdict.reason},
                    {"validity", t.validity == Validity::valid ? "valid" : "invalid"},
                    {"trace_sha256", t.trace_sha256}});
  return readable(
      {{"session", session.id},
       {"division", plan.division},
       {"plan_sha256", session.plan_sha256},
       {"chain_head", session.chain_head_at_close},
       {"closed", "2026-11-21T00:00:00Z"},
       {"subject", {{"id", "arm"}, {"serial", "GX-0042"}, {"software", "3.1.4"}}},
       {"grade",
        {{"division", plan.division}, {"overall_level", 2}, {"declared_level", 2}, {"at_declared", "conform"}}},
       {"trials", list}});
}

}  // namespace

void BundleTest::SetUp() {
  WorkspaceTest::SetUp();
  tester_ = made(Algorithm::ed25519);
  reviewer_ = made(Algorithm::sm2);
  certifier_ = made(Algorithm::ed25519);
  vendor_ = made(Algorithm::ed25519);
  stranger_ = made(Algorithm::ed25519);
}

std::string BundleTest::make_bundle(const std::string& name, const std::string& division, bool without_traces,
                                    std::size_t megabytes) {
  folder_ += "/w" + std::to_string(made_++);
  const auto store = open();
  const std::string workspace = folder_;
  folder_ = folder_.substr(0, folder_.rfind('/'));
  Json files = Json::array();
  Plan plan;
  const auto deciding = [&](const std::string& what, std::string& sha256) {
    const std::string path = file(what + ".yaml"), text = "id: " + what + "\n";
    spill(path, text);
    sha256 = sha256_hex(text);
    files.push_back({{"name", what == "scheme" ? "schemes/scheme.yaml" : ""}, {"path", path}, {"sha256", sha256}});
  };
  deciding("scheme", plan.scheme_sha256);
  deciding("subject", plan.subject_sha256);
  deciding("embodiment", plan.embodiment_sha256);
  plan.scheme = "small@1.0.0";
  plan.division = division;
  plan.session_seed = "sha256:" + sha256_hex("seed");
  const std::string plan_json = harness::plan_to_json(plan);
  const Json lock{{"schema", "assay.lock/1"},
                  {"scheme", file("scheme.yaml")},
                  {"subject", file("subject.yaml")},
                  {"suites", {{"logistics", {{"version", "1.0.0"}, {"sha256", sha256_hex("suite")}}}}},
                  {"files", files}};
  auto session = store->lock_session(plan_json, sha256_hex(plan_json), lock.dump(), at(0));
  EXPECT_TRUE(session.ok());
  for (int i = 0; i < 4; ++i) {
    auto trial = store->start_trial(session->number, "logistics/sorting", 1, i, at(10 * i + 1));
    EXPECT_TRUE(trial.ok());
    if (i == 3) continue;  // the power went
    const std::string staged = stage(*store, "trace of " + name + std::to_string(i));
    if (megabytes > 0) {
      std::ofstream out(staged, std::ios::binary | std::ios::app);
      const std::string block(1u << 20, static_cast<char>('a' + i));
      for (std::size_t k = 0; k < megabytes / 3; ++k) out << block;
    }
    EXPECT_TRUE(store->finish_trial(session->number, filled(*trial), staged, at(10 * i + 5)).ok());
  }
  EXPECT_TRUE(store->invalidate(2, "lab_power", "Li", false, at(50)).ok());
  EXPECT_TRUE(store->audit("equipment", "Li", R"({"id":"FT-1","due":"2026-01-31"})", at(51)).ok());
  EXPECT_TRUE(store->audit("equipment", "Li", R"({"id":"FT-1","due":"2027-01-31"})", at(52)).ok());
  for (const char* person : {"Wang", "Li", "Zhao"}) {
    const Json entry{{"id", std::string(person) + " / logistics"}, {"person", person}, {"suite", "logistics"}};
    EXPECT_TRUE(store->audit("competence", "Chen", entry.dump(), at(53)).ok());
  }
  for (const auto& [kind, entry] : entered_) EXPECT_TRUE(store->audit(kind, "Chen", entry, at(54)).ok());
  EXPECT_TRUE(store->close_session(session->number, "closed", at(60)).ok());
  session = store->session(session->id);
  const auto trials = store->trials(session->number);
  const BundleInput input{
      .store = store.get(),
      .session = *session,
      .plan = plan,
      .subject_json = R"({"software":"3.1.4"})",
      .tool_version = "0.1.0 (test)",
      .documents = {{"results.json", results_of(*session, plan, *trials), "application/json", "results"}},
      .without_traces = without_traces};
  const auto done = create_bundle(input, file(name));
  EXPECT_TRUE(done.ok()) << (done ? "" : to_string(done.error(), Lang::en));
  return file(name);
}

void BundleTest::sign(const std::string& path, const std::string& division) {
  const auto by = [&](const PrivateKey& key, Role role, const char* person, const char* organisation) {
    const auto done = sign_bundle(path, key, {role, person, organisation, "2026-11-22T10:00:00.000Z", {"none"}});
    EXPECT_TRUE(done.ok()) << (done ? "" : to_string(done.error(), Lang::en));
  };
  if (division == "lab") {
    by(tester_, Role::tester, "Wang", "Example Lab");
    by(reviewer_, Role::reviewer, "Li", "Example Lab");
  } else {
    by(vendor_, Role::vendor, "Smith", "Example Robots");
  }
}

std::string BundleTest::trust_list(const std::string& extra) const {
  std::string out = "schema: assay.trust/1\nkeys:\n";
  const auto add = [&](const PrivateKey& key, const char* person, const char* organisation, const char* roles) {
    out += std::string("  - person: ") + person + "\n    organisation: " + organisation + "\n    roles: [" + roles +
           "]\n    from: \"2026-01-01\"\n    until: \"2027-12-31\"\n    public_key: |\n";
    const std::string pem = key.public_key().pem();
    for (std::size_t start = 0; start < pem.size();) {
      const auto end = pem.find('\n', start);
      out += "      " + pem.substr(start, end - start) + "\n";
      start = end + 1;
    }
  };
  add(tester_, "Wang", "Example Lab", "tester");
  add(reviewer_, "Li", "Example Lab", "reviewer");
  add(certifier_, "Zhao", "Example Lab", "certifier");
  add(vendor_, "Smith", "Example Robots", "vendor");
  const std::string path = file("trust.yaml");
  spill(path, out + extra);
  return path;
}

Verification BundleTest::verify(const std::string& path, VerifyOptions options) const {
  options.recompute = false;
  options.today = "2026-11-23";
  return verify_bundle(path, options);
}

BundleTest::Files BundleTest::unzip(const std::string& path) {
  Files out;
  const auto zip = ZipReader::open(path);
  EXPECT_TRUE(zip.ok()) << (zip ? "" : to_string(zip.error(), Lang::en));
  if (!zip) return out;
  for (const auto& entry : (*zip)->entries()) {
    auto text = (*zip)->text(entry, 1u << 30);
    EXPECT_TRUE(text.ok());
    out.emplace_back(entry.path, *text);
  }
  return out;
}

void BundleTest::rezip(const Files& files, const std::string& path) {
  const auto zip = ZipWriter::create(path);
  ASSERT_TRUE(zip.ok());
  for (const auto& [name, text] : files) ASSERT_TRUE((*zip)->add(name, text).ok()) << name;
  ASSERT_TRUE((*zip)->finish().ok());
}

std::string& BundleTest::content(Files& files, const std::string& name) {
  for (auto& [path, text] : files)
    if (path == name) return text;
  ADD_FAILURE() << "no file " << name;
  return files.front().second;
}

std::string BundleTest::forged(const std::string& path, const std::function<void(Files&)>& change, bool keep_manifest) {
  Files files = unzip(path);
  const auto before = manifest_from_json(content(files, kManifestName));
  EXPECT_TRUE(before.ok());
  change(files);
  const std::string target = file("forged" + std::to_string(made_++) + ".assay");
  if (keep_manifest) {
    rezip(files, target);
    return target;
  }
  Manifest manifest = *before;
  manifest.files.clear();
  Files out;
  std::string attestations;
  for (auto& [name, text] : files) {
    if (name == kManifestName) continue;
    if (name == kAttestationsName) {
      attestations = text;
      continue;
    }
    if (name == kDataManifestName) text = data_manifest_json(manifest.files);
    if (name == kSumsName) text = sha256sums(manifest.files);
    ManifestFile entry{name, text.size(), digests(text), "application/octet-stream", "other"};
    for (const auto& known : before->files)
      if (known.path == name) {
        entry.media_type = known.media_type;
        entry.role = known.role;
      }
    manifest.files.push_back(entry);
    out.emplace_back(name, text);
    if (name == "trials.jsonl") {
      std::string head;
      if (const auto trials = trials_from_lines(text, head); trials) {
        manifest.trials = static_cast<std::int64_t>(trials->size());
        manifest.trial_chain_head = head;
      }
    }
    if (name == "audit.jsonl") {
      const auto audit = audit_from_lines(text);
      if (audit && !audit->empty()) {
        manifest.audit_entries = static_cast<std::int64_t>(audit->size());
        manifest.audit_chain_head = audit->back().row.hash;
      }
    }
  }
  out.emplace_back(kManifestName, manifest_to_json(manifest));
  if (!attestations.empty()) out.emplace_back(kAttestationsName, attestations);
  rezip(out, target);
  return target;
}

std::string told(const Verification& v) {
  std::string out;
  for (const auto* a : {&v.intact, &v.signer, &v.covers, &v.current, &v.recomputes})
    out += std::to_string(static_cast<int>(a->state)) + " " + a->line.en + " " +
           (a->why ? to_string(*a->why, Lang::en) : "") + "\n";
  return out;
}

int broken_id(const Verification& v) {
  for (const auto* a : {&v.intact, &v.signer, &v.covers, &v.current, &v.recomputes})
    if (a->state == State::broken && a->why) return a->why->id;
  return 0;
}

}  // namespace assay::evidence
