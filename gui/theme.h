// The two themes as tokens, the palette and style sheet made from them, fonts and icons. Colours of states are those of
// reports/palette.h in the light theme, their brighter kin in the dark one.
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/grade.h"
#include "core/model/trial.h"

class QApplication;

namespace assay::gui {

struct Theme {
  bool dark = false;
  QColor window, surface, raised, line, text, muted, accent, on_accent, accent_tint;
  QColor pass, pass_tint, unsure, unsure_tint, fail, fail_tint, none, none_tint;
  QColor rail, rail_text, rail_muted, rail_on;
};
const Theme& light_theme();
const Theme& dark_theme();
const Theme& theme();
/// Fusion, the theme's palette and style sheet, pinned fonts. Again at any time.
void apply_theme(QApplication& application, bool dark);

/// Pairs that stand on each other as text on ground, and the least contrast (WCAG 2.1) that each must have.
struct ContrastPair {
  const char* name;
  QColor text, ground;
  double least;
};
std::vector<ContrastPair> contrast_pairs(const Theme& theme);
double contrast(const QColor& a, const QColor& b);

/// Colour, tint, and icon of a state. The word beside it comes from reports/palette.h.
struct StateLook {
  QColor color, tint;
  const char* icon;
};
StateLook look(Conformity conformity);
StateLook look(Outcome outcome);
Conformity conformity_from(const QString& word);

/// A chart of reports/ (SVG text in the light theme's colours) in the colours of the theme that is on.
QByteArray themed_svg(const std::string& svg);
/// Line drawings of our own, by name.
QIcon icon(const char* name, const QColor& color);
QPixmap icon_pixmap(const char* name, const QColor& color, int size);

/// Colours of plotted series (Okabe-Ito without yellow), by place.
QColor series_color(int place);

}  // namespace assay::gui
