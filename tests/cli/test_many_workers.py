#!/usr/bin/env python3
"""Sixteen workers and more, on whatever machine this is: no case of a suite may crash because there are many. A row is either
measured or skipped, with a reason that is true. Arguments: the program, a scratch folder."""
import collections
import csv
import os
import re
import resource
import shutil
import subprocess
import sys

from checks import check, failed

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
UNITS = len(os.sched_getaffinity(0))
SPINS = r"(latency|bandwidth)-(ring-)?spin"
TRUE = {
    "its workers spin for each other, and there are more of them than CPUs":
        lambda row: re.fullmatch(SPINS, row["kernel"]) and int(row["workers"]) > UNITS,
    "only for messages of at least 4096 bytes": lambda row: int(row["size"]) < 4096,
    "process_vm_readv: Operation not permitted": lambda row: row["kernel"].endswith("vm-readv"),
}


def run(out, *options, **how):
    out = os.path.join(scratch, out)
    command = [pvt, "run", "--repetitions", "1", "--invocations", "1", "--min-time", "1us", "--budget", "600s", "--out", out, *options]
    done = subprocess.run(command, text=True, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=600, **how)
    with open(os.path.join(out, "samples.csv"), newline="", encoding="utf-8") as file:
        return done, list(csv.DictReader(file))


def true_reason(row):
    return row["why"] in TRUE and TRUE[row["why"]](row)


# Everything that has a limit on workers or a descriptor, a lane or a line per worker.
done, rows = run("channels", "--suite", "channel,switch", "--workers", "16", "--size", "64")
check(f"16 workers: {done.stderr[-300:]}", done.returncode == 0)
check("nothing was measured", sum(row["status"] == "ok" for row in rows) > 30)
for row in rows:
    what = f"{row['kernel']} {row['runner']} {row['workers']} workers: {row['status']}: {row['why']}"
    check(what, row["status"] == "ok" or (row["status"] == "skipped" and true_reason(row)))
    check(what + ": more workers than units, and no flag", row["status"] != "ok" or UNITS >= 16 or "oversubscribed" in row["flags"])
spinning = [row for row in rows if re.fullmatch(SPINS, row["kernel"])]
check("spinning channels leave no row", collections.Counter(row["status"] for row in spinning) ==
      {"skipped" if UNITS < 16 else "ok": 8})

done, rows = run("operations", "--suite", "contention", "--workers", "64", "--size", "20", "--runner", "pthread,fork")
check(f"64 workers: {done.stderr[-300:]}", done.returncode == 0)
for row in rows:
    check(f"{row['kernel']} {row['runner']} of 64: {row['status']}: {row['why']}", row["status"] == "ok" and row["workers"] == "64")

# What the system does not give is skipped, with its words: descriptors, memory.
few = (200, 200)
done, rows = run("descriptors", "--suite", "channel", "--kernel", "latency-pipe,latency-tcp,latency-eventfd", "--workers", "100", "--size", "64",
                 "--runner", "pthread", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few))
for row in rows:
    check(f"{row['kernel']}, 200 descriptors: {row['status']}: {row['why']}",
          row["status"] == "skipped" and re.fullmatch(r"channel \d+ of 100 cannot be opened: .*ulimit -n.*", row["why"]))
check("three kernels", len(rows) == 3)
done, rows = run("memory", "--suite", "contention", "--kernel", "map-fault", "--workers", "4096", "--size", "1", "--runner", "pthread")
with open("/proc/meminfo", encoding="ascii") as file:
    gib = int(re.search(r"MemAvailable: *(\d+)", file.read()).group(1)) / (1 << 20)
for row in rows:
    if gib < 900:
        check(f"map-fault, 512 GiB: {row['status']}: {row['why']}",
              row["status"] == "skipped" and re.fullmatch(r"4096 workers would hold 512\.0 GiB of pages, [\d.]+ GiB are there for them", row["why"]))
check("one row", len(rows) == 1)
sys.exit(bool(failed))
