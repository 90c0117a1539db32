#!/usr/bin/env python3
"""Reference cases for the measures of motion: writes suites/catalog/reference/motion.json.

Written apart from the C++ and by other ways where there is a choice: association by exhaustive search, rotation by
scipy's Kabsch, scale by Horn's quotient, spectra by a direct sum, statistics by the standard library.
Run by hand: python3 tests/reference/make_motion.py
"""
import json
import math
import pathlib
import random
import statistics

import numpy as np
import scipy
from scipy.spatial.transform import Rotation

RNG = random.Random(20261122)
TOOL = f"Python statistics/fractions, numpy {np.__version__}, scipy {scipy.__version__}"
CASES = []


def rounded(value):
    if isinstance(value, (list, tuple)):
        return [rounded(v) for v in value]
    return float(f"{value:.9g}")


def case(kind, note, given, expected, tol=1e-9, tool=TOOL):
    number = sum(c["kind"] == kind for c in CASES) + 1
    CASES.append({"id": f"{kind}-a{number}", "kind": kind, "tool": tool, "tol_rel": tol, "input": given,
                  "expected": expected, "note": note})


def scatter(centre, sigma, n):
    return rounded([[c + RNG.gauss(0, sigma) for c in centre] for _ in range(n)])


def dev(x):
    return statistics.stdev(x) if len(x) > 1 else None


def three(x):
    return None if dev(x) is None else 3 * dev(x)


def centre_of(points):
    return [statistics.fmean(p[k] for p in points) for k in range(3)] if points else None


def turned(a, c):
    """The angle from c to a by its sine and cosine, not by reduction."""
    return math.atan2(math.sin(a - c), math.cos(a - c))


def pose_numbers(command, points):
    if not points:
        return None, None, None, None
    centre = centre_of(points)
    l = [math.dist(p, centre) for p in points]
    mean, s = statistics.fmean(l), dev(l)
    return math.dist(centre, command), mean, s, None if s is None else mean + 3 * s


def pose(note, command, angles, sigma, n, bias=0.0):
    points = scatter([c + bias for c in command], sigma, n)
    rpy = [[turned(v, 0.0) for v in p] for p in scatter(angles, sigma * 3, n)]
    rpy = rounded(rpy)
    ap, mean, s, rp = pose_numbers(command, points)
    out = {"AP_p_m": ap, "l_mean_m": mean, "S_l_m": s, "RP_l_m": rp}
    centre = centre_of(points)
    for k, axis in enumerate("xyz"):
        out[f"AP_{axis}_m"] = None if centre is None else centre[k] - command[k]
    for k, axis in enumerate("abc"):
        d = [turned(p[k], angles[k]) for p in rpy]
        out[f"AP_{axis}_rad"] = statistics.fmean(d) if d else None
        out[f"RP_{axis}_rad"] = three(d)
    case("iso9283_pose", note, {"commanded_position_m": command, "commanded_rpy_rad": angles,
                                "attained_position_m": points, "attained_rpy_rad": rpy}, out)


pose("30 cycles of a small arm", [0.35, -0.12, 0.61], [0.2, -0.4, 0.9], 3e-5, 30, 1e-4)
pose("angles scattered across the turn", [1.0, 2.0, 0.3], [math.pi, 0.0, -math.pi + 1e-3], 1e-3, 12)
pose("one cycle: no repeatability", [0.1, 0.2, 0.3], [0.0, 0.1, 0.2], 1e-4, 1)
pose("no cycle", [0.1, 0.2, 0.3], [0.0, 0.0, 0.0], 1e-4, 0)


def multidirectional(note, angles, groups):
    rpy = [scatter(angles, 2e-3, len(g)) for g in groups]
    out = dict.fromkeys(["vAP_p_m", "vAP_a_rad", "vAP_b_rad", "vAP_c_rad"])
    if len(groups) > 1 and all(groups):
        centres = [centre_of(g) for g in groups]
        out["vAP_p_m"] = max(math.dist(a, b) for a in centres for b in centres)
        for k, axis in enumerate("abc"):
            m = [statistics.fmean(turned(p[k], angles[k]) for p in g) for g in rpy]
            out[f"vAP_{axis}_rad"] = max(m) - min(m)
    case("iso9283_multidirectional", note, {"commanded_rpy_rad": angles, "direction_position_m": groups,
                                            "direction_rpy_rad": rpy}, out)


multidirectional("three directions", [0.1, 0.2, 3.1405],
                 [scatter([0.5 + 1e-3 * h, 0.2, 0.4], 1e-4, 10) for h in range(3)])
multidirectional("a direction without poses", [0, 0, 0], [scatter([0, 0, 0], 1e-4, 3), []])


def distance(note, p1, p2, n):
    a, b = scatter(p1, 1e-4, n), scatter(p2, 1e-4, n)
    d = [math.dist(x, y) for x, y in zip(a, b)]
    out = {"D_c_m": math.dist(p1, p2), "D_mean_m": statistics.fmean(d) if d else None,
           "AD_p_m": statistics.fmean(d) - math.dist(p1, p2) if d else None, "RD_p_m": three(d)}
    for k, axis in enumerate("xyz"):
        dk = [abs(x[k] - y[k]) for x, y in zip(a, b)]
        out[f"AD_{axis}_m"] = statistics.fmean(dk) - abs(p1[k] - p2[k]) if dk else None
        out[f"RD_{axis}_m"] = three(dk)
    case("iso9283_distance", note, {"commanded_position_1_m": p1, "commanded_position_2_m": p2,
                                    "attained_position_1_m": a, "attained_position_2_m": b}, out)


distance("30 cycles", [0.2, 0.1, 0.5], [0.7, -0.3, 0.4], 30)
distance("one cycle", [0, 0, 0], [0, 0, 0.25], 1)
distance("no cycle", [0, 0, 0], [3, 4, 0], 0)


def drift(note, command, blocks):
    numbers = [pose_numbers(command, b) for b in blocks]
    ap, rp = [p[0] for p in numbers], [p[3] for p in numbers]

    def change(x):
        return [None if x[0] is None or v is None else abs(x[0] - v) for v in x]

    dap, drp = change(ap), change(rp)

    def largest(x):
        return max((v for v in x if v is not None), default=None)

    case("iso9283_drift", note,
         {"block_time_s": [600.0 * i for i in range(len(blocks))], "commanded_position_m": command,
          "block_position_m": blocks},
         {"AP_p_m": ap, "RP_l_m": rp, "dAP_p_m": dap, "dRP_l_m": drp, "dAP_p_end_m": dap[-1], "dRP_l_end_m": drp[-1],
          "dAP_p_max_m": largest(dap), "dRP_l_max_m": largest(drp)})


drift("warming up", [0.4, 0.4, 0.4], [scatter([0.4 + 4e-5 * i, 0.4, 0.4 - 1e-5 * i], 3e-5, 8) for i in range(5)])
drift("a block of one pose", [0.4, 0.4, 0.4], [scatter([0.4001, 0.4, 0.4], 3e-5, n) for n in (4, 1, 4)])

case("iso9283_stabilisation_overshoot",
     "by hand: enters at 0.5 s, leaves, enters again at 1.25 s (distances 3 then 0, limit 2.25)",
     {"limit_band_m": 2.25, "cycles": [{"time_s": [0.0, 1.0, 2.0, 3.0, 4.0], "distance_m": [4.5, 0.0, 3.0, 0.0, 1.0]}]},
     {"stabilisation_time_s": [1.75], "overshoot_m": [3.0], "stabilisation_time_mean_s": 1.75, "overshoot_max_m": 3.0},
     tool="by hand")
case("iso9283_stabilisation_overshoot", "by hand: one cycle stays inside, one never enters: the mean is not formed",
     {"limit_band_m": 1.0, "cycles": [{"time_s": [0.0, 1.0], "distance_m": [1.0, 0.5]},
                                      {"time_s": [0.0, 1.0], "distance_m": [3.0, 1.5]}]},
     {"stabilisation_time_s": [0.0, None], "overshoot_m": [0.0, None], "stabilisation_time_mean_s": None,
      "overshoot_max_m": None}, tool="by hand")


def path(note, points, angles, cycles):
    attained = [[rounded([c + RNG.gauss(0, 2e-4) for c in p]) for p in points] for _ in range(cycles)]
    rpy = [[rounded([c + RNG.gauss(0, 1e-3) for c in p]) for p in angles] for _ in range(cycles)]
    out = dict.fromkeys(["AT_p_m", "RT_p_m", *(f"{t}_{a}_rad" for t in ("AT", "RT") for a in "abc")])
    if points and cycles:
        at, rt = [], []
        for i, p in enumerate(points):
            ap, mean, s, rp = pose_numbers(p, [c[i] for c in attained])
            at.append(ap)
            rt.append(rp)
        out["AT_p_m"] = max(at)
        out["RT_p_m"] = max(rt) if cycles > 1 else None
        for k, axis in enumerate("abc"):
            w = [[turned(c[i][k], angles[i][k]) for c in rpy] for i in range(len(points))]
            out[f"AT_{axis}_rad"] = max(abs(statistics.fmean(x)) for x in w)
            out[f"RT_{axis}_rad"] = max(three(x) for x in w) if cycles > 1 else None
    case("iso9283_path", note, {"commanded_path_m": points, "attained_path_m": attained,
                                "commanded_path_rpy_rad": angles, "attained_path_rpy_rad": rpy}, out)


LINE = [[0.1 * i, 0.2, 0.3] for i in range(6)]
path("straight line, 10 cycles", LINE, [[0.0, 3.14159, 0.1] for _ in LINE], 10)
path("one cycle", LINE[:3], [[0.0, 0.0, 0.0]] * 3, 1)
path("no point", [], [], 2)


def corner(note, start, edge, end, cycles, in_line=False):
    cr, co = [], []
    u1, u2 = (np.subtract(edge, start), np.subtract(end, edge))
    for samples in cycles:
        cr.append(min(math.dist(p, edge) for p in samples) if samples else None)
        if not samples or in_line:
            co.append(None)
            continue
        u2n = u2 / np.linalg.norm(u2)
        normal = u1 / np.linalg.norm(u1) - (u1 @ u2n) / np.linalg.norm(u1) * u2n
        off = [0.0]
        for p in samples:
            q = np.subtract(p, edge)
            if q @ normal > 0:
                off.append(float(np.linalg.norm(np.cross(q, u2n))))
        co.append(max(off))

    def mean(x):
        return None if not x or None in x else statistics.fmean(x)

    case("iso9283_corner", note, {"start_m": start, "corner_m": edge, "end_m": end, "cycle_position_m": cycles},
         {"CR_per_cycle_m": cr, "CO_per_cycle_m": co, "CR_m": mean(cr), "CO_m": mean(co)})


def turn(overshoot):
    t = np.linspace(-1, 1, 25)
    x = np.where(t < 0, t, overshoot * np.sin(np.pi * np.clip(t, 0, 1)))
    y = np.where(t < 0, 0, t)
    return rounded([[float(a), float(b), RNG.gauss(0, 1e-3)] for a, b in zip(x, y)])


corner("right angle, three cycles", [-1, 0, 0], [0, 0, 0], [0, 1, 0], [turn(0.02 * (j + 1)) for j in range(3)])
corner("oblique corner in space", [0, 0, 0], [0.5, 0.25, 0.1], [0.2, 0.9, 0.4],
       [scatter([0.5, 0.25, 0.1], 0.05, 15) for _ in range(2)])
corner("legs in line", [0, 0, 0], [1, 0, 0], [2, 0, 0], [[[0.5, 0.0, 0.0], [1.0, 0.125, 0.0]]], in_line=True)


def velocity(note, command, cycles):
    out = dict.fromkeys(["v_mean_m_s", "AV_percent", "RV_percent", "FV_m_s"])
    if cycles and all(cycles):
        means = [statistics.fmean(c) for c in cycles]
        out["v_mean_m_s"] = statistics.fmean(means)
        out["FV_m_s"] = max(max(c) - min(c) for c in cycles)
        if command:
            out["AV_percent"] = 100 * (statistics.fmean(means) / command - 1)
            out["RV_percent"] = None if dev(means) is None else 300 * dev(means) / command
    case("iso9283_path_velocity", note, {"commanded_speed_m_s": command, "cycle_speed_m_s": cycles}, out)


velocity("10 cycles", 0.5, [rounded([0.495 + RNG.gauss(0, 5e-3) for _ in range(12)]) for _ in range(10)])
velocity("command 0", 0.0, [[0.01, 0.02], [0.03]])
velocity("an empty cycle", 1.0, [[1.0], []])


def travelled(note, times, points):
    out = dict.fromkeys(["path_length_m", "displacement_m", "straightness", "mean_speed_m_s"])
    if points:
        flat = [list(p) + [0.0] * (3 - len(p)) for p in points]
        out["path_length_m"] = math.fsum(math.dist(a, b) for a, b in zip(flat, flat[1:]))
        out["displacement_m"] = math.dist(flat[0], flat[-1])
        if out["path_length_m"] > 0:
            out["straightness"] = out["displacement_m"] / out["path_length_m"]
        if len(flat) > 1:
            out["mean_speed_m_s"] = out["path_length_m"] / (times[-1] - times[0])
    case("path_length", note, {"time_s": times, "position_m": points}, out)


travelled("random walk in space", [0.05 * i for i in range(40)], scatter([0, 0, 0], 1.0, 40))
travelled("3-4-5 and back", [0.0, 1.0, 3.0], [[0, 0], [3, 4], [0, 0]])
travelled("nothing", [], [])

STATS = ["rmse_m", "mean_m", "median_m", "std_m", "min_m", "max_m", "sse_m2"]


def stats(e):
    if len(e) == 0:
        return dict.fromkeys(STATS)
    return {"rmse_m": math.sqrt(math.fsum(v * v for v in e) / len(e)), "mean_m": statistics.fmean(e),
            "median_m": statistics.median(e), "std_m": statistics.pstdev(e), "min_m": min(e), "max_m": max(e),
            "sse_m2": math.fsum(v * v for v in e)}


def pairs(reference, estimate, max_diff):
    ns_r, ns_e = [[round(t * 1e9) for t in x] for x in (reference, estimate)]
    swap = len(ns_r) < len(ns_e)
    walk, other = (ns_r, ns_e) if swap else (ns_e, ns_r)
    found = []
    for i, t in enumerate(walk):
        if not other:
            continue
        j = min(range(len(other)), key=lambda k: (abs(other[k] - t), k))
        if abs(other[j] - t) <= round(max_diff * 1e9):
            found.append((i, j) if swap else (j, i))
    return found


def similarity(x, y, alignment):
    """Kabsch by scipy on the centred points; scale by Horn's quotient Σ y·Rx / Σ |x|²."""
    mx, my = x.mean(0), y.mean(0)
    r = Rotation.align_vectors(y - my, x - mx)[0].as_matrix()
    c = float(np.sum((y - my) * ((x - mx) @ r.T)) / np.sum((x - mx) ** 2)) if alignment == "sim3" else 1.0
    return c, r, my - c * r @ mx


def ape(note, tr, yr, te, xe, max_diff, alignment, degenerate=False):
    found = pairs(tr, te, max_diff)
    out = {"matched_pairs": len(found), "reference_index": [i for i, _ in found],
           "estimate_index": [j for _, j in found], "scale": None, "rotation": None, "translation_m": None,
           **dict.fromkeys(STATS)}
    if found and not degenerate:
        y, x = np.array([yr[i] for i, _ in found]), np.array([xe[j] for _, j in found])
        c, r, t = (1.0, np.eye(3), np.zeros(3)) if alignment == "none" else similarity(x, y, alignment)
        e = np.linalg.norm(c * x @ r.T + t - y, axis=1).tolist()
        out.update(scale=c, rotation=r.tolist(), translation_m=t.tolist(), **stats(e))
    case("ape", note, {"reference_time_s": tr, "reference_position_m": yr, "estimate_time_s": te,
                       "estimate_position_m": xe, "max_diff_s": max_diff, "alignment": alignment}, out)


def spiral(n, scale=1.0, noise=0.0):
    return rounded([[scale * math.cos(0.3 * i) * (1 + 0.02 * i) + RNG.gauss(0, noise),
                     scale * math.sin(0.3 * i) + RNG.gauss(0, noise), scale * 0.05 * i + RNG.gauss(0, noise)]
                    for i in range(n)])


TIMES = rounded([0.1 * i for i in range(24)])
TURN = Rotation.from_euler("xyz", [0.4, -1.1, 2.0])
moved = rounded((TURN.apply(np.array(spiral(24, 0.7, 0.01))) + [3, -2, 1]).tolist())
ape("no alignment", TIMES, spiral(24), TIMES, spiral(24, 1.0, 0.02), 0.01, "none")
ape("SE(3)", TIMES, spiral(24), TIMES, moved, 0.01, "se3")
ape("Sim(3), the estimate sparser and late", TIMES, spiral(24), rounded([0.2 * i + 0.015 for i in range(12)]),
    moved[::2], 0.02, "sim3")
ape("a tie goes to the smaller index, one stamp is dropped", [0.0, 0.25, 0.5, 0.75], spiral(4), [0.125, 0.5, 1.5],
    spiral(3, 0.9), 0.125, "none")
ape("points in line", TIMES[:5], [[i, 2 * i, 0] for i in range(5)], TIMES[:5], [[i, 0, 0] for i in range(5)], 0.01,
    "se3", degenerate=True)


def rpe(note, n, delta, every, alignment, scale=1.0):
    y, x = spiral(n), spiral(n, scale, 0.01)
    qr = [rounded(Rotation.from_euler("zyx", [0.2 * i, 0.1, 0.05 * i]).as_quat().tolist()) for i in range(n)]
    qe = [rounded((-2 * Rotation.from_euler("zyx", [0.2 * i + 0.02, 0.11, 0.05 * i]).as_quat()).tolist())
          for i in range(n)]
    c = similarity(np.array(x), np.array(y), alignment)[0] if alignment != "none" and n > 2 else 1.0

    def matrix(position, quat, factor):
        m = np.eye(4)
        m[:3, :3] = Rotation.from_quat(quat).as_matrix()
        m[:3, 3] = np.multiply(position, factor)
        return m

    start = range(n - delta) if every else range(0, n - delta, delta)
    e = []
    for i in start:
        q = np.linalg.inv(matrix(y[i], qr[i], 1)) @ matrix(y[i + delta], qr[i + delta], 1)
        p = np.linalg.inv(matrix(x[i], qe[i], c)) @ matrix(x[i + delta], qe[i + delta], c)
        e.append(float(np.linalg.norm((np.linalg.inv(q) @ p)[:3, 3])))
    case("rpe", note, {"reference_time_s": TIMES[:n], "reference_position_m": y, "estimate_time_s": TIMES[:n],
                       "estimate_position_m": x, "reference_quat_xyzw": qr, "estimate_quat_xyzw": qe,
                       "max_diff_s": 0.001, "alignment": alignment, "delta_frames": delta, "all_pairs": every},
         {"matched_pairs": n, "relative_pairs": len(e), **stats(e)})


rpe("every pair at distance 3; quaternions of length 2 and of the other sign", 20, 3, True, "none")
rpe("one after the other, Sim(3)", 20, 4, False, "sim3", 0.5)
rpe("too few poses", 4, 4, True, "none")


def smooth(note, v, rate, pad=4, cutoff=10.0, threshold=0.05):
    n = len(v)
    size = 2 ** (math.ceil(math.log2(n)) + pad)
    k = np.arange(size)
    m = np.abs(np.exp(-2j * np.pi * np.outer(k, np.arange(n)) / size) @ np.array(v))
    m /= m.max()
    kept = [i for i in range(size) if i * rate / size <= cutoff]
    strong = [i for i in kept if m[i] >= threshold]
    a, b = strong[0], strong[-1]
    f = k * rate / size
    arc = -math.fsum(math.hypot((f[i + 1] - f[i]) / (f[b] - f[a]), m[i + 1] - m[i]) for i in range(a, b))
    dt = 1 / rate
    j = np.diff(v, 2) / dt**2
    dj = -((n * dt) ** 3) / max(abs(x) for x in v) ** 2 * float(np.sum(j**2)) * dt
    case("smoothness", note, {"speed_m_s": v, "sample_rate_hz": rate, "pad_level": pad, "cutoff_hz": cutoff,
                              "amplitude_threshold": threshold},
         {"sparc": arc, "dimensionless_jerk": dj, "log_dimensionless_jerk": -math.log(-dj)})


case("smoothness", "worked example of the authors' documentation: v = exp(-5 t^2), t = -1 (0.01) 0.99; five decimals",
     {"speed_m_s": [math.exp(-5 * t * t) for t in (np.arange(-100, 100) / 100).tolist()], "sample_rate_hz": 100.0,
      "pad_level": 4, "cutoff_hz": 10.0, "amplitude_threshold": 0.05},
     {"sparc": -1.41403, "dimensionless_jerk": -335.74684, "log_dimensionless_jerk": -5.81636}, tol=6e-6,
     tool="siva82kb/smoothness, documentation of python/smoothness.py")
smooth("two movements and noise", rounded([abs(math.exp(-8 * (t - 0.5) ** 2) + 0.6 * math.exp(-20 * (t - 1.4) ** 2)
                                               + RNG.gauss(0, 0.01)) for t in (i / 60 for i in range(120))]), 60.0)
smooth("signed, not a power of two", rounded([math.sin(9 * i / 50) * math.exp(-i / 40) for i in range(77)]), 50.0,
       pad=3, cutoff=15.0, threshold=0.1)
smooth("cut-off above half the rate: mirror bins", rounded([0.1, 0.6, 1.0, 0.7, 0.2, 0.1]), 16.0)
case("smoothness", "standing still", {"speed_m_s": [0.0] * 20, "sample_rate_hz": 50.0, "pad_level": 4,
                                      "cutoff_hz": 10.0, "amplitude_threshold": 0.05},
     dict.fromkeys(["sparc", "dimensionless_jerk", "log_dimensionless_jerk"]), tool="by definition")

STEP = {"time_s": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "value_m": [0.0, 0.0, 4.0, 1.0, 2.25, 2.0], "target_m": 2.0}
case("settle_time", "by hand: leaves the band last at 1.0 (t = 3), crosses 1.5 at 3.4",
     {**STEP, "band_m": 0.5, "step_time_s": 1.0, "hold_s": 1.6}, {"settled": True, "settle_time_s": 2.4},
     tool="by hand")
case("settle_time", "by hand: the same, held too short", {**STEP, "band_m": 0.5, "step_time_s": 1.0, "hold_s": 1.625},
     {"settled": False, "settle_time_s": None}, tool="by hand")
case("settle_time", "by hand: no sample after the step",
     {**STEP, "band_m": 0.5, "step_time_s": 5.5, "hold_s": 0.0}, {"settled": None, "settle_time_s": None},
     tool="by hand")
SHOT = {k: STEP[k] for k in ("time_s", "value_m", "target_m")}
case("overshoot", "by hand: 2 of 2", {**SHOT, "initial_m": 0.0, "step_time_s": 1.0},
     {"overshoot_percent": 100.0, "overshoot_m": 2.0, "peak_time_s": 1.0}, tool="by hand")
case("overshoot", "by hand: a step down from 8", {**SHOT, "initial_m": 8.0, "step_time_s": 2.0},
     {"overshoot_percent": 100 / 6, "overshoot_m": 1.0, "peak_time_s": 1.0}, tool="by hand")
case("overshoot", "by hand: no step", {**SHOT, "initial_m": 2.0, "step_time_s": 1.0},
     {"overshoot_percent": None, "overshoot_m": None, "peak_time_s": None}, tool="by hand")

out = pathlib.Path(__file__).parents[2] / "suites/catalog/reference/motion.json"
out.write_text(json.dumps({"meta": {
    "title": "Motion: ISO 9283, trajectories, smoothness, step response", "made_with": TOOL,
    "rule": "|got - expected| <= tol_rel * max(1, |expected|) element by element; null = undefined"},
    "cases": CASES}, indent=None, separators=(",", ":")).replace('{"id"', '\n{"id"') + "\n")
print(len(CASES), "cases,", out.stat().st_size, "bytes")
