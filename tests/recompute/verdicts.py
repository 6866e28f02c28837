"""The sections "The answer" and "The verdicts", each claim judged anew after docs/method.md: from the samples to verdict, figures and reason."""
import fnmatch
import math

from . import reach, words
from .curves import TASK, an_item, grains, has_window, kib_a_worker, of, operation, recovery, replacement
from .looks import look_at
from .intervals import BEYOND, crossing_interval, difference_interval
from .samples import NOTHING, geomean, interval

HOLDS, FAILS, DEPENDS, UNKNOWN = "holds", "does not hold", "depends", "cannot tell here"
SPAN, WALL, ITEM = of("span_ns"), of("wall_ns"), an_item("span_ns")
SHARED_MEMORY = [f"latency-{way}" for way in ("spin", "futex", "mutex", "semaphore", "ring-spin", "ring-futex")]
ONE_UNIT = UNKNOWN, "", "it takes a machine whose processing units can run two workers at once"


# ---- the rules ----

def sure(e):
    return e.n > 0 and e.coverage >= 0.95


def more(e):
    return sure(e) and e.low > 1 and e.value - 1 > 0.01


def less(e):
    return sure(e) and e.high < 1 and 1 - e.value > 0.01


def marked(e):
    return more(e) and e.value > 1.05 or less(e) and e.value < 1 / 1.05


def not_more(e):
    return sure(e) and e.high < 1.05


def not_less(e):
    return sure(e) and e.low > 1 / 1.05


def unsure(e):
    if e.n == 0:
        return "not measured in this run"
    if e.coverage < 0.95:
        return f"{e.n} of the 3 invocations that an interval takes: measure for longer (`--budget`)"
    return "the interval leaves both open: it takes a quieter machine or a longer run"


def costs_more(e):
    """The verdict on "more", and its reason."""
    if more(e):
        return HOLDS, "" if marked(e) else "by less than 5 %"
    return (FAILS, "") if not_more(e) else (UNKNOWN, unsure(e))


# ---- the figures ----

def shown(e, show):
    if e.n < 2:
        return f"{show(e.value)} (one invocation)"
    if math.isnan(e.low):
        return f"{show(e.value)} ({e.n} invocations)"
    if e.coverage < 0.95:
        return f"{show(e.value)} ({e.n} invocations: {show(e.low)} to {show(e.high)})"
    return f"{show(e.value)} [{show(e.low)}, {show(e.high)}]"


def times(e):
    return shown(e, lambda x: f"{x:.2f}" if x < 10 else f"{x:.1f}" if x < 100 else f"{x:.0f}")


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
        if c.kernel == kernel and c.runner == runner and c.samples and all(getattr(c, k) == v for k, v in given.items()):
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


def survey(s, suite, reading, on, say, holds):
    """Processes beside threads in all cases of a suite at its most workers; `say` has the figures, `holds` the rule."""
    workers = s.most_workers(suite)
    paired = pairs(s, suite, ["*"], "fork", "pthread", workers=workers)
    e = across(s, paired, reading)
    if workers == 1:
        return ONE_UNIT
    if not e.n:
        return UNKNOWN, "", unsure(e)
    ahead, behind = sides(s, paired, reading)
    measured = say(workers, e, len(paired), len(ahead), len(behind))
    if not sure(e):
        return UNKNOWN, measured, unsure(e)
    if holds(e, len(paired), len(ahead), len(behind)):
        return HOLDS, measured, ""
    if ahead:
        return DEPENDS, measured, f"{on}: " + named(ahead, behind)
    return (FAILS, measured, named(ahead, behind)) if not_less(e) else (UNKNOWN, measured, unsure(e))


def computing_power(s, env):
    return survey(s, "scaling", SPAN, "on the work",
                  lambda workers, e, cases, *_: f"{workers} forked processes take {times(e)} times as long as {workers} threads for the same work "
                  f"({words.counted(cases, 'kernel')})",
                  lambda e, cases, ahead, behind: less(e) and not behind)


def contended(s):
    """The suite's cases at its most workers."""
    return [c for c in s.of("contention") if c.workers == s.most_workers("contention") and c.samples and c.runner != "seq"]


def scaling_further(s, env):
    window = "; operations of all workers in a fixed window" if all(map(has_window, contended(s))) else ""
    return survey(s, "contention", operation, "on what is asked of the kernel",
                  lambda workers, e, cases, ahead, behind: f"at {workers} workers an operation takes processes {times(e)} times as long as threads "
                  f"({cases} kinds{window}); markedly less in {ahead}, markedly more in {behind}",
                  lambda e, cases, ahead, behind: ahead == cases)


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
        return UNKNOWN, "", unsure(NOTHING)
    ratio = divided(s, fork, thread, WALL)
    program = "a new program" if spawn and older(spawn) else "a small new program"
    measured = f"creating and joining a thread takes {time(read(s, thread, WALL))}, a forked process {times(ratio)} times as long"
    if spawn:
        measured += f", {program} {times(divided(s, spawn, thread, WALL))} times"
    measured += older(fork)
    verdict, reason = costs_more(ratio)
    most = max((c.ballast for c in s.of("lifecycle") if c.kernel == "empty" and c.samples), default=0)
    grown = [f"{times(divided(s, beside, fork, WALL))} times as long {where}" for pages, where in PAGES
             if most and (beside := first(s, "lifecycle", "empty", "fork", workers=1, ballast=most, pages=pages))]
    if grown:
        reason += ("; " if reason else "") + f"beside {most / 2**30:.3g} GiB of the parent's memory a fork takes {' and '.join(grown)}"
    limits = [f"{where} {up_to}" for pages, where in PAGES if (up_to := limit(s, pages))]
    if limits:
        limits[0] += " of the parent's memory"
        reason += ("; " if reason else "") + f"a fork is cheaper than {program} {', '.join(limits)}"
    return verdict, measured, reason


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
    by_kind = [sorted(pairs(s, "granularity", ["task"], launched, pooled, workers=workers), key=lambda p: p[0].size) for launched, pooled, _ in kinds]
    if not all(by_kind):
        return UNKNOWN, "", unsure(NOTHING)
    looks = iter(look_at([ratios(s, a, b, WALL) for by_size in by_kind for a, b in by_size]))
    said, limits, opening, spared, none, at = [], "", [], [], [], []
    for (_, _, kind), by_size in zip(kinds, by_kind):
        of_size = [(a.size, next(looks)) for a, _ in by_size]
        at.append(of_size[0][1].ratio)
        said.append(f" launched {kind} {times(at[-1])} times as long as pooled ones")
        until = 0
        for size, look in of_size:
            if not (look.more and sure(look.ratio)):
                break
            until = size
        if until:
            limits += ("," if limits else "pools are ahead by more than 5 %: those of") + f" {kind} up to {words.time(until)}"
        spared.append(until > 0)
        none.append(not_more(at[-1]))
        jobs = break_even(s, *by_size[0])
        if jobs.n:
            opening.append(f"{jobs_shown(jobs)} for {kind}")
    said = f"a job of tasks of {words.time(by_kind[0][0][0].size)} takes" + ",".join(said)
    if opening:
        said += "; jobs until a pool has paid for its opening: " + ", ".join(opening)
    said += older(by_kind[0][0][0])
    for g in grains(s) if any(spared) else ():
        if g.panel == TASK and g.series in ("pthread-pool", "fork-pool") and g.pays.value <= g.most:
            limits += ("; " if limits else "") + f"{g.series} beats one core from tasks of {words.time(max(g.pays.value, g.least))} on"
    if all(spared):
        return HOLDS, said, limits
    if all(none):
        return FAILS, said, limits
    if sum(spared) + sum(none) == 2:
        return DEPENDS, said, limits
    return UNKNOWN, said, limits + ("; " if limits else "") + unsure(at[1] if spared[0] else at[0])


def switching(s, env):
    paired = pairs(s, "switch", ["switch-*"], "fork", "pthread", placement="single")
    sizes, hand_over = sorted({a.size for a, _ in paired}), an_item("span_ns", 2)
    smallest = [p for p in paired if p[0].size == sizes[0]]
    e = across(s, smallest, hand_over)
    if not e.n:
        return UNKNOWN, "", unsure(e)
    measured = f"a context switch on one CPU takes processes {times(e)} times as long as threads ({words.counted(len(smallest), 'way')}, a working set " \
               f"of {words.size(sizes[0])})"
    larger = []
    for size in sizes[1:]:
        at_size = [p for p in paired if p[0].size == size]
        each = (math.fsum(s.difference_in(run, a, b, hand_over) for a, b in at_size) / len(at_size) for run in s.runs)
        d = difference_interval([v for v in each if math.isfinite(v)])
        if d.n:
            larger.append(f"{shown(d, lambda x: f'{x:+.0f} ns')} at {words.size(size)}")
    if larger:
        measured += "; with larger working sets the difference is " + ", ".join(larger)
    verdict, reason = costs_more(e)
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
        return UNKNOWN, "", unsure(NOTHING)
    measured = f"after a fork the first write to a page takes {time(read(s, fork, ITEM))}, because the page is copied"
    if fresh:
        measured += f": {times(divided(s, fork, fresh, ITEM))} times as long as a thread's first touch of fresh memory ({time(read(s, fresh, ITEM))})"
    measured += f"; a write to a page that is mapped takes a thread {time(read(s, mapped, ITEM))}"
    if parent:
        measured += f"; while a child lives, the parent pays {time(read(s, parent, ITEM))} per page for its own first write"
    if shared.ratio.n:
        measured += f"; a round trip through memory that was mapped shared takes processes {times(shared.ratio)} times as long as threads " \
                    f"({words.counted(channels, 'channel')})"
    verdict, reason = costs_more(copied.ratio)
    if verdict != HOLDS or not shared.ratio.n:
        return verdict, measured, reason
    if not copied.more:
        return UNKNOWN, measured, reason + unsure(copied.ratio)
    cost = ", at a cost" if shared.more else ", at no cost" if not_more(shared.ratio) else ""
    return DEPENDS, measured, reason + f"on the mapping: what is mapped shared before the fork is shared by processes too{cost}; everything " \
        "else is copied at the first write"


def communication(s, env):
    pipe, pipe_of_threads, variable = (first(s, "channel", kernel, runner, size=1) for kernel, runner in (
        ("latency-pipe", "fork"), ("latency-pipe", "pthread"), ("latency-spin", "pthread")))
    e, shared = look_at([ratios(s, pipe, variable, ITEM), shared_memory(s)[0]])
    if not e.ratio.n or not shared.ratio.n:
        return UNKNOWN, "", unsure(NOTHING)
    measured = f"a round trip takes {time(read(s, pipe, ITEM))} through a pipe between processes, {times(e.ratio)} times as long as through a shared " \
               f"variable between threads; through shared memory it takes processes {times(shared.ratio)} times as long as threads"
    verdict, reason = costs_more(e.ratio)
    if verdict != HOLDS or more(shared.ratio):
        return verdict, measured, reason
    if not e.more:
        return UNKNOWN, measured, reason + unsure(e.ratio)
    reason += "on the channel, not on who uses it: processes can share a variable as well"
    if pipe_of_threads:
        reason += f", and a pipe takes them {times(divided(s, pipe, pipe_of_threads, ITEM))} times as long as threads"
    return DEPENDS, measured, reason


def mutexes(s):
    return [(first(s, "contention", "mutex", "fork", workers=n), first(s, "contention", "mutex-private", "pthread", workers=n))
            for n in (1, s.most_workers("contention"))]


def locks(s, env):
    workers = s.most_workers("contention")
    if workers == 1:
        return ONE_UNIT
    both = mutexes(s)
    looks = look_at([ratios(s, *pair, operation) for pair in both])
    free, fought = (k.ratio for k in looks)
    if not free.n or not fought.n:
        return UNKNOWN, "", unsure(NOTHING)
    window = " (operations of all workers in a fixed window)" if all(map(has_window, both[1])) else ""
    measured = f"a mutex shared by processes takes {times(free)} times as long as one among threads where nobody else wants it, {times(fought)} times " \
               f"where {workers} workers do{window}"
    if more(free) and more(fought):
        return HOLDS, measured, ""
    if not_more(free) and not_more(fought):
        return FAILS, measured, ""
    for look, other, who in (looks[0], fought, "none"), (looks[1], free, "others"):
        if sure(look.ratio) and look.more and not_more(other):
            return DEPENDS, measured, f"on whether others want the lock: it costs more only where {who} do"
    return UNKNOWN, measured, unsure(fought if more(free) or not_more(free) else free)


def memory(s, env):
    paired = pairs(s, "memory", ["empty"], "fork", "pthread")
    fork, thread = max(paired, key=lambda p: p[0].workers, default=(None, None))
    e = divided(s, fork, thread, kib_a_worker)
    if not e.n:
        return UNKNOWN, "", unsure(NOTHING)

    def parts(c):
        each = [interval([v / c.workers for v in c.by_run(column).values()]).value for column in ("pss_kib", "tables_kib", "stacks_kib")]
        named_parts = ", ".join(f"{name} {kib(v)}" for name, v in zip(("PSS", "page tables", "kernel stack"), each))
        return f"{shown(read(s, c, kib_a_worker), kib)} ({named_parts})"
    verdict, reason = costs_more(e)
    return verdict, f"one of {fork.workers} idle threads occupies {parts(thread)}, one of as many forked processes {parts(fork)}: " \
        f"{times(e)} times as much", reason


def gil(s, env):
    workers = s.most_workers("python")
    half = (1 + workers) / 2

    def cases(kernel, runner):
        return first(s, "python", kernel, "seq", workers=1), first(s, "python", kernel, runner, workers=workers)
    of_all = [cases(k, r) for k in ("python-loop", "python-hash") for r in ("pthread", "fork")]
    threads, processes, in_c, in_c_processes = (divided(s, *pair, SPAN) for pair in of_all)
    if workers == 1:
        return ONE_UNIT
    if not threads.n or not processes.n:
        return UNKNOWN, "", "not measured: it takes a Python 3 with its shared library"
    version = words.python(env) or "(version unknown)"
    measured = f"Python {version} runs bytecode on {workers} workers {times(threads)} times as fast as on one core alone in threads, " \
               f"{times(processes)} times in processes"
    if in_c.n:
        measured += f"; C code that releases the GIL {times(in_c)} and {times(in_c_processes)} times"
    looks = look_at([ratios(s, *pair, SPAN, half) for pair in of_all[:3]])
    above, below = [sure(k.ratio) and k.more for k in looks], [sure(k.ratio) and k.less for k in looks]
    if above[0] or below[1]:
        return FAILS, measured, ""
    if not below[0] or not above[1]:
        return UNKNOWN, measured, unsure(processes if below[0] else threads)
    if not above[2]:
        return HOLDS, measured, ""
    return DEPENDS, measured, "on who computes: bytecode holds the GIL, C code that releases it does not"


WAITERS = (("pthread", "threads"), ("fork", "forked processes"), ("pthread-pool", "pooled threads"), ("fork-pool", "pooled processes"))


def waiting(s, env):
    threads = [c for c in s.of("waiting") if c.runner == "pthread" and c.samples]
    most = max((c for c in threads if c.oversubscribed), key=lambda c: c.workers, default=None)
    few = max((c for c in threads if not c.oversubscribed), key=lambda c: c.workers, default=None)
    if not few or not most:
        return UNKNOWN, "", unsure(NOTHING)
    looks = look_at([ratios(s, s.find(few, runner, few.workers), s.find(most, runner, most.workers), WALL) for runner, _ in WAITERS])
    looks = [(who, k) for (_, who), k in zip(WAITERS, looks) if k.ratio.n]
    if [who for who, _ in looks[:2]] != [who for _, who in WAITERS[:2]]:
        return UNKNOWN, "", unsure(NOTHING)
    measured = f"{most.workers} workers are {times(looks[0][1].ratio)} times as fast as {few.workers} in threads" + \
        "".join(f", {times(k.ratio)} times in {who}" for who, k in looks[1:]) + older(most)
    gain, none = [more(k.ratio) for _, k in looks], [not_more(k.ratio) and not more(k.ratio) for _, k in looks]
    if all(gain):
        return HOLDS, measured, ""
    if all(none):
        return FAILS, measured, ""
    gaining = [who for who, k in looks if sure(k.ratio) and k.more]
    if gaining and any(none):
        return DEPENDS, measured, f"on the workers: a gain in {', '.join(gaining)}; none in {', '.join(who for who, k in looks if not_more(k.ratio))}"
    open_ones = [k.ratio for (_, k), g, n in zip(looks, gain, none) if not g and not n and not not_more(k.ratio)]
    return UNKNOWN, measured, unsure((open_ones or [looks[0][1].ratio])[0])


def times_of_crash(s):
    """The first kind of crash of which both have these times, in words; and their columns."""
    for reading in (replacement, recovery):
        for pair in pairs(s, "isolation", ["crash-*"], "fork", "pthread"):
            if all(read(s, c, reading).n for c in pair):
                said, again = ([time(read(s, c, r)) for c in pair] for r in (reading, of("redo_ns")))
                both = "{} among processes, {} among threads"
                if reading is recovery:
                    return f"; after {pair[0].kernel} the item that was struck is done within {both.format(*said)}, doing the lost work again " \
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
        return UNKNOWN, "", unsure(NOTHING)
    against = [fork.kernel for fork, fewest, most in kinds if fewest < fork.workers - 1 or most > 0]
    measured = f"of {kinds[-1][0].workers} workers, when one crashes, at least {min(k[1] for k in kinds):g} forked processes and at most " \
               f"{max(0, *(k[2] for k in kinds)):g} threads are left ({len(kinds)} kinds of crash, every sample){times_of_crash(s)[0]}"
    if not against:
        return HOLDS, measured, ""
    return (FAILS, measured, "") if len(against) == len(kinds) else (DEPENDS, measured, "on the crash: not in " + ", ".join(against))


def stamps(s, judge, measured):
    """The columns that a claim's figures come from."""
    fixed = {computing_power: ["span_ns"], creation: ["wall_ns"], waiting: ["wall_ns"], switching: ["span_ns"], sharing: ["span_ns"],
             communication: ["span_ns"], gil: ["span_ns"], memory: ["pss_kib", "tables_kib", "stacks_kib"]}
    if not measured:
        return []
    if judge is scaling_further:
        return list(dict.fromkeys("operation_ns" if has_window(c) else "span_ns" for c in contended(s)))
    if judge is locks:
        return list(dict.fromkeys("operation_ns" if all(map(has_window, pair)) else "span_ns" for pair in mutexes(s)))
    if judge is pool:
        opened = any(c.by_run("open_ns") for c in s.of("granularity") if c.runner.endswith("-pool"))
        return ["wall_ns", "open_ns"] if opened else ["wall_ns"]
    if judge is isolation:
        return ["survivors"] + times_of_crash(s)[1]
    if judge is reach.machines:
        return ["span_ns"] if "which take" in measured else []
    return fixed[judge]


EITHER = "no reason to prefer either"
# claim, command, judge, and what follows where it holds, does not hold, depends
CLAIMS = (
    ("Processes give more computing power than threads", "scaling", computing_power, (
        "**Work that computes**: take processes, they do more of it",
        "**Work that computes**: speed is no reason to take processes",
        "**Work that computes**: measure yours, for some of it runs faster in processes")),
    ("Processes scale further than threads on one machine", "contention", scaling_further, (
        "**Work that keeps calling the kernel**: take processes",
        "**Work that keeps calling the kernel**: what it shares there is no reason to take processes",
        "**Work full of the system calls that the verdict names**: take processes, which share less of the kernel")),
    ("Processes can use several machines, threads end at the cores of one", "scale --hosts a,b", reach.machines, (
        "**Work for more than one machine**: take processes that send messages",
        "**Work for more than one machine**: it is no faster there, stay on one",
        "**Work for more than one machine**: take processes that send messages for the work that the verdict names")),
    ("Creating a process costs more than creating a thread", "lifecycle", creation, (
        "**A worker for each short task**: take threads; and do not fork beside much memory",
        "**A worker for each short task**: a process is started as fast as a thread", "")),
    ("A pool spares the cost of creation", "granularity", pool, (
        "**Short tasks**: keep the workers in a pool, of either kind",
        "**Short tasks**: a pool gains nothing over starting workers anew",
        "**Short tasks**: a pool pays for the kind of worker that the verdict names")),
    ("Switching between processes costs more than between threads", "switch", switching, (
        "**Workers that switch all the time**: threads do it faster, by as much as the verdict says",
        f"**Workers that switch all the time**: {EITHER}", "")),
    ("Threads share memory, processes do not", "lifecycle,channel", sharing, (
        "**Shared data**: take threads", "**Shared data**: processes share it as threads do",
        "**Shared data**: threads share it as it is, processes what was mapped shared beforehand")),
    ("Communication between processes costs more than shared variables between threads", "channel", communication, (
        "**Workers that talk much**: take threads",
        "**Workers that talk much**: a pipe between processes costs no more than a variable between threads",
        "**Workers that talk much**: choose the channel, not the kind of worker")),
    ("A lock costs processes more than threads", "contention", locks, (
        "**Locks**: take threads", f"**Locks**: {EITHER}", "**Locks**: they cost processes more in some situations")),
    ("A process occupies more memory than a thread", "memory", memory, (
        "**Thousands of workers**: take threads, they are smaller", f"**Thousands of workers**: {EITHER}", "")),
    ("In Python the GIL forbids threads to compute at once, and processes avoid it", "python", gil, (
        "**Python**: compute in processes", "**Python**: this one computes in threads as it does in processes",
        "**Python**: compute in processes, or in C code that releases the GIL, where threads do as well")),
    ("Tasks that wait gain from more workers than cores, in threads and in processes", "waiting", waiting, (
        "**Work that waits**: take more workers than cores, of either kind", "**Work that waits**: more workers than cores gain nothing",
        "**Work that waits**: take more workers than cores, of the kind that the verdict names")),
    ("A process that crashes leaves the others alive, a thread that crashes does not", "isolation", isolation, (
        "**A crash that must be survived**: take processes", "**A crash that must be survived**: processes alone do not see to it",
        "**A crash that must be survived**: take processes, but for the crashes that the verdict names")),
)


def answer(s, env):
    for _, _, judge, consequences in CLAIMS:
        follows = dict(zip((HOLDS, FAILS, DEPENDS), consequences)).get(judge(s, env)[0])
        if follows:
            yield f"- {follows}."


def sentence(text):
    return words.escaped(text[:1].upper() + text[1:]) + "." if text else ""


def verdicts(s, env):
    judged = [judge(s, env) for _, _, judge, _ in CLAIMS]
    counts = [(sum(j[0] == v for j in judged), one, many) for v, one, many in (
        (HOLDS, "holds", "hold"), (FAILS, "does not", "do not"), (DEPENDS, "depends", "depend"), (UNKNOWN, "cannot be told here", "cannot be told here"))]
    yield f"Of {len(CLAIMS)} claims that are taught about processes and threads, " + \
        ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n) + \
        ". Each verdict follows from the samples by rule; brackets are 95 % intervals over the invocations. *Depends* and *cannot tell* say on what. " \
        "*From* names the columns of [`samples.csv`](docs/example/samples.csv) that the figures come from."
    yield words.row("what is claimed", "verdict", "what was measured", "from", "by")
    for (claim, suites, judge, _), (verdict, measured, reason) in zip(CLAIMS, judged):
        because = "It depends " + words.escaped(reason) + "." if verdict == DEPENDS else sentence(reason)
        yield words.row(claim, f"**{verdict}**", " ".join(filter(None, (sentence(measured), because))),
                        ", ".join(f"`{name}`" for name in stamps(s, judge, measured)) or "–", f"`pvt run --suite {suites}`" if suites else "–")
