// assay-dashboard: arguments, the window.
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QSocketNotifier>
#include <QTimer>
#include <cstdio>
#include <cstdlib>

#include "gui/main_window.h"
#include "gui/operator_panel.h"
#include "gui/program.h"

namespace {

namespace gui = assay::gui;

int usage(const QString& text) {
  std::fprintf(stderr, "%s\n", text.toLocal8Bit().constData());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR"))
    qputenv("XDG_RUNTIME_DIR", qgetenv("HOME").isEmpty() ? "/tmp" : qgetenv("HOME"));
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("assay-dashboard"));
  const auto options = gui::read_options(QApplication::arguments());
  if (!options) {
    return usage(gui::q(assay::to_string(options.error(), gui::lang_of_environment())));
  }
  if (options->help) {
    gui::set_lang(options->lang);
    std::printf("%s\n", gui::say("program.help").toLocal8Bit().constData());
    return 0;
  }
  gui::set_lang(options->lang);
  gui::apply_theme(application, options->dark);
  gui::set_pedal_keys(options->pedal_confirm, options->pedal_cannot);
  gui::Hub hub(options->workspace, options->program);
  gui::MainWindow window(hub);
  window.resize(options->size);
  hub.reload();
  window.go(static_cast<gui::PageId>(options->page - 1), options->detail);
  window.show();
  if (!options->grab.isEmpty()) gui::grab_when_quiet(window, hub, options->grab, options->wait_ms);
  return QApplication::exec();
}
