#!/usr/bin/env python3
"""pvt compare over made-up run folders: each verdict, each refusal, each format. Arguments: the program, a scratch folder."""
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


def run_folder(name, factor=1.0, runs=10, kernels=("sort", "spin"), seed=1, noise=0.01, minflt=5, crash=False, pairs=False, **env):
    """Each run_id has three samples, whose values share a factor of their own."""
    folder = os.path.join(scratch, name)
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(seed)
    with open(os.path.join(folder, "samples.csv"), "w", newline="") as out:
        table = csv.DictWriter(out, columns, lineterminator="\r\n")
        table.writeheader()
        seq = 0
        for run in range(runs):
            for kernel in kernels:
                for runner, workers in (("pthread", 2), ("fork", 2)):
                    luck = rng.gauss(1, noise)
                    for repetition in range(3):
                        ns = 1e6 * factor * luck * rng.gauss(1, noise / 3)
                        made = row(columns, run_id=f"{'block' if pairs else name}-{run}", seq=seq, kernel=kernel, runner=runner,
                                   workers=workers, ns=ns, minflt=minflt, repetition=repetition)
                        if crash and run == 1 and kernel == "sort" and repetition == 1:
                            made |= {"status": "crashed", "why": "worker 1: killed"}
                        table.writerow(made)
                        seq += 1
    machine = {"cpu": "made up", "cores": 2, "pus": 2, "memory_bytes": 1, "kernel": "6.1", "host": "nowhere"}
    build = {"compiler": "GNU 12", "flags": "-O3", "build_type": "Release"}
    for key, value in env.items():
        (machine if key in machine else build)[key] = value
    with open(os.path.join(folder, "env.json"), "w") as out:
        json.dump({"machine": machine, "pvt": build}, out)
    return folder


def compare(*arguments):
    said = subprocess.run([pvt, "compare", *arguments], capture_output=True, text=True, check=False)
    return said.returncode, said.stdout + said.stderr


def expect(what, code, words, *arguments):
    got, said = compare(*arguments)
    check(f"{what}: exit {got}, not {code}: {said[-300:]}", got == code)
    for word in [words] if isinstance(words, str) else words:
        check(f"{what}: '{word}' is not said: {said[-300:]}", word in said)


shutil.rmtree(scratch, ignore_errors=True)
base = run_folder("base")
expect("the same again", 0, "4 comparisons at alpha 0.01 for all together: 0 regressions, 4 without", base, run_folder("same", seed=2))
slow = run_folder("slow", factor=1.06, seed=3)
expect("6 % slower", 1, ["scaling/sort/10/fork/workers:2 span_ns", "regression", "4 regressions"], base, slow)
expect("within a margin of 8 %", 0, "4 without", base, slow, "--margin", "8%")
expect("faster", 0, "4 without", slow, base)
expect("the work is slower, the job not asked for", 1, "wall_ns", base, slow, "--metric", "wall_ns:2%")
expect("three runs a side", 3, ["4 cannot tell", "invocations per side"], run_folder("few", runs=3), run_folder("few2", runs=3, seed=4))

# Pairs: what both arms have in common goes away.
noisy = run_folder("noisy", noise=0.05, seed=5, pairs=True)
expect("paired, 3 % slower under noise of 5 % that both share", 1, "regressions",
       noisy, run_folder("noisy-slow", noise=0.05, seed=5, factor=1.03, pairs=True), "--alpha", "0.05", "--margin", "1%")
expect("the same, unpaired", 0, "4 without", noisy, run_folder("noisy-other", noise=0.05, seed=6, factor=1.03), "--alpha", "0.05",
       "--margin", "1%")

# As many cases as there may be: ten invocations a side tell what is larger than their noise, and each case says what that is.
kernels = tuple(f"k{i}" for i in range(60))
many = [run_folder(f"many{i}", kernels=kernels, seed=20 + i, factor=factor) for i, factor in enumerate((1, 1, 1.15))]
code, said = compare(many[0], many[1], "--format", "json")
cases = json.loads(said)["comparisons"]
check(f"120 cases are told: exit {code}", code == 0 and len(cases) == 120 and {c["verdict"] for c in cases} == {"no regression shown"})
check(f"at 1 % noise all of them would show 10 %: {sorted(c['could_see'] for c in cases)}", all(0.02 < c["could_see"] < 0.1 for c in cases))
expect("many cases, the sum", 0, ["120 without, 0 cannot tell", "; smallest slowdown found: median +", "at most twice the margin in "], many[0], many[1])
check("many cases are not listed", "none of" not in compare(many[0], many[1])[1] and compare(many[0], many[1], "--all")[1].count("none of ") == 120)
expect("many cases 15 % slower", 1, "120 regressions, 0 without", many[0], many[2])
odd = [run_folder(f"odd{i}", kernels=kernels[:30], runs=6, seed=30 + i, noise=0.004) for i in range(2)]
expect("six a side", 0, "60 without, 0 cannot tell", *odd)
expect("four a side", 3, ["60 cannot tell", "a decision takes 5 invocations per side"], *[run_folder(f"four{i}", kernels=kernels[:30], runs=4, seed=i) for i in range(2)])
blocks = [run_folder(f"blocks{i}", kernels=kernels, runs=12, seed=40, noise=0.02, factor=f, pairs=True) for i, f in enumerate((1, 1.06))]
expect("twelve pairs against themselves", 0, "120 without, 0 cannot tell", blocks[0], blocks[0])
expect("twelve pairs, all 6 % slower", 1, "120 regressions", *blocks)
expect("few cases are listed", 0, ["scaling/sort/10/fork/workers:2 span_ns", "none of ", " % or more"], base, os.path.join(scratch, "same"))
expect("few invocations, case by case", 3, ["cannot tell: 3 of 5 invocations"], os.path.join(scratch, "few"), os.path.join(scratch, "few2"))
for form, says in (("markdown", "| none of "), ("junit", "<system-out>none of "), ("smaller-is-better", ", none of "), ("csv", ",could_see,")):
    expect(f"what could be seen, as {form}", 0, says, base, os.path.join(scratch, "same"), "--format", form)

# Several files a side.
parts = [run_folder(f"part{i}", runs=5, seed=10 + i) for i in range(2)]
expect("a pattern of folders", 0, "4 without", base, os.path.join(scratch, "part?"))
expect("too many invocations", 2, "at most 40 per side", base, run_folder("many", runs=41))

# Counts, zero among them.
expect("more faults", 1, "minflt", base, run_folder("faults", seed=2, minflt=9), "--metric", "span_ns:2%,minflt:0")
expect("faults where there were none", 1, "minflt", run_folder("none", minflt=0), run_folder("some", minflt=1, seed=2), "--metric", "minflt:0")
expect("none on both sides", 0, "without", run_folder("none", minflt=0), run_folder("none2", minflt=0, seed=2), "--metric", "minflt:0")

# A margin for some cases.
margins = os.path.join(scratch, "margins")
open(margins, "w").write("# what moves\nscaling/sort/* 10%\n\nscaling/spin/*/fork/* 0\n")
expect("a margin for sort", 1, ["2 regressions", "scaling/spin/10/pthread"], base, slow, "--margins", margins)
open(margins, "a").write("scaling/sort/* much\n")
expect("a margin that is none", 2, "margins:5:16: not a pattern and a margin", base, slow, "--margins", margins)
expect("a folder for margins", 2, "--margins: '", base, slow, "--margins", scratch)

# Nothing that is not whole passes.
less, more = run_folder("less", kernels=("sort",)), run_folder("more", kernels=("sort", "spin", "cube"))
expect("a case is missing", 2, ["only in base", "scaling/spin", "2 only in base, 0 only in head"], base, less)
expect("a case is missing, which is allowed", 0, ["only in base", "scaling/spin"], base, less, "--allow-missing")
expect("a case is new", 0, ["only in head", "scaling/cube", "0 only in base, 2 only in head"], base, more)
expect("nothing in common", 2, "only in base", less, run_folder("other", kernels=("cube",)), "--allow-missing")
expect("a worker crashed", 2, "missing: crashed in head", base, run_folder("crash", crash=True))
expect("a worker crashed", 2, "missing: crashed in base", run_folder("crash", crash=True), base, "--allow-missing")
for form, says in (("markdown", "| only in base |"), ("csv", ",only in base"), ("json", '"only_in_base": 2'), ("junit", '<error message="only in base: -"/>')):
    expect(f"a case is missing, as {form}", 2, says, base, less, "--format", form)
for form, says in (("markdown", "| only in head |"), ("csv", ",only in head"), ("json", '"only_in_head": 2'), ("junit", '<skipped message="only in head: -"/>')):
    expect(f"a case is new, as {form}", 0, says, base, more, "--format", form)

# What services read: head's own figures, and annotations.
summary = os.path.join(scratch, "step-summary")
os.environ["GITHUB_STEP_SUMMARY"] = summary
open(summary, "w").write("before\n")
code, said = compare(base, slow, "--format", "github")
lines = said.splitlines()
check(f"annotations: exit {code}: {said}", code == 1 and len([s for s in lines if s.startswith("::error title=regression::scaling/")]) == 4)
check(f"an annotation says by how much: {lines[0]}", "span_ns 1.0" in lines[0] and "margin 2 %25" in lines[0] and "%0A" not in said)
told = open(summary).read()
check(f"the summary is appended: {told}", told.startswith("before\n") and told.count("| regression |") == 4)
expect("what is new is a notice", 0, "::notice title=only in head::scaling/cube", base, more, "--format", "github")
expect("what is missing is an error", 2, "::error title=only in base::scaling/spin", base, less, "--format", "github")
many = run_folder("kernels", kernels=tuple(f"k{i}" for i in range(12)), factor=1.2)
expect("ten of a kind", 1, ["14 more are in the summary"], run_folder("kernels0", kernels=tuple(f"k{i}" for i in range(12)), seed=8), many, "--format", "github")
os.environ["GITHUB_STEP_SUMMARY"] = scratch
expect("a summary that cannot be written", 2, "GITHUB_STEP_SUMMARY: '", base, slow, "--format", "github")
del os.environ["GITHUB_STEP_SUMMARY"]
code, said = compare(base, slow, "--format", "bencher", "--metric", "span_ns:2%,wall_ns:2%")
bmf = json.loads(said)
check(f"Bencher Metric Format: {said[:300]}", code == 1 and len(bmf) == 4 and all(
    set(metrics) == {"span_ns", "wall_ns"} and all(isinstance(v["value"], float) and v["lower_value"] <= v["value"] <= v["upper_value"] and len(v) == 3
                                                   for v in metrics.values()) for metrics in bmf.values()))
code, said = compare(base, slow, "--format", "smaller-is-better")
points = json.loads(said)
check(f"customSmallerIsBetter: {said[:300]}", code == 1 and len(points) == 4 and all(
    set(p) == {"name", "unit", "value", "range", "extra"} and p["unit"] == "ns" and 0.8e6 < p["value"] < 1.3e6 and p["range"].startswith("± ") for p in points))
check("what head does not have is not in it", len(json.loads(compare(base, less, "--format", "bencher")[1])) == 2)

os.makedirs(os.path.join(scratch, "empty"), exist_ok=True)
open(os.path.join(scratch, "empty", "samples.csv"), "w").close()
expect("an empty file", 2, "no samples in it", base, os.path.join(scratch, "empty"))
cut = os.path.join(scratch, "cut")
shutil.copytree(slow, cut, dirs_exist_ok=True)
whole = open(os.path.join(cut, "samples.csv"), "rb").read()
open(os.path.join(cut, "samples.csv"), "wb").write(whole[:len(whole) // 2])
expect("a cut file", 2, "cut/samples.csv:", base, cut)
expect("no such file", 2, "No such file", base, os.path.join(scratch, "nowhere"))
expect("one side", 2, "two sides", base)
for option, value, words in (("--metric", "runner", "no column that can be compared"), ("--metric", "span_ns:fast", "is not a margin"),
                             ("--margin", "2", "is not a margin"), ("--alpha", "2", "between 0 and 0.5"), ("--format", "pdf", "is not one of")):
    expect(f"{option} {value}", 2, words, base, slow, option, value)
expect("an unknown option", 2, "is not an option", base, slow, "--nonsense")

# Like with like.
other = run_folder("other", seed=2, cpu="another")
expect("another machine", 2, ["differ in the processor", "--any-machine"], base, other)
expect("another machine, told", 0, "4 without", base, other, "--any-machine")
expect("other flags", 2, "flags of the compiler", base, run_folder("flags", seed=2, flags="-O0"))
debug = [run_folder(f"debug{i}", seed=i, build_type="Debug") for i in range(2)]
expect("debug builds", 2, "debug build", *debug)
expect("debug builds, told", 0, "4 without", *debug, "--any-build")
lonely = os.path.join(scratch, "lonely.csv")
shutil.copy(os.path.join(base, "samples.csv"), lonely)
expect("no env.json", 2, "no env.json next to it", base, lonely)

# Formats.
code, said = compare(base, slow, "--format", "json")
report = json.loads(said)
check("JSON", code == 1 == report["exit"] and len(report["comparisons"]) == 4 and all(
    c["verdict"] == "regression" and 1.02 < c["low"] <= c["ratio"] <= c["high"] < 1.08 and c["base_runs"] == 10 and not c["paired"]
    for c in report["comparisons"]))
code, said = compare(base, os.path.join(scratch, "less"), "--format", "junit")
suite = xml.fromstring(said)
check("JUnit", suite.get("tests") == "4" and suite.get("errors") == "2" and len(suite.findall("testcase/error")) == 2)
code, said = compare(base, slow, "--format", "markdown")
check("Markdown", said.startswith("| case | metric |") and said.count("| regression |") == 4)
check("text fits 80 columns", all(len(line) <= 80 for line in compare(base, slow)[1].splitlines()[:-1]))
sys.exit(bool(failed))
