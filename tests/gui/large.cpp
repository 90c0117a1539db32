// gui_large FOLDER [TRIALS]: makes the workspace if it is missing, then says how long opening and filtering take, and
// the memory used. Read by a person; no test, since a busy machine would fail it.
#include <sys/resource.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <cstdio>
#include <filesystem>

#include "gui/rows_model.h"
#include "tests/gui/fixture.h"

int main(int argc, char** argv) {
  using namespace assay;  // NOLINT
  QCoreApplication application(argc, argv);
  if (argc < 2) return 2;
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
