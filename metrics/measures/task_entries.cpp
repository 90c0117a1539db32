// Measures of tasks and of mobile robots: ISO 18646 (GB/T 38834), navigation, completion, energy, coverage, sim/real.
#include "metrics/measures/catalogue.h"
#include "metrics/measures/entry.h"

namespace assay::metrics {

namespace {

constexpr const char* kPart1 = "ISO 18646-1:2016; GB/T 38834.1-2020";
constexpr const char* kPart2 = "ISO 18646-2:2019; GB/T 38834.2-2023";

const EntryRow kMobile[] = {
    {"iso18646.rated_speed", "m/s", Direction::higher_is_better, "Rated speed", "额定速度",
     "Mean over the trials of section length over time, the section passed at steady speed.",
     "匀速通过测量段时，测量段长度与通过时间之比的各次平均值。", kPart1, "No trial.", "没有试验。", "iso18646_speed",
     "speed_mean_m_s"},
    {"iso18646.stopping_time", "s", Direction::lower_is_better, "Stopping time", "停止时间",
     "From the stop command to rest; largest over the trials.", "从停止指令到静止的时间，取各次最大值。", kPart1,
     "No trial, or one that did not stop.", "没有试验，或某次未停止。", "iso18646_stopping", "time_max_s"},
    {"iso18646.stopping_distance", "m", Direction::lower_is_better, "Stopping distance", "停止距离",
     "Way from the stop command to rest; largest over the trials.", "从停止指令到静止所行驶的距离，取各次最大值。",
     kPart1, "No trial, or one that did not stop.", "没有试验，或某次未停止。", "iso18646_stopping", "distance_max_m"},
    {"iso18646.slope_angle", "rad", Direction::higher_is_better, "Maximum slope angle", "最大爬坡角度",
     "Steepest slope of the ladder of which every trial passed, on it and on every gentler one.",
     "该坡度及所有更缓坡度上全部试验均通过的最大坡度。", kPart1, "Not even the gentlest slope was mastered.",
     "最缓的坡度也未全部通过。", "iso18646_ladder", "limit"},
    {"iso18646.sill_height", "m", Direction::higher_is_better, "Mobility over a sill or step", "越障高度（门槛、台阶）",
     "Highest sill or step of the ladder of which every trial passed, on it and on every lower one.",
     "该高度及所有更低高度上全部试验均通过的最大门槛或台阶高度。", kPart1, "Not even the lowest was mastered.",
     "最低的高度也未全部通过。", "iso18646_ladder", "limit"},
    {"iso18646.turning_width", "m", Direction::lower_is_better, "Turning width", "转弯宽度",
     "Smallest passage of the ladder in which every trial turned without contact, in it and in every wider one.",
     "该宽度及所有更宽通道中全部试验均无接触完成转弯的最小通道宽度。", kPart1, "Not even the widest was mastered.",
     "最宽的通道也未全部通过。", "iso18646_ladder", "limit"},
    {"iso18646.goal_accuracy", "m", Direction::lower_is_better, "Pose accuracy at the goal, position",
     "目标位姿准确度（位置）", "Distance in the plane between the goal and the mean of the attained positions.",
     "平面内目标位置与各实到位置平均值之间的距离。", kPart2, "No attained pose.", "没有实到位姿。",
     "iso18646_goal_pose", "AP_p_m"},
    {"iso18646.goal_repeatability", "m", Direction::lower_is_better, "Pose repeatability at the goal, position",
     "目标位姿重复性（位置）", "l̄ + 3·S_l of the distances in the plane from the mean of the attained positions.",
     "平面内各实到位置到其平均位置距离的 l̄ + 3·S_l。", kPart2, "Fewer than two attained poses.", "实到位姿少于两个。",
     "iso18646_goal_pose", "RP_l_m"},
    {"iso18646.goal_heading_accuracy", "rad", Direction::neutral, "Pose accuracy at the goal, heading",
     "目标位姿准确度（航向）", "Mean of the wrapped deviations of the heading (signed; best at 0).",
     "航向偏差（归化到 (−π, π]）的平均值（带符号，以 0 为最佳）。", kPart2, "No attained pose.", "没有实到位姿。",
     "iso18646_goal_pose", "AP_heading_rad"},
    {"iso18646.goal_heading_repeatability", "rad", Direction::lower_is_better,
     "Pose repeatability at the goal, heading", "目标位姿重复性（航向）",
     "3·S of the wrapped deviations of the heading (half-width).", "航向偏差标准差的 3 倍（半宽）。", kPart2,
     "Fewer than two attained poses.", "实到位姿少于两个。", "iso18646_goal_pose", "RP_heading_rad"},
    {"iso18646.obstacle_detection_rate", "1", Direction::higher_is_better, "Obstacle detection", "障碍物检测率",
     "Share of the trials in which the robot reacted to the test body.", "机器人对试验障碍物作出反应的试验所占比例。",
     kPart2, "No trial.", "没有试验。", "iso18646_obstacle", "detection_rate"},
    {"iso18646.obstacle_detection_distance", "m", Direction::higher_is_better, "Obstacle detection distance",
     "障碍物检测距离", "Distance to the test body when the robot first reacts; smallest over the trials.",
     "机器人首次作出反应时到试验障碍物的距离，取各次最小值。", kPart2, "No trial, or one without detection.",
     "没有试验，或某次未检测到。", "iso18646_obstacle", "detection_distance_min_m"},
    {"iso18646.obstacle_avoidance_rate", "1", Direction::higher_is_better, "Obstacle avoidance", "避障成功率",
     "Share of the trials that reached the goal without contact.", "无接触到达目标的试验所占比例。", kPart2,
     "No trial.", "没有试验。", "iso18646_obstacle", "avoidance_rate"},
    {"iso18646.obstacle_clearance", "m", Direction::higher_is_better, "Clearance on avoidance", "避障最小间距",
     "Smallest distance to the test body over the trials; 0 on contact.",
     "各次试验到障碍物的最小距离；发生接触时为 0。", kPart2, "No trial.", "没有试验。", "iso18646_obstacle",
     "clearance_min_m"},
};

const EntryRow kTask[] = {
    {"navigation.spl", "1", Direction::higher_is_better, "Success weighted by path length (SPL)",
     "路径长度加权成功率 SPL",
     "Mean over the episodes of success · l/max(p, l), l the shortest path, p the path taken.",
     "各回合 成功 · l/max(p, l) 的平均值，l 为最短路径，p 为实际路径。", "Anderson et al., arXiv:1807.06757",
     "No episode.", "没有回合。", "navigation_spl", "spl"},
    {"navigation.soft_spl", "1", Direction::higher_is_better, "SoftSPL", "软路径加权成功率 SoftSPL",
     "SPL with progress max(0, 1 − d_T/d_0) in the place of success.", "以进度 max(0, 1 − d_T/d_0) 代替成功的 SPL。",
     "habitat-lab, SoftSPL", "No episode.", "没有回合。", "navigation_spl", "soft_spl"},
    {"task.success_rate", "1", Direction::higher_is_better, "Success rate", "成功率", "Successes over trials.",
     "成功次数与试验次数之比。", "Assay", "No trial.", "没有试验。", "completion", "success_rate"},
    {"task.autonomous_success_rate", "1", Direction::higher_is_better, "Autonomous success rate", "自主成功率",
     "Successes without intervention over trials.", "无人工干预的成功次数与试验次数之比。", "Assay", "No trial.",
     "没有试验。", "completion", "autonomous_success_rate"},
    {"task.goal_condition_mean", "1", Direction::higher_is_better, "Goal-condition success", "目标条件满足率",
     "Mean share of goal conditions satisfied at the end.", "结束时满足的目标条件所占比例的平均值。",
     "Shridhar et al., ALFRED, CVPR 2020", "No trial.", "没有试验。", "completion", "goal_condition_mean"},
    {"task.completion_time_mean", "s", Direction::lower_is_better, "Mean completion time", "平均完成时间",
     "Mean over the successful trials only.", "仅对成功试验取平均。", "Assay", "No success.", "没有成功的试验。",
     "completion", "time_success_mean_s"},
    {"task.completion_time_censored", "s", Direction::lower_is_better, "Mean completion time, censored",
     "删失平均完成时间", "Mean over all trials, a failed one with the time limit.",
     "对全部试验取平均，失败的试验以时限计。", "Assay", "No trial.", "没有试验。", "completion",
     "time_censored_mean_s"},
    {"task.successes_per_hour", "1/h", Direction::higher_is_better, "Successes per hour", "每小时成功次数",
     "3600 · successes over the sum of all trial times.", "3600 · 成功次数与全部试验时间之和的比。", "Assay",
     "Sum of times 0.", "时间之和为 0。", "completion", "successes_per_hour"},
    {"task.time_between_interventions", "s", Direction::higher_is_better, "Mean time between interventions",
     "平均干预间隔时间", "Sum of all trial times over the number of interventions.", "全部试验时间之和与干预次数之比。",
     "Assay", "No intervention.", "没有干预。", "completion", "mean_time_between_interventions_s"},
    {"energy.cost_of_transport", "1", Direction::lower_is_better, "Cost of transport", "运输成本（能耗比）",
     "∫max(P, 0) dt over m·g·d: no credit for regeneration.", "∫max(P, 0) dt 与 m·g·d 之比，不计回收能量。",
     "Tucker, Am. Sci. 63, 1975", "Distance or m·g 0, or no power samples.", "行程或 m·g 为 0，或没有功率样本。",
     "cost_of_transport", "cot_positive"},
    {"energy.cost_of_transport_net", "1", Direction::lower_is_better, "Cost of transport, net", "净运输成本",
     "∫P dt over m·g·d, regeneration credited.", "∫P dt 与 m·g·d 之比，计入回收能量。", "Tucker, Am. Sci. 63, 1975",
     "Distance or m·g 0, or no power samples.", "行程或 m·g 为 0，或没有功率样本。", "cost_of_transport", "cot_net"},
    {"task.coverage", "1", Direction::higher_is_better, "Area coverage", "区域覆盖率",
     "Share of the free cells of a grid whose centre came within the footprint's radius.",
     "中心曾位于覆盖半径之内的空闲栅格所占比例。", "Assay", "No free cell.", "没有空闲栅格。", "coverage",
     "coverage_fraction"},
    {"simreal.pearson", "1", Direction::higher_is_better, "Sim-to-real correlation", "仿真与实物相关系数",
     "Pearson correlation of the policies' scores in simulation and in reality.",
     "各策略仿真得分与实物得分的皮尔逊相关系数。", "Li et al., arXiv:2405.05941",
     "Fewer than two policies, or a constant series.", "策略少于两个，或某一序列为常数。", "simreal", "pearson_r"},
    {"simreal.mmrv", "1", Direction::lower_is_better, "Mean maximum rank violation (MMRV)", "平均最大排序违背 MMRV",
     "Mean over the policies of the largest real difference to a policy that simulation ranks otherwise.",
     "各策略与被仿真错误排序的策略之间实物得分差最大值的平均。", "Li et al., arXiv:2405.05941", "No policy.",
     "没有策略。", "simreal", "mmrv"},
};

}  // namespace

void add_task_measures(std::vector<MeasureEntry>& list) {
  for (const auto& row : kMobile) list.push_back(entry_of(row, Vantage::instrument));
  for (const auto& row : kTask) list.push_back(entry_of(row, Vantage::operator_));
}

}  // namespace assay::metrics
