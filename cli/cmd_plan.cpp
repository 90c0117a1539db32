// plan: of a session, or of one indicator by its figures alone.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/plan.h"
#include "cli/print.h"
#include "metrics/sequential.h"
#include "metrics/statistics/truncated_sprt.h"

namespace assay::cli {
namespace {

struct PlanOptions {
  SessionRequest request;
  PlanView view;
  double p0 = 0, p1 = 0, alpha = 0.05, beta = 0.10, cap = 1.5;
  int looks = 0;
  std::string rule = "dp";
};

/// "parcel_sorting=0.93" or "logistics_assembly/parcel_sorting@L2=0.9" → full key → p.
Result<std::map<std::string, double>> assumptions(const std::vector<std::string>& given, const Plan& plan) {
  std::map<std::string, double> out;
  for (const auto& item : given) {
    const auto equals = item.find('=');
    char* end = nullptr;
    const double p = equals == std::string::npos ? -1 : std::strtod(item.c_str() + equals + 1, &end);
    const std::string name = item.substr(0, equals);
    const std::string task = name.substr(0, name.find('@'));
    std::string key;
    for (const auto& ind : plan.indicators)
      if (ind.task == task || ind.task.substr(ind.task.find('/') + 1) == task)
        key = ind.task + name.substr(task.size());
    if (key.empty() || !(p >= 0 && p <= 1) || end == nullptr || *end != '\0')
      return Error{.id = 907,
                   .what = {"--assume does not fit", "--assume 无法理解"},
                   .expected = {"TASK=P or TASK@L2=P, a task of the plan and 0 ≤ P ≤ 1",
                                "任务=P 或 任务@L2=P，任务须在计划中且 0 ≤ P ≤ 1"},
                   .found = item};
    out[key] = p;
  }
  return out;
}

nlohmann::json point_json(const metrics::OperatingPoint& x) {
  return {{"p", x.p}, {"accept", x.accept}, {"refuse", x.refuse}, {"expected_n", x.expected_n}, {"share", x.share}};
}

nlohmann::json characteristics_json(const metrics::OperatingCharacteristics& x) {
  nlohmann::json out = {{"p0", x.p0},
                        {"p1", x.p1},
                        {"alpha", x.alpha},
                        {"beta", x.beta},
                        {"fixed_n", x.fixed_n},
                        {"n_max", x.n_max},
                        {"least_n", x.least_n},
                        {"exact_alpha", x.exact_alpha},
                        {"exact_beta", x.exact_beta},
                        {"size",
                         {{"at_limit", x.size.at_limit},
                          {"largest_on_grid", x.size.largest},
                          {"bound_everywhere", x.size.bound},
                          {"grid_points", x.size.grid_points}}},
                        {"at_p0", point_json(x.at_p0)},
                        {"midway", point_json(x.midway)},
                        {"at_p1", point_json(x.at_p1)},
                        {"at_one", point_json(x.at_one)}};
  for (const auto& point : x.points) out["curve"].push_back(point_json(point));
  return out;
}

nlohmann::json plan_json(const Plan& plan, const grading::Outlook& outlook, const RobotTime& time,
                         const std::vector<metrics::OperatingCharacteristics>& oc) {
  nlohmann::json out = {{"schema", "assay.outlook/1"},
                        {"plan", nlohmann::json::parse(harness::plan_to_json(plan))},
                        {"p_level", outlook.p_level},
                        {"p_level_most", outlook.p_level_most},
                        {"robot_time_expected_h", time.expected_s / 3600},
                        {"robot_time_most_h", time.most_s / 3600},
                        {"level", plan.declared_level}};
  const auto chance = [](const auto& row, double p) { return row.measured ? nlohmann::json() : nlohmann::json(p); };
  for (const auto& row : outlook.rows)
    out["indicators"].push_back({{"id", row.id},
                                 {"level", row.level},
                                 {"measured", row.measured},
                                 {"assumed_p", chance(row, row.assumed)},
                                 {"p_conform", chance(row, row.p_conform)},
                                 {"trials_least", row.least_n},
                                 {"trials_expected", row.expected_n},
                                 {"trials_most", row.most_n}});
  for (const auto& x : oc) out["operating_characteristics"].push_back(characteristics_json(x));
  return out;
}

/// One row per design: indicators with the same limits share it.
Result<std::vector<metrics::OperatingCharacteristics>> characteristics_of(const Plan& plan) {
  std::vector<metrics::OperatingCharacteristics> out;
  for (const auto& indicator : plan.indicators) {
    const auto& d = indicator.design;
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& x) {
      return x.p0 == d.p0 && x.p1 == d.p1 && x.alpha == d.alpha && x.beta == d.beta;
    });
    if (known) continue;
    ASSAY_TRY(auto x, metrics::operating_characteristics(d));
    out.push_back(std::move(x));
  }
  return out;
}

RobotTime robot_time(const Prepared& prepared, const grading::Outlook& outlook, double between_s) {
  RobotTime out;
  out.between_s = between_s;
  const Plan& plan = prepared.plan;
  for (const auto& series : plan.series) {
    double expected = 0, each_s = between_s;
    for (std::size_t i = 0; i < plan.indicators.size(); ++i)
      if (plan.indicators[i].task == series.task && plan.indicators[i].level == series.level)
        expected = std::max(expected, outlook.rows[i].expected_n);
    for (const auto& suite : prepared.inputs.suites)
      if (const auto* task = suite.find(series.task, series.level))
        each_s += static_cast<double>(task->time_limit_ns) * 1e-9;
    out.expected_s += std::max(expected, static_cast<double>(series.least)) * each_s;
    out.most_s += series.cap * each_s;
  }
  return out;
}

struct Designed {
  SequentialDesign design;
  std::optional<metrics::TunedSprt> lines;  ///< of the straight-line rule
};

Result<Designed> design(const PlanOptions& o) {
  if (o.rule == "sprt") {
    ASSAY_TRY(auto tuned, metrics::design_truncated_sprt(o.p0, o.p1, o.alpha, o.beta, o.cap));
    return Designed{tuned.design, tuned};
  }
  metrics::DesignOptions options;
  options.cap_ratio = o.cap;
  if (o.looks > 0) {
    ASSAY_TRY(const auto fixed, metrics::fixed_plan(o.p0, o.p1, o.alpha, o.beta));
    options.looks = metrics::equal_looks(static_cast<int>(o.cap * fixed.n), o.looks);
  }
  ASSAY_TRY(auto made, metrics::design_sequential(o.p0, o.p1, o.alpha, o.beta, options));
  return Designed{std::move(made), std::nullopt};
}

int do_design(const App& app, const PlanOptions& o) {
  const auto designed = design(o);
  if (!designed) return fail(app, designed.error());
  const auto oc = metrics::operating_characteristics(designed->design);
  if (!oc) return fail(app, oc.error());
  if (!app.json) {
    print_characteristics(app, {*oc});
    if (designed->lines)
      std::printf("%s\n",
                  fmt::format(fmt::runtime(app.say("accept: failures ≤ {:.5f} n − {:.4f}; refuse: failures ≥ "
                                                   "{:.5f} n + {:.4f}; at n = {} accept up to {} failures",
                                                   "接受：失败数 ≤ {:.5f} n − {:.4f}；拒绝：失败数 ≥ {:.5f} n + "
                                                   "{:.4f}；n = {} 时失败数不超过 {} 则接受")),
                              designed->lines->lines.slope, designed->lines->lines.accept_intercept,
                              designed->lines->lines.slope, designed->lines->lines.refuse_intercept,
                              designed->lines->rule.n_max, designed->lines->rule.accept_at_n_max)
                      .c_str());
    return kConforms;
  }
  nlohmann::json out = {{"schema", "assay.design/1"},
                        {"rule", o.rule},
                        {"operating_characteristics", characteristics_json(*oc)},
                        {"accept", designed->design.table.accept},
                        {"refuse", designed->design.table.refuse}};
  if (designed->lines)
    out["lines"] = {{"slope", designed->lines->lines.slope},
                    {"accept_intercept", designed->lines->lines.accept_intercept},
                    {"refuse_intercept", designed->lines->lines.refuse_intercept}};
  print_json(out);
  return kConforms;
}

int do_plan(const App& app, const PlanOptions& o) {
  if (o.p0 > 0 || o.p1 > 0) return do_design(app, o);
  if (o.request.subject.empty())
    return fail(app,
                Error{.id = 914,
                      .what = {"a plan is of a subject, or of two probabilities", "计划须针对被检对象，或给出两个概率"},
                      .expected = {"--subject NAME, or --p0 P and --p1 P", "--subject 名称，或 --p0 P 与 --p1 P"},
                      .found = "neither"});
  const auto prepared = prepare(o.request);
  if (!prepared) return fail(app, prepared.error());
  return show_plan(app, *prepared, o.view);
}

}  // namespace

int show_plan(const App& app, const Prepared& prepared, const PlanView& options) {
  const auto assume = assumptions(options.assume, prepared.plan);
  if (!assume) return fail(app, assume.error());
  const auto outlook = grading::outlook(prepared.plan, *assume);
  std::vector<metrics::OperatingCharacteristics> oc;
  if (options.oc) {
    auto found = characteristics_of(prepared.plan);
    if (!found) return fail(app, found.error());
    oc = std::move(*found);
  }
  const auto time = robot_time(prepared, outlook, options.between_s);
  if (app.json)
    print_json(plan_json(prepared.plan, outlook, time, oc));
  else
    print_plan(app, prepared.plan, outlook, time, oc);
  return kConforms;
}

CLI::Option* add_session_options(CLI::App& command, const App& app, SessionRequest& request) {
  command
      .add_option("--scheme", request.scheme,
                  app.say("scheme: id of the catalogue or a file", "方案：目录中的标识或文件"))
      ->capture_default_str();
  auto* subject = command.add_option("--subject", request.subject,
                                     app.say("subject: id of the catalogue or a file", "被检对象：目录中的标识或文件"));
  command
      .add_option("--level", request.level,
                  app.say("highest level to examine (default: as declared)", "检测的最高等级（默认：申报等级）"))
      ->check(CLI::Range(1, 5));
  command.add_option(
      "--seed", request.seed,
      app.say("session seed of your own: reproducible, division dev", "自选种子：可复现，但归入 dev 分区"));
  command.add_option("--division", request.division, app.say("lab or self", "lab（检测）或 self（自评）"))
      ->check(CLI::IsMember({"lab", "self"}))
      ->capture_default_str();
  command.add_option("--secret-file", request.secret_file,
                     app.say("centre's secret (division lab)", "检测中心密钥文件（lab 分区）"));
  command.add_option(
      "--evidence", request.evidence,
      app.say("file with documents from outside (assay.evidence/1)", "外部证据文件（assay.evidence/1）"));
  command.add_option("--campaign", request.campaign, app.say("campaign name (division lab)", "批次名（lab 分区）"));
  return subject;
}

void add_plan_command(CLI::App& parser, App& app, Action& run) {
  const auto o = std::make_shared<PlanOptions>();
  o->request.scheme = "embodied-demo";
  auto* plan =
      parser.add_subcommand("plan", app.say("trials per indicator, chance of the level", "每项指标的试验数与达级概率"));
  add_session_options(*plan, app, o->request);
  plan->add_option("--assume", o->view.assume,
                   app.say("TASK=P or TASK@L2=P: assumed success probability", "任务=P 或 任务@L2=P：假定成功概率"));
  plan->add_option("--between", o->view.between_s,
                   app.say("seconds between trials: reset, set-up", "两次试验之间的秒数：复位与布置"))
      ->check(CLI::Range(0.0, 1e6));
  plan->add_flag("--oc", o->view.oc, app.say("exact operating characteristics too", "同时给出精确的抽样特性"));
  const auto figures = app.say("One indicator by its figures", "仅按数值设计一项指标");
  plan->add_option("--p0", o->p0, app.say("limit to be shown", "待证明的限值"))->group(figures);
  plan->add_option("--p1", o->p1, app.say("design value", "设计值"))->group(figures);
  plan->add_option("--alpha", o->alpha, app.say("risk of a wrong certificate", "误予认证的风险"))
      ->group(figures)
      ->capture_default_str();
  plan->add_option("--beta", o->beta, app.say("risk of refusing a robot at p1", "拒绝达到 p1 的机器人的风险"))
      ->group(figures)
      ->capture_default_str();
  plan->add_option("--cap", o->cap, app.say("most trials, times the fixed plan's", "试验数上限与固定方案之比"))
      ->check(CLI::Range(1.0, 5.0))
      ->group(figures)
      ->capture_default_str();
  plan->add_option("--looks", o->looks, app.say("decide at that many looks only", "仅在若干次检视时判定"))
      ->check(CLI::Range(0, 1000))
      ->group(figures);
  plan->add_option("--rule", o->rule,
                   app.say("dp: optimal table; sprt: two straight lines", "dp：最优判定表；sprt：两条直线"))
      ->check(CLI::IsMember({"dp", "sprt"}))
      ->group(figures)
      ->capture_default_str();
  plan->callback([&app, &run, o] { run = [&app, o] { return do_plan(app, *o); }; });
}

}  // namespace assay::cli
