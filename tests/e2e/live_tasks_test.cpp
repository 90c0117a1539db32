// The same tasks in this process, lock-step, and over the robot API against `assay robot serve`, a process of its own
// in real time: the same verdicts.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "adapters/registry.h"
#include "harness/trial.h"
#include "suites/catalog.h"

namespace assay::test {
namespace {

/// `assay robot serve` until destroyed.
class Served {
 public:
  Served(const std::string& subject, const std::string& wire) {
    int out[2] = {-1, -1};
    if (pipe(out) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], 1);
      close(out[0]);
      if (wire == "ros2")
        execl(ASSAY_PROGRAM, ASSAY_PROGRAM, "--json", "robot", "serve", "--subject", subject.c_str(), "--wire", "ros2",
              "--domain", "62", "--interface", "lo", "--peer", "127.0.0.1", static_cast<char*>(nullptr));
      else
        execl(ASSAY_PROGRAM, ASSAY_PROGRAM, "--json", "robot", "serve", "--subject", subject.c_str(),
              static_cast<char*>(nullptr));
      _exit(127);
    }
    close(out[1]);
    std::string said;
    for (char c = 0; read(out[0], &c, 1) == 1;) {
      said += c;
      if (nlohmann::json::accept(said)) break;
    }
    close(out[0]);
    const auto json = nlohmann::json::parse(said, nullptr, false);
    if (!json.is_object()) return;
    link.adapter = wire;
    link.url = json.value("url", "");
    if (json.contains("robot")) link.details = json["robot"]["ros2"].dump();
    link.simulated_world = true;
    there = true;
  }
  ~Served() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the server did not end well";
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  RobotLink link;
  bool there = false;

 private:
  pid_t pid_ = -1;
};

struct Case {
  std::string subject, suite, task, policy;
  int level = 1, index = 0;
  double time_limit_s = 0;  ///< 0: the task's
};

std::string metric(const harness::TrialResult& result, const char* id) {
  for (const auto& m : result.metrics)
    if (m.id == id && m.value) return std::to_string(*m.value);
  return "–";
}

/// What the wire made of it: share of periods with an answer of the policy in time, and the median age of what they
/// answered.
std::string answered(const Trace& trace) {
  const auto* timing = trace.stream("/timing");
  const int age = timing == nullptr ? -1 : timing->find("command_age_s");
  if (age < 0) return "–";
  std::vector<double> ages;
  for (std::size_t i = 0; i < timing->rows(); ++i)
    if (const double s = timing->row(i)[static_cast<std::size_t>(age)]; s >= 0) ages.push_back(s);
  if (ages.empty()) return "no answer";
  std::nth_element(ages.begin(), ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2), ages.end());
  return std::to_string(ages.size()) + " commands in " + std::to_string(timing->rows()) + " periods, median age " +
         std::to_string(ages[ages.size() / 2]) + " s";
}

void same_verdict(const Case& which, const std::string& wire) {
  SCOPED_TRACE(wire + " " + which.task + " L" + std::to_string(which.level) + " #" + std::to_string(which.index) + " " +
               which.policy);
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  metrics::MetricRegistry known;
  metrics::register_builtin_metrics(known);
  const auto subject = load_subject(*catalog_find("subjects", which.subject));
  const auto body = load_embodiment(subject->embodiment_path);
  const auto suite = load_suite(*catalog_find("suites", which.suite));
  const Task* task = suite->find(which.suite + "/" + which.task, which.level);
  ASSERT_NE(task, nullptr);
  const auto world = compose(*task, *body);
  ASSERT_TRUE(world.ok());
  auto setup = harness::realise(*task, *body, *world, "live tasks", which.index);
  ASSERT_TRUE(setup.ok());
  if (which.time_limit_s > 0) setup->time_limit_ns = ns_from_s(which.time_limit_s);

  const auto run = [&](const RobotLink& link) {
    auto robot = registry.robot(link);
    EXPECT_TRUE(robot.ok());
    auto policy = registry.policy(which.policy, {});
    auto runner = harness::make_threaded_runner(std::move(*policy));
    return harness::run_trial(**robot, *runner, *setup, task->metrics, known, {});
  };
  const auto here = run(RobotLink{});
  const Served server(which.subject, wire);
  ASSERT_TRUE(server.there);
  const RobotLink& link = server.link;
  // A machine busy with other things may lose periods; what it loses it says, and that is not a verdict on the robot.
  auto there = run(link);
  for (int again = 0; again < 3 && there.trace.event("fault") != nullptr; ++again) {
    std::printf("lost to the machine: %s\n", there.verdict.reason.c_str());
    there = run(link);
  }
  EXPECT_EQ(there.verdict.outcome, here.verdict.outcome) << there.verdict.reason << ", not " << here.verdict.reason;
  EXPECT_EQ(there.verdict.reason, here.verdict.reason);
  EXPECT_EQ(there.verdict.checks, here.verdict.checks);
  const auto& m = there.trace.metadata;
  const auto said = [&m](const char* key) { return m.count(key) != 0 ? m.at(key).c_str() : "?"; };
  std::printf(
      "%s L%d #%d %s: %s; completion %s s here, %s s over %s; loop %s, worst late %s s, overruns %s of %s; clock "
      "%s ± %s ns\n",
      which.task.c_str(), which.level, which.index, which.policy.c_str(), there.verdict.reason.c_str(),
      metric(here, "completion_time").c_str(), metric(there, "completion_time").c_str(), wire.c_str(),
      said("loop_scheduling"), said("loop_worst_late_s"), said("loop_overruns"), said("loop_periods"),
      said("clock_offset_ns"), said("clock_offset_bound_ns"));
  std::printf("  %s\n", answered(there.trace).c_str());
}

class LiveTasks : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Wires, LiveTasks, testing::Values("http", "ros2"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(LiveTasks, GoodsTransportHasTheSameVerdicts) {
  same_verdict({"reference-amr", "logistics_assembly", "goods_transport", "waypoint_navigator", 1, 0}, GetParam());
  same_verdict({"reference-amr", "logistics_assembly", "goods_transport", "waypoint_navigator", 2, 1}, GetParam());
  same_verdict({"reference-amr", "logistics_assembly", "goods_transport", "null", 1, 0, 3}, GetParam());
}

TEST_P(LiveTasks, ParcelSortingHasTheSameVerdicts) {
  same_verdict({"reference-arm", "logistics_assembly", "parcel_sorting", "scripted_manipulator", 1, 0}, GetParam());
  same_verdict({"reference-arm", "logistics_assembly", "parcel_sorting", "scripted_manipulator", 2, 1}, GetParam());
  same_verdict({"reference-arm", "logistics_assembly", "parcel_sorting", "null", 1, 0, 3}, GetParam());
}

}  // namespace
}  // namespace assay::test
