"""What the tests of the mpi runners share: runs of pvt and their rows, and a list of what was not as it should be."""
import csv
import os
import re
import shutil
import sys

RUNNERS = "mpi,mpi+pthread,mpi+fork"
LAUNCHERS = {"openmpi": ("mpirun.openmpi", "mpirun"), "mpich": ("mpiexec.mpich", "mpiexec.hydra")}
failed = []


def check(what, good):
    if not good:
        failed.append(what)
        print("FAILED:", what, flush=True)


def finish(what):
    print(f"{what}: {len(failed)} failed")
    sys.exit(bool(failed))


def skip(why):
    print("SKIPPED:", why)
    sys.exit(77)


def flavours(pvt):
    """Those that pvt is built for and whose launcher is here: its command by name."""
    found = {}
    for name, commands in LAUNCHERS.items():
        command = next((c for c in commands if shutil.which(c)), None)
        if command and os.path.exists(os.path.join(os.path.dirname(pvt), f"mpi-{name}.so")):
            found[name] = command
    return found


def kernels_of_work(run):
    """All kernels that share out their items among any workers: what the suite scaling has."""
    cases = run(["list", "cases", "--suite", "scaling", "--runner", "seq"]).stdout.split()
    return sorted({case.split("/")[1] for case in cases})


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check_rows(what, rows, wanted):
    """wanted: (kernel, runner, workers, hosts) of all that are to be there, each of them ok."""
    got = {(r["kernel"], r["runner"], int(r["workers"]), int(r["hosts"])) for r in rows}
    check(f"{what}: cases {sorted(got ^ wanted)[:6]} are there or missing", got == wanted)
    for r in rows:
        case = f'{what}: {r["kernel"]} {r["runner"]} {r["workers"]} workers, {r["hosts"]} hosts'
        check(f'{case}: {r["status"]}, {r["why"]}', r["status"] == "ok")
        check(f'{case}: cpus {r["cpus"]}', re.fullmatch(r"[\w.-]+:\d+( [\w.-]+:\d+)*", r["cpus"]) is not None
              and len(r["cpus"].split()) == int(r["workers"]))
        check(f'{case}: barrier_ns "{r["barrier_ns"]}"', r["status"] != "ok" or float(r["barrier_ns"]) > 0)
        check(f"{case}: more span than wall", r["status"] != "ok" or float(r["span_ns"]) <= float(r["wall_ns"]))
