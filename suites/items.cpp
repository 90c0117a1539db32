#include "suites/items.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

namespace assay {

namespace {

using Kind = Variation::Kind;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

/// Ways to give each list one of its values, no value twice: value by value, over the sets of lists that are served.
/// One family has at most nine slots.
Count distinct_representatives(const std::vector<std::set<std::string>>& lists) {
  std::set<std::string> values;
  for (const auto& list : lists) values.insert(list.begin(), list.end());
  std::vector<Count> ways(std::size_t{1} << lists.size());
  ways[0] = {1};
  for (const auto& value : values)
    for (std::size_t served = ways.size(); served-- > 0;)  // downwards: a value serves one list
      for (std::size_t k = 0; k < lists.size(); ++k)
        if ((served >> k & 1u) != 0 && lists[k].contains(value))
          ways[served] = ways[served] + ways[served ^ (std::size_t{1} << k)];
  return ways.back();
}

Count object_sets(const Task& task) {
  std::map<std::string, std::set<std::string>> lists;  // a slot that is drawn twice has its last value
  for (const auto& v : task.variation)
    if (v.kind == Kind::choice) lists[v.name] = {v.of.begin(), v.of.end()};
  std::map<std::string, std::vector<std::set<std::string>>> families;
  for (const auto& [slot, list] : lists) families[slot_family(slot).first].push_back(list);
  Count out{1};
  for (const auto& [unused, family] : families) out = out * distinct_representatives(family);
  return out;
}

Count choose(std::size_t n, std::size_t k) {
  Count out{1};
  for (std::size_t i = 1; i <= k; ++i) {
    out = out * Count{n - k + i};
    if (out.more) return out;
    out.value /= i;  // the product of i neighbours is a multiple of i!
  }
  return out;
}

/// Different rows of k places out of `places`: equal places are one place that has room for several bodies.
Count arrangements(const std::vector<std::array<double, 4>>& places, std::size_t k) {
  std::map<std::array<double, 4>, std::size_t> room;
  for (const auto& place : places) ++room[place];
  std::vector<Count> ways(k + 1);  // by number of bodies that stand
  ways[0] = {1};
  for (const auto& [unused, most] : room)
    for (std::size_t standing = k; standing > 0; --standing)
      for (std::size_t here = 1; here <= std::min(most, standing); ++here)
        ways[standing] = ways[standing] + ways[standing - here] * choose(standing, here);
  return ways[k];
}

Count layouts_of(const std::vector<Variation>& variation) {
  Count out{1};
  for (const auto& v : variation) {
    if (v.kind == Kind::place) out = out * arrangements(v.places, 1);
    if (v.kind == Kind::shuffle) out = out * arrangements(v.places, v.of.size());
  }
  return out;
}

/// Equal for options that do the same.
std::string description(const std::vector<Variation>& option) {
  std::string out;
  for (const auto& v : option) {
    out += fmt::format("{} {} {} {} {} {} {};", static_cast<int>(v.kind), v.name, v.target, v.low, v.high, v.from_ns,
                       v.to_ns);
    for (const auto& body : v.of) out += body + ",";
    for (const auto& p : v.places) out += fmt::format("({} {} {} {})", p[0], p[1], p[2], p[3]);
    out += fmt::format("±{} {} {} {}\n", v.jitter[0], v.jitter[1], v.jitter[2], v.jitter[3]);
  }
  return out;
}

Count fault_options(const std::vector<Variation>& variation) {
  Count out{1};
  for (const auto& v : variation) {
    if (v.kind != Kind::one_of) continue;
    std::set<std::string> seen;
    Count options;
    for (const auto& option : v.options)
      if (seen.insert(description(option)).second) options = options + layouts_of(option);
    out = out * options;
  }
  return out;
}

}  // namespace

Count operator+(Count a, Count b) {
  Count out{0, a.more || b.more};
  if (__builtin_add_overflow(a.value, b.value, &out.value)) return {kMost, true};
  return out;
}

Count operator*(Count a, Count b) {
  Count out{0, a.more || b.more};
  if (__builtin_mul_overflow(a.value, b.value, &out.value)) return {kMost, true};
  return out;
}

std::pair<std::string, int> slot_family(const std::string& slot) {
  const auto bar = slot.rfind('_');
  const char last = slot.empty() ? ' ' : slot.back();
  if (bar == std::string::npos || bar + 2 != slot.size() || last < '2' || last > '9') return {slot, 1};
  return {slot.substr(0, bar), last - '0'};
}

ItemCount count_items(const Task& task) {
  std::set<std::pair<std::string, std::string>> texts = {{task.instruction.en, task.instruction.zh}};
  for (const auto& wording : task.wordings) texts.insert({wording.en, wording.zh});
  return {object_sets(task), layouts_of(task.variation), Count{texts.size()}, fault_options(task.variation)};
}

}  // namespace assay
