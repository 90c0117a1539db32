// What only the whole task can say: slots, names of the scene, both languages.
#include <fmt/format.h>

#include <algorithm>

#include "suites/items.h"
#include "suites/schema_words.h"
#include "suites/task_reader.h"

namespace assay {

namespace {

using Json = nlohmann::json;

bool is_role(const std::string& name) {
  return name == "robot" || name == "robot.tcp" || name == "robot.base" || name == "robot.gripper" ||
         name == "robot.trunk" || name == "robot.feet" || name.starts_with("robot/") || name.ends_with(".tcp") ||
         name.ends_with(".gripper") || name.ends_with(".base");
}

class TaskChecker {
 public:
  TaskChecker(const LevelSource& source, const Task& task, const SceneNames& scene)
      : source_(source), task_(task), scene_(scene) {}

  Result<void> slot(const std::string& name, const std::string& pointer) const {
    if (task_.slot_words.contains(name)) return {};
    std::vector<std::string> known;
    for (const auto& [slot, unused] : task_.slot_words) known.push_back(slot);
    const auto nearest = nearest_name(name, known);
    return Error{305,
                 {fmt::format("slot {{{}}} is not declared", name), fmt::format("槽位 {{{}}} 未声明", name)},
                 source_.place(pointer),
                 known.empty() ? Text{"a slot declared under slots", "在 slots 下声明的槽位"} : one_of_words(known),
                 "{" + name + "}",
                 nearest.empty()
                     ? Text{"declare it under slots", "请在 slots 下声明"}
                     : Text{fmt::format("did you mean {{{}}}?", nearest), fmt::format("是否想写 {{{}}}？", nearest)}};
  }

  /// A body or site of the scene, or a role; declared {slots} in it with each of their values.
  Result<void> entity(const std::string& name, const std::string& pointer, bool roles = true) const {
    if (name.find('{') != std::string::npos) {  // "{target}" or "{target}_start", with every value of {target}
      for (const auto& one : slots_in(name)) ASSAY_RETURN_IF_ERROR(slot(one, pointer));
      for (const auto& filled : expand_slots(task_, name)) ASSAY_RETURN_IF_ERROR(entity(filled, pointer, roles));
      return {};
    }
    if ((roles && is_role(name)) || scene_.names.contains(name)) return {};
    const std::vector<std::string> known(scene_.names.begin(), scene_.names.end());
    const auto nearest = nearest_name(name, known);
    return Error{307,
                 {fmt::format("the scene has no body or site \"{}\"", name),
                  fmt::format("场景中没有名为“{}”的物体或标记点", name)},
                 source_.place(pointer),
                 one_of_words(known),
                 name,
                 nearest.empty()
                     ? Text{"look at the names in " + task_.scene_path, "请查看场景文件中的名称：" + task_.scene_path}
                     : Text{fmt::format("did you mean {}?", nearest), fmt::format("是否想写 {}？", nearest)}};
  }

  /// joint, pressing: every joint that `a` may stand for is in the scene and has the unit of the bounds.
  Result<void> joint(const std::string& op, const Json& value, const std::string& pointer) const {
    const auto text = value["a"].get<std::string>();
    for (const auto& name : slots_in(text)) ASSAY_RETURN_IF_ERROR(slot(name, pointer + "/a"));
    for (const auto& name : expand_slots(task_, text)) {
      const auto found = scene_.joints.find(name);
      if (found == scene_.joints.end()) return unknown_joint(name, pointer + "/a");
      for (const auto& [key, unused] : value.items())
        if (key != "a") ASSAY_RETURN_IF_ERROR(joint_unit(op, name, found->second, key, pointer + "/" + key));
    }
    return {};
  }

  /// A report is matched by the detector's label, so what is to be reported needs one.
  Result<void> reported(const Json& value, const std::string& pointer) const {
    for (const auto& name : expand_slots(task_, value["a"].get<std::string>())) {
      std::vector<std::string> known;
      for (const auto& thing : task_.detectables) known.push_back(thing.body);
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      return rule_broken(
          source_.place(pointer + "/a"),
          {fmt::format("no report can mean {}: it has no label", name),
           fmt::format("{} 没有标签，任何报告都无法指向它", name)},
          known.empty() ? Text{"an entry under detectables", "detectables 下的一项"} : one_of_words(known), name,
          {"add it under detectables", "请在 detectables 下补充"});
    }
    return {};
  }

  /// Every "a", "b", "body", "bodies", "entity", "entities", and joints of conditions anywhere below `value`.
  Result<void> entities(const Json& value, const std::string& pointer) const {
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i)
        ASSAY_RETURN_IF_ERROR(entities(value[i], fmt::format("{}/{}", pointer, i)));
      return {};
    }
    if (!value.is_object()) return {};
    for (const auto& [key, child] : value.items()) {
      const std::string at = pointer + "/" + pointer_step(key);
      if ((key == "joint" || key == "pressing") && child.is_object()) {
        ASSAY_RETURN_IF_ERROR(joint(key, child, at));
        continue;
      }
      if (key == "reported" && child.is_object()) ASSAY_RETURN_IF_ERROR(reported(child, at));
      const bool one = (key == "a" || key == "b" || key == "body" || key == "entity") && child.is_string();
      if (one && child != "*") ASSAY_RETURN_IF_ERROR(entity(child.get<std::string>(), at));
      if (key == "bodies" || key == "entities") {
        for (std::size_t i = 0; i < child.size(); ++i)
          ASSAY_RETURN_IF_ERROR(entity(child[i].get<std::string>(), fmt::format("{}/{}", at, i)));
      } else {
        ASSAY_RETURN_IF_ERROR(entities(child, at));
      }
    }
    return {};
  }

  Result<void> slots() const {
    for (const auto& [slot, words] : task_.slot_words) {
      const std::string pointer = "/slots/" + pointer_step(slot);
      if (words.empty()) return unfilled(slot, pointer);
      for (const auto& [value, unused] : words)
        ASSAY_RETURN_IF_ERROR(entity(value, pointer + "/" + pointer_step(value), false));
      const bool chosen = std::any_of(
          task_.variation.begin(), task_.variation.end(),
          [&, &name = slot](const Variation& v) { return v.kind == Variation::Kind::choice && v.name == name; });
      if (!chosen && words.size() != 1) return unfilled(slot, pointer);
    }
    return {};
  }

  Result<void> choices() const {
    if (!source_.value.contains("variation")) return {};
    const Json& list = source_.value["variation"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!list[i].contains("choice")) continue;
      const Json& choice = list[i]["choice"];
      const std::string at = fmt::format("/variation/{}/choice", i);
      const std::string name = choice["slot"].get<std::string>();
      ASSAY_RETURN_IF_ERROR(slot(name, at + "/slot"));
      const auto& words = task_.slot_words.at(name);
      for (std::size_t j = 0; j < choice["of"].size(); ++j) {
        const auto value = choice["of"][j].get<std::string>();
        if (words.contains(value)) continue;
        return Error{306,
                     {fmt::format("slot {{{}}} has no words for \"{}\"", name, value),
                      fmt::format("槽位 {{{}}} 没有为“{}”给出词语", name, value)},
                     source_.place(fmt::format("{}/of/{}", at, j)),
                     {fmt::format("a value listed under slots: {}", name), fmt::format("slots: {} 下列出的取值", name)},
                     value,
                     {"add its words in en and zh", "请补上它的中英文词语"}};
      }
      for (std::size_t later = i + 1; later < list.size(); ++later) {
        if (!list[later].contains("choice")) continue;
        const auto mine = slot_family(name), other = slot_family(list[later]["choice"]["slot"].get<std::string>());
        if (mine.first != other.first || mine.second < other.second) continue;
        return rule_broken(
            source_.place(at + "/slot"),
            {fmt::format("{{{}}} is drawn before a slot that it must differ from", name),
             fmt::format("{{{}}} 先于须与之不同的槽位抽取", name)},
            {"the order object, object_2, object_3 …; each once", "按 object、object_2、object_3 … 的顺序，各一次"},
            name, {"move this choice behind the others", "请将该 choice 移到其他项之后"});
      }
    }
    return {};
  }

  /// Instruction and wordings: declared slots, the same ones in both languages and in every wording.
  Result<void> texts() const {
    ASSAY_RETURN_IF_ERROR(text(task_.instruction, "/instruction"));
    const auto wanted = slot_set(task_.instruction.en);
    for (std::size_t i = 0; i < task_.wordings.size(); ++i) {
      const std::string at = fmt::format("/wordings/{}", i);
      ASSAY_RETURN_IF_ERROR(text(task_.wordings[i], at));
      if (slot_set(task_.wordings[i].en) == wanted) continue;
      return Error{309,
                   {"this wording does not name the slots of the instruction", "该说法所用槽位与指令不同"},
                   source_.place(at),
                   {task_.instruction.en, task_.instruction.zh},
                   task_.wordings[i].en,
                   {"name the same {slots}: another wording must not ask for more or less",
                    "请使用相同的 {槽位}：换一种说法不得多要求或少要求"}};
    }
    return {};
  }

  /// One stimulus of a kind, windows in order, and somebody to keep away from.
  Result<void> stimuli() const {
    for (std::size_t i = 0; i < task_.stimuli.size(); ++i) {
      const auto& stimulus = task_.stimuli[i];
      const std::string name = name_of(stimulus.kind), at = fmt::format("/stimuli/{}/{}", i, name);
      for (std::size_t k = 0; k < i; ++k)
        if (task_.stimuli[k].kind == stimulus.kind)
          return rule_broken(source_.place(at), {"a kind of stimulus stands twice", "同一类激励出现了两次"},
                             {"at most one of each kind", "每类至多一项"}, name,
                             {"keep one of the two", "请保留其中一项"});
      if (stimulus.from_high_ns < stimulus.from_low_ns)
        return rule_broken(source_.place(at + "/from_s"), {"the window ends before it begins", "时间窗终点早于起点"},
                           {"[low, high] with low ≤ high", "[low, high]，且 low ≤ high"},
                           fmt::format("[{}, {}]", static_cast<double>(stimulus.from_low_ns) * 1e-9,
                                       static_cast<double>(stimulus.from_high_ns) * 1e-9),
                           {"exchange the two", "请交换两个数"});
      if (stimulus.separation_m > 0 && task_.actors.empty())
        return rule_broken(
            source_.place(at + "/separation_m"),
            {"a stimulus waits for a person, and there is none", "激励以人员接近为条件，但任务中没有人员"},
            {"actors:", "actors:"}, fmt::format("{} m", stimulus.separation_m),
            {"add the person under actors, or remove separation_m", "请在 actors 下加入人员，或删除 separation_m"});
    }
    return {};
  }

  /// Words for each turn, either the same for all or by a slot's value; windows in order; known slots.
  Result<void> dialogue() const {
    if (!source_.value.contains("dialogue")) return {};
    const Json& list = source_.value["dialogue"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto& [name, turn] = *list[i].items().begin();
      const std::string at = fmt::format("/dialogue/{}/{}", i, name);
      const Json& window = turn[name == "answer" ? "after_s" : "from_s"];
      if (window[1].get<double>() < window[0].get<double>())
        return rule_broken(source_.place(at), {"the window ends before it begins", "时间窗终点早于起点"},
                           {"[low, high] with low ≤ high", "[low, high]，且 low ≤ high"}, window.dump(),
                           {"exchange the two", "请交换两个数"});
      if (turn.contains("words") == turn.contains("words_by"))
        return rule_broken(source_.place(at), {"what is said is not clear", "未说明说什么"},
                           {"either words or words_by", "words 与 words_by 二者之一"},
                           turn.contains("words") ? "both" : "none", {"keep one of the two", "请保留其中一项"});
      if (turn.contains("words")) {
        ASSAY_RETURN_IF_ERROR(text(read_text(turn["words"]), at + "/words"));
        continue;
      }
      ASSAY_RETURN_IF_ERROR(slot(turn["words_by"]["slot"].get<std::string>(), at + "/words_by/slot"));
      for (const auto& [value, words] : turn["words_by"]["of"].items()) {
        const std::string place = at + "/words_by/of/" + pointer_step(value);
        ASSAY_RETURN_IF_ERROR(entity(value, place, false));
        ASSAY_RETURN_IF_ERROR(text(read_text(words), place));
      }
    }
    return {};
  }

  Result<void> times() const {
    const auto step_ns = static_cast<std::int64_t>(task_.physics.timestep_s * 1e9 + 0.5);
    if (task_.control_period_ns % step_ns != 0)
      return rule_broken(source_.place("/control_rate_hz"),
                         {"the control period is not a whole number of physics steps", "控制周期不是物理步长的整数倍"},
                         {fmt::format("a period that is a multiple of {} s", task_.physics.timestep_s),
                          fmt::format("周期为 {} s 的整数倍", task_.physics.timestep_s)},
                         fmt::format("{} ns", task_.control_period_ns));
    for (std::size_t i = 0; i < task_.actors.size(); ++i) {
      const auto& actor = task_.actors[i];
      const std::string at = fmt::format("/actors/{}", i);
      if (actor.speed_m_s > 0 && actor.path.size() < 2)
        return rule_broken(source_.place(at + "/path_m"), {"an actor that moves needs a path", "移动的人员需要路径"},
                           {"at least two points", "至少两个点"}, fmt::format("{}", actor.path.size()));
      if (actor.start_s_low > actor.start_s_high)
        return rule_broken(source_.place(at + "/start_s"), {"the range runs backwards", "范围上下限颠倒"},
                           {"[low, high] with low <= high", "[下限, 上限]，下限不大于上限"},
                           fmt::format("[{}, {}]", actor.start_s_low, actor.start_s_high));
    }
    return {};
  }

 private:
  static std::set<std::string> slot_set(const std::string& text) {
    const auto names = slots_in(text);
    return {names.begin(), names.end()};
  }

  Result<void> text(const Text& text, const std::string& pointer) const {
    for (const auto& name : slots_in(text.en)) ASSAY_RETURN_IF_ERROR(slot(name, pointer + "/en"));
    for (const auto& name : slots_in(text.zh)) ASSAY_RETURN_IF_ERROR(slot(name, pointer + "/zh"));
    const auto en_set = slot_set(text.en), zh_set = slot_set(text.zh);
    if (en_set == zh_set) return {};
    const bool en_lacks = !std::includes(en_set.begin(), en_set.end(), zh_set.begin(), zh_set.end());
    return Error{309,
                 {"the two languages do not name the same slots", "两种语言的指令所用槽位不同"},
                 source_.place(pointer + (en_lacks ? "/en" : "/zh")),
                 {"the same {slots} in en and zh", "中英文使用相同的 {槽位}"},
                 en_lacks ? text.en : text.zh,
                 {"name every slot in both texts", "请在两种文本中都写出每个槽位"}};
  }

  Error unknown_joint(const std::string& name, const std::string& pointer) const {
    std::vector<std::string> known;
    for (const auto& [joint, unused] : scene_.joints) known.push_back(joint);
    const auto nearest = nearest_name(name, known);
    return Error{307,
                 {fmt::format("the scene has no joint \"{}\"", name), fmt::format("场景中没有名为“{}”的关节", name)},
                 source_.place(pointer),
                 known.empty() ? Text{"a named joint in the scene", "场景中有名称的关节"} : one_of_words(known),
                 name,
                 nearest.empty()
                     ? Text{"look at the joints in " + task_.scene_path, "请查看场景文件中的关节：" + task_.scene_path}
                     : Text{fmt::format("did you mean {}?", nearest), fmt::format("是否想写 {}？", nearest)}};
  }

  Result<void> joint_unit(const std::string& op, const std::string& name, JointType type, const std::string& key,
                          const std::string& pointer) const {
    if (type == JointType::unknown) return {};  // lint reads the scene's defaults and knows
    const bool fits = op == "pressing"      ? type == JointType::slide
                      : key.ends_with("_m") ? type == JointType::slide
                                            : type == JointType::hinge;
    if (fits) return {};
    const Text kind = type == JointType::slide   ? Text{"a slide", "滑动关节"}
                      : type == JointType::hinge ? Text{"a hinge", "转动关节"}
                                                 : Text{"neither slide nor hinge", "既非滑动也非转动关节"};
    const bool hinge = type == JointType::hinge && op == "joint", slide = type == JointType::slide;
    return rule_broken(source_.place(pointer),
                       {fmt::format("{} does not fit: joint {} is {}", key, name, kind.en),
                        fmt::format("{} 的单位不合：关节 {} 是{}", key, name, kind.zh)},
                       hinge   ? Text{"keys that end in _rad", "以 _rad 结尾的键"}
                       : slide ? Text{"keys that end in _m", "以 _m 结尾的键"}
                               : Text{"a slide joint", "滑动关节"},
                       key, {"a slide has _m and _n, a hinge has _rad", "滑动关节用 _m 与 _n，转动关节用 _rad"});
  }

  Error unfilled(const std::string& slot, const std::string& pointer) const {
    return Error{306,
                 {fmt::format("nothing chooses the value of slot {{{}}}", slot),
                  fmt::format("没有任何变化项为槽位 {{{}}} 选定取值", slot)},
                 source_.place(pointer),
                 {fmt::format("variation: - choice: {{slot: {}, of: […]}}", slot),
                  fmt::format("variation: - choice: {{slot: {}, of: […]}}", slot)},
                 "",
                 {"add a choice to variation, or give the slot one value only",
                  "请在 variation 中添加 choice，或只给该槽位一个取值"}};
  }

  const LevelSource& source_;
  const Task& task_;
  const SceneNames& scene_;
};

}  // namespace

std::vector<std::string> slots_in(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    if (close == std::string::npos) break;
    out.push_back(text.substr(open + 1, close - open - 1));
  }
  return out;
}

std::vector<std::string> expand_slots(const Task& task, const std::string& text) {
  const auto open = text.find('{'), close = text.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return {text};
  const auto slot = task.slot_words.find(text.substr(open + 1, close - open - 1));
  if (slot == task.slot_words.end()) return {};
  std::vector<std::string> all;
  for (const auto& [value, unused] : slot->second)
    for (auto& rest : expand_slots(task, text.substr(0, open) + value + text.substr(close + 1)))
      all.push_back(std::move(rest));
  return all;
}

Result<void> check_task(const LevelSource& source, const Task& task, const SceneNames& scene) {
  const TaskChecker checker(source, task, scene);
  ASSAY_RETURN_IF_ERROR(checker.texts());
  ASSAY_RETURN_IF_ERROR(checker.choices());
  ASSAY_RETURN_IF_ERROR(checker.slots());
  ASSAY_RETURN_IF_ERROR(checker.stimuli());
  ASSAY_RETURN_IF_ERROR(checker.dialogue());
  for (const char* part : {"success", "subgoals", "checks", "limits", "variation", "actors", "detectables"})
    if (source.value.contains(part))
      ASSAY_RETURN_IF_ERROR(checker.entities(source.value[part], std::string("/") + part));
  return checker.times();
}

}  // namespace assay
