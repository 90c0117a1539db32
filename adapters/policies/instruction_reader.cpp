#include "adapters/policies/instruction_reader.h"

#include <algorithm>
#include <cmath>

#include "adapters/policies/instruction_grammar.h"

namespace assay::policies {
namespace {

constexpr double kBeside_m = 0.02;     // one thing is left of another by at least that
constexpr double kClearer_m = 0.02;    // the nearest, or leftmost, is so by that much
constexpr double kSameBoard_m = 0.12;  // difference of heights on one board, at most
constexpr double kClearRatio = 1.1;    // the tallest is taller than the next by that

std::string said(const Phrase& phrase) {
  std::string text;
  for (const auto& size : phrase.sizes) text += size + " ";
  for (const auto* word : {&phrase.colour, &phrase.shape, &phrase.side}) text += word->empty() ? "" : *word + " ";
  if (!phrase.relation.empty()) text += phrase.relation + " of another ";
  return text.empty() ? "thing" : text.substr(0, text.size() - 1);
}

using Things = std::vector<const Detection*>;

bool is_container(const Detection& d) { return d.kind == "bin"; }
bool is_goods(const Detection& d) {
  for (const char* other : {"person", "obstacle", "station", "fixture", "furniture", "surface", "hazard", "sign"})
    if (d.kind == other) return false;
  return !is_container(d);
}

/// Does the detector's own name for it say so?
bool is_called(const Detection& d, WordKind kind, const std::string& value) {
  for (const auto& word : words_of(d.label + " " + d.kind, Lang::en)) {
    if (word.kind == kind && word.value == value) return true;
    if (kind != WordKind::shape || word.kind != WordKind::shape) continue;
    const bool square = word.value == "box" || word.value == "cube";
    if ((value == "square" && square) || (value == "round" && !square)) return true;
  }
  return false;
}

double measure(const Detection& d, const std::string& size) {
  const double wide = std::max(d.size_m[0], d.size_m[1]);
  if (size == "tall") return d.size_m[2];
  if (size == "short" || size == "flat") return -d.size_m[2];
  if (size == "wide") return wide;
  if (size == "narrow") return -wide;
  const double volume = d.size_m[0] * d.size_m[1] * d.size_m[2];
  return size == "large" ? volume : -volume;
}

class Grounding {
 public:
  Grounding(const std::vector<Detection>& seen, const std::vector<Phrase>& phrases) : phrases_(phrases) {
    for (const auto& d : seen) (is_container(d) ? containers_ : goods_).push_back(&d);
    std::erase_if(goods_, [](const Detection* d) { return !is_goods(*d); });
    const auto by_label = [](const Detection* a, const Detection* b) { return a->label < b->label; };
    std::sort(goods_.begin(), goods_.end(), by_label);
    std::sort(containers_.begin(), containers_.end(), by_label);
  }

  std::string doubt;
  std::vector<std::string> candidates;

  Described described() {
    Described out;
    for (const auto& phrase : phrases_) {
      if (phrase.is_reference || phrase.negated) continue;
      auto& labels = phrase.container ? out.containers : out.things;
      if (!labels.empty()) continue;
      for (const auto* d : fitting(phrase, phrase.container ? containers_ : goods_)) labels.push_back(d->label);
    }
    return out;
  }

  /// What the clauses move where. Empty with a doubt if anything has not one meaning.
  std::vector<Step> steps(const std::vector<Clause>& clauses) {
    std::vector<Things> moved(clauses.size());
    Things taken;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      if (speaks_of_others(clauses[i])) continue;
      moved[i] = objects(clauses[i], goods_);
      taken.insert(taken.end(), moved[i].begin(), moved[i].end());
    }
    Things rest = goods_;
    std::erase_if(rest, [&](const Detection* d) { return std::find(taken.begin(), taken.end(), d) != taken.end(); });
    std::vector<Step> out;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      if (speaks_of_others(clauses[i])) moved[i] = objects(clauses[i], rest);
      if (moved[i].empty() && doubt.empty()) doubt = "nothing is said of what to move";
      const Detection* target = target_of(clauses, i);
      if (target == nullptr || !doubt.empty()) return {};
      for (const auto* d : moved[i]) out.push_back({d->label, target->label});
    }
    return out;
  }

 private:
  static bool speaks_of_others(const Clause& clause) {
    return std::any_of(clause.objects.begin(), clause.objects.end(), [](const Phrase& p) { return p.others; });
  }

  Things objects(const Clause& clause, const Things& from) {
    Things chosen, barred;
    bool any = false, each = false;
    for (const auto& phrase : clause.objects) {
      if (phrase.negated) {
        const Things out = fitting(phrase, goods_);
        barred.insert(barred.end(), out.begin(), out.end());
        continue;
      }
      if (phrase.each_colour) {
        each = true;
        continue;
      }
      any = true;
      const bool set = phrase.plural || phrase.all || phrase.others;
      for (const auto* d : set ? fitting(phrase, from) : single(phrase, from))
        if (std::find(chosen.begin(), chosen.end(), d) == chosen.end()) chosen.push_back(d);
    }
    if (!any) chosen = from;
    std::erase_if(chosen,
                  [&](const Detection* d) { return std::find(barred.begin(), barred.end(), d) != barred.end(); });
    return each ? one_per_colour(chosen) : chosen;
  }

  static Things one_per_colour(const Things& from) {
    std::vector<std::string> had;
    Things out;
    for (const auto* d : from)
      for (const auto& word : words_of(d->label, Lang::en)) {
        if (word.kind != WordKind::colour) continue;
        if (std::find(had.begin(), had.end(), word.value) == had.end()) out.push_back(d);
        had.push_back(word.value);
        break;
      }
    return out;
  }

  const Detection* target_of(const std::vector<Clause>& clauses, std::size_t i) {
    const Clause* said = &clauses[i];
    for (std::size_t j = i; !said->target && j + 1 < clauses.size();) said = &clauses[++j];
    Phrase phrase;
    if (said->target) phrase = *said->target;
    const Things found = single(phrase, containers_);
    return found.size() == 1 ? found.front() : nullptr;
  }

  /// Exactly one, or a doubt.
  Things single(const Phrase& phrase, const Things& from) {
    Things found = fitting(phrase, from);
    if (!phrase.relation.empty() && found.size() > 1) found = nearest(phrase, found);
    if (found.size() == 1) return found;
    if (doubt.empty())
      for (const auto* d : found) candidates.push_back(d->label);
    if (doubt.empty())
      doubt = found.empty() ? "nothing is seen that is a " + said(phrase) : "more than one is a " + said(phrase);
    return {};
  }

  Things fitting(const Phrase& phrase, const Things& from) {
    Things out;
    for (const auto* d : from) {
      if (!phrase.colour.empty() && !is_called(*d, WordKind::colour, phrase.colour)) continue;
      if (!phrase.shape.empty() &&
          !is_called(*d, phrase.container ? WordKind::container : WordKind::shape, phrase.shape))
        continue;
      out.push_back(d);
    }
    if (phrase.side == "upper" || phrase.side == "lower") keep_board(phrase.side == "upper", out);
    if (phrase.reference >= 0) keep_related(phrase, out);
    const bool set = phrase.plural || phrase.all || phrase.others || phrase.negated;
    for (const auto& size : phrase.sizes) keep_extreme(out, set, [&](const Detection& d) { return measure(d, size); });
    if (phrase.side == "left" || phrase.side == "right") keep_outermost(phrase.side == "left", out);
    return out;
  }

  void keep_board(bool upper, Things& things) const {
    double low = 1e3, high = -1e3;
    for (const auto* d : goods_) {
      low = std::min(low, d->position_m[2]);
      high = std::max(high, d->position_m[2]);
    }
    if (high - low < kSameBoard_m) return;
    std::erase_if(things, [&](const Detection* d) { return (d->position_m[2] > (low + high) / 2) != upper; });
  }

  void keep_related(const Phrase& phrase, Things& things) {
    const Phrase& other = phrases_[static_cast<std::size_t>(phrase.reference)];
    const Things found = single(other, other.container ? containers_ : goods_);
    if (found.size() != 1) return things.clear();
    const Detection& origin = *found.front();
    std::erase_if(things, [&](const Detection* d) {
      if (d == &origin) return true;
      const double left = d->position_m[1] - origin.position_m[1], up = d->position_m[2] - origin.position_m[2];
      if (phrase.relation == "above") return up < kSameBoard_m;
      if (phrase.relation == "below") return up > -kSameBoard_m;
      if (std::abs(up) > kSameBoard_m) return true;
      return phrase.relation == "left" ? left < kBeside_m : left > -kBeside_m;
    });
  }

  Things nearest(const Phrase& phrase, Things things) {
    const Things found = single(phrases_[static_cast<std::size_t>(phrase.reference)], goods_);
    if (found.size() != 1) return things;
    const double y = found.front()->position_m[1];
    const auto gap = [y](const Detection* d) { return std::abs(d->position_m[1] - y); };
    std::sort(things.begin(), things.end(), [&](const auto* a, const auto* b) { return gap(a) < gap(b); });
    if (gap(things[1]) - gap(things[0]) > kClearer_m) things.resize(1);
    return things;
  }

  /// The one that is most so if it is clearly so; of a set the half that is rather so.
  template <class Measure>
  static void keep_extreme(Things& things, bool set, const Measure& of) {
    if (things.size() < 2) return;
    double most = -1e9, least = 1e9;
    for (const auto* d : things) {
      most = std::max(most, of(*d));
      least = std::min(least, of(*d));
    }
    const auto clear = [](double a, double b) {
      return std::max(std::abs(a), std::abs(b)) > kClearRatio * std::min(std::abs(a), std::abs(b));
    };
    if (!clear(most, least)) return;
    std::erase_if(things, [&](const Detection* d) { return set ? of(*d) < (most + least) / 2 : clear(of(*d), most); });
  }

  static void keep_outermost(bool left, Things& things) {
    if (things.size() < 2) return;
    const auto y = [left](const Detection* d) { return (left ? 1 : -1) * d->position_m[1]; };
    double most = -1e3;
    for (const auto* d : things) most = std::max(most, y(d));
    std::erase_if(things, [&](const Detection* d) { return y(d) < most - kClearer_m; });
  }

  const std::vector<Phrase>& phrases_;
  Things goods_, containers_;
};

}  // namespace

Reading read_instruction(const std::string& text, Lang lang, const std::vector<Detection>& seen) {
  const Sentence sentence = parse(words_of(text, lang), lang);
  Reading reading;
  if (sentence.clauses.empty()) {
    reading.doubt = "no thing and no place is named";
  } else {
    Grounding grounding(seen, sentence.phrases);
    reading.steps = grounding.steps(sentence.clauses);
    reading.doubt = grounding.doubt;
    reading.candidates = grounding.candidates;
  }
  if (reading.doubt.empty()) return reading;
  reading.steps.clear();
  const auto unknown = lang == Lang::en ? unknown_words(text) : std::vector<std::string>{};
  for (std::size_t i = 0; i < unknown.size(); ++i)
    reading.doubt += (i == 0 ? " (words that it does not know: " : ", ") + unknown[i];
  if (!unknown.empty()) reading.doubt += ")";
  return reading;
}

Described read_description(const Text& text, const std::vector<Detection>& seen) {
  const auto read = [&](Lang lang) {
    const Sentence sentence = parse(words_of(text.in(lang), lang), lang);
    return Grounding(seen, sentence.phrases).described();
  };
  const Described en = read(Lang::en), zh = read(Lang::zh);
  if (text.zh.empty()) return en;
  if (text.en.empty()) return zh;
  Described out;
  if (en.things == zh.things) out.things = en.things;
  if (en.containers == zh.containers) out.containers = en.containers;
  return out;
}

Reading read_instruction(const Text& text, const std::vector<Detection>& seen) {
  Reading en = read_instruction(text.en, Lang::en, seen);
  const Reading zh = read_instruction(text.zh, Lang::zh, seen);
  if (text.zh.empty()) return en;
  if (text.en.empty()) return zh;
  if (!en.clear() || !zh.clear()) return en.clear() ? zh : en;
  if (en.steps != zh.steps) {
    en.steps.clear();
    en.doubt = "the two languages do not say the same";
  }
  return en;
}

}  // namespace assay::policies
