#!/usr/bin/env python3
"""Threads and processes are the same experiment: between its two readings of the processor's clock, which bracket what is
timed, a worker of either kind makes the same system calls, with the same arguments, as often, on one object of all workers
or on one of its own. What a kernel does in shared memory without any call is test_runners' part.
Arguments: the program, a scratch folder. Exit 77 where strace cannot be had."""
import collections
import csv
import json
import os
import re
import shutil
import subprocess
import sys

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
ITEMS = 16

# The calls of a worker, None: those that the library chooses; and what both workers of a job have in common: one object,
# objects of their own, or no object at all.
ONE_OF_ALL, OWN, NONE = "one of all", "each its own", "none"
EXPECTED = {
    "getppid": ({"getppid": ITEMS}, NONE), "signal": ({"getpid": 1, "gettid": 1, "tgkill": ITEMS, "rt_sigtimedwait": ITEMS}, NONE),
    "futex-wake": ({"futex FUTEX_WAKE": ITEMS}, OWN), "fault": ({}, NONE), "madvise": ({"madvise": ITEMS}, NONE),
    "mmap": ({"mmap": ITEMS, "munmap": ITEMS}, NONE), "malloc-large": ({"mmap": ITEMS, "munmap": ITEMS}, NONE),
    "malloc-medium": ({}, NONE), "malloc-small": ({}, NONE), "open": ({"openat": ITEMS, "close": ITEMS}, OWN),
    "dup": ({"fcntl": ITEMS, "close": ITEMS}, OWN), "pipe": ({"read": ITEMS, "write": ITEMS}, ONE_OF_ALL),
    "exec": (None, NONE), "atomic": ({}, NONE), "false-sharing": ({}, NONE), "own-line": ({}, NONE), "copy": ({}, NONE),
}
FAULTS = ("fault", "madvise", "mmap", "malloc-large")  # these touch a fresh page an item
# The lock of an allocator that threads share; a process has an allocator of its own.
ALLOCATORS = ("malloc-large", "malloc-medium", "malloc-small")


failed = set()


def fail(text):
    """Once a kernel and kind of worker: all its jobs fail alike."""
    if text.split(":")[0] not in failed:
        print("FAILED:", text)
    failed.add(text.split(":")[0])


def rates():
    listed = subprocess.run([pvt, "list", "kernels", "--json"], capture_output=True, check=True).stdout
    return [k for k in json.loads(listed) if k["kind"] == "rate"]


def batches(kernels):
    """A worker's name shows ten characters of the kernel's: in one batch these tell. All of a batch have one size."""
    found = []
    for kernel in kernels:
        name, size = kernel["name"], kernel["sizes"][0] if "byte" in kernel["size_unit"] else ITEMS
        batch = next((b for s, b in found if s == size and name[:10] not in b), None)
        if batch is None:
            found.append((size, batch := {}))
        batch[name[:10]] = name
    return found


def normal(line):
    """A call without what differs from worker to worker; the object that it is about."""
    call = line.split("(", 1)[0]
    objects = re.findall(r"\d+<((?:->|[^<>])*)>", line)
    # Of a connection each worker has its own end.
    objects = ["->".join(sorted(re.sub(r".*\[|\]", "", what).split("->"))) if "->" in what else what for what in objects]
    if call == "futex":
        word, how = re.match(r"futex\((0x[0-9a-f]+), (\w+)", line).groups()
        return f"futex {how}", {word}
    if call == "openat":
        objects.append(re.search(r'"([^"]*)"', line).group(1))
    return call, set(objects)


class Worker:
    def __init__(self, text):
        start = re.search(r'prctl\(PR_SET_NAME, "(.*)/w(\d+)"', text)
        self.kernel, self.rank = (start.group(1), int(start.group(2))) if start else (None, None)
        lines = text[start.end():].split("\n") if start else []
        marks = [i for i, line in enumerate(lines) if line.startswith("clock_gettime(CLOCK_THREAD_CPUTIME_ID")]
        self.timed = len(marks) == 2
        self.kind = "threads" if any(line.startswith("exit(") for line in lines) else "processes"
        self.calls, self.objects = collections.Counter(), set()
        for line in lines[marks[0] + 1:marks[1]] if self.timed else []:
            if not re.match(r"\w+\(", line):
                continue
            call, objects = normal(line)
            self.calls[call] += 1
            self.objects |= objects

    def forget_locks(self):
        self.calls = {call: n for call, n in self.calls.items() if not call.endswith("_PRIVATE")}
        self.objects = set()


def trace(batch, size, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    said = subprocess.run(["strace", "-ff", "-qq", "-yy", "-o", folder + "/t", pvt, "run", "--suite", "scaling", "--kernel", ",".join(batch.values()),
                           "--runner", "pthread,fork", "--workers", "2", "--size", str(size), "--ballast", "0,64K",
                           "--repetitions", "1", "--invocations", "1", "--min-time", "1us", "--csv", folder + "/samples.csv"],
                          capture_output=True, text=True, check=False)
    if said.returncode not in (0, 1):
        sys.exit(f"strace pvt run: {said.returncode}: {said.stderr[-500:]}")
    texts = [open(f"{folder}/{name}", errors="replace").read()
             for name in sorted(os.listdir(folder), key=lambda n: (len(n), n)) if name.startswith("t.")]
    workers = [w for w in map(Worker, texts) if w.timed and w.kernel in batch]
    return workers, list(csv.DictReader(open(folder + "/samples.csv")))


def relation(pair):
    mine, other = pair[0].objects, pair[1].objects
    if not mine or not other:
        return NONE
    return ONE_OF_ALL if mine & other else OWN


def in_pairs(workers):
    """Jobs come one after the other, and number their workers from 0."""
    return [(a, b) for a, b in zip(workers, workers[1:]) if (a.rank, b.rank) == (0, 1) and a.kind == b.kind]


def check_kernel(name, of):
    kinds = {kind: in_pairs([w for w in of if w.kind == kind]) for kind in ("threads", "processes")}
    if not kinds["threads"]:
        return fail(f"{name}: no job of threads was seen")
    if name.endswith("-private"):
        if kinds["processes"]:
            fail(f"{name}: processes cannot share what is private")
    elif not kinds["processes"]:
        return fail(f"{name}: no job of processes was seen")
    for kind, pairs in kinds.items():
        for pair in pairs:
            check_pair(f"{name}, {kind}", name, pair)
    if EXPECTED.get(name, (None, None))[0] is None and kinds["processes"]:
        check_alike(name, kinds)


def check_pair(who, name, pair):
    for w in pair if name in ALLOCATORS and pair[0].kind == "threads" else ():
        w.forget_locks()
    calls, objects = EXPECTED.get(name, (None, None))
    if calls is not None and any(w.calls != calls for w in pair):
        fail(f"{who}: {[dict(w.calls) for w in pair]}, expected {calls} each")
    if objects and relation(pair) != objects:
        fail(f"{who}: objects {relation(pair)}, expected {objects}")
    if not objects and relation(pair) == OWN:
        fail(f"{who}: the two workers have no object in common: {[w.objects for w in pair]}")
    private = [call for w in pair for call in w.calls if call.endswith("_PRIVATE")]
    if private and not name.endswith("-private"):
        fail(f"{who}: {private}: a futex of one process")


def check_alike(name, kinds):
    """Who sleeps, and how often, depends on who is first; what else is called does not, nor that there is a common object."""
    def calls(pairs):
        return {call for pair in pairs for w in pair for call in w.calls if not call.startswith("futex")}

    if calls(kinds["threads"]) != calls(kinds["processes"]):
        fail(f"{name}: threads call {calls(kinds['threads'])}, processes {calls(kinds['processes'])}")
    meet = name not in EXPECTED and calls(kinds["threads"]) - {"sched_yield"}
    if meet and not all(relation(p) == ONE_OF_ALL for k in kinds.values() for p in k):
        fail(f"{name}: not all pairs have an object in common")


def check_faults(row):
    name = row["kernel"]
    if row["status"] == "ok" and name in FAULTS and float(row["minflt"]) < 2 * ITEMS:
        fail(f"{name} on {row['runner']}: {row['minflt']} page faults of {2 * ITEMS} fresh pages")


def main():
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False).returncode:
        print("skipped: strace is missing, or may not trace")
        sys.exit(77)
    # Of the others each worker does one item: nothing is repeated.
    repeating = [k for k in rates() if k["name"] not in ("empty", "task", "touch-private", "touch-shared")]
    for size, batch in batches(repeating):
        workers, rows = trace(batch, size, scratch)
        for name in batch.values():
            check_kernel(name, [w for w in workers if w.kernel == name[:10]])
        for row in rows:
            check_faults(row)
    print(f"{len(repeating)} rate kernels looked at")
    sys.exit(bool(failed))


main()
