// Run: what happens now, how far each indicator is from its limit, and the one button that ends it in a controlled way.
#pragma once

#include "gui/charts.h"
#include "gui/operator_panel.h"
#include "gui/page.h"
#include "gui/rows_model.h"
#include "gui/telemetry.h"

class QPlainTextEdit;
class QProgressBar;
class QTabWidget;

namespace assay::gui {

class RunPage : public Page {
  Q_OBJECT
 public:
  explicit RunPage(Hub& hub);
  void refresh() override;
  void enter(const QString& detail) override;
  void ask(RunRequest request);
  /// What the run asks of its operator; empty: nothing.
  void show_prompt(const QJsonObject& prompt);

 private:
  void fill_head();
  void fill_lamps();
  void fill_lists();
  void fill_intervals();
  void ask_prompt();     ///< of a run that asks its operator
  void show_operator();  ///< card or details, as asked for
  void ask_picture();    ///< of the scene, and what plays in place of a robot
  void ask_play();
  [[nodiscard]] QString drawn(const char* what) const;
  void answer(const QJsonObject& message);
  void ask_result();  ///< intervals from `assay report`, at most every few seconds

  OperatorPanel* operator_;
  QWidget* rest_;       ///< all but the operator's card
  Card* asks_;          ///< the way back to it
  bool asked_ = false;  ///< by a run that lives
  bool details_ = false, plays_ = false, act_seen_ = false;
  std::int64_t pictured_ = 0;  ///< trial
  Badge* badge_;
  Card *head_, *died_;
  QLabel *title_, *progress_text_, *died_text_;
  QProgressBar* progress_;
  QPushButton *stop_, *pause_, *resume_;
  IntervalList* intervals_;
  QLabel* interval_note_;
  QVBoxLayout* lamps_;
  Strip *rate_, *wall_;
  StateTimeline* timeline_;
  RowsModel *trials_, *log_;
  QTabWidget* tabs_;
  TelemetryPanel* signals_;
  QJsonObject report_;
  QString report_session_;
  int report_done_ = -1;
  bool asking_ = false;
  bool prompting_ = false;
  QTimer poll_, prompt_poll_;
};

}  // namespace assay::gui
