// JSON Schema (Draft 7, valijson) → errors that say where, what was expected and what was found.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "suites/schema_steps.h"
#include "suites/schema_words.h"
#include "suites/yaml.h"

namespace assay {

namespace {
using Json = nlohmann::json;

/// std::regex recurses per character: longer text than this must not reach a pattern.
constexpr std::size_t kMaxText = 4000;

/// Where the file breaks the schema; put into words only for the one that is reported.
struct Violation {
  enum class Kind { too_long, ambiguous, wrong_value, unknown_key, missing_key } kind = Kind::wrong_value;
  Steps steps;      ///< of the value; of the map for unknown_key and missing_key
  std::string key;  ///< unknown or missing
  Place place{};
};

Result<Json> load_schema(std::string_view kind) {
  const std::string name = std::string(kind) + ".schema.json";
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::array<std::filesystem::path, 3> places = {program / "../share/assay/schema" / name,
                                                       program / "schema" / name,
                                                       std::filesystem::path(ASSAY_SOURCE_SCHEMA) / name};
  for (const auto& path : places) {
    if (!std::filesystem::exists(path, ignored)) continue;
    ASSAY_TRY(const std::string text, read_small_file(path.string(), 1u << 20));
    Json schema = Json::parse(text, nullptr, false);
    if (!schema.is_discarded()) return schema;
    return Error{304,
                 {"this program's schema file is damaged", "本程序自带的 schema 文件已损坏"},
                 Place{path.string()},
                 {},
                 {},
                 {"install assay again", "请重新安装 assay"}};
  }
  return Error{304,
               {"this program's schema file is missing", "缺少本程序自带的 schema 文件"},
               Place{places.back().string()},
               {},
               {},
               {"install assay again", "请重新安装 assay"}};
}

/// What to write instead, where the mistake is a known one.
Text advice(const Json& value, const Json& node, const std::string& written, const std::string& key) {
  const auto type = node.find("type");
  const std::string want = type != node.end() && type->is_string() ? type->get<std::string>() : "";
  if ((want == "string" || node.contains("enum")) && !value.is_string() && !value.is_structured() && !written.empty())
    return {fmt::format("if text is meant, quote it: \"{}\"", written),
            fmt::format("若为文本请加引号：\"{}\"", written)};
  if ((want == "number" || want == "integer") && value.is_string()) return number_advice(value.get<std::string>(), key);
  if (want == "boolean") return {"write true or false", "请写 true 或 false"};
  return {};
}

bool is_of_type(const Json& value, const Json& type) {
  return (value.is_string() && type == "string") || (value.is_array() && type == "array") ||
         (value.is_object() && type == "object") || (value.is_boolean() && type == "boolean") ||
         (value.is_number() && type == "number") || (value.is_number_integer() && type == "integer");
}

Error wrong_value(const YamlFile& file, const Json& schema, const Violation& at) {
  const Steps& steps = at.steps;
  const Place& place = at.place;
  const Json* value = value_at(*file.value, steps);
  const Json* node = schema_node(schema, steps);
  const std::string key = last_key(steps);
  Text expected = node != nullptr ? expected_words(*node) : Text{};
  std::string found = value != nullptr ? found_words(*value) : std::string();
  const Text name{key.empty() ? "this value" : fmt::format("\"{}\"", key),
                  key.empty() ? "此处的值" : fmt::format("“{}”", key)};
  Text what{name.en + " does not fit", name.zh + "的值不合要求"};
  Text help;
  if (value != nullptr) {
    if (node != nullptr && node->contains("type") && !is_of_type(*value, (*node)["type"])) {
      const Text kind = kind_words(*value);
      what = {fmt::format("{} is {}", name.en, kind.en), fmt::format("{}是{}", name.zh, kind.zh)};
    }
    const std::string written = value->is_primitive() && !value->is_string() ? written_at(file, place) : "";
    if (!written.empty()) found = written;
    if (node != nullptr) help = advice(*value, *node, written, key);
  }
  return {302, std::move(what), place, std::move(expected), std::move(found), std::move(help)};
}

/// The map above the place, at the same level, that takes the key: it stands too far to the left. Empty: none.
std::string meant_under(const YamlFile& file, const Json& schema, const Violation& at) {
  std::string best;
  int line = 0;
  for (const auto& name : known_keys(schema_node(schema, at.steps))) {
    Steps inside = at.steps;
    inside.push_back(name);
    const auto below = known_keys(schema_node(schema, inside));
    const auto mark = file.key_marks.find(pointer_of(inside));
    if (std::find(below.begin(), below.end(), at.key) == below.end() || mark == file.key_marks.end()) continue;
    if (mark->second.line < at.place.line && mark->second.line > line) best = name, line = mark->second.line;
  }
  return best;
}

Error unknown_key(const YamlFile& file, const Json& schema, const Violation& at) {
  const std::string& key = at.key;
  const auto names = known_keys(schema_node(schema, at.steps));
  Error error{303,      {fmt::format("key \"{}\" is not known here", key), fmt::format("此处没有名为“{}”的键", key)},
              at.place, one_of_words(names),
              key,      {}};
  if (key == "token" && std::find(names.begin(), names.end(), "token_file") != names.end()) {
    error.help = {"token_file: a file with the token; no secret stands in this file",
                  "token_file：存放令牌的文件；本文件中不写任何秘密"};
    return error;
  }
  if (const auto above = meant_under(file, schema, at); !above.empty()) {
    error.help = {fmt::format("{} belongs under `{}:`; indent it", key, above),
                  fmt::format("{} 应写在 `{}:` 之下；请缩进", key, above)};
    return error;
  }
  for (const auto& name : names)
    if (name != key && unit_stem(name) == unit_stem(key) && unit_stem(name) != name) {
      error.help = {fmt::format("the unit belongs in the key: {}", name), fmt::format("单位应写在键名里：{}", name)};
      return error;
    }
  if (const auto nearest = nearest_name(key, names); !nearest.empty())
    error.help = {fmt::format("did you mean {}?", nearest), fmt::format("是否想写 {}？", nearest)};
  return error;
}

Error missing_key(const Json& schema, const Violation& at) {
  const std::string& key = at.key;
  const Json* node = schema_node(schema, at.steps);
  Text expected{key, key};
  if (node != nullptr)
    if (const auto it = node->find("properties"); it != node->end() && it->contains(key)) {
      const Text words = expected_words((*it)[key]);
      if (!words.en.empty()) expected = {key + ": " + words.en, key + "：" + words.zh};
    }
  const std::string in = last_key(at.steps);
  return {
      302,
      {in.empty() ? fmt::format("key \"{}\" is missing", key) : fmt::format("key \"{}\" is missing in \"{}\"", key, in),
       in.empty() ? fmt::format("缺少键“{}”", key) : fmt::format("“{}”中缺少键“{}”", in, key)},
      at.place,
      std::move(expected),
      "",
      {fmt::format("add {}", key), fmt::format("请补上 {}", key)}};
}

std::string between_quotes(const std::string& text) {
  const auto first = text.find('\''), last = text.rfind('\'');
  return first == std::string::npos || last <= first ? std::string() : text.substr(first + 1, last - first - 1);
}

Steps steps_of(const std::vector<std::string>& context) {
  Steps steps;
  for (const auto& part : context)
    if (part.size() >= 2 && part.front() == '[' && part.back() == ']') steps.push_back(part.substr(1, part.size() - 2));
  return steps;
}

/// Every unknown key of a map: valijson names only the first.
void add_unknown(const YamlFile& file, const Json& schema, const Steps& steps, std::vector<Violation>& out) {
  const Json* value = value_at(*file.value, steps);
  const auto names = known_keys(schema_node(schema, steps));
  if (value == nullptr || !value->is_object()) return;
  for (const auto& [key, unused] : value->items()) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    const std::string pointer = pointer_of(steps) + "/" + pointer_step(key);
    const auto mark = file.key_marks.find(pointer);
    out.push_back(
        {Violation::Kind::unknown_key, steps, key, mark != file.key_marks.end() ? mark->second : file.place(pointer)});
  }
}

/// valijson reports the failing leaf and then every level above it; only the leaf helps.
bool is_wrapper(const std::string& text) {
  return text.starts_with("Failed to validate") || text.starts_with("Failed to any values");
}

void collect(const YamlFile& file, const Json& schema, const valijson::ValidationResults& results,
             std::vector<Violation>& out) {
  const std::size_t before = out.size();
  for (const auto& result : results) {
    const Steps steps = steps_of(result.context);
    const std::string& text = result.description;
    if (is_wrapper(text)) continue;
    if (text.starts_with("Object contains a property"))
      add_unknown(file, schema, steps, out);
    else if (text.starts_with("Missing required property"))
      out.push_back({Violation::Kind::missing_key, steps, between_quotes(text), file.place(pointer_of(steps))});
    else
      out.push_back({Violation::Kind::wrong_value, steps, "", file.place(pointer_of(steps))});
  }
  if (out.size() > before || results.numErrors() == 0) return;
  const Steps steps = steps_of(results.begin()->context);
  out.push_back({Violation::Kind::wrong_value, steps, "", file.place(pointer_of(steps))});
}

/// Text that must not reach std::regex.
void find_long_text(const YamlFile& file, const Json& value, Steps& steps, std::vector<Violation>& out) {
  const auto visit = [&](const std::string& step, const Json& child) {
    steps.push_back(step);
    find_long_text(file, child, steps, out);
    steps.pop_back();
  };
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) visit(key, child);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) visit(std::to_string(i), value[i]);
  } else if (value.is_string() && value.get_ref<const std::string&>().size() > kMaxText) {
    out.push_back({Violation::Kind::too_long, steps, "", file.place(pointer_of(steps))});
  }
}

Error ambiguous(const YamlFile& file, const Violation& at) {
  const std::string& written = file.ambiguous.at(at.key);
  return {
      302,
      {fmt::format("{} means different things to different YAML readers", written),
       fmt::format("不同的 YAML 读取器对 {} 的理解不同", written)},
      at.place,
      {"quoted text, true or false, or a number without leading zeros",
       "加引号的文本、true 或 false，或不带前导零的数"},
      written,
      {fmt::format("if text is meant, quote it: \"{}\"", written), fmt::format("若为文本请加引号：\"{}\"", written)}};
}

Error plain_words(const YamlFile& file, const Json& schema, const Violation& at) {
  switch (at.kind) {
    case Violation::Kind::too_long:
      return {302,
              {"this text is too long", "文本过长"},
              at.place,
              {fmt::format("at most {} bytes", kMaxText), fmt::format("最多 {} 字节", kMaxText)},
              found_words(*value_at(*file.value, at.steps))};
    case Violation::Kind::ambiguous:
      return ambiguous(file, at);
    case Violation::Kind::unknown_key:
      return unknown_key(file, schema, at);
    case Violation::Kind::missing_key:
      return missing_key(schema, at);
    case Violation::Kind::wrong_value:
      break;
  }
  return wrong_value(file, schema, at);
}

Error in_words(const YamlFile& file, const Json& schema, const Violation& at) {
  Error error = plain_words(file, schema, at);
  if (at.steps.size() < 2 || at.steps[0] != "robot" || at.steps[1] != "ros2") return error;
  error.help.en += (error.help.en.empty() ? "" : "; ") + std::string("docs/wire-ros2.md has it all");
  error.help.zh += (error.help.zh.empty() ? "" : "；") + std::string("详见 docs/zh/wire-ros2.md");
  return error;
}

Result<void> check_schema_line(const YamlFile& file, std::string_view kind) {
  const std::string want = fmt::format("assay.{}/1", kind);
  const Json& value = *file.value;
  const Text expected{"schema: " + want, "schema: " + want};
  if (!value.is_object())
    return Error{301,
                 {"the file is not a map of keys and values", "文件不是键值映射"},
                 file.place(""),
                 expected,
                 found_words(value),
                 {"begin the file with " + expected.en, "文件首行应为 " + expected.zh}};
  if (!value.contains("schema"))
    return Error{301, {"the file does not say what it is", "文件没有说明自己的类型"},       file.place(""), expected,
                 "",  {"begin the file with " + expected.en, "文件首行应为 " + expected.zh}};
  if (value["schema"] == want) return {};
  const std::string found = value["schema"].is_string() ? value["schema"].get<std::string>() : "";
  const bool other_major = found.starts_with(fmt::format("assay.{}/", kind));
  return Error{301,
               other_major
                   ? Text{"the file is of a format that this program does not read", "本程序不支持该文件的格式版本"}
                   : Text{"this is another kind of file", "文件类型不符"},
               file.place("/schema"),
               expected,
               found_words(value["schema"]),
               other_major ? Text{"use a newer assay, or convert the file", "请使用新版 assay，或转换该文件"}
                           : Text{"check which file is meant", "请确认所指的文件"}};
}

/// First by line; on one line the deepest; missing keys after everything else, for an unknown key often explains them.
bool before(const Violation& a, const Violation& b) {
  const bool a_missing = a.kind == Violation::Kind::missing_key, b_missing = b.kind == Violation::Kind::missing_key;
  if (a_missing != b_missing) return b_missing;
  if (a.place.line != b.place.line) return a.place.line < b.place.line;
  if (a.steps.size() != b.steps.size()) return a.steps.size() > b.steps.size();
  return a.place.column < b.place.column;
}

/// A key that is missing beside an unknown one is most likely the same key.
bool explained(const Violation& missing, const std::vector<Violation>& all) {
  return missing.kind == Violation::Kind::missing_key && std::any_of(all.begin(), all.end(), [&](const auto& other) {
           return other.kind == Violation::Kind::unknown_key && other.steps == missing.steps;
         });
}

/// The other mistakes of the file, so that one reading mends them all.
void name_others(const YamlFile& file, const Json& schema, const std::vector<Violation>& all, Error& first) {
  constexpr std::size_t kMost = 20;
  std::set<std::pair<int, int>> places = {{first.place.line, first.place.column}};
  std::size_t left = 0;
  Text others;
  for (const auto& violation : all) {
    if (!places.insert({violation.place.line, violation.place.column}).second || explained(violation, all)) continue;
    if (places.size() > kMost + 1) {
      ++left;
      continue;
    }
    const Error error = in_words(file, schema, violation);
    const std::string at = fmt::format("\n    {}:{}:{}: ", file.path, error.place.line, error.place.column);
    others.en += at + error.what.en;
    others.zh += at + error.what.zh;
  }
  if (others.en.empty()) return;
  if (left > 0)
    others = {others.en + fmt::format("\n    and {} more", left), others.zh + fmt::format("\n    另有 {} 处", left)};
  first.help.en += (first.help.en.empty() ? "" : "\n  ") + std::string("also in this file:") + others.en;
  first.help.zh += (first.help.zh.empty() ? "" : "\n  ") + std::string("本文件中还有：") + others.zh;
}

}  // namespace

Result<void> validate_schema(const YamlFile& file, std::string_view kind) {
  ASSAY_RETURN_IF_ERROR(check_schema_line(file, kind));
  ASSAY_TRY(const Json schema_json, load_schema(kind));
  std::vector<Violation> violations;
  Steps steps;
  find_long_text(file, *file.value, steps, violations);
  const bool safe_for_patterns = violations.empty();
  for (const auto& [pointer, written] : file.ambiguous)
    violations.push_back({Violation::Kind::ambiguous, {}, pointer, file.place(pointer)});
  if (safe_for_patterns) {
    try {
      valijson::Schema schema;
      valijson::SchemaParser parser;
      const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_json);
      parser.populateSchema(schema_adapter, schema);
      valijson::Validator validator;
      valijson::ValidationResults results;
      const valijson::adapters::NlohmannJsonAdapter target(*file.value);
      if (!validator.validate(schema, target, &results)) collect(file, schema_json, results, violations);
    } catch (const std::exception& error) {
      return Error{304,
                   {std::string("this program's schema cannot be used: ") + error.what(),
                    std::string("本程序的 schema 无法使用：") + error.what()},
                   Place{file.path}};
    }
  }
  if (violations.empty()) return {};
  std::stable_sort(violations.begin(), violations.end(), before);
  Error first = in_words(file, schema_json, violations.front());
  name_others(file, schema_json, violations, first);
  return first;
}

}  // namespace assay
