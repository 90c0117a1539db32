#!/usr/bin/env python3
"""make_comparison.py > suites/catalog/reference/comparison.json

Characteristics of small comparison tables in rational arithmetic, path group by path group, from the definition alone.
"""

import json
from fractions import Fraction as F


def walk(n_max, rows, mirrored, steps):
    """steps: [(da, db, chance)]. Returns expected pairs, P(B), P(A), P(undecided)."""
    at = {(0, 0): F(1)}
    pairs = b_wins = a_wins = F(0)
    for t in range(1, n_max + 1):
        pairs += sum(at.values())
        after = {}
        for (a, b), mass in at.items():
            for da, db, chance in steps:
                if chance:
                    key = (a + da, b + db)
                    after[key] = after.get(key, F(0)) + mass * chance
        at = {}
        for (a, b), mass in after.items():
            if b >= rows[t - 1][a]:
                b_wins += mass
            elif mirrored and a >= rows[t - 1][b]:
                a_wins += mass
            else:
                at[(a, b)] = mass
    return {
        "expected_pairs": float(pairs),
        "p_declare_B": float(b_wins),
        "p_declare_A": float(a_wins),
        "p_undecided": float(sum(at.values())),
    }


def lead(n_max, least):
    """Declare B when it leads by at least `least` (a number per t)."""
    return [[min(a + least(t), t + 1) for a in range(t + 1)] for t in range(1, n_max + 1)]


def main():
    cases = []

    def add(kind, note, given, steps, table):
        given = {"n_max": len(table), **given}
        cases.append({
            "id": f"{kind}-own-{1 + sum(c['kind'] == kind for c in cases):03}",
            "kind": kind,
            "tool": "Python fractions, exact enumeration",
            "tol_rel": 1e-10,
            "input": given,
            "expected": walk(len(table), table, given["mirrored"], steps),
            "note": note,
        })

    def unpaired(note, table, p_a, p_b, mirrored=True):
        pa, pb = F(p_a), F(p_b)
        steps = [(0, 0, (1 - pa) * (1 - pb)), (1, 0, pa * (1 - pb)), (0, 1, (1 - pa) * pb), (1, 1, pa * pb)]
        add("two_sample_sequential_oc", note,
            {"y_min_to_declare_B_by_t_then_x": table, "mirrored": mirrored, "p_a": float(pa), "p_b": float(pb)},
            steps, table)

    def paired(note, table, a_only, b_only, mirrored=True):
        a, b = F(a_only), F(b_only)
        steps = [(0, 0, 1 - a - b), (1, 0, a), (0, 1, b)]
        add("paired_sequential_oc", note,
            {"b_min_to_declare_B_by_t_then_a": table, "mirrored": mirrored, "p_a_only": float(a), "p_b_only": float(b)},
            steps, table)

    unpaired("lead of 4", lead(10, lambda t: 4), "0.25", "0.625")
    unpaired("a lead that falls with t, one-sided", lead(9, lambda t: 5 - t // 3), "0.375", "0.75", False)
    unpaired("A never succeeds, B always", lead(6, lambda t: 3), "0", "1")
    unpaired("nothing is ever declared", lead(5, lambda t: t + 1), "0.5", "0.5")
    paired("lead of 4", lead(12, lambda t: 4), "0.125", "0.5")
    paired("on the null line, lead of 3 or 4", lead(11, lambda t: 3 + (t < 6)), "0.1875", "0.1875")
    paired("every pair a tie", lead(7, lambda t: 2), "0", "0")
    paired("every pair speaks, one-sided", lead(8, lambda t: 4), "0.5", "0.5", False)
    print(json.dumps({
        "meta": {
            "title": "Comparison of two robots: small tables in rational arithmetic",
            "made_with": ["tests/reference/make_comparison.py, Python fractions"],
            "rule": "compare |got-expected| <= tol_rel*max(1,|expected|)",
            "definitions": "after t pairs at (a, b), B is declared if b >= row[t-1][a], A if mirrored and a >= "
                           "row[t-1][b]; two_sample: a, b count successes; paired: pairs that one robot alone passed",
        },
        "cases": cases,
    }, indent=1))


main()
