#include "gui/words.h"

namespace assay::gui {

std::vector<Word> home_words() {
  return {
      {"home.title", "Home", "首页"},
      {"home.lead", "What goes on, what was examined, what is in the way today", "当前进度、历次检测与今日待办"},
      {"home.sessions", "Sessions", "检测记录"},
      {"home.sessions_name", "Sessions, newest first; Enter opens the results", "检测记录，最新在前；回车打开结果"},
      {"home.blockers", "Is this machine fit?", "设备是否就绪"},
      {"home.checking", "Checking …", "正在检查……"},
      {"home.tile.sessions", "Sessions", "检测次数"},
      {"home.tile.sessions_note", "%1 closed, %2 open", "已关闭 %1，未关闭 %2"},
      {"home.tile.trials", "Trials on record", "在案试验"},
      {"home.tile.trials_note", "%1 not finished, %2 void", "未完成 %1，作废 %2"},
      {"home.tile.level", "Newest result", "最近结果"},
      {"home.run.running", "%1 is running", "%1 正在运行"},
      {"home.run.running_text", "%1 of about %2 trials, about %3 left", "已完成 %1 / 约 %2 次试验，预计剩余 %3"},
      {"home.run.stopped", "Session %1 stopped", "检测 %1 已停止"},
      {"home.run.stopped_text",
       "%1 trials saved, %2 not finished (kept on record). Nothing is lost: it goes on where it stopped.",
       "已保存 %1 次试验，%2 次未完成（记录保留）。没有数据丢失，可从中断处继续。"},
      {"home.run.watch", "Watch", "查看"},
      {"home.run.resume", "Resume", "继续检测"},
      {"home.run.inspect", "Inspect", "查看试验"},
      {"home.col.session", "Session", "检测编号"},
      {"home.col.subject", "Subject", "被检对象"},
      {"home.col.scheme", "Scheme", "方案"},
      {"home.col.division", "Division", "性质"},
      {"home.col.state", "State", "状态"},
      {"home.col.level", "Level shown", "达到等级"},
      {"home.col.trials", "Trials", "试验数"},
      {"home.col.locked", "Locked", "锁定时间"},
      {"home.state.closed", "closed", "已关闭"},
      {"home.state.interrupted", "interrupted", "已中断"},
      {"home.state.locked", "open", "进行中"},
      {"home.ungraded", "not graded", "未评级"},
      {"doctor.program", "program", "程序"},
      {"doctor.libm_pinned", "same bits on every CPU", "各 CPU 结果逐位一致"},
      {"doctor.robots", "ways to reach robots", "机器人接入方式"},
      {"doctor.catalogue", "catalogue", "目录"},
      {"doctor.workspace", "workspace", "工作区"},
      {"doctor.real_time", "real time", "实时性"},
      {"home.empty", "No sessions yet", "尚无检测"},
      {"home.empty_text",
       "Set up a first session, or run `assay demo`: it examines the reference robot in two minutes.",
       "新建第一次检测，或运行 `assay demo`：约两分钟即可检测参考机器人。"},
  };
}

}  // namespace assay::gui
