// Why trials did not succeed (Pareto), and one trial in time.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reports/chart.h"
#include "reports/palette.h"

namespace assay::reports {
namespace {

QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

constexpr int kWidth = 720;

struct Bar {
  std::string reason;
  int count = 0;
  Outcome outcome = Outcome::failure;
};

/// The most frequent first; equal counts by reason. What is rare is put together.
std::vector<Bar> bars_of(const std::vector<TrialRecord>& trials) {
  std::map<std::string, Bar> counted;
  for (const auto& trial : trials) {
    if (!trial.finished || trial.validity != Validity::valid || trial.verdict.outcome == Outcome::success) continue;
    Bar& bar = counted[trial.verdict.reason];
    bar.reason = trial.verdict.reason;
    bar.outcome = trial.verdict.outcome;
    ++bar.count;
  }
  std::vector<Bar> out;
  for (const auto& [reason, bar] : counted) out.push_back(bar);
  std::stable_sort(out.begin(), out.end(), [](const Bar& a, const Bar& b) { return a.count > b.count; });
  return out;
}

void paint_pareto(Canvas& canvas, const std::vector<Bar>& bars, Lang lang) {
  constexpr double kLeft = 230, kRight = 560, kTop = 24, kRow = 30;
  const double most = bars.front().count;
  double all = 0, so_far = 0;
  for (const auto& bar : bars) all += bar.count;
  canvas.text(QRectF(kLeft, 0, 330, 18), Qt::AlignLeft | Qt::AlignVCenter, lang == Lang::zh ? q("试验数") : q("trials"),
              ink::kMuted, 12);
  canvas.text(QRectF(kRight + 10, 0, kWidth - kRight - 10, 18), Qt::AlignRight | Qt::AlignVCenter,
              lang == Lang::zh ? q("累计占比") : q("cumulative share"), ink::kMuted, 12);
  double y = kTop;
  for (const auto& bar : bars) {
    so_far += bar.count;
    const Text words = bar.reason.empty() ? look_of(bar.outcome).word : words_of_reason(bar.reason);
    const bool unsafe = bar.outcome == Outcome::unsafe;
    canvas.text(QRectF(0, y, kLeft - 12, kRow - 6), Qt::AlignRight | Qt::AlignVCenter | Qt::TextWordWrap,
                q(words.in(lang)), ink::kText, 12, unsafe ? Weight::bold : Weight::normal);
    const double width = std::max(2.0, (kRight - kLeft) * bar.count / most);
    canvas.box(QRectF(kLeft, y + 2, width, kRow - 10), unsafe ? ink::kFail : ink::kFailTint, ink::kFail, 2);
    canvas.text(QRectF(kRight + 8, y, 60, kRow - 6), Qt::AlignLeft | Qt::AlignVCenter, q(std::to_string(bar.count)),
                ink::kText, 13, Weight::bold);
    canvas.text(QRectF(kWidth - 90, y, 90, kRow - 6), Qt::AlignRight | Qt::AlignVCenter,
                q(fmt::format("{:.0f} %", 100 * so_far / all)), ink::kMuted, 12);
    y += kRow;
  }
  canvas.line({kLeft, kTop - 2}, {kLeft, y - 4}, ink::kMuted);
}

double nice_step_s(double range_s, int most) {
  const double least = range_s / most, power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least) return factor * power;
  return 10 * power;
}

void paint_timeline(Canvas& canvas, const Timeline& timeline, Lang lang) {
  constexpr double kLeft = 210, kRight = 704, kTop = 46, kRow = 26;
  const double end = timeline.end_s > 0 ? timeline.end_s : 1;
  const auto x = [&](double t_s) { return kLeft + (kRight - kLeft) * std::clamp(t_s / end, 0.0, 1.0); };
  const double bottom = kTop + kRow * static_cast<double>(timeline.rows.size());
  // Names of events stand in two lines by turns, so that neighbours do not cross.
  double last[2] = {-1e9, -1e9};
  for (const auto& [t_s, code] : timeline.marks) {
    const double at = x(t_s);
    canvas.line({at, 34}, {at, bottom}, ink::kMuted, 1, Line::dotted);
    const double width = 7.0 * static_cast<double>(code.size()) + 8;
    const int line = at - width / 2 > last[0] ? 0 : 1;
    if (at - width / 2 <= last[line]) continue;
    last[line] = at + width / 2;
    const double from = std::clamp(at - width / 2, 0.0, kWidth - width);
    canvas.text(QRectF(from, line == 0 ? 0 : 16, width, 16), Qt::AlignCenter, q(code), ink::kMuted, 11);
  }
  double y = kTop;
  for (const auto& row : timeline.rows) {
    canvas.text(QRectF(0, y, kLeft - 12, kRow - 6), Qt::AlignRight | Qt::AlignVCenter, q(row.name), ink::kText, 12);
    canvas.box(QRectF(kLeft, y + 2, kRight - kLeft, kRow - 10), ink::kFaint);
    for (const auto& [from, to] : row.held_s)
      canvas.box(QRectF(x(from), y + 2, std::max(1.5, x(to) - x(from)), kRow - 10), ink::kPass);
    y += kRow;
  }
  canvas.line({kLeft, bottom}, {kRight, bottom}, ink::kMuted);
  const double step = nice_step_s(end, 8);
  for (int i = 0; i * step <= end * (1 + 1e-9); ++i) {
    canvas.line({x(i * step), bottom}, {x(i * step), bottom + 4}, ink::kMuted);
    canvas.text(QRectF(x(i * step) - 30, bottom + 5, 60, 15), Qt::AlignHCenter | Qt::AlignTop,
                q(fmt::format("{:g}", i * step)), ink::kMuted, 11);
  }
  canvas.text(QRectF(kLeft, bottom + 20, kRight - kLeft, 18), Qt::AlignHCenter | Qt::AlignVCenter,
              lang == Lang::zh ? q("时间，s（色带表示条件成立）") : q("time, s (a bar: the condition holds)"),
              ink::kMuted, 12);
}

}  // namespace

Chart pareto_chart(const std::vector<TrialRecord>& trials, Lang lang) {
  const auto bars = bars_of(trials);
  if (bars.empty()) return {};
  return {kWidth, 28 + 30 * static_cast<int>(bars.size()),
          lang == Lang::zh ? "未成功试验的原因，按次数排列" : "Reasons of trials that did not succeed, by number",
          [=](Canvas& canvas) { paint_pareto(canvas, bars, lang); }};
}

Chart timeline_chart(const Timeline& timeline, Lang lang) {
  return {
      kWidth, 46 + 26 * static_cast<int>(timeline.rows.size()) + 42,
      fmt::format("{} {}", lang == Lang::zh ? "各条件随时间的状态，试验" : "Conditions in time, trial", timeline.trial),
      [=](Canvas& canvas) { paint_timeline(canvas, timeline, lang); }};
}

}  // namespace assay::reports
