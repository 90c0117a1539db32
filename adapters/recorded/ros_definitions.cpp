// Message definitions as text: ROS 2's own (ros2msg) and its IDL (ros2idl). Only what travels is read: constants,
// defaults, bounds and comments are left out.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

#include "adapters/recorded/ros_schema.h"

namespace assay::recorded {
namespace {

using Structure = RosSchema::Structure;
using Field = RosSchema::Field;
constexpr std::size_t kMostStructures = 500, kMostFields = 5000;
constexpr std::int64_t kLongestArray = 1'000'000;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// "[]" and "[<=8]" are sequences, "[8]" is not.
bool read_count(std::string_view inside, std::int64_t& count) {
  inside = trimmed(inside);
  count = RosSchema::kSequence;
  if (inside.empty() || inside.starts_with("<=")) return true;
  const auto [end, failed] = std::from_chars(inside.data(), inside.data() + inside.size(), count);
  return failed == std::errc() && end == inside.data() + inside.size() && count > 0 && count <= kLongestArray;
}

/// One line of ros2msg: "type name", "type[n] name default", "type NAME=constant". False: neither.
bool read_field(std::string_view line, Structure& into) {
  const auto gap = line.find_first_of(" \t");
  if (gap == std::string_view::npos) return false;
  std::string_view type = line.substr(0, gap), rest = trimmed(line.substr(gap));
  const auto end = std::min(rest.find_first_of(" \t="), rest.size());
  const std::string_view name = rest.substr(0, end);
  if (name.empty()) return false;
  if (trimmed(rest.substr(end)).starts_with("=")) return true;  // a constant does not travel
  Field field;
  field.name = name;
  if (const auto open = type.find('['); open != std::string_view::npos) {
    if (type.back() != ']' || !read_count(type.substr(open + 1, type.size() - open - 2), field.count)) return false;
    type = type.substr(0, open);
  }
  field.type = type.substr(0, type.find("<="));
  into.fields.push_back(std::move(field));
  return true;
}

/// IDL as ROS 2 generates it: modules, structs, typedefs of arrays, sequences, annotations.
class Idl {
 public:
  explicit Idl(std::string_view text) : text_(text) {}

  Result<std::vector<Structure>> run() {
    while (next()) {
      if (word_ == "module") {
        next();
        module_.push_back(word_);
        if (!next() || word_ != "{") return wrong("{");
      } else if (word_ == "}") {
        if (module_.empty()) return wrong("a module before its end");
        module_.pop_back();
        if (!next() || word_ != ";") return wrong(";");
      } else if (word_ == "typedef") {
        next();
        Field field;
        if (!read_type(field) || !read_name(field)) return wrong("a typedef");
        typedefs_[field.name] = field;
      } else if (word_ == "struct") {
        if (!read_struct()) return wrong("a struct");
      } else if (word_ == "const") {
        while (next() && word_ != ";") {
        }
      } else if (word_ == "@") {
        skip_annotation();
      } else if (word_ != ";") {
        return wrong("module, struct, typedef, const");
      }
      if (out_.size() > kMostStructures) return wrong("at most 500 types");
    }
    if (!module_.empty()) return wrong("the end of the module");
    return std::move(out_);
  }

 private:
  Error wrong(const std::string& expected) const {
    return bad_schema("IDL", {expected, expected}, "'" + word_.substr(0, 50) + "'");
  }

  bool next() {
    word_.clear();
    while (!text_.empty()) {
      const char c = text_.front();
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        text_.remove_prefix(1);
      } else if (c == '#' || text_.starts_with("====") || text_.starts_with("//") || text_.starts_with("IDL:")) {
        next_line(text_);  // also the rulers between concatenated files
      } else if (text_.starts_with("/*")) {
        text_.remove_prefix(std::min(text_.find("*/"), text_.size() - 2) + 2);
      } else {
        break;
      }
    }
    if (text_.empty()) return false;
    std::size_t size = 1;
    const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; };
    if (text_.front() == '"') {
      while (size < text_.size() && text_[size] != '"') size += text_[size] == '\\' ? 2 : 1;
      size = std::min(size + 1, text_.size());
    } else if (part(text_.front())) {
      while (size < text_.size() && part(text_[size])) ++size;
    }
    word_ = text_.substr(0, size);
    text_.remove_prefix(size);
    return true;
  }
  bool peek(char c) {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n' || text_.front() == '\t'))
      text_.remove_prefix(1);
    return !text_.empty() && text_.front() == c;
  }

  void skip_annotation() {
    next();
    if (!peek('(')) return;
    int open = 0;
    while (!text_.empty()) {
      const char c = text_.front();
      if (c == '"') {
        next();
        continue;
      }
      text_.remove_prefix(1);
      if (c == '(') ++open;
      if (c == ')' && --open == 0) return;
    }
  }

  /// Of the word at hand: "unsigned long long", "sequence<T, 3>", "string<9>", "a::b::C".
  bool read_type(Field& field) {
    if (word_ == "unsigned") {
      next();
      field.type = word_ == "short" ? "uint16" : "uint32";
      if (word_ == "long" && followed_by("long")) field.type = "uint64";
      return word_ == "short" || word_ == "long";
    }
    if (word_ == "long") {
      field.type = followed_by("long") ? "int64" : "long";
      return true;
    }
    if (word_ == "sequence") {
      if (!next() || word_ != "<" || !next() || !read_type(field) || field.count != RosSchema::kSingle) return false;
      field.count = RosSchema::kSequence;
      return close_angle();
    }
    field.type = word_;
    if ((word_ == "string" || word_ == "wstring") && peek('<')) {
      next();
      return close_angle();
    }
    if (const auto known = typedefs_.find(word_.substr(word_.rfind(':') + 1)); known != typedefs_.end()) {
      field.type = known->second.type;
      field.count = known->second.count;
    }
    return !word_.empty();
  }
  bool followed_by(const std::string& wanted) {
    const auto before = text_;
    const auto word = word_;
    if (next() && word_ == wanted) {
      word_ = word;
      return true;
    }
    text_ = before;
    word_ = word;
    return false;
  }
  bool close_angle() {
    while (next())
      if (word_ == ">") return true;
    return false;
  }
  /// "name;", "name[36];"
  bool read_name(Field& field) {
    if (!next()) return false;
    field.name = word_;
    if (!next()) return false;
    if (word_ == "[") {
      if (field.count != RosSchema::kSingle || !next() || !read_count(word_, field.count) || !next() || word_ != "]")
        return false;
      if (field.count < 0 || !next()) return false;
    }
    return word_ == ";";
  }

  bool read_struct() {
    next();
    Structure s;
    for (const auto& m : module_) s.name += m + "/";
    s.name += word_;
    // As the DDS side calls them: "pkg/msg/dds_/Type_".
    if (const auto at = s.name.find("/dds_/"); at != std::string::npos && s.name.ends_with('_')) s.name.pop_back();
    if (!next() || word_ != "{") return false;
    while (next() && word_ != "}") {
      if (word_ == "@") {
        skip_annotation();
        continue;
      }
      Field field;
      if (!read_type(field) || !read_name(field) || s.fields.size() >= kMostFields) return false;
      if (field.name == "structure_needs_at_least_one_member") field.type = "uint8";
      const bool dds_side =
          s.name.find("/dds_/") != std::string::npos || field.type.find("::dds_::") != std::string::npos;
      if (dds_side && field.type.ends_with('_')) field.type.pop_back();
      s.fields.push_back(std::move(field));
    }
    out_.push_back(std::move(s));
    return next() && word_ == ";";
  }

  std::string_view text_;
  std::string word_;
  std::vector<std::string> module_;
  std::map<std::string, Field> typedefs_;
  std::vector<Structure> out_;
};

}  // namespace

Result<std::vector<Structure>> read_ros2msg(const std::string& name, std::string_view text) {
  std::vector<Structure> out(1);
  out[0].name = name;
  std::size_t fields = 0;
  while (!text.empty()) {
    std::string_view line = next_line(text);
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty() || line.starts_with("===")) continue;
    if (line.starts_with("MSG:")) {
      out.emplace_back().name = trimmed(line.substr(4));
      if (out.size() > kMostStructures) return bad_schema(name, {"at most 500 types", "最多 500 个类型"}, "more");
      continue;
    }
    if (++fields > kMostFields || !read_field(line, out.back()))
      return bad_schema(name, {"lines of `type name`", "形如“类型 名称”的行"}, std::string(line));
  }
  return out;
}

Result<std::vector<Structure>> read_ros2idl(std::string_view text) { return Idl(text).run(); }

}  // namespace assay::recorded
