// The style sheet: one template, filled with the tokens of a theme.
#pragma once

#include <QString>

namespace assay::gui {
struct Theme;
QString style_sheet(const Theme& theme);
}  // namespace assay::gui
