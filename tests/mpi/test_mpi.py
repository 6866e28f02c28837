#!/usr/bin/env python3
"""The mpi runners on this machine, with each MPI that is here: every kernel verified with 1, 2 and 4 ranks, all schedules, ranks
that a launcher has started, messages, bad ends, and pvt without MPI. Arguments: the program, the faulty plug-in, a scratch folder."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys

from mpi_runs import RUNNERS, check, check_rows, finish, flavours, kernels_of_work, rows_of, skip

pvt, plugin, scratch = (os.path.abspath(a) for a in sys.argv[1:4])
QUICK = ["--suite", "scaling", "--size", "small", "--min-time", "1us", "--repetitions", "1", "--invocations", "1"]
ROOT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def run(words, program=pvt, before=(), **env):
    return subprocess.run([*before, program, *words], cwd=scratch, text=True, capture_output=True, timeout=200,
                          env={**os.environ, **ROOT, **env})


def measure(what, words, code=0, **more):
    r = run(["run", *QUICK, *words, "--csv", "rows.csv"], **more)
    check(f"{what}: exit code {r.returncode}, not {code}: {r.stderr[-400:]}", r.returncode == code)
    return r, rows_of(f"{scratch}/rows.csv") if os.path.exists(f"{scratch}/rows.csv") else []


def test_kernels(name, command, kernels):
    _, rows = measure(name, ["--runner", RUNNERS, "--workers", "1,2,4", "--mpirun", command])
    check_rows(name, rows, {(k, r, w, 1) for k in kernels for r in RUNNERS.split(",") for w in (1, 2, 4)})


def test_schedules(name, command):
    for schedule in ("static", "dynamic", "guided"):
        for chunk in ([["--chunk", "3"]] if name == "mpich" else [[], ["--chunk", "3"]]):
            what = f"{name}, {schedule} {chunk}"
            _, rows = measure(what, ["--kernel", "nqueens,kmeans,sort", "--runner", RUNNERS, "--workers", "3", "--mpirun",
                                     command, "--schedule", schedule, *chunk])
            check_rows(what, rows, {(k, r, 3, 1) for k in ("nqueens", "kmeans", "sort") for r in RUNNERS.split(",")})
            check(f"{what}: the column says {rows[0]['schedule']}", all(r["schedule"] == schedule for r in rows))


def test_messages(name, command):
    kernels = "message-latency,message-bandwidth,all-reduce,deal"
    # More ranks than CPUs: each waits for a slice of time of the one that it waits for, as MPICH never yields.
    workers = "2,4" if name == "openmpi" else "2"
    _, rows = measure(name, ["--kernel", kernels, "--runner", "mpi", "--workers", workers, "--size", "8,4K", "--mpirun", command])
    check(f"{name}: {len(rows)} rows of messages", len(rows) == 8 * len(workers.split(",")))
    for r in rows:
        check(f'{name}: {r["kernel"]} {r["size"]} {r["workers"]}: {r["status"]} {r["why"]}', r["status"] == "ok")
    _, rows = measure(f"{name} inside", ["--kernel", "deal", "--runner", "mpi+fork,fork", "--workers", "2", "--mpirun", command])
    check(f"{name}: refused {rows}", {(r["runner"], r["status"]) for r in rows} == {("mpi+fork", "skipped"), ("fork", "skipped")}
          and all("messages" in r["why"] for r in rows))


def test_launched(name, command):
    """As one of several that a launcher has started: the first is the harness, and no other writes."""
    before = [command, "--bind-to", "none", "--oversubscribe", "-n", "3"] if name == "openmpi" else [command, "-n", "3"]
    what = f"{name}, launched"
    _, rows = measure(what, ["--kernel", "primes,matmul", "--runner", "mpi,fork", "--workers", "1,3"], before=before)
    check_rows(what, [r for r in rows if r["runner"] == "mpi"], {(k, "mpi", w, 1) for k in ("primes", "matmul") for w in (1, 3)})
    check(f"{what}: {len(rows)} rows", len(rows) == 8 and all(r["status"] == "ok" for r in rows))
    check(f"{what}: how long they took to start is not known", all(not r["create_ns"] for r in rows if r["runner"] == "mpi"))
    r, _ = measure(f"{what}, too many", ["--kernel", "primes", "--runner", "mpi", "--workers", "4"], before=before)
    check(f"{what}: {r.stderr[-300:]}", "do not have that many ranks" in r.stderr)
    r = run(["run", "--hosts", "a,b", "--runner", "mpi", "--dry-run"], before=[*before[:-2], "-n", "1"])
    check(f"{what}: {r.returncode} {r.stderr}", r.returncode == 2 and "leave --hosts out" in r.stderr)


def test_plugin(name, command):
    def status(kernel, *more):
        r, rows = measure(f"{name}, {kernel}", ["--plugin", plugin, "--kernel", f"{kernel},cube", "--runner", "mpi,mpi+fork",
                                                "--workers", "2", "--mpirun", command, "--timeout", "4s", *more],
                          code=0 if kernel == "fault-none" else 1)
        check(f"{name}, {kernel}: a case after it", [r["status"] for r in rows if r["kernel"] == "cube"] == ["ok", "ok"])
        left = subprocess.run(["pgrep", "-f", f"{pvt} --pvt-rank"], capture_output=True, text=True).stdout
        check(f"{name}, {kernel}: ranks {left.split()} are left", not left)
        return {r["runner"]: (r["status"], r["why"]) for r in rows if r["kernel"] == kernel}

    check(f"{name}: a plug-in", status("fault-none") == {"mpi": ("ok", ""), "mpi+fork": ("ok", "")})
    got = status("fault-segv")
    check(f"{name}: {got}", all(s == "crashed" for s, _ in got.values()))
    check(f"{name}: of a worker inside: {got}", re.search(r"worker [01] .*killed by SIGSEGV in run\(\)", got["mpi+fork"][1]))
    got = status("fault-enter")
    check(f"{name}: enter: {got}", all(s == "crashed" and "enter()" in w for s, w in got.values()))
    got = status("fault-kill")
    check(f"{name}: killed: {got}", all(s == "crashed" for s, _ in got.values()))
    check(f"{name}: which was killed: {got}", re.search("rank [01]|PID [0-9]+ RUNNING AT", got["mpi"][1]))
    got = status("fault-hang")
    check(f"{name}: hung: {got}", all(s in ("timeout", "crashed") for s, _ in got.values()))
    check(f"{name}: who hung: {got}", re.search(r"worker [01].*(still in run\(\)|no answer)", got["mpi"][1]))
    got = status("fault-wrong")
    check(f"{name}: wrong: {got}", all(s == "wrong" for s, _ in got.values()))


def test_invocations(name, command):
    r = run(["run", *QUICK[:-2], "--invocations", "3", "--kernel", "primes", "--runner", "mpi", "--workers", "2", "--repetitions",
             "3", "--mpirun", command, "--out", f"{name}-run"])
    rows, env = rows_of(f"{scratch}/{name}-run/samples.csv"), json.load(open(f"{scratch}/{name}-run/env.json"))
    check(f"{name}: three invocations: {r.stderr[-300:]}", r.returncode == 0 and len({row["run_id"] for row in rows}) == 3)
    check(f"{name}: each starts its ranks: {[row['create_ns'] for row in rows]}", len({row["create_ns"] for row in rows}) == 3)
    check(f"{name}: env.json", env["hosts"][0]["ranks"] == 2 and env["hosts"][0]["machine"] == 0 and not env["hosts_share_machine"] and "MPI" in env["mpi"].upper())


def test_hold(name, command):
    """A held rank says where it is and stops; let go, it goes on."""
    for runner in ("mpi", "mpi+fork"):
        with subprocess.Popen([pvt, "run", *QUICK, "--kernel", "primes", "--runner", runner, "--workers", "2", "--hold", "1", "--mpirun",
                               command, "--csv", "hold.csv"], cwd=scratch, env={**os.environ, **ROOT}, text=True,
                              stderr=subprocess.PIPE) as p:
            line = next((x for x in p.stderr if " holds: attach" in x), "")
            check(f"{name}, {runner}: '{line}'", re.match(r"pvt: worker 1.* holds: attach with `gdb -p \d+`", line))
            if line:
                os.kill(int(re.search(r"gdb -p (\d+)", line).group(1)), signal.SIGCONT)
            p.communicate(timeout=60)
        check(f"{name}, {runner}: held", [r["status"] for r in rows_of(f"{scratch}/hold.csv")] == ["ok"])


def test_without_mpi():
    alone = f"{scratch}/alone"
    os.makedirs(alone)
    for program in pvt, os.path.dirname(pvt) + "/pvt-cell", os.path.dirname(pvt) + "/pvt-cell-dynamic":
        shutil.copy(program, alone)
    linked = subprocess.run(["ldd", pvt], text=True, capture_output=True).stdout
    check("pvt links no MPI", "libmpi" not in linked and "libc.so" in linked)
    r, rows = measure("no module", ["--kernel", "primes", "--runner", "mpi,seq"], program=f"{alone}/pvt")
    check(f"no module: {rows}", {(x["runner"], x["status"]) for x in rows} == {("seq", "ok"), ("mpi", "skipped")}
          and any("install libopenmpi-dev" in x["why"] for x in rows))
    cases = run(["list", "cases", "--suite", "scale"], program=f"{alone}/pvt").stdout
    check("no module: nobody asked for mpi", "/mpi" not in cases)
    os.makedirs(f"{scratch}/path", exist_ok=True)
    r, rows = measure("no launcher", ["--kernel", "primes", "--runner", "mpi"], PATH=f"{scratch}/path")
    check(f"no launcher: {rows}", rows[0]["status"] == "skipped" and "no mpirun in PATH" in rows[0]["why"])


def test_bad_words():
    for words, said in ((["--hosts", ""], "''"), (["--hosts", "a,a"], "named twice"), (["--hosts", "a:0"], "number of ranks"),
                        (["--hosts", "a:4x"], "number of ranks"), (["--hosts", "-x"], "not the name of a host"),
                        (["--hosts", "a;b"], "not the name of a host"), (["--hosts", "a,"], "not the name of a host"),
                        (["--hosts", "a:4097"], "number of ranks"), (["--mpirun", ""], "not a name")):
        r = run(["run", "--runner", "mpi", "--dry-run", *words])
        check(f"{words}: {r.returncode} {r.stderr}", r.returncode == 2 and said in r.stderr)
    if "openmpi" in found:
        r, rows = measure("one machine twice", ["--kernel", "primes", "--runner", "mpi", "--workers", "2", "--mpirun", found["openmpi"],
                                                "--hosts", f"localhost,{os.uname().nodename}"], code=1)
        check(f"one machine twice: {rows}", "2 hosts are named, and the ranks are on 1" in rows[0]["why"])
    for words in (["--mpirun", "/no/such/mpirun"], ["--mpirun", "true", "--hosts", "localhost"]):
        r = run(["run", "--kernel", "primes", "--runner", "mpi", *words, "--dry-run"])
        check(f"{words}: {r.returncode} {r.stderr}", r.returncode == (2 if "no" in words[1] else 0) and ("no launcher" in r.stderr) == ("no" in words[1]))


found = flavours(pvt)
if not found:
    skip("no MPI: openmpi-bin with libopenmpi-dev, or mpich with libmpich-dev, when pvt was built")
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
work = kernels_of_work(run)
check(f"kernels {work}", len(work) >= 13)
for flavour, launcher in found.items():
    test_kernels(flavour, launcher, work)
    test_schedules(flavour, launcher)
    test_messages(flavour, launcher)
    test_launched(flavour, launcher)
    test_plugin(flavour, launcher)
    test_invocations(flavour, launcher)
    test_hold(flavour, launcher)
test_without_mpi()
test_bad_words()
finish(", ".join(found))
