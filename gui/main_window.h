// The frame around the pages: rail, session bar, status bar, menus, command palette. It composes and decides nothing.
#pragma once

#include <QActionGroup>
#include <QMainWindow>
#include <QStackedWidget>
#include <array>

#include "gui/hub.h"
#include "gui/kit.h"
#include "gui/page.h"

class QToolButton;

namespace assay::gui {

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(Hub& hub);
  [[nodiscard]] Page* page(PageId id) const { return pages_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] PageId current() const { return current_; }
  void go(PageId id, const QString& detail = {});
  void set_language(Lang lang);
  void set_dark(bool dark);
  /// Every action, for the palette and for tests.
  [[nodiscard]] std::vector<QAction*> commands() const;

 private:
  QAction* add(QMenu* menu, const char* name, const char* key, const QKeySequence& keys, std::function<void()> act);
  void build_rail(QWidget* rail);
  void build_bar(QWidget* bar);
  void build_menus();
  void fill_bar();
  void fill_frame();  ///< rail and session bar, where nothing needs the room; pages that may be opened
  void fill_status();
  void repaint_icons();
  void find_command();
  void show_help();

  Hub& hub_;
  std::array<Page*, kPages> pages_{};
  std::array<QToolButton*, kPages> rail_{};
  std::array<QAction*, kPages> go_{};
  QWidget *rail_box_ = nullptr, *bar_box_ = nullptr;
  QAction *new_ = nullptr, *preflight_ = nullptr;
  bool operating_ = false;
  QAction *stop_ = nullptr, *pause_ = nullptr, *resume_ = nullptr;
  QStackedWidget* stack_;
  ElidedLabel *bar_session_, *bar_subject_, *bar_serial_, *bar_scheme_;
  Badge* bar_division_;
  QPushButton *language_, *theme_;
  QLabel *status_run_, *status_sessions_, *status_disk_;
  ElidedLabel* status_workspace_;
  PageId current_ = PageId::home;
};

}  // namespace assay::gui
