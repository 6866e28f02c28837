#!/usr/bin/env python3
"""pvt report over several run folders, made up: what is laid side by side, what is left out and named, what is refused.
Arguments: the program, a scratch folder."""
import csv
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as xml

from made_samples import row
from checks import check, failed

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
columns = [c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True, check=True).stdout)]
SMALL = {"cpu": "small | thing", "cores": 2, "pus": 2, "kernel": "6.1", "os": "Debian", "host": "here", "memory_bytes": 1}
LARGE = SMALL | {"cpu": "large", "cores": 8, "pus": 16, "host": "there"}


def cases(workers, slow=1.0):
    """suite, kernel, size, runner, workers, ns of an invocation's median (of processes `slow` times as long) and what else is to be said."""
    yield "scaling", "sort", 10, "seq", 1, 8e6, {}
    yield "scaling", "spin", 20, "seq", 1, 4e6, {}
    for runner, factor in (("pthread", 1), ("fork", slow)):
        for n in sorted({1, workers}):
            yield "scaling", "sort", 10, runner, n, 8e6 / n * factor, {}
            yield "scaling", "spin", 20, runner, n, 4e6 / n * factor, {}
        yield "switch", "switch-pipe", 64, runner, 2, 1010 * factor, {"items": 100, "placement": "single"}
        yield "switch", "switch-pipe", 64, runner, 2, 77 * factor, {"items": 100}
        yield "lifecycle", "empty", 1, runner, 1, 5e4 * factor, {}
        yield "lifecycle", "empty", 1, runner, 1, 9e4 * factor, {"ballast": 1 << 30, "pages": "small"}
        yield "lifecycle", "empty", 1, runner, 1, 33 * factor, {"ballast": 1 << 30, "pages": "huge"}
        yield "channel", "bandwidth-pipe", 1 << 20, runner, 2, 1e6, {"work": 2e6, "work_unit": "B"}
        yield "contention", "mmap", 2000, runner, workers, 1e6 * factor, {}
        yield "isolation", "crash-abort", 50, runner, 2, 1e6, {"recovery_ns": 3e6 * factor, "survivors": 1, "lost": 1}


def run_folder(name, machine, made, runs=8):
    folder = os.path.join(scratch, name)
    os.makedirs(folder)
    with open(os.path.join(folder, "samples.csv"), "w", newline="") as out:
        table = csv.DictWriter(out, columns, lineterminator="\r\n")
        table.writeheader()
        for run in range(runs):
            for seq, (suite, kernel, size, runner, workers, ns, more) in enumerate(made):
                table.writerow(row(columns, run_id=f"{name}-{run}", seq=seq, suite=suite, kernel=kernel, size=size, runner=runner,
                                   workers=workers, ns=ns * (1 + 0.001 * run)) | more)
    if machine:
        with open(os.path.join(folder, "env.json"), "w") as out:
            json.dump({"machine": machine, "pvt": {"version": "0.1.0", "compiler": "GNU 12"}, "started": "2026-01-01",
                       "topology": '<object type="Package"/><object type="Package"/>'}, out)
    return folder


def report(*arguments):
    said = subprocess.run([pvt, "report", *arguments], capture_output=True, text=True, check=False)
    return said.returncode, said.stdout, said.stderr


def cells(page, heading, first):
    """The cells of the row that begins so in this section."""
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    found = [line for line in section.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", found[0])[2:-1]] if len(found) == 1 else found


def expect(what, page, heading, first, *wanted):
    got = cells(page, heading, first)
    check(f"{what}: {first}: {got}, not {wanted}", got == list(wanted))


def refuses(what, words, *arguments):
    code, out, said = report(*arguments)
    check(f"{what}: exit {code}: {said}", code == 2 and not out and words in said)


shutil.rmtree(scratch, ignore_errors=True)
small = run_folder("small", SMALL, list(cases(2)))
large = run_folder("large", LARGE, list(cases(8, slow=2.0)))
code, page, said = report(small, large)
check(f"two machines: exit {code}: {said}", code == 0 and not said)
check("that it is no verdict, and what is for that", "No verdict" in page and "pvt compare" in page and "pvt gate" in page)
KNOWN, OVER, COST, SPEEDUP, ONLY = ("The machines", "Processes over threads", "What the primitives cost", "Speedup of the work over one core",
                                    "What only some have")
expect("machines", page, KNOWN, "processor", r"small \| thing", "large")
expect("machines", page, KNOWN, "cores", "2", "8")
expect("machines", page, KNOWN, "packages", "2", "2")
expect("machines", page, KNOWN, "invocations", "8", "8")
expect("machines", page, KNOWN, "samples", *(str(8 * len(list(cases(n)))) for n in (2, 8)))
expect("one worker", page, OVER, "creating and ending one worker", "1.00 [1.00, 1.00]", "2.00 [2.00, 2.00]")
expect("contention at the most workers of each", page, OVER, "mmap and munmap", "1.00 [1.00, 1.00]", "2.00 [2.00, 2.00]")
expect("all kernels", page, OVER, "the work of all kernels", "1.00 [1.00, 1.00]", "2.00 [2.00, 2.00]")
expect("no pools", page, OVER, "whole jobs in pools", "–", "–")
# Half of a turn; wall is twice the span in the made-up samples; neither huge pages nor a unit for each of both.
expect("a context switch", page, COST, "context switch by pipe, pthread", "5.07 ns [5.06 ns, 5.08 ns]", "5.07 ns [5.06 ns, 5.08 ns]")
expect("beside memory", page, COST, "the same with 1 GiB in the parent, fork", "181 µs [180 µs, 181 µs]", "361 µs [360 µs, 362 µs]")
expect("bandwidth", page, COST, "bandwidth of a pipe, fork", "1.99 GB/s [1.99 GB/s, 2.00 GB/s]", "1.99 GB/s [1.99 GB/s, 2.00 GB/s]")
check("a crash", [c.split(" [")[0] for c in cells(page, COST, "redoing a crashed worker's item, fork")] == ["3.00 ms", "6.00 ms"])
expect("workers", page, SPEEDUP, "workers", "2", "8")
expect("threads", page, SPEEDUP, "sort 10, pthread", "2.00 [2.00, 2.00]", "8.00 [8.00, 8.00]")
expect("processes", page, SPEEDUP, "*geometric mean*, fork", "2.00 [2.00, 2.00]", "4.00 [4.00, 4.00]")
verdicts = []
for folder in (small, large):
    subprocess.run([pvt, "report", folder], capture_output=True, check=False)
    with open(os.path.join(folder, "claims.csv"), newline="") as own:
        verdicts.append([(c["claim"], c["verdict"]) for c in csv.DictReader(own)])
check("machines do not agree in everything", verdicts[0] != verdicts[1] and len(verdicts[0]) == len(verdicts[1]) > 5)
for (claim, verdict), (_, other) in zip(*verdicts):
    expect("each machine's own verdict", page, "The verdicts", claim, verdict, other)
check("nothing is missing", "Nothing: every machine has every case" in page)

# What one lacks is named, and a mean is over what all have: spin would pull it up.
other = [c if c[1] != "spin" or c[3] == "seq" else c[:5] + (c[5] / 3,) + c[6:] for c in cases(8)]
lacking = run_folder("lacking", LARGE, [c for c in cases(2) if c[0] not in ("isolation", "switch") and c[1] != "spin"])
fuller = run_folder("fuller", SMALL | {"cpu": "third"}, other)
code, page, said = report(lacking, fuller)
expect("a mean over common kernels", page, SPEEDUP, "*geometric mean*, pthread", "2.00 [2.00, 2.00]", "8.00 [8.00, 8.00]")
expect("a kernel of one", page, SPEEDUP, "spin 20, pthread")
expect("a suite of one", page, COST, "context switch by pipe, fork", "–", "5.07 ns [5.06 ns, 5.08 ns]")
for line in ("- suite isolation: only fuller", "- suite switch: only fuller", "- suite scaling, spin: only fuller"):
    check(f"'{line}' is said once", page.split(f"## {ONLY}")[1].count(line + "\n") == 1)
check("nothing else is", page.split(f"## {ONLY}")[1].count("\n- ") == 3)

# Other sizes are not held against each other; a runner that failed is missing.
quick = run_folder("quick", LARGE, [c[:2] + (100,) + c[3:] if c[1] == "mmap" else c for c in cases(8)])
code, page, said = report(small, quick)
expect("other sizes", page, OVER, "mmap and munmap", "–", "–")
check("other sizes are named", "- suite contention, mmap 2000: only small\n" in page and "- suite contention, mmap 100: only quick\n" in page)
broken = run_folder("broken", LARGE, [c[:6] + ({"status": "crashed", "why": "x"},) if c[:4] == ("scaling", "sort", 10, "fork") else c
                                      for c in cases(8)])
code, page, said = report(small, broken)
check(f"a runner that failed is named: {page.split(ONLY)[1]}", "- suite scaling, sort 10, fork: only small\n" in page)
expect("… and out of both means", page, OVER, "the work of all kernels", "1.00 [1.00, 1.00]", "1.00 [1.00, 1.00]")

apart = run_folder("apart", LARGE, [c for c in cases(2) if c[0] != "switch" or "placement" not in c[6]])
code, page, said = report(small, apart)
expect("workers on two units are another experiment", page, COST, "context switch by pipe, fork", "5.07 ns [5.06 ns, 5.08 ns]", "–")
check("… and the usual one is missing", "- suite switch, switch-pipe 64, fork on one unit: only small\n" in page)

# The same machine again; a run of unknown make; a folder's name that comes again; few invocations.
os.makedirs(os.path.join(scratch, "again"))
shutil.copytree(small, os.path.join(scratch, "again", "small"))
code, page, said = report(small, os.path.join(scratch, "again", "small"), large)
check("the same machine twice is noted", "*small* and *small (2)* are of the same machine" in page and page.count("are of the same machine") == 1)
expect("three columns", page, KNOWN, "cores", "2", "2", "8")
bare = run_folder("bare", None, list(cases(2)), runs=1)
code, page, said = report(small, bare)
expect("no env.json", page, KNOWN, "processor", r"small \| thing", "–")
expect("one invocation has no interval", page, OVER, "creating and ending one worker", "1.00 [1.00, 1.00]", "1.00")
check("no env.json is no machine", "same machine" not in page and code == 0)

# Files: whole, in their place, the picture shown where it lies beside the page.
out = os.path.join(scratch, "out")
os.makedirs(out)
code, page, said = report(small, large, "--out", os.path.join(out, "page.md"))
check(f"--out: {code} {said}", code == 0 and page == "" and open(os.path.join(out, "page.md")).read().startswith("# Machines side by side"))
if shutil.which("gnuplot"):
    for name in ("of machines.svg", "of machines.png"):
        code, page, said = report(small, large, bare, "--out", os.path.join(out, "page.md"), f"--plot={os.path.join(out, name)}")
        check(f"--plot {name}: {code} {said}", code == 0 and f"](<{name}>)" in open(os.path.join(out, "page.md")).read())
    words = " ".join(xml.parse(os.path.join(out, "of machines.svg")).getroot().itertext())
    check("the figure names machines and primitives", all(w in words for w in ("small", "large", "bare", "creating and ending one worker",
                                                                              "threads faster", "small | thing")))
    png = open(os.path.join(out, "of machines.png"), "rb").read()
    check("the PNG is of the page's width", png[:4] == b"\x89PNG" and struct.unpack(">I", png[16:20])[0] == 2000)
    nothing = [run_folder(name, SMALL, [c for c in cases(2) if c[3] != "fork"]) for name in ("threads", "threads2")]
    refuses("nothing to draw", "no run has a primitive under both", *nothing, "--plot", os.path.join(out, "none.svg"))

# Refusals.
refuses("a folder without samples", "samples.csv: No such file", small, out)
refuses("no folder", "No such file or directory; report takes run folders", small, os.path.join(scratch, "nowhere"))
refuses("the same folder", "is given twice", small, large, os.path.join(scratch, "again", "..", "small"))
os.symlink(small, os.path.join(scratch, "latest"))
refuses("the same folder by another name", "is given twice", small, os.path.join(scratch, "latest"))
cut = os.path.join(scratch, "cut")
shutil.copytree(large, cut)
whole = open(os.path.join(cut, "samples.csv"), "rb").read()
open(os.path.join(cut, "samples.csv"), "wb").write(whole[:len(whole) // 2])
refuses("a cut file", "cut/samples.csv:", small, cut)
open(os.path.join(cut, "samples.csv"), "wb").write(whole[:whole.index(b"\n") + 1])
refuses("no samples", "no samples in it", small, cut)
refuses("one run", "two or more run folders", small, "--out", os.path.join(out, "one.md"))
refuses("too many", "at most 8", *[small] * 9)
refuses("--plot pdf", "ends in .svg or .png", small, large, "--plot", "x.pdf")
refuses("--out nowhere", "cannot be written", small, large, "--out", os.path.join(scratch, "no", "page.md"))
refuses("--out ''", "is not a name", small, large, "--out=")
check("no page is left", not os.path.exists(os.path.join(out, "one.md")))
sys.exit(bool(failed))
