"""What it costs to bring workers to life: a process or a thread, a fork server's, a pool's."""
import math

from . import words
from .curves import TASK, first_result, grains
from .intervals import BEYOND, crossing_interval
from .looks import look_at
from .rules import (DEPENDS, UNKNOWN, UNMEASURED, WALL, agreed, costs_more, divided, first, more, not_more, older, opened, pairs, partly, ratios,
    read, sure, time, times)

ALL_SIZES = BEYOND


def crossing(points):
    """Beside how many bytes a fork takes as long as a new program: a straight line between the sizes. 0: at none; ALL_SIZES."""
    for (x, y), before in zip(points, [None] + points):
        if y > 1:
            return before[0] + (x - before[0]) * (1 - before[1]) / (y - before[1]) if before else 0.0
    return ALL_SIZES if len(points) > 1 else None


def mib(size):
    return f"{size / 2**20:.{1 if size < 10 * 2**20 else 0}f}"


def limit(s, pages):
    """Up to how much of the parent's memory a fork is cheaper than a new program, in words."""
    forks = [c for c in s.of("lifecycle") if (c.kernel, c.runner, c.workers) == ("empty", "fork", 1) and c.samples and (not c.ballast or c.pages == pages)]
    both = [(c, spawn) for c in sorted(forks, key=lambda c: c.ballast) if (spawn := s.find(c, "spawn", 1)) and spawn.samples]
    found, most = [], 0
    for run in s.runs:
        points = [(c.ballast, y) for c, spawn in both if math.isfinite(y := s.ratio_in(run, c, WALL, spawn, WALL))]
        at = crossing(points)
        if at is not None:
            found.append(at)
            most = max(most, *(x for x, _ in points))
    e = crossing_interval(found)
    if not e.n:
        return ""
    low, high = (e.value, e.value) if math.isnan(e.low) else (e.low, e.high)
    on = " (one invocation)" if e.n < 2 else "" if sure(e) else f" ({e.n} invocations)"
    if low >= ALL_SIZES:
        return f"at every size measured, up to {words.size(most)}{on}"
    if high <= 0:
        return f"at no size measured{on}"
    if high >= ALL_SIZES:
        return f"up to {mib(low)} MiB at least{on}"
    if low <= 0:
        return f"up to {mib(high)} MiB at most{on}"
    return f"up to {mib(high)} MiB{on}" if mib(low) == mib(high) else f"up to between {mib(low)} and {mib(high)} MiB{on}"


PAGES = ("small", "in pages of 4 KiB"), ("huge", "in huge pages")


def creation(s, env):
    thread, fork, spawn = (first(s, "lifecycle", "empty", runner, workers=1, ballast=0) for runner in ("pthread", "fork", "spawn"))
    if not thread or not fork:
        return UNMEASURED, "", ""
    ratio = divided(s, fork, thread, WALL)
    program = "a new program" if spawn and older(spawn) else "a small new program"
    measured = f"creating and joining a thread takes {time(read(s, thread, WALL))}, a forked process {times(ratio)} times as long"
    if spawn:
        measured += f", {program} {times(divided(s, spawn, thread, WALL))} times"
    measured += older(fork)
    verdict, reason = costs_more(ratio)
    most = max((c.ballast for c in s.of("lifecycle") if c.kernel == "empty" and c.samples), default=0)
    grown = [f"{times(divided(s, beside, fork, WALL))} times as long as with none {where}" for pages, where in PAGES
             if most and (beside := first(s, "lifecycle", "empty", "fork", workers=1, ballast=most, pages=pages))]
    if grown:
        reason += ("; " if reason else "") + f"with {words.size(most)} in the parent a fork takes {' and '.join(grown)}"
    limits = [f"{where} {up_to}" for pages, where in PAGES if (up_to := limit(s, pages))]
    if limits:
        limits[0] += " of the parent's memory"
        reason += ("; " if reason else "") + f"a fork is cheaper than {program} {', '.join(limits)}"
    return verdict, measured, reason


def fork_server(s, env):
    here = [c for c in s.of("first-work") if c.samples]
    memory = max((c.ballast for c in here if c.size == 1), default=0)
    threads = max((c.size for c in here if c.ballast == 0), default=1)
    parents = [("for a small parent", 0, 1)]
    if memory:
        parents.append((f"for one that holds {words.size(memory)}", memory, 1))
    if threads > 1:
        parents.append((f"for one with {threads} threads", 0, threads))
    parts = []
    for where, ballast, size in parents:
        e = divided(s, *(first(s, "first-work", "beside", runner, workers=1, ballast=ballast, size=size) for runner in ("fork", "forkserver")), first_result)
        if e.n:
            parts.append((where, e, more(e)))
    if not parts:
        return UNMEASURED, "", ""
    alone = {runner: read(s, first(s, "first-work", "beside", runner, workers=1, ballast=0, size=1), first_result)
             for runner in ("forkserver", "spawn", "fork-pool")}
    measured = f"a fork server's worker has its first result after {time(alone['forkserver'])}; " if alone["forkserver"].n else ""
    measured += "a forked one takes " + ", ".join(f"{times(e)} times as long {where}" for where, e, _ in parts)
    others = [f"{'a new program takes' if runner == 'spawn' else 'a worker of a pool'} {time(alone[runner])}" for runner in ("spawn", "fork-pool") if alone[runner].n]
    measured += "; " + ", ".join(others) if others else ""
    verdict, reasons = agreed(parts), []
    if not verdict:
        sooner, later = [w for w, _, is_more in parts if is_more], [w for w, e, is_more in parts if not is_more and not_more(e)]
        verdict = DEPENDS if sooner and later else UNKNOWN
        reasons.append("on the parent: the server is sooner " + ", ".join(sooner) + ", no sooner " + ", ".join(later) if verdict == DEPENDS
                       else opened(parts, "the server is sooner", "the server is no sooner"))
    reasons += partly(parts, 3)
    if any(is_more for _, _, is_more in parts):
        reasons.append("because a fork copies the page tables of all that its parent has touched, and the server has touched next to nothing; its price is "
                       "two more messages")
    return verdict, measured, "; ".join(reasons)


NEVER = BEYOND


def jobs_shown(e):
    value, low, high = ("never" if v >= NEVER else f"{v:.2f}" if v < 10 else f"{v:.0f}" for v in e[:3])
    if e.n < 2:
        return f"{value} (one invocation)"
    if math.isnan(e.low):
        return f"{value} ({e.n} invocations)"
    return f"{value} [{low}, {high}]" if sure(e) else f"{value} ({e.n} invocations: {low} to {high})"


def break_even(s, launched, pooled):
    """Jobs until opening the pool has cost less than launching for each."""
    jobs = []
    for run in s.runs:
        opened, spared = pooled.of_run("open_ns", run), s.difference_in(run, launched, pooled, WALL)
        if math.isfinite(opened) and math.isfinite(spared):
            jobs.append(opened / spared if spared > 0 else NEVER)
    return crossing_interval(jobs)


def pool(s, env):
    workers, kinds = s.most_workers("granularity"), (("pthread", "pthread-pool", "threads"), ("fork", "fork-pool", "processes"))
    by_kind = [(kind, sorted(found, key=lambda p: p[0].size)) for launched, pooled, kind in kinds
               if (found := pairs(s, "granularity", ["task"], launched, pooled, workers=workers))]
    if not by_kind:
        return UNMEASURED, "", ""
    looks = iter(look_at([ratios(s, a, b, WALL) for _, by_size in by_kind for a, b in by_size]))
    said, reasons, limits, opening, parts = [], [], [], [], []
    for kind, by_size in by_kind:
        of_size = [(a.size, next(looks)) for a, _ in by_size]
        until = 0
        for size, look in of_size:
            if not (look.more and sure(look.ratio)):
                break
            until = size
        least = of_size[0][1].ratio
        parts.append((f"for {kind}", least, until > 0))
        said.append(f" launched {kind} {times(least)} times as long as pooled ones")
        if until:
            limits.append(f"{kind} up to {words.time(until)}")
        jobs = break_even(s, *by_size[0])
        if jobs.n:
            opening.append(f"{jobs_shown(jobs)} for {kind}")
    said = f"a job of tasks of {words.time(by_kind[0][1][0][0].size)} takes" + ",".join(said)
    if opening:
        said += "; jobs until opening a pool pays off: " + ", ".join(opening)
    said += older(by_kind[0][1][0][0])
    if limits:
        reasons.append("pools are ahead by more than 5 %: those of " + ", ".join(limits))
    ahead = {{"threads": "pthread-pool", "processes": "fork-pool"}[where[4:]] for where, _, is_more in parts if is_more}
    reasons += [f"{g.series} beats one core from tasks of {words.time(max(g.pays.value, g.least))} on" for g in grains(s)
                if g.panel == TASK and g.series in ahead and g.pays.value <= g.most]
    verdict = agreed(parts)
    if not verdict:
        verdict = DEPENDS if all(is_more or not_more(e) for _, e, is_more in parts) else UNKNOWN
    if verdict == UNKNOWN:
        reasons.append(opened(parts, "a pool is ahead", "a pool is not ahead"))
    return verdict, said, "; ".join(reasons + partly(parts, 2))
