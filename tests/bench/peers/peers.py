"""The work of ../arithmetic_bench.cpp as a competent NumPy and SciPy user writes it: whole arrays, no loop over samples.

WORK: name of the benchmark -> (title, maker); a maker makes the inputs, by the same formulas as arithmetic_bench.cpp,
and gives {peer: function without arguments that returns the answer}.
"""
import numpy as np
from scipy import ndimage, special, stats

from plan import design_plan


def uniform(stream, count):
    """[0, 1): SplitMix64, as in arithmetic_bench.cpp."""
    with np.errstate(over="ignore"):
        z = np.uint64(stream << 32) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) * 2.0**-53


def ape_se3():
    n = 20_000
    a = 0.001 * np.arange(n)
    p = np.column_stack([10 * np.cos(a), 7 * np.sin(a), 0.1 * a])
    reference_s = np.arange(n) * 0.05
    estimate_s = reference_s + 0.002
    x, y, z = p.T
    estimate_m = np.column_stack([0.6 * x - 0.8 * y + 3 + 0.02 * uniform(1, n),
                                  0.8 * x + 0.6 * y - 2 + 0.02 * uniform(2, n),
                                  z + 1 + 0.02 * uniform(3, n)])

    def numpy_svd():
        # Nearest reference stamp of every estimate stamp, at most 10 ms away.
        after = np.clip(np.searchsorted(reference_s, estimate_s), 1, n - 1)
        near = after - (estimate_s - reference_s[after - 1] <= reference_s[after] - estimate_s)
        matched = np.abs(reference_s[near] - estimate_s) <= 0.01
        target, source = p[near[matched]], estimate_m[matched]
        # Umeyama 1991 without scale.
        centre_t, centre_s = target.mean(axis=0), source.mean(axis=0)
        u, _, vt = np.linalg.svd((target - centre_t).T @ (source - centre_s) / len(source))
        rotation = u @ np.diag([1, 1, np.sign(np.linalg.det(u) * np.linalg.det(vt))]) @ vt
        e = np.linalg.norm(source @ rotation.T + (centre_t - rotation @ centre_s) - target, axis=1)
        sse = e @ e
        return [np.sqrt(sse / len(e)), e.mean(), np.median(e), e.std(), e.min(), e.max(), sse]

    peers = {"numpy": numpy_svd}
    try:
        from evo.core import metrics, sync, trajectory
    except ImportError:
        return peers
    upright = np.tile([1.0, 0, 0, 0], (n, 1))
    ours = trajectory.PoseTrajectory3D(p, upright, reference_s)
    theirs = trajectory.PoseTrajectory3D(estimate_m, upright, estimate_s)

    def with_evo():
        """As its users call it; association makes copies, so that each round begins anew."""
        reference, estimate = sync.associate_trajectories(ours, theirs, max_diff=0.01)
        estimate.align(reference, correct_scale=False)
        ape = metrics.APE(metrics.PoseRelation.translation_part)
        ape.process_data((reference, estimate))
        found = ape.get_all_statistics()
        return [found[name] for name in ("rmse", "mean", "median", "std", "min", "max", "sse")]

    peers["evo"] = with_evo
    return peers


def sparc():
    n, rate_hz, cutoff_hz, threshold = 10_000, 100.0, 10.0, 0.05
    t = np.arange(n) * 0.01
    speed = 1 - np.cos(0.8 * t) + 0.1 * (1 + np.sin(9 * t)) + 0.05 * uniform(4, n)
    nfft = 2**(int(np.ceil(np.log2(n))) + 4)

    def arc(magnitude):
        magnitude = magnitude / magnitude.max()
        magnitude = magnitude[:int(cutoff_hz * nfft / rate_hz) + 1]
        strong = np.flatnonzero(magnitude >= threshold)
        m = magnitude[strong[0]:strong[-1] + 1]
        return [-np.sqrt((1 / (len(m) - 1))**2 + np.diff(m)**2).sum()]

    return {"numpy, real FFT": lambda: arc(np.abs(np.fft.rfft(speed, nfft))),
            "numpy, complex FFT": lambda: arc(np.abs(np.fft.fft(speed, nfft)))}


def clopper_pearson():
    count = 10_000
    n = 10 + (991 * uniform(5, count)).astype(int)
    x = ((0.5 + 0.5 * uniform(6, count)) * (n + 1)).astype(int)
    return {"scipy.stats.beta.ppf": lambda: np.where(x > 0, stats.beta.ppf(0.05, x, n - x + 1), 0),
            "scipy betaincinv": lambda: np.where(x > 0, special.betaincinv(x, n - x + 1, 0.05), 0)}


def plan_design():
    return {"numpy": lambda: design_plan(0.90, 0.95, 0.05, 0.10, 1.5)}


def truth():
    """The record, a row each 10 ms, row-major as it was written: poses (x y z qw qx qy qz) of bin, parcel and base in
    columns 0, 7 and 14, the parcel's twist from 21 on, one contact in 27."""
    n = 30_000
    t = 0.01 * np.arange(n)
    record = np.zeros((n, 28))
    for k, column in enumerate([7, 8, 9, 21, 22, 23, 24, 25, 26]):
        record[:, column] = 0.5 * np.sin((0.3 + 0.1 * k) * t) + 0.1 * uniform(10 + k, n)
    record[:, [3, 10, 17]] = 1
    record[:, 18] = 0.1 * np.sin(0.5 * t)
    record[:, 19] = 0.05 + 0.02 * uniform(19, n)
    record[:, 27] = uniform(20, n) < 0.001
    return record


def length(vectors):
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors))


def predicates(record):
    """Robustness of the five predicates at every row."""
    parcel, (qw, qx, qy, qz) = record[:, 7:10], record[:, 17:21].T
    sine = np.hypot(2 * (qx * qz + qw * qy), 2 * (qy * qz - qw * qx))
    upright = (0.4 - np.arctan2(sine, qw * qw + qz * qz - qx * qx - qy * qy)) / 0.1
    near = (0.6 - length(parcel - record[:, 0:3])) / 0.05
    at_rest = np.minimum((1 - length(record[:, 21:24])) / 0.1, (2 - length(record[:, 24:27])) / 0.2)
    touching = np.where(record[:, 27] >= 0.5, 1.0, -1.0)
    above = (parcel[:, 2] - 0.05) / 0.02
    return upright, near, at_rest, touching, above


def window(filter_1d, values, first, last, outside):
    """Over rows i + first ... i + last, as far as there are any; `outside` stands for rows past the end."""
    size = last - first + 1
    padded = np.concatenate([values, np.full(last, outside)])
    return filter_1d(padded, size, mode="nearest", origin=-(size // 2))[first:first + len(values)]


def robustness():
    record = truth()
    n = len(record)

    def with_filters():
        upright, near, at_rest, touching, above = predicates(record)
        always = np.minimum.accumulate(upright[::-1])[::-1]
        within = window(ndimage.maximum_filter1d, near, 50, 300, -np.inf)
        holds = window(ndimage.minimum_filter1d, at_rest, 0, 100, np.inf)
        holds[n - 100:] = -np.inf
        return np.minimum.reduce([always, within, holds, -touching, above])

    peers = {"numpy, scipy.ndimage": with_filters}
    try:
        import rtamt
    except ImportError:
        return peers

    def with_rtamt():
        """Predicates by NumPy (RTAMT's own arithmetic loops over samples), temporal logic by RTAMT."""
        names = ["upright", "near", "at_rest", "touching", "above"]
        spec = rtamt.StlDiscreteTimeSpecification()
        for name in names:
            spec.declare_var(name, "float")
        spec.spec = ("(always(upright >= 0)) and (eventually[50:300](near >= 0)) and (always[0:100](at_rest >= 0))"
                     " and (not(touching >= 0)) and (above >= 0)")
        spec.parse()
        values = dict(zip(names, (v.tolist() for v in predicates(record))), time=list(range(n)))
        answer = np.array(spec.evaluate(values))[:, 1]
        answer[n - 300:] = np.nan  # not compared: it reads windows that pass the record's end in another way
        return answer

    peers["rtamt"] = with_rtamt
    return peers


WORK = {"ape_se3": ("APE, SE(3) alignment, 20,000 poses", ape_se3),
        "sparc": ("SPARC, 10,000 samples", sparc),
        "clopper_pearson": ("10,000 Clopper-Pearson limits", clopper_pearson),
        "plan_design": ("sequential plan .90 -> .95", plan_design),
        "robustness": ("ten-node condition, 30,000 rows", robustness)}
