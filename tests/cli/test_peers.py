#!/usr/bin/env python3
"""make peers: the rows of a comparison, at which numbers of workers, and what is refused. No time is judged. Arguments: peers, a scratch folder."""
import csv
import os
import re
import shutil
import subprocess
import sys

from checks import check, failed

peers, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)


def run(*options, program=peers):
    done = subprocess.run([program, *options], cwd=scratch, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


if len(os.sched_getaffinity(0)) < 2:
    print("SKIPPED: it takes two CPUs")
    sys.exit(77)

# By itself at 2, 4, 8 … workers, and at all CPUs.
code, said = run("--only", "a square at a time, processes", "rows.csv")
check(f"exit {code}: {said[-500:]}", code == 0)
with open(os.path.join(scratch, "rows.csv"), newline="") as file:
    rows = list(csv.DictReader(file))
most = len(os.sched_getaffinity(0))
wanted = sorted({2 ** i for i in range(1, most.bit_length()) if 2 ** i <= most} | {most})
at = sorted({int(re.search(r", (\d+) workers$", row["what"])[1]) for row in rows})
check(f"at {at} workers, not {wanted}", at == wanted)
check(f"its own threads are among the peers: {rows}", {"our threads"} <= {row["peer"] for row in rows})
for row in rows:
    low, ratio, high = (float(row[c]) for c in ("low", "ratio", "high"))
    check(f"an interval: {row}", 0 < low <= ratio <= high and float(row["ours_ns"]) > 0 and float(row["peer_ns"]) > 0)
    goal = float(row["to_reach"].lstrip("<="))
    check(f"the goal: {row}", row["to_reach"].startswith("<=") and row["holds"] == ("yes" if ratio <= goal else "no"))
    check(f"not said: {row}", row["what"] in said and row["peer"] in said)

code, said = run("--workers", "2", "--only", "empty job, processes", "two.csv")
with open(os.path.join(scratch, "two.csv"), newline="") as file:
    check(f"at two workers alone: {said}", [row["what"] for row in csv.DictReader(file)] == ["empty job, processes, 2 workers"])
for words, options in (("--workers", ("--workers", "0")), ("--workers", ("--workers", "many")), ("one file is enough: 'b.csv'", ("a.csv", "b.csv")),
                       ("--speed", ("--speed", "fast"))):
    code, said = run(*options)
    check(f"{options}: exit {code}: {said}", code == 2 and words in said)

# Without the program that launches workers: which one is missed.
alone = shutil.copy(peers, os.path.join(scratch, "alone"))
code, said = run("--only", "create + join, pthread runner", program=alone)
check(f"no pvt-cell: exit {code}: {said}", code == 1 and re.search(r"pthread: the program '.*pvt-cell'.* is missing", said))

sys.exit(1 if failed else 0)
