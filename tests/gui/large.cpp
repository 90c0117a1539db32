// gui_large FOLDER [TRIALS]: makes the workspace if it is missing, then says how long opening and filtering take, and
// the memory used. gui_large signals [SECONDS]: 200 channels at 50 Hz on the Run page, how long the window is deaf.
// Read by a person; no test, since a busy machine would fail it.
#include <sys/resource.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QTabWidget>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "gui/rows_model.h"
#include "gui/telemetry.h"
#include "tests/gui/fixture.h"

namespace {

using namespace assay;  // NOLINT

/// Time that each event of the window's thread took.
class Watch : public QApplication {
 public:
  using QApplication::QApplication;
  bool notify(QObject* to, QEvent* event) override {
    if (depth_ > 0) return QApplication::notify(to, event);
    ++depth_;
    QElapsedTimer timer;
    timer.start();
    const bool done = QApplication::notify(to, event);
    --depth_;
    took_ms.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
    return done;
  }
  std::vector<double> took_ms;

 private:
  int depth_ = 0;
};

int signals_at_rate(int argc, char** argv) {
  constexpr int kChannels = 200;
  qputenv("QT_QPA_PLATFORM", "offscreen");
  Watch application(argc, argv);
  gui::test::Scene scene(gui::test::Situation::full);
  scene.window().resize(1600, 1000);
  scene.window().show();
  if (!scene.settle()) return 1;
  auto& page = scene.open(gui::PageId::run);
  scene.settle();
  page.findChild<QTabWidget*>(QStringLiteral("run_tabs"))->setCurrentIndex(2);
  auto* panel = page.findChild<gui::TelemetryPanel*>();
  const auto& run = scene.hub().follower.run();
  const std::string path = (scene.hub().workspace() + "/run/" + run.session + ".live-0").toStdString();
  LiveTrialHead head{1, "motion/pose_cycle", 1, 0, {}};
  for (int i = 0; i < kChannels; ++i)
    head.channels.push_back({"joint_" + std::to_string(i) + ".position_rad", "rad", ""});
  std::atomic<bool> done{false};
  int shown = 0;
  std::thread writing([&] {
    LiveViewWriter writer(path);
    if (!writer.begin(head)) return;
    std::vector<double> values(kChannels);
    for (int k = 0; !done; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
      if (!writer.due()) continue;
      for (int i = 0; i < kChannels; ++i) values[static_cast<std::size_t>(i)] = std::sin(0.1 * k + i);
      writer.show({k * std::int64_t{20'000'000}}, values);
      shown = ++k;
    }
  });
  application.took_ms.clear();
  QTimer::singleShot(1000 * (argc > 2 ? std::atoi(argv[2]) : 20), &application, &QCoreApplication::quit);
  QElapsedTimer timer;
  timer.start();
  QApplication::exec();
  const double seconds = static_cast<double>(timer.elapsed()) * 1e-3;
  done = true;
  writing.join();
  auto took = application.took_ms;
  std::sort(took.begin(), took.end());
  scene.window().grab().save(QStringLiteral("signals.png"));
  std::printf(
      "%d channels, %.1f frames/s written, %d rows, newest shown %.2f s; events handled: %zu, 99.9 %% within %.1f "
      "ms, longest %.1f ms\n",
      kChannels, shown / seconds, panel->signal_list().rows(), panel->signal_list().newest_s(), took.size(),
      took[took.size() * 999 / 1000], took.back());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  if (std::string(argv[1]) == "signals") return signals_at_rate(argc, argv);
  QCoreApplication application(argc, argv);
  const std::string folder = argv[1];
  const int trials = argc > 2 ? std::atoi(argv[2]) : 100'000;
  if (!std::filesystem::exists(folder + "/assay.db")) gui::test::make_large_workspace(folder, trials);
  QElapsedTimer timer;
  timer.start();
  auto session = gui::read_session(folder, "last");
  if (!session) {
    std::fprintf(stderr, "%s\n", to_string(session.error(), Lang::en).c_str());
    return 1;
  }
  const auto read_ms = timer.restart();
  gui::TrialModel model;
  model.set(std::make_shared<const gui::Session>(std::move(*session)));
  const auto model_ms = timer.restart();
  gui::TrialFilter filter;
  filter.outcome = -2;
  model.filter(filter);
  const auto failures_ms = timer.restart();
  const int failures = model.rowCount();
  filter = {};
  filter.text = QStringLiteral("time");
  model.filter(filter);
  const auto text_ms = timer.restart();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "%d trials: read %lld ms, model %lld ms, filter failures %lld ms (%d), filter text %lld ms (%d), most memory %ld "
      "MB\n",
      trials, static_cast<long long>(read_ms), static_cast<long long>(model_ms), static_cast<long long>(failures_ms),
      failures, static_cast<long long>(text_ms), model.rowCount(), usage.ru_maxrss / 1024);
  return 0;
}
