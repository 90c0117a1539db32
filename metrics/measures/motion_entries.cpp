// Measures of motion: ISO 9283 (GB/T 12642), trajectories, smoothness, step response.
#include "metrics/measures/catalogue.h"
#include "metrics/measures/entry.h"

namespace assay::metrics {

namespace {

constexpr const char* kNoCycle_en = "No attained pose.";
constexpr const char* kNoCycle_zh = "没有实到位姿。";
constexpr const char* kOneCycle_en = "Fewer than two attained poses.";
constexpr const char* kOneCycle_zh = "实到位姿少于两个。";

const EntryRow kPose[] = {
    {"iso9283.position_accuracy", "m", Direction::lower_is_better, "Pose accuracy, position (AP_p)", "位置准确度 AP_p",
     "Distance between the commanded position and the mean of the attained positions, |p̄ − p_c|.",
     "指令位置与各实到位置平均值之间的距离 |p̄ − p_c|。", "ISO 9283:1998, 7.2.1; GB/T 12642-2013", kNoCycle_en,
     kNoCycle_zh, "iso9283_pose", "AP_p_m"},
    {"iso9283.position_repeatability", "m", Direction::lower_is_better, "Pose repeatability, position (RP_l)",
     "位置重复性 RP_l", "l̄ + 3·S_l of the distances l_j = |p_j − p̄| from the mean of the attained positions.",
     "各实到位置到其平均位置的距离 l_j = |p_j − p̄| 的 l̄ + 3·S_l。", "ISO 9283:1998, 7.2.2; GB/T 12642-2013",
     kOneCycle_en, kOneCycle_zh, "iso9283_pose", "RP_l_m"},
    {"iso9283.position_variation", "m", Direction::lower_is_better, "Multi-directional pose accuracy variation (vAP_p)",
     "多方向位姿准确度变动 vAP_p", "Largest distance between the mean positions attained from different directions.",
     "从不同方向趋近同一指令位姿时，各方向实到位置平均值之间的最大距离。", "ISO 9283:1998, 7.2.3; GB/T 12642-2013",
     "Fewer than two directions, or a direction without poses.", "少于两个方向，或某一方向没有位姿。",
     "iso9283_multidirectional", "vAP_p_m"},
    {"iso9283.distance_accuracy", "m", Direction::neutral, "Distance accuracy (AD_p)", "距离准确度 AD_p",
     "Mean of the attained distances less the commanded distance, D̄ − D_c (signed; best at 0).",
     "实到距离平均值与指令距离之差 D̄ − D_c（带符号，以 0 为最佳）。", "ISO 9283:1998, 7.3.1; GB/T 12642-2013",
     kNoCycle_en, kNoCycle_zh, "iso9283_distance", "AD_p_m"},
    {"iso9283.distance_repeatability", "m", Direction::lower_is_better, "Distance repeatability (RD_p)",
     "距离重复性 RD_p", "3·S of the attained distances (half-width; printed with ±).",
     "实到距离标准差的 3 倍（半宽，书写时带 ±）。", "ISO 9283:1998, 7.3.2; GB/T 12642-2013", kOneCycle_en, kOneCycle_zh,
     "iso9283_distance", "RD_p_m"},
    {"iso9283.stabilisation_time", "s", Direction::lower_is_better, "Position stabilisation time", "位置稳定时间",
     "From the first to the last entry into the limit band, instants interpolated; mean over the cycles.",
     "从首次进入门限带到最后一次进入门限带的时间（进入时刻经插值），取各循环平均值。",
     "ISO 9283:1998, 7.4; GB/T 12642-2013", "A cycle never enters the band or ends outside it, or there is no cycle.",
     "某循环从未进入门限带或结束时位于带外，或没有循环。", "iso9283_stabilisation_overshoot",
     "stabilisation_time_mean_s"},
    {"iso9283.position_overshoot", "m", Direction::lower_is_better, "Position overshoot (OV)", "位置超调量 OV",
     "Largest distance from the attained pose outside the limit band after its first entry; 0 if it stays inside; "
     "largest over the cycles.",
     "首次进入门限带之后位于带外时到实到位姿的最大距离；始终在带内时为 0；取各循环最大值。",
     "ISO 9283:1998, 7.5; GB/T 12642-2013", "A cycle never enters the band, or there is no cycle.",
     "某循环从未进入门限带，或没有循环。", "iso9283_stabilisation_overshoot", "overshoot_max_m"},
    {"iso9283.accuracy_drift", "m", Direction::lower_is_better, "Drift of pose accuracy (dAP_p)",
     "位姿准确度漂移 dAP_p",
     "|AP_p at t = 0 − AP_p at t = T|, the largest over the blocks of cycles. A difference of two scalars: a mean "
     "pose that moves on a sphere round the command drifts by 0.",
     "|AP_p(t=0) − AP_p(t=T)|，取各循环组中的最大值。它是两个标量之差：平均位姿沿以指令位姿为中心的球面移动时漂移为 "
     "0。",
     "ISO 9283:1998, 7.6; GB/T 12642-2013", "The first block, or every block, has no pose.",
     "首个循环组没有位姿，或所有循环组都没有位姿。", "iso9283_drift", "dAP_p_max_m"},
    {"iso9283.repeatability_drift", "m", Direction::lower_is_better, "Drift of pose repeatability (dRP_l)",
     "位姿重复性漂移 dRP_l", "|RP_l at t = 0 − RP_l at t = T|, the largest over the blocks of cycles.",
     "|RP_l(t=0) − RP_l(t=T)|，取各循环组中的最大值。", "ISO 9283:1998, 7.6; GB/T 12642-2013",
     "The first block has fewer than two poses.", "首个循环组的位姿少于两个。", "iso9283_drift", "dRP_l_max_m"},
};

const EntryRow kPath[] = {
    {"iso9283.path_accuracy", "m", Direction::lower_is_better, "Path accuracy (AT_p)", "轨迹准确度 AT_p",
     "Largest distance, over the points of the commanded path, between the point and the mean of the attained ones.",
     "指令轨迹各计算点与对应实到位置平均值之间距离的最大值。", "ISO 9283:1998, 8.2; GB/T 12642-2013",
     "No point or no cycle.", "没有轨迹点或没有循环。", "iso9283_path", "AT_p_m"},
    {"iso9283.path_repeatability", "m", Direction::lower_is_better, "Path repeatability (RT_p)", "轨迹重复性 RT_p",
     "Largest l̄_i + 3·S_li over the points i, l_ij the distance of cycle j from the mean attained position there.",
     "各计算点 i 处 l̄_i + 3·S_li 的最大值，l_ij 为第 j 次循环到该点平均实到位置的距离。",
     "ISO 9283:1998, 8.3; GB/T 12642-2013", "No point, or fewer than two cycles.", "没有轨迹点，或循环少于两次。",
     "iso9283_path", "RT_p_m"},
    {"iso9283.cornering_round_off", "m", Direction::lower_is_better, "Cornering round-off error (CR)",
     "拐角偏差：圆角误差 CR", "Smallest distance of the attained samples from the corner; mean over the cycles.",
     "实到采样点到拐角点的最小距离，取各循环平均值。", "ISO 9283:1998, 8.5; GB/T 12642-2013",
     "No cycle, or a cycle without samples.", "没有循环，或某循环没有采样点。", "iso9283_corner", "CR_m"},
    {"iso9283.cornering_overshoot", "m", Direction::lower_is_better, "Cornering overshoot (CO)",
     "拐角偏差：拐角超调 CO",
     "Largest distance from the line of the second leg among the samples beyond the corner, 0 if there are none; mean "
     "over the cycles.",
     "越过拐角的采样点到第二段直线的最大距离，没有越过时为 0；取各循环平均值。", "ISO 9283:1998, 8.5; GB/T 12642-2013",
     "A leg without length, legs in line, no cycle, or one without samples.",
     "某段长度为零、两段共线、没有循环，或某循环没有采样点。", "iso9283_corner", "CO_m"},
    {"iso9283.path_velocity_accuracy", "%", Direction::neutral, "Path velocity accuracy (AV)", "轨迹速度准确度 AV",
     "Mean attained path velocity less the commanded one, in percent of the commanded (signed; best at 0).",
     "实到轨迹速度平均值与指令速度之差占指令速度的百分比（带符号，以 0 为最佳）。",
     "ISO 9283:1998, 8.6.2; GB/T 12642-2013", "Commanded velocity 0, no cycle, or a cycle without samples.",
     "指令速度为 0、没有循环，或某循环没有采样值。", "iso9283_path_velocity", "AV_percent"},
    {"iso9283.path_velocity_repeatability", "%", Direction::lower_is_better, "Path velocity repeatability (RV)",
     "轨迹速度重复性 RV", "3·S of the cycles' mean velocities, in percent of the commanded (half-width).",
     "各循环平均速度标准差的 3 倍占指令速度的百分比（半宽）。", "ISO 9283:1998, 8.6.3; GB/T 12642-2013",
     "Commanded velocity 0, fewer than two cycles, or a cycle without samples.",
     "指令速度为 0、循环少于两次，或某循环没有采样值。", "iso9283_path_velocity", "RV_percent"},
    {"iso9283.path_velocity_fluctuation", "m/s", Direction::lower_is_better, "Path velocity fluctuation (FV)",
     "轨迹速度波动 FV", "Largest difference between the highest and the lowest velocity of one cycle.",
     "单次循环内最高与最低速度之差的最大值。", "ISO 9283:1998, 8.6.4; GB/T 12642-2013",
     "No cycle, or a cycle without samples.", "没有循环，或某循环没有采样值。", "iso9283_path_velocity", "FV_m_s"},
};

const EntryRow kTrajectory[] = {
    {"motion.path_length", "m", Direction::lower_is_better, "Path length", "路径长度",
     "Sum of the chords between successive positions.", "相邻位置之间弦长之和。", "Assay", "No position.",
     "没有位置数据。", "path_length", "path_length_m"},
    {"motion.straightness", "1", Direction::higher_is_better, "Straightness", "直线度比",
     "Distance from the first to the last position over the length of the path.", "首末位置间距离与路径长度之比。",
     "Assay", "Path length 0.", "路径长度为 0。", "path_length", "straightness"},
    {"trajectory.ape_rmse", "m", Direction::lower_is_better, "Absolute pose error (APE), RMSE",
     "绝对位姿误差 APE（均方根）",
     "Root mean square of the distances between associated positions after the stated alignment (none, SE(3), Sim(3)).",
     "按所声明的对齐方式（无、SE(3)、Sim(3)）对齐后，各配对位置间距离的均方根。",
     "Sturm et al., IROS 2012; Umeyama, PAMI 13(4), 1991", "No pair of stamps, or an alignment that is not determined.",
     "没有配对的时间戳，或无法确定对齐变换。", "ape", "rmse_m"},
    {"trajectory.rpe_rmse", "m", Direction::lower_is_better, "Relative pose error (RPE), RMSE",
     "相对位姿误差 RPE（均方根）",
     "Root mean square of the differences between the displacements, over a stated number of frames, of estimate and "
     "reference.",
     "在给定帧间隔上，估计轨迹与参考轨迹相对位移之差的均方根。", "Sturm et al., IROS 2012",
     "No pair of poses at this distance, or an alignment that is not determined.",
     "没有满足该间隔的位姿对，或无法确定对齐变换。", "rpe", "rmse_m"},
    {"motion.sparc", "1", Direction::higher_is_better, "Smoothness: spectral arc length (SPARC)",
     "平滑度：谱弧长 SPARC",
     "Negative length of the normalised magnitude spectrum of the speed up to 10 Hz, between its first and last bin "
     "of at least 0.05 (zero-padded to 2^(⌈log2 N⌉+4)). Nearer 0 is smoother.",
     "速度归一化幅值谱在 10 Hz 以内、首末两个幅值不小于 0.05 的频点之间弧长的负值（补零至 2^(⌈log2 N⌉+4)）。越接近 0 "
     "越平滑。",
     "Balasubramanian et al., J. NeuroEng. Rehabil. 12:112, 2015",
     "Fewer than 3 samples, no motion, or fewer than two bins to keep.",
     "样本少于 3 个、没有运动，或保留的频点少于两个。", "smoothness", "sparc"},
    {"motion.log_dimensionless_jerk", "1", Direction::higher_is_better, "Smoothness: log dimensionless jerk (LDLJ)",
     "平滑度：对数无量纲加加速度 LDLJ",
     "−ln((T³/v_pk²)·Σj²·dt), j the second difference quotient of the speed, T = N·dt, v_pk the peak speed.",
     "−ln((T³/v_pk²)·Σj²·dt)，j 为速度的二阶差商，T = N·dt，v_pk 为峰值速度。",
     "Balasubramanian et al., J. NeuroEng. Rehabil. 12:112, 2015", "Fewer than 3 samples, no motion, or no jerk.",
     "样本少于 3 个、没有运动，或加加速度为 0。", "smoothness", "log_dimensionless_jerk"},
    {"response.settle_time", "s", Direction::lower_is_better, "Settling time", "调节时间",
     "From the step to the last crossing into the band around the target, if it then holds for the stated time.",
     "从阶跃时刻到最后一次进入目标值允差带并保持规定时间为止的时间。", "IEC 60050-351",
     "It does not settle, or no sample.", "未进入稳定，或没有样本。", "settle_time", "settle_time_s"},
    {"response.overshoot", "%", Direction::lower_is_better, "Overshoot", "超调量",
     "Largest passage beyond the target, in percent of the step.", "超出目标值的最大量占阶跃幅度的百分比。",
     "IEC 60050-351", "Step of size 0, or no sample.", "阶跃幅度为 0，或没有样本。", "overshoot", "overshoot_percent"},
};

/// The three angles of a pose measure.
void add_angles(std::vector<MeasureEntry>& list, const EntryRow& row, const std::string& stem) {
  for (const char axis : std::string("abc")) {
    auto entry = entry_of(row, Vantage::instrument);
    entry.spec.id += std::string(1, axis);
    entry.spec.title.en += std::string(", angle ") + axis;
    entry.spec.title.zh += std::string("，角度 ") + axis;
    entry.member = stem + axis + "_rad";
    list.push_back(std::move(entry));
  }
}

const EntryRow kAngleAccuracy = {
    "iso9283.orientation_accuracy_",
    "rad",
    Direction::neutral,
    "Pose accuracy, orientation",
    "姿态准确度",
    "Mean of the deviations from the commanded angle, each wrapped to (−π, π] (signed; best at 0).",
    "各实到角度与指令角度之差（归化到 (−π, π]）的平均值（带符号，以 0 为最佳）。",
    "ISO 9283:1998, 7.2.1; GB/T 12642-2013",
    kNoCycle_en,
    kNoCycle_zh,
    "iso9283_pose",
    ""};
const EntryRow kAngleRepeatability = {
    "iso9283.orientation_repeatability_",
    "rad",
    Direction::lower_is_better,
    "Pose repeatability, orientation",
    "姿态重复性",
    "3·S of the wrapped deviations from the commanded angle (half-width; printed with ±).",
    "各实到角度与指令角度之差标准差的 3 倍（半宽，书写时带 ±）。",
    "ISO 9283:1998, 7.2.2; GB/T 12642-2013",
    kOneCycle_en,
    kOneCycle_zh,
    "iso9283_pose",
    ""};

}  // namespace

void add_motion_measures(std::vector<MeasureEntry>& list) {
  for (const auto& row : kPose) list.push_back(entry_of(row, Vantage::instrument));
  add_angles(list, kAngleAccuracy, "AP_");
  add_angles(list, kAngleRepeatability, "RP_");
  for (const auto& row : kPath) list.push_back(entry_of(row, Vantage::instrument));
  for (const auto& row : kTrajectory) list.push_back(entry_of(row, Vantage::instrument));
}

}  // namespace assay::metrics
