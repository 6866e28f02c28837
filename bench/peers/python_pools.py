"""Python's own pools as peers: reads "WHO TASK SIZE COUNT WORKERS" from its input, answers with ns per task.

WHO: Pool, ThreadPool, ProcessPoolExecutor, ThreadPoolExecutor (WORKERS is 2), Process, Thread, seq.
TASK: square, cube, spin (SIZE turns of a loop), apply (one square at a time), start (create and join).
"""
import concurrent.futures
import multiprocessing
import multiprocessing.pool
import sys
import threading
import time

WORKERS = 2


def square(x):
    return x * x


def cube(x):
    return x * x * x


def spin(turns):
    while turns:
        turns -= 1


def nothing():
    pass


OPEN = {
    "Pool": lambda: multiprocessing.Pool(WORKERS),
    "ThreadPool": lambda: multiprocessing.pool.ThreadPool(WORKERS),
    "ProcessPoolExecutor": lambda: concurrent.futures.ProcessPoolExecutor(WORKERS),
    "ThreadPoolExecutor": lambda: concurrent.futures.ThreadPoolExecutor(WORKERS),
}
STARTS = {"Process": multiprocessing.Process, "Thread": threading.Thread}
TASKS = {"square": square, "cube": cube, "spin": spin}
pools = {}


def pool(who):
    if who not in pools:
        pools[who] = OPEN[who]()
        measure(who, square, range(10))  # all workers are up
    return pools[who]


def measure(who, task, inputs):
    if who == "seq":
        for x in inputs:
            task(x)
    elif who.endswith("Executor"):
        list(pool(who).map(task, inputs, chunksize=1))
    else:
        pool(who).map(task, inputs, chunksize=1)


def apply(who, count):
    for i in range(count):
        if who.endswith("Executor"):
            pool(who).submit(square, i).result()
        else:
            pool(who).apply(square, (i,))


def start(who, count):
    for _ in range(count):
        worker = STARTS[who](target=nothing)
        worker.start()
        worker.join()


def run(who, task, size, count):
    if task == "apply":
        apply(who, count)
    elif task == "start":
        start(who, count)
    else:
        measure(who, TASKS[task], [size] * count if task == "spin" else range(count))


def main():
    multiprocessing.set_start_method("fork")
    for line in sys.stdin:
        who, task, size, count, workers = line.split()
        size, count = int(size), int(count)
        assert int(workers) == WORKERS
        run(who, task, size, count // 8 + 2)  # untimed, as all sides do: work.h
        begin = time.perf_counter_ns()
        run(who, task, size, count)
        print((time.perf_counter_ns() - begin) / count, flush=True)


if __name__ == "__main__":
    main()
