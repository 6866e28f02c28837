"""The overview: processes over threads by every yardstick, a row each; and the contrasts, a row per case."""
from . import words
from .curves import operation, recovery, replacement
from .rules import ITEM, SPAN, WALL, across, divided, higher, lower, pairs


def hand_over(s, c, run):
    return ITEM(s, c, run) / 2


ONE = {"workers": 1, "ballast": 0}
# name, suite, kernels, reading, what else the case has to be, the two runners
ROWS = (
    ("the work of all kernels", "scaling", "*", SPAN, {}),
    ("whole jobs, with launch and exit", "scaling", "*", WALL, {}),
    ("whole jobs in pools", "scaling", "*", WALL, {}, "fork-pool", "pthread-pool"),
    ("creating and ending one worker", "lifecycle", "empty", WALL, ONE),
    ("the same with 1 GiB in the parent", "lifecycle", "empty", WALL, ONE | {"ballast": 2**30, "pages": "small"}),
    ("first touch of a fresh page", "lifecycle", "fresh", ITEM, {"workers": 1}),
    ("context switch by pipe", "switch", "switch-pipe", hand_over, {"size": 64, "placement": "single"}),
    ("context switch by futex", "switch", "switch-futex", hand_over, {"size": 64, "placement": "single"}),
    ("round trip by pipe", "channel", "latency-pipe", ITEM, {"size": 1}),
    ("round trip by shared memory, spinning", "channel", "latency-spin", ITEM, {"size": 1}),
    ("round trip by shared memory and futex", "channel", "latency-futex", ITEM, {"size": 1}),
    ("bandwidth of a pipe", "channel", "bandwidth-pipe", ITEM, {"size": 2**20}),
    ("bandwidth of shared memory", "channel", "bandwidth-ring-futex", ITEM, {"size": 2**20}),
    ("page faults", "contention", "fault", operation, {}),
    ("malloc and free of large blocks", "contention", "malloc-large", operation, {}),
    ("mmap and munmap", "contention", "mmap", operation, {}),
    ("Python bytecode", "python", "python-loop", SPAN, {}),
    ("Python C code that releases the GIL", "python", "python-hash", SPAN, {}),
    ("replacing a crashed worker", "isolation", "crash-abort", replacement, {}),
    ("redoing a crashed worker's item", "isolation", "crash-abort", recovery, {}),
)


def same(e):
    return e.coverage >= 0.95 and e.low > 0.95 and e.high < 1.05


def ratios(s):
    for name, suite, kernels, reading, given, *runners in ROWS:
        given = {"workers": s.most_workers(suite)} | given
        if suite == "python" and s.pythons():
            given["python"] = s.pythons()[0]
        e = across(s, pairs(s, suite, [kernels], *(runners or ("fork", "pthread")), **given), reading)
        if e.n and e.value > 0:
            yield name, e


def title(s):
    found = dict(ratios(s))
    if not found:
        return ""
    speeds = [(name, e) for name, e in found.items() if "crashed" not in name]
    threads = max((e.value, name) for name, e in speeds if higher(e)) if any(higher(e) for _, e in speeds) else None
    processes = max((1 / e.value, name) for name, e in speeds if lower(e)) if any(lower(e) for _, e in speeds) else None
    told = ([f"Threads lead most at {threads[1]} ({threads[0]:.1f} times as fast)"] if threads else []) + \
        ([f"{'processes' if threads else 'Processes lead most'} at {processes[1]} ({processes[0]:.1f} times as fast)"] if processes else [])
    work = found.get(ROWS[0][0])
    end = "" if not work else "for the work itself threads are faster" if higher(work) else "for the work itself processes are faster" if lower(work) \
        else "for the work itself both are equally fast" if same(work) else "for the work itself no difference was shown"
    text = "; ".join(filter(None, (", ".join(told), end)))
    return text[:1].upper() + text[1:]


# figure and suite, the two runners, what is read, how a row is called
CONTRASTS = (
    ("contention", "fork", "pthread", operation, lambda c: c.kernel),
    ("switch", "fork", "pthread", hand_over,
     lambda c: f"{c.kernel[c.kernel.index('-') + 1:] if '-' in c.kernel else c.kernel}, {'one CPU' if c.placement == 'single' else 'two CPUs'}, "
               f"{words.size(c.size)}"),
    ("pool", "fork-pool", "pthread-pool", WALL, lambda c: f"{c.kernel}, by schedule"),
    ("pool", "fork-steal", "pthread-steal", WALL, lambda c: f"{c.kernel}, stealing"),
)


def contrasts(s):
    for figure, processes, threads, reading, name in CONTRASTS:
        workers = s.most_workers(figure)
        for c in s.of(figure):
            other = s.counterpart(c, figure, processes, threads, workers)
            e = divided(s, c, other, reading) if other else None
            if e and e.n and e.value > 0:
                yield figure, name(c), e
