#include "core/time.h"

#include <fmt/format.h>

#include <bit>

#include "core/result.h"

namespace assay {

std::int64_t ns_from_s(double seconds) {
  ASSAY_CHECK(seconds > -9e9 && seconds < 9e9);
  // In integers, because seconds × 1e9 in doubles can round twice and land on the wrong side of a tie.
  const auto bits = std::bit_cast<std::uint64_t>(seconds);
  const auto exponent = static_cast<int>((bits >> 52) & 0x7ff);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  if (exponent == 0) return 0;
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{fraction | (std::uint64_t{1} << 52)} * 1'000'000'000U;  // below 2^83
  const int shift = 1075 - exponent;  // |seconds| = mantissa × 2^−shift; shift ≥ 19 because |seconds| < 2^34
  if (shift > 90) return 0;
  const Wide rounded = (product + (Wide{1} << (shift - 1))) >> shift;
  const auto magnitude = static_cast<std::int64_t>(rounded);
  return seconds < 0 ? -magnitude : magnitude;
}

SteadyTime steady_now() {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
              .count()};
}

UtcTime utc_now() {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

std::string to_rfc3339(UtcTime time) {
  using namespace std::chrono;  // NOLINT(google-build-using-namespace)
  const sys_time<nanoseconds> instant{nanoseconds{time.ns}};
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(instant - day)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

}  // namespace assay
