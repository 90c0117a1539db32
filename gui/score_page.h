// Second scoring: one trial after another, seen without what is on record of it. The record is read, and the agreement
// shown, after the scorer's own opinion was written down. Until the sitting ends no other page opens.
#pragma once

#include "gui/page.h"
#include "gui/picture_player.h"
#include "gui/rows_model.h"
#include "gui/score_data.h"

class QComboBox;
class QLineEdit;

namespace assay::gui {

class ScorePage : public Page {
  Q_OBJECT
 public:
  explicit ScorePage(Hub& hub);
  void refresh() override;
  void enter(const QString& detail) override;
  /// Seen by tests.
  enum class Step { outside, look, undo, writing, told, reason };
  [[nodiscard]] Step step() const { return step_; }
  [[nodiscard]] std::int64_t trial() const { return item_.number; }

 private:
  void build_start();
  void build_sitting();
  void connect_keys();
  void begin();
  void end();
  void next();
  void read_queue(std::function<void()> then);
  void ask_pictures(const QStringList& ways);
  void choose(const char* outcome);
  void keep();    ///< the opinion is written down
  void reveal();  ///< and only then the record read
  void invalidate();
  void ask_agreement();
  void set_step(Step step);
  void fill();
  void fill_words();
  void fill_agreement();
  [[nodiscard]] QString person() const;
  [[nodiscard]] QString folder() const;

  Step step_ = Step::outside;
  ScoreItem item_;
  ScoreQueue queue_;
  QString session_, outcome_, refusal_;
  QJsonObject instruction_, agreement_;
  std::optional<TrialRecord> record_;
  QTimer undo_timer_;
  QWidget *start_, *sitting_;
  QLineEdit* name_;
  QLabel *left_, *title_, *line_, *other_, *note_, *problem_, *progress_;
  Badge* badge_;
  PicturePlayer* picture_;
  QComboBox* reason_;
  Tile *share_, *kappa_;
  RowsModel* differ_;
  QPushButton *begin_, *end_, *play_, *yes_, *no_, *unsafe_, *invalid_, *undo_, *keep_, *next_, *reason_ok_,
      *reason_back_;
};

}  // namespace assay::gui
