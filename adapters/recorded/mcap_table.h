// Numbers of chosen fields of an MCAP file, as rows. Pure but for load_mcap().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/recorded/csv.h"

namespace assay::recorded {

/// `wanted`: "/topic:path" (paths as in ros_schema.h), "log_time" or "publish_time" (ns). Each message of the first
/// one's topic is a row; of other topics the newest message by log time counts, and rows begin when all have come.
/// Column `time` holds ns since the first row where it is a stamp or a time of the file's (integers of 64 bits do not
/// fit a double), else the field as it is. Messages are CDR with their ros2msg or ros2idl schema, or JSON. Fails with
/// 1265.
Result<Table> read_mcap(std::string_view bytes, const std::vector<std::string>& wanted, std::size_t time,
                        const std::string& file);
Result<Table> load_mcap(const std::string& path, const std::vector<std::string>& wanted, std::size_t time);

}  // namespace assay::recorded
