#include "gui/assay_call.h"

#include <QJsonDocument>
#include <QPointer>
#include <QProcess>
#include <QTimer>

namespace assay::gui {

bool Answer::failed() const {
  return json.isEmpty() || json[QLatin1String("schema")].toString().startsWith(QLatin1String("assay.error"));
}

Problem Answer::problem() const {
  if (json.isEmpty()) {
    const QString said = QString::fromUtf8(messages).trimmed();
    return {exit_code < 0 ? say("call.lost") : say("call.silent"), said.isEmpty() ? say("call.program_help") : said};
  }
  const auto expected = in_lang(json[QLatin1String("expected")]), found = json[QLatin1String("found")].toString();
  QStringList lines{json[QLatin1String("id")].toString()};
  if (const auto file = json[QLatin1String("file")].toString(); !file.isEmpty()) lines << file;
  if (!expected.isEmpty()) lines << say("error.expected", {expected});
  if (!found.isEmpty()) lines << say("error.found", {found});
  lines << in_lang(json[QLatin1String("help")]);
  lines.removeAll(QString());
  return {in_lang(json[QLatin1String("what")]), lines.join(QLatin1Char('\n'))};
}

void AssayCall::ask(QObject* receiver, const QStringList& arguments, std::function<void(const Answer&)> done,
                    int deadline_ms, bool json) {
  auto* process = new QProcess(this);
  const QPointer<QObject> guard(receiver);
  QStringList words{QStringLiteral("--workspace"), workspace_, QStringLiteral("--lang"),
                    lang() == Lang::zh ? QStringLiteral("zh") : QStringLiteral("en")};
  if (json) words << QStringLiteral("--json");
  words += arguments;
  ++running_;
  const auto finish = [this, process, guard, done = std::move(done)](bool ended) {
    if (process->property("told").toBool()) return;
    process->setProperty("told", true);
    --running_;
    Answer answer;
    answer.output = process->readAllStandardOutput();
    answer.messages = process->readAllStandardError();
    if (ended && process->exitStatus() == QProcess::NormalExit) answer.exit_code = process->exitCode();
    answer.json = QJsonDocument::fromJson(answer.output).object();
    process->deleteLater();
    if (guard != nullptr) done(answer);
  };
  connect(process, &QProcess::finished, this, [finish] { finish(true); });
  connect(process, &QProcess::errorOccurred, this, [finish](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) finish(false);
  });
  QTimer::singleShot(deadline_ms, process, [process] { process->kill(); });
  process->start(program_, words, QIODevice::ReadOnly);
}

}  // namespace assay::gui
