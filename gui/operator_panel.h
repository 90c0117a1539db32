// What a run asks of its operator: one card, one thing to do, by key, pedal or mouse. Shows a prompt and says what was
// answered; knows no run.
#pragma once

#include <QJsonObject>
#include <QMap>
#include <QPushButton>
#include <QShortcut>
#include <QTimer>
#include <vector>

#include "gui/kit.h"

class QComboBox;
class QGridLayout;
class QLineEdit;

namespace assay::gui {

/// Keys that a foot pedal sends; every pedal can send these, and they can be changed (--pedal-confirm, --pedal-cannot).
void set_pedal_keys(const QStringList& confirm, const QStringList& cannot);

/// Acts only when it was held for a second: the second of the two acts that let a robot act.
class HoldButton : public QPushButton {
  Q_OBJECT
 public:
  explicit HoldButton(const char* key, const char* object_name);
 signals:
  void held();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  QTimer timer_;
};

class OperatorPanel : public QWidget {
  Q_OBJECT
 public:
  OperatorPanel();
  /// As the run tells it (docs/wire-manual.md); empty: nothing is asked, the panel hides.
  void show_prompt(const QJsonObject& prompt);
  /// Why the run did not take an answer; the prompt stays.
  void show_refusal(const QString& why);

 signals:
  /// "act" with what belongs to it, "prompt" and "by".
  void acted(const QJsonObject& message);

 private:
  struct Row {
    QString list, id;
    QComboBox* box = nullptr;
  };

  void fill();  ///< the card, anew
  void fill_texts();
  void fill_form();
  void tick();  ///< what time changes
  void confirm();
  void score(bool success);
  void ask_reason(const char* act);
  void send(QJsonObject message);
  void send_entry();
  void key(const QStringList& keys, void (OperatorPanel::*act)(), bool yields_to_buttons = false);
  [[nodiscard]] QString kind() const;
  [[nodiscard]] QJsonObject card() const;
  void set_line(const QJsonObject& text);

  QJsonObject prompt_;
  QString id_, sent_, reason_act_;
  Lang lang_ = Lang::en;
  int step_ = 0;
  int success_ = -1;  ///< 1 done, 0 not, -1 not said yet
  QMap<QString, int> said_;
  std::vector<Row> rows_;
  Card* sheet_;
  Badge* badge_;
  QLabel *title_, *line_, *other_, *note_, *refusal_, *time_label_;
  QLineEdit *name_, *time_;
  QWidget *form_, *reason_row_, *time_row_;
  QGridLayout* grid_;
  QComboBox* reason_;
  QPushButton *primary_, *yes_, *no_, *enter_, *undo_, *back_, *cannot_, *invalid_, *reason_ok_, *reason_back_;
  HoldButton* hold_;
};

}  // namespace assay::gui
