#!/usr/bin/env python3
"""Writes suites/catalog/reference/safety.json: reference values of the safety measures.

Computed apart from the C++: definitions written down word for word (quadratic time and worse), exact fractions, scipy's
quadrature, root finding and Qhull, energy and moment balances instead of the closed forms."""
import math
from fractions import Fraction

import numpy
import scipy
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.spatial import ConvexHull

import case_file

TOOL = f"Python, numpy {numpy.__version__}, scipy {scipy.__version__}; tests/reference/make_safety.py"
CASES = []


def add(kind, note, inputs, expected, tool=TOOL, tol=1e-9):
    number = sum(c["kind"] == kind for c in CASES) + 1
    CASES.append({"id": f"{kind}-own-{number:02}", "kind": kind, "tool": tool, "tol_rel": tol, "input": inputs,
                  "expected": expected, "note": note})


def ns(t):
    return round(Fraction(repr(t)) * 10**9)


def rounded(values, digits=6):
    return [round(float(v), digits) for v in values]


def stamps(n, period, seed=None):
    if seed is None:
        return rounded([i * period for i in range(n)], 9)
    rng = numpy.random.default_rng(seed)
    return rounded(numpy.cumsum(period * rng.uniform(0.6, 1.4, n)), 6)


def trapezoids(t, y):
    return math.fsum((y[i] + y[i + 1]) / 2 * (t[i + 1] - t[i]) for i in range(len(t) - 1))


def most(values):
    values = [v for v in values if v is not None]
    return max(values) if values else None


# ---- contact -------------------------------------------------------------------------------------------------------

def contact(t, f, threshold, window, gap, note):
    touching = [i for i in range(len(t)) if f[i] >= threshold]
    groups = []
    for i in touching:
        if groups and (groups[-1][-1] == i - 1 or ns(t[i]) - ns(t[groups[-1][-1]]) < ns(gap)):
            groups[-1].append(i)
        else:
            groups.append([i])
    events = [list(range(g[0], g[-1] + 1)) for g in groups]
    early = [[i for i in e if ns(t[i]) - ns(t[e[0]]) <= ns(window)] for e in events]
    peak = [max(f[i] for i in part) for part in early]
    late = [most([f[i] for i in e if i not in part]) for e, part in zip(events, early)]
    impulse = [trapezoids([t[i] for i in e], [f[i] for i in e]) for e in events]
    add("contact", note,
        {"time_s": t, "force_n": f, "threshold_n": threshold, "transient_window_s": window, "merge_gap_s": gap},
        {"event_count": len(events), "event_start_s": [t[e[0]] for e in events],
         "event_duration_s": [t[e[-1]] - t[e[0]] for e in events], "event_peak_transient_n": peak,
         "event_quasi_static_n": late, "event_impulse_ns": impulse, "peak_transient_n": most(peak),
         "quasi_static_n": most(late), "impulse_total_ns": math.fsum(impulse)})


def contacts():
    t = stamps(80, 0.02)
    force = [180 * math.exp(-((x - 0.3) / 0.05) ** 2) + (55 + 4 * math.sin(9 * x) if 0.24 <= x <= 1.2 else 0) for x in t]
    contact(t, rounded(force, 5), 5.0, 0.5, 0.0, "impact and clamping")
    rng = numpy.random.default_rng(11)
    chatter = rounded(rng.uniform(0, 40, 90), 5)
    contact(stamps(90, 0.03, 12), chatter, 12.0, 0.5, 0.05, "chatter: joined over short gaps, irregular stamps")
    contact(stamps(90, 0.03, 12), chatter, 12.0, 0.1, 0.0, "the same without joining, shorter window")
    contact([], [], 10.0, 0.5, 0.1, "no sample")


# ---- speed of contact ----------------------------------------------------------------------------------------------

def contact_speed(note, **i):
    mass = i["robot_moving_mass_kg"] / 2 + i["payload_kg"]
    reduced = 1 / (1 / i["body_mass_kg"] + 1 / mass) if mass > 0 else None
    k = i["stiffness_n_mm"] * 1000

    def speed(force):  # kinetic energy of the reduced mass = energy in the spring at its largest force
        return brentq(lambda v: reduced * v * v / 2 - force * force / (2 * k), 0, 1000, xtol=1e-15, rtol=1e-15)

    open_to_contact = i["transient_permitted"] and reduced is not None
    f = i["force_limit_n"]
    p = i["pressure_limit_n_cm2"]
    v_f = speed(f * i["force_multiplier"]) if open_to_contact and f is not None else None
    v_p = speed(p * i["pressure_multiplier"] * i["contact_area_cm2"]) if open_to_contact and p is not None else None
    both = [v for v in (v_f, v_p) if v is not None]
    add("contact_speed", note, i,
        {"robot_effective_mass_kg": mass, "reduced_mass_kg": reduced, "v_F_m_s": v_f, "v_P_m_s": v_p,
         "v_permissible_m_s": (min(both) if both else None) if i["transient_permitted"] else 0.0,
         "transfer_energy_F_j": None if v_f is None else reduced * v_f * v_f / 2})


def contact_speeds():
    base = {"force_limit_n": 160.0, "pressure_limit_n_cm2": 180.0, "contact_area_cm2": 1.4, "stiffness_n_mm": 40.0,
            "body_mass_kg": 2.0, "robot_moving_mass_kg": 18.0, "payload_kg": 0.75, "force_multiplier": 2.0,
            "pressure_multiplier": 2.0, "transient_permitted": True}
    contact_speed("forearm", **base)
    contact_speed("force alone", **{**base, "pressure_limit_n_cm2": None})
    contact_speed("face: no transient contact", **{**base, "force_limit_n": 65.0, "transient_permitted": False})
    contact_speed("nothing moves", **{**base, "robot_moving_mass_kg": 0.0, "payload_kg": 0.0})


# ---- separation ----------------------------------------------------------------------------------------------------

def exact(x):
    return Fraction(repr(x))


def settings(t_r, t_s, c, z_d, z_r):
    return {"reaction_time_s": t_r, "stopping_time_s": t_s, "intrusion_m": c, "sensor_uncertainty_m": z_d,
            "robot_uncertainty_m": z_r}


def constant_parts(v_h, v_r, s, stop=None):
    v_h, v_r = max(exact(v_h), 0), max(exact(v_r), 0)
    t_r, t_s = exact(s["reaction_time_s"]), exact(s["stopping_time_s"])
    parts = [v_h * (t_r + t_s), v_r * t_r, exact(stop) if stop is not None else v_r * t_s / 2]
    return parts, sum(parts) + sum(exact(s[k]) for k in ("intrusion_m", "sensor_uncertainty_m", "robot_uncertainty_m"))


def named(parts, total):
    return {k: None if v is None else float(v) for k, v in zip(("S_h_m", "S_r_m", "S_s_m", "S_p_m"), [*parts, total])}


def separation_constants():
    for v_h, v_r, s, stop, note in (
            (1.6, 0.5, settings(0.08, 0.25, 0.12, 0.04, 0.02), None, "walking person, slow robot"),
            (1.9, 1.1, settings(0.2, 0.6, 0.85, 0.1, 0.03), 0.41, "measured stopping distance"),
            (-1.0, -0.3, settings(0.2, 0.6, 0.1, 0.1, 0.03), None, "both retreat: only the constant parts")):
        add("separation_constant", note,
            {"human_speed_m_s": v_h, "robot_speed_m_s": v_r, **s, "stopping_distance_m": stop},
            named(*constant_parts(v_h, v_r, s, stop)), "exact fractions; tests/reference/make_safety.py")


def separation_profiles():
    t = stamps(25, 0.06, 21)
    v_h = rounded([1.2 - 1.1 * x for x in t])
    v_r = rounded([0.8 + 0.3 * math.cos(4 * x) for x in t])
    v_s = rounded([max(0.0, 1 - 1.3 * x) for x in t])
    for start, s, note in ((0.2, settings(0.13, 0.55, 0.1, 0.05, 0.02), "limits between samples, a person who turns back"),
                           (t[3], settings(0.0, 0.4, 0.0, 0.0, 0.0), "no reaction time, from a sample on"),
                           (1.2, settings(0.3, 0.6, 0.1, 0.0, 0.0), "past the end of the record: undefined")):
        end = start + s["reaction_time_s"] + s["stopping_time_s"]
        parts, total = [None] * 3, None
        if t[0] <= start and end <= t[-1]:
            middle = start + s["reaction_time_s"]
            parts = []
            for v, a, b in ((v_h, start, end), (v_r, start, middle), (v_s, middle, end)):
                inner = [a, *[x for x in t if a < x < b], b]
                line = lambda x, v=v: float(numpy.interp(x, t, numpy.maximum(v, 0)))
                parts.append(math.fsum(quad(line, p, q, epsabs=1e-14)[0] for p, q in zip(inner, inner[1:]) if q > p))
            total = math.fsum(parts) + s["intrusion_m"] + s["sensor_uncertainty_m"] + s["robot_uncertainty_m"]
        add("separation_profile", note,
            {"time_s": t, "human_speed_m_s": v_h, "robot_speed_m_s": v_r, "robot_stop_speed_m_s": v_s,
             "start_time_s": start, **s}, named(parts, total))


def separation_series(t, d, v_h, v_r, s, note):
    margin = [exact(a) - constant_parts(b, c, s)[1] for a, b, c in zip(d, v_h, v_r)]
    negative = [i for i in range(len(t)) if margin[i] < 0]
    length = Fraction(0)
    for i in range(len(t) - 1):
        a, b, dt = margin[i], margin[i + 1], exact(t[i + 1]) - exact(t[i])
        if a < 0 and b < 0:
            length += dt
        elif a < 0 or b < 0:
            root = a / (a - b)  # where the line is 0, as a share of the interval
            length += dt * (root if a < 0 else 1 - root)
    least = min(margin) if margin else None
    add("separation_series", note,
        {"time_s": t, "distance_m": d, "human_speed_m_s": v_h, "robot_speed_m_s": v_r, **s},
        {"margin_m": [float(m) for m in margin],
         "violation_count": sum(i - 1 not in negative for i in negative),
         "min_margin_m": None if least is None else float(least),
         "min_margin_time_s": None if least is None else t[margin.index(least)],
         "first_violation_time_s": t[negative[0]] if negative else None,
         "violation_duration_s": float(length) if t else None}, "exact fractions; tests/reference/make_safety.py")


def separation_records():
    s = settings(0.12, 0.35, 0.15, 0.05, 0.02)
    t = stamps(60, 0.05, 31)
    d = rounded([1.3 + 0.7 * math.cos(3.3 * x) for x in t])
    separation_series(t, d, rounded([1.3 * math.sin(2 * x) for x in t]), rounded([0.6 * math.cos(x) for x in t]), s,
                      "comes near twice; signed speeds")
    separation_series(t[:20], [2.5] * 20, [1.6] * 20, [0.5] * 20, s, "never")
    separation_series([0.0, 0.5], [0.25, 0.5], [0.0, 0.0], [0.0, 0.0], settings(0.0, 0.0, 0.5, 0.0, 0.0),
                      "negative, then exactly 0: the whole interval counts")
    separation_series([], [], [], [], s, "no sample")


def iso13855():
    tool = "exact fractions; tests/reference/make_safety.py"
    def fixed(k, t, c, z, note):
        s = exact(k) * exact(t) + exact(c) + exact(z)
        add("iso13855", note, {"mode": "fixed", "approach_speed_mm_s": k, "overall_time_s": t, "supplement_mm": c,
                               "uncertainty_mm": z, "detection_capability_mm": None},
            {"S_mm": float(s), "K_used_mm_s": k}, tool)
    def curtain(t, d, note):
        c = max(Fraction(0), 8 * (exact(d) - 14))
        hand, body = 2000 * exact(t) + c, 1600 * exact(t) + c
        s, k = (max(hand, 100), 2000.0) if hand <= 500 else (max(body, 500), 1600.0)
        add("iso13855", note, {"mode": "light_curtain", "approach_speed_mm_s": None, "overall_time_s": t,
                               "supplement_mm": None, "uncertainty_mm": None, "detection_capability_mm": d},
            {"S_mm": float(s), "K_used_mm_s": k}, tool)
    fixed(1600.0, 0.32, 1200.0, 30.0, "body, 2024 form")
    curtain(0.16, 25.0, "near: K = 2000")
    curtain(0.5, 40.0, "far: K = 1600")
    curtain(0.21, 24.0, "neither: 500")
    curtain(0.0, 5.0, "at least 100")


# ---- stop, fall, recovery ------------------------------------------------------------------------------------------

def holds(t, flags, k, hold):
    return ns(t[-1]) - ns(t[k]) >= ns(hold) and all(
        flags[j] for j in range(k, len(t)) if ns(t[j]) - ns(t[k]) <= ns(hold))


def stop(t, v, q, threshold, sustain, eps, hold, note):
    out = {"speed_at_request_m_s": None, "reaction_time_s": None, "stopping_time_s": None, "stopping_distance_m": None}
    if t and ns(t[0]) <= ns(q) <= ns(t[-1]):
        x = [q, *[a for a in t if ns(a) > ns(q)]]
        y = [float(numpy.interp(q, t, numpy.abs(v))), *[abs(b) for a, b in zip(t, v) if ns(a) > ns(q)]]
        out["speed_at_request_m_s"] = y[0]
        for i in range(len(x) - 1):
            j, good = i, False
            while j + 1 < len(x) and (y[j] - y[j + 1]) / (x[j + 1] - x[j]) >= threshold:
                j += 1
                if ns(x[j]) - ns(x[i]) >= ns(sustain) or y[j] < eps:
                    good = True
                    break
            if good:
                out["reaction_time_s"] = x[i] - q
                break
        slow = [b < eps for b in y]
        for k in range(len(x)):
            if holds(x, slow, k, hold):
                out["stopping_time_s"] = x[k] - q
                out["stopping_distance_m"] = trapezoids(x[:k + 1], y[:k + 1])
                break
    add("stop", note, {"time_s": t, "speed_m_s": v, "request_time_s": q, "decel_threshold_m_s2": threshold,
                       "sustain_s": sustain, "speed_eps_m_s": eps, "hold_s": hold}, out)


def stops():
    t = stamps(90, 0.02)
    ramp = rounded([-1.1 if x < 0.42 else -max(0.0, 1.1 - 2.2 * (x - 0.42)) for x in t])
    stop(t, ramp, 0.311, 1.5, 0.06, 0.02, 0.3, "driving backwards, request between samples")
    u = stamps(100, 0.02, 41)
    sway = rounded([0.8 if x < 0.5 else 0.8 * math.exp(-3 * (x - 0.5)) * abs(math.cos(6 * (x - 0.5))) for x in u])
    stop(u, sway, 0.4, 1.0, 0.05, 0.03, 0.2, "swings to rest, irregular stamps")
    stop(t, [0.7] * 90, 0.3, 0.5, 0.05, 0.02, 0.2, "does not stop")
    stop(t, ramp, 5.0, 1.5, 0.06, 0.02, 0.3, "request after the record")


def stability():
    t = stamps(70, 0.04, 51)
    for fall_at, hold, note in ((1.4, 0.3, "falls"), (9.0, 0.3, "stands"), (2.72, 5.0, "record ends fallen")):
        z = rounded([0.9 if x < fall_at else max(0.3, 0.9 - 2 * (x - fall_at)) for x in t])
        tilt = rounded([0.05 * math.sin(7 * x) + (0.9 if 0.9 < x < 1.05 else 0) for x in t])
        fallen = [a < 0.5 or abs(b) > 0.8 for a, b in zip(z, tilt)]
        at = [k for k in range(len(t)) if fallen[k] and (holds(t, fallen, k, hold) or all(fallen[k:]))]
        fell = t[at[0]] - t[0] if at else None
        add("stability_fall", note, {"time_s": t, "height_m": z, "tilt_rad": tilt, "height_min_m": 0.5,
                                     "tilt_max_rad": 0.8, "hold_s": hold},
            {"fell": bool(at), "time_to_fall_s": fell, "survival_time_s": fell if at else t[-1] - t[0]})
    for push, band, hold, note in ((0.6, 0.06, 0.35, "damped sway"), (0.6, 0.5, 0.35, "never leaves"),
                                   (0.6, 0.004, 0.35, "not within the record"), (99.0, 0.06, 0.3, "push after the record")):
        x = rounded([0.3 * math.exp(-2.2 * (a - 0.6)) * math.sin(8 * (a - 0.6)) if a >= 0.6 else 0.4 for a in t])
        used = [i for i in range(len(t)) if ns(t[i]) >= ns(push)]
        inside = [abs(a) <= band for a in x]
        out = [i for i in used if not inside[i]]
        back = [k for k in used if out and k > out[0] and inside[k] and holds(t, inside, k, hold)]
        recovered = (not out or bool(back)) if used else None
        time = None if not recovered else (t[back[0]] - push if out else 0.0)
        add("stability_recovery", note, {"time_s": t, "tilt_rad": x, "push_time_s": push, "band_rad": band,
                                         "hold_s": hold},
            {"recovered": recovered, "recovery_time_s": time,
             "peak_deviation_rad": max(abs(x[i]) for i in used) if used else None})


# ---- support, zero-moment point ------------------------------------------------------------------------------------

def margin(support, p):
    """Qhull; inside by the facets' equations, outside by the nearest convex combination of two corners."""
    if not support:
        return None
    s = numpy.asarray(support)
    hull = ConvexHull(s) if len(s) > 2 and numpy.linalg.matrix_rank(s - s[0]) == 2 else None
    if hull is not None:
        depth = -(hull.equations[:, :2] @ numpy.asarray(p) + hull.equations[:, 2])
        if depth.min() >= 0:
            return float(depth.min())
    best = math.inf
    for a in s:
        for b in s:  # every chord lies in the hull, every edge is a chord
            d = b - a
            u = 0.0 if not d.any() else min(1.0, max(0.0, float((p - a) @ d / (d @ d))))
            best = min(best, float(numpy.linalg.norm(p - a - u * d)))
    return -best if best > 0 else 0.0


def supports():
    rng = numpy.random.default_rng(61)
    feet = [rounded(p) for p in rng.uniform([-0.15, -0.1], [0.15, 0.1], (14, 2))]
    points = [rounded(p) for p in rng.uniform([-0.25, -0.2], [0.25, 0.2], (16, 2))]
    for support, p, note in ((feet, points, "contact points in any order"),
                             ([[0.0, 0.0], [0.25, 0.0], [0.125, 0.0]], [[0.125, 0.5], [0.5, 0.0], [0.0625, 0.0]],
                              "support in one line"), ([], [[0.0, 0.0]], "no support")):
        m = [margin(support, numpy.asarray(q)) for q in p]
        flat = len(support) < 3 or numpy.linalg.matrix_rank(numpy.asarray(support) - support[0]) < 2
        area = None if not support else 0.0 if flat else float(ConvexHull(support).volume)
        add("support_polygon", note, {"support_point_m": support, "point_m": p},
            {"margin_m": m, "min_margin_m": None if None in m or not m else min(m), "support_area_m2": area})
    for height, least, note in ((0.0, 15.0, "sensor in the ground"), (0.07, 300.0, "ankle sensor; light load left out")):
        force = [rounded(f) for f in rng.normal([0, 0, 330], [25, 25, 60], (14, 3))]
        torque = [rounded(m) for m in rng.normal([0, 0, 0], [14, 14, 3], (14, 3))]
        zmp = []
        for f, m in zip(force, torque):
            # Moment about a ground point p: M + (sensor − p) × F. Its horizontal part vanishes for p = ZMP.
            m0 = numpy.asarray(m) + numpy.cross([0, 0, height], f)
            a = numpy.array([[0, f[2]], [-f[2], 0]])  # p × F, horizontal
            zmp.append(None if f[2] < least else [float(v) for v in numpy.linalg.solve(a, m0[:2])])
        m = [None if p is None else margin(feet, numpy.asarray(p)) for p in zmp]
        defined = [v for v in m if v is not None]
        add("zmp_margin", note, {"force_n": force, "torque_nm": torque, "sensor_height_m": height,
                                 "min_normal_force_n": least, "support_point_m": feet},
            {"zmp_m": zmp, "margin_m": m, "min_margin_m": min(defined) if defined else None})


def main():
    contacts()
    contact_speeds()
    separation_constants()
    separation_profiles()
    separation_records()
    iso13855()
    stops()
    stability()
    supports()
    case_file.write("safety.json", "Safety measures: contact, separation, stopping, balance", TOOL, CASES)


if __name__ == "__main__":
    main()
