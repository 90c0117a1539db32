// Quality: equipment and people with what has run out, void trials, states and waivers of bundles, the audit log.
#pragma once

#include "gui/page.h"
#include "gui/rows_model.h"

class QTabWidget;

namespace assay::gui {

class QualityPage : public Page {
  Q_OBJECT
 public:
  explicit QualityPage(Hub& hub);
  void refresh() override;
  void enter(const QString& detail) override;

 private:
  void read();
  void read_register(const QString& file);
  void fill();
  void fill_entered();
  void fill_chain();

  QTabWidget* tabs_;
  RowsModel *entered_, *voids_, *states_, *audit_;
  QLabel *entered_text_, *voids_text_, *states_text_, *audit_text_, *chain_text_, *today_text_;
  Badge *chain_, *today_;
  QPushButton *verify_, *open_register_;
  Loaded<QualityRecords> records_;
  std::vector<QJsonObject> register_;  ///< predicates of its records
  std::optional<Problem> register_problem_, chain_problem_;
  QString register_file_;
  int chain_state_ = 0;  ///< 0 not checked, 1 being checked, 2 holds, 3 broken
  std::shared_ptr<const Workspace> read_for_;
};

}  // namespace assay::gui
