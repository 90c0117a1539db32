// assay.particulars/1 → record.
#include <chrono>
#include <nlohmann/json.hpp>

#include "suites/particulars.h"
#include "suites/yaml.h"

namespace assay {
namespace {

using Json = nlohmann::json;

/// One text stands for both languages where only one is written.
Text words(const Json& value, const char* key) {
  if (!value.contains(key)) return {};
  const Json& found = value[key];
  if (found.is_string()) return {found.get<std::string>(), found.get<std::string>()};
  return {found["en"].get<std::string>(), found["zh"].get<std::string>()};
}

std::vector<Text> list(const Json& value, const char* key) {
  std::vector<Text> out;
  if (!value.contains(key)) return out;
  for (const auto& item : value[key]) out.push_back(words({{"text", item}}, "text"));
  return out;
}

Party party(const Json& value, const char* key) {
  if (!value.contains(key)) return {};
  return {words(value[key], "name"), words(value[key], "address"), value[key].value("contact", "")};
}

/// The schema has seen to the form YYYY-MM-DD.
Result<void> real_day(const YamlFile& file, const std::string& pointer) {
  const auto at = Json::json_pointer(pointer);
  if (!file.value->contains(at)) return {};
  const auto day = (*file.value)[at].get<std::string>();
  const std::chrono::year_month_day date{std::chrono::year{std::stoi(day.substr(0, 4))},
                                         std::chrono::month{static_cast<unsigned>(std::stoi(day.substr(5, 2)))},
                                         std::chrono::day{static_cast<unsigned>(std::stoi(day.substr(8, 2)))}};
  if (date.ok()) return {};
  return Error{.id = 721,
               .what = {"the calendar has no such day", "日历中没有这一天"},
               .place = file.place(pointer),
               .expected = {"a day of the calendar, YYYY-MM-DD", "日历中存在的日期，格式 YYYY-MM-DD"},
               .found = day,
               .help = {"correct the date", "请更正日期"}};
}

void read_item(const Json& value, Particulars& out) {
  if (!value.contains("item")) return;
  const Json& item = value["item"];
  out.received = item.value("received", "");
  out.not_received = words(item, "not_received");
  out.condition = words(item, "condition");
  out.verified = item.value("verified", std::vector<std::string>{});
}

void read_report(const Json& value, Particulars& out) {
  if (!value.contains("report")) return;
  const Json& report = value["report"];
  out.number = report.value("number", "");
  out.issued = report.value("issued", "");
  out.prevailing = report.value("prevailing", "");
  out.replaces = report.value("replaces", "");
  out.reason = words(report, "reason");
}

Particulars read(const Json& value) {
  Particulars out;
  read_report(value, out);
  read_item(value, out);
  out.laboratory = party(value, "laboratory");
  if (value.contains("laboratory")) out.accreditation = words(value["laboratory"], "accreditation");
  out.customer = party(value, "customer");
  out.place = words(value, "place");
  out.sampling = words(value, "sampling");
  out.deviations = list(value, "deviations");
  out.no_deviations = value.contains("deviations") && out.deviations.empty();
  out.external = list(value, "external");
  out.no_external = value.contains("external") && out.external.empty();
  for (const auto& one : value.value("equipment", Json::array()))
    out.equipment.push_back(
        {words(one, "name"), one["id"].get<std::string>(), one.value("calibration", ""), one.value("due", "")});
  for (const auto& one : value.value("environment", Json::array()))
    out.environment.emplace_back(words(one, "name"), words(one, "value"));
  if (value.contains("people")) {
    out.tested_by = words(value["people"], "tested");
    out.reviewed_by = words(value["people"], "reviewed");
    out.approved_by = words(value["people"], "approved");
  }
  return out;
}

}  // namespace

Result<Particulars> load_particulars(const std::string& path) {
  ASSAY_TRY(const YamlFile file, read_yaml(path));
  ASSAY_RETURN_IF_ERROR(validate_schema(file, "particulars"));
  ASSAY_RETURN_IF_ERROR(real_day(file, "/report/issued"));
  ASSAY_RETURN_IF_ERROR(real_day(file, "/item/received"));
  Particulars out = read(*file.value);
  for (std::size_t i = 0; i < out.equipment.size(); ++i)
    ASSAY_RETURN_IF_ERROR(real_day(file, "/equipment/" + std::to_string(i) + "/due"));
  out.path = path;
  out.sha256 = file.sha256;
  return out;
}

}  // namespace assay
