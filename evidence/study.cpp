#include "evidence/study.h"

#include <map>
#include <set>
#include <tuple>

#include "evidence/errors.h"
#include "evidence/intact.h"

namespace assay::evidence {
namespace {

/// "embodied-demo@1.2.0" → "embodied-demo@1"; "1.2.0" → "1".
std::string major_of(const std::string& version) {
  const auto at = version.find('@');
  return version.substr(0, version.find('.', at == std::string::npos ? 0 : at));
}

std::string suites_of(const Json& lock) {
  std::string out;
  const Json suites = lock.value("suites", Json::object());
  for (const auto& [id, suite] : suites.items())
    out += (out.empty() ? "" : ", ") + id + "@" + major_of(suite.at("version").get<std::string>());
  return out;
}

struct Question {
  const char* what;
  Text text;
  std::string a, b;
};

using Key = std::tuple<std::string, int, std::string, int, std::string>;  // task, level, metric, version, unit

}  // namespace

Result<StudyMember> study_member(const std::string& path) {
  ASSAY_TRY(auto bundle, open_intact(path, false));
  ASSAY_TRY(const auto signatures, check_attestations(bundle));
  StudyMember out{path, {}, bundle.manifest.session, bundle.manifest.trial_chain_head, std::move(bundle.trials),
                  {},   {}};
  if (!signatures.empty()) out.laboratory = signatures.front().organisation;
  ASSAY_TRY(out.plan, parse_json(bundle.plan_json, "plan.json"));
  ASSAY_TRY(out.lock, parse_json(bundle.lock_json, "lock.json"));
  return out;
}

std::vector<Mismatch> mismatches(const StudyMember& a, const StudyMember& b, bool one_subject) {
  const auto plan = [](const StudyMember& m, const char* key) { return m.plan.value(key, ""); };
  std::vector<Question> questions = {
      {"suite", {"task suites of other major versions", "任务集主版本不同"}, suites_of(a.lock), suites_of(b.lock)},
      {"scheme",
       {"another scheme, or another major version of it", "方案不同，或其主版本不同"},
       major_of(plan(a, "scheme")),
       major_of(plan(b, "scheme"))},
      {"division", {"other divisions", "分区不同"}, plan(a, "division"), plan(b, "division")},
      {"embodiment",
       {"other robot bodies", "机器人本体不同"},
       plan(a, "embodiment_sha256") + plan(a, "model_sha256"),
       plan(b, "embodiment_sha256") + plan(b, "model_sha256")},
      {"engine",
       {"other simulators, versions or robot links", "仿真器、版本或机器人接口不同"},
       plan(a, "engine"),
       plan(b, "engine")}};
  if (one_subject)
    questions.push_back(
        {"subject", {"other subjects", "被检对象不同"}, plan(a, "subject_sha256"), plan(b, "subject_sha256")});
  std::vector<Mismatch> out;
  for (auto& q : questions)
    if (q.a != q.b) out.push_back({q.what, std::move(q.text), std::move(q.a), std::move(q.b)});
  return out;
}

Result<std::vector<StudyRow>> interlaboratory_study(const std::vector<StudyMember>& members,
                                                    const std::string& metric) {
  std::set<std::string> laboratories;
  for (const auto& member : members) {
    laboratories.insert(member.laboratory);
    const auto differ = mismatches(members.front(), member, true);
    if (!differ.empty())
      return evidence_error(kNotComparable, {"these bundles cannot be compared", "这些证据包不可比较"}, member.path,
                            differ.front().what + ": " + differ.front().b, {differ.front().a, differ.front().a},
                            differ.front().text);
  }
  if (laboratories.size() < 2 || laboratories.contains(""))
    return evidence_error(
        kTooFewLaboratories,
        {"a study needs signed bundles of two laboratories or more", "研究至少需要两个实验室签名的证据包"},
        members.empty() ? "" : members.front().path, std::to_string(laboratories.size()));
  std::map<Key, std::map<std::string, std::vector<double>>> values;
  for (const auto& member : members)
    for (const auto& trial : member.trials) {
      if (!trial.finished || trial.validity != Validity::valid || is_audit_index(trial.index)) continue;
      for (const auto& m : trial.metrics)
        if (m.value && (metric.empty() || m.id == metric))
          values[{trial.task, trial.level, m.id, m.version, m.unit}][member.laboratory].push_back(*m.value);
    }
  std::vector<StudyRow> out;
  for (const auto& [key, cells] : values) {
    StudyRow row{std::get<0>(key), std::get<2>(key), std::get<4>(key), std::get<1>(key), std::get<3>(key), {}, {}};
    std::vector<std::vector<double>> lists;
    for (const auto& [laboratory, list] : cells) {
      row.laboratories.push_back(laboratory);
      lists.push_back(list);
    }
    if (lists.size() != laboratories.size()) continue;
    auto result = metrics::interlaboratory(lists);
    if (!result) continue;  // a laboratory with one value tells nothing of its own spread
    row.result = std::move(*result);
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace assay::evidence
