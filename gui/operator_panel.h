// What a run asks of its operator: one card, one thing to do, by key, pedal or mouse. Shows a prompt and says what was
// answered; knows no run.
#pragma once

#include "gui/operator_parts.h"
#include "gui/picture_player.h"

class QComboBox;
class QLineEdit;
class QScrollArea;

namespace assay::gui {

class OperatorPanel : public QWidget {
  Q_OBJECT
 public:
  OperatorPanel();
  /// As the run tells it (docs/wire-manual.md); empty: nothing is asked, the panel hides.
  void show_prompt(const QJsonObject& prompt);
  /// Why the run did not take an answer; the prompt stays.
  void show_refusal(const QString& why);
  /// The robot is not let act while this says why; empty: it may.
  void hold_back(const QString& why);
  [[nodiscard]] bool asks() const { return !id_.isEmpty(); }
  [[nodiscard]] QString kind() const;
  PicturePlayer& picture() { return *picture_; }

 signals:
  /// "act" with what belongs to it, "prompt" and "by".
  void acted(const QJsonObject& message);
  void details_wanted();

 private:
  void build_top(QVBoxLayout* column);
  void build_form(QVBoxLayout* column);
  void build_buttons(QVBoxLayout* column);
  void connect_keys();
  void fill();  ///< the card, anew
  void fill_texts();
  void fill_visible();
  void choose_focus();
  void tick();  ///< what time changes
  void confirm();
  void score(bool success);
  void ask_reason(const char* act);
  void send(QJsonObject message);
  void send_act(const char* act) { send({{QStringLiteral("act"), QLatin1String(act)}}); }
  void send_entry();
  void on_key(const QStringList& keys, QPushButton* which);
  [[nodiscard]] QJsonObject card() const;
  [[nodiscard]] bool is(const char* kind) const;
  void set_line(const QJsonObject& text);

  QJsonObject prompt_;
  QString id_, sent_, reason_act_, back_why_;
  Lang lang_ = Lang::en;
  int step_ = 0;
  int success_ = -1;  ///< 1 done, 0 not, -1 not said yet
  Card* sheet_;
  Badge* badge_;
  StageBar* stages_;
  PicturePlayer* picture_;
  QLabel *title_, *line_, *other_, *note_, *refusal_, *time_label_;
  QLineEdit *name_, *time_, *remark_;
  QWidget *form_box_, *reason_row_, *time_row_;
  EntryForm* form_;
  QScrollArea* scroll_;
  QComboBox* reason_;
  QPushButton *primary_, *yes_, *no_, *enter_, *undo_, *back_, *cannot_, *invalid_, *reason_ok_, *reason_back_,
      *details_;
  HoldButton* hold_;
};

}  // namespace assay::gui
