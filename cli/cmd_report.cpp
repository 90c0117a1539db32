// report: written, checked for completeness, issued.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/session.h"
#include "cli/standing.h"
#include "cli/timeline.h"
#include "reports/checklist.h"
#include "suites/particulars.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string session = "last", format = "html", language, particulars, document = "report", output;
  bool issue = false;
  StandingRequest standing;
};

/// The language that prevails stands first.
Lang first_of(const App& app, const ReportOptions& o, const reports::ReportModel& model) {
  if (o.language == "zh") return Lang::zh;
  if (o.language == "en") return Lang::en;
  if (model.particulars && !model.particulars->prevailing.empty())
    return model.particulars->prevailing == "zh" ? Lang::zh : Lang::en;
  return app.lang;
}

Result<std::string> render(const App& app, const ReportOptions& o, reports::ReportModel& model) {
  const Lang first = first_of(app, o, model);
  if (o.format == "json") return reports::to_json(model);
  if (o.format == "csv") return reports::to_csv(model);
  if (o.format == "junit") return reports::to_junit(model, first);
  model.timelines = timelines_of(model.trials);
  const reports::GuiScope gui;
  if (o.format == "html") return reports::to_html(model, first);
  const bool one = o.language == "zh" || o.language == "en";
  const auto languages = one ? reports::Languages::one : reports::Languages::both;
  if (o.document == "certificate") return reports::to_certificate_draft(model, languages, first);
  return reports::to_pdf(model, languages, first);
}

/// A number is issued once; the same report may be written again, in another language or form.
Result<bool> issued_before(const Store& store, const std::string& number, const std::string& digest) {
  ASSAY_TRY(const auto rows, store.audit_log());
  for (const auto& row : rows) {
    if (row.kind != "report_issued") continue;
    const auto detail = nlohmann::json::parse(row.detail_json, nullptr, false);
    if (!detail.is_object() || detail.value("number", "") != number) continue;
    if (detail.value("sha256", "") == digest) return true;
    return Error{.id = 722,
                 .what = {"a report of this number was issued with other content", "该编号的报告已签发，内容不同"},
                 .expected = {"a number of its own", "未使用过的编号"},
                 .found = number + ", " + to_rfc3339(row.time),
                 .help = {"give it a new report.number and name the old one in report.replaces with the reason",
                          "请使用新的 report.number，并在 report.replaces 中写明被代替的编号及原因"}};
  }
  return false;
}

Result<void> check_issue(const ReportOptions& o, const reports::ReportModel& model) {
  if (o.document == "certificate")
    return Error{.id = 723,
                 .what = {"a certificate is not issued here", "本程序不颁发证书"},
                 .expected = {"--document report", "--document report"},
                 .found = "--document certificate",
                 .help = {"draft it without --issue; the certification body decides",
                          "请不带 --issue 生成草案；是否发证由认证机构决定"}};
  return reports::may_issue(model);
}

std::string path_of(const App& app, const ReportOptions& o, const std::string& session) {
  const std::string stem = o.document == "certificate" ? "-certificate-draft" : "";
  return app.workspace + "/reports/" + session + stem + "." + (o.format == "junit" ? "junit.xml" : o.format);
}

int do_report(const App& app, const ReportOptions& o) {
  const auto store = Store::open(app.workspace, !o.issue);
  if (!store) return fail(app, store.error());
  const auto session = open_session(**store, o.session);
  if (!session) return fail(app, session.error());
  auto model = build_model(**store, *session);
  if (!model) return fail(app, model.error());
  if (!o.particulars.empty()) {
    auto particulars = load_particulars(o.particulars);
    if (!particulars) return fail(app, particulars.error());
    model->particulars = std::move(*particulars);
  }
  if (!o.standing.bundle.empty() || !o.standing.state_register.empty()) {
    const auto remarks = standing_remarks(model->session, o.standing);
    if (!remarks) return fail(app, remarks.error());
    auto& told = (*model).remarks;
    told.insert(told.begin(), remarks->begin(), remarks->end());
  }
  std::string digest;
  bool again = false;
  if (o.issue) {
    if (auto may = check_issue(o, *model); !may) return fail(app, may.error());
    model->issued = true;
    digest = reports::digest_of(*model);
    const auto before = issued_before(**store, reports::number_of(*model), digest);
    if (!before) return fail(app, before.error());
    again = *before;
  }
  const auto bytes = render(app, o, *model);
  if (!bytes) return fail(app, bytes.error());
  const std::string path = o.output.empty() ? path_of(app, o, model->session) : o.output;
  if (path == "-") {
    std::fwrite(bytes->data(), 1, bytes->size(), stdout);
  } else if (auto written = write_file(path, *bytes); !written) {
    return fail(app, written.error());
  } else if (o.issue) {
    // What the digest in the QR code is of: later the workspace may hold more (a revealed seed, another scheme's
    // grade).
    const auto data = fs::path(path).replace_extension(".data.json").string();
    if (auto kept = write_file(data, reports::to_json(*model)); !kept) return fail(app, kept.error());
  }
  if (o.issue && !again) {
    const auto& p = *model->particulars;
    const nlohmann::json detail = {
        {"number", reports::number_of(*model)}, {"session", model->session}, {"sha256", digest},
        {"particulars_sha256", p.sha256},       {"issued", p.issued},        {"replaces", p.replaces}};
    if (auto noted = (*store)->audit("report_issued", p.approved_by.in(app.lang), detail.dump(), utc_now()); !noted)
      return fail(app, noted.error());
  }
  if (app.json && path != "-")
    print_json({{"schema", "assay.written/1"}, {"path", path}});
  else if (o.output.empty())
    std::printf("%s\n", path.c_str());
  return kConforms;
}

}  // namespace

void add_report_command(CLI::App& parser, App& app, Action& run) {
  const auto o = std::make_shared<ReportOptions>();
  auto* report = parser.add_subcommand("report", app.say("write the report, or issue it", "生成报告，或签发报告"));
  report->add_option("session", o->session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
  report->add_option("--format", o->format, app.say("html, pdf, json, csv or junit", "html、pdf、json、csv 或 junit"))
      ->check(CLI::IsMember({"html", "pdf", "json", "csv", "junit"}))
      ->capture_default_str();
  report
      ->add_option("--lang", o->language,
                   app.say("language of the report: zh, en or both (default: both, the prevailing one first)",
                           "报告语言：zh、en 或 both（默认：双语，优先语言在前）"))
      ->check(CLI::IsMember({"zh", "en", "both"}));
  report->add_option("--particulars", o->particulars,
                     app.say("file with what no trial can say: laboratory, customer, days, people "
                             "(assay.particulars/1)",
                             "补充信息文件：检测机构、委托方、日期、人员等（assay.particulars/1）"));
  report
      ->add_option(
          "--document", o->document,
          app.say("report, or certificate (only ever a draft; pdf)", "report，或 certificate（仅为草案；pdf）"))
      ->check(CLI::IsMember({"report", "certificate"}))
      ->capture_default_str();
  report->add_flag("--issue", o->issue,
                   app.say("issue it: blocked until ISO/IEC 17025, 7.8.2.1 a–p is complete; put on record",
                           "签发：ISO/IEC 17025 7.8.2.1 a–p 各项齐备方可；签发记录存档"));
  report->add_option(
      "--bundle", o->standing.bundle,
      app.say("the session's bundle: print what the register says of it", "本次检测的证据包：打印登记状态"));
  report->add_option("--register", o->standing.state_register, app.say("register of states", "状态登记册"));
  report->add_option("--trust", o->standing.trust, app.say("trust list (YAML)", "信任列表（YAML）"));
  report->add_option("-o,--output", o->output, app.say("file, or - for stdout", "文件，或 - 表示标准输出"));
  report->callback([&app, &run, o] {
    if (o->document == "certificate") o->format = "pdf";
    run = [&app, o] { return do_report(app, *o); };
  });
}

}  // namespace assay::cli
