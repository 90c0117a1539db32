#include "gui/run_control.h"

#include <signal.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSaveFile>
#include <algorithm>

#include "gui/run_socket.h"

namespace assay::gui {
namespace {

/// Fields of /proc/<pid>/stat after the name, which may hold blanks: state first, start time the 20th.
QStringList process_state(qint64 pid) {
  QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
  if (!file.open(QIODevice::ReadOnly)) return {};
  const auto text = QString::fromLatin1(file.readAll());
  return text.mid(text.lastIndexOf(QLatin1Char(')')) + 2).split(QLatin1Char(' '));
}

QString start_ticks(qint64 pid) {
  const auto fields = process_state(pid);
  return fields.size() > 19 ? fields[19] : QString();
}

Error failed(int id, Text what, const QString& file, const QString& found, Text help) {
  return Error{.id = id,
               .what = std::move(what),
               .place = {file.toStdString()},
               .found = found.toStdString(),
               .help = std::move(help)};
}

/// As exchange_line(), without answers that say an error.
QJsonObject exchange(const QString& path, const QByteArray& request) {
  const auto json = exchange_line(path, request);
  return json.contains(QLatin1String("error")) ? QJsonObject() : json;
}

}  // namespace

Result<RunNote> RunControl::start(const QStringList& arguments) const {
  const QString folder = QDir(workspace_).absoluteFilePath(QStringLiteral("run"));
  QDir().mkpath(folder);
  const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"));
  RunNote note;
  note.path = folder + QLatin1Char('/') + stamp + QStringLiteral(".json");
  note.events = folder + QLatin1Char('/') + stamp + QStringLiteral(".events.jsonl");
  note.messages = folder + QLatin1Char('/') + stamp + QStringLiteral(".log");
  note.arguments =
      QStringList{QStringLiteral("--workspace"), QDir(workspace_).absolutePath(), QStringLiteral("--json")} +
      arguments + QStringList{QStringLiteral("--events"), note.events};
  QSaveFile file(note.path);
  const auto no_note = [&] {
    return failed(741, {"the note of the run cannot be written", "无法写入运行记录"}, note.path, file.errorString(),
                  {"make the workspace writable, with room on its disk", "请确保工作区可写且磁盘有空间"});
  };
  if (!file.open(QIODevice::WriteOnly)) return no_note();
  QProcess process;
  process.setProgram(program_);
  process.setArguments(note.arguments);
  process.setStandardInputFile(QProcess::nullDevice());
  process.setStandardOutputFile(note.messages);
  process.setStandardErrorFile(note.messages, QIODevice::Append);
  if (!process.startDetached(&note.pid))
    return failed(740, {"the run cannot be started", "无法启动检测"}, program_, process.errorString(),
                  {"name the program with --assay PATH", "请用 --assay 路径 指明程序"});
  note.started_as = start_ticks(note.pid);
  file.write(QJsonDocument(QJsonObject{{QStringLiteral("schema"), QStringLiteral("assay.run_note/1")},
                                       {QStringLiteral("pid"), note.pid},
                                       {QStringLiteral("started_as"), note.started_as},
                                       {QStringLiteral("events"), QFileInfo(note.events).fileName()},
                                       {QStringLiteral("arguments"), QJsonArray::fromStringList(note.arguments)}})
                 .toJson());
  if (!file.commit()) return no_note();
  return note;
}

std::optional<RunNote> RunControl::newest() const {
  auto own = newest_note();
  if (own && alive(*own)) return own;
  // A run that was started elsewhere answers on its socket and keeps its events beside it.
  const QDir folder(QDir(workspace_).absoluteFilePath(QStringLiteral("run")));
  for (const auto& name :
       folder.entryList({QStringLiteral("*.sock")}, QDir::System | QDir::Files, QDir::Name | QDir::Reversed)) {
    const auto json = exchange(folder.absoluteFilePath(name), "{\"do\":\"status\"}\n");
    if (json.isEmpty()) continue;
    RunNote note;
    note.events = folder.absoluteFilePath(name.chopped(5) + QStringLiteral(".events.jsonl"));
    note.messages = folder.absoluteFilePath(name.chopped(5) + QStringLiteral(".log"));
    note.path = folder.absoluteFilePath(name);
    note.pid = json[QLatin1String("pid")].toInteger();
    note.started_as = start_ticks(note.pid);
    return note;
  }
  return own;
}

std::optional<RunNote> RunControl::newest_note() const {
  const QDir folder(QDir(workspace_).absoluteFilePath(QStringLiteral("run")));
  const auto names = folder.entryList({QStringLiteral("*-*-*.json")}, QDir::Files, QDir::Name | QDir::Reversed);
  for (const auto& name : names) {
    QFile file(folder.absoluteFilePath(name));
    if (!file.open(QIODevice::ReadOnly)) continue;
    const auto json = QJsonDocument::fromJson(file.readAll()).object();
    if (json[QLatin1String("schema")] != QLatin1String("assay.run_note/1")) continue;
    RunNote note;
    note.path = file.fileName();
    note.events = folder.absoluteFilePath(json[QLatin1String("events")].toString());
    note.messages = note.path.chopped(5) + QStringLiteral(".log");
    note.pid = json[QLatin1String("pid")].toInteger();
    note.started_as = json[QLatin1String("started_as")].toString();
    for (const auto& word : json[QLatin1String("arguments")].toArray()) note.arguments << word.toString();
    return note;
  }
  return std::nullopt;
}

bool RunControl::alive(const RunNote& note) {
  const auto fields = process_state(note.pid);
  return fields.size() > 19 && fields[0] != QLatin1String("Z") && fields[0] != QLatin1String("X") &&
         fields[19] == note.started_as;
}

QString RunControl::socket(const QString& session) const {
  return QDir(workspace_).absoluteFilePath(QStringLiteral("run/%1.sock").arg(session));
}

bool RunControl::has_socket(const QString& session) const {
  return !session.isEmpty() && QFileInfo::exists(socket(session));
}

Result<void> RunControl::ask(const RunNote& note, const QString& session, RunRequest request) const {
  constexpr const char* kWords[] = {"pause", "continue", "stop"};
  const QByteArray line =
      QByteArrayLiteral("{\"do\":\"") + kWords[static_cast<int>(request)] + QByteArrayLiteral("\"}\n");
  if (!session.isEmpty() && !exchange(socket(session), line).isEmpty()) return {};
  if (request != RunRequest::stop)
    return failed(742, {"the run does not answer on its socket", "检测进程的控制通道没有应答"}, socket(session), {},
                  {"it can still be stopped, and resumed later", "仍可停止，之后再继续"});
  // Its own number, or that of another process that came after it.
  if (!alive(note) || ::kill(static_cast<pid_t>(note.pid), SIGINT) != 0)
    return failed(743, {"the process of the run is gone", "检测进程已不存在"}, note.path, QString::number(note.pid),
                  {"resume the session", "请继续该检测"});
  return {};
}

}  // namespace assay::gui
