#include "gui/words.h"

namespace assay::gui {

std::vector<Word> report_words() {
  return {
      {"report.title", "Report & Verify", "报告与验证"},
      {"report.lead", "Make the report of a session; check anybody's evidence offline",
       "生成检测报告；离线核验任何人的证据包"},
      {"report.make", "Make report", "生成报告"},
      {"report.open", "Open in browser", "在浏览器中打开"},
      {"report.bundle", "Make bundle", "生成证据包"},
      {"report.preview", "Report", "报告"},
      {"report.preview_name", "Text of the report; charts are in the file", "报告正文；图表见文件"},
      {"report.preview_wait",
       "The report of this session has not been made here yet. “Make report” writes one HTML file that opens from "
       "disk, in both languages.",
       "尚未在此生成本次检测的报告。“生成报告”将写出一个可直接从磁盘打开的中英文 HTML 文件。"},
      {"report.making", "Writing the report …", "正在生成报告……"},
      {"report.made", "Written: %1", "已生成：%1"},
      {"report.bundled", "Bundle written: %1", "证据包已生成：%1"},
      {"report.checklist", "Before it is issued", "签发前核对"},
      {"report.check.closed", "Session is closed", "检测已关闭"},
      {"report.check.graded", "Result is on record", "结果已存档"},
      {"report.check.finished", "Every trial finished", "全部试验已完成"},
      {"report.check.plan", "Plan was locked before trial 1", "计划在首次试验前已锁定"},
      {"report.check.serial", "Subject names serial number and software", "对象注明序列号与软件版本"},
      {"report.check.rule", "Decision rule and confidence are stated", "已说明判定规则与置信度"},
      {"report.check.seed", "Seed drawn and sealed (not chosen)", "种子随机生成并封存（非自选）"},
      {"report.check.lab", "Division is lab", "检测性质为实验室检测"},
      {"report.drop", "Verify a bundle", "验证证据包"},
      {"report.drop_hint", "Drop a *.assay file here, or choose one. Nothing leaves this machine.",
       "将 *.assay 文件拖放到此处，或选择文件。数据不会离开本机。"},
      {"report.choose", "Choose a file …", "选择文件……"},
      {"report.choose_title", "Bundle to verify", "选择要验证的证据包"},
      {"report.filter", "Bundles (*.assay)", "证据包 (*.assay)"},
      {"report.verifying", "Hashing and recomputing %1 …", "正在核对哈希并复算 %1……"},
      {"report.answer.intact", "Intact", "完整"},
      {"report.answer.signer", "Signer", "签发"},
      {"report.answer.covers", "Covers", "适用"},
      {"report.answer.current", "Current", "现行"},
      {"report.answer.recomputes", "Recomputes", "复算"},
      {"report.state.yes", "yes", "是"},
      {"report.state.no", "not shown", "未证实"},
      {"report.state.broken", "broken", "不符"},
      {"report.state.unknown", "not checked", "未核对"},
      {"report.none", "No session to report, nothing dropped", "没有可出具报告的检测，也没有待验证的文件"},
      {"report.none_text", "Drop a *.assay file anywhere on this page to verify it, or run a session first.",
       "可将 *.assay 文件拖放到本页进行验证，或先运行一次检测。"},
      {"report.question.intact", "Are all files as they were sealed?", "所有文件与封存时一致？"},
      {"report.question.signer", "Who vouches, and do you trust them?", "由谁签发，是否受信任？"},
      {"report.question.covers", "Is it about the robot at hand?", "是否针对手头的这台机器人？"},
      {"report.question.current", "Does it still hold?", "目前是否仍有效？"},
      {"report.question.recomputes", "Do the raw trials give this level?", "由原始试验能否得出该等级？"},
  };
}

}  // namespace assay::gui
