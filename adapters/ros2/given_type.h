// A message type beyond the twelve built in, by the definition that the subject file names (docs/wire-ros2.md).
#pragma once

#include <map>
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

  /// A field that is the same in every message written. Fails with 1275.
  Result<void> set(const std::string& field, double value);
  /// Can encode() write what add(), set_stamp() and set() named? Fails with 1275.
  [[nodiscard]] Result<void> check_writing() const;

  /// False: the bytes are not a message of this type, or lack an element that was asked for.
  bool decode(std::string_view cdr, Message& out) const;
  /// `values` in the order of add(), and the stamp.
  [[nodiscard]] std::string encode(const Message& message) const;

  [[nodiscard]] const std::string& name() const { return name_; }                 ///< "pkg/msg/T"
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }  ///< as they were named
  [[nodiscard]] const std::string& stamp() const { return stamp_field_; }
  [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
  [[nodiscard]] const std::map<std::string, double>& constants() const { return constants_; }

 private:
  Result<recorded::Path> path(const std::string& field) const;
  std::size_t append(recorded::Path path, double constant = 0);

  std::string name_, stamp_field_;
  std::vector<std::string> files_;
  recorded::RosSchema schema_;
  std::vector<recorded::Path> paths_;
  std::vector<recorded::Number> fixed_;  ///< of each path: its constant, or 0
  std::vector<std::string> fields_;      ///< of add(), and where they are among paths_
  std::vector<std::size_t> fields_at_;
  std::map<std::string, double> constants_;
  int stamp_ = -1;  ///< among paths_
};

}  // namespace assay::ros2
