#!/usr/bin/env python3
"""Arms of a gate that take turns sample by sample: in which order, what pairing by pass is worth, and what becomes of arms that hang, die, answer what
they were not asked, or take no turns. Arguments: the program, a scratch folder."""
import collections
import csv
import ctypes
import itertools
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time

from checks import check, failed

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
here = os.path.dirname(os.path.abspath(__file__))
columns = ",".join(c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True,
                                                                 check=True).stdout))
log = os.path.join(scratch, "log")
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: whoever is left behind becomes ours


def alive():
    """Of those who survived their gate and so became ours: is one not dead within a second?"""
    for _ in range(100):
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return False
        time.sleep(0.01)
    return True


def arm(factor, *words):
    return " ".join(["python3", "-S", "-E", os.path.join(here, "made_live_arm.py"), str(factor), f"columns={columns}", f"log={log}", *words])


def gate(what, code, said_words, base, head, *options, out=None):
    folder = os.path.join(scratch, out or what.replace(" ", "-"))
    said = subprocess.run([pvt, "gate", "--base", base, "--head", head, "--out", folder, "--seed", "7", *options], capture_output=True,
                          text=True, check=False)
    check(f"{what}: exit {said.returncode}, not {code}: {said.stdout[-300:]} {said.stderr[-600:]}", said.returncode == code)
    for words in said_words:
        check(f"{what}: '{words}' is not said: {said.stdout[-400:]} {said.stderr[-600:]}", words in said.stdout + said.stderr)
    check(f"{what}: a process is left", not alive())
    return folder


def samples(folder, stage, side):
    with open(os.path.join(folder, f"stage{stage}-{side}.csv"), newline="") as file:
        return list(csv.DictReader(file))


def anew():
    shutil.rmtree(log, ignore_errors=True)
    open(log, "w").close()


shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)

# 1.5 % is found beside a made neighbour; that ratios are formed pass by pass, which keeps it out, is held from the rows below.
anew()
folder = gate("slower by little", 1, ["sample by sample", "scaling/sort/10/fork/workers:2"], arm(1), arm(1.015), "--margin", "0.5%")
lines = [line.split() for line in open(log)]
turns = [lines[i:i + 3] for i in range(0, len(lines), 3)]
check("each case and pass has one turn of each arm", all({t[0] for t in turn} == {"base", "head", "control"} and
                                                         len({tuple(t[1:]) for t in turn}) == 1 for turn in turns))
orders = collections.Counter(tuple(t[0] for t in turn) for turn in turns)
check(f"their order is drawn each time: {orders}", len(orders) == 6 and max(orders.values()) < len(turns) / 3)
check("so is that of the cases", len({turn[0][1] for turn in turns[::2]}) == 2)
check("a sample has as many jobs in each arm: the most that one has found", {line[2] for line in lines} == {"14"})

# From the rows alone.
def block_shifts(base, head):
    """Each block's median over its passes of log(head / base)."""
    pairs = {(r["run_id"], r["pass"]): float(r["span_ns"]) for r in base if r["kernel"] == "sort"}
    shifts = collections.defaultdict(list)
    for r in head:
        if r["kernel"] == "sort":
            shifts[r["run_id"]].append(math.log(float(r["span_ns"]) / pairs[r["run_id"], r["pass"]]))
    return [statistics.median(s) for s in shifts.values()]


shifts = block_shifts(samples(folder, 2, "base"), samples(folder, 2, "head"))
ratio = math.exp(statistics.median((x + y) / 2 for x, y in itertools.combinations_with_replacement(shifts, 2)))
told = next(c for c in json.load(open(os.path.join(folder, "verdicts.json")))["comparisons"] if "sort" in c["case"])
check(f"the ratio is {told['ratio']}, and from the rows {ratio}", abs(told["ratio"] / ratio - 1) < 1e-4)
check("the summary says how it was measured", "sample by sample" in open(os.path.join(folder, "summary.md")).read())
anew()
gate("the same", 0, ["0 regressions, 2 without"], arm(1), arm(1))

# Too noisy to find what is to be found, and there is time: ten blocks more for stage 1, which also go on where they were broken off.
def first_blocks(folder):
    return len({r["run_id"] for r in samples(folder, 1, "base")})


check(f"a quiet gate has one look: {first_blocks(os.path.join(scratch, 'the-same'))}", first_blocks(os.path.join(scratch, "the-same")) <= 10)
anew()
folder = gate("a second look", 0, ["stage 1, block 11 of 20", "0 regressions, 2 without"], arm(1, "noise=0.1"), arm(1, "noise=0.1"), "--repetitions", "2")
check(f"it has up to twenty blocks: {first_blocks(folder)}", 10 < first_blocks(folder) <= 20)
with open(os.path.join(folder, "verdicts.json")) as file:
    told = json.load(file)["comparisons"]
check(f"what they could see is of all of them: {told}", {c["base_runs"] for c in told} == {first_blocks(folder)})
before = samples(folder, 1, "base")
gate("after a second look", 0, ["0 regressions, 2 without"], arm(1, "noise=0.1"), arm(1, "noise=0.1"), "--repetitions", "2", out="a-second-look")
check("nothing is measured again", samples(folder, 1, "base")[:len(before)] == before)

# Faults: a word, nobody left behind, and the blocks before are gone on with.
for fault, words in (("hang", ["--head: no answer within 1 s about scaling/", "head.log"]), ("die", ["--head: ", "ended with code 5", "middle of a block"]),
                     ("other", ["--head: asked about scaling/", "it answered 'done 1000000 scaling/spin/10/thread/workers:2'"]),
                     ("nonsense", ["it answered 'how are you?'"])):
    anew()
    gate(f"an arm that does {fault}", 2, words, arm(1), arm(1, f"fault={fault}", "after=90"), "--timeout", "1s", out=fault)
    whole = [collections.Counter(r["run_id"] for r in samples(os.path.join(scratch, fault), 1, side)) for side in ("base", "head", "control")]
    check(f"after {fault} there are whole blocks on disk: {whole}", len(whole[0]) >= 2 and whole[0] == whole[1] == whole[2])
    before = samples(os.path.join(scratch, fault), 1, "control")
    gate(f"on after {fault}", 0, ["0 regressions, 2 without"], arm(1), arm(1), out=fault)
    after = samples(os.path.join(scratch, fault), 1, "control")
    check(f"after {fault} it goes on with what was there", len(before) < len(after) and after[:len(before)] == before)
gate("another version", 2, ["--head: it takes turns by version 3"], arm(1), arm(1, "version=3"))
gate("no greeting", 2, ["--head: it began with 'hello'"], arm(1), arm(1, "fault=babble"))

# A script that is no last link of the chain: it starts the arm, and hands its rows over when that has ended.
script = os.path.join(scratch, "buffering")
with open(script, "w") as file:
    file.write('#!/bin/sh\nfor o; do case $o in */fresh-*.csv) out=$o ;; esac; done\n'
               f'{arm(1)} "$@" && mv "$out" "$out.late" && sleep 0.05 && mv "$out.late" "$out"\n')
os.chmod(script, 0o755)
anew()
gate("a script that buffers", 0, ["0 regressions, 2 without", "sample by sample"], script, arm(1))
hanging = os.path.join(scratch, "hanging")
with open(hanging, "w") as file:
    file.write(f'#!/bin/sh\nsleep 1000 &\n{arm(1, "fault=hang")} "$@"\n')
os.chmod(hanging, 0o755)
anew()
gate("a script that hangs with a child", 2, ["no answer within 1 s"], arm(1), hanging, "--timeout", "1s")

# One that measures on its own hangs, too.
gate("a program that hangs", 2, ["no answer within 2 s about its first word: it hangs", "--timeout"], "sleep 1000 #", arm(1), "--timeout", "1s", "--budget", "1s")
# Arms of which one takes no turns: all are measured in whole processes.
old = " ".join(["python3", "-S", "-E", os.path.join(here, "made_arm.py"), "1", f"columns={columns}", f"log={log}"])
gate("one takes no turns", 2, ["--base takes no turns"], old, arm(1))
anew()
folder = gate("none takes turns", 0, ["takes no turns", "whole processes", "0 regressions"], old, old)
check("the summary says so", "whole processes" in open(os.path.join(folder, "summary.md")).read())

# The real program. Under a parent that offers it a socket of another kind, or a later version, it measures on its own.
real = f"{pvt} run --suite scaling --kernel spin,sort --runner seq,pthread --workers 2 --size 1000 --min-time 1ms"
folder = gate("the real program", 0, ["sample by sample"], real, real, "--margin", "900%", "--repetitions", "4")
sides = {side: samples(folder, 1, side) for side in ("base", "head", "control")}
for side, rows in sides.items():
    passes = collections.Counter((r["run_id"], r["kernel"], r["runner"]) for r in rows)
    check(f"{side}: each case four times a block: {passes}", set(passes.values()) == {4} and {r["pass"] for r in rows} == set("0123"))
jobs = {(r["kernel"], r["runner"], r["iterations"]) for rows in sides.values() for r in rows}
check(f"as many jobs in all arms: {jobs}", len(jobs) == 4)
for offer in ("3:0", "2:0", "1:7", "2:99", "nonsense"):
    rows = subprocess.run(real.split() + ["--csv", "-", "--repetitions", "1"], capture_output=True, text=True, check=False,
                          env={**os.environ, "PVT_TURNS": offer})
    check(f"PVT_TURNS={offer}: {rows.stderr}", rows.returncode == 0 and len(rows.stdout.splitlines()) == 5)
# The samples of a case in a block are taken in one process, which is warmed up once, and verified before that once in
# a process of the arm: what runs the command is its shell's parent.
parents = os.path.join(scratch, "parents")
said = subprocess.run([pvt, "gate", "--base-command", "true", "--head-command", f"echo $PPID >>{parents}", "--out", os.path.join(scratch, "one-cell"), "--repetitions",
                       "4", "--margin", "900%"], capture_output=True, text=True, check=False)
rows = [r for stage in (1, 2) if os.path.exists(os.path.join(scratch, "one-cell", f"stage{stage}-head.csv"))
        for r in samples(os.path.join(scratch, "one-cell"), stage, "head")]
with open(os.path.join(scratch, "one-cell", "blocks.csv"), newline="") as file:
    blocks = sum(turn["arm"] == "head" for turn in csv.DictReader(file))  # those that were dropped for noise, too
jobs = {int(r["iterations"]) for r in rows}
lives = collections.Counter(open(parents).read().split())
check(f"one process for four samples of {jobs} jobs in each of {blocks} blocks: {said.returncode} {lives}",
      said.returncode == 0 and len(jobs) == 1 and sum(0 < count - 4 * max(jobs) <= 2 for count in lives.values()) == blocks)

# Without a number of its own, a case has as many turns in a block as its noise asks for: a noisy arm more than a steady one.
turns_of = {}
for noise in ("0.001", "0.05"):
    anew()
    folder = gate(f"noise of {noise}", 0, ["0 regressions"], arm(1, f"noise={noise}"), arm(1, f"noise={noise}"), "--margin", "2%")
    turns_of[noise] = collections.Counter(r["run_id"] for r in samples(folder, 1, "control"))
    check(f"as many in all arms at {noise}", turns_of[noise] == collections.Counter(r["run_id"] for r in samples(folder, 1, "head")))
late = {noise: [n for block, n in sorted(count.items())[1:]] for noise, count in turns_of.items()}
check(f"noise has its price: {late}", max(late["0.001"]) == 2 and min(late["0.05"]) > 10)

# A kernel that fails in head.
gate("a kernel that is killed", 2, ["--head: ", "ended with code 1", "head.log"], real.replace("spin,sort", "spin"), real.replace("spin,sort", "spin") + " --timeout 1ns",
     "--repetitions", "1")
sys.exit(bool(failed))
