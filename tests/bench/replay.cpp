#include "tests/bench/replay.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace assay::bench {
namespace {

Tape* g_tape = nullptr;  // mjcb_control has no argument for it
std::map<const mjData*, std::unique_ptr<mjData, DataDeleter>> g_first;
const mjData* g_world = nullptr;
double g_time = 0;

/// MuJoCo calls this in mj_step1 and mj_forward: of the adapter's worlds the one whose time advances is the trial's.
/// A call comes after each step, before new controls are set.
void on_control(const mjModel* model, mjData* data) {
  Tape& tape = *g_tape;
  if (data->time == 0) {
    g_first[data].reset(mj_copyData(nullptr, model, data));
    return;
  }
  if (g_world == nullptr) {
    g_world = data;
    tape.model.reset(mj_copyModel(nullptr, model));
    tape.first = std::move(g_first[data]);
    tape.work.reset(mj_makeData(model));
  }
  if (data != g_world || data->time <= g_time) return;
  g_time = data->time;
  ++tape.steps;
  tape.controls.insert(tape.controls.end(), data->ctrl, data->ctrl + model->nu);
  tape.forces.insert(tape.forces.end(), data->xfrc_applied, data->xfrc_applied + 6 * model->nbody);
  tape.last_position.assign(data->qpos, data->qpos + model->nq);
}

void scan(const Tape& tape) {
  const mjModel* m = tape.model.get();
  mjData* d = tape.work.get();
  const mjtByte groups[mjNGROUP] = {1, 1, 1, 1, 1, 0};
  const mjtNum* rotation = d->site_xmat + 9 * tape.scan_site;
  for (int beam = 0; beam < tape.beams; ++beam) {
    const double angle = 2 * std::numbers::pi * beam / tape.beams;
    mjtNum ray[3];
    for (int i = 0; i < 3; ++i) ray[i] = rotation[3 * i] * std::cos(angle) + rotation[3 * i + 1] * std::sin(angle);
    int geom = -1;
    mj_ray(m, d, d->site_xpos + 3 * tape.scan_site, ray, groups, 1, tape.scan_body, &geom);
  }
}

class RecordingPolicy final : public Policy {
 public:
  RecordingPolicy(std::unique_ptr<Policy> policy, std::vector<Action>& actions)
      : policy_(std::move(policy)), actions_(actions) {}
  [[nodiscard]] PolicyDescription describe() const override { return policy_->describe(); }
  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    return policy_->begin(instruction, robot, key);
  }
  Result<Action> act(const Observation& observation) override {
    auto action = policy_->act(observation);
    if (action) actions_.push_back(*action);
    return action;
  }

 private:
  std::unique_ptr<Policy> policy_;
  std::vector<Action>& actions_;
};

class ReplayingPolicy final : public Policy {
 public:
  explicit ReplayingPolicy(const std::vector<Action>& actions) : actions_(actions) {}
  [[nodiscard]] PolicyDescription describe() const override { return {"replay", "1", true, false, 0}; }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override {
    next_ = 0;
    return {};
  }
  Result<Action> act(const Observation&) override { return next_ < actions_.size() ? actions_[next_++] : Action{}; }

 private:
  const std::vector<Action>& actions_;
  std::size_t next_ = 0;
};

}  // namespace

TapeRecorder::TapeRecorder(Tape& tape) {
  g_tape = &tape;
  g_world = nullptr;
  g_time = 0;
  mjcb_control = on_control;
}

TapeRecorder::~TapeRecorder() {
  mjcb_control = nullptr;
  const auto& forces = g_tape->forces;
  if (std::all_of(forces.begin(), forces.end(), [](double f) { return f == 0; })) g_tape->forces.clear();
  g_tape = nullptr;
  g_first.clear();
}

double replay(Tape& tape) {
  const mjModel* m = tape.model.get();
  mjData* d = tape.work.get();
  mj_copyData(d, m, tape.first.get());
  for (int step = 0; step < tape.steps; ++step) {
    if (tape.beams > 0 && step % tape.steps_per_scan == 0) scan(tape);
    std::copy_n(tape.controls.data() + static_cast<std::ptrdiff_t>(step) * m->nu, m->nu, d->ctrl);
    if (!tape.forces.empty())
      std::copy_n(tape.forces.data() + static_cast<std::ptrdiff_t>(step) * 6 * m->nbody, 6 * m->nbody, d->xfrc_applied);
    mj_step(m, d);
  }
  double distance = 0;
  for (int i = 0; i < m->nq; ++i)
    distance = std::max(distance, std::abs(d->qpos[i] - tape.last_position[static_cast<std::size_t>(i)]));
  return distance;
}

std::unique_ptr<Policy> make_recording_policy(std::unique_ptr<Policy> policy, std::vector<Action>& actions) {
  return std::make_unique<RecordingPolicy>(std::move(policy), actions);
}

std::unique_ptr<Policy> make_replaying_policy(const std::vector<Action>& actions) {
  return std::make_unique<ReplayingPolicy>(actions);
}

}  // namespace assay::bench
