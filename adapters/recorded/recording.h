// The `recorded:` section of a subject file, and the trials that it cuts a file into.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "adapters/recorded/csv.h"
#include "core/model/scheme.h"
#include "core/trace.h"

namespace assay::recorded {

struct Column {
  Channel channel;
  double factor = 1, offset = 0;  ///< value in the channel's unit = factor · cell + offset
};

/// One trial: rows from its start on, time from 0.
struct Cut {
  std::vector<std::int64_t> t_ns;
  std::vector<std::size_t> rows;
};

struct Recording {
  std::string file;                          ///< of every task; empty: `files` says
  std::map<std::string, std::string> files;  ///< task → file
  std::string instrument;
  std::vector<Column> columns;
  std::map<std::string, std::array<double, 3>>
      fixed;  ///< things that stood still, said by whoever measured: x, y, z in m
  std::map<std::string, std::array<double, 4>> orientation;  ///< not measured, said likewise: w, x, y, z
  double max_gap_s = 0.1;
  std::string time_column, trial_column;
  char separator = ',';
  double time_factor_s = 1;
  std::vector<std::string> column_names;  ///< of `columns`
  std::vector<double> starts_s;
};

struct Loaded {
  Table table;  ///< in the channels' units
  std::vector<Cut> cuts;
};

/// Fails with 1266.
Result<Recording> recording_of(const RobotLink& link);
/// Fails with 1265 and 1266: a unit that does not convert, time that runs backwards, a start beyond the end.
Result<Loaded> load(const Recording& recording, const std::string& file);
/// Fails with 1266: no recording of this task.
Result<std::string> file_of(const Recording& recording, const std::string& task);

}  // namespace assay::recorded
