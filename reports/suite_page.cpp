#include "reports/suite_page.h"

#include <fmt/format.h>

#include <QBuffer>
#include <QImage>
#include <algorithm>
#include <optional>

#include "core/model/dialogue.h"
#include "reports/condition_words.h"
#include "reports/html_page.h"
#include "suites/items.h"

namespace assay::reports {
namespace {

constexpr std::string_view kSheet = R"css(
.toc{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:14px;margin:18px 0;padding:0;list-style:none}
.toc a{display:block;height:100%;border:1px solid var(--line);border-radius:8px;overflow:hidden;color:var(--text);
text-decoration:none}
.toc a:hover{border-color:var(--accent)}.toc img,.shot img{display:block;width:100%;height:auto;background:var(--faint)}
.toc span b{display:block}.toc a>div{padding:10px 14px 12px}
.level{margin:26px 0 0;padding-top:14px;border-top:1px solid var(--line)}
.level h3{font-size:16px;margin:0 0 10px}.level h3 b{color:var(--accent);margin-right:.5em}
.pair{display:grid;grid-template-columns:minmax(0,360px) minmax(0,1fr);gap:8px 28px;align-items:start}
.shot{margin:0}.shot img{border:1px solid var(--line);border-radius:6px}
.facts dt{padding-top:1px}.facts{margin:0}
.words{margin:0;padding-left:1.15em}.words .words{margin:1px 0 3px}.words li{margin:1px 0}
.words.top{padding-left:0;list-style:none}.words.top>li{margin:0 0 2px}
.glance td:first-child:not(.num){min-width:2.6em}.glance td:nth-child(2){min-width:15em}
dl.facts .same,.same{color:var(--muted)}.slot{font-weight:700;color:var(--accent)}
@media (max-width:760px){.pair{grid-template-columns:1fr}}
@media print{.level{break-inside:avoid}.toc{display:none}}
)css";

std::string base64(const std::string& bytes) {
  return QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size())).toBase64().toStdString();
}

/// "{object}" stands out, as what is filled in at each trial.
std::string with_slots(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t open = text.find('{', i), close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) return out + escaped(text.substr(i));
    out += escaped(text.substr(i, open - i)) + "<span class=\"slot\">" + escaped(text.substr(open, close - open + 1)) +
           "</span>";
    i = close + 1;
  }
  return out;
}

/// Spaces that set names apart, without those between two Chinese characters.
std::string tight(const std::string& zh) {
  const auto wide = [&](std::size_t i) { return static_cast<unsigned char>(zh[i]) >= 0x80; };
  std::string out;
  for (std::size_t i = 0; i < zh.size(); ++i)
    if (zh[i] != ' ' || i == 0 || i + 1 == zh.size() || !wide(i - 1) || !wide(i + 1)) out += zh[i];
  return out;
}

void say(Page& page, const Text& text) { page.both_raw(with_slots(text.en), with_slots(tight(text.zh))); }

void write_words(Page& page, const std::vector<Words>& list, bool top) {
  if (list.empty()) return;
  page.raw(top ? "<ul class=\"words top\">" : "<ul class=\"words\">");
  for (const auto& words : list) {
    page.raw("<li>");
    say(page, words.text);
    write_words(page, words.children, false);
    page.raw("</li>");
  }
  page.raw("</ul>");
}

/// One fact of a level; those that are word for word as at the level before are only named.
struct Fact {
  Text name;
  std::vector<Words> words;
};

std::vector<Words> plain(const Text& text) { return {{text, {}}}; }

std::vector<Words> named(const std::vector<std::pair<std::string, Condition>>& conditions, const Names& names) {
  std::vector<Words> out;
  for (const auto& [name, condition] : conditions) {
    Words words = words_of(condition, names);
    out.push_back({{name + ": " + words.text.en, name + "：" + words.text.zh}, std::move(words.children)});
  }
  return out;
}

Text joined(const std::vector<std::string>& list) {
  std::string en, zh;
  for (const auto& one : list) {
    en += (en.empty() ? "" : ", ") + one;
    zh += (zh.empty() ? "" : "、") + one;
  }
  return {en, zh};
}

std::vector<Words> seen(const Task& task) {
  std::vector<Words> out;
  if (task.text_only) out.push_back({{"the policy gets the text alone", "策略只得到指令文本"}, {}});
  const auto& view = task.detector;
  if (view.range_m > 0)
    out.push_back({{fmt::format("the detector sees {:.3g} m far", view.range_m),
                    fmt::format("检测器可见 {:.3g} m", view.range_m)},
                   {}});
  if (view.fov_rad > 0)
    out.push_back({{fmt::format("the detector sees {:.3g}° wide", view.fov_rad * 57.29577951308232),
                    fmt::format("检测器视场 {:.3g}°", view.fov_rad * 57.29577951308232)},
                   {}});
  if (view.occlusion) out.push_back({{"what stands in front hides what is behind", "前方物体会遮挡后方物体"}, {}});
  return out;
}

/// "30 cycles of 5 steps", then each step in the frame of the robot's base.
std::vector<Words> commanded(const Task& task) {
  if (!task.programme) return {};
  const auto& programme = *task.programme;
  Words out{
      {fmt::format("{} cycles of {} steps, in the frame of the robot's base", programme.cycles, programme.steps.size()),
       fmt::format("共 {} 个循环，每循环 {} 步，坐标系为机器人基座", programme.cycles, programme.steps.size())},
      {}};
  for (const auto& step : programme.steps) {
    const auto where = fmt::format("{} ({:.4g}, {:.4g}, {:.4g}) m", step.id, step.position_m[0], step.position_m[1],
                                   step.position_m[2]);
    const auto stay_en = step.dwell_s > 0 ? fmt::format("{:.3g} s of rest", step.dwell_s) : "passed without a stop";
    const auto stay_zh = step.dwell_s > 0 ? fmt::format("停驻 {:.3g} s", step.dwell_s) : "不停顿通过";
    out.children.push_back({{fmt::format("{} at {:.3g} m/s, {}", where, step.speed_m_s, stay_en),
                             fmt::format("{}，{:.3g} m/s，{}", where, step.speed_m_s, stay_zh)},
                            {}});
  }
  return {out};
}

/// "≥ 0.800", "≤ 0.001 (pose_accuracy)".
std::string limit_of(const SchemeIndicator& indicator) {
  if (!is_measured(indicator)) return "≥ " + proportion(indicator.limit);
  return fmt::format("{} {} ({})", indicator.bound == "at_most" ? "≤" : "≥", significant(indicator.limit),
                     indicator.metric);
}

std::vector<Words> spoken(const Task& task) {
  std::vector<Words> out;
  const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) * 1e-9; };
  for (const auto& turn : turns_of(task.tags)) {
    const double low_s = seconds(turn.from_low_ns), high_s = seconds(turn.from_high_ns);
    const auto when = turn.answer ? Text{fmt::format("to a question, {:.3g} to {:.3g} s later", low_s, high_s),
                                         fmt::format("被询问后 {:.3g} 至 {:.3g} s", low_s, high_s)}
                                  : Text{fmt::format("{:.3g} to {:.3g} s after the start", low_s, high_s),
                                         fmt::format("开始后 {:.3g} 至 {:.3g} s", low_s, high_s)};
    out.push_back(
        {{fmt::format("{}: “{}”", when.en, turn.words.en), fmt::format("{}：“{}”", when.zh, turn.words.zh)}, {}});
  }
  return out;
}

std::vector<Fact> facts_of(const Task& task) {
  const Names names(task);
  std::vector<Fact> out;
  std::vector<Words> said;
  for (const auto& wording : task.wordings) said.push_back({wording, {}});
  out.push_back({{"Other wordings", "其他说法"}, std::move(said)});
  out.push_back({{"Said later", "后续话语"}, spoken(task)});
  out.push_back({{"Commanded", "指令"}, commanded(task)});
  out.push_back({{"Success", "成功条件"}, {words_of(task.success, names)}});
  out.push_back({{"Steps on the way", "阶段目标"}, named(task.subgoals, names)});
  out.push_back({{"Checked besides", "另行检查"}, named(task.checks, names)});
  std::vector<Words> limits, people;
  for (const auto& limit : task.limits) limits.push_back({words_of(limit, names), {}});
  for (const auto& actor : task.actors) people.push_back({words_of(actor, names), {}});
  out.push_back({{"Limits", "硬限值"}, std::move(limits)});
  out.push_back({{"Variation", "变化"}, words_of(task.variation, names)});
  out.push_back({{"People", "人员"}, std::move(people)});
  out.push_back({{"Seen by the policy", "策略所见"}, seen(task)});
  out.push_back({{"Needs", "能力要求"}, plain(joined(task.capabilities))});
  const double limit_s = static_cast<double>(task.time_limit_ns) * 1e-9;
  out.push_back({{"Time limit", "时限"}, plain({fmt::format("{:.4g} s", limit_s), fmt::format("{:.4g} s", limit_s)})});
  return out;
}

class Writer {
 public:
  Writer(const SuitePage& model, Lang first) : model_(model), page_(first) {
    for (const auto& task : model.suite.tasks)
      if (std::find(ids_.begin(), ids_.end(), task.id) == ids_.end()) ids_.push_back(task.id);
  }

  std::string write() {
    head();
    contents();
    for (const auto& id : ids_) task(id);
    files();
    page_.raw("</main>\n</body>\n</html>\n");
    return page_.take();
  }

 private:
  std::vector<const Task*> levels_of(const std::string& id) const {
    std::vector<const Task*> out;
    for (const auto& task : model_.suite.tasks)
      if (task.id == id) out.push_back(&task);
    return out;
  }

  void head() {
    const Suite& suite = model_.suite;
    const bool zh = page_.first() == Lang::zh;
    page_.raw("<!DOCTYPE html>\n<html lang=\"").raw(zh ? "zh-CN" : "en").raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
    page_.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    page_.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "img-src data:\">\n<title>");
    page_.text(suite.title.in(page_.first()) + " · " + suite.id + " " + suite.version);
    page_.raw("</title>\n<style>").raw(style_sheet()).raw(kSheet).raw("</style>\n</head>\n<body>\n");
    page_.raw("<input class=\"langs\" type=\"radio\" name=\"lang\" id=\"show-zh\"").raw(zh ? " checked>" : ">");
    page_.raw("<input class=\"langs\" type=\"radio\" name=\"lang\" id=\"show-en\"").raw(zh ? ">" : " checked>");
    page_.raw("\n<nav><label for=\"show-zh\" lang=\"zh-CN\">中文</label>");
    page_.raw("<label for=\"show-en\" lang=\"en\">English</label></nav>\n<main>\n<header>\n<span class=\"badge\">");
    page_.both({"suite", "测试集"}).raw("</span>\n<h1>").both(suite.title).raw("</h1>\n");
    page_.raw("<p class=\"muted\">").text(suite.id + " " + suite.version).raw("</p>\n");
    if (!suite.description.en.empty()) page_.paragraph(suite.description);
    page_.raw("</header>\n");
  }

  void picture(const Task& task, bool lazy) {
    const auto found = model_.pictures.find({task.key(), task.level});
    if (found == model_.pictures.end()) return;
    page_.raw("<img alt=\"\" width=\"720\" height=\"450\"").raw(lazy ? " loading=\"lazy\"" : "");
    page_.raw(" src=\"data:image/png;base64,").raw(base64(found->second)).raw("\">");
  }

  void contents() {
    page_.raw("<ul class=\"toc\">\n");
    for (const auto& id : ids_) {
      const auto levels = levels_of(id);
      page_.raw("<li><a href=\"#").text(id).raw("\">");
      picture(*levels.front(), false);
      page_.raw("<div><b>").both(levels.front()->title).raw("</b><br><span class=\"small\">");
      const int low = levels.front()->level, high = levels.back()->level;
      page_.text(low == high ? fmt::format("L{}", low) : fmt::format("L{}–L{}", low, high))
          .raw("</span></div></a></li>\n");
    }
    page_.raw("</ul>\n");
  }

  void task(const std::string& id) {
    const auto levels = levels_of(id);
    const Task& first = *levels.front();
    page_.section(id, first.title);
    page_.paragraph(first.purpose);
    overview(levels);
    std::vector<Fact> before;
    const Task* previous = nullptr;
    for (const auto* task : levels) {
      auto facts = facts_of(*task);
      level(*task, facts, previous != nullptr ? &before : nullptr, previous);
      before = std::move(facts);
      previous = task;
    }
    indicators(first.key());
    page_.end_section();
  }

  void overview(const std::vector<const Task*>& levels) {
    page_.raw("<div class=\"glance\">");
    page_.head({{{"Level", "级别"}},
                {{"Instruction", "指令"}},
                {{"Time limit", "时限"}, true},
                {{"Different items", "不同题目"}, true},
                {{"Things that vary", "变化项"}, true},
                {{"Limits", "硬限值"}, true},
                {{"Reference", "参考"}}},
               {"The levels at a glance", "各级别一览"});
    for (const auto* task : levels) {
      page_.raw("<tr><td><b>").text(fmt::format("L{}", task->level)).raw("</b></td><td>");
      say(page_, task->instruction);
      page_.raw("</td>").number(fmt::format("{:.4g} s", static_cast<double>(task->time_limit_ns) * 1e-9));
      const Count items = count_items(*task).items();
      page_.number(fmt::format("{}{}", items.more ? "≥ " : "", items.value));
      page_.number(fmt::format("{}", task->variation.size())).number(fmt::format("{}", task->limits.size()));
      page_.cell(task->reference ? task->reference->embodiment + ", " + task->reference->policy : "–").raw("</tr>\n");
    }
    page_.end_table();
    page_.raw("</div>\n");
  }

  void level(const Task& task, const std::vector<Fact>& facts, const std::vector<Fact>* before, const Task* previous) {
    page_.raw("<div class=\"level\"><h3><b>").text(fmt::format("L{}", task.level)).raw("</b>");
    say(page_, task.instruction);
    page_.raw("</h3>\n<div class=\"pair\"><figure class=\"shot\">");
    picture(task, true);
    page_.raw("</figure><dl class=\"facts\">\n");
    Text same;
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const bool gone = facts[i].words.empty();
      if (gone && (before == nullptr || (*before)[i].words.empty())) continue;
      if (before != nullptr && (*before)[i].words == facts[i].words) {
        same.en += (same.en.empty() ? "" : ", ") + facts[i].name.en;
        same.zh += (same.zh.empty() ? "" : "、") + facts[i].name.zh;
        continue;
      }
      page_.raw("<dt>").both(facts[i].name).raw("</dt><dd>");
      if (gone)
        page_.raw("<span class=\"same\">").both({"none", "无"}).raw("</span>");
      else
        write_words(page_, facts[i].words, true);
      page_.raw("</dd>\n");
    }
    if (!same.en.empty())
      page_.raw("<dt class=\"same\">")
          .both({fmt::format("As at L{}", previous->level), fmt::format("同 L{}", previous->level)})
          .raw("</dt><dd class=\"same\">")
          .both(same)
          .raw("</dd>\n");
    page_.raw("</dl></div></div>\n");
  }

  void indicators(const std::string& key) {
    bool any = false;
    for (const auto& scheme : model_.schemes)
      for (const auto& indicator : scheme.indicators) {
        if (indicator.task != key) continue;
        if (!any)
          page_.head({{{"Scheme", "方案"}},
                      {{"Indicator", "指标"}},
                      {{"Level", "级别"}},
                      {{"Dimension", "维度"}},
                      {{"Limit", "限值"}, true}},
                     {"Indicators that rest on this task", "以本任务为依据的指标"});
        any = true;
        page_.raw("<tr>").cell(scheme.id).raw("<td>").both(filled(indicator.title, indicator.id)).raw("</td>");
        page_.cell(fmt::format("L{}", indicator.level))
            .cell(indicator.dimension)
            .number(limit_of(indicator))
            .raw("</tr>\n");
      }
    if (any) page_.end_table();
  }

  void files() {
    page_.section("data", {"Data", "数据"});
    page_.raw("<dl>");
    page_.raw("<dt>")
        .both({"SHA-256 of all files", "全部文件的 SHA-256"})
        .raw("</dt><dd>")
        .code(model_.suite.sha256)
        .raw("</dd>");
    page_.raw("<dt>").both({"Program", "程序"}).raw("</dt><dd>").text(model_.tool_version).raw("</dd></dl>\n");
    page_.paragraph({"Pictures show one drawn start of each level, on the body of the reference.",
                     "图片为各级别的一次抽取初始状态，机体为参考机体。"},
                    "small");
    page_.end_section();
  }

  const SuitePage& model_;
  Page page_;
  std::vector<std::string> ids_;
};

}  // namespace

std::string to_html(const SuitePage& page, Lang first) { return Writer(page, first).write(); }

std::string png_of(int width, int height, const std::string& rgb) {
  if (width <= 0 || height <= 0 || rgb.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3)
    return {};
  const QImage image(reinterpret_cast<const uchar*>(rgb.data()), width, height, width * 3, QImage::Format_RGB888);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  if (!buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG", 0)) return {};
  return bytes.toStdString();
}

}  // namespace assay::reports
