// Differences of two sessions, task by task, around zero.
#include <fmt/format.h>

#include <algorithm>

#include "reports/chart.h"
#include "reports/palette.h"
#include "reports/report.h"

namespace assay::reports {
namespace {

QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

constexpr int kWidth = 720;
constexpr double kLeft = 240, kRight = 560, kTop = 40, kRow = 30;

double x_of(double difference) { return kLeft + (kRight - kLeft) * (std::clamp(difference, -1.0, 1.0) + 1) / 2; }

void paint_row(Canvas& canvas, const Contrast& row, double y, bool last, Lang lang) {
  const double middle = y + kRow / 2;
  canvas.text(QRectF(0, y, kLeft - 12, kRow), Qt::AlignRight | Qt::AlignVCenter | Qt::TextWordWrap,
              q(row.name.in(lang)), ink::kText, 12, last ? Weight::bold : Weight::normal);
  const bool decided = row.verdict != Contrast::Verdict::undecided;
  const auto color = decided ? ink::kAccent : ink::kMuted;
  if (row.lower && row.upper) {
    canvas.line({x_of(*row.lower), middle}, {x_of(*row.upper), middle}, color, 3);
    for (const double end : {*row.lower, *row.upper})
      canvas.line({x_of(end), middle - 5}, {x_of(end), middle + 5}, color, 2);
  }
  if (row.estimate)
    canvas.box(QRectF(x_of(*row.estimate) - 6, middle - 6, 12, 12), decided ? color : ink::kPaper, color, last ? 0 : 6,
               Line::solid, 2);
  const std::string figures = row.estimate && row.lower && row.upper
                                  ? fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", *row.estimate, *row.lower, *row.upper)
                                  : std::string(lang == Lang::zh ? "无置信限" : "no limits");
  canvas.text(QRectF(kRight + 8, y, kWidth - kRight - 8, kRow), Qt::AlignLeft | Qt::AlignVCenter,
              q(fmt::format("{}  n={}", figures, row.pairs)), ink::kText, 11);
}

void paint_forest(Canvas& canvas, const std::vector<Contrast>& rows, const std::string& first,
                  const std::string& second, Lang lang) {
  const double bottom = kTop + kRow * static_cast<double>(rows.size());
  const bool zh = lang == Lang::zh;
  canvas.text(QRectF(kLeft - 60, 0, 215, 18), Qt::AlignRight | Qt::AlignVCenter,
              q("← " + second + (zh ? " 较优" : " better")), ink::kMuted, 12);
  canvas.text(QRectF(kLeft + 165, 0, 215, 18), Qt::AlignLeft | Qt::AlignVCenter,
              q(first + (zh ? " 较优 →" : " better →")), ink::kMuted, 12);
  for (int i = -2; i <= 2; ++i) {
    const double x = x_of(i / 2.0);
    canvas.line({x, kTop - 8}, {x, bottom}, i == 0 ? ink::kText : ink::kFaint, i == 0 ? 1.5 : 1);
    canvas.text(QRectF(x - 25, bottom + 4, 50, 15), Qt::AlignHCenter | Qt::AlignTop, q(fmt::format("{:+.1f}", i / 2.0)),
                ink::kMuted, 11);
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    paint_row(canvas, rows[i], kTop + kRow * static_cast<double>(i), i + 1 == rows.size() && rows.size() > 1, lang);
  canvas.text(QRectF(kLeft - 60, bottom + 20, kRight - kLeft + 120, 18), Qt::AlignHCenter | Qt::AlignVCenter,
              zh ? q("成功概率之差（单位为 1）") : q("difference of success probabilities (unit 1)"), ink::kMuted, 12);
}

}  // namespace

Chart forest_chart(const std::vector<Contrast>& rows, const std::string& first, const std::string& second, Lang lang) {
  if (rows.empty()) return {};
  return {kWidth, static_cast<int>(kTop + kRow * static_cast<double>(rows.size())) + 42,
          lang == Lang::zh ? "两次检测的成功概率之差与界限" : "Differences of success probabilities with their limits",
          [=](Canvas& canvas) { paint_forest(canvas, rows, first, second, lang); }};
}

std::string forest_svg(const std::vector<Contrast>& rows, const std::string& first, const std::string& second,
                       Lang lang) {
  return svg_of(forest_chart(rows, first, second, lang));
}

}  // namespace assay::reports
