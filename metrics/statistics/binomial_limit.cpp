// Why this and not Boost.Math's ibeta_inv alone: whole campaigns are re-evaluated, and a limit costs it about two
// thousand cycles. Here the logit of p starts from Abramowitz & Stegun 26.5.22, the incomplete beta function comes from
// the continued fraction of DiDonato & Morris (ACM TOMS 18 (1992) 360, eq. 9) in division-free form with an estimate of
// its tail, and one correction of fifth order follows, all derivatives of the beta law's density in the logit being
// polynomials. Four lanes run side by side, in one register where the processor has AVX2 and in two where not. The loop
// uses + − × ÷ √ only; libm serves the start values and a table of constants.
#include "metrics/statistics/binomial_limit.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "metrics/statistics/laws.h"

namespace assay::metrics {

namespace {

using Four = double __attribute__((vector_size(32)));
using Bits = std::int64_t __attribute__((vector_size(32)));
using RawBits = std::uint64_t __attribute__((vector_size(32)));

/// Every helper becomes part of the one loop: a call would send the registers through memory.
#define ASSAY_LANES [[gnu::always_inline]] inline

/// Four lanes: one register where the processor has them so wide, two otherwise.
struct Quad {
  Four v;
  Quad() = default;
  ASSAY_LANES Quad(Four lanes) : v(lanes) {}               // NOLINT: the same thing
  ASSAY_LANES Quad(double all) : v{all, all, all, all} {}  // NOLINT: numbers stand for four equal lanes
  ASSAY_LANES explicit Quad(const std::array<double, 4>& x) : v{x[0], x[1], x[2], x[3]} {}
  [[nodiscard]] ASSAY_LANES std::array<double, 4> lanes() const { return std::bit_cast<std::array<double, 4>>(v); }
};
ASSAY_LANES Quad operator+(Quad a, Quad b) { return a.v + b.v; }
ASSAY_LANES Quad operator-(Quad a, Quad b) { return a.v - b.v; }
ASSAY_LANES Quad operator*(Quad a, Quad b) { return a.v * b.v; }
ASSAY_LANES Quad operator/(Quad a, Quad b) { return a.v / b.v; }
ASSAY_LANES Quad root(Quad a) {
  return Four{std::sqrt(a.v[0]), std::sqrt(a.v[1]), std::sqrt(a.v[2]), std::sqrt(a.v[3])};
}
/// x ≤ y ? a : b in each lane.
ASSAY_LANES Quad choose(Quad x, Quad y, Quad a, Quad b) { return x.v <= y.v ? a.v : b.v; }

/// c[first] + c[first + 1] x + … (count terms) by halves: short chains, so that the processor overlaps them. `powers`
/// are x, x², x⁴, x⁸.
template <std::size_t first, std::size_t count, std::size_t n>
ASSAY_LANES Quad part(const std::array<double, n>& c, const std::array<Quad, 4>& powers) {
  if constexpr (count == 1) {
    return c[first];
  } else if constexpr (count == 2) {
    return powers[0] * c[first + 1] + c[first];
  } else {
    constexpr std::size_t level = std::bit_width(count - 1) - 1, split = std::size_t{1} << level;
    return part<first + split, count - split>(c, powers) * powers[level] + part<first, split>(c, powers);
  }
}
template <std::size_t n>
ASSAY_LANES Quad polynomial(const std::array<double, n>& c, Quad x) {
  const Quad x2 = x * x, x4 = x2 * x2;
  return part<0, n>(c, {x, x2, x4, x4 * x4});
}

constexpr std::array<double, 12> exponential_series() {  // 1/2!, 1/3!, …
  std::array<double, 12> c{};
  double factorial = 1;
  for (std::size_t i = 0; i < c.size(); ++i) {
    factorial *= static_cast<double>(i + 2);
    c[i] = 1 / factorial;
  }
  return c;
}
constexpr auto kExponential = exponential_series();

constexpr std::array<double, 10> logarithm_series() {  // 2/3, 2/5, …
  std::array<double, 10> c{};
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = 2.0 / static_cast<double>(2 * i + 3);
  return c;
}
constexpr auto kLogarithm = logarithm_series();

/// (bits of ½) >> 49: the least ab/(a + b) is ½.
constexpr std::uint64_t kFirstBits = 0x3fe0000000000000 >> 49;
constexpr double kLn2High = 0x1.62e42fefa3800p-1, kLn2Low = 0x1.ef35793c76730p-45;
constexpr double kShifter = 0x1.8p52;  // x + kShifter has the nearest whole number in its last bits

struct Exponential {
  Quad value, minus_one;  // each with its own relative precision
};
/// e^x for |x| < 700.
ASSAY_LANES Exponential exponential(Quad x) {
  const Quad shifted = x * std::numbers::log2e + kShifter, whole = shifted - kShifter;
  const Quad r = (x - whole * kLn2High) - whole * kLn2Low;
  const Quad rest = r + r * r * polynomial(kExponential, r);  // e^r − 1
  const Quad scale = __builtin_bit_cast(Four, (__builtin_bit_cast(Bits, shifted.v) << 52) + (1023LL << 52));
  return {scale * rest + scale, scale * rest + (scale - 1.0)};
}

/// ln(1 + x), 1 + x > 0; `inverse` = 1/(1 + x).
ASSAY_LANES Quad log_1p(Quad x, Quad inverse) {
  const Quad u = x + 1.0, lost = x - (u - 1.0);
  constexpr std::int64_t kOffset = 0x3fe6a09e00000000, kMantissa = 0x000fffffffffffff, kOne = 0x3ff0000000000000;
  constexpr std::int64_t kMagic = 0x4330000000000000;  // 2^52
  const Bits shifted = __builtin_bit_cast(Bits, u.v) + (kOne - kOffset);
  const Bits raised = std::bit_cast<Bits>(__builtin_bit_cast(RawBits, shifted) >> 52) | kMagic;
  const Quad k = Quad(__builtin_bit_cast(Four, raised)) - (0x1p52 + 1023);
  const Quad f = Quad(__builtin_bit_cast(Four, (shifted & kMantissa) + kOffset)) - 1.0;
  const Quad s = f / (f + 2.0), s2 = s * s;
  return k * kLn2High + (k * kLn2Low + lost * inverse + (s + s + s * s2 * polynomial(kLogarithm, s2)));
}

/// ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π) for whole x: Stirling's series, carried down by its recurrence where x is
/// small.
class StirlingRest {
 public:
  StirlingRest() : table_(static_cast<std::size_t>(BinomialLimit::kMostTrials) + 3) {
    for (std::size_t i = table_.size() - 1; i >= 1; --i) {
      const auto x = static_cast<double>(i);
      const double r = 1 / (x * x);
      table_[i] = i >= 24 ? (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x
                          : table_[i + 1] + ((x + 0.5) * std::log1p(1 / x) - 1);
    }
  }
  [[nodiscard]] double operator()(double x) const { return table_[static_cast<std::size_t>(x)]; }

 private:
  std::vector<double> table_;
};

std::array<double, 4> stirling_rest(const std::array<double, 4>& a, const std::array<double, 4>& b) {
  static const StirlingRest rest;  // constant: the same whoever builds it
  std::array<double, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) out[i] = rest(a[i] + b[i]) - rest(a[i]) - rest(b[i]);
  return out;
}

/// What stays the same from pass to pass. Divisions are the slow part: several reciprocals come from one.
struct Problem {
  Quad a, b, s, ab, inverse, inverse_s;
  Quad precision;  ///< 1/variance of the logit, ab/s
  Quad scale;      ///< its standard deviation
  /// The smaller of a and b, the larger, and −1 where a is the smaller: all is done in w = sign·v, so that nothing
  /// large cancels.
  Quad c, d, sign;

  ASSAY_LANES explicit Problem(const BinomialLimit::Lanes& lanes)
      : a(lanes.a),
        b(lanes.b),
        s(a + b),
        ab(a * b),
        inverse(Quad(1.0) / (ab * s)),
        inverse_s(inverse * ab),
        precision(ab * inverse_s),
        scale(root(inverse * s * s)),
        c(choose(a, b, a, b)),
        d(choose(a, b, b, a)),
        sign(choose(a, b, -1.0, 1.0)) {}
};

/// v = ln(a/b) − logit p by A&S 26.5.22.
ASSAY_LANES Quad guess(const Problem& given, double z, double lambda) {
  const Quad &a = given.a, &b = given.b, s1 = given.s - 1.0;
  const Quad product = (a + a - 1.0) * (b + b - 1.0), shared = Quad(1.0) / (product * s1);
  const Quad inverse = shared * s1, inverse_h = inverse * s1, h = shared * product * product;
  return root(h + lambda) * inverse_h * (2 * z) -
         (a - b) * inverse * 4.0 * (Quad(lambda + 5.0 / 6) - inverse_h * (2.0 / 3));
}

/// e^(−x) for |x| < 6e-3.
ASSAY_LANES Quad small_exponential(Quad x) {
  constexpr std::array<double, 6> series{1, -1, 1.0 / 2, -1.0 / 6, 1.0 / 24, -1.0 / 120};
  return polynomial(series, x);
}

/// Step in the logit from the Newton step u: the inverse of the Taylor series of I_p, five terms. g is the derivative
/// of the log density, g1… its derivatives.
ASSAY_LANES Quad correction(Quad u, Quad g, Quad s, Quad p, Quad q) {
  const Quad pq = p * q, tilt = q - p, g1 = Quad(0.0) - s * pq, g2 = g1 * tilt;
  const Quad g3 = g1 * (tilt * tilt - pq * 2.0), gg = g * g;
  const Quad c2 = g * 0.5, c3 = (gg + g1) * (1.0 / 6), c4 = (g * (gg + g1 * 3.0) + g2) * (1.0 / 24);
  const Quad c5 = (gg * (gg + g1 * 6.0) + g1 * g1 * 3.0 + g * g2 * 4.0 + g3) * (1.0 / 120), c22 = c2 * c2;
  const Quad k3 = c22 * 2.0 - c3, k4 = c2 * (c3 * 5.0 - c22 * 5.0) - c4;
  const Quad k5 = c2 * c4 * 6.0 + c3 * c3 * 3.0 + c22 * (c22 * 14.0 - c3 * 21.0) - c5;
  return u * (Quad(1.0) + u * (u * (k3 + u * (k4 + u * k5)) - c2));
}

/// Far away the series may run off: then the Newton step, at most half a standard deviation.
ASSAY_LANES Quad held(Quad move, Quad u, Quad scale) {
  auto moves = move.lanes();
  const auto steps = u.lanes(), limits = scale.lanes();
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (!(std::abs(steps[i]) <= 0.3 * limits[i])) moves[i] = steps[i];
    moves[i] = std::clamp(moves[i], -0.5 * limits[i], 0.5 * limits[i]);
  }
  return Quad(moves);
}

/// 1/fraction = B/A of the continued fraction, so that I_p(a, b) = p^a q^b/B(a, b) × the answer. Terms are scaled by
/// powers of a + b: they stay near 1, and no step divides.
ASSAY_LANES Quad reciprocal_fraction(const Problem& given, Quad p, Quad q, int terms) {
  const Quad a = given.a, b = given.b, s = given.s, inverse_s = given.inverse_s;
  const Quad grow = Quad(2.0) - p, p_s = p * inverse_s, ps = p * s, step = inverse_s + inverse_s;
  Quad before = 1.0, here = (a + 1.0) * inverse_s;  // (a + 2m − 3)/s (1 for m = 1), (a + 2m − 1)/s
  const Quad first = here;
  Quad line = a * q - b * p + 1.0, am = a * inverse_s, sm = 1.0;  // sm: (s + m − 1)/s
  Quad a1 = am * line, a0 = 1.0, b1 = 1.0, b0 = 0.0;
  Quad m = 1.0;
  line = line + grow;
  for (int i = 1; i < terms; ++i) {
    const Quad after = here + step, left = m * (b - m) * p_s, am1 = am + inverse_s;
    const Quad alpha = before * after * (am * sm) * (left * ps);
    const Quad beta = (m * here + left) * after + am1 * line * here;
    const Quad a2 = beta * a1 + alpha * a0, b2 = beta * b1 + alpha * b0;
    a0 = a1, a1 = a2, b0 = b1, b1 = b2;
    before = here, here = after, am = am1;
    sm = sm + inverse_s, line = line + grow, m = m + 1.0;
  }
  // The last denominator takes the rest of the fraction with it: t = β + α'/(t + β' − β).
  const Quad after = here + step, next = after + step, left = m * (b - m) * p_s, am1 = am + inverse_s;
  const Quad alpha = before * after * (am * sm) * (left * ps), here_after = here * after;
  const Quad shared = Quad(1.0) / (here_after * next), inverse_after = shared * here * next;
  const Quad beta = m + (left * after + am1 * line * here) * (shared * next);
  const Quad m1 = m + 1.0, left1 = m1 * (b - m1) * p_s;
  const Quad beta1 = m1 + (left1 * next + (am1 + inverse_s) * (line + grow) * after) * (shared * here);
  const Quad alpha1 = am1 * (sm + inverse_s) * (left1 * ps) * inverse_after * inverse_after;
  const Quad rise = beta1 - beta, half = (rise - beta) * 0.5;
  const Quad under = half * half + beta * rise + alpha1;
  const Quad t = (root(choose(under, 0.0, 0.0, under)) - half) * here_after;
  return (t * b1 + alpha * b0) * first / (t * a1 + alpha * a0);
}

ASSAY_LANES bool solve_lanes(BinomialLimit::Lanes& lanes, int terms, double tail_of, double z, double lambda) {
  const Problem given(lanes);
  const Quad a = given.a, b = given.b, s = given.s, inverse_s = given.inverse_s, c = given.c, d = given.d;
  const Quad sign = given.sign;
  Quad w = sign * guess(given, z, lambda);
  const Quad rest(stirling_rest(lanes.a, lanes.b));
  const Quad tail = given.scale * (tail_of * std::sqrt(2 * std::numbers::pi));
  constexpr double kSettled = 4e-3;
  std::array<bool, kLimitLanes> done{};
  for (int pass = 0; pass < 8; ++pass) {
    const auto e = exponential(w);
    const Quad ratio = c * inverse_s * e.minus_one, inverse_r = Quad(1.0) / (ratio + 1.0);  // (d + c e)/s = 1 + ratio
    const Quad minor = d * inverse_s * inverse_r, major = c * inverse_s * e.value * inverse_r;
    const Quad p = choose(a, b, major, minor), q = choose(a, b, minor, major);
    // tail/D, D = p^a q^b/B(a, b) by Stirling's formula.
    const Quad wanted = exponential(s * log_1p(ratio, inverse_r) - c * w - rest).value * tail;
    const Quad u = wanted - reciprocal_fraction(given, p, q, terms);
    const Quad move = correction(u, a * q - b * p, s, p, q);
    const Quad ce = c * e.value * small_exponential(sign * move), inverse_sum = Quad(1.0) / (d + ce);
    const Quad small = d * inverse_sum, large = ce * inverse_sum;
    // A lane is done at the first pass that moves it by less than this; what others still need does not touch it.
    const auto far = (u * u * given.precision).lanes();
    const auto new_p = choose(a, b, large, small).lanes(), new_q = choose(a, b, small, large).lanes();
    int settled = 0;
    for (std::size_t i = 0; i < kLimitLanes; ++i) {
      if (!done[i] && far[i] <= kSettled * kSettled) {
        done[i] = true;
        lanes.p[i] = new_p[i], lanes.q[i] = new_q[i];
      }
      settled += done[i] ? 1 : 0;
    }
    if (settled == static_cast<int>(kLimitLanes)) return true;
    w = w - sign * held(move, u, given.scale);
  }
  return false;
}

// Registers twice as wide, the same operations on the same numbers: the same bits. Without the attribute nothing here
// needs more than the baseline.
[[gnu::target("avx2")]] bool solve_wide(BinomialLimit::Lanes& lanes, int terms, double tail, double z, double lambda) {
  return solve_lanes(lanes, terms, tail, z, lambda);
}
bool solve_narrow(BinomialLimit::Lanes& lanes, int terms, double tail, double z, double lambda) {
  return solve_lanes(lanes, terms, tail, z, lambda);
}

}  // namespace

BinomialLimit::BinomialLimit(double tail) : tail_(tail), z_(-laws::normal_quantile(tail)), lambda_((z_ * z_ - 3) / 6) {
  // Measured: relative precision of some 1e-14 of the fraction at its quantile.
  const double slope = tail > 0.1 ? 3.7 : 3.1;
  static const auto roots = [] {
    std::array<double, std::tuple_size_v<decltype(terms_)>> cubic{};
    for (std::size_t i = 0; i < cubic.size(); ++i)
      cubic[i] = std::cbrt(std::bit_cast<double>((kFirstBits + i + 1) << 49));
    return cubic;
  }();
  for (std::size_t i = 0; i < terms_.size(); ++i)
    terms_[i] = std::min(static_cast<int>(kMostTerms), 2 + static_cast<int>(slope * roots[i]));
}

int BinomialLimit::terms(double a, double b) const {
  // ab/(a + b) by its exponent and three bits more.
  const auto bits = std::bit_cast<std::uint64_t>(a * b / (a + b));
  return terms_[std::min((bits >> 49) - kFirstBits, terms_.size() - 1)];
}

bool BinomialLimit::has_wide_registers() {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}

bool BinomialLimit::solve(Lanes& lanes, int terms, bool wide) const {
  return wide ? solve_wide(lanes, terms, tail_, z_, lambda_) : solve_narrow(lanes, terms, tail_, z_, lambda_);
}

}  // namespace assay::metrics
