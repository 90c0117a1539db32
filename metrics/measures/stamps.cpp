#include "metrics/measures/stamps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/input.h"

namespace assay::metrics {

std::int64_t to_ns(double time_s) {
  constexpr double kMost = 8e18;
  const double ns = time_s * 1e9;
  if (ns >= kMost) return static_cast<std::int64_t>(kMost);
  if (ns <= -kMost) return -static_cast<std::int64_t>(kMost);
  return std::llround(ns);
}

Result<void> check_instant(std::string_view name, double time_s) {
  ASSAY_RETURN_IF_ERROR(check_finite(name, time_s));
  if (std::abs(time_s) <= kFurthestStamp_s) return {};
  return bad_input(
      1036, {fmt::format("{} must lie within 4e9 s of zero", name), fmt::format("{} 与零点相距不得超过 4e9 s", name)},
      fmt::format("{} s", time_s));
}

Result<void> check_stamps(std::string_view name, std::span<const double> time_s) {
  if (time_s.empty()) return {};
  // First a look without branches, at whole registers of stamps: steps of more than 2 ns and what rounding may take
  // from them lead to later nanoseconds. A list that is in doubt (or has what is no number) is looked at one by one.
  const double furthest_s = std::max(std::abs(time_s.front()), std::abs(time_s.back()));
  const double sure_s = 2e-9 + 1e-15 * furthest_s;
  std::size_t doubtful = furthest_s <= kFurthestStamp_s ? 0 : 1;
  for (std::size_t i = 1; i < time_s.size(); ++i) doubtful += time_s[i] - time_s[i - 1] > sure_s ? 0 : 1;
  if (doubtful == 0) return {};
  for (std::size_t i = 0; i < time_s.size(); ++i)
    ASSAY_RETURN_IF_ERROR(check_instant(fmt::format("{}[{}]", name, i), time_s[i]));
  return check_ascending(name, time_s);
}

Result<std::vector<std::int64_t>> stamps_ns(std::string_view name, std::span<const double> time_s) {
  ASSAY_RETURN_IF_ERROR(check_stamps(name, time_s));
  std::vector<std::int64_t> out(time_s.size());
  for (std::size_t i = 0; i < time_s.size(); ++i) out[i] = whole_ns(time_s[i]);
  return out;
}

std::optional<std::size_t> first_hold(std::span<const std::int64_t> t_ns, const std::vector<bool>& flags,
                                      std::int64_t hold_ns, std::size_t from, bool end_counts) {
  for (std::size_t k = from; k < t_ns.size(); ++k) {
    if (!flags[k]) continue;
    std::size_t end = k;
    while (end < t_ns.size() && flags[end]) ++end;
    const bool to_the_end = end == t_ns.size();
    if (to_the_end && end_counts) return k;
    if (t_ns.back() - t_ns[k] >= hold_ns && (to_the_end || t_ns[end] - t_ns[k] > hold_ns)) return k;
    k = end;  // not flagged, or past the end
  }
  return std::nullopt;
}

double trapezoid(std::span<const double> time_s, std::span<const double> values, std::size_t first, std::size_t last) {
  double sum = 0;
  for (std::size_t i = first; i < last; ++i) sum += (values[i] + values[i + 1]) / 2 * (time_s[i + 1] - time_s[i]);
  return sum;
}

}  // namespace assay::metrics
