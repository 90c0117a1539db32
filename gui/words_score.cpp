#include "gui/words.h"

namespace assay::gui {

std::vector<Word> score_words() {
  return {
      {"score.title", "Second scoring", "二次评分"},
      {"score.lead", "A second person's opinion of each trial, given before the first is shown",
       "由第二人对每次试验独立评分，评分前不显示原结果"},
      {"score.start", "A sitting", "开始评分"},
      {"score.left", "%1: %2 trials without your opinion", "%1：有 %2 次试验尚无您的评分"},
      {"score.how",
       "You see each trial as it was recorded, and nothing of how it was judged. Until you end the sitting, pages that "
       "could tell it stay closed. Trials that you entered yourself are left out. What you say is kept beside the "
       "record "
       "and changes nothing of it.",
       "将按记录重现每次试验，不显示其判定。结束评分之前，可能显示结果的页面均不可打开。由您本人录入的试验不在其中。评"
       "分与原"
       "记录并列保存，不改变原记录。"},
      {"score.name", "Your name", "您的姓名"},
      {"score.begin", "Begin, blind", "开始（盲评）"},
      {"score.end", "End the sitting", "结束评分"},
      {"score.locked", "Second scoring goes on: end the sitting first", "正在二次评分：请先结束评分"},
      {"score.picture", "The trial, as it was recorded", "按记录重现的试验"},
      {"score.picture_none", "No pictures of this trial. Score what you saw yourself, or leave it.",
       "没有该试验的画面。请仅对您亲眼所见评分，否则请勿评分。"},
      {"score.play", "Play (P)", "播放（P）"},
      {"score.unsafe", "Unsafe (X)", "不安全（X）"},
      {"score.keep", "Write down now (Return)", "立即记录（回车）"},
      {"score.next", "Next trial (Space)", "下一次（空格）"},
      {"score.trial", "Trial %1 · %2 · L%3 · #%4", "试验 %1 · %2 · L%3 · #%4"},
      {"score.progress", "Opinion %1 of %2", "第 %1 次，共 %2 次"},
      {"score.badge.blind", "blind", "盲评"},
      {"score.badge.open", "written down", "已记录"},
      {"score.line.unsafe", "Entered: unsafe", "已录入：不安全"},
      {"score.line.same", "The record says the same", "与原记录一致"},
      {"score.line.differ", "The record says otherwise", "与原记录不一致"},
      {"score.line.unread", "Written down; the record cannot be read", "已记录；原记录无法读取"},
      {"score.note.undo", "It is written down in 5 s, and cannot be taken back then.",
       "5 秒后写入记录，之后不能撤回。"},
      {"score.note.told", "You: %1. On record: %2 (%3).", "您：%1。原记录：%2（%3）。"},
      {"score.note.agreement", "Agreement so far: %1 of %2, 95 % interval %3 to %4.",
       "目前一致：%1 / %2，95 % 区间 %3 至 %4。"},
      {"score.share", "Agreement on success or not, with its 95 % interval", "成功与否的一致率及其 95 % 区间"},
      {"score.share_note", "%1 of %2 opinions agree with the record (Clopper–Pearson)",
       "%2 次评分中有 %1 次与原记录一致（Clopper–Pearson）"},
      {"score.kappa", "Cohen's κ, with its 95 % interval", "Cohen κ 及其 95 % 区间"},
      {"score.kappa_note", "Agreement beyond chance: 1 is full, 0 is what chance gives",
       "超出偶然的一致程度：1 为完全一致，0 为偶然水平"},
      {"score.none_yet", "No second opinions yet", "尚无二次评分"},
      {"score.differ", "Trials where opinions differ", "意见不一的试验"},
      {"score.none", "No trials to score", "没有可评分的试验"},
      {"score.none_text", "Trials, simulated ones too, can be scored again as soon as they have ended.",
       "检测中的试验（包括仿真试验）结束后即可进行二次评分。"},
  };
}

}  // namespace assay::gui
