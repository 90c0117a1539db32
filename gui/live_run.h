// What the event stream says of a run, line by line: a plain record and the follower that reads the file.
#pragma once

#include <QFile>
#include <QObject>
#include <QTimer>
#include <vector>

#include "core/model/trial.h"
#include "gui/run_control.h"

namespace assay::gui {

struct LiveTrial {
  std::int64_t number = 0;
  QString task, reason, outcome;  ///< outcome: empty while it runs
  int level = 0, index = 0, attempt = 0;
  double wall_s = 0;
  QString started, ended;  ///< RFC 3339
};
struct LiveSeries {
  QString task;
  int level = 0, trials = 0;
  QString why;
};
struct LiveDecision {
  QString indicator, state;  ///< accepted, refused
  int n = 0, failures = 0;
};
struct LiveRate {
  QString time;
  double trials_per_s = 0, eta_s = -1;
  int done = 0;
};

struct LiveRun {
  QString session, last_time;
  std::vector<LiveTrial> trials;    ///< in order of their start
  std::vector<LiveSeries> stopped;  ///< series that are decided
  std::vector<LiveDecision> decided;
  std::vector<LiveRate> rates;  ///< progress, oldest first
  int done = 0, expected = 0, most = 0, jobs = 0, workers_lost = 0;
  int unsafe = 0, errors = 0;
  double eta_s = -1;
  bool finished = false, complete = false, interrupted = false, paused = false;
  std::vector<QStringList> log;  ///< time, event, text in neither language: task, level, index, outcome, reason

  /// Takes one line; one that is no event is left out.
  void take(const QByteArray& line);
  /// Seconds left if all goes on as it does, and if every series goes to its cap.
  [[nodiscard]] double worst_eta_s() const;
};

enum class RunState { none, starting, running, stopping, finished, interrupted, died };

class RunFollower : public QObject {
  Q_OBJECT
 public:
  explicit RunFollower(QObject* parent = nullptr);
  /// Reads what there is, then what comes.
  void follow(const RunNote& note);
  void stop_asked();
  void forget();
  [[nodiscard]] const LiveRun& run() const { return run_; }
  [[nodiscard]] const RunNote& note() const { return note_; }
  [[nodiscard]] RunState state() const { return state_; }
  /// The last lines that the process wrote on stderr; for a run that never told an event.
  [[nodiscard]] QString last_words() const;

 signals:
  void changed();        ///< new events
  void state_changed();  ///< state() is another

 private:
  void poll();
  void read();
  void set_state(RunState state);

  RunNote note_;
  LiveRun run_;
  QFile file_;
  QByteArray rest_;
  QTimer timer_;
  RunState state_ = RunState::none;
};

}  // namespace assay::gui
