#include "adapters/mujoco/drawing.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace assay::mujoco {
namespace {

constexpr int kMostGeoms = 5000;

/// MuJoCo's drawing state, freed in order.
struct Scene {
  mjvScene scene{};
  mjrContext context{};
  explicit Scene(mjModel& model) {
    mjv_defaultScene(&scene);
    mjv_makeScene(&model, &scene, kMostGeoms);
    mjr_defaultContext(&context);
    mjr_makeContext(&model, &context, mjFONTSCALE_100);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene() {
    mjr_freeContext(&context);
    mjv_freeScene(&scene);
  }
};

mjvCamera camera_of(const mjModel& model, bool mobile) {
  mjvCamera camera;
  mjv_defaultCamera(&camera);
  mjv_defaultFreeCamera(&model, &camera);
  const int named = mj_name2id(&model, mjOBJ_CAMERA, "overview");
  if (named >= 0) {
    camera.type = mjCAMERA_FIXED;
    camera.fixedcamid = named;
    return camera;
  }
  // A floor between walls is looked into from above; a table from beside it.
  camera.azimuth = 140;
  camera.elevation = mobile ? -58 : -28;
  camera.distance = 1.6 * model.stat.extent;
  return camera;
}

class GlDrawing : public Drawing {
 public:
  explicit GlDrawing(mjModel& model) : model_(model) {}

  Result<void> open(GlKind kind, bool mobile, int width, int height) {
    ASSAY_TRY(gl_, GlContext::open(kind, width, height));
    scene_.emplace(model_);
    mjr_setBuffer(mjFB_OFFSCREEN, &scene_->context);
    if (scene_->context.currentBuffer != mjFB_OFFSCREEN) return no_gl("no offscreen buffer");
    camera_ = camera_of(model_, mobile);
    return {};
  }

  Result<void> draw(mjData& data, const std::string& caption, Picture& picture) override {
    mjvOption option;
    mjv_defaultOption(&option);
    return draw(data, option, camera_, caption, picture);
  }

  Result<void> see(mjData& data, int camera, Picture& picture) override {
    mjvOption option;
    mjv_defaultOption(&option);
    // Marks that help people find their way in a model are nothing that a camera could see.
    std::fill(std::begin(option.sitegroup), std::end(option.sitegroup), 0);
    mjvCamera eye;
    mjv_defaultCamera(&eye);
    eye.type = mjCAMERA_FIXED;
    eye.fixedcamid = camera;
    return draw(data, option, eye, "", picture);
  }

 private:
  Result<void> draw(mjData& data, const mjvOption& option, mjvCamera& camera, const std::string& caption,
                    Picture& picture) {
    mjv_updateScene(&model_, &data, &option, nullptr, &camera, mjCAT_ALL, &scene_->scene);
    const mjrRect view{0, 0, picture.width, picture.height};
    mjr_render(view, &scene_->scene, &scene_->context);
    if (!caption.empty())
      mjr_overlay(mjFONT_NORMAL, mjGRID_BOTTOMLEFT, view, caption.c_str(), nullptr, &scene_->context);
    std::vector<std::uint8_t> bottom_up(picture.rgb.size());
    mjr_readPixels(bottom_up.data(), nullptr, view, &scene_->context);
    const auto row = static_cast<std::size_t>(picture.width) * 3;
    for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y)
      std::copy_n(bottom_up.begin() + static_cast<std::ptrdiff_t>(y * row), row,
                  picture.rgb.end() - static_cast<std::ptrdiff_t>((y + 1) * row));
    return {};
  }

  mjModel& model_;
  std::unique_ptr<GlContext> gl_;  // before the scene, which is freed first
  std::optional<Scene> scene_;
  mjvCamera camera_{};
};

Result<std::unique_ptr<Drawing>> open_drawing(mjModel& model, GlKind kind, bool mobile, int width, int height) {
  model.vis.global.offwidth = std::max(model.vis.global.offwidth, width);
  model.vis.global.offheight = std::max(model.vis.global.offheight, height);
  auto out = std::make_unique<GlDrawing>(model);
  ASSAY_RETURN_IF_ERROR(out->open(kind, mobile, model.vis.global.offwidth, model.vis.global.offheight));
  return std::unique_ptr<Drawing>(std::move(out));
}

}  // namespace

Result<std::unique_ptr<Drawing>> Drawing::open(mjModel_& model, const World& world, int width, int height) {
  const bool mobile = std::any_of(world.groups.begin(), world.groups.end(), [](const Group& group) {
    return group.kind == Group::Kind::base || group.kind == Group::Kind::legs;
  });
  return open_drawing(model, GlKind::egl, mobile, width, height);
}

Result<std::unique_ptr<Drawing>> Drawing::open(mjModel_& model, GlKind kind, int width, int height) {
  return open_drawing(model, kind, false, width, height);
}

}  // namespace assay::mujoco
