#!/usr/bin/env python3
"""Writes suites/catalog/reference/timing.json: reference values of latency, delay and temporal logic.

Computed apart from the C++: numpy's quantiles and correlation coefficients, exact ranks, temporal logic by recursion over
its definition."""
import math
from fractions import Fraction

import numpy

import case_file

TOOL = f"Python, numpy {numpy.__version__}; tests/reference/make_timing.py"
CASES = []


def add(kind, note, inputs, expected, tol=1e-9):
    number = sum(c["kind"] == kind for c in CASES) + 1
    CASES.append({"id": f"{kind}-own-{number:02}", "kind": kind, "tool": TOOL, "tol_rel": tol, "input": inputs,
                  "expected": expected, "note": note})


def ns(t):
    return round(Fraction(repr(t)) * 10**9)


def rounded(values, digits=6):
    return [round(float(v), digits) for v in values]


def std(x):
    return float(numpy.std(x, ddof=1)) if len(x) > 1 else None


def quantiles(x, p, note):
    ordered = sorted(x)
    rank = [min(max(math.ceil(len(x) * Fraction(repr(q))), 1), len(x)) for q in p]
    some = len(x) > 0
    add("latency_quantiles", note, {"latency_s": x, "probability": p},
        {"quantile_type7_s": [float(numpy.quantile(x, q, method="linear")) if some else None for q in p],
         "quantile_order_s": [ordered[r - 1] if some else None for r in rank],
         "mean_s": float(numpy.mean(x)) if some else None, "std_s": std(x), "min_s": min(x) if some else None,
         "max_s": max(x) if some else None})


def latencies():
    rng = numpy.random.default_rng(71)
    quantiles(rounded(rng.gamma(4, 0.006, 75)), [0.5, 0.9, 0.95, 0.99, 0.28, 0.0, 1.0], "skewed")
    quantiles(rounded(rng.gamma(4, 0.006, 50)), [0.06, 0.14, 0.58], "n*p whole in decimals, not in binary64")
    quantiles([0.021], [0.5, 0.99], "one value")
    quantiles([], [0.5], "none")
    for t, nominal, note in ((rounded(numpy.cumsum(rng.normal(0.02, 0.002, 60))), 0.02, "50 Hz with jitter"),
                             ([3.0, 3.25], 0.25, "one period"), ([], 0.01, "none")):
        periods = numpy.diff(t)
        some = len(periods) > 0
        add("latency_jitter", note, {"time_s": t, "nominal_period_s": nominal},
            {"period_count": len(periods), "period_mean_s": float(periods.mean()) if some else None,
             "period_std_s": std(periods), "period_min_s": float(periods.min()) if some else None,
             "period_max_s": float(periods.max()) if some else None,
             "max_abs_deviation_s": float(numpy.abs(periods - nominal).max()) if some else None})
    x = rounded(rng.gamma(4, 0.01, 60), 4)
    for values, deadline, sent, note in ((x, 0.05, 64, "some late, some lost"), ([0.04, 0.04], 0.04, 2, "on the deadline"),
                                         ([], 0.1, 0, "nothing sent")):
        marks = "".join("L" if v > deadline else "." for v in values)
        missed = marks.count("L") + sent - len(values)
        add("latency_deadline", note, {"latency_s": values, "deadline_s": deadline, "sent_count": sent},
            {"late_count": marks.count("L"), "lost_count": sent - len(values),
             "miss_ratio": missed / sent if sent else None,
             "longest_late_run": max(len(run) for run in marks.split("."))})


def crossings(t, x, threshold):
    out = []
    for i in range(1, len(t)):
        if x[i - 1] < threshold <= x[i]:
            a, b, h = (Fraction(repr(v)) for v in (x[i - 1], x[i], threshold))
            first, second = Fraction(repr(t[i - 1])), Fraction(repr(t[i]))
            out.append(first + (h - a) / (b - a) * (second - first))
    return out


def delays():
    t = rounded(numpy.arange(60) * 0.02)
    u = rounded(numpy.cumsum(numpy.random.default_rng(81).uniform(0.008, 0.02, 90)))
    ramp = lambda times, start, slope: rounded([min(1.0, max(-0.2, slope * (a - start))) for a in times])
    for x, y, hx, hy, direction, note in (
            (ramp(t, 0.3, 5), ramp(u, 0.43, 3), 0.5, 0.5, "rising", "ramps"),
            ([-v for v in ramp(t, 0.3, 5)], [-v for v in ramp(u, 0.2, 3)], -0.5, -0.8, "falling",
             "falling, other threshold"),
            (ramp(t, 0.3, 5), [0.1] * len(u), 0.5, 0.5, "rising", "no response")):
        sign = 1 if direction == "rising" else -1
        command = crossings(t, [sign * v for v in x], sign * hx)
        response = [c for c in crossings(u, [sign * v for v in y], sign * hy) if command and c >= command[0]]
        c, r = (command or [None])[0], (response or [None])[0]
        add("delay_threshold", note,
            {"command_time_s": t, "command_rad": x, "response_time_s": u, "response_rad": y,
             "command_threshold_rad": hx, "response_threshold_rad": hy, "direction": direction},
            {"command_crossing_s": None if c is None else float(c), "response_crossing_s": None if r is None else float(r),
             "delay_s": None if r is None else float(r - c)})


def correlation(x, y, period, max_lag, note):
    n, r = len(x), {}
    if n >= 3:
        most = min(math.floor(max_lag / period + 1e-9), n - max(3, math.ceil(n / 2)))
        for k in range(-most, most + 1):
            a = [x[i] for i in range(n) if 0 <= i + k < n]
            b = [y[i + k] for i in range(n) if 0 <= i + k < n]
            if len(set(a)) > 1 and len(set(b)) > 1:
                r[k] = float(numpy.corrcoef(a, b)[0, 1])
    out = {"lag_samples": None, "peak_correlation": None, "delay_s": None}
    if r:
        top = max(r.values())
        lag = min((k for k in r if r[k] >= top - 1e-9), key=lambda k: (abs(k), k < 0))
        shift = 0.0
        if lag - 1 in r and lag + 1 in r:  # vertex of the parabola through three points
            c = numpy.polyfit([-1, 0, 1], [r[lag - 1], r[lag], r[lag + 1]], 2)
            shift = -c[1] / (2 * c[0])
        out = {"lag_samples": lag, "peak_correlation": r[lag], "delay_s": (lag + shift) * period}
    add("delay_xcorr", note, {"command_rad": x, "response_rad": y, "period_s": period, "max_lag_s": max_lag}, out)


def correlations():
    wave = lambda a: math.sin(1.7 * a) + 0.5 * math.sin(4.1 * a + 1) + 0.3 * math.cos(6.3 * a)
    a = [0.05 * i for i in range(100)]
    correlation(rounded([wave(v) for v in a]), rounded([0.7 * wave(v - 0.231) + 0.2 for v in a]), 0.05, 1.0,
                "later by 0.231 s, other gain and offset")
    correlation(rounded([wave(v) for v in a]), rounded([wave(v + 0.12) for v in a]), 0.05, 1.0, "earlier")
    correlation([0.3] * 30, rounded([wave(v) for v in a[:30]]), 0.05, 0.5, "constant command")


# ---- temporal logic ------------------------------------------------------------------------------------------------

def rho(f, i, t, signals):
    op, n = f["op"], len(t)
    span = lambda j: ns(t[j]) - ns(t[i])
    if op in ("above", "below", "near", "inside"):
        x = signals[f["signal"]][i]
        if op == "above":
            return x - f["threshold"]
        if op == "below":
            return f["threshold"] - x
        if op == "near":
            return f["radius_m"] - math.dist(x, f["target_m"])
        return min(min(p - a, b - p) for p, a, b in zip(x, f["min_m"], f["max_m"]))
    if op in ("and", "or"):
        return (min if op == "and" else max)(rho(g, i, t, signals) for g in f["args"])
    at = lambda j: rho(f["arg"], j, t, signals)
    if op == "not":
        return -at(i)
    if op == "always":
        return min(at(j) for j in range(i, n))
    if op == "eventually":
        return max(at(j) for j in range(i, n))
    if op == "within":
        return max((at(j) for j in range(n) if ns(f["a_s"]) <= span(j) <= ns(f["b_s"])), default=-math.inf)
    if ns(t[-1]) - ns(t[i]) < ns(f["duration_s"]):
        return -math.inf
    return min(at(j) for j in range(n) if 0 <= span(j) <= ns(f["duration_s"]))


def logic(f, t, signals, note):
    value = rho(f, 0, t, signals) if t else None
    add("stl_robustness", note, {"time_s": t, "signals": signals, "formula": f},
        {"robustness": None if value is None or math.isinf(value) else value,
         "satisfied": None if value is None else value >= 0})


def formulas():
    rng = numpy.random.default_rng(91)
    t = rounded(numpy.cumsum(rng.uniform(0.05, 0.15, 40)), 3)
    place = [rounded([math.cos(0.6 * a), math.sin(0.6 * a), 0.3 + 0.1 * a]) for a in t]
    force = rounded(12 * rng.random(40))
    signals = {"place_m": place, "force_n": force}
    near = {"op": "near", "signal": "place_m", "target_m": [0.2, 1.0, 0.5], "radius_m": 0.5}
    box = {"op": "inside", "signal": "place_m", "min_m": [-1.1, -0.6, 0.1], "max_m": [1.1, 1.1, 0.95]}
    light = {"op": "below", "signal": "force_n", "threshold": 11.0}
    logic({"op": "and", "args": [{"op": "eventually", "arg": {"op": "holds_for", "duration_s": 0.4, "arg": near}},
                                 {"op": "always", "arg": box}]}, t, signals, "get there, stay in the box")
    logic({"op": "always", "arg": {"op": "or", "args": [light, {"op": "within", "a_s": 0.05, "b_s": 0.3, "arg": {
        "op": "below", "signal": "force_n", "threshold": 6.0}}]}}, t, signals, "every peak is followed by relief")
    logic({"op": "not", "arg": {"op": "within", "a_s": 50.0, "b_s": 60.0, "arg": light}}, t, signals,
          "empty window, negated: +inf")
    logic({"op": "inside", "signal": "at_m", "min_m": [0.1, 0.7], "max_m": [0.3, 0.9]}, [0.0, 1.0],
          {"at_m": [[0.3, 0.7], [0.0, 0.0]]}, "on a corner of the box")
    logic({"op": "always", "arg": light}, [], {"force_n": []}, "no sample")


def main():
    latencies()
    delays()
    correlations()
    formulas()
    case_file.write("timing.json", "Latency, delay and temporal logic", TOOL, CASES)


if __name__ == "__main__":
    main()
