// What the confidence covers, in words to be printed with the levels.
#include <fmt/format.h>

#include <cmath>

#include "grading/decide.h"
#include "grading/rules.h"
#include "grading/words.h"

namespace assay::grading {

namespace {

Text overall(const Scheme& scheme, const Grade& grade) {
  const auto confidence = short_percent(1 - grade.alpha);
  if (scheme.aggregation == "weighted_score")
    return {fmt::format("The overall level is one claim with {} confidence: that the requirements which the robot "
                        "truly meets reach {} of each level's weight and the floor of each dimension. Each indicator "
                        "is tested at a smaller risk, divided by the number of indicators of which one shown wrongly "
                        "could tip the score. A score counts what conforms; nothing is given in part.",
                        confidence, short_percent(scheme.pass_score)),
            fmt::format("综合等级作为一项整体结论，置信度为 {}：机器人真实满足的要求在每一级均达到权重的 {}，"
                        "且各维度达到其下限。各指标采用更小的风险，即除以“其中一项误判即可改变得分结论”的指标数。"
                        "得分只计符合项，不按部分给分。",
                        confidence, short_percent(scheme.pass_score))};
  return {fmt::format("The overall level is one claim with {} confidence.", confidence),
          fmt::format("综合等级作为一项整体结论，置信度为 {}。", confidence)};
}

/// Chance that a robot which misses a level is given it in at least one of k examinations, each at α.
double chance_in(int examinations, double alpha) { return -std::expm1(examinations * std::log1p(-alpha)); }

Text repeated(const Scheme& scheme, const Grade& grade) {
  Text text;
  if (scheme.divide_alpha && scheme.most_examinations > 0)
    text = {fmt::format(" The scheme allows {} examinations of a subject; each is held at {:.3g}, so that {:.3g} holds "
                        "for all of them together.",
                        scheme.most_examinations, grade.alpha, scheme.alpha),
            fmt::format("方案允许对同一对象检测 {} 次，每次风险取 {:.3g}，全部合计不超过 {:.3g}。",
                        scheme.most_examinations, grade.alpha, scheme.alpha)};
  if (grade.examination < 2) return text;
  text = text + Text{fmt::format(" This is examination {} of this subject under this scheme in this workspace.",
                                 grade.examination),
                     fmt::format("这是本工作区内同一对象依本方案的第 {} 次检测。", grade.examination)};
  if (!scheme.divide_alpha)
    text = text + Text{fmt::format(" A robot that misses the level would be given it in at least one of {} with a "
                                   "probability of up to {}.",
                                   grade.examination, percent(chance_in(grade.examination, grade.alpha))),
                       fmt::format("未达该等级的机器人在 {} 次检测中至少一次被判达到的概率最高为 {}。",
                                   grade.examination, percent(chance_in(grade.examination, grade.alpha)))};
  if (scheme.most_examinations > 0 && grade.examination > scheme.most_examinations)
    text = text + Text{fmt::format(" The scheme allows {}: this result certifies nothing.", scheme.most_examinations),
                       fmt::format("方案最多允许 {} 次：本次结果不构成认证。", scheme.most_examinations)};
  return text;
}

bool has_documents(const Grade& grade) {
  for (const auto& r : grade.indicators)
    if (r.attached && r.conformity != Conformity::not_tested) return true;
  return false;
}

}  // namespace

Text claim_text(const Scheme& scheme, const Grade& grade) {
  Text text = overall(scheme, grade) +
              Text{" A dimension's level has the same confidence taken alone, not together with the others.",
                   "各维度等级的置信度仅指单独引用某一维度，不适用于同时引用多个维度。"} +
              repeated(scheme, grade);
  if (has_documents(grade))
    text = text + Text{" Attached documents are taken at their word; the confidence does not cover them.",
                       "所附外部文件按其自述采信，置信度不涵盖其内容。"};
  return text;
}

}  // namespace assay::grading
