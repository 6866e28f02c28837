#!/usr/bin/env python3
"""The mpi runners over several hosts, made of network namespaces (hosts/): every kernel verified with 1, 2 and 4 ranks over two
hosts and some over three, on a bad link too; and every fault of a cluster, with how long it takes to a clear error, until when
nobody is left on any host, and that finished rows stay. Those times are told, never asserted but for the limit that --timeout is.
Arguments: the program, the faulty plug-in, the program `wire`, a scratch folder."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "hosts"))
from hosts import Hosts  # noqa: E402
from mpi_runs import RUNNERS, check, check_rows, finish, flavours, kernels_of_work, rows_of, skip  # noqa: E402
from spaces import unavailable  # noqa: E402

pvt, plugin, wire, scratch = (os.path.abspath(a) for a in sys.argv[1:5])
TIMEOUT = 4  # s, of a job
ENDS = 12  # s after which nobody may be left: the patience of a rank, TIMEOUT + 5, and a look
QUICK = ["--suite", "scaling", "--size", "small", "--min-time", "1us", "--repetitions", "1", "--timeout", f"{TIMEOUT}s"]
LONG = ["--suite", "scaling", "--kernel", "primes", "--size", "2000000", "--runner", "mpi", "--workers", "2", "--repetitions",
        "1000", "--timeout", f"{TIMEOUT}s"]
table = []


def words(more, lab, launcher):
    """pvt's command line, and the environment in which either launcher finds the lab's remote shell."""
    env = {"OMPI_MCA_plm_rsh_agent": lab.agent, "HYDRA_LAUNCHER": "ssh", "HYDRA_LAUNCHER_EXEC": lab.agent}
    return [pvt, "run", "--hosts", ",".join(lab.names), "--mpirun", launcher, *more], {**os.environ, **env}


def measure(what, lab, launcher, more, code=0):
    command, env = words([*QUICK, *more, "--csv", f"{scratch}/rows.csv"], lab, launcher)
    r = lab.run(lab.names[0], command, env=env, cwd=scratch, timeout=150)
    check(f"{what}: exit code {r.returncode}, not {code}: {r.stderr[-400:]}", r.returncode == code)
    return rows_of(f"{scratch}/rows.csv")


# ---- results ----


def test_kernels(name, launcher, kernels):
    with Hosts(["a", "b"], wire=wire) as lab:
        rows = measure(name, lab, launcher, ["--runner", RUNNERS, "--workers", "1,2,4"])
        check_rows(name, rows, {(k, r, w, min(w, 2)) for k in kernels for r in RUNNERS.split(",") for w in (1, 2, 4)})
        for r in rows:
            hosts = {cpu.split(":")[0] for cpu in r["cpus"].split()}
            check(f'{name}: {r["kernel"]} on {hosts}', hosts == ({"a", "b"} if r["hosts"] == "2" else {"a"}))
            sent = float(r["exchanged"] or 0)
            check(f'{name}: {r["kernel"]}, {r["hosts"]} hosts, sent {sent}',
                  (sent > 0) == (r["hosts"] == "2" and r["kernel"] not in ("spin", "primes", "nqueens", "wait")))
        rows = measure(f"{name}, shared memory", lab, launcher, ["--kernel", "mutex", "--runner", "mpi", "--workers", "2"])
        check(f"{name}: {rows}", rows[0]["status"] == "skipped" and "memory that all workers share" in rows[0]["why"])


def test_three_hosts(name, launcher):
    """Two of them on one processor, where who waits takes time from who is waited for: with little to say to each other."""
    with Hosts(["a", "b", "c"], wire=wire) as lab:
        for schedule in ("static", "dynamic", "guided") if name == "openmpi" else ("dynamic",):
            rows = measure(f"{name}, {schedule}", lab, launcher, ["--kernel", "mandelbrot", "--runner", "mpi,mpi+fork",
                                                                  "--workers", "3,6", "--schedule", schedule, "--chunk", "12"])
            check_rows(f"{name}, 3 hosts, {schedule}", rows, {("mandelbrot", r, w, 3) for r in ("mpi", "mpi+fork") for w in (3, 6)})


def test_bad_link(name, launcher):
    """With a delay on the link what hosts send each other takes at least so long; lost packets change no result."""
    with Hosts(["a", "b"], wire=wire) as lab:
        lab.link("b", delay_us=3000, loss=0.01, seed=7)
        rows = measure(f"{name}, bad link", lab, launcher, ["--kernel", "sobel,kmeans", "--runner", "mpi", "--workers", "2"])
        check_rows(f"{name}, bad link", rows, {(k, "mpi", 2, 2) for k in ("sobel", "kmeans")})
        for r in rows:
            check(f'{r["kernel"]}: {r["span_ns"]}', float(r["span_ns"]) > int(r["phases"]) * 3e6)


# ---- faults ----


def cmdline(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read().replace("\0", " ")
    except OSError:
        return ""


def rank_on(lab, host):
    return next((p for p in lab.pids(host) if cmdline(p).startswith(f"{pvt} --pvt-rank")), 0)


def samples(path):
    return rows_of(path) if os.path.exists(path) else []


@contextlib.contextmanager
def long_run(lab, launcher, path):
    command, env = words([*LONG, "--csv", path], lab, launcher)
    with lab.popen("a", command, env=env, cwd=scratch, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        try:
            yield run
        finally:
            run.kill()


def tell(name, fault, seconds, empty, why):
    table.append(f"| {name} | {fault} | {seconds:.1f} | {empty:.1f} | {why} |")


def look_after(name, fault, lab, run, since, path, said, kept=True):
    """The run ends with a clear error, and then nobody is left."""
    text = run.communicate(timeout=60)[0]
    seconds = time.monotonic() - since
    rows = samples(path)
    why = rows[-1]["why"] if rows else text
    check(f"{name}, {fault}: exit code {run.returncode}: {text[-300:]}", run.returncode == 1)
    check(f"{name}, {fault}: '{why}' does not say '{said}'", re.search(said, why))
    check(f"{name}, {fault}: after {seconds:.1f} s", seconds < TIMEOUT + 4.5)  # the launcher's last words are waited for
    good = [r for r in rows if r["status"] == "ok"]
    check(f"{name}, {fault}: {len(good)} rows before it, {len(rows)} in all", len(rows) - len(good) == 1 and (good or not kept))
    while any(lab.pids(h) for h in lab.names) and time.monotonic() - since < ENDS + 5:
        time.sleep(0.05)
    left = {h: [cmdline(p) for p in lab.pids(h)] for h in lab.names if lab.pids(h)}
    check(f"{name}, {fault}: left behind: {left}", not left)
    tell(name, fault, seconds, time.monotonic() - since, why)


def strike(name, fault, launcher, blow, said):
    path = f"{scratch}/fault.csv"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with Hosts(["a", "b"], wire=wire) as lab, long_run(lab, launcher, path) as run:
        deadline = time.monotonic() + 20
        while len(samples(path)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        since = time.monotonic()
        blow(lab)
        look_after(name, fault, lab, run, since, path, said)


def test_silent_host(name, launcher):
    path = f"{scratch}/silent.csv"
    with Hosts(["a", "b", "c"], wire=wire) as lab:
        lab.silence("b")
        since = time.monotonic()
        with long_run(lab, launcher, path) as run:
            look_after(name, "a host that never answers", lab, run, since, path, "b does not answer", kept=False)


def on_host(lab, host, command):
    r = lab.run(host, command)
    check(f"{command}: {r.stderr}", r.returncode == 0)


def refused(name, launcher, fault, prepare, said, more=(), cpus=None):
    path = f"{scratch}/refused.csv"
    with Hosts(["a", "b"], cpus=cpus, wire=wire) as lab:
        prepare(lab)
        command, env = words([*QUICK, "--kernel", "primes", "--runner", "mpi", "--workers", "2", *more, "--csv", path], lab, launcher)
        since = time.monotonic()
        r = lab.run("a", command, env=env, cwd=scratch, timeout=60)
        row = rows_of(path)[-1]
        check(f"{name}, {fault}: {r.returncode} {row['status']} {row['why']}", r.returncode == 1 and re.search(said, row["why"]))
        check(f"{name}, {fault}: left", not lab.pids("b"))
        tell(name, fault, time.monotonic() - since, time.monotonic() - since, row["why"])


def test_unlike_programs(name, launcher):
    other = f"{scratch}/other-pvt"
    with open(pvt, "rb") as file:
        data = file.read()
    version = re.search(rb"\d+\.\d+\.\d+ \([0-9a-z-]+\)", data).group()
    for fault, changed in (("another version", data.replace(version, b"9" + version[1:])), ("another build", data + b"x")):
        with open(other, "wb") as file:
            file.write(changed)
        os.chmod(other, 0o755)
        refused(name, launcher, f"{fault} of pvt on a host", lambda lab: on_host(lab, "b", ["mount", "--bind", other, pvt]),
                r"b has " + ("pvt 9" if "version" in fault else "another build"))
    twin, changed = f"{scratch}/twin.so", f"{scratch}/changed.so"
    shutil.copy(plugin, twin)
    with open(plugin, "rb") as file, open(changed, "wb") as out:
        out.write(file.read() + b"x")
    more = ["--plugin", twin, "--kernel", "fault-none"]
    refused(name, launcher, "another plug-in on a host", lambda lab: on_host(lab, "b", ["mount", "--bind", changed, twin]),
            r"on b: the plug-in .*is another file", more=more[2:] + more[:2])
    refused(name, launcher, "no such plug-in on a host", lambda lab: on_host(lab, "b", ["mount", "--bind", "/dev/null", twin]),
            r"on b: the plug-in", more=more[2:] + more[:2])


def test_unlike_hosts(name, launcher):
    """One has more units than the other."""
    ours = sorted(os.sched_getaffinity(0))
    refused(name, launcher, "hosts of another topology", lambda lab: None,
            rf"a \(.* 1 units\) and b \(.* {len(ours)} units\) are unlike machines", cpus={"a": ours[:1], "b": ours})


def test_another_first_host(name, launcher):
    with Hosts(["b", "a"], wire=wire) as lab:
        command, env = words([*QUICK, "--kernel", "primes", "--runner", "mpi", "--workers", "2", "--csv", f"{scratch}/first.csv"], lab,
                             launcher)
        r = lab.run("a", command, env=env, cwd=scratch, timeout=60)
        why = rows_of(f"{scratch}/first.csv")[-1]["why"]
        # mpirun puts the machine that it runs on first by itself.
        check(f"{name}, the first host is another: {r.returncode} {why}",
              r.returncode == (name != "openmpi") and ("name that one first in --hosts" in why or name == "openmpi"))


def main():
    found = flavours(pvt)
    why = unavailable()
    if why or not found:
        skip(why or "no MPI: openmpi-bin with libopenmpi-dev, or mpich with libmpich-dev, when pvt was built")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    work = kernels_of_work(lambda w: subprocess.run([pvt, *w], text=True, capture_output=True, check=True))
    for name, launcher in found.items():
        if name not in os.environ.get("PVT_MPI", name):
            continue
        test_kernels(name, launcher, work)
        test_three_hosts(name, launcher)
        test_bad_link(name, launcher)
        strike(name, "a rank killed in mid-run", launcher, lambda lab: os.kill(rank_on(lab, "b"), signal.SIGKILL),
               "process rank 1 .*on node b exited on signal 9|RUNNING AT b, EXIT CODE: 9")
        strike(name, "the rank beside the harness killed", launcher, lambda lab: os.kill(rank_on(lab, "a"), signal.SIGKILL),
               "process rank 0 .*exited on signal 9|RUNNING AT a, EXIT CODE: 9")
        strike(name, "a rank that stops", launcher, lambda lab: os.kill(rank_on(lab, "b"), signal.SIGSTOP),
               r"\bb: no answer|still in run\(\)")
        strike(name, "a host cut off", launcher, lambda lab: lab.cut("b"),
               r"\bb: no answer|still in run\(\)|lost Remote daemon.* on node b")
        test_silent_host(name, launcher)
        test_unlike_programs(name, launcher)
        test_unlike_hosts(name, launcher)
        test_another_first_host(name, launcher)
    text = "| MPI | fault | error after s | nobody left after s | what it says |\n|---|---|---|---|---|\n" + "\n".join(table) + "\n"
    with open(f"{scratch}/faults.md", "w", encoding="utf-8") as file:
        file.write(text)
    print(text)
    finish(", ".join(found))


main()
