#include "adapters/policies/instruction_grammar.h"

namespace assay::policies {
namespace {

bool is_empty(const Phrase& p) {
  return p.colour.empty() && p.shape.empty() && p.side.empty() && p.sizes.empty() && p.relation.empty() && !p.named &&
         !p.all && !p.others && !p.each_colour;
}

/// Words → phrases → clauses.
class Parser {
 public:
  explicit Parser(Lang lang) : chinese_(lang == Lang::zh) {}

  Sentence parse(const std::vector<Word>& words) {
    for (const auto& word : words) take(word);
    end_phrase();
    inherit_nouns();
    build_clauses();
    return std::move(out_);
  }

 private:
  void take(const Word& word) {
    switch (word.kind) {
      case WordKind::colour:
        if (!now_.colour.empty() || now_.named) end_phrase();
        now_.colour = word.value;
        break;
      case WordKind::size:
        if (now_.named) end_phrase();
        now_.sizes.push_back(word.value);
        break;
      case WordKind::shape:
      case WordKind::thing:
      case WordKind::container:
        take_noun(word);
        break;
      case WordKind::side:
        if (chinese_ && now_.named && !now_.container && word.value != "upper" && word.value != "lower")
          relate(word.value);
        else
          now_.side = word.value;
        break;
      case WordKind::relation:
        relate(word.value);
        break;
      case WordKind::all:
        if (word.value == "all of these") return all_so_far();
        if (word.value == "everything") end_phrase();
        now_.all = true;
        now_.named = now_.named || word.value == "everything";
        break;
      case WordKind::others:
        now_.others = true;
        break;
      case WordKind::end_except:
        end_phrase();
        negate_ = false;
        break;
      case WordKind::each_colour:
        end_phrase();
        now_.each_colour = now_.named = true;
        end_phrase();
        break;
      case WordKind::except:
        end_phrase();
        negate_ = true;
        break;
      case WordKind::article:
        if (!now_.all && !now_.others) end_phrase();
        break;
      case WordKind::also:
        end_phrase();
        joined_ = true;
        break;
      case WordKind::move:
      case WordKind::stop:
        end_phrase();
        negate_ = false;
        joined_ = false;
        break;
      case WordKind::filler:
        break;
    }
  }

  void take_noun(const Word& word) {
    const bool adjective = word.kind == WordKind::thing && !now_.shape.empty();  // "cylindrical parcel"
    if (now_.named && !adjective) end_phrase();
    if (word.kind == WordKind::shape) now_.shape = word.value;
    now_.container = word.kind == WordKind::container;
    if (now_.container) now_.shape = word.value;
    now_.named = true;
    now_.plural = now_.plural || word.plural;
  }

  /// English: what was said stands `side` of what comes. Chinese: what comes stands `side` of what was said.
  void relate(const std::string& side) {
    if (chinese_) {
      Phrase reference = now_;
      reference.is_reference = true;
      now_ = Phrase{};
      now_.negated = reference.negated;
      reference.negated = false;
      now_.all = reference.all;
      out_.phrases.push_back(reference);
      now_.relation = side;
      now_.reference = static_cast<int>(out_.phrases.size()) - 1;
      return;
    }
    now_.relation = side;
    now_.named = true;
    end_phrase();
    referring_ = true;
  }

  void all_so_far() {
    now_.all = !is_empty(now_);
    for (auto at = out_.phrases.rbegin(); at != out_.phrases.rend() && !at->container; ++at)
      if (!at->is_reference) at->all = true;
  }

  void end_phrase() {
    if (is_empty(now_)) return;
    now_.negated = now_.negated || (negate_ && !now_.container && !now_.each_colour);
    const bool alone = now_.named && now_.colour.empty() && now_.shape.empty() && now_.relation.empty() &&
                       now_.side.empty() && now_.sizes.empty() && !now_.others && !now_.each_colour;
    if (referring_ && !out_.phrases.empty()) {
      out_.phrases.back().reference = static_cast<int>(out_.phrases.size());
      now_.is_reference = true;
      now_.negated = false;
      out_.phrases.push_back(now_);
    } else if (!(alone && now_.negated)) {
      now_.joined = joined_;
      out_.phrases.push_back(now_);
    }
    referring_ = joined_ = false;
    now_ = Phrase{};
  }

  /// "the red and yellow ones": what is joined to a phrase with a noun and has none speaks of the same.
  void inherit_nouns() {
    for (std::size_t i = out_.phrases.size(); i-- > 1;) {
      if (!out_.phrases[i].joined || !out_.phrases[i].named) continue;
      for (std::size_t j = i; j-- > 0 && !out_.phrases[j].named && !out_.phrases[j].others;) {
        out_.phrases[j].named = true;
        out_.phrases[j].plural = out_.phrases[i].plural;
        out_.phrases[j].container = out_.phrases[i].container;
        if (out_.phrases[j].shape.empty()) out_.phrases[j].shape = out_.phrases[i].shape;
      }
    }
  }

  void build_clauses() {
    Clause clause;
    const auto flush = [&] {
      if (!clause.objects.empty() || clause.target) out_.clauses.push_back(clause);
      clause = Clause{};
    };
    for (const auto& phrase : out_.phrases) {
      if (phrase.is_reference) continue;
      if (phrase.container) {
        if (clause.target) flush();
        clause.target = phrase;
        clause.target_first = clause.objects.empty();
      } else {
        const bool exception = phrase.negated && !clause.objects.empty();  // "… to the tray, but nothing red"
        if (clause.target && !clause.target_first && !exception) flush();
        clause.objects.push_back(phrase);
      }
    }
    flush();
  }

  bool chinese_;
  Phrase now_;
  bool negate_ = false, joined_ = false, referring_ = false;
  Sentence out_;
};

}  // namespace

Sentence parse(const std::vector<Word>& words, Lang lang) { return Parser(lang).parse(words); }

}  // namespace assay::policies
