"""Do tasks that wait gain from more workers than cores?"""
from .looks import look_at
from .rules import DEPENDS, UNKNOWN, UNMEASURED, WALL, agreed, more, not_more, older, opened, partly, ratios, sure, times

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
