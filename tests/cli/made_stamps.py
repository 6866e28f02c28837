#!/usr/bin/env python3
"""A made-up run with all stamps of a worker's life, pools that were opened, operations in windows, crashes with the work done again apart, and
the prices of a page: what the published run may not have. Arguments: the program, the run folder."""
import collections
import csv
import json
import math
import os
import random
import subprocess
import sys

from made_samples import row

MIB, BASE = 2**20, {"pthread": 30e3, "fork": 100e3, "spawn": 330e3}
OPERATIONS = {"getppid": (1, 1), "mmap": (1, .2), "madvise": (1, .3), "malloc-medium": (1, 1.6), "fault": (1, .9), "mutex": (1, 1), "mutex-private": (1, 1),
              "signal": (1, .95)}


def life(runner, ballast, pages):
    """A fork copies page tables: 30 us per MiB in small pages."""
    return BASE[runner] + (ballast / MIB * (30e3 if pages == "small" else 100) if runner == "fork" else 0)


def steps(runner):
    return {"create_ns": BASE[runner] / 2, "start_ns": BASE[runner] / 4, "exit_ns": BASE[runner] / 5, "work_ns": 100}


def lives():
    for runner in ("pthread", "fork", "spawn"):
        for ballast, pages in ((0, ""), *((m * MIB, p) for m in (64, 256, 1024) for p in ("small", "huge"))):
            yield "lifecycle", "empty", 1, runner, 1, life(runner, ballast, pages), steps(runner) | {
                "ballast": ballast, "pages": pages, "drain_ns": 9e3}
        for workers in (10, 100):
            yield "lifecycle", "empty", 1, runner, workers, workers * BASE[runner], steps(runner) | {"drain_ns": 5e3 + workers}
    for kernel, runner, ns, pages in (("copy", "pthread", 20, "small"), ("copy", "fork", 2600, "small"), ("copy", "fork", 4000, "huge"),
                                      ("copy", "pthread", 21, "huge"), ("copy-parent", "pthread", 2700, "small"),
                                      ("copy-parent", "pthread", 150, "huge"), ("fresh", "pthread", 2080, ""), ("fresh", "fork", 2100, "")):
        yield "lifecycle", kernel, 4096, runner, 1, 10 * ns, {"pages": pages, "ballast": 64 * MIB if pages else 0, "work_ns": 100}


def first_work():
    """A pool is asked for a job: it has no stamps of a life, and its wall time counts; others' does not."""
    for threads in (1, 9, 65):
        for ballast, pages in ((0, ""), (64 * MIB, "small")):
            for runner, ns in (("pthread", 30e3), ("fork", 90e3 + ballast / MIB * 30e3 + threads * 2e3), ("forkserver", 150e3), ("spawn", 300e3)):
                yield "first-work", "beside", threads, runner, 1, 1e6, {
                    "ballast": ballast, "pages": pages, "start_ns": ns * .7, "bind_ns": 0, "enter_ns": 0, "meet_ns": 0, "work_ns": ns * .3}
            yield "first-work", "beside", threads, "fork-pool", 1, 8e3, {"ballast": ballast, "pages": pages}


def made_processes():
    """Gaps grow with small pages alone; of 150 forked workers some hang, of others none."""
    for kernel in ("stall-fork", "stall-vfork", "stall-spawn", "stall-clone"):
        for ballast in (64 * MIB, 256 * MIB):
            for pages in ("small", "huge"):
                copies = kernel == "stall-fork" and pages == "small"
                yield "stall", kernel, 4, "pthread", 2, 1e7, {"ballast": ballast, "pages": pages, "gap_ns": 5e4 + (ballast / MIB * 12e3 if copies else 0)}
    for kernel, hung in (("hang-mutex", 70), ("hang-localtime", 20), ("hang-malloc", 0), ("hang-stdio", 0)):
        for runner in ("pthread", "fork", "forkserver", "fork-pool"):
            yield "fork-safety", kernel, 1, runner, 1, 3e5, {"tried": 150, "hung": hung if runner == "fork" else 0}


def cases():
    yield from made_processes()
    yield from lives()
    yield from first_work()
    for size in (10, 1000, 100000, 10000000):
        yield "granularity", "task", size, "seq", 1, size, {"work": size}
        for runner, more in (("pthread", 40e3), ("fork", 200e3), ("pthread-pool", 9e3), ("fork-pool", 10e3)):
            opened = {"open_ns": 150e3 if runner[0] == "p" else 500e3} if "pool" in runner else {"work_ns": size}
            yield "granularity", "task", size, runner, 2, size + more, {"work": 2 * size} | opened
    for kernel, (threads, forks) in OPERATIONS.items():
        yield "contention", kernel, 20, "seq", 1, 1e6, {}
        for workers in (1, 2):
            for runner, factor in (("pthread", threads), ("fork", forks if workers > 1 else threads)):
                # The spans say the opposite: what is read has to be the window.
                yield "contention", kernel, 20, runner, workers, 1e6 / factor, {"operation_ns": 500 * factor, "work_ns": 1e6}
    for work in ("compute", "fault"):
        for beside, factor in (("spin", 1), ("mmap", 1.3), ("mprotect", 1.1 if work == "fault" else 1)):
            for runner, more in (("pthread", factor), ("fork", 1)):
                yield "bystander", f"{work}-{beside}", 1000, runner, 2, 1e6 * more, {
                    "disturbances": "" if beside == "spin" else 150 if runner == "pthread" else 400}
    for pause, later in ((1000, 1.1), (1000000, 1), (10000000, 1)):
        for runner, ns, share in (("pthread-pool", 30e3, .02), ("fork-pool", 30e3 * later, .03), ("openmp", 9e3, .97)):
            yield "idle", "after-pause", pause, runner, 2, ns, {"waiting_share": share}
    for runner, tables, first in (("pthread", 520, 1), ("fork", 1100, 1.8)):
        for kernel, ns, kib in (("first", 1e7 * first, tables), ("first-thp", 2e6 * first, 40), ("later", 4e6, tables), ("random", 8e6, tables),
                                ("random-thp", 6e6, 40), ("first-populate", 3e6 * first, tables)):
            for workers in (1, 2):
                yield "mapping", f"mapping-{kernel}", 256, runner, workers, ns, {"tables_kib": kib, "work_ns": 1}
    for connections in (1, 100):
        for runner, kib in (("pthread", (9, 4, 16)), ("fork", (70, 40, 12))):
            for kernel, workers in (("each", connections + 1), ("pool", 4)):
                yield "serve", f"serve-{kernel}", connections, runner, workers, 4e7, {
                    "request_ns": 2e4, "p50_ns": 4e4 + connections, "p99_ns": 2e5 + 10 * connections, "work_ns": 1,
                    "flags": "oversubscribed" if workers > 2 else "", **dict(zip(("pss_kib", "tables_kib", "stacks_kib"), (workers * k for k in kib)))}
    for kernel, ns in (("standing", 5e5), ("thread", 7e5), ("process", 2e6)):
        for runner in ("pthread", "fork") if kernel == "standing" else ("fork",):
            yield "serve", f"connect-{kernel}", 100, runner, 2, ns, {"work_ns": 1}
    yield "waiting", "wait", 32, "seq", 1, 80e6, {}
    for runner, gain in (("pthread", 6), ("fork", 4), ("spawn", 2), ("pthread-pool", 7.8), ("fork-pool", 7.7)):
        stamps = {} if "pool" in runner else {"work_ns": 1e6}
        yield "waiting", "wait", 32, runner, 2, 40e6, stamps
        yield "waiting", "wait", 32, runner, 16, 40e6 / gain, stamps | {"flags": "oversubscribed", "span_ns": 1e6}
    for way in ("pipe", "futex", "yield"):
        for size, walk in ((64, 0), (32768, 900), (4194304, 90e3)):
            for runner, ns in (("pthread", 1000), ("fork", 1100 + walk / 30)):
                yield "switch", "switch-" + way, size, runner, 2, 20 * (ns + walk), {"placement": "single"}
    for kernel in ("crash-abort", "crash-kill"):
        for runner, survivors, lost, back, again in (("pthread", 0, 102, 470e3, 3e6), ("fork", 1, 1, 270e3, 8e3), ("fork-pool", 1, 1, 300e3, 8e3)):
            if (kernel, runner) == ("crash-kill", "fork-pool"):
                again = ""
            yield "isolation", kernel, 50000, runner, 2, 5e6, {"survivors": survivors, "lost": lost, "items": 200, "recovery_ns": back, "redo_ns": again}
    for runner, kib in (("pthread", (8.3, 4, 16)), ("fork", (60, 24, 12))):
        for workers in (10, 100):
            of = dict(zip(("pss_kib", "tables_kib", "stacks_kib"), (workers * k for k in kib)))
            yield "memory", "empty", 1, runner, workers, workers * 5e4, of | {"work_ns": 100}
    for python, alone, threads, processes, on_one in (("3.13.5", 1, 1, 1.95, 0.8), ("3.13.5+sub", 1, 1.9, 0, 0), ("3.13.5t", 1.3, 1.9, 1.92, 0.3)):
        for kernel, gains in (("python-loop", (1, threads, processes)), ("python-hash", (1, 1.9, processes)), ("python-shared", (1, on_one, on_one / 4))):
            for (runner, workers), gain in zip((("seq", 1), ("pthread", 2), ("fork", 2)), gains):
                if gain and (on_one or kernel != "python-shared"):
                    yield "python", kernel, 100, runner, workers, 1e6 * alone / gain, {"python": python, "work_ns": 100}
    for channel, ns in (("pipe", 18000), ("spin", 90), ("futex", 9000)):
        for runner in ("pthread", "fork"):
            yield "channel", "latency-" + channel, 1, runner, 2, 10 * ns, {"cpu_ns": 1e4}


NOISY = ("gap_ns", "p50_ns", "p99_ns", "request_ns", "span_ns", "wall_ns", "operation_ns", "open_ns", "recovery_ns", "redo_ns", "pss_kib", "drain_ns", "create_ns", "start_ns", "exit_ns")


def blocks():
    """The cases that are compared, together: of one kernel, size and number of workers, with the sequential one in each."""
    found = collections.defaultdict(list)
    for case in cases():
        if case[3] != "seq":
            found[case[0], case[1], case[2], case[4]].append(case)
    for case in cases():
        for key, block in found.items():
            if case[3] == "seq" and key[:3] == case[:3]:
                block.append(case)
    return list(found.values())


def passes_of(passes, rng):
    """The cases in the order of an invocation, each with its block, pass and what slows all of a pass down; a row in twenty is not there."""
    if not passes:
        yield from ((case, {}, 1) for case in cases())
        return
    numbered = list(enumerate(blocks(), 1))
    rng.shuffle(numbered)
    for block, together in numbered:
        for turn in range(passes):
            slow = math.exp(rng.gauss(0, 0.3)) * (3 if rng.random() < 0.2 else 1)
            for case in rng.sample(together, len(together)):
                if rng.random() > 0.05:
                    yield case, {"block": block, "pass": turn}, slow


def write(pvt, folder, runs=7, noise=0.02, seed=7, passes=0):
    columns = [c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True, check=True).stdout)]
    os.makedirs(folder, exist_ok=True)
    rng, seq = random.Random(seed), 0
    with open(os.path.join(folder, "samples.csv"), "w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, columns, lineterminator="\r\n")
        table.writeheader()
        for run in range(runs):
            for (suite, kernel, size, runner, workers, ns, told), where, slow in passes_of(passes, rng):
                made = row(columns, run_id=f"made-{run}", seq=seq, suite=suite, kernel=kernel, size=size, runner=runner, workers=workers, ns=ns,
                           wall_ns=ns, **{"user_ns": "", "sys_ns": ""} | told | where)
                for name in NOISY:
                    if made[name] not in ("", 0):
                        made[name] *= slow * math.exp(rng.gauss(0, noise))
                table.writerow(made)
                seq += 1
    machine = {"cpu": "made up", "cores": 2, "pus": 2, "os": "nowhere", "kernel": "6.1"}
    with open(os.path.join(folder, "env.json"), "w", encoding="utf-8") as out:
        json.dump({"machine": machine, "pvt": {}, "seed": seed, "command": ["pvt", "run", "--seed", str(seed)], "hosts_share_machine": False}, out)


if __name__ == "__main__":
    write(os.path.abspath(sys.argv[1]), sys.argv[2])
