// The page's frame: what it is, of whom, under which rules; then the sections.
#include <fmt/format.h>

#include <QGuiApplication>

#include "reports/checklist.h"
#include "reports/html_page.h"

namespace assay::reports {
namespace {

class Facts {
 public:
  explicit Facts(Page& page) : page_(page) { page_.raw("<dl>\n"); }
  ~Facts() { page_.raw("</dl>\n"); }
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;
  void add(const Text& name, const Text& value) {
    page_.raw("<dt>").both(name).raw("</dt><dd>").both(value).raw("</dd>\n");
  }
  /// Left out where there is nothing to say.
  void add(const Text& name, const std::string& value) {
    if (!value.empty()) page_.raw("<dt>").both(name).raw("</dt><dd>").text(value).raw("</dd>\n");
  }
  void hash(const Text& name, const std::string& value) {
    if (!value.empty()) page_.raw("<dt>").both(name).raw("</dt><dd>").code(value).raw("</dd>\n");
  }

 private:
  Page& page_;
};

void write_head(Page& page, const ReportModel& model) {
  const Document division = document_of(model);
  const Lang first = page.first();
  const Text subject = filled(model.subject.title, model.subject.id);
  page.raw("<!DOCTYPE html>\n<html lang=\"").raw(first == Lang::zh ? "zh-CN" : "en").raw("\">\n<head>\n");
  page.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
  // Nothing outside the file is ever loaded, whatever its data say.
  page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
  page.raw("<title>").text(division.title.in(first) + " · " + subject.in(first) + " · " + model.session);
  page.raw("</title>\n<style>").raw(style_sheet()).raw("</style>\n</head>\n<body>\n");
  const bool zh = first == Lang::zh;
  page.raw("<input class=\"langs\" type=\"radio\" name=\"lang\" id=\"show-zh\"").raw(zh ? " checked>" : ">");
  page.raw("<input class=\"langs\" type=\"radio\" name=\"lang\" id=\"show-en\"").raw(zh ? ">" : " checked>");
  page.raw("\n").raw(icon_symbols());
  page.raw("<nav><label for=\"show-zh\" lang=\"zh-CN\">中文</label>");
  page.raw("<label for=\"show-en\" lang=\"en\">English</label></nav>\n<main>\n<header>\n<span class=\"badge\">");
  page.both(division.badge).raw("</span>\n<h1>").both(division.title).raw("</h1>\n<p class=\"muted\">");
  page.both(subject).raw(" · ").text(model.session).raw("</p>\n<p class=\"notice\"><b>");
  page.both({"Note.", "注意"}).raw("</b> ").both(division.notice);
  if (!model.scheme.notice.en.empty() || !model.scheme.notice.zh.empty()) page.raw("<br>").both(model.scheme.notice);
  page.raw("</p>\n</header>\n");
}

void write_identity(Page& page, const ReportModel& model) {
  const Subject& subject = model.subject;
  page.section("item", {"Item and rules", "被测对象与依据"});
  {
    Facts facts(page);
    facts.add({"Subject", "被测对象"}, filled(subject.title, subject.id));
    facts.add({"Vendor", "制造商"}, subject.vendor);
    facts.add({"Model", "型号"}, subject.model);
    facts.add({"Serial number", "编号"}, subject.serial);
    facts.add({"Software", "软件"}, subject.software);
    facts.add({"Class", "类别"}, title_of_class(model));
    facts.add({"Kind", "检测类型"}, subject.kind == "policy"
                                        ? Text{"policy alone, on a reference embodiment", "仅策略（在参考本体上）"}
                                        : Text{"robot", "机器人"});
    std::string errors;
    for (const auto& [name, value] : subject.defects)
      errors += fmt::format("{}{} = {:.6g}", errors.empty() ? "" : ", ", name, value);
    if (!errors.empty()) facts.add({"Known errors put in", "加入的已知误差"}, errors);
    facts.add({"Adapter, policy", "适配器与策略"},
              subject.policy.empty() ? subject.adapter : subject.adapter + ", " + subject.policy);
    facts.add({"Level examined for", "受检等级"}, level_text(model.scheme, model.grade.declared_level));
    facts.add({"Scope", "范围"}, title_of_scope(model));
    const Text scheme = filled(model.scheme.title, model.scheme.id);
    const std::string version = fmt::format(" ({} {})", model.scheme.id, model.scheme.version);
    facts.add({"Scheme", "认证方案"}, Text{scheme.en + version, scheme.zh + version});
    facts.add({"Plan locked", "计划锁定"}, time_text(model.locked));
    facts.add({"Session closed", "检测结束"},
              model.closed.ns == 0 ? Text{"not yet", "尚未结束"} : filled({}, time_text(model.closed)));
    facts.add({"Examination of this subject under this scheme", "该对象依本方案的检测次数"}, examination_text(model));
    facts.hash({"Seed, committed at lock", "种子承诺（锁定时）"}, model.plan.session_seed);
    facts.add({"Seed, revealed", "种子（已公开）"},
              model.revealed_seed.empty()
                  ? Text{"not revealed yet", "尚未公开"}
                  : Text{model.revealed_seed + " (fits the commitment)", model.revealed_seed + "（与承诺一致）"});
    facts.add({"Order of trials", "试验顺序"},
              model.plan.order.empty() ? Text{"series after series", "逐序列进行"}
                                       : Text{"all series interleaved, drawn from the seed, locked in the plan",
                                              "各序列交错进行，由种子抽定并锁定于计划"});
    facts.add({"Simulator or robot link", "仿真器或机器人接口"}, model.plan.engine);
    facts.add({"Program", "程序"}, model.tool_version);
    facts.add({"Build", "构建"}, model.plan.build);
    facts.hash({"Plan, SHA-256", "计划 SHA-256"}, model.plan_sha256);
    facts.hash({"Head of the record chain", "记录链头"}, model.chain_head);
  }
  page.end_section();
}

void write_remarks(Page& page, const ReportModel& model) {
  page.section("remarks", {"Remarks", "备注"});
  if (model.remarks.empty()) {
    page.paragraph({"None.", "无。"}, "muted");
  } else {
    page.raw("<ul>\n");
    for (const auto& remark : model.remarks) page.raw("<li>").text(remark).raw("</li>\n");
    page.raw("</ul>\n");
  }
  page.end_section();
}

}  // namespace

Result<std::string> to_html(const ReportModel& model, Lang first) {
  if (qGuiApp == nullptr) {
    return Error{.id = 801,
                 .what = {"charts cannot be painted", "无法绘制图表"},
                 .expected = {"a GuiScope around to_html()", "在 GuiScope 作用域内调用 to_html()"},
                 .found = "no QGuiApplication",
                 .help = {"report this: the program called its own writer wrongly", "请反馈此问题：程序内部调用有误"}};
  }
  Page page(first);
  write_head(page, model);
  write_conclusion(page, model);
  write_particulars(page, model);
  write_why_not(page, model);
  write_identity(page, model);
  write_results(page, model);
  write_regrades(page, model);
  write_walks(page, model);
  write_failures(page, model);
  write_gates(page, model);
  write_audit(page, model);
  write_metrics(page, model);
  write_latency(page, model);
  write_uncertainty(page, model);
  write_trials(page, model);
  write_files(page, model);
  write_validation(page, model);
  write_remarks(page, model);
  write_checklist(page, model);
  page.paragraph(prevailing_text(model, first), "small");
  page.raw("<p class=\"end\">— ").both({"end of report", "报告结束"}).raw(" —</p>\n</main>\n</body>\n</html>\n");
  return page.take();
}

}  // namespace assay::reports
