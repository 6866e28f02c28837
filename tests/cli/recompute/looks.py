"""Many looks of one claim: which of its cases differ by more than 5 %, so that the chance of naming any that does not is at most 5 %. After
docs/method.md: Student's t on the logarithms of the invocations' ratios, and Holm's correction."""
import collections
import math

from .intervals import interval, tail

LEAST, MARGIN, ALPHA = 3, math.log(1.05), 0.05
Look = collections.namedtuple("Look", "ratio more less")


def p_value(logs):
    """That their mean is above the margin."""
    n = len(logs)
    mean = math.fsum(logs) / n
    error = math.sqrt(math.fsum((x - mean) ** 2 for x in logs) / (n - 1) / n)
    if error < 1e-15:
        return 0.0 if mean > MARGIN else 1.0
    return tail((mean - MARGIN) / error, n - 1)


def holm(p):
    """The adjusted p-values."""
    adjusted, least = [0.0] * len(p), 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        least = max(least, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = least
    return adjusted


def look_at(ratios_of_cases):
    """A list of ratios by invocation for each case, to its median and whether it is surely above 1.05, or below 1 / 1.05."""
    questions = [(i, sign) for i, ratios in enumerate(ratios_of_cases) if len(ratios) >= LEAST for sign in (1, -1)]
    p = dict(zip(questions, holm([p_value([sign * math.log(r) for r in ratios_of_cases[i]]) for i, sign in questions])))
    return [Look(interval(ratios), p.get((i, 1), 1) <= ALPHA, p.get((i, -1), 1) <= ALPHA) for i, ratios in enumerate(ratios_of_cases)]
