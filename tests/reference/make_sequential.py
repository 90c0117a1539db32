#!/usr/bin/env python3
"""Makes suites/catalog/reference/sequential.json: plans, limits after stopping and e-processes in exact rational
arithmetic (integer path counts, fractions), without any code of the library. Run by hand:
  python3 tests/reference/make_sequential.py > suites/catalog/reference/sequential.json"""
import json
import math
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60


def boundaries(plan):
    """Accept and refuse numbers for n = 1 … n_max, by the definition, one n at a time."""
    p0, p1, n_max, c = plan["p0"], plan["p1"], plan["n_max"], plan["accept_failures_at_n_max"]
    gain, loss = math.log(p1 / p0), math.log((1 - p1) / (1 - p0))
    accept, refuse = [None], [None]
    for n in range(1, n_max + 1):
        passing = [f for f in range(n + 1) if (n - f) * gain + f * loss >= plan["log_A"]]
        failing = next(f for f in range(10 ** 6) if (n - f) * gain + f * loss <= -plan["log_B"])
        accept.append(max(max(passing, default=-1), c - (n_max - n)))
        refuse.append(min(failing, c + 1))
    accept[n_max], refuse[n_max] = c, c + 1
    return accept, refuse


def stops(plan):
    """{(n, f): (paths, certified)} over every end of the plan."""
    accept, refuse = boundaries(plan)
    going, ends = {0: 1}, {}
    for n in range(1, plan["n_max"] + 1):
        after = {}
        for f, paths in going.items():
            after[f] = after.get(f, 0) + paths
            after[f + 1] = after.get(f + 1, 0) + paths
        going = {}
        for f, paths in after.items():
            if f <= accept[n]:
                ends[n, f] = paths, True
            elif f >= refuse[n]:
                ends[n, f] = paths, False
            else:
                going[f] = paths
    assert not going
    return ends


def mass(end, paths, p):
    n, f = end
    return paths * p ** (n - f) * (1 - p) ** f


def characteristics(plan, ps):
    ends, accept_refuse = stops(plan), boundaries(plan)
    out = {"expected_n": [], "p_certify": [], "p_refuse": []}
    for value in ps:
        p = Fraction(str(value))
        out["expected_n"].append(float(sum(e[0] * mass(e, k, p) for e, (k, _) in ends.items())))
        out["p_certify"].append(float(sum(mass(e, k, p) for e, (k, ok) in ends.items() if ok)))
        out["p_refuse"].append(float(sum(mass(e, k, p) for e, (k, ok) in ends.items() if not ok)))
    first = min(10, plan["n_max"])
    out["accept_first_10"] = accept_refuse[0][1:first + 1]
    out["refuse_first_10"] = accept_refuse[1][1:first + 1]
    out["accept_at_n_max"] = plan["accept_failures_at_n_max"]
    return out


def rank(end, certified):
    """Smaller is better."""
    n, f = end
    return (0, n, f) if certified else (1, -n, f)


def solve(function, target):
    """Root of an increasing function on (0, 1) by bisection in 60 digits; None where it never reaches the target."""
    low, high = Decimal(0), Decimal(1)
    for _ in range(120):
        middle = (low + high) / 2
        if function(middle) < target:
            low = middle
        else:
            high = middle
    return float(low)


def limits(plan, end, certified):
    ends = stops(plan)
    here = rank(end, certified)

    def chance(p, strictly):
        total = Decimal(0)
        for e, (paths, ok) in ends.items():
            r = rank(e, ok)
            if r < here or (not strictly and r == here):
                n, f = e
                q = (1 - p) ** f if f else 1  # 0⁰ = 1
                total += Decimal(paths) * (p ** (n - f) if n > f else 1) * q
        return total

    def lower(alpha):
        if chance(Decimal(0), False) >= alpha:
            return 0.0
        return solve(lambda p: chance(p, False), alpha)

    def upper(alpha):
        if chance(Decimal(1), True) <= 1 - alpha:
            return 1.0
        return solve(lambda p: chance(p, True), 1 - alpha)

    return {
        "lower_95_one_sided": lower(Decimal("0.05")),
        "two_sided_95": [lower(Decimal("0.025")), upper(Decimal("0.025"))],
        "median_unbiased_from_lower": lower(Decimal("0.5")),
    }


def upper_integral(a, b, p0):
    """∫_{p0}^1 p^(a−1) (1−p)^(b−1) dp for whole a, b: the binomial theorem."""
    total = Fraction(0)
    for k in range(b):
        power = a + k
        total += Fraction((-1) ** k * math.comb(b - 1, k), power) * (1 - p0 ** power)
    return total


def ln(fraction):
    return Decimal(fraction.numerator).ln() - Decimal(fraction.denominator).ln()


def beta_mixture(s, f, p0, a, b):
    p0 = Fraction(str(p0))
    e = upper_integral(a + s, b + f, p0) / upper_integral(a, b, p0) / (p0 ** s * (1 - p0) ** f)
    return float(ln(e))


def two_streams(a, b, prior_a, prior_b):
    path, e = [], Fraction(1)
    for t in range(len(a)):
        pa = Fraction(prior_a[0] + sum(a[:t]), sum(prior_a) + t)
        pb = Fraction(prior_b[0] + sum(b[:t]), sum(prior_b) + t)
        if pb > pa:
            p = (pa + pb) / 2
            e *= (pa if a[t] else 1 - pa) / (p if a[t] else 1 - p)
            e *= (pb if b[t] else 1 - pb) / (p if b[t] else 1 - p)
        path.append(float(ln(e)))
    return path


def plan(p0, p1, log_a, log_b, n_max, c):
    return {"p0": p0, "p1": p1, "log_A": log_a, "log_B": log_b, "n_max": n_max, "accept_failures_at_n_max": c}


PLANS = [
    (plan(0.7, 0.85, 2.4, 2.1, 80, 18), [0, 0.55, 0.7, 0.775, 0.85, 1]),
    (plan(0.5, 0.75, 2.2, 1.7, 34, 12), [0.25, 0.5, 0.625, 0.75, 0.9]),
    (plan(0.95, 0.99, 2.9, 1.8, 240, 5), [0.9, 0.95, 0.97, 0.99, 1]),
    (plan(0.6, 0.9, 2.0, 1.5, 8, 1), [0.3, 0.6, 0.75, 0.9]),
]
MIXTURES = [(31, 2, 0.85, 1, 1), (12, 9, 0.7, 2, 1), (0, 6, 0.6, 1, 1), (150, 3, 0.95, 1, 1), (9, 1, 0.5, 3, 2)]
STREAMS = [
    ([0, 1, 1, 0, 1, 0, 0, 1, 0, 1], [1, 1, 0, 1, 1, 1, 1, 1, 0, 1], (1, 2), (2, 1), "p_b>p_a"),
    ([1, 1, 1, 1, 0, 1, 1, 0], [0, 0, 1, 0, 0, 1, 1, 1], (1, 2), (2, 1), "p_b>p_a"),
    ([1, 1, 0, 1, 1, 1], [0, 1, 0, 0, 1, 0], (2, 1), (1, 2), "p_a>p_b"),
]


def main():
    tool = "plain Python, exact fractions (tests/reference/make_sequential.py)"
    cases = []

    def add(kind, tolerance, inputs, expected, note=""):
        number = sum(c["kind"] == kind for c in cases) + 1
        cases.append({"id": f"builtin-{kind}-{number:03}", "kind": kind, "tool": tool, "tol_rel": tolerance,
                      "input": inputs, "expected": expected, **({"note": note} if note else {})})

    for p, ps in PLANS:
        add("truncated_sprt_oc", 1e-10, {**p, "p": ps}, characteristics(p, ps))
    for p, _ in PLANS[:2]:
        ends = sorted(stops(p).items(), key=lambda e: rank(e[0], e[1][1]))
        passed = [e for e, (_, ok) in ends if ok]
        failed = [e for e, (_, ok) in ends if not ok]
        for end, certified in [(passed[0], True), (passed[len(passed) // 2], True), (passed[-1], True),
                               (failed[0], False), (failed[-1], False)]:
            add("post_sequential_ci", 1e-9,
                {**p, "stopped_n": end[0], "failures": end[1], "decision": "certify" if certified else "refuse"},
                limits(p, end, certified))
    for s, f, p0, a, b in MIXTURES:
        add("eprocess_beta_mixture", 1e-12,
            {"successes": s, "failures": f, "p0": p0, "prior": f"Beta({a},{b}) truncated to (p0,1)"},
            {"log_e": beta_mixture(s, f, p0, a, b)})
    for a, b, prior_a, prior_b, alternative in STREAMS:
        straight = alternative == "p_b>p_a"
        path = two_streams(a, b, prior_a, prior_b) if straight else two_streams(b, a, prior_b, prior_a)
        add("eprocess_turner_grunwald", 1e-12,
            {"a": a, "b": b, "alternative": alternative,
             "priors": f"a~Beta({prior_a[0]},{prior_a[1]}), b~Beta({prior_b[0]},{prior_b[1]})"},
            {"log_e_path": path}, "no bet while the plug-in means are not in the order of the alternative")
    meta = {"title": "Sequential plans, limits after stopping, e-processes", "made_with": ["Python fractions, decimal"],
            "rule": "compare |got-expected| <= tol_rel*max(1,|expected|); null = does not exist"}
    print(json.dumps({"meta": meta, "cases": cases}, indent=1))


main()
