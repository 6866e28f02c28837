"""What workers share, send and take turns at: the context switch, memory, channels, locks, and what an idle one occupies."""
import math

from . import words
from .curves import an_item, has_window, kib_a_worker, operation
from .intervals import difference_interval
from .looks import look_at
from .rules import (DEPENDS, FAILS, HOLDS, ITEM, ONE_UNIT, SAME, SHARED_MEMORY, UNKNOWN, UNMEASURED, agreed, costs_more, decided, divided, first,
    kib, means_of, more, not_more, opened, pairs, partly, ratios, read, shown, sure, time, times)
from .samples import interval


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
