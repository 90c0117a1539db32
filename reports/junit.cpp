// JUnit XML as Jenkins reads it: a suite per task and level, a case per indicator. Trials are statistics, not cases.
#include <fmt/format.h>

#include <map>

#include "reports/checklist.h"
#include "reports/html_page.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

/// Text that XML 1.0 can hold; escaped() has seen to markup and control characters, line ends become spaces.
std::string xml(std::string_view text) {
  std::string out = escaped(text);
  for (char& c : out)
    if (c == '\n' || c == '\t') c = ' ';
  return out;
}

struct Suite {
  std::string cases;
  int tests = 0, failures = 0, errors = 0, skipped = 0;
};

void property(std::string& out, const char* name, const std::string& value) {
  out += fmt::format("        <property name=\"{}\" value=\"{}\"/>\n", name, xml(value));
}

std::string number(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

/// Trials of the indicator's series that ended by a fault of robot, adapter or test system.
int faults(const ReportModel& model, const std::string& task, int level) {
  int out = 0;
  for (const auto& trial : model.trials) {
    if (trial.task != task || trial.level != level || !trial.finished) continue;
    const auto& reason = trial.verdict.reason;
    if (trial.verdict.outcome == Outcome::error || reason.rfind("subject_fault", 0) == 0 ||
        reason.rfind("harness_fault", 0) == 0 || reason.rfind("unattributed_fault", 0) == 0)
      ++out;
  }
  return out;
}

void result(Suite& suite, Conformity conformity, int faulty, const std::string& message, Lang lang) {
  const std::string word = look_of(conformity).word.in(lang);
  const std::string text = xml(message.empty() ? word : word + ": " + message);
  ++suite.tests;
  if (conformity == Conformity::conform) return;
  // What did not conform because robot or link broke down is an error to look at first, not a result to argue with.
  if (conformity != Conformity::not_tested && faulty > 0) {
    ++suite.errors;
    const std::string count = lang == Lang::zh ? fmt::format("{} 次试验因故障结束", faulty)
                                               : fmt::format("{} trials ended by a fault", faulty);
    suite.cases += fmt::format("      <error type=\"fault\" message=\"{}; {}\"/>\n", count, text);
    return;
  }
  if (conformity == Conformity::not_conform) {
    ++suite.failures;
    suite.cases += fmt::format("      <failure type=\"not_conform\" message=\"{}\"/>\n", text);
    return;
  }
  ++suite.skipped;
  suite.cases += fmt::format("      <skipped message=\"{}\"/>\n", text);
}

void indicator(Suite& suite, const ReportModel& model, const IndicatorResult& x, Lang lang) {
  suite.cases += fmt::format("    <testcase classname=\"{}\" name=\"{} {}\">\n      <properties>\n",
                             xml(x.task.empty() ? "attached" : x.task), xml(x.id), xml(filled(x.title, x.id).in(lang)));
  property(suite.cases, "n", std::to_string(x.n));
  property(suite.cases, "successes", std::to_string(x.successes));
  property(suite.cases, "value", number(x.estimate));
  property(suite.cases, "ci_low", number(x.lower));
  property(suite.cases, "ci_high", number(x.upper));
  property(suite.cases, "limit", fmt::format("{}", x.limit));
  property(suite.cases, "bound", x.metric.empty() ? "at_least" : x.bound);
  property(suite.cases, "unit", x.unit);
  property(suite.cases, "level", fmt::format("L{}", x.level));
  property(suite.cases, "confidence", fmt::format("{}", x.confidence));
  suite.cases += "      </properties>\n";
  result(suite, x.conformity, x.attached ? 0 : faults(model, x.task, x.level), filled(x.reason, "").in(lang), lang);
  suite.cases += "    </testcase>\n";
}

void gate(Suite& suite, const GateResult& x, Lang lang) {
  suite.cases += fmt::format("    <testcase classname=\"gates\" name=\"{} {}\">\n      <properties>\n", xml(x.id),
                             xml(filled(x.title, x.id).in(lang)));
  property(suite.cases, "n", std::to_string(x.attempts));
  property(suite.cases, "events", std::to_string(x.events));
  property(suite.cases, "ci_high", fmt::format("{}", x.upper));
  property(suite.cases, "limit", fmt::format("{}", x.limit));
  property(suite.cases, "confidence", fmt::format("{}", x.confidence));
  suite.cases += "      </properties>\n";
  result(suite, x.conformity, 0, filled(x.reason, "").in(lang), lang);
  suite.cases += "    </testcase>\n";
}

}  // namespace

std::string to_junit(const ReportModel& model, Lang lang) {
  std::vector<std::pair<std::string, Suite>> suites;
  const auto suite_of = [&](const std::string& name) -> Suite& {
    for (auto& [known, suite] : suites)
      if (known == name) return suite;
    return suites.emplace_back(name, Suite{}).second;
  };
  for (const auto& x : model.grade.indicators)
    indicator(suite_of(x.task.empty() ? "attached" : fmt::format("{} L{}", x.task, x.level)), model, x, lang);
  for (const auto& x : model.grade.gates) gate(suite_of("gates"), x, lang);
  Suite all;
  for (const auto& [name, suite] : suites) {
    all.tests += suite.tests;
    all.failures += suite.failures;
    all.errors += suite.errors;
    all.skipped += suite.skipped;
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  const auto counts = [](const Suite& x) {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", x.tests, x.failures, x.errors,
                       x.skipped);
  };
  out += fmt::format("<testsuites name=\"{}\" {}>\n", xml(model.session), counts(all));
  for (const auto& [name, suite] : suites) {
    out += fmt::format("  <testsuite name=\"{}\" {}", xml(name), counts(suite));
    if (model.locked.ns != 0) out += fmt::format(" timestamp=\"{}\"", to_rfc3339(model.locked).substr(0, 19));
    out += ">\n    <properties>\n";
    const auto line = [&](const char* key, const std::string& value) {
      out += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", key, xml(value));
    };
    line("session", model.session);
    line("division", model.division);
    line("scheme", model.scheme.id + " " + model.scheme.version);
    line("subject", model.subject.id);
    out += "    </properties>\n" + suite.cases + "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace assay::reports
