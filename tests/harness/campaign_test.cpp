#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/mcap.h"
#include "core/random.h"
#include "tests/harness/campaign_fixture.h"
#include "tests/support/fakes.h"

extern char** environ;

namespace assay::harness {
namespace {

using assay::testing::Behaviour;
using assay::testing::Events;
using assay::testing::options_with;
using assay::testing::PolicySettings;
using assay::testing::story;
namespace fs = std::filesystem;

class Campaign : public ::testing::Test {
 protected:
  Campaign() {
    // Memory where there is some: these tests start hundreds of processes and wait for as many fsyncs.
    const bool memory = access("/dev/shm", W_OK) == 0;
    std::string pattern = (memory ? "/dev/shm" : fs::temp_directory_path().string()) + "/assay-harness-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~Campaign() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::string sub(const std::string& name) {
    fs::create_directories(fs::path(folder_) / name);
    return folder_ + "/" + name;
  }
  std::string folder_;
};

std::vector<TrialRecord> records(const assay::testing::TestSession& session) {
  auto trials = session.store->trials(session.row.number);
  EXPECT_TRUE(trials.ok());
  return trials.ok() ? *trials : std::vector<TrialRecord>{};
}

/// Runs a whole session with these settings and returns its story.
std::string undisturbed(const std::string& folder, const PolicySettings& settings, int jobs) {
  auto session = assay::testing::open_session(folder, settings);
  Events events;
  const auto end = run(session, options_with(jobs), events);
  EXPECT_TRUE(end.ok()) << to_string(end.error(), Lang::en);
  return story(*session.store, session.row, session.plan);
}

/// This process's children: the workers of a campaign that runs here.
std::vector<pid_t> children() {
  const std::string self = std::to_string(getpid());
  std::ifstream in("/proc/" + self + "/task/" + self + "/children");
  return {std::istream_iterator<pid_t>(in), {}};
}

pid_t start_coordinator(const std::string& workspace, int jobs) {
  std::string program = options_with(1).program, command = "coordinate", ws = workspace, j = std::to_string(jobs);
  char* argv[] = {program.data(), command.data(), ws.data(), j.data(), nullptr};
  pid_t pid = -1;
  EXPECT_EQ(posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv, environ), 0);
  return pid;
}

TEST_F(Campaign, RunsToItsStopsAndKeepsTraces) {
  auto session = assay::testing::open_session(folder_, {});
  Events events;
  const auto end = run(session, options_with(1), events);
  ASSERT_TRUE(end.ok()) << to_string(end.error(), Lang::en);
  EXPECT_TRUE(end->complete);
  EXPECT_EQ(end->trials, 12);  // two series, six successes each
  const auto trials = records(session);
  ASSERT_EQ(trials.size(), 12u);
  std::set<std::string> digests;
  for (const auto& trial : trials) {
    EXPECT_TRUE(trial.finished);
    EXPECT_EQ(trial.verdict.outcome, Outcome::success) << trial.verdict.reason;
    EXPECT_EQ(trial.verdict.checks.size(), 1u);
    EXPECT_EQ(trial.metrics.size(), 3u);
    digests.insert(trial.content_digest);
    const auto trace = read_mcap(trial.trace_path.front() == '/' ? trial.trace_path
                                                                 : session.store->folder() + "/" + trial.trace_path);
    ASSERT_TRUE(trace.ok()) << to_string(trace.error(), Lang::en);
    EXPECT_EQ(content_digest(*trace), trial.content_digest);
    EXPECT_EQ(trace->metadata.at("suite_version"), "1.0.0");
  }
  EXPECT_EQ(digests.size(), 12u);
  EXPECT_EQ(events.count("trial_started"), 12);
  EXPECT_EQ(events.count("trial_finished"), 12);
  EXPECT_EQ(events.count("indicator_decided"), 3);
  EXPECT_EQ(events.count("series_stopped"), 2);
  EXPECT_EQ(events.count("run_finished"), 1);
  for (const auto& event : events.events) {
    const auto json = nlohmann::json::parse(event.json);
    EXPECT_EQ(json.at("schema"), "assay.event/1");
    EXPECT_EQ(json.at("type"), event.type);
    EXPECT_EQ(json.at("session"), session.row.id);
  }
  EXPECT_TRUE(fs::exists(session.store->folder() + "/logs/assay.log"));
}

TEST_F(Campaign, AFinishedSessionHasNothingLeftToRun) {
  auto session = assay::testing::open_session(folder_, {});
  Events events;
  ASSERT_TRUE(run(session, options_with(1), events).ok());
  auto options = options_with(1);
  options.program = "/nonexistent";  // no worker is started
  const auto again = run(session, options, events);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->complete);
  EXPECT_EQ(again->trials, 12);
}

TEST_F(Campaign, OneAndTwoJobsTellTheSameStory) {
  const PolicySettings settings{.miss_rate = 0.25};
  const auto one = undisturbed(sub("one"), settings, 1), two = undisturbed(sub("two"), settings, 2);
  EXPECT_EQ(one, two);
  EXPECT_NE(one.find("failure"), std::string::npos);
  EXPECT_NE(one.find("success"), std::string::npos);
}

TEST_F(Campaign, StallsAndCrashesAreFailuresAndTheRunGoesOn) {
  const std::pair<Behaviour, const char*> cases[] = {{Behaviour::stalls, "subject_fault:policy_deadline"},
                                                     {Behaviour::crashes, "subject_fault:policy_crashed"},
                                                     {Behaviour::nan, "subject_fault:bad_action"},
                                                     {Behaviour::unmade, "subject_fault:policy_threw"}};
  for (const auto& [behaviour, reason] : cases) {
    PolicySettings settings;
    settings.behaviour = static_cast<int>(behaviour);
    settings.deadline_s = 0.2;
    settings.stall_s = 2;  // a loaded machine is late, too
    auto session = assay::testing::open_session(sub(reason + 14), settings);
    Events events;
    const auto end = run(session, options_with(2), events);
    ASSERT_TRUE(end.ok()) << to_string(end.error(), Lang::en);
    EXPECT_TRUE(end->complete);
    const auto trials = records(session);
    EXPECT_EQ(trials.size(), 6u) << "three failures refuse each of two series";
    for (const auto& trial : trials) {
      EXPECT_EQ(trial.verdict.outcome, Outcome::failure);
      EXPECT_EQ(trial.verdict.reason, reason);
      EXPECT_EQ(trial.initial_state_digest.size(), 64u);
    }
    EXPECT_EQ(end->workers_lost, behaviour == Behaviour::crashes ? 6 : 0);
  }
}

TEST_F(Campaign, AWorkerWithoutALifeSignIsKilled) {
  PolicySettings settings;
  settings.behaviour = static_cast<int>(Behaviour::stalls);
  settings.stall_s = 30;
  settings.deadline_s = 10;
  auto session = assay::testing::open_session(folder_, settings);
  auto options = options_with(2);
  options.trial_wall_limit_s = 0.4;  // below the policy's own deadline
  Events events;
  const auto end = run(session, options, events);
  ASSERT_TRUE(end.ok()) << to_string(end.error(), Lang::en);
  for (const auto& trial : records(session)) EXPECT_EQ(trial.verdict.reason, "subject_fault:policy_stalled");
  EXPECT_EQ(events.count("worker_lost"), 6);
}

TEST_F(Campaign, WorkersKilledFromOutsideChangeNothing) {
  const PolicySettings settings{.miss_rate = 0.2, .slow_s = 0.0004};
  const auto calm = undisturbed(sub("calm"), settings, 2);
  auto session = assay::testing::open_session(sub("rough"), settings);
  Events events;
  auto options = options_with(2);
  int polls = 0, kills = 0;
  options.interrupted = [&] {
    if (++polls % 3 == 0 && kills < 4) {
      const auto workers = children();
      if (!workers.empty() && ::kill(workers[static_cast<std::size_t>(kills) % workers.size()], SIGKILL) == 0) ++kills;
    }
    return false;
  };
  const auto end = run(session, options, events);
  ASSERT_TRUE(end.ok()) << to_string(end.error(), Lang::en);
  EXPECT_EQ(story(*session.store, session.row, session.plan), calm);
  EXPECT_GT(end->workers_lost, 0);
}

bool is_running(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  return in >> number >> name >> state && state != "Z";
}

TEST_F(Campaign, AWorkerLostBeforeItsTrialBeganCostsNothing) {
  PolicySettings settings;
  settings.deterministic = false;  // no trial of it may be repeated once its code ran
  auto session = assay::testing::open_session(folder_, settings);
  Events events;
  auto options = options_with(1);
  bool sent = false;
  options.interrupted = [&] {
    if (sent || events.count("trial_finished") < 3) return false;
    const auto workers = children();  // one, and it is idle: its last trial was just recorded
    if (workers.size() != 1 || events.count("trial_started") != events.count("trial_finished")) return false;
    sent = ::kill(workers[0], SIGTERM) == 0;
    for (int i = 0; i < 400 && is_running(workers[0]); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return false;
  };
  const auto end = run(session, options, events);
  ASSERT_TRUE(end.ok()) << to_string(end.error(), Lang::en);
  EXPECT_TRUE(sent);
  EXPECT_EQ(end->workers_lost, 1);
  const auto trials = records(session);
  EXPECT_EQ(trials.size(), 13u) << "twelve trials and the one attempt that never began";
  for (const auto& trial : trials) {
    if (trial.finished) {
      EXPECT_EQ(trial.verdict.outcome, Outcome::success) << trial.verdict.reason;
    }
  }
}

TEST_F(Campaign, AnErrorLetsTrialsUnderWayMakeSafe) {
  auto session = assay::testing::open_session(folder_, {.slow_s = 0.02});
  Events events;
  auto options = options_with(2);
  bool broken = false;
  options.interrupted = [&] {
    if (broken || events.count("trial_started") < 2) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::ofstream(folder_ + "/catalog/suites/fake_suite/push.yaml", std::ios::app) << "# changed\n";
    const auto workers = children();
    broken = !workers.empty() && ::kill(workers[0], SIGKILL) == 0;  // the next one finds the changed file
    return false;
  };
  const auto end = run(session, options, events);
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().id, 510);
  const auto trials = records(session);
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_EQ(trials[0].finished + trials[1].finished, 1)
      << "the killed attempt stays open, the other was ended in order";
  EXPECT_EQ((trials[0].finished ? trials[0] : trials[1]).verdict.outcome, Outcome::aborted);
  EXPECT_TRUE(children().empty());
}

TEST_F(Campaign, NoMoreWorkersThanSeries) {
  auto session = assay::testing::open_session(folder_, {});
  Events events;
  auto options = options_with(6);
  std::size_t most = 0;
  options.interrupted = [&] {
    most = std::max(most, children().size());
    return false;
  };
  ASSERT_TRUE(run(session, options, events).ok());
  EXPECT_EQ(most, 2u);
}

TEST_F(Campaign, CoordinatorKilledAtRandomInstantsThenResumed) {
  const PolicySettings settings{.miss_rate = 0.2, .slow_s = 0.001};
  const auto calm = undisturbed(sub("calm"), settings, 1);
  const std::string rough = sub("rough");
  SessionRow row;
  Plan plan;
  {
    const auto session = assay::testing::open_session(rough, settings);
    row = session.row;
    plan = session.plan;
  }
  Rng random(StreamKey{2026, 11});
  const auto left_open = [&] {
    const auto store = Store::open(rough + "/ws", true);
    const auto trials = store.ok() ? (*store)->trials(row.number) : std::vector<TrialRecord>{};
    if (!trials.ok()) return std::ptrdiff_t{0};
    return std::count_if(trials->begin(), trials->end(), [](const auto& t) { return !t.finished; });
  };
  int kills = 0, status = -1;
  double stretch = 1;  // a slow machine or a sanitizer takes longer to come to its first trial
  for (int round = 0; round < 40; ++round) {
    const pid_t pid = start_coordinator(rough + "/ws", 2);
    if (round < 25) {
      const double delay_ms = stretch * static_cast<double>(40 + random.below(60 + 20 * static_cast<unsigned>(round)));
      std::this_thread::sleep_for(std::chrono::milliseconds(static_cast<int>(delay_ms)));
      kills += ::kill(pid, SIGKILL) == 0 ? 1 : 0;
    }
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status)) break;
    if (left_open() == 0) stretch *= 1.3;
  }
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  auto store = Store::open(rough + "/ws");
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(story(**store, row, plan), calm);
  const auto trials = (*store)->trials(row.number);
  ASSERT_TRUE(trials.ok());
  const auto unfinished = std::count_if(trials->begin(), trials->end(), [](const auto& t) { return !t.finished; });
  EXPECT_GE(kills, 2);
  EXPECT_GT(unfinished, 0) << "each interrupted attempt stays on record";
  EXPECT_TRUE((*store)->verify_chain().ok());
}

TEST_F(Campaign, AnUnrepeatableTrialThatWasInterruptedIsUndetermined) {
  PolicySettings settings;
  settings.deterministic = false;
  auto session = assay::testing::open_session(folder_, settings);
  const auto started = session.store->start_trial(session.row.number, "fake_suite/push", 1, 0, utc_now());
  ASSERT_TRUE(started.ok());
  Events events;
  ASSERT_TRUE(run(session, options_with(1), events).ok());
  const auto trials = records(session);
  ASSERT_FALSE(trials.empty());
  EXPECT_EQ(trials.front().verdict.outcome, Outcome::undetermined);
  EXPECT_EQ(trials.front().verdict.reason, "interrupted");
  const auto again =
      std::count_if(trials.begin(), trials.end(), [](const auto& t) { return t.level == 1 && t.index == 0; });
  EXPECT_EQ(again, 1) << "its index does not run again";
  EXPECT_EQ(trials.size(), 15u) << "one failure: nine trials at L1, six at L2";
}

TEST_F(Campaign, ARepeatableTrialThatWasInterruptedRunsAgain) {
  const auto calm = undisturbed(sub("calm"), {}, 1);
  auto session = assay::testing::open_session(sub("rough"), {});
  ASSERT_TRUE(session.store->start_trial(session.row.number, "fake_suite/push", 1, 0, utc_now()).ok());
  Events events;
  ASSERT_TRUE(run(session, options_with(1), events).ok());
  const auto trials = records(session);
  EXPECT_EQ(trials.size(), 13u);
  EXPECT_FALSE(trials.front().finished);
  EXPECT_EQ(story(*session.store, session.row, session.plan), calm);
}

TEST_F(Campaign, InterruptionLeavesAResumableSession) {
  const PolicySettings settings{.slow_s = 0.002};
  const auto calm = undisturbed(sub("calm"), settings, 2);
  auto session = assay::testing::open_session(sub("rough"), settings);
  Events events;
  auto options = options_with(2);
  int polls = 0;
  options.interrupted = [&] { return ++polls > 8; };
  const auto first = run(session, options, events);
  ASSERT_TRUE(first.ok()) << to_string(first.error(), Lang::en);
  EXPECT_TRUE(first->interrupted);
  EXPECT_FALSE(first->complete);
  EXPECT_EQ(events.count("run_interrupted"), 1);
  const auto second = run(session, options_with(2), events);
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(second->complete);
  EXPECT_EQ(story(*session.store, session.row, session.plan), calm);
}

TEST_F(Campaign, WorkersThatNeverLoadEndTheRun) {
  auto session = assay::testing::open_session(folder_, {});
  auto options = options_with(2);
  options.program = "/bin/false";
  Events events;
  const auto end = run(session, options, events);
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().id, 531);
  options.program = "/nonexistent/assay";
  const auto none = run(session, options, events);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().id, 530);
}

TEST_F(Campaign, AChangedFileIsRefusedByNameOnResume) {
  const auto session = assay::testing::open_session(folder_, {});
  ASSERT_TRUE(load_locked(session.row.lock_json).ok());
  const std::string task = folder_ + "/catalog/suites/fake_suite/push.yaml";
  std::ofstream(task, std::ios::app) << "# one more line\n";
  const auto refused = load_locked(session.row.lock_json);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().id, 510);
  EXPECT_NE(refused.error().found.find("push.yaml"), std::string::npos) << refused.error().found;
  EXPECT_EQ(refused.error().found.find("fake_arm"), std::string::npos) << "only what changed is named";
  fs::remove(folder_ + "/catalog/embodiments/fake_arm.xml");
  EXPECT_NE(load_locked(session.row.lock_json).error().found.find("fake_arm.xml (missing)"), std::string::npos);
}

TEST_F(Campaign, OnlySuitesInTheSubjectsScopeAreLocked) {
  assay::testing::write_catalog(folder_, {});
  // Another suite, which the scheme asks in another scope.
  const std::string suites = folder_ + "/catalog/suites", scheme = folder_ + "/catalog/schemes/fake-scheme.yaml";
  fs::copy(suites + "/fake_suite", suites + "/other_suite", fs::copy_options::recursive);
  const auto edit = [](const std::string& file, const std::string& what, const std::string& by) {
    std::string text;
    {
      std::ifstream in(file);
      text.assign(std::istreambuf_iterator<char>(in), {});
    }
    ASSERT_NE(text.find(what), std::string::npos);
    std::ofstream(file) << text.replace(text.find(what), what.size(), by);
  };
  edit(suites + "/other_suite/suite.yaml", "id: fake_suite", "id: other_suite");
  edit(scheme, "indicators:\n",
       "  - {id: other, title: {en: other, zh: 其他}, tasks: [other_suite/push], classes: [general]}\n"
       "indicators:\n"
       "  - {id: O-1, dimension: E, level: 1, task: other_suite/push, limit: 0.8, design: 0.95, scopes: [other], "
       "title: {en: other, zh: 其他}}\n"
       "  - {id: O-2, dimension: E, level: 2, task: other_suite/push, limit: 0.8, design: 0.95, scopes: [other], "
       "title: {en: other, zh: 其他}}\n");
  for (int i = 0; i < 2; ++i)
    edit(scheme, "task: fake_suite/push, limit: 0.8, design: 0.95, title",
         "task: fake_suite/push, limit: 0.8, design: 0.95, scopes: [all], title");
  const auto inputs = load_inputs("fake-scheme", "fake-subject");
  ASSERT_TRUE(inputs.ok()) << to_string(inputs.error(), Lang::en);
  ASSERT_EQ(inputs->suites.size(), 1u);
  EXPECT_EQ(inputs->suites.front().id, "fake_suite");
  const std::string lock = lock_json(*inputs);
  EXPECT_EQ(lock.find("other_suite"), std::string::npos);
  // What decides nothing may change; the scheme is held against it again at the next lock.
  std::ofstream(suites + "/other_suite/push.yaml") << "nothing: of use\n";
  EXPECT_TRUE(load_locked(lock).ok());
  EXPECT_FALSE(load_inputs("fake-scheme", "fake-subject").ok());
}

TEST_F(Campaign, ALockedCatalogueMayMove) {
  const auto session = assay::testing::open_session(folder_, {});
  fs::rename(folder_ + "/catalog", folder_ + "/elsewhere");
  setenv("ASSAY_CATALOG", (folder_ + "/elsewhere").c_str(), 1);
  const auto inputs = load_locked(session.row.lock_json);
  ASSERT_TRUE(inputs.ok()) << to_string(inputs.error(), Lang::en);
  EXPECT_EQ(inputs->subject.id, "fake-subject");
}

TEST_F(Campaign, AnotherCatalogueDoesNotSwapALockedEmbodiment) {
  const auto session = assay::testing::open_session(folder_, {});
  fs::copy(folder_ + "/catalog", folder_ + "/other", fs::copy_options::recursive);
  std::ofstream(folder_ + "/other/embodiments/fake_arm.yaml", std::ios::app) << "# another binding, same model\n";
  setenv("ASSAY_CATALOG", (folder_ + "/other").c_str(), 1);  // the locked files are still where they were
  const auto inputs = load_locked(session.row.lock_json);
  ASSERT_FALSE(inputs.ok());
  EXPECT_EQ(inputs.error().id, 510);
  EXPECT_NE(inputs.error().found.find("other/embodiments/fake_arm.yaml"), std::string::npos) << inputs.error().found;
}

TEST_F(Campaign, ARobotThatLacksWhatATaskNeedsIsRefusedBeforeTheLock) {
  assay::testing::write_catalog(folder_, {});
  const std::string task = folder_ + "/catalog/suites/fake_suite/push.yaml";
  std::string text;
  {
    std::ifstream in(task);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  text.replace(text.find("[arm]"), 5, "[arm, gripper]");
  std::ofstream(task) << text;
  const auto inputs = load_inputs("fake-scheme", "fake-subject");
  ASSERT_FALSE(inputs.ok());
  EXPECT_EQ(inputs.error().id, 326);
  EXPECT_NE(inputs.error().place.file.find("fake_arm.yaml"), std::string::npos);
}

TEST_F(Campaign, ABrokenLockIsAnError) {
  for (const char* text : {"", "{}", "[1]", "{\"schema\":\"assay.lock/9\"}"}) {
    const auto inputs = load_locked(text);
    ASSERT_FALSE(inputs.ok()) << text;
    EXPECT_EQ(inputs.error().id, 512);
  }
}

TEST(PlanJson, RoundTripIsExactAndCanonical) {
  Plan plan = assay::testing::small_plan();
  plan.alpha = 0.1 + 0.2;  // no short decimal
  plan.indicators[0].design.exact_alpha = 1.0 / 3;
  const auto text = plan_to_json(plan);
  const auto back = plan_from_json(text);
  ASSERT_TRUE(back.ok()) << to_string(back.error(), Lang::en);
  EXPECT_EQ(plan_to_json(*back), text);
  EXPECT_EQ(back->alpha, plan.alpha);
  EXPECT_EQ(back->indicators[0].design.exact_alpha, 1.0 / 3);
  EXPECT_EQ(back->indicators[2].check, "half_way");
  EXPECT_EQ(back->series[1].reserved, 1);
  EXPECT_LT(text.find("\"alpha\""), text.find("\"beta\""));
}

TEST(PlanJson, RefusesWhatItDidNotWrite) {
  const auto text = plan_to_json(assay::testing::small_plan());
  const auto edited = [&](auto&& edit) {
    auto json = nlohmann::json::parse(text);
    edit(json);
    return json.dump();
  };
  const std::string bad[] = {"",
                             "{}",
                             text.substr(0, text.size() / 2),
                             edited([](auto& j) { j["schema"] = "assay.plan/4"; }),
                             edited([](auto& j) { j["extra"] = 1; }),
                             edited([](auto& j) { j["indicators"][0]["design"]["table"]["accept"][6] = 5; }),
                             edited([](auto& j) { j["indicators"][0]["design"]["table"]["refuse"].erase(0); })};
  for (const auto& one : bad) {
    const auto plan = plan_from_json(one);
    ASSERT_FALSE(plan.ok()) << one.substr(0, 80);
    EXPECT_EQ(plan.error().id, 511);
  }
}

}  // namespace
}  // namespace assay::harness
