#include "gui/style_sheet.h"

#include <utility>

#include "gui/theme.h"

namespace assay::gui {
namespace {

constexpr const char* kTemplate = R"qss(
QWidget { color: @text; }
QMainWindow, QDialog { background: @window; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px; }
#rail { background: @rail; }
#rail QToolButton { color: @rail_muted; background: transparent; border: none; border-left: 3px solid transparent;
  padding: 9px 12px 9px 13px; font-size: 14px; text-align: left; }
#rail QToolButton:hover { color: @rail_text; background: @rail_on; }
#rail QToolButton:checked { color: @rail_text; background: @rail_on; border-left: 3px solid #56b4e9; font-weight: bold; }
#rail QToolButton:disabled { color: @muted; }
#rail QToolButton:focus { border: 1px solid #56b4e9; border-left: 3px solid #56b4e9; }
#brand { color: @rail_text; font-size: 18px; font-weight: bold; padding: 14px 16px 2px 16px; }
#brand_sub { color: @rail_muted; font-size: 11px; padding: 0 16px 12px 16px; }
#session_bar { background: @surface; border-bottom: 1px solid @line; }
#session_bar QLabel[role="caption"] { color: @muted; font-size: 11px; }
#session_bar QLabel[role="value"] { font-weight: bold; }
QStatusBar { background: @surface; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @muted; font-size: 12px; padding: 0 8px; }
QMenuBar { background: @surface; border-bottom: 1px solid @line; }
QMenuBar::item { padding: 4px 10px; background: transparent; }
QMenuBar::item:selected { background: @accent_tint; }
QMenu { background: @surface; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 14px; }
QMenu::item:selected { background: @accent_tint; color: @text; }
QMenu::item:disabled { color: @muted; }
QFrame#card { background: @surface; border: 1px solid @line; border-radius: 8px; }
QFrame#card[tone="action"] { background: @accent_tint; border: 1px solid @accent; }
QFrame#card[tone="operator"] { background: @surface; border: 2px solid @accent; }
QFrame#card[tone="fail"] { background: @fail_tint; border: 1px solid @fail; }
QFrame#card[tone="drop"] { border: 2px dashed @muted; background: @raised; }
QLabel[role="page"] { font-size: 21px; font-weight: bold; }
QLabel[role="lead"] { color: @muted; }
QLabel[role="card"] { font-size: 14px; font-weight: bold; }
QLabel[role="big"] { font-size: 26px; font-weight: bold; }
QLabel[role="prompt"] { font-size: 30px; font-weight: bold; }
QLabel[role="prompt2"] { font-size: 20px; color: @muted; }
QLabel[role="note"] { font-size: 16px; color: @muted; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="small"] { color: @muted; font-size: 12px; }
QLabel[role="mono"] { font-family: "Liberation Mono", "WenQuanYi Micro Hei"; font-size: 12px; color: @muted; }
QLabel[role="state"] { font-size: 18px; font-weight: bold; }
QPushButton { background: @surface; border: 1px solid @line; border-radius: 6px; padding: 6px 14px; min-height: 18px; }
QPushButton:hover { background: @raised; border-color: @muted; }
QPushButton:pressed { background: @accent_tint; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @muted; background: @raised; }
QPushButton[kind="primary"] { background: @accent; color: @on_accent; border: 1px solid @accent; font-weight: bold; }
QPushButton[kind="primary"]:focus { border: 2px solid @text; padding: 5px 13px; }
QPushButton[kind="primary"]:disabled { background: @none_tint; color: @muted; border-color: @line; }
QPushButton[kind="stop"] { color: @fail; border: 1px solid @fail; font-weight: bold; }
QPushButton[kind="stop"]:disabled { color: @muted; border-color: @line; }
QPushButton[reach="far"] { font-size: 18px; padding: 10px 22px; min-height: 42px; }
QPushButton[kind="primary"][reach="far"]:focus { padding: 9px 21px; }
QPushButton[reach="far"]:checked { background: @accent_tint; border: 2px solid @accent; padding: 9px 21px;
  font-weight: bold; }
QLineEdit[reach="far"], QComboBox[reach="far"] { font-size: 17px; min-height: 36px; }
QPushButton[kind="choice"] { border-radius: 0; padding: 6px 8px; }
QPushButton[kind="choice"]:checked { background: @accent_tint; border: 1px solid @accent; font-weight: bold; }
QPushButton[kind="choice"]:focus { border: 2px solid @accent; }
QPushButton[kind="flat"] { border: 1px solid transparent; background: transparent; color: @accent; padding: 4px 8px; }
QPushButton[kind="flat"]:focus { border: 1px solid @accent; }
QLineEdit, QComboBox, QSpinBox { background: @surface; border: 1px solid @line; border-radius: 6px; padding: 4px 8px;
  min-height: 20px; selection-background-color: @accent; selection-color: @on_accent; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus { border: 1px solid @accent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/pictures/down.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @line; selection-background-color: @accent_tint;
  selection-color: @text; }
QTableView, QTreeView, QListView, QTextBrowser, QPlainTextEdit { background: @surface; border: none; outline: none;
  alternate-background-color: @raised; gridline-color: @line; selection-background-color: @accent_tint;
  selection-color: @text; }
QTableView::item, QTreeView::item { padding: 4px 6px; border-bottom: 1px solid @line; }
QListView::item { padding: 6px 8px; border-bottom: 1px solid @line; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: @accent_tint; color: @text; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 1px solid @accent; }
QHeaderView { background: @raised; }
QHeaderView::section { background: @raised; color: @muted; border: none; border-bottom: 1px solid @line; padding: 6px;
  font-size: 12px; }
QTableCornerButton::section { background: @raised; border: none; }
QProgressBar { background: @none_tint; border: none; border-radius: 4px; max-height: 8px; min-height: 8px; }
QProgressBar::chunk { background: @accent; border-radius: 4px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @line; border-radius: 5px; min-height: 30px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: @line; border-radius: 5px; min-width: 30px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QSplitter::handle { background: transparent; }
QTabBar::tab { background: transparent; color: @muted; padding: 8px 14px; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; font-weight: bold; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { color: @accent; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }
QSlider::groove:horizontal { height: 4px; background: @none_tint; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; }
QCheckBox { spacing: 8px; }
)qss";

}  // namespace

QString style_sheet(const Theme& t) {
  QString out = QString::fromLatin1(kTemplate);
  // Longer names first: @rail is the start of @rail_text.
  const std::pair<const char*, QColor> tokens[] = {{"@rail_muted", t.rail_muted},
                                                   {"@rail_text", t.rail_text},
                                                   {"@rail_on", t.rail_on},
                                                   {"@rail", t.rail},
                                                   {"@accent_tint", t.accent_tint},
                                                   {"@on_accent", t.on_accent},
                                                   {"@accent", t.accent},
                                                   {"@none_tint", t.none_tint},
                                                   {"@fail_tint", t.fail_tint},
                                                   {"@fail", t.fail},
                                                   {"@surface", t.surface},
                                                   {"@raised", t.raised},
                                                   {"@window", t.window},
                                                   {"@line", t.line},
                                                   {"@muted", t.muted},
                                                   {"@text", t.text}};
  for (const auto& [name, color] : tokens) out.replace(QLatin1String(name), color.name());
  return out;
}

}  // namespace assay::gui
