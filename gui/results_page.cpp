#include "gui/results_page.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QSpinBox>

#include "reports/palette.h"
#include "reports/report.h"

namespace assay::gui {
namespace {

bool is_share(const IndicatorResult& r) { return r.statistic == "success_probability"; }
bool at_most(const IndicatorResult& r) { return r.bound == "at_most"; }

QString value_of(const IndicatorResult& r, const std::optional<double>& value) {
  if (!value) return QStringLiteral("–");
  return is_share(r) ? QString::number(*value, 'f', 3) : number(*value, 4);
}

QString limit_of(const IndicatorResult& r) {
  if (r.attached) return QStringLiteral("–");
  const QString sign = at_most(r) ? QStringLiteral("≤ ") : QStringLiteral("≥ ");
  if (is_share(r)) return sign + QString::number(r.limit, 'f', 2);
  return sign + number(r.limit, 4) + (r.unit == "1" ? QString() : QLatin1Char(' ') + q(r.unit));
}

/// How far the confidence limit that decides lies on the good side of the limit asked.
QString margin_of(const IndicatorResult& r) {
  const auto& edge = at_most(r) ? r.upper : r.lower;
  if (r.attached || r.n == 0 || !edge) return QStringLiteral("–");
  const double margin = at_most(r) ? r.limit - *edge : *edge - r.limit;
  return (margin >= 0 ? QStringLiteral("+") : QStringLiteral("−")) +
         (is_share(r) ? QString::number(std::abs(margin), 'f', 3) : number(std::abs(margin), 3));
}

void clear(QLayout* layout) {
  while (auto* item = layout->takeAt(0)) {
    if (item->widget() != nullptr) item->widget()->deleteLater();
    delete item;
  }
}

}  // namespace

ResultsPage::ResultsPage(Hub& the_hub)
    : Page(the_hub, "page_results", "results.title", "results.lead"),
      ladder_(new SvgView("results.ladder_name")),
      chart_(new SvgView("results.chart_name")),
      verdict_(new Badge),
      level_(value_label("big")),
      level_text_(value_label("muted")),
      claim_(value_label("small")),
      partial_(label("results.partial")),
      what_if_text_(value_label("small")),
      partial_card_(new Card),
      why_card_(new Card),
      table_model_(
          new RowsModel({"results.col.id", "results.col.level", "results.col.n", "results.col.value",
                         "results.col.interval", "results.col.limit", "results.col.margin", "results.col.verdict"},
                        this)),
      table_(table_of(table_model_, "results.indicators_name", "results_table")),
      why_(new QVBoxLayout),
      what_id_(new QComboBox),
      what_successes_(new QSpinBox),
      what_n_(new QSpinBox) {
  delete partial_card_->layout()->takeAt(0);
  partial_card_->box->addWidget(partial_);
  set_tone(partial_card_, "tone", "action");
  body->addWidget(partial_card_);

  auto* top = new QHBoxLayout;
  top->setSpacing(12);
  auto* ladder = new Card("results.ladder");
  ladder->box->addWidget(ladder_);
  ladder->box->addStretch(1);
  top->addWidget(ladder, 1);
  auto* overall = new Card("results.overall");
  overall->setFixedWidth(300);
  auto* line = new QHBoxLayout;
  level_->setWordWrap(false);
  line->addWidget(level_);
  line->addStretch(1);
  line->addWidget(verdict_);
  overall->box->addLayout(line);
  overall->box->addWidget(level_text_);
  overall->box->addWidget(claim_);
  overall->box->addStretch(1);
  top->addWidget(overall);
  body->addLayout(top);

  auto* low = new QHBoxLayout;
  low->setSpacing(12);
  auto* list = new Card("results.indicators");
  table_->setMinimumHeight(230);
  fit(table_, 0);
  for (auto* box : {what_successes_, what_n_}) box->setButtonSymbols(QAbstractSpinBox::NoButtons);
  list->box->addWidget(table_, 1);
  list->box->addWidget(chart_);
  low->addWidget(list, 1);
  auto* side = new QVBoxLayout;
  side->setSpacing(12);
  delete why_card_->layout()->takeAt(0);
  why_card_->setFixedWidth(300);
  why_card_->box->addLayout(why_);
  why_card_->box->addStretch(1);
  side->addWidget(why_card_, 1);
  auto* what = new Card("results.what_if");
  what->setFixedWidth(300);
  auto* form = new QFormLayout;
  what_id_->setObjectName(QStringLiteral("what_if_indicator"));
  put_name(what_id_, "results.what_indicator");
  what_successes_->setObjectName(QStringLiteral("what_if_successes"));
  put_name(what_successes_, "results.what_successes");
  what_n_->setObjectName(QStringLiteral("what_if_n"));
  put_name(what_n_, "results.what_n");
  what_successes_->setRange(0, 100000);
  what_n_->setRange(1, 100000);
  form->addRow(label("results.what_indicator", "small"), what_id_);
  form->addRow(label("results.what_successes", "small"), what_successes_);
  form->addRow(label("results.what_n", "small"), what_n_);
  what->box->addLayout(form);
  auto* go = button("results.what_ask", "what_if_ask");
  what->box->addWidget(go);
  what->box->addWidget(what_if_text_);
  side->addWidget(what);
  low->addLayout(side);
  body->addLayout(low, 1);

  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { fill_chart(); });
  connect(what_id_, &QComboBox::currentTextChanged, this, [this](const QString& id) {
    for (const auto& r : grade_.indicators) {
      if (q(r.id) != id) continue;
      what_n_->setValue(std::max(1, r.n));
      what_successes_->setValue(r.n);
    }
  });
  connect(go, &QPushButton::clicked, this, [this] { ask_what_if(); });
}

void ResultsPage::take_session() {
  shown_ = hub.session().value;
  explanation_ = {};
  what_ = {};
  what_problem_.reset();
  report_ = shown_->report;
  grade_ = grade_from(report_);
  scheme_ = {};
  const auto keep = shown_;
  hub.worker.ask(
      this, [name = shown_->line.scheme] { return scheme_titles(name); },
      [this, keep](Scheme scheme) {
        if (keep != shown_) return;
        scheme_ = std::move(scheme);
        refresh();
      });
  if (report_.isEmpty()) {
    // Not graded yet: what is on record is graded by the program, and nothing is stored.
    asking_ = true;
    hub.call.ask(this,
                 {QStringLiteral("report"), shown_->line.id, QStringLiteral("--format"), QStringLiteral("json"),
                  QStringLiteral("-o"), QStringLiteral("-")},
                 [this, keep](const Answer& answer) {
                   asking_ = false;
                   if (keep != shown_) return;
                   why_problem_.reset();
                   if (answer.failed()) why_problem_ = answer.problem();
                   report_ = answer.failed() ? QJsonObject() : answer.json;
                   grade_ = grade_from(report_);
                   refresh();
                 });
  }
  ask_why();
}

void ResultsPage::ask_why() {
  hub.call.ask(this, {QStringLiteral("explain"), shown_->line.id}, [this, keep = shown_](const Answer& answer) {
    if (keep != shown_) return;
    why_problem_.reset();
    if (answer.failed()) why_problem_ = answer.problem();
    explanation_ = answer.json;
    refresh();
  });
}

void ResultsPage::ask_what_if() {
  if (shown_ == nullptr || what_id_->currentText().isEmpty()) return;
  const QString supposed =
      QStringLiteral("%1=%2/%3").arg(what_id_->currentText()).arg(what_successes_->value()).arg(what_n_->value());
  what_problem_.reset();
  hub.call.ask(this, {QStringLiteral("explain"), shown_->line.id, QStringLiteral("--what-if"), supposed},
               [this, keep = shown_](const Answer& answer) {
                 if (keep != shown_) return;
                 if (answer.failed()) what_problem_ = answer.problem();
                 what_ = answer.failed() ? QJsonObject() : answer.json;
                 fill_why();
               });
}

const IndicatorResult* ResultsPage::chosen() const {
  const QString id = table_model_->id(table_->currentIndex().row());
  for (const auto& r : grade_.indicators)
    if (q(r.id) == id) return &r;
  return nullptr;
}

void ResultsPage::fill_table() {
  const QString kept = table_model_->id(table_->currentIndex().row());
  std::vector<RowsModel::Row> rows;
  for (const auto& g : grade_.gates) {
    Cell title = plain(say("results.gate", {in_lang(reports::filled(g.title, g.id))}));
    title.bold = true;
    title.hint = in_lang(g.reason);
    rows.push_back({{title, plain(QStringLiteral("–")),
                     right(QStringLiteral("%1 / %2").arg(g.attempts - g.events).arg(g.attempts)),
                     right(g.attempts > 0 ? QString::number(static_cast<double>(g.events) / g.attempts, 'f', 3)
                                          : QStringLiteral("–")),
                     right(QStringLiteral("[0, %1]").arg(g.upper, 0, 'f', 3)),
                     right(QStringLiteral("≤ ") + QString::number(g.limit, 'f', 2)),
                     right((g.limit >= g.upper ? QStringLiteral("+") : QStringLiteral("−")) +
                           QString::number(std::abs(g.limit - g.upper), 'f', 3)),
                     state_cell(g.conformity)},
                    q(g.id)});
  }
  for (const auto& r : grade_.indicators) {
    Cell title = plain(in_lang(reports::filled(r.title, r.id)));
    title.hint = q(r.id) + QStringLiteral(" · ") + q(r.task) + QLatin1Char('\n') + in_lang(r.reason);
    rows.push_back(
        {{title, plain(QStringLiteral("L%1").arg(r.level)),
          right(is_share(r) ? QStringLiteral("%1 / %2").arg(r.successes).arg(r.n) : QString::number(r.n)),
          right(value_of(r, r.estimate)),
          right(r.lower || r.upper ? QStringLiteral("[%1, %2]").arg(value_of(r, r.lower), value_of(r, r.upper))
                                   : QStringLiteral("–")),
          right(limit_of(r)), right(margin_of(r)), state_cell(r.conformity)},
         q(r.id)});
  }
  table_model_->set(std::move(rows));
  const int again = table_model_->row_of(kept);
  table_->selectRow(again >= 0 ? again : static_cast<int>(grade_.gates.size()));
}

void ResultsPage::fill_chart() {
  const auto* r = chosen();
  chart_->setVisible(r != nullptr && (r->n > 0));
  if (r == nullptr || r->n == 0) return;
  if (is_share(*r)) {
    const auto design = design_from(shown_->plan, r->id);
    chart_->set(design.table.n_max > 0 ? reports::walk_svg(*r, design, lang()) : reports::interval_svg(*r, lang()));
  } else {
    chart_->set(reports::measured_svg(*r, lang()));
  }
}

void ResultsPage::fill_why() {
  clear(why_);
  const int next = explanation_[QLatin1String("next_level")].toInt();
  auto* heading = value_label("card");
  heading->setText(next > 0 ? say("results.why_level", {QString::number(next)}) : say("results.why"));
  why_->addWidget(heading);
  const auto items = explanation_[QLatin1String("items")].toArray();
  if (why_problem_ || explanation_.isEmpty() || items.isEmpty()) {
    auto* words = value_label("muted");
    words->setText(why_problem_             ? why_problem_->what + QLatin1Char('\n') + why_problem_->detail
                   : explanation_.isEmpty() ? say("results.why_asking")
                                            : say("results.why_reached", {QString::number(grade_.overall_level)}));
    why_->addWidget(words);
    if (!explanation_.isEmpty() && items.isEmpty() && !why_problem_) heading->setText(say("results.why"));
  }
  for (qsizetype i = 0; i < items.size(); ++i) {
    const auto item = items[i].toObject();
    auto* title = value_label("value");
    title->setText(QStringLiteral("%1. %2").arg(i + 1).arg(item[QLatin1String("id")].toString()));
    auto* why = value_label("small");
    why->setText(in_lang(item[QLatin1String("why")]));
    auto* could = value_label("small");
    could->setText(in_lang(item[QLatin1String("could")]));
    why_->addWidget(title);
    why_->addWidget(why);
    if (!could->text().isEmpty()) why_->addWidget(could);
    const auto failed = item[QLatin1String("failed_trials")].toArray();
    if (!failed.isEmpty()) {
      auto* open = new QPushButton(say("results.why_trials", {QString::number(failed.size())}));
      open->setObjectName(QStringLiteral("why_trials_%1").arg(i));
      open->setProperty("kind", "flat");
      open->setAccessibleName(open->text());
      connect(open, &QPushButton::clicked, this,
              [this, first = failed[0].toInteger()] { hub.go(PageId::trace, QString::number(first)); });
      why_->addWidget(open, 0, Qt::AlignLeft);
    }
  }
  what_if_text_->setText(say("results.what_hint"));
  if (what_problem_) what_if_text_->setText(what_problem_->what + QLatin1Char('\n') + what_problem_->detail);
  if (!what_.isEmpty()) {
    const auto before = what_[QLatin1String("before")].toObject(), after = what_[QLatin1String("after")].toObject();
    const QString id = what_[QLatin1String("suppositions")].toArray()[0].toString().section(QLatin1Char('='), 0, 0);
    const auto word = [&](const QJsonObject& o) {
      for (const auto& entry : o[QLatin1String("indicators")].toArray())
        if (entry.toObject()[QLatin1String("id")].toString() == id)
          return in_lang(
              reports::look_of(conformity_from(entry.toObject()[QLatin1String("conformity")].toString())).word);
      return QStringLiteral("–");
    };
    what_if_text_->setText(say("results.what_after", {level_word(before[QLatin1String("overall_level")].toInt()),
                                                      level_word(after[QLatin1String("overall_level")].toInt()), id,
                                                      word(before), word(after)}));
  }
}

void ResultsPage::refresh() {
  if (hub.session().problem || hub.session().loading || hub.session().value == nullptr) {
    if (hub.space().problem) return show_problem(*hub.space().problem, [this] { hub.reload(); });
    if (usable(hub.session()) || (!hub.session().problem && !hub.session().loading && !hub.space().loading)) {
      return show_empty("results", "results.none", "results.none_text", "act.new", [this] { hub.go(PageId::setup); });
    }
    if (hub.space().loading) show_loading("page.reading");
    return;
  }
  if (!isVisible()) return;  // asked when it is looked at
  if (shown_ != hub.session().value) take_session();
  if (report_.isEmpty()) {
    if (asking_) return show_loading("results.grading");
    return show_problem(why_problem_.value_or(Problem{say("results.none"), say("results.none_text")}), [this] {
      shown_ = nullptr;
      hub.reload();
    });
  }
  partial_card_->setVisible(shown_->line.state != QLatin1String("closed"));
  ladder_->set(reports::ladder_svg(grade_, scheme_, lang()));
  level_->setText(grade_.overall_level > 0 ? QStringLiteral("L%1").arg(grade_.overall_level)
                                           : say("results.overall_none"));
  QString title;
  for (const auto& [level, words] : scheme_.levels)
    if (level == grade_.overall_level) title = in_lang(words) + QLatin1Char('\n');
  level_text_->setText(title + say("results.declared", {QString::number(grade_.declared_level)}) +
                       QStringLiteral(" · ") +
                       say("results.examination", {QString::number(std::max(1, grade_.examination))}) +
                       QLatin1Char('\n') + say("results.voids", {level_word(grade_.overall_level_voids_as_failures)}));
  claim_->setText(in_lang(grade_.claim));
  verdict_->set(in_lang(reports::look_of(grade_.at_declared).word), look(grade_.at_declared));
  fill_table();
  if (what_id_->count() != static_cast<int>(grade_.indicators.size()) ||
      (!grade_.indicators.empty() && what_id_->itemText(0) != q(grade_.indicators.front().id))) {
    what_id_->clear();
    for (const auto& r : grade_.indicators) what_id_->addItem(q(r.id));
  }
  fill_chart();
  fill_why();
  show_full();
}

}  // namespace assay::gui
