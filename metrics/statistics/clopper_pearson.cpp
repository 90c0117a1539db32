#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

#include "metrics/input.h"
#include "metrics/statistics/binomial_limit.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/proportion.h"

namespace assay::metrics {

namespace {

Result<void> check(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_counts(successes, n));
  return check_open_probability("confidence", confidence);
}

Result<void> check(std::span<const int> successes, std::span<const int> n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_same_length("successes", successes.size(), "n", n.size()));
  ASSAY_RETURN_IF_ERROR(check_size("successes", successes.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  for (std::size_t i = 0; i < n.size(); ++i)
    if (n[i] < 1 || successes[i] < 0 || successes[i] > n[i]) return check_counts(successes[i], n[i]);
  return {};
}

struct Point {
  double p = 0, q = 1;  ///< a limit and its complement
};

/// Lower limits at one tail. How each is computed depends on its own (x, n) and the tail alone, so one limit has the
/// same bits alone and among many.
class Solver {
 public:
  explicit Solver(double tail)
      : tail_(tail), fast_(std::clamp(tail, BinomialLimit::kLeastTail, BinomialLimit::kMostTail)) {}

  /// 0: not for the fast way.
  [[nodiscard]] std::size_t terms(int x, int n) const {
    const bool takes = x > 0 && n <= BinomialLimit::kMostTrials && tail_ >= BinomialLimit::kLeastTail &&
                       tail_ <= BinomialLimit::kMostTail;
    return takes ? static_cast<std::size_t>(fast_.terms(x, n - x + 1.0)) : 0;
  }

  [[nodiscard]] Point slow(int x, int n) const {
    if (x == 0) return {};
    const double a = x, b = static_cast<double>(n) - x + 1;
    return {laws::beta_quantile(tail_, a, b), laws::beta_quantile_upper(tail_, b, a)};
  }

  /// `solve` for up to four pairs of the same number of terms; `at(j)` names the j-th pair {x, n}, `keep(j, point)`
  /// takes its limit.
  template <class At, class Keep>
  void together(std::size_t count, std::size_t terms, const At& at, const Keep& keep) const {
    BinomialLimit::Lanes lanes;
    for (std::size_t j = 0; j < kLimitLanes; ++j) {
      const auto [x, n] = at(std::min(j, count - 1));
      lanes.a[j] = x;
      lanes.b[j] = n - x + 1.0;
    }
    const bool settled = fast_.solve(lanes, static_cast<int>(terms));
    for (std::size_t j = 0; j < count; ++j) {
      const auto [x, n] = at(j);
      keep(j, settled ? Point{lanes.p[j], lanes.q[j]} : slow(x, n));
    }
  }

 private:
  double tail_;
  BinomialLimit fast_;
};

/// `keep(i, limit)` for every pair; upper limits are the complements of the failures' lower limits. Pairs are sorted by
/// their number of terms (a counting sort), so that four of a kind go together.
template <class Keep>
void each_limit(std::span<const int> x, std::span<const int> n, double tail, bool upper, const Keep& keep) {
  const Solver solver(tail);
  const auto counted = [&](std::size_t i) { return std::pair(upper ? n[i] - x[i] : x[i], n[i]); };
  std::vector<std::uint8_t> terms(x.size());
  std::array<std::size_t, BinomialLimit::kMostTerms + 2> start{};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto [k, trials] = counted(i);
    const std::size_t needed = solver.terms(k, trials);
    terms[i] = static_cast<std::uint8_t>(needed);
    ++start[needed + 1];
  }
  std::partial_sum(start.begin(), start.end(), start.begin());
  std::vector<std::size_t> order(x.size());
  auto place = start;
  for (std::size_t i = 0; i < x.size(); ++i) order[place[terms[i]]++] = i;
  const auto keep_at = [&](std::size_t i, const Point& point) { keep(i, upper ? point.q : point.p); };
  for (std::size_t at = 0; at < start[1]; ++at) {
    const auto [k, trials] = counted(order[at]);
    keep_at(order[at], solver.slow(k, trials));
  }
  for (std::size_t bucket = 1; bucket + 1 < start.size(); ++bucket)
    for (std::size_t at = start[bucket]; at < start[bucket + 1]; at += kLimitLanes)
      solver.together(
          std::min(kLimitLanes, start[bucket + 1] - at), bucket, [&](std::size_t j) { return counted(order[at + j]); },
          [&](std::size_t j, const Point& point) { keep_at(order[at + j], point); });
}

std::vector<double> limits(std::span<const int> x, std::span<const int> n, double tail, bool upper) {
  std::vector<double> out(x.size());
  each_limit(x, n, tail, upper, [&](std::size_t i, double limit) { out[i] = limit; });
  return out;
}

}  // namespace

Result<double> clopper_pearson_lower(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  return limits(std::span(&successes, 1), std::span(&n, 1), 1 - confidence, false).front();
}

Result<double> clopper_pearson_upper(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  return limits(std::span(&successes, 1), std::span(&n, 1), 1 - confidence, true).front();
}

Result<Interval> clopper_pearson(int successes, int n, double confidence) {
  ASSAY_TRY(const auto all, clopper_pearson(std::span(&successes, 1), std::span(&n, 1), confidence));
  return all.front();
}

Result<std::vector<double>> clopper_pearson_lower(std::span<const int> successes, std::span<const int> n,
                                                  double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  return limits(successes, n, 1 - confidence, false);
}

Result<std::vector<double>> clopper_pearson_upper(std::span<const int> successes, std::span<const int> n,
                                                  double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  return limits(successes, n, 1 - confidence, true);
}

Result<std::vector<Interval>> clopper_pearson(std::span<const int> successes, std::span<const int> n,
                                              double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  std::vector<Interval> out(n.size());
  const double tail = (1 - confidence) / 2;
  each_limit(successes, n, tail, false, [&](std::size_t i, double limit) { out[i].lower = limit; });
  each_limit(successes, n, tail, true, [&](std::size_t i, double limit) { out[i].upper = limit; });
  return out;
}

}  // namespace assay::metrics
