#include "adapters/mujoco/renderer.h"

#include <mujoco/mujoco.h>

#include <optional>
#include <string>

#include "adapters/mujoco/actors.h"
#include "adapters/mujoco/drawing.h"
#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/guard.h"
#include "adapters/mujoco/replay.h"
#include "adapters/mujoco/scene_setup.h"
#include "adapters/mujoco/world.h"

namespace assay {
namespace {

Picture blank(int width, int height) {
  return {width, height,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3)};
}

Result<void> draw_frames(const Setup& setup, const Trace* trace, const ReplayView& view, const FrameSink& sink) {
  ASSAY_TRY(const auto model, mujoco::load_model(setup.world));
  const mujoco::DataPtr data(mj_makeData(model.get())), scratch(mj_makeData(model.get()));
  if (!data || !scratch) return mujoco::engine_stopped(setup.world, "mj_makeData failed");
  ASSAY_RETURN_IF_ERROR(mujoco::apply_setup(setup, *model, *data, *scratch));
  ASSAY_TRY(auto actors, mujoco::Actors::make(setup.actors, *model));
  ASSAY_TRY(const auto drawing, mujoco::Drawing::open(*model, setup.world, view.width, view.height));
  std::optional<mujoco::Replay> replay;
  if (trace != nullptr) {
    ASSAY_TRY(auto made, mujoco::Replay::make(*trace, setup.world, *model, *scratch));
    replay.emplace(std::move(made));
  }
  Picture picture = blank(view.width, view.height);
  for (const auto t_ns : view.times_ns) {
    if (replay) replay->apply(*data, t_ns);
    actors.move(*data, t_ns);
    mj_forward(model.get(), data.get());
    ASSAY_RETURN_IF_ERROR(drawing->draw(*data, view.caption ? view.caption(t_ns) : "", picture));
    ASSAY_RETURN_IF_ERROR(sink(picture));
  }
  return {};
}

Result<void> guarded_frames(const Setup& setup, const Trace* trace, const ReplayView& view, const FrameSink& sink) {
  Result<void> drawn;
  if (const auto thrown = mujoco::guarded([&] { drawn = draw_frames(setup, trace, view, sink); }))
    return mujoco::engine_stopped(setup.world, *thrown);
  return drawn;
}

}  // namespace

Result<Picture> render_start(const Setup& setup, int width, int height) {
  Picture out;
  ASSAY_RETURN_IF_ERROR(guarded_frames(setup, nullptr, {width, height, {0}, {}}, [&](const Picture& picture) {
    out = picture;
    return Result<void>{};
  }));
  return out;
}

Result<void> render_trace(const Setup& setup, const Trace& trace, const ReplayView& view, const FrameSink& sink) {
  return guarded_frames(setup, &trace, view, sink);
}

}  // namespace assay
