#include "gui/rows_model.h"

#include <QFont>
#include <algorithm>

#include "gui/words.h"
#include "reports/palette.h"

namespace assay::gui {
namespace {

constexpr const char* kTrialHeads[] = {"trial.number", "trial.outcome", "trial.task",     "trial.level",
                                       "trial.index",  "trial.reason",  "trial.duration", "trial.started"};

QVariant of_cell(const Cell& cell, int role) {
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return cell.text;
    case Qt::ToolTipRole:
      return cell.hint.isEmpty() ? cell.text : cell.hint;
    case Qt::DecorationRole:
      return cell.icon == nullptr
                 ? QVariant()
                 : QVariant(icon_pixmap(cell.icon, cell.color.isValid() ? cell.color : theme().text, 16));
    case Qt::ForegroundRole:
      return cell.color.isValid() ? QVariant(cell.color) : QVariant();
    case Qt::TextAlignmentRole:
      return static_cast<int>((cell.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::FontRole: {
      if (!cell.bold) return {};
      QFont font;
      font.setBold(true);
      return font;
    }
    default:
      return {};
  }
}

bool holds(const std::string& text, const std::string& part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; }) != text.end();
}

}  // namespace

Cell plain(QString text) {
  Cell out;
  out.text = std::move(text);
  return out;
}
Cell right(QString text) {
  Cell out = plain(std::move(text));
  out.right = true;
  return out;
}
Cell state_cell(Conformity conformity) {
  const auto seen = look(conformity);
  Cell out = plain(in_lang(reports::look_of(conformity).word));
  out.icon = seen.icon;
  out.color = seen.color;
  return out;
}
Cell outcome_cell(const TrialRecord& trial) {
  if (!trial.finished) {
    Cell out = plain(say("trial.open"));
    out.icon = "open";
    out.color = theme().none;
    return out;
  }
  const auto seen = look(trial.verdict.outcome);
  Cell out = plain(in_lang(reports::look_of(trial.verdict.outcome).word));
  out.icon = seen.icon;
  out.color = seen.color;
  if (trial.validity == Validity::invalid) out.text = say("trial.invalid_mark", {out.text});
  return out;
}

RowsModel::RowsModel(std::vector<const char*> header_keys, QObject* parent)
    : QAbstractTableModel(parent), keys_(std::move(header_keys)) {}

void RowsModel::set(std::vector<Row> rows) {
  for (auto& row : rows) row.cells.resize(keys_.size());
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

QString RowsModel::id(int row) const {
  return row >= 0 && row < static_cast<int>(rows_.size()) ? rows_[static_cast<std::size_t>(row)].id : QString();
}

int RowsModel::row_of(const QString& id) const {
  const auto at = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.id == id; });
  return at == rows_.end() ? -1 : static_cast<int>(at - rows_.begin());
}

void RowsModel::retranslate() { emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1); }

int RowsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}
int RowsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(keys_.size());
}

QVariant RowsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  return of_cell(rows_[static_cast<std::size_t>(index.row())].cells[static_cast<std::size_t>(index.column())], role);
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) return {};
  return say(keys_[static_cast<std::size_t>(section)]);
}

void TrialModel::set(std::shared_ptr<const Session> session) {
  beginResetModel();
  session_ = std::move(session);
  choose();
  endResetModel();
}

void TrialModel::filter(const TrialFilter& filter) {
  beginResetModel();
  filter_ = filter;
  choose();
  endResetModel();
}

void TrialModel::choose() {
  shown_.clear();
  if (session_ == nullptr) return;
  const auto part = filter_.text.trimmed().toLower().toStdString();
  const auto& trials = session_->trials;
  shown_.reserve(trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto& t = trials[i];
    if (filter_.level != 0 && t.level != filter_.level) continue;
    if (filter_.invalid_only && t.validity == Validity::valid) continue;
    if (filter_.outcome == -2 && t.finished && t.verdict.outcome == Outcome::success) continue;
    if (filter_.outcome >= 0 && (!t.finished || static_cast<int>(t.verdict.outcome) != filter_.outcome)) continue;
    if (!part.empty() && !holds(t.task, part) && !holds(t.verdict.reason, part) && std::to_string(t.number) != part)
      continue;
    shown_.push_back(static_cast<int>(i));
  }
}

const TrialRecord* TrialModel::trial(int row) const {
  if (row < 0 || row >= static_cast<int>(shown_.size())) return nullptr;
  return &session_->trials[static_cast<std::size_t>(shown_[static_cast<std::size_t>(row)])];
}

int TrialModel::row_of(std::int64_t number) const {
  for (std::size_t i = 0; i < shown_.size(); ++i)
    if (trial(static_cast<int>(i))->number == number) return static_cast<int>(i);
  return -1;
}

void TrialModel::retranslate() {
  beginResetModel();
  endResetModel();
}

int TrialModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}
int TrialModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(std::size(kTrialHeads));
}

QVariant TrialModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const auto* t = trial(index.row());
  if (t == nullptr) return {};
  if (role == Qt::UserRole) return QVariant::fromValue<qlonglong>(t->number);
  switch (index.column()) {
    case 0:
      return of_cell(right(QString::number(t->number)), role);
    case 1:
      return of_cell(outcome_cell(*t), role);
    case 2:
      return of_cell(plain(q(t->task)), role);
    case 3:
      return of_cell(plain(QStringLiteral("L%1").arg(t->level)), role);
    case 4:
      return of_cell(
          right(t->attempt > 0 ? QStringLiteral("%1.%2").arg(t->index).arg(t->attempt) : QString::number(t->index)),
          role);
    case 5:
      return of_cell(
          plain(t->verdict.reason.empty() ? QString() : in_lang(reports::words_of_reason(t->verdict.reason))), role);
    case 6:
      return of_cell(
          right(t->finished ? say("time.s", {gui::number(static_cast<double>(t->ended.ns - t->started.ns) * 1e-9)})
                            : QString()),
          role);
    default:
      return of_cell(plain(local_time(t->started)), role);
  }
}

QVariant TrialModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) return {};
  return say(kTrialHeads[section]);
}

}  // namespace assay::gui
