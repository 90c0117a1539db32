// Every trial on a line, RFC 4180: CRLF, quotes doubled, units in the header.
#include <fmt/format.h>

#include <map>

#include "reports/report.h"

namespace assay::reports {
namespace {

class Line {
 public:
  Line& text(std::string_view value) {
    separate();
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
      out_ += value;
      return *this;
    }
    out_ += '"';
    for (const char c : value) out_ += c == '"' ? std::string_view("\"\"") : std::string_view(&c, 1);
    out_ += '"';
    return *this;
  }
  template <class T>
  Line& number(T value) {
    separate();
    out_ += fmt::format("{}", value);
    return *this;
  }
  Line& none() {
    separate();
    return *this;
  }
  std::string end() { return std::move(out_) + "\r\n"; }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  std::string out_;
  bool first_ = true;
};

/// A column per metric, version and unit, so that no column mixes what cannot be compared.
std::string column_of(const MetricValue& metric) {
  return fmt::format("{} v{} [{}] ({})", metric.id, metric.version, metric.unit, to_string(metric.vantage));
}

std::map<std::string, std::optional<double>> columns_of(const TrialRecord& trial) {
  std::map<std::string, std::optional<double>> out;
  for (const auto& metric : trial.metrics) out.emplace(column_of(metric), metric.value);
  return out;
}

void put_time(Line& line, UtcTime time) {
  if (time.ns == 0) {
    line.none();
  } else {
    line.text(to_rfc3339(time));
  }
}

std::string checks_of(const Verdict& verdict) {
  std::string out;
  for (const auto& [name, held] : verdict.checks) {
    out += fmt::format("{}{}={}", out.empty() ? "" : ";", name, held ? "true" : "false");
  }
  return out;
}

Line row_of(const ReportModel& model, const TrialRecord& trial) {
  Line line;
  line.text(model.session).number(trial.number).text(trial.task).number(trial.level).number(trial.index);
  line.number(trial.attempt).text(trial.finished ? "true" : "false");
  line.text(trial.finished ? to_string(trial.verdict.outcome) : "").text(trial.verdict.reason);
  line.text(trial.validity == Validity::valid ? "valid" : "invalid").text(trial.invalid_reason).text(trial.invalid_by);
  line.text(trial.invalid_before_reveal ? "true" : "false").text(checks_of(trial.verdict));
  if (trial.finished) {
    line.number(trial.verdict.robustness);
  } else {
    line.none();
  }
  put_time(line, trial.started);
  put_time(line, trial.ended);
  line.text(trial.initial_state_digest).text(trial.content_digest).text(trial.trace_sha256);
  return line;
}

}  // namespace

std::string to_csv(const ReportModel& model) {
  std::map<std::string, std::optional<double>> metrics;
  for (const auto& trial : model.trials) metrics.merge(columns_of(trial));
  Line head;
  for (const auto* name : {"session",
                           "number",
                           "task",
                           "level",
                           "index",
                           "attempt",
                           "finished",
                           "outcome",
                           "reason",
                           "validity",
                           "invalid_reason",
                           "invalid_by",
                           "invalid_before_reveal",
                           "checks",
                           "robustness [1]",
                           "started [UTC]",
                           "ended [UTC]",
                           "initial_state_digest",
                           "content_digest",
                           "trace_sha256"}) {
    head.text(name);
  }
  for (const auto& [column, unused] : metrics) head.text(column);
  std::string out = head.end();
  for (const auto& trial : model.trials) {
    Line line = row_of(model, trial);
    const auto values = columns_of(trial);
    for (const auto& [column, unused] : metrics) {
      const auto at = values.find(column);
      if (at != values.end() && at->second) {
        line.number(*at->second);
      } else {
        line.none();
      }
    }
    out += line.end();
  }
  return out;
}

}  // namespace assay::reports
