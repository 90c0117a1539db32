#include "reports/sheet.h"

#include <fmt/format.h>

#include <QFont>
#include <QPainterPath>
#include <QPdfWriter>
#include <QTextLayout>
#include <algorithm>
#include <cmath>

namespace assay::reports {
namespace {

constexpr double kUnitsPerPt = 10;
constexpr double kLead = 1.38;  // distance of lines, in sizes
constexpr double kPad = 30;

QColor color_of(std::string_view name) { return QColor(QLatin1String(name.data(), static_cast<int>(name.size()))); }

QFont font_of(double size_pt, bool bold) {
  QFont font;
  font.setFamilies({QStringLiteral("Liberation Sans"), QStringLiteral("WenQuanYi Micro Hei")});
  font.setPixelSize(static_cast<int>(std::lround(size_pt * kUnitsPerPt)));
  font.setBold(bold);
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

/// Data may hold control characters and marks that turn the reading direction: a page shows U+FFFD for them.
QString shown(const std::string& text) {
  QString out = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
  for (QChar& c : out) {
    const bool control = c.category() == QChar::Other_Control && c != u'\n';
    const bool turns = (c >= QChar(0x202A) && c <= QChar(0x202E)) || (c >= QChar(0x2066) && c <= QChar(0x2069));
    if (control || turns) c = QChar::ReplacementCharacter;
    if (c == u'\n') c = QChar::LineSeparator;
  }
  return out;
}

struct Block {
  std::shared_ptr<QTextLayout> layout;
  double height = 0;
};

Block block_of(const std::string& text, double size_pt, bool bold, double width, Qt::Alignment align) {
  Block out;
  out.layout = std::make_shared<QTextLayout>(shown(text), font_of(size_pt, bold));
  QTextOption option(align);
  option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  out.layout->setTextOption(option);
  out.layout->setCacheEnabled(true);
  out.layout->beginLayout();
  const double lead = size_pt * kUnitsPerPt * kLead;
  for (QTextLine line = out.layout->createLine(); line.isValid(); line = out.layout->createLine()) {
    line.setLineWidth(width);
    // One baseline, whichever font a line falls back to.
    line.setPosition({0, out.height + size_pt * kUnitsPerPt * 1.05 - line.ascent()});
    out.height += lead;
  }
  out.layout->endLayout();
  return out;
}

}  // namespace

Cell Cell::verdict(Conformity conformity, const Text& reason) {
  const Look& look = look_of(conformity);
  Cell out(std::vector<Piece>{{look.word, 8.5, true, look.color}});
  if (!reason.en.empty() || !reason.zh.empty()) out.pieces.push_back({filled(reason, "–"), 7, false, ink::kMuted});
  out.sign = conformity;
  return out;
}

Cell Cell::of(Chart chart) {
  Cell out;
  out.chart = std::move(chart);
  return out;
}

/// What a row or a block draws, relative to its upper left corner.
struct Sheet::Laid {
  std::vector<std::function<void(QPainter&, QPointF)>> draw;
  double height = 0;
};

std::vector<std::string> Sheet::wording(const Text& text) const {
  const Text whole = filled(text, "");
  const std::string& first = whole.in(first_);
  const std::string& second = whole.in(first_ == Lang::zh ? Lang::en : Lang::zh);
  if (languages_ == Languages::one || first == second) return {first};
  return {first, second};
}

std::string Sheet::in_one_line(const Text& text) const {
  std::string out;
  for (const auto& words : wording(text)) out += (out.empty() ? "" : "  ") + words;
  return out;
}

Sheet::Laid Sheet::lay(const Cell& cell, double width, bool right) const {
  Laid out;
  if (cell.chart.paint) {
    out.height = height_at(cell.chart, width);
    out.draw.emplace_back([chart = cell.chart, width, height = out.height](QPainter& painter, QPointF at) {
      reports::paint(chart, painter, QRectF(at, QSizeF(width, height)));
    });
    return out;
  }
  const double inset = cell.sign ? 125 : 0;
  for (const auto& piece : cell.pieces) {
    bool second = false;
    for (const auto& words : wording(piece.text)) {
      // The second language is a little smaller, so that the eye finds its own.
      const double size = second ? std::max(piece.size_pt - 0.8, 6.5) : piece.size_pt;
      const Block block =
          block_of(words, size, piece.bold && !second, width - inset, right ? Qt::AlignRight : Qt::AlignLeft);
      const auto color = second && piece.color == ink::kText ? ink::kMuted : piece.color;
      out.draw.emplace_back([block, color, y = out.height, inset](QPainter& painter, QPointF at) {
        painter.setPen(color_of(color));
        block.layout->draw(&painter, at + QPointF(inset, y));
      });
      out.height += block.height;
      second = true;
    }
  }
  if (cell.sign)
    out.draw.emplace_back(
        [sign = *cell.sign](QPainter& painter, QPointF at) { Canvas(painter).sign(at + QPointF(50, 56), 46, sign); });
  return out;
}

Sheet::Laid Sheet::lay_row(const std::vector<Cell>& row, const std::vector<double>& edges,
                           const std::vector<bool>& right, double pad) const {
  Laid out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double from = edges[i] + (i == 0 ? 0 : pad), to = edges[i + 1] - (i + 1 == row.size() ? 0 : pad);
    const Laid cell = lay(row[i], to - from, right[i]);
    for (const auto& draw : cell.draw)
      out.draw.emplace_back(
          [draw, from, pad](QPainter& painter, QPointF at) { draw(painter, at + QPointF(from, pad)); });
    out.height = std::max(out.height, cell.height + 2 * pad);
  }
  return out;
}

void Sheet::place(const Laid& laid, double x) {
  for (const auto& draw : laid.draw) this->draw([draw, at = QPointF(x, y_)](QPainter& painter) { draw(painter, at); });
  y_ += laid.height;
}

void Sheet::page_break() {
  if (pages_.back().empty()) return;
  pages_.emplace_back();
  y_ = kTop;
}

void Sheet::need(double height) {
  std::vector<Piece> heads;
  heads.swap(waiting_);
  std::vector<Laid> laid;
  double all = height;
  for (const auto& head : heads) {
    laid.push_back(lay(Cell(std::vector<Piece>{head}), kRight - kLeft, false));
    all += laid.back().height + 190;
  }
  if (y_ + std::min(all, kBottom - kTop) > kBottom) page_break();
  for (std::size_t i = 0; i < laid.size(); ++i) {
    const bool section = heads[i].size_pt > 12;
    if (y_ > kTop) y_ += section ? 220 : heads[i].bold ? 110 : 10;
    place(laid[i], kLeft);
    y_ += section || heads[i].bold ? 20 : 50;
    if (section) {
      draw([y = y_](QPainter& painter) {
        painter.setPen(QPen(color_of(ink::kAccent), 10));
        painter.drawLine(QPointF(kLeft, y), QPointF(kRight, y));
      });
      y_ += 70;
    }
  }
}

void Sheet::heading(const Text& title) {
  ++section_;
  const std::string words = fmt::format("{}  {}", section_, in_one_line(title));
  waiting_.push_back({{words, words}, 13.5, true, ink::kText});
}

void Sheet::subheading(const Text& title) {
  const std::string words = in_one_line(title);
  waiting_.push_back({{words, words}, 10.5, true, ink::kText});
}

void Sheet::paragraph(const Text& text, double size_pt, bool bold, std::string_view color) {
  std::vector<Laid> laid;
  double height = 0;
  for (const auto& words : wording(text)) {
    laid.push_back(lay(Cell(std::vector<Piece>{{{words, words}, size_pt, bold, color}}), kRight - kLeft, false));
    height += laid.back().height;
  }
  need(height);
  for (const auto& one : laid) {
    need(one.height);
    place(one, kLeft);
  }
  y_ += 55;
}

void Sheet::note(const Text& text) {
  const Laid laid = lay(Cell(std::vector<Piece>{{text, 8.5}}), kRight - kLeft - 220, false);
  need(laid.height + 160);
  draw([y = y_, height = laid.height + 130](QPainter& painter) {
    painter.fillRect(QRectF(kLeft, y, kRight - kLeft, height), color_of(ink::kUnsureTint));
    painter.fillRect(QRectF(kLeft, y, 30, height), color_of(ink::kUnsure));
  });
  y_ += 65;
  place(laid, kLeft + 130);
  y_ += 140;
}

void Sheet::items(const std::vector<Text>& lines) {
  for (const auto& line : lines) {
    const Laid laid = lay(Cell(line), kRight - kLeft - 160, false);
    need(laid.height);
    draw([y = y_](QPainter& painter) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(color_of(ink::kAccent));
      painter.drawEllipse(QPointF(kLeft + 60, y + 66), 18, 18);
    });
    place(laid, kLeft + 160);
    y_ += 30;
  }
  y_ += 30;
}

void Sheet::facts(const std::vector<std::pair<Text, Cell>>& rows) {
  const double split = (kRight - kLeft) * 0.3;
  for (const auto& [name, value] : rows) {
    const Laid laid = lay_row({Cell(std::vector<Piece>{{name, 8.5, false, ink::kMuted}}), value},
                              {0, split, kRight - kLeft}, {false, false}, 28);
    need(laid.height);
    place(laid, kLeft);
    draw([y = y_](QPainter& painter) {
      painter.setPen(QPen(color_of(ink::kFaint), 6));
      painter.drawLine(QPointF(kLeft, y), QPointF(kRight, y));
    });
  }
  y_ += 60;
}

void Sheet::rows(const std::vector<double>& shares, const std::vector<std::vector<Cell>>& rows) {
  std::vector<double> edges{0};
  double sum = 0;
  for (const double share : shares) sum += share;
  for (const double share : shares) edges.push_back(edges.back() + share / sum * (kRight - kLeft));
  for (const auto& row : rows) {
    const Laid laid = lay_row(row, edges, std::vector<bool>(row.size(), false), 30);
    need(laid.height);
    place(laid, kLeft);
  }
  y_ += 60;
}

void Sheet::table(const std::vector<SheetColumn>& columns, const std::vector<std::vector<Cell>>& rows,
                  const Text& caption) {
  std::vector<double> edges{0};
  std::vector<bool> right;
  std::vector<Cell> titles;
  double sum = 0;
  for (const auto& column : columns) sum += column.share;
  for (const auto& column : columns) {
    edges.push_back(edges.back() + column.share / sum * (kRight - kLeft));
    right.push_back(column.number);
    titles.emplace_back(std::vector<Piece>{{column.title, 7.8, true, ink::kText}});
  }
  if (!caption.en.empty()) waiting_.push_back({caption, 8, false, ink::kMuted});
  const Laid head = lay_row(titles, edges, right, kPad);
  const auto put_head = [&] {
    draw([y = y_, height = head.height](QPainter& painter) {
      painter.fillRect(QRectF(kLeft - 30, y, kRight - kLeft + 60, height), color_of(ink::kFaint));
    });
    place(head, kLeft);
  };
  bool open = false;
  for (const auto& row : rows) {
    const Laid laid = lay_row(row, edges, right, kPad);
    const auto pages = pages_.size();
    need(laid.height + (open ? 0 : head.height));
    if (!open || pages_.size() != pages) put_head();
    open = true;
    place(laid, kLeft);
    draw([y = y_](QPainter& painter) {
      painter.setPen(QPen(color_of(ink::kLine), 3));
      painter.drawLine(QPointF(kLeft - 30, y), QPointF(kRight + 30, y));
    });
  }
  y_ += 110;
}

void Sheet::chart(const std::function<Chart(Lang)>& make, double share_of_width, Pair pair) {
  std::vector<Lang> langs{first_};
  if (languages_ == Languages::both && pair != Pair::first_only)
    langs.push_back(first_ == Lang::zh ? Lang::en : Lang::zh);
  const bool beside = pair == Pair::beside && langs.size() == 2;
  const double width = beside ? (kRight - kLeft - 100) / 2 : (kRight - kLeft) * share_of_width;
  for (std::size_t i = 0; i < langs.size(); ++i) {
    const Chart drawn = make(langs[i]);
    if (!drawn.paint) return;
    const Laid laid = lay(Cell::of(drawn), width, false);
    if (i == 0 || !beside) need(laid.height);
    if (beside && i == 1) y_ -= laid.height + 90;
    place(laid, beside && i == 1 ? kLeft + width + 100 : kLeft);
    y_ += 90;
  }
}

void Sheet::centred(const Text& text, double size_pt, bool bold, std::string_view color) {
  bool second = false;
  for (const auto& words : wording(text)) {
    const double size = second ? size_pt * 0.62 : size_pt;
    const Block block = block_of(words, size, bold, kRight - kLeft, Qt::AlignHCenter);
    need(block.height);
    draw([block, color, y = y_](QPainter& painter) {
      painter.setPen(color_of(color));
      block.layout->draw(&painter, {kLeft, y});
    });
    y_ += block.height;
    second = true;
  }
}

void Sheet::end_mark() {
  // It stands below the last line even where a block would not fit any more: no page for it alone.
  y_ = std::max(kTop, y_ - 70);
  if (y_ > kBottom + 70) page_break();
  const Block block =
      block_of(in_one_line({"— End of report —", "— 报告结束 —"}), 8.5, true, kRight - kLeft, Qt::AlignHCenter);
  draw([block, y = y_](QPainter& painter) {
    painter.setPen(color_of(ink::kMuted));
    block.layout->draw(&painter, {kLeft, y});
  });
}

void Sheet::paint(QPdfWriter& writer, const PageFrame& frame) {
  need(0);
  QPainter painter(&writer);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto line = [&](const std::string& words, double y, Qt::Alignment align, double size_pt) {
    const Block block = block_of(words, size_pt, false, kRight - kLeft, align);
    painter.setPen(color_of(ink::kMuted));
    block.layout->draw(&painter, {kLeft, y});
  };
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    if (i > 0) writer.newPage();
    if (!frame.watermark.en.empty()) {
      painter.save();
      painter.translate(kWidth / 2, kHeight / 2);
      painter.rotate(-52);
      const std::string mark = in_one_line(frame.watermark);
      // As a shape, not as text: whoever copies or searches the report finds its own words alone.
      QPainterPath path;
      path.addText(0, 0, font_of(std::min(64.0, 900.0 / static_cast<double>(shown(mark).size())), true), shown(mark));
      path.translate(-path.boundingRect().center());
      painter.fillPath(path, QColor(238, 241, 245));
      painter.restore();
    }
    line(in_one_line(frame.document), 420, Qt::AlignLeft, 7.5);
    line(in_one_line({"No. " + frame.number, "编号 " + frame.number}), 420, Qt::AlignRight, 7.5);
    painter.setPen(QPen(color_of(ink::kLine), 5));
    painter.drawLine(QPointF(kLeft, 560), QPointF(kRight, 560));
    painter.drawLine(QPointF(kLeft, 7970), QPointF(kRight, 7970));
    line(in_one_line(frame.foot), 8010, Qt::AlignLeft, 7);
    line(fmt::format("{} / {}", i + 1, pages_.size()), 8010, Qt::AlignRight, 8);
    for (const auto& draw : pages_[i]) draw(painter);
  }
  painter.end();
}

}  // namespace assay::reports
