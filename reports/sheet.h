// A document on paper: blocks flow from page to page. Rows of tables stay whole, their header is repeated, a heading
// keeps its block. Laid out first, painted afterwards, so that every page knows how many there are.
// Lengths in tenths of a point: one device pixel of a PDF at 720 dpi.
#pragma once

#include <QPainter>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/text.h"
#include "reports/chart.h"
#include "reports/palette.h"
#include "reports/report.h"

class QPdfWriter;

namespace assay::reports {

struct PageFrame {
  Text document, watermark;  ///< watermark empty: none
  std::string number;
  Text foot;  ///< prevailing language
};

/// One paragraph in one style; in both languages one stands over the other.
struct Piece {
  Text text;
  double size_pt = 9;
  bool bold = false;
  std::string_view color = ink::kText;
};

/// Pieces one under the other, beside the sign of a state if there is one; or a chart.
struct Cell {
  Cell() = default;
  Cell(std::vector<Piece> text) : pieces(std::move(text)) {}      // NOLINT: cells are written as lists of pieces
  Cell(const Text& text) : pieces{Piece{text}} {}                 // NOLINT
  Cell(const std::string& text) : pieces{Piece{{text, text}}} {}  // NOLINT
  static Cell verdict(Conformity conformity, const Text& reason = {});
  static Cell of(Chart chart);

  std::vector<Piece> pieces;
  std::optional<Conformity> sign{};
  Chart chart{};
};

struct SheetColumn {
  Text title;
  double share = 1;  ///< of the width, relative to the others
  bool number = false;
};

class Sheet {
 public:
  Sheet(Languages languages, Lang first) : languages_(languages), first_(first) {}

  void heading(const Text& title);  ///< numbered
  void subheading(const Text& title);
  void paragraph(const Text& text, double size_pt = 9, bool bold = false, std::string_view color = ink::kText);
  void lead(const Text& text) { waiting_.push_back({text, 8.5}); }  ///< a paragraph that keeps the next block
  void note(const Text& text);                                      ///< in a tinted box
  void items(const std::vector<Text>& lines);
  void facts(const std::vector<std::pair<Text, Cell>>& rows);
  void table(const std::vector<SheetColumn>& columns, const std::vector<std::vector<Cell>>& rows,
             const Text& caption = {});
  enum class Pair { over, beside, first_only };  ///< how a chart stands in two languages
  void chart(const std::function<Chart(Lang)>& make, double share_of_width = 1, Pair pair = Pair::over);
  void rows(const std::vector<double>& shares, const std::vector<std::vector<Cell>>& rows);  ///< a table without lines
  void gap(double height) { y_ += height; }
  void page_break();
  void end_mark();
  /// Anything at a fixed place of the page under construction.
  void draw(std::function<void(QPainter&)> what) { pages_.back().push_back(std::move(what)); }
  void centred(const Text& text, double size_pt, bool bold, std::string_view color);

  [[nodiscard]] Lang first() const { return first_; }
  [[nodiscard]] Languages languages() const { return languages_; }
  [[nodiscard]] double y() const { return y_; }
  void move_to(double y) { y_ = y; }
  void paint(QPdfWriter& writer, const PageFrame& frame);

  static constexpr double kWidth = 5953, kHeight = 8419, kLeft = 510, kRight = 5443, kTop = 760, kBottom = 7760;

 private:
  struct Laid;
  [[nodiscard]] Laid lay(const Cell& cell, double width, bool right) const;
  [[nodiscard]] Laid lay_row(const std::vector<Cell>& row, const std::vector<double>& edges,
                             const std::vector<bool>& right, double pad) const;
  /// Starts a new page unless `height` fits (with the heading that waits); then places the heading.
  void need(double height);
  void place(const Laid& laid, double x);
  [[nodiscard]] std::vector<std::string> wording(const Text& text) const;
  [[nodiscard]] std::string in_one_line(const Text& text) const;

  Languages languages_;
  Lang first_;
  std::vector<std::vector<std::function<void(QPainter&)>>> pages_{1};
  double y_ = kTop;
  int section_ = 0;
  std::vector<Piece> waiting_;  ///< headings that keep the next block
};

}  // namespace assay::reports
