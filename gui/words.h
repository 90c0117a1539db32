// Every text of the dashboard in both languages, by key, and the language that is on. Nothing that a person reads
// stands outside of the tables in words_*.cpp; a test looks for what does.
#pragma once

#include <QJsonValue>
#include <QString>
#include <QStringList>
#include <vector>

#include "core/result.h"
#include "core/text.h"

class QWidget;
class QAction;

namespace assay::gui {

struct Word {
  const char* key;
  const char* en;
  const char* zh;
};
/// One table per page and one of the shell.
std::vector<Word> shell_words();
std::vector<Word> home_words();
std::vector<Word> setup_words();
std::vector<Word> run_words();
std::vector<Word> results_words();
std::vector<Word> trace_words();
std::vector<Word> compare_words();
std::vector<Word> report_words();
std::vector<Word> quality_words();
std::vector<Word> score_words();
std::vector<Word> all_words();

/// The language is one for the whole program: a window half in one, half in the other helps nobody.
Lang lang();
void set_lang(Lang lang);

/// The text of `key`, with %1, %2 … filled in. A key that no table holds is a bug and aborts.
QString say(const char* key);
QString say(const char* key, const QStringList& values);
bool has_word(const QString& key);
/// A check of `assay doctor` in the language that is on; one that is not known as it is.
QString check_word(const QString& name);

QString q(const std::string& text);
QString in_lang(const Text& text);
/// {"en": …, "zh": …} of a JSON answer; a plain string as it is.
QString in_lang(const QJsonValue& text);

/// Gives the widget its text, or accessible name and tooltip, now and after each change of the language.
void put_text(QWidget* widget, const char* key);
void put_name(QWidget* widget, const char* key);
void put_text(QAction* action, const char* key);
/// All of these below `root`.
void retranslate(QWidget* root);

/// What a page shows of a failure: what happened, and where, expected, found and help below.
struct Problem {
  QString what, detail;
};
Problem problem_of(const Error& error);

}  // namespace assay::gui
