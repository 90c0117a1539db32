#include "gui/session_data.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>
#include <algorithm>
#include <cmath>

#include "gui/words.h"
#include "suites/catalog.h"

namespace assay::gui {
namespace {

QJsonObject object_of(const std::string& json) {
  return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

std::string text(const QJsonObject& o, const char* key) { return o[QLatin1String(key)].toString().toStdString(); }
Text both(const QJsonObject& o, const char* key) {
  const auto inner = o[QLatin1String(key)].toObject();
  return {text(inner, "en"), text(inner, "zh")};
}
std::optional<double> maybe(const QJsonObject& o, const char* key) {
  const auto value = o[QLatin1String(key)];
  return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}
double real(const QJsonObject& o, const char* key, double otherwise = 0) {
  return o[QLatin1String(key)].toDouble(otherwise);
}
int whole(const QJsonObject& o, const char* key) { return o[QLatin1String(key)].toInt(); }

std::vector<LevelStep> steps_of(const QJsonArray& list) {
  std::vector<LevelStep> out;
  for (const auto& entry : list) {
    const auto o = entry.toObject();
    LevelStep step;
    step.level = whole(o, "level");
    step.conformity = Conformity::not_tested;
    const auto word = text(o, "conformity");
    for (const auto c : {Conformity::conform, Conformity::inconclusive, Conformity::not_conform})
      if (word == to_string(c)) step.conformity = c;
    for (const auto& id : o[QLatin1String("blocking")].toArray()) step.blocking.push_back(id.toString().toStdString());
    out.push_back(std::move(step));
  }
  return out;
}

Conformity conformity_of(const std::string& word) {
  for (const auto c : {Conformity::conform, Conformity::inconclusive, Conformity::not_conform})
    if (word == to_string(c)) return c;
  return Conformity::not_tested;
}

StopState stop_of(const std::string& word) {
  if (word == "accepted") return StopState::accepted;
  return word == "refused" ? StopState::refused : StopState::running;
}

void fill_line(SessionLine& line, const SessionRow& row, const TrialCounts& trials, const QJsonObject& report) {
  const auto plan = object_of(row.plan_json);
  line.number = row.number;
  line.id = q(row.id);
  line.state = q(row.state);
  line.subject = plan[QLatin1String("subject")].toString();
  line.scheme = plan[QLatin1String("scheme")].toString();
  line.scope = plan[QLatin1String("scope")].toString();
  line.division = plan[QLatin1String("division")].toString();
  line.declared_level = plan[QLatin1String("declared_level")].toInt();
  line.trials = trials;
  line.locked = row.locked;
  line.closed = row.closed;
  if (!report.isEmpty()) {
    line.level = report[QLatin1String("grade")].toObject()[QLatin1String("overall_level")].toInt();
    const auto title = report[QLatin1String("subject")].toObject()[QLatin1String("id")].toString();
    if (!title.isEmpty()) line.subject = title;
  }
}

/// A result under another scheme is a second opinion: the session's own, the newest, is what the pages show.
QJsonObject own_result(const QJsonObject& plan, const std::vector<std::string>& grades) {
  for (auto it = grades.rbegin(); it != grades.rend(); ++it) {
    auto report = object_of(*it);
    const auto grade = report[QLatin1String("grade")].toObject();
    if (grade[QLatin1String("scheme")] == plan[QLatin1String("scheme")] &&
        grade[QLatin1String("declared_level")] == plan[QLatin1String("declared_level")])
      return report;
  }
  return {};
}

}  // namespace

Result<Workspace> read_workspace(const std::string& folder) {
  ASSAY_TRY(const auto store, Store::open(folder, true));
  ASSAY_TRY(const auto rows, store->sessions());
  Workspace out;
  for (const auto& row : rows) {
    ASSAY_TRY(const auto counts, store->trial_counts(row.number));
    ASSAY_TRY(const auto grades, store->grades(row.number));
    SessionLine line;
    fill_line(line, row, counts, own_result(object_of(row.plan_json), grades));
    out.sessions.insert(out.sessions.begin(), std::move(line));
  }
  return out;
}

Result<QualityRecords> read_quality(const std::string& folder) {
  ASSAY_TRY(const auto store, Store::open(folder, true));
  ASSAY_TRY(const auto rows, store->sessions());
  QualityRecords out;
  for (const auto& row : rows) {
    ASSAY_TRY(const auto counts, store->trial_counts(row.number));
    if (counts.invalid == 0) continue;
    ASSAY_TRY(const auto trials, store->trial_rows(row.number));
    for (const auto& t : trials)
      if (t.validity == Validity::invalid) out.invalid.emplace_back(q(row.id), t);
  }
  ASSAY_TRY(out.audit, store->audit_log());
  return out;
}

Result<Session> read_session(const std::string& folder, const std::string& id) {
  ASSAY_TRY(const auto store, Store::open(folder, true));
  Session out;
  ASSAY_TRY(out.row, store->session(id));
  ASSAY_TRY(out.trials, store->trial_rows(out.row.number));
  ASSAY_TRY(const auto counts, store->trial_counts(out.row.number));
  ASSAY_TRY(const auto grades, store->grades(out.row.number));
  out.plan = object_of(out.row.plan_json);
  out.report = own_result(out.plan, grades);
  fill_line(out.line, out.row, counts, out.report);
  return out;
}

Result<void> verify_chain(const std::string& folder) {
  ASSAY_TRY(const auto store, Store::open(folder, true));
  return store->verify_chain();
}

std::vector<IndicatorResult> indicators_from(const QJsonObject& grade) {
  std::vector<IndicatorResult> out;
  for (const auto& entry : grade[QLatin1String("indicators")].toArray()) {
    const auto o = entry.toObject();
    IndicatorResult r;
    r.id = text(o, "id");
    r.dimension = text(o, "dimension");
    r.task = text(o, "task");
    r.check = text(o, "check");
    r.clause = text(o, "clause");
    r.level = whole(o, "level");
    r.title = both(o, "title");
    r.conformity = conformity_of(text(o, "conformity"));
    r.reason = both(o, "reason");
    r.limit = real(o, "limit");
    r.confidence = real(o, "confidence", 0.95);
    r.n = whole(o, "n");
    r.n_max = whole(o, "n_max");
    r.successes = whole(o, "successes");
    r.voids = whole(o, "voids");
    r.estimate = maybe(o, "estimate");
    r.lower = maybe(o, "lower");
    r.upper = maybe(o, "upper");
    r.stop = stop_of(text(o, "stop"));
    for (const auto& failures : o[QLatin1String("path")].toArray()) r.path.push_back(failures.toInt());
    for (const auto& trial : o[QLatin1String("trials")].toArray()) r.trials.push_back(trial.toInteger());
    r.attached = o[QLatin1String("attached")].toBool();
    r.statistic = text(o, "statistic");
    r.metric = text(o, "metric");
    r.unit = text(o, "unit");
    r.bound = text(o, "bound");
    r.vantage = text(o, "vantage");
    r.quantile = real(o, "quantile");
    out.push_back(std::move(r));
  }
  return out;
}

Grade grade_from(const QJsonObject& report) {
  const auto o = report[QLatin1String("grade")].toObject();
  Grade out;
  out.scheme = text(o, "scheme");
  out.scope = text(o, "scope");
  out.division = text(o, "division");
  out.claim = both(o, "claim");
  out.overall_level = whole(o, "overall_level");
  out.overall_level_voids_as_failures = whole(o, "overall_level_voids_as_failures");
  out.declared_level = whole(o, "declared_level");
  out.at_declared = conformity_of(text(o, "at_declared"));
  out.examination = whole(o, "examination");
  out.alpha = real(o, "alpha", 0.05);
  out.overall = steps_of(o[QLatin1String("overall")].toArray());
  const auto dimensions = o[QLatin1String("dimensions")].toObject();
  for (auto it = dimensions.begin(); it != dimensions.end(); ++it)
    out.dimensions[it.key().toStdString()] = steps_of(it.value().toArray());
  const auto levels = o[QLatin1String("dimension_level")].toObject();
  for (auto it = levels.begin(); it != levels.end(); ++it)
    out.dimension_level[it.key().toStdString()] = it.value().toInt();
  for (const auto& id : o[QLatin1String("limiting")].toArray()) out.limiting.push_back(id.toString().toStdString());
  out.indicators = indicators_from(o);
  for (const auto& entry : o[QLatin1String("gates")].toArray()) {
    const auto g = entry.toObject();
    GateResult gate;
    gate.id = text(g, "id");
    gate.clause = text(g, "clause");
    gate.title = both(g, "title");
    gate.reason = both(g, "reason");
    gate.conformity = conformity_of(text(g, "conformity"));
    gate.attempts = whole(g, "attempts");
    gate.events = whole(g, "events");
    gate.upper = real(g, "upper", 1);
    gate.limit = real(g, "limit");
    gate.confidence = real(g, "confidence", 0.95);
    out.gates.push_back(std::move(gate));
  }
  return out;
}

SequentialDesign design_from(const QJsonObject& plan, const std::string& indicator) {
  SequentialDesign out;
  for (const auto& entry : plan[QLatin1String("indicators")].toArray()) {
    const auto o = entry.toObject();
    if (text(o, "id") != indicator) continue;
    const auto d = o[QLatin1String("design")].toObject();
    out.p0 = real(d, "p0");
    out.p1 = real(d, "p1");
    out.alpha = real(d, "alpha");
    out.beta = real(d, "beta");
    out.fixed_n = whole(d, "fixed_n");
    out.least_n = whole(d, "least_n");
    const auto table = d[QLatin1String("table")].toObject();
    out.table.n_max = whole(table, "n_max");
    for (const auto& a : table[QLatin1String("accept")].toArray()) out.table.accept.push_back(a.toInt());
    for (const auto& r : table[QLatin1String("refuse")].toArray()) out.table.refuse.push_back(r.toInt());
  }
  return out;
}

Scheme scheme_titles(const QString& id_at_version) {
  const auto name = id_at_version.section(QLatin1Char('@'), 0, 0).toStdString();
  const auto path = catalog_find("schemes", name);
  if (!path) return {};
  auto scheme = load_scheme(*path);
  if (!scheme || q(scheme->version) != id_at_version.section(QLatin1Char('@'), 1, 1)) return {};
  return std::move(*scheme);
}

QString local_time(UtcTime time) {
  if (time.ns == 0) return QStringLiteral("–");
  return QDateTime::fromMSecsSinceEpoch(time.ns / 1'000'000).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString division_word(const QString& division) {
  if (division == QLatin1String("lab")) return say("division.lab");
  return division == QLatin1String("self") ? say("division.self") : say("division.dev");
}

QString level_word(int level) { return level > 0 ? QStringLiteral("L%1").arg(level) : say("level.none"); }

QString percent(double share, int digits) { return QString::number(100 * share, 'f', digits) + QStringLiteral(" %"); }

QString number(double value, int significant) {
  if (value != 0 && (std::abs(value) >= 1e5 || std::abs(value) < 1e-4)) return QString::number(value, 'g', significant);
  const int before = value == 0 ? 1 : static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  return QString::number(value, 'f', std::max(0, significant - std::max(before, 0)));
}

QString duration(double seconds) {
  if (seconds < 0) return QStringLiteral("–");
  const auto s = std::llround(seconds);
  if (s < 60) return say("time.s", {QString::number(s)});
  if (s < 3600) return say("time.min", {QStringLiteral("%1:%2").arg(s / 60).arg(s % 60, 2, 10, QLatin1Char('0'))});
  return say("time.h", {QStringLiteral("%1:%2").arg(s / 3600).arg(s / 60 % 60, 2, 10, QLatin1Char('0'))});
}

}  // namespace assay::gui
