#include "gui/words.h"

namespace assay::gui {

std::vector<Word> shell_words() {
  return {
      {"app.title", "Assay", "Assay 检测台"},
      {"app.sub", "embodied robot examination", "具身机器人检测"},
      {"rail.name", "Pages", "页面导航"},
      {"menu.file", "&File", "文件(&F)"},
      {"menu.go", "&Go", "前往(&G)"},
      {"menu.run", "&Run", "检测(&R)"},
      {"menu.view", "&View", "视图(&V)"},
      {"menu.trace", "&Trace", "轨迹(&T)"},
      {"menu.help", "&Help", "帮助(&H)"},
      {"act.reload", "Read again", "重新读取"},
      {"act.quit", "Quit", "退出"},
      {"act.palette", "Find a command …", "查找命令……"},
      {"act.language", "Switch language (中文)", "切换语言（English）"},
      {"act.theme", "Light or dark", "明暗主题"},
      {"act.new", "New session", "新建检测"},
      {"act.preflight", "Preflight check", "运行前检查"},
      {"act.stop", "Stop trial", "停止试验"},
      {"act.pause", "Pause after this trial", "本次试验后暂停"},
      {"act.resume", "Go on", "继续"},
      {"act.help", "Keys and pages", "按键与页面说明"},
      {"act.play", "Play or hold", "播放 / 暂停"},
      {"act.back", "Cursor back", "光标后退"},
      {"act.forward", "Cursor forward", "光标前进"},
      {"act.bookmark", "Set a bookmark", "添加书签"},
      {"act.failure", "Next failed trial", "下一个失败的试验"},
      {"act.next", "Next trial", "下一个试验"},
      {"act.previous", "Previous trial", "上一个试验"},
      {"bar.robot", "Subject", "被检对象"},
      {"bar.serial", "Serial no.", "序列号"},
      {"bar.scheme", "Scheme", "方案"},
      {"bar.session", "Session", "检测编号"},
      {"bar.none", "no session open", "未打开检测"},
      {"bar.language", "中 / EN", "中 / EN"},
      {"bar.language_name", "Switch language", "切换语言"},
      {"bar.theme_name", "Light or dark", "切换明暗主题"},
      {"division.lab", "LAB", "检测"},
      {"division.self", "SELF-ASSESSMENT", "自评"},
      {"division.dev", "DEV / SIMULATION", "仿真（开发）"},
      {"status.workspace", "Workspace %1", "工作区 %1"},
      {"status.disk", "%1 free on disk", "磁盘剩余 %1"},
      {"status.sessions", "%1 sessions", "%1 次检测"},
      {"status.run.none", "No run", "无检测运行"},
      {"status.run.starting", "Run is starting", "检测正在启动"},
      {"status.run.running", "Run: %1 of about %2 trials", "检测进行中：%1 / 约 %2 次试验"},
      {"status.run.stopping", "Run is stopping", "检测正在停止"},
      {"status.run.finished", "Run ended", "检测已结束"},
      {"status.run.interrupted", "Run interrupted, can be resumed", "检测已中断，可继续"},
      {"status.run.died", "Run process lost", "检测进程已丢失"},
      {"palette.title", "Commands", "命令"},
      {"palette.hint", "Type a part of a command's name", "输入命令名称的一部分"},
      {"palette.list", "Commands that match", "匹配的命令"},
      {"help.title", "Keys and pages", "按键与页面说明"},
      {"help.text",
       "Ctrl+1 … Ctrl+9 open the pages. Ctrl+K finds any command. Ctrl+N new session, F5 preflight.\n"
       "Trace: Space plays, ← → move the cursor (Alt fine, Shift coarse), J and K next and previous trial, G next "
       "failure, B bookmark.\n"
       "Esc never stops a robot. “Stop trial” ends a run in a controlled way; it is no emergency stop. The emergency "
       "stop is the device beside the robot.",
       "Ctrl+1 … Ctrl+9 打开各页面；Ctrl+K 查找命令；Ctrl+N 新建检测；F5 运行前检查。\n"
       "轨迹页：空格播放，← → 移动光标（Alt 细调，Shift 粗调），J / K 下一个 / 上一个试验，G 下一个失败，B 书签。\n"
       "Esc 键不会停止机器人。“停止试验”以受控方式结束检测，不是急停；急停是机器人旁的硬件装置。"},
      {"help.close", "Close", "关闭"},
      {"program.help",
       "assay-dashboard: watch and read examinations.\n"
       "  -w, --workspace FOLDER   workspace (also ASSAY_WORKSPACE; default assay-workspace)\n"
       "      --assay PATH         the program assay (default: beside this one, else PATH)\n"
       "      --lang zh|en         language (default: LANG)\n"
       "      --theme light|dark   colours\n"
       "      --page 1…9           page to open: home, set-up, run, results, trace, compare, report, quality, scoring\n"
       "      --detail TEXT        what to open there: a trial's number on trace\n"
       "      --size WxH           size of the window\n"
       "      --pedal-confirm KEY, --pedal-cannot KEY   keys of a foot pedal (default PgDown F8, PgUp F7)\n"
       "      --grab FILE          save a picture of the window once all is read, and end",
       "assay-dashboard：查看与操作检测。\n"
       "  -w, --workspace 目录     工作区（亦可设 ASSAY_WORKSPACE；默认 assay-workspace）\n"
       "      --assay 路径         assay 程序（默认：同目录，否则按 PATH 查找）\n"
       "      --lang zh|en         语言（默认取 LANG）\n"
       "      --theme light|dark   明暗主题\n"
       "      --page 1…9           打开的页面：首页、新建、运行、结果、轨迹、比较、报告、质量、评分\n"
       "      --detail 文本        打开的内容：轨迹页为试验编号\n"
       "      --size 宽x高         窗口大小\n"
       "      --pedal-confirm 键、--pedal-cannot 键   脚踏发送的按键（默认 PgDown F8、PgUp F7）\n"
       "      --grab 文件          全部读取后保存窗口图片并退出"},
      {"page.reading", "Reading …", "正在读取……"},
      {"page.problem", "Something went wrong", "出现问题"},
      {"page.again", "Try again", "重试"},
      {"error.expected", "expected: %1", "应为：%1"},
      {"error.found", "found: %1", "实为：%1"},
      {"call.lost", "The program assay did not answer in time or ended unexpectedly", "assay 程序未及时应答或意外退出"},
      {"call.silent", "The program assay gave no answer that can be read", "assay 程序没有给出可读的应答"},
      {"call.program_help", "Name the program with --assay PATH.", "请用 --assay 路径 指明程序。"},
      {"level.none", "none", "无"},
      {"time.s", "%1 s", "%1 s"},
      {"time.min", "%1 min", "%1 min"},
      {"time.h", "%1 h", "%1 h"},
      {"trial.number", "No.", "编号"},
      {"trial.outcome", "Outcome", "结果"},
      {"trial.task", "Task", "任务"},
      {"trial.level", "Level", "等级"},
      {"trial.index", "Index", "序号"},
      {"trial.reason", "Reason", "原因"},
      {"trial.duration", "Duration", "用时"},
      {"trial.started", "Started", "开始"},
      {"trial.open", "not finished", "未完成"},
      {"trial.invalid_mark", "%1 (void)", "%1（作废）"},
  };
}

}  // namespace assay::gui
