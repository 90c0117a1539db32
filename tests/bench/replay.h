// A trial taken down while it runs, so that the same physics can be stepped again with nothing around it.
#pragma once

#include <mujoco/mujoco.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/policy.h"
#include "core/model/setup.h"

namespace assay::bench {

struct ModelDeleter {
  void operator()(mjModel* model) const { mj_deleteModel(model); }
};
struct DataDeleter {
  void operator()(mjData* data) const { mj_deleteData(data); }
};

/// World, first state, and what was applied at each physics step (the steps of make-safe included).
struct Tape {
  std::unique_ptr<mjModel, ModelDeleter> model;
  std::unique_ptr<mjData, DataDeleter> first, work;
  std::vector<double> controls;       ///< steps × nu
  std::vector<double> forces;         ///< steps × 6·nbody, empty if never any
  std::vector<double> last_position;  ///< qpos after the last step
  int steps = 0;
  int scan_site = -1, scan_body = -1, beams = 0, steps_per_scan = 0;
};

/// Listens to MuJoCo (mjcb_control) while it lives; one at a time.
class TapeRecorder {
 public:
  explicit TapeRecorder(Tape& tape);
  ~TapeRecorder();
  TapeRecorder(const TapeRecorder&) = delete;
  TapeRecorder& operator=(const TapeRecorder&) = delete;
};

/// The bare loop: controls in, mj_step, range scans at their rate. Returns how far the end is from the recorded one
/// (largest |Δqpos|).
double replay(Tape& tape);

/// Lets `policy` decide and keeps its actions.
std::unique_ptr<Policy> make_recording_policy(std::unique_ptr<Policy> policy, std::vector<Action>& actions);
/// Says them again.
std::unique_ptr<Policy> make_replaying_policy(const std::vector<Action>& actions);

}  // namespace assay::bench
