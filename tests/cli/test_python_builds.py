#!/usr/bin/env python3
"""The suite python with several interpreters: with a GIL, without one, and with sub-interpreters, side by side in one report. They are those
that PVT_PYTHON_FREE names ("python3.13,python3.13t"), that PATH has, or that scripts/build-python has made; with PVT_BUILD_PYTHON set it
makes them. Skipped where there is none. Arguments: the program, a scratch folder, the source folder."""
import csv
import json
import os
import shutil
import subprocess
import sys

from checks import check, failed

pvt, scratch, source = (os.path.abspath(a) for a in sys.argv[1:4])
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "pvt", "python")
BUILT = ",".join(os.path.join(CACHE, name) for name in ("gil/bin/python3.13", "free/bin/python3.13t"))
environment = {k: v for k, v in os.environ.items() if k != "PVT_PYTHON"}


def find():
    """A list for --python, or why there is none."""
    if os.environ.get("PVT_PYTHON_FREE"):
        return os.environ["PVT_PYTHON_FREE"], ""
    for minor in range(13, 20):
        if shutil.which(f"python3.{minor}t"):
            return f"python3.{minor},python3.{minor}t", ""
    if all(map(os.path.exists, BUILT.split(","))):
        return BUILT, ""
    if not os.environ.get("PVT_BUILD_PYTHON"):
        return "", "no Python without a GIL: name two builds in PVT_PYTHON_FREE, or set PVT_BUILD_PYTHON for scripts/build-python (ten minutes)"
    made = subprocess.run([os.path.join(source, "scripts", "build-python")], capture_output=True, text=True, check=False)
    return (",".join(made.stdout.split()), made.stderr) if made.returncode == 0 else ("", made.stderr.strip().splitlines()[-1])


def run(*arguments, **more):
    return subprocess.run([pvt, *arguments], capture_output=True, text=True, check=False, cwd=scratch, env=environment | more)


def read(path):
    with open(os.path.join(scratch, path), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def text(path):
    with open(os.path.join(scratch, path), encoding="utf-8") as file:
        return file.read()


builds, why = find()
if not builds:
    print("SKIPPED:", why)
    sys.exit(77)

# --- one report of all: threads and processes on each, sub-interpreters by threads alone
quick = ["run", "--suite", "python", "--quick", "--repetitions", "1", "--workers", "2", "--python", builds]
said = run(*quick, "--invocations", "3", "--out", "run")
check(f"it runs: {said.stderr[-500:]}", said.returncode == 0)
rows = read("run/samples.csv")
pythons = sorted({r["python"] for r in rows})
version = pythons[0]
check(f"three interpreters: {pythons}", pythons == [version, version + "+sub", version + "t"])
check("all is right", all(r["status"] == "ok" for r in rows))
kinds = {(r["python"], r["kernel"]): {s["runner"] for s in rows if (s["python"], s["kernel"]) == (r["python"], r["kernel"])} for r in rows}
check("of each build all runners", all(kinds[p, k] >= {"seq", "pthread", "fork", "spawn"} for p in (version, version + "t")
                                       for k in ("python-loop", "python-hash")))
check("sub-interpreters are threads'", all(runners == {"seq", "pthread"} for (p, _), runners in kinds.items() if p.endswith("+sub")))
check("and share no object", (version + "+sub", "python-shared") not in kinds and
      all(kinds[p, "python-shared"] >= {"seq", "pthread", "fork"} and "spawn" not in kinds[p, "python-shared"] for p in (version, version + "t")))
env = json.loads(text("run/env.json"))
check("env.json names all three", [p["name"] for p in env["pythons"]] == [version, version + "+sub", version + "t"] and env["python"] == env["pythons"][0])
check("and what they have", [(p["gil"], p["own_gil"]) for p in env["pythons"]] == [(True, False), (True, True), (False, False)])
run("run", "--suite", "python", "--kernel", "python-loop", "--runner", "seq,pthread,fork", "--quick", "--repetitions", "1", "--workers", "2",
    "--python", builds, "--csv", "loop.csv")
passes = {(r["block"], r["pass"]) for r in read("loop.csv") if r["python"] in (version, version + "t")}
check(f"one thread's time is compared within a pass: {passes}", passes == {("1", "0")} and len(read("loop.csv")) == 8)
claims = {r["id"]: r for r in read("run/claims.csv")}
for name in (version, f"{version} (sub-interpreters)", f"{version} (free-threaded)"):
    check(f"the verdict names {name}", f"Python {name} " in claims["gil"]["measured"])
    check(f"so does the table, {name}", f"Python {name.replace('_', ' ')} |" in text("run/TABLES.md"))
check("what one thread pays", f"times as long as in Python {version} with its GIL" in claims["free-threads"]["measured"])

# --- another Python of the same name is another case: compared with itself alone
said = run("compare", "run/samples.csv", "run/samples.csv", "--format", "json")
check(f"compare knows them apart: {said.stderr}", f"python:{version}t" in said.stdout and f"python:{version}+sub" in said.stdout)

# --- names
said = run("run", "--suite", "python", "--python", builds, "--dry-run", PVT_PYTHON=builds.split(",", 1)[0])
check("cases are named by it", f"python-loop/400000/pthread/workers:1/python:{version}t" in said.stdout + said.stderr)
only = run("run", "--suite", "python", "--dry-run", PVT_PYTHON=builds.split(",")[1])
check("PVT_PYTHON is measured alone", f"/python:{version}t" in only.stdout and f"/python:{version}\n" not in only.stdout)
subs = run("run", "--suite", "python", "--python", builds.split(",", 1)[0] + "+sub", "--dry-run")
check("+sub is these alone", "+sub" in subs.stdout and f"/python:{version}\n" not in subs.stdout)
for wrong, words in {"": "the list is empty", "/nonesuch": "cannot be started", builds.split(",")[1] + "+sub": "without a GIL"}.items():
    said = run("run", "--suite", "python", "--python", wrong, "--dry-run")
    check(f"--python '{wrong}': {said.returncode} {said.stderr}", said.returncode == 2 and "--python" in said.stderr and words in said.stderr)

# --- the plain script, as a user writes it
for python in builds.split(","):
    said = subprocess.run([python, os.path.join(source, "bench", "peers", "plain", "python_futures.py"), "loop", "thread", "1"], capture_output=True,
                          text=True, check=False, env=environment)
    check(f"the plain script: {said.stderr}", said.returncode == 0 and float(said.stdout) > 0)
sys.exit(bool(failed))
