#include "gui/program.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QKeySequence>
#include <QTimer>

#include "gui/main_window.h"

namespace assay::gui {
namespace {

Error bad_argument(const QString& found) {
  return Error{.id = 744,
               .what = {"an argument of the dashboard cannot be understood", "无法理解检测台的参数"},
               .expected = {"an option that --help lists, with a value it takes", "--help 所列的选项及其取值"},
               .found = found.toStdString(),
               .help = {"see assay-dashboard --help", "参见 assay-dashboard --help"}};
}

/// Beside this program, where it is built and where it is installed; else wherever PATH finds it.
QString usual_program() {
  const QString here = QCoreApplication::applicationDirPath();
  for (const auto* place : {"/assay", "/../cli/assay"})
    if (const QFileInfo file(here + QLatin1String(place)); file.isExecutable()) return file.canonicalFilePath();
  return QStringLiteral("assay");
}

}  // namespace

Lang lang_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const auto value = qgetenv(name); !value.isEmpty()) return value.startsWith("zh") ? Lang::zh : Lang::en;
  return Lang::en;
}

Result<Options> read_options(const QStringList& arguments) {
  Options out;
  out.lang = lang_of_environment();
  out.workspace = qEnvironmentVariable("ASSAY_WORKSPACE", QStringLiteral("assay-workspace"));
  out.program = usual_program();
  for (qsizetype i = 1; i < arguments.size(); ++i) {
    QString name = arguments[i], value;
    if (name == QLatin1String("--help") || name == QLatin1String("-h")) {
      out.help = true;
      continue;
    }
    if (const auto at = name.indexOf(QLatin1Char('=')); at > 0) {
      value = name.mid(at + 1);
      name.truncate(at);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return bad_argument(name);
    }
    bool good = !value.isEmpty();
    if (name == QLatin1String("--workspace") || name == QLatin1String("-w")) {
      out.workspace = value;
    } else if (name == QLatin1String("--assay")) {
      out.program = value;
    } else if (name == QLatin1String("--lang")) {
      good = value == QLatin1String("zh") || value == QLatin1String("en");
      out.lang = value == QLatin1String("zh") ? Lang::zh : Lang::en;
    } else if (name == QLatin1String("--theme")) {
      good = value == QLatin1String("light") || value == QLatin1String("dark");
      out.dark = value == QLatin1String("dark");
    } else if (name == QLatin1String("--page")) {
      out.page = value.toInt(&good);
      good = good && out.page >= 1 && out.page <= kPages;
    } else if (name == QLatin1String("--detail")) {
      out.detail = value;
    } else if (name == QLatin1String("--grab")) {
      out.grab = value;
    } else if (name == QLatin1String("--pedal-confirm") || name == QLatin1String("--pedal-cannot")) {
      good = good && QKeySequence(value).count() == 1 && QKeySequence(value)[0].key() != Qt::Key_unknown;
      (name == QLatin1String("--pedal-confirm") ? out.pedal_confirm : out.pedal_cannot) << value;
    } else if (name == QLatin1String("--size")) {
      out.size = QSize(value.section(QLatin1Char('x'), 0, 0).toInt(), value.section(QLatin1Char('x'), 1).toInt());
      good = out.size.width() >= 640 && out.size.height() >= 480;
    } else {
      good = false;
    }
    if (!good) return bad_argument(arguments[i]);
  }
  return out;
}

void grab_when_quiet(MainWindow& window, Hub& hub, const QString& file, int most_ms) {
  constexpr int kQuiet_ms = 700;
  auto* timer = new QTimer(&window);
  auto* total = new QElapsedTimer;
  auto* quiet = new QElapsedTimer;
  total->start();
  quiet->start();
  timer->setInterval(100);
  QObject::connect(timer, &QTimer::timeout, &window, [&window, &hub, file, most_ms, total, quiet] {
    if (hub.call.running() > 0 || hub.space().loading || hub.session().loading) quiet->restart();
    if (quiet->elapsed() < kQuiet_ms && total->elapsed() < most_ms) return;
    QCoreApplication::exit(window.grab().save(file, "PNG") ? 0 : 3);
  });
  timer->start();
}

}  // namespace assay::gui
