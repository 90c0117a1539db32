#include "reports/canvas.h"

#include <fmt/format.h>

#include <QFont>
#include <QFontMetricsF>
#include <QPainterPath>
#include <QPen>
#include <cmath>

#include "reports/palette.h"

namespace assay::reports {
namespace {

QColor color_of(std::string_view name) { return QColor(QLatin1String(name.data(), static_cast<int>(name.size()))); }

QPen pen_of(std::string_view color, double width, Line style) {
  QPen pen(color_of(color), width);
  pen.setCapStyle(Qt::FlatCap);
  pen.setJoinStyle(Qt::MiterJoin);
  if (style == Line::dashed) pen.setDashPattern({5, 3});
  if (style == Line::dotted) pen.setDashPattern({1, 2});
  return pen;
}

QFont font_of(int pixels, Weight weight) {
  QFont font;
  // Text laid out with these two keeps its digits when it is copied from a PDF (Noto CJK loses them).
  font.setFamilies({QStringLiteral("Liberation Sans"), QStringLiteral("WenQuanYi Micro Hei")});
  font.setPixelSize(pixels);
  font.setBold(weight == Weight::bold);
  font.setHintingPreference(QFont::PreferNoHinting);  // the same widths on paper as on the screen
  return font;
}

}  // namespace

Canvas::Canvas(int width, int height) : sheet_(std::make_unique<Sheet>()), painter_(sheet_->painter) {
  sheet_->width = width;
  sheet_->height = height;
  sheet_->generator.setOutputDevice(&sheet_->buffer);
  sheet_->generator.setSize({width, height});
  sheet_->generator.setViewBox(QRect(0, 0, width, height));
  sheet_->generator.setResolution(96);
  painter_.begin(&sheet_->generator);
}

Canvas::Canvas(QPainter& painter) : painter_(painter) {}

void Canvas::text(const QRectF& box, int flags, const QString& text, std::string_view color, int pixels,
                  Weight weight) {
  painter_.setFont(font_of(pixels, weight));
  painter_.setPen(color_of(color));
  painter_.drawText(box, flags, text);
}

void Canvas::label(QPointF beside, bool to_the_left, const QString& words, std::string_view color, int pixels) {
  const QFontMetricsF metrics(font_of(pixels, Weight::bold));
  const double width = std::ceil(metrics.horizontalAdvance(words)) + 10, height = std::ceil(metrics.height()) + 2;
  const double x = to_the_left ? beside.x() - width : beside.x();
  const QRectF strip(x, beside.y() - height / 2, width, height);
  box(strip, ink::kPaper, {}, 3);
  text(strip, Qt::AlignCenter, words, color, pixels, Weight::bold);
}

void Canvas::line(QPointF from, QPointF to, std::string_view color, double width, Line style) {
  painter_.setPen(pen_of(color, width, style));
  painter_.drawLine(from, to);
}

void Canvas::polyline(const QPolygonF& points, std::string_view color, double width, Line style) {
  painter_.setPen(pen_of(color, width, style));
  painter_.setBrush(Qt::NoBrush);
  painter_.drawPolyline(points);
}

void Canvas::area(const QPolygonF& points, std::string_view color) {
  painter_.setPen(Qt::NoPen);
  painter_.setBrush(color_of(color));
  painter_.drawPolygon(points);
}

void Canvas::box(const QRectF& box, std::string_view fill, std::string_view edge, double radius, Line style,
                 double width) {
  painter_.setPen(edge.empty() ? QPen(Qt::NoPen) : pen_of(edge, width, style));
  painter_.setBrush(fill.empty() ? QBrush(Qt::NoBrush) : QBrush(color_of(fill)));
  painter_.drawRoundedRect(box, radius, radius);
}

void Canvas::sign(QPointF centre, double radius, Conformity conformity) {
  const Look& look = look_of(conformity);
  painter_.setPen(Qt::NoPen);
  painter_.setBrush(color_of(look.color));
  painter_.drawEllipse(centre, radius, radius);
  const double r = radius;
  const auto at = [&](double x, double y) { return centre + QPointF(x * r, y * r); };
  QPen pen = pen_of(ink::kPaper, r * 0.28, Line::solid);
  painter_.setPen(pen);
  painter_.setBrush(Qt::NoBrush);
  switch (conformity) {
    case Conformity::conform:
      painter_.drawPolyline(QPolygonF({at(-.48, .05), at(-.12, .42), at(.5, -.36)}));
      break;
    case Conformity::not_conform:
      painter_.drawLine(at(-.4, -.4), at(.4, .4));
      painter_.drawLine(at(-.4, .4), at(.4, -.4));
      break;
    case Conformity::not_tested:
      painter_.drawLine(at(-.45, 0), at(.45, 0));
      break;
    case Conformity::inconclusive: {
      QPainterPath half;
      half.moveTo(at(0, -.62));
      half.arcTo(QRectF(at(-.62, -.62), at(.62, .62)), 90, -180);
      half.closeSubpath();
      painter_.setPen(Qt::NoPen);
      painter_.setBrush(color_of(ink::kPaper));
      painter_.drawPath(half);
      break;
    }
  }
}

std::string Canvas::svg(const QString& title) {
  if (!sheet_) return "";
  painter_.end();
  QString drawn = QString::fromUtf8(sheet_->buffer.data());
  // Qt's own head (XML declaration, size in millimetres, title) has no place inside a page.
  drawn.remove(0, drawn.indexOf(QStringLiteral("</defs>")) + 7);
  drawn.replace(QStringLiteral(" \n"), QStringLiteral("\n"));
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" viewBox=\"0 0 {0} {1}\" "
             "width=\"{0}\" height=\"{1}\">\n<title>{2}</title>",
             sheet_->width, sheet_->height, title.toHtmlEscaped().toStdString()) +
         drawn.toStdString();
}

}  // namespace assay::reports
