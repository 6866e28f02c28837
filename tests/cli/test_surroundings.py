#!/usr/bin/env python3
"""What others do to a program: they start it with signals ignored, stop it, limit its files, fill its output, start ten at once,
mount another /proc, set a ~/.gnuplot. Nothing of it may end a run silently or change a figure.
Arguments: the program, a scratch folder."""
import csv
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from checks import check, failed

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)


def path(*names):
    return os.path.join(scratch, *names)


def small(out, *more, runners="pthread,fork", repetitions=3):
    return [pvt, "run", "--kernel", "cube", "--size", "1000", "--runner", runners, "--workers", "2", "--repetitions", str(repetitions),
            "--invocations", "1", "--min-time", "1ms", "--out", path(out), *more]


def long(out):
    """Some 40 samples of 20 ms and more."""
    return [pvt, "run", "--kernel", "spin", "--runner", "pthread", "--workers", "2", "--repetitions", "40", "--invocations", "1",
            "--min-time", "20ms", "--out", path(out)]


def run(command, **how):
    return subprocess.run(command, cwd=scratch, text=True, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120, **how)


def rows(out):
    with open(path(out, "samples.csv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def await_rows(out, n):
    """Until so many are written."""
    for _ in range(600):
        try:
            with open(path(out, "samples.csv"), "rb") as file:
                if file.read().count(b"\n") > n:
                    return
        except FileNotFoundError:
            pass
        time.sleep(0.05)


def begin(command, **how):
    return subprocess.Popen(command, cwd=scratch, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **how)


# --- a signal that was ignored at the start stays ignored: nohup, the background of a script
for number in signal.SIGHUP, signal.SIGINT, signal.SIGTERM:
    name = f"ignored-{number.name}"
    process = begin(long(name), preexec_fn=lambda number=number: signal.signal(number, signal.SIG_IGN))
    await_rows(name, 3)
    process.send_signal(number)
    said = process.communicate(timeout=120)[1]
    check(f"{number.name}, ignored: exit {process.returncode}: {said[-300:]}", process.returncode == 0)
    check(f"{number.name}, ignored: {len(rows(name))} rows", len(rows(name)) >= 40)
process = begin(long("caught"))
await_rows("caught", 3)
process.send_signal(signal.SIGINT)
said = process.communicate(timeout=120)[1]
check(f"SIGINT, not ignored: exit {process.returncode}", process.returncode == 130)

# --- a sample across a stop says so
process = begin(long("stopped"))
await_rows("stopped", 3)
for _ in range(4):  # one may fall between two samples
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.1)
    process.send_signal(signal.SIGCONT)
    time.sleep(0.05)
process.communicate(timeout=120)
stopped = [row for row in rows("stopped") if "stopped" in row["flags"].split()]
check(f"a stop: exit {process.returncode}, {len(stopped)} samples flagged", process.returncode == 0 and 1 <= len(stopped) <= 8)

# --- ulimit -f, which counts for shared memory too: told, in a run and where output is a file
done = run(["bash", "-c", 'ulimit -f 8; exec "$@"', "limit", *long("large")])
check(f"a file limit: exit {done.returncode}: {done.stderr[-300:]}", done.returncode == 2 and "File too large" in done.stderr)
done = run(["bash", "-c", 'ulimit -f 1; exec "$0" list columns >columns.txt', pvt])
check(f"a file limit, output: exit {done.returncode}: {done.stderr[-300:]}",
      done.returncode == 2 and "standard output cannot be written: File too large" in done.stderr)

# --- standard output that cannot be written is told by each command, in each format
check("two runs", all(run(small(name)).returncode == 0 for name in ("one", "two")))
COMMANDS = [["compare", path("one"), path("two"), "--format", form] for form in ("text", "markdown", "json", "junit", "csv")] + [
    ["doctor", "--json"], ["list", "kernels", "--json"], ["list", "cases"], ["help"], ["--version"], ["report", "--verbose", path("one")],
    ["place", "--workers", "2"]]
for command in COMMANDS:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([pvt, *command], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    check(f"{' '.join(command)} >/dev/full: exit {done.returncode}: {done.stderr!r}",
          done.returncode == 2 and "standard output cannot be written" in done.stderr and "memory" not in done.stderr)

# --- runs that begin in one second have a folder each
where = path("at-once")
os.makedirs(where)
at_once = [subprocess.Popen(small("x")[:-2], cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
           for _ in range(8)]
ends = [(process.communicate(timeout=120)[1], process.returncode) for process in at_once]
check(f"eight runs at once: {[code for _, code in ends]}: {[said[-200:] for said, code in ends if code]}", all(code == 0 for _, code in ends))
check("eight runs at once: eight folders", len(glob.glob(os.path.join(where, "results", "*", "samples.csv"))) == 9)  # and latest

# --- Google Benchmark's file: the workers' CPU time, their number, the program
done = run(small("json", f"--benchmark_out={path('benchmark.json')}", "--verbose", runners="pthread,fork", repetitions=2) + ["--min-time", "60ms"])
with open(path("benchmark.json"), encoding="utf-8") as file:
    told = json.load(file)
check(f"executable: {told['context']['executable']}", os.path.samefile(told["context"]["executable"], pvt))
by_name = {}
for row in rows("json"):
    name = f"{row['suite']}/{row['kernel']}/{row['size']}/{row['runner']}/workers:{row['workers']}"
    by_name[name, int(row["repetition"])] = row
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
compared = 0
for entry in told["benchmarks"]:
    row = by_name.get((entry["name"].split(" ")[0], entry["repetition_index"]))
    if not row:
        continue
    check(f"{entry['name']}: threads {entry['threads']}", entry["threads"] == int(row["workers"]))
    if row["user_ns"]:
        used = float(row["user_ns"]) + float(row["sys_ns"])
        check(f"{entry['name']}: cpu_time {entry['cpu_time']} {entry['time_unit']}, {used} ns in samples.csv",
              abs(entry["cpu_time"] * UNITS[entry["time_unit"]] - used) <= 0.02 * used)
    compared += 1
check(f"{compared} entries are rows of samples.csv too", compared == 4)

# --- a user's settings of gnuplot
if shutil.which("gnuplot"):
    os.makedirs(path("home"))
    with open(path("home", ".gnuplot"), "w", encoding="utf-8") as file:
        file.write(f'set output "{path("stolen")}"\nset terminal dumb\n')
    done = run([pvt, "report", path("one")], env={**os.environ, "HOME": path("home")})
    check(f"~/.gnuplot: exit {done.returncode}: {done.stderr[-300:]}", done.returncode == 0 and not os.path.exists(path("stolen")))
    check("~/.gnuplot: the plots are there", glob.glob(path("one", "plots", "*.png")))

# --- the /proc of another PID namespace: what is a stranger's there stays empty, and doctor says so
outer = ["unshare", "--pid", "--fork", "--kill-child"]
if run(outer + ["true"]).returncode == 0:
    done = run(outer + small("namespace"))
    check(f"another /proc: exit {done.returncode}: {done.stderr[-300:]}", done.returncode == 0)
    bad = [row["pss_kib"] for row in rows("namespace") if row["runner"] == "fork" and row["pss_kib"]]
    check(f"another /proc: pss_kib {bad}", not bad)
    check("another /proc: good rows", all(row["status"] == "ok" for row in rows("namespace")))
    done = run(outer + [pvt, "doctor"])
    check("another /proc: doctor says so", re.search(r"^unknown +/proc +of another PID namespace", done.stdout, re.M))
else:
    print("skipped: unshare --pid is not allowed here")
check("no reading of memory is negative", not [row for out in ("one", "two", "json") for row in rows(out)
                                               if any(row[c].startswith("-") for c in ("pss_kib", "rss_kib", "tables_kib", "stacks_kib"))])
sys.exit(bool(failed))
