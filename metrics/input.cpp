#include "metrics/input.h"

#include <fmt/format.h>

#include <cmath>

namespace assay::metrics {

Error bad_input(int id, Text what, std::string found) {
  Error error{id, std::move(what)};
  error.found = std::move(found);
  return error;
}

Result<void> check_finite(std::string_view name, double value) {
  if (std::isfinite(value)) return {};
  return bad_input(1030, {fmt::format("{} is not a finite number", name), fmt::format("{} 不是有限数", name)},
                   fmt::format("{}", value));
}

Result<void> check_finite(std::string_view name, std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i])) return check_finite(fmt::format("{}[{}]", name, i), values[i]);
  return {};
}

Result<void> check_open_probability(std::string_view name, double value) {
  if (value > 0 && value < 1) return {};
  return bad_input(
      1031,
      {fmt::format("{} must lie strictly between 0 and 1", name), fmt::format("{} 必须严格介于 0 与 1 之间", name)},
      fmt::format("{}", value));
}

Result<void> check_probability(std::string_view name, double value) {
  if (value >= 0 && value <= 1) return {};
  return bad_input(1031,
                   {fmt::format("{} must lie between 0 and 1", name), fmt::format("{} 必须介于 0 与 1 之间", name)},
                   fmt::format("{}", value));
}

Result<void> check_counts(int successes, int n) {
  if (n >= 1 && successes >= 0 && successes <= n) return {};
  return bad_input(1032,
                   {"successes must be between 0 and n, and n at least 1", "成功次数必须在 0 与 n 之间，且 n 至少为 1"},
                   fmt::format("successes {}, n {}", successes, n));
}

Result<void> check_at_least(std::string_view name, double value, double least) {
  if (value >= least && std::isfinite(value)) return {};
  return bad_input(1032,
                   {fmt::format("{} must be at least {}", name, least), fmt::format("{} 不得小于 {}", name, least)},
                   fmt::format("{}", value));
}

Result<void> check_positive(std::string_view name, double value) {
  if (value > 0 && std::isfinite(value)) return {};
  return bad_input(1032, {fmt::format("{} must be greater than 0", name), fmt::format("{} 必须大于 0", name)},
                   fmt::format("{}", value));
}

Result<void> check_size(std::string_view name, std::size_t size, std::size_t least) {
  if (size >= least) return {};
  return bad_input(
      1033, {fmt::format("{} needs at least {} values", name, least), fmt::format("{} 至少需要 {} 个值", name, least)},
      fmt::format("{}", size));
}

Result<void> check_same_length(std::string_view a, std::size_t size_a, std::string_view b, std::size_t size_b) {
  if (size_a == size_b) return {};
  return bad_input(
      1034, {fmt::format("{} and {} must have the same length", a, b), fmt::format("{} 与 {} 的长度必须相同", a, b)},
      fmt::format("{} and {}", size_a, size_b));
}

Result<void> check_ascending(std::string_view name, std::span<const double> time_s) {
  ASSAY_RETURN_IF_ERROR(check_finite(name, time_s));
  for (std::size_t i = 1; i < time_s.size(); ++i) {
    if (std::llround(time_s[i - 1] * 1e9) < std::llround(time_s[i] * 1e9)) continue;
    return bad_input(1035, {fmt::format("{} must be strictly ascending", name), fmt::format("{} 必须严格递增", name)},
                     fmt::format("{} s, then {} s at index {}", time_s[i - 1], time_s[i], i));
  }
  return {};
}

}  // namespace assay::metrics
