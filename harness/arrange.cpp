// What the session seed decides of a plan before it is locked: the order of trials, and which are audited.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.h"
#include "harness/campaign.h"

namespace assay::harness {
namespace {

template <class T>
void shuffle(std::vector<T>& list, Rng& rng) {
  for (std::size_t i = 0; i + 1 < list.size(); ++i) std::swap(list[i], list[i + rng.below(list.size() - i)]);
}

/// Fewest trials after which the series can have stopped without a refusal: their indices run whatever comes out.
int sure_indices(const Plan& plan, const Series& series) {
  int least = 0;
  for (const auto& indicator : plan.indicators)
    if (indicator.task == series.task && indicator.level == series.level)
      least = std::max(least, indicator.design.least_n);
  return std::min(least, series.cap);
}

}  // namespace

void arrange(Plan& plan, const Scheme& scheme, const std::string& seed) {
  plan.order.clear();
  if (scheme.order == "random") {
    for (std::size_t i = 0; i < plan.series.size(); ++i)
      plan.order.insert(plan.order.end(), static_cast<std::size_t>(plan.series[i].cap), static_cast<int>(i));
    Rng rng(stream_key(seed, "", 0, 0, Source::order));
    shuffle(plan.order, rng);
  }
  for (auto& series : plan.series) {
    series.audit.clear();
    std::vector<int> indices(static_cast<std::size_t>(std::max(0, sure_indices(plan, series))));
    std::iota(indices.begin(), indices.end(), 0);
    Rng rng(child_key(stream_key(seed, series.task, series.level, 0, Source::order), "audit"));
    shuffle(indices, rng);
    const auto wanted = std::ceil(scheme.audit_share * static_cast<double>(indices.size()) - 1e-9);
    indices.resize(std::min(indices.size(), static_cast<std::size_t>(std::max(0.0, wanted))));
    std::sort(indices.begin(), indices.end());
    series.audit = std::move(indices);
  }
}

}  // namespace assay::harness
