#include "reports/qr.h"

#include <qrencode.h>

#include <memory>

namespace assay::reports {

std::vector<std::vector<bool>> qr_modules(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M),
                                                             &QRcode_free);
  std::vector<std::vector<bool>> out;
  if (!code) return out;
  const auto width = static_cast<std::size_t>(code->width);
  for (std::size_t y = 0; y < width; ++y) {
    out.emplace_back(width);
    for (std::size_t x = 0; x < width; ++x) out[y][x] = (code->data[y * width + x] & 1U) != 0;
  }
  return out;
}

void paint_qr(QPainter& painter, const QRectF& square, const std::vector<std::vector<bool>>& modules) {
  if (modules.empty()) return;
  const double module = square.width() / static_cast<double>(modules.size() + 8);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.fillRect(square, Qt::white);
  for (std::size_t y = 0; y < modules.size(); ++y)
    for (std::size_t x = 0; x < modules.size(); ++x) {
      if (!modules[y][x]) continue;
      // Runs of dark modules are one rectangle: no hair lines between them.
      std::size_t end = x;
      while (end < modules.size() && modules[y][end]) ++end;
      painter.fillRect(QRectF(square.left() + module * static_cast<double>(x + 4),
                              square.top() + module * static_cast<double>(y + 4), module * static_cast<double>(end - x),
                              module * 1.02),
                       Qt::black);
      x = end;
    }
  painter.restore();
}

}  // namespace assay::reports
