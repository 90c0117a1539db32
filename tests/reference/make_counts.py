#!/usr/bin/env python3
"""Makes suites/catalog/reference/counts.json and uncertainty.json.

Values come from published worked examples or from scipy and numpy, by formulas written for this file (probabilities
summed or inverted directly, likelihoods maximised numerically), not from the C++ that they check.
"""

import json
import math
import pathlib
from fractions import Fraction

import numpy as np
import scipy
from scipy import integrate, optimize, special, stats

ROOT = pathlib.Path(__file__).resolve().parents[2] / "suites/catalog/reference"
SCIPY = f"scipy {scipy.__version__}, numpy {np.__version__}"


class File:
    def __init__(self, name, title):
        self.name, self.title, self.cases, self.count = name, title, [], {}

    def add(self, kind, given, expected, tol=1e-9, tool=SCIPY, note=""):
        self.count[kind] = self.count.get(kind, 0) + 1
        case = {"id": f"{kind}-b{self.count[kind]:02d}", "kind": kind, "tool": tool, "tol_rel": tol,
                "input": given, "expected": expected}
        if note:
            case["note"] = note
        self.cases.append(case)

    def write(self):
        head = {"title": self.title, "made_with": [SCIPY, "published worked examples"],
                "rule": "|got - expected| <= tol_rel * max(1, |expected|); null = does not exist"}
        lines = ",\n".join("    " + json.dumps(case, allow_nan=False) for case in self.cases)
        text = '{\n  "meta": ' + json.dumps(head) + ',\n  "cases": [\n' + lines + "\n  ]\n}\n"
        (ROOT / self.name).write_text(text, encoding="utf-8")


counts = File("counts.json", "Counts: proportions, exact tests, numbers of trials, events per time")
measured = File("uncertainty.json", "Quantiles and tolerance, decisions under uncertainty, GUM, extreme values")


# ---- one proportion

def clopper_pearson(x, n, tail):
    low = 0.0 if x == 0 else float(stats.beta.ppf(tail, x, n - x + 1))
    high = 1.0 if x == n else float(stats.beta.isf(tail, x + 1, n - x))
    return low, high


def wilson(x, n, confidence):
    z = stats.norm.isf((1 - confidence) / 2)
    roots = np.roots([1 + z * z / n, -2 * x / n - z * z / n, (x / n) ** 2])
    return sorted(float(r.real) for r in roots)


def binomial_ci(x, n, confidence):
    tail = (1 - confidence) / 2
    low, high = clopper_pearson(x, n, tail)
    one_low, one_high = clopper_pearson(x, n, 2 * tail)
    jeffreys = [0.0 if x == 0 else float(stats.beta.ppf(tail, x + 0.5, n - x + 0.5)),
                1.0 if x == n else float(stats.beta.isf(tail, x + 0.5, n - x + 0.5))]
    counts.add("binomial_ci", {"successes": x, "n": n, "confidence": confidence},
               {"clopper_pearson": [low, high], "wilson": wilson(x, n, confidence), "jeffreys": jeffreys,
                "cp_one_sided_lower": one_low, "cp_one_sided_upper": one_high})


for x, n, confidence in [(0, 37, 0.95), (211, 211, 0.99), (1, 2, 0.8), (17, 23, 0.9), (1997, 2000, 0.95),
                         (123456, 1000000, 0.999)]:
    binomial_ci(x, n, confidence)
for x, n, wil, exact in [(81, 263, [0.2553, 0.3662], [0.2527, 0.3676]), (15, 148, [0.0624, 0.1605], [0.0578, 0.1617]),
                         (0, 20, [0.0, 0.1611], [0.0, 0.1684]), (1, 29, [0.0061, 0.1718], [0.0009, 0.1776])]:
    counts.add("binomial_ci", {"successes": x, "n": n, "confidence": 0.95}, {"wilson": wil, "clopper_pearson": exact},
               6e-5, "published", "Newcombe, Stat. Med. 17 (1998) 857, table I")


def demonstration(p0, alpha, failures):
    """Scan upwards in exact rational arithmetic."""
    p, out = Fraction(str(p0)), []
    for c in failures:
        n = c + 1
        while sum(math.comb(n, k) * (1 - p) ** k * p ** (n - k) for k in range(c + 1)) > Fraction(str(alpha)):
            n += 1
        out.append(n)
    counts.add("demonstration_n", {"p0": p0, "alpha": alpha, "failures_allowed": failures}, {"n": out}, 0,
               "rational arithmetic")


demonstration(0.5, 0.125, [0, 1, 2])
demonstration(0.85, 0.05, [0, 2, 5, 0])
demonstration(0.97, 0.2, [1, 3])
demonstration(0.1, 0.1, [0])


def fixed_plan(p0, p1, alpha, beta):
    n = 0
    while True:
        n += 1
        c = int(stats.binom.ppf(alpha, n, 1 - p0))
        while c >= 0 and stats.binom.cdf(c, n, 1 - p0) > alpha:
            c -= 1
        if c >= 0 and stats.binom.cdf(c, n, 1 - p1) >= 1 - beta:
            break
    counts.add("fixed_plan", {"p0": p0, "p1": p1, "alpha": alpha, "beta": beta},
               {"n": n, "max_failures": c, "actual_alpha": float(stats.binom.cdf(c, n, 1 - p0)),
                "actual_power": float(stats.binom.cdf(c, n, 1 - p1))})


fixed_plan(0.7, 0.85, 0.1, 0.2)
fixed_plan(0.85, 0.95, 0.05, 0.05)
fixed_plan(0.5, 0.99, 0.01, 0.01)


# ---- two proportions

def fisher(table):
    counts.add("fisher_exact", {"table": table},
               {"p_two_sided": float(stats.fisher_exact(table)[1]),
                "p_less": float(stats.fisher_exact(table, "less")[1]),
                "p_greater": float(stats.fisher_exact(table, "greater")[1])})


counts.add("fisher_exact", {"table": [[3, 1], [1, 3]]},
           {"p_two_sided": 34 / 70, "p_greater": 17 / 70, "p_less": 69 / 70}, 1e-12, "published",
           "The lady tasting tea: Fisher, The Design of Experiments (1935); Agresti, Categorical Data Analysis, 3.5.2")
fisher([[17, 0], [17, 0]])
fisher([[2, 31], [136, 15532]])
fisher([[0, 9], [6, 4]])


def mcnemar(b, c):
    n, m = b + c, min(b, c)
    d = abs(b - c)
    here = stats.binom.pmf(m, n, 0.5)
    chi = [d * d / n, 0.0 if d == 0 else (d - 1) ** 2 / n]
    counts.add("mcnemar", {"b": b, "c": c},
               {"exact_two_sided": float(stats.binomtest(b, n).pvalue),
                "exact_one_sided_b_less": float(stats.binomtest(b, n, alternative="less").pvalue),
                "mid_p_two_sided": float(1 - here / 2 if d == 0 else 2 * stats.binom.cdf(m, n, 0.5) - here),
                "chi2_no_cc": chi[0], "p_no_cc": float(stats.chi2.sf(chi[0], 1)), "chi2_cc": chi[1],
                "p_cc": float(stats.chi2.sf(chi[1], 1))})


mcnemar(86, 150)
mcnemar(5, 0)
mcnemar(4, 4)
mcnemar(11, 10)
counts.add("mcnemar", {"b": 0, "c": 0},
           {"exact_two_sided": 1, "exact_one_sided_b_less": 1, "mid_p_two_sided": None, "chi2_no_cc": None,
            "p_no_cc": None, "chi2_cc": None, "p_cc": None}, 0, "definition", "no discordant pair: 0/0")


def unconditional(x1, n1, x2, n2, extreme):
    """max over pi of P(extreme tables), dense grid and bounded refinement around its best points."""
    a, b = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    mask = np.array([[extreme(int(i), int(j)) for j in range(n2 + 1)] for i in range(n1 + 1)])

    def p(pi):
        return float((stats.binom.pmf(a, n1, pi) * stats.binom.pmf(b, n2, pi))[mask].sum())

    grid = np.linspace(0, 1, 4001)
    values = [p(pi) for pi in grid]
    best, place = max(zip(values, grid))
    for i in np.argsort(values)[-8:]:
        low, high = grid[max(0, i - 1)], grid[min(4000, i + 1)]
        found = optimize.minimize_scalar(lambda pi: -p(pi), bounds=(low, high), method="bounded",
                                         options={"xatol": 1e-12})
        if -found.fun > best:
            best, place = -found.fun, found.x
    return best, float(place)


def barnard(x1, n1, x2, n2, alternative):
    def z(i, j):
        """sign and exact square of the pooled z"""
        s, total = i + j, n1 + n2
        if s in (0, total):
            return Fraction(0)
        d = i * n2 - j * n1
        return Fraction(d * abs(d) * total, n1 * n2 * s * (total - s))

    seen = z(x1, x2)
    test = {"two-sided": lambda i, j: abs(z(i, j)) >= abs(seen), "greater": lambda i, j: z(i, j) >= seen,
            "less": lambda i, j: z(i, j) <= seen}[alternative]
    p, _ = unconditional(x1, n1, x2, n2, test)
    statistic = math.copysign(math.sqrt(abs(seen)), seen) if 0 < x1 + x2 < n1 + n2 else None
    counts.add("barnard_exact",
               {"x1": x1, "n1": n1, "x2": x2, "n2": n2, "alternative": alternative, "statistic": "pooled z"},
               {"p": p, "statistic": statistic}, 1e-9, SCIPY + ", tables ordered in rational arithmetic")


for case in [(7, 7, 9, 21, "two-sided"), (7, 7, 9, 21, "greater"), (2, 9, 11, 18, "less"), (12, 15, 12, 15, "two-sided"),
             (5, 11, 8, 19, "greater"), (0, 6, 0, 8, "two-sided"), (0, 1, 1, 1, "two-sided"), (31, 40, 22, 40, "less")]:
    barnard(*case)


def boschloo(x1, n1, x2, n2):
    def fisher_p(i, j, side):
        law = stats.hypergeom(n1 + n2, i + j, n1)
        return law.cdf(i) if side == "less" else law.sf(i - 1)

    p = {}
    for side in ("less", "greater"):
        table = {(i, j): fisher_p(i, j, side) for i in range(n1 + 1) for j in range(n2 + 1)}
        most = table[x1, x2] * (1 + 1e-9)
        p[side], _ = unconditional(x1, n1, x2, n2, lambda i, j: table[i, j] <= most)
    seen = p["greater"] if x1 * n2 > x2 * n1 else p["less"]
    counts.add("boschloo_exact", {"x1": x1, "n1": n1, "x2": x2, "n2": n2},
               {"p_two_sided": min(1.0, 2 * min(p.values())), "p_one_sided_in_observed_direction": seen}, 1e-9)


for case in [(7, 7, 9, 21), (2, 9, 11, 18), (12, 15, 12, 15), (0, 6, 5, 8)]:
    boschloo(*case)


def difference(x1, n1, x2, n2, confidence):
    z = stats.norm.isf((1 - confidence) / 2)
    p1, p2 = x1 / n1, x2 / n2
    d = p1 - p2
    (l1, u1), (l2, u2) = wilson(x1, n1, confidence), wilson(x2, n2, confidence)

    def wald(a, m, b, k):
        half = z * math.sqrt(a / m * (1 - a / m) / m + b / k * (1 - b / k) / k)
        return [a / m - b / k - half, a / m - b / k + half]

    def excess(delta):
        low, high = max(0.0, -delta), min(1.0, 1 - delta)

        def minus_log(p):
            return -(special.xlogy(x1, p + delta) + special.xlogy(n1 - x1, 1 - p - delta) + special.xlogy(x2, p)
                     + special.xlogy(n2 - x2, 1 - p))

        # The restricted likelihood is concave: bisect on its slope.
        def slope(p):
            return x1 / (p + delta) - (n1 - x1) / (1 - p - delta) + x2 / p - (n2 - x2) / (1 - p)

        tiny = 1e-14
        ends = [low + tiny, high - tiny]
        p = (optimize.brentq(slope, *ends, xtol=1e-15) if slope(ends[0]) > 0 > slope(ends[1])
             else min((low, high), key=minus_log))
        n = n1 + n2
        variance = ((p + delta) * (1 - p - delta) / n1 + p * (1 - p) / n2) * n / (n - 1)
        return (d - delta) ** 2 - z * z * variance

    score = [float(optimize.brentq(excess, -1 + 1e-9, d - 1e-9, xtol=1e-13)),
             float(optimize.brentq(excess, d + 1e-9, 1 - 1e-9, xtol=1e-13))]
    counts.add("two_proportion_diff_ci", {"x1": x1, "n1": n1, "x2": x2, "n2": n2, "confidence": confidence},
               {"newcomb": [d - math.hypot(p1 - l1, u2 - p2), d + math.hypot(u1 - p1, p2 - l2)],
                "wald": wald(x1, n1, x2, n2), "agresti-caffo": wald(x1 + 1, n1 + 2, x2 + 1, n2 + 2),
                "miettinen_nurminen_score": score}, 1e-8, SCIPY + ", restricted likelihood maximised numerically")


difference(31, 40, 22, 40, 0.95)
difference(9, 12, 17, 60, 0.9)
difference(48, 50, 45, 50, 0.99)
for x1, n1, x2, n2, newcombe, score in [(56, 70, 48, 80, [0.0524, 0.3339], [0.0528, 0.3382]),
                                        (9, 10, 3, 10, [0.1705, 0.8090], [0.1700, 0.8406])]:
    counts.add("two_proportion_diff_ci", {"x1": x1, "n1": n1, "x2": x2, "n2": n2, "confidence": 0.95},
               {"newcomb": newcombe, "miettinen_nurminen_score": score}, 6e-5, "published",
               "Newcombe, Stat. Med. 17 (1998) 873, table II, methods 5 and 10")


# ---- events per time

def poisson(x, t, confidence):
    a = 1 - confidence
    counts.add("poisson_rate_ci", {"events": x, "exposure": t, "confidence": confidence},
               {"exact": [0.0 if x == 0 else float(stats.gamma.ppf(a / 2, x)) / t, float(stats.gamma.isf(a / 2, x + 1)) / t],
                "one_sided_upper": float(stats.gamma.isf(a, x + 1)) / t})


poisson(0, 12.5, 0.9)
poisson(1, 1, 0.99)
poisson(240, 3600.5, 0.95)


def mtbf(t, r, confidence):
    a = 1 - confidence

    def over(tail, dof):
        return float(2 * t / stats.chi2.isf(tail, dof))

    upper = float(2 * t / stats.chi2.ppf(a / 2, 2 * r)) if r else None
    counts.add("mtbf_chi2", {"total_time": t, "failures": r, "confidence": confidence},
               {"time_terminated_lower": over(a, 2 * r + 2), "time_terminated_two_sided_lower": over(a / 2, 2 * r + 2),
                "time_terminated_two_sided_upper": upper,
                "failure_terminated_lower": over(a, 2 * r) if r else None,
                "failure_terminated_two_sided": [over(a / 2, 2 * r), upper] if r else None,
                "required_time_for_mtbf_1000": float(500 * stats.chi2.isf(a, 2 * r + 2))})


mtbf(1600, 0, 0.95)
mtbf(24, 1, 0.6)
mtbf(87600.5, 57, 0.99)


def mtbf_plan(theta, ratio, alpha, beta):
    c = 0
    while stats.poisson.cdf(c, stats.chi2.isf(beta, 2 * c + 2) / 2 / ratio) < 1 - alpha:
        c += 1
    mean = stats.chi2.isf(beta, 2 * c + 2) / 2
    counts.add("mtbf_fixed_plan",
               {"theta_lower": theta, "discrimination": ratio, "producer_risk": alpha, "consumer_risk": beta},
               {"max_failures": c, "test_time": float(theta * mean),
                "actual_producer_risk": float(stats.poisson.sf(c, mean / ratio)), "actual_consumer_risk": beta})


mtbf_plan(200, 5, 0.05, 0.1)
mtbf_plan(1, 1.2, 0.1, 0.1)
mtbf_plan(750, 40, 0.3, 0.3)


# ---- quantiles and tolerance

def order_ci(n, q, confidence):
    a = 1 - confidence
    law = stats.binom(n, q)
    low = max((l for l in range(1, n + 1) if law.cdf(l - 1) <= a / 2), default=0)
    up = min((u for u in range(1, n + 1) if law.sf(u - 1) <= a / 2), default=None)
    one = min((u for u in range(1, n + 1) if law.sf(u - 1) <= a), default=None)
    cover = 1 - (law.cdf(low - 1) if low else 0) - (law.sf(up - 1) if up else 0)
    measured.add("quantile_order_ci", {"n": n, "q": q, "confidence": confidence},
                 {"lower_rank": low, "upper_rank": up, "lower_exists": low > 0, "upper_exists": up is not None,
                  "coverage": float(cover), "one_sided_upper_rank": one, "one_sided_upper_exists": one is not None},
                 note="lower_rank 0: none")


for case in [(1, 0.5, 0.95), (8, 0.02, 0.9), (299, 0.99, 0.95), (500, 0.75, 0.99), (2, 0.5, 0.5)]:
    order_ci(*case)


def wilks(coverage, confidence):
    def least(order):
        n = order
        while stats.binom.cdf(order - 1, n, 1 - coverage) > 1 - confidence:
            n += 1
        return n

    first = [least(m) for m in (1, 2, 3)]
    measured.add("wilks", {"coverage": coverage, "confidence": confidence},
                 {"n_one_sided_order_1_2_3": first, "n_two_sided_first_order": first[1]}, 0)


wilks(0.8, 0.9)
wilks(0.975, 0.999)
wilks(0.5, 0.5)


def tolerance(n, coverage, confidence):
    nc = stats.norm.ppf(coverage) * math.sqrt(n)

    def cdf(k):  # over the law of s, by adaptive quadrature
        nu = n - 1
        f = lambda s: stats.norm.cdf(math.sqrt(n) * k * s - nc) * stats.chi.pdf(s * math.sqrt(nu), nu) * math.sqrt(nu)
        peak = min(max(nc / math.sqrt(n) / k, 1e-3), 1.0)
        return sum(integrate.quad(f, a, b, epsabs=1e-14, epsrel=1e-12, limit=400)[0]
                   for a, b in [(0, peak), (peak, 1 + 1e-9), (1 + 1e-9, 3), (3, 12)])

    k = optimize.brentq(lambda v: cdf(v) - confidence, 0.2, 400, xtol=1e-13)
    measured.add("normal_tolerance_k", {"n": n, "coverage": coverage, "confidence": confidence},
                 {"k_one_sided": float(k)}, 1e-9)


tolerance(2, 0.9, 0.95)
tolerance(7, 0.99, 0.99)
tolerance(250, 0.999, 0.9)
measured.add("normal_tolerance_k", {"n": 43, "coverage": 0.9, "confidence": 0.99}, {"k_one_sided": 1.8740}, 5e-5,
             "published", "NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.3, by the noncentral t law")


def sample_quantile(data, q):
    get = lambda method: [float(v) for v in np.quantile(data, q, method=method)]
    measured.add("sample_quantile", {"data": data, "q": q},
                 {"type7": get("linear"), "type1_nearest_rank": get("inverted_cdf"), "type8": get("median_unbiased")})


sample_quantile([4.25], [0.0, 0.5, 1.0])
sample_quantile([3.0, -1.5, 3.0, 12.75, 0.125], [0.0, 0.1, 0.25, 0.6, 0.99, 1.0])
sample_quantile([round(float(v), 3) for v in stats.lognorm.ppf((np.arange(40) + 0.3) / 40.7, 0.8)][::-1],
                [0.5, 0.9, 0.95, 0.99])


# ---- decisions

def guard(y, u, t, **more):
    z = (t - y) / u
    measured.add("guard_one_sided", {"y": y, "u": u, "upper_tolerance": t},
                 {"p_conform": float(stats.norm.cdf(z)), "pfa": float(stats.norm.sf(z)), "accept_limit_w_eq_U_k2": t - 2 * u,
                  "pass_w_eq_U": y <= t - 2 * u, "accept_limit_pfa_0.05": float(stats.norm.ppf(0.05, t, u)),
                  "accept_limit_pfa_0.025": float(stats.norm.ppf(0.025, t, u)), "pass_simple": y <= t}, **more)


guard(140.5, 6.25, 140)
guard(0.03, 0.004, 0.0625)
measured.add("guard_one_sided", {"y": -5.47, "u": 0.05, "upper_tolerance": -5.40}, {"p_conform": 0.92}, 5e-3,
             "published", "JCGM 106:2012, 7.3.3, example 3 (breakdown voltage of a Zener diode)")


def within(y, u, low, high):
    measured.add("guard_two_sided", {"y": y, "u": u, "lower": low, "upper": high},
                 {"p_conform": float(stats.norm.cdf(high, y, u) - stats.norm.cdf(low, y, u))})


within(0.0, 1.0, -3.0, 3.0)
within(7.5, 0.5, 5.0, 7.0)
within(-2.0, 4.0, -2.5, 30.0)


def global_risk(m, s, u, low, high, w):
    a, b = low + w, high - w
    accept = lambda y: max(0.0, float(stats.norm.cdf(b, y, u) - stats.norm.cdf(a, y, u))) if a < b else 0.0
    density = lambda y: float(stats.norm.pdf(y, m, s))
    cuts = sorted({m + k * s for k in range(-12, 13)} | {c + k * u for c in (a, b) for k in range(-8, 9)})

    def over(f, start, end):
        ends = [start] + [c for c in cuts if start < c < end] + [end]
        return sum(integrate.quad(f, p, q, epsabs=1e-15, epsrel=1e-12)[0] for p, q in zip(ends, ends[1:]))

    outside = lambda y: density(y) * accept(y)
    consumer = over(outside, m - 14 * s, low) + over(outside, high, m + 14 * s)
    producer = over(lambda y: density(y) * (1 - accept(y)), low, high)
    measured.add("global_risk", {"process_mean": m, "process_sd": s, "u_meas": u, "lower": low, "upper": high, "guard_w": w},
                 {"consumer_risk": consumer, "producer_risk": producer}, 1e-10)


global_risk(10.0, 0.5, 0.125, 9.0, 11.0, 0.0)
global_risk(0.0, 1.0, 0.05, -1.0, 2.5, -0.1)
global_risk(1.0, 2.0, 1.0, 0.0, 3.0, 0.75)
global_risk(0.0, 1.0, 0.5, -1.0, 1.0, 1.5)


# ---- uncertainty, extremes

def gum(u, c, dof, confidence, note=""):
    part = [(a * b) ** 2 for a, b in zip(u, c)]
    total = sum(part)
    loss = sum(p * p / v for p, v in zip(part, dof) if v is not None)
    nu = total * total / loss if loss else None
    k = float(stats.norm.isf((1 - confidence) / 2) if nu is None else stats.t.isf((1 - confidence) / 2, math.floor(nu)))
    measured.add("gum", {"u": u, "sensitivity": c, "dof": dof, "confidence": confidence},
                 {"u_c": math.sqrt(total), "nu_eff": nu, "k_floor_dof": k, "U": k * math.sqrt(total)}, note=note)


gum([0.37, 0.11, 0.29], [1.0, -2.5, 0.75], [11, 5.5, 40], 0.95)
gum([0.002, 0.0051], [3.0, 1.0], [None, None], 0.9545, "dof null: infinite; nu_eff null: infinite")
gum([4.0, 0.0], [1.0, 9.0], [3, 1], 0.99)
gum([0.00111, 0.00045, 0.00039], [1.0, 1.0, 1.0], [9, 14, 4], 0.95)


def extreme(loc, scale, shape, p):
    # scipy's shape has the other sign for the GEV
    measured.add("gev_gpd_quantile", {"loc": loc, "scale": scale, "shape": shape, "p": p},
                 {"gev": float(stats.genextreme.ppf(p, -shape, loc, scale)),
                  "gpd": float(stats.genpareto.ppf(p, shape, loc, scale))})


extreme(0.0, 1.0, 0.0, 0.5)
extreme(12.5, 3.25, 0.35, 0.995)
extreme(-4.0, 0.5, -0.6, 0.05)

counts.write()
measured.write()
