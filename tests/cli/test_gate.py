#!/usr/bin/env python3
"""pvt gate over made-up arms (made_arm.py): each verdict, going on after a break, and what each arm is given. Arguments: the program, a
scratch folder."""
import csv
import json
import os
import shutil
import subprocess
import sys

from checks import check, failed

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
columns = ",".join(c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True,
                                                                 check=True).stdout))
log = os.path.join(scratch, "log")


def command(factor, *words):
    arm = os.path.join(os.path.dirname(os.path.abspath(__file__)), "made_arm.py")
    return " ".join(["python3", "-S", "-E", arm, str(factor), f"columns={columns}", f"log={log}", *words])


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
check("stage 1 alone, at most 10 blocks of 3", 15 <= len(lines) <= 30 and len(lines) % 3 == 0 and {len(line) for line in lines} == {3})
check("the order is not always the same", len({tuple(line[0] for line in lines[b:b + 3]) for b in range(0, len(lines), 3)}) >= 3)
check("the environment's size changes", len({line[1] for line in lines}) > len(lines) / 2)
check("each process has a seed of its own", len({line[2] for line in lines}) == len(lines))

os.unlink(log)
said = gate("6 % slower", 1, "", command(1), command(1.06), "--format", "json")
found = {c["case"]: c for c in json.loads(said.stdout)["comparisons"]}
sort, spin = found["scaling/sort/10/fork/workers:2"], found["scaling/spin/10/fork/workers:2"]
check(f"sort is red, spin is not: {found}", sort["verdict"] == "regression" and spin["verdict"] == "no regression shown")
check(f"of 20 fresh blocks, in pairs: {sort}", 12 <= sort["base_runs"] <= 20 and sort["paired"] and 1.04 < sort["low"] < sort["high"] < 1.08)
again = [line for line in open(log) if "filter" in line]
check("stage 2 measures suspects alone", len(again) == 3 * sort["base_runs"] and all("scaling/sort/10/fork/workers:2" in line for line in again))

folder = os.path.join(scratch, "6--slower")
check("the folder holds what was found", {"blocks.csv", "summary.md", "verdicts.csv", "verdicts.json"} <= set(os.listdir(folder)))
check("the plot is drawn", shutil.which("gnuplot") is None or os.path.exists(os.path.join(folder, "plots", "intervals.svg")))
summary = open(os.path.join(folder, "summary.md")).read()
check(f"the summary says it, and draws it: {summary}", "## Regression" in summary and "scaling/sort/10/fork/workers:2" in summary and
      "X" in summary.split("```")[1])
turns = list(csv.DictReader(open(os.path.join(folder, "blocks.csv"))))
check("each turn is told", len(turns) == len(open(log).readlines()) and {t["position"] for t in turns} == {"0", "1", "2"} and
      {t["kept"] for t in turns} == {"1"} and len({t["padding_bytes"] for t in turns}) > 30)
margins = os.path.join(scratch, "margins")
with open(margins, "w") as file:
    print("scaling/sort/* 10%", file=file)
gate("6 % slower where 10 % may be", 0, "0 regressions", command(1), command(1.06), "--margins", margins)
gate("6 % slower in a metric of two", 1, "sort/10/fork/workers:2 wall_ns", command(1), command(1.06), "--metric", "span_ns:10%,wall_ns:2%")

# No block that is yet to come could change it.
os.unlink(log)
gate("much faster", 0, "0 regressions", command(1, "kernels=sort"), command(0.8, "kernels=sort"))
early = len(open(log).readlines())
check(f"stage 1 ends early: {early} processes", 3 < early < 30)
gate("1 % slower with a margin of 2 %", 0, "0 regressions", command(1), command(1.01))
gate("faster", 0, "0 regressions", command(1.1), command(1))
gate("head fails", 2, ["--head: ", "ended with code 9", "head.log"], command(1), command(1, "exit=9"))
gate("head misses a case", 2, "only in base", command(1), command(1, "kernels=sort"))
gate("head misses a case, which is allowed", 0, "only in base", command(1), command(1, "kernels=sort"), "--allow-missing")
gate("no such program", 2, "ended with code 127", command(1), f"{scratch}/nowhere/pvt run")
gate("the control fires", 3, "base was found slower than itself", command(1, "control=1.2"), command(1))
gate("all is noisy", 3, "0 of 10 blocks", command(1, "flags=noisy"), command(1))

# Broken off, and gone on with: what is on disk is not measured again.
os.unlink(log)
gate("too little time", 3, "blocks within the budget", command(1), command(1), "--budget", "1ms", out="again")
budget, some = 10, 0  # doubled until a block fits: all of them never do at once
while not some and budget < 60000:
    budget *= 2
    gate("some time", 3, "blocks within the budget", command(1), command(1), "--budget", f"{budget}ms", out="again")
    some = len(open(log).readlines()) if os.path.exists(log) else 0
gate("the rest", 0, "0 regressions", command(1), command(1), out="again")
rest = len([line for line in open(log) if "filter" not in line]) - some
check(f"{some} and {rest} processes", 3 <= some < some + rest <= 30)

# Whole gates, many of them.
def self_test(what, code, said_words, *options, head=None, out="self"):
    arms = ["--base", command(1, "kernels=sort")] + (["--head", head] if head else [])
    said = subprocess.run([pvt, "gate", "--self-test", *arms, "--out", os.path.join(scratch, out), "--seed", "3", *options],
                          capture_output=True, text=True, check=False)
    check(f"{what}: exit {said.returncode}: {said.stdout} {said.stderr}", said.returncode == code)
    for words in said_words:
        check(f"{what}: '{words}' is not said: {said.stdout} {said.stderr[-300:]}", words in said.stdout + said.stderr)
    return said


os.unlink(log)
said = self_test("of itself", 0, ["3 gates, 1 comparisons", "green            3   100.0 %", "red              0", "control red      0", "control over base"], "--gates", "3")
row_of_sort = next(line for line in said.stdout.splitlines() if line.startswith("scaling/sort"))
blocks, noise, found = row_of_sort.replace("%", "").split()[-3:]
check(f"noise and what is found: {row_of_sort}", int(blocks) > 20 and 0.8 < float(noise) < 2.5 and (found == "-") == (int(blocks) < 30))
before = len(open(log).readlines())
again = self_test("once more", 0, ["green            3"], "--gates", "3")
check("what is on disk is not measured again", len(open(log).readlines()) == before and again.stdout == said.stdout)
self_test("of a slower head", 0, ["red              2   100.0 %"], "--gates", "2", head=command(1.08, "kernels=sort"), out="self-slow")
self_test("as JSON", 2, ["takes neither --format"], "--format", "json")
gate("gates without a self-test", 2, "goes with --self-test", command(1), command(1), "--gates", "3")


# Programs that are not pvt: any command, whatever is in its words. One is many times as slow as the other.
folder = os.path.join(scratch, "a folder; it's")
os.makedirs(folder)
for name, seconds in (("fast", 0.001), ("slow", 0.03)):
    with open(os.path.join(folder, name), "w") as file:
        file.write(f"#!/bin/sh\n[ \"$1\" = \"don't\" ] && exec sleep {seconds}\n")
    os.chmod(file.name, 0o755)
quick = ["--budget", "60s", "--repetitions", "3", "--seed", "5"] # with one, a single disturbed sample would drop its block


def gate_commands(what, code, said_words, base, head):
    said = subprocess.run([pvt, "gate", "--base-command", base, "--head-command", head, "--out", os.path.join(scratch, what.replace(" ", "-")), *quick],
                          capture_output=True, text=True, check=False)
    check(f"{what}: exit {said.returncode}, not {code}: {said.stdout[-300:]} {said.stderr[-300:]}", said.returncode == code)
    check(f"{what}: '{said_words}' is not said: {said.stdout[-400:]} {said.stderr[-300:]}", said_words in said.stdout + said.stderr)


commands = [f"'{folder.replace(chr(39), chr(39) + chr(92) + chr(39) * 2)}/{name}' \"don't\"" for name in ("fast", "slow")]
# As the action does it.
folder = os.path.join(scratch, "action")
summary = os.path.join(scratch, "step-summary")
action = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "gate-action")
asked = {**os.environ, "PATH": os.path.dirname(pvt) + ":" + os.environ["PATH"], "GITHUB_STEP_SUMMARY": summary, "PVT_BASE": commands[0],
         "PVT_HEAD": commands[1], "PVT_OUT": folder, "PVT_BUDGET": "60s", "PVT_OPTIONS": "--repetitions 3 --seed 5"}
for _ in range(5): # other tests take the CPU from it, and blocks are dropped: the same folder goes on, as its reader is told
    said = subprocess.run([action, "gate"], capture_output=True, text=True, check=False, env=asked)
    if said.returncode != 3:
        break
check(f"a program is slower: exit {said.returncode}, not 1: {said.stdout[-300:]} {said.stderr[-300:]}", said.returncode == 1)
check(f"an annotation: {said.stdout}", "::error title=regression::scaling/program/1/seq/workers:1 span_ns" in said.stdout)
check("a summary, and what is kept", "| regression |" in open(summary).read() and os.path.exists(os.path.join(folder, "blocks.csv")))
for inconclusive, code in (("fail", 3), ("pass", 0), ("maybe", 2)):
    said = subprocess.run([action, "gate"], capture_output=True, text=True, check=False, env={
        **asked, "PVT_HEAD": commands[0], "PVT_OUT": folder + inconclusive, "PVT_BUDGET": "1ms", "PVT_INCONCLUSIVE": inconclusive})
    check(f"inconclusive, {inconclusive}: exit {said.returncode}, not {code}: {said.stdout[-300:]} {said.stderr[-300:]}", said.returncode == code)
steps = open(os.path.join(os.path.dirname(action), "..", "action.yml"), encoding="utf-8").read()
check("the action calls these steps", all(f'scripts/gate-action" {step}' in steps for step in ("install", "gate")))
gate_commands("a program fails", 2, "--head: ", commands[0], "exit 3")
gate("two arms in one place", 2, "two arms in one place", command(1), command(1), "--base-command", "true")

for options, words in ((["--margin", "2"], "is not a margin"), (["--alpha", "1"], "between 0 and 0.5"), (["--budget", "soon"], "is not a time"),
                       (["--metric", "luck"], "no column"), (["--nonsense"], "is not an option"), (["more"], "unexpected argument")):
    gate(f"options {options}", 2, words, command(1), command(1), *options)
said = subprocess.run([pvt, "gate", "--base", "x"], capture_output=True, text=True, check=False)
check("one arm", said.returncode == 2 and "--head" in said.stderr)
sys.exit(bool(failed))
