#!/usr/bin/env python3
"""pvt report --json: each figure computed anew from samples.csv, and nothing written. Arguments: the program, a scratch folder, the example's."""
import collections
import csv
import json
import math
import os
import shutil
import statistics
import subprocess
import sys

from checks import check, failed

pvt, scratch, example = sys.argv[1:]


def report(folder, *options):
    return subprocess.run([pvt, "report", "--json", *options, folder], capture_output=True, text=True, check=False)


shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
shutil.copy(os.path.join(example, "samples.csv"), scratch)
said = report(scratch)
check(f"exit {said.returncode}: {said.stderr}", said.returncode == 0 and not said.stderr)
check("nothing is written", os.listdir(scratch) == ["samples.csv"])
told = json.loads(said.stdout)
rows = list(csv.DictReader(open(os.path.join(scratch, "samples.csv"), newline="")))
check("all samples and invocations", (told["samples"], told["invocations"]) == (len(rows), len({r["run_id"] for r in rows})))
by_case = collections.defaultdict(list)
for row in rows:
    by_case[tuple(row[c] for c in ("suite", "kernel", "size", "runner", "workers", "placement", "ballast", "pages", "hosts", "python"))].append(row)
by_name = {c["case"]: c for c in told["cases"]}
check(f"{len(by_name)} names, {len(told['cases'])} cases, {len(by_case)} in the file", len(by_name) == len(told["cases"]) == len(by_case))
figures = 0
groups = collections.defaultdict(list)
for rows in by_case.values():
    groups[tuple(rows[0][c] for c in ("suite", "kernel", "size", "runner", "workers"))].append(rows)
for key, group in groups.items():
    those = [c for c in told["cases"] if (c["suite"], c["kernel"], str(c["size"]), c["runner"], str(c["workers"])) == key]
    if len(group) > 1:  # placements, ballasts and Pythons are told in the name alone
        check(f"{key}: as many cases", len(those) == len(group))
        continue
    case, good = those[0], [r for r in group[0] if r["status"] == "ok"]
    check(f"{key}: samples", (case["samples"], case["failed"]) == (len(good), len(group[0]) - len(good)))
    for column, metric in case["metrics"].items():
        medians = [statistics.median(float(r[column]) for r in run) for run in
                   (lambda runs: [[r for r in good if r["run_id"] == i and r[column]] for i in runs])({r["run_id"] for r in good}) if run]
        expected = (len(medians), statistics.median(medians), min(medians), max(medians))
        got = (metric["invocations"], metric["median"], metric["min"], metric["max"])
        check(f"{key} {column}: {got}, not {expected}", all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(got, expected)))
        check(f"{key} {column}: {metric}", metric["low"] is None or metric["low"] <= metric["median"] * (1 + 1e-9) + 1e-9 and metric["median"] <= metric["high"] * (1 + 1e-9) + 1e-9)
        figures += 1
check(f"{figures} figures", figures > 1000)
check("with --html", report(scratch, "--html").returncode == 2)
for folder, words in ((os.path.join(scratch, "nowhere"), "nowhere"),):
    said = report(folder)
    check(f"{folder}: {said.stderr}", said.returncode == 2 and words in said.stderr and not said.stdout)
with open(os.path.join(scratch, "samples.csv"), "a", newline="") as file:
    file.write(",".join({**dict.fromkeys(rows[0], "0"), **{k: rows[0][k] for k in rows[0]}, "status": "crashed"}[c] for c in rows[0]) + "\r\n")
said = report(scratch)
check(f"a sample that crashed: exit {said.returncode}", said.returncode == 1 and any(c["status"] == "crashed" for c in json.loads(said.stdout)["cases"]))
sys.exit(bool(failed))
