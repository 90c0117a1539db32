// A table of texts with signs, filled by a page; and the table of trials, which stays quick with a hundred thousand.
#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <vector>

#include "gui/session_data.h"
#include "gui/theme.h"

namespace assay::gui {

struct Cell {
  QString text;
  const char* icon = nullptr;
  QColor color{};  ///< invalid: the text's own
  bool right = false, bold = false;
  QString hint{};
};
Cell state_cell(Conformity conformity);
Cell outcome_cell(const TrialRecord& trial);
Cell plain(QString text);
Cell right(QString text);

class RowsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  explicit RowsModel(std::vector<const char*> header_keys, QObject* parent = nullptr);
  struct Row {
    std::vector<Cell> cells;
    QString id;
  };
  void set(std::vector<Row> rows);
  [[nodiscard]] QString id(int row) const;
  [[nodiscard]] int row_of(const QString& id) const;
  void retranslate();  ///< the headings

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<const char*> keys_;
  std::vector<Row> rows_;
};

struct TrialFilter {
  QString text;      ///< part of task, reason or number
  int level = 0;     ///< 0: all
  int outcome = -1;  ///< of Outcome; -1: all, -2: not a success
  bool invalid_only = false;
};

class TrialModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;
  void set(std::shared_ptr<const Session> session);
  void filter(const TrialFilter& filter);
  [[nodiscard]] const TrialRecord* trial(int row) const;
  [[nodiscard]] int row_of(std::int64_t number) const;
  void retranslate();

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  void choose();
  std::shared_ptr<const Session> session_;
  std::vector<int> shown_;  ///< places in session_->trials
  TrialFilter filter_;
};

}  // namespace assay::gui
