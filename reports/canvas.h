// A sheet to paint one chart on, with QPainter, and its SVG as text that can stand inside a page.
#pragma once

#include <QBuffer>
#include <QPainter>
#include <QSvgGenerator>
#include <string>
#include <string_view>

#include "core/model/grade.h"

namespace assay::reports {

enum class Weight { normal, bold };
enum class Line { solid, dashed, dotted };

class Canvas {
 public:
  Canvas(int width, int height);
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  void text(const QRectF& box, int flags, const QString& text, std::string_view color, int pixels = 13,
            Weight weight = Weight::normal);
  /// Text beside a point on a strip of paper, so that lines behind it do not cross it.
  void label(QPointF beside, bool to_the_left, const QString& text, std::string_view color, int pixels = 12);
  void line(QPointF from, QPointF to, std::string_view color, double width = 1, Line style = Line::solid);
  void polyline(const QPolygonF& points, std::string_view color, double width, Line style = Line::solid);
  void area(const QPolygonF& points, std::string_view color);
  void box(const QRectF& box, std::string_view fill, std::string_view edge = {}, double radius = 0,
           Line style = Line::solid, double width = 1);
  /// The state's own shape: check, half disc, cross or bar, in a disc of its colour.
  void sign(QPointF centre, double radius, Conformity conformity);

  /// Ends the painting. `title` is what a screen reader says.
  std::string svg(const QString& title);

 private:
  int width_, height_;
  QBuffer buffer_;
  QSvgGenerator generator_;
  QPainter painter_;
};

}  // namespace assay::reports
