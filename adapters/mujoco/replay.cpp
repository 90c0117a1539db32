#include "adapters/mujoco/replay.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "adapters/mujoco/actuators.h"
#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {
namespace {

/// The last row at or before `t_ns`; the first if there is none.
std::size_t row_at(const Stream& stream, std::int64_t t_ns) {
  const auto after = std::upper_bound(stream.t_ns.begin(), stream.t_ns.end(), t_ns);
  return after == stream.t_ns.begin() ? 0 : static_cast<std::size_t>(after - stream.t_ns.begin()) - 1;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Distance of the gripper's two sides with its joints at one end of their ranges.
double gap_at(const mjModel& model, mjData& data, const std::vector<JointRef>& joints, int a, int b, bool high) {
  for (const auto& joint : joints) data.qpos[joint.qpos] = high ? joint.high : joint.low;
  mj_kinematics(&model, &data);
  return (vec3(data.xpos + 3 * a) - vec3(data.xpos + 3 * b)).norm();
}

}  // namespace

Result<Replay> Replay::make(const Trace& trace, const World& world, const mjModel& model, mjData& scratch) {
  Replay out;
  out.truth_ = trace.stream("/truth");
  out.seen_ = trace.stream("/observation");
  if (out.truth_ != nullptr && out.truth_->rows() > 0) {
    const auto& channels = out.truth_->channels;
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const std::string& name = channels[i].name;
      if (name.rfind("joint.", 0) == 0) {
        const int joint = mj_name2id(&model, mjOBJ_JOINT, name.substr(6).c_str());
        if (joint >= 0) out.truth_joints_.push_back({static_cast<int>(i), model.jnt_qposadr[joint]});
      }
      if (!ends_with(name, ".x_m") || i + 6 >= channels.size() || !ends_with(channels[i + 6].name, ".qz")) continue;
      const auto entity = find_entity(model, world.groups, name.substr(0, name.size() - 4));
      if (!entity || entity->site >= 0 || entity->body < 0) continue;
      Pose pose{static_cast<int>(i)};
      if (is_free(model, entity->body)) pose.qpos = model.jnt_qposadr[model.body_jntadr[entity->body]];
      pose.mocap = model.body_mocapid[entity->body];
      if (pose.qpos >= 0 || pose.mocap >= 0) out.poses_.push_back(pose);
    }
  }
  const bool seen = out.seen_ != nullptr && out.seen_->rows() > 0;
  for (const auto& group : world.groups) {
    if (!seen || group.kind == Group::Kind::base) continue;
    ASSAY_TRY(const auto joints, find_joints(model, world, group));
    if (group.kind != Group::Kind::gripper) {
      for (std::size_t k = 0; k < joints.size(); ++k) {
        char suffix[40];
        std::snprintf(suffix, sizeof suffix, ".position_%02zu_rad", k);
        const int column = out.seen_->find(group.name + suffix);
        if (column >= 0) out.seen_joints_.push_back({column, joints[k].qpos});
      }
      continue;
    }
    const int column = out.seen_->find(group.name + ".width_m");
    if (column < 0 || !(group.max_width_m > 0) || group.side_a_bodies.empty() || group.side_b_bodies.empty()) continue;
    const int a = body_id(model, group.side_a_bodies.front()), b = body_id(model, group.side_b_bodies.front());
    if (a < 0 || b < 0 || !std::all_of(joints.begin(), joints.end(), [](const JointRef& j) { return j.limited; }))
      continue;
    const bool opens_upwards =
        gap_at(model, scratch, joints, a, b, true) >= gap_at(model, scratch, joints, a, b, false);
    for (const auto& joint : joints) {
      const double closed = opens_upwards ? joint.low : joint.high, open = opens_upwards ? joint.high : joint.low;
      out.seen_joints_.push_back(
          {column, joint.qpos, closed, (open - closed) / group.max_width_m, joint.low, joint.high});
    }
  }
  if (out.poses_.empty() && out.seen_joints_.empty() && out.truth_joints_.empty())
    return Error{.id = 726,
                 .what = {"the trial cannot be shown again from its record", "无法由记录重现该试验"},
                 .expected = {"poses in /truth or joints in /observation", "/truth 中的位姿或 /observation 中的关节"},
                 .found = "nothing of this world",
                 .help = {"see `assay trial show` for what is on record", "请用 `assay trial show` 查看记录内容"}};
  return out;
}

void Replay::apply(mjData& data, std::int64_t t_ns) const {
  const auto joints = [&](const Stream& stream, const std::vector<Joint>& list) {
    const auto row = stream.row(row_at(stream, t_ns));
    for (const auto& joint : list)
      data.qpos[joint.qpos] =
          std::clamp(joint.offset + joint.scale * row[static_cast<std::size_t>(joint.column)], joint.low, joint.high);
  };
  if (!seen_joints_.empty()) joints(*seen_, seen_joints_);
  if (!truth_joints_.empty()) joints(*truth_, truth_joints_);
  if (poses_.empty()) return;
  const auto row = truth_->row(row_at(*truth_, t_ns));
  for (const auto& pose : poses_) {
    const double* from = row.data() + pose.column;
    if (pose.qpos >= 0) std::copy_n(from, 7, data.qpos + pose.qpos);
    if (pose.mocap < 0) continue;
    std::copy_n(from, 3, data.mocap_pos + 3 * static_cast<std::ptrdiff_t>(pose.mocap));
    std::copy_n(from + 3, 4, data.mocap_quat + 4 * static_cast<std::ptrdiff_t>(pose.mocap));
  }
}

}  // namespace assay::mujoco
