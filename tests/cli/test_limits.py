#!/usr/bin/env python3
"""What becomes of a run where something is scarce, forbidden or odd: every limit under every runner. What can go on goes on;
what cannot is told. Writes the table of what happened to limits.md. A limit that cannot be set here (some take root) is
skipped, and the table says so.
Arguments: the program, `deny`, the library that steps the clock, a scratch folder."""
import csv, ctypes, errno, io, os, re, shutil, subprocess, sys, time

from checks import check, failed, left_behind

pvt, deny, stepping_clock, scratch = sys.argv[1:5]
RUNNERS = ["seq", "pthread", "fork", "spawn", "forkserver", "pthread-pool", "fork-pool", "pthread-steal", "fork-steal"]
PROCESSES = {"fork", "spawn", "forkserver", "fork-pool", "fork-steal"}
ALL_BUT_SEQ = set(RUNNERS) - {"seq"}
root = os.geteuid() == 0
table = []


def cases(workers=3):
    return ["--suite", "scaling,pool", "--kernel", "cube", "--benchmark_filter=^(scaling|pool/.*steal)", "--workers", str(workers),
            "--size", "small", "--repetitions", "1", "--invocations", "1", "--min-time", "1ms"]


def shell(line):
    """Sets the limit, then becomes the program."""
    return ["bash", "-c", line + '; exec "$@"', "limit"]


def run(wrapper, args, env=None):
    return subprocess.run(wrapper + [pvt, "run"] + args, cwd=scratch, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(env or {})})


def said(text):
    """The first line that pvt itself says."""
    lines = [l[5:] for l in text.splitlines() if l.startswith("pvt: ") and not re.search("the report is in|cases?, at most", l)]
    return lines[0] if lines else ""


def limit(name, wrapper, code=0, lost=frozenset(), text="", flag="", args=None, rows=9, csv_file="-", env=None, possible=True):
    """Every runner but `lost` (crashed, and told with `text`) is ok, with `flag`. rows=0: nothing can be measured."""
    if not possible:
        table.append([name, "not tried: it cannot be set here"])
        return None
    got = run(wrapper, (args or cases()) + (["--csv", csv_file] if csv_file else []), env)
    measured = {r["runner"]: r for r in csv.DictReader(io.StringIO(got.stdout))} if csv_file == "-" else {}
    check(f"{name}: exit code {got.returncode}, not {code}: {got.stderr[-300:]}", got.returncode == code)
    check(f"{name}: '{text}' is not said: {got.stderr[-300:]}", re.search(text, got.stderr))
    check(f"{name}: {left_behind()}", not left_behind())
    check(f"{name}: terminal codes in a pipe", "\033" not in got.stderr + got.stdout and "\r" not in got.stderr)
    if csv_file == "-":
        check(f"{name}: {len(measured)} rows, not {rows}", len(measured) == rows)
    cells = []
    for runner in RUNNERS:
        row = measured.get(runner)
        if not row:
            cells.append("–")
            continue
        status = "crashed" if runner in lost else "ok"
        check(f"{name}, {runner}: {row['status']}, not {status}", row["status"] == status)
        check(f"{name}, {runner}: flags '{row['flags']}' lack '{flag}'", status != "ok" or flag in row["flags"] or
              (runner == "seq" and flag == "oversubscribed"))
        cells.append(row["status"] + (f" ({row['flags']})" if row["flags"] else ""))
    table.append([name, f"exit {got.returncode}. {said(got.stderr)}"] + cells)
    return got


def mounted(what, where):
    """In a name space of its own."""
    return ["unshare", "-m", "bash", "-c", f'mount -t tmpfs {what} none {where} && exec "$@"', "limit"]


def cgroup(controller, v1_file, v1_value, v2_file, v2_value):
    """The wrapper that puts the program into a group with this limit; None where there can be none."""
    for base, file, value in ((f"/sys/fs/cgroup/{controller}", v1_file, v1_value), ("/sys/fs/cgroup", v2_file, v2_value)):
        group = f"{base}/pvt-test-{os.getpid()}"
        try:
            os.mkdir(group)
            groups.append(group)
            with open(f"{group}/{file}", "w") as f:
                f.write(value)
            return shell(f"echo $$ >{group}/cgroup.procs")
        except OSError:
            pass
    return None


groups = []
can_mount = root and subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode == 0
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
os.chmod(scratch, 0o755)
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)

# ---- scarce
limit("open files: 8", shell("ulimit -n 8"), 1, PROCESSES, "worker [12] of 3 could not be launched by fork: Too many open files")
reachable = root and subprocess.run(["setpriv", "--reuid=54321", "--clear-groups", pvt, "--version"], cwd="/",
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
copy = None
if root and not reachable:  # the build may lie where no other user gets
    copy = "/tmp/pvt-limits-%d" % os.getpid()
    os.mkdir(copy)
    os.chmod(copy, 0o755)
    for program in pvt, os.path.dirname(pvt) + "/pvt-cell", os.path.dirname(pvt) + "/pvt-cell-dynamic":
        shutil.copy(program, copy)
        os.chmod(f"{copy}/{os.path.basename(program)}", 0o755)
    original, pvt = pvt, copy + "/pvt"
limit("processes and threads: 4 (EAGAIN half-way)", ["setpriv", "--reuid=54321", "--clear-groups"] + shell("ulimit -u 4"), 1, ALL_BUT_SEQ,
      "worker 2 of 3 could not be launched by p?thread|fork: Resource temporarily unavailable", possible=root)
if copy:
    pvt = original
    shutil.rmtree(copy)
limit("address space: 40 MB", shell("ulimit -v 40000"), 1, {"pthread-steal"}, "cannot be started: Resource temporarily unavailable")
limit("address space: 60 MB", shell("ulimit -v 60000"))
limit("address space: 2 GB", shell("ulimit -v 2000000"))
limit("stack: 64 KiB", shell("ulimit -s 64"), 2, text="the stack is limited to 64 KiB", rows=0)
limit("stack: 1 MiB", shell("ulimit -s 1024"))
limit("stack: unlimited", shell("ulimit -s unlimited"))
limit("memory that is not there", [], 2, text=r"kernel triad, size \d+: needs .*B of memory, this machine has .*B", rows=0,
      args=["--kernel", "triad", "--size", "900G"])
limit("1000 workers", [], flag="oversubscribed", args=cases(1000))
half = cgroup("cpu", "cpu.cfs_quota_us", "50000", "cpu.max", "50000 100000")
limit("cgroup: half a CPU", half, flag="oversubscribed", possible=half is not None)
small = cgroup("memory", "memory.limit_in_bytes", "67108864", "memory.max", "67108864")
limit("cgroup: 64 MiB", small, possible=small is not None)
limit("cgroup: 64 MiB, and a job that needs 2.5 GB", small, 2, text=r"needs 2\.52 GB of shared memory, 67\.1 MB are available", rows=0,
      args=["--kernel", "triad", "--size", "100M"], possible=small is not None)

# ---- the disk
os.mkdir(scratch + "/small")
full = ["unshare", "-m", "bash", "-c", 'mount -t tmpfs -o size=24k none small && { "$@"; code=$?; cp small/run/samples.csv full.csv; exit $code; }', "limit"]
limit("disk full", full, 2, text="samples.csv' cannot be written: No space left on device; the rows before this one are safe", csv_file=None,
      args=cases() + ["--repetitions", "40", "--out", "small/run"], possible=can_mount)
if can_mount:
    rows = open(scratch + "/full.csv", newline="").read().split("\r\n")
    check(f"disk full: the last of {len(rows)} rows is '{rows[-1]}'", len(rows) > 10 and rows[-1] == "")
    check("disk full: rows are cut", {row.count(",") for row in rows[:-1]} == {rows[0].count(",")})
limit("read-only folder", mounted("-o ro", f"{scratch} && cd {scratch}"), 2, text="Read-only file system", csv_file=None,
      args=cases() + ["--out", "new"], possible=can_mount)
limit("/dev/full", [], 2, text="'/dev/full' cannot be written: No space left on device", csv_file="/dev/full")
os.mkdir(scratch + "/folder")
open(scratch + "/file", "w").close()
limit("--csv is a folder", [], 2, text="--csv: 'folder' cannot be written: Is a directory", csv_file="folder")
limit("--out is a file", [], 2, text="'file' cannot be made: (Not a directory|File exists)", csv_file=None, args=cases() + ["--out", "file"])

# ---- forbidden
limit("no /proc", mounted("", "/proc"), possible=can_mount)
limit("no /sys", mounted("", "/sys"), possible=can_mount)
can_deny = subprocess.run([deny, "futex", "1", "/bin/true"], stderr=subprocess.DEVNULL).returncode != 77
limit("seccomp: futex", [deny, "futex", str(errno.EPERM)], 2, text="the system call futex is refused", rows=0, possible=can_deny)
limit("seccomp: sched_setaffinity (no pinning)", [deny, "sched_setaffinity", str(errno.EPERM)], flag="unpinned", possible=can_deny)
limit("seccomp: memfd_create", [deny, "memfd_create", str(errno.EPERM)], 2, text="memfd_create, mmap.*Operation not permitted", rows=0, possible=can_deny)
limit("no pidfd_open (before Linux 5.3)", [deny, "pidfd_open", str(errno.ENOSYS)], 1, PROCESSES, r"Function not implemented \(pidfd_open: Linux 5.3\)", possible=can_deny)
limit("no perf_event_open", [deny, "perf_event_open", str(errno.EPERM)], possible=can_deny)

# ---- odd
os.mkdir(scratch + "/bin")
os.symlink(shutil.which("bash"), scratch + "/bin/bash")
limit("no gnuplot", [], 2, text="there is no gnuplot", csv_file=None, args=cases() + ["--out", "plain"], env={"PATH": scratch + "/bin"})
check("no gnuplot: no RESULTS.md", os.path.getsize(scratch + "/plain/RESULTS.md") > 0)
limit("HOME and the environment unset", ["env", "-i"])
before = time.gmtime()
limit("TZ=Asia/Tokyo", [], csv_file=None, args=cases(), env={"TZ": "Asia/Tokyo"})
folder = os.readlink(scratch + "/results/latest")
check(f"TZ: '{folder}' is not the time in UTC", folder[:11] in (time.strftime("%Y%m%dT%H", t) for t in (before, time.gmtime())))
locale = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", scratch + "/de_DE.UTF-8"], stderr=subprocess.DEVNULL).returncode in (0, 1) and \
    os.path.isdir(scratch + "/de_DE.UTF-8")
got = limit("LC_ALL=de_DE.UTF-8", [], env={"LC_ALL": "de_DE.UTF-8", "LOCPATH": scratch}, possible=locale)
for row in csv.DictReader(io.StringIO(got.stdout if got else "")):
    check(f"de_DE: imbalance is '{row['imbalance']}'", re.fullmatch(r"\d+(\.\d+)?", row["imbalance"]))
limit("a clock that steps back", [], env={"LD_PRELOAD": stepping_clock})

for group in groups:
    os.rmdir(group)
with open(scratch + "/limits.md", "w") as out:
    out.write("| limit | what pvt says | " + " | ".join(RUNNERS) + " |\n|---|---" + "|---" * len(RUNNERS) + "|\n")
    for line in table:
        out.write("| " + " | ".join(line + ["–"] * (2 + len(RUNNERS) - len(line))) + " |\n")
tried = [l for l in table if not l[1].startswith("not tried")]
print(f"{len(tried)} of {len(table)} limits tried, {len(failed)} checks failed; the table is in {scratch}/limits.md")
sys.exit(bool(failed))
