// A run from the outside: started as a process of its own that outlives the dashboard, found again by a note in
// <workspace>/run/, asked to stop. The only place that knows how a run is reached: over its socket where it has one,
// else by SIGINT.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

#include "core/result.h"

namespace assay::gui {

/// <workspace>/run/<stamp>.json: which process writes which event file.
struct RunNote {
  QString path, events, messages;  ///< files: the note, event stream, what the process said on stderr
  QStringList arguments;
  qint64 pid = 0;
  QString started_as;  ///< start time of the process in kernel ticks: numbers of processes are used again
};

enum class RunRequest { pause, resume, stop };

class RunControl {
 public:
  RunControl(QString program, QString workspace) : program_(std::move(program)), workspace_(std::move(workspace)) {}

  /// `assay run …` or `assay resume …`, detached. 0740: it cannot be started; 0741: no note can be written.
  Result<RunNote> start(const QStringList& arguments) const;
  /// A run that goes on, wherever it was started; else the newest started from a dashboard, whose events tell how it
  /// ended.
  [[nodiscard]] std::optional<RunNote> newest() const;
  [[nodiscard]] static bool alive(const RunNote& note);
  /// 0742: nobody listens (pause, resume need the socket); 0743: the process is gone.
  Result<void> ask(const RunNote& note, const QString& session, RunRequest request) const;
  /// The run has a socket, so it can be paused.
  [[nodiscard]] bool has_socket(const QString& session) const;

 private:
  [[nodiscard]] std::optional<RunNote> newest_note() const;  ///< of those started from a dashboard
  [[nodiscard]] QString socket(const QString& session) const;
  QString program_, workspace_;
};

}  // namespace assay::gui
