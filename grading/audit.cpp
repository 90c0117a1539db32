// The memory audit: does the robot succeed as well when only what must not matter has changed?
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "grading/decide.h"
#include "grading/words.h"
#include "metrics/walk.h"

namespace assay::grading {

namespace {

/// P(X >= k), X ~ Binomial(n, 1/2): exact, from the small end of the sum.
double upper_tail(int k, int n) {
  double term = std::ldexp(1.0, -n), sum = 0;  // C(n, n) / 2^n
  for (int j = n; j >= k; --j) {
    sum += term;
    term *= static_cast<double>(j) / static_cast<double>(n - j + 1);
  }
  return std::min(1.0, sum);
}

void count(const Series& series, const std::vector<TrialRecord>& trials, AuditResult& out) {
  const auto decided = metrics::deciding_trials(trials, series.task, series.level);
  out.planned += static_cast<int>(series.audit.size());
  for (const int index : series.audit) {
    const auto original = decided.find(index), audit = decided.find(kAuditIndex + index);
    if (original == decided.end() || audit == decided.end()) continue;
    if (metrics::is_void(*original->second) || metrics::is_void(*audit->second)) continue;
    const bool then = metrics::counts_as_success(*original->second, ""),
               now = metrics::counts_as_success(*audit->second, "");
    ++out.pairs;
    if (then && !now) {
      ++out.only_original;
      out.trials.push_back(audit->second->number);
    }
    if (now && !then) ++out.only_audit;
  }
}

}  // namespace

std::optional<AuditResult> decide_audit(const Plan& plan, const std::vector<TrialRecord>& trials) {
  AuditResult out;
  out.alpha = plan.audit_alpha;
  for (const auto& series : plan.series) count(series, trials, out);
  if (out.planned == 0) return std::nullopt;
  std::sort(out.trials.begin(), out.trials.end());
  out.p = upper_tail(out.only_original, out.only_original + out.only_audit);
  out.flagged = out.p <= out.alpha;
  const Text seen{fmt::format("{} of {} audit pairs done; {} succeeded only as first met, {} only when changed; "
                              "P(so many without memory) = {:.4f}, flagged at {:.3g} or less: ",
                              out.pairs, out.planned, out.only_original, out.only_audit, out.p, out.alpha),
                  fmt::format("审查对照 {}/{} 对；仅原样成功 {} 对，仅变更后成功 {} 对；"
                              "无记忆时出现如此多的概率为 {:.4f}，不大于 {:.3g} 即标记：",
                              out.pairs, out.planned, out.only_original, out.only_audit, out.p, out.alpha)};
  out.text = seen + (out.flagged ? Text{"flagged, it seems to answer from memory", "已标记，疑似凭记忆作答"}
                                 : Text{"not flagged", "未标记"});
  return out;
}

}  // namespace assay::grading
