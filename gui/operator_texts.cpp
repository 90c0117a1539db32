// What the operator's card says at each prompt.
#include <QJsonArray>

#include "gui/operator_panel.h"

namespace assay::gui {

void OperatorPanel::fill_texts() {
  const auto steps = card()[QLatin1String("steps")].toArray();
  note_->clear();
  if (!reason_act_.isEmpty()) {
    set_line(in_both(reason_act_ == QLatin1String("cannot") ? "operator.line.cannot" : "operator.line.invalid"));
    note_->setText(say(kind() == QLatin1String("entry") ? "operator.note.after" : "operator.note.before"));
  } else if (is("set_up")) {
    QStringList left;
    for (const auto& one : card()[QLatin1String("not_set")].toArray()) left << in_lang(one);
    if (step_ < steps.size()) {
      set_line(steps[step_].toObject());
      put_text(primary_, "operator.next");
    } else {
      auto text = card()[QLatin1String("instruction")].toObject();
      const auto tell = in_both("operator.line.tell");
      for (const auto* in : {"en", "zh"})
        text[QLatin1String(in)] = tell[QLatin1String(in)].toString() + text[QLatin1String(in)].toString();
      set_line(text);
      put_text(primary_, "operator.ready");
    }
    const QStringList where{QString::number(step_ + 1), QString::number(steps.size() + 1)};
    note_->setText(left.isEmpty() ? say("operator.note.step", where)
                                  : say("operator.note.step", where) + QStringLiteral("  ·  ") +
                                        say("operator.note.not_set", {left.join(say("operator.note.and"))}));
  } else if (is("arm")) {
    set_line(in_both("operator.line.arm"));
    put_text(primary_, "operator.zone_clear");
    note_->setText(back_why_.isEmpty() ? say("operator.note.arm") : back_why_);
  } else if (is("armed")) {
    set_line(in_both("operator.line.armed"));
  } else if (is("acting")) {
    set_line(in_both("operator.line.acting"));
    put_text(primary_, "operator.ended");
  } else if (is("entry")) {
    set_line(in_both(prompt_[QLatin1String("over_time")].toBool() ? "operator.line.late" : "operator.line.entry"));
    note_->setText(say("operator.note.asked", {in_lang(card()[QLatin1String("instruction")])}));
    note_->setToolTip(card()[QLatin1String("success")].toString());
  } else {
    set_line(in_both(success_ == 1   ? "operator.line.undo_done"
                     : success_ == 0 ? "operator.line.undo_not"
                                     : "operator.line.undo"));
  }
}

void OperatorPanel::tick() {
  if (!reason_act_.isEmpty()) return;
  const auto number = [this](const char* name) { return prompt_[QLatin1String(name)].toDouble(); };
  const QString limit = QString::number(card()[QLatin1String("time_limit_s")].toDouble());
  if (is("acting")) note_->setText(say("operator.note.acting", {QString::number(number("elapsed_s"), 'f', 0), limit}));
  if (is("armed") || is("undo")) note_->setText(say("operator.note.left", {QString::number(number("left_s"), 'f', 0)}));
}

}  // namespace assay::gui
