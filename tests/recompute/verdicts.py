"""The sections "The answer" and "The verdicts", each claim judged anew after docs/method.md: from the samples to verdict, figures and reason."""
import fnmatch
import math

from . import reach, words
from .curves import TASK, an_item, grains, kib_a_worker, of
from .samples import NOTHING, geomean, interval, over

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
        return f"{e.n} of the 6 invocations that an interval takes: measure for longer (`--budget`)"
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
    if e.coverage < 0.95:
        return f"{show(e.value)} ({e.n} invocations: {show(e.low)} to {show(e.high)})"
    return f"{show(e.value)} [{show(e.low)}, {show(e.high)}]"


def times(e):
    return shown(e, lambda x: f"{x:.2f}" if x < 10 else f"{x:.1f}" if x < 100 else f"{x:.0f}")


def time(e):
    return shown(e, words.time)


# ---- what is compared ----

def read(s, c, reading):
    return interval([v for run in s.runs if math.isfinite(v := reading(s, c, run))]) if c else NOTHING


def divided(s, a, b, reading):
    if not a or not b:
        return NOTHING
    return interval([v for run in s.runs if math.isfinite(v := over(reading(s, a, run), reading(s, b, run)))])


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


def across(s, paired, reading):
    """Geometric mean over the pairs, in each invocation that has all of them."""
    means = []
    for run in s.runs:
        x = [v for a, b in paired if math.isfinite(v := over(reading(s, a, run), reading(s, b, run)))]
        if paired and len(x) == len(paired):
            means.append(geomean(x))
    return interval(means)


def sides(s, paired):
    """The kernels in which processes are markedly ahead, and behind: (kernel, ratio), the most marked first."""
    ratios = [(a.kernel, divided(s, a, b, SPAN)) for a, b in paired]
    ratios = sorted((r for r in ratios if marked(r[1])), key=lambda r: -abs(math.log(r[1].value)))
    return [r for r in ratios if r[1].value < 1], [r for r in ratios if r[1].value > 1]


def named(ahead, behind):
    said = []
    for who, side in (("processes are ahead in ", ahead), ("threads are ahead in ", behind)):
        if side:
            said.append(who + ", ".join(f"{kernel} ({times(e)})" for kernel, e in side[:4]) +
                        (f" and {len(side) - 4} more" if len(side) > 4 else ""))
    return "; ".join(said)


# ---- the claims ----

def survey(s, suite, on, say, holds):
    """Processes beside threads in all cases of a suite at its most workers; `say` has the figures, `holds` the rule."""
    workers = s.most_workers(suite)
    paired = pairs(s, suite, ["*"], "fork", "pthread", workers=workers)
    e = across(s, paired, SPAN)
    if workers == 1:
        return ONE_UNIT
    if not e.n:
        return UNKNOWN, "", unsure(e)
    ahead, behind = sides(s, paired)
    measured = say(workers, e, len(paired), len(ahead), len(behind))
    if holds(e, len(paired), len(ahead), len(behind)):
        return HOLDS, measured, ""
    if ahead:
        return DEPENDS, measured, f"{on}: " + named(ahead, behind)
    return (FAILS, measured, named(ahead, behind)) if not_less(e) else (UNKNOWN, measured, unsure(e))


def computing_power(s, env):
    return survey(s, "scaling", "on the work",
                  lambda workers, e, cases, *_: f"{workers} forked processes take {times(e)} of the time that as many threads take for the same "
                  f"work ({words.counted(cases, 'kernel')})",
                  lambda e, cases, ahead, behind: less(e) and not behind)


def scaling_further(s, env):
    return survey(s, "contention", "on what is asked of the kernel",
                  lambda workers, e, cases, ahead, behind: f"at {workers} workers an operation takes processes {times(e)} of the time it takes "
                  f"threads ({cases} kinds); markedly less in {ahead}, markedly more in {behind}",
                  lambda e, cases, ahead, behind: ahead == cases)


def spawn_pays_from(s):
    """Bytes of the parent's from which on a fork costs more than a spawn."""
    before = None
    for fork in s.of("lifecycle"):
        if fork.kernel != "empty" or fork.runner != "fork" or fork.workers != 1 or not fork.samples or \
                (fork.ballast and fork.pages != "small"):
            continue
        spawn = s.find(fork, "spawn", 1)
        if not spawn or not spawn.samples:
            continue
        ratio = math.log(fork.wall.value / spawn.wall.value)
        if ratio > 0 and not before:
            return 0.0
        if ratio > 0:
            x, y = before
            part = -y / (ratio - y)
            return math.exp(math.log(x) + part * (math.log(fork.ballast) - math.log(x))) if x else part * fork.ballast
        before = fork.ballast, ratio
    return None


def creation(s, env):
    thread, fork, spawn = (first(s, "lifecycle", "empty", runner, workers=1, ballast=0) for runner in ("pthread", "fork", "spawn"))
    if not thread or not fork:
        return UNKNOWN, "", unsure(NOTHING)
    ratio = divided(s, fork, thread, WALL)
    measured = f"to launch and reap a thread takes {time(read(s, thread, WALL))}, a forked process {times(ratio)} times that"
    if spawn:
        measured += f", a fresh program {times(divided(s, spawn, thread, WALL))} times"
    verdict, reason = costs_more(ratio)
    most = max((c.ballast for c in s.of("lifecycle") if c.kernel == "empty" and c.samples), default=0)
    grown = [f"{times(divided(s, beside, fork, WALL))} times as long {where}" for pages, where in (("small", "in pages of 4 KiB"), ("huge", "in huge pages"))
             if most and (beside := first(s, "lifecycle", "empty", "fork", workers=1, ballast=most, pages=pages))]
    if grown:
        reason += ("; " if reason else "") + f"beside {most / 2**30:.3g} GiB of the parent's memory a fork takes {' and '.join(grown)}"
    pays = spawn_pays_from(s)
    if pays is not None:
        reason += f"; from {pays / 2**20:.0f} MiB on a fresh program is cheaper than a fork"
    return verdict, measured, reason


def pool(s, env):
    workers, said, limits, spared, none, at = s.most_workers("granularity"), "", "", [], [], []
    for launched, pooled, kind in (("pthread", "pthread-pool", "threads"), ("fork", "fork-pool", "processes")):
        by_size = sorted(pairs(s, "granularity", ["task"], launched, pooled, workers=workers), key=lambda p: p[0].size)
        if not by_size:
            return UNKNOWN, said, unsure(NOTHING)
        ratios = [(a.size, divided(s, a, b, WALL)) for a, b in by_size]
        said += (f"a job of tasks of {words.time(ratios[0][0])} takes" if not said else ",") + \
            f" launched {kind} {times(ratios[0][1])} times as long as pooled ones"
        until = 0
        for size, e in ratios:
            if not (marked(e) and e.value > 1):
                break
            until = size
        if until:
            limits += ("," if limits else "pools are ahead by more than 5 %: those of") + f" {kind} up to {words.time(until)}"
        spared.append(until > 0)
        none.append(not_more(ratios[0][1]))
        at.append(ratios[0][1])
    for g in grains(s) if any(spared) else ():
        if g.panel == TASK and g.series in ("pthread-pool", "fork-pool") and g.pays.value <= g.most:
            limits += ("; " if limits else "") + f"{g.series} beats one core from tasks of {words.time(max(g.pays.value, g.least))} on"
    if all(spared):
        return HOLDS, said, limits
    if all(none):
        return FAILS, said, limits
    if sum(spared) + sum(none) == 2:
        return DEPENDS, said, limits
    return UNKNOWN, said, limits + unsure(at[1] if spared[0] else at[0])


def switching(s, env):
    paired = pairs(s, "switch", ["switch-*"], "fork", "pthread", placement="single")
    e = across(s, paired, an_item("span_ns", 2))
    if not e.n:
        return UNKNOWN, "", unsure(e)
    measured = f"to hand over on one processing unit takes processes {times(e)} of the time it takes threads ({len(paired)} cases: ways and " \
               "working sets)"
    start = None
    for size in sorted({a.size for a, _ in paired}, reverse=True):
        at_size = across(s, [p for p in paired if p[0].size == size], ITEM)
        if not marked(at_size) or at_size.value < 1:
            break
        start = size
    if not more(e) and start:
        return DEPENDS, measured, f"on the working set: from {start / 1024:.4g} KiB on it costs processes more"
    verdict, reason = costs_more(e)
    return verdict, measured, reason


def sharing(s, env):
    fork, thread = (first(s, "lifecycle", "copy", runner, pages="small") for runner in ("fork", "pthread"))
    copied = divided(s, fork, thread, ITEM)
    paired = pairs(s, "channel", SHARED_MEMORY, "fork", "pthread", size=1)
    shared = across(s, paired, ITEM)
    if not copied.n:
        return UNKNOWN, "", unsure(copied)
    measured = f"the first write to a page of the parent's takes a forked process {time(read(s, fork, ITEM))}, {times(copied)} times a thread's: " \
               "it gets a copy"
    if shared.n:
        measured += f"; a round trip through memory that was mapped shared takes processes {times(shared)} of the time it takes threads " \
                    f"({len(paired)} channels)"
    verdict, reason = costs_more(copied)
    if verdict != HOLDS or not shared.n:
        return verdict, measured, reason
    cost = ", at a cost" if more(shared) else ", at no cost" if not_more(shared) else ""
    return DEPENDS, measured, reason + f"on the mapping: what is mapped shared before the fork is shared by processes too{cost}; everything " \
        "else is copied at the first write"


def communication(s, env):
    pipe, pipe_of_threads, variable = (first(s, "channel", kernel, runner, size=1) for kernel, runner in (
        ("latency-pipe", "fork"), ("latency-pipe", "pthread"), ("latency-spin", "pthread")))
    shared = across(s, pairs(s, "channel", SHARED_MEMORY, "fork", "pthread", size=1), ITEM)
    if not pipe or not variable or not shared.n:
        return UNKNOWN, "", unsure(NOTHING)
    e = divided(s, pipe, variable, ITEM)
    measured = f"a round trip takes {time(read(s, pipe, ITEM))} through a pipe between processes, {times(e)} times that through a shared variable " \
               f"between threads; through shared memory it takes processes {times(shared)} of the time it takes threads"
    verdict, reason = costs_more(e)
    if verdict != HOLDS or more(shared):
        return verdict, measured, reason
    reason += "on the channel, not on who uses it: processes can share a variable as well"
    if pipe_of_threads:
        reason += f", and a pipe takes them {times(divided(s, pipe, pipe_of_threads, ITEM))} of the time it takes threads"
    return DEPENDS, measured, reason


def locks(s, env):
    workers = s.most_workers("contention")
    free, fought = (divided(s, first(s, "contention", "mutex", "fork", workers=n), first(s, "contention", "mutex-private", "pthread", workers=n), ITEM)
                    for n in (1, workers))
    if workers == 1:
        return ONE_UNIT
    if not free.n or not fought.n:
        return UNKNOWN, "", unsure(fought if free.n else free)
    measured = f"a mutex shared by processes takes {times(free)} of the time of one among threads where nobody else wants it, and {times(fought)} " \
               f"where {workers} workers do"
    if more(free) and more(fought):
        return HOLDS, measured, ""
    if not_more(free) and not_more(fought):
        return FAILS, measured, ""
    if more(free) and not_more(fought) or more(fought) and not_more(free):
        return DEPENDS, measured, f"on whether others want the lock: it costs more only where {'none' if more(free) else 'others'} do"
    return UNKNOWN, measured, unsure(fought if more(free) or not_more(free) else free)


def memory(s, env):
    paired = pairs(s, "memory", ["empty"], "fork", "pthread")
    if not paired:
        return UNKNOWN, "", unsure(NOTHING)
    fork, thread = max(paired, key=lambda p: p[0].workers)
    e = divided(s, fork, thread, kib_a_worker)
    thread_kib, fork_kib = (read(s, c, kib_a_worker).value for c in (thread, fork))
    verdict, reason = costs_more(e)
    return verdict, f"one of {fork.workers} idle threads occupies {thread_kib:.3g} KiB, one of as many processes {fork_kib:.3g} KiB: " \
        f"{times(e)} times that", reason


def gil(s, env):
    workers = s.most_workers("python")

    def gain(kernel, runner):
        return divided(s, first(s, "python", kernel, "seq", workers=1), first(s, "python", kernel, runner, workers=workers), SPAN)
    threads, processes, in_c, in_c_processes = (gain(k, r) for k in ("python-loop", "python-hash") for r in ("pthread", "fork"))
    if workers == 1:
        return ONE_UNIT
    if not threads.n or not processes.n:
        return UNKNOWN, "", "not measured: it takes a Python 3 with its shared library"
    version = words.python(env) or "(version unknown)"
    measured = f"Python {version} runs bytecode on {workers} workers {times(threads)} times as fast as on one core alone in threads, " \
               f"{times(processes)} times in processes"
    if in_c.n:
        measured += f"; C code that releases the GIL {times(in_c)} and {times(in_c_processes)} times"
    half = (1 + workers) / 2
    above = [sure(e) and e.low > half for e in (threads, processes, in_c)]
    below = [sure(e) and e.high < half for e in (threads, processes)]
    if above[0] or below[1]:
        return FAILS, measured, ""
    if not below[0] or not above[1]:
        return UNKNOWN, measured, unsure(processes if below[0] else threads)
    if not above[2]:
        return HOLDS, measured, ""
    return DEPENDS, measured, "on who computes: bytecode holds the GIL, C code that releases it does not"


def waiting(s, env):
    def gain(runner):
        cases = [c for c in s.of("waiting") if c.runner == runner and c.samples]
        most = max((c for c in cases if c.oversubscribed), key=lambda c: c.workers, default=None)
        few = max((c for c in cases if not c.oversubscribed), key=lambda c: c.workers, default=None)
        return divided(s, few, most, SPAN), few, most
    (threads, few, most), (processes, *_) = gain("pthread"), gain("fork")
    if not threads.n or not processes.n:
        return UNKNOWN, "", unsure(processes if threads.n else threads)
    measured = f"{most.workers} workers are {times(threads)} times as fast as {few.workers} in threads, and {times(processes)} times in processes"
    if more(threads) and more(processes):
        return HOLDS, measured, ""
    for e in (threads, processes):
        if not more(e) and not not_more(e):
            return UNKNOWN, measured, unsure(e)
    if not more(threads) and not more(processes):
        return FAILS, measured, ""
    return DEPENDS, measured, f"on the workers: only {'threads' if more(threads) else 'processes'} gain"


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
               f"{max(0, *(k[2] for k in kinds)):g} threads are left ({len(kinds)} kinds of crash, every sample)"
    if not against:
        return HOLDS, measured, ""
    return (FAILS, measured, "") if len(against) == len(kinds) else (DEPENDS, measured, "on the crash: not in " + ", ".join(against))


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
        "**Workers that hand over all the time**: threads do it faster, by as much as the verdict says",
        f"**Workers that hand over all the time**: {EITHER}",
        "**Workers that hand over all the time**: threads do it faster with large working sets")),
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
        ". Each verdict follows from the samples by rule; brackets are 95 % intervals over the invocations. *Depends* and *cannot tell* say on what."
    yield words.row("what is claimed", "verdict", "what was measured", "by")
    for (claim, suites, _, _), (verdict, measured, reason) in zip(CLAIMS, judged):
        because = "It depends " + words.escaped(reason) + "." if verdict == DEPENDS else sentence(reason)
        yield words.row(claim, f"**{verdict}**", " ".join(filter(None, (sentence(measured), because))), f"`pvt run --suite {suites}`" if suites else "–")
