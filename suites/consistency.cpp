// A scheme held against the suites that it names.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "suites/catalog.h"
#include "suites/schema_words.h"
#include "suites/yaml.h"

namespace assay {

namespace {

bool applies(const SchemeIndicator& indicator, const std::string& scope) {
  return indicator.scopes.empty() ||
         std::find(indicator.scopes.begin(), indicator.scopes.end(), scope) != indicator.scopes.end();
}

bool holds(const Scope& scope, const std::string& task) {
  return std::find(scope.tasks.begin(), scope.tasks.end(), task) != scope.tasks.end();
}

class Consistency {
 public:
  Consistency(const Scheme& scheme, const std::vector<Suite>& suites) : scheme_(scheme), suites_(suites) {
    // Records carry no line numbers; the file is read again for the places alone.
    if (auto file = read_yaml(scheme.path); file.ok()) file_ = std::move(file).value();
    file_.path = scheme.path;
  }

  Result<void> check() const {
    for (std::size_t i = 0; i < scheme_.scopes.size(); ++i)
      for (std::size_t j = 0; j < scheme_.scopes[i].tasks.size(); ++j)
        ASSAY_RETURN_IF_ERROR(task(scheme_.scopes[i].tasks[j], fmt::format("/scopes/{}/tasks/{}", i, j)));
    for (std::size_t i = 0; i < scheme_.indicators.size(); ++i)
      ASSAY_RETURN_IF_ERROR(indicator(scheme_.indicators[i], fmt::format("/indicators/{}", i)));
    return every_level_asks_something();
  }

 private:
  Result<void> task(const std::string& key, const std::string& pointer) const {
    std::vector<std::string> known;
    for (const auto& suite : suites_)
      for (const auto& one : suite.tasks) {
        if (one.key() == key) return {};
        if (known.empty() || known.back() != one.key()) known.push_back(one.key());
      }
    const auto nearest = nearest_name(key, known);
    return Error{321,
                 {fmt::format("no suite has the task \"{}\"", key), fmt::format("没有测试集包含任务“{}”", key)},
                 file_.place(pointer),
                 one_of_words(known),
                 key,
                 nearest.empty()
                     ? Text{}
                     : Text{fmt::format("did you mean {}?", nearest), fmt::format("是否想写 {}？", nearest)}};
  }

  Result<void> indicator(const SchemeIndicator& indicator, const std::string& at) const {
    if (indicator.statistic == kAttachedEvidence) return {};
    ASSAY_RETURN_IF_ERROR(task(indicator.task, at + "/task"));
    const Task* found = nullptr;
    for (const auto& suite : suites_)
      if (found == nullptr) found = suite.find(indicator.task, indicator.level);
    if (found == nullptr)
      return Error{322,
                   {fmt::format("task {} has no level L{}", indicator.task, indicator.level),
                    fmt::format("任务 {} 没有级别 L{}", indicator.task, indicator.level)},
                   file_.place(at + "/level"),
                   {"a level that the task file has under levels", "任务文件 levels 下已有的级别"},
                   fmt::format("L{}", indicator.level),
                   {"add the level to the task, or correct the indicator", "请在任务中补充该级别，或更正指标"}};
    std::vector<std::string> checks;
    for (const auto& [name, unused] : found->checks) checks.push_back(name);
    if (!indicator.check.empty() && std::find(checks.begin(), checks.end(), indicator.check) == checks.end())
      return Error{323,
                   {fmt::format("task {} has no check \"{}\"", indicator.task, indicator.check),
                    fmt::format("任务 {} 没有检查项“{}”", indicator.task, indicator.check)},
                   file_.place(at + "/check"),
                   one_of_words(checks),
                   indicator.check,
                   {"add it under the task's checks, or correct the name", "请在任务的 checks 下补充，或更正名称"}};
    const auto& metrics = found->metrics;
    if (is_measured(indicator) && std::find(metrics.begin(), metrics.end(), indicator.metric) == metrics.end())
      return Error{331,
                   {fmt::format("task {} does not measure \"{}\"", indicator.task, indicator.metric),
                    fmt::format("任务 {} 未测量“{}”", indicator.task, indicator.metric)},
                   file_.place(at + "/metric"),
                   one_of_words(metrics),
                   indicator.metric,
                   {"add it under the task's metrics, or correct the name", "请在任务的 metrics 下补充，或更正名称"}};
    for (const auto& scope : scheme_.scopes)
      if (applies(indicator, scope.id) && !holds(scope, indicator.task))
        return Error{
            324,
            {fmt::format("indicator {} counts in scope {}, which does not hold its task", indicator.id, scope.id),
             fmt::format("指标 {} 计入范围 {}，但该范围不含其任务", indicator.id, scope.id)},
            file_.place(at + (indicator.scopes.empty() ? "" : "/scopes")),
            {fmt::format("{} among the tasks of scope {}", indicator.task, scope.id),
             fmt::format("范围 {} 的任务中包含 {}", scope.id, indicator.task)},
            scope.id,
            {"name the indicator's scopes, or add the task to the scope", "请写明指标的 scopes，或将任务加入该范围"}};
    return {};
  }

  bool asks(int level, const Scope& scope, const std::string& robot_class) const {
    return std::any_of(scheme_.indicators.begin(), scheme_.indicators.end(), [&](const auto& one) {
      const bool of_class =
          one.classes.empty() || std::find(one.classes.begin(), one.classes.end(), robot_class) != one.classes.end();
      return one.level == level && of_class && applies(one, scope.id);
    });
  }

  int highest_asked(const std::string& scope) const {
    int highest = scheme_.levels.empty() ? 0 : scheme_.levels.front().first;
    for (const auto& one : scheme_.indicators)
      if (applies(one, scope) && one.statistic != kAttachedEvidence) highest = std::max(highest, one.level);
    return highest;
  }

  bool someone_asks(int level) const {
    return std::any_of(scheme_.scopes.begin(), scheme_.scopes.end(),
                       [&](const auto& scope) { return highest_asked(scope.id) >= level; });
  }

  /// A level that asks nothing of a class would be given for nothing. A scope may end below the scheme's highest level:
  /// what lies above it cannot be shown.
  Result<void> every_level_asks_something() const {
    for (std::size_t i = 0; i < scheme_.scopes.size(); ++i)
      for (const auto& [level, unused] : scheme_.levels) {
        const int wanted = level;
        if (wanted > highest_asked(scheme_.scopes[i].id) && someone_asks(wanted)) continue;
        const auto& scope = scheme_.scopes[i].id;
        const auto& classes = scheme_.scopes[i].classes;
        const auto unasked = std::find_if(classes.begin(), classes.end(), [&](const auto& robot_class) {
          return !asks(wanted, scheme_.scopes[i], robot_class);
        });
        if (unasked != classes.end())
          return Error{325,
                       {fmt::format("scope {} has no indicator at level L{} for class {}", scope, wanted, *unasked),
                        fmt::format("范围 {} 在级别 L{} 对类别 {} 没有任何指标", scope, wanted, *unasked)},
                       file_.place(fmt::format("/scopes/{}", i)),
                       {"at least one indicator for each level", "每个级别至少一个指标"},
                       "",
                       {"add an indicator, or remove the level", "请补充指标或删除该级别"}};
      }
    return {};
  }

  const Scheme& scheme_;
  const std::vector<Suite>& suites_;
  YamlFile file_;
};

}  // namespace

namespace {

/// "payload:0.3" → {"payload", 0.3}; without a number it is 0, with an odd one nothing.
std::optional<std::pair<std::string, double>> parts_of(const std::string& capability) {
  const auto colon = capability.find(':');
  if (colon == std::string::npos) return std::pair{capability, 0.0};
  double value = 0;
  const char* end = capability.data() + capability.size();
  const auto [stop, error] = std::from_chars(capability.data() + colon + 1, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return std::pair{capability.substr(0, colon), value};
}

bool has(const Embodiment& embodiment, const std::string& wanted) {
  const auto need = parts_of(wanted);
  if (need && need->first == "payload" && embodiment.payload_kg >= need->second) return true;
  return std::any_of(embodiment.capabilities.begin(), embodiment.capabilities.end(), [&](const auto& given) {
    const auto offer = parts_of(given);
    if (!need || !offer) return given == wanted;
    return offer->first == need->first && offer->second >= need->second;
  });
}

}  // namespace

Result<void> check_capabilities(const Task& task, const Embodiment& embodiment) {
  for (const auto& wanted : task.capabilities) {
    if (has(embodiment, wanted)) continue;
    std::string given;
    for (const auto& one : embodiment.capabilities) given += (given.empty() ? "" : ", ") + one;
    Place place;
    place.file = embodiment.path;
    if (const auto file = read_yaml(embodiment.path); file.ok()) place = file->place("/capabilities");
    return Error{
        326,
        {fmt::format("task {} L{} needs a robot with {}, which {} has not", task.key(), task.level, wanted,
                     embodiment.id),
         fmt::format("任务 {} L{} 要求机器人具备 {}，而 {} 不具备", task.key(), task.level, wanted, embodiment.id)},
        place,
        {wanted, wanted},
        given,
        {"examine it in a scope that fits it; or, if it has it, write it into its binding",
         "请选用适合它的范围；若确实具备，请写入其绑定文件"}};
  }
  return {};
}

Result<void> check_consistency(const Scheme& scheme, const std::vector<Suite>& suites) {
  return Consistency(scheme, suites).check();
}

}  // namespace assay
