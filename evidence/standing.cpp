#include "evidence/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "evidence/errors.h"

namespace assay::evidence {
namespace {

/// Whether `list` (indicators or gates of a grade) has that id.
bool has_id(const Json& results, const char* list, const std::string& id) {
  if (!results.contains("grade") || !results.at("grade").contains(list)) return false;
  const Json& entries = results.at("grade").at(list);
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Json& entry) { return entry.contains("id") && entry.at("id") == id; });
}

int level_with(const std::vector<Waiver>& waivers, const Json& results, int level) {
  const auto waived = [&](const Json& id) {
    return std::any_of(waivers.begin(), waivers.end(),
                       [&](const auto& w) { return w.in_force && id == w.record.scope; });
  };
  for (const auto& step : results.at("grade").value("overall", Json::array())) {
    const Json& blocking = step.at("blocking");
    const bool reached = step.at("conformity") == "conform" ||
                         (!blocking.empty() && std::all_of(blocking.begin(), blocking.end(), waived));
    if (!reached) break;
    level = std::max(level, step.at("level").get<int>());
  }
  return level;
}

}  // namespace

bool Standing::any_in_force() const {
  return std::any_of(waivers.begin(), waivers.end(), [](const auto& w) { return w.in_force; });
}

bool is_day(const std::string& text) {
  constexpr std::size_t kLength = 10;
  if (text.size() != kLength || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U, 8U, 9U})
    if (text[i] < '0' || text[i] > '9') return false;
  const auto number = [&](std::size_t at, std::size_t n) {
    return static_cast<int>(std::strtol(text.substr(at, n).c_str(), nullptr, 10));
  };
  return std::chrono::year_month_day(std::chrono::year(number(0, 4)),
                                     std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                     std::chrono::day(static_cast<unsigned>(number(8, 2))))
      .ok();
}

Standing standing_of(const std::vector<StateRecord>& records, const Examination& facts, const Json& results,
                     const std::string& today) {
  Standing out;
  out.level = out.level_with_waivers = facts.overall_level;
  out.state = state_of(records, facts.manifest_sha256);
  for (const auto& record : records) {
    if (record.manifest_sha256 != facts.manifest_sha256) continue;
    if (record.kind == Kind::issued && !record.replaces.empty()) out.replaces = record.replaces;
    if (record.kind == Kind::invalidation) out.invalidations.push_back(record);
    if (record.kind == Kind::waiver)
      out.waivers.push_back({record, today <= record.expires && has_id(results, "indicators", record.scope) &&
                                         !has_id(results, "gates", record.scope)});
  }
  if (!out.any_in_force()) return out;
  try {
    out.level_with_waivers = level_with(out.waivers, results, out.level);
  } catch (const Json::exception&) {
    out.level_with_waivers = out.level;  // steps in another form: no waiver helps what cannot be read
  }
  return out;
}

std::vector<Text> lines_of(const Standing& s) {
  std::vector<Text> out;
  if (!s.replaces.empty() && s.state)
    out.push_back({fmt::format("{} replaces {}: {}", s.state->certificate, s.replaces, s.state->reason),
                   fmt::format("{} 取代 {}：{}", s.state->certificate, s.replaces, s.state->reason)});
  for (const auto& [r, in_force] : s.waivers)
    out.push_back({fmt::format("waiver {}: {}: {} (to {}, by {}){}", r.number, r.scope, r.reason, r.expires, r.person,
                               in_force ? "" : ", not in force"),
                   fmt::format("豁免 {}：{}：{}（至 {}，{}）{}", r.number, r.scope, r.reason, r.expires, r.person,
                               in_force ? "" : "，未生效")});
  for (const auto& r : s.invalidations)
    out.push_back(
        {fmt::format("trial {} declared invalid on {} by {}: {}", r.scope, r.time.substr(0, 10), r.person, r.reason),
         fmt::format("试验 {} 于 {} 由 {} 判为无效：{}", r.scope, r.time.substr(0, 10), r.person, r.reason)});
  if (s.any_in_force())
    out.push_back({fmt::format("L{} as examined; L{} with the waivers in force", s.level, s.level_with_waivers),
                   fmt::format("检测结果 L{}；计入有效豁免为 L{}", s.level, s.level_with_waivers)});
  return out;
}

Result<void> check_scope(const StateRecord& record, const Json& results) {
  const auto wrong = [&](std::string found, Text expected) {
    return evidence_error(kBadScope,
                          {"the record speaks of something that is not in the bundle", "登记内容与证据包不符"},
                          to_string(record.kind), std::move(found), std::move(expected));
  };
  if (!record.expires.empty() && !is_day(record.expires))
    return wrong("expires " + record.expires, {"a day, YYYY-MM-DD", "日期，YYYY-MM-DD"});
  if (record.kind == Kind::waiver && has_id(results, "gates", record.scope))
    return wrong(record.scope, {"an indicator; a safety gate is never waived", "指标；安全门槛不得豁免"});
  if (record.kind == Kind::waiver && !has_id(results, "indicators", record.scope))
    return wrong(record.scope, {"an indicator of the result", "结果中的指标"});
  if (record.kind != Kind::invalidation) return {};
  if (results.contains("trials"))
    for (const auto& trial : results.at("trials"))
      if (trial.contains("number") && trial.at("number").dump() == record.scope) return {};
  return wrong(record.scope, {"the number of a trial", "试验编号"});
}

}  // namespace assay::evidence
