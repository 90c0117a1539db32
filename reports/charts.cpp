// The ladder of levels and the estimate with its interval.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/chart.h"
#include "reports/palette.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

constexpr int kWidth = 720;

struct Ladder {
  static constexpr double kLabel = 150, kTop = 66, kRow = 46, kGap = 6;
  double column = 0;
};

void draw_step(Canvas& canvas, const QRectF& cell, const LevelStep& step, Lang lang, bool tall) {
  const Look& look = look_of(step.conformity);
  const double radius = tall ? 10 : 9;
  canvas.box(cell, look.tint, look.color, 4);
  const QPointF centre(cell.left() + 15, cell.center().y());
  canvas.sign(centre, radius, step.conformity);
  canvas.text(cell.adjusted(28, 0, -2, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap, q(look.word.in(lang)),
              look.color, 12, Weight::bold);
}

void draw_row(Canvas& canvas, const Ladder& ladder, double y, const QString& name, const std::vector<LevelStep>& steps,
              const std::vector<std::pair<int, Text>>& levels, Lang lang, Weight weight) {
  canvas.text(QRectF(0, y, Ladder::kLabel - 14, Ladder::kRow - Ladder::kGap),
              Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap, name, ink::kText, 14, weight);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    LevelStep step;
    step.level = levels[i].first;
    for (const auto& known : steps) {
      if (known.level == step.level) step = known;
    }
    const QRectF cell(Ladder::kLabel + static_cast<double>(i) * ladder.column, y, ladder.column - Ladder::kGap,
                      Ladder::kRow - Ladder::kGap);
    draw_step(canvas, cell, step, lang, weight == Weight::bold);
  }
}

/// Levels that the scheme names, else those of the grade.
std::vector<std::pair<int, Text>> levels_of(const Grade& grade, const Scheme& scheme) {
  auto levels = scheme.levels;
  if (levels.empty()) {
    for (const auto& step : grade.overall) levels.emplace_back(step.level, Text{});
  }
  return levels;
}

/// Dimensions in the scheme's order, then any that only the grade has.
std::vector<std::pair<std::string, Text>> dimensions_of(const Grade& grade, const Scheme& scheme) {
  std::vector<std::pair<std::string, Text>> out;
  for (const auto& [id, title] : scheme.dimensions) {
    if (grade.dimensions.contains(id)) out.emplace_back(id, title);
  }
  for (const auto& [id, steps] : grade.dimensions) {
    bool named = false;
    for (const auto& [known, title] : out) named = named || known == id;
    if (!named) out.emplace_back(id, Text{});
  }
  return out;
}

/// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least) return factor * power;
  return 10 * power;
}

void paint_ladder(Canvas& canvas, const Grade& grade, const Scheme& scheme, double bottom, Lang lang) {
  const auto levels = levels_of(grade, scheme);
  const auto dimensions = dimensions_of(grade, scheme);
  Ladder ladder;
  ladder.column = (kWidth - Ladder::kLabel) / static_cast<double>(std::max<std::size_t>(levels.size(), 1));
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double x = Ladder::kLabel + static_cast<double>(i) * ladder.column;
    const bool declared = levels[i].first == grade.declared_level;
    std::string title = fmt::format("L{}", levels[i].first);
    if (const auto words = levels[i].second.in(lang); !words.empty()) title += " " + words;
    if (declared) title += lang == Lang::zh ? "（受检）" : " (examined for)";
    canvas.text(QRectF(x, 0, ladder.column - Ladder::kGap, Ladder::kTop - 10),
                Qt::AlignBottom | Qt::AlignHCenter | Qt::TextWordWrap, q(title), declared ? ink::kAccent : ink::kMuted,
                12, declared ? Weight::bold : Weight::normal);
    if (declared) {
      canvas.box(QRectF(x - 3, Ladder::kTop - 5, ladder.column, bottom - Ladder::kTop + 4), {}, ink::kAccent, 6,
                 Line::dashed, 1.5);
    }
  }
  double y = Ladder::kTop;
  for (const auto& [id, title] : dimensions) {
    draw_row(canvas, ladder, y, q(filled(title, id).in(lang)), grade.dimensions.at(id), levels, lang, Weight::normal);
    y += Ladder::kRow;
  }
  canvas.line({0, y}, {Ladder::kLabel - 14, y}, ink::kLine);
  y += 6;
  draw_row(canvas, ladder, y, lang == Lang::zh ? q("总体") : q("Overall"), grade.overall, levels, lang, Weight::bold);
}

constexpr int kSpan = 440, kStrip = 62;  // an interval on its axis

void paint_interval(Canvas& canvas, const IndicatorResult& indicator, Lang lang) {
  constexpr double kLeft = 14, kRight = kSpan - 14, kAxis = 44, kMiddle = 30;
  const auto x = [&](double p) { return kLeft + (kRight - kLeft) * std::clamp(p, 0.0, 1.0); };
  const Look& look = look_of(indicator.conformity);
  // Where the requirement is met.
  canvas.area(QPolygonF(QRectF(QPointF(x(indicator.limit), 16), QPointF(x(1), kAxis))), ink::kPassTint);
  for (int i = 0; i <= 10; i += 2) {
    const double p = i / 10.0;
    canvas.line({x(p), kAxis}, {x(p), kAxis + 4}, ink::kLine);
    canvas.text(QRectF(x(p) - 20, kAxis + 4, 40, 14), Qt::AlignHCenter | Qt::AlignTop, q(fmt::format("{:.1f}", p)),
                ink::kMuted, 11);
  }
  canvas.line({kLeft, kAxis}, {kRight, kAxis}, ink::kLine);
  canvas.line({x(indicator.limit), 13}, {x(indicator.limit), kAxis}, ink::kText, 1.5, Line::dashed);
  const double middle = std::clamp(x(indicator.limit), 40.0, kSpan - 40.0);
  canvas.text(QRectF(middle - 60, 0, 120, 13), Qt::AlignHCenter | Qt::AlignBottom,
              q(fmt::format("{} {:.3g}", lang == Lang::zh ? "限值 ≥" : "limit ≥", indicator.limit)), ink::kText, 11);
  if (indicator.estimate) {
    const double low = indicator.lower.value_or(0), high = indicator.upper.value_or(1);
    canvas.line({x(low), kMiddle}, {x(high), kMiddle}, look.color, 3);
    for (const double end : {low, high}) canvas.line({x(end), kMiddle - 6}, {x(end), kMiddle + 6}, look.color, 2);
    canvas.sign({x(*indicator.estimate), kMiddle}, 8, indicator.conformity);
  }
}

void paint_measured(Canvas& canvas, const IndicatorResult& indicator, Lang lang) {
  constexpr double kLeft = 34, kRight = kSpan - 34, kAxis = 44, kMiddle = 30;
  constexpr int kTicks = 4;
  const auto unit = shown_unit(indicator);
  const double estimate = indicator.estimate.value_or(indicator.limit);
  double low = std::min({estimate, indicator.lower.value_or(estimate), indicator.limit});
  double high = std::max({estimate, indicator.upper.value_or(estimate), indicator.limit});
  if (low > 0 && low < 0.7 * high) low = 0;
  const double room = high > low ? 0.12 * (high - low) : std::max(std::abs(high), 1.0);
  low = low == 0 ? 0 : low - room;
  high += room;
  const auto x = [&](double value) { return kLeft + (kRight - kLeft) * (value - low) / (high - low); };
  const Look& look = look_of(indicator.conformity);
  const bool at_most = indicator.bound == "at_most";
  const double edge = x(indicator.limit);
  canvas.area(QPolygonF(QRectF(QPointF(at_most ? kLeft : edge, 16), QPointF(at_most ? edge : kRight, kAxis))),
              ink::kPassTint);
  const double step = round_step((high - low) * unit.factor / kTicks) / unit.factor;
  for (double value = std::ceil(low / step - 1e-9) * step; value <= high + 1e-9 * step; value += step) {
    canvas.line({x(value), kAxis}, {x(value), kAxis + 4}, ink::kLine);
    canvas.text(QRectF(x(value) - 34, kAxis + 4, 68, 14), Qt::AlignHCenter | Qt::AlignTop,
                q(fmt::format("{:.4g}", std::abs(value) < 1e-9 * step ? 0.0 : value * unit.factor)), ink::kMuted, 11);
  }
  canvas.line({kLeft, kAxis}, {kRight, kAxis}, ink::kLine);
  canvas.line({edge, 13}, {edge, kAxis}, ink::kText, 1.5, Line::dashed);
  const double middle = std::clamp(edge, 80.0, kSpan - 80.0);
  canvas.text(QRectF(middle - 80, 0, 160, 13), Qt::AlignHCenter | Qt::AlignBottom,
              q(fmt::format("{} {} {:.3g} {}", lang == Lang::zh ? "限值" : "limit", at_most ? "≤" : "≥",
                            indicator.limit * unit.factor, unit.name)),
              ink::kText, 11);
  // A side without a limit runs to the edge of the picture and has no end mark.
  const double from = indicator.lower ? x(*indicator.lower) : kLeft,
               to = indicator.upper ? x(*indicator.upper) : kRight;
  canvas.line({from, kMiddle}, {to, kMiddle}, look.color, 3);
  if (indicator.lower) canvas.line({from, kMiddle - 6}, {from, kMiddle + 6}, look.color, 2);
  if (indicator.upper) canvas.line({to, kMiddle - 6}, {to, kMiddle + 6}, look.color, 2);
  if (indicator.estimate) canvas.sign({x(estimate), kMiddle}, 8, indicator.conformity);
}

}  // namespace

Chart ladder_chart(const Grade& grade, const Scheme& scheme, Lang lang) {
  const double rows = static_cast<double>(dimensions_of(grade, scheme).size()) + 1;
  const double bottom = Ladder::kTop + rows * Ladder::kRow + 10;
  return {kWidth, static_cast<int>(bottom) + 4,
          lang == Lang::zh ? "各维度与总体的等级阶梯" : "Ladder of levels per dimension and overall",
          [=](Canvas& canvas) { paint_ladder(canvas, grade, scheme, bottom, lang); }};
}

Chart interval_chart(const IndicatorResult& indicator, Lang lang) {
  return {kSpan, kStrip,
          filled(indicator.title, indicator.id).in(lang) +
              (lang == Lang::zh ? "：估计值与区间" : ": estimate and interval"),
          [=](Canvas& canvas) { paint_interval(canvas, indicator, lang); }};
}

Chart measured_chart(const IndicatorResult& indicator, Lang lang) {
  return {
      kSpan, kStrip,
      filled(indicator.title, indicator.id).in(lang) + (lang == Lang::zh ? "：测量值与区间" : ": value and interval"),
      [=](Canvas& canvas) { paint_measured(canvas, indicator, lang); }};
}

}  // namespace assay::reports
