#include "evidence/authority.h"

#include <algorithm>

#include "evidence/errors.h"

namespace assay::evidence {
namespace {

constexpr std::uint64_t kMaxBytes = 16U << 20;

std::string text(const Json& entry, const char* key) {
  const auto found = entry.find(key);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::vector<Json>> entries_of(const IntactBundle& bundle, const char* name) {
  const auto* file = bundle.zip->find(name);
  std::vector<Json> out;
  if (file == nullptr) return out;
  ASSAY_TRY(const auto bytes, bundle.zip->text(*file, kMaxBytes));
  ASSAY_TRY(const auto list, parse_json(bytes, name));
  if (list.is_object())
    for (const auto& entry : list.value("items", Json::array()))
      if (entry.is_object()) out.push_back(entry);
  return out;
}

/// An entry without `role` speaks of every role.
bool allows(const Json& entry, Role role, const std::string& person, const std::string& suite, const std::string& day) {
  const std::string due = text(entry, "due"), roles = text(entry, "role"), of = text(entry, "suite");
  return text(entry, "person") == person && (of == suite || of == "*") && (due.empty() || day <= due) &&
         (roles.empty() || roles == to_string(role)) && text(entry, "by") != person;
}

}  // namespace

Result<void> check_competence(const IntactBundle& bundle, Role role, const std::string& person,
                              const std::string& day) {
  ASSAY_TRY(const auto entries, entries_of(bundle, "competence.json"));
  ASSAY_TRY(const auto lock, parse_json(bundle.lock_json, "lock.json"));
  const Json suites = lock.value("suites", Json::object());
  for (const auto& [suite, unused] : suites.items()) {
    if (std::any_of(entries.begin(), entries.end(),
                    [&, &suite = suite](const auto& e) { return allows(e, role, person, suite, day); }))
      continue;
    return evidence_error(
        kNotCompetent, {"nothing on record says that this person is competent", "没有记录表明此人具备相应能力"},
        "competence.json", person + " as " + to_string(role) + ", suite " + suite,
        {"an entry by another person, for this suite, not past its day", "由他人记入、针对该任务集且未过期的条目"},
        {"`assay enter competence \"" + person + " / " + suite +
             "\" --by SOMEBODY --set due=YYYY-MM-DD`, then bundle anew",
         "先 `assay enter competence \"" + person + " / " + suite + "\" --by 他人 --set due=YYYY-MM-DD`，再重新打包"});
  }
  return {};
}

std::vector<Overdue> overdue_equipment(const IntactBundle& bundle) {
  std::vector<Overdue> out;
  const std::string closed = text(bundle.results, "closed").substr(0, 10);
  const auto entries = entries_of(bundle, "equipment.json");
  if (!entries) return {Overdue{"equipment.json", entries.error().found}};
  for (const auto& entry : *entries)
    if (const auto due = text(entry, "due"); !due.empty() && due < closed) out.push_back({text(entry, "id"), due});
  return out;
}

Result<void> check_equipment(const IntactBundle& bundle) {
  const auto late = overdue_equipment(bundle);
  if (late.empty()) return {};
  return evidence_error(
      kOverdue, {"a piece of equipment was overdue when the session closed", "检测结束时设备已超过校准期限"},
      "equipment.json", late.front().id + ", last day " + late.front().due,
      {"a day not before " + text(bundle.results, "closed").substr(0, 10),
       "不早于 " + text(bundle.results, "closed").substr(0, 10)},
      {"if a certificate for that day exists, enter it and bundle anew; else the session cannot be signed",
       "如有覆盖当日的证书，请记入后重新打包；否则该次检测不能签名"});
}

}  // namespace assay::evidence
