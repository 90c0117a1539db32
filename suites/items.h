// How many different items a task can pose: what is drawn from lists, not what is drawn from ranges. Two trials that
// differ in a jitter, a mass or a noise are repetitions of one item.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/model/task.h"

namespace assay {

/// A count that never wraps: beyond 2^64 − 1 it stays there and says that it is more.
struct Count {
  std::uint64_t value = 0;
  bool more = false;  ///< `value` is a lower bound
};
Count operator+(Count a, Count b);
Count operator*(Count a, Count b);

struct ItemCount {
  Count objects{1};  ///< object sets: assignments of values to the slots that `choice` draws. Slots of one family
                     ///< (object, object_2 …) take different values: systems of distinct representatives of their lists
  Count layouts{1};  ///< Π over place: different places; over shuffle of k bodies on n places: n!/(n − k)!, fewer where
                     ///< places are equal
  Count wordings{1};  ///< different texts among the instruction and its wordings
  Count faults{1};    ///< Π over one_of: Σ over its different options of the layouts in the option
  [[nodiscard]] Count items() const { return objects * layouts * wordings * faults; }
};

/// Of a task at its level. Exact for any task that check_task() lets through.
ItemCount count_items(const Task& task);

/// "object_2" → {"object", 2}; a name without such an ending (_2 … _9) → {name, 1}.
std::pair<std::string, int> slot_family(const std::string& slot);

}  // namespace assay
