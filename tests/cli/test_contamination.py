#!/usr/bin/env python3
"""A figure does not depend on what was measured before it: each alone in a run, and among the cases of all other suites, in the
order of two seeds. Memory per worker is asserted, which is no time; with --times the figures in time are printed, with their
spread, for who wants to look on a quiet machine.
Arguments: the program, a scratch folder [, --times]."""
import csv, os, shutil, statistics, subprocess, sys

pvt, scratch = sys.argv[1:3]
times = "--times" in sys.argv
failed = []
# Where mappings fall is random, and with it how many page tables they take: 4 KiB each, three of them between runs of one binary.
# Without randomisation two runs agree to 0.1 %; where it cannot be switched off (containers may forbid it), the tables count.
UNMOVED = ["setarch", "-R"] if subprocess.run(["setarch", "-R", "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0 else []
# name: (what selects the case, the row's key, what is read, how far apart it may be)
FIGURES = {
    "memory of an idle process": (("memory", "empty", "fork", "100"), lambda r: (float(r["pss_kib"]) + float(r["tables_kib"])) / 100, 0.02 if UNMOVED else 0.25),
    "memory of an idle thread": (("memory", "empty", "pthread", "100"), lambda r: (float(r["pss_kib"]) + float(r["tables_kib"])) / 100, 0.02 if UNMOVED else 0.25),
}
TIMES = {
    "create and join, thread": (("lifecycle", "empty", "pthread", "1"), lambda r: float(r["wall_ns"])),
    "create and join, fork": (("lifecycle", "empty", "fork", "1"), lambda r: float(r["wall_ns"])),
    "create and join, spawn": (("lifecycle", "empty", "spawn", "1"), lambda r: float(r["wall_ns"])),
    "drain of 100 processes": (("memory", "empty", "fork", "100"), lambda r: float(r["drain_ns"])),
    "malloc of 64 KiB, fork": (("contention", "malloc-medium", "fork", "2"), lambda r: float(r["operation_ns"])),
    "malloc of 64 KiB, thread": (("contention", "malloc-medium", "pthread", "2"), lambda r: float(r["operation_ns"])),
    "first write after a fork": (("lifecycle", "copy", "fork", "1"), lambda r: float(r["span_ns"])),
}


def run(name, suites, cases, seed, repetitions):
    """The rows of one run of the cases whose names match."""
    subprocess.run(UNMOVED + [pvt, "run", "--suite", suites, "--benchmark_filter=" + cases, "--runner", "seq,pthread,fork,spawn", "--quick",
                    "--ballast", "0,64M" if times else "0", "--pages", "small", "--repetitions", str(repetitions), "--invocations", "1", "--budget", "300s", "--seed",
                    str(seed), "--csv", f"{scratch}/{name}.csv"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return list(csv.DictReader(open(f"{scratch}/{name}.csv", newline="")))


def values(rows, key, read):
    """Beside no ballast, but of the kernel that needs one."""
    return [read(r) for r in rows if (r["suite"], r["kernel"], r["runner"], r["workers"]) == key and r["status"] == "ok" and
            (r["ballast"] == "0" or r["kernel"] == "copy")]


shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
samples = 9 if times else 1
among = [run(f"among-{seed}", "lifecycle,memory,contention,scaling",
             "lifecycle/(empty|copy)/.*workers:1/|memory/empty/.*workers:100?/|contention/(malloc|mmap)|scaling/(triad|sort|wordcount)", seed, samples)
         for seed in (1, 2)]
alone = {}
for what, (key, *_) in {**FIGURES, **(TIMES if times else {})}.items():
    alone[key] = alone.get(key) or run("alone-" + "-".join(key), key[0], f"{key[0]}/{key[1]}/[0-9]+/{key[2]}/workers:{key[3]}(/|$)", 1, samples)
for what, (key, read, margin) in FIGURES.items():
    by_itself = values(alone[key], key, read)
    for number, rows in enumerate(among):
        with_others = values(rows, key, read)
        print(f"{what}: alone {by_itself}, among others (seed {number + 1}) {with_others}")
        if not by_itself or not with_others:
            failed.append(f"{what}: no samples")
        elif abs(statistics.median(with_others) / statistics.median(by_itself) - 1) > margin:
            failed.append(f"{what}: alone {statistics.median(by_itself)}, among others {statistics.median(with_others)}")
for what, (key, read) in (TIMES.items() if times else ()):
    for name, x in ("alone", values(alone[key], key, read)), ("seed 1", values(among[0], key, read)), ("seed 2", values(among[1], key, read)):
        print(f"{what}, {name}: median {statistics.median(x):.0f} ns, quartiles {statistics.quantiles(x)[0]:.0f} to {statistics.quantiles(x)[2]:.0f}")
for line in failed:
    print("FAILED:", line)
sys.exit(bool(failed))
