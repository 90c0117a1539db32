// What charts are painted on: a sheet of SVG, or anything that a QPainter paints (a PDF page, a widget).
#pragma once

#include <QBuffer>
#include <QPainter>
#include <QSvgGenerator>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/grade.h"

namespace assay::reports {

enum class Weight { normal, bold };
enum class Line { solid, dashed, dotted };

class Canvas {
 public:
  /// A sheet of SVG, given out by svg().
  Canvas(int width, int height);
  /// Somebody else's painter, already placed and scaled; svg() gives nothing.
  explicit Canvas(QPainter& painter);
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

  /// Ends the painting: text that can stand inside a page. `title` is what a screen reader says.
  std::string svg(const QString& title);

 private:
  struct Sheet {
    int width = 0, height = 0;
    QBuffer buffer;
    QSvgGenerator generator;
    QPainter painter;
  };
  std::unique_ptr<Sheet> sheet_;
  QPainter& painter_;
};

}  // namespace assay::reports
