// Questions to the program: `assay … --json` as a process of its own, with a deadline. The dashboard has no rules;
// what is planned, checked, explained or compared is answered here.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <functional>

#include "gui/words.h"

namespace assay::gui {

struct Answer {
  int exit_code = -1;  ///< of the program; -1: it did not start, did not end in time or crashed
  QJsonObject json;    ///< what stood on stdout; empty if it was no object
  QByteArray output, messages;
  [[nodiscard]] bool failed() const;  ///< no object, or {"schema":"assay.error/1"}
  [[nodiscard]] Problem problem() const;
};

class AssayCall : public QObject {
 public:
  AssayCall(QString program, QString workspace) : program_(std::move(program)), workspace_(std::move(workspace)) {}

  /// `assay --workspace W --json ARGUMENTS`; `done` on this thread, unless the receiver is gone. `json` false: without
  /// --json, the answer is in `output`.
  void ask(QObject* receiver, const QStringList& arguments, std::function<void(const Answer&)> done,
           int deadline_ms = 60'000, bool json = true);

  [[nodiscard]] const QString& program() const { return program_; }
  [[nodiscard]] const QString& workspace() const { return workspace_; }
  /// Seen by tests: processes in flight.
  [[nodiscard]] int running() const { return running_; }

 private:
  QString program_, workspace_;
  int running_ = 0;
};

}  // namespace assay::gui
