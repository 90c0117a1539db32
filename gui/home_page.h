// Home: what goes on, what was examined, what is in the way today.
#pragma once

#include "gui/page.h"
#include "gui/rows_model.h"

namespace assay::gui {

class HomePage : public Page {
  Q_OBJECT
 public:
  explicit HomePage(Hub& hub);
  void refresh() override;

 private:
  void fill_run_card();
  void fill_blockers(const Answer& answer);
  [[nodiscard]] const SessionLine* unfinished() const;

  Card* run_card_;
  QLabel *run_title_, *run_text_;
  QPushButton *resume_, *inspect_;
  Tile *sessions_tile_, *trials_tile_, *level_tile_;
  RowsModel* sessions_;
  QTableView* table_;
  QVBoxLayout* blockers_;
  std::vector<QPair<QString, bool>> checks_;
  std::optional<Lang> asked_in_;  ///< checks are named in one language
  std::optional<Problem> check_problem_;
};

}  // namespace assay::gui
