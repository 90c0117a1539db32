// key, state, recompute: what stands around a bundle.
#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/seed.h"
#include "cli/session.h"
#include "core/mcap.h"
#include "evidence/preregister.h"
#include "evidence/recompute.h"
#include "evidence/trust.h"
#include "evidence/verify.h"

namespace assay::cli {
namespace {

using nlohmann::json;

struct EvidenceOptions {
  std::string file, algorithm = "ed25519", session = "last", state_register, kind, key, bundle;
  evidence::StateRecord record;
  std::vector<std::string> values;
};

int do_key_new(const App& app, const EvidenceOptions& o) {
  const auto algorithm = o.algorithm == "sm2" ? evidence::Algorithm::sm2 : evidence::Algorithm::ed25519;
  const auto key = evidence::PrivateKey::generate(algorithm);
  if (!key) return fail(app, key.error());
  if (auto saved = key->save(o.file); !saved) return fail(app, saved.error());
  std::ofstream(o.file + ".pub", std::ios::binary) << key->public_key().pem();
  if (app.json)
    print_json(
        {{"schema", "assay.key/1"}, {"file", o.file}, {"public", o.file + ".pub"}, {"key_id", key->public_key().id()}});
  else
    std::printf("%s  %s\n", key->public_key().id().c_str(), (o.file + ".pub").c_str());
  return kConforms;
}

int do_key_show(const App& app, const EvidenceOptions& o) {
  const auto key = evidence::PrivateKey::load(o.file);
  if (!key) return fail(app, key.error());
  if (app.json)
    print_json({{"schema", "assay.key/1"},
                {"file", o.file},
                {"key_id", key->public_key().id()},
                {"algorithm", to_string(key->public_key().algorithm())},
                {"public_key", key->public_key().pem()}});
  else
    std::printf("%s  %s\n%s", key->public_key().id().c_str(), to_string(key->public_key().algorithm()),
                key->public_key().pem().c_str());
  return kConforms;
}

int do_state(const App& app, const EvidenceOptions& o) {
  const auto key = evidence::PrivateKey::load(o.key);
  if (!key) return fail(app, key.error());
  evidence::StateRecord record = o.record;
  const auto kind = evidence::kind_from(o.kind);
  record.kind = kind ? *kind : evidence::Kind::draft;
  record.time = to_rfc3339(utc_now());
  record.manifest_sha256 = std::string(64, '0');
  std::vector<evidence::Examination> signers;
  std::string division;
  if (o.bundle.empty() && record.kind != evidence::Kind::key_revoked)
    return fail(app, Error{.id = 1132,
                           .what = {"the record speaks of no bundle", "登记未指明证据包"},
                           .expected = {"a bundle", "证据包"},
                           .found = o.kind});
  if (!o.bundle.empty()) {
    const auto v = evidence::verify_bundle(o.bundle, {.recompute = false});
    for (const auto* answer : {&v.intact, &v.signer})
      if (answer->state == evidence::State::broken && answer->why) return fail(app, *answer->why);
    signers = v.signatures;
    division = v.facts->division;
    if (auto fits = evidence::check_scope(record, v.results); !fits) return fail(app, fits.error());
    record.manifest_sha256 = v.facts->manifest_sha256;
  }
  const auto done = evidence::append_record(o.state_register, record, *key, signers, division);
  if (!done) return fail(app, done.error());
  if (app.json)
    print_json({{"schema", "assay.state_recorded/1"},
                {"number", done->number},
                {"kind", o.kind},
                {"manifest_sha256", done->manifest_sha256}});
  else
    std::printf("%lld  %s  %s\n", static_cast<long long>(done->number), o.kind.c_str(), done->manifest_sha256.c_str());
  return kConforms;
}

/// Into the chained log; the newest entry of an id counts, earlier ones stay.
int do_enter(const App& app, const EvidenceOptions& o) {
  json detail = {{"id", o.file}};
  for (const auto& value : o.values) {
    const auto at = value.find('=');
    const std::string key = value.substr(0, at);
    if (at == std::string::npos || key.empty() || key == "id" || key == "session")
      return fail(app, Error{.id = 1152,
                             .what = {"a detail cannot be read", "无法读取该细节"},
                             .expected = {"key=value, the key neither id nor session", "键=值，键不得为 id 或 session"},
                             .found = value});
    detail[key] = value.substr(at + 1);
  }
  if (o.kind == "competence") {  // "Wang / logistics_assembly" says whose, and for which suite
    const auto cut = o.file.find(" / ");
    if (cut != std::string::npos && !detail.contains("person")) detail["person"] = o.file.substr(0, cut);
    if (cut != std::string::npos && !detail.contains("suite")) detail["suite"] = o.file.substr(cut + 3);
  }
  const bool whose = o.kind != "competence" || (detail.contains("person") && detail.contains("suite"));
  if (!whose || (detail.contains("due") && !evidence::is_day(detail.at("due").get<std::string>())))
    return fail(app, Error{.id = 1152,
                           .what = {"a detail cannot be read", "无法读取该细节"},
                           .expected = {"due=YYYY-MM-DD; for a competence \"PERSON / SUITE\", or person= and suite=",
                                        "due=YYYY-MM-DD；能力条目写作“姓名 / 任务集”，或给出 person= 与 suite="},
                           .found = detail.dump()});
  const auto store = Store::open(app.workspace);
  if (!store) return fail(app, store.error());
  if (auto done = (*store)->audit(o.kind, o.record.person, detail.dump(-1, ' ', false, json::error_handler_t::replace),
                                  utc_now());
      !done)
    return fail(app, done.error());
  std::printf("%s %s\n", o.kind.c_str(), o.file.c_str());
  return kConforms;
}

int do_preregister(const App& app, const EvidenceOptions& o) {
  if (!o.bundle.empty()) {
    const auto said = evidence::check_preregistered(o.bundle, o.file);
    if (!said) return fail(app, said.error());
    std::printf("%s\n",
                fmt::format(fmt::runtime(app.say("✓ as locked {}, signed {} by {} (key {}); {} trials had run then",
                                                 "✓ 与 {} 的锁定一致，{} 由 {} 签名（密钥 {}）；当时已有 {} 次试验")),
                            said->locked, said->time, said->person, said->key_id, said->trials_so_far)
                    .c_str());
    return kConforms;
  }
  const auto key = evidence::PrivateKey::load(o.key);
  if (!key) return fail(app, key.error());
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto session = open_session(**store, o.session);
  if (!session) return fail(app, session.error());
  const auto line =
      evidence::preregister(**store, session->row, *key, o.record.person, o.record.organisation, to_rfc3339(utc_now()));
  if (!line) return fail(app, line.error());
  std::ofstream out(o.file, std::ios::binary);
  out << *line;
  out.close();
  if (!out)
    return fail(app, Error{.id = 908, .what = {"the file cannot be written", "文件无法写入"}, .place = {o.file}});
  std::printf("%s\n", o.file.c_str());
  return kConforms;
}

/// The newest grade on record under the session's own scheme; null if there is none.
Result<json> stored_grade(const Store& store, const Opened& session) {
  ASSAY_TRY(const auto grades, store.grades(session.row.number));
  json out;
  for (const auto& text : grades) {
    const auto report = json::parse(text, nullptr, false);
    if (report.is_object() && report.contains("scheme") &&
        report.at("scheme").value("sha256", "") == session.plan.scheme_sha256)
      out = report;
  }
  return out;
}

Result<evidence::Recomputed> recompute_session(const App& app, const std::string& name,
                                               const metrics::MetricRegistry& registry, bool& graded) {
  ASSAY_TRY(const auto store, Store::open(app.workspace, true));
  ASSAY_TRY(const auto session, open_session(*store, name));
  evidence::RecomputeInput in;
  in.scheme = session.inputs.scheme;
  in.plan = session.plan;
  in.inputs = &session.inputs;
  ASSAY_TRY(in.trials, store->trials(session.row.number));
  ASSAY_TRY(in.seed, revealed_seed(*store, session.row.id, session.plan.session_seed));
  ASSAY_TRY(in.results, stored_grade(*store, session));
  graded = !in.results.is_null();
  in.metrics = &registry;
  in.trace = [](const TrialRecord& trial) { return read_mcap(trial.trace_path); };
  return evidence::recompute(in);
}

json value_json(const MetricValue& m) { return {{"version", m.version}, {"value", m.value ? json(*m.value) : json()}}; }

/// Every difference, and metrics that have a newer version: both values side by side.
int tell_recomputed(const App& app, const std::vector<evidence::Difference>& differences,
                    const std::vector<evidence::NewerMetric>& newer, const std::string& line, json out) {
  out.update({{"schema", "assay.recomputed/1"}, {"differences", json::array()}, {"newer_metrics", json::array()}});
  for (const auto& d : differences)
    out["differences"].push_back(
        {{"trial", d.trial}, {"what", d.what}, {"stored", d.stored}, {"recomputed", d.recomputed}});
  for (const auto& m : newer)
    out["newer_metrics"].push_back({{"trial", m.trial},
                                    {"metric", m.stored.id},
                                    {"stored", value_json(m.stored)},
                                    {"newer", value_json(m.newer)}});
  if (app.json) {
    print_json(out);
  } else {
    for (const auto& d : differences)
      std::printf(
          "%s\n",
          fmt::format(fmt::runtime(app.say("trial {}  {}: stored {}, recomputed {}", "试验 {}  {}：所存 {}，复算 {}")),
                      d.trial, d.what, d.stored, d.recomputed)
              .c_str());
    for (const auto& m : out["newer_metrics"]) std::printf("%s\n", m.dump().c_str());
    std::printf("%s\n", line.c_str());
  }
  return differences.empty() ? kConforms : kIntegrity;
}

int do_recompute(const App& app, const EvidenceOptions& o) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  struct stat info {};
  if (stat(o.session.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    const auto v = evidence::verify_bundle(o.session, {.metrics = &registry});
    for (const auto* answer : {&v.intact, &v.signer, &v.recomputes})
      if (answer->why && v.differences.empty()) return fail(app, *answer->why);
    return tell_recomputed(app, v.differences, v.newer, app.say(v.recomputes.line), {{"bundle", o.session}});
  }
  bool graded = false;
  const auto done = recompute_session(app, o.session, registry, graded);
  if (!done) return fail(app, done.error());
  const std::string line = fmt::format(
      fmt::runtime(app.say("{} trials recomputed, {} without a trace, rules derived anew for {}; L{}; {} differences",
                           "复算 {} 次试验，{} 次无记录，重新推导判据 {} 次；L{}；{} 处不同")),
      done->trials, done->without_trace, done->rules_checked, done->grade.overall_level, done->differences.size());
  return tell_recomputed(app, done->differences, done->newer, line,
                         {{"trials", done->trials},
                          {"without_trace", done->without_trace},
                          {"rules_checked", done->rules_checked},
                          {"grade_compared", graded},
                          {"overall_level", done->grade.overall_level}});
}

}  // namespace

void add_evidence_commands(CLI::App& parser, App& app, Action& run) {
  const auto o = std::make_shared<EvidenceOptions>();
  const auto bind = [&app, &run, o](CLI::App* command, int (*action)(const App&, const EvidenceOptions&)) {
    command->callback([&app, &run, o, action] { run = [&app, o, action] { return action(app, *o); }; });
  };
  auto* key = parser.add_subcommand("key", app.say("signing keys", "签名密钥"));
  key->require_subcommand(1);
  key->fallthrough();
  auto* made = key->add_subcommand(
      "new", app.say("a new key: FILE (mode 0600) and FILE.pub", "新密钥：文件（权限 0600）与 文件.pub"));
  made->add_option("file", o->file, app.say("file; must not exist yet", "文件；不得已存在"))->required();
  made->add_option("--algorithm", o->algorithm, app.say("ed25519 or sm2 (with SM3)", "ed25519 或 sm2（配 SM3）"))
      ->check(CLI::IsMember({"ed25519", "sm2"}))
      ->capture_default_str();
  bind(made, do_key_new);
  auto* shown = key->add_subcommand("show", app.say("id and public part of a key file", "密钥文件的标识与公钥"));
  shown->add_option("file", o->file, app.say("private key file", "私钥文件"))->required();
  bind(shown, do_key_show);

  auto* state = parser.add_subcommand("state", app.say("say what became of a bundle, in a signed, chained register",
                                                       "在签名链式登记册中登记证据包的状态"));
  state
      ->add_option("kind", o->kind,
                   app.say("draft issued suspended withdrawn superseded waiver invalidation key_revoked",
                           "draft issued suspended withdrawn superseded waiver invalidation key_revoked"))
      ->required()
      ->check(CLI::IsMember(
          {"draft", "issued", "suspended", "withdrawn", "superseded", "waiver", "invalidation", "key_revoked"}));
  state->add_option("bundle", o->bundle, app.say("the bundle (none for key_revoked)", "证据包（key_revoked 不需要）"));
  state
      ->add_option("--register", o->state_register,
                   app.say("the register's file; made if missing", "登记册文件；不存在则新建"))
      ->required();
  state->add_option("--key", o->key, app.say("private key file, mode 0600", "私钥文件，权限 0600"))->required();
  state->add_option("--person", o->record.person, app.say("who decides", "决定人"))->required();
  state->add_option("--organisation", o->record.organisation, app.say("for whom", "所属机构"));
  state->add_option("--certificate", o->record.certificate, app.say("number of the certificate", "证书编号"));
  state->add_option("--replaces", o->record.replaces,
                    app.say("issued: number of the certificate that this one amends; it ends with this",
                            "issued：本证书所修订的原证书编号；原证书随之失效"));
  state->add_option("--replaced-by", o->record.replaced_by,
                    app.say("SHA-256 of the manifest that replaces it", "取代它的清单的 SHA-256"));
  state->add_option("--scope", o->record.scope,
                    app.say("waiver: an indicator; invalidation: a trial; key_revoked: a key's id",
                            "waiver：指标；invalidation：试验；key_revoked：密钥标识"));
  state->add_option("--reason", o->record.reason, app.say("why", "理由"));
  state->add_option("--expires", o->record.expires, app.say("last day, YYYY-MM-DD", "最后一日，YYYY-MM-DD"));
  bind(state, do_state);

  auto* enter = parser.add_subcommand(
      "enter", app.say("a piece of equipment or a person's competence into the log; bundles carry the newest of each",
                       "将设备或人员能力记入日志；证据包附每项的最新记录"));
  enter->add_option("kind", o->kind, app.say("equipment or competence", "equipment（设备）或 competence（能力）"))
      ->required()
      ->check(CLI::IsMember({"equipment", "competence"}));
  enter->add_option("id", o->file, app.say("its number; for a person: name and suite", "编号；人员则为姓名与任务集"))
      ->required();
  enter->add_option("--by", o->record.person, app.say("person who enters it", "记录人"))->required();
  enter->add_option("--set", o->values,
                    app.say("key=value, e.g. certificate=K-12, due=2027-01-31 (last day); may be given several times",
                            "键=值，如 certificate=K-12、due=2027-01-31（最后一日）；可多次给出"));
  bind(enter, do_enter);

  auto* preregister = parser.add_subcommand(
      "preregister", app.say("sign what a session locked, to be deposited outside; or check a bundle against it",
                             "为已锁定的内容签名以便存放于外部；或据此核对证据包"));
  preregister->add_option("statement", o->file, app.say("the statement's file", "声明文件"))->required();
  preregister->add_option("--session", o->session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
  preregister->add_option("--key", o->key, app.say("private key file, mode 0600", "私钥文件，权限 0600"));
  preregister->add_option("--person", o->record.person, app.say("who signs", "签名人"));
  preregister->add_option("--organisation", o->record.organisation, app.say("for whom", "所属机构"));
  preregister->add_option("--check", o->bundle,
                          app.say("a bundle to hold against the statement", "据声明核对的证据包"));
  bind(preregister, do_preregister);

  auto* recompute = parser.add_subcommand(
      "recompute",
      app.say("from raw traces to the level once more; lists what differs", "由原始记录复算至等级；列出不同之处"));
  recompute->add_option("session", o->session,
                        app.say("session or bundle (default: last)", "检测编号或证据包（默认：最近一次）"));
  bind(recompute, do_recompute);
}

}  // namespace assay::cli
