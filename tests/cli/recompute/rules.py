"""What a verdict is made of: whether an interval shows a difference, and how figures are said."""
import fnmatch
import math

from . import words
from .curves import an_item, of
from .looks import look_at
from .samples import NOTHING, geomean, interval

HOLDS, FAILS, DEPENDS, UNKNOWN = "holds", "does not hold", "depends", "cannot tell here"
SAME, UNMEASURED = "no difference that matters", "not measured"
MARGIN = 1.05
SPAN, WALL, ITEM = of("span_ns"), of("wall_ns"), an_item("span_ns")
SHARED_MEMORY = [f"latency-{way}" for way in ("spin", "futex", "mutex", "semaphore", "ring-spin", "ring-futex")]
ONE_UNIT = UNKNOWN, "", "it takes a machine that can run two workers in parallel"


# ---- the rules ----

def sure(e):
    return e.n > 0 and e.coverage >= 0.95


def higher(e):
    """A difference, whether it matters or not."""
    return sure(e) and e.low > 1 and e.value - 1 > 0.01


def lower(e):
    return sure(e) and e.high < 1 and 1 - e.value > 0.01


def more(e):
    """By a difference that matters: the interval excludes 1, and the figure is beyond the margin."""
    return sure(e) and e.low > 1 and e.value > MARGIN


def less(e):
    return sure(e) and e.high < 1 and e.value < 1 / MARGIN


def not_more(e):
    return sure(e) and e.high < MARGIN


def not_less(e):
    return sure(e) and e.low > 1 / MARGIN


def alike(e):
    """The whole interval is within the margin."""
    return not_more(e) and not_less(e)


def unsure(e):
    if e.coverage < 0.95:
        return f"{e.n} of the 3 invocations that an interval needs: measure longer (`--budget`)"
    return "the interval allows both: use a quieter machine or a longer run"


def costs_more(e):
    """The verdict on "more", and its reason."""
    if more(e):
        return HOLDS, ""
    if not_more(e):
        return SAME if not_less(e) else FAILS, ""
    return UNKNOWN, unsure(e)


def agreed(parts):
    """The verdict of parts (where, ratio, whether it is more) that were measured and agree; None."""
    if all(is_more for _, _, is_more in parts):
        return HOLDS
    if any(is_more or not not_more(e) for _, e, is_more in parts):
        return None
    return SAME if all(not_less(e) for _, e, _ in parts) else FAILS


def opened(parts, gains, gains_not):
    """What is decided, and the parts that are not."""
    said = [f"{where}, {gains}" for where, e, is_more in parts if is_more]
    said += [f"{where}, {gains_not}" for where, e, is_more in parts if not is_more and not_more(e)]
    left = [(f"{where} ({times(e)})", e) for where, e, is_more in parts if not is_more and not not_more(e)]
    return "; ".join(said + [" and ".join(where for where, _ in left)]) + " " + unsure(left[0][1])


def decided(parts, dear, cheap, gains, gains_not):
    """The verdict on several parts, and its reason: one that is more and one that surely is not are an answer, whatever a third does."""
    verdict, up, down = agreed(parts), [p[0] for p in parts if p[2]], [p[0] for p in parts if not p[2] and not_more(p[1])]
    if verdict:
        return verdict, ""
    return (DEPENDS, dear + ", ".join(up) + cheap + ", ".join(down)) if up and down else (UNKNOWN, opened(parts, gains, gains_not))


def partly(parts, of_all):
    """Which of several were measured, where not all were."""
    return [] if len(parts) == of_all else ["measured only " + ", ".join(where for where, *_ in parts)]


# ---- the figures ----

def shown(e, show):
    if e.n < 2:
        return f"{show(e.value)} (one invocation)"
    if math.isnan(e.low):
        return f"{show(e.value)} ({e.n} invocations)"
    if e.coverage < 0.95:
        return f"{show(e.value)} ({e.n} invocations: {show(e.low)} to {show(e.high)})"
    return f"{show(e.value)} [{show(e.low)}, {show(e.high)}]"


def ratio(x):
    return f"{x:.2f}" if x < 10 else f"{x:.1f}" if x < 100 else f"{x:.0f}"


def times(e):
    return shown(e, ratio)


def time(e):
    return shown(e, words.time)


def kib(value):
    return f"{value:.{1 if abs(value) < 100 else 0}f} KiB"


# ---- what is compared ----

def read(s, c, reading):
    return interval([v for run in s.runs if math.isfinite(v := reading(s, c, run))]) if c else NOTHING


def ratios(s, a, b, reading, by=1):
    """Of the invocations that have both."""
    if not a or not b:
        return []
    return [v / by for run in s.runs if math.isfinite(v := s.ratio_in(run, a, reading, b, reading)) and v > 0]


def divided(s, a, b, reading):
    return interval(ratios(s, a, b, reading))


def first(s, suite, kernel, runner, **given):
    for c in s.of(suite):
        if kernel in (c.kernel, "*") and c.runner == runner and c.samples and all(getattr(c, k) == v for k, v in given.items()):
            return c
    return None


def pairs(s, suite, kernels, a, b, **given):
    found = []
    for c in s.of(suite):
        if c.runner == a and c.samples and any(fnmatch.fnmatchcase(c.kernel, k) for k in kernels) and \
                all(getattr(c, k) == v for k, v in given.items()):
            other = s.find(c, b, c.workers)
            if other and other.samples:
                found.append((c, other))
    return found


def means_of(s, paired, reading):
    """The geometric mean over the pairs, of each invocation that has all of them."""
    means = []
    for run in s.runs:
        x = [v for a, b in paired if math.isfinite(v := s.ratio_in(run, a, reading, b, reading))]
        if paired and len(x) == len(paired):
            means.append(geomean(x))
    return means


def across(s, paired, reading):
    return interval(means_of(s, paired, reading))


def sides(s, paired, reading):
    """The kernels in which processes are surely ahead, and behind, of all that were looked at: (kernel, ratio), the most marked first."""
    looks = [(a.kernel, look) for (a, _), look in zip(paired, look_at([ratios(s, a, b, reading) for a, b in paired]))]
    looks.sort(key=lambda of: -abs(math.log(of[1].ratio.value)) if of[1].ratio.n else 0)
    return [(kernel, k.ratio) for kernel, k in looks if k.less], [(kernel, k.ratio) for kernel, k in looks if k.more]


def named(ahead, behind):
    said = []
    for who, side in (("processes are ahead in ", ahead), ("threads are ahead in ", behind)):
        if side:
            said.append(who + ", ".join(f"{kernel} ({times(e)})" for kernel, e in side[:4]) +
                        (f" and {len(side) - 4} more" if len(side) > 4 else ""))
    return "; ".join(said)


# ---- files of older versions ----

OLDER = "; measured by an older version, which launched workers from a large process and let them meet before they began"


def older(launched):
    """Files of before do not have the stamps of a worker's life."""
    return OLDER if launched.by_run("wall_ns") and not launched.by_run("work_ns") else ""
