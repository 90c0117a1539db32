// Everything that a link can do to a trial in real time.
#include <algorithm>
#include <functional>
#include <optional>

#include "tests/harness/live_fixture.h"
#include "tests/support/shaky_proxy.h"

namespace assay::harness {
namespace {

using assay::testing::ShakyProxy;

// The fault campaign: no pass, no hang, no crash, all on record, the robot safe; and the next trial finds it again.

struct LinkFault {
  const char* name;
  const char* reason;  ///< expected reason begins with it
  std::function<std::optional<std::string>(int line, const std::string& text)> tamper;
  std::function<void(ShakyProxy&, WatchedRobot::Watch&)> strike;  ///< 0.3 s into the trial
};

constexpr int kAt = 15;

std::string with(const std::string& text, const char* key, const json& value) {
  json line = json::parse(text);
  line[key] = value;
  return line.dump() + "\n";
}

std::vector<LinkFault> link_faults() {
  const auto once = [](std::function<std::string(const std::string&)> change) {
    return [change = std::move(change)](int line, const std::string& text) -> std::optional<std::string> {
      return line == kAt ? change(text) : text + "\n";
    };
  };
  const auto held = std::make_shared<std::string>();
  using Mode = ShakyProxy::Mode;
  return {
      {"garbage", "subject_fault:telemetry_garbled", once([](const auto&) { return "\x01\xfe garbage\n"; }), {}},
      {"endless line",
       "subject_fault:telemetry_garbled",
       once([](const auto&) { return std::string(3u << 20, '['); }),
       {}},
      {"wrong length",
       "subject_fault:telemetry_shape",
       once([](const auto& t) {
         return with(t, "truth", {1, 2});
       }),
       {}},
      {"NaN",
       "subject_fault:telemetry_not_finite",
       once([](const auto& t) {
         json truth = json::parse(t)["truth"];
         truth[0] = nullptr;
         return with(t, "truth", truth);
       }),
       {}},
      {"time backwards",
       "subject_fault:clock_backwards",
       once([](const auto& t) { return with(t, "t_ns", 20'000'000); }),
       {}},
      {"clock backwards",
       "subject_fault:clock_backwards",
       once([](const auto& t) { return with(t, "clock_ns", 1); }),
       {}},
      {"duplicate", "subject_fault:telemetry_repeated", once([](const auto& t) { return t + "\n" + t + "\n"; }), {}},
      {"reordered",
       "subject_fault:telemetry_",
       [held](int line, const std::string& text) -> std::optional<std::string> {
         if (line == kAt) {
           *held = text;
           return std::nullopt;
         }
         return line == kAt + 1 ? text + "\n" + *held + "\n" : text + "\n";
       },
       {}},
      {"lost samples", "subject_fault:telemetry_gap", once([](const auto&) { return std::string(); }), {}},
      {"flood",
       "subject_fault:clock_runs_fast",
       [](int line, const std::string& text) -> std::optional<std::string> {
         std::string out;
         for (int i = 0; i < 10; ++i) {
           const json& sample = json::parse(text);
           out += with(with(text, "seq", sample["seq"].get<int>() * 10 + i), "t_ns",
                       (static_cast<std::int64_t>(line) * 10 + i) * 20'000'000);
         }
         return out;
       },
       {}},
      {"half open", "subject_fault:stale_data", {}, [](auto& proxy, auto&) { proxy.set(Mode::freeze); }},
      {"reset", "subject_fault:link_lost", {}, [](auto& proxy, auto&) { proxy.set(Mode::reset); }},
      {"link lost for 1 s",
       "subject_fault:",
       {},
       [](auto& proxy, auto&) {
         proxy.set(Mode::freeze);
         std::this_thread::sleep_for(std::chrono::seconds(1));
         proxy.set(Mode::pass);
       }},
      {"link lost for ever", "subject_fault:link_lost", {}, [](auto& proxy, auto&) { proxy.set(Mode::refuse); }},
      {"robot stalls", "subject_fault:stale_data", {}, [](auto&, auto& watch) { watch.stuck_ms = 300; }},
  };
}

TEST(LinkFaults, NonePassesNoneHangsAllAreOnRecord) {
  std::vector<double> made_safe_s;
  for (const auto& fault : link_faults()) {
    SCOPED_TRACE(fault.name);
    const auto watch = std::make_shared<WatchedRobot::Watch>();
    const auto server = serve(watch);
    std::atomic<int> lines{0};
    std::atomic<bool> sound{false};
    ShakyProxy proxy(server->port(), [&](const std::string& text) -> std::optional<std::string> {
      if (sound || !fault.tamper) return text + "\n";
      return fault.tamper(lines++, text);
    });
    const auto robot = connect(proxy.url());
    std::thread striker([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      if (fault.strike) fault.strike(proxy, *watch);
    });
    const Ran ran = run(*robot);
    striker.join();
    EXPECT_NE(ran.result.verdict.outcome, Outcome::success);
    EXPECT_EQ(ran.result.verdict.outcome, Outcome::failure);
    EXPECT_EQ(ran.result.verdict.reason.rfind(fault.reason, 0), 0u) << ran.result.verdict.reason;
    EXPECT_LT(ran.wall_s, 5);
    std::printf("%-20s %-44s %.2f s, made safe %s after %.4f s\n", fault.name, ran.result.verdict.reason.c_str(),
                ran.wall_s, ran.stop()["confirmed"] == true ? "confirmed" : "unconfirmed",
                ran.stop()["made_safe_s"].get<double>());
    EXPECT_NE(ran.result.trace.event("fault"), nullptr);
    ASSERT_NE(ran.result.trace.event("fault_message"), nullptr);
    ASSERT_TRUE(ran.stop().is_object());
    if (ran.stop()["confirmed"] == true) made_safe_s.push_back(ran.stop()["made_safe_s"]);
    // Confirmed or not: the robot itself has stopped.
    std::this_thread::sleep_for(std::chrono::milliseconds(ran.stop()["confirmed"] == true ? 0 : 300));
    EXPECT_GE(watch->stops, 2);  // reset, and this trial's end
    sound = true;
    watch->stuck_ms = 0;
    proxy.set(ShakyProxy::Mode::pass);
    EXPECT_EQ(next(*robot), "goal_reached");
  }
  ASSERT_GE(made_safe_s.size(), 10u);
  std::sort(made_safe_s.begin(), made_safe_s.end());
  std::printf("made safe after the decision, where confirmed: n %zu, median %.4f s, largest %.4f s\n",
              made_safe_s.size(), made_safe_s[made_safe_s.size() / 2], made_safe_s.back());
  EXPECT_LT(made_safe_s.back(), 2.5);
}

TEST(LinkFaults, ARestartedServerFailsTheTrialAndTakesTheNext) {
  const auto watch = std::make_shared<WatchedRobot::Watch>();
  auto server = serve(watch);
  ServeOptions same;
  same.port = server->port();
  const auto robot = connect("http://127.0.0.1:" + std::to_string(same.port));
  std::thread restarter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    server.reset();
    server = serve(watch, same);
  });
  const Ran ran = run(*robot);
  restarter.join();
  EXPECT_EQ(ran.result.verdict.outcome, Outcome::failure);
  EXPECT_EQ(ran.result.verdict.reason.rfind("subject_fault:", 0), 0u) << ran.result.verdict.reason;
  EXPECT_EQ(next(*robot), "goal_reached");
}

TEST(LinkFaults, NobodyThereIsSaidWithinSeconds) {
  const auto robot = connect("http://127.0.0.1:9");
  const Ran ran = run(*robot);
  EXPECT_EQ(ran.result.verdict.reason, "subject_fault:link_lost");
  EXPECT_LT(ran.wall_s, 6);
}

}  // namespace
}  // namespace assay::harness
