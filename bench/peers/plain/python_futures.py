#!/usr/bin/env python3
"""Python's pools as its users write them: how long a job takes in two halves, in concurrent.futures' executors.

    python3 python_futures.py                  all work in all executors, as a table of speedups over one thread
    python3 python_futures.py WORK KIND TURNS  ns of one such job. WORK: loop (bytecode), hash (C code without the GIL), shared (a counter
                                               behind a lock); KIND: alone, thread, fork, interpreter

PVT_PYTHON names another Python to run it. InterpreterPoolExecutor came with 3.14.
"""
import concurrent.futures
import hashlib
import multiprocessing
import os
import statistics
import sys
import threading
import time

WORKERS, REPEATS = 2, 5
SIZES = {"loop": 400000, "hash": 128, "shared": 100000}
lock, total = threading.Lock(), 0
value = multiprocessing.get_context("fork").Value("Q")


def loop(begin, end):
    result = 0
    for i in range(begin + 1, end + 1):
        result += i * i
    return result


def hash(begin, end):
    buffer = bytes(262144)
    for _ in range(begin, end):
        hashlib.sha256(buffer).digest()


def shared(begin, end):
    global total
    for _ in range(begin, end):
        with lock:
            total += 1


def shared_by_processes(begin, end):
    for _ in range(begin, end):
        with value.get_lock():
            value.value += 1


def executor(kind):
    if kind == "thread":
        return concurrent.futures.ThreadPoolExecutor(WORKERS)
    if kind == "fork":
        return concurrent.futures.ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("fork"))
    return concurrent.futures.InterpreterPoolExecutor(WORKERS)


def measure(name, kind, turns):
    """The median of some jobs, with the workers there already."""
    work = shared_by_processes if (name, kind) == ("shared", "fork") else globals()[name]
    n, times = SIZES[name], []
    halves = [0, n // 2], [n // 2, n]
    with executor("thread" if kind == "alone" else kind) as pool:
        list(pool.map(work, (0, 0), (1, 1)))
        for _ in range(turns):
            begin = time.perf_counter_ns()
            work(0, n) if kind == "alone" else list(pool.map(work, *halves))
            times.append(time.perf_counter_ns() - begin)
    return statistics.median(times)


def table():
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    print(f"Python {sys.version.split()[0]}{'' if gil else ' (free-threaded)'}: {WORKERS} workers over one thread, in concurrent.futures")
    print(f"{'':8} {'one thread':>12} {'threads':>9} {'processes':>9} {'interpreters':>12}")
    for name in SIZES:
        alone = measure(name, "alone", REPEATS)
        others = [f"{alone / measure(name, kind, REPEATS):.2f}" for kind in ("thread", "fork")]
        if name == "shared":
            others.append("share none")
        else:
            others.append(f"{alone / measure(name, 'interpreter', REPEATS):.2f}" if hasattr(concurrent.futures, "InterpreterPoolExecutor") else "from 3.14 on")
        print(f"{name:8} {alone / 1e6:9.1f} ms {others[0]:>9} {others[1]:>9} {others[2]:>12}")


def main():
    other = os.environ.pop("PVT_PYTHON", "")
    if other:
        os.execvp(other, [other, *sys.argv])
    if len(sys.argv) == 4:
        print(measure(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    else:
        table()


if __name__ == "__main__":
    main()
