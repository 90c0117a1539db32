// robot serve: one of our simulated robots behind a wire, in a process of its own and in real time; adapter check: does
// whatever stands behind a subject's wire keep its promises?
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "adapters/http/client.h"
#include "adapters/http/server.h"
#include "adapters/recorded/recorded_robot.h"
#include "adapters/registry.h"
#include "adapters/ros2/ros2_server.h"
#include "cli/commands.h"
#include "harness/adapter_check.h"
#include "harness/trial.h"
#include "suites/catalog.h"

namespace assay::cli {
namespace {

struct ServeWords {
  std::string subject, wire = "http", token_file;
  ServeOptions options;
  ros2::BusOptions bus;
};

/// Composes each task's world for the subject's body, once.
class Worlds {
 public:
  explicit Worlds(Embodiment body) : body_(std::move(body)) {}

  Result<World> find(const std::string& task_key, int level) {
    const std::lock_guard lock(mutex_);
    const auto key = std::pair{task_key, level};
    if (const auto known = worlds_.find(key); known != worlds_.end()) return known->second;
    const std::string id = task_key.substr(0, task_key.find('/'));
    if (suites_.find(id) == suites_.end()) {
      ASSAY_TRY(const auto path, catalog_find("suites", id));
      ASSAY_TRY(suites_[id], load_suite(path));
    }
    const Task* task = suites_[id].find(task_key, level);
    if (task == nullptr)
      return Error{.id = 1256,
                   .what = {"the task is not in this catalogue", "目录中没有该任务"},
                   .expected = {"a task of the catalogue", "目录中的任务"},
                   .found = fmt::format("{} L{}", task_key, level)};
    ASSAY_RETURN_IF_ERROR(check_capabilities(*task, body_));
    ASSAY_TRY(worlds_[key], compose(*task, body_));
    return worlds_[key];
  }

 private:
  std::mutex mutex_;
  const Embodiment body_;
  std::map<std::string, Suite> suites_;
  std::map<std::pair<std::string, int>, World> worlds_;
};

/// Until SIGINT or SIGTERM.
void wait_for_the_end(const sigset_t& ends) {
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
}

int serve_http(const App& app, const ServeWords& words, const std::string& subject, std::unique_ptr<Robot> robot,
               http::WorldSource worlds, const sigset_t& ends) {
  ServeOptions options = words.options;
  if (!words.token_file.empty()) {
    RobotLink link;
    link.url = "http://localhost";
    link.token_file = words.token_file;
    auto endpoint = http::endpoint_of(link);
    if (!endpoint) return fail(app, endpoint.error());
    options.token = endpoint->token;
  }
  const auto server = RobotServer::start(std::move(robot), std::move(worlds), options);
  if (!server) return fail(app, server.error());
  const std::string url =
      fmt::format("{}://{}:{}", options.cert_file.empty() ? "http" : "https", options.address, (*server)->port());
  if (app.json)
    print_json({{"schema", "assay.serve/1"}, {"url", url}, {"subject", subject}});
  else
    std::printf("%s %s\n", app.say("serving", "已提供").c_str(), url.c_str());
  wait_for_the_end(ends);
  return kConforms;
}

int serve_ros2(const App& app, const ServeWords& words, const std::string& subject, std::unique_ptr<Robot> robot,
               http::WorldSource worlds, const std::vector<Group>& groups, const sigset_t& ends) {
  const auto server = Ros2Server::start(std::move(robot), std::move(worlds), groups, words.bus);
  if (!server) return fail(app, server.error());
  const nlohmann::json way = {
      {"adapter", "ros2"}, {"world", "simulated"}, {"ros2", ros2::mapping_json((*server)->mapping())}};
  if (app.json) {
    print_json({{"schema", "assay.serve/1"}, {"robot", way}, {"subject", subject}});
  } else {
    std::printf("%s\nrobot: %s\n",
                app.say("serving; what belongs into the subject file:", "已提供；受试对象文件中写：").c_str(),
                way.dump().c_str());
  }
  wait_for_the_end(ends);
  return kConforms;
}

int do_serve(const App& app, const ServeWords& words) {
  const auto path = catalog_find("subjects", words.subject);
  if (!path) return fail(app, path.error());
  const auto subject = load_subject(*path);
  if (!subject) return fail(app, subject.error());
  auto body = load_embodiment(subject->embodiment_path);
  if (!body) return fail(app, body.error());
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  auto robot = registry.robot("mujoco");
  if (!robot) return fail(app, robot.error());
  // Before any thread: they all leave these signals to this one.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const std::vector<Group> groups = body->groups;
  auto worlds = std::make_shared<Worlds>(std::move(*body));
  http::WorldSource source = [worlds](const std::string& task, int level) { return worlds->find(task, level); };
  if (words.wire == "ros2")
    return serve_ros2(app, words, subject->id, std::move(*robot), std::move(source), groups, ends);
  if (const auto known = http::check_groups(groups); !known) return fail(app, known.error());
  return serve_http(app, words, subject->id, std::move(*robot), std::move(source), ends);
}

struct CheckWords {
  std::string subject, task;
};

/// The first task of the catalogue that the body can do, or the one that is asked for, at level 1.
Result<Setup> check_setup(const Embodiment& body, const std::string& wanted) {
  for (const auto& id : catalog_list("suites")) {
    ASSAY_TRY(const auto path, catalog_find("suites", id));
    ASSAY_TRY(const auto suite, load_suite(path));
    for (const auto& task : suite.tasks) {
      if (task.level != 1 || (wanted.empty() ? !check_capabilities(task, body).ok() : task.key() != wanted)) continue;
      ASSAY_RETURN_IF_ERROR(check_capabilities(task, body));
      ASSAY_TRY(const auto world, compose(task, body));
      return harness::realise(task, body, world, "adapter check", 0);
    }
  }
  return Error{.id = 1256,
               .what = {"the catalogue has no task for this body", "目录中没有适合该本体的任务"},
               .found = wanted.empty() ? body.id : wanted,
               .help = {"name one with --task SUITE/TASK", "请用 --task 测试集/任务 指定"}};
}

void print_check_row(const std::string& mark, const std::string& call, const std::string& asked,
                     const std::string& got) {
  constexpr int kMark = 3, kCall = 14, kAsked = 66;
  std::printf("%s%s %s %s\n", pad(mark, kMark).c_str(), pad(call, kCall).c_str(), pad(asked, kAsked).c_str(),
              got.c_str());
}

int do_check(const App& app, const CheckWords& words) {
  const auto path = catalog_find("subjects", words.subject);
  if (!path) return fail(app, path.error());
  const auto subject = load_subject(*path);
  if (!subject) return fail(app, subject.error());
  const auto body = load_embodiment(subject->embodiment_path);
  if (!body) return fail(app, body.error());
  const auto recorded = recorded_tasks(subject->robot);
  const auto setup = check_setup(*body, words.task.empty() && !recorded.empty() ? recorded.front() : words.task);
  if (!setup) return fail(app, setup.error());
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  const auto robot = registry.robot(subject->robot);
  if (!robot) return fail(app, robot.error());
  const bool terminal = !app.json && isatty(STDOUT_FILENO) != 0;
  if (!app.json) print_check_row("", app.say("call", "调用"), app.say("expected", "期望"), app.say("got", "实际"));
  // Each row when it comes: a reset that takes its time must not look like a hang.
  const auto checks = harness::check_adapter(**robot, *setup, [&](const harness::AdapterCheck& check, bool done) {
    if (app.json || (!done && !terminal)) return;
    if (terminal) std::printf("\r\033[K");
    if (!done) {
      std::printf("… %s: %s", check.call.c_str(), app.say(check.asked).c_str());
    } else {
      const std::string page = app.lang == Lang::zh ? "docs/zh/" + check.page.substr(5) : check.page;
      const std::string got = check.tried ? check.got : app.say(check.got.c_str(), "未试：记录不会运动");
      print_check_row(!check.tried ? "–"
                      : check.ok   ? "✓"
                                   : "✕",
                      check.call, app.say(check.asked), check.ok ? got : got + "  (" + page + ")");
    }
    std::fflush(stdout);
  });
  bool ok = true;
  nlohmann::json out = {
      {"schema", "assay.adapter_check/1"}, {"subject", subject->id}, {"checks", nlohmann::json::array()}};
  for (const auto& check : checks) {
    ok = ok && check.ok;
    out["checks"].push_back({{"call", check.call},
                             {"expected", check.asked.en},
                             {"got", check.got},
                             {"ok", check.ok},
                             {"tried", check.tried},
                             {"page", check.page}});
  }
  out["ok"] = ok;
  if (app.json) print_json(out);
  return ok ? kConforms : kRobot;
}

}  // namespace

void add_adapter_check_command(CLI::App& adapter, App& app, Action& run) {
  const auto words = std::make_shared<CheckWords>();
  auto* check = adapter.add_subcommand(
      "check", app.say("does a subject's robot keep the wire's promises? moves it a few centimetres",
                       "检查受试对象的机器人是否遵守接口约定（会移动数厘米）"));
  check->add_option("--subject", words->subject, app.say("id or file", "标识或文件"))->required();
  check->add_option("--task", words->task, app.say("SUITE/TASK that sets it up", "用于布置的 测试集/任务"));
  check->callback([&app, &run, words] { run = [&app, words] { return do_check(app, *words); }; });
}

void add_robot_commands(CLI::App& parser, App& app, Action& run) {
  auto* robot = parser.add_subcommand("robot", app.say("robots behind a wire", "经接口连接的机器人"));
  robot->require_subcommand(1);
  robot->fallthrough();
  const auto words = std::make_shared<ServeWords>();
  auto* serve = robot->add_subcommand(
      "serve", app.say("play a subject's body on the simulator, in real time, for who wants to rehearse",
                       "在仿真器上实时扮演某受试对象的本体，供演练使用"));
  serve->add_option("--subject", words->subject, app.say("id or file", "标识或文件"))->required();
  serve->add_option("--wire", words->wire, app.say("http or ros2", "http 或 ros2"))
      ->check(CLI::IsMember({"http", "ros2"}));
  serve->add_option("--listen", words->options.address, app.say("address of this machine", "本机地址"))
      ->capture_default_str();
  serve->add_option("--port", words->options.port, app.say("0: any that is free", "0：任选空闲端口"));
  serve->add_option("--token-file", words->token_file,
                    app.say("ask for the token that stands in this file", "要求提供此文件中的令牌"));
  serve->add_option(
      "--cert", words->options.cert_file,
      app.say("http: certificate chain (PEM) to serve over TLS with", "http：以 TLS 提供服务的证书链（PEM）"));
  serve->add_option("--key", words->options.key_file,
                    app.say("http: the certificate's key (PEM, chmod 600)", "http：该证书的私钥（PEM，chmod 600）"));
  serve->add_option("--domain", words->bus.domain, app.say("ros2: ROS_DOMAIN_ID", "ros2：ROS_DOMAIN_ID"))
      ->check(CLI::Range(0, 232));
  serve->add_option("--interface", words->bus.interface, app.say("ros2: network interface", "ros2：网络接口"));
  serve->add_option(
      "--peer", words->bus.peers,
      app.say("ros2: a host to look for without multicast; may be repeated", "ros2：无组播时要查找的主机；可重复"));
  serve->callback([&app, &run, words] { run = [&app, words] { return do_serve(app, *words); }; });
}

}  // namespace assay::cli
