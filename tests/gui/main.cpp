// One QApplication for all cases, on the offscreen platform, still: nothing of the day or the machine in pictures.
#include <gtest/gtest.h>

#include <QApplication>

#include "gui/theme.h"

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("ASSAY_GUI_STILL", "1");
  qputenv("TZ", "UTC");
  if (qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR")) qputenv("XDG_RUNTIME_DIR", "/tmp");
  ::testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  assay::gui::apply_theme(application, false);
  return RUN_ALL_TESTS();
}
