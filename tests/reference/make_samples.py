#!/usr/bin/env python3
"""Writes suites/catalog/reference/samples.json and agreement.json: reference cases for the statistics of samples,
judges and ranking, by SciPy, statsmodels, pingouin and plain enumeration. Run from the repository's root; needs
python3 with scipy, statsmodels and pingouin. The C++ sources are not looked at."""
import itertools
import json
import math
import sys
import warnings
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pandas
import pingouin
import scipy
import scipy.optimize
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats import inter_rater
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")
SCIPY = "scipy " + scipy.__version__
STATSMODELS = "statsmodels " + statsmodels.__version__
PINGOUIN = "pingouin " + pingouin.__version__
NUMPY = "numpy " + np.__version__


class File:
    def __init__(self, path, title, tools):
        self.path, self.cases = path, []
        self.meta = {"title": title, "made_with": ["tests/reference/make_samples.py"] + tools,
                     "rule": "compare |got-expected| <= tol_rel*max(1,|expected|) unless a note says otherwise; "
                             "null = does not exist"}

    def add(self, kind, tool, tol, given, expected, note=None):
        number = 1 + sum(c["kind"] == kind for c in self.cases)
        case = {"id": f"own-{kind}-{number:02}", "kind": kind, "tool": tool, "tol_rel": tol, "input": given,
                "expected": expected}
        if note:
            case["note"] = note
        self.cases.append(case)

    def write(self):
        lines = ",\n".join(json.dumps(plain(c), ensure_ascii=False) for c in self.cases)
        with open(self.path, "w", encoding="utf-8") as out:
            out.write('{"meta": ' + json.dumps(self.meta, ensure_ascii=False) + ',\n"cases": [\n' + lines + "\n]}\n")


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (np.integer,)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return value


# --- two samples -----------------------------------------------------------------------------------------------------

def welch(out):
    cases = [([21.3, 19.8, 24.1, 22.6, 20.2], [18.4, 17.9, 21.1, 16.5, 19.0, 20.7], .9),
             ([0.012, 0.011, 0.019], [0.013, 0.55], .99)]
    for a, b, confidence in cases:
        w, s = stats.ttest_ind(a, b, equal_var=False), stats.ttest_ind(a, b)
        out.add("welch_t", SCIPY, 1e-9, {"a": a, "b": b, "confidence": confidence},
                {"welch_t": w.statistic, "welch_df": w.df, "welch_p": w.pvalue,
                 "welch_ci": list(w.confidence_interval(confidence)), "student_t": s.statistic,
                 "student_p": s.pvalue, "p_less": stats.ttest_ind(a, b, equal_var=False, alternative="less").pvalue})
    out.add("welch_t", "by definition", 0, {"a": [3, 3, 3], "b": [4, 4], "confidence": .95},
            dict.fromkeys(["welch_t", "welch_df", "welch_p", "welch_ci", "student_t", "student_p", "p_less"]),
            "both samples constant: no standard error, so undefined")


def paired(out):
    a, b = [12.1, 9.4, 11.7, 10.9, 13.2, 8.8, 12.5], [11.2, 9.9, 10.1, 10.6, 11.2, 8.4, 11.3]
    t = stats.ttest_rel(a, b)
    out.add("paired_t", SCIPY, 1e-9, {"a": a, "b": b, "confidence": .9},
            {"t": t.statistic, "df": t.df, "p": t.pvalue, "ci": list(t.confidence_interval(.9)),
             "wilcoxon_signed_rank_p_exact": stats.wilcoxon(a, b, method="exact").pvalue})
    a, b = [5.0, 7.0, 6.0, 9.0, 4.0], [4.0, 5.0, 6.0, 8.0, 5.5]
    t = stats.ttest_rel(a, b)
    out.add("paired_t", SCIPY, 1e-9, {"a": a, "b": b, "confidence": .95},
            {"t": t.statistic, "df": t.df, "p": t.pvalue, "ci": list(t.confidence_interval(.95)),
             "wilcoxon_signed_rank_p_exact": None}, "ties and a zero difference: no exact signed-rank test")
    out.add("paired_t", "by definition", 0, {"a": [2.0, 3.0], "b": [1.0, 2.0], "confidence": .95},
            {"t": None, "df": None, "p": None, "ci": None}, "constant differences")


def rank_sum_null(n, m):
    """counts[u] over all C(n + m, n) placements."""
    counts = [0] * (n * m + 1)
    for places in itertools.combinations(range(n + m), n):
        counts[sum(places) - n * (n - 1) // 2] += 1
    return counts


def rank_sum(out):
    cases = [([4.1, 6.3, 2.2, 9.7, 5.5], [7.4, 8.8, 10.2, 6.9], ""), ([1.5], [2.5, 3.5, 0.5], "one value against three"),
             ([1, 2, 3, 4], [11, 12, 13, 14, 15, 16], "complete separation"),
             ([0.61, 1.93, 0.25, 3.08, 2.74, 1.11, 4.6, 0.87], [2.2, 3.9, 5.1, 1.4, 6.3, 4.8, 7.7, 3.3, 2.9], "")]
    for a, b, note in cases:
        n, m = len(a), len(b)
        counts = rank_sum_null(n, m)
        total = sum(counts)
        u = sum(x > y for x in a for y in b)
        extreme = sum(c for v, c in enumerate(counts) if abs(2 * v - n * m) >= abs(2 * u - n * m))
        differences = sorted(x - y for x in a for y in b)
        cut = next(v for v in range(n * m + 1) if Fraction(sum(counts[:v + 1]), total) >= Fraction(25, 1000))
        cut = max(cut, 1)
        out.add("mann_whitney", "enumeration of all placements (Fractions); " + SCIPY, 1e-9, {"a": a, "b": b},
                {"W_U_of_a": u, "p_exact_two_sided": float(min(Fraction(1), Fraction(extreme, total))),
                 "p_normal_cc_two_sided": stats.mannwhitneyu(a, b, method="asymptotic").pvalue,
                 "p_normal_nocc": stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False).pvalue,
                 "hodges_lehmann": float(np.median(differences)),
                 "hl_ci95": [differences[cut - 1], differences[n * m - cut]]}, note or None)
    out.add("mann_whitney", "by definition", 0, {"a": [2, 2, 2], "b": [2, 2]},
            {"W_U_of_a": 3, "p_exact_two_sided": None, "p_normal_cc_two_sided": None, "p_normal_nocc": None,
             "hodges_lehmann": None, "hl_ci95": None}, "all values equal")


def rank_tests(out):
    cases = [([3.2, 4.8, 2.9, 6.1, 5.5, 4.4], [5.9, 7.3, 4.9, 8.2, 6.6, 9.1, 7.8], 1e-9, None),
             ([1, 2, 2, 3, 4, 4, 5], [2, 3, 3, 5, 6, 7], 1e-9, "ties: SciPy's exact methods make no correction"),
             ([7.7, 8.1, 6.9, 9.9], [1.2, 8.0, 3.3, 2.2, 5.1, 4.7, 9.0, 6.0], 1e-9, None)]
    for a, b, tol, note in cases:
        ks, bm = stats.ks_2samp(a, b, method="exact"), stats.brunnermunzel(a, b)
        out.add("rank_tests_scipy", SCIPY, tol, {"a": a, "b": b},
                {"U1": stats.mannwhitneyu(a, b).statistic, "p_exact": stats.mannwhitneyu(a, b, method="exact").pvalue,
                 "p_asymptotic_cc": stats.mannwhitneyu(a, b, method="asymptotic").pvalue, "ks_stat": ks.statistic,
                 "ks_p_exact": ks.pvalue, "brunner_munzel_stat": bm.statistic, "brunner_munzel_p": bm.pvalue}, note)
    out.add("rank_tests_scipy", "by definition", 1e-12, {"a": [1, 2, 3], "b": [4, 5, 6]},
            {"U1": 0, "p_exact": .1, "ks_stat": 1, "ks_p_exact": .1, "brunner_munzel_stat": None,
             "brunner_munzel_p": None}, "no overlap: 2 of C(6,3) = 20 orders; Brunner-Munzel has no variance")


def several_groups(out):
    groups = [[3, 5, 4, 5, 2], [6, 5, 7, 5, 6], [4, 4, 5, 3, 3], [8, 6, 6, 5, 7]]
    k, f = stats.kruskal(*groups), stats.friedmanchisquare(*groups)
    out.add("kruskal_friedman", SCIPY, 1e-9, {"groups": groups},
            {"kruskal_H": k.statistic, "kruskal_p": k.pvalue, "friedman_chi2": f.statistic, "friedman_p": f.pvalue},
            "ties")
    groups = [[2.1, 3.3, 1.7], [4.4, 2.9, 5.0, 3.8], [1.1, 0.9]]
    k = stats.kruskal(*groups)
    out.add("kruskal_friedman", SCIPY, 1e-9, {"groups": groups},
            {"kruskal_H": k.statistic, "kruskal_p": k.pvalue, "friedman_chi2": None, "friedman_p": None},
            "groups of different size: no blocks")
    out.add("kruskal_friedman", "by definition", 0, {"groups": [[1, 1], [1, 1]]},
            {"kruskal_H": None, "kruskal_p": None, "friedman_chi2": None, "friedman_p": None}, "all values equal")


def bca(out):
    functions = {"mean": lambda x: x.mean(-1), "median": lambda x: np.median(x, -1),
                 "variance": lambda x: x.var(-1, ddof=1), "sd": lambda x: x.std(-1, ddof=1)}
    normal = NormalDist()
    for data, name, confidence in [([8.2, 9.9, 7.1, 12.4], "mean", .9), ([31, 28, 35, 40, 29, 33], "variance", .95),
                                   ([0.2, 0.9, 0.4, 1.6, 0.7], "sd", .8), ([3.0, 1.0, 4.0, 1.5, 9.2, 6.5], "median", .95)]:
        x, statistic = np.array(data, float), functions[name]
        n = len(x)
        every = statistic(x[np.array(list(itertools.product(range(n), repeat=n)))])
        theta = float(statistic(x))
        below = np.sum(every < theta - 1e-9) + .5 * np.sum(abs(every - theta) <= 1e-9)
        z0 = normal.inv_cdf(below / len(every))
        d = np.array([statistic(np.delete(x, i)) for i in range(n)])
        d = d.mean() - d
        a = (d ** 3).sum() / (6 * (d ** 2).sum() ** 1.5)
        z = [normal.inv_cdf((1 - confidence) / 2), normal.inv_cdf((1 + confidence) / 2)]
        adjusted = [normal.cdf(z0 + (z0 + q) / (1 - a * (z0 + q))) for q in z]
        out.add("bca_exhaustive", NUMPY + ", all n^n resamples", 1e-8,
                {"data": data, "statistic": name, "confidence": confidence},
                {"theta": theta, "B": n ** n, "z0": z0, "acceleration": a, "alpha_adjusted": adjusted,
                 "ci_type7": list(np.quantile(every, adjusted)),
                 "percentile_ci_type7": list(np.quantile(every, [(1 - confidence) / 2, (1 + confidence) / 2])),
                 "se_boot": every.std()})
    out.add("bca_exhaustive", "by definition", 1e-12, {"data": [2, 2, 2], "statistic": "mean", "confidence": .95},
            {"theta": 2, "B": 27, "z0": 0, "acceleration": None, "alpha_adjusted": None, "ci_type7": None,
             "percentile_ci_type7": [2, 2], "se_boot": 0}, "constant data: no acceleration, so no BCa interval")


# --- judges, ranking, multiplicity -----------------------------------------------------------------------------------

def multiplicity(out):
    methods = {"bonferroni": "bonferroni", "holm": "holm", "hochberg": "simes-hochberg", "bh": "fdr_bh", "by": "fdr_by"}
    for p in [[.021, .003, .3, .047, .0004, .9, .047], [.05], [0, 1, .5, .5]]:
        out.add("p_adjust", STATSMODELS, 1e-12, {"p": p},
                {name: list(multipletests(p, method=method)[1]) for name, method in methods.items()})
    out.add("p_adjust", "by hand", 1e-12, {"p": [.04, None, .01]},
            {"bonferroni": [.08, None, .02], "holm": [.04, None, .02], "hochberg": [.04, None, .02],
             "bh": [.04, None, .02], "by": [.06, None, .03]}, "a comparison that was not made does not count")
    out.add("compact_letters", "by hand", 0,
            {"names": ["w", "x", "y", "z"], "pairs": ["w-x", "w-y", "w-z", "x-y", "x-z", "y-z"],
             "p": [.2, .001, .05, .7, .003, .4], "threshold": .05},
            {"letters": {"w": "ad", "x": "ab", "y": "bc", "z": "cd"}},
            "a ring of four: four letters; check by property: a letter is shared iff p >= threshold")
    out.add("compact_letters", "by hand", 0,
            {"names": ["arm-1", "arm-2", "arm-10"], "pairs": ["arm-2-arm-1", "arm-10-arm-1", "arm-10-arm-2"],
             "p": [.01, .02, .03], "threshold": .05},
            {"letters": {"arm-1": "a", "arm-2": "b", "arm-10": "c"}}, "all differ; names with hyphens; by property")


def two_raters(out):
    def expand(table):
        pairs = [(i + 1, j + 1) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
        return [p[0] for p in pairs], [p[1] for p in pairs]

    for table, note in [([[9, 2, 0], [1, 11, 3], [0, 2, 7]], None), ([[40, 5], [4, 1]], "rare category"),
                        ([[0, 6, 0], [5, 0, 4], [0, 3, 0]], "worse than chance"),
                        ([[53, 5, 2], [11, 14, 5], [1, 6, 3]], "Cohen 1968 layout of three diagnoses, n = 100")]:
        first, second = expand(table)
        plain_kappa = inter_rater.cohens_kappa(np.array(table))
        weighted = [float(inter_rater.cohens_kappa(np.array(table), wt=w, return_results=False))
                    for w in ("linear", "quadratic")]
        given = {"rater1": first, "rater2": second, "categories": len(table)}
        out.add("cohen_kappa", STATSMODELS, 1e-9, given,
                {"kappa": float(plain_kappa.kappa), "kappa_linear": weighted[0], "kappa_quadratic": weighted[1],
                 "se": float(plain_kappa.std_kappa)}, note)
    out.add("cohen_kappa", "by definition", 0, {"rater1": [2, 2, 2], "rater2": [2, 2, 2], "categories": 2},
            {"kappa": None, "kappa_linear": None, "kappa_quadratic": None, "se": None}, "one category: Pe = 1")
    for table in ([[40, 5], [4, 1]], [[3, 1, 0], [2, 5, 0], [0, 0, 0]]):
        n, k = sum(map(sum, table)), len(table)
        first, second = expand(table)
        rows = [Fraction(sum(r), n) for r in table]
        columns = [Fraction(sum(r[j] for r in table), n) for j in range(k)]
        observed = Fraction(sum(table[i][i] for i in range(k)), n)
        pi = [(r + c) / 2 for r, c in zip(rows, columns)]
        chance = sum(q * (1 - q) for q in pi) / (k - 1)
        out.add("kappa_prevalence", "Python Fractions", 1e-12,
                {"rater1": first, "rater2": second, "categories": k},
                {"observed": float(observed), "expected": float(sum(r * c for r, c in zip(rows, columns))),
                 "share1": [float(r) for r in rows], "share2": [float(c) for c in columns],
                 "specific_agreement": [float(Fraction(table[i][i], n) / pi[i]) if pi[i] else None for i in range(k)],
                 "prevalence_index": abs(table[0][0] - table[1][1]) / n if k == 2 else None,
                 "bias_index": abs(table[0][1] - table[1][0]) / n if k == 2 else None,
                 "prevalence_adjusted": float((k * observed - 1) / (k - 1)),
                 "gwet_ac1": float((observed - chance) / (1 - chance))})


def many_raters(out):
    counts = [[3, 0, 1], [0, 4, 0], [1, 1, 2], [4, 0, 0], [2, 2, 0], [0, 1, 3], [0, 0, 4]]
    out.add("fleiss_kappa", STATSMODELS, 1e-9, {"counts_rows_subjects": counts},
            {"kappa": inter_rater.fleiss_kappa(np.array(counts)),
             "randolph": inter_rater.fleiss_kappa(np.array(counts), method="randolph")})
    out.add("fleiss_kappa", "by definition", 0, {"counts_rows_subjects": [[3, 0], [3, 0]]},
            {"kappa": None, "randolph": 1}, "all ratings alike")
    given = [[4, 4, None], [1, 2, 1], [3, None, None], [5, 5, 4], [0, 0, 1], [2, 2, 2], [None, 3, 5]]
    out.add("krippendorff_alpha", "Python Fractions, by pairs of ratings", 1e-10, {"units_rows": given},
            {scale: alpha_by_pairs(given, scale) for scale in ("nominal", "ordinal", "interval", "ratio")})
    given = [[-1, 2, 2], [0, 0, -1], [2, 2, None], [1, -1, 1]]
    out.add("krippendorff_alpha", "Python Fractions, by pairs of ratings", 1e-10, {"units_rows": given},
            dict({s: alpha_by_pairs(given, s) for s in ("nominal", "ordinal", "interval")}, ratio=None),
            "negative values have no ratio scale")
    out.add("krippendorff_alpha", "by definition", 0, {"units_rows": [[1, 1], [1, 1, 1], [2, None]]},
            dict.fromkeys(("nominal", "ordinal", "interval", "ratio")), "no variation among pairable ratings")
    ratings = [[7, 6.5, 7.5], [5, 4, 5.5], [8, 8, 9], [3, 4.5, 3], [6, 5, 7], [9, 7.5, 9]]
    long = pandas.DataFrame([(i, j, y) for i, row in enumerate(ratings) for j, y in enumerate(row)],
                            columns=["subject", "rater", "score"])
    table = pingouin.intraclass_corr(long, "subject", "rater", "score")
    values = list(table["ICC"])
    out.add("icc", PINGOUIN, 1e-9, {"ratings_rows_subjects": ratings},
            dict(zip(["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"], values)), "order of rows of pingouin's table")
    limits = list(table[[c for c in table.columns if "CI95" in c or "CI" in c][0]])
    out.add("icc", PINGOUIN + " (limits to 2 decimals)", 0.0051, {"ratings_rows_subjects": ratings, "confidence": .95},
            {f"ICC{i + 1}_limits": list(limits[i]) for i in range(3)})
    out.add("icc", "R psych documentation, ICC of Shrout & Fleiss 1979, table 4", 0.0051,
            {"ratings_rows_subjects": [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
                                       [6, 2, 4, 7]], "confidence": .95},
            {"ICC1_limits": [-.133, .72], "ICC2_limits": [.019, .76], "ICC3_limits": [.342, .95]}, "as printed")


def alpha_by_pairs(units, scale):
    """1 - mean difference within units / mean difference among all pairable ratings, each as listed pairs."""
    units = [[Fraction(r) for r in u if r is not None] for u in units]
    units = [u for u in units if len(u) > 1]
    ratings = [r for u in units for r in u]

    def delta(a, b):
        if a == b:
            return Fraction(0)
        if scale == "nominal":
            return Fraction(1)
        if scale == "interval":
            return (a - b) ** 2
        if scale == "ratio":
            return ((a - b) / (a + b)) ** 2
        low, high = min(a, b), max(a, b)
        among = sum(low <= r <= high for r in ratings)
        return (among - Fraction(ratings.count(a) + ratings.count(b), 2)) ** 2

    observed = sum(sum(delta(a, b) for a in u for b in u) / (len(u) - 1) for u in units) / len(ratings)
    expected = sum(delta(a, b) for a in ratings for b in ratings) / (len(ratings) * (len(ratings) - 1))
    return float(1 - observed / expected)


def bradley_terry_fit(players, pairs, fixed=None):
    """Binomial GLM; `fixed` = (player, value) makes that ability an offset."""
    free = [p for p in players[1:] if not fixed or p != fixed[0]]
    rows, share, games, offset = [], [], [], []
    for q in pairs:
        a, b, t = q["a_wins"], q["b_wins"], q.get("ties", 0)
        rows.append([(q["a"] == p) - (q["b"] == p) for p in free])
        games.append(a + b + t)
        share.append((a + t / 2) / (a + b + t))
        offset.append(fixed[1] * ((q["a"] == fixed[0]) - (q["b"] == fixed[0])) if fixed else 0)
    rows = np.array(rows, float)
    model = sm.GLM(np.array(share), rows, family=sm.families.Binomial(), var_weights=np.array(games, float),
                   offset=np.array(offset, float))
    return model.fit(tol=1e-14, maxiter=500)


def ranking(out):
    def case(players, pairs, tool, note, confidence=.95):
        fit = bradley_terry_fit(players, pairs)
        profile = [[0, 0]]
        for i, player in enumerate(players[1:]):
            drop = lambda v: bradley_terry_fit(players, pairs, (player, v)).deviance - fit.deviance \
                - stats.chi2.ppf(confidence, 1)
            centre, reach = fit.params[i], 12 * fit.bse[i]
            profile.append([scipy.optimize.brentq(drop, centre - reach, centre, xtol=1e-11),
                            scipy.optimize.brentq(drop, centre, centre + reach, xtol=1e-11)])
        out.add("bradley_terry", tool, 1e-6, {"players": players, "pairs": pairs, "confidence": confidence},
                {"ability_log_ref_first": [0] + list(fit.params), "se": [0] + list(fit.bse), "deviance": fit.deviance,
                 "profile": profile}, note)

    names = ["Baltimore", "Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland"]
    wins = {("Milwaukee", "Detroit"): (7, 6), ("Milwaukee", "Toronto"): (9, 4), ("Milwaukee", "New York"): (7, 6),
            ("Milwaukee", "Boston"): (7, 6), ("Milwaukee", "Cleveland"): (9, 4), ("Milwaukee", "Baltimore"): (11, 2),
            ("Detroit", "Toronto"): (7, 6), ("Detroit", "New York"): (5, 8), ("Detroit", "Boston"): (11, 2),
            ("Detroit", "Cleveland"): (9, 4), ("Detroit", "Baltimore"): (9, 4), ("Toronto", "New York"): (7, 6),
            ("Toronto", "Boston"): (7, 6), ("Toronto", "Cleveland"): (8, 5), ("Toronto", "Baltimore"): (12, 1),
            ("New York", "Boston"): (6, 7), ("New York", "Cleveland"): (7, 6), ("New York", "Baltimore"): (10, 3),
            ("Boston", "Cleveland"): (7, 6), ("Boston", "Baltimore"): (12, 1), ("Cleveland", "Baltimore"): (6, 7)}
    case(names, [{"a": a, "b": b, "a_wins": x, "b_wins": y} for (a, b), (x, y) in wins.items()], STATSMODELS + " GLM",
         "Agresti, Categorical Data Analysis (2002), 10.6: 1.58, 1.44, 1.29, 1.25, 1.11, 0.68 over Baltimore")
    case(["A", "B", "C"], [{"a": "A", "b": "B", "a_wins": 3, "b_wins": 5, "ties": 2},
                           {"a": "C", "b": "B", "a_wins": 4, "b_wins": 1, "ties": 1},
                           {"a": "A", "b": "C", "a_wins": 0, "b_wins": 6}], STATSMODELS + " GLM",
         "ties count half; C never lost to A", .9)


def tukey(out):
    for groups, confidence in [([[5.1, 4.8, 6.0, 5.5], [6.2, 7.1, 6.6, 5.9], [4.0, 4.4, 5.2, 4.9]], .95),
                               ([[10, 12, 11], [14, 13, 15, 16, 14], [9, 8, 11, 10]], .9)]:
        r = stats.tukey_hsd(*groups)
        ci = r.confidence_interval(confidence)
        f = stats.f_oneway(*groups)
        names = ["r1", "r2", "r3"]
        pairs = list(itertools.combinations(range(3), 2))
        out.add("tukey_hsd", SCIPY, 1e-8,
                {"group": [names[g] for g, y in enumerate(groups) for _ in y], "y": [v for y in groups for v in y],
                 "confidence": confidence},
                {"pairs": [names[j] + "-" + names[i] for i, j in pairs],
                 "diff": [r.statistic[j][i] for i, j in pairs], "lwr": [ci.low[j][i] for i, j in pairs],
                 "upr": [ci.high[j][i] for i, j in pairs], "p_adj": [r.pvalue[j][i] for i, j in pairs],
                 "anova_F": f.statistic, "anova_p": f.pvalue})
    for q, k, df, upper in [(3.5, 3, 10, .05), (6, 20, 60, .01), (1.2, 2, 1, .1), (12, 5, 4, .001), (4, 8, 1000, .5)]:
        out.add("studentized_range", SCIPY, 1e-8, {"q": q, "k": k, "df": df, "upper": upper},
                {"p_upper": stats.studentized_range.sf(q, k, df),
                 "quantile": stats.studentized_range.isf(upper, k, df)})


def clusters(out):
    def acceptance(n, c, p, m, icc):
        left, law = n, np.array([1.0])
        while left > 0:
            size = min(m, left)
            scale = (1 - icc) / icc if icc > 0 else None
            one = stats.betabinom.pmf(range(size + 1), size, (1 - p) * scale, p * scale) if icc > 0 else \
                stats.binom.pmf(range(size + 1), size, 1 - p)
            law = np.convolve(law, one)
            left -= size
        return law[:c + 1].sum()

    for counts, plan, inflated in [
            ([[9, 10], [10, 10], [6, 10], [8, 10], [10, 10]], {"n": 112, "c": 15, "p": .8, "cluster_size": 10, "icc": .1},
             220),
            ([[3, 4], [5, 5], [1, 3], [2, 2], [6, 8]], {"n": 20, "c": 1, "p": .9, "cluster_size": 1, "icc": .3}, 20),
            ([[1, 4], [3, 4], [2, 4]], {"n": 29, "c": 2, "p": .7, "cluster_size": 6, "icc": 0}, 30)]:
        values = [[1] * s + [0] * (n - s) for s, n in counts]
        sizes = np.array([len(v) for v in values])
        k, total = len(values), sizes.sum()
        f = stats.f_oneway(*values).statistic
        n0 = (total - (sizes ** 2).sum() / total) / (k - 1)
        icc = (f - 1) / (f + n0 - 1)
        low, high = f / stats.f.ppf(.95, k - 1, total - k), f / stats.f.ppf(.05, k - 1, total - k)
        out.add("clustered_trials", SCIPY + " (one-way F; beta-binomial convolution)", 1e-9,
                {"clusters": counts, "confidence": .9, "plan": plan},
                {"icc": icc, "n0": n0, "limits": [(low - 1) / (low + n0 - 1), (high - 1) / (high + n0 - 1)],
                 "design_effect": 1 + ((sizes ** 2).sum() / total - 1) * max(icc, 0),
                 "acceptance": acceptance(**{key if key != "cluster_size" else "m": v for key, v in plan.items()}),
                 "inflated_n": inflated})
    out.add("clustered_trials", "by definition", 1e-12,
            {"clusters": [[4, 4], [3, 3]], "confidence": .95,
             "plan": {"n": 5, "c": 0, "p": .5, "cluster_size": 5, "icc": 1}},
            {"icc": None, "n0": 24 / 7, "limits": None, "design_effect": None, "acceptance": .5, "inflated_n": 25},
            "every trial a success; icc 1: a cluster is one trial")


def predictions(out):
    rng = np.random.default_rng(20240607)
    real = [round(v, 3) for v in rng.uniform(0, 1, 12)]
    near = [round(min(1, max(0, v + d)), 3) for v, d in zip(real, rng.normal(0, .15, 12))]
    extra = [round(v, 3) for v in rng.uniform(0, 1, 40)]
    y, f, g = map(np.array, (real, near, extra))
    lam = np.cov(y, f, ddof=0)[0, 1] / ((1 + 12 / 40) * np.concatenate([f, g]).var())
    estimate, se = y.mean() - lam * (f.mean() - g.mean()), math.sqrt(lam ** 2 * g.var() / 40 + (y - lam * f).var() / 12)
    z, c = stats.norm.isf(.05), y.std() / math.sqrt(12)
    out.add("ppi_mean", NUMPY, 1e-9,
            {"real": real, "sim_on_real_scenarios": near, "sim_extra": extra, "confidence": .9},
            {"lambda": lam, "estimate": estimate, "se": se, "ci": [estimate - z * se, estimate + z * se],
             "classical_ci": [y.mean() - z * c, y.mean() + z * c]})
    out.add("ppi_mean", "by definition", 0,
            {"real": [1, 0, 1], "sim_on_real_scenarios": [1, 1, 1], "sim_extra": [1, 1], "confidence": .95},
            {"lambda": None, "estimate": None, "se": None, "ci": None}, "simulated values all equal")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "suites/catalog/reference"
    out = File(root + "/samples.json", "Two samples, several groups, resampling", [SCIPY, NUMPY])
    for make in (welch, paired, rank_sum, rank_tests, several_groups, bca):
        make(out)
    out.write()
    out = File(root + "/agreement.json", "Judges, ranking, multiplicity, clusters", [SCIPY, STATSMODELS, PINGOUIN])
    for make in (multiplicity, two_raters, many_raters, ranking, tukey, clusters, predictions):
        make(out)
    out.write()


main()
