#include "harness/fill.h"

#include <algorithm>

#include "core/model/dialogue.h"

namespace assay::harness {
namespace {

const Detectable* detectable_of(const Task& task, const std::string& entity) {
  const auto at = std::find_if(task.detectables.begin(), task.detectables.end(),
                               [&](const Detectable& d) { return d.body == entity; });
  return at == task.detectables.end() ? nullptr : &*at;
}

/// The suite's words for a slot's value; where it has none, the detector's label; else the entity's name.
std::string words_of(const Task& task, const std::string& slot, const std::string& value, Lang lang) {
  if (const auto words = task.slot_words.find(slot); words != task.slot_words.end())
    if (const auto text = words->second.find(value); text != words->second.end()) return text->second.in(lang);
  const auto* detectable = detectable_of(task, value);
  return detectable != nullptr ? detectable->label : value;
}

}  // namespace

Result<std::string> fill(const std::string& text, const Slots& words) {
  std::string out;
  std::size_t from = 0;
  while (true) {
    const std::size_t open = text.find('{', from);
    const std::size_t close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) return out + text.substr(from);
    const std::string slot = text.substr(open + 1, close - open - 1);
    const auto word = words.find(slot);
    if (word == words.end())
      return Error{.id = 502,
                   .what = {"the task names a slot that no variation of kind `choice` draws",
                            "任务使用的槽位没有由 choice 类变化给出取值"},
                   .expected = {"a choice variation with this slot's name", "名称与该槽位相同的 choice 变化"},
                   .found = "{" + slot + "} in \"" + text + "\"",
                   .help = {"add the variation or correct the placeholder", "请添加该变化，或更正占位符"}};
    out.append(text, from, open - from).append(word->second);
    from = close + 1;
  }
}

Result<Condition> fill(const Condition& condition, const Slots& slots) {
  Condition out = condition;
  ASSAY_TRY(out.a, fill(condition.a, slots));
  ASSAY_TRY(out.b, fill(condition.b, slots));
  for (auto& entity : out.entities) {
    ASSAY_TRY(entity, fill(entity, slots));
  }
  for (auto& box : out.except) {
    ASSAY_TRY(box.entity, fill(box.entity, slots));
  }
  for (auto& child : out.children) {
    ASSAY_TRY(child, fill(child, slots));
  }
  return out;
}

Result<Limit> fill(const Limit& limit, const Slots& slots) {
  Limit out = limit;
  ASSAY_TRY(out.a, fill(limit.a, slots));
  ASSAY_TRY(out.b, fill(limit.b, slots));
  return out;
}

Result<Text> in_words(const Task& task, const Slots& slots, const Text& said) {
  Slots en, zh;
  for (const auto& [slot, value] : slots) {
    en[slot] = words_of(task, slot, value, Lang::en);
    zh[slot] = words_of(task, slot, value, Lang::zh);
  }
  Text out;
  ASSAY_TRY(out.en, fill(said.en, en));
  ASSAY_TRY(out.zh, fill(said.zh, zh));
  return out;
}

Result<Instruction> make_instruction(const Task& task, const Slots& slots, int wording) {
  Instruction out;
  out.wording = wording;
  out.text_only = task.text_only;
  out.slots = slots;
  for (const auto& tag : task.tags)
    if (!turn_of(tag)) out.tags.push_back(tag);
  out.programme = task.programme;
  for (const auto& [slot, value] : slots) {
    const auto* detectable = detectable_of(task, value);
    out.labels[slot] = detectable != nullptr ? detectable->label : value;
  }
  const Text& said = wording == 0 ? task.instruction : task.wordings.at(static_cast<std::size_t>(wording) - 1);
  ASSAY_TRY(out.text, in_words(task, slots, said));
  return out;
}

}  // namespace assay::harness
