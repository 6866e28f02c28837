"""Claims about making a process in a large program, or in one with threads."""
import math

from . import rules, words
from .curves import an_item, of
from .samples import NOTHING

GAP = of("gap_ns")


def stall(s, kernel, pages="small"):
    """Beside the most memory that was forked beside."""
    forks = [c for c in s.of("stall") if c.kernel == "stall-fork" and c.pages == "small" and c.by_run("gap_ns")]
    most = max((c.ballast for c in forks), default=0)
    return rules.first(s, "stall", kernel, "pthread", ballast=most, pages=pages) if most else None


def per_gib(s):
    c = stall(s, "stall-fork")
    e = rules.read(s, c, GAP)
    return e._replace(**{name: getattr(e, name) * 2**30 / c.ballast for name in ("value", "low", "high")}) if e.n else NOTHING


def fork_stall(s, env):
    fork, spawn = stall(s, "stall-fork"), stall(s, "stall-spawn")
    ratio = rules.divided(s, fork, spawn, GAP)
    if not ratio.n:
        return rules.UNMEASURED, "", ""
    measured = f"with {words.size(fork.ballast)} in pages of 4 KiB a fork holds up another thread for {rules.time(rules.read(s, fork, GAP))}, " \
               f"{rules.times(ratio)} times as long as posix_spawn"
    others = ((stall(s, "stall-vfork"), "vfork"), (stall(s, "stall-clone"), "clone with CLONE_VM"),
              (stall(s, "stall-fork", "huge"), "fork with the same amount in huge pages"))
    said = [f"during {way} for {rules.time(e)}" for c, way in others if (e := rules.read(s, c, GAP)).n]
    measured += "; " + ", ".join(said) if said else ""
    verdict, reason = rules.costs_more(ratio)
    reasons = [reason] if reason else []
    if verdict == rules.HOLDS:
        reasons.append("because fork takes the right to write from all pages and holds the lock of the address space until all are copied, so that any thread "
                       "waits at its next write, if only to its stack")
    page = rules.read(s, rules.first(s, "lifecycle", "copy-parent", "pthread", pages="small"), an_item("span_ns"))
    if page.n:
        reasons.append(f"while the child lives, the parent's first write to a page copies it, which takes {rules.time(page)}: "
                       f"{words.time(page.value * 2**18)} for all of 1 GiB")
    return verdict, measured, "; ".join(reasons)


LOCKS = (("hang-mutex", "a mutex of the program"), ("hang-localtime", "localtime"), ("hang-malloc", "malloc"), ("hang-stdio", "stdio"))
OTHERS = (("forkserver", "workers of a fork server"), ("spawn", "new programs"), ("fork-pool", "jobs of a pool that was forked while that thread ran"),
          ("pthread", "threads"))


def tries(s, runner, kernels):
    """How many tried, and how many hung: of all passes, each of which has one sample."""
    cases = [c for c in s.of("fork-safety") if c.runner == runner and c.kernel in kernels and c.samples]
    return [math.fsum(v for c in cases for v in (c.by_pass(name) if c.passes else c.by_run(name)).values()) for name in ("tried", "hung")]


def share(tried, hung):
    return f"{100 * hung / tried:.1f} % of {tried:.0f}" if hung else f"none of {tried:.0f}"


def fork_safety(s, env):
    found = [(what, *t) for kernel, what in LOCKS if (t := tries(s, "fork", [kernel]))[0]]
    if not found:
        return rules.UNMEASURED, "", ""
    measured = "of forked workers of a program whose other thread does the same hang " + ", ".join(f"{share(*t)} at {what}" for what, *t in found)
    others = [f"of {who} {share(*t)}" for runner, who in OTHERS if (t := tries(s, runner, dict(LOCKS)))[0]]
    measured += "; " + ", ".join(others) if others else ""
    hangs = [what for what, _, hung in found if hung]
    if not hangs and any(not hung and tried < 300 for _, tried, hung in found):
        return rules.UNKNOWN, measured, "fewer than 300 workers tried what none of them hung at: measure for longer (`--budget`)"
    if len(hangs) in (0, len(found)):
        return rules.HOLDS if hangs else rules.FAILS, measured, ""
    return rules.DEPENDS, measured, f"on what the worker touches: it may hang at {', '.join(hangs)}; because a fork copies a lock that another thread " \
        "holds, and not the thread; the C library frees only the locks that it knows of at a fork"
