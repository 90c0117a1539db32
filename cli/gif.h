// An animated GIF, by giflib.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace assay::cli {

class GifFile {
 public:
  /// Fails with ASSAY-0727.
  static Result<std::unique_ptr<GifFile>> create(const std::string& path, int width, int height);
  virtual ~GifFile() = default;
  /// 8-bit RGB rows from the top; shown for `centiseconds`. The first frame chooses the palette of all.
  virtual Result<void> add(const std::string& rgb, int centiseconds) = 0;
  virtual Result<void> close() = 0;
};

}  // namespace assay::cli
