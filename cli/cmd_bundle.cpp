// bundle: a session as a file that carries its own proof.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/registry.h"
#include "cli/session.h"
#include "cli/version.h"
#include "evidence/bundle.h"
#include "evidence/intake.h"
#include "evidence/study.h"
#include "evidence/verify.h"

namespace assay::cli {
namespace {

using nlohmann::json;

struct BundleOptions {
  std::string session = "last", file, output, key, role = "tester", person, organisation, trace, trace_file;
  std::vector<std::string> deviations, files;
  std::string metric;
  evidence::VerifyOptions verify;
  bool without_traces = false, no_recompute = false;
};

std::string item_json(const Subject& s) {
  return json{{"schema", "assay.item/1"}, {"id", s.id},         {"title", {{"en", s.title.en}, {"zh", s.title.zh}}},
              {"vendor", s.vendor},       {"model", s.model},   {"serial", s.serial},
              {"software", s.software},   {"kind", s.kind},     {"class", s.robot_class},
              {"scope", s.scope},         {"sha256", s.sha256}, {"declared_level", s.declared_level}}
             .dump(1, ' ', false, json::error_handler_t::replace) +
         "\n";
}

int do_create(const App& app, const BundleOptions& o) {
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto session = open_session(**store, o.session);
  if (!session) return fail(app, session.error());
  const auto model = build_model(**store, *session);
  if (!model) return fail(app, model.error());
  const reports::GuiScope gui;
  const auto english = reports::to_html(*model, Lang::en), chinese = reports::to_html(*model, Lang::zh);
  for (const auto* page : {&english, &chinese})
    if (!*page) return fail(app, page->error());
  evidence::BundleInput input{.store = store->get(),
                              .session = session->row,
                              .plan = session->plan,
                              .subject_json = item_json(session->inputs.subject),
                              .tool_version = model->tool_version,
                              .documents = {{"results.json", reports::to_json(*model), "application/json", "results"},
                                            {"results.csv", reports::to_csv(*model), "text/csv", "results"},
                                            {"report.en.html", *english, "text/html", "report"},
                                            {"report.zh.html", *chinese, "text/html", "report"}},
                              .without_traces = o.without_traces};
  const std::string path = o.output.empty() ? session->row.id + ".assay" : o.output;
  const auto made = evidence::create_bundle(input, path);
  if (!made) return fail(app, made.error());
  if (app.json)
    print_json({{"schema", "assay.bundle_created/1"},
                {"file", path},
                {"session", made->session},
                {"division", made->division},
                {"files", made->files.size()},
                {"trials", made->trials},
                {"traces", made->traces},
                {"withheld", made->withheld.size()}});
  else
    std::printf("%s\n", fmt::format(fmt::runtime(app.say("{}  {} files, {} trials, {} traces, {} of them withheld",
                                                         "{}  {} 个文件，{} 次试验，{} 份记录，其中 {} 份未附")),
                                    path, made->files.size(), made->trials, made->traces, made->withheld.size())
                            .c_str());
  return kConforms;
}

int do_sign(const App& app, const BundleOptions& o) {
  const auto key = evidence::PrivateKey::load(o.key);
  if (!key) return fail(app, key.error());
  const auto role = evidence::role_from(o.role);
  const evidence::SignRequest request{.role = role ? *role : evidence::Role::tester,
                                      .person = o.person,
                                      .organisation = o.organisation,
                                      .time = to_rfc3339(utc_now()),
                                      .deviations = o.deviations};
  const auto done = evidence::sign_bundle(o.file, *key, request);
  if (!done) return fail(app, done.error());
  if (app.json)
    print_json({{"schema", "assay.bundle_signed/1"},
                {"file", o.file},
                {"role", o.role},
                {"key_id", done->key_id},
                {"manifest_sha256", done->manifest_sha256}});
  else
    std::printf("%s\n", fmt::format("{}  {} {}  key {}  manifest sha256:{}", o.file, o.role, o.person, done->key_id,
                                    done->manifest_sha256)
                            .c_str());
  return kConforms;
}

const char* word(evidence::State state) {
  constexpr const char* kWords[] = {"yes", "no", "broken", "unknown"};
  return kWords[static_cast<int>(state)];
}
const char* mark(evidence::State state) {
  constexpr const char* kMarks[] = {"✓", "◐", "✕", "–"};
  return kMarks[static_cast<int>(state)];
}

json error_json(const Error& e) {
  return {{"id", fmt::format("ASSAY-{:04}", e.id)},
          {"what", {{"en", e.what.en}, {"zh", e.what.zh}}},
          {"file", e.place.file},
          {"line", e.place.line},
          {"found", e.found},
          {"expected", {{"en", e.expected.en}, {"zh", e.expected.zh}}}};
}

struct Named {
  const char* id;
  const char* en;
  const char* zh;
  const evidence::Answer* answer;
};

std::vector<Named> answers_of(const evidence::Verification& v) {
  return {{"intact", "intact", "完整", &v.intact},
          {"signer", "signer", "签发", &v.signer},
          {"covers", "covers", "适用", &v.covers},
          {"current", "current", "现行", &v.current},
          {"recomputes", "recomputes", "复算", &v.recomputes}};
}

void print_verification(const App& app, const evidence::Verification& v, const std::vector<Named>& answers) {
  if (v.facts) {
    const auto& x = *v.facts;
    if (x.division != "lab")
      std::printf("%s\n", app.say("SELF-ASSESSMENT: not a laboratory's examination", "自评：不是实验室检测").c_str());
    std::printf("%s  %s  %s %s  %s  L%d\n", x.session.c_str(), x.division.c_str(), x.subject.c_str(), x.serial.c_str(),
                x.scheme.c_str(), x.overall_level);
  }
  int number = 0;
  for (const auto& [id, en, zh, answer] : answers) {
    std::printf("%d %s %s %s\n", ++number, pad(app.say(en, zh), 10).c_str(), mark(answer->state),
                app.say(answer->line).c_str());
    if (answer->why) std::fprintf(stderr, "%s\n", to_string(*answer->why, app.lang).c_str());
  }
  if (v.standing)
    for (const auto& line : evidence::lines_of(*v.standing)) std::printf("  %s\n", app.say(line).c_str());
  for (const auto& m : v.newer)
    std::printf("%s\n", fmt::format(fmt::runtime(app.say("trial {}: {} v{} = {} as stored; v{} gives {}",
                                                         "试验 {}：{} v{} = {}（所存）；v{} 得 {}")),
                                    m.trial, m.stored.id, m.stored.version, m.stored.value.value_or(0), m.newer.version,
                                    m.newer.value.value_or(0))
                            .c_str());
}

json standing_json(const evidence::Standing& s) {
  json waivers = json::array(), struck = json::array();
  for (const auto& [r, in_force] : s.waivers)
    waivers.push_back({{"number", r.number},
                       {"scope", r.scope},
                       {"reason", r.reason},
                       {"expires", r.expires},
                       {"person", r.person},
                       {"in_force", in_force}});
  for (const auto& r : s.invalidations)
    struck.push_back({{"trial", r.scope}, {"reason", r.reason}, {"person", r.person}, {"time", r.time}});
  return {{"certificate", s.state ? s.state->certificate : ""},
          {"state", s.state ? to_string(s.state->kind) : ""},
          {"replaces", s.replaces},
          {"waivers", waivers},
          {"invalidations", struck},
          {"level", s.level},
          {"level_with_waivers", s.level_with_waivers}};
}

int do_verify(const App& app, const BundleOptions& o) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  evidence::VerifyOptions options = o.verify;
  options.metrics = &registry;
  options.recompute = !o.no_recompute;
  options.today = to_rfc3339(utc_now()).substr(0, 10);
  const auto v = evidence::verify_bundle(o.file, options);
  const auto answers = answers_of(v);
  if (!app.json) {
    print_verification(app, v, answers);
    return v.exit_code();
  }
  json out = {{"schema", "assay.verification/1"}, {"file", o.file}, {"exit_code", v.exit_code()}};
  for (const auto& [id, en, zh, answer] : answers) {
    out["answers"][id] = {{"state", word(answer->state)}, {"text", {{"en", answer->line.en}, {"zh", answer->line.zh}}}};
    if (answer->why) out["answers"][id]["error"] = error_json(*answer->why);
  }
  if (v.facts)
    out["facts"] = {{"session", v.facts->session},     {"division", v.facts->division},
                    {"subject", v.facts->subject},     {"serial", v.facts->serial},
                    {"software", v.facts->software},   {"scheme", v.facts->scheme},
                    {"level", v.facts->overall_level}, {"manifest_sha256", v.facts->manifest_sha256}};
  if (v.standing) out["standing"] = standing_json(*v.standing);
  out["differences"] = json::array();
  for (const auto& d : v.differences)
    out["differences"].push_back(
        {{"trial", d.trial}, {"what", d.what}, {"stored", d.stored}, {"recomputed", d.recomputed}});
  print_json(out);
  return v.exit_code();
}

int do_check(const App& app, const BundleOptions& o) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  const auto intake = evidence::check_bundle(o.file, registry);
  if (app.json) {
    json findings = json::array();
    for (const auto& f : intake.findings)
      findings.push_back({{"rule", f.rule}, {"error", f.error}, {"text", {{"en", f.text.en}, {"zh", f.text.zh}}}});
    print_json(
        {{"schema", "assay.intake/1"}, {"file", o.file}, {"exit_code", intake.exit_code()}, {"findings", findings}});
    return intake.exit_code();
  }
  print_verification(app, intake.verification, answers_of(intake.verification));
  for (const auto& f : intake.findings)
    std::printf("%s %s: %s\n", f.error ? "✕" : "·", f.rule.c_str(), app.say(f.text).c_str());
  return intake.exit_code();
}

int do_study(const App& app, const BundleOptions& o) {
  std::vector<evidence::StudyMember> members;
  for (const auto& path : o.files) {
    auto member = evidence::study_member(path);
    if (!member) return fail(app, member.error());
    members.push_back(std::move(*member));
  }
  const auto rows = evidence::interlaboratory_study(members, o.metric);
  if (!rows) return fail(app, rows.error());
  if (app.json) {
    json list = json::array();
    for (const auto& row : *rows)
      list.push_back({{"task", row.task},
                      {"level", row.level},
                      {"metric", row.metric},
                      {"version", row.version},
                      {"unit", row.unit},
                      {"laboratories", row.laboratories},
                      {"values", row.result.values},
                      {"mean", row.result.mean},
                      {"s_r", row.result.s_r},
                      {"s_l", row.result.s_l},
                      {"s_R", row.result.s_R},
                      {"r", row.result.r},
                      {"R", row.result.R},
                      {"cell_mean", row.result.cell_mean},
                      {"cell_s", row.result.cell_s},
                      {"mandel_h", row.result.h},
                      {"mandel_k", row.result.k},
                      {"cochran", row.result.cochran}});
    print_json({{"schema", "assay.study/1"}, {"method", "ISO 5725-2"}, {"rows", list}});
    return rows->empty() ? kNothing : kConforms;
  }
  std::vector<std::vector<std::string>> table = {{app.say("task", "任务"), app.say("metric", "指标量"), "n",
                                                  app.say("mean", "均值"), "s_r", "s_R", "r", "R",
                                                  app.say("unit", "单位")}};
  for (const auto& row : *rows)
    table.push_back({fmt::format("{}@L{}", row.task, row.level), row.metric, fmt::format("{}", row.result.values),
                     fmt::format("{:.4g}", row.result.mean), fmt::format("{:.3g}", row.result.s_r),
                     fmt::format("{:.3g}", row.result.s_R), fmt::format("{:.3g}", row.result.r),
                     fmt::format("{:.3g}", row.result.R), row.unit});
  print_table(table);
  return rows->empty() ? kNothing : kConforms;
}

int do_disclosed(const App& app, const BundleOptions& o) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  if (auto good = evidence::verify_disclosed(o.file, o.trace, o.trace_file, registry); !good)
    return fail(app, good.error());
  std::printf("%s\n", app.say("✓ the trace that the bundle names; it is judged the same again",
                              "✓ 即证据包所指的记录；复判结果一致")
                          .c_str());
  return kConforms;
}

}  // namespace

void add_bundle_commands(CLI::App& parser, App& app, Action& run) {
  const auto o = std::make_shared<BundleOptions>();
  const auto bind = [&app, &run, o](CLI::App* command, int (*action)(const App&, const BundleOptions&)) {
    command->callback([&app, &run, o, action] { run = [&app, o, action] { return action(app, *o); }; });
  };
  auto* bundle =
      parser.add_subcommand("bundle", app.say("evidence that a third party can check", "第三方可核验的证据包"));
  bundle->require_subcommand(1);
  bundle->fallthrough();

  auto* create =
      bundle->add_subcommand("create", app.say("a closed session as one file", "将已结束的检测打包为一个文件"));
  create->add_option("session", o->session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
  create->add_option("-o,--output", o->output,
                     app.say("file (default: SESSION.assay)", "文件（默认：检测编号.assay）"));
  create->add_flag("--without-traces", o->without_traces,
                   app.say("raw records stay home; their digests go along", "原始记录不随附，仅附其摘要"));
  bind(create, do_create);

  const auto file_help = app.say("bundle", "证据包");
  auto* sign = bundle->add_subcommand("sign", app.say("vouch for a bundle", "为证据包签名"));
  sign->add_option("file", o->file, file_help)->required();
  sign->add_option("--key", o->key, app.say("private key file, mode 0600", "私钥文件，权限 0600"))->required();
  sign->add_option("--role", o->role,
                   app.say("tester, reviewer, certifier; vendor for self and dev",
                           "tester、reviewer、certifier；self 与 dev 用 vendor"))
      ->check(CLI::IsMember({"tester", "reviewer", "certifier", "vendor"}))
      ->capture_default_str();
  sign->add_option("--person", o->person, app.say("who signs", "签名人"))->required();
  sign->add_option("--organisation", o->organisation, app.say("for whom", "所属机构"))->required();
  sign->add_option("--deviation", o->deviations,
                   app.say("a deviation from the method; may be given several times", "与方法的偏离；可多次给出"));
  bind(sign, do_sign);

  auto* verify = bundle->add_subcommand("verify", app.say("five answers: intact, signer, covers, current, recomputes",
                                                          "五个回答：完整、签发、适用、现行、复算"));
  verify->add_option("file", o->file, file_help)->required();
  verify->add_option("--trust", o->verify.trust, app.say("trust list (YAML)", "信任列表（YAML）"));
  verify->add_option("--register", o->verify.state_register,
                     app.say("the issuer's register of states", "出具方的状态登记册"));
  verify->add_option("--serial", o->verify.serial, app.say("serial number of the robot at hand", "手边机器人的编号"));
  verify->add_option("--firmware", o->verify.software, app.say("its software version", "其软件版本"));
  verify->add_flag("--no-recompute", o->no_recompute, app.say("do not judge the traces again", "不复算记录"));
  verify->add_flag("--sm3", o->verify.sm3, app.say("compare SM3 digests, too", "同时核对 SM3 摘要"));
  bind(verify, do_verify);

  auto* study = bundle->add_subcommand(
      "study", app.say("repeatability and reproducibility over laboratories that examined one subject (ISO 5725-2)",
                       "同一对象在多个实验室的重复性与再现性（ISO 5725-2）"));
  study->add_option("files", o->files, app.say("two bundles or more", "两个以上证据包"))->required()->expected(2, 1000);
  study->add_option("--metric", o->metric, app.say("this metric alone", "仅此指标量"));
  bind(study, do_study);

  auto* check = bundle->add_subcommand(
      "check", app.say("what a laboratory's intake looks at; the same for vendors", "实验室收样检查；厂商同样可用"));
  check->add_option("file", o->file, file_help)->required();
  bind(check, do_check);

  auto* disclosed = bundle->add_subcommand(
      "disclosed", app.say("is this file the trace that the bundle names?", "该文件是否为证据包所指的记录？"));
  disclosed->add_option("file", o->file, file_help)->required();
  disclosed
      ->add_option("--trace", o->trace,
                   app.say("its name there, e.g. traces/t0047.mcap", "包内名称，如 traces/t0047.mcap"))
      ->required();
  disclosed->add_option("--mcap", o->trace_file, app.say("the file", "文件"))->required();
  bind(disclosed, do_disclosed);
  add_bundle_registry_commands(*bundle, app, run);
}

}  // namespace assay::cli
