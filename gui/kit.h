// Small parts that pages are put together from. Each is told its text by key, so that it changes with the language.
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <string>

#include "gui/theme.h"
#include "gui/words.h"

class QComboBox;

namespace assay::gui {

/// `role` is a style of the sheet: page, lead, card, big, muted, small, mono, caption, value.
QLabel* label(const char* key, const char* role = "");
/// A label whose text the page sets; it breaks its lines.
QLabel* value_label(const char* role = "");
QPushButton* button(const char* key, const char* object_name, const char* kind = "");
QPushButton* icon_button(const char* icon, const char* name_key, const char* object_name);
void set_tone(QWidget* widget, const char* property, const char* value);

/// A white sheet with a heading and room below.
class Card : public QFrame {
 public:
  explicit Card(const char* title_key = nullptr);
  QVBoxLayout* box;   ///< below the heading
  QHBoxLayout* head;  ///< heading, then what is added
};

/// Icon, word and colour of a state, on its tint.
class Badge : public QWidget {
 public:
  explicit Badge(QWidget* parent = nullptr);
  void set(const QString& text, const StateLook& look);
  [[nodiscard]] const QString& text() const { return text_; }
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString text_;
  StateLook look_{};
};

/// A number that matters, with what it is above and what it rests on below.
class Tile : public Card {
 public:
  explicit Tile(const char* title_key);
  void set(const QString& value, const QString& note);

 private:
  QLabel *value_, *note_;
};

/// Text on one line, cut with an ellipsis where there is no room; the whole text as tooltip.
class ElidedLabel : public QLabel {
 public:
  explicit ElidedLabel(const char* role = "", Qt::TextElideMode mode = Qt::ElideRight);
  void set(const QString& text);
  [[nodiscard]] QSize minimumSizeHint() const override;
  [[nodiscard]] QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString full_;
  Qt::TextElideMode mode_;
};

/// A chart of reports/, as sharp as the screen is, at most as large as it was drawn.
class SvgView : public QWidget {
 public:
  explicit SvgView(const char* name_key, QWidget* parent = nullptr);
  void set(std::string svg);
  [[nodiscard]] QSize sizeHint() const override { return drawn_; }
  [[nodiscard]] bool hasHeightForWidth() const override { return true; }
  [[nodiscard]] int heightForWidth(int width) const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::string svg_;
  QSize drawn_{10, 10};
};

/// Rows as a person expects them: whole rows chosen, no grid, no row numbers, keys move.
void tune(QTableView* view, const char* name_key);
QTableView* table_of(QAbstractItemModel* model, const char* name_key, const char* object_name);
/// Columns as wide as what they hold, one takes the rest.
void fit(QTableView* view, int stretched);
QHBoxLayout* row(std::initializer_list<QWidget*> widgets, int stretch_at = -1);

}  // namespace assay::gui
