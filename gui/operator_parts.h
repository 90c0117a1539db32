// Parts of the operator's card: a button that has to be held, where the trial stands, what was seen, why not.
#pragma once

#include <QElapsedTimer>
#include <QJsonObject>
#include <QMap>
#include <QPushButton>
#include <QStringList>
#include <QTimer>
#include <vector>

#include "gui/kit.h"

class QButtonGroup;
class QGridLayout;

namespace assay::gui {

/// Keys that a foot pedal sends; every pedal can send these, and they can be changed (--pedal-confirm, --pedal-cannot).
struct PedalKeys {
  QStringList confirm{QStringLiteral("PgDown"), QStringLiteral("F8")};
  QStringList cannot{QStringLiteral("PgUp"), QStringLiteral("F7")};
};
const PedalKeys& pedal_keys();
void set_pedal_keys(const QStringList& confirm, const QStringList& cannot);

/// Codes that a run takes for `cannot` and `invalid`, with their words.
struct Reason {
  const char* code;
  const char* words;
};
const std::vector<Reason>& reasons();

/// The key's text in both languages at once, whatever language is on.
QJsonObject in_both(const char* key);
QString text_of(const QJsonObject& text, bool own);

/// Acts only when it was held for a second: the second of the two acts that let a robot act. Shows how long it still
/// has to be held; let go earlier, nothing happens.
class HoldButton : public QPushButton {
  Q_OBJECT
 public:
  HoldButton(const char* key, const char* object_name);
 signals:
  void held();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void begin();
  void end();
  QTimer timer_, paint_;
  QElapsedTimer since_;
};

/// The five steps of a trial, the one that is on in the middle of them: sign and word.
class StageBar : public QWidget {
 public:
  explicit StageBar(QWidget* parent = nullptr);
  void set(int at);
  [[nodiscard]] QSize sizeHint() const override { return {600, 34}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {420, 34}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  int at_ = 0;
};

/// Each subgoal, check and limit of a card: yes, no, or not seen, which is what stands there at first.
class EntryForm : public QWidget {
  Q_OBJECT
 public:
  EntryForm();
  void set(const QJsonObject& card);
  void forget() { said_.clear(); }
  /// {"subgoals": {…}, "checks": {…}, "limits": {…}}: what was seen.
  [[nodiscard]] QJsonObject said() const;

 private:
  void add(const char* title, const char* list, const QJsonObject& one, const char* yes, const char* no, int row);
  QGridLayout* grid_;
  QMap<QString, int> said_;  ///< "list/id": 1 yes, 2 no
};

}  // namespace assay::gui
