#include "adapters/recorded/ros_schema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace assay::recorded {
namespace {

using Kind = RosSchema::Kind;
constexpr int kDeepest = 16;
constexpr std::size_t kMostSteps = 16, kMostNames = 1000;

struct Primitive {
  const char* name;
  Kind kind;
};
// ROS 2's names and IDL's.
constexpr std::array kPrimitives{
    Primitive{"bool", Kind::boolean}, Primitive{"boolean", Kind::boolean}, Primitive{"byte", Kind::u8},
    Primitive{"octet", Kind::u8},     Primitive{"char", Kind::u8},         Primitive{"int8", Kind::i8},
    Primitive{"uint8", Kind::u8},     Primitive{"int16", Kind::i16},       Primitive{"short", Kind::i16},
    Primitive{"uint16", Kind::u16},   Primitive{"int32", Kind::i32},       Primitive{"long", Kind::i32},
    Primitive{"uint32", Kind::u32},   Primitive{"int64", Kind::i64},       Primitive{"uint64", Kind::u64},
    Primitive{"float32", Kind::f32},  Primitive{"float", Kind::f32},       Primitive{"float64", Kind::f64},
    Primitive{"double", Kind::f64},   Primitive{"string", Kind::text},     Primitive{"wstring", Kind::wide_text}};
constexpr std::array<std::size_t, 11> kSizes{1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};  // in the order of Kind

bool plain(Kind kind) { return kind < Kind::text; }

bool is_names(const std::string& field) { return field == "name" || field == "joint_names"; }

bool is_stamp(const RosSchema::Structure& s) {
  return s.fields.size() == 2 && s.fields[0].name == "sec" && s.fields[1].name == "nanosec" &&
         plain(s.fields[0].kind) && plain(s.fields[1].kind);
}

}  // namespace

std::string short_name(std::string name) {
  for (auto at = name.find("::"); at != std::string::npos; at = name.find("::")) name.replace(at, 2, "/");
  for (const char* part : {"/dds_/", "/msg/"})
    if (const auto at = name.find(part); at != std::string::npos) name.replace(at, std::strlen(part), "/");
  return name;
}

Error bad_schema(const std::string& name, Text expected, const std::string& found) {
  return Error{.id = 1265,
               .what = {"the recording cannot be read", "无法读取记录文件"},
               .expected = std::move(expected),
               .found = "lab:recording_unreadable type " + name.substr(0, 100) + ": " + found.substr(0, 200),
               .help = {"correct the file, or `recorded` in the subject file; docs/wire-recorded.md",
                        "请修改该文件，或受试对象文件中的 `recorded`；见 docs/zh/wire-recorded.md"}};
}

std::optional<Path> path_of(std::string_view text) {
  Path out;
  while (true) {
    const auto end = std::min(text.find('.'), text.size());
    std::string_view part = text.substr(0, end);
    Step step;
    if (const auto open = part.find('['); open != std::string_view::npos) {
      // A joint's name may itself have dots in it.
      const auto close = text.find(']');
      if (close == std::string_view::npos || close < open + 2) return std::nullopt;
      const std::string_view inside = text.substr(open + 1, close - open - 1);
      const auto [last, failed] = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
      if (failed != std::errc() || last != inside.data() + inside.size() || step.index < 0) {
        step.index = -1;
        step.word = inside;
      }
      step.field = text.substr(0, open);
      text.remove_prefix(close + 1);
    } else {
      step.field = part;
      text.remove_prefix(end);
    }
    if (step.field.empty()) return std::nullopt;
    out.push_back(std::move(step));
    if (out.size() > kMostSteps) return std::nullopt;
    if (text.empty()) return out;
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
}

Result<RosSchema> RosSchema::read(const std::string& name, std::string_view encoding, std::string_view text) {
  if (encoding != "ros2msg" && encoding != "ros2idl")
    return bad_schema(name, {"schema encoding ros2msg or ros2idl", "schema 编码为 ros2msg 或 ros2idl"},
                      std::string(encoding));
  ASSAY_TRY(auto structures, encoding == "ros2msg" ? read_ros2msg(name, text) : read_ros2idl(text));
  return of(name, std::move(structures));
}

Result<RosSchema> RosSchema::of(const std::string& name, std::vector<Structure> structures) {
  RosSchema out;
  out.structures_ = std::move(structures);
  ASSAY_RETURN_IF_ERROR(out.resolve(short_name(name)));
  return out;
}

Result<void> RosSchema::resolve(const std::string& root) {
  for (auto& s : structures_) s.name = short_name(s.name);
  const auto find = [&](const std::string& name) {
    for (std::size_t i = 0; i < structures_.size(); ++i)
      if (structures_[i].name == name) return static_cast<int>(i);
    return -1;
  };
  root_ = find(root);
  if (root_ < 0) return bad_schema(root, {"its own definition", "该类型自身的定义"}, "none");
  for (auto& s : structures_)
    for (auto& field : s.fields) {
      const auto same = [&](const Primitive& p) { return field.type == p.name; };
      if (const auto p = std::find_if(kPrimitives.begin(), kPrimitives.end(), same); p != kPrimitives.end()) {
        field.kind = p->kind;
        continue;
      }
      const std::string name = short_name(field.type);
      field.structure = find(name);
      if (field.structure < 0) field.structure = find(s.name.substr(0, s.name.find('/')) + "/" + name);
      if (field.structure < 0) field.structure = find("std_msgs/" + name);
      if (field.structure < 0) return bad_schema(s.name, {"known types", "已知类型"}, field.type + " " + field.name);
    }
  // Types within types end somewhere.
  std::vector<int> depth(structures_.size(), 0);
  for (int round = 0; round <= kDeepest; ++round) {
    bool grew = false;
    for (std::size_t i = 0; i < structures_.size(); ++i)
      for (const auto& field : structures_[i].fields)
        if (field.structure >= 0 && depth[i] <= depth[static_cast<std::size_t>(field.structure)]) {
          depth[i] = depth[static_cast<std::size_t>(field.structure)] + 1;
          grew = true;
        }
    if (!grew) return {};
  }
  return bad_schema(root, {"at most 16 types within one another", "类型嵌套不超过 16 层"}, "more");
}

Result<void> RosSchema::check(const Path& path) const {
  ASSAY_TRY(const auto* const field, last(path));
  static_cast<void>(field);
  return {};
}

bool RosSchema::is_exact(const Path& path) const {
  const auto field = last(path);
  return field.ok() && (*field)->kind != Kind::f32 && (*field)->kind != Kind::f64 && (*field)->kind != Kind::boolean;
}

std::string RosSchema::wide_string() const {
  std::vector<int> open{root_};
  for (std::size_t i = 0; i < open.size(); ++i)
    for (const auto& field : structures_[static_cast<std::size_t>(open[i])].fields) {
      if (field.kind == Kind::wide_text) return structures_[static_cast<std::size_t>(open[i])].name + " " + field.name;
      if (field.structure >= 0 && std::find(open.begin(), open.end(), field.structure) == open.end())
        open.push_back(field.structure);
    }
  return "";
}

/// What the path ends at.
Result<const RosSchema::Field*> RosSchema::last(const Path& path) const {
  int at = root_;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& s = structures_[static_cast<std::size_t>(at)];
    const auto named = [&](const Field& f) { return f.name == path[i].field; };
    const auto field = std::find_if(s.fields.begin(), s.fields.end(), named);
    if (field == s.fields.end()) {
      std::string there;
      for (const auto& f : s.fields) there += " " + f.name;
      return bad_schema(s.name, {"a field '" + path[i].field + "'", "字段“" + path[i].field + "”"}, "has" + there);
    }
    const bool element = path[i].index >= 0 || !path[i].word.empty();
    if (element != (field->count != kSingle))
      return bad_schema(s.name, {"one element of an array, as name[2] or name[joint]", "数组的一个元素，如 name[2]"},
                        field->name);
    if (field->count >= 0 && path[i].index >= field->count)
      return bad_schema(s.name, {"an element that there is", "存在的元素"},
                        field->name + " has " + std::to_string(field->count));
    const auto names = [](const Field& f) { return f.kind == Kind::text && f.count != kSingle && is_names(f.name); };
    if (!path[i].word.empty() && std::none_of(s.fields.begin(), s.fields.end(), names))
      return bad_schema(s.name, {"a field `name` or `joint_names` beside it", "同级的 `name` 或 `joint_names` 字段"},
                        field->name + "[" + path[i].word + "]");
    const bool end = i + 1 == path.size();
    if (end && (plain(field->kind) ||
                (field->kind == Kind::structure && is_stamp(structures_[static_cast<std::size_t>(field->structure)]))))
      return &*field;
    if (end || field->kind != Kind::structure)
      return bad_schema(s.name, {"a number", "数值字段"}, field->type + " " + field->name);
    at = field->structure;
  }
  return bad_schema("", {"a field", "字段"}, "nothing");
}

/// One message's bytes. Once something does not fit, ok() stays false.
class CdrWalk {
 public:
  CdrWalk(const RosSchema& schema, std::string_view body, const std::vector<Path>& paths)
      : schema_(schema), body_(body), paths_(paths), values_(paths.size()), found_(paths.size(), false) {}

  bool run() {
    std::vector<std::size_t> wants(paths_.size());
    for (std::size_t i = 0; i < wants.size(); ++i) wants[i] = i;
    walk(schema_.root_, wants, 0);
    return ok_ && std::all_of(found_.begin(), found_.end(), [](bool f) { return f; });
  }
  [[nodiscard]] std::vector<Number> take() { return std::move(values_); }
  /// The protocol pads to multiples of four.
  [[nodiscard]] bool at_end() const { return left() < 4; }

 private:
  using Wants = std::vector<std::size_t>;

  void align(std::size_t size) { at_ = (at_ + size - 1) / size * size; }
  [[nodiscard]] std::size_t left() const { return at_ <= body_.size() ? body_.size() - at_ : 0; }
  bool need(std::size_t size) {
    ok_ = ok_ && left() >= size;
    return ok_;
  }
  template <class T>
  T get() {
    T value{};
    align(sizeof value);
    if (!need(sizeof value)) return value;
    std::memcpy(&value, body_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  Number number(Kind kind) {
    switch (kind) {
      case Kind::boolean:
      case Kind::u8:
        return get<std::uint8_t>();
      case Kind::i8:
        return get<std::int8_t>();
      case Kind::i16:
        return get<std::int16_t>();
      case Kind::u16:
        return get<std::uint16_t>();
      case Kind::i32:
        return get<std::int32_t>();
      case Kind::u32:
        return get<std::uint32_t>();
      case Kind::i64:
        return get<std::int64_t>();
      case Kind::u64:
        return get<std::uint64_t>();
      case Kind::f32:
        return get<float>();
      default:
        return get<double>();
    }
  }
  std::string_view text() {
    const auto size = get<std::uint32_t>();
    if (!need(size)) return {};
    const std::string_view out = body_.substr(at_, size);
    at_ += size;
    return out.substr(0, out.find('\0'));
  }

  void walk(int structure, const Wants& wants, std::size_t depth) {
    const auto& s = schema_.structures_[static_cast<std::size_t>(structure)];
    std::vector<std::string> names;
    if (s.fields.empty()) static_cast<void>(get<std::uint8_t>());  // C has no empty struct: one byte travels
    for (const auto& field : s.fields) {
      if (!ok_) return;
      Wants mine;
      for (const std::size_t w : wants)
        if (paths_[w][depth].field == field.name) mine.push_back(w);
      if (field.count == RosSchema::kSingle) {
        one(field, mine, depth);
        continue;
      }
      const std::uint64_t count =
          field.count == RosSchema::kSequence ? get<std::uint32_t>() : static_cast<std::uint64_t>(field.count);
      if (mine.empty() && plain(field.kind)) {
        skip(kSizes[static_cast<std::size_t>(field.kind)], count);
        continue;
      }
      if (!need(0) || count > left()) ok_ = ok_ && count == 0;  // no element is without a byte
      const bool these_are_names = field.kind == Kind::text && is_names(field.name);
      for (std::uint64_t i = 0; ok_ && i < count; ++i) {
        if (these_are_names && names.size() < kMostNames) {
          names.emplace_back(text());
          continue;
        }
        Wants here;
        for (const std::size_t w : mine) {
          const Step& step = paths_[w][depth];
          if (step.word.empty() ? static_cast<std::uint64_t>(step.index) == i
                                : i < names.size() && names[i] == step.word)
            here.push_back(w);
        }
        one(field, here, depth);
      }
    }
  }

  void skip(std::size_t size, std::uint64_t count) {
    if (count == 0) return;
    align(size);
    if (count > left() / size) {
      ok_ = false;
      return;
    }
    at_ += static_cast<std::size_t>(count) * size;
  }

  void one(const RosSchema::Field& field, const Wants& wants, std::size_t depth) {
    if (field.kind == Kind::wide_text) {
      ok_ = false;  // how wide a character is differs from sender to sender
      return;
    }
    if (field.kind == Kind::text) return static_cast<void>(text());
    if (plain(field.kind)) {
      const Number value = number(field.kind);
      for (const std::size_t w : wants) set(w, value);
      return;
    }
    Wants deeper, stamps;
    for (const std::size_t w : wants) (paths_[w].size() > depth + 1 ? deeper : stamps).push_back(w);
    const std::size_t before = at_;
    walk(field.structure, deeper, depth + 1);
    if (stamps.empty() || !ok_) return;
    const auto& s = schema_.structures_[static_cast<std::size_t>(field.structure)];
    if (!is_stamp(s)) {
      ok_ = false;
      return;
    }
    at_ = before;
    const Number sec = number(s.fields[0].kind), nanosec = number(s.fields[1].kind);
    for (const std::size_t w : stamps) set(w, sec * 1'000'000'000 + nanosec);
  }

  void set(std::size_t want, Number value) {
    values_[want] = value;
    found_[want] = true;
  }

  const RosSchema& schema_;
  std::string_view body_;
  const std::vector<Path>& paths_;
  std::vector<Number> values_;
  std::vector<bool> found_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

std::optional<std::vector<Number>> RosSchema::decode(std::string_view cdr, const std::vector<Path>& paths,
                                                     bool whole) const {
  constexpr std::string_view kLittle{"\0\1", 2};
  if (cdr.size() < 4 || !cdr.starts_with(kLittle)) return std::nullopt;
  CdrWalk walk(*this, cdr.substr(4), paths);
  if (!walk.run() || (whole && !walk.at_end())) return std::nullopt;
  return walk.take();
}

}  // namespace assay::recorded
