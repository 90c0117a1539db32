// A QR code, by libqrencode.
#pragma once

#include <QPainter>
#include <string>
#include <vector>

namespace assay::reports {

/// Rows of modules, true where dark, without the quiet zone. Empty where the text does not fit a code.
std::vector<std::vector<bool>> qr_modules(const std::string& text);

/// With its quiet zone of four modules, filling the square.
void paint_qr(QPainter& painter, const QRectF& square, const std::vector<std::vector<bool>>& modules);

}  // namespace assay::reports
