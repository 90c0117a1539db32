// Loading: MJCF text → mjModel, once per world; a working copy per trial.
#pragma once

#include <mujoco/mujoco.h>

#include <memory>
#include <string>

#include "core/model/body.h"
#include "core/result.h"

namespace assay::mujoco {

struct ModelDeleter {
  void operator()(mjModel* model) const { mj_deleteModel(model); }
};
struct DataDeleter {
  void operator()(mjData* data) const { mj_deleteData(data); }
};
using ModelPtr = std::unique_ptr<mjModel, ModelDeleter>;
using DataPtr = std::unique_ptr<mjData, DataDeleter>;

/// Compiles the world's MJCF from memory. Fails with ASSAY-0420.
Result<ModelPtr> load_model(const World& world);

/// Keeps the compiled model of the last world, untouched, and hands out copies.
class ModelCache {
 public:
  /// A fresh copy; compiles only if `world` is another one than before (by its SHA-256).
  Result<ModelPtr> copy_of(const World& world);

 private:
  std::string sha256_;
  ModelPtr pristine_;
};

}  // namespace assay::mujoco
