#include "tests/harness/campaign_fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/sha256.h"
#include "metrics/walk.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScene = R"(<mujoco model="push">
  <compiler autolimits="true" angle="radian"/>
  <worldbody>
    <body name="robot_mount"/>
    <body name="goal" pos="1 0 0"><geom size="0.05" contype="0" conaffinity="0"/></body>
    <body name="puck"><freejoint/><geom size="0.02" mass="0.1"/></body>
  </worldbody>
</mujoco>
)";

constexpr const char* kModel = R"(<mujoco model="fake_arm">
  <compiler autolimits="true" angle="radian"/>
  <worldbody>
    <body name="link">
      <joint name="j" axis="0 0 1"/>
      <geom size="0.02" mass="1"/>
      <site name="tcp"/>
    </body>
  </worldbody>
  <actuator><motor name="m" joint="j" ctrlrange="-1 1"/></actuator>
</mujoco>
)";

constexpr const char* kEmbodiment = R"(schema: assay.embodiment/1
id: fake_arm
title: {{en: fake arm, zh: 模拟机械臂}}
model: fake_arm.xml
mount: table
reference: {}
capabilities: [arm]
payload_kg: 1
reach_m: 1
groups:
  - name: arm
    kind: arm
    joints: [j]
    actuators: [m]
    tcp_site: tcp
    home_rad: [0]
    kp: [1]
    kd: [1]
    speed_limit_rad_s: [10]
)";

constexpr const char* kSuite = R"(schema: assay.suite/1
id: fake_suite
version: 1.0.0
title: {en: fake suite, zh: 模拟测试集}
tasks: [push.yaml]
)";

constexpr const char* kTask = R"(schema: assay.task/1
id: push
title: {en: push, zh: 推}
purpose: {en: Tests the harness., zh: 测试框架。}
instruction: {en: Push the puck., zh: 推动圆盘。}
capabilities: [arm]
scene: push.xml
control_rate_hz: 50
time_limit_s: 4
success: {near: {a: puck, b: goal, radius_m: 0.05, tolerance_m: 0.01}}
checks:
  half_way: {eventually: {near: {a: puck, b: goal, radius_m: 0.6, tolerance_m: 0.01}}}
limits:
  tcp_speed: {tcp_speed_m_s: 5, a: robot.tcp, source: profile}
metrics: [success, completion_time, path_length]
levels:
  L1:
    variation:
      - pose_jitter: {bodies: [puck], jitter: {x_m: 0.05}}
  L2:
    variation:
      - pose_jitter: {bodies: [puck], jitter: {x_m: 0.2}}
)";

constexpr const char* kScheme = R"(schema: assay.scheme/1
id: fake-scheme
version: 1.0.0
title: {en: fake scheme, zh: 模拟方案}
notice: {en: For tests., zh: 仅供测试。}
dimensions: [{id: E, title: {en: Execution, zh: 执行}}]
levels:
  - {level: 1, title: {en: one, zh: 一级}}
  - {level: 2, title: {en: two, zh: 二级}}
classes: [{id: general, title: {en: General, zh: 通用}}]
scopes:
  - {id: all, title: {en: all, zh: 全部}, tasks: [fake_suite/push], classes: [general]}
indicators:
  - {id: E-1, dimension: E, level: 1, task: fake_suite/push, limit: 0.8, design: 0.95, title: {en: one, zh: 一}}
  - {id: E-2, dimension: E, level: 2, task: fake_suite/push, limit: 0.8, design: 0.95, title: {en: two, zh: 二}}
gates: []
aggregation: all_of
alpha: 0.05
beta: 0.10
)";

constexpr const char* kSubject = R"(schema: assay.subject/1
id: fake-subject
title: {{en: fake subject, zh: 模拟被测对象}}
vendor: Assay
model: fake
class: general
kind: policy
scope: all
declared_level: 2
embodiment: fake_arm
adapter: fake
policy:
  id: fake
  params: {{behaviour: {}, miss_rate: {}, stall_s: {}, slow_s: {}, at_tick: {}, deterministic: {}}}
  deadline_s: {}
)";

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

StopTable small_table() {
  StopTable table;
  table.n_max = 12;
  for (int n = 0; n <= table.n_max; ++n) {
    table.accept.push_back(n < 6 ? -1 : n < 9 ? 0 : n < 12 ? 1 : 2);
    table.refuse.push_back(n == 0 ? 1 : 3);
  }
  return table;
}

std::string self() { return fs::read_symlink("/proc/self/exe").string(); }

}  // namespace

void write_catalog(const std::string& folder, const PolicySettings& s) {
  const fs::path root = fs::path(folder) / "catalog";
  write(root / "suites/fake_suite/push.xml", kScene);
  write(root / "suites/fake_suite/push.yaml", kTask);
  write(root / "suites/fake_suite/suite.yaml", kSuite);
  write(root / "embodiments/fake_arm.xml", kModel);
  write(root / "embodiments/fake_arm.yaml", fmt::format(fmt::runtime(kEmbodiment), s.reference));
  write(root / "schemes/fake-scheme.yaml", kScheme);
  write(root / "subjects/fake-subject.yaml", fmt::format(fmt::runtime(kSubject), s.behaviour, s.miss_rate, s.stall_s,
                                                         s.slow_s, s.at_tick, s.deterministic ? 1 : 0, s.deadline_s));
  setenv("ASSAY_CATALOG", root.c_str(), 1);
}

Plan small_plan(const std::string& seed) {
  Plan plan;
  plan.scheme = "fake-scheme";
  plan.division = "dev";
  plan.scope = "all";
  plan.declared_level = 2;
  plan.session_seed = seed;
  for (int level = 1; level <= 2; ++level) {
    PlannedIndicator indicator;
    indicator.id = "E-" + std::to_string(level);
    indicator.dimension = "E";
    indicator.level = level;
    indicator.task = "fake_suite/push";
    indicator.design.p0 = 0.8;
    indicator.design.p1 = 0.95;
    indicator.design.least_n = 6;
    indicator.design.expected_at_p1 = 8.25;
    indicator.design.table = small_table();
    plan.indicators.push_back(indicator);
    plan.series.push_back({"fake_suite/push", level, 12, 1, 0});
  }
  auto check = plan.indicators.back();
  check.id = "P-2";
  check.check = "half_way";
  plan.indicators.push_back(check);
  return plan;
}

TestSession open_session(const std::string& folder, const PolicySettings& settings) {
  write_catalog(folder, settings);
  TestSession out;
  auto store = Store::open(folder + "/ws");
  EXPECT_TRUE(store.ok()) << to_string(store.error(), Lang::en);
  out.store = std::move(*store);
  auto inputs = harness::load_inputs("fake-scheme", "fake-subject");
  EXPECT_TRUE(inputs.ok()) << to_string(inputs.error(), Lang::en);
  out.inputs = *inputs;
  out.plan = small_plan();
  const auto text = harness::plan_to_json(out.plan);
  auto row = out.store->lock_session(text, sha256_hex(text), harness::lock_json(out.inputs), utc_now());
  EXPECT_TRUE(row.ok()) << to_string(row.error(), Lang::en);
  out.row = *row;
  return out;
}

int Events::count(const std::string& type) const {
  return static_cast<int>(
      std::count_if(events.begin(), events.end(), [&](const RunEvent& event) { return event.type == type; }));
}

harness::CampaignOptions options_with(int jobs) {
  harness::CampaignOptions options;
  options.jobs = jobs;
  options.program = self();
  return options;
}

Result<harness::CampaignEnd> run(TestSession& session, const harness::CampaignOptions& options, Events& events) {
  return harness::run_campaign(*session.store, session.row, session.inputs, session.plan, options, events);
}

std::string story(const Store& store, const SessionRow& row, const Plan& plan) {
  const auto trials = store.trials(row.number);
  if (!trials) return to_string(trials.error(), Lang::en);
  std::string out;
  for (const auto& series : plan.series)
    for (const auto& [index, trial] : metrics::deciding_trials(*trials, series.task, series.level))
      out +=
          fmt::format("{} L{} #{} {} {} {} {}\n", trial->task, trial->level, index, to_string(trial->verdict.outcome),
                      trial->verdict.reason, trial->content_digest, trial->initial_state_digest);
  return out;
}

int coordinate(const std::string& workspace, int jobs) {
  auto store = Store::open(workspace);
  if (!store) {
    std::fprintf(stderr, "%s\n", to_string(store.error(), Lang::en).c_str());
    return 10;
  }
  const auto row = (*store)->session("last");
  if (!row) return 11;
  const auto plan = harness::plan_from_json(row->plan_json);
  const auto inputs = harness::load_locked(row->lock_json);
  if (!plan || !inputs) return 12;
  Events events;
  const auto end = harness::run_campaign(**store, *row, *inputs, *plan, options_with(jobs), events);
  if (!end) {
    std::fprintf(stderr, "%s\n", to_string(end.error(), Lang::en).c_str());
    return 13;
  }
  return end->complete ? 0 : 75;
}

}  // namespace assay::testing
