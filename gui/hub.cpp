#include "gui/hub.h"

#include <QDir>
#include <QFileInfo>

namespace assay::gui {

Hub::Hub(const QString& workspace, const QString& program)
    : call(program, QDir(workspace).absolutePath()),
      control(program, QDir(workspace).absolutePath()),
      workspace_(QDir(workspace).absolutePath()) {
  space_.loading = true;  // until it is read for the first time
  connect(&follower, &RunFollower::state_changed, this, &Hub::reload);
  while_running_.setInterval(5000);
  connect(&while_running_, &QTimer::timeout, this, [this] {
    if (follower.state() == RunState::running || follower.state() == RunState::stopping) reload();
  });
  while_running_.start();
  if (const auto note = control.newest()) follower.follow(*note);
}

void Hub::reload() {
  space_.loading = space_.value == nullptr;
  if (!QFileInfo::exists(workspace_ + QStringLiteral("/assay.db"))) {
    space_ = {.loading = false, .value = std::make_shared<const Workspace>(), .problem = std::nullopt};
    session_ = {};
    emit space_changed();
    emit session_changed();
    return;
  }
  emit space_changed();
  worker.ask(
      this, [folder = folder()] { return read_workspace(folder); },
      [this](Result<Workspace> read) {
        space_.loading = false;
        if (read) {
          space_.value = std::make_shared<const Workspace>(std::move(*read));
          space_.problem.reset();
        } else {
          space_.problem = problem_of(read.error());
        }
        if (session_id_.isEmpty() && space_.value != nullptr && !space_.value->sessions.empty())
          session_id_ = space_.value->sessions.front().id;
        emit space_changed();
        if (!session_id_.isEmpty())
          open_session(session_id_);
        else
          emit session_changed();
      });
}

void Hub::open_session(const QString& id) {
  if (id != session_id_) session_ = {};
  session_id_ = id;
  session_.loading = session_.value == nullptr;
  if (session_.loading) emit session_changed();
  worker.ask(
      this, [folder = folder(), name = id.toStdString()] { return read_session(folder, name); },
      [this, ticket = ++asked_](Result<Session> read) {
        if (ticket != asked_) return;
        session_.loading = false;
        if (read) {
          session_.value = std::make_shared<const Session>(std::move(*read));
          session_.problem.reset();
        } else {
          session_.problem = problem_of(read.error());
        }
        emit session_changed();
      });
}

void Hub::set_sitting(bool on) {
  if (sitting_ == on) return;
  sitting_ = on;
  emit sitting_changed();
}

Result<void> Hub::start_run(const QStringList& arguments) {
  ASSAY_TRY(const auto note, control.start(arguments));
  session_id_.clear();  // the new one is the one to look at
  session_ = {};
  follower.follow(note);
  return {};
}

Result<void> Hub::ask_run(RunRequest request) {
  ASSAY_RETURN_IF_ERROR(control.ask(follower.note(), follower.run().session, request));
  if (request == RunRequest::stop) follower.stop_asked();
  return {};
}

}  // namespace assay::gui
