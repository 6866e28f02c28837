#!/usr/bin/env python3
"""scripts/plain, for its shape and never for its times: every figure has a row, plain programs print positive numbers, and pvt
fills the columns that are read. Arguments: pvt, a folder to write to, the source folder."""
import csv
import os
import re
import subprocess
import sys

COLUMNS = "figure claim unit pvt plain ratio ratio_low ratio_high plain_low plain_high rounds verdict"
VERDICTS = ("within 10 %", "within 20 % (plain's own interval is as wide)", "differs: ")
# Programs whose figure pvt may not have: none today.
NOT_YET = set()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def is_positive(text):
    try:
        return float(text) > 0
    except ValueError:
        return False


def faults_of(row, program):
    if not is_positive(row["plain"]):
        return [f"the plain program has no positive number: {row['plain']!r}"]
    if row["pvt"] == "" and program in NOT_YET:
        return [] if row["ratio"] == "" and row["verdict"].startswith("missing: ") else ["pvt's value is missing, and not said so"]
    wrong = [name for name in ("pvt", "ratio", "ratio_low", "ratio_high", "plain_low", "plain_high") if not is_positive(row[name])]
    faults = [f"not positive: {', '.join(wrong)}"] if wrong else []
    if row["rounds"] != "1" or not row["verdict"].startswith(VERDICTS):
        faults.append(f"rounds {row['rounds']}, verdict {row['verdict']!r}")
    return faults


def check_refusals(script, pvt, out):
    said = run(script, "--pvt", pvt, "--only", "no such figure", "--out", out)
    return [] if said.returncode == 1 and "no figure matches" in said.stderr else ["a pattern that fits nothing is accepted"]


def check_rows(script, pvt, out):
    listed = [line.split("\t") for line in run(script, "--pvt", pvt, "--list").stdout.splitlines()]
    said = run(script, "--pvt", pvt, "--quick", "--out", out)
    if said.returncode != 0:
        return [f"exit {said.returncode}: {said.stderr}"]
    with open(out, newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    faults = [] if " ".join(rows[0]) == COLUMNS else [f"columns: {' '.join(rows[0])}"]
    if len(listed) < 60 or [row["figure"] for row in rows] != [figure for figure, _, _ in listed]:
        faults.append(f"{len(rows)} rows, {len(listed)} figures are listed, at least 60 are expected")
    for row, (_, _, twin) in zip(rows, listed):
        faults += [f"{row['figure']}: {fault}" for fault in faults_of(row, twin.split()[0])]
        if row["figure"] not in said.stdout:
            faults.append(f"{row['figure']}: not printed")
    return faults + ([said.stderr] if faults else [])


def check_claims(source, script):
    """Each claim that a program belongs to is one of pvt's, and the method's list names each program."""
    with open(os.path.join(source, "bench", "claims", "list.c"), encoding="utf-8") as f:
        claims = f.read()
    with open(os.path.join(source, "docs", "method.md"), encoding="utf-8") as f:
        method = f.read()
    listed = {tuple(line.split("\t")[1:]) for line in run(script, "--list").stdout.splitlines()}
    faults = [f"no claim has the id {claim}" for claim in {claim for claim, _ in listed} if f'"{claim}"' not in claims]
    programs = {twin.split()[0] for _, twin in listed}
    return faults + [f"docs/method.md does not name {name}" for name in programs if not re.search(rf"plain/{name}\.(c|py)\)", method)]


def main():
    pvt, folder, source = sys.argv[1:4]
    if len(os.sched_getaffinity(0)) < 2:
        print("skipped: two CPUs are needed")
        sys.exit(77)
    os.makedirs(folder, exist_ok=True)
    script, out = os.path.join(source, "scripts", "plain"), os.path.join(folder, "plain.csv")
    faults = check_refusals(script, pvt, out) + check_claims(source, script) + check_rows(script, pvt, out)
    for fault in faults:
        print("FAILED:", fault)
    sys.exit(1 if faults else 0)


main()
