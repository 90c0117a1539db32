// Channels of one trace over its time, stacked, with one cursor through all, events and bookmarks.
#pragma once

#include <QWidget>
#include <memory>
#include <set>
#include <vector>

#include "core/trace.h"

namespace assay::gui {

struct ChannelPlace {
  int stream = 0, channel = 0;
};

class TracePlot : public QWidget {
  Q_OBJECT
 public:
  explicit TracePlot(QWidget* parent = nullptr);
  void set(std::shared_ptr<const Trace> trace);
  void show_channels(std::vector<ChannelPlace> channels);
  void set_bookmarks(std::vector<double> times_s);
  void set_cursor(double time_s);
  [[nodiscard]] double cursor_s() const { return cursor_s_; }
  [[nodiscard]] double length_s() const { return length_s_; }
  /// Value at the cursor (the last sample at or before it); NaN before the first.
  [[nodiscard]] double value(const ChannelPlace& place) const;
  [[nodiscard]] QSize minimumSizeHint() const override { return {420, 240}; }

 signals:
  void cursor_moved(double time_s);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  void paint_panel(QPainter& painter, const QRectF& room_for, int place) const;
  [[nodiscard]] QRectF sheet() const;
  [[nodiscard]] double x_of(double time_s) const;

  std::shared_ptr<const Trace> trace_;
  std::vector<ChannelPlace> channels_;
  std::vector<double> bookmarks_s_;
  double cursor_s_ = 0, length_s_ = 0;
};

}  // namespace assay::gui
