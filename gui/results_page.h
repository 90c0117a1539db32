// Results: the ladder, each indicator with interval, limit and margin, what stands in the way of the next level, and
// what would follow from other figures.
#pragma once

#include "gui/page.h"
#include "gui/rows_model.h"

class QComboBox;
class QSpinBox;

namespace assay::gui {

class ResultsPage : public Page {
  Q_OBJECT
 public:
  explicit ResultsPage(Hub& hub);
  void refresh() override;

 private:
  void take_session();
  void ask_why();
  void ask_what_if();
  void fill_table();
  void fill_why();
  void fill_chart();
  [[nodiscard]] const IndicatorResult* chosen() const;

  SvgView *ladder_, *chart_;
  Badge* verdict_;
  QLabel *level_, *level_text_, *claim_, *partial_, *what_if_text_;
  Card *partial_card_, *why_card_;
  RowsModel* table_model_;
  QTableView* table_;
  QVBoxLayout* why_;
  QComboBox* what_id_;
  QSpinBox *what_successes_, *what_n_;
  Grade grade_;
  Scheme scheme_;
  QJsonObject report_, explanation_, what_;
  std::optional<Problem> why_problem_, what_problem_;
  std::shared_ptr<const Session> shown_;
  bool asking_ = false;
};

}  // namespace assay::gui
