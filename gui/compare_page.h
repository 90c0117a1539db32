// Compare: two sessions, asked of `assay compare`; what cannot be compared is refused with the reason.
#pragma once

#include "gui/charts.h"
#include "gui/page.h"
#include "gui/rows_model.h"

class QComboBox;

namespace assay::gui {

class ComparePage : public Page {
  Q_OBJECT
 public:
  explicit ComparePage(Hub& hub);
  void refresh() override;
  void choose(const QString& a, const QString& b);

 private:
  void ask();
  void fill();

  QComboBox *a_, *b_;
  QPushButton* ask_;
  Card *refused_, *result_, *table_card_;
  QLabel *refused_title_, *refused_text_, *notes_, *small_print_;
  Badge* verdict_;
  ForestPlot* forest_;
  RowsModel* rows_;
  QJsonObject answer_;
  std::optional<Problem> problem_;
  QString asked_a_, asked_b_;
  bool asking_ = false;
};

}  // namespace assay::gui
