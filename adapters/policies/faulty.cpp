// Breaks in a chosen way, so that a harness can be shown to survive its subjects.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <thread>

#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

enum class Fault { stall = 0, raise, wrong_shape, not_a_number, unknown_group, crash, leave, stall_in_begin };

[[noreturn]] void stall() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

Mode mode_of(const Group& group) {
  switch (group.kind) {
    case Group::Kind::arm:
      return Mode::ee_delta_pose;
    case Group::Kind::gripper:
      return Mode::gripper;
    case Group::Kind::base:
      return Mode::base_twist;
    case Group::Kind::legs:
      return Mode::joint_torque;
  }
  return Mode::hold;
}

class FaultyPolicy : public Policy {
 public:
  FaultyPolicy(Fault fault, std::int64_t at_tick) : fault_(fault), at_tick_(at_tick) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"faulty", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction&, const RobotDescription& robot, StreamKey) override {
    if (fault_ == Fault::stall_in_begin) stall();
    groups_ = robot.groups;
    tick_ = 0;
    return {};
  }

  Result<Action> act(const Observation&) override {
    if (tick_++ < at_tick_) return Action{};
    switch (fault_) {
      case Fault::stall:
      case Fault::stall_in_begin:
        stall();
      case Fault::raise:
        throw std::runtime_error("faulty policy: thrown on purpose");
      case Fault::wrong_shape:
        return command(std::vector<double>(17, 0.0));
      case Fault::not_a_number:
        return command({});
      case Fault::unknown_group: {
        Action action;
        action.groups.push_back({"no_such_group", Mode::hold, {}});
        return action;
      }
      case Fault::crash:
        std::signal(SIGSEGV, SIG_DFL);
        std::raise(SIGSEGV);
        return Action{};
      case Fault::leave:
        std::exit(3);
    }
    return Action{};
  }

 private:
  /// One command to the first group: `values`, or NaN in the right number where empty.
  [[nodiscard]] Action command(std::vector<double> values) const {
    Action action;
    if (groups_.empty()) return action;
    const Group& group = groups_.front();
    std::size_t width = group.kind == Group::Kind::arm ? 6 : group.kind == Group::Kind::base ? 2 : 1;
    if (group.kind == Group::Kind::legs) width = group.joints.size();
    if (values.empty()) values.assign(width, std::numeric_limits<double>::quiet_NaN());
    action.groups.push_back({group.name, mode_of(group), std::move(values)});
    return action;
  }

  Fault fault_;
  std::int64_t at_tick_ = 0, tick_ = 0;
  std::vector<Group> groups_;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_faulty(const PolicyParams& params) {
  ASSAY_TRY(const auto values,
            policies::read_params("faulty", params, {{"kind", 0, 7, true}, {"at_tick", 0, 1e9, true}}));
  const auto kind = values.find("kind"), at_tick = values.find("at_tick");
  const auto fault = kind == values.end() ? Fault::stall : static_cast<Fault>(static_cast<int>(kind->second));
  const std::int64_t tick = at_tick == values.end() ? 10 : static_cast<std::int64_t>(at_tick->second);
  return std::unique_ptr<Policy>(std::make_unique<FaultyPolicy>(fault, tick));
}

}  // namespace assay
