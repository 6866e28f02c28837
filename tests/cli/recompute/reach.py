"""The verdict on several machines, judged anew after docs/method.md."""
import math

from . import rules, words
from .looks import look_at
from .samples import geomean, interval
from .scale import Beyond, is_job


def is_far(c):
    return is_job(c) and c.runner == "mpi" and c.hosts > 1


def like(s, c):
    return [o for o in s.of(c.suite) if (o.kernel, o.size) == (c.kernel, c.size)]


def one_machine(s, far):
    """The most threads of one machine; where none were measured, the runner with messages."""
    for runner in ("pthread", "mpi"):
        found = [c for c in like(s, far) if c.samples and c.hosts == 1 and not c.oversubscribed and c.runner == runner]
        if found:
            most = max(found, key=lambda c: c.workers)
            return most if most.workers < far.workers else None
    return None


def came_out_right(s, far):
    return far.samples > 0 and not any(is_far(c) and c.failed and c.status != "skipped" for c in like(s, far))


def deciding_cost(beyond, c):
    if not beyond.net or not c.phases or math.isnan(c.exchanged):
        return ""
    waiting, sending = beyond.net.waiting(c.workers // c.hosts, c.phases, c.hosts, c.exchanged > 0), beyond.net.sending(c.exchanged, c.hosts)
    return ", for the bytes that it sends" if sending > waiting else ", for the latency of its messages"


def machines(s, env):
    kernels, unfinished = {}, 0
    for c in s.cases:
        if is_far(c) and not c.samples and c.status != "wrong":
            unfinished += 1
        elif is_far(c):
            best = kernels.get((c.kernel, c.size))
            if not best or c.samples and (not best.samples or (c.hosts, c.workers) > (best.hosts, best.workers)):
                kernels[c.kernel, c.size] = c
    far = list(kernels.values())
    if not far and unfinished:
        return rules.UNKNOWN, "", "no job on several hosts completed; samples.csv says why"
    if not far:
        return rules.UNMEASURED, "", "it takes a run on two machines or more"
    wrong = [c.kernel for c in far if not came_out_right(s, c)]
    if len(wrong) == len(far):
        return rules.FAILS, "no result on several hosts was correct", "not in " + ", ".join(wrong)
    beyond = Beyond(s, env)
    near = {c: one_machine(s, c) for c in far}
    looks = dict(zip(far, look_at([rules.ratios(s, c, near[c], rules.SPAN) for c in far])))
    ratios = {c: look.ratio for c, look in looks.items()}
    compared = [c for c in far if ratios[c].n]
    means = []
    for run in s.runs:
        x = [v for c in compared if math.isfinite(v := s.ratio_in(run, c, rules.SPAN, near[c], rules.SPAN))]
        if compared and len(x) == len(compared):
            means.append(geomean(x))
    whole = interval(means)
    most = max(far, key=lambda c: (c.hosts, c.workers))
    measured = f"the results of {len(far) - len(wrong)} of {words.counted(len(far), 'kernel')} were correct in up to {most.workers} processes on " \
               f"{most.hosts} hosts"
    if beyond.shared:
        return rules.UNKNOWN, measured, "it works; how fast was not measured, because the hosts share one machine"
    if whole.n and near[most]:
        kind = "threads" if near[most].runner == "pthread" else "processes"
        measured += f", which take {rules.times(whole)} of the time that {near[most].workers} {kind} on one of them take"
    if not compared:
        return rules.UNKNOWN, measured, "it takes more workers than one machine has, and the same work there"
    if wrong:
        return rules.DEPENDS, measured, "on the kernel: its results were wrong in " + ", ".join(wrong)
    ahead, behind = [c for c in far if looks[c].less], [c for c in far if looks[c].more]
    if not rules.sure(whole):
        return rules.UNKNOWN, measured, rules.unsure(whole)
    if 2 * len(ahead) > len(compared) and not behind:
        return rules.HOLDS, measured, ""
    sides = [who + ", ".join(f"{c.kernel} ({rules.times(ratios[c])}{cost(c)})" for c in side) for who, side, cost in (
        ("several hosts are ahead in ", ahead, lambda c: ""), ("one machine is ahead in ", behind, lambda c: deciding_cost(beyond, c))) if side]
    if ahead:
        return rules.DEPENDS, measured, "on the work: " + "; ".join(sides)
    if rules.alike(whole) and not behind:
        return rules.SAME, measured, ""
    return (rules.FAILS, measured, "; ".join(sides)) if rules.not_less(whole) else (rules.UNKNOWN, measured, rules.unsure(whole))
