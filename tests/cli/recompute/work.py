"""Does work itself take longer in processes: alone, and where workers contend for what the kernel holds."""
import math

from . import words
from .curves import has_window, operation
from .looks import look_at
from .rules import (DEPENDS, FAILS, HOLDS, ONE_UNIT, SAME, SPAN, UNKNOWN, UNMEASURED, across, divided, less, named, not_less, not_more, pairs, sides,
    sure, times, unsure)
from .samples import geomean, interval


def computing_power(s, env):
    workers = s.most_workers("scaling")
    paired = pairs(s, "scaling", ["*"], "fork", "pthread", workers=workers)
    e = across(s, paired, SPAN)
    if workers == 1:
        return ONE_UNIT
    if not e.n:
        return UNMEASURED, "", ""
    ahead, behind = sides(s, paired, SPAN)
    measured = f"{workers} forked processes take {times(e)} times as long as {workers} threads for the same work ({words.counted(len(paired), 'kernel')})"
    if not sure(e):
        return UNKNOWN, measured, unsure(e)
    if less(e) and not behind:
        return HOLDS, measured, ""
    if ahead or less(e):
        return DEPENDS, measured, "on the work: " + named(ahead, behind)
    return whole(e, measured, named(ahead, behind), "over all kernels")


def whole(e, measured, apart, over_all):
    """Processes are ahead nowhere: of the whole there is left that it is not less, or that it is open."""
    if not_less(e):
        return SAME if not_more(e) and not apart else FAILS, measured, apart
    return UNKNOWN, measured, (f"{apart}; {over_all}, " if apart else "") + unsure(e)


MEETS = {"getppid": "nothing", "own-line": "nothing", "signal": "signal handlers", "futex-wake": "the futex table", "pipe": "a pipe",
         **dict.fromkeys(("fault", "madvise", "mmap", "malloc-large"), "the address space"), **dict.fromkeys(("open", "dup"), "the descriptor table"),
         **dict.fromkeys(("atomic", "false-sharing"), "a cache line"), **dict.fromkeys(("mutex", "rwlock", "semaphore"), "a lock"),
         **dict.fromkeys(("malloc-small", "malloc-medium"), "the allocator")}


def contended(s):
    """What is compared: a suite's operations at its most workers, in processes and in threads."""
    found = pairs(s, "contention", ["*"], "fork", "pthread", workers=s.most_workers("contention"))
    return [(a, b) for a, b in found if a.kernel != "map-fault"]  # the second experiment on page faults


def apart(e):
    return abs(math.log(e.value))


def scaling_further(s, env):
    workers, paired = s.most_workers("contention"), contended(s)
    if workers == 1:
        return ONE_UNIT
    groups = {}
    for a, b in paired:
        groups.setdefault(MEETS.get(a.kernel, a.kernel), []).append((a, b))
    by_run = [[geomean(v) if all(map(math.isfinite, v := [s.ratio_in(run, a, operation, b, operation) for a, b in group])) else math.nan
               for group in groups.values()] for run in s.runs]
    e = interval([geomean(means) for means in by_run if means and all(map(math.isfinite, means))])
    if not e.n:
        return UNMEASURED, "", ""
    looks = dict(zip(groups, look_at([[m for m in means if math.isfinite(m)] for means in zip(*by_run)])))
    ahead, behind = [[g for g in groups if getattr(looks[g], side)] for side in ("less", "more")]
    window = "; operations of all workers in a fixed window" if all(has_window(c) for pair in paired for c in pair) else ""
    measured = f"at {'two workers' if workers == 2 else words.counted(workers, 'worker')}, the most measured, an operation takes processes {times(e)} " \
               f"times as long as threads ({len(paired)} kinds in {words.counted(len(groups), 'group')} by what workers contend for{window}); " \
               f"markedly less in {len(ahead)}, markedly more in {len(behind)}"

    def group_named(g):
        figures = [(a.kernel, divided(s, a, b, operation)) for a, b in groups[g]]
        best, figure = max(figures, key=lambda of: apart(of[1]))
        return f"{g} ({best} {times(figure)})" if len(figures) == 1 else f"{g} ({times(looks[g].ratio)} over {len(figures)} operations; {best} {times(figure)})"

    def side(who, of):
        of = sorted(of, key=lambda g: -apart(looks[g].ratio))
        return [f"{who} are ahead where workers contend for " + ", ".join(map(group_named, of[:4])) + (f" and {len(of) - 4} more" if of[4:] else "")] if of else []
    if not sure(e):
        return UNKNOWN, measured, unsure(e)
    voters = set(groups) - {"nothing"}
    if voters and voters <= set(ahead):
        return HOLDS, measured, ""
    if ahead:
        return DEPENDS, measured, "on what is asked of the kernel: " + "; ".join(side("processes", ahead) + side("threads", behind))
    return whole(e, measured, "".join(side("threads", behind)), "over all groups")
