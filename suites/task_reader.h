// One task file at one level → Task. Types are the schema's business; here is what a schema cannot say.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/model/task.h"
#include "core/result.h"
#include "suites/yaml.h"

namespace assay {

/// Kind of a scene's joint as its element says it; `unknown` where only a default class can say it.
enum class JointType { slide, hinge, other, unknown };

/// Names of a scene's bodies and sites, and of its joints, by a cheap look at the XML (includes followed), and the
/// files it is made of.
struct SceneNames {
  std::set<std::string> names;
  std::map<std::string, JointType> joints;
  std::vector<std::pair<std::string, std::string>> files;  ///< path, SHA-256
};
/// Fails with ASSAY-0308: missing, not readable, not XML.
Result<SceneNames> read_scene_names(const std::string& path, const Place& named_at);

/// A task's values at one level, base and overrides merged, and where each of them stands.
struct LevelSource {
  const YamlFile* file = nullptr;
  int level = 1;
  nlohmann::json value;

  /// The place of `pointer` in the overrides if it stands there, else in the base.
  [[nodiscard]] Place place(const std::string& pointer) const;
};

/// Maps are merged by key; lists, conditions and single values are replaced whole.
LevelSource merge_level(const YamlFile& file, int level);

/// `value` must have passed the schema. Fails with 0312 (a rule of the format that a schema cannot say).
Result<Condition> read_condition(const LevelSource& source, const nlohmann::json& value, const std::string& pointer);
Result<std::vector<Variation>> read_variation(const LevelSource& source);
Result<std::vector<Limit>> read_limits(const LevelSource& source);
Result<Task> read_task(const LevelSource& source, const std::string& suite);

/// Slots declared and filled, names known to the scene, units that fit its joints, both languages alike. Fails with
/// 0305, 0306, 0307, 0309, 0312.
Result<void> check_task(const LevelSource& source, const Task& task, const SceneNames& scene);

/// A title or an instruction: {en: …, zh: …}.
Text read_text(const nlohmann::json& value);
/// ASSAY-0312.
Error rule_broken(const Place& place, Text what, Text expected, std::string found, Text help = {});
/// `text` with every value of the slots in it: "{drawer}_slide" → "top_slide", "low_slide". Empty if a slot is unknown.
std::vector<std::string> expand_slots(const Task& task, const std::string& text);
/// Names between braces, in order of appearance.
std::vector<std::string> slots_in(const std::string& text);

}  // namespace assay
