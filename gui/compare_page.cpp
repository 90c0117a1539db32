#include "gui/compare_page.h"

#include <QComboBox>
#include <QJsonArray>

namespace assay::gui {
namespace {

constexpr int kDeadline_ms = 300'000;  // a table that is not shipped takes minutes

std::optional<double> maybe(const QJsonValue& value) {
  return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

int verdict_of(const QJsonObject& o) {
  const auto word = o[QLatin1String("verdict")].toString();
  return word == QLatin1String("a_better") ? 1 : word == QLatin1String("b_better") ? -1 : 0;
}

QString words(int verdict) {
  return say(verdict > 0 ? "compare.a_better" : verdict < 0 ? "compare.b_better" : "compare.undecided");
}

QString p_of(const QJsonValue& value) {
  return value.isDouble() ? QString::number(value.toDouble(), 'g', 3) : QStringLiteral("–");
}

}  // namespace

ComparePage::ComparePage(Hub& the_hub)
    : Page(the_hub, "page_compare", "compare.title", "compare.lead"),
      a_(new QComboBox),
      b_(new QComboBox),
      ask_(button("compare.ask", "compare_ask", "primary")),
      refused_(new Card("compare.refused")),
      result_(new Card("compare.forest")),
      table_card_(new Card("compare.table")),
      refused_title_(value_label("value")),
      refused_text_(value_label("muted")),
      notes_(value_label("small")),
      small_print_(value_label("small")),
      verdict_(new Badge),
      forest_(new ForestPlot),
      rows_(
          new RowsModel({"compare.col.task", "compare.col.pairs", "compare.col.both", "compare.col.a", "compare.col.b",
                         "compare.col.neither", "compare.col.pa", "compare.col.pb", "compare.col.verdict"},
                        this)) {
  auto* choose = new Card("compare.choose");
  a_->setObjectName(QStringLiteral("compare_a"));
  b_->setObjectName(QStringLiteral("compare_b"));
  put_name(a_, "compare.a");
  put_name(b_, "compare.b");
  auto* line = row({label("compare.a", "small"), a_, label("compare.b", "small"), b_, ask_});
  line->setStretch(1, 1);
  line->setStretch(3, 1);
  choose->box->addLayout(line);
  choose->box->addWidget(notes_);
  choose->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  body->addWidget(choose);
  set_tone(refused_, "tone", "fail");
  refused_->box->addWidget(refused_title_);
  refused_->box->addWidget(refused_text_);
  body->addWidget(refused_);
  result_->head->addWidget(verdict_);
  result_->box->addWidget(forest_);
  result_->box->addWidget(small_print_);
  body->addWidget(result_);
  auto* table = table_of(rows_, "compare.table_name", "compare_table");
  fit(table, 0);
  table->setMinimumHeight(150);
  table_card_->box->addWidget(table);
  body->addWidget(table_card_, 1000);
  body->addStretch(1);
  connect(ask_, &QPushButton::clicked, this, [this] { ask(); });
}

void ComparePage::choose(const QString& a, const QString& b) {
  a_->setCurrentIndex(a_->findData(a));
  b_->setCurrentIndex(b_->findData(b));
  ask();
}

void ComparePage::ask() {
  asked_a_ = a_->currentData().toString();
  asked_b_ = b_->currentData().toString();
  answer_ = {};
  problem_.reset();
  asking_ = true;
  hub.call.ask(
      this, {QStringLiteral("compare"), asked_a_, asked_b_},
      [this](const Answer& answer) {
        asking_ = false;
        if (answer.failed())
          problem_ = answer.problem();
        else
          answer_ = answer.json;
        refresh();
      },
      kDeadline_ms);
  refresh();
}

void ComparePage::fill() {
  refused_->setVisible(problem_.has_value());
  result_->setVisible(!answer_.isEmpty());
  table_card_->setVisible(!answer_.isEmpty());
  notes_->setText(say("compare.hint"));
  if (problem_) {
    refused_title_->setText(problem_->what);
    refused_text_->setText(problem_->detail);
  }
  if (answer_.isEmpty()) return;
  std::vector<ForestRow> forest;
  std::vector<RowsModel::Row> rows;
  auto all = answer_[QLatin1String("series")].toArray();
  const bool pooled = all.size() > 1;
  if (pooled) all.append(answer_[QLatin1String("pooled")]);
  for (qsizetype i = 0; i < all.size(); ++i) {
    const auto o = all[i].toObject();
    const bool last = pooled && i == all.size() - 1;
    const auto difference = o[QLatin1String("difference")].toObject();
    ForestRow r;
    r.name = last ? say("compare.pooled")
                  : QStringLiteral("%1 · L%2")
                        .arg(o[QLatin1String("task")].toString())
                        .arg(o[QLatin1String("level")].toInt());
    r.estimate = maybe(difference[QLatin1String("estimate")]);
    r.lower = maybe(difference[QLatin1String("lower")]);
    r.upper = maybe(difference[QLatin1String("upper")]);
    r.verdict = verdict_of(o);
    r.bold = last;
    r.note = (r.estimate ? QStringLiteral("%1 [%2, %3]  ")
                               .arg(*r.estimate, 0, 'f', 2)
                               .arg(r.lower.value_or(-1), 0, 'f', 2)
                               .arg(r.upper.value_or(1), 0, 'f', 2)
                         : QString()) +
             words(r.verdict);
    const auto count = [&](const char* key) { return right(QString::number(o[QLatin1String(key)].toInt())); };
    Cell name = plain(r.name), verdict = plain(words(r.verdict));
    name.bold = last;
    verdict.icon = r.verdict == 0 ? "half" : "check";
    verdict.color = r.verdict == 0 ? theme().none : theme().accent;
    rows.push_back(
        {{name, count("pairs"), count("both"), count("a_only"), count("b_only"), count("neither"),
          right(p_of(o[QLatin1String("p_a_better_holm")])), right(p_of(o[QLatin1String("p_b_better_holm")])), verdict},
         r.name});
    forest.push_back(std::move(r));
  }
  forest_->set(std::move(forest), QStringLiteral("A ") + asked_a_, QStringLiteral("B ") + asked_b_);
  rows_->set(std::move(rows));
  const auto overall = answer_[QLatin1String(pooled ? "pooled" : "series")];
  const int verdict = verdict_of(pooled ? overall.toObject() : overall.toArray()[0].toObject());
  const Theme& t = theme();
  verdict_->set(words(verdict),
                verdict == 0 ? StateLook{t.none, t.none_tint, "half"} : StateLook{t.accent, t.accent_tint, "check"});
  const bool paired = answer_[QLatin1String("pairing")] == QLatin1String("paired");
  QString notes;
  for (const auto& note : answer_[QLatin1String("notes")].toArray()) notes += in_lang(note) + QLatin1Char('\n');
  small_print_->setText(notes + say("compare.small_print", {say(paired ? "compare.paired" : "compare.unpaired"),
                                                            QString::number(answer_[QLatin1String("alpha")].toDouble()),
                                                            QString::number(answer_[QLatin1String("n_max")].toInt())}));
}

void ComparePage::refresh() {
  if (!usable(hub.space())) return;
  const auto& sessions = hub.space().value->sessions;
  if (sessions.size() < 2)
    return show_empty("compare", "compare.pick", "compare.few", "act.new", [this] { hub.go(PageId::setup); });
  if (a_->count() != static_cast<int>(sessions.size()) || a_->itemData(0).toString() != sessions.front().id) {
    for (auto* box : {a_, b_}) {
      const auto kept = box->currentData();
      box->clear();
      for (const auto& s : sessions) box->addItem(QStringLiteral("%1  %2").arg(s.id, s.subject), s.id);
      box->setCurrentIndex(kept.isValid() ? box->findData(kept) : box == a_ ? 1 : 0);
    }
  }
  if (asking_) return show_loading("compare.asking");
  fill();
  show_full();
}

}  // namespace assay::gui
