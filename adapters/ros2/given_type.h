// A message type beyond the twelve built in, by the definition that the subject file names (docs/wire-ros2.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/recorded/ros_schema.h"
#include "adapters/ros2/messages.h"

namespace assay::ros2 {

class GivenType {
 public:
  /// `files`, relative to `folder`: .msg (each called after its type; the types that the first needs may follow in it,
  /// as in a recording) or .idl. What they leave out of the messages that this wire knows by itself need not be given.
  /// Fails with 1272 (file), 1273 (definition), 1274 (the type is not in it).
  static Result<GivenType> read(const std::string& ros_type, const std::vector<std::string>& files,
                                const std::string& folder);

  /// The place of this field among a message's `values`. Fails with 1275: no such field, or no number.
  Result<int> add(const std::string& field);
  /// The field that is the message's stamp: sec and nanosec, or an integer of ns. Fails with 1275.
  Result<void> set_stamp(const std::string& field);
  [[nodiscard]] bool stamped() const { return stamp_ >= 0; }

  /// False: the bytes are not a message of this type, or lack an element that was asked for.
  bool decode(std::string_view cdr, Message& out) const;

  [[nodiscard]] const std::string& name() const { return name_; }                 ///< "pkg/msg/T"
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }  ///< as they were named
  [[nodiscard]] const std::string& stamp() const { return stamp_field_; }

 private:
  Result<recorded::Path> path(const std::string& field) const;

  std::string name_, stamp_field_;
  std::vector<std::string> files_;
  recorded::RosSchema schema_;
  std::vector<recorded::Path> paths_;
  int stamp_ = -1;  ///< among paths_
};

}  // namespace assay::ros2
