#include "cli/reach.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/http/link.h"
#include "adapters/manual/manual_robot.h"
#include "adapters/recorded/recorded_robot.h"
#include "adapters/registry.h"
#include "adapters/ros2/ros2_robot.h"
#include "adapters/served/served_policy.h"
#include "suites/catalog.h"
#include "suites/schema_words.h"

namespace assay::cli {
namespace {

constexpr double kPatience_s = 5;
constexpr int kPatience_ms = 3000;
constexpr std::size_t kMostWords = 160;

/// What the far side said, in a line: it may be a page of some other server.
std::string reason(const Error& error) {
  std::string out;
  for (const char c : error.found.substr(error.found.rfind("subject:", 0) == 0 ? 8 : 0))
    if (static_cast<unsigned char>(c) > ' ')
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  return out.substr(0, kMostWords);
}

/// A link or an answer that does not come; what else fails is the subject file's.
bool is_about_the_far_side(const Error& error) {
  return (error.id >= 1251 && error.id <= 1254) || error.id == 1262 || error.id == 1263;
}

Error no_robot(const Subject& subject, const std::string& where, const Error& why) {
  return Error{
      .id = 930,
      .what = {"no robot answers at " + where, where + " 处没有机器人应答"},
      .place = {subject.path},
      .expected = {"a robot that answers as its wire's page says", "按接口说明应答的机器人"},
      .found = reason(why),
      .help = {fmt::format("start the robot's server or correct `robot`; assay doctor --subject {}", subject.path),
               fmt::format("请启动机器人的服务端，或更正 `robot`；assay doctor --subject {}", subject.path)}};
}

Error no_policy(const Subject& subject, const Error& why) {
  const std::string& url = subject.policy_link.url;
  return Error{
      .id = 931,
      .what = {"no policy's server answers at " + url, url + " 处没有策略服务端应答"},
      .place = {subject.path},
      .expected = {"a server that answers as docs/wire-openpi.md says", "按 docs/zh/wire-openpi.md 应答的服务端"},
      .found = reason(why),
      .help = {
          fmt::format("start the policy's server or correct `policy.url`; assay doctor --subject {}", subject.path),
          fmt::format("请启动策略服务端，或更正 `policy.url`；assay doctor --subject {}", subject.path)}};
}

Result<Text> try_http(const Subject& subject) {
  ASSAY_TRY(const auto endpoint, http::endpoint_of(subject.robot));
  http::Caller caller(endpoint);
  const auto clock = http::exchange_clocks(caller, kPatience_ms);
  if (!clock) return no_robot(subject, endpoint.url, clock.error());
  const double answer_ms = static_cast<double>(clock->host_received_ns - clock->host_sent_ns) * 1e-6;
  return Text{fmt::format("{}: answered in {:.1f} ms", endpoint.url, answer_ms),
              fmt::format("{}：{:.1f} ms 内应答", endpoint.url, answer_ms)};
}

Result<Text> try_bus(const Subject& subject) {
  auto said = try_ros2(subject.robot, kPatience_s);
  if (said) return std::move(*said);
  if (!is_about_the_far_side(said.error())) return said.error();
  const auto section = nlohmann::json::parse(subject.robot.details, nullptr, false);
  return no_robot(subject, fmt::format("ROS_DOMAIN_ID {}", section.is_object() ? section.value("domain", 0) : 0),
                  said.error());
}

Result<Text> try_record(const Subject& subject) {
  ASSAY_RETURN_IF_ERROR(check_recorded_tasks(subject));
  ASSAY_TRY(const auto found, try_recording(subject.robot));
  return Text{fmt::format("recorded: {} files, {} trials, {} rows", found.files, found.trials, found.rows),
              fmt::format("recorded：{} 个文件，{} 次试验，{} 行", found.files, found.trials, found.rows)};
}

std::vector<std::string> tasks_of_catalogue() {
  std::vector<std::string> out;
  for (const auto& id : catalog_list("suites")) {
    const auto path = catalog_find("suites", id);
    const auto suite = path ? load_suite(*path) : Result<Suite>(path.error());
    if (!suite) continue;
    for (const auto& task : suite->tasks)
      if (std::find(out.begin(), out.end(), task.key()) == out.end()) out.push_back(task.key());
  }
  return out;
}

bool is_in_catalogue(const std::string& key) {
  const auto path = catalog_find("suites", key.substr(0, key.find('/')));
  const auto suite = path ? load_suite(*path) : Result<Suite>(path.error());
  return suite &&
         std::any_of(suite->tasks.begin(), suite->tasks.end(), [&](const Task& task) { return task.key() == key; });
}

Error as_begun(Error error, bool locked) {
  if (error.id != 930 && error.id != 931) return error;
  error.what.en += locked ? "; no trial was begun" : "; nothing was locked";
  error.what.zh += locked ? "；未开始任何试验" : "；未锁定任何内容";
  return error;
}

}  // namespace

Result<void> check_recorded_tasks(const Subject& subject) {
  for (const auto& key : recorded_tasks(subject.robot)) {
    if (is_in_catalogue(key)) continue;
    const auto known = tasks_of_catalogue();
    const auto nearest = nearest_name(key, known);
    return Error{.id = 932,
                 .what = {"a recording is of a task that the catalogue does not have", "记录文件所属任务不在目录中"},
                 .place = {subject.path},
                 .expected = {"SUITE/TASK of the catalogue, under robot.recorded.tasks",
                              "robot.recorded.tasks 下写目录中的 测试集/任务"},
                 .found = key,
                 .help = nearest.empty() ? Text{"`assay suite list` names the suites", "`assay suite list` 列出测试集"}
                                         : Text{"did you mean " + nearest + "?", "是否想写 " + nearest + "？"}};
  }
  return {};
}

Result<Text> try_subject_robot(const Subject& subject) {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  ASSAY_TRY(const auto robot, registry.robot(subject.robot));  // connects nothing: is the way to it one?
  if (subject.adapter == "ros2") return try_bus(subject);
  if (subject.adapter == "http") return try_http(subject);
  if (subject.adapter == "recorded") return try_record(subject);
  if (subject.adapter == "manual") {
    ASSAY_TRY(const double deadline_s, manual_deadline_s(subject.robot));
    return Text{fmt::format("manual: a person, prompts wait {:g} h", deadline_s / 3600),
                fmt::format("manual：由人员操作，提示等待 {:g} 小时", deadline_s / 3600)};
  }
  return Text{subject.adapter + ": in process", subject.adapter + "：进程内"};
}

Result<Text> try_subject_policy(const Subject& subject) {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  ASSAY_TRY(const auto policy, registry.policy(subject.policy, subject.policy_params, subject.policy_link));
  if (subject.policy_link.url.empty()) return Text{subject.policy + ": in process", subject.policy + "：进程内"};
  auto said = try_policy(subject.policy, subject.policy_link, std::max(kPatience_s, subject.policy_deadline_s));
  if (said) return std::move(*said);
  return is_about_the_far_side(said.error()) ? no_policy(subject, said.error()) : said.error();
}

Result<void> all_there(const Subject& subject, bool locked) {
  if (const auto robot = try_subject_robot(subject); !robot) return as_begun(robot.error(), locked);
  if (const auto policy = try_subject_policy(subject); !policy) return as_begun(policy.error(), locked);
  return {};
}

}  // namespace assay::cli
