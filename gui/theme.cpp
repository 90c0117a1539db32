#include "gui/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <array>
#include <cmath>

#include "core/result.h"
#include "gui/style_sheet.h"
#include "reports/palette.h"

/// Of a static library: nobody else would load them. Qt wants the call outside of namespaces.
static void load_pictures() { Q_INIT_RESOURCE(pictures); }

namespace assay::gui {
namespace {

QColor of(std::string_view name) { return QColor(QLatin1String(name.data(), static_cast<int>(name.size()))); }
QColor of(const char* name) { return QColor(QLatin1String(name)); }

bool& dark_on() {
  static bool on = false;
  return on;
}

void add_fonts() {
  static bool done = false;
  if (done) return;
  done = true;
  for (const auto* file : {"/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
                           "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf",
                           "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
                           "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"})
    QFontDatabase::addApplicationFont(QString::fromLatin1(file));
}

double luminance(const QColor& color) {
  const auto part = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
  return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

struct Drawing {
  const char* name;
  const char* paths;  ///< on a 24 × 24 sheet, stroked
};
constexpr std::array<Drawing, 31> kDrawings{{
    {"home", R"(<path d="M3.5 11 12 4l8.5 7M6 9.5V20h12V9.5M10 20v-5.5h4V20"/>)"},
    {"setup",
     R"(<rect x="5" y="4.5" width="14" height="16" rx="2"/><path d="M9 4.5V3h6v1.5M8.5 10l1.3 1.3L12 9M8.5 15.5l1.3 1.3 2.2-2.3M14.5 10.5h2M14.5 16h2"/>)"},
    {"run", R"(<circle cx="12" cy="12" r="9"/><path d="M10 8.2v7.6l6-3.8z"/>)"},
    {"results", R"(<path d="M4 20h16M4 20v-4h4v4M10 20v-8h4v8M16 20V6h4v14"/>)"},
    {"trace", R"(<path d="M3 13h3.5l2-7 4 13 3-9 1.5 3H21"/>)"},
    {"compare", R"(<path d="M12 3.5v17M5 7h14M5 7l-2.5 6.5a3 3 0 0 0 5 0zM19 7l-2.5 6.5a3 3 0 0 0 5 0zM8.5 20.5h7"/>)"},
    {"report", R"(<path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 14.5l2.2 2.2 4-4.4"/>)"},
    {"quality", R"(<path d="M12 3l7.5 3v5.5c0 4.4-3 7.9-7.5 9.5-4.5-1.6-7.5-5.1-7.5-9.5V6zM8.7 12l2.3 2.3 4.3-4.6"/>)"},
    {"check",
     R"(<circle cx="12" cy="12" r="9" fill="C" stroke="none"/><path d="M7.8 12.4l2.9 2.9 5.5-6.2" stroke="P" stroke-width="2.2"/>)"},
    {"half", R"(<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 0 0 16z" fill="C"/>)"},
    {"cross",
     R"(<circle cx="12" cy="12" r="9" fill="C" stroke="none"/><path d="M8.4 8.4l7.2 7.2M8.4 15.6l7.2-7.2" stroke="P" stroke-width="2.2"/>)"},
    {"bar",
     R"(<circle cx="12" cy="12" r="9" fill="C" stroke="none"/><path d="M8 12h8" stroke="P" stroke-width="2.2"/>)"},
    {"warn", R"(<path d="M12 3.2 22 20.5H2z" fill="C"/><path d="M12 9.5v5M12 17v1.2" stroke="P" stroke-width="2"/>)"},
    {"bang",
     R"(<rect x="3.5" y="3.5" width="17" height="17" rx="4" fill="C" stroke="none"/><path d="M12 7.5v6M12 16v1.2" stroke="P" stroke-width="2.2"/>)"},
    {"stop", R"(<rect x="5" y="5" width="14" height="14" rx="2.5" fill="C" stroke="none"/>)"},
    {"open", R"(<circle cx="12" cy="12" r="8" stroke-dasharray="4 3"/>)"},
    {"play", R"(<path d="M8 5.5v13l10.5-6.5z" fill="C"/>)"},
    {"pause", R"(<path d="M8.5 5.5v13M15.5 5.5v13" stroke-width="3.2"/>)"},
    {"lens", R"(<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4.5 4.5"/>)"},
    {"eye",
     R"(<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>)"},
    {"moon", R"(<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>)"},
    {"folder", R"(<path d="M3.5 6.5h6l2 2.5h9v10h-17z"/>)"},
    {"bookmark", R"(<path d="M7 4h10v16l-5-4-5 4z"/>)"},
    {"bundle", R"(<path d="M4 8l8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4M12 12v8.5"/>)"},
    {"robot",
     R"(<rect x="5" y="8.5" width="14" height="10.5" rx="2.5"/><path d="M12 8.5V5M9.5 13v1.6M14.5 13v1.6M2.8 12.5v3.5M21.2 12.5v3.5"/><circle cx="12" cy="4" r="1.2"/>)"},
    {"clock", R"(<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.4 2.2"/>)"},
    {"link",
     R"(<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1"/>)"},
    {"refresh", R"(<path d="M19.5 12a7.5 7.5 0 1 1-2.4-5.5M19.5 4v4h-4"/>)"},
    {"plus", R"(<path d="M12 5v14M5 12h14"/>)"},
    {"next", R"(<path d="M9 5.5l6.5 6.5L9 18.5"/>)"},
    {"drop", R"(<path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15"/>)"},
}};

}  // namespace

const Theme& light_theme() {
  static const Theme kTheme{.dark = false,
                            .window = of("#f3f5f7"),
                            .surface = of("#ffffff"),
                            .raised = of("#f8fafb"),
                            .line = of("#d9dfe5"),
                            .text = of(reports::ink::kText),
                            .muted = of(reports::ink::kMuted),
                            .accent = of(reports::ink::kAccent),
                            .on_accent = of("#ffffff"),
                            .accent_tint = of("#e8f3fa"),
                            .pass = of(reports::ink::kPass),
                            .pass_tint = of(reports::ink::kPassTint),
                            .unsure = of("#8a5c00"),
                            .unsure_tint = of(reports::ink::kUnsureTint),
                            .fail = of("#a84300"),
                            .fail_tint = of(reports::ink::kFailTint),
                            .none = of("#57606a"),
                            .none_tint = of(reports::ink::kFaint),
                            .rail = of("#16222e"),
                            .rail_text = of("#ffffff"),
                            .rail_muted = of("#a9b7c4"),
                            .rail_on = of("#24384a")};
  return kTheme;
}

const Theme& dark_theme() {
  static const Theme kTheme{.dark = true,
                            .window = of("#10161c"),
                            .surface = of("#18212a"),
                            .raised = of("#1f2a34"),
                            .line = of("#33414e"),
                            .text = of("#e6ebf0"),
                            .muted = of("#a3b0bc"),
                            .accent = of("#56b4e9"),
                            .on_accent = of("#0c1a24"),
                            .accent_tint = of("#173345"),
                            .pass = of("#2fc79a"),
                            .pass_tint = of("#12352c"),
                            .unsure = of("#e69f00"),
                            .unsure_tint = of("#3a2c0c"),
                            .fail = of("#ff8a4c"),
                            .fail_tint = of("#402113"),
                            .none = of("#a3b0bc"),
                            .none_tint = of("#25313c"),
                            .rail = of("#0b1116"),
                            .rail_text = of("#ffffff"),
                            .rail_muted = of("#a3b0bc"),
                            .rail_on = of("#1d2d3a")};
  return kTheme;
}

const Theme& theme() { return dark_on() ? dark_theme() : light_theme(); }

void apply_theme(QApplication& application, bool dark) {
  dark_on() = dark;
  load_pictures();
  add_fonts();
  if (application.style()->name() != QLatin1String("fusion"))
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QFont font;
  font.setFamilies({QStringLiteral("Liberation Sans"), QStringLiteral("WenQuanYi Micro Hei")});
  font.setPixelSize(13);
  application.setFont(font);
  const Theme& t = theme();
  QPalette palette;
  palette.setColor(QPalette::Window, t.window);
  palette.setColor(QPalette::WindowText, t.text);
  palette.setColor(QPalette::Base, t.surface);
  palette.setColor(QPalette::AlternateBase, t.raised);
  palette.setColor(QPalette::Text, t.text);
  palette.setColor(QPalette::Button, t.surface);
  palette.setColor(QPalette::ButtonText, t.text);
  palette.setColor(QPalette::ToolTipBase, t.raised);
  palette.setColor(QPalette::ToolTipText, t.text);
  palette.setColor(QPalette::PlaceholderText, t.muted);
  palette.setColor(QPalette::Highlight, t.accent);
  palette.setColor(QPalette::HighlightedText, t.on_accent);
  palette.setColor(QPalette::Link, t.accent);
  palette.setColor(QPalette::Mid, t.line);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, t.muted);
  application.setPalette(palette);
  application.setStyleSheet(style_sheet(t));
}

double contrast(const QColor& a, const QColor& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

std::vector<ContrastPair> contrast_pairs(const Theme& t) {
  return {{"text/window", t.text, t.window, 7},
          {"text/surface", t.text, t.surface, 7},
          {"text/raised", t.text, t.raised, 7},
          {"muted/window", t.muted, t.window, 4.5},
          {"muted/surface", t.muted, t.surface, 4.5},
          {"muted/raised", t.muted, t.raised, 4.5},
          {"accent/surface", t.accent, t.surface, 4.5},
          {"accent/accent_tint", t.accent, t.accent_tint, 4.5},
          {"on_accent/accent", t.on_accent, t.accent, 4.5},
          {"pass/surface", t.pass, t.surface, 4.5},
          {"pass/pass_tint", t.pass, t.pass_tint, 4.5},
          {"unsure/surface", t.unsure, t.surface, 4.5},
          {"unsure/unsure_tint", t.unsure, t.unsure_tint, 4.5},
          {"fail/surface", t.fail, t.surface, 4.5},
          {"fail/fail_tint", t.fail, t.fail_tint, 4.5},
          {"none/none_tint", t.none, t.none_tint, 4.5},
          {"rail_text/rail_on", t.rail_text, t.rail_on, 4.5},
          {"rail_muted/rail", t.rail_muted, t.rail, 4.5}};
}

StateLook look(Conformity conformity) {
  const Theme& t = theme();
  switch (conformity) {
    case Conformity::conform:
      return {t.pass, t.pass_tint, "check"};
    case Conformity::inconclusive:
      return {t.unsure, t.unsure_tint, "half"};
    case Conformity::not_conform:
      return {t.fail, t.fail_tint, "cross"};
    case Conformity::not_tested:
      break;
  }
  return {t.none, t.none_tint, "bar"};
}

StateLook look(Outcome outcome) {
  const Theme& t = theme();
  switch (outcome) {
    case Outcome::success:
      return {t.pass, t.pass_tint, "check"};
    case Outcome::failure:
      return {t.fail, t.fail_tint, "cross"};
    case Outcome::unsafe:
      return {t.fail, t.fail_tint, "warn"};
    case Outcome::error:
      return {t.none, t.none_tint, "bang"};
    case Outcome::undetermined:
      return {t.unsure, t.unsure_tint, "half"};
    case Outcome::aborted:
      break;
  }
  return {t.none, t.none_tint, "stop"};
}

Conformity conformity_from(const QString& word) {
  for (const auto c : {Conformity::conform, Conformity::inconclusive, Conformity::not_conform})
    if (word == QString::fromUtf8(to_string(c).data(), static_cast<qsizetype>(to_string(c).size()))) return c;
  return Conformity::not_tested;
}

QByteArray themed_svg(const std::string& svg) {
  QByteArray out = QByteArray::fromStdString(svg);
  if (!theme().dark) return out;
  const Theme& t = theme();
  namespace ink = reports::ink;
  const std::pair<std::string_view, QColor> pairs[] = {
      {ink::kText, t.text},          {ink::kMuted, t.muted},        {ink::kLine, t.line},
      {ink::kFaint, t.none_tint},    {ink::kPaper, t.surface},      {ink::kPass, t.pass},
      {ink::kPassTint, t.pass_tint}, {ink::kUnsure, t.unsure},      {ink::kUnsureTint, t.unsure_tint},
      {ink::kFail, t.fail},          {ink::kFailTint, t.fail_tint}, {ink::kAccent, t.accent}};
  for (const auto& [name, color] : pairs)
    out.replace(QByteArray(name.data(), static_cast<qsizetype>(name.size())), color.name().toLatin1());
  return out;
}

QPixmap icon_pixmap(const char* name, const QColor& color, int size) {
  QByteArray paths;
  for (const auto& drawing : kDrawings)
    if (qstrcmp(drawing.name, name) == 0) paths = drawing.paths;
  ASSAY_CHECK(!paths.isEmpty());
  const QByteArray ink = color.name().toLatin1();
  paths.replace("\"C\"", "\"" + ink + "\"").replace("\"P\"", "\"" + theme().surface.name().toLatin1() + "\"");
  const QByteArray svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"" +
                         ink + "\" stroke-width=\"1.7\" stroke-linecap=\"round\" stroke-linejoin=\"round\">" + paths +
                         "</svg>";
  const double ratio = qApp->devicePixelRatio();
  QPixmap out(QSize(size, size) * ratio);
  out.fill(Qt::transparent);
  out.setDevicePixelRatio(ratio);
  QPainter painter(&out);
  QSvgRenderer(svg).render(&painter, QRectF(0, 0, size, size));
  return out;
}

QIcon icon(const char* name, const QColor& color) { return QIcon(icon_pixmap(name, color, 24)); }

QColor series_color(int place) {
  // The last two of the light set would be too pale on paper; the dark set is brighter throughout.
  static constexpr std::array<const char*, 6> kLight{"#0072b2", "#b34700", "#00704f", "#8f3f71", "#57606a", "#9a6700"};
  static constexpr std::array<const char*, 6> kDark{"#56b4e9", "#ff8a4c", "#2fc79a", "#d98cb8", "#a3b0bc", "#e69f00"};
  return of((theme().dark ? kDark : kLight)[static_cast<std::size_t>(place) % kLight.size()]);
}

}  // namespace assay::gui
