// Numbers of chosen columns of a CSV file. Pure but for load_csv().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace assay::recorded {

struct Table {
  std::vector<std::vector<double>> columns;  ///< in the order asked for; all of one length
  std::vector<std::size_t> lines;            ///< of each row in the file, from 1; of MCAP: messages of the first topic
};

/// The first line names the columns; names and numbers may stand in double quotes; blank lines and lines that begin
/// with # are left out. Fails with 1265: a column that is missing or there twice, a cell that is no finite number, a
/// row of another length, no rows, a file beyond all measure. `file` stands in the places of errors.
Result<Table> read_csv(std::string_view text, char separator, const std::vector<std::string>& wanted,
                       const std::string& file);
Result<Table> load_csv(const std::string& path, char separator, const std::vector<std::string>& wanted);

}  // namespace assay::recorded
