"""Python's claims: whether its threads take turns, and what a build without a GIL gains and costs."""
import re

from . import words
from .looks import look_at
from .rules import DEPENDS, FAILS, HOLDS, ONE_UNIT, SPAN, UNKNOWN, UNMEASURED, divided, first, not_less, not_more, ratios, sure, times, unsure


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
