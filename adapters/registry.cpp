#include "adapters/registry.h"

#include <cmath>
#include <utility>

namespace assay {
namespace {

template <class Map>
std::string known_ids(const Map& map) {
  std::string ids;
  for (const auto& [id, entry] : map) ids += (ids.empty() ? "" : ", ") + id;
  return ids;
}

Error unknown_adapter(const std::string& id, const std::string& known) {
  Error error;
  error.id = 401;
  error.what = {"There is no robot adapter '" + id + "'.", "没有名为“" + id + "”的机器人适配器。"};
  error.expected = {"one of: " + known, "下列之一：" + known};
  error.found = id;
  error.help = {"`assay adapter list` names them all.", "用 `assay adapter list` 可列出全部适配器。"};
  return error;
}

Error unknown_policy(const std::string& id, const std::string& known) {
  Error error;
  error.id = 402;
  error.what = {"There is no policy '" + id + "'.", "没有名为“" + id + "”的策略。"};
  error.expected = {"one of: " + known, "下列之一：" + known};
  error.found = id;
  error.help = {"`assay adapter list` names them all.", "用 `assay adapter list` 可列出全部策略。"};
  return error;
}

/// How a robot or a policy is reached: `given` is what the subject file says, `wanted` what the adapter takes.
Error way_does_not_fit(const std::string& id, const std::string& key, const std::string& wanted,
                       const std::string& given) {
  Error error;
  error.id = 1250;
  error.what = {"The way to reach '" + id + "' does not fit.", "“" + id + "”的连接方式不符。"};
  error.expected = wanted.empty()
                       ? Text{"neither `url` nor a section of its own", "不写 `url`，也不写专门的小节"}
                       : Text{"`" + key + ": {…, " + wanted + ": …}`", "`" + key + ": {…, " + wanted + ": …}`"};
  error.found = !given.empty()                           ? given
                : wanted.find(", ") == std::string::npos ? key + "." + wanted + " is missing"
                                                         : "no " + wanted;
  error.help = {"Correct `" + key + "` in the subject file.", "请修改受试对象文件中的 `" + key + "`。"};
  return error;
}

std::string ways(const std::string& url, const std::string& section, const char* name) {
  if (!url.empty() && !section.empty()) return std::string("url, ") + name;
  return !url.empty() ? "url" : !section.empty() ? name : "";
}

Error bad_parameter(const AdapterInfo& info, const std::string& name, const std::string& found) {
  std::string known;
  for (const auto& [param, text] : info.params) known += (known.empty() ? "" : ", ") + param;
  if (known.empty()) known = "–";
  Error error;
  error.id = 403;
  error.what = {"Policy '" + info.id + "' cannot use parameter '" + name + "'.",
                "策略“" + info.id + "”无法使用参数“" + name + "”。"};
  error.expected = {"finite values, each once, for: " + known, "取值有限且不重复的参数：" + known};
  error.found = found;
  error.help = {"Correct policy_params in the subject file.", "请修改受试对象文件中的 policy_params。"};
  return error;
}

Result<void> check_params(const AdapterInfo& info, const PolicyParams& params) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto& [name, value] = params[i];
    bool known = false;
    for (const auto& [param, text] : info.params) known = known || param == name;
    if (!known) return bad_parameter(info, name, name);
    if (!std::isfinite(value)) return bad_parameter(info, name, std::to_string(value));
    for (std::size_t j = 0; j < i; ++j)
      if (params[j].first == name) return bad_parameter(info, name, name + " twice");
  }
  return {};
}

}  // namespace

void AdapterRegistry::add_robot(AdapterInfo info, RobotFactory factory) {
  ASSAY_CHECK(!info.id.empty() && factory != nullptr && robots_.count(info.id) == 0);
  const std::string id = info.id;
  robots_.emplace(id, std::pair{std::move(info), std::move(factory)});
}

void AdapterRegistry::add_policy(AdapterInfo info, PolicyFactory factory) {
  ASSAY_CHECK(!info.id.empty() && factory != nullptr && policies_.count(info.id) == 0);
  const std::string id = info.id;
  policies_.emplace(id, std::pair{std::move(info), std::move(factory)});
}

Result<std::unique_ptr<Robot>> AdapterRegistry::robot(const RobotLink& link) const {
  const auto entry = robots_.find(link.adapter);
  if (entry == robots_.end()) return unknown_adapter(link.adapter, known_ids(robots_));
  const AdapterInfo& info = entry->second.first;
  const std::string wanted = !info.section.empty() ? info.section : info.wired ? "url" : "";
  const std::string given = ways(link.url, link.details, info.section.empty() ? "details" : info.section.c_str());
  if (given != wanted) return way_does_not_fit(link.adapter, "robot", wanted, given);
  return entry->second.second(link);
}

Result<std::unique_ptr<Robot>> AdapterRegistry::robot(const std::string& id) const {
  RobotLink link;
  link.adapter = id;
  return robot(link);
}

void AdapterRegistry::add_served_policy(AdapterInfo info, ServedPolicyFactory factory) {
  ASSAY_CHECK(factory != nullptr);
  const std::string id = info.id;
  add_policy(std::move(info),
             [](const PolicyParams&) -> Result<std::unique_ptr<Policy>> { return std::unique_ptr<Policy>(); });
  served_.emplace(id, std::move(factory));
}

Result<std::unique_ptr<Policy>> AdapterRegistry::policy(const std::string& id, const PolicyParams& params,
                                                        const PolicyLink& link) const {
  const auto entry = policies_.find(id);
  if (entry == policies_.end()) return unknown_policy(id, known_ids(policies_));
  ASSAY_RETURN_IF_ERROR(check_params(entry->second.first, params));
  const std::string given = ways(link.url, link.details, "spaces");
  if (const auto served = served_.find(id); served != served_.end()) {
    if (given != "url, spaces") return way_does_not_fit(id, "policy", "url, spaces", given);
    return served->second(link);
  }
  if (!given.empty()) return way_does_not_fit(id, "policy", "", given);
  return entry->second.second(params);
}

std::vector<AdapterInfo> AdapterRegistry::robots() const {
  std::vector<AdapterInfo> infos;
  for (const auto& [id, entry] : robots_) infos.push_back(entry.first);
  return infos;
}

std::vector<AdapterInfo> AdapterRegistry::policies() const {
  std::vector<AdapterInfo> infos;
  for (const auto& [id, entry] : policies_) infos.push_back(entry.first);
  return infos;
}

}  // namespace assay
