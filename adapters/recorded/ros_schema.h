// Messages by the definition that travels with them (ros2msg, ros2idl) and their bytes (CDR). Any type: what is asked
// for is named by path. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace assay::recorded {

/// "pose.position.x", "position[2]", "position[elbow]" (the element that the same message's `name` or `joint_names`
/// calls so). A path that ends at a stamp (sec, nanosec) is that stamp in ns.
struct Step {
  std::string field;
  int index = -1;    ///< of an array; −1: none
  std::string word;  ///< in the place of a number
};
using Path = std::vector<Step>;
std::optional<Path> path_of(std::string_view text);

/// Exact for integers of 64 bits, stamps included.
using Number = long double;

class RosSchema {
 public:
  enum class Kind { boolean, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, text, wide_text, structure };
  struct Field {
    std::string name, type;  ///< the type's name until it is resolved
    Kind kind = Kind::structure;
    int structure = -1;
    std::int64_t count = kSingle;
  };
  static constexpr std::int64_t kSingle = -1, kSequence = -2;  ///< else that many elements
  struct Structure {
    std::string name;  ///< "package/Type"
    std::vector<Field> fields;
  };

  /// Fails with 1265; `encoding` is "ros2msg" or "ros2idl", `name` the root's.
  static Result<RosSchema> read(const std::string& name, std::string_view encoding, std::string_view text);
  /// The same from what read_ros2msg() and read_ros2idl() gave; of two of one name the first counts.
  static Result<RosSchema> of(const std::string& name, std::vector<Structure> structures);
  /// Does the path end at a number or a stamp? Fails with 1265, naming what is there.
  Result<void> check(const Path& path) const;
  /// Values in the order of `paths`. Nothing: the bytes do not fit the definition, or an element is not there. `whole`:
  /// nor may anything be left over but padding.
  std::optional<std::vector<Number>> decode(std::string_view cdr, const std::vector<Path>& paths,
                                            bool whole = false) const;
  /// The message whose fields at `paths` are `values` (of a stamp: ns), the nearest that they hold; all else is zero,
  /// texts are empty, sequences as long as a path's index asks. Elements by name are not to be had. Nothing: above 4
  /// MiB.
  [[nodiscard]] std::optional<std::string> encode(const std::vector<Path>& paths,
                                                  const std::vector<Number>& values) const;
  /// Does the path end at a stamp (sec, nanosec) or an integer? Of one that check() has let pass.
  [[nodiscard]] bool is_exact(const Path& path) const;
  /// The first wide string that a message has, whose width differs from sender to sender; empty: none.
  [[nodiscard]] std::string wide_string() const;

 private:
  friend class CdrWalk;
  friend class CdrWrite;
  Result<void> resolve(const std::string& root);
  Result<const Field*> last(const Path& path) const;
  std::vector<Structure> structures_;
  int root_ = -1;
};

/// The fields that a definition names, without resolving them. Fail with 1265.
Result<std::vector<RosSchema::Structure>> read_ros2msg(const std::string& name, std::string_view text);
Result<std::vector<RosSchema::Structure>> read_ros2idl(std::string_view text);

/// "a/msg/B", "a::msg::dds_::B_", "a/B" → "a/B", as structures are called once they are resolved.
std::string short_name(std::string name);
/// 1265 about a definition.
Error bad_schema(const std::string& name, Text expected, const std::string& found);

}  // namespace assay::recorded
