#include "gui/kit.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyle>
#include <QSvgRenderer>
#include <algorithm>

namespace assay::gui {

QLabel* label(const char* key, const char* role) {
  auto* out = new QLabel;
  out->setProperty("role", QLatin1String(role));
  put_text(out, key);
  return out;
}

QLabel* value_label(const char* role) {
  auto* out = new QLabel;
  out->setProperty("role", QLatin1String(role));
  out->setWordWrap(true);
  out->setTextFormat(Qt::PlainText);
  out->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return out;
}

QPushButton* button(const char* key, const char* object_name, const char* kind) {
  auto* out = new QPushButton;
  out->setObjectName(QLatin1String(object_name));
  out->setProperty("kind", QLatin1String(kind));
  out->setAutoDefault(true);
  put_text(out, key);
  return out;
}

QPushButton* icon_button(const char* icon_name, const char* name_key, const char* object_name) {
  auto* out = new QPushButton;
  out->setObjectName(QLatin1String(object_name));
  out->setIcon(icon(icon_name, theme().text));
  put_name(out, name_key);
  return out;
}

void set_tone(QWidget* widget, const char* property, const char* value) {
  if (widget->property(property).toByteArray() == value) return;
  widget->setProperty(property, QByteArray(value));
  widget->style()->unpolish(widget);
  widget->style()->polish(widget);
}

Card::Card(const char* title_key) : box(new QVBoxLayout), head(new QHBoxLayout) {
  setObjectName(QStringLiteral("card"));
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(16, 12, 16, 14);
  all->setSpacing(8);
  if (title_key != nullptr) head->addWidget(label(title_key, "card"));
  head->addStretch(1);
  all->addLayout(head);
  box->setSpacing(8);
  all->addLayout(box, 1);
}

Badge::Badge(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed); }

void Badge::set(const QString& text, const StateLook& look) {
  text_ = text;
  look_ = look;
  setAccessibleName(text);
  updateGeometry();
  update();
}

QSize Badge::sizeHint() const {
  return {fontMetrics().horizontalAdvance(text_) + (look_.icon == nullptr ? 20 : 40),
          std::max(24, fontMetrics().height() + 8)};
}

void Badge::paintEvent(QPaintEvent*) {
  if (text_.isEmpty()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(look_.tint);
  painter.drawRoundedRect(rect(), height() / 2.0, height() / 2.0);
  int left = 10;
  if (look_.icon != nullptr) {
    painter.drawPixmap(8, (height() - 16) / 2, icon_pixmap(look_.icon, look_.color, 16));
    left = 29;
  }
  painter.setPen(look_.color);
  painter.drawText(rect().adjusted(left, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text_);
}

Tile::Tile(const char* title_key) : value_(value_label("big")), note_(value_label("small")) {
  delete head->takeAt(0);
  auto* caption = label(title_key, "muted");
  caption->setWordWrap(false);
  head->addWidget(caption);
  head->addStretch(1);
  box->setSpacing(2);
  value_->setWordWrap(false);
  box->addWidget(value_);
  box->addWidget(note_);
  box->addStretch(1);
}

void Tile::set(const QString& value, const QString& note) {
  value_->setText(value);
  note_->setText(note);
  note_->setVisible(!note.isEmpty());
}

ElidedLabel::ElidedLabel(const char* role, Qt::TextElideMode mode) : mode_(mode) {
  setProperty("role", QLatin1String(role));
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::set(const QString& text) {
  full_ = text;
  setToolTip(text);
  setAccessibleName(text);
  update();
}

QSize ElidedLabel::minimumSizeHint() const { return {40, fontMetrics().height() + 2}; }
QSize ElidedLabel::sizeHint() const { return {fontMetrics().horizontalAdvance(full_) + 2, fontMetrics().height() + 2}; }

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setPen(palette().color(foregroundRole()));
  painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft, fontMetrics().elidedText(full_, mode_, width()));
}

SvgView::SvgView(const char* name_key, QWidget* parent) : QWidget(parent) {
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  put_name(this, name_key);
}

void SvgView::set(std::string svg) {
  svg_ = std::move(svg);
  const QSize size = svg_.empty() ? QSize(10, 10) : QSvgRenderer(QByteArray::fromStdString(svg_)).defaultSize();
  drawn_ = size;
  setMaximumHeight(size.height());
  updateGeometry();
  update();
}

int SvgView::heightForWidth(int width) const {
  return drawn_.height() * std::min(width, drawn_.width()) / std::max(1, drawn_.width());
}

void SvgView::paintEvent(QPaintEvent*) {
  if (svg_.empty()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double scale =
      std::min({1.0, width() / static_cast<double>(drawn_.width()), height() / static_cast<double>(drawn_.height())});
  QSvgRenderer(themed_svg(svg_)).render(&painter, QRectF(0, 0, drawn_.width() * scale, drawn_.height() * scale));
}

void tune(QTableView* view, const char* name_key) {
  view->setSelectionBehavior(QAbstractItemView::SelectRows);
  view->setSelectionMode(QAbstractItemView::SingleSelection);
  view->setShowGrid(false);
  view->setWordWrap(false);
  view->setTabKeyNavigation(false);
  view->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view->verticalHeader()->hide();
  view->verticalHeader()->setDefaultSectionSize(32);
  view->horizontalHeader()->setHighlightSections(false);
  view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  view->horizontalHeader()->setStretchLastSection(true);
  put_name(view, name_key);
}

QTableView* table_of(QAbstractItemModel* model, const char* name_key, const char* object_name) {
  auto* view = new QTableView;
  view->setObjectName(QLatin1String(object_name));
  view->setModel(model);
  tune(view, name_key);
  return view;
}

void fit(QTableView* view, int stretched) {
  auto* header = view->horizontalHeader();
  header->setStretchLastSection(false);
  header->setResizeContentsPrecision(60);
  header->setMinimumSectionSize(40);
  header->setSectionResizeMode(QHeaderView::ResizeToContents);
  header->setSectionResizeMode(stretched, QHeaderView::Stretch);
}

QHBoxLayout* row(std::initializer_list<QWidget*> widgets, int stretch_at) {
  auto* out = new QHBoxLayout;
  out->setSpacing(10);
  int place = 0;
  for (auto* widget : widgets) {
    out->addWidget(widget);
    if (place++ == stretch_at) out->addStretch(1);
  }
  return out;
}

}  // namespace assay::gui
