// A workspace with fixed contents made through the store room, a program that gives recorded answers in the place of
// assay, and a window on both.
#pragma once

#include <QApplication>
#include <memory>
#include <string>

#include "gui/main_window.h"

namespace assay::gui::test {

/// "S-20261123-0001" closed and graded (level shown), "-0002" closed and graded (no level), "-0003" interrupted; plans
/// and results are those of real runs, recorded in tests/gui/data.
void make_workspace(const std::string& folder);
/// Trials without traces, all of one session.
void make_large_workspace(const std::string& folder, int trials);
void make_broken_workspace(const std::string& folder);

enum class Situation { empty, loading, error, full };

class Scene {
 public:
  explicit Scene(Situation situation);
  ~Scene();
  MainWindow& window() { return *window_; }
  Hub& hub() { return *hub_; }
  /// Until nothing is read or asked any more; false after the deadline.
  bool settle(int most_ms = 15000);
  Page& open(PageId id);

 private:
  std::string folder_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<MainWindow> window_;
  Situation situation_;
};

QString data_folder();
std::string temporary_folder(const std::string& name);

}  // namespace assay::gui::test
