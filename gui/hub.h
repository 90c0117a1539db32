// What all pages share: the workspace that is open, the session that is looked at, the run that goes on.
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>

#include "gui/assay_call.h"
#include "gui/live_run.h"
#include "gui/run_control.h"
#include "gui/session_data.h"
#include "gui/worker.h"

namespace assay::gui {

enum class PageId { home, setup, run, results, trace, compare, report, quality, score };
inline constexpr int kPages = 9;

/// Something that is being read: not yet, there, or not to be had.
template <class T>
struct Loaded {
  bool loading = false;
  std::shared_ptr<const T> value;
  std::optional<Problem> problem;
};

class Hub : public QObject {
  Q_OBJECT
 public:
  Hub(const QString& workspace, const QString& program);
  [[nodiscard]] const QString& workspace() const { return workspace_; }
  [[nodiscard]] std::string folder() const { return workspace_.toStdString(); }

  void reload();  ///< list of sessions, and the session that is open
  void open_session(const QString& id);
  [[nodiscard]] const Loaded<Workspace>& space() const { return space_; }
  [[nodiscard]] const Loaded<Session>& session() const { return session_; }
  [[nodiscard]] const QString& session_id() const { return session_id_; }

  Result<void> start_run(const QStringList& arguments);
  Result<void> ask_run(RunRequest request);
  void go(PageId page, const QString& detail = {}) { emit page_wanted(page, detail); }
  void tell(const QString& text) { emit told(text); }
  /// The operator's card has the window to itself.
  void set_operating(bool on) { emit operating(on); }
  /// A sitting of second scoring: no page that could tell an outcome opens until it ends.
  void set_sitting(bool on);
  [[nodiscard]] bool sitting() const { return sitting_; }
  void request_language(Lang lang) { emit language_wanted(lang); }

  AssayCall call;
  RunControl control;
  RunFollower follower;

 signals:
  void space_changed();
  void session_changed();
  void page_wanted(assay::gui::PageId page, const QString& detail);
  void told(const QString& text);
  void operating(bool on);
  void sitting_changed();
  void language_wanted(assay::Lang lang);

 private:
  QString workspace_, session_id_;
  Loaded<Workspace> space_;
  Loaded<Session> session_;
  bool sitting_ = false;
  int asked_ = 0;  ///< an answer to an older question is dropped
  QTimer while_running_;

 public:
  Worker worker;  ///< last: its thread ends before what it writes to
};

}  // namespace assay::gui
