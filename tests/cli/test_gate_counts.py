#!/usr/bin/env python3
"""pvt gate --metric instructions: two builds of one plug-in whose work is known, and each way in which a count can be no answer. Arguments: the
program, a scratch folder, the source folder."""
import csv
import json
import os
import shutil
import subprocess
import sys

from checks import check, failed

pvt, scratch, source = (os.path.abspath(a) for a in sys.argv[1:4])
PLUGIN = r"""
#include <time.h>
#include "kernels/kernel.h"
static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	uint64_t more = JITTER ? (uint64_t)now.tv_nsec / 1000 % 97 : 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++)
		for (uint64_t k = 0; k < TIMES + more; k++)
			__asm__ volatile("" ::: "memory");
	return end - begin;
}
static void between(void *shared, const struct params *params, uint32_t phase)
{
	(void)shared; (void)params; (void)phase;
	for (int k = 0; k < BETWEEN; k++)
		__asm__ volatile("" ::: "memory");
}
static uint32_t phases(const struct params *params)
{
	(void)params;
	return 3;
}
static const struct kernel steady = {.abi = KERNEL_ABI, .name = "steady", .help = "so many steps", .item = "step", .size_unit = "steps",
	.sizes = {100, 1000, 10000}, .run = run, .between = between, .phases = phases, .writes = kernel_writes_nothing};
extern const struct kernel *const pvt_kernels[];
const struct kernel *const pvt_kernels[] = {&steady, NULL};
"""
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
code = os.path.join(scratch, "steady.c")
with open(code, "w") as file:
    file.write(PLUGIN)


def build(name, times, jitter=0, between=0):
    """The `pvt run` of a plug-in whose items have so many steps each."""
    library = os.path.join(scratch, name, "steady.so")
    os.makedirs(os.path.dirname(library))
    subprocess.run(["cc", "-std=gnu17", "-shared", "-fPIC", "-O1", f"-I{source}", f"-DTIMES={times}", f"-DJITTER={jitter}", f"-DBETWEEN={between}",
                    code, "-o", library], check=True)
    return f"'{pvt}' run --suite scaling --kernel steady --plugin '{library}'"


def gate(what, code, words, base, head, *options, arms=("--base", "--head"), **environment):
    folder = os.path.join(scratch, what.replace(" ", "-"))
    said = subprocess.run([pvt, "gate", arms[0], base, arms[1], head, "--out", folder, "--seed", "7", "--metric", "instructions", *options],
                          capture_output=True, text=True, check=False, env={**os.environ, **environment})
    check(f"{what}: exit {said.returncode}, not {code}: {said.stdout[-400:]} {said.stderr[-400:]}", said.returncode == code)
    for word in [words] if isinstance(words, str) else words:
        check(f"{what}: '{word}' is not said: {said.stdout[-400:]} {said.stderr[-300:]}", word in said.stdout + said.stderr)
    return said


base = build("base", 10000)
UNSEEN = "caches, waiting, locks, system calls and other runners are not seen"
counters = json.loads(subprocess.run([pvt, "doctor", "--json"], capture_output=True, text=True, check=False).stdout)
by_callgrind = "instructions_user" not in json.dumps(counters) or not os.path.exists("/sys/bus/event_source/devices/cpu")
if not by_callgrind or not shutil.which("valgrind"):
    print("skipped: the processor counts here, or there is no valgrind")
    sys.exit(77)

gate("nothing to count with", 2, ["--metric instructions: the processor's counters cannot be read here", "no valgrind in PATH"], base, base, PATH=scratch)
said = gate("the same", 0, ["1.000 [1.000, 1.000]   none of 0.2 % or more", UNSEEN, "callgrind"], base, build("same", 10000))
folder = os.path.join(scratch, "the-same")
rows = {arm: list(csv.DictReader(open(os.path.join(folder, f"stage1-{arm}.csv")))) for arm in ("base", "head")}
check("two runs of each, of the runner seq at its small size", all([(r["run_id"], r["runner"], r["size"]) for r in rows[arm]] ==
                                                                   [("block-1-0", "seq", "100"), ("block-1-1", "seq", "100")] for arm in rows))
counts = {float(r["instructions_user"]) for arm in rows for r in rows[arm]}
# 100 items in each of three phases; a step is an addition, a comparison and a branch, or fewer.
check(f"all count the same, and what was written: {counts}", len(counts) == 1 and 300 * 10000 * 2 <= min(counts) <= 300 * 10000 * 3 * 1.01)
check(f"the arms and callgrind's files: {os.listdir(folder)}", not os.path.exists(os.path.join(folder, "callgrind")) and
      {"summary.md", "verdicts.csv", "verdicts.json", "blocks.csv"} <= set(os.listdir(folder)) and UNSEEN in open(os.path.join(folder, "summary.md")).read())
before = rows
gate("the same", 0, "1 without", base, base)
check("what is on disk is not counted again", [r["seq"] for r in csv.DictReader(open(os.path.join(folder, "stage1-head.csv")))] == [r["seq"] for r in before["head"]])

said = gate("half a percent more", 1, "", base, build("more", 10050), "--format", "json")
found = json.loads(said.stdout)["comparisons"][0]
check(f"by as much as it is: {found}", found["verdict"] == "regression" and abs(found["ratio"] - 1.005) < 1e-4 and found["margin"] == 0.002)
gate("within the margin", 0, "none of 0.2 % or more", base, build("little", 10010))
gate("another margin", 0, "none of 1.0 % or more", base, build("more2", 10050), "--margin", "1%")
gate("more between the phases", 1, "1.100 [1.100, 1.100]", base, build("between", 10000, between=100000))
said = gate("no two runs alike", 3, ["inconclusive: two runs of head differ in scaling/steady/100/seq/workers:1", "depends on addresses, seeds or time"], base,
            build("jitter", 10000, jitter=1))
check(f"it cannot tell: {said.stdout}", "1 cannot tell" in said.stdout)
gate("as a table for a service", 0, '"instructions_user"', base, base, "--format", "bencher")
# A program of somebody else's, with its shell.
awk = "awk 'BEGIN { for (i = 0; i < %d; i++) s += i }'"
names = ("--base-command", "--head-command")
gate("a program", 0, "scaling/program/1/seq/workers:1 instructions_user\n  1.000 [", awk % 20000, awk % 20000, arms=names)
said = gate("a program that does more", 1, "", awk % 20000, awk % 20400, "--format", "json", arms=names)
ratio = json.loads(said.stdout)["comparisons"][0]["ratio"]
check(f"more by nearly 2 %: {ratio}", 1.01 < ratio < 1.02)
gate("an arm that does not count", 2, ["--head counted no instructions", "head.log"], base, f"env -u PVT_CALLGRIND {base}")
gate("an arm that fails", 2, ["--head: ", "ended with code 3"], base, "sh -c 'exit 3'")
gate("too little time", 3, ["0 of 2 runs of each build within the budget"], base, base, "--budget", "1ns")
for options, words in ((["--self-test"], "--self-test is about noise"), (["--metric", "instructions,span_ns"], "give instructions alone"),
                       (["--metric", "instructions:much"], "is not a margin")):
    gate(f"options {options}", 2, words, base, base, *options)
side = subprocess.run([pvt, "compare", os.path.join(folder, "stage1-base.csv"), os.path.join(scratch, "half-a-percent-more", "stage1-head.csv"), "--metric",
                       "instructions", "--format", "json", "--any-machine", "--any-build"], capture_output=True, text=True, check=False)
check(f"compare takes the column: {side}", side.returncode == 3 and json.loads(side.stdout)["comparisons"][0]["margin"] == 0.002)
sys.exit(bool(failed))
