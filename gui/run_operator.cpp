// What the Run page does for a run that asks its operator: prompts and answers over the run's socket, the picture of
// the scene, and what the simulator plays where no robot moves.
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <algorithm>

#include "gui/run_page.h"
#include "gui/run_socket.h"

namespace assay::gui {
namespace {

constexpr int kPictureDeadline_ms = 60'000, kPlayDeadline_ms = 600'000;
constexpr const char *kWidth = "640", *kHeight = "440";
constexpr const char *kPlayWidth = "480", *kPlayHeight = "330";  // drawn without a graphics card in bearable time

QString socket_of(const QString& workspace, const QString& session) {
  return QDir(workspace).absoluteFilePath(QStringLiteral("run/%1.sock").arg(session));
}

}  // namespace

void RunPage::ask_prompt() {
  const auto& run = hub.follower.run();
  const auto state = hub.follower.state();
  const bool live = state == RunState::running || state == RunState::starting;
  const bool asks = std::any_of(run.log.begin(), run.log.end(),
                                [](const QStringList& line) { return line[1] == QLatin1String("operator_prompt"); });
  if (!live || !asks) {
    if (std::exchange(asked_, false)) show_prompt({});
    return;
  }
  if (prompting_ || !isVisible()) return;
  prompting_ = true;
  hub.worker.ask(
      this, [path = socket_of(hub.workspace(), run.session)] { return exchange_line(path, "{\"do\":\"status\"}\n"); },
      [this](const QJsonObject& answer) {
        prompting_ = false;
        asked_ = true;
        show_prompt(answer[QLatin1String("prompt")].toObject());
      });
}

void RunPage::answer(const QJsonObject& message) {
  QJsonObject out = message;
  out[QLatin1String("do")] = QStringLiteral("answer");
  const QByteArray line = QJsonDocument(out).toJson(QJsonDocument::Compact) + '\n';
  hub.worker.ask(
      this, [path = socket_of(hub.workspace(), hub.follower.run().session), line] { return exchange_line(path, line); },
      [this](const QJsonObject& said) {
        const auto error = said[lang() == Lang::zh ? QLatin1String("error_zh") : QLatin1String("error")].toString();
        if (said.isEmpty()) return operator_->show_refusal(say("operator.silent"));
        if (!error.isEmpty()) return operator_->show_refusal(error);
        show_prompt(said[QLatin1String("prompt")].toObject());
      });
}

void RunPage::show_prompt(const QJsonObject& prompt) {
  const QString before = operator_->kind();
  operator_->show_prompt(prompt);
  if (operator_->asks()) {
    const auto trial = prompt[QLatin1String("trial")].toInteger();
    if (trial != pictured_) {
      if (pictured_ != 0) QDir(drawn("play")).removeRecursively();
      pictured_ = trial;
      plays_ = prompt[QLatin1String("card")].toObject()[QLatin1String("plays")].toBool();
      ask_picture();
    }
    const bool acting = operator_->kind() == QLatin1String("acting");
    if (acting && plays_ && !act_seen_) operator_->picture().play();
    act_seen_ = acting;
  } else if (before != QString()) {
    details_ = false;
  }
  show_operator();
}

void RunPage::show_operator() {
  const bool asks = operator_->asks(), card = asks && !details_;
  operator_->setVisible(card);
  asks_->setVisible(asks && details_);
  rest_->setVisible(!card);
  hub.set_operating(card && state() == PageState::full);
}

QString RunPage::drawn(const char* what) const {
  return hub.workspace() + QStringLiteral("/run/%1-%2").arg(QLatin1String(what)).arg(pictured_);
}

void RunPage::ask_picture() {
  operator_->picture().say_why(say("operator.picture_wait"));
  operator_->hold_back(plays_ ? say("operator.play_wait") : QString());
  const QString file = drawn("scene") + QStringLiteral(".png");
  if (plays_) ask_play();
  hub.call.ask(
      this,
      {QStringLiteral("trial"), QStringLiteral("picture"), QString::number(pictured_), QStringLiteral("--width"),
       QLatin1String(kWidth), QStringLiteral("--height"), QLatin1String(kHeight), QStringLiteral("-o"), file},
      [this, file, trial = pictured_](const Answer& answer) {
        if (trial != pictured_ || operator_->picture().loaded()) return;
        if (QFileInfo::exists(file))
          operator_->picture().show_still(file);
        else
          operator_->picture().say_why(say("operator.picture_none", {answer.problem().what}));
        QFile::remove(file);
      },
      kPictureDeadline_ms);
}

void RunPage::ask_play() {
  const QString folder = drawn("play");
  QDir(folder).removeRecursively();  // of a run that was ended
  hub.call.ask(
      this,
      {QStringLiteral("trial"), QStringLiteral("play"), QString::number(pictured_), QStringLiteral("--width"),
       QLatin1String(kPlayWidth), QStringLiteral("--height"), QLatin1String(kPlayHeight), QStringLiteral("--frames"),
       folder},
      [this, folder, trial = pictured_](const Answer& answer) {
        if (trial != pictured_) return;
        operator_->hold_back({});
        operator_->picture().load(folder, answer.json[QLatin1String("step_s")].toDouble());
        if (!operator_->picture().loaded())
          operator_->picture().say_why(say("operator.picture_none", {answer.problem().what}));
        if (act_seen_) operator_->picture().play();
      },
      kPlayDeadline_ms);
}

}  // namespace assay::gui
