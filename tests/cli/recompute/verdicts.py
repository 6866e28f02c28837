"""The sections "The answer" and "The verdicts", each claim judged anew after docs/method.md: from the samples to verdict, figures and reason."""
import fnmatch
import math
import re

from . import bystander, idle, mapping, processes, reach, serve, words
from .curves import TASK, an_item, first_result, grains, has_window, kib_a_worker, of, operation, recovery, replacement
from .looks import look_at
from .intervals import BEYOND, crossing_interval, difference_interval
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


# ---- the claims ----

OLDER = "; measured by an older version, which launched workers from a large process and let them meet before they began"


def older(launched):
    """Files of before do not have the stamps of a worker's life."""
    return OLDER if launched.by_run("wall_ns") and not launched.by_run("work_ns") else ""


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


def switching(s, env):
    paired = pairs(s, "switch", ["switch-*"], "fork", "pthread", placement="single")
    sizes, hand_over = sorted({a.size for a, _ in paired}), an_item("span_ns", 2)
    smallest = [p for p in paired if p[0].size == sizes[0]]
    parts = []
    for a, b in smallest:
        e = divided(s, a, b, hand_over)
        if e.n:
            parts.append((f"by {a.kernel.removeprefix('switch-')}", e, more(e)))
    if not parts:
        return UNMEASURED, "", ""
    measured = "a context switch on one CPU takes processes " + \
        ", ".join(f"{times(e)} times {'' if i else 'as long as threads '}{where}" for i, (where, e, _) in enumerate(parts)) + \
        f" (a working set of {words.size(sizes[0])})"
    larger, open_at = [], []
    for size in sizes[1:]:
        at_size = [p for p in paired if p[0].size == size]
        each = (math.fsum(s.difference_in(run, a, b, hand_over) for a, b in at_size) / len(at_size) for run in s.runs)
        d = difference_interval([v for v in each if math.isfinite(v)])
        if d.n and sure(d) and d.low * d.high > 0:
            larger.append(f"{shown(d, lambda x: f'{x:+.0f} ns')} at {words.size(size)}")
        elif d.n:
            open_at.append(words.size(size))
    if larger:
        measured += "; with larger working sets the difference is " + ", ".join(larger)
    if open_at:
        measured += "; with larger working sets no difference was shown at " + ", ".join(open_at)
    verdict, reason = decided(parts, "on the mechanism: it costs processes more ", ", no more ", "it costs processes more", "it costs them no more")
    return verdict, measured, reason


def shared_memory(s):
    paired = pairs(s, "channel", SHARED_MEMORY, "fork", "pthread", size=1)
    return means_of(s, paired, ITEM), len(paired)


def page(s, kernel, runner):
    return first(s, "lifecycle", kernel, runner, pages="small") or first(s, "lifecycle", kernel, runner, pages="")


def sharing(s, env):
    fork, mapped, fresh, parent = (page(s, *of_page) for of_page in (("copy", "fork"), ("copy", "pthread"), ("fresh", "pthread"), ("copy-parent", "pthread")))
    means, channels = shared_memory(s)
    copied, shared = look_at([ratios(s, fork, mapped, ITEM), means])
    if not copied.ratio.n:
        return UNMEASURED, "", ""
    measured = f"after a fork the first write to a page takes {time(read(s, fork, ITEM))}, because the page is copied"
    if fresh:
        measured += f": {times(divided(s, fork, fresh, ITEM))} times as long as a thread's first touch of fresh memory ({time(read(s, fresh, ITEM))})"
    measured += f"; a write to a page that is mapped takes a thread {time(read(s, mapped, ITEM))}, the copied one {times(copied.ratio)} times as long"
    if parent:
        measured += f"; while a child lives, the parent pays {time(read(s, parent, ITEM))} per page for its own first write"
    if shared.ratio.n:
        measured += f"; a round trip through memory that was mapped shared takes processes {times(shared.ratio)} times as long as threads " \
                    f"({words.counted(channels, 'channel')})"
    verdict, reason = costs_more(copied.ratio)
    if verdict != HOLDS:
        return FAILS if verdict == SAME else verdict, measured, reason
    if not shared.ratio.n:
        return HOLDS, measured, "memory that was mapped shared was not measured"
    cost = ", at a cost" if more(shared.ratio) else ", at no cost" if not_more(shared.ratio) else ""
    return DEPENDS, measured, f"on the mapping: what is mapped shared before the fork is shared by processes too{cost}; everything else is copied at the " \
        "first write"


def communication(s, env):
    pipe, pipe_of_threads, variable = (first(s, "channel", kernel, runner, size=1) for kernel, runner in (
        ("latency-pipe", "fork"), ("latency-pipe", "pthread"), ("latency-spin", "pthread")))
    e, shared = look_at([ratios(s, pipe, variable, ITEM), shared_memory(s)[0]])
    if not e.ratio.n:
        return UNMEASURED, "", ""
    measured = f"a round trip takes {time(read(s, pipe, ITEM))} through a pipe between processes, {times(e.ratio)} times as long as through a shared " \
               "variable between threads"
    if shared.ratio.n:
        measured += f"; through shared memory it takes processes {times(shared.ratio)} times as long as threads"
    verdict, reason = costs_more(e.ratio)
    if verdict == HOLDS and not shared.ratio.n:
        reason = "shared memory between processes was not measured"
    if verdict != HOLDS or more(shared.ratio) or not shared.ratio.n:
        return verdict, measured, reason
    reason = "on the channel, not on who uses it: processes can share a variable as well"
    if pipe_of_threads:
        reason += f", and a pipe takes them {times(divided(s, pipe, pipe_of_threads, ITEM))} times as long as threads"
    return DEPENDS, measured, reason + ("" if not_more(shared.ratio) else "; whether shared memory costs processes more is open")


def mutexes(s):
    return [(first(s, "contention", "mutex", "fork", workers=n), first(s, "contention", "mutex-private", "pthread", workers=n))
            for n in (1, s.most_workers("contention"))]


def locks(s, env):
    workers = s.most_workers("contention")
    if workers == 1:
        return ONE_UNIT
    parts, said = [], []
    free, fought = mutexes(s)
    for where, pair in ("without contention", free), (f"with {workers} workers contending", fought):
        e = divided(s, *pair, operation)
        if e.n:
            parts.append((where, e, more(e)))
            window = " (operations of all workers in a fixed window)" if pair is fought and all(map(has_window, pair)) else ""
            said.append(f"{times(e)} times as long as one among threads {where}{window}" if not said else f"{times(e)} times {where}{window}")
    if not parts:
        return UNMEASURED, "", ""
    measured = "a mutex shared by processes takes " + ", ".join(said)
    verdict, reasons = agreed(parts), []
    if not verdict and all(is_more or not_more(e) for _, e, is_more in parts):
        verdict, reasons = DEPENDS, ["on contention: it costs more only " + ("without it" if parts[0][2] else "with it")]
    elif not verdict:
        verdict, reasons = UNKNOWN, [opened(parts, "it costs processes more", "it costs processes no more")]
    return verdict, measured, "; ".join(reasons + partly(parts, 2))


def memory(s, env):
    paired = pairs(s, "memory", ["empty"], "fork", "pthread")
    fork, thread = max(paired, key=lambda p: p[0].workers, default=(None, None))
    e = divided(s, fork, thread, kib_a_worker)
    if not e.n:
        return UNMEASURED, "", ""

    def parts(c):
        each = [interval([v / c.workers for v in c.by_run(column).values()]).value for column in ("pss_kib", "tables_kib", "stacks_kib")]
        named_parts = ", ".join(f"{name} {kib(v)}" for name, v in zip(("PSS", "page tables", "kernel stack"), each))
        return f"{shown(read(s, c, kib_a_worker), kib)} ({named_parts})"
    verdict, reason = costs_more(e)
    return verdict, f"one of {fork.workers} idle threads occupies {parts(thread)}, one of {fork.workers} forked processes {parts(fork)}: " \
        f"{times(e)} times as much", reason


def python_cases(s, python, kernel, runner, workers):
    return first(s, "python", kernel, "seq", workers=1, python=python), first(s, "python", kernel, runner, workers=workers, python=python)


def turns(s, env, python, workers):
    """One build: its verdict, figures and reason; None if it was not measured."""
    half, subs, name = (1 + workers) / 2, "+sub" in python, words.python_name(python, env) or "(version unknown)"
    of_all = [python_cases(s, python, k, r, workers) for k in ("python-loop", "python-hash") for r in ("pthread", "fork")]
    threads, processes, in_c, in_c_processes = (divided(s, *pair, SPAN) for pair in of_all)
    if not threads.n or not (subs or processes.n):
        return None
    figures = (name, threads, None if subs else processes, (in_c, in_c_processes) if in_c.n and not subs else None)
    above, below = [sure(e) and e.low > half for e in (threads, processes, in_c)], [sure(e) and e.high < half for e in (threads, processes)]
    looks = look_at([ratios(s, *pair, SPAN, half) for pair in of_all[:1 if subs else 2]])
    if subs:
        above[1], below[1] = True, False
    if above[0] and looks[0].more or below[1] and looks[1].less:
        return FAILS, figures, ""
    if not below[0] or not above[1]:
        said = ["threads take turns"] * below[0] + ["processes do not take turns"] * (above[1] and not subs)
        where, e = ("in processes", processes) if below[0] else ("in threads", threads)
        aside = "more" if e.low > half else "less" if e.high < half else None
        why = f"it is {aside} than half by too little to be sure: measure longer (`--budget`)" if sure(e) and aside else unsure(e)
        return UNKNOWN, figures, "; ".join(said + [f"{where} ({times(e)}, half of the possible gain is {half:.3g}) {why}"])
    if not above[2]:
        return HOLDS, figures, ""
    return DEPENDS, figures, "on the code: bytecode holds the GIL, C code that releases it does not"


def say_turns(figures, workers, is_first):
    name, threads, processes, in_c = figures
    said = f"Python {name} " + (f"runs bytecode on {workers} workers " if is_first else "") + f"{times(threads)} times" + \
        (" as fast as on one core alone" if is_first else "") + " in threads"
    if processes:
        said += f", {times(processes)} times in processes"
    if in_c:
        said += f"; C code that releases the GIL {times(in_c[0])} and {times(in_c[1])} times"
    return said


def gil(s, env):
    workers = s.most_workers("python")
    if workers == 1:
        return ONE_UNIT
    builds = [found for python in s.pythons() if (found := turns(s, env, python, workers))]
    if not builds:
        return UNMEASURED, "", "it takes a Python 3 with its shared library"
    measured = "; ".join(say_turns(figures, workers, i == 0) for i, (_, figures, _) in enumerate(builds))
    open_one, decided = next((b for b in builds if b[0] == UNKNOWN), None), [b for b in builds if b[0] != UNKNOWN]
    kinds = {verdict for verdict, _, _ in decided}
    if open_one and DEPENDS not in kinds and len(kinds) < 2:
        return UNKNOWN, measured, (f"Python {open_one[1][0]}: " if len(builds) > 1 else "") + open_one[2]
    also = f"; not to be told for Python {open_one[1][0]}: {open_one[2]}" if open_one else ""
    if len(kinds) == 1:
        return decided[0][0], measured, decided[0][2] + also
    if FAILS not in kinds:
        return DEPENDS, measured, "on the code: bytecode holds the GIL, C code that releases it need not" + also
    named = [", ".join(f"Python {figures[0]}" for verdict, figures, _ in decided if (verdict == FAILS) is fails) for fails in (False, True)]
    return DEPENDS, measured, f"on the build: it holds for bytecode in {named[0]}; it does not in {named[1]}{also}"


def free_threads_price(s):
    """One thread of Python 3.13 without a GIL over one with it."""
    free = [p for p in s.pythons() if re.match(r"[0-9.]+t", p)]
    alone = [first(s, "python", "python-loop", "seq", python=p) for p in (free[-1], free[-1][:-1])] if free and free[-1].startswith("3.13.") else [None, None]
    return divided(s, *alone, SPAN)


def free_threads(s, env):
    workers = s.most_workers("python")
    if workers == 1:
        return ONE_UNIT
    free = [p for p in s.pythons() if re.match(r"[0-9.]+t", p)]
    python = free[-1] if free else None
    beside = python[:-1] if free and python[:-1] in s.pythons() else None
    own, forked, shared = (python_cases(s, python, k, r, workers) for k, r in
                           (("python-loop", "pthread"), ("python-loop", "fork"), ("python-shared", "pthread")))
    alone = (own[0], first(s, "python", "python-loop", "seq", python=beside) if beside else None)
    half = (1 + workers) / 2
    e_own, e_forked, e_shared, e_alone = (divided(s, *pair, SPAN) for pair in (own, forked, shared, alone))
    if not free or not e_own.n:
        return UNMEASURED, "", "it takes a Python without a GIL (3.13 or later, configured with --disable-gil) and one of the same version with it: " \
            "name both with --python"
    looks = look_at([ratios(s, *own, SPAN, half), ratios(s, *shared, SPAN), ratios(s, *alone, SPAN)])
    measured = f"Python {words.python_name(python, env)} runs bytecode on {workers} workers {times(e_own)} times as fast as on one core alone in threads"
    measured += f", {times(e_forked)} times in processes" if e_forked.n else ""
    measured += f"; threads that add to one counter behind a lock are {times(e_shared)} times as fast as one of them alone" if e_shared.n else ""
    measured += f"; one thread takes {times(e_alone)} times as long as in Python {beside} with its GIL" if e_alone.n else ""
    if sure(e_own) and e_own.high < half and looks[0].less:
        return FAILS, measured, "threads still take turns"
    if not (sure(e_own) and e_own.low > half and looks[0].more):
        return UNKNOWN, measured, f"in threads (half of the possible gain is {half:.3g}) {unsure(e_own)}"
    pays, loses = sure(e_alone) and looks[2].more, sure(e_shared) and looks[1].less
    if pays or loses:
        return DEPENDS, measured, "on the work: threads compute in parallel on objects of their own" + \
            ", and are slower than one where they share an object and its lock" * loses + "; one thread alone takes longer than with the GIL" * pays
    if not e_alone.n:
        return UNKNOWN, measured, "it takes the same version with its GIL to show what one thread pays"
    if not e_shared.n:
        return UNKNOWN, measured, "python-shared was not measured"
    if not not_more(e_alone):
        return UNKNOWN, measured, f"one thread's time {unsure(e_alone)}"
    if not not_less(e_shared):
        return UNKNOWN, measured, f"on one object {unsure(e_shared)}"
    return HOLDS, measured, ""


WAITERS = (("pthread", "in threads"), ("fork", "in forked processes"), ("pthread-pool", "in pooled threads"), ("fork-pool", "in pooled processes"))


def waiters(s):
    """Of each kind of worker that was measured: where, as many as can run at once, and the most."""
    for runner, where in WAITERS:
        own = [c for c in s.of("waiting") if c.runner == runner and c.samples]
        few, most = (max((c for c in own if bool(c.oversubscribed) is over_all), key=lambda c: c.workers, default=None) for over_all in (False, True))
        if ratios(s, few, most, WALL):
            yield where, few, most


def waiting(s, env):
    found = list(waiters(s))
    if not found:
        return UNMEASURED, "", ""
    looks = look_at([ratios(s, few, most, WALL) for _, few, most in found])
    parts = [(where, k.ratio, more(k.ratio)) for (where, *_), k in zip(found, looks)]
    (_, few, most), (where, e, _) = found[0], parts[0]
    measured = f"{most.workers} workers are {times(e)} times as fast as {few.workers} {where}" + \
        "".join(f", {times(e)} times {where}" for where, e, _ in parts[1:]) + older(most)
    verdict, reasons = agreed(parts), []
    if not verdict:
        parts = [(where, e, sure(e) and k.more) for (where, e, _), k in zip(parts, looks)]
        gain, none = [p[0] for p in parts if p[2]], [p[0] for p in parts if not p[2] and not_more(p[1])]
        verdict = DEPENDS if gain and none else UNKNOWN
        reasons.append(f"on the workers: a gain {', '.join(gain)}; none {', '.join(none)}" if verdict == DEPENDS else
                       opened(parts, "more workers gain", "more workers gain nothing"))
    return verdict, measured, "; ".join(reasons + partly(parts, len(WAITERS)))


def times_of_crash(s):
    """The first kind of crash of which both have these times, in words; and their columns."""
    for reading in (replacement, recovery):
        for pair in pairs(s, "isolation", ["crash-*"], "fork", "pthread"):
            if all(read(s, c, reading).n for c in pair):
                said, again = ([time(read(s, c, r)) for c in pair] for r in (reading, of("redo_ns")))
                both = "{} among processes, {} among threads"
                if reading is recovery:
                    return f"; after {pair[0].kernel} the item that was hit is done within {both.format(*said)}, doing the lost work again " \
                        "included: measured by an older version", ["recovery_ns"]
                return f"; after {pair[0].kernel} a new worker starts within {both.format(*said)}; doing the lost work again takes " \
                    f"{both.format(*again)}", ["recovery_ns", "redo_ns"]
    return "", []


def isolation(s, env):
    kinds = []
    for fork, threads in pairs(s, "isolation", ["crash-*"], "fork", "pthread"):
        left = [[v for run in s.runs if math.isfinite(v := c.of_run("survivors", run))] for c in (fork, threads)]
        if all(left):
            kinds.append((fork, min(left[0]), max(left[1])))
    if not kinds:
        return UNMEASURED, "", ""
    against = [fork.kernel for fork, fewest, most in kinds if fewest < fork.workers - 1 or most > 0]
    measured = f"of {kinds[-1][0].workers} workers, when one crashes, at least {min(k[1] for k in kinds):g} forked processes and at most " \
               f"{max(0, *(k[2] for k in kinds)):g} threads are left ({len(kinds)} kinds of crash, every sample){times_of_crash(s)[0]}"
    if not against:
        return HOLDS, measured, ""
    return (FAILS, measured, "") if len(against) == len(kinds) else (DEPENDS, measured, "on the crash: not in " + ", ".join(against))


def stamps(s, judge, measured):
    """The columns that a claim's figures come from."""
    fixed = {computing_power: ["span_ns"], fork_server: ["start_ns", "work_ns"], creation: ["wall_ns"],
             waiting: ["wall_ns"], switching: ["span_ns"], sharing: ["span_ns"],
             communication: ["span_ns"], bystander.bystander: ["span_ns"], idle.idle: ["wall_ns"], gil: ["span_ns"], free_threads: ["span_ns"],
             memory: ["pss_kib", "tables_kib", "stacks_kib"]}
    if not measured:
        return []
    if judge is scaling_further:
        return list(dict.fromkeys("operation_ns" if all(map(has_window, pair)) else "span_ns" for pair in contended(s)))
    if judge is locks:
        return list(dict.fromkeys("operation_ns" if all(map(has_window, pair)) else "span_ns" for pair in mutexes(s) if ratios(s, *pair, operation)))
    if judge is pool:
        opened = any(c.by_run("open_ns") for c in s.of("granularity") if c.runner.endswith("-pool"))
        return ["wall_ns", "open_ns"] if opened else ["wall_ns"]
    if judge is processes.fork_safety:
        return ["tried", "hung"]
    if judge is processes.fork_stall:
        return ["gap_ns"] + (["span_ns"] if any(c.kernel == "copy-parent" and c.pages == "small" and c.samples for c in s.of("lifecycle")) else [])
    if judge is isolation:
        return ["survivors"] + times_of_crash(s)[1]
    if judge is serve.serve:
        return serve.stamps(s)
    if judge is mapping.mapping:
        return mapping.stamps(measured)
    if judge is reach.machines:
        return ["span_ns"] if "which take" in measured else []
    return fixed[judge]


EITHER = "no reason to prefer either"
# id, claim, command, judge, and what follows where it holds, does not hold, depends, makes no difference
CLAIMS = (
    ("computing-power", "Processes give more computing power than threads", "scaling", computing_power, (
        "**Work that computes**: take processes, they do more of it",
        "**Work that computes**: speed is no reason to take processes",
        "**Work that computes**: measure yours, for some of it runs faster in processes",
        f"**Work that computes**: {EITHER}")),
    ("scaling-further", "Processes scale further than threads on one machine", "contention", scaling_further, (
        "**Work that keeps calling the kernel**: take processes",
        "**Work that keeps calling the kernel**: what it shares there is no reason to take processes",
        "**Work full of the system calls that the verdict names**: take processes, which share less of the kernel",
        f"**Work that keeps calling the kernel**: {EITHER}")),
    ("bystander", "One worker's mmap, munmap and mprotect slow down other threads, but not other processes", "bystander", bystander.bystander, (
        "**Work next to workers that keep changing their memory**: take processes",
        "**Work next to workers that keep changing their memory**: no reason to take processes",
        "**Work next to workers that keep changing their memory**: take processes for what the verdict names",
        f"**Work next to workers that keep changing their memory**: {EITHER}")),
    ("machines", "Processes can use several machines, threads only one", "scale --hosts a,b", reach.machines, (
        "**Work for more than one machine**: take processes that send messages",
        "**Work for more than one machine**: it is no faster there, stay on one",
        "**Work for more than one machine**: take processes that send messages for the work that the verdict names",
        "**Work for more than one machine**: it is no faster there, stay on one")),
    ("creation", "Creating a process costs more than creating a thread", "lifecycle", creation, (
        "**A worker for each short task**: take threads; and do not fork with much memory in the parent",
        "**A worker for each short task**: a process is started as fast as a thread", "",
        f"**A worker for each short task**: {EITHER}")),
    ("fork-server", "A fork server gives a program its workers sooner than a fork", "first-work", fork_server, (
        "**Processes for a large program**: fork them from a small server",
        "**Processes for a large program**: a server that forks them gains nothing",
        "**Processes for a large program**: fork them from a small server where the verdict says so, else fork",
        "**Processes for a large program**: fork or a fork server, no reason to prefer either")),
    ("fork-stall", "A fork of a large program holds up all of its threads, not only the one that forks", "stall", processes.fork_stall, (
        "**A large program that must not stop**: do not fork it, use posix_spawn or a fork server",
        "**A large program that must not stop**: a fork holds up no other thread", "",
        "**A large program that must not stop**: a fork holds up no other thread")),
    ("fork-safety", "A forked worker of a program with threads may hang", "fork-safety", processes.fork_safety, (
        "**A program with threads**: do not fork workers that never exec",
        "**A program with threads**: its forked workers found nothing locked",
        "**A program with threads**: a forked worker may touch only what the verdict does not name; a fork server or posix_spawn is safe")),
    ("pool", "A pool saves the cost of creation", "granularity", pool, (
        "**Short tasks**: keep the workers in a pool, of either kind",
        "**Short tasks**: a pool gains nothing over starting workers anew",
        "**Short tasks**: a pool pays for the kind of worker that the verdict names")),
    ("idle-pool", "After a pause a pool of processes starts its next job later than a pool of threads", "idle", idle.idle, (
        "**A pool that is often idle**: take threads, they start sooner",
        "**A pool that is often idle**: processes start as soon as threads",
        "**A pool that is often idle**: take threads for the pauses that the verdict names",
        f"**A pool that is often idle**: {EITHER}")),
    ("switching", "Switching between processes costs more than between threads", "switch", switching, (
        "**Workers that switch often**: threads switch faster; the verdict says by how much",
        "**Workers that switch often**: no reason to take threads",
        "**Workers that switch often**: threads switch faster by the mechanisms that the verdict names",
        f"**Workers that switch often**: {EITHER}")),
    ("sharing", "Threads share memory, processes do not", "lifecycle,channel", sharing, (
        "**Shared data**: take threads", "**Shared data**: processes share it as threads do",
        "**Shared data**: threads share it as it is, processes what was mapped shared beforehand")),
    ("communication", "Communication between processes costs more than shared variables between threads", "channel", communication, (
        "**Workers that communicate a lot**: take threads",
        "**Workers that communicate a lot**: a pipe between processes costs no more than a variable between threads",
        "**Workers that communicate a lot**: choose the channel, not the kind of worker")),
    ("locks", "A lock costs processes more than threads", "contention", locks, (
        "**Locks**: take threads", "**Locks**: no reason to take threads", "**Locks**: they cost processes more in some situations",
        f"**Locks**: {EITHER}")),
    ("memory", "A process occupies more memory than a thread", "memory", memory, (
        "**Thousands of workers**: take threads, they are smaller", "**Thousands of workers**: no reason to take threads", "",
        f"**Thousands of workers**: {EITHER}")),
    ("mapping", "Memory that many processes map shared costs them more than it costs threads", "mapping", mapping.mapping, (
        "**Much shared memory**: take threads, or map it in huge pages", "**Much shared memory**: no reason to take threads",
        "**Much shared memory**: processes pay for what the verdict names; huge pages make it small", f"**Much shared memory**: {EITHER}")),
    ("serve", "A server pays more for a process per connection than for a thread per connection", "serve", serve.serve, (
        "**Servers**: take threads, or a pool of either kind", "**Servers**: a process per connection costs no more than a thread",
        "**Servers**: a process per connection costs more in what the verdict names; a pool avoids that", f"**Servers**: {EITHER}")),
    ("gil", "In Python the GIL keeps threads from computing in parallel, and processes avoid it", "python", gil, (
        "**Python**: compute in processes", "**Python**: this one computes in threads as it does in processes",
        "**Python**: compute in processes, or in threads where the verdict says that they do as well")),
    ("free-threads", "Without a GIL Python's threads always compute in parallel, and a single thread costs no more", "python", free_threads, (
        "**Python without a GIL**: compute in threads", "**Python without a GIL**: compute in processes all the same",
        "**Python without a GIL**: compute in threads on objects of their own, at the price that the verdict names")),
    ("waiting", "Tasks that wait gain from more workers than cores, in threads and in processes", "waiting", waiting, (
        "**Work that waits**: take more workers than cores, of either kind", "**Work that waits**: more workers than cores gain nothing",
        "**Work that waits**: take more workers than cores, of the kind that the verdict names")),
    ("isolation", "A process that crashes leaves the others alive, a thread that crashes does not", "isolation", isolation, (
        "**A crash that must be survived**: take processes", "**A crash that must be survived**: processes alone do not ensure that",
        "**A crash that must be survived**: take processes, but for the crashes that the verdict names")),
)


def answer(s, env):
    for _, _, _, judge, consequences in CLAIMS:
        follows = dict(zip((HOLDS, FAILS, DEPENDS, SAME), consequences)).get(judge(s, env)[0])
        if follows:
            yield f"- {follows}."


def sentence(text):
    return words.escaped(text[:1].upper() + text[1:]) + "." if text else ""


COUNTED = ((HOLDS, "holds", "hold"), (FAILS, "does not", "do not"), (DEPENDS, "depends", "depend"),
           (SAME, "shows no difference that matters", "show no difference that matters"), (UNKNOWN, "is inconclusive", "are inconclusive"),
           (UNMEASURED, "was not measured", "were not measured"))


def measured_claims(s, env):
    return [claim for claim, _, _, judge, _ in CLAIMS if judge(s, env)[0] != UNMEASURED]


def verdicts(s, env):
    judged = [judge(s, env) for _, _, _, judge, _ in CLAIMS]
    counts = [(sum(j[0] == v for j in judged), one, many) for v, one, many in COUNTED]
    yield f"Of {len(CLAIMS)} claims that are taught about processes and threads, " + \
        ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n) + \
        ". Each verdict follows from the samples by rule; brackets are 95 % intervals over the invocations. A difference that matters is one of more than " \
        "5 %. *Depends* and *cannot tell* say on what. " \
        "*From* names the columns of [`samples.csv`](docs/example/samples.csv) that the figures come from."
    missing = [(claim, reason) for (claim, *_), (verdict, _, reason) in zip(CLAIMS, judged) if verdict == UNMEASURED]
    if len(missing) < len(CLAIMS):
        yield words.row("what is claimed", "verdict", "what was measured", "from", "by")
    for (_, claim, suites, judge, _), (verdict, measured, reason) in zip(CLAIMS, judged):
        if verdict == UNMEASURED:
            continue
        because = "It depends " + words.escaped(reason) + "." if verdict == DEPENDS else sentence(reason)
        yield words.row(claim, f"**{verdict}**", " ".join(filter(None, (sentence(measured), because))),
                        ", ".join(f"`{name}`" for name in stamps(s, judge, measured)) or "–", f"`pvt run --suite {suites}`" if suites else "–")
    if missing:
        yield "- Not measured in this run: " + ", ".join(claim + (f" ({reason})" if reason else "") for claim, reason in missing) + \
            ("; `pvt run` of all suites, with its default budget, measures what needs nothing else" if not all(reason for _, reason in missing) else "") + "."
