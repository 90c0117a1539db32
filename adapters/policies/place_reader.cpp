#include "adapters/policies/place_reader.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace assay::policies {
namespace {

struct Found {
  std::size_t at = 0, length = 0;
  std::string key;
  double rank = 0;
  bool excluded = false;
};

const std::vector<std::string> kBreaks = {".", ";", ",", ":", " but ", "。", "；", "，", "：", "而是", "再"};
/// What comes after one of these in its clause is ruled out.
const std::vector<std::string> kNot = {" not ", "n't",       "neither", " nor ",    "never",    "except",
                                       "skip",  "leave out", "without", "stay off", "keep off", "avoid",
                                       "不",    "别",        "勿",      "除",       "跳过",     "避开"};
/// The whole clause with one of these speaks of what is ruled out.
const std::vector<std::string> kShut = {"closed", "out of service", "shut", "关闭", "停用", "除外", "以外", "之外"};
const std::vector<std::string> kFirst = {" first", "begin", "start at", "start with", "start from", "先"};
const std::vector<std::string> kLast = {" last", "final", " end", "finish", "最后", "终点"};
const std::vector<std::string> kBeforeThat = {"before that", "在此之前", "此前"};
const std::vector<std::string> kBefore = {" before ", "之前"};
constexpr double kFar = 1000;

struct Clause {
  std::size_t from = 0, to = 0;
};

std::vector<Clause> clauses_of(const std::string& text) {
  std::vector<Clause> clauses;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const auto& mark : kBreaks)
      if (text.compare(at, mark.size(), mark) == 0) {
        clauses.push_back({from, at});
        from =
            mark.front() == '.' || mark.front() == ',' ? at + mark.size() : at;  // words stay: a clause may need them
        break;
      }
  clauses.push_back({from, text.size()});
  return clauses;
}

/// An English word ends where it ends, or in a plural: "bed" does not stand in "bedroom".
bool ends(const std::string& text, std::size_t at) {
  const auto letter = [&](std::size_t i) { return i < text.size() && text[i] >= 'a' && text[i] <= 'z'; };
  if (!letter(at - 1) || !letter(at)) return true;
  return text[at] == 's' && !letter(at + 1);
}

std::vector<Found> find_all(const std::string& text, const std::vector<Lexeme>& lexicon) {
  std::vector<Found> all;
  for (const auto& lexeme : lexicon)
    for (const auto& word : lexeme.words)
      for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
        if (ends(text, at + word.size())) all.push_back({at, word.size(), lexeme.key, 0, false});
  std::stable_sort(all.begin(), all.end(),
                   [](const Found& a, const Found& b) { return a.at != b.at ? a.at < b.at : a.length > b.length; });
  std::vector<Found> out;
  for (const auto& f : all) {
    const bool inside = !out.empty() && f.at < out.back().at + out.back().length;
    const bool known = std::any_of(out.begin(), out.end(), [&](const Found& o) { return o.key == f.key; });
    if (!inside && !known) out.push_back(f);
  }
  return out;
}

bool holds(const std::string& text, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [&](const auto& w) { return text.find(w) != std::string::npos; });
}

}  // namespace

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool says(const std::string& text, const std::vector<std::string>& words) { return holds(lower_case(text), words); }

Mentions read_places(const std::string& original, const std::vector<Lexeme>& lexicon) {
  const std::string text = " " + lower_case(original) + " ";
  auto found = find_all(text, lexicon);
  for (const auto& clause : clauses_of(text)) {
    const std::string words = text.substr(clause.from, clause.to - clause.from);
    const bool shut = holds(words, kShut);
    const Found* previous = nullptr;
    for (std::size_t i = 0; i < found.size(); ++i) {
      Found& f = found[i];
      if (f.at < clause.from || f.at >= clause.to) {
        if (f.at < clause.from) previous = &f;
        continue;
      }
      const std::string ahead = text.substr(clause.from, f.at - clause.from);
      f.excluded = shut || holds(ahead, kNot);
      f.rank = static_cast<double>(i);
      if (holds(words, kBeforeThat) && previous != nullptr)
        f.rank = previous->rank - 0.5;
      else if (holds(words, kBefore))
        f.rank += 1.5;
      else if (holds(words, kLast))
        f.rank += kFar;
      else if (holds(words, kFirst))
        f.rank -= kFar;
      previous = &f;
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.rank < b.rank; });
  Mentions mentions;
  for (const auto& f : found) (f.excluded ? mentions.excluded : mentions.named).push_back(f.key);
  return mentions;
}

Mentions read_places(const Text& text, const std::vector<Lexeme>& lexicon) {
  return read_places(text.en.empty() ? text.zh : text.en, lexicon);
}

const std::vector<Lexeme>& colour_lexicon() {
  static const std::vector<Lexeme> lexicon = {
      {"blue", {"blue", "蓝"}},     {"orange", {"orange", "橙"}}, {"green", {"green", "绿"}}, {"red", {"red", "红"}},
      {"yellow", {"yellow", "黄"}}, {"violet", {"violet", "紫"}}, {"white", {"white", "白"}}, {"grey", {"grey", "灰"}}};
  return lexicon;
}

}  // namespace assay::policies
