"""Every column of a samples.csv is filled by a real measurement, and plausible; those of the counters as far as the
doctor says that they can be counted. Arguments: the file, the program."""
import csv
import json
import subprocess
import sys

rows = list(csv.DictReader(open(sys.argv[1])))
runners = {row["runner"] for row in rows}
assert len(rows) == len(runners) >= 5, f"{len(rows)} rows, one a runner expected"
counters = [f"{what}_{side}" for what in ("cycles", "instructions", "cache_misses", "dtlb_misses")
            for side in ("user", "kernel")] + ["counted"]
doctor = json.loads(subprocess.run([sys.argv[2], "doctor", "--json"], capture_output=True, check=True).stdout)
allowed = next(check["state"] for check in doctor if check["name"] == "counters")
elsewhere = ["flags", "pages", "cpu_ns", "why", "survivors", "lost", "recovery_ns", "exchanged", "barrier_ns", "user_ns", "sys_ns",
             "redo_ns", "operation_ns", "disturbances", "p50_ns", "p99_ns", "request_ns", "gap_ns", "tried", "hung", "waiting_share",
             "python", "input_ns"]  # of noise, a ballast, operations, failures, crashes, hosts, jobs of many ticks, kernels in Python
memory = ["pss_kib", "rss_kib", "tables_kib", "stacks_kib"]
stamps = ["bind_ns", "enter_ns", "meet_ns", "work_ns", "leave_ns", "drain_ns"]  # of workers that live for one job
for row in rows:
    who = row["runner"]
    for name, value in row.items():
        # Of threads, and of two forks that write little (20 KiB), the machine's other processes make less than nothing
        # now and then, which is no figure.
        small = memory if who not in ("spawn", "fork-pool") else ["stacks_kib", "rss_kib"]
        assert value != "" or name in elsewhere + counters + stamps + small + ["open_ns"], f"{who}: column {name} is empty"
    pool = "pool" in who or "steal" in who or who == "openmp"
    assert all((row[name] == "") == pool for name in stamps), f"{who}: the stamps of its workers"
    opened = pool or who == "forkserver"
    assert (row["open_ns"] != "") == opened, f"{who}: what its pool or server takes to open is '{row['open_ns']}'"
    empty = [name for name in counters if row[name] == ""]
    fits = {"good": not empty, "unknown": empty == counters, "low": 0 < len(empty) < len(counters)}[allowed]
    assert fits, f"{who}: the doctor says {allowed} of the counters, and these columns are empty: {empty}"
    number = {k: float(v) for k, v in row.items() if (k.endswith("_ns") and v) or k in ("imbalance", "minflt", "nvcsw")}
    assert 0 < number["span_ns"] and 0 < number["work_ns" if row["work_ns"] else "span_ns"] <= number["wall_ns"], who
    ticks = float(row["user_ns"] or 3e7) + float(row["sys_ns"] or 0)
    assert (row["user_ns"] == "") == (row["sys_ns"] == "") and ticks >= 3e7, f"{who}: {ticks} ns of CPU time are a few ticks, and no figure"
    assert 1 <= number["imbalance"] <= int(row["workers"]) + 0.01, f"{who}: imbalance {number['imbalance']}"
    assert number["start_ns"] < number["wall_ns"] or row["suite"] == "pool" or "pool" in who, who
    assert len(row["cpus"].split()) == int(row["workers"]), f"{who}: cpus '{row['cpus']}'"
assert len({row["checksum"] for row in rows}) == 1, "checksums differ"
prepared = [row for row in rows if row["input_ns"]]
assert len(prepared) == 1 and 0 < float(prepared[0]["input_ns"]) < float(prepared[0]["took_ns"]), "the input is prepared once"
of = {row["runner"]: row for row in rows}
if "spawn" not in of:
    sys.exit(0)
assert float(of["fork"]["minflt"]) > float(of["pthread"]["minflt"]), "a process faults its memory in, a thread shares it"
assert float(of["spawn"]["pss_kib"]) > float(of["pthread"]["pss_kib"] or 0), "a process costs more memory than a thread"
