"""The verdict on a worker that changes its memory beside others, judged anew after docs/method.md, and the figure that others have published."""
import math

from . import rules
from .curves import an_item, of
from .samples import NAN, NOTHING, interval, over

ITEM = an_item("span_ns")
PARTS = (("compute-mmap", "compute-spin", "computing", "maps and unmaps memory", "computing next to mmap and munmap"),
         ("fault-mmap", "fault-spin", "faulting", "maps and unmaps memory", "faulting next to mmap and munmap"),
         ("compute-mprotect", "compute-spin", "computing", "changes a page's protection", "computing next to mprotect"),
         ("fault-mprotect", "fault-spin", "faulting", "changes a page's protection", "faulting next to mprotect"))


def case(s, kernel, runner):
    return rules.first(s, "bystander", kernel, runner, workers=s.most_workers("bystander"))


def slowdowns(s, runner, disturbed, calm):
    """run -> time beside one that disturbs over that beside one that spins."""
    pair = case(s, disturbed, runner), case(s, calm, runner)
    return {run: s.ratio_in(run, pair[0], ITEM, pair[1], ITEM) if all(pair) else NAN for run in s.runs}


def estimate(values):
    return interval([v for v in values if math.isfinite(v) and v > 0])


def bystander(s, env):
    if s.most_workers("bystander") < 2:
        return rules.ONE_UNIT if rules.first(s, "bystander", "*", "pthread") else (rules.UNMEASURED, "", "")
    parts, said, last = [], "", None
    for disturbed, calm, work, beside, where in PARTS:
        threads, processes = (slowdowns(s, runner, disturbed, calm) for runner in ("pthread", "fork"))
        e = estimate(over(threads[run], processes[run]) for run in s.runs)
        if not e.n:
            continue
        parts.append((where, e, rules.more(e)))
        t, p, r = (rules.times(x) for x in (estimate(threads.values()), estimate(processes.values()), e))
        if last != beside:
            said += f"{'next to a worker' if last is None else '; next to one'} that {beside}, "
        else:
            said += "; "
        said += f"{work} takes threads {t} times as long as next to one that spins, processes {p} times: {r} times as much" if last is None else \
            f"{work} {t} and {p} times: {r}"
        last = beside
    if not parts:
        return rules.UNMEASURED, "", ""
    verdict, reason = rules.decided(parts, "on what is done: threads are slowed down more ", ", no more ",
                                       "threads are slowed down more", "threads are slowed down no more")
    return verdict, said, reason


def shootdown(s):
    """What one unmapping costs a thread less what it costs a process."""
    threads, processes = case(s, "compute-mmap", "pthread"), case(s, "compute-mmap", "fork")
    if not threads or not processes:
        return NOTHING
    span, acts = of("span_ns"), of("disturbances")
    return estimate(over(span(s, threads, run), acts(s, threads, run)) - over(span(s, processes, run), acts(s, processes, run)) for run in s.runs)
