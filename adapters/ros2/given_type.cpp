#include "adapters/ros2/given_type.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <utility>

namespace assay::ros2 {
namespace {

namespace fs = std::filesystem;
using Structure = recorded::RosSchema::Structure;

constexpr std::int64_t kLongestFile = std::int64_t{4} << 20;
constexpr recorded::Number kLatest_ns = 9e18L;

const Text kBadField{"a field of a message cannot be used", "消息字段不可用"};

constexpr const char* kBuiltIn =
#include <ros_messages_text.inc>
    ;

Error bad(int id, Text what, Text expected, std::string found) {
  return Error{.id = id,
               .what = std::move(what),
               .expected = std::move(expected),
               .found = std::move(found),
               .help = {"correct `definition` or the fields of this topic; docs/wire-ros2.md",
                        "请修改该话题的 `definition` 或字段；见 docs/zh/wire-ros2.md"}};
}

Result<std::string> text_of(const std::string& path) {
  std::error_code failed;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = file && fs::is_regular_file(path, failed) ? static_cast<std::int64_t>(file.tellg()) : -1;
  if (size < 0 || size > kLongestFile)
    return bad(
        1272, {"a message definition cannot be read", "无法读取消息定义文件"},
        {"a file of at most 4 MiB, named relative to the subject file", "不超过 4 MiB 的文件，路径相对于受试对象文件"},
        path + (size < 0 ? ": no such file" : ": " + std::to_string(size) + " bytes"));
  std::string out(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  file.read(out.data(), size);
  return out;
}

/// What ros_schema says, without whose it is there.
std::string bare(const Error& why) {
  const auto at = why.found.find(" type ");
  return at == std::string::npos ? why.found : why.found.substr(at + 6);
}

Error unclear(const std::string& where, const Error& why) {
  return bad(1273, {"a message definition cannot be understood", "无法理解消息定义"}, why.expected,
             where + ": " + bare(why));
}

/// "…/pkg/msg/T.msg" → "pkg/T"; beside the type's own file the package is the type's.
std::string type_in(const fs::path& file, const std::string& ros_type) {
  const std::string own = recorded::short_name(ros_type), name = file.stem().string();
  fs::path folder = file.parent_path();
  if (folder.filename() == "msg") folder = folder.parent_path();
  const std::string package = folder.filename().string();
  if (package.empty() || own.substr(own.find('/') + 1) == name) return own.substr(0, own.find('/') + 1) + name;
  return package + "/" + name;
}

}  // namespace

Result<GivenType> GivenType::read(const std::string& ros_type, const std::vector<std::string>& files,
                                  const std::string& folder) {
  GivenType out;
  out.name_ = ros_type;
  out.files_ = files;
  std::vector<Structure> all;
  for (const auto& name : files) {
    const fs::path path = (fs::path(folder) / name).lexically_normal();
    ASSAY_TRY(const std::string text, text_of(path.string()));
    auto some = path.extension() == ".idl" ? recorded::read_ros2idl(text)
                                           : recorded::read_ros2msg(type_in(name, ros_type), text);
    if (!some) return unclear(name, some.error());
    std::move(some->begin(), some->end(), std::back_inserter(all));
  }
  std::string there;
  bool found = false;
  for (const auto& one : all) {
    found = found || recorded::short_name(one.name) == recorded::short_name(ros_type);
    if (there.size() < 200) there += (there.empty() ? "" : ", ") + recorded::short_name(one.name);
  }
  if (!found)
    return bad(1274, {"the definition does not define the topic's type", "定义文件中没有该话题的类型"},
               {ros_type, ros_type}, there.empty() ? "no type" : there);
  ASSAY_TRY(auto known, recorded::read_ros2idl(kBuiltIn));
  std::move(known.begin(), known.end(), std::back_inserter(all));
  auto schema = recorded::RosSchema::of(ros_type, std::move(all));
  if (!schema) return unclear(ros_type, schema.error());
  if (const auto wide = schema->wide_string(); !wide.empty())
    return bad(1273, {"a message definition cannot be understood", "无法理解消息定义"},
               {"no wide strings: their width differs from sender to sender", "不含 wstring：其宽度因发送方而异"},
               wide);
  out.schema_ = std::move(*schema);
  return out;
}

Result<recorded::Path> GivenType::path(const std::string& field) const {
  auto out = recorded::path_of(field);
  if (!out)
    return bad(1275, kBadField,
               {"a path such as pose.position.x or motors[2].speed", "路径，如 pose.position.x 或 motors[2].speed"},
               field + " of " + name_);
  if (const auto sound = schema_.check(*out); !sound)
    return bad(1275, kBadField, sound.error().expected, field + " of " + name_ + "; " + bare(sound.error()));
  return std::move(*out);
}

Result<int> GivenType::add(const std::string& field) {
  ASSAY_TRY(auto wanted, path(field));
  fields_.push_back(field);
  fields_at_.push_back(append(std::move(wanted)));
  return static_cast<int>(fields_at_.back());
}

std::size_t GivenType::append(recorded::Path path, double constant) {
  paths_.push_back(std::move(path));
  fixed_.push_back(constant);
  return paths_.size() - 1;
}

Result<void> GivenType::set_stamp(const std::string& field) {
  ASSAY_TRY(auto wanted, path(field));
  if (!schema_.is_exact(wanted))
    return bad(1275, kBadField,
               {"for a stamp: sec and nanosec, or an integer of ns", "时间戳：sec 与 nanosec，或以纳秒计的整数"},
               field + " of " + name_);
  stamp_field_ = field;
  stamp_ = static_cast<int>(append(std::move(wanted)));
  return {};
}

Result<void> GivenType::set(const std::string& field, double value) {
  ASSAY_TRY(auto wanted, path(field));
  constants_[field] = value;
  append(std::move(wanted), value);
  return {};
}

Result<void> GivenType::check_writing() const {
  const auto by_name = [](const recorded::Step& step) { return !step.word.empty(); };
  for (const auto& field : paths_)
    if (std::any_of(field.begin(), field.end(), by_name))
      return bad(1275, kBadField, {"elements by number, as speeds[0]", "按序号给出的元素，如 speeds[0]"},
                 field.back().field + " of " + name_);
  if (!schema_.encode(paths_, fixed_))
    return bad(1275, kBadField, {"a message of at most 4 MiB", "不超过 4 MiB 的消息"}, name_);
  return {};
}

std::string GivenType::encode(const Message& message) const {
  auto values = fixed_;
  for (std::size_t i = 0; i < fields_at_.size() && i < message.values.size(); ++i)
    values[fields_at_[i]] = message.values[i];
  if (stamped()) values[static_cast<std::size_t>(stamp_)] = static_cast<recorded::Number>(message.stamp_ns);
  return schema_.encode(paths_, values).value_or("");
}

bool GivenType::decode(std::string_view cdr, Message& out) const {
  out = {};
  const auto values = schema_.decode(cdr, paths_, true);
  if (!values) return false;
  for (const auto value : *values) out.values.push_back(static_cast<double>(value));
  if (!stamped()) return true;
  const auto stamp = (*values)[static_cast<std::size_t>(stamp_)];
  if (!(stamp >= 0 && stamp < kLatest_ns)) return false;
  out.stamp_ns = static_cast<std::int64_t>(stamp);
  return true;
}

}  // namespace assay::ros2
