#include "suites/yaml_events.h"

#include <fmt/format.h>
#include <yaml-cpp/mark.h>

#include <algorithm>
#include <utility>

namespace assay {

namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::size_t kMaxKeyBytes = 200;
constexpr std::size_t kMaxMarkBytes = 64u << 20;

Error syntax(Place at, Text what, std::string found = {}, Text help = {}) {
  return Error{204, std::move(what), std::move(at), {}, std::move(found), std::move(help)};
}

std::string shorten(const std::string& text) { return text.size() <= 60 ? text : text.substr(0, 57) + "..."; }

}  // namespace

YamlBuilder::YamlBuilder(std::string_view text, const std::string& name, const YamlCaps& caps)
    : text_(text), name_(name), caps_(caps) {}

Place YamlBuilder::place(const YAML::Mark& mark) {
  if (mark.is_null()) return Place{name_, 1, 1};
  const auto pos = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  // Marks come nearly in order: go on from the last one on the same line, so that one long line stays cheap.
  if (mark.line != last_line_ || pos < last_pos_) {
    const auto newline = pos == 0 ? std::string_view::npos : text_.rfind('\n', pos - 1);
    last_pos_ = newline == std::string_view::npos ? 0 : newline + 1;
    last_line_ = mark.line;
    last_column_ = 1;
  }
  for (; last_pos_ < pos; ++last_pos_)
    if ((static_cast<unsigned char>(text_[last_pos_]) & 0xC0u) != 0x80u) ++last_column_;
  return Place{name_, mark.line + 1, last_column_};
}

void YamlBuilder::count(int nodes, const Place& at) {
  nodes_ += nodes;
  if (nodes_ <= caps_.nodes) return;
  throw YamlStop{Error{
      207,
      {"the file holds too many values", "文件中的值过多"},
      at,
      {fmt::format("at most {} values, aliases expanded", caps_.nodes),
       fmt::format("展开别名后最多 {} 个值", caps_.nodes)},
      {},
      {"split the file, or look for aliases that repeat other aliases", "请拆分文件，或检查是否有别名层层引用别名"}}};
}

void YamlBuilder::mark_value(const std::string& pointer, const Place& at) {
  mark_bytes_ += pointer.size();
  if (mark_bytes_ > kMaxMarkBytes)
    throw YamlStop{Error{207, {"the file's keys are too long and too many", "文件的键过长且过多"}, at}};
  marks[pointer] = at;
}

void YamlBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (seen)
    throw YamlStop{syntax(place(mark), {"a second YAML document begins here", "此处开始了第二个 YAML 文档"}, "---",
                          {"write one document per file", "每个文件只写一个文档"})};
  seen = true;
}

bool YamlBuilder::wants_key() const {
  return !frames_.empty() && frames_.back().value.is_object() && !frames_.back().key;
}

void YamlBuilder::take_key(const Place& at, const std::string& key) {
  Frame& frame = frames_.back();
  if (key.size() > kMaxKeyBytes)
    throw YamlStop{syntax(at, {"this key is too long", "键过长"}, shorten(key),
                          {"a key has at most 200 bytes", "键最长 200 字节"})};
  const std::string pointer = frame.pointer + "/" + pointer_step(key);
  if (frame.value.contains(key)) {
    const Place first = key_marks[pointer];
    throw YamlStop{
        Error{205,
              {fmt::format("key \"{}\" stands twice in this map", key), fmt::format("同一映射中键“{}”出现了两次", key)},
              at,
              {fmt::format("each key once; it stands first at line {}, column {}", first.line, first.column),
               fmt::format("每个键只出现一次；首次出现在第 {} 行第 {} 列", first.line, first.column)},
              shorten(key),
              {"remove or rename one of the two", "请删除其中一个，或改名"}}};
  }
  frame.key = key;
  frame.key_place = at;
  mark_bytes_ += pointer.size();
  key_marks[pointer] = at;
}

std::string YamlBuilder::next_pointer() const {
  if (frames_.empty()) return {};
  const Frame& frame = frames_.back();
  if (frame.value.is_object()) return frame.pointer + "/" + pointer_step(*frame.key);
  return frame.pointer + "/" + std::to_string(frame.value.size());
}

void YamlBuilder::attach(nlohmann::json child) {
  if (frames_.empty()) {
    value = std::move(child);
    return;
  }
  Frame& frame = frames_.back();
  if (frame.value.is_object()) {
    frame.value[*frame.key] = std::move(child);
    frame.key.reset();
  } else {
    frame.value.push_back(std::move(child));
  }
}

void YamlBuilder::remember(YAML::anchor_t anchor, const nlohmann::json& child, const std::string& pointer, int nodes) {
  if (anchor == 0) return;
  count(nodes, Place{name_, last_line_ + 1, last_column_});  // the copy costs as much as the original
  anchors_[anchor] = Anchored{child, pointer, nodes};
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Place at = place(mark);
  if (wants_key()) throw YamlStop{syntax(at, {"a key is missing", "缺少键"}, "null")};
  // An empty value has no place of its own: yaml-cpp names the token that follows. Its key is where to look.
  const auto pos = static_cast<std::size_t>(std::max(mark.pos, 0));
  const bool written = pos < text_.size() && (text_[pos] == '~' || text_[pos] == 'n' || text_[pos] == 'N' ||
                                              text_[pos] == '!' || text_[pos] == '&');
  if (!frames_.empty() && frames_.back().value.is_object() && (!written || at.line != frames_.back().key_place.line))
    at = frames_.back().key_place;
  count(1, at);
  const std::string pointer = next_pointer();
  mark_value(pointer, at);
  remember(anchor, nullptr, pointer, 1);
  attach(nullptr);
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const Place at = place(mark);
  if (wants_key()) throw YamlStop{syntax(at, {"an alias cannot be a key", "别名不能作键"})};
  if (++aliases_ > caps_.aliases)
    throw YamlStop{Error{208,
                         {"the file uses too many aliases", "文件使用的别名过多"},
                         at,
                         {fmt::format("at most {}", caps_.aliases), fmt::format("最多 {} 个", caps_.aliases)}}};
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end())
    throw YamlStop{syntax(at, {"this alias stands inside the value that it names", "别名位于它所指的值内部"})};
  const Anchored& target = found->second;
  count(target.nodes, at);
  const std::string pointer = next_pointer();
  mark_value(pointer, at);
  for (auto* marked : {&marks, &key_marks}) {
    std::vector<std::pair<std::string, Place>> copies;
    const std::string prefix = target.pointer + "/";
    for (auto it = marked->lower_bound(prefix); it != marked->end() && it->first.starts_with(prefix); ++it) {
      copies.emplace_back(pointer + it->first.substr(target.pointer.size()), it->second);
      mark_bytes_ += copies.back().first.size();
      if (mark_bytes_ > kMaxMarkBytes) count(caps_.nodes, at);
    }
    for (auto& copy : copies) marked->insert(std::move(copy));
  }
  attach(target.value);
}

void YamlBuilder::check_quote_closed(const YAML::Mark& mark, const Place& at) const {
  // yaml-cpp 0.7 takes the end of the file for a closing quote; a file cut short would pass.
  auto pos = static_cast<std::size_t>(std::max(mark.pos, 0));
  while (pos < text_.size() && (text_[pos] == '!' || text_[pos] == '&')) {
    pos = text_.find_first_of(" \t\n", pos);
    if (pos != std::string_view::npos) pos = text_.find_first_not_of(" \t\n", pos);
  }
  if (pos >= text_.size() || (text_[pos] != '"' && text_[pos] != '\'')) return;
  const char quote = text_[pos];
  for (++pos; pos < text_.size(); ++pos) {
    if (quote == '"' && text_[pos] == '\\') {
      ++pos;
    } else if (text_[pos] == quote) {
      if (quote == '"' || pos + 1 >= text_.size() || text_[pos + 1] != quote) return;
      ++pos;
    }
  }
  throw YamlStop{syntax(at, {"this quote is never closed", "引号没有闭合"}, std::string(1, quote),
                        {"add the closing quote", "请补上结束引号"})};
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& text) {
  const Place at = place(mark);
  check_quote_closed(mark, at);
  const bool core = tag.starts_with(kTagPrefix);
  const std::string kind = core ? tag.substr(kTagPrefix.size()) : std::string();
  if (!(tag.empty() || tag == "?" || tag == "!" || kind == "str" || kind == "int" || kind == "float" ||
        kind == "bool" || kind == "null"))
    throw YamlStop{syntax(at, {"this tag is not known", "未知的标签"}, shorten(tag),
                          {"remove the tag; only YAML's core types are read", "请删除标签；只支持 YAML 核心类型"})};
  if (wants_key()) return take_key(at, text);
  count(1, at);
  nlohmann::json scalar;
  if (tag == "!" || kind == "str") {
    scalar = text;
  } else if (auto plain = plain_scalar(text)) {
    scalar = std::move(*plain);
    if (kind.empty() && is_ambiguous(text)) ambiguous[next_pointer()] = text;
    if (kind == "float" && scalar.is_number()) scalar = scalar.get<double>();
    const bool fits = kind.empty() || (kind == "int" && scalar.is_number_integer()) ||
                      (kind == "float" && scalar.is_number()) || (kind == "bool" && scalar.is_boolean()) ||
                      (kind == "null" && scalar.is_null());
    if (!fits) throw YamlStop{syntax(at, {"the value does not fit its tag", "值与标签不符"}, shorten(text))};
  } else {
    throw YamlStop{Error{209,
                         {"not a finite number that a computer can hold", "不是可表示的有限数"},
                         at,
                         {"a finite number", "有限数"},
                         shorten(text),
                         {"write a number; if text is meant, quote it", "请写数字；若为文本请加引号"}}};
  }
  const std::string pointer = next_pointer();
  mark_value(pointer, at);
  remember(anchor, scalar, pointer, 1);
  attach(std::move(scalar));
}

void YamlBuilder::open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, nlohmann::json empty,
                       std::string_view core_tag) {
  const Place at = place(mark);
  if (wants_key())
    throw YamlStop{syntax(at, {"a list or map cannot be a key", "列表或映射不能作键"}, {},
                          {"write a plain word before the colon; quote text that begins with { or [",
                           "冒号前请写普通词；以 { 或 [ 开头的文本请加引号"})};
  if (!(tag.empty() || tag == "?" || tag == "!" || tag == std::string(kTagPrefix) + std::string(core_tag)))
    throw YamlStop{syntax(at, {"this tag is not known", "未知的标签"}, shorten(tag))};
  if (static_cast<int>(frames_.size()) >= caps_.depth)
    throw YamlStop{Error{206,
                         {"lists and maps are nested too deeply", "列表或映射嵌套过深"},
                         at,
                         {fmt::format("at most {} levels", caps_.depth), fmt::format("最多 {} 层", caps_.depth)}}};
  count(1, at);
  Frame frame;
  frame.pointer = next_pointer();
  mark_value(frame.pointer, at);
  frame.value = std::move(empty);
  frame.anchor = anchor;
  frame.nodes_before = nodes_ - 1;
  frames_.push_back(std::move(frame));
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  open(mark, tag, anchor, nlohmann::json::array(), "seq");
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  open(mark, tag, anchor, nlohmann::json::object(), "map");
}

void YamlBuilder::close() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  remember(frame.anchor, frame.value, frame.pointer, nodes_ - frame.nodes_before);
  attach(std::move(frame.value));
}

}  // namespace assay
