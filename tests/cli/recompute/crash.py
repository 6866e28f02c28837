"""What a crash leaves, and what replacing a worker takes."""
import math

from .curves import of, recovery, replacement
from .rules import DEPENDS, FAILS, HOLDS, UNMEASURED, pairs, read, time


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
