"""Medians and their 95 % intervals, after docs/method.md: Student's t for three to five invocations, Walsh averages for six to eight, order
statistics from nine on. What the program has as constants is derived here: quantiles by bisection, ranks by listing every choice of signs."""
import collections
import functools
import itertools
import math

NAN = math.nan
LEAST, STEPS, BEYOND = 3, 2000, 1e300

Estimate = collections.namedtuple("Estimate", "value low high n coverage")
NOTHING = Estimate(NAN, NAN, NAN, 0, 0.0)


def quantile(values, q):
    """Type 7: linear between the order statistics."""
    x = sorted(values)
    if not x:
        return NAN
    place = q * (len(x) - 1)
    below = math.floor(place)
    return x[-1] if below + 1 >= len(x) else x[below] + (place - below) * (x[below + 1] - x[below])


def median(values):
    return quantile(values, 0.5)


# ---- Student's t ----

@functools.lru_cache(None)
def area(begin, freedom):
    """The integral of cos^(freedom - 1) from there to a right angle, by Simpson's rule: with t = sqrt(freedom) tan the density of Student's t."""
    step = (math.pi / 2 - begin) / STEPS
    return step / 3 * sum((1 if i in (0, STEPS) else 4 if i % 2 else 2) * max(0.0, math.cos(begin + i * step)) ** (freedom - 1) for i in range(STEPS + 1))


def tail(t, freedom):
    """P(T > t)"""
    beyond = area(math.atan(abs(t) / math.sqrt(freedom)), freedom) / area(0.0, freedom) / 2
    return beyond if t >= 0 else 1 - beyond


@functools.lru_cache(None)
def two_sided(freedom):
    """The t that T exceeds in either direction with 5 %."""
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle, freedom) > 0.025 else (low, middle)
    return low


def student(y):
    n = len(y)
    mean = math.fsum(y) / n
    half = two_sided(n - 1) * math.sqrt(math.fsum((v - mean) ** 2 for v in y) / (n - 1) / n)
    return mean - half, mean + half, 0.95


# ---- ranks ----

@functools.lru_cache(None)
def walsh_rank(n):
    """The most averages that may be left out at each end, and what the others cover: of all choices of signs of the ranks 1 to n."""
    sums = [sum(rank for rank, sign in enumerate(signs, 1) if sign) for signs in itertools.product((0, 1), repeat=n)]
    covered = {k: 1 - 2 * sum(w < k for w in sums) / 2**n for k in range(1, n)}
    k = max(k for k, share in covered.items() if share >= 0.95)
    return k, covered[k]


def walsh(y):
    averages = sorted((a + b) / 2 for a, b in itertools.combinations_with_replacement(y, 2))
    k, share = walsh_rank(len(y))
    return averages[k - 1], averages[-k], share


def coverage(n, k):
    """How often the k-th smallest and the k-th largest of n enclose the median: 1 - 2 P(Bin(n, 1/2) < k)."""
    return 1 - 2 * sum(math.comb(n, i) for i in range(k)) / 2**n


# ---- intervals ----

def by_order(values):
    """Of order statistics alone: the narrowest symmetric pair that covers the median with 95 %, or the extremes."""
    x = sorted(values)
    n = len(x)
    if n < 2:
        return Estimate(x[0], NAN, NAN, 1, 0.0) if x else NOTHING
    k = max((k for k in range(1, n // 2 + 1) if coverage(n, k) >= 0.95), default=1)
    return Estimate(median(x), x[k - 1], x[n - k], n, coverage(n, k))


def difference_interval(values):
    """Of values that may be of either sign."""
    x = list(values)
    n = len(x)
    if n < LEAST:
        return Estimate(median(x), NAN, NAN, n, 0.0) if x else NOTHING
    if n > 8:
        return by_order(x)
    middle = median(x)
    low, high, share = student(x) if n < 6 else walsh(x)
    return Estimate(middle, min(low, middle), max(high, middle), n, share)


def interval(values):
    """Of times and ratios, by their logarithms."""
    x = list(values)
    if not LEAST <= len(x) <= 8 or min(x) <= 0:
        return difference_interval(x)
    e, middle = difference_interval([math.log(v) for v in x]), median(x)
    return Estimate(middle, min(math.exp(e.low), middle), max(math.exp(e.high), middle), e.n, e.coverage)


def crossing_interval(values):
    """Of places, some of which may lie before or behind all that was measured: of those nothing but the order is known."""
    x = list(values)
    return interval(x) if all(0 < v < BEYOND for v in x) else by_order(x)
