// What a trace can be asked for beside its plot: play, bookmarks, pictures drawn again by the program.
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include "gui/trace_page.h"

namespace assay::gui {
namespace {

constexpr int kReplayDeadline_ms = 180'000;

QString bookmark_file(const Hub& hub) { return hub.workspace() + QStringLiteral("/run/bookmarks.json"); }

}  // namespace

void TracePage::play() {
  if (trace_ == nullptr) return;
  if (timer_.isActive()) {
    timer_.stop();
  } else {
    if (plot_->cursor_s() >= plot_->length_s()) plot_->set_cursor(0);
    since_.start();
    timer_.start();
  }
  fill_words();
}

void TracePage::step_cursor(double part) { plot_->set_cursor(plot_->cursor_s() + part * plot_->length_s()); }

void TracePage::load_bookmarks() {
  QFile file(bookmark_file(hub));
  if (!file.open(QIODevice::ReadOnly)) return;
  const auto trials = QJsonDocument::fromJson(file.readAll()).object()[QLatin1String("trials")].toObject();
  for (auto it = trials.begin(); it != trials.end(); ++it)
    for (const auto& t : it.value().toArray()) bookmarks_[it.key().toLongLong()].push_back(t.toDouble());
}

void TracePage::add_bookmark() {
  if (trace_ == nullptr) return;
  bookmarks_[trial_].push_back(plot_->cursor_s());
  plot_->set_bookmarks(bookmarks_[trial_]);
  QJsonObject trials;
  for (const auto& [trial, times] : bookmarks_) {
    QJsonArray list;
    for (const double t : times) list.append(t);
    if (!list.isEmpty()) trials[QString::number(trial)] = list;
  }
  QDir().mkpath(hub.workspace() + QStringLiteral("/run"));
  QSaveFile file(bookmark_file(hub));
  if (!file.open(QIODevice::WriteOnly)) return hub.tell(file.errorString());
  file.write(QJsonDocument(QJsonObject{{QStringLiteral("schema"), QStringLiteral("assay.bookmarks/1")},
                                       {QStringLiteral("trials"), trials}})
                 .toJson());
  if (!file.commit()) hub.tell(file.errorString());
}

void TracePage::ask_frames() {
  if (trace_ == nullptr) return;
  const QString folder = hub.workspace() + QStringLiteral("/run/frames/%1").arg(trial_);
  QDir().mkpath(folder);
  frame_state_ = say("trace.pictures_wait");
  fill_words();
  hub.call.ask(
      this,
      {QStringLiteral("trial"), QStringLiteral("replay"), QString::number(trial_), QStringLiteral("--frames"), folder},
      [this, folder, asked = trial_](const Answer& answer) {
        if (asked != trial_) return;
        frames_.clear();
        // The answer may say when each picture was taken; else they are spread evenly.
        const auto listed = answer.json[QLatin1String("frames")].toArray();
        for (const auto& entry : listed) {
          const auto o = entry.toObject();
          if (o.contains(QLatin1String("t_s")))
            frames_.emplace_back(o[QLatin1String("t_s")].toDouble(),
                                 QDir(folder).absoluteFilePath(o[QLatin1String("file")].toString()));
        }
        if (frames_.empty()) {
          const auto names = QDir(folder).entryList(
              {QStringLiteral("*.png"), QStringLiteral("*.jpg"), QStringLiteral("*.jpeg")}, QDir::Files, QDir::Name);
          for (qsizetype i = 0; i < names.size(); ++i)
            frames_.emplace_back(
                plot_->length_s() * static_cast<double>(i) / std::max<double>(1, static_cast<double>(names.size() - 1)),
                QDir(folder).absoluteFilePath(names[i]));
        }
        const bool unknown = answer.exit_code == 2 && answer.json.isEmpty();
        frame_state_ = frames_.empty()
                           ? unknown ? say("trace.pictures_old") : say("trace.pictures_none", {answer.problem().what})
                           : QStringLiteral(" ");
        fill_words();
        show_frame();
      },
      kReplayDeadline_ms);
}

void TracePage::show_frame() {
  frame_->setVisible(!frames_.empty());
  if (frames_.empty()) return;
  auto at = std::upper_bound(frames_.begin(), frames_.end(), plot_->cursor_s(),
                             [](double t, const auto& frame) { return t < frame.first; });
  if (at != frames_.begin()) --at;
  const QPixmap picture(at->second);
  if (!picture.isNull()) frame_->setPixmap(picture.scaledToWidth(216, Qt::SmoothTransformation));
}

}  // namespace assay::gui
