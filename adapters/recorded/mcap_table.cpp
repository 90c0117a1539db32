#include "adapters/recorded/mcap_table.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/recorded/mcap_records.h"
#include "adapters/recorded/ros_schema.h"

namespace assay::recorded {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kMostRows = 20'000'000, kMostValues = 200'000'000, kLargestFile = std::size_t{2} << 30;

/// What of one topic is wanted.
struct Topic {
  std::string name;
  std::vector<Path> paths;
  std::vector<std::size_t> columns;  ///< of each path
  std::optional<RosSchema> schema;   ///< none: JSON
  std::vector<Number> newest;
};

struct Taken {
  std::uint64_t log_ns = 0, publish_ns = 0;
  Topic* topic = nullptr;
  std::size_t message = 0;  ///< of its topic, from 1
  std::vector<Number> values;
};

/// The element that a path's step means.
const Json* element(const Json& parent, const Step& step) {
  const auto field = parent.find(step.field);
  if (field == parent.end()) return nullptr;
  if (step.index < 0 && step.word.empty()) return &*field;
  if (!field->is_array()) return nullptr;
  auto index = static_cast<std::size_t>(std::max(0, step.index));
  if (!step.word.empty()) {
    const Json* names = nullptr;
    for (const char* key : {"name", "joint_names"})
      if (const auto there = parent.find(key); there != parent.end() && there->is_array()) names = &*there;
    if (names == nullptr) return nullptr;
    index = static_cast<std::size_t>(std::find(names->begin(), names->end(), Json(step.word)) - names->begin());
  }
  return index < field->size() ? &(*field)[index] : nullptr;
}

std::optional<std::vector<Number>> decode_json(std::string_view text, const std::vector<Path>& paths) {
  const Json whole = Json::parse(text, nullptr, false);
  std::vector<Number> out;
  for (const auto& path : paths) {
    const Json* at = &whole;
    for (const auto& step : path) {
      at = at->is_object() ? element(*at, step) : nullptr;
      if (at == nullptr) return std::nullopt;
    }
    if (at->is_object() && at->contains("sec") && at->contains("nanosec") && (*at)["sec"].is_number_integer() &&
        (*at)["nanosec"].is_number_integer())
      out.push_back(static_cast<Number>((*at)["sec"].get<std::int64_t>()) * 1'000'000'000 +
                    static_cast<Number>((*at)["nanosec"].get<std::int64_t>()));
    else if (at->is_number_integer())
      out.push_back(static_cast<Number>(at->get<std::int64_t>()));
    else if (at->is_number() || at->is_boolean())
      out.push_back(at->is_boolean() ? static_cast<Number>(at->get<bool>()) : static_cast<Number>(at->get<double>()));
    else
      return std::nullopt;
  }
  return out;
}

class Tables {
 public:
  Tables(const std::vector<std::string>& wanted, std::size_t time, const std::string& file)
      : wanted_(wanted), time_(time), file_(file) {}

  Result<Table> run(std::string_view bytes) {
    ASSAY_RETURN_IF_ERROR(sort_out());
    McapReader reader;
    reader.channel = [this](McapChannel channel) { return open(std::move(channel)); };
    reader.message = [this](const McapMessage& message) { return take(message); };
    ASSAY_RETURN_IF_ERROR(read_mcap_records(bytes, file_, reader));
    for (const auto& topic : topics_)
      if (!topic.second.paths.empty() && counts_[topic.first] == 0)
        return bad_mcap(file_, {"messages on " + topic.first, topic.first + " 上的消息"}, "none" + there_);
    return rows();
  }

 private:
  /// Which column comes from which topic.
  Result<void> sort_out() {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (wanted_[i] == "log_time" || wanted_[i] == "publish_time") continue;
      const auto colon = wanted_[i].rfind(':');
      auto path = colon == std::string::npos ? std::nullopt : path_of(std::string_view(wanted_[i]).substr(colon + 1));
      if (!path)
        return bad_mcap(file_, {"/topic:field, log_time or publish_time", "/话题:字段、log_time 或 publish_time"},
                        wanted_[i]);
      const std::string name = wanted_[i].substr(0, colon);
      if (first_.empty()) first_ = name;
      Topic& topic = topics_[name];
      topic.name = name;
      topic.paths.push_back(std::move(*path));
      topic.columns.push_back(i);
    }
    if (first_.empty()) return bad_mcap(file_, {"a column of a topic", "某个话题的列"}, "none");
    return {};
  }

  Result<void> open(McapChannel channel) {
    if (there_.size() < 200) there_ += "; there is " + channel.topic;
    const auto found = topics_.find(channel.topic);
    if (found == topics_.end()) return {};
    Topic& topic = found->second;
    if (channel.encoding == "cdr") {
      ASSAY_TRY(auto schema, RosSchema::read(channel.schema_name, channel.schema_encoding, channel.schema_text));
      for (const auto& path : topic.paths) ASSAY_RETURN_IF_ERROR(schema.check(path));
      topic.schema = std::move(schema);
    } else if (channel.encoding != "json") {
      return bad_mcap(file_, {"messages in CDR or JSON", "CDR 或 JSON 编码的消息"},
                      channel.topic + ": " + channel.encoding);
    }
    if (!by_id_.emplace(channel.id, &topic).second || ++opened_[channel.topic] > 1)
      return bad_mcap(file_, {"one channel per topic", "每个话题一个通道"}, channel.topic + " twice");
    return {};
  }

  Result<void> take(const McapMessage& message) {
    const auto found = by_id_.find(message.channel);
    if (found == by_id_.end()) return {};
    Topic& topic = *found->second;
    const std::size_t number = ++counts_[topic.name];
    auto values =
        topic.schema ? topic.schema->decode(message.data, topic.paths) : decode_json(message.data, topic.paths);
    const auto sound = [](Number v) { return std::isfinite(v); };
    if (!values || !std::all_of(values->begin(), values->end(), sound))
      return bad_mcap(file_, {"messages of their type with finite numbers", "符合类型且数值有限的消息"},
                      topic.name + ", message " + std::to_string(number));
    held_ += values->size() + 4;
    if (held_ > kMostValues || number > kMostRows)
      return bad_mcap(file_, {"at most 20 million rows, 200 million values", "最多两千万行、两亿个值"}, "more");
    taken_.push_back({message.log_ns, message.publish_ns, &topic, number, std::move(*values)});
    return {};
  }

  /// A stamp or a time of the file's own: an instant, not a length of time.
  bool is_instant(std::size_t column) const {
    if (wanted_[column] == "log_time" || wanted_[column] == "publish_time") return true;
    return wanted_[column].ends_with("stamp");
  }

  Result<Table> rows() {
    const auto earlier = [](const Taken& a, const Taken& b) { return a.log_ns < b.log_ns; };
    std::stable_sort(taken_.begin(), taken_.end(), earlier);
    Table out;
    out.columns.resize(wanted_.size());
    std::vector<Number> row(wanted_.size());
    std::optional<Number> start;
    for (auto& one : taken_) {
      one.topic->newest = std::move(one.values);
      if (one.topic->name != first_) continue;
      const auto silent = [](const auto& t) { return t.second.newest.empty(); };
      if (std::any_of(topics_.begin(), topics_.end(), silent)) continue;
      for (const auto& [name, topic] : topics_)
        for (std::size_t k = 0; k < topic.columns.size(); ++k) row[topic.columns[k]] = topic.newest[k];
      for (std::size_t i = 0; i < wanted_.size(); ++i) {
        if (wanted_[i] == "log_time") row[i] = static_cast<Number>(one.log_ns);
        if (wanted_[i] == "publish_time") row[i] = static_cast<Number>(one.publish_ns);
      }
      if (is_instant(time_)) {
        if (!start) start = row[time_];
        row[time_] -= *start;
      }
      for (std::size_t i = 0; i < wanted_.size(); ++i) out.columns[i].push_back(static_cast<double>(row[i]));
      out.lines.push_back(one.message);
    }
    if (out.lines.empty()) return bad_mcap(file_, {"at least one row", "至少一行"}, "none");
    return out;
  }

  const std::vector<std::string>& wanted_;
  const std::size_t time_;
  const std::string& file_;
  std::string first_, there_;
  std::map<std::string, Topic> topics_;
  std::map<std::string, std::size_t> counts_;
  std::map<std::string, int> opened_;
  std::map<std::uint16_t, Topic*> by_id_;
  std::vector<Taken> taken_;
  std::size_t held_ = 0;
};

}  // namespace

Result<Table> read_mcap(std::string_view bytes, const std::vector<std::string>& wanted, std::size_t time,
                        const std::string& file) {
  return Tables(wanted, time, file).run(bytes);
}

Result<Table> load_mcap(const std::string& path, const std::vector<std::string>& wanted, std::size_t time) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = file ? static_cast<std::int64_t>(file.tellg()) : -1;
  if (size < 0 || static_cast<std::size_t>(size) > kLargestFile)
    return bad_mcap(path, {"a file of at most 2 GiB that can be read", "可读且不超过 2 GiB 的文件"},
                    size < 0 ? "no such file" : std::to_string(size) + " bytes");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  file.read(bytes.data(), size);
  return read_mcap(bytes, wanted, time, path);
}

}  // namespace assay::recorded
