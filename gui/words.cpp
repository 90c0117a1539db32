#include "gui/words.h"

#include <fmt/format.h>

#include <QAbstractButton>
#include <QAction>
#include <QGroupBox>
#include <QHash>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QWidget>

namespace assay::gui {
namespace {

constexpr const char* kTextKey = "assay_text";
constexpr const char* kNameKey = "assay_name";

Lang& current() {
  static Lang lang = Lang::zh;
  return lang;
}

const QHash<QString, Word>& table() {
  static const QHash<QString, Word> kTable = [] {
    QHash<QString, Word> out;
    for (const auto& word : all_words()) out.insert(QString::fromLatin1(word.key), word);
    return out;
  }();
  return kTable;
}

void apply(QWidget* widget) {
  if (const auto key = widget->property(kTextKey).toByteArray(); !key.isEmpty()) {
    const QString text = say(key.constData());
    if (auto* label = qobject_cast<QLabel*>(widget)) label->setText(text);
    if (auto* button = qobject_cast<QAbstractButton*>(widget))
      button->setText(QString(text).replace(QLatin1Char('&'), QLatin1String("&&")));
    if (auto* edit = qobject_cast<QLineEdit*>(widget)) edit->setPlaceholderText(text);
    if (auto* menu = qobject_cast<QMenu*>(widget)) menu->setTitle(text);
    if (auto* box = qobject_cast<QGroupBox*>(widget)) box->setTitle(text);
    if (widget->property(kNameKey).toByteArray().isEmpty()) widget->setAccessibleName(text);
  }
  if (const auto key = widget->property(kNameKey).toByteArray(); !key.isEmpty()) {
    widget->setAccessibleName(say(key.constData()));
    widget->setToolTip(say(key.constData()));
  }
}

void apply(QAction* action) {
  const auto key = action->property(kTextKey).toByteArray();
  if (!key.isEmpty()) action->setText(say(key.constData()).replace(QLatin1Char('&'), QLatin1String("&&")));
}

}  // namespace

std::vector<Word> all_words() {
  std::vector<Word> out;
  for (const auto& words : {shell_words(), home_words(), setup_words(), run_words(), results_words(), trace_words(),
                            compare_words(), report_words(), quality_words(), score_words()})
    out.insert(out.end(), words.begin(), words.end());
  return out;
}

Lang lang() { return current(); }
void set_lang(Lang lang) { current() = lang; }

QString check_word(const QString& name) {
  const QByteArray key =
      QByteArrayLiteral("doctor.") + name.section(QLatin1String(" ("), 0, 0).toUtf8().replace(' ', '_');
  return has_word(QString::fromUtf8(key)) ? say(key.constData()) : name;
}

bool has_word(const QString& key) { return table().contains(key); }

QString say(const char* key) {
  const auto found = table().constFind(QString::fromLatin1(key));
  if (found == table().constEnd()) std::fprintf(stderr, "no word for \"%s\"\n", key);
  ASSAY_CHECK(found != table().constEnd());
  return QString::fromUtf8(lang() == Lang::zh ? found->zh : found->en);
}

QString say(const char* key, const QStringList& values) {
  QString text = say(key);
  // From the last: %1 would take the first digit of %10.
  for (qsizetype i = values.size(); i > 0; --i) text.replace(QStringLiteral("%%1").arg(i), values[i - 1]);
  return text;
}

QString q(const std::string& text) { return QString::fromStdString(text); }
QString in_lang(const Text& text) {
  const auto& chosen = text.in(lang());
  return q(chosen.empty() ? (lang() == Lang::zh ? text.en : text.zh) : chosen);
}
QString in_lang(const QJsonValue& text) {
  if (!text.isObject()) return text.toString();
  const auto object = text.toObject();
  return in_lang(
      Text{object[QLatin1String("en")].toString().toStdString(), object[QLatin1String("zh")].toString().toStdString()});
}

void put_text(QWidget* widget, const char* key) {
  widget->setProperty(kTextKey, QByteArray(key));
  apply(widget);
}
void put_name(QWidget* widget, const char* key) {
  widget->setProperty(kNameKey, QByteArray(key));
  apply(widget);
}
void put_text(QAction* action, const char* key) {
  action->setProperty(kTextKey, QByteArray(key));
  apply(action);
}

void retranslate(QWidget* root) {
  apply(root);
  for (auto* widget : root->findChildren<QWidget*>()) apply(widget);
  for (auto* action : root->findChildren<QAction*>()) apply(action);
}

Problem problem_of(const Error& error) {
  QStringList lines;
  if (!error.place.file.empty())
    lines << q(error.place.file) + (error.place.line > 0 ? QStringLiteral(":%1").arg(error.place.line) : QString());
  if (!error.expected.en.empty()) lines << say("error.expected", {in_lang(error.expected)});
  if (!error.found.empty()) lines << say("error.found", {q(error.found)});
  if (!error.help.en.empty()) lines << in_lang(error.help);
  return {in_lang(error.what),
          q(fmt::format("ASSAY-{:04}", error.id)) + QStringLiteral("\n") + lines.join(QLatin1Char('\n'))};
}

}  // namespace assay::gui
