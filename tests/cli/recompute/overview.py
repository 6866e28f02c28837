"""The overview: processes over threads by every yardstick, a row each."""
from .curves import operation, recovery, replacement
from .verdicts import ITEM, SPAN, WALL, across, higher, lower, pairs


def hand_over(s, c, run):
    return ITEM(s, c, run) / 2


ONE = {"workers": 1, "ballast": 0}
# name, suite, kernels, reading, what else the case has to be, the two runners
ROWS = (
    ("the work of all kernels", "scaling", "*", SPAN, {}),
    ("their jobs, launch and end included", "scaling", "*", WALL, {}),
    ("their jobs in pools", "scaling", "*", WALL, {}, "fork-pool", "pthread-pool"),
    ("one worker, created and ended", "lifecycle", "empty", WALL, ONE),
    ("the same beside 1 GiB of memory", "lifecycle", "empty", WALL, ONE | {"ballast": 2**30, "pages": "small"}),
    ("first touch of a page of fresh memory", "lifecycle", "fresh", ITEM, {"workers": 1}),
    ("handing over by pipe", "switch", "switch-pipe", hand_over, {"size": 64, "placement": "compact"}),
    ("handing over by futex", "switch", "switch-futex", hand_over, {"size": 64, "placement": "compact"}),
    ("round trip by pipe", "channel", "latency-pipe", ITEM, {"size": 1}),
    ("round trip by shared memory, spinning", "channel", "latency-spin", ITEM, {"size": 1}),
    ("round trip by shared memory and futex", "channel", "latency-futex", ITEM, {"size": 1}),
    ("bandwidth of a pipe", "channel", "bandwidth-pipe", ITEM, {"size": 2**20}),
    ("bandwidth of shared memory", "channel", "bandwidth-ring-futex", ITEM, {"size": 2**20}),
    ("page faults, all workers at once", "contention", "fault", operation, {}),
    ("malloc and free of large blocks, at once", "contention", "malloc-large", operation, {}),
    ("mmap and munmap, all workers at once", "contention", "mmap", operation, {}),
    ("Python's bytecode", "python", "python-loop", SPAN, {}),
    ("Python's C code without the GIL", "python", "python-hash", SPAN, {}),
    ("a crashed worker replaced", "isolation", "crash-abort", replacement, {}),
    ("a crashed worker's item done again", "isolation", "crash-abort", recovery, {}),
)


def ratios(s):
    for name, suite, kernels, reading, given, *runners in ROWS:
        given = {"workers": s.most_workers(suite)} | given
        if suite == "python" and s.pythons():
            given["python"] = s.pythons()[0]
        e = across(s, pairs(s, suite, [kernels], *(runners or ("fork", "pthread")), **given), reading)
        if e.n and e.value > 0:
            yield name, e


def title(s):
    found = [e for _, e in ratios(s)]
    return f"Of {len(found)} comparisons threads are faster in {sum(map(higher, found))}, processes in {sum(map(lower, found))}; the others are even " \
           "or not told apart" if found else ""
