// A page: heading, what it does, and one of four states: empty, loading, error, full.
#pragma once

#include <QStackedWidget>
#include <QWidget>

#include "gui/hub.h"
#include "gui/kit.h"
#include "gui/words.h"

namespace assay::gui {

enum class PageState { empty, loading, error, full };

class Page : public QWidget {
  Q_OBJECT
 public:
  Page(Hub& hub, const char* object_name, const char* title_key, const char* lead_key);
  [[nodiscard]] PageState state() const { return state_; }
  /// The hub has something new, or the language or the theme changed: choose the state, fill it.
  virtual void refresh() = 0;
  /// The person came here, perhaps for one thing: a session, a trial.
  virtual void enter(const QString& detail) { Q_UNUSED(detail); }

 protected:
  void show_loading(const char* text_key);
  void show_full();
  /// What is missing, what to do, and a button for it (key of its text; nullptr: none).
  void show_empty(const char* icon, const char* title_key, const char* text_key, const char* button_key = nullptr,
                  std::function<void()> act = {});
  void show_problem(const Problem& problem, std::function<void()> again = {});
  /// Loading, error or empty for what the hub loads; true where there is a value to show.
  template <class T>
  bool usable(const Loaded<T>& loaded) {
    if (loaded.problem) return show_problem(*loaded.problem, [this] { hub.reload(); }), false;
    if (loaded.loading) return show_loading("page.reading"), false;
    return loaded.value != nullptr;
  }

  Hub& hub;
  QVBoxLayout* body;   ///< of the full state
  QHBoxLayout* tools;  ///< beside the heading

 private:
  void show_state(PageState state);
  PageState state_ = PageState::loading;
  QStackedWidget* stack_;
  QLabel *sign_, *title_, *text_, *loading_text_;
  QPushButton* act_;
  std::function<void()> action_;
};

}  // namespace assay::gui
