// What the Set-up page shows of a plan and of the checks before a run.
#include <QJsonArray>
#include <QTreeWidget>
#include <array>

#include "gui/setup_page.h"

namespace assay::gui {

void SetupPage::fill_checks() {
  std::vector<RowsModel::Row> rows;
  const Theme& t = theme();
  for (const auto& check : found_) {
    Cell name = plain(check.name);
    name.icon = check.state == 1 ? "check" : check.state == 2 ? "cross" : "clock";
    name.color = check.state == 1 ? t.pass : check.state == 2 ? t.fail : t.muted;
    rows.push_back({{name, plain(check.found)}, check.name});
  }
  checks_model_->set(std::move(rows));
}

void SetupPage::fill_plan() {
  tree_->setHeaderLabels({say("setup.col.indicator"), say("setup.col.task"), say("setup.col.limit"), say("setup.col.n"),
                          say("setup.col.chance")});
  tree_->clear();
  plan_problem_->setVisible(problem_.has_value() || plan_.isEmpty());
  tree_->setVisible(!problem_ && !plan_.isEmpty());
  start_->setEnabled(!problem_ && !plan_.isEmpty());
  if (problem_)
    plan_problem_->setText(problem_->what + QLatin1Char('\n') + problem_->detail);
  else if (plan_.isEmpty())
    plan_problem_->setText(say("setup.planning"));
  if (problem_ || plan_.isEmpty()) {
    for (auto* tile : {trials_, time_, chance_}) tile->set(QStringLiteral("–"), {});
    return;
  }
  const auto plan = plan_[QLatin1String("plan")].toObject();
  const auto planned = plan[QLatin1String("indicators")].toArray();
  const auto outlook = plan_[QLatin1String("indicators")].toArray();
  QHash<QString, QTreeWidgetItem*> groups;
  QHash<QString, std::array<double, 3>> series;  // the longest indicator of a series says how long it is
  for (qsizetype i = 0; i < planned.size(); ++i) {
    const auto p = planned[i].toObject(), o = outlook[i].toObject();
    const auto dimension = p[QLatin1String("dimension")].toString();
    auto*& group = groups[dimension];
    if (group == nullptr) {
      QString title = dimension;
      for (const auto& [id, words] : scheme_titles_.dimensions)
        if (q(id) == dimension) title = in_lang(words);
      group = new QTreeWidgetItem(tree_, {title});
      auto font = group->font(0);
      font.setBold(true);
      group->setFont(0, font);
      group->setFirstColumnSpanned(true);
    }
    const int level = p[QLatin1String("level")].toInt();
    QString title = p[QLatin1String("id")].toString();
    for (const auto& known : scheme_titles_.indicators)
      if (q(known.id) == title) title = in_lang(known.title);
    const double least = o[QLatin1String("trials_least")].toDouble(),
                 expected = o[QLatin1String("trials_expected")].toDouble(),
                 most = o[QLatin1String("trials_most")].toDouble();
    const bool measured = o[QLatin1String("measured")].toBool();
    const double limit = measured ? p[QLatin1String("limit")].toDouble()
                                  : p[QLatin1String("design")].toObject()[QLatin1String("p0")].toDouble();
    const QString sign =
        p[QLatin1String("bound")] == QLatin1String("at_most") ? QStringLiteral("≤ ") : QStringLiteral("≥ ");
    auto* item = new QTreeWidgetItem(
        group,
        {title, p[QLatin1String("task")].toString().section(QLatin1Char('/'), -1) + QStringLiteral(" · L%1").arg(level),
         sign + (measured ? number(limit) : percent(limit, 0)),
         QStringLiteral("%1 · %2 · %3").arg(least).arg(qRound(expected)).arg(most),
         measured ? QStringLiteral("–") : percent(o[QLatin1String("p_conform")].toDouble())});
    item->setToolTip(0, title + QStringLiteral(" · ") + p[QLatin1String("id")].toString());
    item->setToolTip(1, p[QLatin1String("task")].toString());
    auto& longest = series[p[QLatin1String("task")].toString() + QString::number(level)];
    longest = {std::max(longest[0], least), std::max(longest[1], expected), std::max(longest[2], most)};
  }
  for (const auto& entry : plan[QLatin1String("series")].toArray()) {  // a gate may ask for more
    const auto s = entry.toObject();
    auto& longest = series[s[QLatin1String("task")].toString() + QString::number(s[QLatin1String("level")].toInt())];
    longest[0] = std::max(longest[0], s[QLatin1String("least")].toDouble());
    longest[1] = std::max(longest[1], s[QLatin1String("least")].toDouble());
    longest[2] = std::max(longest[2], s[QLatin1String("cap")].toDouble());
  }
  tree_->expandAll();
  std::array<double, 3> sum{};
  for (const auto& one : std::as_const(series))
    for (std::size_t k = 0; k < 3; ++k) sum[k] += one[k];
  trials_->set(QStringLiteral("≈ %1").arg(qRound(sum[1])),
               say("setup.tile.trials_note", {QString::number(sum[0]), QString::number(sum[2])}));
  time_->set(QStringLiteral("≈ %1 h").arg(number(plan_[QLatin1String("robot_time_expected_h")].toDouble())),
             say("setup.tile.time_note", {number(plan_[QLatin1String("robot_time_most_h")].toDouble())}));
  const double p = plan_[QLatin1String("p_level")].toDouble(), most = plan_[QLatin1String("p_level_most")].toDouble();
  chance_->set(p == most ? percent(p) : QStringLiteral("%1 … %2").arg(percent(p), percent(most)),
               say("setup.tile.chance", {QString::number(plan_[QLatin1String("level")].toInt())}) +
                   QStringLiteral(" · ") + say("setup.tile.chance_note"));
}

}  // namespace assay::gui
