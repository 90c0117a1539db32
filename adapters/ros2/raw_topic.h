// Topics of which the library carries the bytes as they came: for types that are known only at run time.
#pragma once

#include <string>
#include <vector>

struct ddsi_sertype;

namespace assay::ros2 {

/// "pkg/msg/T" -> "pkg::msg::dds_::T_".
std::string dds_type_name(const std::string& ros_type);

/// A topic whose samples are CDR with its four bytes of encapsulation. The entity, or the library's error code; `used`
/// is the library's word for the type while the topic lives.
int create_raw_topic(int participant, const std::string& dds_topic, const std::string& dds_type,
                     const ddsi_sertype** used);
/// What came, in order of each writer; messages of more than 4 MiB never do.
void take_raw(int reader, std::vector<std::string>& out);
/// The library's return code.
int write_raw(int writer, const ddsi_sertype* type, const std::string& cdr);

}  // namespace assay::ros2
