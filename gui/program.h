// The program's arguments, and pictures of it for documents.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

#include "core/result.h"
#include "core/text.h"

namespace assay::gui {

class Hub;
class MainWindow;

struct Options {
  QString workspace, program, grab, detail;
  Lang lang = Lang::zh;
  bool dark = false, help = false;
  int page = 1, wait_ms = 30'000;
  QSize size{1280, 800};
  QStringList pedal_confirm{}, pedal_cannot{};  ///< keys that a foot pedal sends; empty: as usual
};

Lang lang_of_environment();
/// 0744: an argument that is not known, or a value that is none.
Result<Options> read_options(const QStringList& arguments);
/// Saves the window as PNG once nothing is being read or asked, then ends the program: 0, or 3 if it cannot be saved.
void grab_when_quiet(MainWindow& window, Hub& hub, const QString& file, int most_ms);

}  // namespace assay::gui
