#include "gui/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include "gui/words.h"

namespace assay::gui {

CommandPalette::CommandPalette(std::vector<QAction*> actions, QWidget* parent)
    : QDialog(parent), actions_(std::move(actions)), edit_(new QLineEdit), list_(new QListWidget) {
  setObjectName(QStringLiteral("command_palette"));
  setWindowTitle(say("palette.title"));
  resize(520, 380);
  edit_->setObjectName(QStringLiteral("palette_edit"));
  put_text(edit_, "palette.hint");
  put_name(list_, "palette.list");
  auto* column = new QVBoxLayout(this);
  column->addWidget(edit_);
  column->addWidget(list_);
  edit_->installEventFilter(this);
  connect(edit_, &QLineEdit::textChanged, this, &CommandPalette::fill);
  connect(edit_, &QLineEdit::returnPressed, this, &CommandPalette::run);
  connect(list_, &QListWidget::itemActivated, this, &CommandPalette::run);
  fill();
}

void CommandPalette::fill() {
  list_->clear();
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    const QString name = actions_[i]->text().replace(QLatin1String("&&"), QLatin1String("&"));
    if (!actions_[i]->isEnabled() || !name.contains(edit_->text().trimmed(), Qt::CaseInsensitive)) continue;
    const QString keys = actions_[i]->shortcut().toString(QKeySequence::NativeText);
    auto* item = new QListWidgetItem(keys.isEmpty() ? name : name + QStringLiteral("    ") + keys, list_);
    item->setData(Qt::UserRole, static_cast<int>(i));
  }
  list_->setCurrentRow(0);
}

void CommandPalette::run() {
  const auto* item = list_->currentItem();
  if (item == nullptr) return;
  auto* action = actions_[static_cast<std::size_t>(item->data(Qt::UserRole).toInt())];
  accept();
  action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched == edit_ && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Down || key == Qt::Key_Up) {
      const int next = list_->currentRow() + (key == Qt::Key_Down ? 1 : -1);
      if (next >= 0 && next < list_->count()) list_->setCurrentRow(next);
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

}  // namespace assay::gui
