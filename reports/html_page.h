// The page under construction: escaping, texts in both languages, tables. Everything that comes from data
// goes through text(); only words of our own are written as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "reports/palette.h"
#include "reports/report.h"

namespace assay::reports {

/// HTML-safe, and one line per line: broken UTF-8 and control characters become U+FFFD.
std::string escaped(std::string_view text);

class Page {
 public:
  explicit Page(Lang first) : first_(first) {}

  Page& raw(std::string_view html) {
    out_ += html;
    return *this;
  }
  Page& text(std::string_view data) { return raw(escaped(data)); }
  Page& code(std::string_view data) { return raw("<code>").text(data).raw("</code>"); }
  /// Both languages, the prevailing one first; the style sheet shows the one that is chosen.
  Page& both(const Text& text);
  /// The same for HTML of our own making in each language.
  Page& both_raw(const std::string& en, const std::string& zh);
  Page& icon(std::string_view symbol);
  Page& chip(const Look& look, std::string_view more = {});
  void section(std::string_view id, const Text& title);
  /// A chart painted once in each language.
  Page& chart(const std::string& en, const std::string& zh);
  void end_section() { raw("</section>\n"); }
  void paragraph(const Text& text, std::string_view css = {});
  struct Column {
    Text title;
    bool number = false;
  };
  void head(const std::vector<Column>& columns, const Text& caption);
  /// A row across the table that heads the rows after it; end it with end_group().
  Page& group(int columns);
  void end_group() { raw("</div></th></tr>\n"); }
  void end_table() { raw("</tbody></table></div>\n"); }
  /// "<td>…</td>"; numbers are set right.
  Page& cell(const std::string& data) { return raw("<td>").text(data).raw("</td>"); }
  Page& number(const std::string& data) { return raw("<td class=\"num\">").text(data).raw("</td>"); }

  [[nodiscard]] Lang first() const { return first_; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  Lang first_;
};

std::string proportion(double value);                        ///< three decimals
std::string proportion(const std::optional<double>& value);  ///< "–" where there is none
std::string percent(double share);                           ///< "95 %"
std::string significant(double value);                       ///< four significant digits
std::string time_text(UtcTime time);                         ///< RFC 3339, or "–"
Text level_text(const Scheme& scheme, int level);            ///< "L2 title", or "no level"

std::string style_sheet();

/// Sections in the order of the page.
void write_conclusion(Page& page, const ReportModel& model);
void write_particulars(Page& page, const ReportModel& model);  ///< nothing where there are none
void write_why_not(Page& page, const ReportModel& model);
void write_results(Page& page, const ReportModel& model);
void write_regrades(Page& page, const ReportModel& model);  ///< nothing where there is none
void write_walks(Page& page, const ReportModel& model);
void write_failures(Page& page, const ReportModel& model);  ///< why trials did not succeed; two trials in time
void write_checklist(Page& page, const ReportModel& model);
void write_gates(Page& page, const ReportModel& model);
void write_audit(Page& page, const ReportModel& model);  ///< nothing where the plan has none
void write_metrics(Page& page, const ReportModel& model);
void write_latency(Page& page, const ReportModel& model);
void write_uncertainty(Page& page, const ReportModel& model);
void write_trials(Page& page, const ReportModel& model);
void write_files(Page& page, const ReportModel& model);
void write_validation(Page& page, const ReportModel& model);

}  // namespace assay::reports
