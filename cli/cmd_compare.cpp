// compare A B: which of two robots does better, decided by an exact sequential test.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/session.h"
#include "evidence/study.h"
#include "grading/compare.h"
#include "metrics/statistics/comparison_file.h"
#include "suites/catalog.h"

namespace assay::cli {
namespace {

using Json = nlohmann::json;
using metrics::ComparisonVerdict;

struct CompareOptions {
  std::string a, b, other_workspace, svg;
  std::vector<std::string> across;
  double alpha = 0.05;
  int n_max = 200;
};

const char* word(ComparisonVerdict verdict) {
  if (verdict == ComparisonVerdict::a_better) return "a_better";
  return verdict == ComparisonVerdict::b_better ? "b_better" : "undecided";
}

std::string say(const App& app, ComparisonVerdict verdict) {
  if (verdict == ComparisonVerdict::a_better) return app.say("A better", "A 较优");
  return verdict == ComparisonVerdict::b_better ? app.say("B better", "B 较优") : app.say("undecided", "未能判定");
}

/// A shipped table of that design, or none.
Result<std::optional<metrics::ComparisonDesign>> shipped(const metrics::ComparisonDesignInput& input) {
  namespace fs = std::filesystem;
  const std::string start = input.pairing == metrics::Pairing::paired ? "paired_" : "unpaired_";
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(catalog_root()) / "comparison", none)) {
    if (entry.path().filename().string().rfind(start, 0) != 0) continue;
    std::ifstream stream(entry.path());
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    auto design = metrics::read_comparison(text);
    if (!design) {
      auto error = std::move(design).error();
      error.place.file = entry.path().string();
      return error;
    }
    if (design->input.n_max == input.n_max && design->input.alpha == input.alpha) return std::optional(*design);
  }
  return std::optional<metrics::ComparisonDesign>{};
}

Result<metrics::ComparisonDesign> table_for(const App& app, const metrics::ComparisonDesignInput& input) {
  ASSAY_TRY(auto found, shipped(input));
  if (found) return std::move(*found);
  if (!app.quiet)
    std::fprintf(
        stderr, "%s\n",
        fmt::format(fmt::runtime(app.say("no table is shipped for {} pairs at α = {}: designing one, about {:.0f} s",
                                         "未附带 {} 对、α = {} 的判定表，正在设计，约需 {:.0f} 秒")),
                    input.n_max, input.alpha, metrics::design_time_s(input))
            .c_str());
  install_signal_handlers();
  auto design = metrics::design_comparison(input, [&](double done) {
    if (app.color && !app.quiet) std::fprintf(stderr, "\r%3.0f %%", 100 * done);
    return !interrupted();
  });
  if (app.color && !app.quiet) std::fprintf(stderr, "\r      \r");
  return design;
}

Json row_json(const grading::ComparedSeries& row) {
  Json out = {{"task", row.task},           {"level", row.level},
              {"pairs", row.pairs.size()},  {"pairs_used", row.state.pairs_n},
              {"dropped", row.dropped},     {"both", row.both},
              {"a_only", row.a_only},       {"b_only", row.b_only},
              {"neither", row.neither},     {"verdict", word(row.state.verdict)},
              {"difference", nullptr},      {"p_a_better", nullptr},
              {"p_b_better", nullptr},      {"p_a_better_holm", nullptr},
              {"p_b_better_holm", nullptr}, {"trials", Json::array()}};
  if (row.limits) {
    const auto& l = *row.limits;
    out["difference"] = {{"estimate", l.estimate ? Json(*l.estimate) : Json(nullptr)},
                         {"lower", l.lower},
                         {"upper", l.upper},
                         {"unit", "1"}};
    out["p_a_better"] = l.p_a_better;
    out["p_b_better"] = l.p_b_better;
    out["p_a_better_holm"] = row.p_a_adjusted.value_or(1);
    out["p_b_better_holm"] = row.p_b_adjusted.value_or(1);
  }
  if (row.task.empty()) return out;
  for (const auto& pair : row.pairs) out["trials"].push_back({pair.index, pair.trial_a, pair.a, pair.trial_b, pair.b});
  return out;
}

std::vector<std::string> cells(const App& app, const grading::ComparedSeries& row, const std::string& name) {
  const auto p = [](const std::optional<double>& value) { return value ? fmt::format("{:.3g}", *value) : "–"; };
  return {name,
          fmt::format("{}", row.pairs.size()),
          fmt::format("{} / {} / {} / {}", row.both, row.a_only, row.b_only, row.neither),
          row.limits && row.limits->estimate ? fmt::format("{:+.3f}", *row.limits->estimate) : "–",
          row.limits ? fmt::format("[{:+.3f}, {:+.3f}]", row.limits->lower, row.limits->upper) : "–",
          p(row.p_a_adjusted),
          p(row.p_b_adjusted),
          say(app, row.state.verdict) +
              (row.state.verdict == ComparisonVerdict::undecided
                   ? ""
                   : fmt::format(fmt::runtime(app.say(" after {} pairs", "（{} 对后）")), row.state.pairs_n))};
}

void print_comparison(const App& app, const CompareOptions& o, const grading::Comparison& c,
                      const metrics::ComparisonDesign& design) {
  const bool paired = c.pairing == metrics::Pairing::paired;
  std::printf("A %s   B %s   %s\n", o.a.c_str(), o.b.c_str(),
              paired ? app.say("matched starts", "初始条件配对").c_str() : app.say("unmatched", "未配对").c_str());
  for (const auto& note : c.notes) std::printf("%s\n", app.say(note).c_str());
  std::printf("\n");
  const auto level = fmt::format("{:.4g} %", 100 * (1 - c.alpha));
  std::vector<std::vector<std::string>> rows = {
      {app.say("task", "任务"), app.say("pairs", "对数"), app.say("both / A / B / neither", "均成 / 仅A / 仅B / 均败"),
       app.say("A − B", "A − B"), app.say("limits ", "界限 ") + level, app.say("p(A better)", "p(A 较优)"),
       app.say("p(B better)", "p(B 较优)"), app.say("verdict", "结论")}};
  for (const auto& row : c.series) rows.push_back(cells(app, row, fmt::format("{} L{}", row.task, row.level)));
  if (c.series.size() > 1) rows.push_back(cells(app, c.pooled, app.say("all together", "合并")));
  print_table(rows);
  if (std::any_of(c.series.begin(), c.series.end(), [](const auto& row) { return !row.limits; }))
    std::printf("%s\n",
                app.say("– : the sessions stopped before the test did, each by its own plan; where they stopped "
                        "depends on their outcomes, so no limits are given. More pairs may decide.",
                        "–：检测按各自的计划先于检验停止；停止位置取决于结果，因此不给出界限。增加配对或可判定。")
                    .c_str());
  std::printf(
      "\n%s\n",
      fmt::format(fmt::runtime(app.say(
                      "Exact sequential test, at most {} pairs; chance of a wrong claim at most {:.4f} each way "
                      "for equal robots (proved over the whole null), so at most {:.4f} for a claim either way. "
                      "p values of single tasks are Holm-adjusted; limits are one-sided each.",
                      "精确序贯检验，至多 {} 对；两机等效时每个方向误判概率不超过 {:.4f}（在整个零假设上已证明），"
                      "任一方向误判合计不超过 {:.4f}。各任务的 p 值经 Holm 校正；界限均为单侧。")),
                  c.n_max, design.proof.bound, 2 * design.proof.bound)
          .c_str());
}

reports::Contrast contrast(const grading::ComparedSeries& row, const Text& name) {
  reports::Contrast out{name, static_cast<int>(row.pairs.size()), {}, {}, {}};
  if (row.limits) {
    out.estimate = row.limits->estimate;
    out.lower = row.limits->lower;
    out.upper = row.limits->upper;
  }
  if (row.state.verdict == ComparisonVerdict::a_better) out.verdict = reports::Contrast::Verdict::first;
  if (row.state.verdict == ComparisonVerdict::b_better) out.verdict = reports::Contrast::Verdict::second;
  return out;
}

Result<void> write_chart(const App& app, const std::string& path, const grading::Comparison& c, const std::string& a,
                         const std::string& b) {
  std::vector<reports::Contrast> rows;
  for (const auto& row : c.series) {
    const auto name = fmt::format("{} L{}", row.task.substr(row.task.find('/') + 1), row.level);
    rows.push_back(contrast(row, {name, name}));
  }
  if (c.series.size() > 1) rows.push_back(contrast(c.pooled, {"all together", "合并"}));
  const reports::GuiScope gui;
  std::ofstream out(path, std::ios::binary);
  out << reports::forest_svg(rows, a, b, app.lang) << "\n";
  out.close();
  if (out.good()) return {};
  return Error{.id = 908,
               .what = {"the file cannot be written", "文件无法写入"},
               .place = {path},
               .help = {"check disk space and permissions", "请检查磁盘空间与权限"}};
}

/// A session of a workspace, or a bundle.
struct Side {
  std::string id;
  Plan plan;
  evidence::StudyMember member;  ///< trials, plan and lock as data
};

Result<Side> side_of(const std::string& workspace, const std::string& name, const std::string& prefix) {
  Side out;
  std::error_code none;
  if (std::filesystem::is_regular_file(name, none)) {
    ASSAY_TRY(out.member, evidence::study_member(name));
    ASSAY_TRY(out.plan, harness::plan_from_json(out.member.plan.dump()));
    out.id = out.member.session + "#" + out.member.chain_head.substr(0, 8);  // ids repeat between laboratories
    return out;
  }
  ASSAY_TRY(const auto store, Store::open(workspace, true));
  ASSAY_TRY(const auto row, store->session(name));
  ASSAY_TRY(out.plan, harness::plan_from_json(row.plan_json));
  ASSAY_TRY(out.member.trials, store->trials(row.number));
  out.member.plan = Json::parse(row.plan_json, nullptr, false);
  out.member.lock = Json::parse(row.lock_json, nullptr, false);
  out.id = prefix + row.id;
  return out;
}

/// What differs must be named with --across, or nothing is compared. Suites and engine are never crossed.
Result<std::vector<Text>> crossed(const Side& a, const Side& b, const std::vector<std::string>& across) {
  std::vector<Text> notes;
  Text reasons;
  std::string found;
  for (const auto& m : evidence::mismatches(a.member, b.member, false)) {
    if (std::find(across.begin(), across.end(), m.what) != across.end()) {
      notes.push_back({"Compared although they differ: " + m.text.en + ".", "虽有不同仍作比较：" + m.text.zh + "。"});
      continue;
    }
    reasons.en += (reasons.en.empty() ? "" : "; ") + m.text.en;
    reasons.zh += (reasons.zh.empty() ? "" : "；") + m.text.zh;
    found += (found.empty() ? "" : "; ") + m.what + ": " + m.a + " / " + m.b;
  }
  if (found.empty()) return notes;
  return Error{.id = 1150,
               .what = {"they answer different questions: " + reasons.en, "二者回答的不是同一问题：" + reasons.zh},
               .place = {a.id + " / " + b.id},
               .expected = {"one suite (major version), scheme, division, robot body and engine",
                            "任务集（主版本）、方案、分区、机器人本体与引擎均相同"},
               .found = found,
               .help = {"scheme, division and embodiment may be crossed: --across embodiment, and the result says so",
                        "方案、分区与本体可放宽：--across embodiment，结果中会注明"}};
}

int do_compare(const App& app, const CompareOptions& o) {
  const bool elsewhere = !o.other_workspace.empty();  // numbers repeat from workspace to workspace
  const auto a = side_of(app.workspace, o.a, "");
  if (!a) return fail(app, a.error());
  const auto b = side_of(elsewhere ? o.other_workspace : app.workspace, o.b, elsewhere ? o.other_workspace + ":" : "");
  if (!b) return fail(app, b.error());
  const auto notes = crossed(*a, *b, o.across);
  if (!notes) return fail(app, notes.error());
  const grading::ComparedSession sides[2] = {{a->id, &a->plan, &a->member.trials},
                                             {b->id, &b->plan, &b->member.trials}};
  const auto pairing = grading::comparable(sides[0], sides[1]);
  if (!pairing) return fail(app, pairing.error());
  const auto design = table_for(app, {*pairing, o.n_max, o.alpha});
  if (!design) return fail(app, design.error());
  auto result = grading::compare(sides[0], sides[1], design->table, o.alpha);
  if (!result) return fail(app, result.error());
  auto& told = (*result).notes;
  told.insert(told.end(), notes->begin(), notes->end());
  if (!o.svg.empty())
    if (auto drawn = write_chart(app, o.svg, *result, sides[0].id, sides[1].id); !drawn)
      return fail(app, drawn.error());
  if (app.json) {
    Json out = {{"schema", "assay.comparison_result/1"},
                {"a", sides[0].id},
                {"b", sides[1].id},
                {"pairing", *pairing == metrics::Pairing::paired ? "paired" : "unpaired"},
                {"alpha", o.alpha},
                {"n_max", o.n_max},
                {"table_sha256", metrics::comparison_sha256(*design)},
                {"size_bound", design->proof.bound},
                {"pooled", row_json(result->pooled)},
                {"series", Json::array()},
                {"notes", Json::array()}};
    for (const auto& row : result->series) out["series"].push_back(row_json(row));
    for (const auto& note : result->notes) out["notes"].push_back({{"en", note.en}, {"zh", note.zh}});
    print_json(out);
  } else {
    CompareOptions named = o;
    named.a = sides[0].id;
    named.b = sides[1].id;
    print_comparison(app, named, *result, *design);
  }
  return result->pooled.state.verdict == ComparisonVerdict::undecided ? kInconclusive : kConforms;
}

}  // namespace

void add_compare_command(CLI::App& parser, App& app, Action& run) {
  const auto options = std::make_shared<CompareOptions>();
  auto* compare = parser.add_subcommand(
      "compare", app.say("two sessions: which robot does better", "比较两次检测：哪台机器人更好"));
  compare->add_option("A", options->a, app.say("session or bundle", "检测编号或证据包"))->required();
  compare->add_option("B", options->b, app.say("session or bundle", "检测编号或证据包"))->required();
  compare->add_option("--with", options->other_workspace,
                      app.say("workspace of B (default: the same)", "B 所在工作区（默认相同）"));
  compare->add_option(
      "--svg", options->svg,
      app.say("draw the differences with their limits into this file", "将差值及其界限绘入该 SVG 文件"));
  compare
      ->add_option("--across", options->across,
                   app.say("compare although this differs: scheme, division, embodiment",
                           "下列不同时仍作比较：scheme、division、embodiment"))
      ->check(CLI::IsMember({"scheme", "division", "embodiment"}))
      ->delimiter(',');
  compare->add_option("--alpha", options->alpha, app.say("chance of a wrong claim, each way", "每个方向的误判概率"))
      ->check(CLI::Range(0.001, 0.25))
      ->capture_default_str();
  compare->add_option("--n-max", options->n_max, app.say("most pairs that the test may use", "检验至多使用的对数"))
      ->check(CLI::Range(4, 500))
      ->capture_default_str();
  compare->callback([&app, &run, options] { run = [&app, options] { return do_compare(app, *options); }; });
}

}  // namespace assay::cli
