// Report and verify: the session's report made and shown, and a drop zone that gives a bundle's five answers.
#pragma once

#include "gui/page.h"

class QTextBrowser;
class QTabWidget;

namespace assay::gui {

class ReportPage : public Page {
  Q_OBJECT
 public:
  explicit ReportPage(Hub& hub);
  void refresh() override;
  /// What dropping the file does.
  void verify(const QString& file);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void make();
  void bundle();
  void choose_file();
  void fill_checklist();
  void fill_answers();

  QPushButton *make_, *open_, *bundle_, *choose_;
  QTextBrowser* preview_;
  QLabel *made_, *drop_text_, *facts_;
  QVBoxLayout *checklist_, *answers_;
  Card* drop_;
  QString report_path_, report_session_, verified_;
  QByteArray page_;
  bool page_dark_ = false;  ///< its charts' colours
  std::optional<Lang> report_lang_;
  QJsonObject verification_;
  std::optional<Problem> report_problem_, verify_problem_;
  bool making_ = false, verifying_ = false;
};

}  // namespace assay::gui
