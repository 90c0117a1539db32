// Ctrl+K: every command by a part of its name.
#pragma once

#include <QDialog>
#include <vector>

class QAction;
class QLineEdit;
class QListWidget;

namespace assay::gui {

class CommandPalette : public QDialog {
  Q_OBJECT
 public:
  CommandPalette(std::vector<QAction*> actions, QWidget* parent);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void fill();
  void run();
  std::vector<QAction*> actions_;
  QLineEdit* edit_;
  QListWidget* list_;
};

}  // namespace assay::gui
