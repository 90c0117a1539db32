// A picture, or the pictures of a trial at the trial's own pace. What cannot be shown is said in its place.
#pragma once

#include <QElapsedTimer>
#include <QPixmap>
#include <QStringList>
#include <QTimer>
#include <QWidget>

namespace assay::gui {

class PicturePlayer : public QWidget {
  Q_OBJECT
 public:
  explicit PicturePlayer(const char* name_key, QWidget* parent = nullptr);
  void say_why(const QString& text);  ///< nothing to show, because
  void show_still(const QString& file);
  /// PNG files of a folder in the order of their names; each stands for `step_s` of the trial. Shows the first.
  void load(const QString& folder, double step_s);
  [[nodiscard]] bool loaded() const { return !files_.isEmpty(); }
  [[nodiscard]] bool playing() const { return timer_.isActive(); }
  void play();  ///< from the start
  void pause();
  void step(int frames);
  [[nodiscard]] double length_s() const;
  [[nodiscard]] double at_s() const { return at_ * step_s_; }
  [[nodiscard]] QSize sizeHint() const override { return {480, 300}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {240, 150}; }

 signals:
  void moved();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void show_frame(int at);
  QStringList files_;
  QPixmap picture_;
  QString why_;
  double step_s_ = 0.1;
  int at_ = 0, from_ = 0;
  QTimer timer_;
  QElapsedTimer since_;
};

}  // namespace assay::gui
