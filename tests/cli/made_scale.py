#!/usr/bin/env python3
"""A made-up run of the suites scale and weak, from known costs of messages and noise by invocation. Arguments: the program, the run folder,
how many hosts, and "shared" if they are to be one machine."""
import csv
import json
import math
import os
import random
import subprocess
import sys

from made_samples import row

BASE = 180000
INSIDE, ACROSS = (500.0, 200.0, 0.05), (20000.0, 3000.0, 0.8)  # ns: a small message, the gap, a byte
# kernel: size, ns on one core, phases, bytes that all items write
JOBS = {"kmeans": (BASE, 30e6, 10, 2e6), "mandelbrot": (270, 20e6, 1, 73e3), "matmul": (768, 25e6, 3, 4.7e6), "primes": (300000, 22e6, 1, 0.0)}


def message(hosts, size):
    small, _, byte = ACROSS if hosts > 1 else INSIDE
    return small + (size - 1) * byte


def all_reduce(workers, hosts, size):
    everyone, crossing = math.ceil(math.log2(workers)), math.ceil(math.log2(hosts))
    return 80 if workers == 1 else (everyone - crossing) * message(1, size) + crossing * message(2, size)


def job(alone, runner, workers, hosts, phases, sent, grows):
    ns = alone if grows else alone / workers
    if runner.startswith("mpi") and workers > 1:
        ns += phases * (all_reduce(workers, hosts, 1) + (hosts - 1) * ACROSS[0])
    return ns * (1.02 if runner.startswith("mpi") else 1) + (hosts - 1) * sent * ACROSS[2] / hosts


def places(most_hosts, units):
    """(hosts, workers): 1, 2, 4 … hosts, 1, 2, 4 … workers on each, evenly."""
    hosts = 1
    while hosts <= most_hosts:
        workers = hosts
        while workers <= hosts * units:
            yield hosts, workers
            workers *= 2
        hosts *= 2


def cases(most_hosts, sizes, units):
    """What each case is, and its span without noise."""
    for kernel, (size, alone, phases, sent) in JOBS.items():
        yield {"suite": "scale", "kernel": kernel, "size": size, "runner": "seq", "workers": 1, "phases": phases}, alone
        for runner in ("pthread", "fork", "mpi", "mpi+pthread" if kernel < "mb" else "mpi+fork"):
            for hosts, workers in places(most_hosts if runner.startswith("mpi") else 1, units):
                told = {"phases": phases, "exchanged": sent if hosts > 1 else ""}
                if runner.startswith("mpi"):
                    told["barrier_ns"] = all_reduce(workers, hosts, 1)
                yield {"suite": "scale", "kernel": kernel, "size": size, "runner": runner, "workers": workers, "hosts": hosts} | told, \
                    job(alone, runner, workers, hosts, phases, sent, False)
    for kernel, base, alone, phases, sent in (("kmeans", BASE, 30e6, 10, 2e6), ("task", 100000, 100000, 1, 0)):
        for runner in ("pthread", "fork", "mpi"):
            for hosts, workers in places(most_hosts if runner == "mpi" else 1, units):
                yield {"suite": "weak", "kernel": kernel, "size": base * (workers if kernel == "kmeans" else 1), "runner": runner,
                       "workers": workers, "hosts": hosts, "work": float(base * workers), "phases": phases,
                       "exchanged": sent * workers if hosts > 1 else ""}, job(alone, runner, workers, hosts, phases, sent * workers, True)
    for hosts in (1, 2)[2 - units if units < 2 else 0:most_hosts]:
        for size in sizes:
            told = {"suite": "scale", "size": size, "runner": "mpi", "workers": 2, "hosts": hosts, "items": 100}
            yield told | {"kernel": "message-latency", "work": 100}, 200 * message(hosts, size)
            a_message = max((ACROSS if hosts > 1 else INSIDE)[1], message(hosts, size) - message(hosts, 1))
            yield told | {"kernel": "message-bandwidth", "work": 100 * size, "work_unit": "B"}, 100 * a_message
    for hosts, workers in places(most_hosts, units):
        for size in (8, 4096, 2**20):
            yield {"suite": "scale", "kernel": "all-reduce", "size": size, "runner": "mpi", "workers": workers, "hosts": hosts, "items": 50}, \
                50 * all_reduce(workers, hosts, size) * 1.1
        yield {"suite": "scale", "kernel": "deal", "size": 1, "runner": "mpi", "workers": workers, "hosts": hosts, "items": 100}, \
            100 * (workers * 100 + message(hosts, 1) * 2)
    for kernel, sizes in (("spin", 5), ("task", 7)):
        for size in (10**e for e in range(1, sizes + 1)):
            yield {"suite": "scale", "kernel": kernel, "size": size, "runner": "seq", "workers": 1, "work": 100 * size}, 100 * size
            for hosts in (1, 2)[:most_hosts]:
                workers = units * hosts
                yield {"suite": "scale", "kernel": kernel, "size": size, "runner": "mpi", "workers": workers, "hosts": hosts,
                       "work": 100 * size * (workers if kernel == "task" else 1)}, \
                    100 * size / (1 if kernel == "task" else workers) + 100 * (40000 if hosts > 1 else 1000)
    for channel, small, byte in (("pipe", 18000, 0.9), ("tcp", 26000, 0.5), ("ring-spin", 80, 0.05)):
        for runner in ("pthread", "fork"):
            for size in (1, 4096, 2**20):
                told = {"suite": "channel", "size": size, "runner": runner, "workers": 2, "items": 10, "cpu_ns": 1e4}
                yield told | {"kernel": "latency-" + channel, "work": 10}, 20 * (small + size * byte)
                yield told | {"kernel": "bandwidth-" + channel, "work": 10 * size, "work_unit": "B"}, 10 * (small / 10 + size * byte)


def write(pvt, folder, most_hosts, shared=False, sizes=(1, 4096, 2**20), slower=1, runs=6, units=2, seed=5):
    columns = [c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True, check=True).stdout)]
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(seed)
    with open(os.path.join(folder, "samples.csv"), "w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, columns, lineterminator="\r\n")
        table.writeheader()
        seq = 0
        for run in range(runs):
            for told, span in cases(most_hosts, sizes, units):
                ns = span * (slower if told.get("hosts", 1) > 1 and told["kernel"] in ("kmeans", "matmul") else 1) * rng.gauss(1, 0.03)
                made = row(columns, run_id=f"made-{run}", seq=seq, ns=ns, wall_ns=ns * 1.05, **{"exchanged": "", "barrier_ns": "", "hosts": 1} | told)
                if made["barrier_ns"]:
                    made["barrier_ns"] *= rng.gauss(1, 0.05)
                table.writerow(made)
                seq += 1
    machine = {"cpu": "made up", "cores": units, "pus": units, "os": "nowhere", "kernel": "6.1"}
    with open(os.path.join(folder, "env.json"), "w", encoding="utf-8") as out:
        json.dump({"machine": machine, "pvt": {}, "seed": seed, "command": ["pvt", "run", "--suite", "scale,weak", "--seed", str(seed)],
                   "hosts_share_machine": shared}, out)


if __name__ == "__main__":
    write(os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3]), "shared" in sys.argv[4:])
