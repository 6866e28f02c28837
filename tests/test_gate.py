#!/usr/bin/env python3
"""pvt gate over made-up arms: this file, called with FACTOR, writes samples as `pvt run --csv` does. Each verdict, going on
after a break, and what each arm is given. Arguments: the program, a scratch folder."""
import csv
import json
import os
import random
import shutil
import subprocess
import sys

from made_samples import row


def arm(factor, *words):
    """One process of an arm. Further words say what is odd about it."""
    first = next(i for i, word in enumerate(words) if word.startswith("--"))
    words, options = words[:first], list(words[first:])
    odd = dict(w.split("=") for w in words)
    path, seed = options[options.index("--csv") + 1], options[options.index("--seed") + 1]
    with open(odd["log"], "a") as log:
        print(os.path.basename(path), len(os.environ["PVT_PADDING"]), seed, " ".join(o for o in options if "filter" in o), file=log)
    if "exit" in odd:
        sys.exit(int(odd["exit"]))
    factor = float(factor) * (float(odd["control"]) if "control" in odd and "control" in os.path.basename(path) else 1)
    rng = random.Random(os.path.basename(path) + seed)
    with open(path, "w", newline="") as out:
        table = csv.DictWriter(out, odd["columns"].split(","), lineterminator="\r\n")
        table.writeheader()
        for seq, kernel in enumerate(odd.get("kernels", "sort,spin").split(",")):
            ns = 1e6 * (factor if kernel == "sort" else 1) * rng.gauss(1, 0.01)
            table.writerow(row(table.fieldnames, seq=seq, kernel=kernel, ns=ns, flags=odd.get("flags", "")))


if len(sys.argv) > 1 and sys.argv[1] == "arm":
    arm(*sys.argv[2:])
    sys.exit(0)

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
columns = ",".join(c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True,
                                                                 check=True).stdout))
log = os.path.join(scratch, "log")
failed = 0


def check(what, good):
    global failed
    if not good:
        print("FAILED:", what)
        failed = 1


def command(factor, *words):
    return " ".join(["python3", "-S", os.path.abspath(__file__), "arm", str(factor), f"columns={columns}", f"log={log}", *words])


def gate(what, code, said_words, base, head, *options, out=None):
    folder = os.path.join(scratch, out or what.replace(" ", "-").replace("%", ""))
    said = subprocess.run([pvt, "gate", "--base", base, "--head", head, "--out", folder, "--seed", "7", *options],
                          capture_output=True, text=True, check=False)
    check(f"{what}: exit {said.returncode}, not {code}: {said.stdout[-300:]} {said.stderr[-300:]}", said.returncode == code)
    for words in [said_words] if isinstance(said_words, str) else said_words:
        check(f"{what}: '{words}' is not said: {said.stdout[-400:]} {said.stderr[-200:]}", words in said.stdout + said.stderr)
    return said


shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
gate("the same", 0, "0 regressions, 2 without", command(1), command(1))
lines = [line.split() for line in open(log)]
check("stage 1 alone has 10 blocks of 3", len([line for line in lines if len(line) == 3]) == 30)
check("the order is not always the same", len({tuple(line[0] for line in lines[3 * b:3 * b + 3]) for b in range(10)}) >= 4)
check("the environment's size changes", len({line[1] for line in lines}) > 20)
check("each process has a seed of its own", len({line[2] for line in lines}) == len(lines))

os.unlink(log)
said = gate("6 % slower", 1, "", command(1), command(1.06), "--format", "json")
found = {c["case"]: c for c in json.loads(said.stdout)["comparisons"]}
sort, spin = found["scaling/sort/10/fork/workers:2"], found["scaling/spin/10/fork/workers:2"]
check(f"sort is red, spin is not: {found}", sort["verdict"] == "regression" and spin["verdict"] == "no regression shown")
check(f"of 20 fresh blocks, in pairs: {sort}", sort["base_runs"] == 20 and sort["paired"] and 1.04 < sort["low"] < sort["high"] < 1.08)
again = [line for line in open(log) if "filter" in line]
check("stage 2 measures suspects alone", len(again) == 60 and all("scaling/sort/10/fork/workers:2" in line for line in again))

gate("1 % slower with a margin of 2 %", 0, "0 regressions", command(1), command(1.01))
gate("faster", 0, "0 regressions", command(1.1), command(1))
gate("head fails", 2, ["--head: ", "ended with code 9", "head.log"], command(1), command(1, "exit=9"))
gate("head misses a case", 2, "missing", command(1), command(1, "kernels=sort"))
gate("no such program", 2, "ended with code 127", command(1), "/nowhere/pvt run")
gate("the control fires", 3, "base was found slower than itself", command(1, "control=1.2"), command(1))
gate("all is noisy", 3, "0 of 10 blocks", command(1, "flags=noisy"), command(1))

# Broken off, and gone on with: what is on disk is not measured again.
os.unlink(log)
gate("too little time", 3, "blocks within the budget", command(1), command(1), "--budget", "1ms", out="again")
gate("some time", 3, "blocks within the budget", command(1), command(1), "--budget", "300ms", out="again")
some = len(open(log).readlines())
gate("the rest", 0, "0 regressions", command(1), command(1), out="again")
rest = len([line for line in open(log) if "filter" not in line]) - some
check(f"{some} and {rest} processes", 3 <= some < 30 and some + rest == 30)

for options, words in ((["--margin", "2"], "is not a share"), (["--alpha", "1"], "between 0 and 0.5"), (["--budget", "soon"], "is not a time"),
                       (["--metric", "luck"], "no column"), (["--nonsense"], "is not an option"), (["more"], "unexpected argument")):
    gate(f"options {options}", 2, words, command(1), command(1), *options)
said = subprocess.run([pvt, "gate", "--base", "x"], capture_output=True, text=True, check=False)
check("one arm", said.returncode == 2 and "--head" in said.stderr)
sys.exit(failed)
