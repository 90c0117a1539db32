#include "adapters/policies/instruction_words.h"

#include <algorithm>
#include <map>

namespace assay::policies {
namespace {

struct Meaning {
  WordKind kind;
  std::string value;
  bool plural = false;
};
using Lexicon = std::map<std::string, Meaning>;

void add(Lexicon& lexicon, WordKind kind, const std::string& value, const std::vector<std::string>& phrases,
         bool plural = false) {
  for (const auto& phrase : phrases) lexicon[phrase] = {kind, value, plural};
}

/// A noun with its plural, which speaks of a set.
void noun(Lexicon& lexicon, WordKind kind, const std::string& value, const std::vector<std::string>& phrases) {
  for (const auto& phrase : phrases) {
    lexicon[phrase] = {kind, value, false};
    lexicon[phrase + (phrase.ends_with("x") ? "es" : "s")] = {kind, value, true};
  }
}

Lexicon english() {
  using enum WordKind;
  Lexicon l;
  for (const char* colour : {"red", "green", "blue", "yellow", "white", "orange", "purple", "black", "brown", "pink"})
    add(l, WordKind::colour, colour, {colour});
  add(l, WordKind::colour, "grey", {"grey", "gray"});
  noun(l, shape, "box", {"box", "carton", "package box"});
  noun(l, shape, "can", {"can", "tin"});
  noun(l, shape, "bottle", {"bottle"});
  noun(l, shape, "cylinder", {"cylinder", "tube", "roll", "drum"});
  add(l, shape, "cylinder", {"cylindrical"});
  noun(l, shape, "cube", {"cube"});
  noun(l, shape, "sponge", {"sponge"});
  noun(l, shape, "knife", {"knife", "cutter"});
  add(l, shape, "round", {"round"});
  add(l, shape, "square", {"square", "box-shaped"});
  add(l, size, "small", {"small", "smaller", "smallest", "little"});
  add(l, size, "large", {"large", "larger", "largest", "big", "bigger", "biggest"});
  add(l, size, "tall", {"tall", "taller", "tallest", "high"});
  add(l, size, "short", {"short", "shorter", "shortest"});
  add(l, size, "flat", {"flat", "flatter", "flattest"});
  add(l, size, "narrow", {"narrow", "narrower", "narrowest", "slim", "thin"});
  add(l, size, "wide", {"wide", "wider", "widest"});
  for (const std::string s : {"left", "right"}) {
    add(l, side, s, {s, "on the " + s, s + "most", s + "-hand", "on the " + s + "-hand side", "furthest to the " + s});
    add(l, relation, s, {s + " of", "to the " + s + " of", "on the " + s + " of", "just " + s + " of"});
  }
  for (const std::string s : {"shelf", "board", "row"}) {
    add(l, side, "upper", {"upper " + s, "top " + s, "on the upper " + s, "on the top " + s, "from the upper " + s});
    add(l, side, "lower",
        {"lower " + s, "bottom " + s, "on the lower " + s, "on the bottom " + s, "from the lower " + s});
  }
  add(l, relation, "above", {"above", "over"});
  add(l, relation, "below", {"below", "under", "underneath"});
  noun(l, thing, "thing", {"one", "item", "thing", "parcel", "package", "product", "object", "article"});
  add(l, thing, "thing", {"goods"}, true);
  noun(l, container, "bin", {"bin", "crate"});
  noun(l, container, "tray", {"tray"});
  noun(l, container, "hand", {"hand", "palm"});
  add(l, all, "all", {"all", "every", "each"});
  add(l, all, "everything", {"everything"});
  add(l, others, "others", {"others", "other", "rest", "everything else", "remaining", "anything else"});
  add(l, except, "except",
      {"except", "except for", "but", "but not", "not", "other than", "apart from", "that is not", "that are not",
       "neither", "excluding"});
  add(l, each_colour, "each",
      {"one of each colour", "one of each color", "one of every colour", "one of every color", "one in each colour",
       "one item of each colour", "each colour", "every colour", "each color", "every color"});
  add(l, article, "", {"the", "a", "an", "that", "which"});
  add(l, also, "", {"and", "or", "nor", ",", "as well as"});
  add(l, move, "", {"put",   "place", "take", "bring",   "move",   "fetch", "get",     "sort",  "drop", "set",
                    "carry", "goes",  "go",   "belongs", "belong", "into",  "in",      "to",    "onto", "on",
                    "from",  "it",    "them", "first",   "then",   "next",  "finally", "please"});
  add(l, stop, "", {".", ";", ":", "!", "?"});
  return l;
}

Lexicon chinese() {
  using enum WordKind;
  Lexicon l;
  const std::pair<const char*, std::vector<std::string>> colours[] = {
      {"red", {"红"}},         {"green", {"绿"}},        {"blue", {"蓝"}},   {"yellow", {"黄"}},
      {"white", {"白"}},       {"orange", {"橙", "橘"}}, {"purple", {"紫"}}, {"black", {"黑"}},
      {"brown", {"棕", "褐"}}, {"pink", {"粉", "粉红"}}, {"grey", {"灰"}}};
  for (const auto& [value, stems] : colours)
    for (const auto& stem : stems) add(l, colour, value, {stem, stem + "色"});
  add(l, shape, "box", {"盒子", "盒", "纸盒", "方盒", "箱子", "纸箱"});
  add(l, shape, "can", {"罐子", "罐", "易拉罐", "罐头"});
  add(l, shape, "bottle", {"瓶子", "瓶"});
  add(l, shape, "cylinder", {"圆柱体", "圆柱形", "圆柱", "圆筒", "筒"});
  add(l, shape, "cube", {"方块", "立方体"});
  add(l, shape, "sponge", {"海绵"});
  add(l, shape, "knife", {"刀", "小刀", "美工刀"});
  add(l, shape, "round", {"圆的", "圆形"});
  add(l, shape, "square", {"方的", "方形"});
  add(l, size, "small", {"小"});
  add(l, size, "large", {"大"});
  add(l, size, "tall", {"高"});
  add(l, size, "short", {"矮"});
  add(l, size, "flat", {"扁", "扁平"});
  add(l, size, "narrow", {"窄", "细"});
  add(l, size, "wide", {"宽", "粗"});
  for (const std::string end : {"边", "侧", "面", "手边"}) {
    add(l, side, "left", {"左" + end, "最左" + end});
    add(l, side, "right", {"右" + end, "最右" + end});
  }
  add(l, side, "upper", {"上层", "顶层", "上面一层"});
  add(l, side, "lower", {"下层", "底层", "下面一层"});
  add(l, relation, "above", {"上方", "正上方"});
  add(l, relation, "below", {"下方", "正下方"});
  add(l, thing, "thing", {"包裹", "商品", "物品", "货物", "东西"});
  add(l, container, "bin", {"料箱", "箱", "筐", "料筐"});
  add(l, container, "tray", {"托盘", "盘"});
  add(l, container, "hand", {"手", "手中", "手上", "手心", "手掌"});
  add(l, all, "all", {"所有", "全部", "凡是", "每个", "每件"});
  add(l, all, "all of these", {"都"});  // stands after what it speaks of
  add(l, all, "everything", {"一切"});
  add(l, others, "others", {"其余", "其他", "其它", "剩下", "剩余", "别的", "另外"});
  add(l, except, "except", {"除了", "除", "不是", "不含", "非", "不要"});
  add(l, each_colour, "each", {"每种颜色", "每个颜色", "每一种颜色", "各种颜色"});
  add(l, also, "", {"和", "与", "及", "以及", "或", "、", "，", ","});
  add(l, move, "",
      {"把", "将", "请", "放", "拿", "取", "送", "移", "搬", "归", "入", "进", "到", "里", "在", "先", "再", "然后"});
  add(l, stop, "", {"。", "；", "：", "！", ";"});
  add(l, end_except, "", {"以外", "之外"});
  add(l, filler, "", {"小心", "大家", "高度", "一件", "一个", "件"});
  return l;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

/// Bytes of the UTF-8 character that begins with `c`.
std::size_t width_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

namespace {

std::vector<Word> cut(const std::string& text, Lang lang, std::vector<std::string>* unknown) {
  static const Lexicon kEnglish = english(), kChinese = chinese();
  const Lexicon& lexicon = lang == Lang::en ? kEnglish : kChinese;
  constexpr std::size_t kLongest = 32;
  std::string low = text;
  std::transform(low.begin(), low.end(), low.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::vector<Word> words;
  for (std::size_t at = 0; at < low.size();) {
    std::size_t length = std::min(kLongest, low.size() - at);
    for (; length > 0; --length) {
      const std::size_t end = at + length;
      const bool cut = lang == Lang::en && end < low.size() && is_letter(low[end - 1]) && is_letter(low[end]);
      if (cut) continue;
      const auto found = lexicon.find(low.substr(at, length));
      if (found == lexicon.end()) continue;
      words.push_back({found->second.kind, found->second.value, found->second.plural});
      break;
    }
    if (length > 0) {
      at += length;
    } else if (lang == Lang::en && is_letter(low[at])) {
      const std::size_t begin = at;
      while (at < low.size() && is_letter(low[at])) ++at;  // an unknown word as a whole
      if (unknown != nullptr) unknown->push_back(text.substr(begin, at - begin));
    } else {
      at += width_of(low[at]);
    }
  }
  return words;
}

}  // namespace

std::vector<Word> words_of(const std::string& text, Lang lang) { return cut(text, lang, nullptr); }

std::vector<std::string> unknown_words(const std::string& text) {
  std::vector<std::string> out;
  cut(text, Lang::en, &out);
  return out;
}

}  // namespace assay::policies
