#include "gui/live_run.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace assay::gui {
namespace {

constexpr int kPoll_ms = 200;
constexpr std::size_t kMostRates = 4000;

}  // namespace

void LiveRun::take(const QByteArray& line) {
  const auto o = QJsonDocument::fromJson(line).object();
  if (!o[QLatin1String("schema")].toString().startsWith(QLatin1String("assay.event/"))) return;
  const auto text = [&](const char* key) { return o[QLatin1String(key)].toString(); };
  const auto whole = [&](const char* key) { return o[QLatin1String(key)].toInt(); };
  const QString type = text("type");
  session = text("session");
  last_time = text("time");
  const std::int64_t number = o[QLatin1String("number")].toInteger();
  if (type == QLatin1String("trial_started")) {
    finished = complete = interrupted = paused = false;  // the stream of a session holds all of its runs
    LiveTrial trial;
    trial.number = number;
    trial.task = text("task");
    trial.level = whole("level");
    trial.index = whole("index");
    trial.attempt = whole("attempt");
    trial.started = last_time;
    trials.push_back(std::move(trial));
  } else if (type == QLatin1String("trial_finished")) {
    const auto at = std::find_if(trials.rbegin(), trials.rend(), [&](const auto& t) { return t.number == number; });
    if (at == trials.rend()) return;
    at->outcome = text("outcome");
    at->reason = text("reason");
    at->wall_s = o[QLatin1String("wall_s")].toDouble();
    at->ended = last_time;
    unsafe += at->outcome == QLatin1String("unsafe") ? 1 : 0;
    errors += at->outcome == QLatin1String("error") ? 1 : 0;
  } else if (type == QLatin1String("progress")) {
    done = whole("done");
    expected = whole("expected");
    most = whole("most");
    jobs = whole("jobs");
    eta_s = o[QLatin1String("eta_s")].toDouble(-1);
    rates.push_back({last_time, o[QLatin1String("trials_per_s")].toDouble(), eta_s, done});
    if (rates.size() > kMostRates) rates.erase(rates.begin());
    return;
  } else if (type == QLatin1String("series_stopped")) {
    stopped.push_back({text("task"), whole("level"), whole("trials"), text("why")});
  } else if (type == QLatin1String("indicator_decided")) {
    decided.push_back({text("indicator"), text("state"), whole("n"), whole("failures")});
  } else if (type == QLatin1String("worker_lost")) {
    ++workers_lost;
  } else if (type == QLatin1String("run_finished")) {
    finished = true;
    complete = o[QLatin1String("complete")].toBool();
    workers_lost = whole("workers_lost");
  } else if (type == QLatin1String("run_paused") || type == QLatin1String("run_continued")) {
    paused = type == QLatin1String("run_paused");
  } else if (type == QLatin1String("run_interrupted")) {
    interrupted = true;
  }
  const QString task = text("task");
  const QString who = text("indicator").isEmpty() ? task : text("indicator");
  log.push_back({last_time, type, task.isEmpty() ? who : QStringLiteral("%1 L%2").arg(task).arg(whole("level")),
                 number > 0 ? QString::number(number) : QString(), text("outcome"), text("reason")});
}

double LiveRun::worst_eta_s() const {
  const double rate = rates.empty() ? 0 : rates.back().trials_per_s;
  return rate > 0 ? std::max(0, most - done) / rate : -1;
}

RunFollower::RunFollower(QObject* parent) : QObject(parent) {
  timer_.setInterval(kPoll_ms);
  connect(&timer_, &QTimer::timeout, this, &RunFollower::poll);
}

void RunFollower::follow(const RunNote& note) {
  note_ = note;
  run_ = {};
  rest_.clear();
  file_.close();
  file_.setFileName(note.events);
  state_ = RunState::starting;
  poll();
  emit state_changed();
  if (state_ == RunState::starting || state_ == RunState::running) timer_.start();
}

void RunFollower::forget() {
  timer_.stop();
  run_ = {};
  note_ = {};
  set_state(RunState::none);
}

void RunFollower::stop_asked() { set_state(RunState::stopping); }

void RunFollower::set_state(RunState state) {
  if (state_ == state) return;
  state_ = state;
  emit state_changed();
}

void RunFollower::read() {
  if (!file_.isOpen() && !file_.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) return;
  rest_ += file_.readAll();
  qsizetype from = 0;
  for (qsizetype end = rest_.indexOf('\n'); end >= 0; end = rest_.indexOf('\n', from)) {
    run_.take(rest_.mid(from, end - from));
    from = end + 1;
  }
  rest_.remove(0, from);
  if (from > 0) emit changed();
}

void RunFollower::poll() {
  // Before the reading: what the process wrote before its end is then read before it is called dead.
  const bool alive = RunControl::alive(note_);
  read();
  if (alive) {
    if (state_ == RunState::starting && !run_.session.isEmpty()) set_state(RunState::running);
    return;
  }
  timer_.stop();
  if (run_.finished)
    set_state(run_.complete ? RunState::finished : RunState::interrupted);
  else
    set_state(run_.interrupted ? RunState::interrupted : RunState::died);
}

QString RunFollower::last_words() const {
  QFile file(note_.messages);
  if (!file.open(QIODevice::ReadOnly)) return {};
  if (file.size() > 4000) file.seek(file.size() - 4000);
  return QString::fromUtf8(file.readAll()).trimmed();
}

}  // namespace assay::gui
