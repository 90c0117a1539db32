#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "core/model/dialogue.h"
#include "core/sha256.h"
#include "core/time.h"
#include "suites/catalog.h"
#include "suites/schema_words.h"
#include "suites/task_reader.h"

namespace assay {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string beside(const std::string& file, const std::string& relative) {
  std::error_code ignored;
  return (fs::absolute(file, ignored).parent_path() / relative).lexically_normal().string();
}

void merge(Json& into, const Json& over, int depth) {
  for (const auto& [key, value] : over.items()) {
    // A condition is a map of one key: merging two would make a map of two.
    const bool condition = depth == 0 && key == "success";
    const bool in_checks = depth == 0 && key == "checks";
    if (value.is_object() && into.contains(key) && into[key].is_object() && !condition) {
      if (in_checks)
        into[key].update(value);
      else
        merge(into[key], value, depth + 1);
    } else {
      into[key] = value;
    }
  }
}

std::array<double, 3> read_triple(const Json& value) {
  return {value[0].get<double>(), value[1].get<double>(), value[2].get<double>()};
}

/// A path is meant relative to the task's file; an id is looked up when it is needed.
Reference read_reference(const Json& value, const std::string& file) {
  Reference out{value["embodiment"].get<std::string>(), value["policy"].get<std::string>()};
  if (out.embodiment.find('/') != std::string::npos || out.embodiment.ends_with(".yaml"))
    out.embodiment = beside(file, out.embodiment);
  return out;
}

std::vector<Actor> read_actors(const Json& list) {
  std::vector<Actor> out;
  for (const auto& value : list) {
    Actor actor;
    actor.body = value["body"].get<std::string>();
    for (const auto& point : value["path_m"]) actor.path.push_back(read_triple(point));
    actor.speed_m_s = value["speed_m_s"].get<double>();
    actor.stays = value.value("stays", false);
    if (value.contains("start_s")) {
      actor.start_s_low = value["start_s"][0].get<double>();
      actor.start_s_high = value["start_s"][1].get<double>();
    }
    out.push_back(std::move(actor));
  }
  return out;
}

void read_slots(const Json& slots, Task& task) {
  for (const auto& [slot, values] : slots.items())
    for (const auto& [value, words] : values.items()) task.slot_words[slot][value] = read_text(words);
}

/// Names that a map's keys give must be plain, because they go into reports, channels and file names.
Result<void> check_names(const LevelSource& source) {
  for (const char* part : {"slots", "checks", "limits"}) {
    if (!source.value.contains(part)) continue;
    for (const auto& [name, unused] : source.value[part].items()) {
      const bool plain = name.size() <= 64 && !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
                         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
      if (plain) continue;
      return rule_broken(
          source.place(fmt::format("/{}/{}", part, pointer_step(name))),
          {"this name cannot be used", "不能使用这个名称"},
          {"lower-case letters, digits and _, beginning with a letter", "由小写字母、数字和 _ 组成并以字母开头"}, name);
    }
  }
  return {};
}

Result<void> read_conditions(const LevelSource& source, Task& task) {
  ASSAY_TRY(task.success, read_condition(source, source.value["success"], "/success"));
  if (source.value.contains("subgoals")) {
    const Json& list = source.value["subgoals"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      ASSAY_TRY(auto when, read_condition(source, list[i]["when"], fmt::format("/subgoals/{}/when", i)));
      task.subgoals.emplace_back(list[i]["id"].get<std::string>(), std::move(when));
    }
  }
  if (source.value.contains("checks"))
    for (const auto& [name, value] : source.value["checks"].items()) {
      ASSAY_TRY(auto check, read_condition(source, value, "/checks/" + pointer_step(name)));
      task.checks.emplace_back(name, std::move(check));
    }
  return {};
}

void read_physics(const Json& value, Physics& physics) {
  physics.timestep_s = value.value("timestep_s", physics.timestep_s);
  physics.impratio = value.value("impratio", physics.impratio);
  physics.nconmax = value.value("nconmax", physics.nconmax);
  physics.njmax = value.value("njmax", physics.njmax);
}

void read_detector(const Json& value, DetectorView& detector) {
  detector.range_m = value.value("range_m", detector.range_m);
  detector.fov_rad = value.value("fov_rad", detector.fov_rad);
  detector.occlusion = value.value("occlusion", detector.occlusion);
}

Programme read_programme(const Json& value) {
  Programme out;
  out.cycles = value.value("cycles", 1);
  const double speed_m_s = value["speed_m_s"].get<double>(), dwell_s = value.value("dwell_s", 0.0);
  for (const auto& one : value["steps"]) {
    ProgrammeStep step;
    step.id = one["id"].get<std::string>();
    const auto& at = one["position_m"];
    for (std::size_t k = 0; k < at.size(); ++k) step.position_m[k] = at[k].get<double>();
    if (one.contains("wxyz"))
      for (std::size_t k = 0; k < 4; ++k) step.wxyz[k] = one["wxyz"][k].get<double>();
    step.heading_rad = one.value("heading_rad", 0.0);
    step.line = one.value("line", true);
    step.speed_m_s = one.value("speed_m_s", speed_m_s);
    step.dwell_s = one.value("dwell_s", dwell_s);
    out.steps.push_back(std::move(step));
  }
  return out;
}

void read_sensor_fault(const Json& value, Stimulus& stimulus) {
  const auto sensor = value.value("sensor", std::string());
  stimulus.sensor = sensor == "range"      ? Stimulus::Sensor::range
                    : sensor == "odometry" ? Stimulus::Sensor::odometry
                                           : Stimulus::Sensor::joints;
  const auto fault = value.value("fault", std::string());
  stimulus.fault = fault == "silent"   ? Stimulus::Fault::silent
                   : fault == "offset" ? Stimulus::Fault::offset
                                       : Stimulus::Fault::freeze;
  stimulus.offset = value.value("offset_rad", value.value("offset_m", 0.0));
}

std::vector<Stimulus> read_stimuli(const Json& list) {
  std::vector<Stimulus> out;
  for (const auto& one : list) {
    const auto& [name, value] = *one.items().begin();
    Stimulus stimulus;
    for (const auto kind : kStimulusKinds)
      if (name == name_of(kind)) stimulus.kind = kind;
    stimulus.category = value.value("category", 1);
    if (value.contains("from_s")) {
      stimulus.from_low_ns = ns_from_s(value["from_s"][0].get<double>());
      stimulus.from_high_ns = ns_from_s(value["from_s"][1].get<double>());
    }
    stimulus.speed_m_s = value.value("speed_m_s", 0.0);
    stimulus.separation_m = value.value("separation_m", 0.0);
    stimulus.hold_s = value.value("hold_s", 0.0);
    stimulus.limit_m_s = value.value("limit_m_s", 0.0);
    stimulus.ratio = value.value("speed_ratio", value.value("grip_ratio", 1.0));
    if (stimulus.kind == Stimulus::Kind::sensor_fault) read_sensor_fault(value, stimulus);
    out.push_back(stimulus);
  }
  return out;
}

void read_dialogue(const Json& list, std::vector<std::string>& tags) {
  for (const auto& one : list) {
    const auto& [name, value] = *one.items().begin();
    Turn turn;
    turn.answer = name == "answer";
    const auto& range = value[turn.answer ? "after_s" : "from_s"];
    turn.from_low_ns = ns_from_s(range[0].get<double>());
    turn.from_high_ns = ns_from_s(range[1].get<double>());
    if (value.contains("words")) {
      turn.words = read_text(value["words"]);
      tags.push_back(tag_of(turn));
    }
    if (!value.contains("words_by")) continue;
    turn.slot = value["words_by"]["slot"].get<std::string>();
    for (const auto& [entity, words] : value["words_by"]["of"].items()) {
      turn.value = entity;
      turn.words = read_text(words);
      tags.push_back(tag_of(turn));
    }
  }
}

SeparationProfile read_separation(const Json& value) {
  SeparationProfile out;
  out.reaction_time_s = value["reaction_time_s"].get<double>();
  out.stopping_time_s = value["stopping_time_s"].get<double>();
  out.intrusion_m = value.value("intrusion_m", 0.0);
  out.sensor_uncertainty_m = value.value("sensor_uncertainty_m", 0.0);
  out.robot_uncertainty_m = value.value("robot_uncertainty_m", 0.0);
  out.source = value["source"].get<std::string>();
  return out;
}

struct SuiteBuilder {
  Suite suite;
  std::map<std::string, SceneNames> scenes;                ///< by path
  std::vector<std::pair<std::string, std::string>> files;  ///< path, SHA-256

  Result<void> add_level(const YamlFile& file, int level) {
    const LevelSource source = merge_level(file, level);
    ASSAY_RETURN_IF_ERROR(check_names(source));
    ASSAY_TRY(Task task, read_task(source, suite.id));
    if (!scenes.contains(task.scene_path)) {
      ASSAY_TRY(auto names, read_scene_names(task.scene_path, source.place("/scene")));
      scenes[task.scene_path] = std::move(names);
    }
    ASSAY_RETURN_IF_ERROR(check_task(source, task, scenes[task.scene_path]));
    suite.tasks.push_back(std::move(task));
    return {};
  }

  Result<void> add_task(const std::string& path, const Place& named_at) {
    auto read = read_yaml(path);
    if (!read.ok()) {
      Error error = std::move(read).error();
      if (error.id == 201)
        error.help = {fmt::format("it is named at {}:{}:{}", named_at.file, named_at.line, named_at.column),
                      fmt::format("它在 {}:{}:{} 处被引用", named_at.file, named_at.line, named_at.column)};
      return error;
    }
    const YamlFile file = std::move(read).value();
    ASSAY_RETURN_IF_ERROR(validate_schema(file, "task"));
    files.emplace_back(path, file.sha256);
    const std::string id = (*file.value)["id"].get<std::string>();
    for (const auto& other : suite.tasks)
      if (other.id == id)
        return Error{
            311,
            {fmt::format("task \"{}\" stands twice in this suite", id), fmt::format("测试集中任务“{}”出现了两次", id)},
            file.place("/id"),
            {"an id of its own", "各不相同的 id"},
            id,
            {"rename one of the two", "请将其中一个改名"}};
    for (int level = 1; level <= 5; ++level)
      if ((*file.value)["levels"].contains(fmt::format("L{}", level))) ASSAY_RETURN_IF_ERROR(add_level(file, level));
    return {};
  }

  /// One hash for all: it changes with any byte of any file, and not with where the catalogue stands.
  void finish() {
    for (const auto& [unused, scene] : scenes)
      for (const auto& file : scene.files)
        if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
    const fs::path folder = fs::path(suite.path).parent_path();
    std::string text;
    for (const auto& [path, sha256] : files) {
      suite.files.push_back(path);
      text += fmt::format("{} {}\n", sha256, fs::path(path).lexically_relative(folder).generic_string());
    }
    suite.sha256 = sha256_hex(text);
  }
};

}  // namespace

Error rule_broken(const Place& place, Text what, Text expected, std::string found, Text help) {
  return Error{312, std::move(what), place, std::move(expected), std::move(found), std::move(help)};
}

Text read_text(const Json& value) { return {value["en"].get<std::string>(), value["zh"].get<std::string>()}; }

Place LevelSource::place(const std::string& pointer) const {
  const std::string over = fmt::format("/levels/L{}{}", level, pointer);
  if (const auto it = file->marks.find(over); it != file->marks.end()) return it->second;
  return file->place(pointer);
}

LevelSource merge_level(const YamlFile& file, int level) {
  LevelSource source{&file, level, *file.value};
  source.value.erase("levels");
  const Json& over = (*file.value)["levels"][fmt::format("L{}", level)];
  merge(source.value, over, 0);
  return source;
}

Result<Task> read_task(const LevelSource& source, const std::string& suite) {
  const Json& value = source.value;
  Task task;
  task.id = value["id"].get<std::string>();
  task.suite = suite;
  task.level = source.level;
  task.title = read_text(value["title"]);
  task.purpose = read_text(value["purpose"]);
  task.instruction = read_text(value["instruction"]);
  if (value.contains("wordings"))
    for (const auto& one : value["wordings"]) task.wordings.push_back(read_text(one));
  task.text_only = value.value("grounding", "labels") == "text";
  if (value.contains("slots")) read_slots(value["slots"], task);
  if (value.contains("programme")) task.programme = read_programme(value["programme"]);
  task.capabilities = value["capabilities"].get<std::vector<std::string>>();
  task.tags = value.value("tags", std::vector<std::string>{});
  task.metrics = value.value("metrics", std::vector<std::string>{});
  task.scene_path = beside(source.file->path, value["scene"].get<std::string>());
  if (value.contains("reference")) task.reference = read_reference(value["reference"], source.file->path);
  ASSAY_TRY(task.variation, read_variation(source));
  if (value.contains("actors")) task.actors = read_actors(value["actors"]);
  if (value.contains("stimuli")) task.stimuli = read_stimuli(value["stimuli"]);
  if (value.contains("dialogue")) read_dialogue(value["dialogue"], task.tags);
  if (value.contains("separation")) task.separation = read_separation(value["separation"]);
  if (value.contains("detectables"))
    for (const auto& one : value["detectables"])
      task.detectables.push_back({one["body"].get<std::string>(), one["label"].get<std::string>(),
                                  one["kind"].get<std::string>(), read_triple(one["size_m"])});
  if (value.contains("detector")) read_detector(value["detector"], task.detector);
  ASSAY_RETURN_IF_ERROR(read_conditions(source, task));
  ASSAY_TRY(task.limits, read_limits(source));
  task.time_limit_ns = ns_from_s(value["time_limit_s"].get<double>());
  task.control_period_ns = static_cast<std::int64_t>(std::llround(1e9 / value.value("control_rate_hz", 50.0)));
  task.range_rate_hz = value.value("range_rate_hz", task.range_rate_hz);
  if (value.contains("physics")) read_physics(value["physics"], task.physics);
  return task;
}

Result<Suite> load_suite(const std::string& path) {
  std::error_code ignored;
  const std::string full = fs::is_directory(path, ignored) ? (fs::path(path) / "suite.yaml").string() : path;
  ASSAY_TRY(const YamlFile file, read_yaml(full));
  ASSAY_RETURN_IF_ERROR(validate_schema(file, "suite"));
  const Json& value = *file.value;
  SuiteBuilder builder;
  builder.suite.id = value["id"].get<std::string>();
  builder.suite.version = value["version"].get<std::string>();
  builder.suite.path = fs::absolute(full, ignored).lexically_normal().string();
  builder.suite.title = read_text(value["title"]);
  if (value.contains("description")) builder.suite.description = read_text(value["description"]);
  builder.files.emplace_back(builder.suite.path, file.sha256);
  for (std::size_t i = 0; i < value["tasks"].size(); ++i)
    ASSAY_RETURN_IF_ERROR(
        builder.add_task(beside(full, value["tasks"][i].get<std::string>()), file.place(fmt::format("/tasks/{}", i))));
  builder.finish();
  return std::move(builder.suite);
}

const Task* Suite::find(const std::string& task_key, int level) const {
  for (const auto& task : tasks)
    if (task.level == level && task.key() == task_key) return &task;
  return nullptr;
}

}  // namespace assay
