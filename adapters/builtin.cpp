// The one place that lists what there is. A new adapter is one folder and one line here.
#include "adapters/http/http_robot.h"
#include "adapters/manual/manual_robot.h"
#include "adapters/mujoco/mujoco_robot.h"
#include "adapters/policies/observer.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/two_hands.h"
#include "adapters/recorded/recorded_robot.h"
#include "adapters/registry.h"
#include "adapters/ros2/ros2_robot.h"
#include "adapters/served/served_policy.h"

namespace assay {
namespace {

std::vector<std::pair<std::string, Text>> skill_params() {
  return {{"skill", {"1 (best, default) … 0: sets the other three", "1（最好，默认）… 0：同时设定其余三项"}},
          {"noise_m", {"error of belief per attempt, standard deviation in m", "每次尝试的位置误差标准差（m）"}},
          {"delay_s", {"age of the observations acted on, in s", "所依据观测的滞后（s）"}},
          {"miss_rate", {"probability per attempt of aiming beside the goal", "每次尝试瞄偏的概率"}}};
}

std::vector<std::pair<std::string, Text>> leg_params() {
  return {{"skill", {"1 (best, default) … 0: sets the other two", "1（最好，默认）… 0：同时设定其余两项"}},
          {"strength", {"share of each actuator's torque that may be used", "可用的各执行器力矩比例"}},
          {"delay_s", {"age of the observations acted on, in s", "所依据观测的滞后（s）"}}};
}

/// The same policy on robots with one arm and with several.
AdapterRegistry::PolicyFactory any_arms(AdapterRegistry::PolicyFactory make) {
  return [make = std::move(make)](const PolicyParams& params) -> Result<std::unique_ptr<Policy>> {
    ASSAY_TRY(auto policy, make(params));
    return policies::with_two_hands(std::move(policy));
  };
}

}  // namespace

void register_builtin_adapters(AdapterRegistry& registry) {
  registry.add_robot({"mujoco", {"embedded simulator, lock-step", "嵌入式仿真器，锁步"}, {}, mujoco_engine()},
                     [](const RobotLink&) -> Result<std::unique_ptr<Robot>> { return make_mujoco_robot(); });
  registry.add_robot({"http",
                      {"any robot, over the robot API, in real time (docs/wire-http.md)",
                       "任意机器人，经机器人接口，实时（docs/zh/wire-http.md）"},
                      {},
                      http_engine(),
                      true},
                     make_http_robot);
  registry.add_robot({"ros2",
                      {"any robot, over ROS 2 topics, in real time (docs/wire-ros2.md)",
                       "任意机器人，经 ROS 2 话题，实时（docs/zh/wire-ros2.md）"},
                      {},
                      ros2_engine(),
                      true,
                      "ros2"},
                     make_ros2_robot);
  registry.add_robot({"recorded",
                      {"a recording (CSV or MCAP) of an instrument, judged as if live (docs/wire-recorded.md)",
                       "测量仪器的记录（CSV 或 MCAP），按现场数据判定（docs/zh/wire-recorded.md）"},
                      {},
                      recorded_engine(),
                      false,
                      "recorded"},
                     make_recorded_robot);
  registry.add_robot(
      {"manual",
       {"any robot, without a connection: a person sets up and enters what was seen (docs/wire-manual.md)",
        "任意机器人，无需连接：由操作员布置场景并录入所见结果（docs/zh/wire-manual.md）"},
       {},
       manual_engine(),
       false,
       "manual"},
      make_manual_robot);

  registry.add_policy({"scripted_manipulator",
                       {"picks and places by detections, with any bound arm and gripper",
                        "凭检测结果抓放，适用于任意已绑定的机械臂与夹爪"},
                       skill_params(),
                       ""},
                      any_arms(make_scripted_manipulator));
  registry.add_policy(
      {"attentive_manipulator",
       {"picks and places as it is told: asks what is not clear, takes corrections, refuses what would hurt somebody",
        "按话语抓放：含糊时提问，听从更正，拒绝会伤人的指令"},
       skill_params(),
       ""},
      make_attentive_manipulator);
  registry.add_policy(
      {"shelf_picker",
       {"takes goods from a shelf by description and stands them on a tray, with any bound arm and gripper",
        "按描述从货架取货并立放到托盘，适用于任意已绑定的机械臂与夹爪"},
       skill_params(),
       ""},
      make_shelf_picker);
  registry.add_policy(
      {"waypoint_navigator",
       {"drives any differential base past obstacles by range scans", "凭测距扫描驱动任意差速底盘绕障行驶"},
       skill_params(),
       ""},
      make_waypoint_navigator);
  registry.add_policy({"peg_inserter",
                       {"inserts pegs into sockets by detections and by feel, with any bound arm and gripper",
                        "凭检测结果与触觉将销插入孔中，适用于任意已绑定的机械臂与夹爪"},
                       skill_params(),
                       ""},
                      any_arms(make_peg_inserter));
  registry.add_policy({"surface_follower",
                       {"follows seams and wipes areas with the closed gripper, by touch and wrist force",
                        "用闭合夹爪沿焊缝行走或擦拭表面，凭触觉与腕部力控制"},
                       skill_params(),
                       ""},
                      any_arms(make_surface_follower));
  registry.add_policy({"coverage_planner",
                       {"goes over the floor in lanes, with any differential base", "驱动任意差速底盘逐道覆盖地面"},
                       skill_params(),
                       ""},
                      make_coverage_planner);
  registry.add_policy(
      {"patrol",
       {"goes a round past posts and reports hazards, with any differential base", "驱动任意差速底盘巡逻并上报隐患"},
       skill_params(),
       ""},
      make_patrol);
  registry.add_policy(
      {"bringer",
       {"takes a thing, drives to the station before the named bin and puts it down there, with any base "
        "that carries an arm",
        "取物后驱动底盘到指定料箱前的站点并放下，适用于任意带机械臂的移动底盘"},
       skill_params(),
       ""},
      make_bringer);
  registry.add_policy({"observer",
                       {"watches from where it stands and reports what it sees, with any bound robot",
                        "原地观察并上报所见物体，适用于任意已绑定的机器人"},
                       skill_params(),
                       ""},
                      make_observer);
  registry.add_policy({"pose_programme",
                       {"takes up commanded poses and follows commanded paths, with any bound arm",
                        "按指令位姿与轨迹运动，适用于任意已绑定的机械臂"},
                       skill_params(),
                       ""},
                      make_pose_programme);
  registry.add_policy({"base_programme",
                       {"drives commanded legs and takes up commanded poses, with any differential base",
                        "按指令路段与位姿驱动任意差速底盘"},
                       skill_params(),
                       ""},
                      make_base_programme);
  registry.add_policy({"balance_lqr",
                       {"keeps a robot with legs on its feet, by a regulator made from the robot's own model",
                        "依据机器人自身模型设计调节器，使腿式机器人保持平衡"},
                       leg_params(),
                       ""},
                      make_balance_lqr);
  registry.add_policy({"static_crawl",
                       {"goes to a place on four legs, or turns to it, one foot at a time",
                        "四足静步行走到指定位置，或原地转向，每次只抬一只脚"},
                       leg_params(),
                       ""},
                      make_static_crawl);
  AdapterInfo openpi;
  openpi.id = "openpi";
  openpi.title = {"any policy behind an openpi or RoboArena server (docs/wire-openpi.md)",
                  "openpi 或 RoboArena 服务端的任意策略（docs/zh/wire-openpi.md）"};
  openpi.wired = true;
  registry.add_served_policy(openpi, make_openpi_policy);
  AdapterInfo http;
  http.id = "http";
  http.title = {"any policy behind a small HTTP server, JSON (docs/wire-openpi.md)",
                "小型 HTTP 服务端（JSON）的任意策略（docs/zh/wire-openpi.md）"};
  http.wired = true;
  registry.add_served_policy(http, make_http_policy);
  registry.add_policy({"operator",
                       {"the robot's own, where a person lets it act and says when it has ended (robot `manual`)",
                        "机器人自身的策略：由操作员启动并说明何时结束（机器人 `manual`）"},
                       {},
                       ""},
                      make_operator_policy);
  registry.add_policy({"recording",
                       {"for a recorded robot: says done where the recording ends", "用于记录回放：记录结束时报告完成"},
                       {},
                       ""},
                      make_recording_policy);
  registry.add_policy({"null", {"does nothing; must fail every examination", "什么也不做；必须通不过任何检测"}, {}, ""},
                      make_null);
  registry.add_policy(
      {"random", {"moves at random; must fail every examination", "随机运动；必须通不过任何检测"}, {}, ""},
      make_random);
  registry.add_policy({"faulty",
                       {"breaks in a chosen way, to validate a harness", "以选定方式出错，用于验证检测系统"},
                       {{"kind",
                         {"0 stall, 1 throw, 2 wrong shape, 3 NaN, 4 unknown group, 5 crash, 6 exit, 7 stall in begin",
                          "0 卡死，1 抛异常，2 形状错误，3 NaN，4 未知分组，5 崩溃，6 退出，7 启动时卡死"}},
                        {"at_tick", {"control tick at which it breaks (default 10)", "出错的控制拍（默认 10）"}}},
                       ""},
                      make_faulty);
}

}  // namespace assay
