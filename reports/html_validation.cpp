// Whether the arithmetic behind this report was checked, by whom, on which files and with which build.
#include <fmt/format.h>

#include "reports/html_page.h"

namespace assay::reports {
namespace {

/// The record's own word and its counts must agree: a report does not repeat an "ok" that its files contradict.
bool all_passed(const SoftwareValidation& validation) {
  int cases = 0;
  bool passed = validation.ok;
  for (const auto& file : validation.files) {
    cases += file.cases;
    passed = passed && file.passed == file.cases;
  }
  return passed && cases > 0;
}

void warning(Page& page, const Text& text) {
  page.raw("<p class=\"notice\"><b>").both({"Warning.", "警告"}).raw("</b> ").both(text).raw("</p>\n");
}

void fact(Page& page, const Text& name, const std::string& value) {
  page.raw("<dt>").both(name).raw("</dt><dd>").text(value.empty() ? "–" : value).raw("</dd>\n");
}

void write_state(Page& page, const SoftwareValidation& validation) {
  static const Look kPassed{
      {"all cases passed, with the build that ran this session", "用例全部通过，且即运行本次会话的构建"},
      "check",
      "pass",
      ink::kPass,
      ink::kPassTint};
  static const Look kOther{
      {"passed, but with another build", "已通过，但非同一构建"}, "half", "unsure", ink::kUnsure, ink::kUnsureTint};
  static const Look kFailed{{"not all cases passed", "用例未全部通过"}, "cross", "fail", ink::kFail, ink::kFailTint};
  const bool passed = all_passed(validation);
  const Look& good = validation.same_build ? kPassed : kOther;
  page.raw("<p>").chip(passed ? good : kFailed).raw("</p>\n");
  if (!validation.same_build) {
    warning(page, {"The build that was validated is not the one that ran this session. Run assay validate with the "
                   "build that runs the session.",
                   "经验证的构建不是运行本次会话的构建。请用运行会话的同一构建执行 assay validate。"});
  }
  if (!passed) {
    warning(page, {"Not every reference case passed: figures of this report may be wrong. assay validate says which.",
                   "参考用例未全部通过：本报告中的数值可能有误。执行 assay validate 可查看未通过的用例。"});
  }
}

void write_file(Page& page, const SoftwareValidation::File& file) {
  const bool passed = file.cases > 0 && file.passed == file.cases;
  page.raw("<tr><td>").code(file.name);
  if (!file.title.empty()) page.raw("<br><span class=\"small\">").text(file.title).raw("</span>");
  page.raw("</td><td class=\"num\"><span class=\"plain ").raw(passed ? "pass\">" : "fail\">");
  page.icon(passed ? "check" : "cross").raw(fmt::format(" {} / {}", file.passed, file.cases));
  page.raw("</span></td><td>").code(file.sha256.empty() ? "–" : file.sha256).raw("</td></tr>\n");
}

}  // namespace

void write_validation(Page& page, const ReportModel& model) {
  page.section("validation", {"Software validation", "软件验证"});
  if (!model.validation) {
    warning(page, {"assay validate has not been run with this build: no check of its arithmetic is on record.",
                   "尚未用本构建执行 assay validate：没有其计算结果的验证记录。"});
    page.end_section();
    return;
  }
  const SoftwareValidation& validation = *model.validation;
  write_state(page, validation);
  page.raw("<dl>\n");
  fact(page, {"When", "时间"}, time_text(validation.time));
  fact(page, {"By", "执行人"}, validation.by);
  fact(page, {"Build that was validated", "经验证的构建"}, validation.build);
  if (!validation.same_build) fact(page, {"Build that ran the session", "运行会话的构建"}, model.plan.build);
  page.raw("</dl>\n");
  if (validation.files.empty()) {
    page.paragraph({"No reference file on record.", "无参考用例文件的记录。"}, "muted");
  } else {
    page.head(
        {{{"Reference cases", "参考用例"}}, {{"Passed / cases", "通过 / 用例数"}, true}, {{"SHA-256", "SHA-256"}}},
        {"Cases with values computed elsewhere, run through the functions of the program (assay validate; "
         "ISO/IEC 17025:2017, 7.11.2).",
         "以其他途径算得的参考值，检验程序自身的函数（assay validate；ISO/IEC 17025:2017，7.11.2）。"});
    for (const auto& file : validation.files) write_file(page, file);
    page.end_table();
  }
  page.end_section();
}

}  // namespace assay::reports
