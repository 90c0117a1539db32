#include "gui/words.h"

namespace assay::gui {

std::vector<Word> trace_words() {
  return {
      {"trace.title", "Trace", "轨迹"},
      {"trace.lead", "What happened in one trial, channel by channel, on one cursor", "单次试验的过程：各通道与事件共用一个光标"},
      {"trace.trials", "Trials", "试验"},
      {"trace.trials_name", "Trials of the session", "本次检测的试验"},
      {"trace.search", "Task, reason or number", "任务、原因或编号"},
      {"trace.level", "Level filter", "等级筛选"},
      {"trace.level_all", "All levels", "全部等级"},
      {"trace.outcome", "Outcome filter", "结果筛选"},
      {"trace.outcome_all", "All outcomes", "全部结果"},
      {"trace.outcome_bad", "Not a success", "非成功"},
      {"trace.outcome_void", "Void", "作废"},
      {"trace.plot", "Channels", "通道"},
      {"trace.plot_name", "Plot of the chosen channels over time", "所选通道随时间的曲线"},
      {"trace.channels_name", "Channels to plot; Space ticks", "选择要显示的通道；空格勾选"},
      {"trace.slider_name", "Time of the cursor", "光标时间"},
      {"trace.events", "Events", "事件"},
      {"trace.events_name", "Events of the trial; Enter moves the cursor", "试验事件；回车移动光标"},
      {"trace.col.time", "Time [s]", "时间 [s]"},
      {"trace.col.event", "Event", "事件"},
      {"trace.col.detail", "Detail", "内容"},
      {"trace.play", "Play", "播放"},
      {"trace.hold", "Hold", "暂停"},
      {"trace.speed", "Speed of play", "播放速度"},
      {"trace.bookmark", "Bookmark", "书签"},
      {"trace.replay", "Replay pictures", "重放画面"},
      {"trace.folder", "Show MCAP file", "显示 MCAP 文件"},
      {"trace.folder_hint", "Path copied; open it in Foxglove, Lichtblick or PlotJuggler: %1", "路径已复制，可用 Foxglove、Lichtblick 或 PlotJuggler 打开：%1"},
      {"trace.heading", "Trial %1 · %2 · L%3 · index %4", "试验 %1 · %2 · L%3 · 序号 %4"},
      {"trace.time", "%1 / %2 s", "%1 / %2 s"},
      {"trace.choose", "Tick a channel to plot it", "勾选通道以显示曲线"},
      {"trace.reading", "Reading the trace …", "正在读取轨迹……"},
      {"trace.no_file", "This trial has no trace: it did not finish, or its trace is withheld.", "该试验没有轨迹：未完成，或轨迹未附。"},
      {"trace.none", "No trial on record", "尚无试验记录"},
      {"trace.none_text", "Choose a session with trials on Home.", "请在首页选择包含试验的检测。"},
      {"trace.pictures", "Pictures", "画面"},
      {"trace.pictures_hint", "Not replayed yet. Replay draws the trial again from its record.", "尚未重放。重放将依据记录重新绘制该试验。"},
      {"trace.pictures_wait", "Drawing the trial …", "正在绘制……"},
      {"trace.pictures_old", "This build of assay has no “trial replay”.", "当前 assay 版本不支持“trial replay”。"},
      {"trace.pictures_none", "No picture came: %1", "没有得到画面：%1"},
      {"trace.pictures_name", "Picture of the trial at the cursor", "光标处的试验画面"},
      {"act.back_fine", "Cursor back, fine", "光标后退（细）"},
      {"act.forward_fine", "Cursor forward, fine", "光标前进（细）"},
      {"act.back_coarse", "Cursor back, coarse", "光标后退（粗）"},
      {"act.forward_coarse", "Cursor forward, coarse", "光标前进（粗）"},
  };
}

}  // namespace assay::gui
