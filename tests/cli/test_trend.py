#!/usr/bin/env python3
"""pvt trend over made-up histories: steps that it has to find and where, none where there are none, each refusal and format, the
plot. Arguments: the program, a scratch folder."""
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml

from made_samples import row
from checks import check, failed

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
columns = [c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True, check=True).stdout)]
BEGIN = 1767225600  # 2026-01-01 00:00:00 UTC
DAY = 86400


def run_id(day, number=0):
    return f"{(BEGIN + day * DAY) * 10**9:x}-77-{number}"


def write(folder, rows, started=None, **machine):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "samples.csv"), "w", newline="") as out:
        table = csv.DictWriter(out, columns, lineterminator="\r\n")
        table.writeheader()
        table.writerows(rows)
    env = {"machine": {"cpu": "made up", "cores": 2, "pus": 2, "memory_bytes": 1, "kernel": "6.1", "host": "nowhere"} | machine}
    with open(os.path.join(folder, "env.json"), "w") as out:
        json.dump(env | ({"started": started} if started else {}), out)
    return folder


def history(name, days=40, step=None, factor=1.2, runner="fork", ids=run_id, noise=0.01, kernels=("sort", "spin"), **given):
    """A run folder a day, of one invocation; from day `step` on `sort` takes `factor` times as long. A pattern of all of them."""
    rng = random.Random(name)
    shutil.rmtree(os.path.join(scratch, name), ignore_errors=True)
    for day in range(days):
        rows = []
        for kernel in kernels:
            for repetition in range(3):
                slow = factor if kernel == "sort" and step is not None and day >= step else 1
                rows.append(row(columns, run_id=ids(day), seq=len(rows), kernel=kernel, runner=runner, repetition=repetition,
                                ns=1e6 * slow * (1 + noise * rng.uniform(-1, 1)), **given))
        write(os.path.join(scratch, name, f"run-{day:03}"), rows)
    return os.path.join(scratch, name, "run-*")


def trend(*arguments, **options):
    said = subprocess.run([pvt, "trend", *arguments], capture_output=True, text=True, check=False, **options)
    return said.returncode, said.stdout + said.stderr


def expect(what, code, words, *arguments, **options):
    got, said = trend(*arguments, **options)
    check(f"{what}: exit {got}, not {code}: {said[-600:]}", got == code)
    for word in [words] if isinstance(words, str) else words:
        check(f"{what}: '{word}' is not said: {said[-600:]}", word in said)
    return said


def changes(*arguments):
    code, said = trend(*arguments, "--format", "json")
    check(f"JSON of {arguments}: exit {code}: {said[-300:]}", code == 0)
    return {c["case"]: c["changes"] for c in json.loads(said)["cases"] if c["changes"]}


shutil.rmtree(scratch, ignore_errors=True)
SORT, SPIN = "scaling/sort/10/fork/workers:2", "scaling/spin/10/fork/workers:2"

# What is there is found where it is, and nothing else.
step = history("step", step=25)
said = expect("a step", 0, [SORT, "1.00 ms → 1.20 ms (ratio 1.2", "at invocation 26 of 40", "2026-01-26 00:00:00 UTC, " + run_id(25),
                            "1 of 2 cases changed in span_ns by 2 % or more, over 40 invocations", "alpha 0.01", "0.005 for each of the 2"], step)
check("a step: the other case did not change", SPIN not in said)
check("text fits 80 columns", all(len(line) <= 80 for line in trend(step, "--all")[1].splitlines()))
expect("all cases", 0, [SORT, SPIN, " µs, no change seen in 40 invocations"], step, "--all")
constant = history("constant")
check("a constant history", changes(constant) == {})
expect("a constant history", 0, "0 of 2 cases changed", constant)
check("not a value moves", changes(history("still", noise=0)) == {})
found = changes(history("faster", step=10, factor=0.8))
check(f"faster: {found}", list(found) == [SORT] and found[SORT][0]["invocation"] == 11 and 0.78 < found[SORT][0]["ratio"] < 0.82
      and found[SORT][0]["time"] == "2026-01-11T00:00:00Z" and found[SORT][0]["p"] < 0.005)
check("less than the margin", changes(step, "--margin", "30%") == {})
small = history("small", step=20, factor=1.015, noise=0.001)
check("a small change, asked for", list(changes(small, "--margin", "1%")) == [SORT] and changes(small) == {})
check("another metric", list(changes(step, "--metric", "wall_ns")) == [SORT] and changes(step, "--metric", "minflt") == {})
few = history("few", days=12, step=6)
check("so few that alpha decides", changes(few) == {} and list(changes(few, "--alpha", "0.2")) == [SORT])
expect("how many it takes", 0, "which takes 18 values of a case", few)

# The order is that of time, whatever that of the files; without a time it is as given.
folders = sorted(os.path.join(scratch, "step", name) for name in os.listdir(os.path.join(scratch, "step")))
mixed = random.Random(1).sample(folders, len(folders))
check("files in any order", changes(*mixed) == changes(step))
history("named", step=25, ids=lambda day: f"nightly {day}")
named = sorted(os.path.join(scratch, "named", name) for name in os.listdir(os.path.join(scratch, "named")))
check("names without a time", changes(*named)[SORT][0]["invocation"] == 26 and changes(*named)[SORT][0]["time"] is None)
expect("names without a time", 0, "in the order given", *named)
check("the other way round", changes(*reversed(named))[SORT][0]["invocation"] == 16)
for day, folder in enumerate(named):
    env = json.load(open(os.path.join(folder, "env.json"))) | {"started": f"2026-03-{1 + day // 2:02}T{10 + day % 2}:00:00Z"}
    json.dump(env, open(os.path.join(folder, "env.json"), "w"))
check("the time of env.json", changes(*reversed(named))[SORT][0]["time"] == "2026-03-13T11:00:00Z")

# The newest run has a second name, and may be given twice.
os.symlink(folders[-1], os.path.join(scratch, "step", "run-latest"))
check("a link to the newest", changes(step) == changes(*folders) == changes(*folders, folders[3]))
shutil.copytree(folders[3], os.path.join(scratch, "copy"))
expect("a copy", 2, ["in common", "give each run once", "run-003/samples.csv"], *folders, os.path.join(scratch, "copy"))

# Hundreds of invocations, many in one file; cases that some runs lack.
rows = [row(columns, run_id=run_id(0, n), seq=n, kernel=kernel, ns=1e6 * (1 + n % 7 / 1000) * (1.1 if n >= 200 else 1))
        for n in range(300) for kernel in (("sort", "cube") if n % 10 == 0 else ("sort",))]
many = changes(write(os.path.join(scratch, "many"), rows))
check(f"300 invocations: {many}", many[SORT][0]["invocation"] == 201)
check("a case that a tenth of them have", many["scaling/cube/10/fork/workers:2"][0]["invocation"] == 201)

# What cannot be used.
expect("nothing given", 2, "pvt help trend")
expect("no such folder", 2, "No such file", step, os.path.join(scratch, "nowhere"))
expect("too few", 2, "8 invocations", *folders[:7])
expect("no values", 2, "no case has values", write(os.path.join(scratch, "bare"), [r | {"cpu_ns": ""} for r in rows]), "--metric", "cpu_ns")
cut = write(os.path.join(scratch, "cut"), rows[:3])
whole = open(os.path.join(cut, "samples.csv"), "rb").read()
open(os.path.join(cut, "samples.csv"), "wb").write(whole[:-40])
expect("a cut file", 2, "cut/samples.csv:4:", step, cut)
other = write(os.path.join(scratch, "other"), [row(columns, run_id=run_id(99))], cpu="another")
expect("another machine", 2, ["differ in the processor", "--any-machine"], step, other)
expect("another machine, told", 0, "over 41 invocations", step, other, "--any-machine")
lonely = os.path.join(scratch, "lonely.csv")
shutil.copy(os.path.join(scratch, "many", "samples.csv"), lonely)
expect("no env.json", 2, "no env.json next to it", lonely)
expect("no env.json, told", 0, "over 300 invocations", lonely, "--any-machine")
for option, value, words in (("--metric", "runner", "not a column that has a history"), ("--margin", "2", "is not a margin"),
                             ("--alpha", "2", "between 0 and 0.5"), ("--format", "junit", "is not one of text, markdown, json"),
                             ("--plot", "trend.pdf", "ends in .svg or .png"), ("--plot", ".svg", "ends in .svg or .png")):
    expect(f"{option} {value}", 2, words, step, option, value)
expect("an unknown option", 2, "is not an option", step, "--nonsense")

# Formats.
code, said = trend(step, "--format", "markdown")
check("Markdown", said.startswith("| case | before | after |") and f"| {SORT} | " in said and f"| 26 | 2026-01-26 00:00:00 | {run_id(25)} |" in said
      and SPIN not in said)
check("Markdown of all", f"| {SPIN} | 999 µs |" in trend(step, "--format", "markdown", "--all")[1])
report = json.loads(trend(step, "--format", "json")[1])
check("JSON", report["metric"] == "span_ns" and report["order"] == "time" and report["changed"] == 1 and len(report["invocations"]) == 40
      and len(report["cases"]) == 2 and len(report["cases"][0]["points"]) == 40)

# A real run, if a small one: its run_id has its time.
real = os.path.join(scratch, "real")
done = subprocess.run([pvt, "run", "--kernel", "spin", "--runner", "seq", "--size", "10", "--repetitions", "9", "--min-time", "1us",
                       "--invocations", "9", "--out", real], capture_output=True, text=True, check=False)
check(f"pvt run: {done.stderr[-300:]}", done.returncode == 0)
report = json.loads(trend(real, "--format", "json")[1])
env = json.load(open(os.path.join(real, "env.json")))
times = [run["time"] for run in report["invocations"]]
check(f"the times of a real run: {env['started']}, {times}", times == sorted(times) and len(times) >= 8 and env["started"][:13] == times[0][:13])

# The plot.
if shutil.which("gnuplot"):
    svg, png = os.path.join(scratch, "trend of it.svg"), os.path.join(scratch, "trend.png")
    expect("a plot", 0, "", step, "--plot", svg)
    page = "\n".join("".join(e.itertext()) for e in xml.parse(svg).getroot().iter() if e.tag.endswith("}text"))
    page = " ".join(page.split())
    for word in (f"1 of 2 cases changed in span_ns", "× 1.2 on 2026-01-26", SORT, "× 1.2", "1.2 ms", "2026-01-01", "fork", "made up"):
        check(f"the plot does not show '{word}': {page}", word in page)
    check(f"the factor stands in the title and at the change: {page}", page.count("× 1.2") == 2)
    check("the plot shows what did not change", SPIN not in page)
    expect("a picture", 0, "", step, "--plot", png)
    check("the picture is a PNG", open(png, "rb").read(8) == b"\x89PNG\r\n\x1a\n")
    expect("a plot of nothing", 0, "", constant, "--plot", svg)
    check("it says so", "No change of span_ns by 2 % or more is seen in 2 cases" in open(svg).read())
    expect("a plot of many, of counts", 0, "", history("wide", step=20, kernels=[f"k{i:02}" for i in range(15)] + ["sort"]), "--metric", "minflt",
           "--plot", svg)
    twins = [r | {"schedule": schedule} for r in rows if r["kernel"] == "sort" for schedule in ("static", "dynamic")]
    expect("a plot of two cases of one name", 0, "2 of 2", write(os.path.join(scratch, "twins"), twins), "--plot", svg)
    check("a panel each", open(svg).read().count(f">{SORT}<") == 2)
    expect("no folder for it", 2, "cannot be written", step, "--plot", os.path.join(scratch, "nowhere", "trend.svg"))
    check("no litter", not [name for name in os.listdir(scratch) if name.startswith(".")])
else:
    print("SKIPPED: there is no gnuplot")
os.makedirs(os.path.join(scratch, "bin"), exist_ok=True)
expect("no gnuplot", 2, ["no gnuplot", "install gnuplot-nox"], step, "--plot", os.path.join(scratch, "none.svg"),
       env=os.environ | {"PATH": os.path.join(scratch, "bin")})
sys.exit(bool(failed))
