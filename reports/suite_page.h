// The catalogue page of a suite: what its tasks are, in words and pictures made from the same data that runs them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/model/scheme.h"
#include "core/text.h"
#include "suites/catalog.h"

namespace assay::reports {

struct SuitePage {
  Suite suite;
  std::map<std::pair<std::string, int>, std::string> pictures;  ///< (Task::key(), level) → bytes of a PNG
  std::vector<Scheme> schemes;                                  ///< whose indicators use the suite's tasks
  std::string tool_version;
};

/// One static page that opens from disk, zh and en, pictures inside.
std::string to_html(const SuitePage& page, Lang first);

/// PNG of 8-bit RGB rows from the top; empty if it cannot be made.
std::string png_of(int width, int height, const std::string& rgb);

}  // namespace assay::reports
