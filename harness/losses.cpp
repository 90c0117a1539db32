#include "harness/losses.h"

#include <algorithm>
#include <cmath>

namespace assay::harness {

double wall_limit_s(const SessionInputs& inputs, const TrialRecord& record) {
  for (const auto& suite : inputs.suites)
    if (const Task* task = suite.find(record.task, record.level); task != nullptr)
      return kWallLimit_s + std::ceil(static_cast<double>(task->time_limit_ns) /
                                      static_cast<double>(std::max<std::int64_t>(1, task->control_period_ns))) *
                                inputs.subject.policy_deadline_s;
  return kWallLimit_s;
}

Error workers_keep_dying(const Loss& last, const std::string& log) {
  return Error{.id = 531,
               .what = {"worker processes keep dying before they run a trial", "工作进程在执行试验之前反复退出"},
               .place = {log},
               .expected = {"a worker that loads the session", "能够载入该次检测的工作进程"},
               .found = last.detail,
               .help = {"read the workers' log; check memory and the adapter's requirements",
                        "请查看工作进程日志，并检查内存与适配器的运行条件"}};
}

Verdict plain_verdict(Outcome outcome, std::string reason) {
  Verdict out;
  out.outcome = outcome;
  out.reason = std::move(reason);
  return out;
}

Verdict verdict_of(const Loss& loss, bool reference_embodiment) {
  const std::string how = loss.how == Loss::How::stalled ? "stalled" : "crashed";
  if (loss.how == Loss::How::killed) return plain_verdict(Outcome::undetermined, "harness_fault:worker_killed");
  if (loss.phase == Phase::policy) return plain_verdict(Outcome::failure, "subject_fault:policy_" + how);
  if (loss.phase == Phase::robot && !reference_embodiment)
    return plain_verdict(Outcome::failure, "subject_fault:model_" + how);
  return plain_verdict(Outcome::undetermined, "harness_fault:worker_" + how);
}

}  // namespace assay::harness
