#include "adapters/mujoco/world.h"

#include <array>
#include <cstring>

#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/guard.h"

namespace assay::mujoco {

Result<ModelPtr> load_model(const World& world) {
  constexpr const char* kName = "world.xml";
  if (world.mjcf.empty()) return model_does_not_load(world, "empty MJCF");
  auto vfs = std::make_unique<mjVFS>();  // megabytes: never on the stack
  mj_defaultVFS(vfs.get());
  std::array<char, 1024> text{};
  ModelPtr model;
  const auto thrown = guarded([&] {
    if (mj_makeEmptyFileVFS(vfs.get(), kName, static_cast<int>(world.mjcf.size())) != 0) return;
    std::memcpy(vfs->filedata[mj_findFileVFS(vfs.get(), kName)], world.mjcf.data(), world.mjcf.size());
    model.reset(mj_loadXML(kName, vfs.get(), text.data(), static_cast<int>(text.size())));
  });
  mj_deleteVFS(vfs.get());
  if (thrown) return model_does_not_load(world, *thrown);
  if (!model) return model_does_not_load(world, text.data());
  return model;
}

Result<ModelPtr> ModelCache::copy_of(const World& world) {
  if (!pristine_ || world.sha256.empty() || sha256_ != world.sha256) {
    pristine_.reset();
    ASSAY_TRY(pristine_, load_model(world));
    sha256_ = world.sha256;
  }
  ModelPtr copy;
  const auto thrown = guarded([&] { copy.reset(mj_copyModel(nullptr, pristine_.get())); });
  if (thrown || !copy) return engine_stopped(world, thrown.value_or("mj_copyModel failed"));
  return copy;
}

}  // namespace assay::mujoco
