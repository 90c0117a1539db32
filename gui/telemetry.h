// The signals of the trial that runs now: one row per channel with its name, last value and course. Reads the view that
// each worker keeps (core/live_view.h); it looks only while it is looked at.
#pragma once

#include <QAbstractScrollArea>
#include <QTimer>
#include <memory>
#include <vector>

#include "core/live_view.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace assay::gui {

/// Rows of sparklines; only rows that can be seen are painted.
class SignalList : public QAbstractScrollArea {
 public:
  explicit SignalList(QWidget* parent = nullptr);
  /// Another trial: other rows.
  void begin(std::vector<Channel> channels);
  void add(const std::vector<LiveFrame>& frames);
  /// Rows whose name holds the text, in any case; all if it is empty.
  void filter(const QString& text);
  [[nodiscard]] int rows() const { return static_cast<int>(shown_.size()); }
  [[nodiscard]] double newest_s() const { return newest_s_; }
  [[nodiscard]] QSize sizeHint() const override { return {600, 180}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fit_bar();
  std::vector<Channel> channels_;
  std::vector<QString> names_;              ///< of channels_
  std::vector<std::vector<float>> course_;  ///< of each channel, a ring of kFrames
  std::vector<std::size_t> shown_;
  QString text_;
  std::size_t count_ = 0;  ///< frames ever taken
  double newest_s_ = 0;
};

class TelemetryPanel : public QWidget {
  Q_OBJECT
 public:
  explicit TelemetryPanel(QWidget* parent = nullptr);
  /// `<start>-<worker>` are the views of the run's workers; empty: none.
  void watch(const QString& start);
  void retranslate();
  [[nodiscard]] const SignalList& signal_list() const { return *list_; }
  /// Takes what came; called by its own timer while it is visible.
  void poll();

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void find_views();
  void say_where();
  QString start_;
  QComboBox* which_;
  QLineEdit* filter_;
  QLabel* where_;
  SignalList* list_;
  std::unique_ptr<LiveViewReader> reader_;
  QTimer frames_, views_;
};

}  // namespace assay::gui
