#include "reports/chart.h"

#include <QFontDatabase>
#include <QGuiApplication>
#include <algorithm>
#include <cstdio>

#include "reports/report.h"

namespace assay::reports {
namespace {

/// Qt warns where a desktop's session folder is missing, as it is on a server; that is no news to anyone here.
void say(QtMsgType, const QMessageLogContext&, const QString& message) {
  if (message.startsWith(QStringLiteral("QStandardPaths: XDG_RUNTIME_DIR"))) return;
  std::fprintf(stderr, "%s\n", message.toLocal8Bit().constData());
}

}  // namespace

GuiScope::GuiScope() {
  if (qGuiApp != nullptr) return;
  // Before construction: a report is made without a display, whatever the user's desktop is.
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qInstallMessageHandler(say);
  static int argc = 1;
  static char name[] = "assay";
  static char* argv[] = {name, nullptr};
  new QGuiApplication(argc, argv);
  for (const auto* file : {"/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
                           "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf",
                           "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"}) {
    QFontDatabase::addApplicationFont(QString::fromLatin1(file));
  }
  owner_ = true;
}

GuiScope::~GuiScope() {
  if (!owner_) return;
  delete qGuiApp;
  qInstallMessageHandler(nullptr);
}

std::string svg_of(const Chart& chart) {
  if (!chart.paint) return "";
  Canvas canvas(chart.width, chart.height);
  chart.paint(canvas);
  return canvas.svg(QString::fromStdString(chart.title));
}

double height_at(const Chart& chart, double width) { return chart.paint ? width * chart.height / chart.width : 0; }

void paint(const Chart& chart, QPainter& painter, const QRectF& box) {
  if (!chart.paint) return;
  const double scale = std::min(box.width() / chart.width, box.height() / chart.height);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.translate(box.topLeft());
  painter.scale(scale, scale);
  Canvas canvas(painter);
  chart.paint(canvas);
  painter.restore();
}

std::string ladder_svg(const Grade& grade, const Scheme& scheme, Lang lang) {
  return svg_of(ladder_chart(grade, scheme, lang));
}
std::string interval_svg(const IndicatorResult& indicator, Lang lang) {
  return svg_of(interval_chart(indicator, lang));
}
std::string measured_svg(const IndicatorResult& indicator, Lang lang) {
  return svg_of(measured_chart(indicator, lang));
}
std::string walk_svg(const IndicatorResult& indicator, const SequentialDesign& design, Lang lang) {
  return svg_of(walk_chart(indicator, design, lang));
}
std::string latency_svg(const std::vector<double>& times_s, Lang lang) { return svg_of(latency_chart(times_s, lang)); }

}  // namespace assay::reports
