#!/usr/bin/env python3
"""Reference cases for the measures of tasks and mobile robots: writes suites/catalog/reference/task.json.

Written apart from the C++: exact rationals, the standard library, numpy and scipy; coverage by comparing every cell with
every pose. Run by hand: python3 tests/reference/make_task.py
"""
import json
import math
import pathlib
import random
import statistics
from fractions import Fraction

import numpy as np
import scipy
import scipy.integrate
import scipy.stats

RNG = random.Random(18646)
TOOL = f"Python statistics/fractions, numpy {np.__version__}, scipy {scipy.__version__}"
CASES = []


def rounded(x):
    return [float(f"{v:.9g}") for v in x]


def case(kind, note, given, expected, tol=1e-9, tool=TOOL):
    number = sum(c["kind"] == kind for c in CASES) + 1
    CASES.append({"id": f"{kind}-a{number}", "kind": kind, "tool": tool, "tol_rel": tol, "input": given,
                  "expected": expected, "note": note})


def mean(x):
    return statistics.fmean(x) if x else None


def dev(x):
    return statistics.stdev(x) if len(x) > 1 else None


def navigation(note, success, best, taken, start, final):
    ratio = [Fraction(1) if max(b, t) == 0 else Fraction(b) / Fraction(max(b, t)) for b, t in zip(best, taken)]
    spl = [float(r) if s else 0.0 for r, s in zip(ratio, success)]
    soft = []
    for r, d0, d in zip(ratio, start, final):
        progress = max(Fraction(0), 1 - Fraction(d) / Fraction(d0)) if d0 else Fraction(int(d == 0))
        soft.append(float(progress * r))
    case("navigation_spl", note, {"success": success, "shortest_path_m": best, "path_length_m": taken,
                                  "start_distance_m": start, "final_distance_m": final},
         {"success_rate": mean([float(s) for s in success]), "spl": mean(spl), "soft_spl": mean(soft),
          "spl_per_episode": spl, "soft_spl_per_episode": soft})


best = rounded([RNG.uniform(2, 20) for _ in range(12)])
navigation("12 episodes", [RNG.random() < 0.6 for _ in best], best, rounded([b * RNG.uniform(0.9, 2) for b in best]),
           best, rounded([RNG.uniform(0, 1.2) * b for b in best]))
navigation("at the goal from the start; moved away from it", [True, True, False], [0, 0, 3], [0, 2, 3], [0, 0, 3],
           [0, 0.5, 4])
navigation("no episode", [], [], [], [], [])


def transport(note, t, p, x, mass, g):
    out = {"energy_j": None, "energy_positive_j": None, "distance_m": None, "cot_net": None, "cot_positive": None,
           "mean_power_w": None}
    if x:
        out["distance_m"] = math.fsum(math.dist(a, b) for a, b in zip(x, x[1:]))
    if t:
        out["energy_j"] = float(scipy.integrate.trapezoid(p, t))
        out["energy_positive_j"] = float(scipy.integrate.trapezoid(np.maximum(p, 0), t))
    if len(t) > 1:
        out["mean_power_w"] = out["energy_j"] / (t[-1] - t[0])
    if t and x and mass * g * out["distance_m"] > 0:
        out["cot_net"] = out["energy_j"] / (mass * g * out["distance_m"])
        out["cot_positive"] = out["energy_positive_j"] / (mass * g * out["distance_m"])
    case("cost_of_transport", note, {"time_s": t, "power_w": p, "position_m": x, "mass_kg": mass, "gravity_m_s2": g},
         out)


stamps = rounded([0.02 * i + RNG.uniform(0, 0.01) for i in range(60)])
transport("walking with regeneration", stamps, rounded([RNG.gauss(80, 120) for _ in stamps]),
          [rounded([0.01 * i, 0.002 * math.sin(i), 0.9]) for i in range(50)], 35.0, 9.80665)
transport("standing", [0.0, 1.0, 2.0], [50.0, 50.0, 50.0], [[1, 2], [1, 2]], 35.0, 9.80665)
transport("no power", [], [], [[0, 0], [1, 0]], 35.0, 9.80665)


def completion(note, success, times, satisfied, total, interventions, timeout):
    n, won = len(success), [t for t, s in zip(times, success) if s]
    out = {"trial_count": n, "success_count": len(won)}
    for name in ("success_rate", "autonomous_success_rate", "goal_condition_mean", "time_success_mean_s",
                 "time_success_median_s", "time_success_std_s", "time_success_min_s", "time_success_max_s",
                 "time_censored_mean_s", "successes_per_hour", "mean_time_between_interventions_s"):
        out[name] = None
    if n:
        out["success_rate"] = len(won) / n
        out["autonomous_success_rate"] = sum(s and i == 0 for s, i in zip(success, interventions)) / n
        out["goal_condition_mean"] = float(sum(Fraction(a, b) for a, b in zip(satisfied, total)) / n)
        out["time_censored_mean_s"] = mean([t if s else timeout for t, s in zip(times, success)])
        if won:
            out.update(time_success_mean_s=mean(won), time_success_median_s=statistics.median(won),
                       time_success_std_s=dev(won), time_success_min_s=min(won), time_success_max_s=max(won))
        if sum(times):
            out["successes_per_hour"] = 3600 * len(won) / math.fsum(times)
        if sum(interventions):
            out["mean_time_between_interventions_s"] = math.fsum(times) / sum(interventions)
    case("completion", note, {"success": success, "completion_time_s": times, "satisfied_count": satisfied,
                              "total_count": total, "intervention_count": interventions, "timeout_s": timeout}, out)


n = 15
won = [RNG.random() < 0.7 for _ in range(n)]
completion("15 trials", won, rounded([RNG.uniform(5, 40) if s else 45 for s in won]),
           [4 if s else RNG.randrange(4) for s in won], [4] * n, [RNG.choice([0, 0, 0, 1, 2]) for _ in won], 45.0)
completion("one failure at once", [False], [0.0], [0], [1], [0], 10.0)
completion("no trial", [], [], [], [], [], 10.0)


def coverage(note, origin, cell, nx, ny, blocked, way, radius):
    poses = way[:1]
    for a, b in zip(way, way[1:]):
        k = max(1, math.ceil(4 * math.dist(a, b) / cell - 1e-9))
        poses += [[a[0] + (b[0] - a[0]) * s / k, a[1] + (b[1] - a[1]) * s / k] for s in range(1, k + 1)]
    free = [(i, j) for i in range(nx) for j in range(ny) if [i, j] not in blocked]
    hit = sum(any(math.hypot(origin[0] + (i + 0.5) * cell - x, origin[1] + (j + 0.5) * cell - y) <= radius
                  for x, y in poses) for i, j in free)
    case("coverage", note, {"origin_m": origin, "cell_size_m": cell, "cells_x": nx, "cells_y": ny,
                            "blocked_cell_xy": blocked, "waypoint_m": way, "radius_m": radius},
         {"covered_cells": hit, "free_cells": len(free), "coverage_fraction": hit / len(free) if free else None})


coverage("lanes with two blocked cells", [-1.0, 0.5], 0.2, 14, 9, [[3, 3], [3, 3], [10, 4]],
         [[-0.8, 0.71], [1.6, 0.71], [1.6, 1.37], [-0.8, 1.37]], 0.31)
coverage("centres exactly on the radius count", [0.0, 0.0], 1.0, 4, 4, [], [[1.5, 1.5]], 1.0)
coverage("nothing free", [0.0, 0.0], 1.0, 1, 1, [[0, 0]], [[0.5, 0.5]], 1.0)


def simreal(note, s, r):
    pearson = None
    if len(s) > 1 and len(set(s)) > 1 and len(set(r)) > 1:
        pearson = float(scipy.stats.pearsonr(s, r)[0])
    worst = [max(abs(r[i] - r[j]) if (s[i] > s[j]) != (r[i] > r[j]) else 0.0 for j in range(len(s)))
             for i in range(len(s))]
    case("simreal", note, {"sim_score": s, "real_score": r}, {"pearson_r": pearson, "mmrv": mean(worst)})


score = rounded([RNG.random() for _ in range(9)])
simreal("nine policies", score, rounded([min(1, max(0, v + RNG.gauss(0, 0.2))) for v in score]))
simreal("ties in simulation", [0.25, 0.25, 0.75], [0.5, 0.25, 0.125])
simreal("no policy", [], [])


def speed(note, length, times):
    v = [length / t for t in times]
    case("iso18646_speed", note, {"section_length_m": length, "section_time_s": times},
         {"speed_mean_m_s": mean(v), "speed_std_m_s": dev(v), "speed_min_m_s": min(v, default=None),
          "speed_max_m_s": max(v, default=None)})


speed("three passages of 5 m", 5.0, [4.2, 4.05, 4.31])
speed("one passage", 5.0, [4.0])
speed("none", 5.0, [])


def stopping(note, trials):
    def column(member):
        x = [t[member] for t in trials]
        return (None, None) if not x or None in x else (mean(x), max(x))

    time, way = column("stopping_time_s"), column("stopping_distance_m")
    case("iso18646_stopping", note, {"trials": trials}, {"time_mean_s": time[0], "time_max_s": time[1],
                                                         "distance_mean_m": way[0], "distance_max_m": way[1]})


stopping("three stops", [{"stopping_time_s": t, "stopping_distance_m": d}
                         for t, d in ((0.62, 0.31), (0.71, 0.36), (0.66, 0.33))])
stopping("one did not stop", [{"stopping_time_s": 0.6, "stopping_distance_m": 0.3},
                              {"stopping_time_s": None, "stopping_distance_m": 0.9}])
stopping("no trial", [])


def ladder(note, rungs, required, smaller, limit):
    case("iso18646_ladder", note, {"rungs": [dict(zip(("value", "trials", "passed"), r)) for r in rungs],
                                   "required_trials": required, "smaller_is_harder": smaller}, {"limit": limit},
         tool="by hand")


ladder("slopes: 0.15 rad failed once, 0.2 rad passed by luck", [(0.05, 3, 3), (0.1, 3, 3), (0.15, 3, 2), (0.2, 3, 3)],
       3, False, 0.1)
ladder("passages: narrower is harder", [(0.8, 3, 3), (1.2, 3, 3), (0.7, 3, 1)], 3, True, 0.8)
ladder("too few trials on the easiest rung", [(0.01, 2, 2), (0.02, 3, 3)], 3, False, None)
ladder("rungs of equal value are pooled", [(0.01, 2, 2), (0.01, 1, 1)], 3, False, 0.01)


def goal(note, command, poses):
    out = dict.fromkeys(["AP_p_m", "AP_x_m", "AP_y_m", "RP_l_m", "AP_heading_rad", "RP_heading_rad"])
    if poses:
        centre = [mean([p[k] for p in poses]) for k in (0, 1)]
        l = [math.dist(p[:2], centre) for p in poses]
        turn = [math.atan2(math.sin(p[2] - command[2]), math.cos(p[2] - command[2])) for p in poses]
        out.update(AP_p_m=math.dist(centre, command[:2]), AP_x_m=centre[0] - command[0], AP_y_m=centre[1] - command[1],
                   AP_heading_rad=mean(turn))
        if len(poses) > 1:
            out.update(RP_l_m=mean(l) + 3 * dev(l), RP_heading_rad=3 * dev(turn))
    case("iso18646_goal_pose", note, {"goal_pose_xyh": command, "attained_pose_xyh": poses}, out)


goal("ten arrivals, heading across the turn", [4.0, -2.5, 3.14],
     [rounded([4 + RNG.gauss(0.01, 0.02), -2.5 + RNG.gauss(0, 0.02),
               math.remainder(3.14 + RNG.gauss(0, 0.03), 2 * math.pi)]) for _ in range(10)])
goal("one arrival", [0, 0, 0], [[0.03, -0.04, 0.1]])
goal("none", [0, 0, 0], [])


def obstacle(note, trials):
    n = len(trials)
    d = [t["detection_distance_m"] for t in trials]
    whole = n > 0 and None not in d
    case("iso18646_obstacle", note, {"trials": trials},
         {"detection_rate": sum(v is not None for v in d) / n if n else None,
          "detection_distance_mean_m": mean(d) if whole else None,
          "detection_distance_min_m": min(d) if whole else None,
          "avoidance_rate": sum(t["goal_reached"] and not t["contact"] for t in trials) / n if n else None,
          "clearance_min_m": min((t["clearance_m"] for t in trials), default=None)})


def approach(distance, contact, reached, clearance):
    return {"detection_distance_m": distance, "contact": contact, "goal_reached": reached, "clearance_m": clearance}


obstacle("three approaches", [approach(1.9, False, True, 0.42), approach(2.1, False, True, 0.37),
                              approach(1.7, False, False, 0.55)])
obstacle("one hit without detection", [approach(1.9, False, True, 0.42), approach(None, True, True, 0.0)])
obstacle("no trial", [])

out = pathlib.Path(__file__).parents[2] / "suites/catalog/reference/task.json"
out.write_text(json.dumps({"meta": {
    "title": "Tasks and mobile robots: navigation, completion, energy, coverage, sim/real, ISO 18646",
    "made_with": TOOL,
    "rule": "|got - expected| <= tol_rel * max(1, |expected|) element by element; null = undefined"},
    "cases": CASES}, indent=None, separators=(",", ":")).replace('{"id"', '\n{"id"') + "\n")
print(len(CASES), "cases,", out.stat().st_size, "bytes")
