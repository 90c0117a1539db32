// Charts that move with a run or a cursor, painted on screen: what reports/ paints once for a page is shown by SvgView.
#pragma once

#include <QWidget>
#include <vector>

#include "core/model/grade.h"
#include "gui/live_run.h"

namespace assay::gui {

/// One row per indicator: value and limits of confidence against the limit asked.
class IntervalList : public QWidget {
 public:
  explicit IntervalList(QWidget* parent = nullptr);
  void set(std::vector<IndicatorResult> indicators);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return {360, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<IndicatorResult> indicators_;
};

/// One row per series, one cell per trial in the order of their start: colour and shape of the outcome.
class StateTimeline : public QWidget {
 public:
  explicit StateTimeline(QWidget* parent = nullptr);
  void set(const LiveRun& run);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return {300, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  struct Cell {
    Outcome outcome = Outcome::undetermined;
    bool open = false;
    QString hint;
  };
  struct Row {
    QString name;
    std::vector<Cell> cells;
    bool stopped = false;
  };
  [[nodiscard]] QRectF cell_box(int row, int column) const;
  [[nodiscard]] int first_shown(const Row& row) const;
  std::vector<Row> rows_;
};

/// A value over time, newest at the right, with its last value in words.
class Strip : public QWidget {
 public:
  Strip(const char* name_key, const char* unit_key, QWidget* parent = nullptr);
  void set(std::vector<double> values);
  [[nodiscard]] QSize sizeHint() const override { return {220, 64}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {160, 64}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  const char *name_key_, *unit_key_;
  std::vector<double> values_;
};

struct ForestRow {
  QString name, note;
  std::optional<double> estimate, lower, upper;
  int verdict = 0;  ///< 1: A better, -1: B better, 0: not shown
  bool bold = false;
};

/// Differences A − B with their limits around zero.
class ForestPlot : public QWidget {
 public:
  explicit ForestPlot(QWidget* parent = nullptr);
  void set(std::vector<ForestRow> rows, QString left, QString right);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return {480, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<ForestRow> rows_;
  QString left_, right_;
};

/// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least);

}  // namespace assay::gui
