#include "reports/html_page.h"

#include <fmt/format.h>

#include <QString>
#include <cmath>

namespace assay::reports {

std::string escaped(std::string_view text) {
  QString out = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
  for (QChar& c : out) {
    const bool control = c.category() == QChar::Other_Control && c != u'\n' && c != u'\t';
    // Marks that turn the reading direction could make data look like words of the report.
    const bool turns = (c >= QChar(0x202A) && c <= QChar(0x202E)) || (c >= QChar(0x2066) && c <= QChar(0x2069));
    if (control || turns) c = QChar::ReplacementCharacter;
  }
  return out.toHtmlEscaped().toStdString();
}

Page& Page::both(const Text& text) {
  const Text whole = filled(text, "–");
  return both_raw(escaped(whole.en), escaped(whole.zh));
}

Page& Page::both_raw(const std::string& en, const std::string& zh) {
  const std::string english = "<span class=\"en\" lang=\"en\">" + en + "</span>";
  const std::string chinese = "<span class=\"zh\" lang=\"zh-CN\">" + zh + "</span>";
  return raw(first_ == Lang::zh ? chinese + english : english + chinese);
}

Page& Page::icon(std::string_view symbol) {
  return raw("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#").raw(symbol).raw("\"/></svg>");
}

Page& Page::chip(const Look& look, std::string_view more) {
  raw("<span class=\"chip ").raw(look.css).raw("\">").icon(look.icon).raw(" ").both(look.word);
  if (!more.empty()) raw(" ").text(more);
  return raw("</span>");
}

void Page::section(std::string_view id, const Text& title) {
  raw("<section id=\"").raw(id).raw("\">\n<h2>").both(title).raw("</h2>\n");
}

Page& Page::chart(const std::string& en, const std::string& zh) {
  const std::string english = "<div class=\"en\" lang=\"en\">" + en + "</div>";
  const std::string chinese = "<div class=\"zh\" lang=\"zh-CN\">" + zh + "</div>";
  return raw(first_ == Lang::zh ? chinese + english : english + chinese).raw("\n");
}

void Page::paragraph(const Text& text, std::string_view css) {
  raw(css.empty() ? "<p>" : fmt::format("<p class=\"{}\">", css)).both(text).raw("</p>\n");
}

void Page::head(const std::vector<Column>& columns, const Text& caption) {
  raw("<div class=\"wide\"><table><caption>").both(caption).raw("</caption><thead><tr>");
  for (const auto& column : columns) {
    raw(column.number ? "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">").both(column.title).raw("</th>");
  }
  raw("</tr></thead><tbody>\n");
}

Page& Page::group(int columns) {
  return raw(fmt::format("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\"><div>", columns));
}

std::string proportion(double value) { return fmt::format("{:.3f}", value); }

std::string proportion(const std::optional<double>& value) { return value ? proportion(*value) : "–"; }

std::string percent(double share) { return fmt::format("{:.4g} %", share * 100); }

std::string significant(double value) { return fmt::format("{:.4g}", value); }

std::string time_text(UtcTime time) { return time.ns == 0 ? "–" : to_rfc3339(time); }

Text level_text(const Scheme& scheme, int level) {
  if (level <= 0) return {"no level", "无等级"};
  const std::string name = fmt::format("L{}", level);
  for (const auto& [number, title] : scheme.levels) {
    if (number != level) continue;
    const Text words = filled(title, "");
    if (!words.en.empty()) return {name + " " + words.en, name + " " + words.zh};
  }
  return {name, name};
}

}  // namespace assay::reports
