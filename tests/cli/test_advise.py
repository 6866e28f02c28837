#!/usr/bin/env python3
"""pvt advise: what it refuses and names, what a folder lacks, text of 80 columns, JSON, the dialogue on a terminal, a kernel's
profile. Arguments: the program, the plug-in with the mixes, the source tree, a scratch folder."""
import csv
import json
import os
import pty
import select
import shutil
import statistics
import subprocess
import sys

from checks import check, failed

pvt, mixes, source, scratch = map(os.path.abspath, sys.argv[1:])
example = os.path.join(source, "docs", "example")
JOB = ["--task", "20us", "--tasks", "1000"]


def advise(*arguments, folder=example):
    said = subprocess.run([pvt, "advise", "--from", folder, *arguments], capture_output=True, text=True, check=False)
    return said.returncode, said.stdout, said.stderr


def expect(what, code, words, *arguments, **options):
    got, out, err = advise(*arguments, **options)
    check(f"{what}: exit {got}, not {code}: {err[-600:]}", got == code)
    for word in [words] if isinstance(words, str) else words:
        check(f"{what}: '{word}' is not said: {(out + err)[-600:]}", word in out + err)
    return out


def as_json(*arguments, code=0, **options):
    got, out, err = advise(*arguments, "--format", "json", **options)
    check(f"JSON of {arguments}: exit {got}, not {code}: {err[-300:]}", got == code)
    return json.loads(out)


def of(report, runner):
    return next(r for r in report["runners"] if r["runner"] == runner)


def folder_without(name, drop):
    """The example without the rows that drop(row) is true of."""
    path = os.path.join(scratch, name)
    os.makedirs(path)
    with open(os.path.join(example, "samples.csv"), newline="", encoding="utf-8") as f, \
         open(os.path.join(path, "samples.csv"), "w", newline="", encoding="utf-8") as g:
        reader = csv.DictReader(f)
        writer = csv.DictWriter(g, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in reader if not drop(row))
    return path


def dialogue(answers):
    """On a terminal without any flag; each answer waits for its question. What was shown, and the exit code."""
    os.makedirs(os.path.join(scratch, "home", "results"), exist_ok=True)
    latest = os.path.join(scratch, "home", "results", "latest")
    if not os.path.islink(latest):
        os.symlink(example, latest)
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(os.path.join(scratch, "home"))
        os.execv(pvt, [pvt, "advise"])
    shown, asked = b"", 0
    while True:
        ready, _, _ = select.select([fd], [], [], 20)
        try:
            more = os.read(fd, 4096) if ready else b""
        except OSError:
            more = b""
        if not more:
            break
        shown += more
        while shown.count(b"? ") > asked and asked < len(answers):
            os.write(fd, answers[asked].encode())
            asked += 1
    os.close(fd)
    _, status = os.waitpid(pid, 0)
    return shown.decode(), os.waitstatus_to_exitcode(status)


shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)

# --- what is refused, by name
for flag, value, words in [("--task", "20", "time such as 20us"), ("--task", "0ns", "time"), ("--tasks", "0", "a number from 1"),
                           ("--tasks", "1e3", "a number from 1"), ("--workers", "0", "a number from 1 to 4096"),
                           ("--workers", "5000", "a number from 1 to 4096"), ("--bytes-in", "4KB", "number of bytes"),
                           ("--bytes-out", "-1", "number of bytes"), ("--shared-memory", "x", "number of bytes"),
                           ("--traffic", "1.5", "number of bytes"), ("--parent-memory", "2GB", "number of bytes"),
                           ("--syscalls", "5/min", "per second of its time"), ("--maps", "/s", "a number per task"),
                           ("--allocations", "-3", "a number per task"), ("--descriptors", "", "a number per task"),
                           ("--shared-writes", "1" * 40, "a number per task"), ("--jobs", "0", "a number from 1"),
                           ("--longest-task", "fast", "time such as"), ("--format", "csv", "one of text, json"),
                           ("--budget", "1", "time such as")]:
    expect(f"{flag} {value}", 2, [flag, words], *JOB, flag, value)
expect("an unknown flag", 2, ["--nonsense", "pvt help advise"], *JOB, "--nonsense")
expect("an argument", 2, ["'more'", "pvt help advise"], *JOB, "more")
expect("no task", 2, ["--task is missing", "--kernel"], "--tasks", "10")
expect("no tasks", 2, "--tasks is missing", "--task", "1ms")
expect("nothing", 2, "--task is missing")
expect("kernel and task", 2, "--task:", "--kernel", "spin", "--task", "1ms")
expect("kernel and tasks", 2, "--tasks:", "--kernel", "spin", "--tasks", "3")
expect("size alone", 2, "--size belongs to a kernel", *JOB, "--size", "3")
expect("no-measure alone", 2, "--no-measure belongs to a kernel", *JOB, "--no-measure")
expect("an unknown kernel", 2, "nonesuch", "--kernel", "nonesuch")
expect("a rate", 2, "is an operation to repeat", "--kernel", "getppid")
expect("a crash", 2, "crashes on purpose", "--kernel", "crash-segv")
expect("two kernels", 2, "one kernel", "--kernel", "spin,sort")
expect("two sizes", 2, "name one size", "--kernel", "spin", "--size", "10,20")
expect("a plug-in of many", 2, ["8 kernels", "--kernel"], "--plugin", mixes)
expect("shorter than the mean", 2, "shorter than --task", *JOB, "--longest-task", "1us")
expect("more than the time has room for", 2, ["--maps", "contention/mmap/2000/pthread/workers:1"], *JOB, "--maps", "1000")
expect("no such folder", 2, ["/nonesuch", "--from"], *JOB, folder="/nonesuch")

# --- what a folder lacks is named, with what measures it
lacks = folder_without("lacks", lambda r: r["suite"] == "contention")
expect("needs no contention", 0, "Advice:", *JOB, folder=lacks)
said = expect("no contention", 3, ["lacks mapping and unmapping memory", "pvt run --suite contention"], *JOB, "--maps", "1", folder=lacks)
report = as_json(*JOB, "--maps", "1", code=3, folder=lacks)
check("only seq needs no figure of mmap", report["advice"] == "seq")
check("JSON says what is missing", of(report, "fork")["missing"]["command"] == "pvt run --suite contention")
none = folder_without("none", lambda r: r["suite"] in ("granularity", "lifecycle", "pool"))
expect("nothing to launch with", 2, "pvt run --suite lifecycle,granularity", *JOB, folder=none)
expect("no seq of it", 2, ["has no seq/spin/77", "--suite scaling --kernel spin --size 77"], "--kernel", "spin", "--size", "77",
       "--no-measure")

one_cpu = ["taskset", "-c", str(min(os.sched_getaffinity(0)))]
said = subprocess.run([*one_cpu, pvt, "advise", "--from", example, *JOB], capture_output=True, text=True, check=False)
check("another machine's figures are told of", said.returncode == 0 and "2 CPUs, and here are 1" in said.stderr)

# --- what it says
for arguments in [JOB, [*JOB, "--maps", "2", "--parent-memory", "2G", "--bytes-in", "4K", "--survive-crash"],
                  [*JOB, "--each", "--shared-writes", "3", "--traffic", "64K", "--shared-memory", "100M", "--jobs", "3"],
                  ["--kernel", "sobel", "--no-measure"], ["--kernel", "kmeans", "--no-measure", "--workers", "16"]]:
    said = expect(" ".join(arguments), 0, ["Advice:", "Figures of this machine"], "--verbose", *arguments)
    check("figures are for --verbose", "Figures of this machine" not in expect(" ".join(arguments), 0, "--verbose shows the", *arguments))
    long = [line for line in said.splitlines() if len(line) > 80]
    check(f"80 columns: {long}", not long)
said = expect("a lacking folder", 3, [], *JOB, "--maps", "1", folder=lacks)
check("80 columns there, too", all(len(line) <= 80 for line in said.splitlines()))

report = as_json(*JOB, "--workers", "2", "--maps", "2", "--parent-memory", "2G")
for key in "from basis kernel size demand runners advice fastest comparisons figures crash".split():
    check(f"JSON has '{key}'", key in report)
check("all runners", len(report["runners"]) == 8)
for r in report["runners"]:
    total = sum(t["ns"] for t in r["terms"].values())
    check(f"{r['runner']}: the terms are the wall time", abs(total - r["wall"]["ns"]) < 1)
    check(f"{r['runner']}: in its range", r["wall"]["low_ns"] <= r["wall"]["ns"] <= r["wall"]["high_ns"])
with open(os.path.join(example, "samples.csv"), newline="", encoding="utf-8") as f:
    cases = {f"{r['suite']}/{r['kernel']}/{r['size']}/{r['runner']}/workers:{r['workers']}" for r in csv.DictReader(f)}
check("figures", len(report["figures"]) > 5)
for figure in report["figures"]:
    case = figure["source"].split()[0].split("/ballast:")[0]
    check(f"{case} is a case of the folder", case in cases)


def recomputed(suite, kernel, size, runner, workers, value):
    """The median over invocations of value(column), each column the median of an invocation's samples."""
    runs = {}
    with open(os.path.join(example, "samples.csv"), newline="", encoding="utf-8") as f:
        for r in csv.DictReader(f):
            if (r["suite"], r["kernel"], r["size"], r["runner"], r["workers"], r["status"]) == (suite, kernel, size, runner, workers, "ok"):
                runs.setdefault(r["run_id"], []).append(r)
    return statistics.median(value(lambda c, rows=rows: statistics.median(float(r[c]) for r in rows)) for rows in runs.values())


values = {f["source"]: f["value"]["ns"] for f in report["figures"]}
for case, value in {
        "granularity/task/10/fork/workers:2 wall-span": recomputed("granularity", "task", "10", "fork", "2",
                                                                   lambda of: of("wall_ns") - of("span_ns")),
        "pool/spin/10000/fork-steal/workers:2 wall-span": recomputed("pool", "spin", "10000", "fork-steal", "2",
                                                                     lambda of: of("wall_ns") - of("span_ns")),
        "contention/mmap/2000/pthread/workers:2 span": recomputed("contention", "mmap", "2000", "pthread", "2",
                                                                  lambda of: of("span_ns") / 2000)}.items():
    check(f"{case}: {values.get(case)}, from the samples {value}", abs(values.get(case, 0) - value) < 1e-6 * value)
check("mapping makes processes", "fork" in report["advice"] or report["advice"] == "spawn")
check("a reason is mapping", report["comparisons"][0]["reasons"][0]["term"] == "maps")
plain = as_json(*JOB, "--workers", "2")
check("nothing of the kind: no processes", "fork" not in plain["advice"] and plain["advice"] != "spawn")
crash = as_json(*JOB, "--workers", "2", "--survive-crash")
check("a crash excludes threads", of(crash, "pthread")["excluded"] and not of(crash, "fork")["excluded"])
check("its price", abs(crash["crash"]["price_ns"]) < 1e6 and crash["advice"] in ("fork", "fork-pool", "fork-steal", "spawn"))
walls = [of(as_json(*JOB, "--workers", "2", "--parent-memory", m), "fork")["wall"]["ns"] for m in ("0", "1G", "8G")]
check("a larger parent, a slower fork", walls[0] < walls[1] < walls[2])
rate, count = as_json(*JOB, "--maps", "50000/s"), as_json(*JOB, "--maps", "1")
check("50000 a second of 20 µs is one a task", of(rate, "pthread")["wall"] == of(count, "pthread")["wall"])
check("units", of(as_json("--task", "0.02ms", "--tasks", "1000"), "seq")["wall"] == of(as_json(*JOB), "seq")["wall"])
longer = as_json(*JOB, "--longest-task", "2ms", "--workers", "2")
check("uneven tasks are dealt one at a time", longer["demand"]["dealing"] == "each")

# --- waiting, Python, ties
waiting = as_json("--task", "100ms", "--wait", "100ms", "--tasks", "500", "--workers", "64")
check("500 tasks that wait 100 ms, 64 at a time, are 8 rounds", 0.8e9 <= of(waiting, "pthread")["wall"]["ns"] < 0.9e9 and waiting["advice"] != "seq")
expect("what is extrapolated is said", 0, ["Extrapolated: the overhead of a job", "taken at 64"], "--task", "100ms", "--wait", "100ms",
       "--tasks", "500", "--workers", "64")
turns = as_json("--task", "20ms", "--tasks", "100", "--workers", "2", "--language", "python")
check("Python's threads take turns", "python" in of(turns, "pthread")["terms"] and "fork" in turns["advice"])
expect("the model's error, throughput and latency", 0, ["model's error of 6 %", "Throughput: ", "Latency of a single task"], *JOB)
ties = as_json("--task", "10ms", "--tasks", "1000", "--workers", "2")
check("a tie is of those near the fastest, and none of them is argued against",
      all(r["tied"] == (r["wall"]["ns"] <= 1.06 * min(k["wall"]["ns"] for k in ties["runners"])) for r in ties["runners"]) and
      all(c["ns"] > 0 and not of(ties, c["beside"])["tied"] for c in ties["comparisons"]))
expect("more waiting than there is", 2, "longer than --task", *JOB, "--wait", "1ms")
expect("a kernel that waits", 2, "belongs to --task", "--kernel", "spin", "--wait", "1ms")

# --- kernels
report = as_json("--kernel", "sort", "--size", "small", "--budget", "50ms")
check("phases are known", report["demand"]["phases"] > 1 and report["kernel"] == "sort")
check("what was measured is said", "Measured just now" in report["basis"] and "nothing under any other" in report["basis"])
report = as_json("--plugin", mixes, "--kernel", "mix-maps", "--size", "small", "--maps", "4", "--budget", "50ms", "--workers", "2")
check("a plug-in's", report["size"] == 20 and "maps" in of(report, "pthread")["terms"])
report = as_json("--kernel", "mandelbrot", "--no-measure")
check("read from the folder", "nothing was measured now" in report["basis"] and "mandelbrot/270" in report["basis"])
check("dealing is the kernel's", report["demand"]["dealing"] == "each")
got, out, err = advise("--kernel", "spin", "--size", "10")
check(f"a size: {err}", got == 0)

# --- the dialogue
shown, code = dialogue(["20 apples\n", "20us\n", "\n", "1000\n", "4K\n", "64\n", "\n", "2\n", "1\n", "\n", "1G\n", "yes\n"])
check(f"dialogue: exit {code}: {shown[-600:]}", code == 0)
check("a wrong answer is asked again", shown.count("How long does one task take") == 2 and "'20 apples' is not a time" in shown)
check("an answer that there has to be", shown.count("How many tasks") == 2)
check("it comes to an advice", "Advice:" in shown and "A crash must be survived" in shown)
shown, code = dialogue(["20us\n", "\x04"])
check(f"the answers end: exit {code}", code == 2 and "the answers ended" in shown)

# --- the check of the advice, on the example's own measurements
said = subprocess.run([os.path.join(source, "scripts", "check-advice"), "--pvt", pvt, "--from", example, "--offline", "--kernel",
                       "spin,sort", "--out", os.path.join(scratch, "rows.csv")], capture_output=True, text=True, check=False)
check(f"check-advice: {said.stderr}", said.returncode == 0 and "goal 95 %" in said.stdout)
with open(os.path.join(scratch, "rows.csv"), newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f))
check("its rows", {r["kernel"] for r in rows} == {"spin", "sort"} and {"predicted_ns", "measured_ns", "loss"} <= set(rows[0]))

sys.exit(bool(failed))
