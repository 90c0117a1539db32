// What the page Second scoring shows at each step.
#include <QComboBox>
#include <QJsonArray>
#include <algorithm>

#include "gui/operator_parts.h"
#include "gui/score_page.h"
#include "reports/palette.h"

namespace assay::gui {
namespace {

Outcome outcome_of(const QString& word) { return outcome_from(word.toStdString()).value_or(Outcome::undetermined); }
QString word_of(Outcome outcome) { return in_lang(reports::look_of(outcome).word); }

}  // namespace

void ScorePage::fill_agreement() {
  const int n = agreement_[QLatin1String("n")].toInt();
  const auto value = [this](const char* key) {
    const auto v = agreement_[QLatin1String(key)];
    return v.isDouble() ? QString::number(v.toDouble(), 'f', 3) : QStringLiteral("–");
  };
  if (n == 0) {
    share_->set(QStringLiteral("–"), say("score.none_yet"));
    kappa_->set(QStringLiteral("–"), say("score.kappa_note"));
  } else {
    share_->set(
        value("share") + QStringLiteral("  [%1, %2]").arg(value("lower"), value("upper")),
        say("score.share_note", {QString::number(agreement_[QLatin1String("agree")].toInt()), QString::number(n)}));
    kappa_->set(value("kappa") + QStringLiteral("  [%1, %2]").arg(value("kappa_lower"), value("kappa_upper")),
                say("score.kappa_note"));
  }
  std::vector<RowsModel::Row> rows;
  for (const auto& one : agreement_[QLatin1String("differ")].toArray()) {
    const auto number = one.toInteger();
    RowsModel::Row row{{right(QString::number(number)), {}, {}, {}}, QString::number(number)};
    if (const auto& session = hub.session().value; session != nullptr)
      for (const auto& trial : session->trials)
        if (trial.number == number)
          row.cells = {right(QString::number(number)), plain(q(trial.task)),
                       plain(QStringLiteral("L%1").arg(trial.level)), right(QString::number(trial.index))};
    rows.push_back(std::move(row));
  }
  differ_->set(std::move(rows));
}

void ScorePage::fill() {
  const bool outside = step_ == Step::outside;
  start_->setVisible(outside);
  sitting_->setVisible(!outside);
  end_->setVisible(!outside);
  begin_->setEnabled(!person().isEmpty());
  const auto n = static_cast<int>(queue_.left.size());
  left_->setText(say("score.left", {session_, QString::number(n)}));
  fill_agreement();
  if (outside) return;
  for (auto* one : {yes_, no_, unsafe_, invalid_, play_}) one->setVisible(step_ == Step::look);
  play_->setEnabled(picture_->loaded());
  for (auto* one : {undo_, keep_}) one->setVisible(step_ == Step::undo);
  next_->setVisible(step_ == Step::told);
  for (auto* one : std::initializer_list<QWidget*>{reason_, reason_ok_, reason_back_})
    one->setVisible(step_ == Step::reason);
  const Theme& t = theme();
  title_->setText(say("score.trial", {QString::number(item_.number), item_.task, QString::number(item_.level),
                                      QString::number(item_.index)}));
  progress_->setText(say("score.progress", {QString::number(queue_.given + 1), QString::number(queue_.given + n)}));
  badge_->set(say(step_ == Step::told ? "score.badge.open" : "score.badge.blind"),
              step_ == Step::told ? StateLook{t.none, t.none_tint, "check"} : StateLook{t.on_accent, t.accent, "eye"});
  fill_words();
  problem_->setText(refusal_);
  problem_->setVisible(!refusal_.isEmpty());
}

/// What is asked, or told, in both languages.
void ScorePage::fill_words() {
  note_->clear();
  const auto both = [this](const char* key) {
    line_->setText(text_of(in_both(key), true));
    other_->setText(text_of(in_both(key), false));
  };
  switch (step_) {
    case Step::look:
      both("operator.line.entry");
      if (!instruction_.isEmpty()) note_->setText(say("operator.note.asked", {in_lang(instruction_)}));
      break;
    case Step::undo:
    case Step::writing:
      both(outcome_ == QLatin1String("success")   ? "operator.line.undo_done"
           : outcome_ == QLatin1String("failure") ? "operator.line.undo_not"
                                                  : "score.line.unsafe");
      note_->setText(say("score.note.undo"));
      break;
    case Step::told: {
      const bool same =
          record_ && (record_->verdict.outcome == Outcome::success) == (outcome_of(outcome_) == Outcome::success);
      both(!record_ ? "score.line.unread" : same ? "score.line.same" : "score.line.differ");
      if (record_)
        note_->setText(say("score.note.told", {word_of(outcome_of(outcome_)), word_of(record_->verdict.outcome),
                                               in_lang(reports::words_of_reason(record_->verdict.reason))}));
      if (agreement_[QLatin1String("n")].toInt() > 0)
        note_->setText(note_->text() + QStringLiteral("\n") +
                       say("score.note.agreement", {QString::number(agreement_[QLatin1String("agree")].toInt()),
                                                    QString::number(agreement_[QLatin1String("n")].toInt()),
                                                    number(agreement_[QLatin1String("lower")].toDouble()),
                                                    number(agreement_[QLatin1String("upper")].toDouble())}));
      break;
    }
    case Step::reason: {
      both("operator.line.invalid");
      note_->setText(say("operator.note.after"));
      const int at = std::max(0, reason_->currentIndex());
      reason_->clear();
      for (const auto& one : reasons()) reason_->addItem(say(one.words));
      reason_->setCurrentIndex(at);
      break;
    }
    case Step::outside:
      break;
  }
}

}  // namespace assay::gui
