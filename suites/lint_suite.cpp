// What a suite's author should look at again: names that the scene lacks, words without use, limits without a
// source, places out of reach.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/model/dialogue.h"
#include "suites/catalog.h"
#include "suites/compose_parts.h"
#include "suites/lint_scene.h"
#include "suites/task_reader.h"

namespace assay {

namespace {

/// The catalogue's robots that stand at a table. One that does not load is another lint's finding.
std::vector<Embodiment> table_robots() {
  std::vector<Embodiment> out;
  for (const auto& id : catalog_list("embodiments"))
    if (const auto path = catalog_find("embodiments", id); path)
      if (auto embodiment = load_embodiment(*path); embodiment && embodiment->mount == "table")
        out.push_back(std::move(embodiment).value());
  return out;
}

struct SuiteLint {
  const Task& task;
  std::string label;
  Place place;
  std::vector<LintFinding>& findings;
  std::set<std::string> used{};  ///< entities and {slot} words of conditions, variation, actors and limits

  void add(bool error, const std::string& rule, const std::string& en, const std::string& zh) const {
    add(error, rule, en, zh, place);
  }
  void add(bool error, const std::string& rule, const std::string& en, const std::string& zh, const Place& at) const {
    findings.push_back({error, rule, {label + ": " + en, label + "：" + zh}, at});
  }
};

bool is_predicate(Op op) {
  switch (op) {
    case Op::near:
    case Op::inside:
    case Op::above:
    case Op::below:
    case Op::upright:
    case Op::at_rest:
    case Op::touching:
    case Op::held:
    case Op::first_contact:
    case Op::visited:
    case Op::joint:
    case Op::pressing:
    case Op::covered:
    case Op::reported:
      return true;
    default:
      return false;
  }
}

bool names_signal(const Condition& condition) {
  if (is_predicate(condition.op)) return !condition.a.empty();
  for (const auto& child : condition.children)
    if (names_signal(child)) return true;
  return false;
}

void gather(const Condition& condition, std::set<std::string>& used) {
  const bool mechanism = condition.op == Op::joint || condition.op == Op::pressing;  // a names a joint, not a body
  used.insert(mechanism ? std::string() : condition.a);
  for (const auto& box : condition.except) used.insert(box.entity);
  used.insert(condition.b);
  used.insert(condition.entities.begin(), condition.entities.end());
  for (const auto& child : condition.children) gather(child, used);
}

/// Bodies only: other targets are sensors and groups.
void gather(const std::vector<Variation>& variation, std::set<std::string>& used) {
  using Kind = Variation::Kind;
  for (const auto& v : variation) {
    for (const auto& option : v.options) gather(option, used);
    if (v.kind == Kind::pose_jitter || v.kind == Kind::place || v.kind == Kind::mass_factor ||
        v.kind == Kind::friction_factor || v.kind == Kind::push)
      used.insert(v.target);
    if (v.kind == Kind::shuffle) used.insert(v.of.begin(), v.of.end());
  }
}

void gather_joints(const Condition& condition, std::vector<std::pair<Op, std::string>>& out) {
  if (condition.op == Op::joint || condition.op == Op::pressing) out.emplace_back(condition.op, condition.a);
  for (const auto& child : condition.children) gather_joints(child, out);
}

/// What the scene's default classes say of joints: kind, and the spring that `pressing` reads.
void lint_joints(const SuiteLint& lint, const Mjcf& scene) {
  std::vector<std::pair<Op, std::string>> joints;
  gather_joints(lint.task.success, joints);
  for (const auto& [name, condition] : lint.task.subgoals) gather_joints(condition, joints);
  for (const auto& [name, condition] : lint.task.checks) gather_joints(condition, joints);
  const Defaults defaults(scene);
  for (const auto& [op, text] : joints)
    for (const auto& name : expand_slots(lint.task, text)) {
      const auto* joint = find_named(scene, NameSpace::joint, name);
      if (joint == nullptr) {
        lint.add(true, "unknown_signal", fmt::format("the scene has no joint '{}'", name),
                 fmt::format("场景中没有关节“{}”", name));
        continue;
      }
      const char* type = defaults.find(joint, "type").text;
      const std::string_view kind = type != nullptr ? type : "hinge";
      if ((kind != "slide" && kind != "hinge") || (op == Op::pressing && kind != "slide"))
        lint.add(true, "unit", fmt::format("joint '{}' is of type {}, which does not fit", name, kind),
                 fmt::format("关节“{}”的类型 {} 不合要求", name, kind));
      const char* stiffness = defaults.find(joint, "stiffness").text;
      const auto value = stiffness != nullptr ? parse_numbers(stiffness) : std::nullopt;
      if (op == Op::pressing && (!value || value->empty() || !(value->front() > 0)))
        lint.add(true, "unknown_signal", fmt::format("joint '{}' has no spring: pressing on it gives no force", name),
                 fmt::format("关节“{}”没有弹簧，pressing 读不到力", name));
    }
}

void gather(SuiteLint& lint) {
  gather(lint.task.success, lint.used);
  for (const auto& [name, condition] : lint.task.subgoals) gather(condition, lint.used);
  for (const auto& [name, condition] : lint.task.checks) gather(condition, lint.used);
  for (const auto& limit : lint.task.limits) lint.used.insert({limit.a, limit.b});
  for (const auto& actor : lint.task.actors) lint.used.insert(actor.body);
  for (const auto& thing : lint.task.detectables) lint.used.insert(thing.body);
  gather(lint.task.variation, lint.used);
}

void lint_entities(const SuiteLint& lint, const Names& names) {
  std::vector<std::string> known = names_of(names, NameSpace::body);
  for (const auto& site : names_of(names, NameSpace::site)) known.push_back(site);
  const std::set<std::string> scene(known.begin(), known.end());
  for (const auto& text : lint.used) {
    for (const auto& name : expand_slots(lint.task, text)) {
      const bool role = name.find("robot") == 0 || name.find('.') != std::string::npos;
      if (name.empty() || name == "*" || role || scene.count(name)) continue;
      const auto hint = did_you_mean(name, known);
      lint.add(true, "unknown_entity", fmt::format("the scene has no body or site '{}'", name) + hint.en,
               fmt::format("场景中没有 body 或 site“{}”", name) + hint.zh);
    }
  }
}

void lint_words(const SuiteLint& lint) {
  const auto both = [&](const Text& text, const std::string& of) {
    if (text.en.empty() || text.zh.empty())
      lint.add(true, "translation", fmt::format("{} is missing in one language", of),
               fmt::format("{} 缺少一种语言", of));
  };
  both(lint.task.title, "title");
  both(lint.task.purpose, "purpose");
  both(lint.task.instruction, "instruction");
  for (const auto& wording : lint.task.wordings) both(wording, "wordings");
  for (const auto& thing : lint.task.detectables)
    if (thing.label.empty())
      lint.add(false, "label", fmt::format("detectable '{}' has no label", thing.body),
               fmt::format("可检测物“{}”没有标签", thing.body));
  for (const auto& [slot, values] : lint.task.slot_words) {
    const auto mark = "{" + slot + "}";
    bool spoken = lint.task.instruction.en.find(mark) != std::string::npos;
    for (const auto& wording : lint.task.wordings) spoken = spoken || wording.en.find(mark) != std::string::npos;
    for (const auto& turn : turns_of(lint.task.tags))
      spoken = spoken || turn.slot == slot || turn.words.en.find(mark) != std::string::npos;
    for (const auto& text : lint.used) spoken = spoken || text.find(mark) != std::string::npos;
    if (!spoken)
      lint.add(false, "unused_slot", fmt::format("slot {} is neither said nor tested", mark),
               fmt::format("槽位 {} 既未出现在指令中，也未被检验", mark));
    for (const auto& [value, words] : values) both(words, fmt::format("{} = {}", mark, value));
  }
}

void lint_limits(const SuiteLint& lint) {
  for (const auto& limit : lint.task.limits)
    if (limit.source.empty())
      lint.add(false, "limit_source", fmt::format("limit '{}' names no source", limit.id),
               fmt::format("限值“{}”没有注明来源", limit.id));
  if (!names_signal(lint.task.success))
    lint.add(true, "no_signal", "success names no truth signal: it would always or never hold",
             "成功条件没有引用任何真值信号：它将恒真或恒假");
}

/// Bodies that success wants something to be at, and how far from it that may be.
void gather_goals(const Condition& condition, std::map<std::string, double>& out) {
  const bool at = condition.op == Op::near || condition.op == Op::visited;
  if (at || condition.op == Op::inside) {
    double& slack = out[condition.b];
    slack = std::max(slack, at ? condition.radius_m : std::hypot(condition.half_m[0], condition.half_m[1]));
  }
  if (condition.op == Op::not_) return;
  for (const auto& child : condition.children) gather_goals(child, out);
}

/// Beyond the longest reach among the catalogue's table robots that have what the task asks for, nobody succeeds.
void lint_reach(const SuiteLint& lint, const Mjcf& scene, const std::vector<Embodiment>& robots) {
  const auto* mount = find_named(scene, NameSpace::body, "robot_mount");
  // What is only looked at need not be reached.
  const auto& tags = lint.task.tags;
  if (std::find(tags.begin(), tags.end(), "perception") != tags.end()) return;
  double reach = 0;
  for (const auto& robot : robots)
    if (check_capabilities(lint.task, robot)) reach = std::max(reach, robot.reach_m);
  if (!mount || !(reach > 0)) return;
  const auto pose = world_pose(mount);
  const auto say = [&](bool error, const std::string& what, const std::string& zh, double far, const Place& at) {
    lint.add(
        error, "reach",
        fmt::format("{} is {:.2f} m from the mount, beyond {} m, the longest reach of the catalogue", what, far, reach),
        fmt::format("{} 距安装点 {:.2f} m，超过目录库中的最大臂展 {} m", zh, far, reach), at);
  };
  std::set<std::string> moved;
  for (const auto& v : lint.task.variation) {
    if (v.kind != Variation::Kind::place && v.kind != Variation::Kind::shuffle) continue;
    moved.insert(v.target);
    moved.insert(v.of.begin(), v.of.end());
    for (const auto& p : v.places) {
      const double dx = std::abs(p[0] - pose.pos[0]), dy = std::abs(p[1] - pose.pos[1]);
      const double far = std::hypot(dx + v.jitter[0], dy + v.jitter[1]);
      const double near = std::hypot(std::max(0.0, dx - v.jitter[0]), std::max(0.0, dy - v.jitter[1]));
      if (far > reach)
        say(near > reach, fmt::format("place ({}, {})", p[0], p[1]), fmt::format("位置 ({}, {})", p[0], p[1]), far,
            lint.place);
    }
  }
  std::map<std::string, double> goals;
  gather_goals(lint.task.success, goals);
  for (const auto& [text, slack] : goals)
    for (const auto& name : expand_slots(lint.task, text)) {
      const auto* body = find_named(scene, NameSpace::body, name);
      if (!body || moved.contains(name) || moved.contains(text)) continue;
      const auto goal = world_pose(body);
      const double far = std::hypot(goal.pos[0] - pose.pos[0], goal.pos[1] - pose.pos[1]) - slack;
      if (far > reach) say(true, "goal " + name, "目标 " + name, far, scene.place(body));
    }
}

void lint_task(const Task& task, const std::vector<Embodiment>& robots, std::set<std::string>& scenes,
               std::vector<LintFinding>& findings) {
  SuiteLint lint{task, fmt::format("{} L{}", task.id, task.level), {task.scene_path, 0, 0}, findings};
  gather(lint);
  lint_words(lint);
  lint_limits(lint);
  const auto scene = prepare(task.scene_path, "scene/main");
  if (!scene) {
    const auto& e = scene.error();
    const auto with = [](const std::string& what, const std::string& help, const char* mark) {
      return help.empty() ? what : what + mark + help;
    };
    findings.push_back({true, "scene", {with(e.what.en, e.help.en, "; "), with(e.what.zh, e.help.zh, "；")}, e.place});
    return;
  }
  if (!find_named(scene->mjcf, NameSpace::body, "robot_mount") &&
      !find_named(scene->mjcf, NameSpace::body, "robot_start"))
    lint.add(true, "mount", "the scene has neither robot_mount nor robot_start",
             "场景既没有 robot_mount 也没有 robot_start");
  if (scenes.insert(task.scene_path).second)
    for (auto& finding : lint_scene(*scene)) findings.push_back(std::move(finding));
  const auto names = collect_names(scene->mjcf);
  if (names) lint_entities(lint, *names);
  lint_joints(lint, scene->mjcf);
  lint_reach(lint, scene->mjcf, robots);
}

}  // namespace

std::vector<LintFinding> lint_suite(const Suite& suite) {
  std::vector<LintFinding> findings;
  const auto robots = table_robots();
  std::set<std::string> scenes;  // levels share them
  for (const auto& task : suite.tasks) lint_task(task, robots, scenes, findings);
  return findings;
}

}  // namespace assay
