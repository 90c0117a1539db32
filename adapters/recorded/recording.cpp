#include "adapters/recorded/recording.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>

#include "adapters/recorded/mcap_table.h"
#include "adapters/signal_names.h"

namespace assay::recorded {
namespace {

using Json = nlohmann::json;

Error bad_recording(const std::string& found, Text expected) {
  return Error{.id = 1266,
               .what = {"the mapping of the recording cannot be used", "记录文件的映射不可用"},
               .expected = std::move(expected),
               .found = "lab:recording " + found,
               .help = {"correct `recorded` in the subject file; docs/wire-recorded.md",
                        "请修改受试对象文件中的 `recorded`；见 docs/zh/wire-recorded.md"}};
}

struct Unit {
  const char *from, *to;
  double factor;
};

std::optional<double> factor_of(const std::string& from, const std::string& to) {
  constexpr double kDegree = std::numbers::pi / 180;
  constexpr Unit kUnits[] = {{"mm", "m", 1e-3},     {"um", "m", 1e-6},           {"deg", "rad", kDegree},
                             {"mm/s", "m/s", 1e-3}, {"deg/s", "rad/s", kDegree}, {"ms", "s", 1e-3}};
  if (from == to) return 1.0;
  for (const auto& unit : kUnits)
    if (from == unit.from && to == unit.to) return unit.factor;
  return std::nullopt;
}

Result<Recording> read(const Json& s, const std::string& folder) {
  Recording out;
  const auto beside = [&](const std::string& file) {
    return (std::filesystem::path(folder) / file).lexically_normal().string();
  };
  if (s.contains("file") == s.contains("tasks"))
    return bad_recording("file, tasks", {"either `file` or `tasks`", "`file` 与 `tasks` 二者之一"});
  if (s.contains("file")) out.file = beside(s.at("file"));
  if (s.contains("tasks"))
    for (const auto& [task, file] : s.at("tasks").items()) out.files[task] = beside(file);
  const std::string separator = s.value("separator", ",");
  out.separator = separator == "tab" ? '\t' : separator[0];
  out.time_column = s.at("time").at("column");
  const std::string unit = s.at("time").value("unit", "s");
  out.time_factor_s = unit == "ms" ? 1e-3 : unit == "us" ? 1e-6 : unit == "ns" ? 1e-9 : 1;
  out.max_gap_s = s.value("max_gap_s", out.max_gap_s);
  if (s.contains("trials")) {
    out.trial_column = s.at("trials").value("column", "");
    if (s.at("trials").contains("starts_s")) out.starts_s = s.at("trials").at("starts_s").get<std::vector<double>>();
    if (out.trial_column.empty() == out.starts_s.empty())
      return bad_recording("trials", {"either `column` or `starts_s`", "`column` 与 `starts_s` 二者之一"});
  }
  if (s.contains("instrument"))
    out.instrument = s.at("instrument").value("model", "") + " " + s.at("instrument").value("serial", "");
  for (const auto& one : s.at("channels")) {
    Column c;
    const std::string to = one.at("unit"), from = one.value("from_unit", to);
    const auto factor = factor_of(from, to);
    if (!factor)
      return bad_recording(one.at("name").get<std::string>() + ": " + from + " to " + to,
                           {"units of one quantity", "同一物理量的单位"});
    c.channel = {one.at("name"), to, one.value("frame", "world"), Vantage::instrument};
    c.factor = *factor;
    c.offset = one.value("offset", 0.0);
    if (const auto wrong = unit_contradiction(c.channel); !wrong.empty())
      return bad_recording(wrong, {"`unit` as the name has it; `from_unit` is the column's",
                                   "`unit` 与名称一致；列的单位写在 `from_unit`"});
    out.columns.push_back(std::move(c));
    out.column_names.push_back(one.at("column"));
  }
  if (s.contains("fixed"))
    for (const auto& [name, at] : s.at("fixed").items()) out.fixed[name] = at.get<std::array<double, 3>>();
  if (s.contains("orientation"))
    for (const auto& [name, q] : s.at("orientation").items()) out.orientation[name] = q.get<std::array<double, 4>>();
  return out;
}

Result<Cut> cut_from(const std::string& file, const Table& table, const std::vector<double>& time_s, std::size_t from,
                     std::size_t to) {
  Cut out;
  for (std::size_t i = from; i < to; ++i) {
    const double t_s = time_s[i] - time_s[from];
    if (i > from && !(time_s[i] > time_s[i - 1]))
      return bad_recording(file + ":" + std::to_string(table.lines[i]) + ": time does not ascend",
                           {"rows in order of time", "按时间升序排列的行"});
    if (t_s > 1e6)
      return bad_recording(file + ":" + std::to_string(table.lines[i]) + ": time",
                           {"trials of at most 11 days", "试验不超过 11 天"});
    out.t_ns.push_back(ns_from_s(t_s));
    out.rows.push_back(i);
  }
  return out;
}

}  // namespace

Result<Recording> recording_of(const RobotLink& link) {
  try {
    return read(Json::parse(link.details), link.folder);
  } catch (const Json::exception& e) {
    return bad_recording(e.what(), {"what docs/wire-recorded.md describes", "docs/zh/wire-recorded.md 所述内容"});
  }
}

Result<std::string> file_of(const Recording& r, const std::string& task) {
  if (r.files.empty()) return r.file;
  const auto found = r.files.find(task);
  if (found != r.files.end()) return found->second;
  return bad_recording("no file for " + task, {"a file under `tasks`", "`tasks` 下的文件"});
}

Result<Loaded> load(const Recording& r, const std::string& file) {
  std::vector<std::string> wanted = r.column_names;
  wanted.push_back(r.time_column);
  if (!r.trial_column.empty()) wanted.push_back(r.trial_column);
  Loaded out;
  if (std::error_code failed; !std::filesystem::exists(file, failed))
    return Error{.id = 1265,
                 .what = {"the recording is not there", "记录文件不存在"},
                 .place = {file},
                 .expected = {"a file; paths are relative to the subject file", "文件；路径相对于受试对象文件"},
                 .found = "lab:recording_unreadable no such file",
                 .help = {"bring the file, or correct `recorded` in the subject file",
                          "请放入该文件，或修改受试对象文件中的 `recorded`"}};
  if (file.ends_with(".mcap")) {
    ASSAY_TRY(out.table, load_mcap(file, wanted, r.column_names.size()));
  } else {
    ASSAY_TRY(out.table, load_csv(file, r.separator, wanted));
  }
  std::vector<double> trial;
  if (!r.trial_column.empty()) {
    trial = std::move(out.table.columns.back());
    out.table.columns.pop_back();
  }
  std::vector<double> time_s = std::move(out.table.columns.back());
  out.table.columns.pop_back();
  for (double& t : time_s) t *= r.time_factor_s;
  for (std::size_t k = 0; k < r.columns.size(); ++k)
    for (double& value : out.table.columns[k]) value = value * r.columns[k].factor + r.columns[k].offset;
  std::vector<std::size_t> starts = {0};
  for (std::size_t i = 1; i < trial.size(); ++i)
    if (trial[i] != trial[i - 1]) starts.push_back(i);
  if (!r.starts_s.empty()) {
    starts.clear();
    for (const double start_s : r.starts_s) {
      const auto at = std::lower_bound(time_s.begin(), time_s.end(), start_s);
      if (at == time_s.end() || (!starts.empty() && static_cast<std::size_t>(at - time_s.begin()) <= starts.back()))
        return bad_recording("starts_s: " + std::to_string(start_s),
                             {"ascending times within the file", "位于文件时间范围内的升序时刻"});
      starts.push_back(static_cast<std::size_t>(at - time_s.begin()));
    }
  }
  for (std::size_t k = 0; k < starts.size(); ++k) {
    const std::size_t end = k + 1 < starts.size() ? starts[k + 1] : time_s.size();
    ASSAY_TRY(auto cut, cut_from(file, out.table, time_s, starts[k], end));
    out.cuts.push_back(std::move(cut));
  }
  return out;
}

}  // namespace assay::recorded
