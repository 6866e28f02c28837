#!/usr/bin/env python3
"""What becomes of a run when workers fail: every fault under every runner, in one run of a plug-in that misbehaves.
Each case ends with the status and the words that it should, the healthy cases among them are measured, the run ends with 1,
and nothing is left behind. Writes the table of what happened to faults.md.
Arguments: the program, the faulty plug-in, a scratch folder."""
import csv, ctypes, json, os, re, shutil, subprocess, sys

from checks import check, failed, left_behind

pvt, plugin, scratch = sys.argv[1:4]
# All that stay on this machine: a rank that fails is test_mpi's.
listed = [r for r in json.loads(subprocess.run([pvt, "list", "runners", "--json"], check=True, stdout=subprocess.PIPE).stdout) if "mpi" not in r["name"].split("+")]
for runner in [r for r in listed if r["missing"]]:
    print(f"not looked at: {runner['name']}: {runner['missing']}")
RUNNERS = [r["name"] for r in listed if not r["missing"]]
PROCESSES = {r["name"] for r in listed if r["processes"]}
WHO = r"worker [01] \(pid \d+, cpu \d+\): "
INSIDE = r"(worker [01]|process \d+: .* worker [01]) \(pid \d+, cpu \d+\).*"
# fault: (status, pattern for processes, pattern for threads: they take a process along)
EXPECTED = {
    "fault-none": ("ok", "", ""),
    "fault-enter": ("crashed", WHO + r"failed in enter\(\): Cannot allocate memory", None),
    "fault-exit": ("crashed", WHO + r"exited with 3 in run\(\)", r"process \d+: exited with 3.* worker [01] \(pid .*in run\(\)"),
    "fault-return": ("crashed", WHO + r"(left|exited with 0) in run\(\)", r"process \d+: left.* worker [01] \(pid .*in run\(\)"),
    "fault-abort": ("crashed", WHO + r"killed by SIGABRT in run\(\)", None),
    "fault-segv": ("crashed", WHO + r"killed by SIGSEGV in run\(\)", None),
    "fault-enter-kill": ("crashed", WHO + r"(killed by SIGKILL in enter\(\)|in enter\(\): worker 1 was killed by SIGKILL)", r"process \d+: killed by SIGKILL.* worker [01] \(pid .*in enter\(\)"),
    "fault-kill": ("crashed", WHO + r"killed by SIGKILL in run\(\)", r"process \d+: killed by SIGKILL.* worker [01] \(pid .*in run\(\)"),
    "fault-leave-kill": ("crashed", WHO + r"(killed by SIGKILL in|did not come to the end of) leave\(\)",
                         r"process \d+: killed by SIGKILL.* worker [01] \(pid .*in leave\(\)"),
    "fault-hang": ("timeout", WHO + r"still in run\(\) after 0.4 s", None),
    "fault-stop": ("timeout", WHO + r"(still|stopped) in run\(\) after 0.4 s", None),
    "fault-wrong": ("wrong", r"(the kernel's own verification failed \()?checksum \w+, sequentially \w+", None),
    "fault-overrun": ("wrong", r"1 bytes were written past the end of the shared area of 4000", None),
    "fault-far-overrun": ("crashed", WHO + r"killed by SIGSEGV in run\(\)", None),
    "fault-grandchild": ("crashed", r"a worker left process \d+ \('fault-gran/w[01]'\) behind; it was killed", None),
    "fault-configure": ("crashed", r"configure\(\) and what it says of itself: process \d+: killed by SIGSEGV before any worker began", None),
    "fault-items": ("crashed", r"configure\(\) and what it says of itself: process \d+: killed by SIGSEGV before any worker began", None),
    "fault-bytes": ("crashed", r"configure\(\) and what it says of itself: process \d+: killed by SIGSEGV before any worker began", None),
    "fault-reference": ("crashed", r"the sequential reference: process \d+: killed by SIGSEGV before any worker began", None),
}


shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch + "/tmp")
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def shared_memory():
    """But what LLVM's OpenMP runtime makes in a process that a kernel forks from a team, and leaves when that is killed."""
    return sorted(name for name in os.listdir("/dev/shm") if not name.startswith("__KMP_REGISTERED_LIB_"))


shm = shared_memory()
run = subprocess.run(
    [pvt, "run", "--plugin", plugin, "--suite", "scaling,pool", "--kernel", ",".join(EXPECTED) + ",cube", "--runner", ",".join(RUNNERS), "--workers", "2",
     "--benchmark_filter=^(scaling|pool/.*-steal)", "--timeout", "400ms", "--repetitions", "1", "--invocations", "1", "--size",
     "small", "--min-time", "1ms", "--out", "run"],
    cwd=scratch, env={**os.environ, "TMPDIR": scratch + "/tmp"}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
check(f"exit code {run.returncode}, not 1", run.returncode == 1)
check("a process is left: " + str(left_behind()), not left_behind())
check("shared memory is left", shared_memory() == shm)
check("temporary files are left", not os.listdir(scratch + "/tmp"))

why = dict(re.findall(r"^pvt: (\S+): \w+: (.*)$", run.stderr, re.M))
table = {}
for row in csv.DictReader(open(scratch + "/run/samples.csv")):
    case = f'{row["suite"]}/{row["kernel"]}/{row["size"]}/{row["runner"]}/workers:{row["workers"]}'
    table[row["kernel"], row["runner"]] = row["status"], why.get(case, "")
for runner in RUNNERS:
    check(f"cube, {runner}: {table.get(('cube', runner))}", table.get(("cube", runner)) == ("ok", ""))
    for fault, (status, processes, threads) in EXPECTED.items():
        got = table.get((fault, runner), ("no row", ""))
        pattern = threads if threads is not None and runner not in PROCESSES else processes
        check(f"{fault}, {runner}: {got}, wanted {status} and '{pattern}'", got[0] == status and re.match(pattern + "(?!.*pvt)", got[1]))

with open("faults.md" if os.path.isdir(scratch) is None else scratch + "/faults.md", "w") as out:
    out.write("| fault | " + " | ".join(RUNNERS) + " |\n|---" + "|---" * len(RUNNERS) + "|\n")
    for fault in EXPECTED:
        cells = [f"{table[fault, r][0]}: {table[fault, r][1]}".rstrip(": ") for r in RUNNERS if (fault, r) in table]
        out.write(f"| {fault} | " + " | ".join(cells) + " |\n")
# Who was there before pvt is not its own: a shell's job that lives on when the shell becomes pvt.
run = subprocess.run(["bash", "-c", 'sleep 60 >/dev/null 2>&1 & exec "$@"', "shell", pvt, "run", "--kernel", "cube", "--suite", "scaling", "--size",
                      "small", "--repetitions", "1", "--isolate", "--csv", "-"], cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
pid = int(subprocess.run(["pgrep", "-P", str(os.getpid()), "sleep"], text=True, stdout=subprocess.PIPE).stdout or 0)
check("a job of the shell was killed", run.returncode == 0 and pid)
if pid:
    os.kill(pid, 9)
    os.waitpid(pid, 0)

# A thread that hangs, not isolated, cannot be stopped: a new process goes on with the other cases.
run = subprocess.run(
    [pvt, "run", "--plugin", plugin, "--no-isolate", "--kernel", "fault-hang,cube", "--runner", "pthread,pthread-pool",
     "--workers", "2", "--timeout", "300ms", "--repetitions", "2", "--invocations", "1", "--size", "small", "--suite", "scaling",
     "--min-time", "1ms", "--out", "hung"], cwd=scratch, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
rows = [(r["kernel"], r["status"]) for r in csv.DictReader(open(scratch + "/hung/samples.csv"))]
check(f"a hanging thread: exit code {run.returncode}", run.returncode == 1)
check(f"a hanging thread: {sorted(rows)}", sorted(rows) == 4 * [("cube", "ok")] + 2 * [("fault-hang", "timeout")])
check("a hanging thread: a process is left", not left_behind())

# Threads of an OpenMP team take their process along, which is never the harness.
if "openmp" in RUNNERS:
    run = subprocess.run(
        [pvt, "run", "--plugin", plugin, "--no-isolate", "--kernel", "fault-segv,fault-hang,cube", "--runner", "openmp", "--workers", "2",
         "--timeout", "300ms", "--repetitions", "1", "--invocations", "1", "--size", "small", "--suite", "scaling", "--min-time", "1ms",
         "--out", "team"], cwd=scratch, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    rows = {r["kernel"]: (r["status"], r["why"]) for r in csv.DictReader(open(scratch + "/team/samples.csv"))}
    check(f"a team: exit code {run.returncode}", run.returncode == 1)
    check(f"a team: {rows}", [rows[k][0] for k in ("fault-segv", "fault-hang", "cube")] == ["crashed", "timeout", "ok"])
    check(f"a team that crashes: {rows}", re.match(WHO + r"killed by SIGSEGV in run\(\), and with it process", rows["fault-segv"][1]))
    check(f"a team that hangs: {rows}", re.match(WHO + r"still in run\(\) after 0.3 s", rows["fault-hang"][1]))
    check("a team: a process is left", not left_behind())

print(f"{len(table)} cases, {len(failed)} failed; the table is in {scratch}/faults.md")
sys.exit(bool(failed))
