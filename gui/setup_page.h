// Session set-up: who is examined under what, the plan that follows, and what stands in the way before the robot moves.
#pragma once

#include "gui/page.h"
#include "gui/rows_model.h"

class QComboBox;
class QLineEdit;
class QSpinBox;
class QTreeWidget;

namespace assay::gui {

struct Catalogue {
  QStringList subjects, schemes, suites;
};

class SetupPage : public Page {
  Q_OBJECT
 public:
  explicit SetupPage(Hub& hub);
  void refresh() override;
  void enter(const QString& detail) override;
  /// What choosing the files does.
  void use_subject(const QString& file) { add_file(subject_, "setup.subject_file", file); }
  void use_scheme(const QString& file) { add_file(scheme_, "setup.scheme_file", file); }

 private:
  [[nodiscard]] QStringList request() const;  ///< --scheme … --subject … as chosen
  void read_catalogue();
  void ask_plan();
  void preflight();
  void fill_plan();
  void fill_checks();
  void start();
  /// A file of one's own in the place of an entry of the catalogue.
  void add_file(QComboBox* box, const char* title_key, const QString& file = {});
  void choose_secret();

  QComboBox *subject_, *scheme_, *level_, *division_;
  QLineEdit *seed_, *secret_, *campaign_;
  QPushButton *subject_file_, *scheme_file_, *secret_file_;
  QWidget* lab_;  ///< what division lab asks for
  QLabel* seed_label_;
  QSpinBox* jobs_;
  QTreeWidget* tree_;
  Tile *trials_, *time_, *chance_;
  QPushButton *start_, *check_;
  QLabel* plan_problem_;
  RowsModel* checks_model_;
  QTableView* checks_;
  Loaded<Catalogue> catalogue_;
  QJsonObject plan_;
  Scheme scheme_titles_;
  std::optional<Problem> problem_;
  struct Check {
    QString name, found;
    int state = 0;  ///< 0 running, 1 good, 2 bad
  };
  std::vector<Check> found_;
  bool lost_ = false;  ///< the program did not answer at all
  std::optional<Lang> planned_in_;
  int ticket_ = 0, check_ticket_ = 0;
  bool filling_ = false;
  std::optional<Lang> checked_in_;
};

}  // namespace assay::gui
