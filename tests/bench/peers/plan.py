"""The sequential plan of metrics/sequential.h designed with NumPy: the same backward induction and the same search for
its two weights, each row of the induction as whole arrays."""
import numpy as np
from scipy import stats


def fixed_plan(p0, p1, alpha, beta):
    """Smallest n, with its largest c: P(F <= c | p0) <= alpha, P(F <= c | p1) >= 1 - beta."""
    n = np.arange(1, 6001)
    c = stats.binom.ppf(alpha, n, 1 - p0).astype(int)
    c -= stats.binom.cdf(c, n, 1 - p0) > alpha
    good = (c >= 0) & (stats.binom.cdf(c, n, 1 - p1) >= 1 - beta)
    first = np.argmax(good)
    return int(n[first]), int(c[first])


class Induction:
    """V(n, f), divided by the likelihood of the probability in the middle."""

    def __init__(self, p0, p1, n_max):
        self.middle, self.n_max = (p0 + p1) / 2, n_max
        n, f = np.arange(n_max + 1)[:, None], np.arange(n_max + 1)[None, :]

        def ratio(p):
            s, q = p / self.middle, (1 - p) / (1 - self.middle)
            return np.where(f <= n, s**np.maximum(n - f, 0) * q**f, 0)

        bad, self.at_p0, self.at_p1, one = (ratio(p) for p in (max(p0 - (p1 - p0), p0 / 10), p0, p1, 1))
        self.trial_cost = 0.25 * bad + 0.125 * self.at_p0 + 0.125 + 0.25 * self.at_p1 + 0.25 * one

    def table(self, weight0, weight1):
        n_max, p, q = self.n_max, self.middle, 1 - self.middle
        to_accept, to_refuse = weight0 * self.at_p0, weight1 * self.at_p1
        stop, better = np.minimum(to_accept, to_refuse), to_accept < to_refuse
        accept, refuse = np.full(n_max + 1, -1), np.full(n_max + 1, 1)
        value = stop[n_max]
        accept[n_max] = np.argmin(better[n_max]) - 1
        refuse[n_max] = accept[n_max] + 1
        for n in range(n_max - 1, 0, -1):
            go_on = p * value[:n + 1] + q * value[1:n + 2] + self.trial_cost[n, :n + 1]
            value = np.minimum(stop[n, :n + 1], go_on)
            # Acceptance is a run of failures from 0 on, refusal one that ends at n; -1 and n + 1 are sentinels.
            ends = np.flatnonzero((stop[n, :n + 1] > go_on) | ~better[n, :n + 1])
            accept[n] = (ends[0] if len(ends) else n + 1) - 1
            ends = np.flatnonzero((stop[n, :n + 1] > go_on) | better[n, :n + 1])
            refuse[n] = (ends[-1] if len(ends) else -1) + 1
        accept[1:] = np.minimum.accumulate(accept[:0:-1])[::-1]
        refuse[1:] = np.minimum.accumulate(refuse[:0:-1])[::-1]
        end = 1 + np.argmax(accept[1:] + 1 >= refuse[1:])
        return accept[:end + 1], refuse[:end + 1]

    @staticmethod
    def walk(table, p):
        """Where walks end: (n, lowest failures, masses) of each row, by acceptance and by refusal."""
        accept, refuse = (side.tolist() for side in table)
        mass, first, accepted, refused = np.ones(1), 0, [], []
        for n in range(1, len(accept)):
            spread = np.zeros(len(mass) + 1)
            spread[:-1] = mass * p
            spread[1:] += mass * (1 - p)
            low, high = max(accept[n] + 1 - first, 0), max(refuse[n] - first, 0)
            if low > 0:
                accepted.append((n, first, spread[:low]))
            if high < len(spread):
                refused.append((n, first + high, spread[high:]))
            mass, first = spread[low:high], first + low
            if not len(mass):
                break
        return accepted, refused

    def risks(self, table):
        accepted, refused = self.walk(table, self.middle)

        def total(ends, weight):
            return sum(mass @ weight[n, f:f + len(mass)] for n, f, mass in ends)

        cost = sum(n * (mass @ self.trial_cost[n, f:f + len(mass)]) for n, f, mass in accepted + refused)
        return total(accepted, self.at_p0), total(refused, self.at_p1), cost


def first_at_most_zero(function, start, step, tolerance):
    """Smallest x at which a falling, step-like function is <= 0 (metrics/statistics/step_search.h)."""
    low = high = start
    at_low = at_high = function(start)
    down = at_low <= 0
    while step < 64:
        x = low - step if down else high + step
        y = function(x)
        if down:
            if y <= 0:
                high, at_high = x, y
            low, at_low = x, y
        else:
            if y > 0:
                low, at_low = x, y
            high, at_high = x, y
        if (y <= 0) != down:
            break
        step *= 2
    if at_low <= 0 or at_high > 0:
        return high
    i = 0
    while high - low > tolerance:
        x = low + (high - low) * at_low / (at_low - at_high)
        if i % 4 == 3 or not np.isfinite(x):
            x = (low + high) / 2
        x = min(max(x, low + tolerance / 3), high - tolerance / 3)
        y = function(x)
        if y <= 0:
            high, at_high, at_low = x, y, at_low / 2
        else:
            low, at_low, at_high = x, y, at_high / 2
        i += 1
    return high


def design_plan(p0, p1, alpha, beta, cap_ratio):
    """[exact alpha, exact beta, expected trials at p0 and at p1, accept..., refuse...]."""
    n, c = fixed_plan(p0, p1, alpha, beta)
    induction = Induction(p0, p1, int(cap_ratio * n))
    alpha_limit, beta_limit = alpha * (1 - 1e-12), beta * (1 - 1e-12)
    best, best_cost, start = None, np.inf, 7.0

    def over(risk, limit):
        return np.log(max(risk, 1e-300)) - np.log(limit)

    def consider(table):
        nonlocal best, best_cost
        risks = induction.risks(table)
        if risks[0] <= alpha_limit and risks[1] <= beta_limit and risks[2] < best_cost:
            best, best_cost = table, risks[2]
        return risks

    def beta_for(log1):
        nonlocal start
        reached = 1.0

        def alpha_over(log0):
            nonlocal reached
            risks = consider(induction.table(np.exp(log0), np.exp(log1)))
            if risks[0] <= alpha_limit:
                reached = risks[1]
            return over(risks[0], alpha_limit)

        start = first_at_most_zero(alpha_over, start, 0.05, 1e-3)
        return reached

    rows = np.arange(n + 1)
    consider((np.maximum(-1, c - (n - rows)), np.where(rows == 0, 1, c + 1)))
    log1 = first_at_most_zero(lambda x: over(beta_for(x), beta_limit), 7.0, 0.5, 1e-3)
    for i in range(-6, 7):
        beta_for(log1 + 0.01 * i)

    def characteristics(p):
        accepted, refused = induction.walk(best, p)
        expected = sum(n * mass.sum() for n, _, mass in accepted + refused)
        return sum(m.sum() for _, _, m in accepted), sum(m.sum() for _, _, m in refused), expected

    at_p0, at_p1 = characteristics(p0), characteristics(p1)
    return np.concatenate([[at_p0[0], at_p1[1], at_p0[2], at_p1[2]], best[0], best[1]])
