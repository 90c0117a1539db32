#include "core/random.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "core/result.h"
#include "core/sha256.h"

namespace assay {
namespace {

std::string_view name_of(Source source) {
  switch (source) {
    case Source::scene:
      return "scene";
    case Source::order:
      return "order";
    case Source::sensor_noise:
      return "sensor_noise";
    case Source::disturbance:
      return "disturbance";
    case Source::policy:
      return "policy";
  }
  ASSAY_CHECK(!"unknown source of randomness");
}

StreamKey key_from(const Digest& digest) {
  StreamKey out;
  for (int i = 7; i >= 0; --i) {
    out.key = (out.key << 8) | digest[static_cast<std::size_t>(i)];
    out.hi = (out.hi << 8) | digest[static_cast<std::size_t>(i + 8)];
  }
  return out;
}

constexpr std::uint32_t low_word(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high_word(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }

}  // namespace

StreamKey stream_key(std::string_view session_seed, std::string_view task, int level, int index, Source source) {
  return key_from(
      sha256(fmt::format("assay.stream/1\n{}\n{}\n{}\n{}\n{}", session_seed, task, level, index, name_of(source))));
}

StreamKey child_key(const StreamKey& parent, std::string_view name) {
  return key_from(sha256(fmt::format("assay.child/1\n{:016x}\n{:016x}\n{}", parent.key, parent.hi, name)));
}

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {high_word(product1) ^ counter[1] ^ key[0], low_word(product1), high_word(product0) ^ counter[3] ^ key[1],
               low_word(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

std::uint64_t Rng::bits() {
  if (left_ == 0) {
    buffer_ = philox4x32_10({low_word(block_), high_word(block_), low_word(key_.hi), high_word(key_.hi)},
                            {low_word(key_.key), high_word(key_.key)});
    ++block_;
    left_ = 2;
  }
  const std::size_t at = left_ == 2 ? 0 : 2;
  --left_;
  return buffer_[at] | (std::uint64_t{buffer_[at + 1]} << 32);
}

double Rng::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double Rng::uniform(double low, double high) {
  const double value = low + (high - low) * uniform();
  // Rounding may land on `high` itself, which the closed-open range leaves out.
  return value >= high && low < high ? std::nextafter(high, low) : value;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  ASSAY_CHECK(bound > 0);
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t threshold = (0 - bound) % bound;  // 2^64 mod bound: draws below it would be biased
  while (true) {
    const Wide product = Wide{bits()} * bound;
    if (static_cast<std::uint64_t>(product) >= threshold) return static_cast<std::uint64_t>(product >> 64);
  }
}

double Rng::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double u = 0, v = 0, s = 0;
  do {
    u = 2 * uniform() - 1;
    v = 2 * uniform() - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  const double factor = std::sqrt(-2 * portable_log(s) / s);
  spare_ = v * factor;
  has_spare_ = true;
  return u * factor;
}

double portable_log(double x) {
  ASSAY_CHECK(x > 0 && x <= 0x1.fffffffffffffp1023);
  int exponent = 0;
  if (x < 0x1p-1022) {  // subnormal: scale into the normal range first
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
  if (m > 0x1.6a09e667f3bcdp+0) {  // above √2: keep m within (√½, √2], where the series is short
    m *= 0.5;
    ++exponent;
  }
  // ln(1+f) = 2 artanh(s), s = f/(2+f), as f − (f²/2 − s·(f²/2 + r)): the large term f enters exactly.
  const double f = m - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  double r = 0;
  for (int odd = 25; odd >= 3; odd -= 2) r = z * (r + 2.0 / odd);
  const double half_square = 0.5 * f * f;
  // ln 2 in two parts; the first has trailing zeros, so that exponent × first is exact.
  constexpr double kLn2First = 0x1.62e42fee00000p-1, kLn2Rest = 0x1.a39ef35793c76p-33;
  const double k = exponent;
  return k * kLn2First - ((half_square - (s * (half_square + r) + k * kLn2Rest)) - f);
}

}  // namespace assay
