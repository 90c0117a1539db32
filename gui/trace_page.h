// Trace: one trial's channels, events and pictures on one cursor, by keys alone if wished.
#pragma once

#include <QElapsedTimer>
#include <map>

#include "gui/page.h"
#include "gui/rows_model.h"
#include "gui/trace_plot.h"

class QAction;
class QComboBox;
class QLineEdit;
class QListWidget;
class QSlider;

namespace assay::gui {

class TracePage : public Page {
  Q_OBJECT
 public:
  explicit TracePage(Hub& hub);
  void refresh() override;
  void enter(const QString& detail) override;
  [[nodiscard]] const std::vector<QAction*>& key_actions() const { return actions_; }
  [[nodiscard]] std::int64_t trial() const { return trial_; }
  [[nodiscard]] const TracePlot& plot() const { return *plot_; }
  TrialModel& trials() { return *model_; }

 private:
  QAction* key(const char* name, const char* text_key, const char* keys, QWidget* where, std::function<void()> act);
  void build_keys();
  void choose(std::int64_t trial);
  void step_trial(int by);
  void next_failure();
  void read_trace(const TrialRecord& record);
  void show_trace(std::shared_ptr<const Trace> trace);
  void fill_channels();
  void fill_events();
  void fill_words();
  void apply_filter();
  void step_cursor(double part);
  void play();
  void add_bookmark();
  void load_bookmarks();
  void ask_frames();
  void show_frame();

  TrialModel* model_;
  QTableView* table_;
  QLineEdit* search_;
  QComboBox *level_, *outcome_;
  TracePlot* plot_;
  QSlider* slider_;
  QListWidget* channels_;
  RowsModel* events_;
  QLabel *heading_, *message_, *time_, *frame_, *frame_text_;
  Badge* badge_;
  QPushButton *play_, *replay_, *folder_, *bookmark_;
  QComboBox* speed_;
  std::vector<QAction*> actions_;
  QTimer timer_;
  QElapsedTimer since_;
  std::shared_ptr<const Session> session_;
  std::shared_ptr<const Trace> trace_;
  std::int64_t trial_ = 0, wanted_ = 0;
  bool keys_on_plot_ = false;
  QString trace_path_;
  std::optional<Problem> problem_;
  bool loading_ = false;
  int ticket_ = 0;
  std::map<std::int64_t, std::vector<double>> bookmarks_;
  std::vector<std::pair<double, QString>> frames_;  ///< time [s], file
  QString frame_state_;
};

}  // namespace assay::gui
